//! Responses with tokens that are changed on their way through the browser.

use bytes::Bytes;
use http::header::{CACHE_CONTROL, HeaderValue};

use super::{Asked, Reply, after, before, edit_response, location, set_location, set_param};
use crate::config::Config;
use crate::faults::{BCP, Fault, OIDC, Seam};

/// Where authorization responses come from.
const AT: &[&str] = &["/authorize", "/login", "/consent"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "tokens-in-the-query",
        says: "Tokens come back in the query, where codes do.",
        clause: "oidc-core/3.2.2.5/in-fragment",
        caught_by: &["front-channel/in-fragment"],
        seams: &[Seam::Wire(|inner| after(inner, AT, |_, reply| into_query(reply, "token=")))],
        ..OIDC
    },
    Fault {
        id: "errors-in-the-query",
        says: "The errors of a request for tokens come back in the query.",
        clause: "rfc6749/4.2.2.1/error-in-fragment",
        caught_by: &["front-channel/error-in-fragment"],
        seams: &[Seam::Wire(|inner| after(inner, AT, |_, reply| into_query(reply, "error=")))],
        ..OIDC
    },
    Fault {
        id: "state-twice-in-the-fragment",
        says: "The state stands in the fragment twice.",
        clause: "rfc6749/3.1/response-not-repeated",
        caught_by: &["front-channel/in-fragment"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if is_fragment(reply) {
                    edit_response(reply, |params| {
                        let state: Vec<_> = params.iter().filter(|(name, _)| name == "state").cloned().collect();
                        params.extend(state);
                    });
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "state-lost-in-the-fragment",
        says: "The state does not come back with tokens.",
        clause: "rfc6749/4.2.2/state-returned",
        caught_by: &["authorize/state-returned"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if is_fragment(reply) {
                    edit_response(reply, |params| params.retain(|(name, _)| name != "state"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "iss-missing-in-the-fragment",
        says: "A response with tokens does not name its issuer, although the metadata says that it does.",
        clause: "rfc9207/2/iss-in-every-response",
        caught_by: &["authorize/iss-returned"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if is_fragment(reply) {
                    edit_response(reply, |params| params.retain(|(name, _)| name != "iss"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "front-channel-id-token-badly-signed",
        says: "The signature of an ID token through the browser does not hold.",
        clause: "oidc-core/2/signed",
        caught_by: &["front-channel/id-token-signed"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                edit_response(reply, |params| {
                    for (_, jwt) in params.iter_mut().filter(|(name, _)| name == "id_token") {
                        if let Some((signed, signature)) = jwt.rsplit_once('.') {
                            *jwt = format!("{signed}.{}", signature.chars().rev().collect::<String>());
                        }
                    }
                });
            })
        })],
        ..OIDC
    },
    Fault {
        id: "id-token-forgotten-in-a-session",
        says: "Who has a session gets no ID token through the browser.",
        clause: "oidc-core/3.3.2.5/members",
        caught_by: &["front-channel/id-token"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |_, reply| {
                edit_response(reply, |params| {
                    params.retain(|(name, _)| name != "id_token");
                });
            })
        })],
        ..OIDC
    },
    Fault {
        id: "hybrid-code-forgotten-in-a-session",
        says: "Who has a session gets the tokens of the hybrid flow, and no code.",
        clause: "oidc-core/3.3.2.5/members",
        caught_by: &["hybrid/code"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |_, reply| {
                if is_fragment(reply) {
                    edit_response(reply, |params| params.retain(|(name, _)| name != "code"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "form-post-ignored",
        says: "response_mode=form_post is answered by a redirect.",
        clause: "form-post/2/parameters-posted",
        caught_by: &["form-post/posted"],
        seams: &[Seam::Wire(|inner| {
            before(inner, &["/authorize"], |_, request| {
                if Asked::of(request).param("response_mode") == Some("form_post") {
                    set_param(request, "response_mode", "");
                }
                None
            })
        })],
        ..OIDC
    },
    Fault {
        id: "form-post-by-get",
        says: "The form of response_mode=form_post is sent by GET, and what it carries is in the URL again.",
        clause: "form-post/2/parameters-posted",
        caught_by: &["form-post/posted"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| edit_form(reply, "method=\"post\"", "method=\"get\""))
        })],
        ..OIDC
    },
    Fault {
        id: "form-post-stored",
        says: "The page of response_mode=form_post may be stored for a minute.",
        clause: "form-post/2/not-stored",
        caught_by: &["form-post/not-stored"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if is_form(reply) {
                    reply.headers_mut().insert(CACHE_CONTROL, HeaderValue::from_static("private, max-age=60"));
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "browser-tokens-kept",
        says: "Access tokens are delivered through the browser, although RFC 9700 asks to do without.",
        clause: "rfc9700/2.1.2/no-implicit",
        caught_by: &["front-channel/access-token-not-used"],
        seams: &[Seam::Config(|config| {
            let demo = Config::demo(config.issuer.clone());
            config.response_types = demo.response_types;
            for client in &mut config.clients {
                let before = demo.clients.iter().find(|before| before.client_id == client.client_id);
                client.browser_tokens = before.is_some_and(|before| before.browser_tokens);
            }
        })],
        ..BCP
    },
];

fn is_fragment(reply: &Reply) -> bool {
    location(reply).is_some_and(|location| location.contains('#'))
}

/// A response that has this in its fragment has it in its query instead.
fn into_query(reply: &mut Reply, what: &str) {
    let Some((address, fragment)) = location(reply).and_then(|location| location.split_once('#')) else { return };
    if fragment.contains(what) {
        let separator = if address.contains('?') { '&' } else { '?' };
        let moved = format!("{address}{separator}{fragment}");
        set_location(reply, &moved);
    }
}

/// Whether the answer is the page that posts a response.
fn is_form(reply: &Reply) -> bool {
    String::from_utf8_lossy(reply.body()).contains("name=\"iss\"")
}

/// Replace the first `old` of the page that posts a response.
pub(in super::super) fn edit_form(reply: &mut Reply, old: &str, new: &str) {
    if is_form(reply) {
        let html = String::from_utf8_lossy(reply.body()).replacen(old, new, 1);
        *reply.body_mut() = Bytes::from(html);
    }
}
