//! Pushed authorization requests: RFC 9126.

use super::Client;
use crate::tokens::secret::{Digest, random_string};
use crate::transport::form::Form;

/// RFC 9126 §2.2: what every `request_uri` of this server begins with; the rest of it is random.
const PREFIX: &str = "urn:ietf:params:oauth:request_uri:";

/// An authorization request that was pushed, and waits for the browser that brings its reference.
#[derive(Clone, Debug)]
pub struct PushedRequest {
    /// What is kept of the `request_uri`.
    pub digest: Digest,
    /// The client that pushed it.
    pub client_id: String,
    /// Its parameters, without the credentials that they were pushed with. They are judged anew when they are used.
    pub form: Form,
    /// Whether the client signed them.
    pub signed: bool,
    /// When it dies unused.
    pub expires_at: u64,
}

impl PushedRequest {
    /// Keep these parameters: the `request_uri` that refers to them, and what to remember.
    pub fn new(client: &Client, form: Form, signed: bool, expires_at: u64) -> (String, PushedRequest) {
        let request_uri = format!("{PREFIX}{}", random_string());
        let digest = Digest::of(&request_uri);
        (request_uri, PushedRequest { digest, client_id: client.client_id.clone(), form, signed, expires_at })
    }

    /// Whether this is a `request_uri` as this server makes them; any other would have to be fetched.
    pub fn may_have_issued(request_uri: &str) -> bool {
        request_uri.starts_with(PREFIX)
    }
}
