//! A JSON Web Token as it came: read leniently, verified by whoever has a key.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jsonwebtoken::jwk::Jwk;
use jsonwebtoken::{Algorithm, DecodingKey};
use serde_json::{Map, Value};

/// So many seconds may two clocks of one server be apart, or the clocks of two: RFC 7519 §4.1.4 lets whoever looks at exp
/// account for it.
pub const SKEW: u64 = 600;

/// A signed or unsigned JSON Web Token.
#[derive(Clone, Debug)]
pub struct Jwt {
    /// The header.
    pub header: Map<String, Value>,
    /// The claims.
    pub claims: Map<String, Value>,
    signed: String,
    signature: String,
}

impl Jwt {
    /// Reads the three parts of a compact serialisation; `None` if it is none.
    pub fn read(token: &str) -> Option<Self> {
        let mut parts = token.split('.');
        let (header, claims, signature) = (parts.next()?, parts.next()?, parts.next()?);
        if parts.next().is_some() {
            return None;
        }
        let object = |part: &str| match serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        };
        Some(Self {
            header: object(header)?,
            claims: object(claims)?,
            signed: format!("{header}.{claims}"),
            signature: signature.to_owned(),
        })
    }

    /// Are header and claims UTF-8? ASCII in UTF-16 is valid UTF-8 with a zero in each character, which JSON has nowhere.
    /// `None` if there are no such parts.
    pub fn is_utf_8(token: &str) -> Option<bool> {
        let mut parts = token.split('.').take(2).map(|part| URL_SAFE_NO_PAD.decode(part).ok());
        let (header, claims) = (parts.next()??, parts.next()??);
        Some([header, claims].iter().all(|part| std::str::from_utf8(part).is_ok_and(|text| !text.contains('\0'))))
    }

    /// Reads an access token that declares itself to be of RFC 9068 (§2.1: its typ); `None` for any other.
    pub fn access_token(token: &str) -> Option<Self> {
        let jwt = Self::read(token)?;
        let typ = jwt.head("typ")?.to_ascii_lowercase();
        ["at+jwt", "application/at+jwt"].contains(&typ.as_str()).then_some(jwt)
    }

    /// The same token with the first character of its signature changed; the last one may hold bits that mean nothing.
    pub fn with_altered_signature(token: &str) -> Option<String> {
        let jwt = Self::read(token)?;
        let first = jwt.signature.chars().next()?;
        let other = if first == 'A' { 'B' } else { 'A' };
        Some(format!("{}.{other}{}", jwt.signed, &jwt.signature[first.len_utf8()..]))
    }

    /// The same claims under a header that says that nobody signed them (RFC 7519 §6).
    pub fn unsigned(token: &str) -> Option<String> {
        let jwt = Self::read(token)?;
        let mut header = jwt.header.clone();
        header.insert("alg".to_owned(), "none".into());
        let claims = jwt.signed.split_once('.')?.1;
        Some(format!("{}.{claims}.", URL_SAFE_NO_PAD.encode(Value::Object(header).to_string())))
    }

    /// A claim that is a number, such as a time in seconds since 1970.
    pub fn number(&self, name: &str) -> Option<f64> {
        self.claims.get(name).and_then(Value::as_f64)
    }

    /// A member of the header that is a string.
    pub fn head(&self, name: &str) -> Option<&str> {
        self.header.get(name).and_then(Value::as_str)
    }

    /// A claim that is a string.
    pub fn text(&self, name: &str) -> Option<&str> {
        self.claims.get(name).and_then(Value::as_str)
    }

    /// OpenID Connect Core §3.1.3.6, §3.3.2.11: the left half of the hash of a token or code that was issued beside this one,
    /// by the hash of the algorithm that signed it; `None` where that names none.
    pub fn half_hash_of(&self, value: &str) -> Option<String> {
        let algorithm = match self.head("alg").unwrap_or_default().get(2..) {
            Some("256") => &aws_lc_rs::digest::SHA256,
            Some("384") => &aws_lc_rs::digest::SHA384,
            Some("512") => &aws_lc_rs::digest::SHA512,
            _ => return None,
        };
        let digest = aws_lc_rs::digest::digest(algorithm, value.as_bytes());
        Some(URL_SAFE_NO_PAD.encode(&digest.as_ref()[..digest.as_ref().len() / 2]))
    }

    /// Do the ECDSA signatures of two different tokens begin with the same value? Whoever sees both computes the key.
    pub fn shares_random_value_with(&self, other: &Self) -> bool {
        let ecdsa = |jwt: &Self| jwt.head("alg").is_some_and(|alg| alg.starts_with("ES"));
        let random_value = |jwt: &Self| {
            let signature = URL_SAFE_NO_PAD.decode(&jwt.signature).ok().filter(|signature| !signature.is_empty())?;
            Some(signature[..signature.len() / 2].to_vec())
        };
        let (one, two) = (random_value(self), random_value(other));
        ecdsa(self) && ecdsa(other) && self.signed != other.signed && one.is_some() && one == two
    }

    /// Does this program know the algorithm of the signature?
    pub fn can_be_verified(&self) -> bool {
        self.algorithm().is_some()
    }

    /// Does the signature hold under one of these keys, which may be the one that the header names? RFC 7517 §4.5: a key
    /// without kid may be any.
    pub fn holds_under_any(&self, keys: &[Value]) -> bool {
        let fits = |key: &&Value| match (self.head("kid"), key.get("kid")) {
            (Some(named), Some(known)) => known == named,
            _ => true,
        };
        keys.iter().filter(fits).any(|key| self.holds_under(key))
    }

    /// Does the header name one of these keys?
    pub fn names_one_of(&self, keys: &[Value]) -> bool {
        self.head("kid").is_some_and(|kid| keys.iter().any(|key| key.get("kid").is_some_and(|known| known == kid)))
    }

    /// Does the signature hold under a published key?
    pub fn holds_under(&self, key: &Value) -> bool {
        let Ok(key) = serde_json::from_value::<Jwk>(key.clone()) else {
            return false;
        };
        DecodingKey::from_jwk(&key).is_ok_and(|key| self.verifies(&key))
    }

    /// Does the MAC hold under a shared secret?
    pub fn holds_under_secret(&self, secret: &str) -> bool {
        self.verifies(&DecodingKey::from_secret(secret.as_bytes()))
    }

    fn algorithm(&self) -> Option<Algorithm> {
        self.head("alg")?.parse().ok()
    }

    fn verifies(&self, key: &DecodingKey) -> bool {
        let Some(algorithm) = self.algorithm() else {
            return false;
        };
        key.family().algorithms().contains(&algorithm)
            && jsonwebtoken::crypto::verify(&self.signature, self.signed.as_bytes(), key, algorithm).unwrap_or(false)
    }
}

#[cfg(test)]
mod tests {
    use super::Jwt;

    #[test]
    fn three_parts_are_read_and_a_mac_is_verified() {
        // RFC 7519 §3.1, with its key from RFC 7515 A.1.
        let token = "eyJ0eXAiOiJKV1QiLA0KICJhbGciOiJIUzI1NiJ9.eyJpc3MiOiJqb2UiLA0KICJleHAiOjEzMDA4MTkzODAsDQogImh0dHA6Ly9leGFtcGxlLmNvbS9pc19yb290Ijp0cnVlfQ.dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
        let jwt = Jwt::read(token).unwrap();
        assert_eq!(jwt.text("iss"), Some("joe"));
        let key = serde_json::json!({ "kty": "oct", "k": "AyM1SysPpbyDfgZld3umj1qzKObwVMkoqQ-EstJQLr_T-1qS0gZH75aKtMN3Yj0iPS4hcgUuTwjAzZr1Z9CAow" });
        assert!(jwt.holds_under(&key));
        assert!(!jwt.holds_under_secret("another"));
        assert!(Jwt::read("opaque").is_none());

        let altered = Jwt::read(&Jwt::with_altered_signature(token).unwrap()).unwrap();
        assert!(altered.claims == jwt.claims && !altered.holds_under(&key));
        let unsigned = Jwt::read(&Jwt::unsigned(token).unwrap()).unwrap();
        assert!(unsigned.claims == jwt.claims && unsigned.head("alg") == Some("none") && unsigned.signature.is_empty());
        assert!(Jwt::access_token(token).is_none());
    }
}
