//! Authorization responses whose parameters are changed on their way to the client.

use http::StatusCode;

use super::{Params, after, edit_response, location, set_location};
use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::transport::reply;

/// Where authorization responses come from.
const AT: &[&str] = &["/authorize", "/login", "/consent"];

/// What a response consists of.
const RESPONSE: &[&str] = &[
    "code",
    "access_token",
    "token_type",
    "expires_in",
    "scope",
    "id_token",
    "error",
    "error_description",
    "error_uri",
    "iss",
    "state",
];

/// A wire seam that edits the parameters of the authorization responses that come from these addresses.
macro_rules! edited {
    ($at:expr, |$params:ident| $edit:expr) => {
        Seam::Wire(|inner| after(inner, $at, |_, reply| edit_response(reply, |$params| $edit)))
    };
}

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "state-lost",
        says: "The state does not come back with the code.",
        clause: "rfc6749/4.1.2/state-returned",
        caught_by: &["authorize/state-returned"],
        seams: &[edited!(AT, |params| {
            if !is_error(params) {
                drop_param(params, "state");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "state-lost-on-error",
        says: "The state does not come back with an error.",
        clause: "rfc6749/4.1.2.1/state-returned",
        caught_by: &["authorize/state-returned-on-error"],
        seams: &[edited!(AT, |params| {
            if is_error(params) {
                drop_param(params, "state");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "state-decoded-twice",
        says: "A plus sign in the state comes back as a space.",
        clause: "rfc6749/4.1.2/state-returned",
        caught_by: &["authorize/state-returned"],
        seams: &[edited!(AT, |params| {
            for (_, value) in params.iter_mut().filter(|(name, _)| name == "state") {
                *value = value.replace('+', " ");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "state-lost-at-login",
        says: "The state does not come back if the user had to log in on the way.",
        clause: "rfc6749/4.1.2/state-returned",
        caught_by: &["authorize/state-returned"],
        seams: &[edited!(&["/login", "/consent"], |params| {
            if !is_error(params) {
                drop_param(params, "state");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "state-cut",
        says: "A state of more than 255 characters comes back without its end.",
        clause: "rfc6749/4.1.2/state-returned",
        caught_by: &["authorize/state-returned"],
        seams: &[edited!(AT, |params| {
            for (_, value) in params.iter_mut().filter(|(name, _)| name == "state") {
                *value = value.chars().take(255).collect();
            }
        })],
        ..OIDC
    },
    Fault {
        id: "denial-without-state",
        says: "When the user says no, the client hears of it without its state.",
        clause: "rfc6749/4.1.2.1/state-returned",
        caught_by: &["authorize/state-returned-on-error"],
        seams: &[edited!(AT, |params| {
            if params.iter().any(|(_, value)| value == "access_denied") {
                drop_param(params, "state");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "found-after-login",
        says: "The form of login or consent is answered with 302, after which some clients repeat their POST.",
        clause: "rfc9700/4.12/see-other",
        caught_by: &["authorize/no-307"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/login", "/consent"], |_, reply| {
                if reply.status() == StatusCode::SEE_OTHER {
                    *reply.status_mut() = StatusCode::FOUND;
                }
            })
        })],
        ..BCP
    },
    Fault {
        id: "pkce-errors-stay",
        says: "A code_challenge_method that the server does not know is told to the user only.",
        clause: "oidc-core/3.1.2.6/errors-redirected",
        caught_by: &["authorize/error-redirected"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |asked, reply| {
                if asked.param("code_challenge_method").is_some_and(|method| method != "S256") {
                    *reply = reply::page(StatusCode::BAD_REQUEST, "<!doctype html><p>Bad request.</p>".to_owned());
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "missing-challenge-stays",
        says: "That a code_challenge is missing is told to the user only.",
        clause: "oidc-core/3.1.2.6/errors-redirected",
        caught_by: &["authorize/error-redirected"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |asked, reply| {
                let wants_code = asked.param("response_type").is_some_and(|asked| asked.contains("code"));
                if wants_code && asked.param("code_challenge").is_none() {
                    *reply = reply::page(StatusCode::BAD_REQUEST, "<!doctype html><p>Bad request.</p>".to_owned());
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "errors-stay",
        says: "An error of an authorization request is shown to the user, and the client never hears of it.",
        clause: "oidc-core/3.1.2.6/errors-redirected",
        caught_by: &["authorize/error-redirected"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if location(reply).is_some_and(|location| location.contains("error=invalid_request")) {
                    *reply = reply::page(StatusCode::BAD_REQUEST, "<!doctype html><p>Bad request.</p>".to_owned());
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "iss-missing",
        says: "The response does not name its issuer, although the metadata says that it does.",
        clause: "rfc9207/2/iss-in-every-response",
        precedent: Some("PrefectHQ/fastmcp#4432"),
        caught_by: &["authorize/iss-returned"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| edit_response(reply, |params| drop_param(params, "iss")))
        })],
        ..OIDC
    },
    Fault {
        id: "iss-missing-on-error",
        says: "An error response does not name its issuer, although the metadata says that it does.",
        clause: "rfc9207/2/iss-in-errors",
        precedent: Some("django-oauth/django-oauth-toolkit#1846"),
        caught_by: &["authorize/iss-returned"],
        seams: &[edited!(AT, |params| {
            if is_error(params) {
                drop_param(params, "iss");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "iss-of-another",
        says: "The iss of the response is not the issuer of the metadata.",
        clause: "rfc9207/2.3/iss-equals-issuer",
        caught_by: &["authorize/iss-returned", "front-channel/iss-equals-id-token"],
        seams: &[edited!(AT, |params| {
            for (_, value) in params.iter_mut().filter(|(name, _)| name == "iss") {
                value.push('/');
            }
        })],
        ..OIDC
    },
    Fault {
        id: "iss-with-a-fragment",
        says: "The iss of a response is the issuer and a fragment.",
        clause: "rfc9207/2/iss-form",
        caught_by: &["authorize/iss-form"],
        seams: &[edited!(AT, |params| {
            for (_, value) in params.iter_mut().filter(|(name, _)| name == "iss") {
                value.push_str("#as");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "error-with-client-id",
        says: "An error brings along which client it is for.",
        clause: "oidc-core/3.1.2.6/no-other-parameters",
        caught_by: &["authorize/error-parameters"],
        seams: &[edited!(AT, |params| {
            if is_error(params) {
                params.push(("client_id".to_owned(), "web".to_owned()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "state-of-errors-in-the-query",
        says: "An error in the fragment has its state in the query.",
        clause: "multiple-response-types/2.2/one-mode",
        caught_by: &["front-channel/error-in-fragment"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                let moved = location(reply).and_then(|location| {
                    let (address, fragment) = location.split_once("#error=")?;
                    let (error, state) = fragment.split_once("&state=")?;
                    Some(format!("{address}?state={state}#error={error}"))
                });
                if let Some(moved) = moved {
                    set_location(reply, &moved);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "state-twice",
        says: "The state comes back twice.",
        clause: "rfc6749/3.1/response-not-repeated",
        caught_by: &["authorize/response-in-query"],
        seams: &[edited!(AT, |params| {
            let state: Params = params.iter().filter(|(name, _)| name == "state").cloned().collect();
            params.extend(state);
        })],
        ..OIDC
    },
    Fault {
        id: "query-of-redirect-uri-lost",
        says: "The query of the redirect_uri is cut off when the response is added.",
        clause: "rfc6749/3.1.2/query-retained",
        caught_by: &["authorize/query-retained"],
        seams: &[edited!(AT, |params| params.retain(|(name, _)| RESPONSE.contains(&name.as_str())))],
        ..OIDC
    },
    Fault {
        id: "state-twice-on-error",
        says: "The state comes back twice with an error.",
        clause: "rfc6749/3.1/response-not-repeated",
        caught_by: &["authorize/response-in-query"],
        seams: &[edited!(AT, |params| {
            if is_error(params) {
                let state: Params = params.iter().filter(|(name, _)| name == "state").cloned().collect();
                params.extend(state);
            }
        })],
        ..OIDC
    },
    Fault {
        id: "error-in-quotation-marks",
        says: "The error_description that the client gets has quotation marks, a backslash and an accent.",
        clause: "rfc6749/4.1.2.1/error-characters",
        caught_by: &["authorize/error-characters"],
        seams: &[edited!(AT, |params| {
            for (_, value) in params.iter_mut().filter(|(name, _)| name == "error_description") {
                *value = format!("\"{value}\" \\ caf\u{e9}");
            }
        })],
        ..OIDC
    },
    Fault {
        id: "query-of-redirect-uri-lost-on-error",
        says: "The query of the redirect_uri is cut off when an error is added.",
        clause: "rfc6749/3.1.2/query-retained",
        caught_by: &["authorize/query-retained"],
        seams: &[edited!(AT, |params| {
            if is_error(params) {
                params.retain(|(name, _)| RESPONSE.contains(&name.as_str()));
            }
        })],
        ..OIDC
    },
    Fault {
        id: "second-question-mark",
        says: "The response is added with a question mark, although the redirect_uri has a query already.",
        clause: "rfc6749/3.1.2/query-retained",
        caught_by: &["authorize/query-retained"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                if let Some(broken) = location(reply).map(|location| location.replacen("&code=", "?code=", 1)) {
                    set_location(reply, &broken);
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "code-in-fragment",
        says: "The code comes back in the fragment.",
        clause: "rfc6749/4.1.2/code-returned",
        caught_by: &["authorize/response-in-query"],
        seams: &[Seam::Wire(|inner| {
            after(inner, AT, |_, reply| {
                let moved = location(reply)
                    .filter(|location| location.contains("code=") && !location.contains('#'))
                    .map(|location| location.replacen('?', "#", 1));
                if let Some(moved) = moved {
                    set_location(reply, &moved);
                }
            })
        })],
        ..OIDC
    },
];

fn is_error(params: &Params) -> bool {
    params.iter().any(|(name, _)| name == "error")
}

fn drop_param(params: &mut Params, name: &str) {
    params.retain(|(known, _)| known != name);
}
