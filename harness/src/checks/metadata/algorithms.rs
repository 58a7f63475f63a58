//! The algorithms of client assertions: RFC 8414 §2.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::lab::Lab;

pub const ASSERTION_ALGORITHMS: Check = Check {
    id: "metadata/assertion-algorithms-listed",
    title: "metadata that offers client authentication by a JWT lists the algorithms, and none is not among them",
    why: "A client has to know what to sign with; and an algorithm that signs nothing proves nothing.",
    clauses: &[TOKEN[0], TOKEN[1], REVOCATION[0], REVOCATION[1], INTROSPECTION[0], INTROSPECTION[1]],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(assertion_algorithms(lab))),
};

/// The clauses on one endpoint: that there is a list, and that `none` is not in it.
type Clauses = [&'static str; 2];

const TOKEN: Clauses = ["rfc8414/2/auth-signing-algs", "rfc8414/2/auth-no-none"];
const REVOCATION: Clauses = ["rfc8414/2/revocation-auth-signing-algs", "rfc8414/2/revocation-auth-no-none"];
const INTROSPECTION: Clauses = ["rfc8414/2/introspection-auth-signing-algs", "rfc8414/2/introspection-auth-no-none"];

async fn assertion_algorithms(lab: &Lab) -> Answer {
    let json = lab.metadata().await?.is_json()?;
    let list = |name: &str| {
        let values = json.get(name).and_then(Value::as_array).into_iter().flatten();
        values.filter_map(Value::as_str).collect::<Vec<_>>()
    };
    let mut offered = false;
    for (endpoint, [listed, no_none]) in
        [("token", TOKEN), ("revocation", REVOCATION), ("introspection", INTROSPECTION)]
    {
        let methods = list(&format!("{endpoint}_endpoint_auth_methods_supported"));
        if !["client_secret_jwt", "private_key_jwt"].iter().any(|method| methods.contains(method)) {
            continue;
        }
        offered = true;
        let name = format!("{endpoint}_endpoint_auth_signing_alg_values_supported");
        let algorithms = list(&name);
        if algorithms.is_empty() {
            return Err(Stop::finding(listed, format!("algorithms in {name}"), "no algorithm there"));
        }
        if algorithms.contains(&"none") {
            return Err(Stop::finding(no_none, format!("{name} without none"), algorithms.join(", ")));
        }
    }
    if offered {
        return Ok(());
    }
    Err(Stop::not_applicable(Reason::NotAdvertised, "the metadata offers no client authentication by a JWT"))
}
