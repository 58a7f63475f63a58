//! Pushed authorization requests as verbs: RFC 9126.

use serde_json::Value;

use super::{Authorize, Lab, random};
use crate::cell::AuthMethod;
use crate::check::Stop;
use crate::exchange::{Exchange, Reply};
use crate::target::Client;

/// A request that was pushed: the reference, and what it stands for.
#[derive(Clone, Debug)]
pub struct Pushed {
    /// `request_uri`
    pub request_uri: String,
    /// `expires_in`, in seconds.
    pub expires_in: Option<u64>,
    client_id: String,
    request: Exchange,
    verifier: String,
}

impl Pushed {
    /// The parameters that were pushed.
    pub fn request(&self) -> &Exchange {
        &self.request
    }
}

impl Lab {
    /// A valid authorization request, pushed by `client` with its credentials: RFC 9126 §2.1, which wants the `client_id` among the
    /// parameters however the client authenticates.
    pub fn pushing(&self, client: &Client, verifier: &str) -> Result<Exchange, Stop> {
        let request = self.authorization_request(client, verifier)?;
        self.pushing_these(client, request.params)
    }

    /// The same with these parameters.
    pub fn pushing_these(&self, client: &Client, params: Vec<(String, String)>) -> Result<Exchange, Stop> {
        let url = self.endpoint(
            "pushed_authorization_request_endpoint",
            self.target().metadata.pushed_authorization_request_endpoint.as_ref(),
        )?;
        let sent_anyhow = matches!(client.auth, AuthMethod::Post | AuthMethod::None);
        let params = params.into_iter().filter(|(name, _)| name != "client_id" || !sent_anyhow).collect();
        Ok(Exchange { params, ..Exchange::post(url).by(client) })
    }

    /// What came of pushing `sent` for `client`; nothing if no reference did.
    pub fn pushed(&self, client: &Client, sent: &Exchange, verifier: &str, reply: &Reply) -> Option<Pushed> {
        let json = reply.json().filter(|_| reply.is_success())?;
        let request_uri = json.get("request_uri").and_then(Value::as_str)?.to_owned();
        Some(Pushed {
            request_uri,
            expires_in: json.get("expires_in").and_then(Value::as_u64),
            client_id: client.id.clone(),
            request: Exchange { params: sent.params.clone(), ..Exchange::fetch(&sent.url) },
            verifier: verifier.to_owned(),
        })
    }

    /// Pushes a valid request of the client of the cell, with these parameters changed: what was answered, and the reference if one came.
    pub async fn push(&self, changed: &[(&str, &str)]) -> Result<(Reply, Option<Pushed>), Stop> {
        let (client, verifier) = (self.client(), random());
        let valid = self.pushing(client, &verifier)?;
        let sent = changed.iter().fold(valid, |sent, (name, value)| sent.with(name, *value));
        let reply = self.send(&sent).await?;
        let pushed = self.pushed(client, &sent, &verifier, &reply);
        Ok((reply, pushed))
    }

    /// Pushes a valid request; a control.
    pub async fn is_pushed(&self) -> Result<Pushed, Stop> {
        let (reply, pushed) = self.push(&[]).await?;
        pushed.ok_or_else(|| reply.not_the_control("a request_uri"))
    }

    /// The authorization request that refers to a pushed one: RFC 9126 §4.
    pub fn by_reference(&self, pushed: &Pushed) -> Result<Authorize, Stop> {
        let url = self.endpoint("authorization_endpoint", self.target().metadata.authorization_endpoint.as_ref())?;
        let front = Exchange::fetch(url)
            .param("client_id", &pushed.client_id)
            .param("request_uri", pushed.request_uri.as_str());
        Ok(Authorize::valid().bringing(front, pushed.request.clone(), &pushed.verifier))
    }
}
