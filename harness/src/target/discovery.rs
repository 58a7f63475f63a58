//! Discovery: the metadata is fetched once and kept as evidence.

use serde_json::{Map, Value};

use super::doctor::SetupError;
use crate::exchange::{Exchange, Reply};
use crate::lab::http::Http;

/// What the server publishes of itself.
#[derive(Clone, Debug, Default)]
pub struct Metadata {
    /// The URL it was fetched from; empty for endpoints given by hand.
    pub url: String,
    /// The document.
    pub document: Map<String, Value>,
    /// Does the server speak OpenID Connect?
    pub oidc: bool,
    /// `authorization_endpoint`
    pub authorization_endpoint: Option<String>,
    /// `token_endpoint`
    pub token_endpoint: Option<String>,
    /// `jwks_uri`
    pub jwks_uri: Option<String>,
    /// `introspection_endpoint`
    pub introspection_endpoint: Option<String>,
    /// `revocation_endpoint`
    pub revocation_endpoint: Option<String>,
    /// `userinfo_endpoint`
    pub userinfo_endpoint: Option<String>,
    /// `device_authorization_endpoint`, RFC 8628 §4.
    pub device_authorization_endpoint: Option<String>,
    /// `registration_endpoint`
    pub registration_endpoint: Option<String>,
    /// `pushed_authorization_request_endpoint`, RFC 9126 §5.
    pub pushed_authorization_request_endpoint: Option<String>,
    /// `end_session_endpoint`, RP-Initiated Logout §2.1.
    pub end_session_endpoint: Option<String>,
}

impl Metadata {
    /// Reads a metadata document that was fetched from `url`.
    pub fn read(url: String, document: Map<String, Value>) -> Self {
        let text = |name: &str| document.get(name).and_then(Value::as_str).map(str::to_owned);
        Self {
            oidc: speaks_of_openid(&document),
            authorization_endpoint: text("authorization_endpoint"),
            token_endpoint: text("token_endpoint"),
            jwks_uri: text("jwks_uri"),
            introspection_endpoint: text("introspection_endpoint"),
            revocation_endpoint: text("revocation_endpoint"),
            userinfo_endpoint: text("userinfo_endpoint"),
            device_authorization_endpoint: text("device_authorization_endpoint"),
            registration_endpoint: text("registration_endpoint"),
            pushed_authorization_request_endpoint: text("pushed_authorization_request_endpoint"),
            end_session_endpoint: text("end_session_endpoint"),
            url,
            document,
        }
    }

    /// The strings of a member that is a list.
    pub fn list(&self, member: &str) -> Vec<&str> {
        let values = self.document.get(member).and_then(Value::as_array);
        values.into_iter().flatten().filter_map(Value::as_str).collect()
    }

    /// Is the member `true`?
    pub fn is_true(&self, member: &str) -> bool {
        self.document.get(member) == Some(&Value::Bool(true))
    }
}

/// Is the document that of an OpenID provider? RFC 8414 §3, §5: a server that is none may use the same address, so that the
/// members tell.
pub fn speaks_of_openid(document: &Map<String, Value>) -> bool {
    let scopes = document.get("scopes_supported").and_then(Value::as_array);
    ["id_token_signing_alg_values_supported", "subject_types_supported"]
        .iter()
        .any(|member| document.contains_key(*member))
        || scopes.is_some_and(|scopes| scopes.iter().any(|scope| scope == "openid"))
}

impl Metadata {
    /// Does the server take request objects, by its own word? OpenID Connect Discovery §3: not unless it says so; RFC 9101 §10.5: a server
    /// that requires them takes them.
    pub fn takes_request_objects(&self) -> bool {
        self.is_true("request_parameter_supported") || self.is_true("require_signed_request_object")
    }

    /// Does the server speak RFC 9101, and not only the older request objects of OpenID Connect Core §6? What the two have in common says
    /// nothing; the member that RFC 9101 §10.5 defines does, and so does a server that is no OpenID provider.
    pub fn speaks_rfc9101(&self) -> bool {
        self.takes_request_objects() && (!self.oidc || self.document.contains_key("require_signed_request_object"))
    }
}

/// Does the document say who the server is, or where? Some servers answer every address with a JSON object.
pub fn is_metadata(document: &Map<String, Value>) -> bool {
    document.keys().any(|name| name == "issuer" || name.ends_with("_endpoint"))
}

/// OpenID Connect Discovery §4: appended to the issuer. RFC 8414 §3.1: inserted before its path.
pub fn well_known(issuer: &str) -> [String; 2] {
    let issuer = issuer.trim_end_matches('/');
    let inserted = match url::Url::parse(issuer) {
        Ok(url) if url.path() != "/" => {
            let origin = url.origin().ascii_serialization();
            format!("{origin}/.well-known/oauth-authorization-server{}", url.path())
        }
        _ => format!("{issuer}/.well-known/oauth-authorization-server"),
    };
    [format!("{issuer}/.well-known/openid-configuration"), inserted]
}

/// Fetches the metadata of `issuer`, by OpenID Connect Discovery first, then by RFC 8414.
///
/// # Errors
/// Says what was asked, what came, and what to do about it.
pub async fn discover(http: &Http, issuer: &str) -> Result<Metadata, SetupError> {
    if let Err(error) = url::Url::parse(issuer) {
        return Err(SetupError::new(
            "the issuer",
            format!("{issuer} is not a URL: {error}"),
            "give the issuer with its scheme, for example https://as.example",
        ));
    }
    let mut last = None;
    for url in well_known(issuer) {
        let reply = http.send(&Exchange::fetch(&url)).await.map_err(|error| {
            SetupError::new(
                "the metadata",
                format!("{url}: {error}"),
                "is the server running, and is this its issuer? A slow one may need --timeout",
            )
        })?;
        match reply.json() {
            Some(document) if reply.is_success() && is_metadata(&document) => return Ok(Metadata::read(url, document)),
            _ => last = last.or(Some((url, reply))),
        }
    }
    Err(last.map_or_else(
        || SetupError::new("the metadata", "no URL to ask".to_owned(), "give an issuer"),
        |(url, reply)| no_metadata(&url, &reply),
    ))
}

fn no_metadata(url: &str, reply: &Reply) -> SetupError {
    if reply.status >= 500 {
        return SetupError::new(
            "the metadata",
            format!("{url} answers {}: the server is failing", reply.summary()),
            "look into the log of the server, and of the proxy before it, if there is one",
        );
    }
    let came = format!("{url} answers {}, which is no metadata document", reply.summary());
    SetupError::new(
        "the metadata",
        came,
        "check the issuer; for a server without metadata put the endpoints into grantspec.toml: [endpoints] authorization = …, token = …",
    )
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn well_known_urls_differ_for_an_issuer_with_a_path() {
        let [oidc, oauth] = well_known("https://as.example/tenant/");
        assert_eq!(oidc, "https://as.example/tenant/.well-known/openid-configuration");
        assert_eq!(oauth, "https://as.example/.well-known/oauth-authorization-server/tenant");
        let [_, plain] = well_known("https://as.example");
        assert_eq!(plain, "https://as.example/.well-known/oauth-authorization-server");
    }
}
