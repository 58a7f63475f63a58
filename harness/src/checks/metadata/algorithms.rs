//! The algorithms of client assertions: RFC 8414 §2.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::checks::metadata::keys::keys;
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

pub const CURRENT_ALGORITHMS: Check = Check {
    id: "metadata/current-algorithms",
    title: "no algorithm is offered, and no key published, that can be broken today",
    why: "What one side still offers the other side may still use: a signature by SHA-1, a short RSA key, an encryption that leaks its padding.",
    clauses: &["rfc8725/3.2/current-algorithms", "rfc8725/3.2/no-rsa1-5"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(current_algorithms(lab))),
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

/// RFC 7518 §3.3: fewer bits than these are no key, in octets.
const SHORTEST_RSA: usize = 256;

async fn current_algorithms(lab: &Lab) -> Answer {
    let json = lab.metadata().await?.is_json()?;
    for (name, value) in json.iter().filter(|(name, _)| name.ends_with("_alg_values_supported")) {
        let listed: Vec<&str> = value.as_array().into_iter().flatten().filter_map(Value::as_str).collect();
        let found = [("RSA1_5", "rfc8725/3.2/no-rsa1-5"), ("RS1", CURRENT), ("HS1", CURRENT)];
        if let Some((weak, clause)) = found.into_iter().find(|(weak, _)| listed.contains(weak)) {
            return Err(Stop::finding(clause, format!("{name} without {weak}"), listed.join(", ")));
        }
    }
    if lab.target().metadata.jwks_uri.is_none() {
        return Ok(());
    }
    for key in keys(&lab.jwks().await?)? {
        let modulus = key.get("n").and_then(Value::as_str).and_then(|text| URL_SAFE_NO_PAD.decode(text).ok());
        if let Some(short) = modulus.filter(|modulus| modulus.len() < SHORTEST_RSA) {
            return Err(Stop::finding(
                CURRENT,
                "RSA keys of 2048 bits or more",
                format!("one of {} bits or fewer", short.len() * 8),
            ));
        }
    }
    Ok(())
}

const CURRENT: &str = "rfc8725/3.2/current-algorithms";
