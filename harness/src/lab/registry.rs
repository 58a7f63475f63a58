//! What a run has registered, so that nothing of it stays behind.

use std::sync::{Mutex, PoisonError};

use futures_util::StreamExt;

use super::Setting;
use super::registration::Configuration;
use crate::exchange::{Reply, Wire};

/// So many deletions are under way at once.
const AT_ONCE: usize = 8;

/// The clients that a run has registered and not deleted.
#[derive(Debug, Default)]
pub(super) struct Registry(Mutex<Kept>);

#[derive(Debug, Default)]
struct Kept {
    made: usize,
    clients: Vec<Left>,
}

/// A client that was registered and is still there, as far as we know.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Left {
    /// Its `client_id`.
    pub client_id: String,
    /// Where it is managed, and with what.
    pub configuration: Option<Configuration>,
}

/// What became of the clients that a run registered.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CleanUp {
    /// How many were registered.
    pub made: usize,
    /// Those that could not be deleted.
    pub left: Vec<Left>,
}

impl Setting {
    /// Notes what a request about a registration leaves behind: a new client, another token, or one client less.
    pub(super) fn note_registration(&self, wire: &Wire, reply: &Reply) {
        if !reply.is_success() {
            return;
        }
        let mut kept = self.registry.0.lock().unwrap_or_else(PoisonError::into_inner);
        let at = |left: &Left| left.configuration.as_ref().is_some_and(|known| known.uri == wire.url);
        let told = reply.json().unwrap_or_default();
        let configuration = Configuration::read(&told);
        let client_id = told.get("client_id").and_then(serde_json::Value::as_str);
        if wire.method == "DELETE" {
            kept.clients.retain(|left| !at(left));
        } else if let Some(left) = kept.clients.iter_mut().find(|left| at(left)) {
            left.configuration = configuration.or(left.configuration.take());
        } else if let Some(client_id) = client_id
            && Some(&wire.url) == self.target.metadata.registration_endpoint.as_ref()
        {
            kept.made += 1;
            kept.clients.push(Left { client_id: client_id.to_owned(), configuration });
        }
    }

    /// Deletes what was registered, where the server said how.
    pub async fn clean_up(&self) -> CleanUp {
        let kept = std::mem::take(&mut *self.registry.0.lock().unwrap_or_else(PoisonError::into_inner));
        let gone = |left: Left| async move {
            if self.is_dead() {
                return Some(left);
            }
            let wire = deletion(left.configuration.as_ref())?;
            let gone = self.http.send_wire(&wire).await.is_ok_and(|reply| reply.is_success());
            (!gone).then_some(left)
        };
        let (managed, mut left): (Vec<Left>, Vec<Left>) =
            kept.clients.into_iter().partition(|left| left.configuration.is_some());
        let undeleted = futures_util::stream::iter(managed.into_iter().map(gone)).buffer_unordered(AT_ONCE);
        left.extend(undeleted.filter_map(|left| async { left }).collect::<Vec<_>>().await);
        CleanUp { made: kept.made, left }
    }
}

fn deletion(configuration: Option<&Configuration>) -> Option<Wire> {
    let Configuration { uri, token } = configuration?;
    let headers = vec![("authorization", format!("Bearer {token}"))];
    Some(Wire { method: "DELETE", url: uri.clone(), headers, body: None })
}
