//! Logouts that are answered differently.

use std::sync::Arc;

use super::super::{Fault, OIDC, Seam};
use crate::model::{Client, Path};
use crate::rules::{Rules, RulesOver, Ruling};

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "logout-unasked",
        says: "Whoever follows a link to the logout endpoint is logged out.",
        clause: "oidc-rp-initiated-logout/6/confirmed-without-hint",
        caught_by: &["logout/asked", "logout/hint-of-another-user"],
        seams: &[Seam::Rules(|inner| Arc::new(Unasked { inner }))],
        ..OIDC
    },
    Fault {
        id: "logout-address-by-prefix",
        says: "An address after a logout only has to begin like a registered one.",
        clause: "oidc-rp-initiated-logout/3/registered-only",
        caught_by: &["logout/unregistered-address"],
        seams: &[Seam::Rules(|inner| Arc::new(Addresses { inner, also: |known, asked| asked.starts_with(known) }))],
        ..OIDC
    },
    Fault {
        id: "logout-address-in-any-case",
        says: "Upper and lower case of an address after a logout make no difference.",
        clause: "oidc-rp-initiated-logout/3/registered-only",
        caught_by: &["logout/unregistered-address"],
        seams: &[Seam::Rules(|inner| Arc::new(Addresses { inner, also: str::eq_ignore_ascii_case }))],
        ..OIDC
    },
    Fault {
        id: "logout-to-a-redirect-uri",
        says: "A redirect_uri of a client is an address after a logout as well.",
        clause: "oidc-rp-initiated-logout/3/registered-only",
        caught_by: &["logout/unregistered-address"],
        seams: &[Seam::Rules(|inner| Arc::new(RedirectUris { inner }))],
        ..OIDC
    },
];

struct Unasked {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Unasked {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn logout_needs_confirmation(&self, _path: Path, _hinted: Option<&str>, _logged_in: &str, _always: bool) -> bool {
        false
    }
}

/// Addresses that match in another way are accepted as well.
struct Addresses {
    inner: Arc<dyn Rules>,
    also: fn(&str, &str) -> bool,
}

impl RulesOver for Addresses {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn post_logout_redirect_uri_is_registered(&self, path: Path, client: &Client, uri: &str) -> Ruling {
        if client.post_logout_redirect_uris.iter().any(|known| (self.also)(known, uri)) {
            return Ok(());
        }
        self.inner.post_logout_redirect_uri_is_registered(path, client, uri)
    }
}

struct RedirectUris {
    inner: Arc<dyn Rules>,
}

impl RulesOver for RedirectUris {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn post_logout_redirect_uri_is_registered(&self, path: Path, client: &Client, uri: &str) -> Ruling {
        if client.redirect_uris.iter().any(|known| known == uri) {
            return Ok(());
        }
        self.inner.post_logout_redirect_uri_is_registered(path, client, uri)
    }
}
