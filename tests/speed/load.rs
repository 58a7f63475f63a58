//! The load: connections that are kept alive, each with one request under way.

use std::net::SocketAddr;
use std::time::{Duration, Instant};

use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio::runtime::Runtime;

/// How many connections ask at once.
pub const CONNECTIONS: usize = 32;

/// What one connection asks.
pub enum Script {
    /// The same again and again.
    Same(Vec<u8>),
    /// Each of these once.
    Each(Vec<Vec<u8>>),
    /// First this, then what the body of each answer leads to.
    Chain(Vec<u8>, fn(&[u8]) -> Vec<u8>),
}

/// How fast something goes.
#[derive(Clone, Copy)]
pub struct Rate {
    /// How many each second.
    pub per_second: f64,
    /// Seconds of processor time for each, load and kernel included, where the system says so.
    pub processor: Option<f64>,
}

impl Rate {
    /// So many since then, where so many seconds of processor time had been spent before.
    pub fn of(count: f64, began: Instant, spent: Option<f64>) -> Rate {
        let processor = spent.zip(processor_time()).map(|(before, after)| (after - before) / count);
        Rate { per_second: count / began.elapsed().as_secs_f64(), processor }
    }
}

/// Ask for this long, or until every script has ended.
#[allow(clippy::cast_precision_loss, reason = "no rate comes near 2^52")]
pub fn rate(address: SocketAddr, scripts: Vec<Script>, time: Duration) -> Rate {
    runtime().block_on(async {
        let mut connections = Vec::new();
        for script in scripts {
            connections.push((Connection::open(address).await, script));
        }
        let (began, spent) = (Instant::now(), processor_time());
        let asking: Vec<_> = connections
            .into_iter()
            .map(|(connection, script)| tokio::spawn(play(connection, script, began + time, usize::MAX)))
            .collect();
        let mut answers = 0;
        for task in asking {
            answers += task.await.expect("every answer is 200");
        }
        Rate::of(answers as f64, began, spent)
    })
}

/// Seconds that this process has spent on all its processors so far.
pub fn processor_time() -> Option<f64> {
    /// What the kernel counts in, whatever its own clock is: proc(5), sysconf(3).
    const TICKS: f64 = 100.0;
    let stat = std::fs::read_to_string("/proc/self/stat").ok()?;
    let mut fields = stat.rsplit_once(')')?.1.split_whitespace().skip(11);
    let (user, system): (f64, f64) = (fields.next()?.parse().ok()?, fields.next()?.parse().ok()?);
    Some((user + system) / TICKS)
}

/// Play a script until it ends, the time is over, or so many answers have come: how many it were.
pub async fn play(mut connection: Connection, script: Script, until: Instant, most: usize) -> usize {
    let mut answers = 0;
    match script {
        Script::Same(request) => {
            while answers < most && Instant::now() < until {
                connection.ask(&request).await;
                answers += 1;
            }
        }
        Script::Each(requests) => {
            for request in requests.iter().take(most) {
                if Instant::now() >= until {
                    break;
                }
                connection.ask(request).await;
                answers += 1;
            }
        }
        Script::Chain(mut request, next) => {
            while answers < most && Instant::now() < until {
                request = next(connection.ask(&request).await);
                answers += 1;
            }
        }
    }
    answers
}

/// Threads for the load alone, as many as the servers have.
pub fn runtime() -> Runtime {
    let runtime =
        tokio::runtime::Builder::new_multi_thread().worker_threads(super::parts::cores()).enable_all().build();
    runtime.expect("the operating system gives threads to a benchmark")
}

/// One connection that is kept alive.
pub struct Connection {
    stream: TcpStream,
    received: Vec<u8>,
}

impl Connection {
    /// Connect.
    pub async fn open(address: SocketAddr) -> Connection {
        let stream = TcpStream::connect(address).await.expect("a server listens on loopback");
        stream.set_nodelay(true).expect("a TCP socket takes this option");
        Connection { stream, received: Vec::with_capacity(4096) }
    }

    /// Send a request and wait for the body of its answer, which has to be a 200.
    pub async fn ask(&mut self, request: &[u8]) -> &[u8] {
        self.stream.write_all(request).await.expect("the server keeps the connection");
        self.received.clear();
        let (body, end) = loop {
            let read = self.stream.read_buf(&mut self.received).await.expect("the server keeps the connection");
            assert!(read > 0, "the server ended the connection: {}", String::from_utf8_lossy(&self.received));
            if let Some((body, end)) = bounds(&self.received).filter(|(_, end)| self.received.len() >= *end) {
                break (body, end);
            }
        };
        assert!(self.received.starts_with(b"HTTP/1.1 200"), "{}", String::from_utf8_lossy(&self.received));
        &self.received[body..end]
    }
}

/// Where the body of an answer begins and ends, once its head has come.
fn bounds(received: &[u8]) -> Option<(usize, usize)> {
    const LENGTH: &[u8] = b"\r\ncontent-length: ";
    let body = received.windows(4).position(|four| four == b"\r\n\r\n")? + 4;
    let length = received[..body].windows(LENGTH.len()).position(|name| name == LENGTH)? + LENGTH.len();
    let digits = received[length..].iter().take_while(|byte| byte.is_ascii_digit());
    Some((body, body + digits.fold(0, |length, digit| length * 10 + usize::from(digit - b'0'))))
}

/// A form, posted.
pub fn post(path: &str, form: &str) -> Vec<u8> {
    request(path, "application/x-www-form-urlencoded", form)
}

/// A POST with a body of this type.
pub fn request(path: &str, content_type: &str, body: &str) -> Vec<u8> {
    let length = body.len();
    let head = format!("POST {path} HTTP/1.1\r\nhost: 127.0.0.1\r\ncontent-type: {content_type}");
    format!("{head}\r\ncontent-length: {length}\r\n\r\n{body}").into_bytes()
}

/// A member of a JSON object whose value is a string without escapes.
pub fn member(body: &[u8], name: &str) -> String {
    let body = std::str::from_utf8(body).expect("JSON is UTF-8");
    let marker = format!("\"{name}\":\"");
    let from = body.find(&marker).unwrap_or_else(|| panic!("there is no {name} in {body}")) + marker.len();
    body[from..].split('"').next().unwrap_or_default().to_owned()
}
