//! A small server with a login for two people, in which one thing is out of the ordinary.

use std::io::{Read, Write};
use std::net::TcpStream;

use url::form_urlencoded;

use super::servers::listening;

/// What is out of the ordinary.
#[derive(Clone, Copy, PartialEq, Eq)]
pub enum Odd {
    /// The second user may not use the client, which a page with 403 tells them after the login.
    SecondUserIsBanned,
    /// The login lives at another origin.
    LoginElsewhere,
    /// The authorization endpoint redirects to itself.
    Circle,
    /// The login page is a script, which logs in and asks for consent in JSON.
    Script,
}

/// The server; its URL.
pub fn server(odd: Odd) -> String {
    listening(move |mut stream| {
        if let Some(asked) = Asked::read(&mut stream) {
            let _ = stream.write_all(answer(odd, &asked).as_bytes());
        }
    })
}

/// A target file for it: a client, and two users.
pub fn target_file(url: &str) -> String {
    format!(
        r#"[endpoints]
authorization = "{url}/authorize"
token = "{url}/token"

[[client]]
id = "web"
secret = "web-secret-of-a-small-server"
grants = ["authorization_code"]
redirect_uri = "http://127.0.0.1:8765/cb"

[[user]]
name = "alice"
password = "pw-of-alice"

[[user]]
name = "bob"
password = "pw-of-bob"
"#
    )
}

/// What the script of the login page does, for the target file; it takes the password from `password`.
pub fn script(url: &str, password: &str) -> String {
    format!(
        r#"
[login]
kind = "http"
page = "{url}/login.html"
enter = [{{ url = "{url}/api/login", json = {{ name = "{{user}}", password = "{password}" }} }}]
allow = [{{ method = "PUT", url = "{url}/api/clients/{{client_id}}", form = {{ allowed = "yes" }} }}]
next = "{{page.back}}&done"
"#
    )
}

struct Asked {
    line: String,
    host: String,
    cookie: String,
    body: String,
    params: Vec<(String, String)>,
}

impl Asked {
    fn read(stream: &mut TcpStream) -> Option<Self> {
        let mut text = String::new();
        loop {
            let mut part = [0; 8192];
            let length = stream.read(&mut part).ok().filter(|length| *length > 0)?;
            text.push_str(&String::from_utf8_lossy(&part[..length]));
            if let Some((head, body)) = text.split_once("\r\n\r\n")
                && body.len() >= header(head, "content-length").parse().unwrap_or(0)
            {
                let target = head.split(' ').nth(1)?;
                let (path, query) = target.split_once('?').unwrap_or((target, ""));
                let line = format!("{} {path}", head.split(' ').next()?);
                let (host, cookie) = (header(head, "host").to_owned(), header(head, "cookie").to_owned());
                let params = format!("{query}&{}", body.trim());
                let params = form_urlencoded::parse(params.as_bytes()).into_owned().collect();
                return Some(Self { line, host, cookie, body: body.to_owned(), params });
            }
        }
    }

    fn param(&self, name: &str) -> &str {
        self.params.iter().find(|(known, _)| known == name).map_or("", |(_, value)| value)
    }
}

fn header<'a>(head: &'a str, name: &str) -> &'a str {
    let named = |line: &'a str| line.split_once(": ").filter(|(known, _)| known.eq_ignore_ascii_case(name));
    head.lines().find_map(named).map_or("", |(_, value)| value)
}

fn answer(odd: Odd, asked: &Asked) -> String {
    let query = form_urlencoded::Serializer::new(String::new()).extend_pairs(&asked.params).finish();
    match asked.line.as_str() {
        "GET /authorize" if odd == Odd::Circle => redirect(&format!("/authorize?{query}")),
        "GET /authorize" if odd == Odd::LoginElsewhere => {
            redirect(&format!("http://{}/login?{query}", asked.host.replace("127.0.0.1", "localhost")))
        }
        "GET /authorize" if odd == Odd::Script => scripted(asked, &query),
        "GET /login.html" => response("200 OK", "text/html", "<script src=login.js></script>"),
        "POST /api/login" if asked.body == r#"{"name":"alice","password":"pw-of-alice"}"# => signed("user=alice"),
        "PUT /api/clients/web" if asked.cookie.contains("user=alice") && asked.body == "allowed=yes" => {
            signed("web=yes")
        }
        "GET /authorize" | "GET /login" => {
            let form = format!(
                "<form method=post action='/login?{query}'><input name=user><input type=password name=pw><button>Log in</button></form>"
            );
            response("200 OK", "text/html", &form)
        }
        "POST /login" if odd == Odd::SecondUserIsBanned && asked.param("user") == "bob" => {
            response("403 Forbidden", "text/html", "<h1>You may not use this application</h1>")
        }
        "POST /login" => given(asked),
        "POST /token" if asked.param("grant_type") == "authorization_code" => response(
            "200 OK",
            "application/json",
            "{\"access_token\":\"token-of-a-small-server\",\"token_type\":\"Bearer\",\"expires_in\":60}",
        ),
        "POST /token" => response("400 Bad Request", "application/json", "{\"error\":\"unsupported_grant_type\"}"),
        _ => response("404 Not Found", "text/html", ""),
    }
}

/// A code for whoever comes from the page with the cookies of its script; others are sent there.
fn scripted(asked: &Asked, query: &str) -> String {
    let done = asked.params.iter().any(|(name, _)| name == "done");
    if done && asked.cookie.contains("user=alice") && asked.cookie.contains("web=yes") {
        return given(asked);
    }
    let back = format!("http://{}/authorize?{query}", asked.host);
    let back = form_urlencoded::Serializer::new(String::new()).append_pair("back", &back).finish();
    redirect(&format!("/login.html?{back}"))
}

fn given(asked: &Asked) -> String {
    let state = [("code", "c0de-of-a-small-server"), ("state", asked.param("state"))];
    let given = form_urlencoded::Serializer::new(String::new()).extend_pairs(state).finish();
    redirect(&format!("{}?{given}", asked.param("redirect_uri")))
}

fn signed(cookie: &str) -> String {
    format!("HTTP/1.1 204 No Content\r\nset-cookie: {cookie}; Path=/\r\nconnection: close\r\n\r\n")
}

fn redirect(location: &str) -> String {
    format!("HTTP/1.1 303 See Other\r\nlocation: {location}\r\ncontent-length: 0\r\nconnection: close\r\n\r\n")
}

fn response(status: &str, media_type: &str, body: &str) -> String {
    let length = body.len();
    format!(
        "HTTP/1.1 {status}\r\ncontent-type: {media_type}\r\ncontent-length: {length}\r\nconnection: close\r\n\r\n{body}"
    )
}
