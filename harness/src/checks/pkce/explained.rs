//! What a client is told that got PKCE wrong, and what a thief of its code is not told: RFC 7636 §4.4, §4.4.1.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use percent_encoding::percent_decode_str;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Authorize, Lab, Landing};

pub const EXPLAINED: Check = Check {
    id: "pkce/errors-explained",
    title: "who sends no code_challenge, or one of an unknown method, is told what is missing",
    why: "invalid_request alone may mean anything: whoever writes the client looks everywhere but here.",
    clauses: &[TRANSFORM, MISSING],
    cells: Cells::CODE_PUBLIC,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(explained(lab))),
};

pub const CHALLENGE_HIDDEN: Check = Check {
    id: "pkce/challenge-not-in-the-response",
    title: "an authorization response does not tell the code_challenge, neither beside the code nor within it",
    why: "Where the method is plain, whoever reads the challenge has the verifier; and a code that can be read can be rewritten.",
    clauses: &["rfc7636/4.4/challenge-not-exposed"],
    cells: Cells::CODE_PUBLIC,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(challenge_hidden(lab))),
};

pub const CHALLENGE_EMPTY: Check = Check {
    id: "pkce/challenge-empty",
    title: "a code_challenge without a value is none, and a public client that sends it is refused",
    why: "A check that only looks whether the parameter is there is passed by whoever sends nothing in it.",
    clauses: &[EMPTY, REQUIRED],
    cells: Cells::CODE_PUBLIC,
    needs: &[Need::Pkce],
    ask: Ask::Code(|lab| Box::pin(challenge_empty(lab))),
};

const EMPTY: &str = "rfc6749/3.1/empty-omitted";
const REQUIRED: &str = "rfc7636/4.4.1/challenge-required";
const TRANSFORM: &str = "rfc7636/4.4.1/unsupported-transform-explained";
const MISSING: &str = "rfc7636/4.4.1/missing-challenge-explained";

async fn explained(lab: &Lab) -> Answer {
    lab.user_tokens().await?;
    let wrong = [
        (TRANSFORM, "an unknown method", Authorize::valid().with("code_challenge_method", "S512")),
        (
            MISSING,
            "a missing code_challenge",
            Authorize::valid().without("code_challenge").without("code_challenge_method"),
        ),
    ];
    let mut told = false;
    for (clause, what, request) in wrong {
        let authorized = lab.authorize(request).await?;
        if !authorized.reaches_client() || authorized.landing.param("error") != Some("invalid_request") {
            continue;
        }
        told = true;
        if ["error_description", "error_uri"].iter().all(|name| authorized.landing.param(name).is_none()) {
            return Err(Stop::finding(
                clause,
                format!("an error_description or an error_uri for {what}"),
                authorized.landing.summary(),
            ));
        }
    }
    if told {
        return Ok(());
    }
    Err(Stop::not_applicable(Reason::Policy, "no error of this kind reaches the client"))
}

/// Only where none is refused an empty one can be told from it.
async fn challenge_empty(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    let without = Authorize::valid().without("code_challenge").without("code_challenge_method");
    if lab.authorize(without).await?.code().is_ok() {
        return Err(Stop::not_applicable(Reason::Policy, "a public client gets a code without a code_challenge"));
    }
    let empty = Authorize::valid().with("code_challenge", "").without("code_challenge_method");
    let authorized = lab.authorize(empty).await?;
    let error = authorized.refused(EMPTY)?.landing.param("error");
    match error {
        Some(other) if other != "invalid_request" => {
            Err(Stop::finding(REQUIRED, "the error invalid_request", authorized.landing.summary()))
        }
        _ => Ok(()),
    }
}

async fn challenge_hidden(lab: &Lab) -> Answer {
    let authorized = lab.authorize(Authorize::valid()).await?;
    let code = authorized.code()?;
    lab.redeem(&code).await?.is_token()?;
    let Landing::Client { location, .. } = &authorized.landing else {
        return Ok(());
    };
    let location = percent_decode_str(location).decode_utf8_lossy().into_owned();
    let decoded = code.value.split('.').filter_map(|part| URL_SAFE_NO_PAD.decode(part.trim_end_matches('=')).ok());
    let within: Vec<String> = decoded.map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).collect();
    let shown = |text: &String| text.contains(&code.challenge);
    if shown(&location) {
        return Err(told("stands in the response as it was sent"));
    }
    if within.iter().any(shown) {
        return Err(told("can be read from the code, which is only encoded"));
    }
    Ok(())
}

fn told(how: &str) -> Stop {
    Stop::finding(CHALLENGE_HIDDEN.clauses[0], "no code_challenge", format!("a code_challenge that {how}"))
}
