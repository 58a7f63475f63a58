//! What a registered client is given to authenticate with: RFC 7591 §3.2.1.

use serde_json::Value;

use crate::cell::{AuthMethod, Cell, Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Reply, SKEW, now};
use crate::lab::{Authorize, Lab, Registered, random};
use crate::target::Client;

pub const SECRET_WORKS: Check = Check {
    id: "registration/secret-works",
    title: "a client that is to authenticate with a secret is given one, and it works, and no other does",
    why: "A client that is registered for a method and has nothing to use it with can never ask for anything.",
    clauses: &[
        "rfc7591/3.2.1/secret-for-confidential",
        "rfc6749/4.4.2/client-authenticated",
        "rfc6749/4.1.3/client-authenticated",
    ],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(secret_works(lab))),
};

pub const SECRET_EXPIRY: Check = Check {
    id: "registration/secret-expiry",
    title: "a client_secret comes with the time at which it expires",
    why: "A client that is not told when its secret expires finds out when its users cannot log in.",
    clauses: &["rfc7591/3.2.1/secret-expiry", "oidc-registration/3.2/secret-expiry"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(secret_expiry(lab))),
};

pub const TIMES: Check = Check {
    id: "registration/times",
    title: "the times of the answer are JSON numbers of seconds since 1970",
    why: "Of a time in milliseconds a client concludes that its secret is good for thousands of years; of a string, that there is none.",
    clauses: &["rfc7591/3.2.1/times-are-numbers", "oidc-registration/3.2/times-are-numbers"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(times(lab))),
};

pub const SECRET_EXPIRES: Check = Check {
    id: "registration/secret-expires",
    title: "a secret is good until the time that was told, and no longer",
    why: "Whoever was told that a leaked secret is void by now relies on it.",
    clauses: &["rfc7591/3.2.1/secret-expires"],
    cells: Cells::SERVER,
    needs: &[Need::AdvanceTime, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(secret_expires(lab))),
};

pub const MAC_SECRET: Check = Check {
    id: "registration/mac-secret-length",
    title: "a secret that is the key of a MAC has as many octets as the MAC needs",
    why: "Every assertion of the client lets whoever sees it try secrets at home, without asking anybody.",
    clauses: &["oidc-core/16.19/secret-length", "rfc8725/3.5/key-entropy"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId, Need::Registration],
    ask: Ask::Code(|lab| Box::pin(mac_secret(lab))),
};

/// The token response, or the refusal, that the client gets by its credentials: of its own, else of a user.
async fn asks(lab: &Lab, registered: &Registered) -> Result<Reply, Stop> {
    if registered.client.may(Grant::ClientCredentials) {
        return lab.registered_token(&registered.client).await;
    }
    let acting = lab.acting_in(Cell::CODE, &registered.client);
    let code = acting.authorize_in(lab.browser(), Authorize::valid()).await?.code()?;
    acting.redeem(&code).await
}

/// A client that may ask for a token of its own, if the server registers one.
async fn confidential(lab: &Lab, method: AuthMethod) -> Result<Registered, Stop> {
    let request = lab.registration()?.for_grants(&["authorization_code", "client_credentials"], &["code"]);
    lab.register(&request.authenticating(method)).await
}

async fn secret_works(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7591/3.2.1/secret-for-confidential";
    let mut asked = 0;
    let listed = lab.target().metadata.list("token_endpoint_auth_methods_supported");
    for method in [AuthMethod::Basic, AuthMethod::Post, AuthMethod::SecretJwt] {
        if method != AuthMethod::Basic && !listed.contains(&method.name()) {
            continue;
        }
        let registered = confidential(lab, method).await?;
        // A server may have chosen another one.
        if registered.client.auth != method {
            continue;
        }
        asked += 1;
        if registered.client.secret.is_none() {
            let actual = format!("{} for {}", registered.reply.actual(), method.name());
            return Err(Stop::finding(CLAUSE, "the member client_secret", actual));
        }
        let reply = asks(lab, &registered).await?;
        reply.served(CLAUSE).map_err(|stop| stop.in_case(method.name()))?;
        let own = registered.client.may(Grant::ClientCredentials);
        let clause = if own { "rfc6749/4.4.2/client-authenticated" } else { "rfc6749/4.1.3/client-authenticated" };
        let client = Client { secret: Some(random()), ..registered.client.clone() };
        let reply = asks(lab, &Registered { client, ..registered }).await?;
        reply.refused(clause).map_err(|stop| stop.in_case(method.name()))?;
    }
    if asked == 0 {
        return Err(Stop::not_applicable(Reason::Policy, "the server registers no client with a secret"));
    }
    Ok(())
}

async fn secret_expiry(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    if registered.client.secret.is_none() {
        return Err(Stop::not_applicable(Reason::Policy, "the client that was registered has no secret"));
    }
    match registered.members.get("client_secret_expires_at") {
        Some(told) if !told.is_null() => Ok(()),
        _ => Err(Stop::finding(
            "rfc7591/3.2.1/secret-expiry",
            "the member client_secret_expires_at",
            registered.reply.actual(),
        )),
    }
}

async fn times(lab: &Lab) -> Answer {
    let registered = lab.register(&lab.registration()?).await?;
    for name in ["client_id_issued_at", "client_secret_expires_at"] {
        let Some(told) = registered.members.get(name).filter(|told| !told.is_null()) else { continue };
        let wrong = |expected: &str| {
            let actual = format!("{}: {name} {told}", registered.reply.asked);
            Err(Stop::finding("rfc7591/3.2.1/times-are-numbers", expected, actual))
        };
        let Some(seconds) = told.as_f64() else { return wrong("a number") };
        let issued = registered.reply.date().unwrap_or_else(|| Value::from(now()).as_f64().unwrap_or_default());
        if name == "client_id_issued_at" && (seconds - issued).abs() > Value::from(SKEW).as_f64().unwrap_or_default() {
            return wrong("the time of the registration, in seconds since 1970");
        }
    }
    Ok(())
}

async fn secret_expires(lab: &Lab) -> Answer {
    const CLAUSE: &str = "rfc7591/3.2.1/secret-expires";
    const DAY: u64 = 24 * 60 * 60;
    const LONGEST: u64 = 400 * DAY;
    let registered = confidential(lab, AuthMethod::Basic).await?;
    let issued = registered.members.get("client_id_issued_at").and_then(Value::as_u64).unwrap_or_else(now);
    let expires = registered.members.get("client_secret_expires_at").and_then(Value::as_u64).unwrap_or_default();
    if registered.members.get("client_secret_expires_at").and_then(Value::as_u64) == Some(0) {
        asks(lab, &registered).await?.served(CLAUSE)?;
        lab.advance(DAY).await?;
        return asks(lab, &registered).await?.served(CLAUSE).map(drop);
    }
    if expires <= issued || expires - issued > LONGEST {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the server does not tell when its secrets expire, or they do not within a year",
        ));
    }
    asks(lab, &registered).await?.served(CLAUSE)?;
    lab.advance(expires - issued + SKEW + 1).await?;
    asks(lab, &registered).await?.refused(CLAUSE).map(drop)
}

/// RFC 7518 §3.2: the key is as long as the hash.
async fn mac_secret(lab: &Lab) -> Answer {
    const LENGTHS: [(&str, usize); 3] = [("HS256", 32), ("HS384", 48), ("HS512", 64)];
    let metadata = &lab.target().metadata;
    let method = AuthMethod::SecretJwt;
    let algorithms = metadata.list("token_endpoint_auth_signing_alg_values_supported");
    let mut asked = 0;
    for (name, least) in LENGTHS.into_iter().filter(|(name, _)| algorithms.contains(name)) {
        if !metadata.list("token_endpoint_auth_methods_supported").contains(&method.name()) {
            continue;
        }
        let request = lab.registration()?.authenticating(method).with("token_endpoint_auth_signing_alg", name);
        let registered = lab.register(&request).await?;
        let told = registered.text("token_endpoint_auth_signing_alg");
        let Some(secret) = &registered.client.secret else { continue };
        if registered.client.auth != method || told.is_some_and(|told| told != name) {
            continue;
        }
        asked += 1;
        if secret.len() < least {
            let expected = format!("a client_secret of {least} octets or more for {name}");
            return Err(Stop::finding(MAC_SECRET.clauses[0], expected, format!("one of {}", secret.len())));
        }
    }
    if asked == 0 {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "no client can register for client_secret_jwt"));
    }
    Ok(())
}
