//! Other behaviour that is just as right. Whoever judges the server has nothing to say of any of it.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use http::{Request, StatusCode};
use serde_json::json;

use super::claims::{changed, set};
use super::wire::{self, Asked, Reply};
use super::{Seam, Variation, locked};
use crate::config::AccessTokenFormat;
use crate::error::{ErrorCode, Refusal};
use crate::model::grant::AuthorizationRequest;
use crate::model::{AuthMethod, Client, Code, Path, RefreshToken, Scope};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::server::Server;
use crate::store::{BoxFuture, Rotated, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;
use crate::transport::Wire;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

/// At client credentials a scope that goes too far is cut down, as the response says.
pub(super) const REDUCES_SCOPE: Seam = Seam::Wire(|inner| wire::before(inner, &["/token"], reduce_scope));

pub(super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "opaque-access-tokens",
        says: "All access tokens are opaque.",
        clause: "rfc6749/7/token-validated",
        seams: &[Seam::Rules(|inner| Arc::new(Tokens { inner, format: AccessTokenFormat::Opaque }))],
    },
    Variation {
        id: "jwt-access-tokens",
        says: "All access tokens are JWTs.",
        clause: "rfc6749/7/token-validated",
        seams: &[Seam::Rules(|inner| Arc::new(Tokens { inner, format: AccessTokenFormat::Jwt }))],
    },
    Variation {
        id: "invalid-client-with-400",
        says: "A client that failed to authenticate without an Authorization header is answered with 400.",
        clause: "rfc6749/5.2/status-401",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token", "/revoke"], |asked, reply| {
                if reply.status() == StatusCode::UNAUTHORIZED && !asked.headers.contains_key(AUTHORIZATION) {
                    *reply.status_mut() = StatusCode::BAD_REQUEST;
                    reply.headers_mut().remove(WWW_AUTHENTICATE);
                }
            })
        })],
    },
    Variation {
        id: "missing-verifier-is-invalid-request",
        says: "A redemption without a code_verifier is an invalid_request.",
        clause: "rfc6749/5.2/invalid-request",
        seams: &[Seam::Rules(|inner| Arc::new(VerifierRequired { inner }))],
    },
    Variation {
        id: "confidential-clients-keep-refresh-tokens",
        says: "A confidential client may go on using an old refresh token.",
        clause: "rfc6749/6/rotation",
        seams: &[Seam::Store(|inner| Arc::new(RotatesForPublic { inner }))],
    },
    Variation {
        id: "failed-attempt-burns-code",
        says: "A code is void after one attempt, even a failed one.",
        clause: "rfc6749/4.1.2/code-single-use",
        seams: &[Seam::Wire(|inner| Arc::new(BurnsCodes { inner, burnt: Mutex::default() }))],
    },
    Variation {
        id: "scope-reduced",
        says: "At client credentials a scope that goes too far is cut down, as the response says.",
        clause: "rfc6749/3.3/scope-reported",
        seams: &[REDUCES_SCOPE],
    },
    Variation {
        id: "extra-members",
        says: "Responses and metadata hold members that no document defines.",
        clause: "rfc6749/5.1/unknown-ignored",
        seams: &[
            changed!(TokenResponse, |_, body| set(body, "ext_expires_in", json!(7200))),
            changed!(Introspection, |body| {
                if body.get("active") == Some(&json!(true)) {
                    set(body, "ext_tenant", json!("demo"));
                }
            }),
            changed!(Metadata, |body| set(body, "ext_tenant", json!("demo"))),
            changed!(Userinfo, |body| set(body, "ext_tenant", json!("demo"))),
        ],
    },
    Variation {
        id: "token-type-in-lower-case",
        says: "token_type is bearer.",
        clause: "rfc6749/5.1/members",
        seams: &[changed!(TokenResponse, |_, body| set(body, "token_type", json!("bearer")))],
    },
    Variation {
        id: "more-cache-directives",
        says: "Cache-Control says more than no-store.",
        clause: "rfc6749/5.1/no-store",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token"], |_, reply| {
                let value = HeaderValue::from_static("max-age=0, private, No-Store");
                reply.headers_mut().insert(CACHE_CONTROL, value);
            })
        })],
    },
    Variation {
        id: "json-with-charset",
        says: "JSON documents name their character set.",
        clause: "rfc6749/5.1/json",
        seams: &[Seam::Wire(|inner| {
            const AT: &[&str] = &[
                "/token",
                "/userinfo",
                "/introspect",
                "/jwks",
                "/.well-known/openid-configuration",
                "/.well-known/oauth-authorization-server",
            ];
            wire::after(inner, AT, |_, reply| {
                if reply.headers().get(CONTENT_TYPE).is_some_and(|value| value == "application/json") {
                    reply
                        .headers_mut()
                        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json;charset=UTF-8"));
                }
            })
        })],
    },
    Variation {
        id: "redirect-302",
        says: "Redirects are 302.",
        clause: "rfc9700/4.12/see-other",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/authorize", "/login", "/consent"], |_, reply| {
                if reply.status() == StatusCode::SEE_OTHER {
                    *reply.status_mut() = StatusCode::FOUND;
                }
            })
        })],
    },
    Variation {
        id: "consent-every-time",
        says: "The user is asked every time, whatever was allowed before.",
        clause: "oidc-core/3.1.2.4/consent",
        seams: &[Seam::Rules(|inner| Arc::new(AlwaysAsks { inner }))],
    },
    Variation {
        id: "pkce-optional-for-confidential-clients",
        says: "A confidential client may leave out the code_challenge.",
        clause: "rfc7636/4.4.1/challenge-required",
        seams: &[Seam::Config(|config| {
            for client in &mut config.clients {
                client.require_pkce = client.auth_method == AuthMethod::None;
            }
        })],
    },
    Variation {
        id: "scope-omitted-when-identical",
        says: "A token response at client credentials leaves out the scope where it is what was asked for.",
        clause: "rfc6749/5.1/scope-reported",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/token"], |asked, reply| {
                let requested = asked.param("scope").unwrap_or_default().to_owned();
                wire::responses::edit_json(reply, |body| {
                    if body.get("scope") == Some(&json!(requested)) {
                        body.remove("scope");
                    }
                });
            })
        })],
    },
    Variation {
        id: "codes-live-ten-minutes",
        says: "A code is good for ten minutes.",
        clause: "rfc6749/4.1.2/code-lifetime",
        seams: &[Seam::Config(|config| config.lifetimes.code = 600)],
    },
    Variation {
        id: "access-token-takes-its-grant-along",
        says: "The revocation of an access token ends its refresh token as well.",
        clause: "rfc7009/2.1/refresh-token-of-the-access-token",
        seams: &[Seam::Store(|inner| Arc::new(TakesAlong { inner }))],
    },
    Variation {
        id: "no-at-hash",
        says: "The ID token has no at_hash.",
        clause: "oidc-core/3.1.3.6/at-hash",
        seams: &[changed!(IdToken, |_, claims| drop(claims.remove("at_hash")))],
    },
    Variation {
        id: "aud-as-list",
        says: "The aud of the ID token is a list of one.",
        clause: "oidc-core/2/audience",
        seams: &[changed!(IdToken, |_, claims| {
            let aud = claims.get("aud").cloned().unwrap_or_default();
            set(claims, "aud", json!([aud]));
        })],
    },
    Variation {
        id: "no-id-token-on-refresh",
        says: "A refresh is answered without an ID token.",
        clause: "oidc-core/12.2/token-response",
        seams: &[changed!(TokenResponse, |path, body| {
            if path == Path::RefreshToken {
                body.remove("id_token");
            }
        })],
    },
];

struct Tokens {
    inner: Arc<dyn Rules>,
    format: AccessTokenFormat,
}

impl RulesOver for Tokens {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn access_token_format(&self, _path: Path, _client: &Client) -> AccessTokenFormat {
        self.format
    }
}

struct VerifierRequired {
    inner: Arc<dyn Rules>,
}

impl RulesOver for VerifierRequired {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        self.inner.verifier_matches(path, code, verifier).map_err(|refusal| match verifier {
            Some(_) => refusal,
            None => Refusal { code: ErrorCode::InvalidRequest, ..refusal },
        })
    }
}

struct AlwaysAsks {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AlwaysAsks {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn consent_is_needed(&self, _: Path, _: &Client, _: &AuthorizationRequest, _: &Scope) -> bool {
        true
    }
}

struct RotatesForPublic {
    inner: Arc<dyn Store>,
}

impl StoreOver for RotatesForPublic {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            let client = self.inner.client(&old.grant.client_id).await?;
            if client.is_none_or(|client| client.is_public()) {
                return self.inner.rotate(&old, successor).await;
            }
            self.inner.put_refresh_token(successor).await?;
            Ok(Rotated::Now)
        })
    }
}

struct TakesAlong {
    inner: Arc<dyn Store>,
}

impl StoreOver for TakesAlong {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()> {
        Box::pin(async move {
            if let Some(token) = self.inner.access_token(digest).await? {
                self.inner.revoke_lineage(token.grant.lineage).await?;
            }
            self.inner.revoke_access_token(digest).await
        })
    }
}

struct BurnsCodes {
    inner: Arc<dyn Wire>,
    burnt: Mutex<HashSet<String>>,
}

impl Wire for BurnsCodes {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let code = Asked::of(&request).param("code").map(str::to_owned);
            let code = code.filter(|_| request.uri().path() == "/token");
            if code.as_ref().is_some_and(|code| locked(&self.burnt).contains(code)) {
                return wire::refuse(StatusCode::BAD_REQUEST, "invalid_grant");
            }
            let reply = self.inner.around(server, request).await;
            if reply.status() == StatusCode::BAD_REQUEST {
                locked(&self.burnt).extend(code);
            }
            reply
        })
    }
}

fn reduce_scope(server: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let asked = Asked::of(request);
    if asked.param("grant_type") != Some("client_credentials") {
        return None;
    }
    if asked.params().filter(|(name, _)| name == "scope").count() != 1 {
        return None;
    }
    let requested = Scope::parse(asked.param("scope")?);
    let form = Form::parse(request.body());
    let presented = Presented::new(request.headers(), &form);
    let client =
        server.config.clients.iter().find(|client| Some(client.client_id.as_str()) == presented.client_id())?;
    let reduced = requested.only(|token| client.scopes.iter().any(|known| known == token));
    if !reduced.is_empty() {
        wire::set_param(request, "scope", &reduced.to_string());
    }
    None
}
