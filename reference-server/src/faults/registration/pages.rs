//! What users are shown of a client that registered itself.

use crate::faults::wire::{self, Reply};
use crate::faults::{Fault, OIDC, Seam};

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-name-not-escaped",
        says: "The name of a client is made part of the page.",
        clause: "rfc7591/2.2/shown-as-is",
        caught_by: &["registration/name-shown-as-is"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| {
            edit_page(reply, |page| page.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#38;", "&"));
        }))],
        ..OIDC
    },
    Fault {
        id: "client-name-escaped-twice",
        says: "The name of a client is escaped when it is stored, and once more on the page.",
        clause: "rfc7591/2.2/shown-as-is",
        caught_by: &["registration/name-shown-as-is"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| {
            edit_page(reply, |page| page.replace("&#", "&#38;#"));
        }))],
        ..OIDC
    },
    Fault {
        id: "addresses-of-clients-not-shown",
        says: "The pages of a client are kept, and not linked where the user decides.",
        clause: "rfc7591/2/client-uri-shown",
        caught_by: &["registration/addresses-shown"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| {
            edit_page(reply, |page| cut(page, "<ul class=\"quiet-text own\"", "</ul>"));
        }))],
        ..OIDC
    },
    Fault {
        id: "terms-of-clients-not-shown",
        says: "The terms of service of a client are kept, and not linked where the user decides.",
        clause: "rfc7591/2/tos-shown",
        caught_by: &["registration/addresses-shown"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| {
            edit_page(reply, |page| cut(page, "<li><a href=\"https://client.example/terms\"", "</li>"));
        }))],
        ..OIDC
    },
    Fault {
        id: "policies-of-clients-not-shown",
        says: "The privacy policy of a client is kept, and not linked where the user decides.",
        clause: "rfc7591/2/policy-shown",
        caught_by: &["registration/addresses-shown"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| {
            edit_page(reply, |page| cut(page, "<li><a href=\"https://client.example/privacy\"", "</li>"));
        }))],
        ..OIDC
    },
    Fault {
        id: "logos-not-shown",
        says: "The logo of a client is kept, and not shown.",
        clause: "rfc7591/2/logo-shown",
        caught_by: &["registration/logo-shown"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| {
            edit_page(reply, |page| cut(page, "<img class=\"logo\"", ">"));
        }))],
        ..OIDC
    },
    Fault {
        id: "offline-access-not-said",
        says: "The consent page does not say that a client may act while the user is away.",
        clause: "oidc-core/16.18/long-term-identified",
        caught_by: &["authorize/long-term-shown"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| {
            edit_page(reply, |page| cut(page, "<li>act for you when you are away", "</li>"));
        }))],
        ..OIDC
    },
];

fn edit_page(reply: &mut Reply, edit: impl FnOnce(&str) -> String) {
    let page = String::from_utf8_lossy(reply.body()).into_owned();
    *reply.body_mut() = edit(&page).into();
}

/// The page without what begins and ends so.
fn cut(page: &str, from: &str, to: &str) -> String {
    let Some((head, rest)) = page.split_once(from) else { return page.to_owned() };
    let tail = rest.split_once(to).map_or("", |(_, tail)| tail);
    format!("{head}{tail}")
}
