//! The redirect URI from the request to the redemption: left out, and almost repeated. RFC 6749 §3.1.2.3, §4.1.3.

use url::Url;

use super::request::on_another_port;
use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Reason, Stop};
use crate::exchange::ErrorCode::{InvalidGrant, InvalidRequest};
use crate::lab::{Authorize, Lab};
use crate::property::redirect_uri::encoded;
use crate::target::Client;

pub const NEAR_MISSES: Check = Check {
    id: "code/redirect-uri-near-misses",
    title: "a code is not redeemed with a redirect_uri that is almost the one of its request",
    why: "The comparison shows that a code was caught somewhere else; one that overlooks a port, a query or an end overlooks who listens there.",
    clauses: &[
        "rfc6749/4.1.3/redirect-uri-identical",
        "oidc-core/3.1.3.2/redirect-uri-identical",
        "rfc6749/5.2/invalid-grant",
        "rfc6749/5.2/error-response",
    ],
    cells: Cells::CODE_BEARING,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(near_misses(lab))),
};

pub const OMITTED: Check = Check {
    id: "redirect-uri/omitted-with-one",
    title: "a code that was asked for without a redirect_uri is redeemed without one",
    why: "The parameter repeats that of the request: a server that insists locks out clients that do nothing wrong.",
    clauses: &["rfc6749/4.1.4/token-response"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(omitted(lab))),
};

async fn near_misses(lab: &Lab) -> Answer {
    let (code, _) = lab.user_tokens().await?;
    let Some(uri) = code.redirect_uri else {
        return Err(Stop::not_applicable(Reason::NoClient, "the client has no redirect URI in the target file"));
    };
    for near in almost(&uri) {
        let code = lab.authorize(Authorize::valid()).await?.code()?;
        let reply = lab.send(&lab.redemption(&code)?.with("redirect_uri", &near)).await?;
        reply
            .refused("rfc6749/4.1.3/redirect-uri-identical")
            .and_then(|refusal| refusal.with_error(&[InvalidGrant, InvalidRequest]))
            .map_err(|stop| stop.in_case(format!("with the redirect_uri {near}")))?;
    }
    Ok(())
}

/// The URI with a slash, a parameter, a fragment or a space behind it, without its last character, on another port, and with a letter percent-encoded.
fn almost(uri: &str) -> Vec<String> {
    let (head, query) = uri.split_once('?').map_or((uri, None), |(head, query)| (head, Some(query)));
    let with = |head: &str| query.map_or_else(|| head.to_owned(), |query| format!("{head}?{query}"));
    let mut almost = vec![
        with(&format!("{head}/")),
        format!("{uri}{}x=1", if query.is_some() { '&' } else { '?' }),
        with(&encoded(head)),
        format!("{uri}#x"),
        format!("{uri} "),
        uri.chars().take(uri.chars().count().saturating_sub(1)).collect(),
    ];
    almost.extend(Url::parse(uri).ok().and_then(on_another_port));
    almost.retain(|near| near != uri);
    almost
}

/// OpenID Connect wants the parameter, so that plain OAuth is asked for. What the target file lists is all that is known of
/// a registration: a file in which every client has one URI may have been spared the others.
async fn omitted(lab: &Lab) -> Answer {
    let client = with_one(lab)?;
    let asked = lab.authorization_request(client, "")?;
    let scope = asked.value("scope").unwrap_or_default().split(' ').filter(|value| *value != "openid");
    let scope = scope.collect::<Vec<_>>().join(" ");
    let plain = || {
        let request = Authorize::valid().by(client).without("nonce");
        if scope.is_empty() { request.without("scope") } else { request.with("scope", &scope) }
    };
    let Ok(code) = lab.authorize(plain()).await?.code() else {
        return Err(Stop::not_applicable(Reason::Policy, "the server serves no request without openid in its scope"));
    };
    lab.send(&lab.redemption(&code)?.by(client)).await?.is_token()?;

    // More URIs, or a pattern, may be registered than the file lists; then the parameter is needed.
    let Ok(code) = lab.authorize(plain().without("redirect_uri")).await?.code() else {
        return Err(Stop::not_applicable(Reason::Policy, "the server wants a redirect_uri in every request"));
    };
    let redemption = lab.redemption(&code)?.by(client);
    lab.send(&redemption).await?.served("rfc6749/4.1.4/token-response").map(drop)
}

fn with_one(lab: &Lab) -> Result<&Client, Stop> {
    let clients = &lab.target().clients;
    let several = clients.iter().any(|client| client.redirect_uris.len() > 1);
    let one = clients.iter().find(|client| {
        client.redirect_uris.len() == 1
            && client.kind() == lab.client().kind()
            && client.may(crate::cell::Grant::AuthorizationCode)
    });
    one.filter(|_| several).ok_or_else(|| {
        Stop::not_applicable(
            Reason::NoClient,
            "no client of the target file has a single redirect URI where others have several",
        )
    })
}

#[cfg(test)]
mod tests {
    use super::almost;

    #[test]
    fn what_is_almost_the_uri_is_never_the_uri() {
        let near = almost("http://127.0.0.1:8765/cb?a=b");
        for expected in [
            "http://127.0.0.1:8765/cb/?a=b",
            "http://127.0.0.1:8765/cb?a=b&x=1",
            "http://127.0.0.1:8765/c%62?a=b",
            "http://127.0.0.1:51004/cb?a=b",
            "http://127.0.0.1:8765/cb?a=b#x",
            "http://127.0.0.1:8765/cb?a=b ",
            "http://127.0.0.1:8765/cb?a=",
        ] {
            assert!(near.contains(&expected.to_owned()), "{expected}");
        }
        assert!(almost("com.example.app:/").iter().all(|near| near != "com.example.app:/"));
    }
}
