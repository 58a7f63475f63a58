//! What an ID token says: subject, audience, times, nonce, at_hash.

use serde_json::Value;

use super::{id_token, id_token_of};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::{Authorize, Lab, random};

pub const MEMBERS: Check = Check {
    id: "id-token/members",
    title: "an authentication request yields an ID token with iss, sub, aud, exp and iat",
    why: "Each of them is compared by the client; what is missing is skipped by many.",
    clauses: &["oidc-core/2/members", "oidc-core/2/sub-length", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(members(lab))),
};

pub const AUDIENCE: Check = Check {
    id: "id-token/audience",
    title: "the aud of an ID token contains the client, and azp is no other",
    why: "An ID token for one client that another accepts logs its user in there.",
    clauses: &["oidc-core/2/audience", "oidc-core/2/azp", "oidc-core/3.1.3.3/id-token", "rfc8725/3.9/audience-named"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(audience(lab))),
};

pub const NONCE: Check = Check {
    id: "id-token/nonce",
    title: "the nonce of the request is in the ID token, unchanged, whatever its characters and its length",
    why: "By it the client sees that the token answers its own request, and not one that was injected.",
    clauses: &["oidc-core/2/nonce", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(nonce(lab))),
};

pub const TIMES: Check = Check {
    id: "id-token/times",
    title: "exp, iat and auth_time are numbers of seconds, and the token is good at once",
    why: "A client that compares a string or milliseconds with the clock accepts tokens for ever, or none.",
    clauses: &["oidc-core/2/times-are-numbers", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(times(lab))),
};

pub const CLAIM_TYPES: Check = Check {
    id: "id-token/claim-types",
    title: "nonce, acr and azp of an ID token are strings, and amr is a list of strings",
    why: "A client that looks into a list finds half a word in a string, and one that expects a string fails on null.",
    clauses: &["oidc-core/2/claim-types", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(claim_types(lab))),
};

pub const AUTH_TIME: Check = Check {
    id: "id-token/auth-time",
    title: "a request with max_age yields an ID token with auth_time",
    why: "The client asked how fresh the login is; without the answer it must trust what it wanted to check.",
    clauses: &[
        "oidc-core/2/auth-time",
        "oidc-core/3.1.2.1/max-age-auth-time",
        "oidc-core/15.1/auth-time",
        "oidc-core/3.1.3.3/id-token",
    ],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(auth_time(lab))),
};

pub const AUTH_TIME_OF_LOGIN: Check = Check {
    id: "id-token/auth-time-of-login",
    title: "auth_time is the time of the login, however often its session is used",
    why: "A client asks how fresh the login is; the time of the last request makes every login a fresh one.",
    clauses: &["oidc-core/2/auth-time", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::AdvanceTime],
    ask: Ask::Code(|lab| Box::pin(auth_time_of_login(lab))),
};

pub const AT_HASH: Check = Check {
    id: "id-token/at-hash",
    title: "an at_hash is that of the access token",
    why: "By it the client sees that access token and ID token belong together; a wrong one refuses good logins.",
    clauses: &["oidc-core/3.1.3.6/at-hash", "oidc-core/3.1.3.3/id-token"],
    cells: Cells::CODE_OR_HYBRID,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(at_hash(lab))),
};

async fn members(lab: &Lab) -> Answer {
    let (_, _, jwt) = id_token(lab).await?;
    for name in ["iss", "sub", "aud", "exp", "iat"] {
        if jwt.claims.get(name).is_none_or(|value| value.is_null() || value.as_str() == Some("")) {
            return Err(Stop::finding("oidc-core/2/members", format!("the claim {name}"), "none"));
        }
    }
    for name in ["iss", "sub"] {
        if jwt.text(name).is_none() {
            return Err(Stop::finding(
                "oidc-core/2/members",
                format!("{name}, a string"),
                jwt.claims[name].to_string(),
            ));
        }
    }
    let sub = jwt.text("sub").unwrap_or_default();
    if sub.len() > 255 || !sub.is_ascii() {
        return Err(Stop::finding(
            "oidc-core/2/sub-length",
            "a sub of 255 ASCII characters at most",
            format!("{} bytes", sub.len()),
        ));
    }
    Ok(())
}

/// With a nonce, and without where it is optional: what was not sent is left out.
async fn claim_types(lab: &Lab) -> Answer {
    let bare = (!lab.cell().response_type().has_id_token()).then(|| Authorize::valid().without("nonce"));
    for request in std::iter::once(Authorize::valid()).chain(bare) {
        let (_, _, jwt) = id_token_of(lab, request).await?;
        types_fit(&jwt)?;
    }
    Ok(())
}

/// The claims of an ID token, of whatever grant, have their types.
pub fn types_fit(jwt: &Jwt) -> Answer {
    let is_list = |value: &Value| value.as_array().is_some_and(|list| list.iter().all(Value::is_string));
    let wrong = jwt.claims.iter().find_map(|(name, value)| match name.as_str() {
        "nonce" | "acr" | "azp" if !value.is_string() => Some((name, value, "a string")),
        "amr" if !is_list(value) => Some((name, value, "a list of strings")),
        _ => None,
    });
    if let Some((name, value, kind)) = wrong {
        return Err(Stop::finding("oidc-core/2/claim-types", format!("{name}, {kind}"), format!("{name} {value}")));
    }
    Ok(())
}

async fn audience(lab: &Lab) -> Answer {
    let (_, _, jwt) = id_token(lab).await?;
    is_for_client(lab, &jwt)
}

/// The ID token, of whatever grant, is for the client that asks.
pub fn is_for_client(lab: &Lab, jwt: &Jwt) -> Answer {
    let id = lab.client().id.as_str();
    let contains = match jwt.claims.get("aud") {
        Some(Value::String(aud)) => aud == id,
        Some(Value::Array(list)) => list.iter().any(|aud| aud.as_str() == Some(id)),
        _ => false,
    };
    if !contains {
        let aud = jwt.claims.get("aud").map_or("no aud".to_owned(), |aud| format!("aud {aud}"));
        return Err(Stop::finding("oidc-core/2/audience", format!("an aud with {id}"), aud));
    }
    match jwt.claims.get("azp") {
        Some(azp) if azp.as_str() != Some(id) => {
            Err(Stop::finding("oidc-core/2/azp", format!("azp {id}, or none"), format!("azp {azp}")))
        }
        _ => Ok(()),
    }
}

async fn nonce(lab: &Lab) -> Answer {
    let (code, _, jwt) = id_token(lab).await?;
    same_nonce(&jwt, &code.nonce.unwrap_or_default())?;
    // A server may refuse a nonce that is too long or too strange for it; what it takes it passes on whole.
    let every_character: String = (' '..='~').chain(" x ".chars()).collect();
    for nonce in [every_character, random().repeat(8)] {
        let asked = lab.authorize(Authorize::valid().with("nonce", &nonce)).await?;
        if let Ok(code) = asked.code() {
            let tokens = lab.redeem(&code).await?.is_token()?;
            let jwt = tokens.id_token.as_deref().and_then(Jwt::read);
            same_nonce(&jwt.ok_or_else(|| tokens.reply.not_the_control("an ID token"))?, &nonce)?;
        }
    }
    Ok(())
}

fn same_nonce(jwt: &Jwt, sent: &str) -> Answer {
    match jwt.text("nonce") {
        Some(nonce) if nonce == sent => Ok(()),
        Some(_) => Err(Stop::finding("oidc-core/2/nonce", format!("the nonce {sent:?}"), "another nonce")),
        None => Err(Stop::finding("oidc-core/2/nonce", format!("the nonce {sent:?}"), "no nonce")),
    }
}

/// Ten times the seconds since 1970 is the year 2500: no clock that tells seconds is that wrong.
fn is_no_second(time: f64) -> bool {
    let now = std::time::SystemTime::now().duration_since(std::time::UNIX_EPOCH).map_or(0.0, |now| now.as_secs_f64());
    time > 10.0 * now
}

/// So far may nbf lie ahead of iat: clocks of two machines differ.
const SKEW_SECONDS: f64 = 60.0;

async fn times(lab: &Lab) -> Answer {
    let (_, _, jwt) = id_token(lab).await?;
    times_fit(&jwt)
}

/// The times of an ID token, of whatever grant, are numbers of seconds in their order.
pub fn times_fit(jwt: &Jwt) -> Answer {
    let clause = "oidc-core/2/times-are-numbers";
    for name in ["exp", "iat", "auth_time"] {
        if let Some(value) = jwt.claims.get(name).filter(|value| !value.is_number()) {
            return Err(Stop::finding(clause, format!("{name}, a number"), value.to_string()));
        }
        if let Some(time) = jwt.claims.get(name).and_then(Value::as_f64).filter(|time| is_no_second(*time)) {
            return Err(Stop::finding(clause, format!("{name} in seconds since 1970"), format!("{name} {time}")));
        }
    }
    let number = |name: &str| jwt.claims.get(name).and_then(Value::as_f64);
    match (number("iat"), number("exp")) {
        (Some(iat), Some(exp)) if exp <= iat => Err(Stop::finding(
            "oidc-core/3.1.3.3/id-token",
            "an ID token that a client may accept: exp after iat",
            format!("iat {iat}, exp {exp}"),
        )),
        // RFC 7519 §4.1.5: until then it must not be accepted.
        (Some(iat), _) if number("nbf").is_some_and(|nbf| nbf > iat + SKEW_SECONDS) => Err(Stop::finding(
            "oidc-core/3.1.3.3/id-token",
            "an ID token that a client may accept now: nbf no later than iat",
            format!("iat {iat}, nbf {}", number("nbf").unwrap_or_default()),
        )),
        _ => Ok(()),
    }
}

async fn auth_time(lab: &Lab) -> Answer {
    id_token(lab).await?;
    let (_, _, jwt) = id_token_of(lab, Authorize::valid().with("max_age", "3600")).await?;
    if jwt.claims.get("auth_time").is_none_or(Value::is_null) {
        return Err(Stop::finding("oidc-core/2/auth-time", "the claim auth_time", "none"));
    }
    Ok(())
}

async fn auth_time_of_login(lab: &Lab) -> Answer {
    let asked = || Authorize::valid().with("max_age", "36000");
    let (_, _, first) = id_token_of(lab, asked()).await?;
    lab.advance(120).await?;
    let (_, _, second) = id_token_of(lab, asked().without_login()).await?;
    let time = |jwt: &Jwt| jwt.claims.get("auth_time").and_then(Value::as_f64);
    match (time(&first), time(&second)) {
        (Some(login), Some(later)) if (later - login).abs() > 60.0 => Err(Stop::finding(
            "oidc-core/2/auth-time",
            format!("auth_time {login}, the time of the login"),
            format!("auth_time {later}, although nobody logged in again"),
        )),
        (Some(_), Some(_)) => Ok(()),
        _ => Err(Stop::Inconclusive("the ID token has no auth_time".to_owned())),
    }
}

async fn at_hash(lab: &Lab) -> Answer {
    let (_, tokens, jwt) = id_token(lab).await?;
    hash_of(&jwt, &tokens.access_token)
}

/// The `at_hash` of an ID token, if it has one, is that of this access token.
pub fn hash_of(jwt: &Jwt, access_token: &str) -> Answer {
    let Some(given) = jwt.text("at_hash") else {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the ID token has no at_hash; in the code flow it may do without",
        ));
    };
    let Some(half) = jwt.half_hash_of(access_token) else {
        return Err(Stop::not_applicable(Reason::Policy, "the algorithm of the ID token names no hash"));
    };
    if given == half {
        return Ok(());
    }
    Err(Stop::finding("oidc-core/3.1.3.6/at-hash", "the hash of the access token", "another value"))
}
