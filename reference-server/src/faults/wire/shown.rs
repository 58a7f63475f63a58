//! Pages that show too little or too much, and answers that say something twice.

use bytes::Bytes;
use http::StatusCode;
use http::header::X_FRAME_OPTIONS;

use super::responses::edit_json;
use super::{Reply, after};
use crate::faults::{BCP, Fault, OIDC, Seam};

const PAGES: &[&str] = &["/login", "/consent", "/authorize"];

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "blank-error-page",
        says: "An authorization request that cannot be answered is answered with 400 and a blank page.",
        clause: "rfc6749/3.1.2.4/resource-owner-informed",
        caught_by: &["redirect-uri/user-told"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/authorize"], |_, reply| {
                if reply.status() == StatusCode::BAD_REQUEST {
                    *reply.body_mut() = Bytes::new();
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "framing-forbidden-in-one-way",
        says: "Old browsers that know no frame-ancestors show login and consent inside a stranger's page.",
        clause: "rfc9700/4.16/combined",
        caught_by: &["authorize/not-framed"],
        seams: &[Seam::Wire(|inner| after(inner, PAGES, |_, reply| drop(reply.headers_mut().remove(X_FRAME_OPTIONS))))],
        ..BCP
    },
    Fault {
        id: "login-page-counted-elsewhere",
        says: "The login page loads an image from somebody who counts visitors.",
        clause: "rfc9700/4.2.4/no-third-party-resources",
        caught_by: &["authorize/no-third-party-content"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PAGES, |_, reply| {
                if String::from_utf8_lossy(reply.body()).contains("type=\"password\"") {
                    add(reply, "<img src=\"https://counter.example/pixel.gif\" alt=\"\">");
                }
            })
        })],
        ..BCP
    },
    Fault {
        id: "consent-page-leads-away",
        says: "The consent page has a link to the site of somebody else.",
        clause: "rfc9700/4.2.4/no-third-party-resources",
        caught_by: &["authorize/no-third-party-content"],
        seams: &[Seam::Wire(|inner| {
            after(inner, PAGES, |_, reply| {
                if String::from_utf8_lossy(reply.body()).contains("action=\"/consent\"") {
                    add(reply, "<a href=\"https://partners.example/\">Our partners</a>");
                }
            })
        })],
        ..BCP
    },
    Fault {
        id: "consent-to-whatever-it-is",
        says: "The consent page does not say what the client asks for.",
        clause: "rfc6749/10.2/explicit-authentication",
        caught_by: &["authorize/user-told"],
        seams: &[Seam::Wire(|inner| after(inner, PAGES, |_, reply| unlisted(reply)))],
        ..OIDC
    },
    Fault {
        id: "device-asks-for-whatever-it-is",
        says: "The page on which a device is allowed does not say what it asks for.",
        clause: "rfc6749/10.2/explicit-authentication",
        caught_by: &["device/client-shown"],
        seams: &[Seam::Wire(|inner| after(inner, &["/device"], |_, reply| unlisted(reply)))],
        ..OIDC
    },
    Fault {
        id: "consent-names-nobody",
        says: "The consent page does not say which client asks.",
        clause: "rfc6749/10.2/explicit-authentication",
        caught_by: &["authorize/user-told"],
        seams: &[Seam::Wire(|inner| after(inner, PAGES, |_, reply| unnamed(reply)))],
        ..OIDC
    },
    Fault {
        id: "errors-repeat-the-request",
        says: "The error_description of the token endpoint repeats what the request sent.",
        clause: "rfc6749/5.2/nothing-echoed",
        precedent: Some("go-authgate/authgate#58"),
        caught_by: &["token/nothing-echoed"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/token"], |asked, reply| {
                if reply.status().is_client_error() {
                    let sent: Vec<String> = asked.body.iter().map(|(name, value)| format!("{name}={value}")).collect();
                    edit_json(reply, |body| {
                        body.insert("error_description".to_owned(), format!("bad request: {}", sent.join(" ")).into());
                    });
                }
            })
        })],
        ..OIDC
    },
    Fault {
        id: "device-member-twice",
        says: "A member of the answer with a device's codes occurs twice.",
        clause: "rfc8628/3.1/response-not-repeated",
        caught_by: &["device/members-once"],
        seams: &[Seam::Wire(|inner| {
            after(inner, &["/device_authorization"], |_, reply| {
                if reply.status() == StatusCode::OK {
                    let body = String::from_utf8_lossy(reply.body()).replacen('{', "{\"interval\":1,", 1);
                    *reply.body_mut() = body.into();
                }
            })
        })],
        ..OIDC
    },
];

/// A page without the list of what is asked for.
fn unlisted(reply: &mut Reply) {
    let page = String::from_utf8_lossy(reply.body()).into_owned();
    if let Some((from, to)) = page.find("<ul class=\"asked\">").zip(page.find("</ul>")) {
        *reply.body_mut() = format!("{}{}", &page[..from], &page[to..]).into();
    }
}

/// The consent page without the name of the client, at its question, its picture and its pages, and without its identifier.
fn unnamed(reply: &mut Reply) {
    const ASKS: &str = "</code>). <strong>";
    let page = String::from_utf8_lossy(reply.body()).into_owned();
    let asked = page.split_once(ASKS).and_then(|(_, rest)| rest.split_once("</strong>"));
    let Some((name, _)) = asked.filter(|_| page.contains("action=\"/consent\"")) else { return };
    let mut nameless = page
        .replace(&format!("{ASKS}{name}</strong>"), "</code>). An application")
        .replace(&format!("Picture of {name}"), "Picture")
        .replace(&format!("Pages of {name}"), "Pages");
    if let Some(from) = nameless.find("It is registered here as <code>") {
        let to = nameless[from..].find("</p>").map_or(nameless.len(), |length| from + length);
        nameless.replace_range(from..to, "");
    }
    *reply.body_mut() = nameless.into();
}

/// Something more at the end of a page.
fn add(reply: &mut Reply, html: &str) {
    let page = String::from_utf8_lossy(reply.body()).replacen("</main>", &format!("{html}</main>"), 1);
    *reply.body_mut() = page.into();
}
