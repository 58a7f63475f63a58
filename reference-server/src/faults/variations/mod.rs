//! Other behaviour that is just as right. Whoever judges the server has nothing to say of any of it.

pub(super) mod answers;
mod choices;
pub(super) mod devices;
pub(super) mod documents;
pub(super) mod extensions;
pub(super) mod front_channel;
pub(super) mod pages;
pub(super) mod registration;
pub(super) mod requests;
pub(super) mod tokens;

use std::sync::{Arc, Mutex};

use http::StatusCode;
use http::header::{AUTHORIZATION, CACHE_CONTROL, CONTENT_TYPE, HeaderValue, WWW_AUTHENTICATE};
use serde_json::json;

use self::choices::{
    AlwaysAsks, AsksForPublic, BurnsCodes, OwnTokensOnly, RotatesForPublic, TakesAlong, Tokens, VerifierRequired,
    add_default_scopes, reduce_scope,
};
use super::claims::{changed, set};
use super::wire;
use super::{Seam, Variation};
use crate::config::AccessTokenFormat;
use crate::model::{AuthMethod, Path};
use crate::transport::reply;

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
        id: "default-scopes",
        says: "Whoever asks for openid gets profile and email with it, as the consent page and the response say.",
        clause: "rfc6749/3.3/scope-reported",
        seams: &[Seam::Wire(|inner| wire::before(inner, &["/authorize"], add_default_scopes))],
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
        says: "The ID token of a token response has no at_hash.",
        clause: "oidc-core/3.1.3.6/at-hash",
        seams: &[changed!(BackIdToken, |_, claims| drop(claims.remove("at_hash")))],
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
    Variation {
        id: "bare-errors",
        says: "Errors have neither error_description nor error_uri, but where RFC 7636 wants to be told what is wrong with PKCE.",
        clause: "rfc6749/5.2/error-response",
        seams: &[
            Seam::Wire(|inner| {
                wire::after(inner, &["/token", "/revoke", "/introspect"], |_, reply| {
                    wire::responses::edit_json(reply, |body| {
                        body.remove("error_description");
                        body.remove("error_uri");
                    });
                })
            }),
            Seam::Wire(|inner| {
                wire::after(inner, &["/authorize", "/login", "/consent"], |_, reply| {
                    wire::edit_response(reply, |params| {
                        let is_pkce = |(_, value): &(String, String)| value.contains("code_challenge");
                        if !params.iter().any(is_pkce) {
                            params.retain(|(name, _)| !name.starts_with("error_"));
                        }
                    });
                })
            }),
        ],
    },
    Variation {
        id: "extra-response-parameter",
        says: "A parameter that the client does not know comes back with the code.",
        clause: "rfc6749/4.1.2/unknown-ignored",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/authorize", "/login", "/consent"], |_, reply| {
                wire::edit_response(reply, |params| {
                    if params.iter().any(|(name, _)| name == "code") {
                        params.push(("session_state".to_owned(), "a.b".to_owned()));
                    }
                });
            })
        })],
    },
    Variation {
        id: "scope-in-another-order",
        says: "The scopes of a token response stand in another order than those of the request.",
        clause: "rfc6749/3.3/order-irrelevant",
        seams: &[changed!(TokenResponse, |_, body| {
            let scope = body.get("scope").and_then(|scope| scope.as_str()).unwrap_or_default();
            let reversed: Vec<&str> = scope.split(' ').rev().collect();
            let reversed = json!(reversed.join(" "));
            set(body, "scope", reversed);
        })],
    },
    Variation {
        id: "percent-encoded-responses",
        says: "In the URL of an authorization response a space is %20 and not +.",
        clause: "rfc6749/4.1.2/code-returned",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/authorize", "/login", "/consent"], |_, reply| {
                let spelled = wire::location(reply).map(|location| location.replace('+', "%20"));
                if let Some(spelled) = spelled {
                    wire::set_location(reply, &spelled);
                }
            })
        })],
    },
    Variation {
        id: "introspection-by-owner-only",
        says: "A client is told about its own tokens only; all others are inactive to it.",
        clause: "rfc7662/2.2/inactive-token",
        seams: &[Seam::Rules(|inner| Arc::new(OwnTokensOnly { inner }))],
    },
    Variation {
        id: "confidential-refresh-tokens-stay",
        says: "The refresh token of a confidential client is not replaced.",
        clause: "rfc6749/6/rotation",
        seams: &[
            Seam::Store(|inner| Arc::new(RotatesForPublic { inner })),
            Seam::Wire(|inner| {
                wire::after(inner, &["/token"], |asked, reply| {
                    let authenticates =
                        asked.headers.contains_key(AUTHORIZATION) || asked.param("client_secret").is_some();
                    if asked.is_refresh() && authenticates {
                        wire::responses::edit_json(reply, |body| drop(body.remove("refresh_token")));
                    }
                })
            }),
        ],
    },
    Variation {
        id: "introspection-limits-scope",
        says: "Introspection tells the scopes of the API only, and a refresh that names no scope is answered without one.",
        clause: "rfc7662/2.2/scope",
        seams: &[
            changed!(Introspection, |body| {
                let scope = body.get("scope").and_then(|scope| scope.as_str()).map(str::to_owned);
                if let Some(scope) = scope {
                    let told: Vec<&str> = scope.split(' ').filter(|token| token.starts_with("api:")).collect();
                    set(body, "scope", json!(told.join(" ")));
                }
            }),
            Seam::Wire(|inner| {
                wire::after(inner, &["/token"], |asked, reply| {
                    if asked.is_refresh() && asked.param("scope").is_none() {
                        wire::responses::edit_json(reply, |body| drop(body.remove("scope")));
                    }
                })
            }),
        ],
    },
    Variation {
        id: "challenges-of-two-schemes",
        says: "A refusal at userinfo offers DPoP before Bearer, in one header.",
        clause: "rfc6750/3/challenge",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/userinfo"], |_, reply| {
                let bearer = reply.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
                if let Some(both) = bearer.map(|bearer| format!("DPoP algs=\"ES256 PS256\", {bearer}")) {
                    reply::insert(reply, WWW_AUTHENTICATE, &both);
                }
            })
        })],
    },
    Variation {
        id: "realm-outside-ascii",
        says: "The realm of a challenge has a letter outside ASCII.",
        clause: "rfc6750/3/challenge",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/userinfo"], |_, reply| {
                let challenge = reply.headers().get(WWW_AUTHENTICATE).and_then(|value| value.to_str().ok());
                let rest = challenge.and_then(|challenge| challenge.strip_prefix("Bearer realm=\"")?.split_once('"'));
                let told = rest.map(|(_, rest)| [b"Bearer realm=\"B\xfcro\"".as_slice(), rest.as_bytes()].concat());
                if let Some(told) = told.and_then(|told| HeaderValue::from_bytes(&told).ok()) {
                    reply.headers_mut().insert(WWW_AUTHENTICATE, told);
                }
            })
        })],
    },
    Variation {
        id: "no-consent-for-confidential-clients",
        says: "Confidential clients are approved by whoever runs the server; users are asked only where prompt=consent wants it.",
        clause: "oidc-core/3.1.2.4/consent",
        seams: &[Seam::Rules(|inner| Arc::new(AsksForPublic { inner }))],
    },
    Variation {
        id: "before-pkce",
        says: "The server has never heard of PKCE, and its metadata does not say that it has.",
        clause: "rfc8414/2/code-challenge-methods",
        seams: crate::faults::rules::pkce::NO_PKCE,
    },
    Variation {
        id: "oauth-metadata-only",
        says: "The metadata stands at the address of RFC 8414 alone, and says nothing of OpenID Connect.",
        clause: "rfc8414/3.1/well-known",
        seams: &[
            changed!(Metadata, |body| {
                body.retain(|name, _| !name.starts_with("id_token_") && name != "subject_types_supported");
                set(body, "scopes_supported", json!(["profile", "email", "api:read"]));
            }),
            Seam::Wire(|inner| {
                wire::before(inner, &["/.well-known/openid-configuration"], |_, _| Some(reply::not_found()))
            }),
        ],
    },
    Variation {
        id: "no-iss",
        says: "Authorization responses do not name the issuer, and the metadata does not say that they do.",
        clause: "rfc9207/2.3/advertised",
        seams: &[
            changed!(Metadata, |body| drop(body.remove("authorization_response_iss_parameter_supported"))),
            Seam::Wire(|inner| {
                wire::after(inner, &["/authorize", "/login", "/consent"], |_, reply| {
                    wire::edit_response(reply, |params| params.retain(|(name, _)| name != "iss"));
                })
            }),
        ],
    },
];
