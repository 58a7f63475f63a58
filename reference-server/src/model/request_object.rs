//! How the request objects of a client are secured, and what counts beside them: OpenID Connect Registration §2, Core §6, RFC 9101.

use super::Scope;
use super::client::{Client, ClientError};
use crate::tokens::Algorithm;
use crate::tokens::jwk::JwkSet;
use crate::transport::form::Form;

/// OpenID Connect Registration §2, `request_object_signing_alg`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RequestObjects {
    /// What they may be signed with, by a key of the client's.
    pub algorithms: Vec<Algorithm>,
    /// Whether they may be unsecured, where OpenID Connect Core §6.1 lets them.
    pub unsecured: bool,
}

impl RequestObjects {
    /// The one that is registered, or whatever both sides support: a server that takes unsecured ones says so.
    ///
    /// # Errors
    /// What this server does not know, does not take, or cannot verify with the keys of this client.
    pub fn parse(
        registered: Option<&str>,
        jwks: Option<&JwkSet>,
        jwks_are_elsewhere: bool,
        server_takes_unsecured: bool,
    ) -> Result<RequestObjects, ClientError> {
        let Some(name) = registered else {
            return Ok(RequestObjects {
                algorithms: Algorithm::ASYMMETRIC.to_vec(),
                unsecured: server_takes_unsecured,
            });
        };
        if name == "none" && server_takes_unsecured {
            return Ok(RequestObjects { algorithms: Vec::new(), unsecured: true });
        }
        let algorithm = Algorithm::parse(name)
            .filter(|algorithm| Algorithm::ASYMMETRIC.contains(algorithm))
            .ok_or_else(|| ClientError::RequestObjectAlg(name.to_owned()))?;
        if !jwks_are_elsewhere && !jwks.is_some_and(|jwks| jwks.has_key_for(algorithm)) {
            return Err(ClientError::NoKeyFor(algorithm));
        }
        Ok(RequestObjects { algorithms: vec![algorithm], unsecured: false })
    }
}

/// What counts of a request that has an object. The two standards disagree, and each is right where it applies.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Counts {
    /// RFC 9101 §6.3: what is in the object, and nothing else.
    ObjectAlone,
    /// OpenID Connect Core §6.1, §6.3.3: what is in the object, and what is beside it where the object is silent.
    ObjectFirst,
}

impl Counts {
    /// The parameters beside the object complete it in an OpenID Connect request, which shows itself in the open: it has a `response_type` and
    /// the scope `openid` (OpenID Connect Core §6.1). They do not for a client that always signs: whoever could change what is beside its object could
    /// not leave the object away (RFC 9101 §10.5), and that is what the signature is for.
    pub fn of(client: &Client, form: &Form) -> Counts {
        let openid = form.optional("scope").is_some_and(|scope| Scope::parse(scope).contains("openid"));
        if openid && form.optional("response_type").is_some() && !client.require_signed_request_object {
            Counts::ObjectFirst
        } else {
            Counts::ObjectAlone
        }
    }
}
