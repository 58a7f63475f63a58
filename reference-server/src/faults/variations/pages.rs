//! Pages that look otherwise, or stand elsewhere.

use bytes::Bytes;
use http::header::{CONTENT_TYPE, HeaderValue, ORIGIN};
use http::{Method, Request, StatusCode};

use crate::faults::wire::{self, Asked, Reply};
use crate::faults::{Seam, Variation};
use crate::rules::Rule;
use crate::server::Server;
use crate::transport::reply;

/// Where users meet the server.
const AT: &[&str] = &["/authorize", "/login", "/consent"];

/// The buttons of the consent page.
const ALLOW: &str = "<button type=\"submit\" name=\"decision\" value=\"allow\">Allow</button>";
const DENY: &str = "<button type=\"submit\" name=\"decision\" value=\"deny\" class=\"quiet\">Deny</button>";
/// A button that waits for a script.
const CANCEL: &str = "<button type=\"button\" onclick=\"cancel()\">Cancel</button>";

pub(in super::super) static VARIATIONS: &[Variation] = &[
    Variation {
        id: "errors-at-another-origin",
        says: "Whoever cannot be sent back to the client is sent to a page of another host that explains what is wrong.",
        clause: "rfc6749/3.1.2.4/no-redirect-to-invalid-uri",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/authorize"], |asked, reply| {
                if reply.status() == StatusCode::BAD_REQUEST && asked.param("response_mode").is_none() {
                    *reply = reply::see_other("http://problems.example/?error=invalid_request");
                }
            })
        })],
    },
    Variation {
        id: "login-before-errors",
        says: "Before an error travels to the client, its user logs in.",
        clause: "rfc9700/4.11.2/authenticated-first",
        seams: &[Seam::Config(|config| config.login_before_errors = true)],
    },
    Variation {
        id: "front-page-for-everything-else",
        says: "What no endpoint takes, as a GET or JSON at the token endpoint, is answered with the page of an application, and 200; what a browser asks before it asks another origin is not.",
        clause: "rfc6749/3.2/post",
        seams: &[Seam::Wire(|inner| {
            wire::before(inner, &["/token", "/revoke", "/introspect"], |_, request| {
                let kind = request.headers().get(CONTENT_TYPE).map(HeaderValue::as_bytes);
                let is_form =
                    kind.is_none_or(|kind| kind.to_ascii_lowercase().starts_with(b"application/x-www-form-urlencoded"));
                let is_preflight = request.method() == Method::OPTIONS;
                (!is_preflight && (request.method() != Method::POST || !is_form)).then(|| {
                    let page = "<!doctype html><title>Accounts</title><div id=\"app\"></div>";
                    reply::page(StatusCode::OK, page.to_owned())
                })
            })
        })],
    },
    Variation {
        id: "error-pages-with-a-form",
        says: "A page that tells of an error has a button to try again.",
        clause: "rfc6749/4.1.2.1/no-redirect-to-invalid-uri",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, AT, |asked, reply| {
                if reply.status().is_client_error() && asked.path == "/authorize" {
                    edit_page(reply, "</body>", "<form action=\"/authorize\"><button>Try again</button></form></body>");
                }
            })
        })],
    },
    Variation {
        id: "sign-out-on-every-page",
        says: "Every page has a form to sign out at its top, and a link for whoever is not the user.",
        clause: "oidc-core/3.1.2.4/consent",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, AT, |_, reply| {
                let header = "<form method=\"post\" action=\"/signout\"><button>Sign out</button></form>\
                              <a href=\"/bye\">Not you?</a><form";
                edit_page(reply, "<form", header);
            })
        })],
    },
    Variation {
        id: "no-is-ticking-nothing",
        says: "The consent page has a box to tick and one button; whoever sends it without a tick says no.",
        clause: "oidc-core/3.1.2.4/consent",
        seams: &[
            Seam::Wire(|inner| {
                wire::after(inner, &["/consent"], |_, reply| {
                    edit_page(reply, DENY, CANCEL);
                    edit_page(
                        reply,
                        ALLOW,
                        "<input type=\"checkbox\" name=\"scope\" value=\"all\"><button>Submit consent</button>",
                    );
                })
            }),
            Seam::Wire(|inner| {
                wire::before(inner, &["/consent"], |_, request| {
                    let asked = Asked::of(request);
                    if asked.method == Method::POST {
                        let decision = if asked.param("scope").is_some() { "allow" } else { "deny" };
                        wire::set_param(request, "decision", decision);
                    }
                    None
                })
            }),
        ],
    },
    Variation {
        id: "no-is-said-by-a-script",
        says: "The button that says no on the consent page does nothing without a script.",
        clause: "oidc-core/3.1.2.4/consent",
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| edit_page(reply, DENY, CANCEL)))],
    },
    Variation {
        id: "disabled-box-on-the-consent-page",
        says: "The consent page shows what was allowed before as a ticked box that is disabled, and refuses a form that has it.",
        clause: "oidc-core/3.1.2.4/consent",
        seams: &[
            Seam::Wire(|inner| {
                wire::after(inner, &["/consent"], |_, reply| {
                    edit_page(
                        reply,
                        ALLOW,
                        &format!("<input type=\"checkbox\" name=\"scope\" checked disabled>{ALLOW}"),
                    );
                })
            }),
            Seam::Wire(|inner| {
                wire::before(inner, &["/consent"], |_, request| {
                    Asked::of(request).param("scope").is_some().then(|| {
                        let page = "<!doctype html><title>Refused</title><p>That is no scope.</p>";
                        reply::page(StatusCode::BAD_REQUEST, page.to_owned())
                    })
                })
            }),
        ],
    },
    Variation {
        id: "logout-in-another-language",
        says: "The question whether to log out is asked in German.",
        clause: "oidc-rp-initiated-logout/2/user-asked",
        seams: &[Seam::Wire(|inner| {
            wire::after(inner, &["/end_session"], |_, reply| {
                edit_page(reply, ">Log out</button>", ">Abmelden</button>");
                edit_page(reply, ">Stay logged in</button>", ">Angemeldet bleiben</button>");
            })
        })],
    },
    Variation {
        id: "name-before-password",
        says: "The login asks for the name on one page, and for the password on the next.",
        clause: "oidc-core/3.1.2.3/authenticated",
        seams: &[
            Seam::Wire(|inner| wire::after(inner, &["/login"], |_, reply| without_password(reply))),
            Seam::Wire(|inner| wire::before(inner, &["/login"], ask_for_password)),
        ],
    },
    Variation {
        id: "forms-guarded-by-origin",
        says: "Login, consent and devices are guarded by where the form comes from (Origin), and not by a value in it.",
        clause: "oidc-core/3.1.2.3/csrf",
        seams: &[
            Seam::Gate(Rule::InteractionBelongsToBrowser, None),
            Seam::Gate(Rule::CsrfTokenMatches, None),
            Seam::Wire(|inner| {
                wire::before(inner, &["/login", "/consent", "/device"], |server, request| {
                    let asked = Asked::of(request);
                    let own = server.config.issuer.as_bytes();
                    let foreign = asked.headers.get(ORIGIN).is_none_or(|origin| origin.as_bytes() != own);
                    (asked.method == Method::POST && foreign).then(|| {
                        let page = "<!doctype html><title>Refused</title><p>This form came from elsewhere.</p>";
                        reply::page(StatusCode::FORBIDDEN, page.to_owned())
                    })
                })
            }),
        ],
    },
];

/// The page that asks for both asks for the name alone.
fn without_password(reply: &mut Reply) {
    let html = String::from_utf8_lossy(reply.body()).into_owned();
    let field = html.find("<label for=\"password\">");
    let Some((from, to)) = field.and_then(|from| Some((from, html[from..].find("<button")? + from))) else { return };
    *reply.body_mut() = Bytes::from(format!("{}{}", &html[..from], &html[to..]));
}

/// Whoever sent a name and no password is asked for it, in a form that remembers the rest.
fn ask_for_password(_: &Server, request: &mut Request<Bytes>) -> Option<Reply> {
    let asked = Asked::of(request);
    if asked.method != Method::POST || asked.param("username").is_none() || asked.param("password").is_some() {
        return None;
    }
    let known = ["interaction", "csrf", "username"].map(|name| {
        let value = asked.param(name).unwrap_or_default().replace('&', "&amp;").replace('"', "&quot;");
        format!("<input type=\"hidden\" name=\"{name}\" value=\"{value}\">")
    });
    let page = format!(
        "<!doctype html><title>Log in</title><form method=\"post\" action=\"/login\">{}\
         <label for=\"password\">Password</label><input id=\"password\" name=\"password\" type=\"password\">\
         <button>Next</button></form>",
        known.concat()
    );
    Some(reply::page(StatusCode::OK, page))
}

/// Replace the first `old` of a page.
fn edit_page(reply: &mut Reply, old: &str, new: &str) {
    let html = String::from_utf8_lossy(reply.body()).replacen(old, new, 1);
    *reply.body_mut() = Bytes::from(html);
}
