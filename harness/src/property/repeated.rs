//! A parameter that is sent twice, with equal and with different values: RFC 6749 §3.1, §3.2.

#![expect(missing_docs, reason = "a check documents itself: its title and its why stand in it")]

use crate::cell::{AuthMethod, Cells, Grant};
use crate::check::{Answer, Ask, Check, Stop};
use crate::exchange::{Deviation, Exchange, JWT_ASSERTION_TYPE};
use crate::lab::{ACCESS_TOKEN_TYPE, Authorize, Lab, Landing, random};

pub const TOKEN: Check = Check {
    id: "token/repeated-parameter",
    title: "a token request that repeats a parameter is refused",
    why: "A filter in front of the server reads the first value and the server the second: what was checked is not what is served.",
    clauses: &["rfc6749/3.2/not-repeated", "rfc6749/5.2/error-response"],
    cells: Cells::EVERY_GRANT_AND_BODY,
    needs: &[],
    ask: Ask::Property(|lab| Box::pin(token(lab))),
};

pub const AUTHORIZE: Check = Check {
    id: "authorize/repeated-parameter",
    title: "an authorization request that repeats a parameter is refused",
    why: "Whoever can add to a link adds a second redirect_uri or scope; the reader that matters may be the one that takes the last.",
    clauses: &["rfc6749/3.1/not-repeated", "rfc6749/3.1.2.4/no-redirect-to-invalid-uri"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Property(|lab| Box::pin(authorize(lab))),
};

/// How the two values stand to each other.
#[derive(Clone, Copy, Debug)]
enum Pair {
    Equal,
    ValidFirst,
    ValidLast,
}

const PAIRS: [Pair; 3] = [Pair::Equal, Pair::ValidFirst, Pair::ValidLast];

/// The parameters of a token request that the grants know; `resource` and `audience` may repeat.
const OF_TOKEN: &[&str] = &[
    "grant_type",
    "client_id",
    "code",
    "redirect_uri",
    "code_verifier",
    "refresh_token",
    "device_code",
    "username",
    "password",
    "assertion",
    "subject_token",
    "subject_token_type",
    "scope",
];

/// What is sent twice with the same value only: each other one would be a guess.
const NOT_TO_BE_GUESSED: &[&str] = &["username", "password"];

/// The parameters of an authorization request that RFC 6749, RFC 7636 and OpenID Connect know.
const OF_AUTHORIZE: &[&str] = &[
    "response_type",
    "client_id",
    "redirect_uri",
    "scope",
    "state",
    "code_challenge",
    "code_challenge_method",
    "nonce",
    "max_age",
];

/// What OpenID Connect and others define beside these, with a value, and how the metadata says that the server knows it: a list that holds the value, or
/// a member that is true. What a server passes over it may pass over twice.
#[rustfmt::skip]
const LISTED: &[(&str, &str, &str)] = &[
    ("claims",        r#"{"userinfo":{"email":null}}"#, "claims_parameter_supported"),
    ("display",       "page",                           "display_values_supported"),
    ("response_mode", "query",                          "response_modes_supported"),
];

/// RFC 8693 §2.1: what an exchange may say beside the rest.
const REQUESTED_TYPE: (&str, &str) = ("requested_token_type", ACCESS_TOKEN_TYPE);

/// A request of OpenID Connect says how old the login may be.
const MAX_AGE: &str = "36000";

impl Pair {
    /// The deviations that send `name` twice, where the valid value is `valid`.
    fn of(self, name: &str, valid: &str, other: &str) -> Vec<Deviation> {
        let repeat = |value: &str| Deviation::Repeat(name.to_owned(), value.to_owned());
        match self {
            Self::Equal => vec![repeat(valid)],
            Self::ValidFirst => vec![repeat(other)],
            Self::ValidLast => vec![Deviation::Set(name.to_owned(), other.to_owned()), repeat(valid)],
        }
    }
}

async fn token(lab: &Lab) -> Answer {
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    for name in OF_TOKEN.iter().filter(|name| has(&request, name)) {
        let pairs: &[Pair] = if NOT_TO_BE_GUESSED.contains(name) { &[Pair::Equal] } else { &PAIRS };
        for pair in pairs.iter().copied() {
            let request = lab.grant_request().await?;
            let repeated = if *name == "client_id" {
                named_twice(lab, request, pair)
            } else {
                let valid = request.value(name).unwrap_or_default().to_owned();
                request.deviating_by(&pair.of(name, &valid, &other(name)))
            };
            lab.send(&repeated).await?.refused("rfc6749/3.2/not-repeated").map_err(|stop| naming(stop, name, pair))?;
        }
    }
    token_exchange(lab).await?;
    credentials(lab).await
}

/// The parameters that a token exchange can do without, one that acts among them.
async fn token_exchange(lab: &Lab) -> Answer {
    if lab.cell().grant != Some(Grant::TokenExchange) {
        return Ok(());
    }
    let acting = async || {
        let actor = lab.subject_token().await?.0.access_token;
        Ok::<_, Stop>(
            lab.grant_request().await?.param("actor_token", actor).param("actor_token_type", ACCESS_TOKEN_TYPE),
        )
    };
    let typed = async || Ok::<_, Stop>(lab.grant_request().await?.param(REQUESTED_TYPE.0, REQUESTED_TYPE.1));
    if reads(lab, typed().await?, REQUESTED_TYPE.0).await? {
        twice(lab, typed().await?, REQUESTED_TYPE.0).await?;
    }
    if reads(lab, acting().await?, "actor_token").await? {
        for name in ["actor_token", "actor_token_type"] {
            twice(lab, acting().await?, name).await?;
        }
    }
    Ok(())
}

/// What the client proves by who it is, where that is a parameter.
async fn credentials(lab: &Lab) -> Answer {
    let client = lab.client();
    if client.auth == AuthMethod::Post {
        let request = lab.grant_request().await?.param("client_secret", client.secret.clone().unwrap_or_default());
        return refused_twice(lab, &request, "client_secret").await;
    }
    if !client.auth.is_jwt() {
        return Ok(());
    }
    let request = lab.grant_request().await?.param("client_assertion_type", JWT_ASSERTION_TYPE);
    refused_twice(lab, &request, "client_assertion_type").await?;
    let request = lab.grant_request().await?;
    let Some((name, assertion)) = lab.assertion_in(&request)? else { return Ok(()) };
    let assertion = assertion.signed();
    refused_twice(lab, &request.with(name, &assertion).param(name, &assertion), name).await
}

/// Does the server look at the parameter: is the request served, and not with a value that nobody knows? What it passes over it may pass over twice.
async fn reads(lab: &Lab, request: Exchange, name: &str) -> Result<bool, Stop> {
    if lab.send(&request).await?.tokens().is_none() {
        return Ok(false);
    }
    Ok(lab.send(&request.with(name, format!("urn:grantspec:{}", random()))).await?.tokens().is_none())
}

async fn twice(lab: &Lab, request: Exchange, name: &str) -> Answer {
    let value = request.value(name).unwrap_or_default().to_owned();
    refused_twice(lab, &request.param(name, value), name).await
}

async fn refused_twice(lab: &Lab, request: &Exchange, name: &str) -> Answer {
    let reply = lab.send(request).await?;
    reply.refused("rfc6749/3.2/not-repeated").map(drop).map_err(|stop| naming(stop, name, Pair::Equal))
}

fn has(request: &Exchange, name: &str) -> bool {
    name == "client_id" || request.value(name).is_some()
}

/// The client is named twice in the body, wherever its credentials are.
fn named_twice(lab: &Lab, request: Exchange, pair: Pair) -> Exchange {
    let id = lab.client().id.clone();
    let values = match pair {
        Pair::Equal => [id.clone(), id],
        Pair::ValidFirst => [id, other("client_id")],
        Pair::ValidLast => [other("client_id"), id],
    };
    let [first, second] = values;
    match lab.client().auth {
        // The credentials bring the client_id along once already.
        AuthMethod::Post | AuthMethod::None => match pair {
            Pair::ValidLast => request.param("client_id", first),
            Pair::Equal | Pair::ValidFirst => request.param("client_id", second),
        },
        AuthMethod::Basic | AuthMethod::SecretJwt | AuthMethod::KeyJwt => {
            request.param("client_id", first).param("client_id", second)
        }
    }
}

async fn authorize(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    authorize_by(lab, "GET").await?;
    listed(lab).await?;
    // RFC 6749 §3.1: POST may be answered too.
    match lab.authorize(Authorize::valid().deviating(Deviation::Method("POST"))).await?.code() {
        Ok(_) => authorize_by(lab, "POST").await,
        Err(_) => Ok(()),
    }
}

/// What the server knows by its metadata, twice with the same value; and the prompt, which every OpenID provider knows.
async fn listed(lab: &Lab) -> Answer {
    let metadata = &lab.target().metadata;
    let known =
        |(_, value, member): &&(&str, &str, &str)| metadata.is_true(member) || metadata.list(member).contains(value);
    let listed = LISTED.iter().filter(known).map(|(name, value, _)| (*name, *value));
    let prompt = metadata.oidc.then_some(("prompt", "login"));
    let first = |name: &'static str, member| metadata.list(member).first().map(|value| (name, *value));
    let wishes = [first("acr_values", "acr_values_supported"), first("ui_locales", "ui_locales_supported"), prompt];
    for (name, value) in listed.chain(wishes.into_iter().flatten()) {
        let once = || Authorize::valid().with(name, value);
        if lab.authorize(once()).await?.code().is_err() {
            continue;
        }
        let twice = once().deviating(Deviation::Repeat(name.to_owned(), value.to_owned()));
        let authorized = lab.authorize(twice).await?;
        match authorized.refused("rfc6749/3.1/not-repeated") {
            Ok(_) | Err(Stop::Inconclusive(_)) => {}
            Err(stop) => return Err(naming(stop, name, Pair::Equal)),
        }
    }
    Ok(())
}

async fn authorize_by(lab: &Lab, method: &'static str) -> Answer {
    let max_age = lab.target().metadata.oidc.then_some(MAX_AGE);
    let valid = lab.authorization_request(lab.client(), &random())?.maybe("max_age", max_age);
    for name in OF_AUTHORIZE.iter().filter(|name| valid.value(name).is_some()) {
        for pair in PAIRS {
            let sent = valid.value(name).unwrap_or_default();
            let mut request = Authorize::valid().deviating(Deviation::Method(method)).with(name, sent);
            if let Some(max_age) = max_age {
                request = request.with("max_age", max_age);
            }
            for deviation in pair.of(name, sent, &other(name)) {
                request = request.deviating(deviation);
            }
            let authorized = lab.authorize(request).await?;
            if let Landing::Client { uri, .. } = &authorized.landing
                && *uri == other("redirect_uri")
            {
                let stop = Stop::finding(
                    "rfc6749/3.1.2.4/no-redirect-to-invalid-uri",
                    "no redirect",
                    authorized.landing.summary(),
                );
                return Err(naming(stop, name, pair));
            }
            match authorized.refused("rfc6749/3.1/not-repeated") {
                // A page that asks for more has given nothing away yet.
                Ok(_) | Err(Stop::Inconclusive(_)) => {}
                Err(stop) => return Err(naming(stop, name, pair)),
            }
        }
    }
    Ok(())
}

/// A value that is well-formed, and not the valid one.
fn other(name: &str) -> String {
    match name {
        "grant_type" => "password".to_owned(),
        "response_type" => "token".to_owned(),
        "redirect_uri" => "https://attacker.example/cb".to_owned(),
        "scope" => "grantspec".to_owned(),
        "code_challenge_method" => "plain".to_owned(),
        "client_id" => "grantspec-nobody".to_owned(),
        "max_age" => "7200".to_owned(),
        _ => random(),
    }
}

fn naming(stop: Stop, name: &str, pair: Pair) -> Stop {
    let values = match pair {
        Pair::Equal => "twice with the same value",
        Pair::ValidFirst => "twice, the valid value first",
        Pair::ValidLast => "twice, the valid value last",
    };
    stop.in_case(format!("with {name} {values}"))
}
