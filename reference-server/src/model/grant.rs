//! What the server hands out and remembers: codes, tokens, sessions, and the lineage that ties them together.
//!
//! All times are seconds since 1970. What a stranger could use is kept as a digest.

use std::fmt;
use std::sync::Arc;

use super::{ClaimsRequest, Client, Entry, Path, Prompt, ResponseType, ReturnAddress, Scope};
use crate::error::Refusal;
use crate::tokens::Map;
use crate::tokens::secret::{Digest, base64url, same_bytes, sha256};

/// Everything that came from one decision of a user: the code, its access tokens, its refresh tokens.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Lineage(pub [u8; 32]);

/// RFC 7519 §4.1.7: the name of one token, 128 random bits. As text it is base64url.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Jti(pub [u8; 16]);

impl fmt::Display for Jti {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&base64url(self.0))
    }
}

/// Who logged in, and when.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Authentication {
    /// Who: OpenID Connect Core §2, `sub`, which stays when the login name changes.
    pub sub: String,
    /// OpenID Connect Core §2: when the user proved who they are.
    pub auth_time: u64,
}

/// What was granted, to whom, for whom.
#[derive(Clone, Debug)]
pub struct Grant {
    /// The decision this belongs to.
    pub lineage: Lineage,
    /// The client it was granted to.
    pub client_id: String,
    /// The user who decided; none when the client acts for itself.
    pub user: Option<Authentication>,
    /// RFC 8693 §1.1: the client in whose name it was granted, where that is neither a user nor the client itself.
    pub subject: Option<String>,
    /// How far it reaches.
    pub scope: Scope,
    /// OpenID Connect Core §3.1.2.1: the value that ties the ID token to the request.
    pub nonce: Option<String>,
    /// Whether an ID token goes with it, given `openid`: OpenID Connect defines an authentication for the way in which it was granted.
    pub id_token: bool,
    /// OpenID Connect Core §5.5: the claims that were asked for one by one.
    pub claims: ClaimsRequest,
    /// RFC 9068 §3, RFC 8707 §2, RFC 8693 §2.1: who the access tokens are for, where it is not the default resource.
    pub audience: Vec<String>,
    /// RFC 8693 §4.1: who acts in the name of the subject.
    pub actor: Option<Map>,
    /// RFC 7521 §4.1: when its access tokens die at the latest.
    pub not_after: Option<u64>,
}

/// RFC 7636 §4.3: what the verifier has to prove.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Challenge {
    /// The base64url form of the verifier's SHA-256.
    S256(String),
    /// The verifier itself, kept as a digest: RFC 7636 §7.2.
    Plain(Digest),
}

impl Challenge {
    /// The challenge of a request whose method is known to be one of the two; left out it is `plain` (RFC 7636 §4.3).
    pub fn new(challenge: &str, method: Option<&str>) -> Challenge {
        match method {
            Some("plain") | None => Challenge::Plain(Digest::of(challenge)),
            Some(_) => Challenge::S256(challenge.to_owned()),
        }
    }

    /// RFC 7636 §4.6: compared in constant time.
    pub fn is_met_by(&self, verifier: &str) -> bool {
        match self {
            Challenge::S256(challenge) => {
                same_bytes(base64url(sha256(verifier.as_bytes())).as_bytes(), challenge.as_bytes())
            }
            Challenge::Plain(digest) => digest.matches(verifier),
        }
    }
}

impl Grant {
    /// What a user grants, with nothing special about it.
    pub fn by_user(lineage: Lineage, client: &Client, user: Authentication, scope: Scope) -> Grant {
        Grant { user: Some(user), ..Grant::to_client(lineage, client, scope) }
    }

    /// What a client is granted in its own name.
    pub fn to_client(lineage: Lineage, client: &Client, scope: Scope) -> Grant {
        Grant {
            lineage,
            client_id: client.client_id.clone(),
            user: None,
            subject: None,
            scope,
            nonce: None,
            id_token: false,
            claims: ClaimsRequest::default(),
            audience: Vec::new(),
            actor: None,
            not_after: None,
        }
    }

    /// RFC 8707 §2.2: the same for these resources; mostly they are those that were granted.
    #[must_use]
    pub fn narrowed_to(self: &Arc<Grant>, audience: Vec<String>) -> Arc<Grant> {
        if audience == self.audience {
            return Arc::clone(self);
        }
        Arc::new(Grant { audience, ..(**self).clone() })
    }

    /// RFC 9068 §2.2, `sub`: in whose name.
    pub fn subject(&self) -> &str {
        let client = self.subject.as_ref().unwrap_or(&self.client_id);
        self.user.as_ref().map_or(client, |user| &user.sub)
    }
}

/// An authorization code: RFC 6749 §4.1.2, with all that it is bound to.
#[derive(Clone, Debug)]
pub struct Code {
    /// What is kept of its value.
    pub digest: Digest,
    /// The response type it came from.
    pub path: Path,
    /// What it stands for.
    pub grant: Arc<Grant>,
    /// The redirect URI of the authorization request, if that request named one.
    pub redirect_uri: Option<String>,
    /// RFC 7636 §4.3.
    pub challenge: Option<Challenge>,
    /// When it dies unused.
    pub expires_at: u64,
    /// Until when it is remembered that it was used: as long as something may live that came from it.
    pub remembered_until: u64,
    /// Whether it was used already; decided by the store when it is looked up.
    pub spent: bool,
}

/// An access token, kept whatever its format, so that revocation and introspection act at once.
#[derive(Clone, Debug)]
pub struct AccessToken {
    /// What is kept of its value.
    pub digest: Digest,
    /// What it stands for; the scope is that of this token.
    pub grant: Arc<Grant>,
    /// RFC 9068 §2.2.
    pub jti: Jti,
    /// When it was made.
    pub issued_at: u64,
    /// When it dies.
    pub expires_at: u64,
    /// Whether it, or its lineage, was revoked; decided by the store when it is looked up.
    pub revoked: bool,
}

/// A refresh token: RFC 6749 §6, one member of a family.
#[derive(Clone, Debug)]
pub struct RefreshToken {
    /// What is kept of its value.
    pub digest: Digest,
    /// What it stands for; the scope is always the whole original one.
    pub grant: Arc<Grant>,
    /// When it was made.
    pub issued_at: u64,
    /// When it dies unused.
    pub expires_at: u64,
    /// When the whole family dies, used or not.
    pub family_expires_at: u64,
    /// Whether its lineage was revoked; decided by the store when it is looked up.
    pub revoked: bool,
    /// Whether it was exchanged already; decided by the store when it is looked up.
    pub rotated: bool,
}

/// A browser in which somebody has logged in.
#[derive(Clone, Debug)]
pub struct Session {
    /// What is kept of the cookie.
    pub digest: Digest,
    /// Who logged in.
    pub authentication: Authentication,
    /// When the user has to log in again.
    pub expires_at: u64,
}

/// An authorization request that passed every rule.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// Who asks.
    pub client_id: String,
    /// What for.
    pub response_type: ResponseType,
    /// Where the answer goes: one of the registered URIs.
    pub return_address: ReturnAddress,
    /// The `redirect_uri` parameter as it was sent.
    pub redirect_uri: Option<String>,
    /// What would be granted.
    pub scope: Scope,
    /// RFC 8707 §2.1: for which resources; empty for the default one.
    pub resources: Vec<String>,
    /// For the ID token.
    pub nonce: Option<String>,
    /// RFC 7636 §4.3.
    pub challenge: Option<Challenge>,
    /// OpenID Connect Core §3.1.2.1.
    pub prompt: Prompt,
    /// How old the login may be, in seconds.
    pub max_age: Option<u64>,
    /// OpenID Connect Core §3.1.2.1: what the user might log in with.
    pub login_hint: Option<String>,
    /// The `sub` of the ID token that came as `id_token_hint`.
    pub hinted_subject: Option<String>,
    /// OpenID Connect Core §5.5: the claims that are asked for one by one.
    pub claims: ClaimsRequest,
}

impl AuthorizationRequest {
    /// What the user is asked about: the scope, and the scopes that stand for the claims that are asked for one by one.
    pub fn reach(&self) -> Scope {
        self.scope.union(&self.claims.scopes())
    }
}

/// What waits for its user.
#[derive(Clone, Debug)]
pub enum Pending {
    /// RFC 6749 §4.1.1: an authorization request.
    Authorization(Box<AuthorizationRequest>),
    /// RFC 9700 §4.11.2: an authorization request that was refused, and is told so once the user has logged in.
    Refused(Box<RefusedRequest>),
    /// RFC 8628 §3.3: a device, as soon as the user has said which one.
    Device(Entry),
}

/// An error on its way to a client.
#[derive(Clone, Debug)]
pub struct RefusedRequest {
    /// Who asked.
    pub client_id: String,
    /// Where the answer goes.
    pub return_address: ReturnAddress,
    /// The answer.
    pub refusal: Refusal,
}

impl Pending {
    /// Who asks, where that is known from the start.
    pub fn client_id(&self) -> Option<&str> {
        match self {
            Pending::Authorization(request) => Some(&request.client_id),
            Pending::Refused(request) => Some(&request.client_id),
            Pending::Device(_) => None,
        }
    }
}

/// A request that waits for its user.
#[derive(Clone, Debug)]
pub struct Interaction {
    /// What is kept of the identifier in the URL.
    pub digest: Digest,
    /// What is kept of the cookie of the one browser that may answer.
    pub browser: Digest,
    /// The value that the forms carry, so that no other site can post them.
    pub csrf: String,
    /// The request.
    pub request: Pending,
    /// Who answered the login page.
    pub user: Option<Authentication>,
    /// When it is forgotten.
    pub expires_at: u64,
}
