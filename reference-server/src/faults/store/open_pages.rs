//! Pages that are still open, and what was changed or ended while they were.

use std::collections::HashMap;
use std::sync::{Arc, Mutex};

use super::assertions::{ASKED, Located};
use crate::faults::{Fault, OIDC, Seam, locked};
use crate::model::{ClaimsRequest, Client, Interaction, Pending};
use crate::store::{Store, StoreOver, Stored};
use crate::tokens::secret::Digest;

pub(in super::super) static FAULTS: &[Fault] = &[
    Fault {
        id: "updates-spare-open-pages",
        says: "A page that was open before an update is answered as the client was registered then.",
        clause: "rfc7592/2.2/replaced-meanwhile",
        caught_by: &["management/updated-while-asked"],
        seams: &[
            Seam::Wire(|inner| Arc::new(Located { inner })),
            Seam::Store(|inner| Arc::new(AsItWas { inner, before: Mutex::default() })),
        ],
        ..OIDC
    },
    Fault {
        id: "logout-spares-open-pages",
        says: "A consent page that was open before a logout still yields a code.",
        clause: "oidc-rp-initiated-logout/2/open-pages-closed",
        caught_by: &["logout/open-page"],
        seams: &[Seam::Store(|inner| Arc::new(SparesPages { inner }))],
        ..OIDC
    },
    Fault {
        id: "claims-not-shown",
        says: "The consent page does not say which claims are asked for beside the scope.",
        clause: "rfc6749/10.2/explicit-authentication",
        caught_by: &["authorize/user-told"],
        seams: &[
            Seam::Wire(|inner| Arc::new(Located { inner })),
            Seam::Store(|inner| Arc::new(HidesClaims { inner, shown: Mutex::default() })),
        ],
        ..OIDC
    },
];

/// Where the user is asked, clients are what they were.
struct AsItWas {
    inner: Arc<dyn Store>,
    before: Mutex<HashMap<String, Arc<Client>>>,
}

impl StoreOver for AsItWas {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>> {
        let asks = ASKED.try_with(|asked| asked == "/consent").unwrap_or_default();
        let known = locked(&self.before).get(client_id).filter(|_| asks).cloned();
        match known {
            Some(known) => Box::pin(async { Ok(Some(known)) }),
            None => self.inner.client(client_id),
        }
    }

    fn replace_client(&self, client: Client) -> Stored<'_, bool> {
        Box::pin(async move {
            if let Some(known) = self.inner.client(&client.client_id).await? {
                locked(&self.before).insert(client.client_id.clone(), known);
            }
            self.inner.replace_client(client).await
        })
    }
}

struct SparesPages {
    inner: Arc<dyn Store>,
}

impl StoreOver for SparesPages {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn end_session(&self, session: Digest, _browser: Option<Digest>) -> Stored<'_, bool> {
        self.inner.end_session(session, None)
    }
}

/// The first look at a page that asks a user is the page itself, and the second the answer.
struct HidesClaims {
    inner: Arc<dyn Store>,
    shown: Mutex<Vec<Digest>>,
}

impl StoreOver for HidesClaims {
    fn inner(&self) -> &dyn Store {
        &*self.inner
    }

    fn interaction(&self, digest: Digest) -> Stored<'_, Option<Interaction>> {
        let asks = ASKED.try_with(|asked| asked == "/consent").unwrap_or_default();
        Box::pin(async move {
            let mut found = self.inner.interaction(digest).await?;
            let is_page = asks && {
                let mut shown = locked(&self.shown);
                let is_new = !shown.contains(&digest);
                shown.push(digest);
                is_new
            };
            if let (true, Some(Interaction { request: Pending::Authorization(asked), .. })) = (is_page, &mut found) {
                asked.claims = ClaimsRequest::default();
            }
            Ok(found)
        })
    }
}
