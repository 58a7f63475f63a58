//! JWTs that are signed with the right key in the wrong way: RFC 8725 §2.1, §3.1, §3.2.

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::{Assertion, SigningKey};
use crate::lab::random;

/// The object identifiers of RSA keys, and of elliptic curve keys on P-256, as an `AlgorithmIdentifier` in DER.
const OF_RSA: &[u8] = &[0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7, 0x0d, 0x01, 0x01, 0x01, 0x05, 0x00];
const OF_P256: &[u8] = &[
    0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x03,
    0x01, 0x07,
];

impl Assertion {
    /// The same JWT with a signature that proves nothing, or that its header belies, each with words for it: a MAC whose secret is the public
    /// key, which everybody knows; no signature; the right one under the name of another algorithm.
    pub fn miscast(&self) -> Vec<(String, String)> {
        // Each has a jti of its own: a server that notes it before it looks at the signature would refuse the next one as a replay.
        let fresh = || match self.claim("jti") {
            Some(_) => self.clone().with("jti", random()),
            None => self.clone(),
        };
        let mut cast: Vec<(String, String)> = self
            .public_texts()
            .into_iter()
            .map(|(form, text)| {
                let kid = self.key().kid().map(str::to_owned);
                let mut mac = fresh().signed_with(SigningKey::of_secret(&text));
                if let Some(kid) = kid {
                    mac = mac.headed("kid", kid);
                }
                (format!("HS256 with the public key as the secret, {form}"), mac.signed())
            })
            .collect();
        for none in ["none", "None", "NONE", "nOnE"] {
            let kept = fresh().headed("alg", none).signed();
            let unsigned = kept.rsplit_once('.').map_or_else(String::new, |(signed, _)| format!("{signed}."));
            cast.push((format!("alg {none} and no signature"), unsigned));
            cast.push((format!("alg {none} beside the right signature"), fresh().headed("alg", none).signed()));
        }
        let algorithm = self.key().algorithm();
        let other = match algorithm.as_str() {
            "ES256" => "ES384",
            "RS256" => "PS256",
            "HS256" => "HS512",
            _ => "RS256",
        };
        let belied = fresh().headed("alg", other).signed();
        cast.push((format!("a signature of {algorithm} under the name of {other}"), belied));
        // Of two numbers that are zero some libraries think that they fit every message.
        if let Some((message, signature)) = fresh().signed().rsplit_once('.') {
            let zeros = URL_SAFE_NO_PAD.encode(vec![0; signature.len() * 3 / 4]);
            cast.push(("a signature of nothing but zeros".to_owned(), format!("{message}.{zeros}")));
        }
        cast
    }

    /// The public key in the spellings in which servers keep keys; none where the key is a secret itself.
    fn public_texts(&self) -> Vec<(&'static str, String)> {
        let Some(public) = self.key().public_half() else { return Vec::new() };
        let mut texts = vec![("as a JWK", public.to_string())];
        if let Some(der) = spki(&public) {
            let body = STANDARD.encode(der);
            let lines: Vec<&str> =
                body.as_bytes().chunks(64).filter_map(|line| std::str::from_utf8(line).ok()).collect();
            let pem = format!("-----BEGIN PUBLIC KEY-----\n{}\n-----END PUBLIC KEY-----\n", lines.join("\n"));
            texts.push(("in PEM", pem));
        }
        texts
    }
}

/// RFC 5280 §4.1: a public key with the name of its kind.
fn spki(jwk: &Value) -> Option<Vec<u8>> {
    let octets = |name: &str| URL_SAFE_NO_PAD.decode(jwk.get(name)?.as_str()?).ok();
    let (kind, key) = match jwk.get("kty")?.as_str()? {
        "RSA" => (OF_RSA, der(0x30, &[integer(&octets("n")?), integer(&octets("e")?)].concat())),
        "EC" if jwk.get("crv")? == "P-256" => (OF_P256, [vec![4], octets("x")?, octets("y")?].concat()),
        _ => return None,
    };
    let bits = der(0x03, &[&[0], key.as_slice()].concat());
    Some(der(0x30, &[kind, bits.as_slice()].concat()))
}

/// A positive number.
fn integer(octets: &[u8]) -> Vec<u8> {
    let sign: &[u8] = if octets.first().is_some_and(|first| *first >= 0x80) { &[0] } else { &[] };
    der(0x02, &[sign, octets].concat())
}

/// One value: its tag, its length, its octets.
fn der(tag: u8, content: &[u8]) -> Vec<u8> {
    let length = content.len().to_be_bytes();
    let length: Vec<u8> = length.into_iter().skip_while(|octet| *octet == 0).collect();
    let head = match length.as_slice() {
        [short] if *short < 0x80 => vec![tag, *short],
        long => [&[tag, 0x80 | u8::try_from(long.len()).unwrap_or(0)], long].concat(),
    };
    [head.as_slice(), content].concat()
}

#[cfg(test)]
mod tests {
    use crate::exchange::{Assertion, Jwt, SigningKey};

    /// A key on P-256 that is used for nothing else.
    const KEY: &str = "-----BEGIN PRIVATE KEY-----\nMIGHAgEAMBMGByqGSM49AgEGCCqGSM49AwEHBG0wawIBAQQgX/fq9/LeUsDbfDX+\nzOPz8Bc1SsZs6DhcgBJijhnTCz+hRANCAATHZvtItObw+AykgEjKW+yFbn04E4PC\nvFSZGPKA69+n3Sv3BY9NLLlzJKCFg5kCBOyUu9CESRcFbWAvNLC9hT7j\n-----END PRIVATE KEY-----\n";

    #[test]
    fn a_miscast_jwt_holds_under_no_key_of_its_client() {
        let key = SigningKey::read(KEY, None, Some("key-1".to_owned())).unwrap();
        let public = key.public_half().unwrap();
        let assertion = Assertion::new(key, "web", "web", "https://as.example");
        let cast = assertion.miscast();
        assert_eq!(cast.len(), 12);
        for (case, jwt) in cast {
            let jwt = Jwt::read(&jwt).unwrap();
            assert!(!jwt.holds_under(&public), "{case}");
            assert_eq!(jwt.head("kid"), Some("key-1"), "{case}");
        }
        assert_eq!(Assertion::new(SigningKey::of_secret("s3cret"), "a", "b", "c").miscast().len(), 10);
    }

    #[test]
    fn a_public_key_in_pem_is_one() {
        let key = SigningKey::read(KEY, None, None).unwrap();
        let assertion = Assertion::new(key, "web", "web", "https://as.example");
        let (_, pem) = assertion.public_texts().into_iter().nth(1).unwrap();
        let jwt = assertion.signed();
        let read = jsonwebtoken::DecodingKey::from_ec_pem(pem.as_bytes()).unwrap();
        let (message, signature) = jwt.rsplit_once('.').unwrap();
        let algorithm = jsonwebtoken::Algorithm::ES256;
        assert!(jsonwebtoken::crypto::verify(signature, message.as_bytes(), &read, algorithm).unwrap());
    }
}
