//! Near misses of a registered redirect URI: none of them is the registered one. RFC 6749 §3.1.2.3, RFC 3986 §6.2.1.

#![expect(missing_docs, reason = "a check documents itself: its title and its why stand in it")]

use proptest::prelude::*;
use url::Url;

use super::for_all;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::checks::authorization_code::request::{is_loopback, on_another_port};
use crate::lab::{Authorize, Lab};

pub const EXACT: Check = Check {
    id: "redirect-uri/exact",
    title: "a redirect_uri that is almost a registered one is not redirected to",
    why: "A comparison by prefix, by host or after clean-up leads codes to pages that the client never registered.",
    clauses: &[
        "rfc6749/3.1.2.3/simple-string-comparison",
        "oidc-core/3.1.2.1/redirect-uri-exact",
        "rfc9700/4.1.3/exact-redirect-uri",
        "rfc6749/3.1.2.2/complete-uri",
        "rfc8252/8.4/complete-uri-registered",
    ],
    cells: Cells::REDIRECTED,
    needs: &[],
    ask: Ask::Property(|lab| Box::pin(exact(lab))),
};

async fn exact(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.granted()?;
    let registered = lab
        .client()
        .redirect_uris
        .first()
        .cloned()
        .ok_or_else(|| Stop::not_applicable(Reason::NoClient, "the client has no redirect URI"))?;
    // Another query comes last: what it earns must hide nothing that is worse.
    let (queries, others): (Vec<_>, Vec<_>) =
        near_misses(&registered).into_iter().partition(|near| varies_query(&registered, near));
    for near in others {
        missed(lab, &registered, near).await?;
    }
    let tail =
        prop_oneof!["[a-z0-9]{1,8}", "/[a-z0-9]{1,6}", "%2[0-9a-f][a-z]{0,3}", "&[a-z]{1,3}=[a-z]{1,3}", "#[a-z]{1,4}"];
    with_tails(lab, &registered, tail).await?;
    for near in queries {
        missed(lab, &registered, near).await?;
    }
    with_tails(lab, &registered, "[?&][a-z]{1,3}=[a-z]{1,3}").await
}

async fn with_tails(lab: &Lab, registered: &str, tail: impl Strategy<Value = String>) -> Answer {
    for_all(tail, lab.setting().seed, lab.setting().cases, |tail| {
        let near = format!("{registered}{tail}");
        async move { missed(lab, registered, near).await }
    })
    .await
}

/// RFC 6749 §3.1.2.2: where all but the query is registered, a client may vary the query.
fn varies_query(registered: &str, near: &str) -> bool {
    !near.contains('#') && near.contains('?') && near.split('?').next() == registered.split('?').next()
}

async fn missed(lab: &Lab, registered: &str, near: String) -> Answer {
    if lab.client().redirect_uris.contains(&near) {
        return Ok(());
    }
    let authorized = lab.authorize(Authorize::valid().with("redirect_uri", &near)).await?;
    let clause = if varies_query(registered, &near) {
        "rfc9700/4.1.3/exact-redirect-uri"
    } else {
        "rfc6749/3.1.2.3/simple-string-comparison"
    };
    authorized.stays(clause).map_err(|stop| stop.in_case(format!("for the redirect_uri {near}")))
}

/// The mistakes of real comparisons, each as a URI that it lets through. The port of a loopback URI is none of them: RFC
/// 8252 §7.3 leaves it free.
fn near_misses(uri: &str) -> Vec<String> {
    let (head, query) = uri.split_once('?').map_or((uri, None), |(head, query)| (head, Some(query)));
    let (origin, path) = split(head);
    let authority = origin.split_once("://").map_or("", |(_, authority)| authority);
    let scheme = origin.split_once("://").map_or("https", |(scheme, _)| scheme);
    let with = |head: String| match query {
        Some(query) => format!("{head}?{query}"),
        None => head,
    };
    let mut near = vec![
        with(format!("{head}/")),
        with(format!("{head}/../evil")),
        with(format!("{head}/evil")),
        with(format!("{head}evil")),
        with(format!("{head}%00")),
        with(format!("{head};evil")),
        with(format!("{origin}/evil/..{path}")),
        with(format!("{origin}/.{path}")),
        with(format!("{origin}/{path}")),
        with(format!("{origin}{}", path.to_uppercase())),
        with(format!("{origin}{}", encoded(path))),
        with(format!("{scheme}://attacker@{authority}{path}")),
        with(format!("{scheme}://{authority}@attacker.example{path}")),
        with(format!("{scheme}://{authority}.attacker.example{path}")),
        with(format!("{scheme}://attacker.example{path}")),
        with(format!("{scheme}://attacker.example/{uri}")),
        with(format!("{scheme}://{authority}\\@attacker.example{path}")),
        format!("{uri}{}x=1", if query.is_some() { '&' } else { '?' }),
        format!("{uri}#x"),
        format!("{uri} "),
        format!(" {uri}"),
        origin.to_owned(),
        format!("{origin}/"),
    ];
    near.extend(by_its_beginning(origin, path).map(with));
    near.extend(elsewhere(uri));
    near.extend(by_another_name(uri));
    near.retain(|near| near != uri);
    near.dedup();
    near
}

/// `https://client.example/cb` is `https://client.example` and `/cb`.
fn split(head: &str) -> (&str, &str) {
    let after = head.find("://").map_or(0, |at| at + 3);
    head[after..].find('/').map_or((head, ""), |at| head.split_at(after + at))
}

/// The path with its last letter percent-encoded: equivalent after clean-up, not the same string.
pub fn encoded(path: &str) -> String {
    match path.char_indices().rfind(|(_, c)| c.is_ascii_alphanumeric()) {
        Some((at, c)) => format!("{}%{:02X}{}", &path[..at], u32::from(c), &path[at + 1..]),
        None => path.to_owned(),
    }
}

/// Hosts that begin like the registered one, where that has a port, and the other of the two schemes of the web.
fn by_its_beginning(origin: &str, path: &str) -> impl Iterator<Item = String> {
    // A scheme of an app's own has neither host nor port.
    let (scheme, authority) = origin.split_once("://").unwrap_or_default();
    let port = |port: &str| !port.is_empty() && port.bytes().all(|b| b.is_ascii_digit());
    let at_port = authority.rsplit_once(':').filter(|(_, digits)| port(digits));
    let hosts = at_port.into_iter().flat_map(|(host, port)| {
        [format!("{host}.attacker.example:{port}"), format!("{host}@attacker.example:{port}")]
    });
    let other = match scheme {
        "http" => Some("https"),
        "https" => Some("http"),
        _ => None,
    };
    let near: Vec<String> = hosts.map(|authority| format!("{scheme}://{authority}{path}")).collect();
    near.into_iter().chain(other.map(|other| format!("{other}://{authority}{path}")))
}

fn elsewhere(uri: &str) -> Option<String> {
    on_another_port(Url::parse(uri).ok().filter(|url| !is_loopback(url))?)
}

/// `localhost` for the loopback address, and the address for the name: not the same string, and a resolver may see it
/// differently.
fn by_another_name(uri: &str) -> Option<String> {
    let (scheme, rest) = uri.split_once("://")?;
    let (host, tail) = rest.split_at(rest.find(['/', '?']).unwrap_or(rest.len()));
    let (host, port) = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|b| b.is_ascii_digit()) => (name, format!(":{port}")),
        _ => (host, String::new()),
    };
    let other = match host {
        "127.0.0.1" | "[::1]" => "localhost",
        "localhost" => "127.0.0.1",
        _ => return None,
    };
    Some(format!("{scheme}://{other}{port}{tail}"))
}

#[cfg(test)]
mod tests {
    use super::near_misses;

    #[test]
    fn near_misses_are_many_and_never_the_registered_uri() {
        let uri = "https://client.example/app/cb";
        let near = near_misses(uri);
        assert!(!near.contains(&uri.to_owned()));
        for expected in [
            "https://client.example/app/cb/",
            "https://client.example/app/c%62",
            "https://client.example:51004/app/cb",
            "https://client.example@attacker.example/app/cb",
            "https://client.example/evil/../app/cb",
        ] {
            assert!(near.contains(&expected.to_owned()), "{expected}");
        }
    }

    #[test]
    fn a_host_that_begins_alike_and_another_scheme_are_near() {
        let near = near_misses("http://127.0.0.1:8765/cb?a=b");
        for expected in [
            "http://127.0.0.1.attacker.example:8765/cb?a=b",
            "http://127.0.0.1@attacker.example:8765/cb?a=b",
            "https://127.0.0.1:8765/cb?a=b",
        ] {
            assert!(near.contains(&expected.to_owned()), "{expected}");
        }
        assert_eq!(super::by_its_beginning("com.example.app:", "/cb").next(), None);
    }

    #[test]
    fn the_port_of_a_loopback_uri_is_free() {
        assert!(near_misses("http://127.0.0.1:8765/cb").iter().all(|near| !near.contains(":51004")));
    }

    #[test]
    fn the_name_of_the_loopback_address_is_another_string() {
        assert!(near_misses("http://127.0.0.1:8765/cb").contains(&"http://localhost:8765/cb".to_owned()));
        assert!(near_misses("http://[::1]/cb?a=b").contains(&"http://localhost/cb?a=b".to_owned()));
        assert!(near_misses("http://localhost:8765/cb").contains(&"http://127.0.0.1:8765/cb".to_owned()));
    }
}
