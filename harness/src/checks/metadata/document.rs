//! The metadata document: RFC 8414, OpenID Connect Discovery.

use serde_json::{Map, Value};

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Stop};
use crate::exchange::Exchange;
use crate::lab::Lab;
use crate::target::discovery::{is_metadata, speaks_of_openid, well_known};

pub const ISSUER_IDENTICAL: Check = Check {
    id: "metadata/issuer-identical",
    title: "the issuer in the metadata is the one that the metadata was asked of",
    why: "A client that accepts another issuer sends its codes to the token endpoint of an attacker (mix-up).",
    clauses: &[
        "rfc8414/3.3/issuer-identical",
        "oidc-discovery/4.3/issuer-identical",
        "rfc8414/3/well-known",
        "rfc8414/3.1/well-known",
        "oidc-discovery/4/well-known",
        "oidc-discovery/4.1/well-known",
    ],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(issuer_identical(lab))),
};

pub const REQUIRED_MEMBERS: Check = Check {
    id: "metadata/required-members",
    title: "the metadata has all members that it must have",
    why: "A client that configures itself cannot guess what is missing.",
    clauses: &[
        "rfc8414/2/required-members",
        "oidc-discovery/3/required-members",
        "oidc-discovery/3/rs256",
        "oidc-core/15.1/rs256",
        "oidc-core/8/types-listed",
        "rfc9126/2/listed",
    ],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(required_members(lab))),
};

pub const NO_EMPTY_LISTS: Check = Check {
    id: "metadata/no-empty-lists",
    title: "the metadata has no empty list",
    why: "A client cannot tell an empty list from one that was left out, although the two do not mean the same.",
    clauses: &["rfc8414/3.2/no-empty-lists", "oidc-discovery/4.2/no-empty-lists"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_empty_lists(lab))),
};

/// A terminating slash is cut off before the well-known path is appended (OpenID Connect Discovery §4.1), so that two
/// spellings of the issuer lead to one document: whoever runs us may have typed the other. Whether the server itself
/// keeps to its spelling is asked of its ID tokens and its `iss` parameters.
async fn issuer_identical(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    let clause = of(lab, "rfc8414/3.3/issuer-identical", "oidc-discovery/4.3/issuer-identical");
    same_issuer(lab, &document, &lab.target().metadata.url, clause)?;
    // A server may publish a second document at the other well-known address, for other clients.
    for url in well_known(&lab.target().issuer).iter().filter(|url| **url != lab.target().metadata.url) {
        let reply = lab.send(&Exchange::fetch(url)).await?;
        if let Some(document) = reply.json().filter(|document| reply.is_success() && is_metadata(document)) {
            let clause = if is_oidc(url, &document) {
                "oidc-discovery/4.3/issuer-identical"
            } else {
                "rfc8414/3.3/issuer-identical"
            };
            same_issuer(lab, &document, url, clause)?;
        }
    }
    Ok(())
}

fn same_issuer(lab: &Lab, document: &Map<String, Value>, url: &str, clause: &'static str) -> Answer {
    let asked = lab.target().issuer.trim_end_matches('/');
    let issuer = document.get("issuer").and_then(Value::as_str);
    if issuer.is_some_and(|issuer| issuer.trim_end_matches('/') == asked) {
        return Ok(());
    }
    let actual = issuer.map_or_else(|| "no issuer".to_owned(), |issuer| format!("issuer {issuer}"));
    Err(Stop::finding(clause, format!("issuer {asked} at {url}"), actual))
}

async fn required_members(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    let clause = of(lab, "rfc8414/2/required-members", "oidc-discovery/3/required-members");
    let lists = |name: &str| lab.target().metadata.list(name);
    let code_flows = lists("response_types_supported").iter().any(|kind| kind.split(' ').any(|part| part == "code"));
    let mut texts = vec!["issuer"];
    if !lists("response_types_supported").is_empty() {
        texts.push("authorization_endpoint");
    }
    if code_flows {
        texts.push("token_endpoint");
    }
    let mut arrays = Vec::new();
    // RFC 8414 §2 has the list REQUIRED, and §3.2 has empty ones left out: who serves no authorization request has nothing to list.
    if speaks_oidc(lab) || document.contains_key("authorization_endpoint") {
        arrays.push("response_types_supported");
    }
    if speaks_oidc(lab) {
        texts.push("jwks_uri");
        arrays.extend(["subject_types_supported", "id_token_signing_alg_values_supported"]);
    }
    for name in texts {
        present(&document, name, clause, "a string", Value::is_string)?;
    }
    for name in arrays {
        present(&document, name, clause, "a list", Value::is_array)?;
    }
    let pushes = lab.target().metadata.pushed_authorization_request_endpoint.is_some()
        || lab.target().metadata.is_true("require_pushed_authorization_requests");
    if pushes {
        present(&document, "pushed_authorization_request_endpoint", "rfc9126/2/listed", "a string", Value::is_string)?;
    }
    if speaks_oidc(lab) && !lists("id_token_signing_alg_values_supported").contains(&"RS256") {
        return Err(Stop::finding(
            "oidc-discovery/3/rs256",
            "RS256 in id_token_signing_alg_values_supported",
            lists("id_token_signing_alg_values_supported").join(", "),
        ));
    }
    Ok(())
}

async fn no_empty_lists(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    let empty = |value: &Value| value.as_array().is_some_and(Vec::is_empty);
    match document.iter().find(|(_, value)| empty(value)) {
        None => Ok(()),
        Some((name, _)) => Err(Stop::finding(
            of(lab, "rfc8414/3.2/no-empty-lists", "oidc-discovery/4.2/no-empty-lists"),
            format!("{name} left out"),
            format!("{name} is []"),
        )),
    }
}

fn present(
    document: &Map<String, Value>,
    name: &str,
    clause: &'static str,
    kind: &str,
    is: fn(&Value) -> bool,
) -> Answer {
    match document.get(name) {
        Some(value) if is(value) => Ok(()),
        Some(_) => Err(Stop::finding(clause, format!("{name}, {kind}"), format!("{name} of another type"))),
        None => Err(Stop::finding(clause, format!("{name}, {kind}"), format!("no {name}"))),
    }
}

fn speaks_oidc(lab: &Lab) -> bool {
    is_oidc(&lab.target().metadata.url, &lab.target().metadata.document)
}

/// Is it a document of OpenID Connect Discovery? RFC 8414 §3 lets one without it stand at the same address.
fn is_oidc(url: &str, document: &Map<String, Value>) -> bool {
    url.ends_with("openid-configuration") && speaks_of_openid(document)
}

/// The clause of the document that was fetched.
pub(super) fn of(lab: &Lab, oauth: &'static str, oidc: &'static str) -> &'static str {
    if speaks_oidc(lab) { oidc } else { oauth }
}
