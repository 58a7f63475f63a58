//! The store of a process: maps behind one lock, so that every verb is one step.

use std::collections::{BTreeMap, HashMap};
use std::future::ready;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use super::devices::Devices;
use super::guesses::Guesses;
use super::shelf::{Revoked, Shelf};
use super::{Decided, NameTaken, Pardon, Recorded, Rotated, Spent, Store, Stored};
use crate::clock::Clock;
use crate::config::Bound;
use crate::model::{
    AccessToken, Client, Code, Decision, DeviceRequest, Grant, Interaction, Lineage, PushedRequest, RefreshToken,
    Scope, Session, User,
};
use crate::tokens::secret::Digest;

/// Everything in memory; gone when the process ends.
#[derive(Debug)]
pub struct MemoryStore {
    shelves: Mutex<Shelves>,
    clock: Arc<Clock>,
}

#[derive(Debug)]
struct Shelves {
    clients: BTreeMap<String, Arc<Client>>,
    /// By `sub`.
    users: BTreeMap<String, Arc<User>>,
    codes: Shelf<Code>,
    access_tokens: Shelf<AccessToken>,
    refresh_tokens: Shelf<RefreshToken>,
    revoked_lineages: Revoked,
    used_jtis: Shelf<u64>,
    sessions: Shelf<Session>,
    interactions: Shelf<Interaction>,
    pushed: Shelf<KeptPushed>,
    consents: HashMap<(String, String), Scope>,
    devices: Devices,
    guesses: Guesses,
}

#[derive(Debug)]
struct KeptPushed {
    pushed: PushedRequest,
    spent: bool,
}

impl MemoryStore {
    /// A store that holds these clients and users, and nothing else.
    pub fn new(clients: Vec<Client>, users: Vec<User>, clock: Arc<Clock>) -> MemoryStore {
        let shelves = Shelves {
            clients: clients.into_iter().map(|client| (client.client_id.clone(), Arc::new(client))).collect(),
            users: users.into_iter().map(|user| (user.sub.clone(), Arc::new(user))).collect(),
            codes: Shelf::new(|code| if code.spent { code.remembered_until } else { code.expires_at }),
            access_tokens: Shelf::new(|token| token.expires_at),
            refresh_tokens: Shelf::new(|token| token.expires_at.min(token.family_expires_at)),
            revoked_lineages: Revoked::default(),
            used_jtis: Shelf::new(|expires_at| *expires_at),
            sessions: Shelf::new(|session| session.expires_at),
            interactions: Shelf::new(|interaction| interaction.expires_at),
            pushed: Shelf::new(|kept| kept.pushed.expires_at),
            consents: HashMap::new(),
            devices: Devices::new(),
            guesses: Guesses::new(),
        };
        MemoryStore { shelves: Mutex::new(shelves), clock }
    }

    /// A panic elsewhere leaves the maps whole: every verb finishes its change before anything can fail.
    fn shelves(&self) -> MutexGuard<'_, Shelves> {
        self.shelves.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Shelves {
    /// A client and all that it was granted.
    fn forget_client(&mut self, client_id: &str) -> bool {
        let is_others = |grant: &Grant| grant.client_id != client_id;
        self.codes.things.retain(|_, code| is_others(&code.grant));
        self.access_tokens.things.retain(|_, token| is_others(&token.grant));
        self.refresh_tokens.things.retain(|_, token| is_others(&token.grant));
        self.interactions.things.retain(|_, interaction| interaction.request.client_id() != Some(client_id));
        self.devices.forget_client(client_id);
        self.pushed.things.retain(|_, kept| kept.pushed.client_id != client_id);
        self.consents.retain(|(_, client), _| client != client_id);
        self.clients.remove(client_id).is_some()
    }

    /// Whether a grant stands no more: a token may be put here after its lineage was revoked, or its client deleted.
    fn is_dead(&self, grant: &Grant) -> bool {
        self.revoked_lineages.contains(grant.lineage) || !self.clients.contains_key(&grant.client_id)
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

    fn register_client(&self, client: Client, at_most: usize) -> Stored<'_, bool> {
        let mut shelves = self.shelves();
        let registered = shelves.clients.values().filter(|client| client.registered.is_some()).count();
        let has_room = registered < at_most;
        if has_room {
            shelves.clients.insert(client.client_id.clone(), Arc::new(client));
        }
        done(has_room)
    }

    fn replace_client(&self, client: Client) -> Stored<'_, bool> {
        let mut shelves = self.shelves();
        let kept = shelves.clients.get_mut(&client.client_id);
        done(kept.map(|kept| *kept = Arc::new(client)).is_some())
    }

    fn delete_client(&self, client_id: &str) -> Stored<'_, bool> {
        done(self.shelves().forget_client(client_id))
    }

    fn user(&self, name: &str) -> Stored<'_, Option<Arc<User>>> {
        done(self.shelves().users.values().find(|user| user.name == name).cloned())
    }

    fn user_by_sub(&self, sub: &str) -> Stored<'_, Option<Arc<User>>> {
        done(self.shelves().users.get(sub).cloned())
    }

    fn users(&self) -> Stored<'_, Vec<Arc<User>>> {
        done(self.shelves().users.values().cloned().collect())
    }

    fn put_user(&self, user: User) -> Stored<'_, Result<(), NameTaken>> {
        let mut shelves = self.shelves();
        if shelves.users.values().any(|other| other.name == user.name && other.sub != user.sub) {
            return done(Err(NameTaken(user.name)));
        }
        shelves.users.insert(user.sub.clone(), Arc::new(user));
        done(Ok(()))
    }

    fn code(&self, digest: Digest) -> Stored<'_, Option<Code>> {
        done(self.shelves().codes.things.get(&digest).cloned())
    }

    fn put_code(&self, code: Code) -> Stored<'_, ()> {
        self.shelves().codes.put(code.digest, code, self.clock.now());
        done(())
    }

    fn spend(&self, code: &Code) -> Stored<'_, Spent> {
        let spent = match self.shelves().codes.things.get_mut(&code.digest) {
            Some(kept) if !kept.spent => {
                kept.spent = true;
                Spent::Now
            }
            _ => Spent::Before,
        };
        done(spent)
    }

    fn access_token(&self, digest: Digest) -> Stored<'_, Option<AccessToken>> {
        let shelves = self.shelves();
        let token = shelves.access_tokens.things.get(&digest).cloned().map(|mut token| {
            token.revoked |= shelves.is_dead(&token.grant);
            token
        });
        done(token)
    }

    fn put_access_token(&self, token: AccessToken) -> Stored<'_, ()> {
        self.shelves().access_tokens.put(token.digest, token, self.clock.now());
        done(())
    }

    fn revoke_access_token(&self, digest: Digest) -> Stored<'_, ()> {
        if let Some(token) = self.shelves().access_tokens.things.get_mut(&digest) {
            token.revoked = true;
        }
        done(())
    }

    fn refresh_token(&self, digest: Digest) -> Stored<'_, Option<RefreshToken>> {
        let shelves = self.shelves();
        let token = shelves.refresh_tokens.things.get(&digest).cloned().map(|mut token| {
            token.revoked |= shelves.is_dead(&token.grant);
            token
        });
        done(token)
    }

    fn put_refresh_token(&self, token: RefreshToken) -> Stored<'_, ()> {
        self.shelves().refresh_tokens.put(token.digest, token, self.clock.now());
        done(())
    }

    fn rotate(&self, old: &RefreshToken, successor: RefreshToken) -> Stored<'_, Rotated> {
        let mut shelves = self.shelves();
        let rotated = match shelves.refresh_tokens.things.get_mut(&old.digest) {
            Some(kept) if !kept.rotated => {
                kept.rotated = true;
                shelves.refresh_tokens.put(successor.digest, successor, self.clock.now());
                Rotated::Now
            }
            _ => Rotated::Before,
        };
        done(rotated)
    }

    fn revoke_lineage(&self, lineage: Lineage) -> Stored<'_, ()> {
        let (mut shelves, now) = (self.shelves(), self.clock.now());
        let Shelves { codes, access_tokens, refresh_tokens, revoked_lineages, .. } = &mut *shelves;
        revoked_lineages.put(lineage, now, || {
            let codes = codes.living(now).map(|code| code.grant.lineage);
            let access_tokens = access_tokens.living(now).map(|token| token.grant.lineage);
            let refresh_tokens = refresh_tokens.living(now).map(|token| token.grant.lineage);
            codes.chain(access_tokens).chain(refresh_tokens).collect()
        });
        done(())
    }

    fn record_jti(&self, issuer: &str, jti: &str, expires_at: u64) -> Stored<'_, Recorded> {
        let digest = Digest::of(&format!("{issuer}\0{jti}"));
        let mut shelves = self.shelves();
        if shelves.used_jtis.things.contains_key(&digest) {
            return done(Recorded::Before);
        }
        shelves.used_jtis.put(digest, expires_at, self.clock.now());
        done(Recorded::Now)
    }

    fn session(&self, digest: Digest) -> Stored<'_, Option<Session>> {
        done(self.shelves().sessions.things.get(&digest).cloned())
    }

    fn put_session(&self, session: Session) -> Stored<'_, ()> {
        self.shelves().sessions.put(session.digest, session, self.clock.now());
        done(())
    }

    fn end_session(&self, session: Digest, browser: Option<Digest>) -> Stored<'_, bool> {
        let mut shelves = self.shelves();
        shelves.interactions.things.retain(|_, interaction| Some(interaction.browser) != browser);
        done(shelves.sessions.things.remove(&session).is_some())
    }

    fn interaction(&self, digest: Digest) -> Stored<'_, Option<Interaction>> {
        done(self.shelves().interactions.things.get(&digest).cloned())
    }

    fn put_interaction(&self, interaction: Interaction) -> Stored<'_, ()> {
        self.shelves().interactions.put(interaction.digest, interaction, self.clock.now());
        done(())
    }

    fn end_interaction(&self, digest: Digest) -> Stored<'_, bool> {
        done(self.shelves().interactions.things.remove(&digest).is_some())
    }

    fn pushed(&self, digest: Digest) -> Stored<'_, Option<PushedRequest>> {
        done(self.shelves().pushed.things.get(&digest).map(|kept| kept.pushed.clone()))
    }

    fn put_pushed(&self, pushed: PushedRequest) -> Stored<'_, ()> {
        self.shelves().pushed.put(pushed.digest, KeptPushed { pushed, spent: false }, self.clock.now());
        done(())
    }

    fn spend_pushed(&self, digest: Digest) -> Stored<'_, Spent> {
        let spent = match self.shelves().pushed.things.get_mut(&digest) {
            Some(kept) if !kept.spent => {
                kept.spent = true;
                Spent::Now
            }
            _ => Spent::Before,
        };
        done(spent)
    }

    fn consent(&self, sub: &str, client_id: &str) -> Stored<'_, Scope> {
        let key = (sub.to_owned(), client_id.to_owned());
        done(self.shelves().consents.get(&key).cloned().unwrap_or_default())
    }

    fn put_consent(&self, sub: &str, client_id: &str, scope: Scope) -> Stored<'_, ()> {
        let key = (sub.to_owned(), client_id.to_owned());
        let mut shelves = self.shelves();
        let allowed = shelves.consents.entry(key).or_default();
        *allowed = allowed.union(&scope);
        done(())
    }
    fn put_device(&self, request: DeviceRequest) -> Stored<'_, bool> {
        done(self.shelves().devices.put(request, self.clock.now()))
    }

    fn device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>> {
        done(self.shelves().devices.find(digest))
    }

    fn device_by_user_code(&self, user_code: Digest) -> Stored<'_, Option<DeviceRequest>> {
        done(self.shelves().devices.find_by_user_code(user_code))
    }

    fn decide_device(&self, digest: Digest, decision: Decision) -> Stored<'_, Decided> {
        done(self.shelves().devices.decide(digest, decision))
    }

    fn poll_device(&self, digest: Digest) -> Stored<'_, Option<DeviceRequest>> {
        done(self.shelves().devices.poll(digest, self.clock.now()))
    }

    fn slow_down_device(&self, digest: Digest) -> Stored<'_, ()> {
        self.shelves().devices.slow_down(digest);
        done(())
    }

    fn spend_device(&self, digest: Digest) -> Stored<'_, Spent> {
        done(self.shelves().devices.spend(digest))
    }

    fn guess(&self, target: Digest, bound: Bound) -> Stored<'_, u64> {
        done(self.shelves().guesses.count(target, bound, self.clock.now()))
    }

    fn pardon(&self, target: Digest, which: Pardon) -> Stored<'_, ()> {
        self.shelves().guesses.pardon(target, which);
        done(())
    }
}
