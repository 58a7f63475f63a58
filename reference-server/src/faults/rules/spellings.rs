//! Values that are almost the right ones, or come another way, and are taken for good enough.

use std::sync::Arc;

use super::redirects;
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{Client, Code, Path};
use crate::rules::{Rules, RulesOver, Ruling};
use crate::transport::credentials::Presented;

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
