//! Logouts that go another way.

use bytes::Bytes;
use http::header::{HeaderValue, LOCATION, SET_COOKIE};
use http::{Method, Request, StatusCode};
use serde_json::{Value, json};

use super::{Asked, Reply, after, before, drop_param, location, refuse, set_location, set_param};
use crate::faults::{Fault, OIDC, Seam};
use crate::rules::Rule;
use crate::server::Server;
use crate::tokens::jwt::Jwt;
use crate::tokens::{Algorithm, Map};
use crate::transport::reply;

/// Where a client has its users logged out.
const END: &[&str] = &["/end_session"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "logout-whatever-the-answer",
        says: "Whoever does not want to log out is logged out all the same.",
        clause: "oidc-rp-initiated-logout/2/no-is-no",
        caught_by: &["logout/no-is-no"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |_, request| {
                if Asked::of(request).param("decision").is_some() {
                    set_param(request, "decision", "logout");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-answered-by-another-site",
        says: "The answer to the question whether to log out may come from any page on the web.",
        clause: "oidc-rp-initiated-logout/2/answer-not-forged",
        caught_by: &["logout/forged-answer"],
        seams: &[
            Seam::Gate(Rule::LogoutIsConfirmed, None),
            Seam::Wire(|inner| after(inner, &["/login", "/consent", "/authorize"], |_, reply| travelling(reply))),
        ],
        ..OIDC
    },
    Fault {
        id: "logout-by-get-only",
        says: "A logout request by POST is refused.",
        clause: "oidc-rp-initiated-logout/2/get-and-post",
        caught_by: &["logout/get-and-post"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |_, request| {
                let begins = request.method() == Method::POST && Asked::of(request).param("decision").is_none();
                begins.then(|| refuse(StatusCode::METHOD_NOT_ALLOWED, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-in-one-language",
        says: "A logout request that names languages is refused.",
        clause: "oidc-rp-initiated-logout/2/ui-locales-no-error",
        caught_by: &["logout/ui-locales-no-error"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |_, request| {
                let names = Asked::of(request).param("ui_locales").is_some();
                names.then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-loses-state",
        says: "After a logout the browser comes back without the state.",
        clause: "oidc-rp-initiated-logout/2/state-returned",
        caught_by: &["logout/returned"],
        seams: &[Seam::Wire(|inner| {
            after(inner, END, |_, reply| {
                let bare = location(reply).and_then(|to| Some(to.split_once("?state=")?.0.to_owned()));
                if let Some(bare) = bare {
                    set_location(reply, &bare);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-encodes-state-twice",
        says: "After a logout the state comes back encoded twice.",
        clause: "oidc-rp-initiated-logout/2/state-returned",
        caught_by: &["logout/returned"],
        seams: &[Seam::Wire(|inner| {
            after(inner, END, |_, reply| {
                let twice = location(reply).map(|to| to.replace('%', "%25"));
                if let Some(twice) = twice {
                    set_location(reply, &twice);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-leads-nowhere",
        says: "After a logout the browser stays at the server, whatever the client asked for.",
        clause: "oidc-rp-initiated-logout/3/redirected",
        caught_by: &["logout/returned"],
        seams: &[Seam::Wire(|inner| {
            after(inner, END, |_, reply| {
                if reply.headers_mut().remove(LOCATION).is_some() {
                    *reply.status_mut() = StatusCode::OK;
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-wants-the-client-named",
        says: "After a logout the browser comes back only if a client_id stands beside the ID token.",
        clause: "oidc-rp-initiated-logout/3/redirected",
        caught_by: &["logout/returned"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |_, request| {
                if Asked::of(request).param("client_id").is_none() {
                    drop_param(request, "post_logout_redirect_uri");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-redirects-strangers",
        says: "A logout request that does not say whose it is leads to whatever address it names.",
        clause: "oidc-rp-initiated-logout/3/hint-needed",
        caught_by: &["logout/address-without-hint"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |_, request| {
                let asked = Asked::of(request);
                let address =
                    asked.param("post_logout_redirect_uri").filter(|_| asked.param("id_token_hint").is_none());
                address.map(reply::see_other)
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-hint-not-verified",
        says: "The ID token of a logout request is decoded and not verified.",
        clause: "oidc-rp-initiated-logout/2/hint-issuer",
        caught_by: &["logout/hint-forged"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |server, request| {
                believe(server, request, |_| true);
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-by-access-token",
        says: "An access token does for the ID token of a logout request.",
        clause: "oidc-rp-initiated-logout/4/failed-not-used",
        caught_by: &["logout/hint-forged"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |server, request| {
                believe(server, request, |hint| hint.typ() == Some("at+jwt"));
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-hint-must-be-fresh",
        says: "An expired ID token is refused in a logout request.",
        clause: "oidc-rp-initiated-logout/2/expired-hint-accepted",
        caught_by: &["logout/hint-expired"],
        seams: &[Seam::Wire(|inner| {
            before(inner, END, |server, request| {
                let hint = Jwt::parse(Asked::of(request).param("id_token_hint")?).ok()?;
                let exp = hint.claims().get("exp").and_then(Value::as_u64)?;
                (exp <= server.clock.now()).then(|| refuse(StatusCode::BAD_REQUEST, "invalid_request"))
            })
        })],
        ..OIDC
    },
];

/// The session cookie goes along with what other sites send.
fn travelling(reply: &mut Reply) {
    let cookies: Vec<HeaderValue> = reply.headers().get_all(SET_COOKIE).iter().cloned().collect();
    reply.headers_mut().remove(SET_COOKIE);
    for cookie in cookies {
        let text = cookie.to_str().unwrap_or_default().replace("SameSite=Lax", "SameSite=None");
        reply.headers_mut().append(SET_COOKIE, HeaderValue::from_str(&text).unwrap_or(cookie));
    }
}

/// Whoever made such a hint, the server makes it its own: the client that it names is the `aud`, or of an access token the `client_id`.
pub(super) fn believe(server: &Server, request: &mut Request<Bytes>, believes: fn(&Jwt) -> bool) {
    let hint = Asked::of(request).param("id_token_hint").and_then(|hint| Jwt::parse(hint).ok());
    let Some(hint) = hint.filter(believes) else { return };
    let mut claims = hint.claims().clone();
    if let Some(client_id) = claims.remove("client_id") {
        claims.insert("aud".to_owned(), client_id);
    }
    let header = Map::from_iter([("alg".to_owned(), json!("RS256"))]);
    let expires_at = claims.get("exp").and_then(Value::as_u64).unwrap_or_default();
    let own = server.keys.signing_key(Algorithm::Rs256).sign(&header, &claims, expires_at);
    set_param(request, "id_token_hint", &own);
}
