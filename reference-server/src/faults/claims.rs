//! Documents that are changed before they are signed or sent.

use std::sync::Arc;

use serde_json::{Value, json};

use super::{Fault, OIDC};
use crate::model::Path;
use crate::tokens::secret::random_string;
use crate::tokens::{Claims, ClaimsOver, Map};

/// A seam that changes one kind of document.
macro_rules! changed {
    ($document:ident, $change:expr) => {
        $crate::faults::Seam::Claims(|inner| {
            std::sync::Arc::new($crate::faults::claims::Changed {
                inner,
                change: $crate::faults::claims::Change::$document($change),
            })
        })
    };
}

pub(super) use changed;

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        id: "id-token-without-nonce",
        says: "The nonce of the authorization request is missing in the ID token.",
        clause: "oidc-core/2/nonce",
        caught_by: &["id-token/nonce"],
        seams: &[changed!(IdToken, |_, claims| drop(claims.remove("nonce")))],
        ..OIDC
    },
    Fault {
        id: "id-token-of-another-issuer",
        says: "The iss of the ID token has a slash that the issuer has not.",
        clause: "oidc-discovery/3/issuer-equals-id-token-iss",
        precedent: Some("Abblix/Oidc.Server#51"),
        caught_by: &["id-token/issuer"],
        seams: &[changed!(IdToken, |_, claims| append_slash(claims, "iss"))],
        ..OIDC
    },
    Fault {
        id: "id-token-for-the-api",
        says: "The aud of the ID token is the API, and not the client.",
        clause: "oidc-core/2/audience",
        caught_by: &["id-token/audience"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "aud", json!("api")))],
        ..OIDC
    },
    Fault {
        id: "id-token-times-as-strings",
        says: "exp and iat of the ID token are strings.",
        clause: "oidc-core/2/times-are-numbers",
        caught_by: &["id-token/times"],
        seams: &[changed!(IdToken, |_, claims| {
            for name in ["exp", "iat"] {
                let text = claims.get(name).map(Value::to_string).unwrap_or_default();
                set(claims, name, json!(text));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-times-in-milliseconds",
        says: "exp and iat of the ID token count milliseconds.",
        clause: "oidc-core/2/times-are-numbers",
        caught_by: &["id-token/times"],
        seams: &[changed!(IdToken, |_, claims| {
            for name in ["exp", "iat"] {
                let seconds = claims.get(name).and_then(Value::as_u64).unwrap_or_default();
                set(claims, name, json!(seconds * 1000));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-without-iat",
        says: "The ID token does not say when it was issued.",
        clause: "oidc-core/2/members",
        caught_by: &["id-token/members"],
        seams: &[changed!(IdToken, |_, claims| drop(claims.remove("iat")))],
        ..OIDC
    },
    Fault {
        id: "at-hash-of-something-else",
        says: "The at_hash of the ID token is the hash of another token.",
        clause: "oidc-core/3.1.3.6/at-hash",
        precedent: Some("gravitee-io/gravitee-access-management#396"),
        caught_by: &["id-token/at-hash"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "at_hash", json!("AAAAAAAAAAAAAAAAAAAAAA")))],
        ..OIDC
    },
    Fault {
        id: "id-token-alg-none",
        says: "The header of the ID token says that it is not signed.",
        clause: "oidc-core/2/signed",
        precedent: Some("projectdiscovery/nuclei-templates#16944"),
        caught_by: &["id-token/signed"],
        seams: &[changed!(IdToken, |header, _| set(header, "alg", json!("none")))],
        ..OIDC
    },
    Fault {
        id: "id-token-kid-unknown",
        says: "The kid of the ID token is not in the key set.",
        clause: "oidc-core/10.1/kid",
        caught_by: &["jwks/signing-keys-published"],
        seams: &[changed!(IdToken, |header, _| set(header, "kid", json!("retired")))],
        ..OIDC
    },
    Fault {
        id: "subject-changes",
        says: "The sub of the same user is another one in each ID token.",
        clause: "oidc-core/12.2/same-subject",
        precedent: Some("wso2/product-is#16423"),
        caught_by: &["refresh/id-token-same-subject"],
        seams: &[changed!(IdToken, |_, claims| set(claims, "sub", json!(random_string())))],
        ..OIDC
    },
    Fault {
        id: "refresh-token-by-client-credentials",
        says: "The client credentials grant delivers a refresh token.",
        clause: "rfc6749/4.4.3/no-refresh-token",
        precedent: Some("keycloak/keycloak#6212"),
        caught_by: &["client-credentials/no-refresh-token"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::ClientCredentials {
                set(body, "refresh_token", json!(random_string()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "token-type-missing-on-refresh",
        says: "A refresh is answered without token_type.",
        clause: "rfc6749/5.1/members",
        caught_by: &["token/members"],
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::RefreshToken {
                body.remove("token_type");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "expires-in-as-string",
        says: "expires_in is a string.",
        clause: "rfc6749/5.1/expires-in",
        caught_by: &["token/members"],
        seams: &[changed!(TokenResponse, |_, body| {
            let text = body.get("expires_in").map(Value::to_string).unwrap_or_default();
            set(body, "expires_in", json!(text));
        })],
        ..OIDC
    },
    Fault {
        id: "scope-as-list",
        says: "The scope of a token response is a list.",
        clause: "rfc6749/5.1/members",
        caught_by: &["token/members"],
        seams: &[changed!(TokenResponse, |_, body| {
            let scope = body.get("scope").and_then(Value::as_str).unwrap_or_default();
            let list: Vec<String> = scope.split(' ').map(str::to_owned).collect();
            set(body, "scope", json!(list));
        })],
        ..OIDC
    },
    Fault {
        id: "reduced-scope-unreported",
        says: "The server cuts down the scope and does not say so.",
        clause: "rfc6749/3.3/scope-reported",
        precedent: Some("thephpleague/oauth2-server#793"),
        caught_by: &["client-credentials/scope-reduction-reported"],
        seams: &[super::variations::REDUCES_SCOPE, changed!(TokenResponse, |_, body| drop(body.remove("scope")))],
        ..OIDC
    },
    Fault {
        id: "userinfo-without-sub",
        says: "userinfo does not say of whom it speaks.",
        clause: "oidc-core/5.3.2/sub",
        caught_by: &["userinfo/claims"],
        seams: &[changed!(Userinfo, |body| drop(body.remove("sub")))],
        ..OIDC
    },
    Fault {
        id: "userinfo-of-another-sub",
        says: "The sub of userinfo is not that of the ID token.",
        clause: "oidc-core/5.3.2/sub-matches-id-token",
        precedent: Some("gravitee-io/gravitee-access-management#394"),
        caught_by: &["userinfo/claims"],
        seams: &[changed!(Userinfo, |body| set(body, "sub", json!("internal-4711")))],
        ..OIDC
    },
    Fault {
        id: "inactive-says-more",
        says: "Introspection says more of an inactive token than that it is inactive.",
        clause: "rfc7662/2.2/inactive-says-no-more",
        caught_by: &["introspection/inactive-says-no-more"],
        seams: &[changed!(Introspection, |body| {
            if body.get("active") == Some(&json!(false)) {
                set(body, "error_description", json!("The token is expired, revoked or unknown."));
                set(body, "client_id", json!("web"));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "metadata-of-another-issuer",
        says: "The issuer in the metadata has a slash too many.",
        clause: "oidc-discovery/4.3/issuer-identical",
        precedent: Some("pocket-id/pocket-id#1534"),
        caught_by: &["metadata/issuer-identical"],
        seams: &[changed!(Metadata, |body| append_slash(body, "issuer"))],
        ..OIDC
    },
    Fault {
        id: "metadata-incomplete",
        says: "The metadata lacks members that are required.",
        clause: "oidc-discovery/3/required-members",
        precedent: Some("steveiliop56/tinyauth#864"),
        caught_by: &["metadata/required-members"],
        seams: &[changed!(Metadata, |body| {
            body.remove("subject_types_supported");
            body.remove("response_types_supported");
        })],
        ..OIDC
    },
    Fault {
        id: "metadata-with-empty-list",
        says: "The metadata has a list with nothing in it.",
        clause: "oidc-discovery/4.2/no-empty-lists",
        caught_by: &["metadata/no-empty-lists"],
        seams: &[changed!(Metadata, |body| set(body, "acr_values_supported", json!([])))],
        ..OIDC
    },
    Fault {
        id: "private-keys-published",
        says: "The key set holds the private half of a key.",
        clause: "oidc-discovery/3/no-private-keys",
        caught_by: &["jwks/no-private-members"],
        seams: &[changed!(Jwks, |body| {
            for key in body.get_mut("keys").and_then(Value::as_array_mut).into_iter().flatten() {
                key["d"] = json!("AQAB");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "signing-key-unpublished",
        says: "The key that signs ID tokens is not in the key set.",
        clause: "oidc-core/10.1/keys-published",
        caught_by: &["jwks/signing-keys-published"],
        seams: &[changed!(Jwks, |body| {
            if let Some(keys) = body.get_mut("keys").and_then(Value::as_array_mut) {
                keys.retain(|key| key["kty"] != "RSA");
            }
        })],
        ..OIDC
    },
];

/// What is done to which document.
#[rustfmt::skip]
pub(super) enum Change {
    IdToken(fn(&mut Map, &mut Map)),
    TokenResponse(fn(Path, &mut Map)),
    Userinfo(fn(&mut Map)),
    Introspection(fn(&mut Map)),
    Metadata(fn(&mut Map)),
    Jwks(fn(&mut Map)),
}

/// Documents, with one change to one kind of them.
pub(super) struct Changed {
    pub inner: Arc<dyn Claims>,
    pub change: Change,
}

impl ClaimsOver for Changed {
    fn inner(&self) -> &dyn Claims {
        &*self.inner
    }

    fn id_token(&self, header: &mut Map, claims: &mut Map) {
        self.inner.id_token(header, claims);
        if let Change::IdToken(change) = self.change {
            change(header, claims);
        }
    }

    fn token_response(&self, path: Path, body: &mut Map) {
        self.inner.token_response(path, body);
        if let Change::TokenResponse(change) = self.change {
            change(path, body);
        }
    }

    fn userinfo(&self, body: &mut Map) {
        self.inner.userinfo(body);
        if let Change::Userinfo(change) = self.change {
            change(body);
        }
    }

    fn introspection(&self, body: &mut Map) {
        self.inner.introspection(body);
        if let Change::Introspection(change) = self.change {
            change(body);
        }
    }

    fn metadata(&self, body: &mut Map) {
        self.inner.metadata(body);
        if let Change::Metadata(change) = self.change {
            change(body);
        }
    }

    fn jwks(&self, body: &mut Map) {
        self.inner.jwks(body);
        if let Change::Jwks(change) = self.change {
            change(body);
        }
    }
}

/// Give a member this value.
pub(super) fn set(document: &mut Map, name: &str, value: Value) {
    document.insert(name.to_owned(), value);
}

fn append_slash(document: &mut Map, name: &str) {
    let with_slash = format!("{}/", document.get(name).and_then(Value::as_str).unwrap_or_default());
    set(document, name, json!(with_slash));
}
