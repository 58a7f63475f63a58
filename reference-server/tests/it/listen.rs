//! The server with a socket: each limit cuts off the client that breaks it and no other, and the end comes in bounded time.

use std::future::pending;
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use grantspec_reference::store::BoxFuture;
use grantspec_reference::transport::{Limits, Listening, Wire};
use grantspec_reference::{Config, Server};
use http::{Request, Response};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::{Semaphore, oneshot};
use tokio::task::JoinHandle;
use tokio::time::timeout;

use crate::support::KEYS;

/// Soon, for a limit; what a test waits for at most is [`LONG`].
const SOON: Duration = Duration::from_millis(300);
const LONG: Duration = Duration::from_secs(20);

/// A server that listens.
pub struct Open {
    pub address: SocketAddr,
    stop: oneshot::Sender<()>,
    serving: JoinHandle<io::Result<()>>,
}

impl Open {
    pub async fn new(listening: Listening, adapt: impl FnOnce(&mut Server)) -> Open {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let scheme = if listening.tls.is_some() { "https" } else { "http" };
        let config = Config::demo(format!("{scheme}://{address}"));
        let mut server = Server::new(config, Arc::clone(&KEYS)).unwrap();
        adapt(&mut server);
        let (stop, stopped) = oneshot::channel::<()>();
        let serving = tokio::spawn(listening.serve(listener, Arc::new(server), async {
            stopped.await.ok();
        }));
        Open { address, stop, serving }
    }

    async fn limited(limits: Limits) -> Open {
        Open::new(Listening { limits, tls: None }, |_| {}).await
    }

    async fn with_wire(limits: Limits, wire: impl Wire + 'static) -> Open {
        Open::new(Listening { limits, tls: None }, |server| server.wire = Arc::new(wire)).await
    }

    pub async fn connect(&self) -> TcpStream {
        TcpStream::connect(self.address).await.unwrap()
    }

    /// Everything that comes back until the server hangs up.
    async fn ask(&self, request: &[u8]) -> String {
        let mut stream = self.connect().await;
        stream.write_all(request).await.ok();
        until_closed(&mut stream).await
    }

    pub async fn stop(self) {
        self.stop.send(()).unwrap();
        timeout(LONG, self.serving).await.expect("the end comes in time").unwrap().unwrap();
    }
}

async fn until_closed(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    timeout(LONG, stream.read_to_end(&mut answer)).await.expect("the server hangs up").ok();
    String::from_utf8_lossy(&answer).into_owned()
}

/// One answer whose body is as long as it says, with the connection still open.
async fn answered(stream: &mut TcpStream) -> String {
    let mut answer = Vec::new();
    loop {
        let text = String::from_utf8_lossy(&answer).into_owned();
        if let Some((head, body)) = text.split_once("\r\n\r\n") {
            let length = head.lines().find_map(|line| line.strip_prefix("content-length: "));
            if length.is_some_and(|length| body.len() >= length.parse().unwrap()) {
                return text;
            }
        }
        let mut piece = [0; 4096];
        let size = timeout(LONG, stream.read(&mut piece)).await.expect("an answer comes").unwrap();
        assert_ne!(size, 0, "the server hung up after {text:?}");
        answer.extend_from_slice(&piece[..size]);
    }
}

fn status(answer: &str) -> &str {
    answer.get("HTTP/1.1 ".len()..).and_then(|rest| rest.get(..3)).unwrap_or("")
}

fn with_headers(headers: &str) -> String {
    format!("GET /jwks HTTP/1.1\r\nhost: x\r\nconnection: close\r\n{headers}\r\n")
}

fn post_of(length: usize) -> Vec<u8> {
    let head =
        "POST /token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ncontent-type: application/x-www-form-urlencoded\r\n";
    let head = format!("{head}content-length: {length}\r\n\r\n");
    [head.as_bytes(), &vec![b'a'; length]].concat()
}

const KEPT: &[u8] = b"GET /jwks HTTP/1.1\r\nhost: x\r\n\r\n";

#[tokio::test]
async fn a_head_is_bounded_in_size_and_number() {
    let server = Open::limited(Limits::default()).await;
    let limits = Limits::default();
    let large = |size: usize| with_headers(&format!("x-padding: {}\r\n", "a".repeat(size)));
    let many = |number: usize| with_headers(&"x-one-more: 1\r\n".repeat(number));

    assert_eq!(status(&server.ask(large(limits.head / 2).as_bytes()).await), "200");
    assert_eq!(status(&server.ask(large(limits.head + 10).as_bytes()).await), "431");
    assert_eq!(status(&server.ask(many(limits.headers / 2).as_bytes()).await), "200");
    assert_eq!(status(&server.ask(many(limits.headers + 1).as_bytes()).await), "431");
    server.stop().await;
}

#[tokio::test]
async fn a_body_is_bounded() {
    let server = Open::limited(Limits::default()).await;
    let most = Limits::default().body;
    assert_eq!(status(&server.ask(&post_of(most)).await), "401", "it was read, and names no client");
    let refused = server.ask(&post_of(most + 1)).await;
    assert_eq!(status(&refused), "413");
    assert!(refused.contains("content-type: text/plain"), "{refused}");

    let chunk = format!("{:x}\r\n{}\r\n", 4096, "a".repeat(4096));
    let chunked = "POST /token HTTP/1.1\r\nhost: x\r\nconnection: close\r\ntransfer-encoding: chunked\r\n\r\n";
    let unannounced = format!("{chunked}{}0\r\n\r\n", chunk.repeat(most / 4096 + 1));
    assert_eq!(status(&server.ask(unannounced.as_bytes()).await), "413");
    server.stop().await;
}

#[tokio::test]
async fn who_never_finishes_a_head_is_cut_off() {
    let server = Open::limited(Limits { head_time: SOON, ..Limits::default() }).await;
    // Silent; in the first letter of HTTP/2, in which of HTTP/1 too; in the middle of a head.
    for begun in ["", "P", "PRI * HTTP/2.0\r\n", "GET /jwks HTTP/1.1\r\nhost: x\r\n"] {
        assert_eq!(server.ask(begun.as_bytes()).await, "", "{begun:?}");
    }
    assert_eq!(status(&server.ask(with_headers("").as_bytes()).await), "200");
    server.stop().await;
}

#[tokio::test]
async fn a_connection_may_rest_only_so_long() {
    let server = Open::limited(Limits { head_time: SOON, ..Limits::default() }).await;
    let mut stream = server.connect().await;
    for _ in 0..2 {
        stream.write_all(KEPT).await.unwrap();
        assert_eq!(status(&answered(&mut stream).await), "200");
    }
    assert_eq!(until_closed(&mut stream).await, "");
    server.stop().await;
}

#[tokio::test]
async fn nothing_keeps_a_connection_open_that_says_nothing() {
    let server = Open::limited(Limits { silence: SOON, ..Limits::default() }).await;
    let mut stream = server.connect().await;
    stream.write_all(b"PRI * HTTP/2.0\r\n\r\nSM\r\n\r\n\0\0\0\x04\0\0\0\0\0").await.unwrap();
    // Its own settings come back, and then it waits no longer than it has to.
    assert_ne!(until_closed(&mut stream).await, "");
    server.stop().await;
}

#[tokio::test]
async fn a_body_may_take_only_so_long() {
    let server = Open::limited(Limits { body_time: SOON, ..Limits::default() }).await;
    let half = &post_of(1000)[..500];
    assert_eq!(status(&server.ask(half).await), "408");
    assert_eq!(status(&server.ask(&post_of(1000)).await), "401");
    server.stop().await;
}

#[tokio::test]
async fn who_does_not_take_the_answers_is_cut_off() {
    let server = Open::limited(Limits { delivery_time: SOON, ..Limits::default() }).await;
    let mut stream = server.connect().await;
    let many = b"GET /rules HTTP/1.1\r\nhost: x\r\n\r\n".repeat(2000);
    let greedy = async {
        // The buffers between the two fill up; then nobody reads any more, until the server hangs up.
        while stream.write_all(&many).await.is_ok() {}
    };
    timeout(LONG, greedy).await.expect("the server hangs up");

    let mut stream = server.connect().await;
    for _ in 0..20 {
        stream.write_all(KEPT).await.unwrap();
        assert_eq!(status(&answered(&mut stream).await), "200");
    }
    server.stop().await;
}

#[tokio::test]
async fn connections_beyond_the_limit_wait_for_a_place() {
    let limits = Limits { connections: 2, head_time: SOON, ..Limits::default() };
    let server = Open::limited(limits).await;
    let (_first, _second) = (server.connect().await, server.connect().await);
    let answer = timeout(LONG, server.ask(with_headers("").as_bytes())).await.expect("both are cut off");
    assert_eq!(status(&answer), "200");
    server.stop().await;
}

#[tokio::test]
async fn a_busy_connection_ends_too() {
    let server = Open::limited(Limits { connection_time: SOON, ..Limits::default() }).await;
    let mut stream = server.connect().await;
    let busy = async {
        let mut answers = 0;
        let mut piece = [0; 4096];
        while stream.write_all(KEPT).await.is_ok() && stream.read(&mut piece).await.is_ok_and(|size| size > 0) {
            answers += 1;
        }
        answers
    };
    assert!(timeout(LONG, busy).await.expect("the server hangs up") > 0);
    server.stop().await;
}

/// It says that a request has arrived, and answers when it is told to.
struct Told {
    arrived: Arc<Semaphore>,
    told: Arc<Semaphore>,
}

impl Wire for Told {
    fn around<'a>(&'a self, server: &'a Server, request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        Box::pin(async move {
            self.arrived.add_permits(1);
            self.told.acquire().await.unwrap().forget();
            server.route(request).await
        })
    }
}

/// It says that a request has arrived, and never answers.
struct Never(Arc<Semaphore>);

impl Wire for Never {
    fn around<'a>(&'a self, _server: &'a Server, _request: Request<Bytes>) -> BoxFuture<'a, Response<Bytes>> {
        self.0.add_permits(1);
        Box::pin(pending())
    }
}

#[tokio::test]
async fn an_answer_that_takes_too_long_is_given_up() {
    let limits = Limits { answer_time: SOON, ..Limits::default() };
    let server = Open::with_wire(limits, Never(Arc::new(Semaphore::new(0)))).await;
    assert_eq!(status(&server.ask(with_headers("").as_bytes()).await), "503");
    server.stop().await;
}

#[tokio::test]
async fn what_is_under_way_is_finished_and_nothing_new_begins() {
    let (arrived, told) = (Arc::new(Semaphore::new(0)), Arc::new(Semaphore::new(0)));
    let wire = Told { arrived: Arc::clone(&arrived), told: Arc::clone(&told) };
    let server = Open::with_wire(Limits::default(), wire).await;
    let mut busy = server.connect().await;
    busy.write_all(KEPT).await.unwrap();
    arrived.acquire().await.unwrap().forget();
    let mut idle = server.connect().await;

    let address = server.address;
    let ending = tokio::spawn(server.stop());
    assert_eq!(until_closed(&mut idle).await, "");
    assert!(TcpStream::connect(address).await.is_err());
    told.add_permits(1);
    assert_eq!(status(&until_closed(&mut busy).await), "200");
    ending.await.unwrap();
}

#[tokio::test]
async fn what_never_finishes_does_not_hold_up_the_end() {
    let arrived = Arc::new(Semaphore::new(0));
    let limits = Limits { drain_time: SOON, ..Limits::default() };
    let server = Open::with_wire(limits, Never(Arc::clone(&arrived))).await;
    let mut stream = server.connect().await;
    stream.write_all(KEPT).await.unwrap();
    arrived.acquire().await.unwrap().forget();
    server.stop().await;
    assert_eq!(until_closed(&mut stream).await, "");
}
