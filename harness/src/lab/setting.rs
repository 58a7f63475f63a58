//! What all labs of a run share: the target, the wire, the controls that were met, and whether the server still lives.

use std::collections::HashMap;
use std::future::Future;
use std::sync::atomic::{AtomicBool, AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};

use tokio::sync::OnceCell;

use super::http::{Http, TransportError};
use super::random;
use super::registry::Registry;
use crate::check::{Answer, Stop};
use crate::exchange::Exchange;
use crate::target::Target;

/// So many requests in a row without an answer, and the target is dead.
const DEAD_AFTER: u32 = 24;

/// The name of an answer, or why there is none.
type Learned = Result<&'static str, Stop>;

/// What all labs of a run share.
#[derive(Debug)]
pub struct Setting {
    /// The target.
    pub target: Target,
    /// The wire.
    pub http: Http,
    /// The origins of the server's own pages, its login included.
    pub home: Vec<String>,
    /// The seed of everything that is generated.
    pub seed: u64,
    /// How many cases a property generates.
    pub cases: u32,
    /// The target is given up after too many silent requests, unless it is meant to be silent.
    pub gives_up: bool,
    /// Is a device told to wait when it polls as soon as its user has decided?
    pub(super) devices_wait: AtomicBool,
    /// Does a device that authenticates have to say its client_id again?
    pub(super) devices_name_themselves: AtomicBool,
    /// By how many seconds the clock of the server was advanced so far.
    pub(super) advanced: AtomicU64,
    silent: AtomicU32,
    /// What was registered so far.
    pub(super) registry: Registry,
    controls: Mutex<HashMap<String, Arc<OnceCell<Answer>>>>,
    learned: Mutex<HashMap<String, Arc<OnceCell<Learned>>>>,
}

impl Setting {
    /// A setting in which nothing was asked yet.
    pub fn new(target: Target, http: Http, seed: u64, cases: u32) -> Self {
        let target = target.addressed();
        let metadata = &target.metadata;
        let mut home: Vec<String> = [
            Some(&target.issuer),
            metadata.authorization_endpoint.as_ref(),
            metadata.token_endpoint.as_ref(),
            metadata.userinfo_endpoint.as_ref(),
            metadata.device_authorization_endpoint.as_ref(),
        ]
        .into_iter()
        .flatten()
        .filter_map(|url| Some(url::Url::parse(url).ok()?.origin().ascii_serialization()))
        .chain(target.login_origins.iter().cloned())
        .collect();
        home.sort();
        home.dedup();
        Self {
            target,
            http,
            home,
            seed,
            cases,
            gives_up: true,
            devices_wait: AtomicBool::new(false),
            advanced: AtomicU64::new(0),
            devices_name_themselves: AtomicBool::new(false),
            silent: AtomicU32::new(0),
            registry: Registry::default(),
            controls: Mutex::default(),
            learned: Mutex::default(),
        }
    }

    /// A control that is asked once per run: the first to need it asks, the others wait for the answer.
    pub async fn control(&self, key: String, ask: impl Future<Output = Answer>) -> Answer {
        let cell = {
            let mut controls = self.controls.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(controls.entry(key).or_default())
        };
        cell.get_or_init(|| ask).await.clone()
    }

    /// What is learned once per run: the first who wants to know asks, the others wait for the answer.
    pub async fn learned(
        &self,
        key: String,
        ask: impl Future<Output = Result<&'static str, Stop>>,
    ) -> Result<&'static str, Stop> {
        let cell = {
            let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
            Arc::clone(learned.entry(key).or_default())
        };
        cell.get_or_init(|| ask).await.clone()
    }

    /// Controls that failed, and what could not be learned, are asked anew by whoever needs them next.
    pub fn forget_failed_controls(&self) {
        let mut controls = self.controls.lock().unwrap_or_else(PoisonError::into_inner);
        controls.retain(|_, control| !matches!(control.get(), Some(Err(_))));
        let mut learned = self.learned.lock().unwrap_or_else(PoisonError::into_inner);
        learned.retain(|_, answer| !matches!(answer.get(), Some(Err(_))));
    }

    /// Does the server tell a good request from nonsense? If not, no pass of it means anything.
    pub async fn discriminates(&self) -> Answer {
        let Some(url) = &self.target.metadata.token_endpoint else {
            return Ok(());
        };
        let nonsense = Exchange::post(url)
            .param("grant_type", "urn:grantspec:no-such-grant")
            .param("client_id", random())
            .param("client_secret", random());
        self.control("discriminates".to_owned(), async {
            let reply = self.heard(self.http.send(&nonsense).await)?;
            if reply.tokens().is_some() {
                return Err(Stop::Inconclusive(
                    "the server answers a nonsense request with a token, so a pass would mean nothing".to_owned(),
                ));
            }
            Ok(())
        })
        .await
    }

    /// Notes whether the server answered; no answer is an error of the environment.
    pub fn heard<T>(&self, result: Result<T, TransportError>) -> Result<T, Stop> {
        match result {
            Ok(answer) => {
                self.silent.store(0, Ordering::Relaxed);
                Ok(answer)
            }
            // It answers, if in a circle, or too much.
            Err(error @ TransportError::Circle { .. }) => {
                self.silent.store(0, Ordering::Relaxed);
                Err(Stop::Inconclusive(error.to_string()))
            }
            Err(error @ TransportError::TooLong(_)) => Err(Stop::Error(error.to_string())),
            Err(error) => {
                self.silent.fetch_add(1, Ordering::Relaxed);
                Err(Stop::Error(error.to_string()))
            }
        }
    }

    /// Did the server stop answering?
    pub fn is_dead(&self) -> bool {
        self.gives_up && self.silent.load(Ordering::Relaxed) >= DEAD_AFTER
    }
}
