//! TLS: one certificate and its key, from PEM files. RFC 6749 §3.1, §3.2 demand it wherever credentials travel.

use std::fmt;
use std::io;
use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use thiserror::Error;
use tokio::net::TcpStream;
use tokio::time::timeout;
use tokio_rustls::TlsAcceptor;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::{self, PemObject};
use tokio_rustls::rustls::pki_types::{CertificateDer, PrivateKeyDer};
use tokio_rustls::rustls::{self, InconsistentKeys, ServerConfig};
use tokio_rustls::server::TlsStream;

/// A certificate and its key, ready to be shown: TLS 1.2 and 1.3, HTTP/2 and HTTP/1.1.
#[derive(Clone)]
pub struct Tls(TlsAcceptor);

/// Why a certificate cannot be used.
#[derive(Debug, Error)]
pub enum TlsError {
    /// The file is not there, or not for us.
    #[error("{0} cannot be read: {1}")]
    Unreadable(PathBuf, io::Error),
    /// It starts like PEM and does not go on like it.
    #[error("{0} is no valid PEM: {1}")]
    Malformed(PathBuf, pem::Error),
    /// A file of certificates without one.
    #[error(
        "{0} holds no certificate; a PEM file with -----BEGIN CERTIFICATE----- is expected, the server's own first"
    )]
    NoCertificate(PathBuf),
    /// A file of a key without one.
    #[error("{0} holds no private key; a PEM file with -----BEGIN PRIVATE KEY----- is expected, not encrypted")]
    NoKey(PathBuf),
    /// Each is good, and they do not belong together.
    #[error("the key in {0} does not belong to the certificate in {1}")]
    Mismatch(PathBuf, PathBuf),
    /// Nothing that could be served.
    #[error("the certificate in {0} cannot be served: {1}")]
    Unusable(PathBuf, rustls::Error),
}

impl Tls {
    /// Read the certificate, with the chain behind it, and the key.
    ///
    /// # Errors
    /// The file that is wrong, and what is wrong with it.
    pub fn read(certificate: &Path, key: &Path) -> Result<Tls, TlsError> {
        let chain = CertificateDer::pem_file_iter(certificate)
            .and_then(Iterator::collect::<Result<Vec<_>, _>>)
            .map_err(|error| unread(certificate, error, TlsError::NoCertificate))?;
        if chain.is_empty() {
            return Err(TlsError::NoCertificate(certificate.to_owned()));
        }
        let secret = PrivateKeyDer::from_pem_file(key).map_err(|error| unread(key, error, TlsError::NoKey))?;
        let unusable = |error| match error {
            rustls::Error::InconsistentKeys(InconsistentKeys::KeyMismatch) => {
                TlsError::Mismatch(key.to_owned(), certificate.to_owned())
            }
            error => TlsError::Unusable(certificate.to_owned(), error),
        };
        let mut config = ServerConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
            .with_safe_default_protocol_versions()
            .and_then(|builder| builder.with_no_client_auth().with_single_cert(chain, secret))
            .map_err(unusable)?;
        config.alpn_protocols = vec![b"h2".to_vec(), b"http/1.1".to_vec()];
        Ok(Tls(TlsAcceptor::from(Arc::new(config))))
    }

    /// Shake hands, or give up after `patience`.
    pub(super) async fn accept(&self, stream: TcpStream, patience: Duration) -> io::Result<TlsStream<TcpStream>> {
        timeout(patience, self.0.accept(stream)).await?
    }
}

fn unread(file: &Path, error: pem::Error, nothing: fn(PathBuf) -> TlsError) -> TlsError {
    match error {
        pem::Error::Io(error) => TlsError::Unreadable(file.to_owned(), error),
        pem::Error::NoItemsFound => nothing(file.to_owned()),
        error => TlsError::Malformed(file.to_owned(), error),
    }
}

impl fmt::Debug for Tls {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Tls(…)")
    }
}
