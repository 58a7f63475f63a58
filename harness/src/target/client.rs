//! A client of the target, and what it may ask for.

use std::fmt;

use crate::cell::{AuthMethod, Cell, ClientKind, Grant, ResponseType};
use crate::exchange::SigningKey;

/// A client of the target.
#[derive(Clone, PartialEq, Eq)]
pub struct Client {
    /// `client_id`
    pub id: String,
    /// `client_secret`; a public client has none.
    pub secret: Option<String>,
    /// What it signs its client assertions with, if that is not the secret.
    pub key: Option<SigningKey>,
    /// The `aud` of its client assertions; none for the token endpoint.
    pub audience: Option<String>,
    /// How it authenticates at the token endpoint.
    pub auth: AuthMethod,
    /// Does it send its `client_id` beside a client assertion, where RFC 7521 §4.2 has it optional?
    pub named: bool,
    /// The grant types that it is registered for, by their names on the wire; none where they are still to be learned.
    pub grants: Vec<String>,
    /// The response types that it may ask for; none where it may ask for all of its grants'.
    pub response_types: Vec<ResponseType>,
    /// All that it may ask for, where its registration says so.
    pub scope: Option<String>,
    /// Its registered redirect URIs; the first one is used.
    pub redirect_uris: Vec<String>,
    /// The origins whose scripts may read what the server answers it, as it was registered with.
    pub origins: Vec<String>,
    /// Where its users may go after a logout: RP-Initiated Logout §3.1.
    pub post_logout_redirect_uris: Vec<String>,
}

impl Client {
    /// RFC 6749 §2.1: a client with a secret is confidential.
    pub const fn kind(&self) -> ClientKind {
        match self.auth {
            AuthMethod::None => ClientKind::Public,
            AuthMethod::Basic | AuthMethod::Post | AuthMethod::SecretJwt | AuthMethod::KeyJwt => {
                ClientKind::Confidential
            }
        }
    }

    /// Is the client registered for this grant?
    pub fn may(&self, grant: Grant) -> bool {
        self.is_registered_for(grant.name())
    }

    /// May the client ask for this response type?
    pub fn may_ask_for(&self, response_type: ResponseType) -> bool {
        let named = self.response_types.is_empty() || self.response_types.contains(&response_type);
        named && self.may(response_type.grant())
    }

    /// Is the client registered for the grant type of that name?
    pub fn is_registered_for(&self, name: &str) -> bool {
        self.grants.iter().any(|known| known == name)
    }

    /// Does the client fit the axes of the cell?
    pub fn fits(&self, cell: Cell) -> bool {
        cell.kind.is_none_or(|kind| kind == self.kind())
            && cell.auth.is_none_or(|auth| auth == self.auth)
            && self.may_use(cell)
    }

    /// May the client ask for what is asked for in the cell, whoever it is?
    pub fn may_use(&self, cell: Cell) -> bool {
        cell.needs().all(|name| self.is_registered_for(name))
            && cell.response_type.is_none_or(|response_type| self.may_ask_for(response_type))
    }

    /// As much of this scope as it may ask for. `openid` says which protocol is spoken, and no registration needs to name it (OpenID Connect Core §3.1.2.1).
    pub fn within(&self, asked: Option<&str>) -> Option<String> {
        let asked = asked?;
        let Some(own) = &self.scope else { return Some(asked.to_owned()) };
        let own: Vec<&str> = own.split(' ').collect();
        let left: Vec<&str> = asked.split(' ').filter(|one| *one == "openid" || own.contains(one)).collect();
        (!left.is_empty()).then(|| left.join(" "))
    }
}

impl fmt::Debug for Client {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Client").field("id", &self.id).field("auth", &self.auth).finish_non_exhaustive()
    }
}
