//! The last look at what leaves the server: each document passes here just before it is signed or sent.

use crate::forward::forwarding;
use crate::model::Path;

/// A JSON object.
pub type Map = serde_json::Map<String, serde_json::Value>;

/// One method per document. The strict server changes nothing.
pub trait Claims: Send + Sync {
    /// Header and claims of a JWT access token (RFC 9068 §2), before signing.
    fn access_token(&self, _header: &mut Map, _claims: &mut Map) {}
    /// Header and claims of an ID token (OpenID Connect Core §2) of the given path, before signing.
    fn id_token(&self, _path: Path, _header: &mut Map, _claims: &mut Map) {}
    /// A successful token response (RFC 6749 §5.1) of the given path.
    fn token_response(&self, _path: Path, _body: &mut Map) {}
    /// The parameters of a successful authorization response (RFC 6749 §4.1.2, §4.2.2) of the given path.
    fn authorization_response(&self, _path: Path, _fields: &mut Vec<(&'static str, String)>) {}
    /// A successful device authorization response (RFC 8628 §3.2).
    fn device_authorization(&self, _body: &mut Map) {}
    /// The userinfo response (OpenID Connect Core §5.3.2).
    fn userinfo(&self, _body: &mut Map) {}
    /// The introspection response (RFC 7662 §2.2).
    fn introspection(&self, _body: &mut Map) {}
    /// The metadata (RFC 8414 §2), at both addresses.
    fn metadata(&self, _body: &mut Map) {}
    /// The key set (RFC 7517 §5).
    fn jwks(&self, _body: &mut Map) {}
}

/// The strict server's choice: everything leaves as it is.
#[derive(Clone, Copy, Debug)]
pub struct AsIs;

impl Claims for AsIs {}

forwarding! {
    /// Claims over other claims: what is not overridden is the inner one's.
    pub trait ClaimsOver for Claims {
        fn access_token(&self, header: &mut Map, claims: &mut Map);
        fn id_token(&self, path: Path, header: &mut Map, claims: &mut Map);
        fn token_response(&self, path: Path, body: &mut Map);
        fn authorization_response(&self, path: Path, fields: &mut Vec<(&'static str, String)>);
        fn device_authorization(&self, body: &mut Map);
        fn userinfo(&self, body: &mut Map);
        fn introspection(&self, body: &mut Map);
        fn metadata(&self, body: &mut Map);
        fn jwks(&self, body: &mut Map);
    }
}
