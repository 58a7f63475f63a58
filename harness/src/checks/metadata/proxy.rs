//! Headers that only a reverse proxy may set: RFC 9700 §4.13.

use std::collections::BTreeMap;

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::{Exchange, Reply};
use crate::lab::Lab;

pub const PROXY_HEADERS: Check = Check {
    id: "metadata/proxy-headers-ignored",
    title: "what a stranger sends in the headers of a reverse proxy does not change the metadata",
    why: "A cache keeps what one of them was answered: all others send their codes and secrets to the endpoints that this one wished for.",
    clauses: &["rfc9700/4.13/headers-cleaned"],
    cells: Cells::SERVER,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(proxy_headers(lab))),
};

/// What proxies tell of the request that came to them, and what a stranger would say.
#[rustfmt::skip]
const HEADERS: &[(&str, &str)] = &[
    ("forwarded",          "for=192.0.2.1;host=attacker.example;proto=https"),
    ("x-forwarded-for",    "127.0.0.1"),
    ("x-forwarded-host",   "attacker.example"),
    ("x-forwarded-port",   "8443"),
    ("x-forwarded-prefix", "/attacker"),
    ("x-forwarded-proto",  "gopher"),
    ("x-forwarded-server", "attacker.example"),
    ("x-host",             "attacker.example"),
    ("x-original-host",    "attacker.example"),
];

/// The addresses in the document: other members may differ from one answer to the next.
fn addresses(reply: &Reply) -> BTreeMap<String, String> {
    let document = reply.json().unwrap_or_default();
    let texts = document.iter().filter_map(|(name, value)| Some((name.clone(), value.as_str()?.to_owned())));
    texts.filter(|(name, _)| name == "issuer" || name.ends_with("_endpoint") || name.ends_with("_uri")).collect()
}

/// A refusal of such a header is as good as no effect.
async fn proxy_headers(lab: &Lab) -> Answer {
    let plain = lab.metadata().await?;
    plain.is_json()?;
    let expected = addresses(&plain);
    if addresses(&lab.metadata().await?) != expected {
        return Err(Stop::not_applicable(Reason::Policy, "the metadata differs from one answer to the next"));
    }
    for (name, value) in HEADERS {
        let mut wire = Exchange::fetch(&lab.target().metadata.url).wire();
        wire.headers.push((name, (*value).to_owned()));
        let reply = lab.send_wire(&wire).await?;
        if !reply.is_success() {
            continue;
        }
        let came = addresses(&reply);
        if let Some((member, before)) = expected.iter().find(|(member, before)| came.get(*member) != Some(before)) {
            let actual = came.get(member).map_or("none", String::as_str);
            return Err(Stop::finding(
                PROXY_HEADERS.clauses[0],
                format!("{member} {before}, with {name}: {value} as without it"),
                format!("{member} {actual}"),
            ));
        }
    }
    Ok(())
}
