//! Memories that forget which assertions were used, or take nobody for somebody.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};
use std::time::Duration;

use bytes::Bytes;
use http::{Request, Response};
use tokio::time::sleep;

use super::super::{Fault, OIDC, Seam, locked};
use crate::config::{AssertionIssuerConfig, SpeaksFor, demo_keys};
use crate::grants::jwt_bearer;
use crate::model::{Path, User};
use crate::rules::Rule;
use crate::server::Server;
use crate::store::{BoxFuture, Recorded, Store, StoreOver, Stored};
use crate::transport::Wire;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "client-assertions-used-again",
        says: "Nobody remembers which client assertions were used.",
        clause: "oidc-core/9/assertion-single-use",
        precedent: Some("GHSA-3p3g-vpw6-4w66"),
        caught_by: &["client-assertion/replayed"],
        seams: &[Seam::Store(|inner| Arc::new(Forgets { inner, whose: |_| true }))],
        ..OIDC
    },
    Fault {
        id: "client-assertions-used-again-elsewhere",
        says: "Each endpoint remembers only the client assertions that were used at itself.",
        clause: "oidc-core/9/assertion-single-use",
        caught_by: &["client-assertion/replayed-elsewhere"],
        seams: &[
            Seam::Wire(|inner| Arc::new(Located { inner })),
            Seam::Store(|inner| Arc::new(RemembersHere { inner })),
        ],
        ..OIDC
    },
    Fault {
        id: "used-client-assertions-push",
        says: "Where requests are pushed nobody asks whether a client assertion was used.",
        clause: "oidc-core/9/assertion-single-use",
        caught_by: &["client-assertion/replayed-elsewhere"],
        seams: &[
            Seam::Wire(|inner| Arc::new(Located { inner })),
            Seam::Store(|inner| Arc::new(ForgetsHere { inner, here: "/par" })),
        ],
        ..OIDC
    },
    Fault {
        id: "used-client-assertions-revoke",
        says: "At revocation nobody asks whether a client assertion was used.",
        clause: "oidc-core/9/assertion-single-use",
        caught_by: &["client-assertion/replayed-elsewhere"],
        seams: &[
            Seam::Wire(|inner| Arc::new(Located { inner })),
            Seam::Store(|inner| Arc::new(ForgetsHere { inner, here: "/revoke" })),
        ],
        ..OIDC
    },
    Fault {
        id: "used-client-assertions-get-device-codes",
        says: "Where devices get their codes nobody asks whether a client assertion was used.",
        clause: "oidc-core/9/assertion-single-use",
        caught_by: &["client-assertion/replayed-elsewhere"],
        seams: &[
            Seam::Wire(|inner| Arc::new(Located { inner })),
            Seam::Store(|inner| Arc::new(ForgetsHere { inner, here: "/device_authorization" })),
        ],
        ..OIDC
    },
    Fault {
        id: "client-assertion-race",
        says: "Uses of one client assertion that meet all succeed; one that comes later is refused.",
        clause: "oidc-core/9/assertion-single-use",
        precedent: Some("mosip/esignet#2418"),
        caught_by: &["client-assertion/race"],
        seams: &[Seam::Store(|inner| Arc::new(LooksFirst { inner, used: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "assertion-of-nobody",
        says: "An assertion without a sub speaks for the first user that there is.",
        clause: "rfc7523/3/subject",
        caught_by: &["jwt-bearer/subject-missing"],
        seams: &[
            Seam::Gate(Rule::AssertionIssuerSpeaksFor, Some(Path::Extension(jwt_bearer::NAME))),
            Seam::Store(|inner| Arc::new(SomebodyForNobody { inner })),
        ],
        ..OIDC
    },
    Fault {
        id: "assertion-of-a-stranger",
        says: "An assertion about somebody whom nobody knows speaks for the first user that there is.",
        clause: "rfc7523/3/subject-is-principal",
        caught_by: &["jwt-bearer/subject-unknown"],
        seams: &[Seam::Store(|inner| Arc::new(SomebodyForStrangers { inner }))],
        ..OIDC
    },
    Fault {
        id: "assertion-issuer-in-any-case",
        says: "Upper and lower case of the issuer of an assertion make no difference.",
        clause: "rfc7523/3/issuer-compared",
        caught_by: &["jwt-bearer/issuer-case"],
        seams: &[Seam::Config(|config| {
            config.assertion_issuers.push(AssertionIssuerConfig {
                issuer: demo_keys::ISSUER.to_uppercase(),
                jwks: demo_keys::issuer_jwks(),
                speaks_for: SpeaksFor::Everybody,
            });
        })],
        ..OIDC
    },
    Fault {
        id: "assertion-of-any-issuer",
        says: "The key of one issuer is good for the assertions of another.",
        clause: "rfc7523/3/signed",
        caught_by: &["jwt-bearer/unknown-issuer"],
        seams: &[Seam::Config(|config| {
            config.assertion_issuers.push(AssertionIssuerConfig {
                issuer: "https://attacker.example".to_owned(),
                jwks: demo_keys::issuer_jwks(),
                speaks_for: SpeaksFor::Everybody,
            });
        })],
        ..OIDC
    },
];

/// The assertions of some may be used again.
pub(in super::super) struct Forgets {
    pub inner: Arc<dyn Store>,
    pub whose: fn(&str) -> bool,
}

impl StoreOver for Forgets {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn record_jti(&self, issuer: &str, jti: &str, expires_at: u64) -> Stored<'_, Recorded> {
        if (self.whose)(issuer) {
            return Box::pin(async { Ok(Recorded::Now) });
        }
        self.inner.record_jti(issuer, jti, expires_at)
    }
}

/// How long it takes to look.
const LOOK: Duration = Duration::from_millis(50);

/// Whether an assertion was used is looked at, and that it was is written down a little later.
struct LooksFirst {
    inner: Arc<dyn Store>,
    used: Mutex<HashSet<String>>,
}

impl StoreOver for LooksFirst {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn record_jti(&self, _issuer: &str, jti: &str, _expires_at: u64) -> Stored<'_, Recorded> {
        let jti = jti.to_owned();
        Box::pin(async move {
            if locked(&self.used).contains(&jti) {
                return Ok(Recorded::Before);
            }
            sleep(LOOK).await;
            locked(&self.used).insert(jti);
            Ok(Recorded::Now)
        })
    }
}

struct SomebodyForNobody {
    inner: Arc<dyn Store>,
}

impl StoreOver for SomebodyForNobody {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn user_by_sub(&self, sub: &str) -> Stored<'_, Option<Arc<User>>> {
        if sub.is_empty() {
            return Box::pin(async { Ok(self.inner.users().await?.into_iter().next()) });
        }
        self.inner.user_by_sub(sub)
    }
}

struct SomebodyForStrangers {
    inner: Arc<dyn Store>,
}

impl StoreOver for SomebodyForStrangers {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn user_by_sub(&self, sub: &str) -> Stored<'_, Option<Arc<User>>> {
        let sub = sub.to_owned();
        Box::pin(async move {
            match self.inner.user_by_sub(&sub).await? {
                None => Ok(self.inner.users().await?.into_iter().next()),
                user => Ok(user),
            }
        })
    }
}

tokio::task_local! {
    /// The address that is being asked.
    pub(super) static ASKED: String;
}

/// Whatever happens for a request knows its address.
pub(super) struct Located {
    pub inner: Arc<dyn Wire>,
}

impl Wire for Located {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        let asked = request.uri().path().to_owned();
        Box::pin(ASKED.scope(asked, self.inner.around(server, request)))
    }
}

struct RemembersHere {
    inner: Arc<dyn Store>,
}

impl StoreOver for RemembersHere {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn record_jti(&self, issuer: &str, jti: &str, expires_at: u64) -> Stored<'_, Recorded> {
        let asked = ASKED.try_with(String::clone).unwrap_or_default();
        self.inner.record_jti(issuer, &format!("{asked} {jti}"), expires_at)
    }
}

/// At this address nothing is remembered, nor what is known elsewhere.
struct ForgetsHere {
    inner: Arc<dyn Store>,
    here: &'static str,
}

impl StoreOver for ForgetsHere {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn record_jti(&self, issuer: &str, jti: &str, expires_at: u64) -> Stored<'_, Recorded> {
        if ASKED.try_with(|asked| asked == self.here).unwrap_or_default() {
            return Box::pin(async { Ok(Recorded::Now) });
        }
        self.inner.record_jti(issuer, jti, expires_at)
    }
}
