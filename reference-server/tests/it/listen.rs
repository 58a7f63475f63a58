//! The server with a socket: limits, and a graceful end.

use std::sync::Arc;
use std::time::Duration;

use grantspec_reference::{Config, Server, transport};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::oneshot;
use tokio::time::timeout;

use crate::support::KEYS;

async fn ask(address: std::net::SocketAddr, request: &[u8]) -> String {
    let mut stream = TcpStream::connect(address).await.unwrap();
    stream.write_all(request).await.unwrap();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.ok();
    String::from_utf8_lossy(&answer).into_owned()
}

#[tokio::test]
async fn it_serves_refuses_large_bodies_and_stops() {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    let server = Arc::new(Server::new(Config::demo(format!("http://{address}")), Arc::clone(&KEYS)).unwrap());
    let (stop, stopped) = oneshot::channel::<()>();
    let serving = tokio::spawn(transport::serve(listener, server, async move {
        stopped.await.ok();
    }));

    let answer = ask(address, b"GET /jwks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n").await;
    assert!(answer.starts_with("HTTP/1.1 200"), "{answer}");

    let head = b"POST /token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-length: 70000\r\n\r\n";
    let large = [&head[..], &vec![b'a'; 70_000]].concat();
    let answer = ask(address, &large).await;
    assert!(answer.is_empty() || answer.starts_with("HTTP/1.1 413"), "{answer}");

    // A silent connection does not hold up the end.
    let silent = TcpStream::connect(address).await.unwrap();
    stop.send(()).unwrap();
    timeout(Duration::from_secs(20), serving).await.unwrap().unwrap().unwrap();
    drop(silent);
}
