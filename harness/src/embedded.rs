//! The reference server inside the process: the one file of the harness that names it. It is still reached over TCP only.

use std::io;
use std::sync::{Arc, LazyLock};

pub use grantspec_reference::config::Preset;
use grantspec_reference::config::demo_keys;
pub use grantspec_reference::faults::{Fake, Fault, Point, Seam, Seen, Variation, Watch, fakes, faults, variations};
use grantspec_reference::tokens::Algorithm;
use grantspec_reference::{Config, Keys, faults::server, transport};
use tokio::net::TcpListener;
use tokio::sync::oneshot;
use tokio::task::JoinHandle;

use crate::cell::AuthMethod;
use crate::check::Check;
use crate::exchange::{Assertion, SigningKey};
use crate::lab::http::Http;
use crate::lab::{Lab, Recorded, Setting};
use crate::policy::Declared;
use crate::target::doctor::SetupError;
use crate::target::{
    Abilities, AssertionIssuer, Client, Hook, Registration, Resources, Scopes, Target, TokenExchange, User, discovery,
};

/// Keys are expensive to make, and no server of this process minds sharing them.
static KEYS: LazyLock<Arc<Keys>> = LazyLock::new(|| Arc::new(Keys::generate()));

/// A reference server that listens on loopback until it is dropped.
#[derive(Debug)]
pub struct Running {
    /// Its issuer.
    pub issuer: String,
    clients: Vec<Client>,
    users: Vec<User>,
    registration: Registration,
    stop: Option<oneshot::Sender<()>>,
    task: JoinHandle<io::Result<()>>,
}

impl Running {
    /// Starts the server on `port` (0 takes a free one), strict but for `seams`.
    pub async fn start(port: u16, seams: &[&Seam]) -> io::Result<Self> {
        Self::start_as(Preset::default(), port, seams).await
    }

    /// The same for another purpose than to show all of it.
    pub async fn start_as(preset: Preset, port: u16, seams: &[&Seam]) -> io::Result<Self> {
        Self::begin(preset, port, seams, true).await
    }

    /// One that is only judged: nobody will ask it what it was asked.
    pub async fn judged(preset: Preset, seams: &[&Seam]) -> io::Result<Self> {
        Self::begin(preset, 0, seams, false).await
    }

    async fn begin(preset: Preset, port: u16, seams: &[&Seam], journal: bool) -> io::Result<Self> {
        let listener = TcpListener::bind(("127.0.0.1", port)).await?;
        let issuer = format!("http://{}", listener.local_addr()?);
        let config = Config { control: true, journal, ..Config::demo(&issuer) }.preset(preset);
        let server = server(config, Arc::clone(&KEYS), seams).map_err(io::Error::other)?;
        let (clients, users) = described(&server.config);
        let initial_access_token = server.config.registration.initial_access_token.clone();
        let registration = Registration { initial_access_token, ..Registration::default() };
        let (stop, stopped) = oneshot::channel();
        let task = tokio::spawn(transport::serve(listener, Arc::new(server), async {
            let _ = stopped.await;
        }));
        Ok(Self { issuer, clients, users, registration, stop: Some(stop), task })
    }

    /// The server as a target: its metadata is fetched like a stranger's, its clients and users are known.
    ///
    /// # Errors
    /// The metadata cannot be fetched.
    pub async fn target(&self, http: &Http) -> Result<Target, SetupError> {
        let metadata = discovery::discover(http, &self.issuer).await?;
        let hook = |path: &str, body: &str| Some(Hook { url: format!("{}{path}", self.issuer), body: body.to_owned() });
        Ok(Target {
            issuer: self.issuer.clone(),
            metadata,
            clients: self.clients.clone(),
            users: self.users.clone(),
            authorize_extra: Vec::new(),
            login_origins: Vec::new(),
            login_requests: None,
            assertion_issuer: Some(AssertionIssuer {
                issuer: demo_keys::ISSUER.to_owned(),
                subject: "user-alice".to_owned(),
                audience: None,
                key: signing_key(demo_keys::ISSUER_KEY, &demo_keys::issuer_jwks())?,
            }),
            token_exchange: TokenExchange::default(),
            registration: Registration {
                software_statement: Some(software_statement(&self.issuer)?),
                ..self.registration.clone()
            },
            resources: Resources { known: vec![format!("{}/api", self.issuer), format!("{}/backend", self.issuer)] },
            scopes: Scopes {
                authorization_code: Some("openid profile email offline_access api:read".to_owned()),
                client_credentials: Some("api:read".to_owned()),
                password: None,
                jwt_bearer: Some("api:read".to_owned()),
                token_exchange: Some("api:read".to_owned()),
                beyond_client: Some("api:write".to_owned()),
            },
            abilities: Abilities {
                advance_time: hook("/_/clock", "{\"advance_seconds\": {seconds}}"),
                disable_user: hook("/_/users/{user}", "{\"disabled\": {disabled}}"),
                register: None,
                rotate_keys: hook("/_/keys", "{\"rotate\": true}"),
            },
            policies: Declared::new(),
        })
    }

    /// The users: names and passwords.
    pub fn users(&self) -> &[User] {
        &self.users
    }

    /// The clients.
    pub fn clients(&self) -> &[Client] {
        &self.clients
    }

    /// Stops the server and waits until it has.
    pub async fn stop(mut self) {
        if let Some(stop) = self.stop.take() {
            let _ = stop.send(());
        }
        let _ = (&mut self.task).await;
    }
}

/// What a check says to a strict server in its first cell, and hears; `None` if the server cannot be started.
pub async fn heard(check: &Check) -> Option<Vec<Recorded>> {
    let running = Running::start(0, &[]).await.ok()?;
    let http = Http::new(std::time::Duration::from_secs(5));
    let target = running.target(&http).await.ok()?;
    let setting = Arc::new(Setting::new(target, http, 1, 8));
    let lab = Lab::for_check(setting, check, *check.cells.list.first()?).ok()?;
    // The answer itself is no news: the reference server passes.
    let _ = check.ask(&lab).await;
    let exchanges = lab.take_transcript();
    running.stop().await;
    Some(exchanges)
}

/// A software statement of the issuer whom the server trusts to speak for others.
fn software_statement(audience: &str) -> Result<String, SetupError> {
    let key = signing_key(demo_keys::ISSUER_KEY, &demo_keys::issuer_jwks())?;
    let statement = Assertion::new(key, demo_keys::ISSUER, "grantspec", audience).without("exp");
    Ok(statement.with("software_id", "grantspec").with("client_name", "grantspec by a statement").signed())
}

/// A private key of the demonstration, under the name that its public half has.
fn signing_key(pem: &str, jwks: &serde_json::Value) -> Result<SigningKey, SetupError> {
    let kid = jwks["keys"][0]["kid"].as_str().map(str::to_owned);
    SigningKey::read(pem, None, kid)
        .map_err(|says| SetupError::new("a key of the demonstration", says, "this is a bug of grantspec"))
}

/// What the configuration says, in the harness's own words: the users, and the clients that authenticate in a way it knows.
///
/// The first client that fits a cell is asked in it. Those whose ID tokens are signed by RSA come last: a signature costs
/// ten times one by ECDSA, and would be a sixth of a run.
fn described(config: &Config) -> (Vec<Client>, Vec<User>) {
    let (slow, fast): (Vec<_>, Vec<_>) =
        config.clients.iter().partition(|client| client.id_token_signed_response_alg == Algorithm::Rs256);
    let clients = fast
        .into_iter()
        .chain(slow)
        .filter_map(|client| {
            Some(Client {
                id: client.client_id.clone(),
                secret: client.secret.clone(),
                key: client.jwks.as_ref().and_then(|jwks| signing_key(demo_keys::WEB_KEY, jwks).ok()),
                audience: None,
                auth: AuthMethod::parse(client.auth_method.as_str())?,
                named: false,
                grants: client.grant_types.clone(),
                response_types: Vec::new(),
                redirect_uris: client.redirect_uris.clone(),
                origins: client.origins.clone(),
                scope: None,
                post_logout_redirect_uris: client.post_logout_redirect_uris.clone(),
            })
        })
        .collect();
    let users = config.users.iter().map(|user| User {
        name: user.name.clone(),
        password: user.password.clone(),
        disposable: true,
    });
    (clients, users.collect())
}
