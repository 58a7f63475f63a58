//! Logins and consents that are taken for good enough.

use std::sync::Arc;

use crate::faults::{Fault, OIDC, Seam};
use crate::model::grant::AuthorizationRequest;
use crate::model::{ClaimsRequest, Client, Interaction, Path, Prompt, ResponseType, Scope, Session, User, Wish};
use crate::rules::{Rule, Rules, RulesOver, Ruling};

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "any-password",
        says: "Whoever knows the name of a user logs in, with any password.",
        clause: "rfc6749/3.1/identity-verified",
        caught_by: &["authorize/wrong-password"],
        seams: &[Seam::Gate(Rule::PasswordMatches, None)],
        ..OIDC
    },
    Fault {
        id: "empty-password",
        says: "An empty password is as good as the right one.",
        clause: "rfc6749/3.1/identity-verified",
        caught_by: &["authorize/wrong-password"],
        seams: &[Seam::Rules(|inner| Arc::new(EmptyPassword { inner }))],
        ..OIDC
    },
    Fault {
        id: "disabled-user-logs-in",
        says: "A user who was disabled logs in as ever.",
        clause: "rfc6749/4.1.2.1/access-denied",
        caught_by: &["authorize/user-disabled"],
        seams: &[Seam::Gate(Rule::UserIsActive, Some(Path::Interaction))],
        ..OIDC
    },
    Fault {
        id: "login-by-another-browser",
        says: "The login form may be sent by a browser that never saw it.",
        clause: "oidc-core/3.1.2.3/csrf",
        caught_by: &["authorize/forged-login"],
        seams: &[Seam::Rules(|inner| Arc::new(AnyLogin { inner }))],
        ..OIDC
    },
    Fault {
        id: "prompt-login-ignored",
        says: "A user who has a session does not log in again, although the request says prompt=login.",
        clause: "oidc-core/3.1.2.3/prompt-login",
        caught_by: &["authorize/prompt-login"],
        seams: &[Seam::Rules(|inner| {
            unasked(inner, |request| request.prompt = Prompt { login: false, ..request.prompt })
        })],
        ..OIDC
    },
    Fault {
        id: "max-age-ignored",
        says: "A login of any age is good enough, whatever max_age says.",
        clause: "oidc-core/3.1.2.1/max-age",
        caught_by: &["authorize/max-age", "authorize/max-age-zero"],
        seams: &[Seam::Rules(|inner| unasked(inner, |request| request.max_age = None))],
        ..OIDC
    },
    Fault {
        id: "max-age-zero-is-none",
        says: "A max_age of 0 counts as none.",
        clause: "oidc-core/3.1.2.1/max-age",
        caught_by: &["authorize/max-age-zero"],
        seams: &[Seam::Rules(|inner| {
            unasked(inner, |request| request.max_age = request.max_age.filter(|seconds| *seconds > 0))
        })],
        ..OIDC
    },
    Fault {
        id: "prompt-none-skips-consent",
        says: "With prompt=none a client is served that the user has never allowed.",
        clause: "oidc-core/3.1.2.4/consent",
        caught_by: &["authorize/prompt-none-without-consent"],
        seams: &[Seam::Rules(|inner| consents(inner, |strict, request, _| strict && !request.prompt.none))],
        ..OIDC
    },
    Fault {
        id: "prompt-consent-ignored",
        says: "A user who once allowed the client is not asked again, although the request says prompt=consent.",
        clause: "oidc-core/3.1.2.1/prompt-consent",
        caught_by: &["authorize/prompt-consent"],
        seams: &[Seam::Rules(|inner| {
            consents(inner, |strict, request, remembered| {
                strict && !(request.prompt.consent && request.scope.is_within(remembered))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "claims-not-asked-about",
        says: "Whether the user is asked depends on the scope alone, whatever the claims parameter asks for beside it.",
        clause: "oidc-core/3.1.2.4/consent",
        caught_by: &["authorize/consent-per-claim"],
        seams: &[Seam::Rules(|inner| {
            consents(inner, |strict, request, remembered| {
                let for_claims = request.scope.is_within(remembered) && !request.reach().is_within(remembered);
                strict && (request.prompt.consent || !for_claims)
            })
        })],
        ..OIDC
    },
    Fault {
        id: "claims-of-id-tokens-not-asked-about",
        says: "What the claims parameter asks for in the ID token is told without a word to the user.",
        clause: "oidc-core/3.1.2.4/consent",
        caught_by: &["authorize/consent-per-claim"],
        seams: &[Seam::Rules(|inner| {
            consents(inner, |strict, request, remembered| {
                let elsewhere = ClaimsRequest { id_token: Vec::new(), ..request.claims.clone() }.scopes();
                let is_known = request.scope.is_within(remembered) && elsewhere.is_within(remembered);
                strict && (request.prompt.consent || !is_known || request.reach().is_within(remembered))
            })
        })],
        ..OIDC
    },
    Fault {
        id: "one-of-several-acrs-taken-for-met",
        says: "An essential acr is looked at only where the client names a single value.",
        clause: "oidc-core/5.5.1.1/essential-acr",
        caught_by: &["authorize/essential-acr"],
        seams: &[Seam::Rules(|inner| Arc::new(SingleAcr { inner }))],
        ..OIDC
    },
    Fault {
        id: "acr-as-wished",
        says: "The ID token says that its user logged in as the client wished.",
        clause: "oidc-core/5.5.1.1/essential-acr",
        caught_by: &["authorize/essential-acr"],
        seams: &[Seam::Gate(Rule::AcrCanBeMet, None), Seam::Rules(|inner| Arc::new(AcrAsWished { inner }))],
        ..OIDC
    },
    Fault {
        id: "response-types-of-the-grant",
        says: "A client is served every response type of its grants, whichever of them it is registered for.",
        clause: "rfc6749/4.2.2.1/unauthorized-client",
        caught_by: &["registration/response-types-held"],
        seams: &[Seam::Rules(|inner| Arc::new(OfTheGrant { inner }))],
        ..OIDC
    },
    Fault {
        id: "public-client-remembered",
        says: "What the user once allowed a public client is granted again without a word.",
        clause: "rfc6749/10.2/no-automatic-repeat",
        caught_by: &["authorize/public-client-asks-again"],
        seams: &[Seam::Rules(|inner| {
            consents(inner, |_, request, remembered| request.prompt.consent || !request.scope.is_within(remembered))
        })],
        ..OIDC
    },
    Fault {
        id: "public-client-remembered-in-the-browser",
        says: "What the user once allowed a public client in the implicit or the hybrid flow is granted again without a word.",
        clause: "rfc6749/10.2/no-automatic-repeat",
        caught_by: &["authorize/public-client-asks-again"],
        seams: &[Seam::Rules(|inner| {
            consents(inner, |strict, request, remembered| {
                let is_code = request.response_type == ResponseType::Code;
                strict && (is_code || request.prompt.consent || !request.scope.is_within(remembered))
            })
        })],
        ..OIDC
    },
];

/// A part of the request is not considered when it is decided whether the user has to log in.
struct Unasked {
    inner: Arc<dyn Rules>,
    forget: fn(&mut AuthorizationRequest),
}

pub(super) fn unasked(inner: Arc<dyn Rules>, forget: fn(&mut AuthorizationRequest)) -> Arc<dyn Rules> {
    Arc::new(Unasked { inner, forget })
}

impl RulesOver for Unasked {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn login_is_needed(&self, path: Path, request: &AuthorizationRequest, session: Option<&Session>, now: u64) -> bool {
        let mut request = request.clone();
        (self.forget)(&mut request);
        self.inner.login_is_needed(path, &request, session, now)
    }
}

/// Is consent needed, given what the strict rule says, the request and what is remembered?
type Needed = fn(bool, &AuthorizationRequest, &Scope) -> bool;

/// Consent is asked for in other cases than it should be.
struct Consents {
    inner: Arc<dyn Rules>,
    needed: Needed,
}

pub(super) fn consents(inner: Arc<dyn Rules>, needed: Needed) -> Arc<dyn Rules> {
    Arc::new(Consents { inner, needed })
}

impl RulesOver for Consents {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn consent_is_needed(
        &self,
        path: Path,
        client: &Client,
        request: &AuthorizationRequest,
        remembered: &Scope,
    ) -> bool {
        let strict = self.inner.consent_is_needed(path, client, request, remembered);
        (self.needed)(strict, request, remembered)
    }
}

struct EmptyPassword {
    inner: Arc<dyn Rules>,
}

impl RulesOver for EmptyPassword {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn password_matches(&self, path: Path, user: &User, password: &str) -> Ruling {
        if password.is_empty() { Ok(()) } else { self.inner.password_matches(path, user, password) }
    }
}

/// A page that waits for a login belongs to nobody.
struct AnyLogin {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AnyLogin {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn interaction_belongs_to_browser(&self, path: Path, interaction: &Interaction, cookie: Option<&str>) -> Ruling {
        if interaction.user.is_none() {
            return Ok(());
        }
        self.inner.interaction_belongs_to_browser(path, interaction, cookie)
    }
}

struct OfTheGrant {
    inner: Arc<dyn Rules>,
}

impl RulesOver for OfTheGrant {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_may_use_response_type(&self, path: Path, client: &Client, response_type: ResponseType) -> Ruling {
        if client.may_use(response_type.grant_type()) {
            return Ok(());
        }
        self.inner.client_may_use_response_type(path, client, response_type)
    }
}

struct AcrAsWished {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AcrAsWished {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn acr_of(&self, path: Path, wish: &Wish, own: &str) -> String {
        let wished = wish.values.first().and_then(serde_json::Value::as_str);
        wished.map_or_else(|| self.inner.acr_of(path, wish, own), str::to_owned)
    }
}

struct SingleAcr {
    inner: Arc<dyn Rules>,
}

impl RulesOver for SingleAcr {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn acr_can_be_met(&self, path: Path, request: &AuthorizationRequest, acr: &str) -> Ruling {
        if request.claims.acr().is_some_and(|wish| wish.values.len() > 1) {
            return Ok(());
        }
        self.inner.acr_can_be_met(path, request, acr)
    }
}
