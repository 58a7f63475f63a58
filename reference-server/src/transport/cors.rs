//! Which answers the scripts of other sites may read: RFC 9700 §2.6, by the CORS protocol of the Fetch standard. Cookies are never part of it.

use bytes::Bytes;
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
};
use http::{HeaderValue, Method, Request, StatusCode};

use super::reply::{self, Reply};
use crate::model::Path;
use crate::server::Server;

/// To whom an address is open.
#[derive(Clone, Copy)]
enum Open {
    /// To scripts of any site: what is there is public.
    ToAll,
    /// To scripts of the origins that a client is registered with. Whose client that is does not matter: what is there is given for
    /// credentials in the request itself, which no browser adds of its own accord.
    ToRegistered(Path),
}

/// One line of the table below.
struct Row {
    address: &'static str,
    open: Open,
    methods: &'static str,
}

/// What scripts of a client go to themselves. Whatever is not here is open to nobody, above all the pages that a browser is sent to:
/// authorization, login, consent, logout (RFC 9700 §2.6).
#[rustfmt::skip]
const TABLE: [Row; 7] = [
    Row { address: "/.well-known/oauth-authorization-server", open: Open::ToAll,                                   methods: "GET, HEAD" },
    Row { address: "/.well-known/openid-configuration",       open: Open::ToAll,                                   methods: "GET, HEAD" },
    Row { address: "/jwks",                                   open: Open::ToAll,                                   methods: "GET, HEAD" },
    Row { address: "/par",                                    open: Open::ToRegistered(Path::PushedAuthorization), methods: "POST" },
    Row { address: "/token",                                  open: Open::ToRegistered(Path::Token),               methods: "POST" },
    Row { address: "/userinfo",                               open: Open::ToRegistered(Path::Userinfo),            methods: "GET, POST" },
    Row { address: "/revoke",                                 open: Open::ToRegistered(Path::Revocation),          methods: "POST" },
];

/// A request at an address of the table.
pub struct Visit {
    row: &'static Row,
    /// Whose scripts may read the answer; `None`, nobody's.
    allowed: Option<HeaderValue>,
}

impl Visit {
    /// Whether the address is one of the table, and its answer open to where the request comes from.
    pub async fn of(server: &Server, request: &Request<Bytes>) -> Option<Visit> {
        let row = TABLE.iter().find(|row| row.address == request.uri().path())?;
        let allowed = match (row.open, request.headers().get(ORIGIN)) {
            (Open::ToAll, _) => Some(HeaderValue::from_static("*")),
            (Open::ToRegistered(path), Some(origin)) if is_registered(server, path, origin).await => {
                Some(origin.clone())
            }
            (Open::ToRegistered(_), _) => None,
        };
        Some(Visit { row, allowed })
    }

    /// The answer to the question whether a script may ask at all, if that is what this request is and it may.
    pub fn preflight(&self, request: &Request<Bytes>) -> Option<Reply> {
        let asks = |name| request.headers().contains_key(name);
        if request.method() != Method::OPTIONS || !asks(ORIGIN) || !asks(ACCESS_CONTROL_REQUEST_METHOD) {
            return None;
        }
        self.allowed.as_ref()?;
        let mut reply = reply::with_status(StatusCode::NO_CONTENT, Bytes::new());
        let headers = reply.headers_mut();
        headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static(self.row.methods));
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HeaderValue::from_static("authorization, content-type"));
        headers.insert(ACCESS_CONTROL_MAX_AGE, HeaderValue::from_static("600"));
        self.open(&mut reply);
        Some(reply)
    }

    /// Say to whom the answer is open. One that differs by origin says so to every cache, whether it is open this time or not.
    pub fn open(&self, reply: &mut Reply) {
        let headers = reply.headers_mut();
        if let Open::ToRegistered(_) = self.row.open {
            headers.append(VARY, HeaderValue::from_static("Origin"));
        }
        if let Some(allowed) = &self.allowed {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, allowed.clone());
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, HeaderValue::from_static("www-authenticate"));
        }
    }
}

/// A store that fails opens nothing; the request itself finds out.
async fn is_registered(server: &Server, path: Path, origin: &HeaderValue) -> bool {
    let Ok(origin) = origin.to_str() else { return false };
    let clients = server.store.clients().await.unwrap_or_default();
    clients.iter().any(|client| server.rules.origin_may_read(path, client, origin))
}
