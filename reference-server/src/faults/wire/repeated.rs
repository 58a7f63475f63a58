//! Pages that repeat what they were asked, markup included.

use form_urlencoded::byte_serialize;
use http::header::{CONTENT_TYPE, HeaderValue};

use super::{Asked, Reply, after, location, set_location};
use crate::faults::{Fault, OIDC, Seam};

/// The error page of the authorization endpoint repeats one parameter.
macro_rules! error_page {
    ($id:literal, $name:literal) => {
        Fault {
            id: $id,
            says: concat!("The error page repeats the ", $name, " of the request as it came, markup included."),
            clause: "rfc6749/10.14/input-validated",
            caught_by: &["authorize/error-page-escaped"],
            seams: &[Seam::Wire(|inner| after(inner, &["/authorize"], |asked, reply| repeat(asked, reply, &[$name])))],
            ..OIDC
        }
    };
}

pub(in super::super) static FAULTS: &[Fault] = &[
    error_page!("error-page-repeats-the-response-mode", "response_mode"),
    Fault {
        id: "device-page-repeats-the-code",
        says: "The page for devices repeats a code that was typed and that no device has, markup included.",
        clause: "rfc6749/10.14/input-validated",
        caught_by: &["device/page-escaped"],
        seams: &[Seam::Wire(|inner| after(inner, &["/device"], |asked, reply| repeat(asked, reply, &["user_code"])))],
        ..OIDC
    },
    Fault {
        id: "device-page-repeats-the-link",
        says: "The page for devices is filled in from the link that led there, markup included.",
        clause: "rfc6749/10.14/input-validated",
        caught_by: &["device/page-escaped"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/device"], |asked, reply| {
                let Some((_, code)) = asked.query.iter().find(|(name, _)| name == "user_code") else { return };
                match location(reply).map(str::to_owned) {
                    Some(page) => {
                        let code: String = byte_serialize(code.as_bytes()).collect();
                        set_location(reply, &format!("{page}&user_code={code}"));
                    }
                    None => append(reply, code),
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-error-page-repeats-the-request",
        says: "The page that refuses a logout repeats the parameters of the request as they came, markup included.",
        clause: "rfc6749/10.14/input-validated",
        caught_by: &["logout/page-escaped"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/end_session"], |asked, reply| {
                repeat(asked, reply, &["post_logout_redirect_uri", "client_id", "id_token_hint"]);
            })
        })],
        ..OIDC
    },
    Fault {
        id: "logout-page-repeats-the-languages",
        says: "The page that asks whether to log out repeats the languages of the request, markup included.",
        clause: "rfc6749/10.14/input-validated",
        caught_by: &["logout/page-escaped"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/end_session"], |asked, reply| {
                if let Some(languages) = asked.param("ui_locales").filter(|_| reply.status().is_success()) {
                    append(reply, languages);
                }
            })
        })],
        ..OIDC
    },
];

/// Some parameters, on a page that refuses the request.
fn repeat(asked: &Asked, reply: &mut Reply, names: &[&str]) {
    let is_page = |value: &HeaderValue| value.to_str().is_ok_and(|value| value.starts_with("text/html"));
    if reply.status().is_client_error() && reply.headers().get(CONTENT_TYPE).is_some_and(is_page) {
        for value in names.iter().filter_map(|name| asked.param(name)) {
            append(reply, value);
        }
    }
}

fn append(reply: &mut Reply, text: &str) {
    let mut page = reply.body().to_vec();
    page.extend_from_slice(format!("<p>{text}</p>").as_bytes());
    *reply.body_mut() = page.into();
}
