//! By which key and algorithm a request object is signed: RFC 9101 §6.2, RFC 8725 §3.1.

use super::parameters::speaks_rfc9101;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::lab::{Lab, RequestObject};

pub const ALGORITHM: Check = Check {
    id: "request-object/algorithm-of-the-key",
    title: "a request object is verified with the algorithm of its key, and with no other",
    why: "A server that lets the header choose takes a MAC under the public key, which everybody knows, or no signature at all.",
    clauses: &[
        VERIFIED,
        "rfc9101/6.2/algorithm-as-declared",
        "rfc9101/10.5/no-none",
        "rfc8725/3.1/one-algorithm-per-key",
        "rfc8725/3.2/none-not-accepted",
    ],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(algorithm(lab))),
};

pub const KID: Check = Check {
    id: "request-object/kid-unknown",
    title: "a request object that names a key which the client does not have is refused, whatever the name is made of",
    why: "A server that tries every key it knows takes one client's signature for another's; one that looks the name up in a database or a file runs what is written in it.",
    clauses: &["rfc9101/6.2/kid", "rfc8725/3.10/kid-harmless"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::RequestObjects],
    ask: Ask::Code(|lab| Box::pin(kid(lab))),
};

const VERIFIED: &str = "rfc9101/6.2/algorithm-verified";

/// Names that mean more than a key where they are not kept apart from what they are put into.
const HOSTILE: [&str; 3] = ["grantspec-no-such-key", "../../../../../../dev/null", "x' UNION SELECT 'a"];

async fn controlled(lab: &Lab) -> Result<RequestObject, Stop> {
    lab.authorize(lab.by_object(&lab.request_object()?)?).await?.granted()?;
    lab.request_object()
}

/// OpenID Connect Core §6.1 lets an object be unsigned, which is for the metadata to say.
async fn algorithm(lab: &Lab) -> Answer {
    let object = controlled(lab).await?;
    let listed = lab.target().metadata.list("request_object_signing_alg_values_supported");
    let may_be_unsigned = listed.is_empty() || listed.contains(&"none");
    for (case, jwt) in object.object.miscast() {
        if case.starts_with("alg ") && may_be_unsigned {
            continue;
        }
        let asked = lab.by_object(&object)?.with("request", jwt);
        let refused = lab.authorize(asked).await?;
        refused.refused(VERIFIED).map_err(|stop| stop.in_case(case))?;
    }
    Ok(())
}

/// A client that is known by one secret has no key to name. By OpenID Connect Core §6 the name is a hint (RFC 7515 §4.1.4), which a client with one key does not need.
async fn kid(lab: &Lab) -> Answer {
    let object = controlled(lab).await?;
    speaks_rfc9101(lab).await?;
    if object.object.key().kid().is_none() {
        return Err(Stop::not_applicable(Reason::NoClient, "the key of the client has no name ([[client]] key_id)"));
    }
    for name in HOSTILE {
        let jwt = object.object.clone().headed("kid", name).signed();
        let refused = lab.authorize(lab.by_object(&object)?.with("request", jwt)).await?;
        refused.refused("rfc9101/6.2/kid").map_err(|stop| stop.in_case(format!("kid {name:?}")))?;
    }
    Ok(())
}
