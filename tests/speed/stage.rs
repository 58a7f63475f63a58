//! A reference server to measure, on threads of its own.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use grantspec_reference::config::{AccessTokenFormat, Lifetimes};
use grantspec_reference::model::AuthMethod;
use grantspec_reference::tokens::Algorithm;
use grantspec_reference::{ClientConfig, Config, Keys, Server, transport};
use tokio::net::TcpListener;
use tokio::runtime::Runtime;

use super::cases::Case;
use super::load::{self, Rate};

/// How long tokens live, in seconds: so short that what has expired is thrown out while the clock runs.
pub const LIFE: u64 = 10;

/// The strict server, listening.
pub struct Stage {
    /// The server itself, to prepare what is measured.
    pub server: Arc<Server>,
    /// Where it listens.
    pub address: SocketAddr,
    /// Its threads.
    pub runtime: Runtime,
}

impl Stage {
    /// Start it, with one client for each kind of access token; with `control`, its clock can be moved.
    pub fn strict(control: bool) -> Stage {
        let runtime = load::runtime();
        let listener = runtime.block_on(TcpListener::bind("127.0.0.1:0")).expect("loopback has a free port");
        let address = listener.local_addr().expect("a listener has an address");
        let mut config = Config::demo(format!("http://{address}"));
        config.control = control;
        config.lifetimes = Lifetimes {
            access_token: LIFE,
            refresh_token: LIFE,
            refresh_token_family: 1000 * LIFE,
            ..config.lifetimes
        };
        config.clients = vec![
            ClientConfig { access_token: AccessTokenFormat::Opaque, ..client("opaque") },
            ClientConfig { access_token_signing_alg: Algorithm::Es256, ..client("es256") },
            ClientConfig { access_token_signing_alg: Algorithm::Rs256, ..client("rs256") },
        ];
        let server = Arc::new(Server::new(config, Arc::new(Keys::generate())).expect("these clients are legal"));
        runtime.spawn(transport::serve(listener, Arc::clone(&server), std::future::pending()));
        Stage { server, address, runtime }
    }

    /// Ask the requests of a case.
    pub fn drive(&self, case: &Case, time: Duration) -> Rate {
        let scripts = self.runtime.block_on((case.scripts)(self));
        load::rate(self.address, scripts, time)
    }
}

/// The secret of a client.
pub fn secret(client_id: &str) -> String {
    format!("a-secret-of-{client_id}")
}

fn client(client_id: &str) -> ClientConfig {
    let owned = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect();
    ClientConfig {
        client_id: client_id.to_owned(),
        secret: Some(secret(client_id)),
        auth_method: AuthMethod::ClientSecretPost,
        grant_types: owned(&["authorization_code", "client_credentials", "refresh_token"]),
        redirect_uris: owned(&["http://127.0.0.1:8765/cb"]),
        scopes: owned(&["openid", "api:read"]),
        ..ClientConfig::default()
    }
}
