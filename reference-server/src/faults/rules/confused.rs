//! JWTs of one kind, or of one algorithm, that are taken for those of another.

use std::sync::Arc;

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use serde_json::Value;

use super::super::{BCP, Fault, OIDC, Seam};
use crate::config::{AssertionIssuerConfig, SpeaksFor, demo_keys};
use crate::model::{AssertionIssuer, Client, Path};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::tokens::jwk::JwkSet;
use crate::tokens::jwt::{Jwt, VerificationKeys};
use crate::tokens::secret::SharedSecret;
use crate::tokens::{Algorithm, Map};
use crate::transport::credentials::Presented;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-assertion-under-the-public-key",
        says: "A client assertion with a MAC is verified with the public key of its client as the secret.",
        clause: "rfc7523/3/signature-verified",
        precedent: Some("CVE-2015-9235"),
        caught_by: &["client-assertion/algorithm-of-the-key"],
        seams: &[Seam::Rules(|inner| Arc::new(PublicSecret { inner }))],
        ..OIDC
    },
    Fault {
        id: "assertion-under-the-public-key",
        says: "An assertion with a MAC is verified with the public key of its issuer as the secret.",
        clause: "rfc7523/3/signature-verified",
        precedent: Some("CVE-2015-9235"),
        caught_by: &["jwt-bearer/algorithm-of-the-key"],
        seams: &[Seam::Rules(|inner| Arc::new(PublicSecret { inner }))],
        ..OIDC
    },
    Fault {
        id: "access-token-authenticates",
        says: "An access token that a client got for itself authenticates it.",
        clause: "rfc8725/3.12/kinds-exclusive",
        caught_by: &["client-assertion/access-token"],
        seams: &[Seam::Rules(|inner| Arc::new(AccessTokens { inner }))],
        ..BCP
    },
    Fault {
        id: "own-tokens-buy-tokens",
        says: "The server is among the issuers whose assertions it takes, so that any token of its own buys another.",
        clause: "rfc8725/3.12/kinds-exclusive",
        caught_by: &["jwt-bearer/other-kinds"],
        seams: &[
            Seam::Config(|config| {
                config.assertion_issuers.push(AssertionIssuerConfig {
                    issuer: config.issuer.clone(),
                    jwks: demo_keys::issuer_jwks(),
                    speaks_for: SpeaksFor::Everybody,
                });
            }),
            Seam::Rules(|inner| Arc::new(OwnTokens { inner })),
        ],
        ..BCP
    },
];

/// RFC 8725 §2.1: is this a MAC whose secret is one of the public keys, in PEM?
pub(super) fn holds_as_a_mac(jwt: &Jwt, jwks: &JwkSet) -> bool {
    let keys = jwks.document()["keys"].as_array().cloned().unwrap_or_default();
    let secrets = keys.iter().filter_map(pem).filter_map(|pem| SharedSecret::new(&pem));
    secrets.into_iter().any(|secret| jwt.check(VerificationKeys::Secret(&secret), &[Algorithm::Hs256]).is_ok())
}

/// A public key on P-256 as many libraries keep it: RFC 5280 §4.1, RFC 7468 §13.
fn pem(jwk: &Value) -> Option<String> {
    /// Everything before the two coordinates.
    const HEAD: [u8; 27] = [
        0x30, 0x59, 0x30, 0x13, 0x06, 0x07, 0x2a, 0x86, 0x48, 0xce, 0x3d, 0x02, 0x01, 0x06, 0x08, 0x2a, 0x86, 0x48,
        0xce, 0x3d, 0x03, 0x01, 0x07, 0x03, 0x42, 0x00, 0x04,
    ];
    let octets = |name: &str| URL_SAFE_NO_PAD.decode(jwk[name].as_str()?).ok();
    let body = STANDARD.encode([HEAD.to_vec(), octets("x")?, octets("y")?].concat());
    let (first, second) = body.split_at_checked(64)?;
    Some(format!("-----BEGIN PUBLIC KEY-----\n{first}\n{second}\n-----END PUBLIC KEY-----\n"))
}

struct PublicSecret {
    inner: Arc<dyn Rules>,
}

impl RulesOver for PublicSecret {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_uses_its_method(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        let holds = |jwt: &Jwt| client.jwks.as_ref().is_some_and(|jwks| holds_as_a_mac(jwt, jwks));
        if presented.jwt().is_some_and(holds) {
            return Ok(());
        }
        self.inner.client_uses_its_method(path, client, presented)
    }

    fn client_assertion_is_signed(&self, path: Path, client: &Client, assertion: &Jwt) -> Ruling {
        if client.jwks.as_ref().is_some_and(|jwks| holds_as_a_mac(assertion, jwks)) {
            return Ok(());
        }
        self.inner.client_assertion_is_signed(path, client, assertion)
    }

    fn assertion_is_signed(&self, path: Path, issuer: &AssertionIssuer, assertion: &Jwt) -> Ruling {
        if holds_as_a_mac(assertion, &issuer.jwks) {
            return Ok(());
        }
        self.inner.assertion_is_signed(path, issuer, assertion)
    }
}

/// Of a client assertion nothing counts but whose it is; that of an access token is good enough.
struct AccessTokens {
    inner: Arc<dyn Rules>,
}

fn is_access_token(claims: &Map) -> bool {
    claims.contains_key("client_id") && claims.get("client_id") == claims.get("sub")
}

impl RulesOver for AccessTokens {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_assertion_names_client(&self, path: Path, client: &Client, claims: &Map) -> Ruling {
        if is_access_token(claims) {
            return Ok(());
        }
        self.inner.client_assertion_names_client(path, client, claims)
    }

    fn client_assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        if is_access_token(claims) {
            return Ok(());
        }
        self.inner.client_assertion_is_for_server(path, claims, accepted)
    }

    fn client_assertion_is_signed(&self, path: Path, client: &Client, assertion: &Jwt) -> Ruling {
        if is_access_token(assertion.claims()) {
            return Ok(());
        }
        self.inner.client_assertion_is_signed(path, client, assertion)
    }
}

/// What this server issued is not asked for whom, and its signature is held to be right.
struct OwnTokens {
    inner: Arc<dyn Rules>,
}

impl RulesOver for OwnTokens {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn assertion_is_signed(&self, path: Path, issuer: &AssertionIssuer, assertion: &Jwt) -> Ruling {
        if issuer.issuer != demo_keys::ISSUER {
            return Ok(());
        }
        self.inner.assertion_is_signed(path, issuer, assertion)
    }

    fn assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        if claims.get("iss").and_then(Value::as_str) != Some(demo_keys::ISSUER) {
            return Ok(());
        }
        self.inner.assertion_is_for_server(path, claims, accepted)
    }
}
