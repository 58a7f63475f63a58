//! The iss of an authorization response: RFC 9207.

use serde_json::Value;

use super::response::{failing, posted_errors, posting, posts};
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::{Authorize, Authorized, Lab};

pub const ISS_RETURNED: Check = Check {
    id: "authorize/iss-returned",
    title: "a server that promises iss sends its issuer with every authorization response",
    why: "A client of several servers tells by it which one answered. If it is missing, mix-up attacks work again.",
    clauses: &["rfc9207/2/iss-in-every-response", "rfc9207/2/iss-in-errors", "rfc9207/2.3/iss-equals-issuer"],
    cells: Cells::EVERY_RESPONSE_TYPE,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(iss_returned(lab))),
};

pub const ISS_ADVERTISED: Check = Check {
    id: "authorize/iss-advertised",
    title: "a server that sends iss says so in its metadata, and who it is",
    why: "A client discards an iss that nobody promised, or cannot demand one: what is not announced protects nobody.",
    clauses: &["rfc9207/2.4/iss-announced", "rfc9207/2.3/issuer-provided"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(iss_advertised(lab))),
};

async fn iss_returned(lab: &Lab) -> Answer {
    if !promises_iss(lab) {
        return Err(Stop::not_applicable(
            Reason::NotAdvertised,
            "authorization_response_iss_parameter_supported is not true",
        ));
    }
    let authorized = lab.authorize(Authorize::valid()).await?;
    authorized.granted()?;
    same_iss(lab, &authorized, "rfc9207/2/iss-in-every-response")?;
    if posts(lab) {
        let posted = lab.authorize(posting()).await?;
        posted.granted()?;
        same_iss(lab, &posted, "rfc9207/2/iss-in-every-response")?;
    }
    for failed in posted_errors(lab, "grantspec").await? {
        same_iss(lab, &failed, "rfc9207/2/iss-in-errors")?;
    }
    match failing(lab, "grantspec").await {
        Ok(failed) => failed.iter().try_for_each(|failed| same_iss(lab, failed, "rfc9207/2/iss-in-errors")),
        // No error of this server reaches the client, so that there is nothing more to see.
        Err(Stop::Inconclusive(_)) => Ok(()),
        Err(stop) => Err(stop),
    }
}

fn same_iss(lab: &Lab, authorized: &Authorized, clause: &'static str) -> Answer {
    let issuer = lab.target().metadata.document.get("issuer").and_then(Value::as_str).unwrap_or(&lab.target().issuer);
    match authorized.landing.param("iss") {
        Some(iss) if iss == issuer => Ok(()),
        Some(iss) => Err(Stop::finding("rfc9207/2.3/iss-equals-issuer", format!("iss {issuer}"), format!("iss {iss}"))),
        None => Err(Stop::finding(clause, format!("iss {issuer}"), authorized.landing.summary())),
    }
}

async fn iss_advertised(lab: &Lab) -> Answer {
    let authorized = lab.authorize(Authorize::valid()).await?;
    authorized.code()?;
    let metadata = &lab.target().metadata;
    let is_named = metadata.document.get("issuer").is_some_and(Value::is_string);
    match authorized.landing.param("iss") {
        Some(_) if !metadata.url.is_empty() && !is_named => Err(Stop::finding(
            "rfc9207/2.3/issuer-provided",
            "an issuer in the metadata, to compare iss with",
            "iss in the response, and no issuer in the metadata",
        )),
        Some(_) if !promises_iss(lab) && !lab.target().metadata.url.is_empty() => Err(Stop::finding(
            "rfc9207/2.4/iss-announced",
            "authorization_response_iss_parameter_supported: true",
            "iss in the response, and no word of it in the metadata",
        )),
        _ => Ok(()),
    }
}

fn promises_iss(lab: &Lab) -> bool {
    lab.target().metadata.is_true("authorization_response_iss_parameter_supported")
}
