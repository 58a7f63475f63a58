//! The reference server on a free port, and the way to it for libraries that bring no HTTP of their own.

use std::future::Future;
use std::pin::Pin;
use std::sync::{Arc, LazyLock};

use grantspec_reference::{Clock, Config, Keys, Server, transport};
use oauth2::{HttpRequest, HttpResponse};
use tokio::net::TcpListener;
use tokio::sync::oneshot;

/// Where the clients of the demonstration are sent back to.
pub const CALLBACK: &str = "http://127.0.0.1:8765/cb";

/// Made once: it is the slowest part of a start.
static KEYS: LazyLock<Arc<Keys>> = LazyLock::new(|| Arc::new(Keys::generate()));

/// The strict server with its demonstration, until it is dropped.
pub struct Served {
    /// Its name.
    pub issuer: String,
    /// What time it is there.
    pub clock: Arc<Clock>,
    _stop: oneshot::Sender<()>,
}

/// The strict server on a free port.
pub async fn serve() -> Served {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let issuer = format!("http://{}", listener.local_addr().expect("it has an address"));
    let server =
        Server::new(Config::demo(&issuer), Arc::clone(&KEYS)).expect("the demonstration is a legal configuration");
    let clock = Arc::clone(&server.clock);
    let (stop, stopped) = oneshot::channel::<()>();
    tokio::spawn(transport::serve(listener, Arc::new(server), async move {
        stopped.await.ok();
    }));
    Served { issuer, clock, _stop: stop }
}

impl Served {
    /// An address of this server.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.issuer)
    }

    /// The same for a library that insists on TLS: [`http`] ends it.
    pub fn behind_tls(&self, path: &str) -> String {
        self.at(path).replacen("http://", "https://", 1)
    }
}

/// The secret of a client of the demonstration; none for a public one.
pub fn secret_of(client_id: &str) -> Option<String> {
    let clients = Config::demo("http://127.0.0.1").clients;
    let client = clients.into_iter().find(|client| client.client_id == client_id);
    client.unwrap_or_else(|| panic!("the demonstration has no client {client_id}")).secret
}

/// An answer that is on its way.
type Answering = Pin<Box<dyn Future<Output = Result<HttpResponse, reqwest::Error>> + Send>>;

/// What `oauth2` and `openidconnect` send their requests with. No redirect is followed, which would be a way around their checks; TLS is
/// left to a proxy that is not there.
pub fn http() -> impl Fn(HttpRequest) -> Answering {
    let client = reqwest::Client::builder().redirect(reqwest::redirect::Policy::none()).no_proxy().build();
    let client = client.expect("a client without TLS of its own can be built");
    move |request| {
        let client = client.clone();
        Box::pin(async move {
            let mut request = reqwest::Request::try_from(request)?;
            let _ = request.url_mut().set_scheme("http");
            let answer = client.execute(request).await?;
            let (status, headers) = (answer.status(), answer.headers().clone());
            let mut response = HttpResponse::new(answer.bytes().await?.to_vec());
            *response.status_mut() = status;
            *response.headers_mut() = headers;
            Ok(response)
        })
    }
}
