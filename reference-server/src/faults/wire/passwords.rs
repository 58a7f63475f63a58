//! Password requests that are changed on the way in, and their refusals on the way out.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use bytes::Bytes;
use http::header::AUTHORIZATION;
use http::{Request, StatusCode};
use serde_json::json;

use super::responses::edit_json;
use super::{Asked, Reply, after, before, set_param};
use crate::config::Config;
use crate::faults::{BCP, Fault, OIDC, Seam, locked};
use crate::server::Server;
use crate::store::BoxFuture;
use crate::transport::Wire;

const TOKEN: &[&str] = &["/token"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "one-token-per-password",
        says: "Once a client has used the password of a user, it is refused.",
        clause: "rfc6749/4.3.3/token-response",
        caught_by: &["password/token"],
        seams: &[Seam::Wire(|inner| Arc::new(OncePerClient { inner, seen: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "nobody-is-the-first-user",
        says: "A password request without a username is one of the first user.",
        clause: "rfc6749/4.3.2/password-validated",
        caught_by: &["password/username-missing", "password/username-empty"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |server, request| {
                let asked = Asked::of(request);
                if is_password(&asked) && asked.param("username").is_none_or(str::is_empty) {
                    let first = server.config.users.first().map(|user| user.name.clone()).unwrap_or_default();
                    set_param(request, "username", &first);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "empty-password-is-anonymous",
        says: "The directory takes an empty password for an anonymous bind, which succeeds.",
        clause: "rfc6749/4.3.2/password-validated",
        caught_by: &["password/password-missing"],
        seams: &[Seam::Wire(|inner| {
            before(inner, TOKEN, |server, request| {
                let asked = Asked::of(request);
                if is_password(&asked) && asked.param("password").is_none_or(str::is_empty) {
                    let user = server.config.users.iter().find(|user| asked.param("username") == Some(&user.name));
                    let known = user.map(|user| user.password.clone()).unwrap_or_default();
                    set_param(request, "password", &known);
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "unknown-users-are-told",
        says: "The answer to a password tells whether there is such a user.",
        clause: "rfc6749/4.3.2/failures-alike",
        caught_by: &["password/failures-alike"],
        seams: &[Seam::Wire(|inner| {
            after(inner, TOKEN, |asked, reply| {
                let known = Config::demo("http://127.0.0.1")
                    .users
                    .iter()
                    .any(|user| asked.param("username") == Some(&user.name));
                if is_password(asked) && !known && reply.status() == StatusCode::BAD_REQUEST {
                    edit_json(reply, |body| {
                        body.insert("error_description".to_owned(), json!("There is no such user."));
                    });
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "scope-of-a-password-unreported",
        says: "In the password grant an unknown scope is left out, and the answer does not say so.",
        clause: "rfc6749/5.1/scope-reported",
        caught_by: &["password/scope-reduction-reported"],
        seams: &[
            Seam::Wire(|inner| {
                before(inner, TOKEN, |server, request| {
                    let asked = Asked::of(request);
                    if let Some(scope) = asked.param("scope").filter(|_| is_password(&asked)) {
                        let known: Vec<&str> =
                            scope.split(' ').filter(|one| server.known_scopes().contains(one)).collect();
                        set_param(request, "scope", &known.join(" "));
                    }
                    None
                })
            }),
            Seam::Wire(|inner| {
                after(inner, TOKEN, |asked, reply| {
                    if is_password(asked) {
                        edit_json(reply, |body| drop(body.remove("scope")));
                    }
                })
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "password-grant-kept",
        says: "The password grant is served, although RFC 9700 forbids it.",
        clause: "rfc9700/2.4/no-password-grant",
        caught_by: &["password/not-used"],
        seams: &[Seam::Config(|config| {
            let demo = Config::demo(config.issuer.clone());
            let by_password =
                demo.clients.into_iter().filter(|client| client.grant_types.iter().any(|name| name == "password"));
            config.clients.extend(by_password);
            config.without_grant_types.clear();
        })],
        ..BCP
    },
];

/// A unique key on user and client, and a refusal where it is not.
struct OncePerClient {
    inner: Arc<dyn Wire>,
    seen: Mutex<HashSet<(String, String)>>,
}

impl Wire for OncePerClient {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            let asked = Asked::of(&request);
            if is_password(&asked) {
                let by_header = asked.headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
                let client = by_header.or(asked.param("client_id")).unwrap_or_default().to_owned();
                let user = asked.param("username").unwrap_or_default().to_owned();
                if !locked(&self.seen).insert((user, client)) {
                    return super::refuse(StatusCode::BAD_REQUEST, "invalid_grant");
                }
            }
            self.inner.around(server, request).await
        })
    }
}

fn is_password(asked: &Asked) -> bool {
    asked.param("grant_type") == Some("password")
}
