//! Requests that should be refused, made right on the way in.

use base64::Engine;
use base64::engine::general_purpose::STANDARD;
use bytes::Bytes;
use form_urlencoded::byte_serialize;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HeaderValue};
use http::{Method, Request};
use serde_json::Value;

use super::{Asked, Params, before, encode, names_client, set_body, set_param, set_query};
use crate::faults::claims::changed;
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{AuthMethod, GrantType, ResponseType};
use crate::server::Server;
use crate::transport::cookies;

const TOKEN: &[&str] = &["/token"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "nonce-lost-with-session",
        says: "The nonce is kept through a login only: where there is a session, it is lost.",
        clause: "oidc-core/2/nonce",
        caught_by: &["id-token/nonce"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |server, request| {
                if cookies::read(request.headers(), "grantspec_session", &server.config.issuer).is_some() {
                    set_param(request, "nonce", "");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "request-object-ignored",
        says: "A request object that the server cannot read is left aside, and the parameters beside it count.",
        clause: "oidc-core/6.2/unsupported",
        precedent: Some("steveiliop56/tinyauth#864"),
        caught_by: &["authorize/request-object-unsupported"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                for name in ["request", "request_uri"] {
                    if Asked::of(request).param(name).is_some() {
                        set_param(request, name, "");
                    }
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "request-uri-not-denied",
        says: "The server takes no request_uri, and its metadata does not say so.",
        clause: "oidc-discovery/3/request-uri-default",
        caught_by: &["authorize/request-object-unsupported"],
        seams: &[changed!(Metadata, |body| drop(body.remove("request_uri_parameter_supported")))],
        ..OIDC
    },
    Fault {
        id: "openid-only-first",
        says: "A request is an authentication request only if openid is the first of its scopes.",
        clause: "rfc6749/3.3/order-irrelevant",
        caught_by: &["authorize/scope-order"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                let scope = Asked::of(request).param("scope").unwrap_or_default().to_owned();
                if !scope.starts_with("openid") {
                    set_param(request, "scope", &scope.replace("openid", "").replace("  ", " "));
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "credentials-in-query",
        says: "Client credentials are taken from the URL.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/credentials-in-query"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                credentials_from_query(request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "credentials-in-query-on-refresh",
        says: "Where a refresh token is used, client credentials are taken from the URL.",
        clause: "rfc6749/2.3.1/not-in-uri",
        caught_by: &["client-auth/credentials-in-query"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                if Asked::of(request).is_refresh() {
                    credentials_from_query(request);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-request-in-query",
        says: "The parameters of a token request are taken from the URL.",
        clause: "rfc6749/4.1.3/required-parameters",
        caught_by: &["token/query-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let Asked { mut query, body, method, .. } = Asked::of(request);
                if method == Method::POST && !query.is_empty() {
                    query.extend(body);
                    set_body(request, &query);
                    set_query(request, &[]);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-by-get",
        says: "The token endpoint answers GET with a token.",
        clause: "rfc6749/3.2/post",
        caught_by: &["token/get-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                post_from_get(request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "refresh-by-get",
        says: "A refresh token is exchanged by GET.",
        clause: "rfc6749/3.2/post",
        caught_by: &["token/get-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                if Asked::of(request).is_refresh() {
                    post_from_get(request);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-by-json",
        says: "A token request in JSON is served.",
        clause: "rfc6749/4.1.3/required-parameters",
        caught_by: &["token/json-body-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                form_from_json(request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-by-text-plain",
        says: "Nobody looks of which type the body of a token request is.",
        clause: "rfc6749/4.1.3/required-parameters",
        caught_by: &["token/text-plain-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                request
                    .headers_mut()
                    .insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "revocation-by-get",
        says: "A token is revoked by GET, with everything in the URL.",
        clause: "rfc7009/2.1/token-sent",
        caught_by: &["revocation/get-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/revoke"], |_, request| {
                post_from_get(request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "response-type-in-any-case",
        says: "Upper and lower case of response_type make no difference.",
        clause: "rfc6749/1.9/case-sensitive",
        caught_by: &["authorize/response-type-case"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                let lower = Asked::of(request).param("response_type").map(str::to_lowercase);
                if let Some(lower) = lower {
                    set_param(request, "response_type", &lower);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "grant-type-in-any-case",
        says: "Upper and lower case of grant_type make no difference.",
        clause: "rfc6749/1.9/case-sensitive",
        caught_by: &["token/grant-type-case"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let lower = Asked::of(request).param("grant_type").unwrap_or_default().to_lowercase();
                set_param(request, "grant_type", &lower);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "grant-type-guessed",
        says: "Where grant_type is missing, the other parameters tell which one is meant.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["token/grant-type-missing", "token/grant-type-empty"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let asked = Asked::of(request);
                if asked.param("grant_type").is_none_or(str::is_empty) && asked.method == Method::POST {
                    let guess = match (asked.param("code"), asked.param("refresh_token")) {
                        (Some(_), _) => "authorization_code",
                        (_, Some(_)) => "refresh_token",
                        _ => "client_credentials",
                    };
                    set_param(request, "grant_type", guess);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-grant-type-served",
        says: "A grant type that the server does not know is taken for client credentials.",
        clause: "rfc6749/5.2/error-response",
        caught_by: &["token/unknown-grant-type", "token/implicit-is-no-grant"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |server, request| {
                let asked = Asked::of(request);
                let known = asked.param("grant_type").and_then(|name| server.grant_type(name));
                if asked.param("grant_type").is_some() && !known.is_some_and(GrantType::is_at_token_endpoint) {
                    set_param(request, "grant_type", "client_credentials");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "client-guessed",
        says: "A token request that names no client is served as the one of the first client.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/no-client"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |server, request| {
                client_from_config(server, request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "introspection-for-anybody",
        says: "Introspection answers without asking who wants to know.",
        clause: "rfc7662/2.1/authorized",
        precedent: Some("Ark-Aak/cp-oauth#24"),
        caught_by: &["introspection/unauthenticated"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/introspect"], |server, request| {
                client_from_config(server, request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "basic-compared-as-encoded",
        says: "Id and secret in the Authorization header are compared in one spelling; another encoding of the same is refused.",
        clause: "rfc6749/2.3.1/credentials-form-encoded",
        caught_by: &["client-auth/reserved-characters"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/token", "/introspect", "/revoke"], |_, request| {
                one_spelling(request);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "response-type-defaults-to-code",
        says: "An authorization request without response_type is taken for one of the code flow.",
        clause: "rfc6749/3.1.1/response-type-error",
        caught_by: &["authorize/response-type-missing", "authorize/response-type-empty"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                if Asked::of(request).param("response_type").is_none_or(str::is_empty) {
                    set_param(request, "response_type", "code");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-response-type-served",
        says: "A response_type that the server does not know is taken for code.",
        clause: "rfc6749/3.1.1/response-type-error",
        caught_by: &["authorize/response-type-unknown"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                if Asked::of(request).param("response_type").is_some_and(|asked| ResponseType::parse(asked).is_none()) {
                    set_param(request, "response_type", "code");
                }
                None
            })
        })],
        ..OIDC
    },
];

pub(super) fn credentials_from_query(request: &mut Request<Bytes>) {
    let Asked { query, body, .. } = Asked::of(request);
    let (credentials, rest): (Params, Params) =
        query.into_iter().partition(|(name, _)| name == "client_id" || name == "client_secret");
    let (Some(id), Some(secret)) = (value(&credentials, "client_id"), value(&credentials, "client_secret")) else {
        return;
    };
    authorize(request, &id, &secret);
    set_body(request, &body);
    set_query(request, &rest);
}

fn value(params: &Params, name: &str) -> Option<String> {
    params.iter().find(|(known, _)| known == name).map(|(_, value)| value.clone())
}

pub(super) fn authorize(request: &mut Request<Bytes>, id: &str, secret: &str) {
    let encoded = |text: &str| byte_serialize(text.as_bytes()).collect::<String>();
    let credentials = STANDARD.encode(format!("{}:{}", encoded(id), encoded(secret)));
    if let Ok(value) = HeaderValue::from_str(&format!("Basic {credentials}")) {
        request.headers_mut().insert(AUTHORIZATION, value);
    }
}

fn post_from_get(request: &mut Request<Bytes>) {
    if request.method() == Method::GET {
        let query = Asked::of(request).query;
        set_body(request, &query);
        set_query(request, &[]);
    }
}

fn form_from_json(request: &mut Request<Bytes>) {
    let Ok(Value::Object(members)) = serde_json::from_slice(request.body()) else { return };
    let is_json = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.starts_with("application/json"));
    if request.headers().get(CONTENT_TYPE).is_some_and(is_json) {
        let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        let params: Params = members.iter().map(|(name, value)| (name.clone(), text(value))).collect();
        set_body(request, &params);
    }
}

fn client_from_config(server: &Server, request: &mut Request<Bytes>) {
    let mut basic = server.config.clients.iter().filter(|client| client.auth_method == AuthMethod::ClientSecretBasic);
    if !names_client(&Asked::of(request))
        && let Some(client) = basic.next()
    {
        authorize(request, &client.client_id, client.secret.as_deref().unwrap_or_default());
    }
}

/// What is spelled in another way than this server would is encoded once more, so that it matches nothing.
fn one_spelling(request: &mut Request<Bytes>) {
    let header = request.headers().get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let decoded = header.and_then(|value| STANDARD.decode(value.strip_prefix("Basic ")?).ok());
    let Some(text) = decoded.and_then(|bytes| String::from_utf8(bytes).ok()) else { return };
    let Some((id, secret)) = text.split_once(':') else { return };
    let form = format!("{id}={secret}");
    if form_urlencoded::parse(form.as_bytes()).map(|pair| encode(&[pair])).next() != Some(form.clone()) {
        let (id, secret) = (id.to_owned(), secret.to_owned());
        authorize(request, &id, &secret);
    }
}
