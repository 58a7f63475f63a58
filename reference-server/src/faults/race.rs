//! Look, then act: what must be one step is two, and others come in between.

use std::collections::{HashMap, HashSet};
use std::sync::{Arc, Mutex};
use std::time::Duration;

use tokio::sync::Barrier;
use tokio::task::yield_now;
use tokio::time::timeout;

use super::{BCP, Fault, OIDC, Seam, locked};
use crate::model::{Code, Lineage, RefreshToken};
use crate::store::{Rotated, Spent, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

pub(super) static FAULTS: &[Fault] = &[
    Fault {
        id: "code-race",
        says: "Redemptions of one code that meet all succeed; one that comes later is refused.",
        clause: "rfc6749/4.1.2/code-single-use",
        precedent: Some("supabase/auth#2613"),
        caught_by: &["code/race"],
        seams: &[Seam::Store(|inner| Arc::new(Racy::new(inner, Width::Rendezvous, Width::None)))],
        ..OIDC
    },
    Fault {
        id: "code-race-narrow",
        says: "Redemptions of one code that arrive within moments of each other succeed; one that comes later is refused.",
        clause: "rfc6749/4.1.2/code-single-use",
        precedent: Some("oauthlib/oauthlib#618"),
        caught_by: &["code/race"],
        seams: &[Seam::Store(|inner| Arc::new(Racy::new(inner, Width::Natural, Width::None)))],
        ..OIDC
    },
    Fault {
        id: "refresh-race",
        says: "Uses of one refresh token that meet all succeed, and each gets a successor that lives.",
        clause: "rfc9700/4.14.2/replay-detected",
        precedent: Some("CVE-2026-1035"),
        caught_by: &["refresh/race"],
        seams: &[Seam::Store(|inner| Arc::new(Racy::new(inner, Width::None, Width::Rendezvous)))],
        ..BCP
    },
];

/// How long the first one waits for company.
const LONGEST_WAIT: Duration = Duration::from_millis(100);

/// What lies between looking and acting.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Width {
    /// Nothing: it is one step.
    None,
    /// As much as a database and its driver take: others get their turn a few times.
    Natural,
    /// A second one that has looked as well, if it comes soon.
    Rendezvous,
}

/// A store that looks whether a code or refresh token was used, and marks it as used a little later.
struct Racy {
    inner: Arc<dyn Store>,
    codes: Width,
    refresh_tokens: Width,
    used: Mutex<HashSet<Digest>>,
    /// Here nobody noticed anything, so nothing is revoked.
    raced: Mutex<HashSet<Lineage>>,
    meeting: Mutex<HashMap<Digest, Arc<Barrier>>>,
}

impl Racy {
    fn new(inner: Arc<dyn Store>, codes: Width, refresh_tokens: Width) -> Racy {
        Racy {
            inner,
            codes,
            refresh_tokens,
            used: Mutex::default(),
            raced: Mutex::default(),
            meeting: Mutex::default(),
        }
    }

    /// Whether this is the first use, as far as one who looks too early can tell.
    async fn first_use(&self, digest: Digest, lineage: Lineage, width: Width) -> bool {
        if locked(&self.used).contains(&digest) {
            return false;
        }
        match width {
            Width::None => {}
            Width::Natural => {
                for _ in 0..16 {
                    yield_now().await;
                }
            }
            Width::Rendezvous => {
                let two = Arc::clone(locked(&self.meeting).entry(digest).or_insert_with(|| Arc::new(Barrier::new(2))));
                if timeout(LONGEST_WAIT, two.wait()).await.is_ok() {
                    locked(&self.raced).insert(lineage);
                }
            }
        }
        if !locked(&self.used).insert(digest) {
            locked(&self.raced).insert(lineage);
        }
        true
    }
}

impl StoreOver for Racy {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn spend(&self, code: &Code) -> Stored<'_, Spent> {
        let code = code.clone();
        Box::pin(async move {
            if self.codes == Width::None {
                return self.inner.spend(&code).await;
            }
            let first = self.first_use(code.digest, code.grant.lineage, self.codes).await;
            Ok(if first { Spent::Now } else { Spent::Before })
        })
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let old = old.clone();
        Box::pin(async move {
            if self.refresh_tokens == Width::None
                || !self.first_use(old.digest, old.grant.lineage, self.refresh_tokens).await
            {
                return self.inner.rotate(&old, successor).await;
            }
            if self.inner.rotate(&old, successor.clone()).await? == Rotated::Before {
                self.inner.put_refresh_token(successor).await?;
            }
            Ok(Rotated::Now)
        })
    }

    fn revoke_lineage(&self, lineage: Lineage) -> Stored<'_, ()> {
        if locked(&self.raced).contains(&lineage) {
            return Box::pin(async { Ok(()) });
        }
        self.inner.revoke_lineage(lineage)
    }
}
