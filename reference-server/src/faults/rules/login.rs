//! Logins and consents that are taken for good enough.

use std::sync::Arc;

use crate::faults::{Fault, OIDC, Seam};
use crate::model::grant::AuthorizationRequest;
use crate::model::{Client, Path, Prompt, Scope, Session};
use crate::rules::{Rule, Rules, RulesOver};

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
        id: "public-client-remembered",
        says: "What the user once allowed a public client is granted again without a word.",
        clause: "rfc6749/10.2/no-automatic-repeat",
        caught_by: &["authorize/public-client-asks-again"],
        seams: &[Seam::Rules(|inner| Arc::new(RemembersAll { inner }))],
        ..OIDC
    },
];

/// A part of the request is not considered when it is decided whether the user has to log in.
struct Unasked {
    inner: Arc<dyn Rules>,
    forget: fn(&mut AuthorizationRequest),
}

fn unasked(inner: Arc<dyn Rules>, forget: fn(&mut AuthorizationRequest)) -> Arc<dyn Rules> {
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

struct RemembersAll {
    inner: Arc<dyn Rules>,
}

impl RulesOver for RemembersAll {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn consent_is_needed(
        &self,
        _path: Path,
        _client: &Client,
        request: &AuthorizationRequest,
        remembered: &Scope,
    ) -> bool {
        request.prompt.consent || !request.scope.is_within(remembered)
    }
}
