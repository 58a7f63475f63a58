//! Values that are almost the right ones, or come another way, and are taken for good enough.

use std::sync::Arc;

use super::redirects;
use crate::faults::{Fault, OIDC, Seam};
use crate::grants::extension::Parameter;
use crate::model::{Client, Code, Path};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-secret-by-another-method",
        says: "A client secret that comes by another method than the registered one is not compared.",
        clause: "rfc6749/10.2/client-authenticated",
        caught_by: &["client-auth/secret-near-misses"],
        seams: &[Seam::Rules(|inner| Arc::new(OneMethodChecked { inner }))],
        ..OIDC
    },
    Fault {
        id: "nonce-may-repeat",
        says: "An authorization request may have several nonces; the first one counts.",
        clause: "rfc6749/3.1/not-repeated",
        caught_by: &["authorize/repeated-parameter"],
        seams: &[Seam::Rules(|inner| Arc::new(Repeats { inner, name: "nonce" }))],
        ..OIDC
    },
    Fault {
        id: "max-age-may-repeat",
        says: "An authorization request may have several max_age; the first one counts.",
        clause: "rfc6749/3.1/not-repeated",
        caught_by: &["authorize/repeated-parameter"],
        seams: &[Seam::Rules(|inner| Arc::new(Repeats { inner, name: "max_age" }))],
        ..OIDC
    },
    Fault {
        id: "challenge-method-in-any-case",
        says: "Upper and lower case of code_challenge_method make no difference.",
        clause: "rfc7636/4.4.1/unsupported-transform",
        caught_by: &["pkce/method-case"],
        seams: &[Seam::Rules(|inner| Arc::new(MethodInAnyCase { inner }))],
        ..OIDC
    },
    Fault {
        id: "redirect-uri-repeated-in-any-case",
        says: "A token request may repeat the redirect_uri in other case.",
        clause: "rfc6749/4.1.3/redirect-uri-identical",
        caught_by: &["code/redirect-uri-case"],
        seams: &[Seam::Rules(|inner| Arc::new(RepeatedInAnyCase { inner }))],
        ..OIDC
    },
    Fault {
        id: "loopback-by-its-beginning",
        says: "Every host that begins with the loopback address is taken for it.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        precedent: Some("ory/fosite#765"),
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| {
            redirects(inner, |known, asked| {
                let path = |uri: &str| Some(uri.strip_prefix("http://127.0.0.1")?.split_once('/')?.1.to_owned());
                path(known).is_some() && path(known) == path(asked)
            })
        })],
        ..OIDC
    },
    Fault {
        id: "web-schemes-alike",
        says: "In a redirect_uri http and https make no difference.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| {
            redirects(inner, |known, asked| {
                known.replacen("https:", "http:", 1) == asked.replacen("https:", "http:", 1)
            })
        })],
        ..OIDC
    },
    Fault {
        id: "localhost-for-loopback",
        says: "In a redirect_uri localhost is as good as 127.0.0.1.",
        clause: "oidc-core/3.1.2.1/redirect-uri-exact",
        caught_by: &["redirect-uri/exact"],
        seams: &[Seam::Rules(|inner| {
            redirects(inner, |known, asked| known == asked.replacen("://localhost", "://127.0.0.1", 1))
        })],
        ..OIDC
    },
];

struct OneMethodChecked {
    inner: Arc<dyn Rules>,
}

impl RulesOver for OneMethodChecked {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_uses_its_method(&self, _path: Path, _client: &Client, _presented: &Presented<'_>) -> Ruling {
        Ok(())
    }

    fn client_secret_matches(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        if presented.method() != client.auth_method {
            return Ok(());
        }
        self.inner.client_secret_matches(path, client, presented)
    }
}

struct MethodInAnyCase {
    inner: Arc<dyn Rules>,
}

impl RulesOver for MethodInAnyCase {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn challenge_method_is_supported(
        &self,
        path: Path,
        client: &Client,
        challenge: Option<&str>,
        method: Option<&str>,
    ) -> Ruling {
        let upper = method.map(str::to_uppercase);
        self.inner.challenge_method_is_supported(path, client, challenge, upper.as_deref())
    }
}

struct RepeatedInAnyCase {
    inner: Arc<dyn Rules>,
}

impl RulesOver for RepeatedInAnyCase {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn redirect_uri_repeats(&self, path: Path, code: &Code, redirect_uri: Option<&str>) -> Ruling {
        match (&code.redirect_uri, redirect_uri) {
            (Some(asked), Some(repeated)) if asked.eq_ignore_ascii_case(repeated) => Ok(()),
            (_, repeated) => self.inner.redirect_uri_repeats(path, code, repeated),
        }
    }
}

/// One parameter may come several times.
struct Repeats {
    inner: Arc<dyn Rules>,
    name: &'static str,
}

impl RulesOver for Repeats {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn parameter_not_repeated(&self, path: Path, form: &Form, of_extension: &[Parameter]) -> Ruling {
        self.inner.parameter_not_repeated(path, &form.clone().without(&[self.name]), of_extension)
    }
}
