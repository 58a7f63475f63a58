//! Are tokens signed, and assertions taken, as the client is registered? OpenID Connect Registration §2.

use serde_json::json;

use super::user_tokens;
use crate::cell::{AuthMethod, Cell, Cells, Grant, ResponseType};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::checks::userinfo::values::vouches;
use crate::exchange::{Jwt, SigningKey};
use crate::lab::{Authorize, Lab, Registered};
use crate::target::Client;

pub const ID_TOKEN: Check = Check {
    id: "registration/id-token-alg",
    title: "ID tokens are signed with the algorithm that the client is registered for, whichever way they come",
    why: "A client that verifies with one algorithm alone, as it should, can log nobody in with another.",
    clauses: &["oidc-registration/2/id-token-alg"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(id_token(lab))),
};

pub const RS256_DEFAULT: Check = Check {
    id: "registration/id-token-rs256-default",
    title: "where nobody named an algorithm, ID tokens are signed with RS256",
    why: "It is the one that every client knows.",
    clauses: &["oidc-registration/2/id-token-rs256-default"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(rs256_default(lab))),
};

pub const USERINFO: Check = Check {
    id: "registration/userinfo-alg",
    title: "userinfo is a JWT of the algorithm that the client is registered for, and says who signed it and for whom",
    why: "A client asks for a signature because it does not trust what lies between; plain JSON is just what it did not want.",
    clauses: &["oidc-registration/2/userinfo-alg", "oidc-core/5.3.2/signed-members", "oidc-core/10.1/keys-published"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(userinfo(lab))),
};

pub const USERINFO_PLAIN: Check = Check {
    id: "registration/userinfo-plain-default",
    title: "userinfo is plain JSON for a client that registered for no other form",
    why: "A client that did not ask for a JWT cannot read one.",
    clauses: &["oidc-registration/2/userinfo-plain-default"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration, Need::Userinfo],
    ask: Ask::Code(|lab| Box::pin(userinfo_plain(lab))),
};

pub const AUTH: Check = Check {
    id: "registration/auth-alg",
    title: "a client assertion that is signed with another algorithm than the registered one is refused",
    why: "A client names its algorithm so that a weaker one cannot be used against it.",
    clauses: &["oidc-registration/2/auth-alg"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(auth(lab))),
};

pub const AUTH_RS256: Check = Check {
    id: "registration/auth-rs256",
    title: "a client can authenticate with assertions signed with RS256",
    why: "It is the one algorithm that a client which knows nothing of a server can count on.",
    clauses: &["oidc-registration/2/auth-rs256", "oidc-discovery/3/auth-rs256", "rfc8414/2/auth-rs256"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(auth_rs256(lab))),
};

/// The alg of a token.
fn algorithm(token: Option<&String>) -> Option<String> {
    Jwt::read(token?)?.head("alg").map(str::to_owned)
}

async fn id_token(lab: &Lab) -> Answer {
    const MEMBER: &str = "id_token_signed_response_alg";
    let mut asked = 0;
    for name in lab.target().metadata.list("id_token_signing_alg_values_supported") {
        if name == "none" {
            continue;
        }
        let plain = lab.registration()?.with(MEMBER, name);
        let Some(registered) = held(lab, &plain, MEMBER, name).await? else { continue };
        let tokens = user_tokens(lab, &registered).await?;
        same(name, algorithm(tokens.id_token.as_ref()), "in a token response")?;
        asked += 1;

        let lasting = plain.clone().for_grants(&["authorization_code", "refresh_token"], &["code"]);
        if let Some(registered) = held(lab, &lasting, MEMBER, name).await? {
            refreshed(lab, &registered, name).await?;
        }

        let front = plain.for_grants(&["implicit"], &["id_token"]);
        let Some(registered) = held(lab, &front, MEMBER, name).await? else { continue };
        if !registered.client.may(Grant::Implicit) || !lab.target().answers(ResponseType::IdToken) {
            continue;
        }
        let acting = lab.acting_in(Cell::of(ResponseType::IdToken), &registered.client);
        let granted = acting.authorize_in(lab.browser(), Authorize::valid()).await?.granted()?;
        same(name, algorithm(granted.id_token.as_ref()), "through the browser")?;
    }
    if asked == 0 {
        return Err(Stop::not_applicable(Reason::Policy, "no algorithm of the metadata can be registered"));
    }
    Ok(())
}

/// A refresh may come without an ID token (OpenID Connect Core §12.2).
async fn refreshed(lab: &Lab, registered: &Registered, name: &str) -> Answer {
    let tokens = user_tokens(lab, registered).await?;
    let Some(refresh_token) = tokens.refresh_token.filter(|_| registered.client.may(Grant::RefreshToken)) else {
        return Ok(());
    };
    let next = lab.acting_in(Cell::REFRESH, &registered.client).refresh(&refresh_token).await?.is_token()?;
    match next.id_token {
        Some(id_token) => same(name, algorithm(Some(&id_token)), "in the answer to a refresh"),
        None => Ok(()),
    }
}

/// The client that was registered, if the server took this value and says so; it may refuse it, replace it, or not know the member.
async fn held(
    lab: &Lab,
    request: &crate::lab::RegistrationRequest,
    member: &str,
    value: &str,
) -> Result<Option<Registered>, Stop> {
    let reply = lab.send_registration(request).await?;
    reply.judgeable()?;
    Ok(lab.registered(request, &reply).filter(|registered| registered.text(member) == Some(value)))
}

fn same(expected: &str, found: Option<String>, way: &str) -> Answer {
    match found {
        Some(found) if found == expected => Ok(()),
        Some(found) => Err(Stop::finding(
            "oidc-registration/2/id-token-alg",
            format!("an ID token signed with {expected}"),
            format!("{found} {way}"),
        )),
        None => Err(Stop::Inconclusive(format!("expected an ID token {way}; there is none that can be read"))),
    }
}

async fn rs256_default(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    let told = registered.text("id_token_signed_response_alg").unwrap_or("RS256").to_owned();
    let tokens = user_tokens(lab, &registered).await?;
    let found = algorithm(tokens.id_token.as_ref())
        .ok_or_else(|| Stop::Inconclusive("expected an ID token; there is none that can be read".to_owned()))?;
    if found == told {
        return Ok(());
    }
    let expected = format!("an ID token signed with {told}");
    Err(Stop::finding("oidc-registration/2/id-token-rs256-default", expected, found))
}

async fn userinfo(lab: &Lab) -> Answer {
    const MEMBER: &str = "userinfo_signed_response_alg";
    const CLAUSE: &str = "oidc-registration/2/userinfo-alg";
    let mut asked = 0;
    for name in lab.target().metadata.list("userinfo_signing_alg_values_supported") {
        if name == "none" {
            continue;
        }
        let Some(registered) = held(lab, &lab.registration()?.with(MEMBER, name), MEMBER, name).await? else {
            continue;
        };
        asked += 1;
        let tokens = user_tokens(lab, &registered).await?;
        let reply = lab.userinfo(&tokens.access_token).await?;
        reply.is_ok()?;
        let found = Jwt::read(reply.body.trim()).and_then(|jwt| jwt.head("alg").map(str::to_owned));
        if reply.media_type() != "application/jwt" || found.as_deref() != Some(name) {
            let found = found.map_or_else(|| reply.actual(), |found| format!("{} with {found}", reply.actual()));
            return Err(Stop::finding(CLAUSE, format!("a JWT signed with {name}"), found));
        }
        if let Some(jwt) = Jwt::read(reply.body.trim()) {
            vouches(lab, &jwt, &registered.client.id).await?;
        }
    }
    if asked == 0 {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata lists no algorithm for signed userinfo"));
    }
    Ok(())
}

async fn userinfo_plain(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    if registered.text("userinfo_signed_response_alg").is_some() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server registered a client for signed userinfo by itself",
        ));
    }
    let tokens = user_tokens(lab, &registered).await?;
    let reply = lab.userinfo(&tokens.access_token).await?;
    reply.is_ok()?;
    if reply.media_type() == "application/json" && reply.json().is_some() {
        return Ok(());
    }
    Err(Stop::finding("oidc-registration/2/userinfo-plain-default", "a JSON object", reply.actual()))
}

/// A client with a key, and what it was registered with.
async fn signing(lab: &Lab, keys: &[&SigningKey], algorithm: &str) -> Result<Registered, Stop> {
    let Some(first) = keys.first() else {
        return Err(Stop::Error("a client that signs has a key".to_owned()));
    };
    let methods = lab.target().metadata.list("token_endpoint_auth_methods_supported");
    if !methods.contains(&AuthMethod::KeyJwt.name()) {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata does not list private_key_jwt"));
    }
    let published: Vec<_> = keys.iter().filter_map(|key| key.public_jwk()).collect();
    let request = lab
        .registration()?
        .for_grants(&["authorization_code", "client_credentials"], &["code"])
        .authenticating(AuthMethod::KeyJwt)
        .signing((*first).clone())
        .with("jwks", json!({ "keys": published }))
        .with("token_endpoint_auth_signing_alg", algorithm);
    let registered = lab.register(&request).await?;
    registered.may(Grant::ClientCredentials)?;
    if registered.client.auth != AuthMethod::KeyJwt {
        return Err(Stop::not_applicable(Reason::Policy, "the server registered another authentication method"));
    }
    Ok(registered)
}

/// Both keys are the client's, and both algorithms are known here.
async fn auth(lab: &Lab) -> Answer {
    let fresh = |name: &str| SigningKey::fresh(name).map_err(Stop::Error);
    let (own, other) = (fresh("ES256")?, fresh("RS256")?);
    let with =
        |registered: &Registered, key: &SigningKey| Client { key: Some(key.clone()), ..registered.client.clone() };
    let control = signing(lab, &[&other], "RS256").await?;
    lab.registered_token(&with(&control, &other)).await?.is_token()?;

    let registered = signing(lab, &[&own, &other], "ES256").await?;
    lab.registered_token(&with(&registered, &own)).await?.is_token()?;
    if registered.text("token_endpoint_auth_signing_alg") != Some("ES256") {
        return Err(Stop::not_applicable(Reason::Policy, "the server does not say that it registered the algorithm"));
    }
    lab.registered_token(&with(&registered, &other)).await?.withheld("oidc-registration/2/auth-alg")
}

async fn auth_rs256(lab: &Lab) -> Answer {
    const CLAUSE: &str = "oidc-registration/2/auth-rs256";
    let key = SigningKey::fresh("RS256").map_err(Stop::Error)?;
    let registered = match signing(lab, &[&key], "RS256").await {
        // It was asked for in the plainest form, and the metadata lists the method; but a server may take no key, or none by value.
        Err(Stop::Inconclusive(says)) => {
            signing(lab, &[&SigningKey::fresh("ES256").map_err(Stop::Error)?], "ES256").await?;
            return Err(Stop::finding(CLAUSE, "a client that signs with RS256", says));
        }
        registered => registered?,
    };
    lab.registered_token(&registered.client).await?.served(CLAUSE).map(drop)
}
