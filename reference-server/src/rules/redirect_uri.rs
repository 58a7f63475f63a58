//! Redirect URIs: RFC 6749 §3.1.2, RFC 8252 §7.3.

use super::Ruling;
use crate::error::{ErrorCode, Refusal};
use crate::model::Client;

pub(super) fn is_given(client: &Client, redirect_uri: Option<&str>, openid: bool) -> Ruling {
    if redirect_uri.is_some() || (!openid && client.redirect_uris.len() == 1) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The parameter redirect_uri is missing."))
}

pub(super) fn is_registered(client: &Client, redirect_uri: &str) -> Ruling {
    let registered = |known: &String| {
        known == redirect_uri || (client.is_public() && differs_only_in_loopback_port(known, redirect_uri))
    };
    if client.redirect_uris.iter().any(registered) {
        return Ok(());
    }
    Err(Refusal::new(ErrorCode::InvalidRequest, "The redirect_uri is not registered for this client."))
}

/// RFC 8252 §7.3: `http`, the loopback address itself (not `localhost`), any port, all else equal.
fn differs_only_in_loopback_port(known: &str, requested: &str) -> bool {
    match (without_loopback_port(known), without_loopback_port(requested)) {
        (Some(known), Some(requested)) => known == requested,
        _ => false,
    }
}

/// The loopback address and what follows the port.
fn without_loopback_port(uri: &str) -> Option<(&str, &str)> {
    let rest = uri.strip_prefix("http://")?;
    let (host, rest) = ["127.0.0.1", "[::1]"].iter().find_map(|host| Some((*host, rest.strip_prefix(host)?)))?;
    let Some(after_colon) = rest.strip_prefix(':') else {
        return rest.starts_with('/').then_some((host, rest));
    };
    let digits = after_colon.bytes().take_while(u8::is_ascii_digit).count();
    let (port, path) = after_colon.split_at(digits);
    (port.parse::<u16>().is_ok() && path.starts_with('/')).then_some((host, path))
}
