//! What users are shown of a client that registered itself.

use std::sync::Arc;

use url::Url;

use crate::faults::wire::{self, Reply};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{ClientMetadata, Path};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::tokens::Map;

#[rustfmt::skip]
pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-name-not-escaped",
        says: "The name of a client is made part of the page.",
        clause: "rfc7591/2.2/shown-as-is",
        caught_by: &["registration/name-shown-as-is"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/consent"], |_, reply| edit_page(reply, unescaped)))],
        ..OIDC
    },
    Fault {
        id: "client-name-not-escaped-at-login",
        says: "The name of a client is made part of the login page.",
        clause: "rfc7591/2.2/shown-as-is",
        caught_by: &["registration/name-shown-as-is"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/login"], |_, reply| edit_page(reply, unescaped)))],
        ..OIDC
    },
    Fault {
        id: "client-name-not-escaped-at-logout",
        says: "The name of a client is made part of the page that asks whether to log out.",
        clause: "rfc7591/2.2/shown-as-is",
        caught_by: &["registration/name-shown-as-is"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/end_session"], |_, reply| edit_page(reply, unescaped)))],
        ..OIDC
    },
    Fault {
        id: "client-name-not-escaped-at-devices",
        says: "The name of a client is made part of the page that asks about a device.",
        clause: "rfc7591/2.2/shown-as-is",
        caught_by: &["registration/name-shown-as-is"],
        seams: &[Seam::Wire(|inner| wire::after(inner, &["/device"], |_, reply| edit_page(reply, unescaped)))],
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
    Fault {
        id: "pages-of-any-scheme",
        says: "Of the logo and the pages of a client the host alone is compared with that of its redirection URIs.",
        clause: "rfc7591/5/addresses-of-the-client",
        caught_by: &["registration/pages-no-script", "management/pages-no-script"],
        seams: &[Seam::Rules(|inner| Arc::new(AnyScheme { inner }))],
        ..OIDC
    },
];

/// What the templates escape, as it came.
fn unescaped(page: &str) -> String {
    page.replace("&#60;", "<").replace("&#62;", ">").replace("&#34;", "\"").replace("&#38;", "&")
}

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

/// What users are shown by its address.
const PAGES: [&str; 4] = ["logo_uri", "client_uri", "tos_uri", "policy_uri"];

struct AnyScheme {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AnyScheme {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn metadata_is_well_formed(&self, path: Path, members: &Map) -> Ruling {
        let mut members = members.clone();
        members.retain(|name, _| !PAGES.contains(&name.as_str()));
        self.inner.metadata_is_well_formed(path, &members)
    }

    fn pages_belong_to_client(&self, path: Path, metadata: &ClientMetadata) -> Ruling {
        let host = |uri: &str| Url::parse(uri).ok()?.host_str().map(str::to_owned);
        let hosts: Vec<_> = metadata.texts("redirect_uris").iter().map(|uri| host(uri)).collect();
        let mut pages = PAGES.iter().filter_map(|name| metadata.text(name));
        if pages.all(|page| hosts.contains(&host(page))) {
            return Ok(());
        }
        self.inner.pages_belong_to_client(path, metadata)
    }
}
