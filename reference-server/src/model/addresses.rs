//! Where a client lives: the URIs that its users are sent to, and the origins that its scripts come from.

use url::{Host, Url};

use super::client::ClientError;
use super::{GrantType, GrantTypes};
use crate::config::ClientConfig;

/// RFC 6749 §3.1.2.2: registered, if the client is ever sent anything there.
pub(super) fn check_redirect_uris(config: &ClientConfig, grant_types: &GrantTypes) -> Result<(), ClientError> {
    if config.redirect_uris.is_empty() && grant_types.iter().any(GrantType::is_at_authorization_endpoint) {
        return Err(ClientError::NoRedirectUri);
    }
    for (at, uri) in config.redirect_uris.iter().enumerate() {
        redirect_uri(at + 1, uri)?;
    }
    Ok(())
}

/// RP-Initiated Logout §3.1: of the same kind as where authorization responses go.
pub(super) fn check_post_logout_redirect_uris(uris: &[String]) -> Result<(), ClientError> {
    match uris.iter().position(|uri| redirect_uri(0, uri).is_err()) {
        Some(at) => Err(ClientError::PostLogoutRedirectUri(at + 1)),
        None => Ok(()),
    }
}

/// A browser writes an origin in one way, and that is compared.
pub(super) fn check_origins(origins: &[String]) -> Result<(), ClientError> {
    let as_written =
        |origin: &String| Url::parse(origin).is_ok_and(|url| url.origin().ascii_serialization() == *origin);
    match origins.iter().find(|origin| !as_written(origin)) {
        Some(origin) => Err(ClientError::Origin(origin.clone())),
        None => Ok(()),
    }
}

/// OpenID Connect Core §3.2.2.1: what is sent to this address is encrypted, or does not leave the machine.
pub fn is_safe_for_tokens(address: &str) -> bool {
    Url::parse(address).is_ok_and(|url| url.scheme() != "http" || is_loopback(&url))
}

/// RFC 6749 §3.1.2, RFC 7591 §5, RFC 8252 §8.4, RFC 9700 §2.6: https, http on this machine, or a scheme that only the client answers.
///
/// # Errors
/// What is wrong with the redirect URI of this number.
pub fn redirect_uri(number: usize, uri: &str) -> Result<Url, ClientError> {
    let is_uri = uri.bytes().all(|b| b.is_ascii_graphic()) && !uri.contains('#');
    let url = Url::parse(uri).ok().filter(|_| is_uri).ok_or(ClientError::RedirectUri(number))?;
    match url.scheme() {
        "https" => Ok(url),
        "http" if is_loopback(&url) => Ok(url),
        "http" => Err(ClientError::PlainHttp(number)),
        "javascript" | "data" | "vbscript" | "file" | "blob" | "about" => Err(ClientError::RedirectUriScheme(number)),
        scheme if scheme.contains('.') => Ok(url),
        _ => Err(ClientError::PrivateUseScheme(number)),
    }
}

/// RFC 8252 §7.3, §8.3: this machine, by address or by name.
pub fn is_loopback(url: &Url) -> bool {
    match url.host() {
        Some(Host::Domain(name)) => name == "localhost",
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    }
}
