//! Minting: from a grant to the tokens that stand for it.

use std::sync::Arc;

use serde_json::{Value, json};

use super::keys::Key;
use super::secret::{Digest, base64url, random_bytes, random_string};
use super::{Algorithm, Map, person};
use crate::config::AccessTokenFormat;
use crate::model::{AccessToken, Client, Grant, Jti, Lineage, Path, RefreshToken, Scope, User};
use crate::server::Server;
use crate::store::StoreError;

/// An access token that was just made: RFC 6749 §5.1.
#[derive(Clone)]
pub struct IssuedToken {
    value: String,
    expires_in: u64,
    scope: Scope,
}

/// RFC 6749 §5.1: what a client gets.
#[derive(Clone)]
#[allow(clippy::struct_field_names, reason = "they are the names on the wire")]
pub struct TokenResponse {
    access_token: IssuedToken,
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
        body.insert("access_token".to_owned(), self.access_token.value.into());
        body.insert("token_type".to_owned(), "Bearer".into());
        body.insert("expires_in".to_owned(), self.access_token.expires_in.into());
        body.insert("scope".to_owned(), self.access_token.scope.to_string().into());
        if let Some(refresh_token) = self.refresh_token {
            body.insert("refresh_token".to_owned(), refresh_token.into());
        }
        if let Some(id_token) = self.id_token {
            body.insert("id_token".to_owned(), id_token.into());
        }
        body
    }
}

/// What travels through the browser: RFC 6749 §4.1.2, §4.2.2, OpenID Connect Core §3.2.2.5, §3.3.2.5.
#[derive(Clone, Default)]
pub struct FrontChannel {
    /// A code.
    pub code: Option<String>,
    /// An access token.
    pub access_token: Option<IssuedToken>,
    /// An ID token.
    pub id_token: Option<String>,
}

impl FrontChannel {
    /// The value of the access token.
    pub fn access_token_value(&self) -> Option<&str> {
        self.access_token.as_ref().map(|token| token.value.as_str())
    }

    /// The parameters of the authorization response.
    pub fn into_fields(self) -> Vec<(&'static str, String)> {
        let mut fields = Vec::new();
        fields.extend(self.code.map(|code| ("code", code)));
        if let Some(token) = self.access_token {
            fields.push(("access_token", token.value));
            fields.push(("token_type", "Bearer".to_owned()));
            fields.push(("expires_in", token.expires_in.to_string()));
            fields.push(("scope", token.scope.to_string()));
        }
        fields.extend(self.id_token.map(|id_token| ("id_token", id_token)));
        fields
    }
}

/// What an ID token is issued beside, and vouches for.
#[derive(Clone, Copy, Debug, Default)]
pub struct Beside<'a> {
    /// OpenID Connect Core §3.1.3.6, `at_hash`.
    pub access_token: Option<&'a str>,
    /// OpenID Connect Core §3.3.2.11, `c_hash`.
    pub code: Option<&'a str>,
}

/// A new decision, from which nothing has come yet.
pub fn new_lineage() -> Lineage {
    Lineage(random_bytes())
}

impl Server {
    /// Every scope that exists here.
    pub fn known_scopes(&self) -> &Scope {
        &self.offer.scopes
    }

    /// Mint the access token of a grant, and the ID token that goes with it.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn mint(&self, path: Path, client: &Client, grant: &Arc<Grant>) -> Result<TokenResponse, StoreError> {
        let access_token = self.access_token(path, client, grant).await?;
        let beside = Beside { access_token: Some(&access_token.value), code: None };
        let id_token = self.id_token(path, client, grant, beside).await?;
        Ok(TokenResponse { access_token, refresh_token: None, id_token })
    }

    /// The user behind a grant, active or not.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn user_of(&self, grant: &Grant) -> Result<Option<Arc<User>>, StoreError> {
        match &grant.user {
            Some(authentication) => self.store.user_by_sub(&authentication.sub).await,
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
        grant: &Arc<Grant>,
    ) -> Result<Option<String>, StoreError> {
        if !self.rules.refresh_token_is_issued(path, client, grant) {
            return Ok(None);
        }
        let (value, record) = self.new_refresh_token(client, grant, None);
        self.store.put_refresh_token(record).await?;
        Ok(Some(value))
    }

    /// A refresh token for a grant: its value, and what to keep of it. A successor inherits the end of its family.
    pub fn new_refresh_token(
        &self,
        client: &Client,
        grant: &Arc<Grant>,
        family_expires_at: Option<u64>,
    ) -> (String, RefreshToken) {
        let (value, now, lifetimes) = (random_string(), self.clock.now(), &client.lifetimes);
        let record = RefreshToken {
            digest: Digest::of(&value),
            grant: Arc::clone(grant),
            issued_at: now,
            expires_at: now + lifetimes.refresh_token,
            family_expires_at: family_expires_at.unwrap_or(now + lifetimes.refresh_token_family),
            revoked: false,
            rotated: false,
        };
        (value, record)
    }

    /// A refresh token that lives on: its idle time begins anew.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn keep_refresh_token(&self, client: &Client, token: &RefreshToken) -> Result<(), StoreError> {
        let expires_at = self.clock.now() + client.lifetimes.refresh_token;
        self.store.put_refresh_token(RefreshToken { expires_at, ..token.clone() }).await
    }

    /// RFC 9068 §2, or an opaque string; remembered either way.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn access_token(
        &self,
        path: Path,
        client: &Client,
        grant: &Arc<Grant>,
    ) -> Result<IssuedToken, StoreError> {
        let now = self.clock.now();
        let jti = Jti(random_bytes());
        let expires_at = grant.not_after.unwrap_or(u64::MAX).min(now + client.lifetimes.access_token);
        let value = match self.rules.access_token_format(path, client) {
            AccessTokenFormat::Opaque => random_string(),
            AccessTokenFormat::Jwt => {
                let user = self.user_of(grant).await?;
                let mut claims = object(json!({
                    "iss": self.config.issuer,
                    "sub": grant.subject(),
                    "aud": self.audience(grant),
                    "client_id": client.client_id,
                    "scope": grant.scope.to_string(),
                    "jti": jti.to_string(),
                    "iat": now,
                    "exp": expires_at,
                }));
                if let Some(authentication) = &grant.user {
                    claims.insert("auth_time".to_owned(), authentication.auth_time.into());
                }
                if let Some(actor) = &grant.actor {
                    claims.insert("act".to_owned(), actor.clone().into());
                }
                if let Some(may_act) = user.as_ref().and_then(|user| user.may_act()) {
                    claims.insert("may_act".to_owned(), may_act);
                }
                let signing_key = self.keys.signing_key(client.access_token_signing_alg);
                let mut header = header(signing_key.key(), "at+jwt");
                self.claims.access_token(&mut header, &mut claims);
                signing_key.sign(&header, &claims, expires_at)
            }
        };
        let record = AccessToken {
            digest: Digest::of(&value),
            grant: Arc::clone(grant),
            jti,
            issued_at: now,
            expires_at,
            revoked: false,
        };
        self.store.put_access_token(record).await?;
        Ok(IssuedToken { value, expires_in: expires_at.saturating_sub(now), scope: grant.scope.clone() })
    }

    /// RFC 9068 §3: the resources of a grant, one or several, or the default one.
    pub fn audience(&self, grant: &Grant) -> Value {
        match grant.audience.as_slice() {
            [] => json!(self.config.audience),
            [one] => json!(one),
            several => json!(several),
        }
    }

    /// OpenID Connect Core §2: an ID token, if the grant has one and reaches as far as `openid`.
    ///
    /// # Errors
    /// When the store fails.
    pub async fn id_token(
        &self,
        path: Path,
        client: &Client,
        grant: &Grant,
        beside: Beside<'_>,
    ) -> Result<Option<String>, StoreError> {
        let (Some(authentication), Some(user)) = (&grant.user, self.user_of(grant).await?) else { return Ok(None) };
        if !self.rules.id_token_is_issued(path, grant) {
            return Ok(None);
        }
        let signing_key = self.keys.signing_key(client.id_token_signed_response_alg);
        let hash = |value: &str| base64url(signing_key.key().algorithm().left_half_hash(value));
        let now = self.clock.now();
        let expires_at = now + client.lifetimes.id_token;
        let mut claims = object(json!({
            "iss": self.config.issuer,
            "sub": user.sub,
            "aud": client.client_id,
            "exp": expires_at,
            "iat": now,
            "auth_time": authentication.auth_time,
        }));
        if let Some(access_token) = beside.access_token {
            claims.insert("at_hash".to_owned(), hash(access_token).into());
        }
        if let Some(code) = beside.code {
            claims.insert("c_hash".to_owned(), hash(code).into());
        }
        if let Some(nonce) = &grant.nonce {
            claims.insert("nonce".to_owned(), nonce.as_str().into());
        }
        // OpenID Connect Core §5.4: where no access token is issued, there is no other way to tell them.
        if path == Path::ImplicitIdToken {
            claims.extend(person::claims(&user, &grant.scope));
        }
        claims.extend(person::wished(&user, &grant.claims.id_token));
        if let Some(wish) = grant.claims.acr() {
            claims.insert("acr".to_owned(), self.rules.acr_of(path, wish, &self.config.acr()).into());
        }
        let mut header = header(signing_key.key(), "JWT");
        self.claims.id_token(path, &mut header, &mut claims);
        Ok(Some(signing_key.sign(&header, &claims, expires_at)))
    }

    /// OpenID Connect Core §5.3.2: userinfo for a client that has it signed. Its key is published for as long as that of an ID token.
    pub fn signed_userinfo(&self, client: &Client, algorithm: Algorithm, mut claims: Map) -> String {
        let signing_key = self.keys.signing_key(algorithm);
        claims.insert("iss".to_owned(), self.config.issuer.as_str().into());
        claims.insert("aud".to_owned(), client.client_id.as_str().into());
        let expires_at = self.clock.now() + client.lifetimes.id_token;
        signing_key.sign(&header(signing_key.key(), "JWT"), &claims, expires_at)
    }
}

/// RFC 7515 §4.1.
fn header(key: &Key, typ: &str) -> Map {
    object(json!({ "alg": key.algorithm().as_str(), "typ": typ, "kid": key.kid() }))
}

fn object(value: Value) -> Map {
    match value {
        Value::Object(map) => map,
        _ => Map::new(),
    }
}
