//! Rules that are answered differently.

pub(super) mod flows;
pub(super) mod introspection;
pub(super) mod login;
pub(super) mod spellings;

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
        id: "verifier-optional",
        says: "A code with a code_challenge is redeemed without a code_verifier.",
        clause: "rfc7636/4.6/verifier-compared",
        precedent: Some("zitadel/oidc#741"),
        caught_by: &["pkce/verifier-missing", "pkce/verifier-empty"],
        seams: &[Seam::Rules(|inner| {
            verifiers(inner, |challenge, verifier| challenge.is_some() && verifier.is_none())
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-method-lost",
        says: "The code_challenge_method is forgotten, so that the challenge itself passes for the verifier.",
        clause: "rfc7636/4.5/method-of-the-request",
        precedent: Some("CVE-2026-26247"),
        caught_by: &["pkce/challenge-as-verifier"],
        seams: &[Seam::Rules(|inner| {
            verifiers(inner, |challenge, verifier| challenge.is_some() && challenge == verifier)
        })],
        ..OIDC
    },
    Fault {
        id: "malformed-verifier-ignored",
        says: "A code_verifier that breaks the grammar counts as none, and none is needed.",
        clause: "rfc7636/4.6/verifier-compared",
        precedent: Some("coder/coder#28003"),
        caught_by: &["pkce/malformed-verifier"],
        seams: &[
            Seam::Gate(Rule::VerifierIsWellFormed, None),
            Seam::Rules(|inner| verifiers(inner, |_, verifier| verifier.is_some_and(|verifier| verifier.len() < 43))),
        ],
        ..OIDC
    },
    Fault {
        id: "challenge-without-method-is-hashed",
        says: "A code_challenge without a method is taken for a SHA-256 hash.",
        clause: "rfc7636/4.3/plain-by-default",
        caught_by: &["pkce/plain-by-default"],
        seams: &[Seam::Rules(|inner| Arc::new(MethodGuessed { inner }))],
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
        id: "verifier-without-marks",
        says: "A code_verifier with a dot or a tilde is refused.",
        clause: "rfc7636/4.6/correct-verifier-accepted",
        caught_by: &["pkce/every-legal-verifier"],
        seams: &[Seam::Rules(|inner| legal_verifiers(inner, |verifier| !verifier.contains(['.', '~'])))],
        ..OIDC
    },
    Fault {
        id: "verifier-of-64-at-most",
        says: "A code_verifier of more than 64 characters is refused, although 128 are legal.",
        clause: "rfc7636/4.6/correct-verifier-accepted",
        caught_by: &["pkce/every-legal-verifier"],
        seams: &[Seam::Rules(|inner| legal_verifiers(inner, |verifier| verifier.len() <= 64))],
        ..OIDC
    },
    Fault {
        id: "pkce-downgrade",
        says: "A code_verifier is accepted although the authorization request had no code_challenge.",
        clause: "rfc9700/2.1.1/no-downgrade",
        precedent: Some("keycloak/keycloak#26808"),
        caught_by: &["pkce/downgrade"],
        seams: &[
            Seam::Gate(Rule::ChallengeIsPresent, None),
            Seam::Rules(|inner| verifiers(inner, |challenge, _| challenge.is_none())),
        ],
        ..BCP
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

/// Does a verifier (second) pass for this challenge (first)?
type SameProof = fn(Option<&str>, Option<&str>) -> bool;

/// Verifiers that match in another way are accepted as well.
struct Verifiers {
    inner: Arc<dyn Rules>,
    also: SameProof,
}

fn verifiers(inner: Arc<dyn Rules>, also: SameProof) -> Arc<dyn Rules> {
    Arc::new(Verifiers { inner, also })
}

impl RulesOver for Verifiers {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_matches(&self, path: Path, code: &Code, verifier: Option<&str>) -> Ruling {
        if (self.also)(code.challenge.as_deref(), verifier) {
            return Ok(());
        }
        self.inner.verifier_matches(path, code, verifier)
    }
}

/// Verifiers of this form only are legal.
struct LegalVerifiers {
    inner: Arc<dyn Rules>,
    legal: fn(&str) -> bool,
}

fn legal_verifiers(inner: Arc<dyn Rules>, legal: fn(&str) -> bool) -> Arc<dyn Rules> {
    Arc::new(LegalVerifiers { inner, legal })
}

impl RulesOver for LegalVerifiers {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_is_well_formed(&self, path: Path, verifier: Option<&str>) -> Ruling {
        if verifier.is_some_and(|verifier| !(self.legal)(verifier)) {
            return Err(Refusal::new(ErrorCode::InvalidGrant, "The code_verifier is malformed."));
        }
        self.inner.verifier_is_well_formed(path, verifier)
    }
}

struct MethodGuessed {
    inner: Arc<dyn Rules>,
}

impl RulesOver for MethodGuessed {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn challenge_method_is_supported(&self, path: Path, challenge: Option<&str>, method: Option<&str>) -> Ruling {
        self.inner.challenge_method_is_supported(path, challenge, method.or(Some("S256")))
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
