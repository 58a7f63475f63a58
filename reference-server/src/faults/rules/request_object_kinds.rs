//! JWTs that are taken for a request object of the client, and say themselves that they are something else.

use std::sync::Arc;

use crate::faults::{BCP, Fault, OIDC, Seam};
use crate::model::{Client, Counts, Path};
use crate::rules::{Rule, Rules, RulesOver, Ruling};
use crate::tokens::Map;

pub(in crate::faults) static FAULTS: &[Fault] = &[
    Fault {
        id: "request-object-of-another-issuer",
        says: "The iss of a request object is not looked at.",
        clause: "rfc9101/4/issuer-is-client",
        caught_by: &["request-object/issuer-differs"],
        seams: &[Seam::Rules(|inner| Arc::new(AnyIssuer { inner }))],
        ..BCP
    },
    Fault {
        id: "request-object-of-any-kind",
        says: "The typ of a request object is not looked at.",
        clause: "rfc9101/10.8/typ",
        caught_by: &["request-object/another-kind"],
        seams: &[Seam::Gate(Rule::RequestObjectIsTyped, None)],
        ..OIDC
    },
];

struct AnyIssuer {
    inner: Arc<dyn Rules>,
}

impl RulesOver for AnyIssuer {
    fn inner(&self) -> &dyn Rules {
        &*self.inner
    }

    fn request_object_names_client(&self, path: Path, client: &Client, claims: &Map, counts: Counts) -> Ruling {
        let mut claims = claims.clone();
        claims.remove("iss");
        self.inner.request_object_names_client(path, client, &claims, counts)
    }
}
