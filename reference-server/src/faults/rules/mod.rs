//! Rules that are answered differently.

pub(super) mod assertions;
pub(super) mod confused;
pub(super) mod devices;
pub(super) mod errors;
pub(super) mod exchanges;
pub(super) mod flows;
pub(super) mod introspection;
pub(super) mod login;
pub(super) mod logouts;
pub(super) mod lost;
pub(super) mod methods;
pub(super) mod pkce;
pub(super) mod pushed;
pub(super) mod repeated;
pub(super) mod request_object_kinds;
pub(super) mod request_objects;
pub(super) mod return_addresses;
pub(super) mod spellings;
pub(super) mod unproven;
pub(super) mod wishes;

use std::sync::Arc;

use percent_encoding::percent_decode_str;
use url::Url;

use super::{BCP, Fault, OIDC, Seam};
use crate::error::{ErrorCode, Refusal};
use crate::model::{Client, Code, Path, Scope};
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        id: "empty-secret",
        says: "An empty client secret is as good as the right one.",
        clause: "rfc6749/10.2/client-authenticated",
        precedent: Some("ArnaudGuiovanna/tutor-mcp#30"),
        caught_by: &["client-auth/secret-empty"],
        seams: &[Seam::Rules(|inner| Arc::new(EmptySecret { inner }))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-by-prefix",
        says: "A redirect_uri only has to begin like a registered one.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, |known, asked| asked.starts_with(known)))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-in-any-case",
        says: "Upper and lower case of a redirect_uri make no difference.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, str::eq_ignore_ascii_case))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-decoded",
        says: "A redirect_uri is percent-decoded before it is compared.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        precedent: Some("zitadel/zitadel#12559"),
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| {
            redirects(inner, |known, asked| known == percent_decode_str(asked).decode_utf8_lossy())
        })],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-with-any-query",
        says: "The query of a redirect_uri is not compared.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, |known, asked| asked.split('?').next() == Some(known)))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-with-any-path",
        says: "Of a redirect_uri only scheme, host and port are compared.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, same_origin))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-normalised",
        says: "A redirect_uri is normalised before it is compared.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| {
            redirects(inner, |known, asked| Url::parse(asked).is_ok_and(|asked| asked.as_str() == known))
        })],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-with-userinfo",
        says: "What stands before an @ in a redirect_uri is not looked at.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        precedent: Some("CVE-2026-7504"),
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, without_userinfo))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-with-a-slash",
        says: "A slash at the end of a redirect_uri makes no difference.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, |known, asked| known == asked.trim_end_matches('/')))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-with-a-fragment",
        says: "The fragment of a redirect_uri is not compared.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        precedent: Some("panva/node-oidc-provider ca196a0c"),
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, |known, asked| asked.split('#').next() == Some(known)))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-of-a-lookalike",
        says: "A host that begins with the loopback address is taken for it.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        precedent: Some("ory/fosite#765"),
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| redirects(inner, lookalike))],
        ..OIDC
    },
    Fault {
        id: "loopback-port-refused",
        says: "A native client may not choose the port of its loopback redirect_uri.",
        clause: "rfc8252/7.3/any-port",
        precedent: Some("spring-attic/spring-authorization-server#243"),
        caught_by: &["redirect-uri/loopback-port"],
        seams: &[Seam::Rules(|inner| Arc::new(FixedPort { inner }))],
        ..BCP
    },
    Fault {
        id: "redirect-uri-left-out",
        says: "A token request may leave out the redirect_uri that the authorization request named.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        precedent: Some("oauthjs/node-oauth2-server#204"),
        caught_by: &["code/redirect-uri-missing"],
        seams: &[Seam::Rules(|inner| Arc::new(RedirectUriLeftOut { inner }))],
        ..OIDC
    },
    Fault {
        id: "unknown-scope-refused",
        says: "An authorization request with a scope that the server does not know is refused.",
        clause: "oidc-core/3.1.2.1/unknown-scope-ignored",
        caught_by: &["authorize/unknown-scope-ignored"],
        seams: &[Seam::Rules(|inner| Arc::new(EveryScopeKnown { inner }))],
        ..OIDC
    },
    Fault {
        id: "empty-parameter-refused-at-authorize",
        says: "An authorization request with an empty parameter is refused.",
        clause: "rfc6749/3.1/empty-omitted",
        caught_by: &["authorize/empty-parameter-omitted"],
        seams: &[Seam::Rules(|inner| Arc::new(NothingEmpty { inner }))],
        ..OIDC
    },
];

struct EmptySecret {
    inner: Arc<dyn Rules>,
}

impl RulesOver for EmptySecret {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        match presented.secret() {
            Some("") => Ok(()),
            _ => self.inner.client_secret_matches(path, client, presented),
        }
    }
}

/// Does a requested redirect URI (second) pass for a registered one (first)?
type SameUri = fn(&str, &str) -> bool;

/// Redirect URIs that match in another way are accepted as well.
struct Redirects {
    inner: Arc<dyn Rules>,
    also: SameUri,
}

fn redirects(inner: Arc<dyn Rules>, also: SameUri) -> Arc<dyn Rules> {
    Arc::new(Redirects { inner, also })
}

impl RulesOver for Redirects {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_is_registered(&self, path: Path, client: &Client, redirect_uri: &str) -> Ruling {
        if client.redirect_uris.iter().any(|known| (self.also)(known, redirect_uri)) {
            return Ok(());
        }
        self.inner.redirect_uri_is_registered(path, client, redirect_uri)
    }
}

fn same_origin(known: &str, asked: &str) -> bool {
    match (Url::parse(known), Url::parse(asked)) {
        (Ok(known), Ok(asked)) => known.origin() == asked.origin() && asked.username().is_empty(),
        _ => false,
    }
}

/// The same path, and a host of which the known one is the beginning.
fn lookalike(known: &str, asked: &str) -> bool {
    let parts = |uri: &str| {
        let (scheme, rest) = uri.split_once("://")?;
        let (authority, path) = rest.split_once('/')?;
        Some((scheme.to_owned(), authority.to_owned(), path.to_owned()))
    };
    match (parts(known), parts(asked)) {
        (Some(known), Some(asked)) => known.0 == asked.0 && known.2 == asked.2 && asked.1.starts_with(&known.1),
        _ => false,
    }
}

fn without_userinfo(known: &str, asked: &str) -> bool {
    let Some((scheme, rest)) = asked.split_once("://") else { return false };
    let authority = rest.split('/').next().unwrap_or_default();
    authority
        .rsplit_once('@')
        .is_some_and(|(_, host)| format!("{scheme}://{host}{}", &rest[authority.len()..]) == known)
}

/// Equal strings, and nothing for native clients.
struct FixedPort {
    inner: Arc<dyn Rules>,
}

impl RulesOver for FixedPort {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_is_registered(&self, path: Path, client: &Client, redirect_uri: &str) -> Ruling {
        self.inner.hold(Rule::RedirectUriIsRegistered, path, &|| {
            if client.redirect_uris.iter().any(|known| known == redirect_uri) {
                return Ok(());
            }
            Err(Refusal::new(ErrorCode::InvalidRequest, "The redirect_uri is not registered for this client."))
        })
    }
}

struct RedirectUriLeftOut {
    inner: Arc<dyn Rules>,
}

impl RulesOver for RedirectUriLeftOut {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling {
        match redirect_uri {
            None => Ok(()),
            given => self.inner.redirect_uri_repeats(path, code, given),
        }
    }
}

/// Scopes that nobody knows stay in the request, and are found to be more than the client may have.
struct EveryScopeKnown {
    inner: Arc<dyn Rules>,
}

impl RulesOver for EveryScopeKnown {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn known_of(&self, _path: Path, requested: &Scope, _known: &Scope) -> Scope {
        requested.clone()
    }
}

struct NothingEmpty {
    inner: Arc<dyn Rules>,
}

impl RulesOver for NothingEmpty {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn form_is_well_formed(&self, path: Path, form: &Form) -> Ruling {
        let is_empty = |name: &&str| form.count(name) > 0 && form.optional(name).is_none();
        if path == Path::Authorization && ["scope", "state", "nonce", "prompt", "max_age"].iter().any(is_empty) {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "A parameter is empty."));
        }
        self.inner.form_is_well_formed(path, form)
    }
}
