//! `[endpoints]` of the target file: what a server does not publish, or publishes elsewhere.

use serde::{Deserialize, Deserializer, de::Error as _};

use super::Metadata;

/// `[endpoints]`
#[derive(Clone, Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Endpoints {
    /// The authorization endpoint.
    #[serde(default, deserialize_with = "maybe_url")]
    pub authorization: Option<String>,
    /// The token endpoint. Where it is given, no metadata is asked for.
    #[serde(default, deserialize_with = "maybe_url")]
    pub token: Option<String>,
    /// The JWK set.
    #[serde(default, deserialize_with = "maybe_url")]
    pub jwks: Option<String>,
    /// The introspection endpoint.
    #[serde(default, deserialize_with = "maybe_url")]
    pub introspection: Option<String>,
    /// The revocation endpoint.
    #[serde(default, deserialize_with = "maybe_url")]
    pub revocation: Option<String>,
    /// The userinfo endpoint.
    #[serde(default, deserialize_with = "maybe_url")]
    pub userinfo: Option<String>,
    /// The device authorization endpoint.
    #[serde(default, deserialize_with = "maybe_url")]
    pub device_authorization: Option<String>,
    /// The registration endpoint.
    #[serde(default, deserialize_with = "maybe_url")]
    pub registration: Option<String>,
    /// The endpoint for pushed requests.
    #[serde(default, deserialize_with = "maybe_url")]
    pub pushed_authorization_request: Option<String>,
    /// The logout endpoint.
    #[serde(default, deserialize_with = "maybe_url")]
    pub end_session: Option<String>,
}

impl Endpoints {
    /// The metadata with these endpoints, which go before those that the server publishes. The document stays as it is.
    pub fn beside(&self, metadata: Metadata) -> Metadata {
        let given = |mine: &Option<String>, published: Option<String>| mine.clone().or(published);
        Metadata {
            authorization_endpoint: given(&self.authorization, metadata.authorization_endpoint),
            token_endpoint: given(&self.token, metadata.token_endpoint),
            jwks_uri: given(&self.jwks, metadata.jwks_uri),
            introspection_endpoint: given(&self.introspection, metadata.introspection_endpoint),
            revocation_endpoint: given(&self.revocation, metadata.revocation_endpoint),
            userinfo_endpoint: given(&self.userinfo, metadata.userinfo_endpoint),
            device_authorization_endpoint: given(&self.device_authorization, metadata.device_authorization_endpoint),
            registration_endpoint: given(&self.registration, metadata.registration_endpoint),
            pushed_authorization_request_endpoint: given(
                &self.pushed_authorization_request,
                metadata.pushed_authorization_request_endpoint,
            ),
            end_session_endpoint: given(&self.end_session, metadata.end_session_endpoint),
            url: metadata.url,
            document: metadata.document,
            oidc: metadata.oidc,
        }
    }
}

/// An absolute URL. What is refused here is told with its line and column.
fn maybe_url<'de, D: Deserializer<'de>>(deserializer: D) -> Result<Option<String>, D::Error> {
    let text = String::deserialize(deserializer)?;
    match url::Url::parse(&text) {
        Ok(_) => Ok(Some(text)),
        Err(error) => Err(D::Error::custom(format!(
            "`{text}` is not a URL ({error}); write it with its scheme: https://as.example/…"
        ))),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_given_goes_before_what_is_published_and_what_is_not_stays() {
        let metadata = Metadata {
            token_endpoint: Some("https://as.example/token".to_owned()),
            revocation_endpoint: Some("https://as.example/revoke".to_owned()),
            ..Metadata::default()
        };
        let given = "revocation = \"https://as.example/else\"\nintrospection = \"https://as.example/introspect\"";
        let beside = toml::from_str::<Endpoints>(given).unwrap().beside(metadata);
        assert_eq!(beside.token_endpoint.as_deref(), Some("https://as.example/token"));
        assert_eq!(beside.revocation_endpoint.as_deref(), Some("https://as.example/else"));
        assert_eq!(beside.introspection_endpoint.as_deref(), Some("https://as.example/introspect"));
    }
}
