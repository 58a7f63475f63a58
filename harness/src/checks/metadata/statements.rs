//! What the metadata vouches for: the algorithms of client authentication, and its own signature. RFC 8414 §2, §2.1.

use serde_json::Value;

use crate::cell::{AuthMethod, Cells};
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::Lab;

pub const ASSERTIONS_BY_RS256: Check = Check {
    id: "metadata/assertions-by-rs256",
    title: "client authentication by a signed JWT can be signed with RS256",
    why: "It is the one algorithm that every client has: one that is offered none it knows goes back to a shared secret.",
    clauses: &["rfc8414/2/auth-rs256", "oidc-discovery/3/auth-rs256"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(assertions_by_rs256(lab))),
};

pub const SIGNED: Check = Check {
    id: "metadata/signed",
    title: "signed metadata is signed, names who signed it, and does not contain itself",
    why: "Its values count more than the plain ones beside them: without a signature, whoever can write one member has written all.",
    clauses: &["rfc8414/2.1/signed-metadata", "rfc8414/2.1/not-nested"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(signed(lab))),
};

async fn assertions_by_rs256(lab: &Lab) -> Answer {
    const LIST: &str = "token_endpoint_auth_signing_alg_values_supported";
    lab.metadata().await?.is_json()?;
    let metadata = &lab.target().metadata;
    let by_key = metadata.list("token_endpoint_auth_methods_supported").contains(&AuthMethod::KeyJwt.name());
    let listed = metadata.list(LIST);
    if !by_key || listed.is_empty() {
        let says = "the metadata offers no private_key_jwt at the token endpoint, or does not say by which algorithms";
        return Err(Stop::not_applicable(Reason::NotAdvertised, says));
    }
    if listed.contains(&"RS256") {
        return Ok(());
    }
    Err(Stop::finding(ASSERTIONS_BY_RS256.clauses[0], format!("RS256 in {LIST}"), listed.join(", ")))
}

/// Whose key it is signed with is left open: the party that vouches need not be the server.
async fn signed(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    let Some(statement) = document.get("signed_metadata") else {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata is not signed"));
    };
    let clause = "rfc8414/2.1/signed-metadata";
    let Some(jwt) = statement.as_str().and_then(Jwt::read) else {
        return Err(Stop::finding(clause, "signed_metadata, a JSON Web Token", "something else"));
    };
    let algorithm = jwt.head("alg").unwrap_or_default();
    if algorithm.is_empty() || algorithm.eq_ignore_ascii_case("none") {
        return Err(Stop::finding(clause, "a signature", format!("alg {algorithm:?}")));
    }
    if jwt.text("iss").is_none_or(str::is_empty) {
        return Err(Stop::finding(clause, "an iss in the signed metadata", "none"));
    }
    match jwt.claims.get("signed_metadata") {
        None | Some(Value::Null) => Ok(()),
        Some(_) => Err(Stop::finding("rfc8414/2.1/not-nested", "no signed_metadata in the signed metadata", "one")),
    }
}
