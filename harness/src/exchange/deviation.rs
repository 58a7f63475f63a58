//! A deviation: the one thing that is wrong with an exchange.

use super::{Credentials, Exchange, SigningKey, Via};
use crate::cell::AuthMethod;
use crate::target::Client;

/// One thing that is changed in a valid exchange.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Deviation {
    /// Another client asks, with its own credentials.
    As(Box<Client>),
    /// The credentials are presented a second time, by another method.
    Also(AuthMethod),
    /// The credentials travel in the query.
    CredentialsInQuery,
    /// A parameter is left out.
    Drop(String),
    /// Another request method.
    Method(&'static str),
    /// A parameter is sent twice, the second time with this value.
    Repeat(String, String),
    /// A parameter has another value, or is added.
    Set(String, String),
    /// The parameters travel another way.
    Via(Via),
}

impl Exchange {
    /// The exchange with one thing changed.
    ///
    /// `client_id` and `client_secret` are the credentials wherever the request carries credentials, so that the same
    /// deviation works for each authentication method; `token` is the bearer token wherever it carries one.
    pub fn deviating(mut self, deviation: &Deviation) -> Self {
        match deviation {
            Deviation::As(client) => self.credentials = Some(Credentials::of(client)),
            Deviation::Also(method) => {
                if let Some(credentials) = &mut self.credentials {
                    credentials.also = Some(*method);
                }
            }
            Deviation::CredentialsInQuery => {
                if let Some(credentials) = &mut self.credentials {
                    if !credentials.method.is_jwt() {
                        credentials.method = AuthMethod::Post;
                    }
                    credentials.in_query = true;
                }
            }
            Deviation::Drop(name) => self.set(name, None),
            Deviation::Method(method) => {
                self.method = method;
                if *method == "POST" && self.via == Via::Query {
                    self.via = Via::Body;
                }
            }
            Deviation::Repeat(name, value) => {
                if let (Some(credentials), "client_id") = (&self.credentials, name.as_str())
                    && credentials.method == AuthMethod::Basic
                    && let Some(id) = credentials.client_id.clone()
                {
                    // With Basic the body names no client yet: name it twice there.
                    self.params.push((name.clone(), id));
                }
                self.params.push((name.clone(), value.clone()));
            }
            Deviation::Set(name, value) => self.set(name, Some(value)),
            Deviation::Via(via) => self.via = *via,
        }
        self
    }

    /// The exchange with all of `deviations`.
    pub fn deviating_by(self, deviations: &[Deviation]) -> Self {
        deviations.iter().fold(self, Self::deviating)
    }

    /// The exchange with another value for a parameter.
    pub fn with(self, name: &str, value: impl Into<String>) -> Self {
        self.deviating(&Deviation::Set(name.to_owned(), value.into()))
    }

    /// The exchange without a parameter.
    pub fn without(self, name: &str) -> Self {
        self.deviating(&Deviation::Drop(name.to_owned()))
    }

    fn set(&mut self, name: &str, value: Option<&String>) {
        match (name, &mut self.credentials, &mut self.bearer) {
            ("client_id", Some(credentials), _) => {
                credentials.client_id = value.cloned();
                if value.is_none() {
                    self.credentials = None;
                }
            }
            // What proves who it is is a key: another one is to it what another secret is to others.
            ("client_secret", Some(credentials), _) if credentials.method == AuthMethod::KeyJwt => {
                credentials.key = credentials.key.as_ref().map(SigningKey::stranger);
            }
            ("client_secret", Some(credentials), _) => credentials.secret = value.cloned(),
            ("client_assertion", Some(credentials), _) if credentials.method.is_jwt() => {
                credentials.assertion = value.cloned();
                // Without an assertion nothing is left but the name of the client.
                if value.is_none() {
                    (credentials.secret, credentials.key, credentials.named) = (None, None, true);
                }
            }
            ("client_assertion_type", Some(credentials), _) if credentials.method.is_jwt() => {
                credentials.assertion_type = value.cloned();
            }
            ("token", _, Some(_)) => self.bearer = value.cloned(),
            _ => {
                let at = self.params.iter().position(|(known, _)| known == name);
                match (at, value) {
                    (Some(at), Some(value)) => self.params[at].1.clone_from(value),
                    (Some(at), None) => drop(self.params.remove(at)),
                    (None, Some(value)) => self.params.push((name.to_owned(), value.clone())),
                    (None, None) => {}
                }
            }
        }
    }
}
