//! Request objects: an authorization request as a JWT. OpenID Connect Core §6.1, RFC 9101 §4.

use std::sync::Arc;

use serde_json::Value;

use super::{Authorize, Lab, Pushed, Setting, random};
use crate::cell::Cell;
use crate::check::{Check, Need, Reason, Stop};
use crate::exchange::{Assertion, Exchange, Reply, SigningKey};
use crate::target::Client;

/// An authorization request, and the object that it travels in.
#[derive(Clone, Debug)]
pub struct RequestObject {
    /// The object, not signed yet.
    pub object: Assertion,
    /// What it stands for.
    request: Exchange,
    verifier: String,
}

impl RequestObject {
    /// The same with another value of a parameter, or of a claim that is none.
    pub fn with(mut self, name: &str, value: impl Into<Value>) -> Self {
        let value = value.into();
        if let (Some(text), true) = (value.as_str(), self.request.value(name).is_some()) {
            self.request = self.request.with(name, text);
        }
        self.object = self.object.with(name, value);
        self
    }

    /// The same without a parameter or claim.
    pub fn without(mut self, name: &str) -> Self {
        self.request = self.request.without(name);
        self.object = self.object.without(name);
        self
    }

    /// The parameters that are in it.
    pub fn request(&self) -> &Exchange {
        &self.request
    }
}

impl Lab {
    /// A lab for one cell of a check. What is about request objects is asked by a client that can sign them.
    pub fn for_check(setting: Arc<Setting>, check: &Check, cell: Cell) -> Result<Self, Stop> {
        if !check.needs.contains(&Need::RequestObjects) {
            return Self::new(setting, cell);
        }
        let target = &setting.target;
        let signs = |client: &&Client| client.fits(cell) && target.request_signer(client).is_some();
        // A key is there to sign with, if the server reads its algorithm; whether a secret is, many a server wants to be told for each client.
        let listed = target.metadata.list("request_object_signing_alg_values_supported");
        let is_read = |key: &SigningKey| listed.is_empty() || listed.contains(&key.algorithm().as_str());
        let by_key = target.clients.iter().find(|client| client.fits(cell) && client.key.as_ref().is_some_and(is_read));
        let client = by_key.or_else(|| target.clients.iter().find(signs)).cloned().ok_or_else(|| {
            Stop::not_applicable(
                Reason::NoClient,
                format!("no client for {cell} has a key ([[client]] key), or a secret that is listed as one for request objects"),
            )
        })?;
        Ok(Self::with_client(setting, cell, client))
    }

    /// The valid request of the client of the lab, as an object that it signs. RFC 9101 §10.8: without a `sub`, so that it is no client
    /// assertion.
    pub fn request_object(&self) -> Result<RequestObject, Stop> {
        let client = self.client();
        let key = self.target().request_signer(client).ok_or_else(|| {
            Stop::Error("the check is about request objects, and does not say so (Need::RequestObjects)".to_owned())
        })?;
        let verifier = random();
        let request = self.authorization_request(client, &verifier)?;
        let audience = self.target().published_issuer();
        let object = Assertion::new(key, &client.id, &client.id, audience).without("sub").made_at(self.now());
        let object = request.params.iter().fold(object, |object, (name, value)| object.with(name, claim(name, value)));
        Ok(RequestObject { object, request, verifier })
    }

    /// The authorization request with this object. OpenID Connect Core §6.1: what makes it a request of OAuth stands beside the object, with
    /// the same values.
    pub fn by_object(&self, object: &RequestObject) -> Result<Authorize, Stop> {
        let beside = ["response_type", "client_id", "scope"];
        let valid = self.authorization_request(self.client(), &object.verifier)?;
        let url = valid.url.clone();
        let kept = valid.params.into_iter().filter(|(name, _)| beside.contains(&name.as_str())).collect();
        let front = Exchange { params: kept, ..Exchange::fetch(&url) }.param("request", object.object.signed());
        Ok(Authorize::valid().bringing(front, object.request.clone(), &object.verifier))
    }

    /// The same object, pushed: RFC 9126 §3.
    pub fn pushing_object(&self, object: &RequestObject) -> Result<Exchange, Stop> {
        let client = self.client();
        let params = vec![("client_id".to_owned(), client.id.clone())];
        Ok(self.pushing_these(client, params)?.param("request", object.object.signed()))
    }

    /// What is pushed in place of the parameters within an object.
    pub fn pushed_object(&self, object: &RequestObject, reply: &Reply) -> Option<Pushed> {
        self.pushed(self.client(), &object.request, &object.verifier, reply)
    }
}

/// RFC 9101 §4: numbers are numbers, and JSON is JSON.
fn claim(name: &str, value: &str) -> Value {
    match name {
        "max_age" => value.parse::<u64>().map_or_else(|_| value.into(), Value::from),
        "claims" => serde_json::from_str(value).unwrap_or_else(|_| value.into()),
        _ => value.into(),
    }
}
