//! Minting: from a grant to the tokens that stand for it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::Map;
use super::keys::Algorithm;
use super::secret::{Digest, base64url, random_bytes, random_string, sha256};
use crate::config::AccessTokenFormat;
use crate::model::{AccessToken, Authentication, Client, Grant, Lineage, Path, RefreshToken, Scope, User};
use crate::server::Server;
use crate::store::StoreError;

/// RFC 6749 §5.1: what a client gets.
#[derive(Clone)]
pub struct TokenResponse {
    access_token: String,
    expires_in: u64,
    scope: Scope,
    refresh_token: Option<String>,
    id_token: Option<String>,
}

impl TokenResponse {
    /// Add the refresh token that goes with it.
    #[must_use]
    pub fn with_refresh_token(mut self, refresh_token: Option<String>) -> TokenResponse {
        self.refresh_token = refresh_token;
        self
    }

    /// The response body; the scope is always stated.
    pub fn into_body(self) -> Map {
        let mut body = Map::new();
        body.insert("access_token".to_owned(), self.access_token.into());
        body.insert("token_type".to_owned(), "Bearer".into());
        body.insert("expires_in".to_owned(), self.expires_in.into());
        body.insert("scope".to_owned(), self.scope.to_string().into());
        if let Some(refresh_token) = self.refresh_token {
            body.insert("refresh_token".to_owned(), refresh_token.into());
        }
        if let Some(id_token) = self.id_token {
            body.insert("id_token".to_owned(), id_token.into());
        }
        body
    }
}

/// A new decision, from which nothing has come yet.
pub fn new_lineage() -> Lineage {
    Lineage(random_bytes())
}

impl Server {
    /// Every scope that exists here.
    pub fn known_scopes(&self) -> Scope {
        self.config.scopes.iter().map(String::as_str).collect()
    }

    /// Mint the access token of a grant, and the ID token if it has `openid`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mint(&self, path: Path, client: &Client, grant: &Grant) -> Result<TokenResponse, StoreError> {
        let user = self.user_of(grant).await?;
        let sub = user.as_ref().map_or(client.client_id.as_str(), |user| user.sub.as_str());

        let (value, record) = self.access_token(path, client, grant, sub);
        let expires_in = record.expires_at - record.issued_at;
        self.store.put_access_token(record).await?;

        let id_token = match (&grant.user, &user) {
            (Some(authentication), Some(user)) if grant.scope.contains("openid") => {
                Some(self.id_token(client, grant, authentication, user, &value))
            }
            _ => None,
        };
        Ok(TokenResponse { access_token: value, expires_in, scope: grant.scope.clone(), refresh_token: None, id_token })
    }

    /// The user behind a grant, active or not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn user_of(&self, grant: &Grant) -> Result<Option<Arc<User>>, StoreError> {
        match &grant.user {
            Some(authentication) => self.store.user(&authentication.user).await,
            None => Ok(None),
        }
    }

    /// The first refresh token of a family, if the grant gets one.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn first_refresh_token(
        &self,
        path: Path,
        client: &Client,
        grant: &Grant,
    ) -> Result<Option<String>, StoreError> {
        if !self.rules.refresh_token_is_issued(path, client, grant) {
            return Ok(None);
        }
        let (value, record) = self.new_refresh_token(grant, None);
        self.store.put_refresh_token(record).await?;
        Ok(Some(value))
    }

    /// A refresh token for a grant: its value, and what to keep of it. A successor inherits the end of its family.
    pub fn new_refresh_token(&self, grant: &Grant, family_expires_at: Option<u64>) -> (String, RefreshToken) {
        let (value, now, lifetimes) = (random_string(), self.clock.now(), &self.config.lifetimes);
        let record = RefreshToken {
            digest: Digest::of(&value),
            grant: grant.clone(),
            issued_at: now,
            expires_at: now + lifetimes.refresh_token,
            family_expires_at: family_expires_at.unwrap_or(now + lifetimes.refresh_token_family),
            revoked: false,
            rotated: false,
        };
        (value, record)
    }

    /// RFC 9068 §2, or an opaque string.
    fn access_token(&self, path: Path, client: &Client, grant: &Grant, sub: &str) -> (String, AccessToken) {
        let now = self.clock.now();
        let (jti, expires_at) = (random_string(), now + self.config.lifetimes.access_token);
        let value = match self.rules.access_token_format(path, client) {
            AccessTokenFormat::Opaque => random_string(),
            AccessTokenFormat::Jwt => {
                let mut claims = object(json!({
                    "iss": self.config.issuer,
                    "sub": sub,
                    "aud": self.config.audience,
                    "client_id": client.client_id,
                    "scope": grant.scope.to_string(),
                    "jti": jti,
                    "iat": now,
                    "exp": expires_at,
                }));
                if let Some(authentication) = &grant.user {
                    claims.insert("auth_time".to_owned(), authentication.auth_time.into());
                }
                let mut header = self.header(Algorithm::Es256, "at+jwt");
                self.claims.access_token(&mut header, &mut claims);
                self.keys.sign(Algorithm::Es256, &header, &claims)
            }
        };
        let record = AccessToken {
            digest: Digest::of(&value),
            grant: grant.clone(),
            jti,
            issued_at: now,
            expires_at,
            revoked: false,
        };
        (value, record)
    }

    /// OpenID Connect Core §2.
    fn id_token(
        &self,
        client: &Client,
        grant: &Grant,
        authentication: &Authentication,
        user: &User,
        access_token: &str,
    ) -> String {
        let now = self.clock.now();
        let mut claims = object(json!({
            "iss": self.config.issuer,
            "sub": user.sub,
            "aud": client.client_id,
            "exp": now + self.config.lifetimes.id_token,
            "iat": now,
            "auth_time": authentication.auth_time,
            "at_hash": at_hash(access_token),
        }));
        if let Some(nonce) = &grant.nonce {
            claims.insert("nonce".to_owned(), nonce.as_str().into());
        }
        let mut header = self.header(Algorithm::Rs256, "JWT");
        self.claims.id_token(&mut header, &mut claims);
        self.keys.sign(Algorithm::Rs256, &header, &claims)
    }

    /// RFC 7515 §4.1.
    fn header(&self, algorithm: Algorithm, typ: &str) -> Map {
        object(json!({ "alg": algorithm.as_str(), "typ": typ, "kid": self.keys.kid(algorithm) }))
    }
}

/// OpenID Connect Core §3.1.3.6: the left half of the hash.
fn at_hash(access_token: &str) -> String {
    base64url(&sha256(access_token.as_bytes())[..16])
}

fn object(value: Value) -> Map {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
