//! TLS: what is spoken, what is set along with it, and what is said of files that are no good.

use std::path::{Path, PathBuf};
use std::sync::Arc;
use std::time::Duration;

use grantspec_reference::transport::{Limits, Listening, Tls, TlsError};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::time::timeout;
use tokio_rustls::TlsConnector;
use tokio_rustls::client::TlsStream;
use tokio_rustls::rustls::crypto::aws_lc_rs;
use tokio_rustls::rustls::pki_types::pem::PemObject;
use tokio_rustls::rustls::pki_types::{CertificateDer, ServerName};
use tokio_rustls::rustls::{ClientConfig, ProtocolVersion, RootCertStore, SupportedProtocolVersion, version};

use crate::listen::Open;
use crate::support::{CHALLENGE, encode};

const LONG: Duration = Duration::from_secs(20);

fn file(name: &str) -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/it/tls").join(name)
}

async fn encrypted(limits: Limits) -> Open {
    let tls = Tls::read(&file("certificate.pem"), &file("key.pem")).unwrap();
    Open::new(Listening { limits, tls: Some(tls) }, |_| {}).await
}

async fn connect(
    server: &Open,
    version: &'static SupportedProtocolVersion,
    speaks: &[&[u8]],
) -> TlsStream<tokio::net::TcpStream> {
    let mut roots = RootCertStore::empty();
    roots.add(CertificateDer::from_pem_file(file("certificate.pem")).unwrap()).unwrap();
    let mut config = ClientConfig::builder_with_provider(Arc::new(aws_lc_rs::default_provider()))
        .with_protocol_versions(&[version])
        .unwrap()
        .with_root_certificates(roots)
        .with_no_client_auth();
    config.alpn_protocols = speaks.iter().map(|protocol| protocol.to_vec()).collect();
    let name = ServerName::try_from("127.0.0.1").unwrap();
    TlsConnector::from(Arc::new(config)).connect(name, server.connect().await).await.unwrap()
}

async fn ask(stream: &mut TlsStream<tokio::net::TcpStream>, target: &str) -> String {
    let request = format!("GET {target} HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n");
    stream.write_all(request.as_bytes()).await.unwrap();
    let mut answer = Vec::new();
    timeout(LONG, stream.read_to_end(&mut answer)).await.unwrap().unwrap();
    String::from_utf8(answer).unwrap()
}

#[tokio::test]
async fn both_versions_and_both_protocols_are_spoken() {
    let server = encrypted(Limits::default()).await;
    for (version, spoken) in [(&version::TLS12, ProtocolVersion::TLSv1_2), (&version::TLS13, ProtocolVersion::TLSv1_3)]
    {
        let mut stream = connect(&server, version, &[b"http/1.1"]).await;
        assert_eq!(stream.get_ref().1.protocol_version(), Some(spoken));
        let metadata = ask(&mut stream, "/.well-known/openid-configuration").await;
        assert!(metadata.contains(&format!("\"issuer\":\"https://{}\"", server.address)), "{metadata}");
    }
    let mut stream = connect(&server, &version::TLS13, &[b"h2", b"http/1.1"]).await;
    assert_eq!(stream.get_ref().1.alpn_protocol(), Some(&b"h2"[..]));
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    let mut frame = [0; 9];
    timeout(LONG, stream.read_exact(&mut frame)).await.unwrap().unwrap();
    assert_eq!(frame[3], 4, "the first frame holds settings");
    drop(stream);
    server.stop().await;
}

#[tokio::test]
async fn cookies_stay_on_this_host_and_encrypted() {
    let server = encrypted(Limits::default()).await;
    let request = encode(&[
        ("client_id", "web"),
        ("response_type", "code"),
        ("redirect_uri", "http://127.0.0.1:8765/cb"),
        ("scope", "openid"),
        ("code_challenge", CHALLENGE),
        ("code_challenge_method", "S256"),
    ]);
    let mut stream = connect(&server, &version::TLS13, &[]).await;
    let answer = ask(&mut stream, &format!("/authorize?{request}")).await;
    let header = |name: &str| answer.lines().find_map(|line| line.strip_prefix(name)).unwrap_or_default();
    let cookie = header("set-cookie: ");
    assert!(cookie.starts_with("__Host-grantspec_browser=") && cookie.ends_with("; Secure"), "{answer}");

    let login = header("location: ").strip_prefix(&format!("https://{}", server.address)).unwrap();
    for (sent, status) in [(cookie, "200"), (cookie.trim_start_matches("__Host-"), "403")] {
        let mut stream = connect(&server, &version::TLS13, &[]).await;
        let pair = sent.split(';').next().unwrap();
        let page = ask(&mut stream, &format!("{login} HTTP/1.1\r\ncookie: {pair}\r\nx-rest:")).await;
        assert!(page.starts_with(&format!("HTTP/1.1 {status}")), "{page}");
    }
    server.stop().await;
}

#[tokio::test]
async fn a_handshake_may_take_only_so_long_and_has_to_be_one() {
    let limits = Limits { handshake_time: Duration::from_millis(300), ..Limits::default() };
    let server = encrypted(limits).await;
    for begun in [&b""[..], b"\x16\x03", b"GET / HTTP/1.1\r\nhost: x\r\n\r\n"] {
        let mut stream = server.connect().await;
        stream.write_all(begun).await.unwrap();
        let mut answer = Vec::new();
        timeout(LONG, stream.read_to_end(&mut answer)).await.expect("the server hangs up").ok();
        assert!(!answer.starts_with(b"HTTP/"), "{begun:?}");
    }
    server.stop().await;
}

#[test]
fn files_that_are_no_good_are_named() {
    let (certificate, key) = (file("certificate.pem"), file("key.pem"));
    let problem = |certificate: &Path, key: &Path| Tls::read(certificate, key).unwrap_err();
    let says = |error: &TlsError, file: &Path| assert!(error.to_string().contains(file.to_str().unwrap()), "{error}");

    for absent in [problem(&file("absent.pem"), &key), problem(&certificate, &file("absent.pem"))] {
        assert!(matches!(absent, TlsError::Unreadable(..)), "{absent}");
        says(&absent, &file("absent.pem"));
    }
    let exchanged = problem(&key, &certificate);
    assert!(matches!(exchanged, TlsError::NoCertificate(_)), "{exchanged}");
    says(&exchanged, &key);
    let exchanged = problem(&certificate, &certificate);
    assert!(matches!(exchanged, TlsError::NoKey(_)), "{exchanged}");
    let of_another = problem(&certificate, &file("key-of-another.pem"));
    assert!(matches!(of_another, TlsError::Mismatch(..)), "{of_another}");
    says(&of_another, &file("key-of-another.pem"));
    let cut = problem(&certificate, &file("cut-short.pem"));
    assert!(matches!(cut, TlsError::Malformed(..)), "{cut}");
}
