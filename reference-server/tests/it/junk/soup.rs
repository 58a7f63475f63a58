//! Requests of which each part may be right: the words of the sources, what is alive in a server, and what nobody would write.

use std::path::Path;
use std::sync::LazyLock;

use bytes::Bytes;
use grantspec_reference::Server;
use http::{HeaderName, HeaderValue, Request};
use proptest::collection::vec;
use proptest::option;
use proptest::prelude::*;
use proptest::sample::{Index, select};

use crate::support::{Browser, CALLBACK, CHALLENGE, VERIFIER, basic, device, hidden, post, secret_of, tokens};

/// What must not come back: they are sent as passwords and secrets alone, which nothing repeats.
pub const SECRETS: &[&str] = &["alice-pw", "web-secret-4f1c0d8e7b2a95636d3e", "a-secret-that-nobody-has"];

/// Every address of the routing table, read from it; below a prefix stands what may be there.
pub fn routes() -> Vec<String> {
    const BELOW: &[&str] = &[
        "x",
        "web",
        "browser",
        "clock",
        "clients",
        "keys",
        "requests",
        "users",
        "users/alice",
        "%00",
        "../token",
        "a/b",
    ];
    let table = include_str!("../../../src/transport/route.rs");
    let mut routes: Vec<String> = Vec::new();
    for address in table.split('"').skip(1).step_by(2).filter(|word| word.starts_with('/')) {
        routes.push(address.to_owned());
        if address.len() > 1 && address.ends_with('/') {
            routes.extend(BELOW.iter().map(|below| format!("{address}{below}")));
        }
    }
    routes.push("/nowhere".to_owned());
    routes.sort_unstable();
    routes.dedup();
    routes
}

/// Every word of the protocol that stands in the sources between quotation marks: names of parameters, and many of their values.
pub fn words() -> Vec<String> {
    let mut words = Vec::new();
    let sources = Path::new(env!("CARGO_MANIFEST_DIR")).join("src");
    for room in ["config", "control", "endpoints", "grants", "model", "rules", "transport"] {
        read(&sources.join(room), &mut words);
    }
    words.sort_unstable();
    words.dedup();
    words
}

fn read(path: &Path, words: &mut Vec<String>) {
    if path.is_dir() {
        for entry in std::fs::read_dir(path).unwrap() {
            read(&entry.unwrap().path(), words);
        }
        return;
    }
    let is_word = |word: &&str| word.len() > 2 && word.bytes().all(|b| b.is_ascii_lowercase() || b == b'_');
    let text = std::fs::read_to_string(path).unwrap();
    words.extend(text.split('"').filter(is_word).map(str::to_owned));
}

/// Names and values of what lives in a server.
pub struct Alive {
    parameters: Vec<(&'static str, String)>,
    cookies: String,
    bearer: Vec<String>,
}

impl Alive {
    pub async fn in_server(server: &Server) -> Alive {
        let granted = tokens(server, "web").await;
        let mut browser = Browser::new(server);
        let code = browser.code("web", &[]).await;
        let login = browser.open("web", &[("prompt", "login")]).await.location().to_owned();
        let page = browser.get(&login).await.body;
        let asked = device(server, "tv", "openid").await;
        let asking = crate::support::asking("web", &[]);
        let asking: Vec<(&str, &str)> = asking.iter().map(|(name, value)| (&**name, &**value)).collect();
        let pushed = post(server, "/par", "web", &asking).await;
        let cookie = browser.with_cookies(Request::get("/").body(Bytes::new()).unwrap());
        let cookies = cookie.headers()["cookie"].to_str().unwrap().to_owned();
        let parameters = vec![
            ("code", code),
            ("refresh_token", granted.member("refresh_token")),
            ("token", granted.member("access_token")),
            ("id_token_hint", granted.member("id_token")),
            ("interaction", hidden(&page, "interaction")),
            ("csrf", hidden(&page, "csrf")),
            ("device_code", asked.member("device_code")),
            ("user_code", asked.member("user_code")),
            ("request_uri", pushed.member("request_uri")),
        ];
        let bearer = vec![granted.member("access_token"), granted.member("id_token"), "no-token".to_owned()];
        Alive { parameters, cookies, bearer }
    }
}

/// A request that is complete once it is known what is alive.
#[derive(Clone, Debug)]
pub struct Soup {
    method: &'static str,
    path: String,
    query: Vec<Piece>,
    body: Body,
    content_type: &'static str,
    authorization: Authorization,
    cookies: Option<String>,
    headers: Vec<(&'static str, String)>,
}

#[derive(Clone, Debug)]
enum Piece {
    Pair(String, String),
    Alive(Index),
    /// As it is, encoded or not.
    Raw(String),
}

#[derive(Clone, Debug)]
enum Body {
    Form(Vec<Piece>),
    Bytes(Vec<u8>),
    Json(String),
}

#[derive(Clone, Debug)]
enum Authorization {
    None,
    Web,
    Bearer(Index),
    Raw(String),
}

impl Soup {
    /// The request.
    pub fn with(&self, alive: &Alive) -> Request<Bytes> {
        let unfit = |c: &char| c.is_ascii_graphic() && !"\"<>\\^`{|}#".contains(*c);
        let query: String = form(&self.query, alive).chars().filter(unfit).collect();
        let body = match &self.body {
            Body::Form(pieces) => form(pieces, alive).into(),
            Body::Bytes(bytes) => bytes.clone().into(),
            Body::Json(text) => text.clone().into(),
        };
        let mut request = Request::new(body);
        *request.method_mut() = self.method.parse().unwrap();
        *request.uri_mut() = format!("{}?{query}", self.path).parse().unwrap();
        let mut set = |name: &'static str, value: &str| {
            if let Ok(value) = HeaderValue::from_str(value) {
                request.headers_mut().append(HeaderName::from_static(name), value);
            }
        };
        set("content-type", self.content_type);
        set("cookie", self.cookies.as_deref().unwrap_or(&alive.cookies));
        match &self.authorization {
            Authorization::None => {}
            Authorization::Web => set("authorization", &basic("web", &secret_of("web"))),
            Authorization::Bearer(at) => set("authorization", &format!("Bearer {}", at.get(&alive.bearer))),
            Authorization::Raw(value) => set("authorization", value),
        }
        self.headers.iter().for_each(|(name, value)| set(name, value));
        request
    }
}

fn form(pieces: &[Piece], alive: &Alive) -> String {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let piece = |piece: &Piece| match piece {
        Piece::Pair(name, value) => format!("{}={}", encode(name), encode(value)),
        Piece::Raw(text) => text.clone(),
        Piece::Alive(at) => {
            let (name, value) = at.get(&alive.parameters);
            format!("{name}={}", encode(value))
        }
    };
    pieces.iter().map(piece).collect::<Vec<_>>().join("&")
}

static WORDS: LazyLock<Vec<String>> = LazyLock::new(words);

const VALUES: &[&str] = &[
    "",
    "web",
    "spa",
    "tv",
    "hybrid",
    "browser",
    "code id_token token",
    "id_token token",
    "openid profile api:read",
    "api:write",
    CALLBACK,
    "http://127.0.0.1:",
    "javascript:alert(1)",
    CHALLENGE,
    VERIFIER,
    "S256",
    "urn:example:grant-type:voucher",
    "urn:ietf:params:oauth:grant-type:device_code",
    "urn:ietf:params:oauth:grant-type:jwt-bearer",
    "urn:ietf:params:oauth:grant-type:token-exchange",
    "urn:ietf:params:oauth:token-type:access_token",
    "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
    "eyJhbGciOiJub25lIn0.e30.",
    "e30.e30.e30",
    "..",
    "allow",
    "0",
    "-1",
    "99999999999999999999999999",
    "1e400",
    "\u{0}",
    "\r\nset-cookie: x=y",
    "é☃\u{202e}",
    "<script>alert(1)</script>",
    "{\"id_token\":{\"sub\":{\"value\":\"user-alice\"}},\"userinfo\":null}",
    "[[[[[[[[[[[[[[[[",
];

fn value() -> BoxedStrategy<String> {
    prop_oneof![
        4 => select(VALUES).prop_map(str::to_owned),
        2 => select(&WORDS[..]),
        1 => ".{0,40}",
        1 => "[ -~]{0,40}",
        1 => (1_usize..3000).prop_map(|length| "a".repeat(length)),
    ]
    .boxed()
}

fn piece() -> impl Strategy<Value = Piece> {
    let secret = (select(&["client_secret", "password"][..]), select(SECRETS));
    prop_oneof![
        6 => (select(&WORDS[..]), value()).prop_map(|(name, value)| Piece::Pair(name, value)),
        3 => any::<Index>().prop_map(Piece::Alive),
        2 => (select(&["grant_type", "response_type", "client_id", "redirect_uri", "scope", "state"][..]), value())
            .prop_map(|(name, value)| Piece::Pair(name.to_owned(), value)),
        1 => secret.prop_map(|(name, value)| Piece::Pair(name.to_owned(), value.to_owned())),
        1 => "[a-z_%&=+;]{0,16}".prop_map(Piece::Raw),
        1 => select(&["%", "%f", "a=%C3%28", "=", "&&", "a=%00", "%FF=%FF"][..]).prop_map(|raw| Piece::Raw(raw.to_owned())),
    ]
}

/// What an authorization request needs at least, so that some of them come further than the first rule.
fn asking() -> impl Strategy<Value = Vec<Piece>> {
    let client = select(&["web", "spa", "browser", "hybrid", "code-only"][..]);
    let response_type = select(&["code", "token", "id_token", "id_token token", "code id_token", "none"][..]);
    (client, response_type, vec(piece(), 0..5)).prop_map(|(client, response_type, more)| {
        let own = [
            ("client_id", client),
            ("response_type", response_type),
            ("redirect_uri", CALLBACK),
            ("scope", "openid"),
            ("nonce", "n"),
            ("code_challenge", CHALLENGE),
            ("code_challenge_method", "S256"),
        ];
        own.map(|(name, value)| Piece::Pair(name.to_owned(), value.to_owned())).into_iter().chain(more).collect()
    })
}

fn pieces() -> impl Strategy<Value = Vec<Piece>> {
    prop_oneof![3 => vec(piece(), 0..9).boxed(), 1 => asking().boxed()]
}

fn json() -> impl Strategy<Value = String> {
    let leaf = prop_oneof![
        Just("null".to_owned()),
        any::<bool>().prop_map(|flag| flag.to_string()),
        any::<i64>().prop_map(|number| number.to_string()),
        Just("1e400".to_owned()),
        value().prop_map(|text| serde_json::Value::from(text).to_string()),
    ];
    let nested = leaf.prop_recursive(4, 24, 5, |inner| {
        let member = (select(&WORDS[..]), inner.clone()).prop_map(|(name, value)| format!("\"{name}\":{value}"));
        prop_oneof![
            vec(inner, 0..4).prop_map(|items| format!("[{}]", items.join(","))),
            vec(member, 0..6).prop_map(|members| format!("{{{}}}", members.join(","))),
        ]
    });
    prop_oneof![
        6 => nested,
        1 => ".{0,30}",
        1 => Just("[".repeat(5000)),
        1 => Just(format!("{{\"redirect_uris\":[\"{CALLBACK}\"],\"client_name\":\"x\"}}")),
    ]
}

fn body() -> impl Strategy<Value = Body> {
    prop_oneof![
        6 => pieces().prop_map(Body::Form),
        3 => json().prop_map(Body::Json),
        1 => vec(any::<u8>(), 0..200).prop_map(Body::Bytes),
    ]
}

fn authorization() -> impl Strategy<Value = Authorization> {
    prop_oneof![
        3 => Just(Authorization::None),
        3 => Just(Authorization::Web),
        2 => any::<Index>().prop_map(Authorization::Bearer),
        2 => "(Basic|Bearer|bearer|Digest|DPoP)? ?[A-Za-z0-9+/=:.]{0,24}".prop_map(Authorization::Raw),
    ]
}

/// Any request.
pub fn request() -> impl Strategy<Value = Soup> {
    #[rustfmt::skip]
    let content_types = ["application/x-www-form-urlencoded", "application/x-www-form-urlencoded", "application/json", "application/json; charset=utf-8", "text/plain", ""];
    let header =
        select(&["origin", "accept", "access-control-request-method", "x-forwarded-proto", "host", "range"][..]);
    (
        select(
            &["GET", "GET", "POST", "POST", "POST", "HEAD", "PUT", "DELETE", "PATCH", "OPTIONS", "TRACE", "BREW"][..],
        ),
        select(routes()),
        pieces(),
        body(),
        select(content_types.to_vec()),
        authorization(),
        option::weighted(0.4, "(grantspec_(browser|session)=[A-Za-z0-9]{0,5}; ?){0,3}"),
        vec((header, value()), 0..3),
    )
        .prop_map(|(method, path, query, body, content_type, authorization, cookies, headers)| Soup {
            method,
            path,
            query,
            body,
            content_type,
            authorization,
            cookies,
            headers,
        })
}
