//! The store of a process: maps behind one lock, so that every verb is one step.

use std::collections::{BTreeMap, HashMap, HashSet};
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::{Rotated, Spent, Store, Stored};
use crate::config::Config;
use crate::model::{AccessToken, Client, Code, Interaction, Lineage, RefreshToken, Scope, Session, User};
use crate::tokens::secret::Digest;

/// Pages that nobody answers are forgotten once there are this many.
const MANY_INTERACTIONS: usize = 10_000;

/// Everything in memory; gone when the process ends.
#[derive(Debug, Default)]
pub struct MemoryStore {
    shelves: Mutex<Shelves>,
}

#[derive(Debug, Default)]
struct Shelves {
    clients: BTreeMap<String, Arc<Client>>,
    users: BTreeMap<String, Arc<User>>,
    codes: HashMap<Digest, Code>,
    spent_codes: HashSet<Digest>,
    access_tokens: HashMap<Digest, AccessToken>,
    refresh_tokens: HashMap<Digest, RefreshToken>,
    revoked_lineages: HashSet<Lineage>,
    sessions: HashMap<Digest, Session>,
    interactions: HashMap<Digest, Interaction>,
    consents: HashMap<(String, String), Scope>,
}

impl MemoryStore {
    /// A store that holds the clients and users of a configuration, and nothing else.
    pub fn new(config: &Config) -> MemoryStore {
        let shelves = Shelves {
            clients: config
                .clients
                .iter()
                .map(|client| (client.client_id.clone(), Arc::new(Client::new(client))))
                .collect(),
            users: config.users.iter().map(|user| (user.name.clone(), Arc::new(User::new(user)))).collect(),
            ..Shelves::default()
        };
        MemoryStore { shelves: Mutex::new(shelves) }
    }

    /// A panic elsewhere leaves the maps whole: every verb finishes its change before anything can fail.
    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// The answer is there at once.
fn done<'a, T: Send + 'a>(answer: T) -> Stored<'a, T> {
    Box::pin(ready(Ok(answer)))
}

impl Store for MemoryStore {
    fn client(&self, client_id: &str) -> Stored<'_, Option<Arc<Client>>> {
        done(self.shelves().clients.get(client_id).cloned())
    }

    fn clients(&self) -> Stored<'_, Vec<Arc<Client>>> {
        done(self.shelves().clients.values().cloned().collect())
    }

    fn put_client(&self, client: Client) -> Stored<'_, ()> {
        self.shelves().clients.insert(client.client_id.clone(), Arc::new(client));
        done(())
    }

    fn user(&self, name: &str) -> Stored<'_, Option<Arc<User>>> {
        done(self.shelves().users.get(name).cloned())
    }

    fn users(&self) -> Stored<'_, Vec<Arc<User>>> {
        done(self.shelves().users.values().cloned().collect())
    }

    fn put_user(&self, user: User) -> Stored<'_, ()> {
        self.shelves().users.insert(user.name.clone(), Arc::new(user));
        done(())
    }

    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>> {
        done(self.shelves().codes.get(&digest).cloned())
    }

    fn put_code(&self, code: Code) -> Stored<'_, ()> {
        self.shelves().codes.insert(code.digest, code);
        done(())
    }

    fn spend(&self, code: &Code) -> Stored<'_, Spent> {
        let first = self.shelves().spent_codes.insert(code.digest);
        done(if first { Spent::Now } else { Spent::Before })
    }

    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>> {
        let shelves = self.shelves();
        let token = shelves.access_tokens.get(&digest).cloned().map(|mut token| {
            token.revoked |= shelves.revoked_lineages.contains(&token.grant.lineage);
            token
        });
        done(token)
    }

    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()> {
        self.shelves().access_tokens.insert(token.digest, token);
        done(())
    }

    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()> {
        if let Some(token) = self.shelves().access_tokens.get_mut(&digest) {
            token.revoked = true;
        }
        done(())
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        let shelves = self.shelves();
        let token = shelves.refresh_tokens.get(&digest).cloned().map(|mut token| {
            token.revoked |= shelves.revoked_lineages.contains(&token.grant.lineage);
            token
        });
        done(token)
    }

    fn put_refresh_token(&self, token: RefreshToken) -> Stored<'_, ()> {
        self.shelves().refresh_tokens.insert(token.digest, token);
        done(())
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let mut shelves = self.shelves();
        let rotated = match shelves.refresh_tokens.get_mut(&old.digest) {
            Some(kept) if !kept.rotated => {
                kept.rotated = true;
                shelves.refresh_tokens.insert(successor.digest, successor);
                Rotated::Now
            }
            _ => Rotated::Before,
        };
        done(rotated)
    }

    fn revoke_lineage(&self, lineage: Lineage) -> Stored<'_, ()> {
        self.shelves().revoked_lineages.insert(lineage);
        done(())
    }

    fn session(&self, digest: Digest) -> Stored<'_, Option<Session>> {
        done(self.shelves().sessions.get(&digest).cloned())
    }

    fn put_session(&self, session: Session) -> Stored<'_, ()> {
        self.shelves().sessions.insert(session.digest, session);
        done(())
    }

    fn interaction(&self, digest: Digest) -> Stored<'_, Option<Interaction>> {
        done(self.shelves().interactions.get(&digest).cloned())
    }

    fn put_interaction(&self, interaction: Interaction) -> Stored<'_, ()> {
        let mut shelves = self.shelves();
        if shelves.interactions.len() >= MANY_INTERACTIONS {
            let oldest = shelves.interactions.values().map(|waiting| waiting.expires_at).min();
            shelves.interactions.retain(|_, waiting| Some(waiting.expires_at) != oldest);
        }
        shelves.interactions.insert(interaction.digest, interaction);
        done(())
    }

    fn end_interaction(&self, digest: Digest) -> Stored<'_, bool> {
        done(self.shelves().interactions.remove(&digest).is_some())
    }

    fn consent(&self, user: &str, client_id: &str) -> Stored<'_, Scope> {
        let key = (user.to_owned(), client_id.to_owned());
        done(self.shelves().consents.get(&key).cloned().unwrap_or_default())
    }

    fn put_consent(&self, user: &str, client_id: &str, scope: Scope) -> Stored<'_, ()> {
        let key = (user.to_owned(), client_id.to_owned());
        let mut shelves = self.shelves();
        let allowed = shelves.consents.entry(key).or_default();
        *allowed = allowed.union(&scope);
        done(())
    }
}
