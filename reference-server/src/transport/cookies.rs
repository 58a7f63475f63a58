//! Cookies: RFC 6265.

use http::HeaderMap;
use http::header::COOKIE;

/// The value of a cookie that the browser sent.
pub fn read<'a>(headers: &'a HeaderMap, name: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known == name).then_some(value))
}

/// A cookie for this server alone: no script reads it, and other sites send it only when the user follows a link.
pub fn write(name: &str, value: &str, issuer: &str) -> String {
    let secure = if issuer.starts_with("https:") { "; Secure" } else { "" };
    format!("{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}")
}
