//! Redirect URIs that are demanded where they may be left out, or are not the ones that they are taken for.

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;

use super::SameUri;
use crate::error::{ErrorCode, Refusal};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{Client, Code, Path};
use crate::rules::{Rules, RulesOver, Ruling};

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "redirect-uri-demanded-with-the-code",
        says: "A token request has to name the redirect_uri although the authorization request named none.",
        clause: "rfc6749/4.1.4/token-response",
        caught_by: &["redirect-uri/omitted-with-one"],
        seams: &[Seam::Rules(|inner| Arc::new(AlwaysRepeated { inner }))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-optional-with-one",
        says: "A client with a single redirect URI need not say where the answer to an authentication request goes.",
        clause: "oidc-core/3.1.2.2/required-parameters",
        caught_by: &["redirect-uri/missing-with-one"],
        seams: &[Seam::Rules(|inner| Arc::new(OptionalWithOne { inner }))],
        ..OIDC
    },
    Fault {
        id: "first-redirect-uri-only",
        says: "Of the registered redirect URIs of a client the first one only is accepted.",
        clause: "rfc6749/3.1.2.3/redirect-uri-compared",
        caught_by: &["redirect-uri/every-registered"],
        seams: &[Seam::Rules(|inner| Arc::new(FirstOnly { inner }))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-decoded-again",
        says: "The redirect_uri of a token request is percent-decoded once more before it is compared.",
        clause: "rfc6749/4.1.4/token-response",
        caught_by: &["code/redirect-uri-with-query"],
        seams: &[Seam::Rules(|inner| Arc::new(DecodedAgain { inner }))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-repeated-with-any-query",
        says: "The query of the redirect_uri of a token request is not compared.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        caught_by: &["code/redirect-uri-near-misses"],
        seams: &[Seam::Rules(|inner| {
            repeats(inner, |asked, repeated| asked.split('?').next() == repeated.split('?').next())
        })],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-repeated-with-a-slash",
        says: "A slash at the end of the redirect_uri of a token request makes no difference.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        caught_by: &["code/redirect-uri-near-misses"],
        seams: &[Seam::Rules(|inner| {
            repeats(inner, |asked, repeated| asked.trim_end_matches('/') == repeated.trim_end_matches('/'))
        })],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-repeated-in-part",
        says: "The redirect_uri of a token request only has to be the beginning of that of the authorization request.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        caught_by: &["code/redirect-uri-near-misses"],
        seams: &[Seam::Rules(|inner| repeats(inner, |asked, repeated| asked.starts_with(repeated)))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-repeated-between-spaces",
        says: "Spaces around the redirect_uri of a token request are cut off before it is compared.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        caught_by: &["code/redirect-uri-near-misses"],
        seams: &[Seam::Rules(|inner| repeats(inner, |asked, repeated| asked == repeated.trim()))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-repeated-at-any-port",
        says: "The port of the redirect_uri of a token request is not compared.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        caught_by: &["code/redirect-uri-near-misses"],
        seams: &[Seam::Rules(|inner| repeats(inner, |asked, repeated| without_port(asked) == without_port(repeated)))],
        ..OIDC
    },
];

struct AlwaysRepeated {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AlwaysRepeated {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling {
        if redirect_uri.is_none() {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "The parameter redirect_uri is missing."));
        }
        self.inner.redirect_uri_repeats(path, code, redirect_uri)
    }
}

struct FirstOnly {
    inner: Arc<dyn Rules>,
}

impl RulesOver for FirstOnly {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_is_registered(&self, path: Path, client: &Client, redirect_uri: &str) -> Ruling {
        let first = client.redirect_uris.iter().take(1).cloned().collect();
        self.inner.redirect_uri_is_registered(path, &Client { redirect_uris: first, ..client.clone() }, redirect_uri)
    }
}

struct DecodedAgain {
    inner: Arc<dyn Rules>,
}

impl RulesOver for DecodedAgain {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling {
        let again = redirect_uri.map(|uri| percent_decode_str(uri).decode_utf8_lossy());
        self.inner.redirect_uri_repeats(path, code, again.as_deref())
    }
}

/// A redirect URI that matches that of the request (first) in another way may be repeated as well.
struct Repeats {
    inner: Arc<dyn Rules>,
    also: SameUri,
}

fn repeats(inner: Arc<dyn Rules>, also: SameUri) -> Arc<dyn Rules> {
    Arc::new(Repeats { inner, also })
}

impl RulesOver for Repeats {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling {
        match (&code.redirect_uri, redirect_uri) {
            (Some(asked), Some(repeated)) if (self.also)(asked, repeated) => Ok(()),
            (_, repeated) => self.inner.redirect_uri_repeats(path, code, repeated),
        }
    }
}

fn without_port(uri: &str) -> Option<Url> {
    let mut url = Url::parse(uri).ok()?;
    url.set_port(None).ok()?;
    Some(url)
}

struct OptionalWithOne {
    inner: Arc<dyn Rules>,
}

impl RulesOver for OptionalWithOne {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_is_given(&self, path: Path, client: &Client, redirect_uri: Option<&str>, openid: bool) -> Ruling {
        let is_openid = openid && client.redirect_uris.len() != 1;
        self.inner.redirect_uri_is_given(path, client, redirect_uri, is_openid)
    }
}
