//! What the keys of the key set are for, and how they are written: OpenID Connect Discovery §3, RFC 8414 §2.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::document::of;
use super::keys::keys;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Need, Reason, Stop};
use crate::exchange::Jwt;
use crate::lab::Lab;

pub const KEY_USE: Check = Check {
    id: "jwks/key-use",
    title: "a key set with keys for encryption says of each key what it is for",
    why: "A client that encrypts to a signing key, or verifies with one for encryption, has mixed up two secrets.",
    clauses: &["rfc8414/2/key-use", "oidc-discovery/3/key-use", "oidc-discovery/3/one-use-per-key"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(key_use(lab))),
};

pub const MAX_AGE: Check = Check {
    id: "jwks/max-age",
    title: "a key set with keys for encryption says how long it may be kept",
    why: "A client encrypts to a key from last year, and nobody can read it; or it fetches the set before every message.",
    clauses: &["oidc-core/10.2.1/max-age"],
    cells: Cells::SERVER,
    needs: &[Need::OpenId],
    ask: Ask::Code(|lab| Box::pin(max_age(lab))),
};

pub const OLD_KEYS: Check = Check {
    id: "jwks/old-keys-kept",
    title: "a key that signed a moment ago is still published after the server has changed to another",
    why: "Every token that is under way when the keys change would be refused, and every session that rests on one.",
    clauses: &["oidc-core/10.1.1/old-keys-kept"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::RotateKeys],
    ask: Ask::Code(|lab| Box::pin(old_keys(lab))),
};

pub const BARE_KEYS: Check = Check {
    id: "jwks/bare-keys",
    title: "each key is published as it is, beside its certificate if it has one",
    why: "Few clients read certificates. Those that do must find the same key, or two clients verify with two keys.",
    clauses: &["oidc-discovery/3/bare-keys", "oidc-core/15.2/bare-keys"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(bare_keys(lab))),
};

/// The members that a public key consists of: RFC 7518 §6, RFC 8037 §2.
fn values_of(kty: &str) -> &'static [&'static str] {
    match kty {
        "RSA" => &["n", "e"],
        "EC" => &["x", "y"],
        "OKP" => &["x"],
        _ => &[],
    }
}

fn text<'k>(key: &'k Value, name: &str) -> &'k str {
    key.get(name).and_then(Value::as_str).unwrap_or_default()
}

/// By its word, or by an algorithm that only encrypts (RFC 7518 §4.1).
fn encrypts(key: &Value) -> bool {
    let algorithm = text(key, "alg");
    text(key, "use") == "enc" || ["RSA-OAEP", "RSA1_5", "ECDH-ES"].iter().any(|known| algorithm.starts_with(known))
}

async fn key_use(lab: &Lab) -> Answer {
    let keys = keys(&lab.jwks().await?)?;
    if !keys.iter().any(encrypts) {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the key set has no key for encryption"));
    }
    for key in &keys {
        if text(key, "use").is_empty() && keys.iter().any(|key| !encrypts(key)) {
            return Err(Stop::finding(
                of(lab, "rfc8414/2/key-use", "oidc-discovery/3/key-use"),
                "a use in each key, for some are for encryption",
                format!("the key {:?} without use", text(key, "kid")),
            ));
        }
        let same = |other: &&Value| {
            let parts = values_of(text(key, "kty"));
            !parts.is_empty() && parts.iter().all(|part| text(key, part) == text(other, part))
        };
        if !encrypts(key) && keys.iter().filter(same).any(encrypts) {
            return Err(Stop::finding(
                "oidc-discovery/3/one-use-per-key",
                "a key for signatures or for encryption",
                format!("the key {:?} for both", text(key, "kid")),
            ));
        }
    }
    Ok(())
}

async fn max_age(lab: &Lab) -> Answer {
    let reply = lab.jwks().await?;
    if !keys(&reply)?.iter().any(encrypts) {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the key set has no key for encryption"));
    }
    let said = reply.header_list("cache-control").to_ascii_lowercase();
    if said.contains("max-age=") {
        return Ok(());
    }
    let actual = if said.is_empty() { "no Cache-Control".to_owned() } else { format!("Cache-Control: {said}") };
    Err(Stop::finding(MAX_AGE.clauses[0], "a max-age in Cache-Control", actual))
}

/// That the next ID token has another key is how a change of keys is told from none.
async fn old_keys(lab: &Lab) -> Answer {
    let signed = async || {
        let (_, tokens) = lab.user_tokens().await?;
        let jwt = tokens.id_claims().filter(Jwt::can_be_verified);
        jwt.ok_or_else(|| Stop::not_applicable(Reason::Policy, "no ID token came that a published key verifies"))
    };
    let old = signed().await?;
    if !old.holds_under_any(&keys(&lab.jwks().await?)?) {
        return Err(Stop::Inconclusive("no published key verifies the ID token".to_owned()));
    }
    lab.rotate_keys().await?;
    let new = signed().await?;
    let published = keys(&lab.jwks().await?)?;
    if published.iter().any(|key| old.holds_under(key) && new.holds_under(key)) {
        return Err(Stop::Inconclusive("the server signs with the same key as before".to_owned()));
    }
    if old.holds_under_any(&published) {
        return Ok(());
    }
    let expected = "the key that signed an ID token a moment ago, beside the new one";
    Err(Stop::finding(OLD_KEYS.clauses[0], expected, "keys that do not verify it"))
}

async fn bare_keys(lab: &Lab) -> Answer {
    let keys = keys(&lab.jwks().await?)?;
    if keys.is_empty() {
        return Err(Stop::not_applicable(Reason::NotAdvertised, "the key set is empty"));
    }
    keys.iter().try_for_each(is_bare)
}

/// The key has its values, and its certificate has the same.
fn is_bare(key: &Value) -> Answer {
    let clause = "oidc-discovery/3/bare-keys";
    let parts = values_of(text(key, "kty"));
    if let Some(missing) = parts.iter().find(|part| text(key, part).is_empty()) {
        let kid = text(key, "kid");
        return Err(Stop::finding(
            clause,
            format!("the member {missing} of each key"),
            format!("the key {kid:?} without"),
        ));
    }
    let certificate = key.get("x5c").and_then(|chain| chain.get(0)).and_then(Value::as_str);
    let Some(der) = certificate.and_then(|certificate| STANDARD.decode(certificate).ok()) else {
        return Ok(());
    };
    // The exponent is a few bytes that may stand anywhere; the rest of a key stands in its certificate alone.
    for part in parts.iter().filter(|part| **part != "e") {
        let value = URL_SAFE_NO_PAD.decode(text(key, part)).unwrap_or_default();
        if value.is_empty() || !der.windows(value.len()).any(|window| window == value) {
            let kid = text(key, "kid");
            return Err(Stop::finding(
                clause,
                "a certificate of the same key",
                format!("the key {kid:?} with that of another"),
            ));
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::is_bare;

    #[test]
    fn a_key_has_the_values_of_its_certificate() {
        let key = json!({ "kty": "EC", "crv": "P-256", "x": "0YR_d1y1gUo6BWpWHnxuhGYAYmhkwLm6Pg8tiAXX9rY", "y": "OyFeehKnCs8Z74j4bTKvD5VjCOn4TIzNhgLwQFtA654", "x5c": ["MIIBgDCCASWgAwIBAgIUX54gWabwp7v4o3pkKDDavUTivs0wCgYIKoZIzj0EAwIwFTETMBEGA1UEAwwKYXMuZXhhbXBsZTAeFw0yNjExMzAwMTI4NTdaFw0zNjExMjcwMTI4NTdaMBUxEzARBgNVBAMMCmFzLmV4YW1wbGUwWTATBgcqhkjOPQIBBggqhkjOPQMBBwNCAATRhH93XLWBSjoFalYefG6EZgBiaGTAubo+Dy2IBdf2tjshXnoSpwrPGe+I+G0yrw+VYwjp+EyMzYYC8EBbQOueo1MwUTAdBgNVHQ4EFgQUkJotJMyqq/U4U1h66oqEPhnic4UwHwYDVR0jBBgwFoAUkJotJMyqq/U4U1h66oqEPhnic4UwDwYDVR0TAQH/BAUwAwEB/zAKBggqhkjOPQQDAgNJADBGAiEA/O/jSRfxUI+JIMfP3SZEp3ZYfR8ohm9RBnzWYfIbv0MCIQC5YpttCakvVvpCJPi9r3xO53xoIzBaqZ3VgNVC8IEhRw=="] });
        assert!(is_bare(&key).is_ok());
        let mut other = key.clone();
        other["x"] = json!("AAAA");
        assert!(is_bare(&other).is_err());
        let mut alone = key;
        alone["y"] = json!("");
        assert!(is_bare(&alone).is_err());
    }
}
