//! What is changed on the way in or out.

pub(super) mod addresses;
pub(super) mod alike;
pub(super) mod assertions;
pub(super) mod bearers;
pub(super) mod cors;
pub(super) mod crashes;
pub(super) mod credentials;
pub(super) mod crossed;
pub(super) mod devices;
pub(super) mod encodings;
pub(super) mod ends;
pub(super) mod exchanges;
pub(super) mod extensions;
pub(super) mod flows;
pub(super) mod forms;
pub(super) mod front_channel;
pub(super) mod languages;
pub(super) mod lives;
pub(super) mod logins;
pub(super) mod logouts;
pub(super) mod none;
pub(super) mod pages;
pub(super) mod passwords;
pub(super) mod people;
pub(super) mod posted;
pub(super) mod pushed;
pub(super) mod query;
pub(super) mod redirects;
pub(super) mod refusals;
pub(super) mod repeated;
pub(super) mod requests;
pub(super) mod resources;
pub(super) mod responses;
pub(super) mod scopes;
pub(super) mod sessions;
pub(super) mod shown;
pub(super) mod successors;
pub(super) mod tokens;
pub(super) mod trimmed;
pub(super) mod undecided;
pub(super) mod user_codes;
pub(super) mod userinfo;
pub(super) mod values;
pub(super) mod webfinger;
pub(super) mod written;

use std::sync::Arc;

use bytes::Bytes;
use form_urlencoded::Serializer;
use http::header::{AUTHORIZATION, CONTENT_LENGTH, CONTENT_TYPE, HeaderValue, LOCATION};
use http::{HeaderMap, Method, Request, Response, StatusCode, Uri};
use serde_json::Value;

use crate::server::Server;
use crate::store::BoxFuture;
use crate::tokens::Map;
use crate::transport::Wire;
use crate::transport::reply;

/// An answer as it leaves.
pub(super) type Reply = Response<Bytes>;

/// Parameters, as they were sent.
pub(super) type Params = Vec<(String, String)>;

/// What was asked, in the shape that a fault wants to look at.
pub(super) struct Asked {
    pub method: Method,
    pub path: String,
    pub headers: HeaderMap,
    pub query: Params,
    pub body: Params,
}

impl Asked {
    /// Take down a request.
    pub fn of(request: &Request<Bytes>) -> Asked {
        Asked {
            method: request.method().clone(),
            path: request.uri().path().to_owned(),
            headers: request.headers().clone(),
            query: parse(request.uri().query().unwrap_or_default().as_bytes()),
            body: parse(request.body()),
        }
    }

    /// A parameter of the query or the body.
    pub fn param(&self, name: &str) -> Option<&str> {
        self.params().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// All parameters.
    pub fn params(&self) -> impl Iterator<Item = &(String, String)> {
        self.query.iter().chain(&self.body)
    }

    /// Whether this is a use of a refresh token.
    pub fn is_refresh(&self) -> bool {
        self.param("grant_type") == Some("refresh_token")
    }
}

/// What happens before a request is routed; an answer here is the last word.
pub(super) type Before = fn(&Server, &mut Request<Bytes>) -> Option<Reply>;
/// What happens to an answer.
pub(super) type After = fn(&Asked, &mut Reply);

struct Changed {
    inner: Arc<dyn Wire>,
    at: &'static [&'static str],
    before: Before,
    after: After,
}

impl Wire for Changed {
    fn around<'a>(&'a self, server: &'a Server, mut request: Request<Bytes>) -> BoxFuture<'a, Reply> {
        Box::pin(async move {
            if !self.at.contains(&request.uri().path()) {
                return self.inner.around(server, request).await;
            }
            let asked = Asked::of(&request);
            if let Some(reply) = (self.before)(server, &mut request) {
                return reply;
            }
            let mut reply = self.inner.around(server, request).await;
            (self.after)(&asked, &mut reply);
            reply
        })
    }
}

/// Requests to these addresses are changed, or answered on the spot.
pub(super) fn before(inner: Arc<dyn Wire>, at: &'static [&'static str], before: Before) -> Arc<dyn Wire> {
    Arc::new(Changed { inner, at, before, after: |_, _| {} })
}

/// Answers of these addresses are changed.
pub(super) fn after(inner: Arc<dyn Wire>, at: &'static [&'static str], after: After) -> Arc<dyn Wire> {
    Arc::new(Changed { inner, at, before: |_, _| None, after })
}

fn parse(encoded: &[u8]) -> Params {
    form_urlencoded::parse(encoded).into_owned().collect()
}

fn encode<N: AsRef<str>, V: AsRef<str>>(params: &[(N, V)]) -> String {
    Serializer::new(String::new()).extend_pairs(params.iter().map(|(name, value)| (name, value))).finish()
}

/// Replace the body by this form, and make the request a POST.
fn set_body(request: &mut Request<Bytes>, params: &[(String, String)]) {
    *request.method_mut() = Method::POST;
    *request.body_mut() = encode(params).into();
    request.headers_mut().remove(CONTENT_LENGTH);
    request.headers_mut().insert(CONTENT_TYPE, HeaderValue::from_static("application/x-www-form-urlencoded"));
}

/// Replace the query by these parameters.
pub(super) fn set_query(request: &mut Request<Bytes>, params: &[(String, String)]) {
    let query = if params.is_empty() { String::new() } else { format!("?{}", encode(params)) };
    if let Ok(uri) = format!("{}{query}", request.uri().path()).parse::<Uri>() {
        *request.uri_mut() = uri;
    }
}

/// Replace or add one parameter of the place where the request has its parameters.
pub(super) fn set_param(request: &mut Request<Bytes>, name: &str, value: &str) {
    edit_params(request, |params| {
        params.retain(|(known, _)| known != name);
        params.push((name.to_owned(), value.to_owned()));
    });
}

/// Take one parameter away from the place where the request has its parameters, if it is there.
pub(super) fn drop_param(request: &mut Request<Bytes>, name: &str) {
    if Asked::of(request).param(name).is_some() {
        edit_params(request, |params| params.retain(|(known, _)| known != name));
    }
}

fn edit_params(request: &mut Request<Bytes>, edit: impl FnOnce(&mut Params)) {
    let asked = Asked::of(request);
    let is_post = request.method() == Method::POST;
    let mut params = if is_post { asked.body } else { asked.query };
    edit(&mut params);
    if is_post { set_body(request, &params) } else { set_query(request, &params) }
}

/// An error response, as a server would write it that does not know better.
pub(super) fn refuse(status: StatusCode, error: &str) -> Reply {
    reply::private_json(status, &Map::from_iter([("error".to_owned(), Value::from(error))]))
}

/// Whether a request says in any way which client sent it.
fn names_client(asked: &Asked) -> bool {
    let names = |name: &str| asked.param(name).is_some_and(|value| !value.is_empty());
    asked.headers.contains_key(AUTHORIZATION) || names("client_id") || names("client_assertion")
}

/// Where a redirect goes.
pub(super) fn location(reply: &Reply) -> Option<&str> {
    reply.headers().get(LOCATION)?.to_str().ok()
}

/// What an authorization response has, a success or an error.
const TELLING: [&str; 4] = ["code", "access_token", "id_token", "error"];

/// Change the parameters of a redirect that carries the answer to an authorization request, in its query or in its fragment.
pub(super) fn edit_response(reply: &mut Reply, edit: impl FnOnce(&mut Params)) {
    let Some(location) = location(reply) else { return };
    let separator = if location.contains('#') { '#' } else { '?' };
    let Some((address, encoded)) = location.split_once(separator) else { return };
    let mut params = parse(encoded.as_bytes());
    if !params.iter().any(|(name, _)| TELLING.contains(&name.as_str())) {
        return;
    }
    let address = address.to_owned();
    edit(&mut params);
    set_location(reply, &format!("{address}{separator}{}", encode(&params)));
}

/// The codes and tokens that an answer issues.
pub(super) fn issued(reply: &mut Reply) -> Vec<String> {
    let mut issued = Vec::new();
    edit_response(reply, |params| {
        issued.extend(params.iter().filter(|(name, _)| name == "code").map(|(_, code)| code.clone()));
    });
    let body: Value = serde_json::from_slice(reply.body()).unwrap_or_default();
    let tokens = ["access_token", "refresh_token"].iter().filter_map(|name| body[name].as_str());
    issued.extend(tokens.map(str::to_owned));
    issued
}

pub(super) fn set_location(reply: &mut Reply, location: &str) {
    reply::insert(reply, LOCATION, location);
}
