//! How a registration is refused: RFC 7591 §3.2.2. And who may register at all: §1.2, §3.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Assertion, Reply, SigningKey};
use crate::lab::{Lab, random};

pub const ERROR_RESPONSE: Check = Check {
    id: "registration/error-response",
    title: "a registration that cannot be is refused with 400 and a JSON object that names the error",
    why: "A client that gets a page, or 500, cannot tell its own mistake from a failure of the server, and tries again.",
    clauses: &[
        "rfc7591/3.2.2/error-response",
        "rfc7591/3.2/error",
        "rfc7591/3.2.2/error",
        "rfc7591/3.2.2/description-ascii",
        "oidc-registration/3.3/error-response",
        DESCRIBED,
    ],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(error_response(lab))),
};

pub const INITIAL_ACCESS_TOKEN: Check = Check {
    id: "registration/initial-access-token",
    title: "where registration takes an initial access token, nobody registers without it or with another",
    why: "A server that only looks whether there is a token keeps out nobody who can write one.",
    clauses: &["rfc7591/1.2/limited-by-token", "oidc-registration/3/initial-access-token"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(initial_access_token(lab))),
};

pub const INITIAL_TOKEN_CHALLENGE: Check = Check {
    id: "registration/initial-token-challenge",
    title: "a bad initial access token is refused with a challenge, as RFC 6750 lays down",
    why: "Whoever is told that the metadata is wrong looks for the mistake in the metadata.",
    clauses: &["rfc7591/3.2.2/oauth-error", "oidc-registration/3.3/oauth-error"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(initial_token_challenge(lab))),
};

pub const STATEMENT_UNVERIFIED: Check = Check {
    id: "registration/statement-of-a-stranger",
    title: "a software statement that nobody trusted signed does not count",
    why: "What it says wins over everything else. Believed unverified, it lets anybody register as anybody.",
    clauses: &["rfc7591/2.3/statement-signed"],
    cells: Cells::SERVER,
    needs: &[Need::Registration],
    ask: Ask::Code(|lab| Box::pin(statement_unverified(lab))),
};

/// RFC 7591 §3.2.2 leaves it to the server, so that this is said and not counted.
const DESCRIBED: &str = "oidc-registration/3.3/error-description";

async fn error_response(lab: &Lab) -> Answer {
    let mut described = true;
    lab.register(&lab.registration()?).await?;
    let valid = lab.registration()?.wire();
    let whole = valid.body.clone().unwrap_or_default();
    let broken = whole[..whole.len() - 1].to_owned();
    let fragment = whole.replacen("https://client.example/cb", "https://client.example/cb#fragment", 1);
    let bodies = [
        ("JSON that breaks off", broken.clone(), true),
        ("a list", format!("[{whole}]"), true),
        ("a redirect URI with a fragment", fragment, false),
        ("redirect_uris that is a number", serde_json::json!({ "redirect_uris": 5 }).to_string(), true),
        ("grant_types that is an object", format!("{broken}, \"grant_types\": {{\"a\": 1}}}}"), false),
    ];
    for (what, body, is_none) in bodies {
        let mut wire = valid.clone();
        wire.body = Some(body);
        let reply = lab.send_registration_wire(&wire).await?;
        let judged = match reply.is_success() {
            // What makes some sense may be put right (RFC 7591 §2).
            true if !is_none => Ok(()),
            true => Err(Stop::finding("rfc7591/3.2/error", "an error", reply.actual())),
            false => refusal(&reply),
        };
        judged.map_err(|stop| stop.in_case(what))?;
        described &= reply.is_success() || reply.text("error_description").is_some();
    }
    if !described {
        return Err(Stop::finding(DESCRIBED, "error_description beside error", "an error without it"));
    }
    Ok(())
}

fn refusal(reply: &Reply) -> Answer {
    reply.judgeable()?;
    let json = reply.json().filter(|_| reply.status == 400 && reply.media_type() == "application/json");
    let Some(json) = json else {
        return Err(Stop::finding("rfc7591/3.2.2/error-response", "400 and a JSON object", reply.actual()));
    };
    match json.get("error").and_then(serde_json::Value::as_str) {
        Some(error) if !error.is_empty() && error.is_ascii() => {}
        _ => return Err(Stop::finding("rfc7591/3.2.2/error", "the member error, a code in ASCII", reply.actual())),
    }
    match json.get("error_description") {
        Some(told) if !told.as_str().is_some_and(str::is_ascii) => {
            Err(Stop::finding("rfc7591/3.2.2/description-ascii", "an error_description in ASCII", told.to_string()))
        }
        _ => Ok(()),
    }
}

/// The token is needed at all: the registration without one is refused.
async fn is_needed(lab: &Lab) -> Answer {
    lab.register(&lab.registration()?).await?;
    let without = lab.send_registration(&lab.registration()?.bearing(None)).await?;
    without.judgeable()?;
    if without.is_success() {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "registration is open, so that no initial access token is asked for",
        ));
    }
    Ok(())
}

async fn initial_access_token(lab: &Lab) -> Answer {
    is_needed(lab).await?;
    let right = lab.target().registration.initial_access_token.clone().unwrap_or_default();
    for wrong in [random(), format!("{right}x")] {
        let reply = lab.send_registration(&lab.registration()?.bearing(Some(&wrong))).await?;
        reply.withheld("rfc7591/1.2/limited-by-token")?;
    }
    Ok(())
}

async fn initial_token_challenge(lab: &Lab) -> Answer {
    is_needed(lab).await?;
    let reply = lab.send_registration(&lab.registration()?.bearing(Some(&random()))).await?;
    reply.judgeable()?;
    if reply.status == 401 && !reply.challenges("Bearer").is_empty() {
        return Ok(());
    }
    Err(Stop::finding("rfc7591/3.2.2/oauth-error", "401 with a Bearer challenge", reply.actual()))
}

async fn statement_unverified(lab: &Lab) -> Answer {
    const BY_STATEMENT: &str = "grantspec by a statement";
    lab.register(&lab.registration()?).await?;
    let key = SigningKey::fresh("RS256").map_err(Stop::Error)?;
    let statement = Assertion::new(key, "https://issuer.example", "grantspec", &lab.target().issuer)
        .with("software_id", "grantspec")
        .with("client_name", BY_STATEMENT);
    let request = lab.registration()?.with("software_statement", statement.signed());
    let reply = lab.send_registration(&request).await?;
    reply.judgeable()?;
    if reply.is_success() && reply.text("client_name").as_deref() == Some(BY_STATEMENT) {
        return Err(Stop::finding(
            "rfc7591/2.3/statement-signed",
            "a refusal, or the name of the request",
            "the name of a statement that a stranger signed",
        ));
    }
    Ok(())
}
