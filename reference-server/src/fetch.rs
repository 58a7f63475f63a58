//! What clients keep elsewhere: key sets and request objects, fetched from the origins that the configuration names, and from no others.
//!
//! OpenID Connect Core §6.2, §10.1.1. Whoever registers chooses an address, so an address alone moves the server to nothing (RFC 9101 §10.4).

use std::fmt;
use std::io;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::header::{ACCEPT, HOST};
use http::{Request, StatusCode};
use http_body_util::{BodyExt, Empty, Limited};
use hyper::client::conn::http1;
use hyper_util::rt::TokioIo;
use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, RootCertStore};
use url::Url;

use crate::config::Fetching;

/// How long the other side may take, from the first packet to the last.
const PATIENCE: Duration = Duration::from_secs(5);

/// More than this is no key set and no request object.
const MOST_OCTETS: usize = 64 * 1024;

/// Whoever fetches.
#[derive(Clone)]
pub struct Fetcher {
    origins: Vec<Url>,
    tls: TlsConnector,
}

/// Why nothing can be fetched as configured.
#[derive(Clone, Debug, PartialEq, Eq, Error)]
pub enum FetchingError {
    /// Not an origin.
    #[error("fetching.from names '{0}': it has to be https://host:port, with nothing after it")]
    Origin(String),
    /// Nothing to trust.
    #[error("fetching.certificates holds no certificate in PEM that could be trusted")]
    NoCertificate,
    /// RFC 8446.
    #[error("fetching: {0}")]
    Tls(String),
}

/// Why nothing came.
#[derive(Debug, Error)]
pub enum FetchError {
    /// An address at none of the origins.
    #[error("it is at none of the origins from which this server fetches")]
    Elsewhere,
    /// Not within the time.
    #[error("it took too long")]
    TooLong,
    /// Nobody there, or not the one whose certificate is trusted.
    #[error("{0}")]
    Unreachable(#[from] io::Error),
    /// No HTTP.
    #[error("{0}")]
    Http(#[from] hyper::Error),
    /// Another status than 200; a redirect is not followed.
    #[error("the status was {0}")]
    Status(StatusCode),
    /// Cut off, or too much.
    #[error("the body could not be read: {0}")]
    Body(Box<dyn std::error::Error + Send + Sync>),
}

impl Fetcher {
    /// Whoever fetches from these origins.
    ///
    /// # Errors
    /// The first setting that makes no sense.
    pub fn new(config: &Fetching) -> Result<Fetcher, FetchingError> {
        let origins = config.from.iter().map(|origin| parse_origin(origin)).collect::<Result<Vec<_>, _>>()?;
        let mut trusted = RootCertStore::empty();
        for certificate in CertificateDer::pem_slice_iter(config.certificates.as_bytes()) {
            let added = certificate.ok().and_then(|certificate| trusted.add(certificate).ok());
            added.ok_or(FetchingError::NoCertificate)?;
        }
        if !origins.is_empty() && trusted.is_empty() {
            return Err(FetchingError::NoCertificate);
        }
        let config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .map_err(|error| FetchingError::Tls(error.to_string()))?
            .with_root_certificates(trusted)
            .with_no_client_auth();
        Ok(Fetcher { origins, tls: TlsConnector::from(Arc::new(config)) })
    }

    /// What is at this address.
    ///
    /// # Errors
    /// When it may not be fetched, or was not there.
    pub async fn get(&self, address: &str) -> Result<Bytes, FetchError> {
        let url = Url::parse(address).ok().filter(|url| is_at(&self.origins, url)).ok_or(FetchError::Elsewhere)?;
        timeout(PATIENCE, self.ask(&url)).await.map_err(|_| FetchError::TooLong)?
    }

    async fn ask(&self, url: &Url) -> Result<Bytes, FetchError> {
        let host = url.host_str().ok_or(FetchError::Elsewhere)?;
        let name = ServerName::try_from(host.trim_matches(['[', ']']).to_owned()).map_err(|_| FetchError::Elsewhere)?;
        let socket = TcpStream::connect((name.to_str().as_ref(), url.port_or_known_default().unwrap_or(443))).await?;
        let stream = self.tls.connect(name, socket).await?;
        let (mut sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let asked = Request::get(&url[url::Position::BeforePath..url::Position::AfterQuery])
            .header(HOST, &url[url::Position::BeforeHost..url::Position::AfterPort])
            .header(ACCEPT, "*/*")
            .body(Empty::<Bytes>::new())
            .map_err(|_| FetchError::Elsewhere)?;
        let driven = tokio::spawn(connection);
        let answered = async {
            let answer = sender.send_request(asked).await?;
            if answer.status() != StatusCode::OK {
                return Err(FetchError::Status(answer.status()));
            }
            Ok(Limited::new(answer.into_body(), MOST_OCTETS).collect().await.map_err(FetchError::Body)?.to_bytes())
        };
        let answered = answered.await;
        driven.abort();
        answered
    }
}

/// Whether an address is one at these origins.
pub fn is_from(origins: &[String], address: &str) -> bool {
    let origins: Vec<Url> = origins.iter().filter_map(|origin| parse_origin(origin).ok()).collect();
    Url::parse(address).is_ok_and(|url| is_at(&origins, &url))
}

fn is_at(origins: &[Url], url: &Url) -> bool {
    let is_plain = url.scheme() == "https" && url.username().is_empty() && url.password().is_none();
    is_plain && origins.iter().any(|origin| origin.origin() == url.origin())
}

fn parse_origin(origin: &str) -> Result<Url, FetchingError> {
    let is_origin =
        |url: &Url| url.scheme() == "https" && url[url::Position::BeforePath..] == *"/" && !origin.ends_with('/');
    Url::parse(origin).ok().filter(is_origin).ok_or_else(|| FetchingError::Origin(origin.to_owned()))
}

impl fmt::Debug for Fetcher {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.origins.iter().map(Url::as_str)).finish()
    }
}
