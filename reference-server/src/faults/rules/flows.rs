//! Rules of a flow that are answered differently for some clients, scopes or values.

use std::sync::Arc;

use super::pkce::verifiers;
use crate::error::{ErrorCode, Refusal};
use crate::faults::{Fault, OIDC, Seam};
use crate::model::{Client, Code, Grant, Path, RefreshToken, Scope};
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::secret::{base64url, sha256};
use crate::transport::form::Form;

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "challenge-compared-in-part",
        says: "Of the code_challenge only the first eight characters are compared.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/challenge-altered", "pkce/challenge-altered-tail"],
        seams: &[Seam::Rules(|inner| {
            verifiers(inner, |challenge, verifier| {
                hashed(verifier)
                    .is_some_and(|hash| challenge.is_some_and(|challenge| challenge.starts_with(&hash[..8])))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "challenge-in-any-case",
        says: "Upper and lower case of the code_challenge make no difference.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pkce/challenge-in-capitals"],
        seams: &[Seam::Rules(|inner| {
            verifiers(inner, |challenge, verifier| {
                hashed(verifier)
                    .is_some_and(|hash| challenge.is_some_and(|challenge| challenge.eq_ignore_ascii_case(&hash)))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "verifier-of-any-length",
        says: "A code_verifier may be as short or as long as it likes, if it matches.",
        clause: "rfc7636/4.1/verifier-grammar",
        caught_by: &["pkce/verifier-too-short", "pkce/verifier-outside-grammar"],
        seams: &[Seam::Gate(Rule::VerifierIsWellFormed, None)],
        ..OIDC
    },
    Fault {
        id: "verifier-of-any-characters",
        says: "A code_verifier may have any characters, if it matches.",
        clause: "rfc7636/4.1/verifier-grammar",
        caught_by: &["pkce/verifier-outside-grammar"],
        seams: &[Seam::Rules(|inner| Arc::new(AnyCharacters { inner }))],
        ..OIDC
    },
    Fault {
        id: "nonce-demanded",
        says: "An authorization request without a nonce is refused.",
        clause: "rfc6749/4.1.1/valid-request-served",
        caught_by: &["authorize/nonce-optional"],
        seams: &[Seam::Rules(|inner| requests(inner, |form| form.optional("nonce").is_some()))],
        ..OIDC
    },
    Fault {
        id: "state-demanded",
        says: "An authorization request without a state is refused.",
        clause: "rfc6749/4.1.1/valid-request-served",
        caught_by: &["authorize/state-optional"],
        seams: &[Seam::Rules(|inner| requests(inner, |form| form.optional("state").is_some()))],
        ..OIDC
    },
    Fault {
        id: "wishes-refused",
        says: "An authorization request with display, ui_locales, claims_locales or acr_values is refused.",
        clause: "oidc-core/15.1/display",
        caught_by: &["authorize/display-no-error", "authorize/locales-no-error", "authorize/acr-values-no-error"],
        seams: &[Seam::Rules(|inner| {
            requests(inner, |form| {
                ["display", "ui_locales", "claims_locales", "acr_values"].iter().all(|name| form.count(name) == 0)
            })
        })],
        ..OIDC
    },
    Fault {
        id: "public-clients-redeem-any-code",
        says: "A public client redeems a code that was issued to another client.",
        clause: "rfc6749/4.1.3/code-bound-to-client",
        caught_by: &["code/other-kind-of-client"],
        seams: &[Seam::Rules(|inner| Arc::new(PublicClientsMay { inner }))],
        ..OIDC
    },
    Fault {
        id: "public-clients-use-any-refresh-token",
        says: "A public client uses a refresh token that was issued to another client.",
        clause: "oidc-core/12.1/bound-to-client",
        caught_by: &["refresh/other-kind-of-client"],
        seams: &[Seam::Rules(|inner| Arc::new(PublicClientsMay { inner }))],
        ..OIDC
    },
    Fault {
        id: "public-clients-revoke-any-token",
        says: "A public client revokes the tokens of other clients.",
        clause: "rfc7009/2.1/bound-to-client",
        caught_by: &["revocation/other-kind-of-client"],
        seams: &[Seam::Rules(|inner| Arc::new(PublicClientsMay { inner }))],
        ..OIDC
    },
    Fault {
        id: "everybody-refreshes",
        says: "Every client gets refresh tokens and may use them, whatever it is registered for.",
        clause: "rfc6749/5.2/unauthorized-client",
        caught_by: &["refresh/client-not-registered"],
        seams: &[
            Seam::Gate(Rule::ClientMayUseGrant, Some(Path::RefreshToken)),
            Seam::Rules(|inner| Arc::new(RefreshForAll { inner })),
        ],
        ..OIDC
    },
    Fault {
        id: "refresh-scope-in-one-order",
        says: "A refresh has to name the scope in the order in which it was granted.",
        clause: "rfc6749/3.3/order-irrelevant",
        caught_by: &["refresh/scope-order"],
        seams: &[Seam::Rules(|inner| Arc::new(OneOrder { inner }))],
        ..OIDC
    },
];

fn hashed(verifier: Option<&str>) -> Option<String> {
    verifier.map(|verifier| base64url(sha256(verifier.as_bytes())))
}

/// Authorization requests of this form only are legal.
struct Requests {
    inner: Arc<dyn Rules>,
    legal: fn(&Form) -> bool,
}

pub(in crate::faults) fn requests(inner: Arc<dyn Rules>, legal: fn(&Form) -> bool) -> Arc<dyn Rules> {
    Arc::new(Requests { inner, legal })
}

impl RulesOver for Requests {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn form_is_well_formed(&self, path: Path, form: &Form) -> Ruling {
        if path == Path::Authorization && !(self.legal)(form) {
            return Err(Refusal::new(ErrorCode::InvalidRequest, "The request is not as it should be."));
        }
        self.inner.form_is_well_formed(path, form)
    }
}

/// The owner is compared only where the client has authenticated.
struct PublicClientsMay {
    inner: Arc<dyn Rules>,
}

impl RulesOver for PublicClientsMay {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn code_belongs_to(&self, path: Path, code: &Code, client: &Client) -> Ruling {
        if client.is_public() { Ok(()) } else { self.inner.code_belongs_to(path, code, client) }
    }

    fn refresh_token_belongs_to(&self, path: Path, token: &RefreshToken, client: &Client) -> Ruling {
        if client.is_public() { Ok(()) } else { self.inner.refresh_token_belongs_to(path, token, client) }
    }

    fn revocation_belongs_to(&self, path: Path, grant: &Grant, client: &Client) -> Ruling {
        if client.is_public() { Ok(()) } else { self.inner.revocation_belongs_to(path, grant, client) }
    }
}

struct RefreshForAll {
    inner: Arc<dyn Rules>,
}

impl RulesOver for RefreshForAll {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn refresh_token_is_issued(&self, _path: Path, _client: &Client, grant: &Grant) -> bool {
        grant.user.is_some()
    }
}

/// Scopes are compared as text, piece by piece.
struct OneOrder {
    inner: Arc<dyn Rules>,
}

impl RulesOver for OneOrder {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn refresh_scope_within_grant(&self, path: Path, requested: &Scope, token: &RefreshToken) -> Ruling {
        let in_order = token.grant.scope.only(|value| requested.contains(value));
        if in_order.to_string() != requested.to_string() {
            return Err(Refusal::new(ErrorCode::InvalidScope, "The scope goes beyond what the user granted."));
        }
        self.inner.refresh_scope_within_grant(path, requested, token)
    }
}

/// Only the length of a verifier is looked at.
struct AnyCharacters {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AnyCharacters {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn verifier_is_well_formed(&self, path: Path, verifier: Option<&str>) -> Ruling {
        let read = verifier.map(|verifier| "a".repeat(verifier.chars().count()));
        self.inner.verifier_is_well_formed(path, read.as_deref())
    }
}
