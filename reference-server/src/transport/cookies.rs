//! Cookies: RFC 6265.

use http::HeaderMap;
use http::header::COOKIE;

/// The value of a cookie that the browser sent to the server of this issuer.
pub fn read<'a>(headers: &'a HeaderMap, name: &str, issuer: &str) -> Option<&'a str> {
    headers
        .get_all(COOKIE)
        .iter()
        .filter_map(|header| header.to_str().ok())
        .flat_map(|header| header.split(';'))
        .filter_map(|pair| pair.trim().split_once('='))
        .find_map(|(known, value)| (known.strip_prefix(prefix(issuer)) == Some(name)).then_some(value))
}

/// A cookie for this server alone: no script reads it, and other sites send it only when the user follows a link.
pub fn write(name: &str, value: &str, issuer: &str) -> String {
    let secure = if is_https(issuer) { "; Secure" } else { "" };
    format!("{}{name}={value}; Path=/; HttpOnly; SameSite=Lax{secure}", prefix(issuer))
}

/// RFC 6265 §5.3: the same cookie, forgotten at once.
pub fn clear(name: &str, issuer: &str) -> String {
    format!("{}; Max-Age=0", write(name, "", issuer))
}

/// A browser takes a cookie whose name begins so only over TLS and only from this very host: no neighbouring host can plant one.
fn prefix(issuer: &str) -> &'static str {
    if is_https(issuer) { "__Host-" } else { "" }
}

fn is_https(issuer: &str) -> bool {
    issuer.starts_with("https:")
}
