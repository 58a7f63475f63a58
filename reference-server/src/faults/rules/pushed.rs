//! What is made of a request that was pushed.

use std::cell::Cell;
use std::sync::Arc;

use super::super::{Fault, OIDC, Seam};
use crate::error::{ErrorCode, Refusal};
use crate::model::{AuthMethod, Client, Path, PushedRequest, ResponseType};
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::Map;
use crate::transport::credentials::Presented;
use crate::transport::form::Form;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "pushed-by-secret-in-the-header-only",
        says: "The endpoint for pushed requests knows one authentication method.",
        clause: "rfc9126/2/authentication-methods",
        caught_by: &["pushed/method-works"],
        seams: &[Seam::Rules(|inner| Arc::new(BasicOnly { inner }))],
        ..OIDC
    },
    Fault {
        id: "pushed-assertion-for-the-token-endpoint",
        says: "A client assertion at the endpoint for pushed requests has to be meant for the token endpoint.",
        clause: "rfc9126/2/audience-accepted",
        caught_by: &["pushed/assertion-audience"],
        seams: &[Seam::Rules(|inner| Arc::new(OneAudience { inner, is: |name| name.ends_with("/token") }))],
        ..OIDC
    },
    Fault {
        id: "pushed-assertion-for-the-issuer",
        says: "A client assertion at the endpoint for pushed requests has to be meant for the issuer.",
        clause: "rfc9126/2/audience-accepted",
        caught_by: &["pushed/assertion-audience"],
        seams: &[Seam::Rules(|inner| Arc::new(OneAudience { inner, is: |name| name.matches('/').count() == 2 }))],
        ..OIDC
    },
    Fault {
        id: "own-request-uri-not-supported",
        says: "The switch for the request_uri of clients turns off those of the server as well.",
        clause: "rfc9126/5/usable",
        caught_by: &["pushed/authorized"],
        seams: &[Seam::Rules(|inner| Arc::new(NoRequestUri { inner }))],
        ..OIDC
    },
    Fault {
        id: "request-uri-lives-half-as-long",
        says: "A request_uri dies after half of the time that was told.",
        clause: "rfc9126/2.2/lifetime-kept",
        caught_by: &["pushed/lifetime"],
        seams: &[Seam::Rules(|inner| Arc::new(HalfLife { inner }))],
        ..OIDC
    },
    Fault {
        id: "pushed-nonce-lost",
        says: "A request that was pushed loses its nonce.",
        clause: "rfc9126/2/parameters-accepted",
        caught_by: &["pushed/nonce"],
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, _| pushed.without(&["nonce"])))],
        ..OIDC
    },
    Fault {
        id: "pushed-challenge-lost",
        says: "A request that was pushed loses its code_challenge, and any verifier does.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["pushed/verifier-mismatch"],
        seams: &[
            Seam::Gate(Rule::ChallengeIsPresent, None),
            Seam::Gate(Rule::VerifierMatches, None),
            Seam::Rules(|inner| {
                counting(inner, |pushed, _| pushed.without(&["code_challenge", "code_challenge_method"]))
            }),
        ],
        ..OIDC
    },
    Fault {
        id: "query-beside-request-uri-counts",
        says: "What stands beside a request_uri comes before what was pushed.",
        clause: "rfc9101/10.7/mismatch-harmless",
        caught_by: &["pushed/query-changes-nothing"],
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, beside| preferring(beside, &pushed)))],
        ..OIDC
    },
    Fault {
        id: "pushed-prompt-lost",
        says: "A request that was pushed loses its prompt.",
        clause: "rfc9126/2/parameters-accepted",
        caught_by: &["pushed/login-renewed"],
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, _| pushed.without(&["prompt"])))],
        ..OIDC
    },
    Fault {
        id: "pushed-max-age-lost",
        says: "A request that was pushed loses its max_age.",
        clause: "rfc9126/2/parameters-accepted",
        caught_by: &["pushed/login-renewed"],
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, _| pushed.without(&["max_age"])))],
        ..OIDC
    },
    Fault {
        id: "pushed-response-mode-lost",
        says: "A request that was pushed is answered in the default mode.",
        clause: "rfc9126/2/parameters-accepted",
        caught_by: &["pushed/response-mode"],
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, _| pushed.without(&["response_mode"])))],
        ..OIDC
    },
    Fault {
        id: "query-completes-request-uri",
        says: "What was not pushed is taken from beside the request_uri.",
        clause: "rfc9101/5/object-alone",
        caught_by: &["pushed/nothing-beside-counts"],
        profile: "oauth2",
        seams: &[Seam::Rules(|inner| counting(inner, |pushed, beside| preferring(&pushed, beside)))],
        ..OIDC
    },
    Fault {
        id: "prompt-beside-request-uri-counts",
        says: "A prompt beside a request_uri comes before the one that was pushed.",
        clause: "rfc9101/10.7/mismatch-harmless",
        caught_by: &["pushed/query-changes-nothing"],
        seams: &[Seam::Rules(|inner| {
            counting(inner, |pushed, beside| {
                let prompt = beside.pairs().iter().filter(|(name, _)| name == "prompt").cloned().collect();
                preferring(&Form::of(prompt), &pushed)
            })
        })],
        ..OIDC
    },
    Fault {
        id: "request-uri-lives-on",
        says: "A request_uri is good for five minutes longer than was told.",
        clause: "rfc9126/4/expired-refused",
        caught_by: &["pushed/expired"],
        seams: &[Seam::Rules(|inner| Arc::new(LivesOn { inner }))],
        ..OIDC
    },
    Fault {
        id: "pushing-taken-for-signing",
        says: "A client that is registered for signed requests pushes them unsigned.",
        clause: "rfc9126/2.3/signed-only",
        caught_by: &["request-object/required-of-client"],
        seams: &[Seam::Rules(|inner| Arc::new(PushedIsSigned { inner }))],
        ..OIDC
    },
    Fault {
        id: "pushed-response-type-trusted",
        says: "A client that pushes its request may ask for whatever response type there is.",
        clause: "rfc9126/2.1/validated",
        caught_by: &["pushed/validated"],
        seams: &[Seam::Rules(|inner| Arc::new(Trusting { inner }))],
        ..OIDC
    },
];

struct BasicOnly {
    inner: Arc<dyn Rules>,
}

impl RulesOver for BasicOnly {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_uses_its_method(&self, path: Path, client: &Client, presented: &Presented<'_>) -> Ruling {
        let by_secret = matches!(client.auth_method, AuthMethod::ClientSecretBasic | AuthMethod::None);
        if path == Path::PushedAuthorization && !by_secret {
            return Err(Refusal::new(ErrorCode::InvalidClient, "The client has to send its secret in the header."));
        }
        self.inner.client_uses_its_method(path, client, presented)
    }
}

/// Of the names of the server one counts where requests are pushed.
struct OneAudience {
    inner: Arc<dyn Rules>,
    is: fn(&str) -> bool,
}

impl RulesOver for OneAudience {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn client_assertion_is_for_server(&self, path: Path, claims: &Map, accepted: &[String]) -> Ruling {
        let counts = |name: &&String| path != Path::PushedAuthorization || (self.is)(name);
        let accepted: Vec<String> = accepted.iter().filter(counts).cloned().collect();
        self.inner.client_assertion_is_for_server(path, claims, &accepted)
    }
}

struct NoRequestUri {
    inner: Arc<dyn Rules>,
}

impl RulesOver for NoRequestUri {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_uri_is_own(&self, _path: Path, _client: &Client, _request_uri: &str) -> Ruling {
        Err(Refusal::new(ErrorCode::RequestUriNotSupported, "The parameter request_uri is not supported."))
    }
}

struct HalfLife {
    inner: Arc<dyn Rules>,
}

impl RulesOver for HalfLife {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_uri_is_fresh(&self, path: Path, pushed: &PushedRequest, now: u64) -> Ruling {
        /// Of the lifetime that the demonstration has.
        const HALF: u64 = 25;
        self.inner.request_uri_is_fresh(path, pushed, now + HALF)
    }
}

struct LivesOn {
    inner: Arc<dyn Rules>,
}

impl RulesOver for LivesOn {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_uri_is_fresh(&self, path: Path, pushed: &PushedRequest, now: u64) -> Ruling {
        const LEEWAY: u64 = 300;
        self.inner.request_uri_is_fresh(path, pushed, now - LEEWAY)
    }
}

/// What counts of what was pushed, and of what stands beside the reference to it?
pub(super) type Counting = fn(Form, &Form) -> Form;

struct Counts {
    inner: Arc<dyn Rules>,
    counting: Counting,
}

pub(super) fn counting(inner: Arc<dyn Rules>, counting: Counting) -> Arc<dyn Rules> {
    Arc::new(Counts { inner, counting })
}

impl RulesOver for Counts {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn pushed_parameters(&self, path: Path, pushed: &Form, beside: &Form) -> Form {
        (self.counting)(self.inner.pushed_parameters(path, pushed, beside), beside)
    }
}

/// The parameters of both, those of the first where both have them.
pub(super) fn preferring(first: &Form, second: &Form) -> Form {
    let own = first.clone().without(&["request", "request_uri"]);
    let rest = second.pairs().iter().filter(|(name, _)| own.count(name) == 0);
    Form::of(own.pairs().iter().chain(rest).cloned().collect())
}

thread_local! {
    /// Whether the request that is judged on this thread was pushed. It is judged in one go.
    static PUSHED: Cell<bool> = const { Cell::new(false) };
}

struct Trusting {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Trusting {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_is_pushed(&self, path: Path, client: &Client, required_of_all: bool, pushed: bool) -> Ruling {
        PUSHED.set(pushed);
        self.inner.request_is_pushed(path, client, required_of_all, pushed)
    }

    fn browser_token_is_allowed(&self, path: Path, client: &Client, response_type: ResponseType) -> Ruling {
        if PUSHED.get() { Ok(()) } else { self.inner.browser_token_is_allowed(path, client, response_type) }
    }

    fn client_may_use_response_type(&self, path: Path, client: &Client, response_type: ResponseType) -> Ruling {
        if PUSHED.get() { Ok(()) } else { self.inner.client_may_use_response_type(path, client, response_type) }
    }
}

struct PushedIsSigned {
    inner: Arc<dyn Rules>,
}

impl RulesOver for PushedIsSigned {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_is_pushed(&self, path: Path, client: &Client, required_of_all: bool, pushed: bool) -> Ruling {
        PUSHED.set(pushed);
        self.inner.request_is_pushed(path, client, required_of_all, pushed)
    }

    fn request_is_signed(&self, path: Path, client: &Client, signed: bool) -> Ruling {
        self.inner.request_is_signed(path, client, signed || PUSHED.get())
    }
}
