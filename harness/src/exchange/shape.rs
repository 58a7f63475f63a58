//! The forms of single values: addresses of a server, of a person, and telephone numbers.

use url::{Host, Url};

/// RFC 8414 §2, OpenID Connect Core §2: an issuer is an https URL without query and fragment. What it is instead; nothing if it is
/// one.
pub fn issuer_mistake(issuer: &str) -> Option<&'static str> {
    if issuer.contains('#') {
        return Some("a URL with a fragment");
    }
    if issuer.contains('?') {
        return Some("a URL with a query");
    }
    (!is_secure(issuer)).then_some("no https URL")
}

/// Is this an https URL, or one of the loopback address, from which nothing crosses a network?
pub fn is_secure(url: &str) -> bool {
    let Ok(url) = Url::parse(url) else {
        return false;
    };
    let own = match url.host() {
        Some(Host::Domain(name)) => name == "localhost" || name.ends_with(".localhost"),
        Some(Host::Ipv4(address)) => address.is_loopback(),
        Some(Host::Ipv6(address)) => address.is_loopback(),
        None => false,
    };
    url.scheme() == "https" || (url.scheme() == "http" && own)
}

/// RFC 5322 §3.4.1: something before the last @ and something after it, and a space only between quotation marks. Letters outside
/// ASCII are taken, as the mail of today takes them.
pub fn is_email(text: &str) -> bool {
    let Some((local, domain)) = text.rsplit_once('@') else {
        return false;
    };
    let plain = |part: &str| !part.is_empty() && !part.contains(|c: char| c.is_whitespace() || c.is_control());
    let quoted = local.len() > 2 && local.starts_with('"') && local.ends_with('"');
    (quoted || (plain(local) && !local.contains('@'))) && plain(domain)
}

/// OpenID Connect Core §5.1: a number in E.164 format, the digits in groups or not, and an extension as in RFC 3966.
pub fn is_phone_number(text: &str) -> bool {
    let (number, extension) = text.split_once(";ext=").unwrap_or((text, "0"));
    let Some(number) = number.strip_prefix('+') else {
        return false;
    };
    let digits = number.chars().filter(char::is_ascii_digit).count();
    (3..=15).contains(&digits)
        && number.chars().all(|c| c.is_ascii_digit() || " ()-./".contains(c))
        && !extension.is_empty()
        && extension.chars().all(|c| c.is_ascii_digit() || " -".contains(c))
}

/// RFC 6749 §8.1, §5.1: a name of the registry "OAuth Access Token Types" in whatever case, or an absolute URI.
pub fn is_token_type(text: &str) -> bool {
    const REGISTERED: [&str; 4] = ["bearer", "n_a", "pop", "dpop"];
    REGISTERED.contains(&text.to_ascii_lowercase().as_str()) || Url::parse(text).is_ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_issuer_is_a_plain_https_url() {
        for good in
            ["https://as.example", "https://as.example:8443/tenant/", "http://127.0.0.1:9000", "http://[::1]:1/a"]
        {
            assert_eq!(issuer_mistake(good), None, "{good}");
        }
        for bad in [
            "http://as.example",
            "https://as.example?tenant=1",
            "https://as.example/#a",
            "as.example",
            "ftp://127.0.0.1",
        ] {
            assert!(issuer_mistake(bad).is_some(), "{bad}");
        }
        assert!(!is_secure("http://0.0.0.0:9000/jwks") && is_secure("http://login.localhost/jwks"));
    }

    #[test]
    fn a_token_type_is_registered_or_a_uri() {
        assert!(
            ["Bearer", "bearer", "DPoP", "N_A", "https://as.example/type", "urn:x:y"].into_iter().all(is_token_type)
        );
        assert!(!["", "access_token", "JWT"].into_iter().any(is_token_type));
    }

    #[test]
    fn an_email_has_two_sides() {
        for good in ["alice@example.com", "a.b+c@localhost", "\"a b\"@example.com", "zoë@example.com"] {
            assert!(is_email(good), "{good}");
        }
        for bad in ["alice", "@example.com", "alice@", "a b@example.com", "alice@ex ample.com", "a@b@c"] {
            assert!(!is_email(bad), "{bad}");
        }
    }

    #[test]
    fn a_phone_number_begins_with_its_country() {
        for good in ["+1 (425) 555-1212", "+56 (2) 687 2400", "+1 (604) 555-1234;ext=5678", "+4315550101"] {
            assert!(is_phone_number(good), "{good}");
        }
        for bad in ["0664 123456", "+", "+1 (555) CALL-ME", "+1 555 1212 ext 5", "+1 555 1212;ext="] {
            assert!(!is_phone_number(bad), "{bad}");
        }
    }
}
