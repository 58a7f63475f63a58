//! Where the metadata leads, and whether two documents lead to the same: RFC 6749 §3.1, §3.2, RFC 9068 §4, RFC 9700 §2.5.

use std::collections::BTreeSet;

use serde_json::Value;

use super::keys::keys;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::Exchange;
use crate::lab::Lab;
use crate::target::discovery::{is_metadata, well_known};

pub const NO_FRAGMENT: Check = Check {
    id: "metadata/endpoints-without-fragment",
    title: "no endpoint of the server has a fragment",
    why: "Parameters that are appended behind a # never leave the browser: the request arrives without them.",
    clauses: &["rfc6749/3.1/no-fragment", "rfc6749/3.2/no-fragment", "rfc7009/2/endpoint-uri"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_fragment(lab))),
};

pub const DOCUMENTS_AGREE: Check = Check {
    id: "metadata/documents-agree",
    title: "the metadata of OAuth and that of OpenID Connect name the same issuer and the same keys",
    why: "An API that reads the one and a client that reads the other would not believe the same tokens.",
    clauses: &["rfc9068/4/metadata-consistent"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(documents_agree(lab))),
};

pub const ASYMMETRIC_AUTHENTICATION: Check = Check {
    id: "metadata/asymmetric-authentication",
    title: "the metadata offers a client authentication that needs no shared secret",
    why: "A secret that both sides keep is lost when either side is broken into.",
    clauses: &["rfc9700/2.5/asymmetric"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(asymmetric_authentication(lab))),
};

async fn no_fragment(lab: &Lab) -> Answer {
    let document = lab.metadata().await?.is_json()?;
    for (name, clause) in [
        ("authorization_endpoint", "rfc6749/3.1/no-fragment"),
        ("token_endpoint", "rfc6749/3.2/no-fragment"),
        ("revocation_endpoint", "rfc7009/2/endpoint-uri"),
    ] {
        if let Some(url) = document.get(name).and_then(Value::as_str).filter(|url| url.contains('#')) {
            return Err(Stop::finding(clause, format!("{name} without a fragment"), format!("{name} {url}")));
        }
    }
    Ok(())
}

/// Two addresses of one key set are consistent.
async fn documents_agree(lab: &Lab) -> Answer {
    let clause = DOCUMENTS_AGREE.clauses[0];
    lab.metadata().await?.is_json()?;
    let mut documents = Vec::new();
    for url in well_known(&lab.target().issuer) {
        let reply = lab.send(&Exchange::fetch(&url)).await?;
        documents.extend(reply.json().filter(|document| reply.is_success() && is_metadata(document)));
    }
    let [one, other] = documents.as_slice() else {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the server publishes one metadata document only"));
    };
    let text = |document: &serde_json::Map<String, Value>, name: &str| {
        document.get(name).and_then(Value::as_str).map(str::to_owned)
    };
    if let (Some(first), Some(second)) = (text(one, "issuer"), text(other, "issuer"))
        && first != second
    {
        return Err(Stop::finding(
            clause,
            format!("issuer {first} in both"),
            format!("issuer {second} in one of them"),
        ));
    }
    if let (Some(first), Some(second)) = (text(one, "jwks_uri"), text(other, "jwks_uri"))
        && first != second
        && published(lab, &first).await? != published(lab, &second).await?
    {
        return Err(Stop::finding(clause, format!("the keys of {first} in both"), format!("others at {second}")));
    }
    Ok(())
}

/// The keys at an address; none where there is no key set.
async fn published(lab: &Lab, url: &str) -> Result<BTreeSet<String>, Stop> {
    let reply = lab.send(&Exchange::fetch(url)).await?;
    reply.judgeable()?;
    Ok(keys(&reply).unwrap_or_default().iter().map(Value::to_string).collect())
}

/// RFC 6749 §2.3.1, OpenID Connect Core §9: what rests on a secret that the server knows too. Other methods may well not.
const SHARED: &[&str] = &["client_secret_basic", "client_secret_post", "client_secret_jwt"];

async fn asymmetric_authentication(lab: &Lab) -> Answer {
    const LIST: &str = "token_endpoint_auth_methods_supported";
    let document = lab.metadata().await?.is_json()?;
    let methods = document.get(LIST).and_then(Value::as_array).into_iter().flatten().filter_map(Value::as_str);
    let methods: Vec<&str> = methods.filter(|method| *method != "none").collect();
    if methods.is_empty() {
        return Err(Stop::not_applicable(Reason::NotAdvertised, format!("the metadata has no {LIST}")));
    }
    if methods.iter().all(|method| SHARED.contains(method)) {
        return Err(Stop::finding(
            ASYMMETRIC_AUTHENTICATION.clauses[0],
            format!("private_key_jwt, or another method without a shared secret, in {LIST}"),
            methods.join(", "),
        ));
    }
    Ok(())
}
