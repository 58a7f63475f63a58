//! Requests of a flow that are read in another way than they were meant, and answers that tell something else.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue};
use http::{Method, Request, StatusCode};
use serde_json::json;

use super::responses::edit_json;
use super::{Asked, Reply, after, before, refuse, set_body, set_param};
use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::model::{GrantType, Path};
use crate::rules::Rule;
use crate::server::Server;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;
use crate::transport::reply;

const TOKEN: &[&str] = &["/token"];
const AUTHORIZE: &[&str] = &["/authorize"];
const REVOKE: &[&str] = &["/revoke"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-credentials-for-anybody-without-scope",
        says: "Client credentials serve every client that asks for no scope; one that is not registered is refused its scopes only.",
        clause: "rfc6749/5.2/unauthorized-client",
        caught_by: &["client-credentials/grant-not-registered"],
        seams: &[
            Seam::Gate(Rule::ClientMayUseGrant, Some(Path::ClientCredentials)),
            Seam::Wire(|inner| before(inner, TOKEN, refuse_scopes_of_strangers)),
        ],
        ..OIDC
    },
    Fault {
        id: "grant-type-by-its-beginning",
        says: "Of grant_type only the beginning is compared.",
        clause: "rfc6749/4.1.3/required-parameters",
        caught_by: &["token/grant-type-longer", "token/grant-type-shorter"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let given = Asked::of(request).param("grant_type").unwrap_or_default().to_owned();
                let known = GrantType::BUILT_IN.into_iter().map(GrantType::as_str);
                let meant = known
                    .into_iter()
                    .find(|known| given.len() > 4 && (known.starts_with(&given) || given.starts_with(known)));
                if let Some(meant) = meant {
                    set_param(request, "grant_type", meant);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "parameter-names-in-any-case",
        says: "Upper and lower case of parameter names make no difference.",
        clause: "rfc6749/1.9/case-sensitive",
        caught_by: &["token/parameter-name-case"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                let asked = Asked::of(request);
                if asked.body.iter().any(|(name, _)| name.to_lowercase() != *name) {
                    let body: Vec<_> =
                        asked.body.into_iter().map(|(name, value)| (name.to_lowercase(), value)).collect();
                    set_body(request, &body);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "token-by-put",
        says: "The token endpoint answers PUT with a token.",
        clause: "rfc6749/3.2/post",
        caught_by: &["token/put-refused"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |_, request| {
                if request.method() == Method::PUT {
                    *request.method_mut() = Method::POST;
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "whole-scope-granted",
        says: "Whatever scope a request asks for, the client is granted all that it may have.",
        clause: "rfc9700/2.3/scope-restricted",
        caught_by: &["code/scope-as-asked"],
        seams: &[Seam::Wire(|inner| {
            before(inner, AUTHORIZE, |server, request| {
                let asked = Asked::of(request);
                let client =
                    server.config.clients.iter().find(|one| Some(one.client_id.as_str()) == asked.param("client_id"));
                if let (Some(client), Some(_)) = (client, asked.param("scope")) {
                    set_param(request, "scope", &client.scopes.join(" "));
                }
                None
            })
        })],
        ..BCP
    },
    Fault {
        id: "narrowed-scope-not-told",
        says: "The answer to a refresh that asked for less tells the whole scope of the grant.",
        clause: "rfc6749/5.1/scope-reported",
        caught_by: &["refresh/narrowed-scope-told"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| {
                if asked.is_refresh() && asked.param("scope").is_some() && reply.status().is_success() {
                    edit_json(reply, |body| {
                        body.insert("scope".to_owned(), json!("openid profile email offline_access api:read"));
                    });
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "revoked-with-204",
        says: "A revocation that succeeded is answered with 204.",
        clause: "rfc7009/2.2/success-200",
        caught_by: &["revocation/success-is-200"],
        seams: &[Seam::Wire(|inner| {
            after(inner, REVOKE, |_, reply| {
                if reply.status() == StatusCode::OK {
                    *reply.status_mut() = StatusCode::NO_CONTENT;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "nothing-revoked",
        says: "A revocation request that names no token is a success.",
        clause: "rfc7009/2.1/token-sent",
        caught_by: &["revocation/token-missing"],
        seams: &[Seam::Wire(|inner| {
            before(inner, REVOKE, |_, request| {
                Asked::of(request)
                    .param("token")
                    .is_none()
                    .then(|| reply::with_status(StatusCode::OK, bytes::Bytes::new()))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "error-page-repeats-the-request",
        says: "The error page repeats the parameters of the request as they came, markup included.",
        clause: "rfc6749/10.14/input-validated",
        caught_by: &["authorize/error-page-escaped"],
        seams: &[Seam::Wire(|inner| after(inner, AUTHORIZE, repeat_on_error_page))],
        ..OIDC
    },
];

fn repeat_on_error_page(asked: &Asked, reply: &mut Reply) {
    let is_page = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.starts_with("text/html"));
    if reply.status().is_client_error() && reply.headers().get(CONTENT_TYPE).is_some_and(is_page) {
        let mut page = reply.body().to_vec();
        for (name, value) in asked.params() {
            page.extend_from_slice(format!("<p>{name}: {value}</p>").as_bytes());
        }
        *reply.body_mut() = page.into();
    }
}

fn refuse_scopes_of_strangers(server: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let asked = Asked::of(request);
    asked.param("scope").filter(|_| asked.param("grant_type") == Some("client_credentials"))?;
    let form = Form::parse(request.body());
    let presented = Presented::new(request.headers(), &form);
    let client =
        server.config.clients.iter().find(|client| Some(client.client_id.as_str()) == presented.client_id())?;
    let may = client.grant_types.iter().any(|known| known == "client_credentials");
    (!may).then(|| refuse(StatusCode::BAD_REQUEST, "invalid_scope"))
}
