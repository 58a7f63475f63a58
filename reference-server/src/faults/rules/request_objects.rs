//! Request objects that are read in another way.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use serde_json::Value;

use super::super::claims::changed;
use super::super::{Fault, OIDC, Seam, locked};
use super::confused::holds_as_a_mac;
use super::pushed::preferring;
use crate::error::{ErrorCode, Refusal};
use crate::faults::variations::requests::refusing_objects_alone;
use crate::model::{Client, Counts, Path};
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::Map;
use crate::tokens::jwt::{Jwt, JwtError, VerificationKeys};
use crate::transport::form::Form;

/// What a fault has that breaks RFC 9101 where OpenID Connect Core permits the contrary.
const OAUTH2: Fault = Fault { profile: "oauth2", ..OIDC };

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "request-objects-refused",
        says: "Request objects are refused, although the metadata says that they are taken.",
        clause: "rfc9101/7/response",
        caught_by: &["request-object/served"],
        seams: &[Seam::Rules(|inner| Arc::new(NoObjects { inner }))],
        ..OIDC
    },
    Fault {
        id: "request-object-loses-nonce",
        says: "The nonce of a request object is lost.",
        clause: "rfc9101/7/response",
        caught_by: &["request-object/nonce"],
        seams: &[Seam::Rules(|inner| reading(inner, |read, _| read.without(&["nonce"])))],
        ..OIDC
    },
    Fault {
        id: "request-object-loses-prompt",
        says: "The prompt of a request object is lost.",
        clause: "rfc9101/6.3/validated",
        caught_by: &["request-object/login-renewed"],
        seams: &[Seam::Rules(|inner| reading(inner, |read, _| read.without(&["prompt"])))],
        ..OIDC
    },
    Fault {
        id: "request-object-loses-max-age",
        says: "The max_age of a request object, a number, is lost.",
        clause: "rfc9101/6.3/validated",
        caught_by: &["request-object/login-renewed"],
        seams: &[Seam::Rules(|inner| reading(inner, |read, _| read.without(&["max_age"])))],
        ..OIDC
    },
    Fault {
        id: "request-object-loses-response-mode",
        says: "The response_mode of a request object is lost.",
        clause: "rfc9101/7/response",
        caught_by: &["request-object/response-mode"],
        seams: &[Seam::Rules(|inner| reading(inner, |read, _| read.without(&["response_mode"])))],
        ..OIDC
    },
    Fault {
        id: "request-object-loses-challenge",
        says: "The code_challenge of a request object is lost, and any verifier does.",
        clause: "rfc7636/4.6/verifier-compared",
        caught_by: &["request-object/verifier-mismatch"],
        seams: &[
            Seam::Gate(Rule::ChallengeIsPresent, None),
            Seam::Gate(Rule::VerifierMatches, None),
            Seam::Rules(|inner| reading(inner, |read, _| read.without(&["code_challenge", "code_challenge_method"]))),
        ],
        ..OIDC
    },
    Fault {
        id: "request-object-diluted",
        says: "What stands beside a request object comes before what is in it.",
        clause: "rfc9101/6.3/object-wins",
        caught_by: &["request-object/object-wins"],
        seams: &[Seam::Rules(|inner| reading(inner, |read, beside| preferring(beside, &read)))],
        ..OIDC
    },
    Fault {
        id: "request-object-completed",
        says: "What a request object leaves out is taken from beside it, though nothing there makes it a request of OpenID Connect.",
        clause: "rfc9101/6.3/object-alone",
        caught_by: &["request-object/nothing-beside-counts"],
        seams: &[Seam::Rules(|inner| {
            reading(inner, |read, beside| preferring(&read, &beside.clone().without(&["request"])))
        })],
        ..OAUTH2
    },
    Fault {
        id: "pushed-object-completed",
        says: "What a pushed request object leaves out is taken from beside it.",
        clause: "rfc9126/3/rules-of-objects",
        caught_by: &["pushed/object-alone"],
        seams: &[Seam::Rules(|inner| Arc::new(Completed { inner }))],
        ..OIDC
    },
    Fault {
        id: "request-object-for-any-list",
        says: "An aud that is a list is not looked into.",
        clause: "rfc9101/4/audience-verified",
        caught_by: &["request-object/wrong-audience", "pushed/object-wrong-audience"],
        seams: &[Seam::Rules(|inner| audiences(inner, |aud, _| aud.is_array()))],
        ..OIDC
    },
    Fault {
        id: "request-object-for-addresses-like-this",
        says: "The aud of a request object need only begin like the issuer.",
        clause: "rfc9101/4/audience-verified",
        caught_by: &["request-object/wrong-audience"],
        seams: &[Seam::Rules(|inner| {
            audiences(inner, |aud, issuer| aud.as_str().is_some_and(|aud| aud.starts_with(issuer)))
        })],
        ..OIDC
    },
    Fault {
        id: "request-object-client-id-in-any-case",
        says: "Upper and lower case of the client_id in a request object make no difference.",
        clause: "rfc9101/6.3/client-id-identical",
        caught_by: &["request-object/client-id-case"],
        seams: &[Seam::Rules(|inner| Arc::new(AnyCase { inner }))],
        ..OIDC
    },
    Fault {
        id: "request-object-needs-company",
        says: "A request object is refused if there is no response_type beside it.",
        clause: "rfc9101/6.3/extracted",
        caught_by: &["request-object/alone"],
        seams: &[Seam::Rules(|inner| Arc::new(InCompany { inner }))],
        ..OIDC
    },
    Fault {
        id: "first-resource-of-an-object",
        says: "Of several resources in a request object the first one counts.",
        clause: "rfc8707/2.1/in-request-object",
        caught_by: &["resource/in-request-object"],
        seams: &[Seam::Rules(|inner| reading(inner, |read, _| first_resource(&read)))],
        ..OIDC
    },
    Fault {
        id: "signed-redirect-uri-trusted",
        says: "A redirect_uri in a signed request object need not be registered.",
        clause: "rfc9101/6.3/validated",
        caught_by: &["request-object/redirect-uri-unregistered"],
        seams: &[Seam::Rules(|inner| Arc::new(TrustsSigned { inner, signed: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "request-object-by-an-unknown-key",
        says: "A request object that names a key which is not known is taken unverified.",
        clause: "rfc9101/6.2/kid",
        caught_by: &["request-object/kid-unknown"],
        seams: &[Seam::Rules(|inner| Arc::new(UnknownKey { inner }))],
        ..OIDC
    },
    Fault {
        id: "request-object-under-the-public-key",
        says: "A request object with a MAC is verified with the public key of its client as the secret.",
        clause: "rfc9101/6.2/algorithm-verified",
        precedent: Some("CVE-2015-9235"),
        caught_by: &["request-object/algorithm-of-the-key"],
        seams: &[Seam::Rules(|inner| Arc::new(PublicSecret { inner }))],
        ..OIDC
    },
    Fault {
        id: "request-object-not-completed",
        says: "A request object needs the rest of an OpenID Connect request beside it, of which the state is passed over.",
        clause: "oidc-core/6.3.3/assembled",
        caught_by: &["request-object/assembled"],
        seams: &[
            changed!(Metadata, |body| drop(body.remove("require_signed_request_object"))),
            Seam::Rules(|inner| {
                reading(
                    inner,
                    |read, beside| {
                        if beside.optional("state").is_some() { read.without(&["state"]) } else { read }
                    },
                )
            }),
            Seam::Wire(refusing_objects_alone),
        ],
        ..OIDC
    },
];

struct NoObjects {
    inner: Arc<dyn Rules>,
}

impl RulesOver for NoObjects {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_is_a_jwt(&self, _path: Path, _object: &Result<Jwt, JwtError>) -> Ruling {
        Err(Refusal::new(ErrorCode::InvalidRequestObject, "Request objects are not taken."))
    }
}

/// What is read out of an object, given what the strict rule reads, and what stands beside it?
pub(super) type Reading = fn(Form, &Form) -> Form;

struct Reads {
    inner: Arc<dyn Rules>,
    reading: Reading,
}

pub(super) fn reading(inner: Arc<dyn Rules>, reading: Reading) -> Arc<dyn Rules> {
    Arc::new(Reads { inner, reading })
}

/// Nothing but the object counts, in OpenID Connect too: RFC 9101 §6.3.
pub(in crate::faults) fn nothing_beside(inner: Arc<dyn Rules>) -> Arc<dyn Rules> {
    Arc::new(Alone { inner })
}

struct Alone {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Alone {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_parameters(&self, path: Path, claims: &Map, form: &Form, _: Counts) -> Form {
        self.inner.request_object_parameters(path, claims, form, Counts::ObjectAlone)
    }
}

impl RulesOver for Reads {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_parameters(&self, path: Path, claims: &Map, form: &Form, counts: Counts) -> Form {
        (self.reading)(self.inner.request_object_parameters(path, claims, form, counts), form)
    }
}

fn first_resource(read: &Form) -> Form {
    let first = read.pairs().iter().position(|(name, _)| name == "resource");
    let counts = |(at, (name, _)): &(usize, &(String, String))| name != "resource" || Some(*at) == first;
    Form::of(read.pairs().iter().enumerate().filter(counts).map(|(_, pair)| pair.clone()).collect())
}

struct InCompany {
    inner: Arc<dyn Rules>,
}

impl RulesOver for InCompany {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn one_request_parameter(&self, path: Path, form: &Form) -> Ruling {
        if form.optional("request").is_some() && form.optional("response_type").is_none() {
            return Err(Refusal::missing("response_type"));
        }
        self.inner.one_request_parameter(path, form)
    }
}

/// Redirect URIs that came in an object that was verified.
struct TrustsSigned {
    inner: Arc<dyn Rules>,
    signed: Mutex<HashSet<String>>,
}

impl RulesOver for TrustsSigned {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_parameters(&self, path: Path, claims: &Map, form: &Form, counts: Counts) -> Form {
        let read = self.inner.request_object_parameters(path, claims, form, counts);
        locked(&self.signed).extend(read.optional("redirect_uri").map(str::to_owned));
        read
    }

    fn redirect_uri_is_registered(&self, path: Path, client: &Client, redirect_uri: &str) -> Ruling {
        if locked(&self.signed).contains(redirect_uri) {
            return Ok(());
        }
        self.inner.redirect_uri_is_registered(path, client, redirect_uri)
    }
}

struct UnknownKey {
    inner: Arc<dyn Rules>,
}

impl RulesOver for UnknownKey {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_is_secured(&self, path: Path, client: &Client, object: &Jwt, counts: Counts) -> Ruling {
        let keys = client.jwks.as_ref().map(VerificationKeys::Public);
        let found = keys.map(|keys| object.check(keys, &client.request_objects.algorithms));
        if found == Some(Err(JwtError::NoKey)) {
            return Ok(());
        }
        self.inner.request_object_is_secured(path, client, object, counts)
    }
}

struct PublicSecret {
    inner: Arc<dyn Rules>,
}

impl RulesOver for PublicSecret {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_is_secured(&self, path: Path, client: &Client, object: &Jwt, counts: Counts) -> Ruling {
        if client.jwks.as_ref().is_some_and(|jwks| holds_as_a_mac(object, jwks)) {
            return Ok(());
        }
        self.inner.request_object_is_secured(path, client, object, counts)
    }
}

struct Completed {
    inner: Arc<dyn Rules>,
}

impl RulesOver for Completed {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_parameters(&self, path: Path, claims: &Map, form: &Form, counts: Counts) -> Form {
        let counts = if path == Path::PushedAuthorization { Counts::ObjectFirst } else { counts };
        self.inner.request_object_parameters(path, claims, form, counts)
    }
}

/// Some audiences are taken for that of the server, given its issuer.
struct Audiences {
    inner: Arc<dyn Rules>,
    also: fn(&Value, &str) -> bool,
}

fn audiences(inner: Arc<dyn Rules>, also: fn(&Value, &str) -> bool) -> Arc<dyn Rules> {
    Arc::new(Audiences { inner, also })
}

impl RulesOver for Audiences {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_is_for_server(&self, path: Path, claims: &Map, issuer: &str) -> Ruling {
        if claims.get("aud").is_some_and(|aud| (self.also)(aud, issuer)) {
            return Ok(());
        }
        self.inner.request_object_is_for_server(path, claims, issuer)
    }
}

struct AnyCase {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AnyCase {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_names_client(&self, path: Path, client: &Client, claims: &Map, counts: Counts) -> Ruling {
        let mut claims = claims.clone();
        let named = claims.get("client_id").and_then(Value::as_str).unwrap_or_default();
        if named.eq_ignore_ascii_case(&client.client_id) {
            claims.insert("client_id".to_owned(), client.client_id.as_str().into());
        }
        self.inner.request_object_names_client(path, client, &claims, counts)
    }
}
