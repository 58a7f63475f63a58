//! The key set: RFC 7517, OpenID Connect Discovery §3.

use serde_json::Value;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::{Jwt, Reply};
use crate::lab::Lab;

pub const NO_PRIVATE_MEMBERS: Check = Check {
    id: "jwks/no-private-members",
    title: "the key set shows neither private nor symmetric keys",
    why: "Whoever reads a private key there signs tokens in the name of the server.",
    clauses: &["oidc-discovery/3/no-private-keys", "rfc8414/2/no-private-keys"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(no_private_members(lab))),
};

pub const SIGNING_KEYS_PUBLISHED: Check = Check {
    id: "jwks/signing-keys-published",
    title: "the key that signed an ID token is in the key set, for this algorithm and for signatures",
    why: "A client that does not find the key can only refuse the login, or stop verifying.",
    clauses: &[
        "oidc-core/10.1/keys-published",
        "oidc-core/10.1/kid",
        "oidc-core/10.1/algorithm-appropriate",
        "oidc-core/10.1/key-usage",
        "rfc8725/3.1/own-keys-one-algorithm",
    ],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(signing_keys_published(lab))),
};

/// The members of a JWK that are secret: RFC 7518 §6.2.2, §6.3.2, §6.4.1.
const SECRET: &[&str] = &["d", "p", "q", "dp", "dq", "qi", "oth", "k"];

async fn no_private_members(lab: &Lab) -> Answer {
    for key in keys(&lab.jwks().await?)? {
        let shown = SECRET.iter().find(|member| key.get(**member).is_some());
        if let Some(member) = shown {
            let kid = key.get("kid").and_then(Value::as_str).unwrap_or("without kid");
            return Err(Stop::finding(
                "oidc-discovery/3/no-private-keys",
                "public keys only",
                format!("the key {kid} has the member {member}"),
            ));
        }
    }
    Ok(())
}

/// Each client may have its ID tokens signed in its own way.
async fn signing_keys_published(lab: &Lab) -> Answer {
    let cell = lab.cell();
    let mut answer = signing_key_published(lab).await;
    if !matches!(answer, Ok(()) | Err(Stop::NotApplicable { .. })) {
        return answer;
    }
    let others = lab.target().clients.iter().filter(|client| client.fits(cell) && client.id != lab.client().id);
    for client in others {
        match signing_key_published(&lab.acting_in(cell, client)).await {
            Err(stop @ Stop::Finding(_)) => return Err(stop.in_case(&client.id)),
            Ok(()) => answer = Ok(()),
            // What another client does not get is no matter of the keys.
            Err(_) => {}
        }
    }
    answer
}

async fn signing_key_published(lab: &Lab) -> Answer {
    let (_, tokens) = lab.user_tokens().await?;
    let jwt = tokens.id_claims().ok_or_else(|| tokens.reply.not_the_control("an ID token"))?;
    if jwt.head("alg").is_none_or(|alg| alg == "none" || alg.starts_with("HS")) {
        return Err(Stop::not_applicable(
            Reason::Policy,
            "the ID token of this client is not signed with a public key",
        ));
    }
    let keys = keys(&lab.jwks().await?)?;
    let kid = jwt.head("kid");
    if kid.is_none() && keys.len() > 1 {
        return Err(Stop::finding(
            "oidc-core/10.1/kid",
            "a kid in the header of the ID token",
            format!("none, although the set has {} keys", keys.len()),
        ));
    }
    if jwt.holds_under_any(&keys) {
        return fit(&jwt, &keys);
    }
    if !jwt.can_be_verified() {
        return if jwt.names_one_of(&keys) {
            Ok(())
        } else {
            Err(Stop::not_applicable(Reason::Policy, "an algorithm unknown to this program"))
        };
    }
    Err(Stop::finding(
        "oidc-core/10.1/keys-published",
        kid.map_or_else(|| "the key that verifies it".to_owned(), |kid| format!("the key {kid}, which verifies it")),
        format!("{} keys, none of which does", keys.len()),
    ))
}

/// RFC 7517 §4.2 to §4.4: `use`, `key_ops` and `alg` may be left out; where they stand, careful clients go by them. One key
/// of several that verify is enough.
fn fit(jwt: &Jwt, keys: &[Value]) -> Answer {
    let algorithm = jwt.head("alg").unwrap_or_default();
    let verifying: Vec<&Value> = keys.iter().filter(|key| jwt.holds_under_any(std::slice::from_ref(*key))).collect();
    let text = |key: &Value, name: &str| key.get(name).and_then(Value::as_str).map(str::to_owned);
    let for_algorithm = |key: &Value| text(key, "alg").is_none_or(|alg| alg == algorithm);
    let for_signatures = |key: &Value| {
        let ops = key.get("key_ops").and_then(Value::as_array).filter(|ops| !ops.is_empty());
        text(key, "use").is_none_or(|usage| usage == "sig")
            && ops.is_none_or(|ops| ops.iter().any(|op| op == "verify" || op == "sign"))
    };
    if verifying.iter().any(|key| for_algorithm(key) && for_signatures(key)) {
        return Ok(());
    }
    let said = |name: &str| verifying.iter().find_map(|key| key.get(name)).map(Value::to_string).unwrap_or_default();
    if !verifying.iter().any(|key| for_algorithm(key)) {
        return Err(Stop::finding(
            "oidc-core/10.1/algorithm-appropriate",
            format!("a key for {algorithm}"),
            format!("a key whose alg is {}", said("alg")),
        ));
    }
    Err(Stop::finding(
        "oidc-core/10.1/key-usage",
        "a key for signatures",
        format!("a key with use {} and key_ops {}", said("use"), said("key_ops")),
    ))
}

/// The keys of a JWK set; a control.
pub fn keys(reply: &Reply) -> Result<Vec<Value>, Stop> {
    match reply.is_json()?.remove("keys") {
        Some(Value::Array(keys)) => Ok(keys),
        _ => Err(reply.not_the_control("a JWK set")),
    }
}
