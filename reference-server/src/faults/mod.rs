//! Named defects that the server can be started with, so that those who test servers or write clients can see what happens.
//! This folder is the only one that knows them; they reach in through the seams of [`Server`].

mod claims;
mod fakes;
mod gate;
mod race;
mod registration;
mod rules;
mod store;
mod variations;
mod wire;

use std::sync::{Arc, LazyLock, Mutex, MutexGuard, PoisonError};

pub use gate::Ungated;
pub use gate::grid::{Point, Seen, Watch};

use crate::config::{Config, ConfigError};
use crate::model::Path;
use crate::rules::{Rule, Rules};
use crate::server::Server;
use crate::store::Store;
use crate::tokens::{Claims, Keys};
use crate::transport::Wire;

/// Where a fault reaches in.
#[derive(Clone, Copy)]
pub enum Seam {
    /// This rule, on this path or on all, is not asked.
    Gate(Rule, Option<Path>),
    /// One rule is answered differently.
    Rules(fn(Arc<dyn Rules>) -> Arc<dyn Rules>),
    /// A document is changed before it is signed or sent.
    Claims(fn(Arc<dyn Claims>) -> Arc<dyn Claims>),
    /// A verb of the store does something else.
    Store(fn(Arc<dyn Store>) -> Arc<dyn Store>),
    /// A request or a response is changed on its way.
    Wire(fn(Arc<dyn Wire>) -> Arc<dyn Wire>),
    /// The configuration is changed.
    Config(fn(&mut Config)),
    /// Nothing is changed: somebody notes what the rules say.
    Watch(&'static Watch),
}

/// One named, realistic defect.
#[derive(Clone, Copy)]
pub struct Fault {
    /// Its name.
    pub id: &'static str,
    /// What is wrong, in one sentence.
    pub says: &'static str,
    /// The clause that it breaks, by its id.
    pub clause: &'static str,
    /// An advisory or issue of a real server, if there is one.
    pub precedent: Option<&'static str>,
    /// The checks that must catch it.
    pub caught_by: &'static [&'static str],
    /// The profile under which they must.
    pub profile: &'static str,
    /// Where it reaches in.
    pub seams: &'static [Seam],
}

/// One legal alternative behaviour.
#[derive(Clone, Copy)]
pub struct Variation {
    /// Its name.
    pub id: &'static str,
    /// What is different, in one sentence.
    pub says: &'static str,
    /// The clause that leaves the choice, by its id.
    pub clause: &'static str,
    /// Where it reaches in.
    pub seams: &'static [Seam],
}

/// A server that is no server at all: it answers everything in one crude way, or not at all.
#[derive(Clone, Copy)]
pub struct Fake {
    /// Its name.
    pub id: &'static str,
    /// What it does, in one sentence.
    pub says: &'static str,
    /// Where it reaches in.
    pub seams: &'static [Seam],
}

/// All crude fakes.
pub fn fakes() -> &'static [Fake] {
    fakes::FAKES
}

/// What most faults have in common: what they break is in OAuth 2.0 or OpenID Connect itself.
const OIDC: Fault =
    Fault { id: "", says: "", clause: "", precedent: None, caught_by: &[], profile: "oidc", seams: &[] };

/// What a fault has that breaks a best current practice only.
const BCP: Fault = Fault { profile: "bcp", ..OIDC };

static FAULTS: LazyLock<Vec<Fault>> = LazyLock::new(|| {
    [
        gate::clients::FAULTS,
        gate::assertions::FAULTS,
        gate::assertion_paths::FAULTS,
        gate::exchanges::FAULTS,
        gate::requests::FAULTS,
        gate::presented::FAULTS,
        gate::devices::FAULTS,
        gate::grants::FAULTS,
        gate::hybrid::FAULTS,
        gate::passwords::FAULTS,
        gate::paths::FAULTS,
        gate::pages::FAULTS,
        gate::resources::FAULTS,
        gate::pushed::FAULTS,
        gate::logouts::FAULTS,
        rules::FAULTS,
        rules::devices::FAULTS,
        rules::introspection::FAULTS,
        rules::flows::FAULTS,
        rules::login::FAULTS,
        rules::pkce::FAULTS,
        rules::return_addresses::FAULTS,
        rules::wishes::FAULTS,
        rules::spellings::FAULTS,
        rules::errors::FAULTS,
        rules::exchanges::FAULTS,
        rules::assertions::FAULTS,
        rules::unproven::FAULTS,
        rules::repeated::FAULTS,
        rules::methods::FAULTS,
        rules::pushed::FAULTS,
        rules::lost::FAULTS,
        rules::request_objects::FAULTS,
        rules::request_object_kinds::FAULTS,
        rules::confused::FAULTS,
        rules::logouts::FAULTS,
        claims::id_tokens::FAULTS,
        claims::id_token_values::FAULTS,
        claims::front_channel::FAULTS,
        claims::access_tokens::FAULTS,
        claims::devices::FAULTS,
        claims::documents::FAULTS,
        claims::key_sets::FAULTS,
        claims::logins::FAULTS,
        claims::metadata::FAULTS,
        claims::promises::FAULTS,
        claims::introspection::FAULTS,
        claims::userinfo::FAULTS,
        store::FAULTS,
        store::access_tokens::FAULTS,
        store::assertions::FAULTS,
        store::devices::FAULTS,
        store::generations::FAULTS,
        store::lives::FAULTS,
        store::meanwhile::FAULTS,
        store::origins::FAULTS,
        store::open_pages::FAULTS,
        store::pushed::FAULTS,
        race::FAULTS,
        wire::query::FAULTS,
        wire::requests::FAULTS,
        wire::credentials::FAULTS,
        wire::crossed::FAULTS,
        wire::forms::FAULTS,
        wire::crashes::FAULTS,
        wire::devices::FAULTS,
        wire::user_codes::FAULTS,
        wire::lives::FAULTS,
        wire::refusals::FAULTS,
        wire::responses::FAULTS,
        wire::redirects::FAULTS,
        wire::repeated::FAULTS,
        wire::front_channel::FAULTS,
        wire::values::FAULTS,
        wire::tokens::FAULTS,
        wire::trimmed::FAULTS,
        wire::userinfo::FAULTS,
        wire::alike::FAULTS,
        wire::addresses::FAULTS,
        wire::assertions::FAULTS,
        wire::bearers::FAULTS,
        wire::cors::FAULTS,
        wire::shown::FAULTS,
        wire::scopes::FAULTS,
        wire::flows::FAULTS,
        wire::exchanges::FAULTS,
        wire::extensions::FAULTS,
        wire::encodings::FAULTS,
        wire::ends::FAULTS,
        wire::languages::FAULTS,
        wire::logins::FAULTS,
        wire::none::FAULTS,
        wire::pages::FAULTS,
        wire::people::FAULTS,
        wire::passwords::FAULTS,
        wire::posted::FAULTS,
        wire::sessions::FAULTS,
        wire::successors::FAULTS,
        wire::undecided::FAULTS,
        wire::webfinger::FAULTS,
        wire::written::FAULTS,
        registration::doors::FAULTS,
        registration::believed::FAULTS,
        registration::statements::FAULTS,
        registration::stored::FAULTS,
        registration::subjects::FAULTS,
        registration::told::FAULTS,
        registration::taken::FAULTS,
        registration::pages::FAULTS,
        registration::tokens::FAULTS,
        registration::updates::FAULTS,
        registration::kept::FAULTS,
        registration::managed::FAULTS,
        registration::sets::FAULTS,
        wire::pushed::FAULTS,
        wire::resources::FAULTS,
        wire::logouts::FAULTS,
    ]
    .concat()
});

/// All faults, by seam.
pub fn faults() -> &'static [Fault] {
    &FAULTS
}

static VARIATIONS: LazyLock<Vec<Variation>> = LazyLock::new(|| {
    [
        variations::VARIATIONS,
        variations::answers::VARIATIONS,
        variations::devices::VARIATIONS,
        variations::documents::VARIATIONS,
        variations::extensions::VARIATIONS,
        variations::front_channel::VARIATIONS,
        variations::pages::VARIATIONS,
        variations::registration::VARIATIONS,
        variations::requests::VARIATIONS,
        variations::tokens::VARIATIONS,
    ]
    .concat()
});

/// All variations.
pub fn variations() -> &'static [Variation] {
    &VARIATIONS
}

/// What a fault remembers from one request to the next; no panic leaves it half changed.
fn locked<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A server with these seams used: configuration first, then one base rule book for all gates, then the rest in order.
///
/// # Errors
/// A client of the configuration that cannot be registered.
pub fn server(mut config: Config, keys: Arc<Keys>, seams: &[&Seam]) -> Result<Server, ConfigError> {
    let (mut skipped, mut watching) = (Vec::new(), None);
    for seam in seams {
        match seam {
            Seam::Config(change) => change(&mut config),
            Seam::Gate(rule, path) => skipped.push((*rule, *path)),
            Seam::Watch(watch) => watching = Some(*watch),
            _ => {}
        }
    }
    let mut server = Server::new(config, keys)?;
    if !skipped.is_empty() || watching.is_some() {
        server.rules = Arc::new(Ungated::new(skipped, watching));
    }
    for seam in seams {
        match seam {
            Seam::Rules(wrap) => server.rules = wrap(server.rules),
            Seam::Claims(wrap) => server.claims = wrap(server.claims),
            Seam::Store(wrap) => server.store = wrap(server.store),
            Seam::Wire(wrap) => server.wire = wrap(server.wire),
            Seam::Gate(..) | Seam::Config(_) | Seam::Watch(_) => {}
        }
    }
    Ok(server)
}

#[cfg(test)]
mod tests;
