//! Memories of devices that are wrong.

use std::collections::HashSet;
use std::sync::{Arc, Mutex};

use crate::faults::{Fault, OIDC, Seam, locked};
use crate::grants::device_code::NAME;
use crate::model::{Authentication, Decision, DeviceRequest, Entry, Interaction, Path, Pending};
use crate::rules::Rule;
use crate::store::{Decided, Spent, Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

/// The page shows its question whether or not the device is decided.
const ASKS_ANYHOW: Seam = Seam::Gate(Rule::UserCodeIsOpen, Some(Path::Extension(NAME)));

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "one-device-ever",
        says: "When a user allows a second device of the same client, the decision is not stored.",
        clause: "rfc8628/3.5/success",
        caught_by: &["device/token"],
        seams: &[Seam::Store(|inner| Arc::new(OneDeviceEver { inner, seen: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "token-before-the-decision",
        says: "A device about which nobody has decided yet gets a token.",
        clause: "rfc8628/3.5/only-if-approved",
        precedent: Some("indigo-iam/iam#977"),
        caught_by: &["device/pending", "device/undecided"],
        seams: &[Seam::Store(|inner| Arc::new(AllowedUnasked { inner }))],
        ..OIDC
    },
    Fault {
        id: "user-code-is-the-decision",
        says: "A device is allowed as soon as its user code is known; the question that follows is for show.",
        clause: "rfc8628/3.5/only-if-approved",
        caught_by: &["device/undecided"],
        seams: &[Seam::Store(|inner| Arc::new(DecidedBy { inner, entry: found })), ASKS_ANYHOW],
        ..OIDC
    },
    Fault {
        id: "link-is-the-decision",
        says: "Whoever is logged in and opens the link of a device has allowed it.",
        clause: "rfc8628/3.3.1/choice",
        caught_by: &["device/link-asks"],
        seams: &[Seam::Store(|inner| Arc::new(DecidedBy { inner, entry: typed })), ASKS_ANYHOW],
        ..OIDC
    },
    Fault {
        id: "unknown-user-code-is-the-newest",
        says: "A user code that no device has stands for the device that asked last.",
        clause: "rfc8628/3.5/only-if-approved",
        caught_by: &["device/wrong-user-code"],
        seams: &[Seam::Store(|inner| Arc::new(NewestDevice { inner, newest: Mutex::default() }))],
        ..OIDC
    },
    Fault {
        id: "first-poll-ends-it",
        says: "A device code is used up by the first poll, whatever came of it.",
        clause: "rfc8628/3.5/success",
        caught_by: &["device/token-after-polls"],
        seams: &[Seam::Store(|inner| Arc::new(OnePoll { inner, polled: Mutex::default() }))],
        ..OIDC
    },
];

/// A unique key on user and client, and an insert that ignores the conflict.
struct OneDeviceEver {
    inner: Arc<dyn Store>,
    seen: Mutex<HashSet<(String, String)>>,
}

impl StoreOver for OneDeviceEver {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn decide_device(&self, digest: Digest, decision: Decision) -> Stored<'_, Decided> {
        Box::pin(async move {
            let client_id = self.inner.device(digest).await?.map(|device| device.client_id).unwrap_or_default();
            if locked(&self.seen).insert((decision.user.sub.clone(), client_id)) {
                return self.inner.decide_device(digest, decision).await;
            }
            Ok(Decided::Now)
        })
    }
}

/// No decision counts as a yes of the first user that there is.
struct AllowedUnasked {
    inner: Arc<dyn Store>,
}

impl StoreOver for AllowedUnasked {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn poll_device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>> {
        Box::pin(async move {
            let Some(mut device) = self.inner.poll_device(digest).await? else { return Ok(None) };
            if let (None, Some(user)) = (&device.decision, self.inner.users().await?.first()) {
                let user = Authentication { sub: user.sub.clone(), auth_time: device.expires_at };
                device.decision = Some(Decision { user, allowed: true });
            }
            Ok(Some(device))
        })
    }
}

/// What the user has done so far is taken for the decision.
struct DecidedBy {
    inner: Arc<dyn Store>,
    entry: fn(&Entry) -> Option<Digest>,
}

fn found(entry: &Entry) -> Option<Digest> {
    match entry {
        Entry::Found(code) => Some(code.digest()),
        Entry::Awaited | Entry::Typed(_) => None,
    }
}

fn typed(entry: &Entry) -> Option<Digest> {
    match entry {
        Entry::Typed(code) => Some(code.digest()),
        Entry::Awaited | Entry::Found(_) => None,
    }
}

impl StoreOver for DecidedBy {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_interaction(&self, interaction: Interaction) -> Stored<'_, ()> {
        Box::pin(async move {
            if let (Pending::Device(entry), Some(user)) = (&interaction.request, interaction.user.clone())
                && let Some(code) = (self.entry)(entry)
                && let Some(device) = self.inner.device_by_user_code(code).await?
            {
                self.inner.decide_device(device.digest, Decision { user, allowed: true }).await?;
            }
            self.inner.put_interaction(interaction).await
        })
    }
}

/// Whoever does not find a device finds the newest.
struct NewestDevice {
    inner: Arc<dyn Store>,
    newest: Mutex<Option<Digest>>,
}

impl StoreOver for NewestDevice {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_device(&self, request: DeviceRequest) -> Stored<'_, bool> {
        *locked(&self.newest) = Some(request.digest);
        self.inner.put_device(request)
    }

    fn device_by_user_code(&self, user_code: Digest) -> Stored<'_, Option<DeviceRequest>> {
        Box::pin(async move {
            let newest = *locked(&self.newest);
            match (self.inner.device_by_user_code(user_code).await?, newest) {
                (None, Some(newest)) => self.inner.device(newest).await,
                (found, _) => Ok(found),
            }
        })
    }
}

/// Who polls a second time is not known any more.
struct OnePoll {
    inner: Arc<dyn Store>,
    polled: Mutex<HashSet<Digest>>,
}

impl StoreOver for OnePoll {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn poll_device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>> {
        if locked(&self.polled).insert(digest) {
            return self.inner.poll_device(digest);
        }
        Box::pin(async { Ok(None) })
    }
}

/// RFC 8628 §3.5: the first interval begins when the codes are given, not when the device polls.
pub(in super::super) struct CountsFromTheCodes {
    pub inner: Arc<dyn Store>,
    /// How long device codes live here, in seconds.
    pub lifetime: u64,
}

impl StoreOver for CountsFromTheCodes {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn put_device(&self, request: DeviceRequest) -> Stored<'_, bool> {
        let given_at = request.expires_at.saturating_sub(self.lifetime);
        self.inner.put_device(DeviceRequest { polled_at: Some(given_at), ..request })
    }
}

/// A device code is never used up: no text says that it is.
pub(in super::super) struct KeepsDevices {
    pub inner: Arc<dyn Store>,
}

impl StoreOver for KeepsDevices {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn spend_device(&self, _digest: Digest) -> Stored<'_, Spent> {
        Box::pin(async { Ok(Spent::Now) })
    }
}
