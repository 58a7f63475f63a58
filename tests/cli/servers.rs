//! Servers to judge: the reference server as its own process, and some that are none.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpListener;
use std::process::{Child, Stdio};

use super::program::program;

/// `grantspec serve` on a free port, until it is dropped.
pub struct Served {
    pub issuer: String,
    child: Child,
}

/// The secrets of the demonstration, as the server prints them; a test that uses another client adds it here.
pub const WEB_SECRET: &str = "web-secret-4f1c0d8e7b2a95636d3e";
pub const SERVICE_SECRET: &str = "service-secret-c86e13fa7d5b4092";
pub const PASSWORD: &str = "alice-pw";

/// The reference server with these faults.
pub fn serving(faults: &[&str]) -> Served {
    started(&faults.iter().flat_map(|fault| ["--fault", fault]).collect::<Vec<_>>())
}

/// The reference server, called with these arguments.
pub fn started(args: &[&str]) -> Served {
    let mut command = program();
    command.args(["serve", "--port", "0"]).args(args).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().expect("the program that cargo built for this test starts");
    let mut lines = BufReader::new(child.stdout.take().expect("it is piped")).lines();
    let issuer = lines.by_ref().map_while(Result::ok).find_map(|line| {
        let issuer = line.strip_prefix("Issuer")?;
        Some(issuer.trim().to_owned())
    });
    // The server goes on talking; somebody has to listen.
    std::thread::spawn(move || lines.map_while(Result::ok).for_each(drop));
    Served { issuer: issuer.expect("the server says where it listens"), child }
}

impl Drop for Served {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

impl Served {
    /// A target file for it: a confidential client and a user.
    pub fn target_file(&self) -> String {
        format!(
            r#"issuer = "{}"

[[client]]
id = "web"
secret = {{ env = "WEB_SECRET" }}
grants = ["authorization_code", "refresh_token", "client_credentials"]
redirect_uris = ["http://127.0.0.1:8765/cb", "http://127.0.0.1:8765/other"]

[[user]]
name = "alice"
password = {{ env = "ALICE_PASSWORD" }}

[scopes]
authorization_code = "openid profile email offline_access api:read"
client_credentials = "api:read"
"#,
            self.issuer
        )
    }
}

/// A server that answers every request with this status and page; its URL.
pub fn page(status: &'static str, media_type: &'static str, body: &'static str) -> String {
    listening(move |mut stream| {
        let mut request = vec![0; 65536];
        let _ = stream.read(&mut request);
        let length = body.len();
        let head = format!(
            "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n"
        );
        let _ = stream.write_all(format!("{head}{body}").as_bytes());
    })
}

/// A server that takes every connection and says nothing; its URL.
pub fn silent() -> String {
    let kept = std::sync::Mutex::new(Vec::new());
    listening(move |stream| kept.lock().expect("nothing here panics").push(stream))
}

/// An address at which nobody listens.
pub fn nobody() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    format!("http://{}", listener.local_addr().expect("it has an address"))
}

/// A server that answers each connection so; its URL.
pub fn listening(answer: impl Fn(std::net::TcpStream) + Send + 'static) -> String {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a free port");
    let url = format!("http://{}", listener.local_addr().expect("it has an address"));
    std::thread::spawn(move || listener.incoming().map_while(Result::ok).for_each(answer));
    url
}
