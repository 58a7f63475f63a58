//! Any string in place of a code or a token: it opens nothing, and the server goes on. RFC 6749 §5.2, RFC 7662 §2.3, RFC 7009
//! §2.2, RFC 6750 §3.1.

#![expect(missing_docs, reason = "a check documents itself: its title and its why stand in it")]

use std::future::Future;

use proptest::prelude::*;
use serde_json::Value;

use super::for_all;
use crate::cell::{Cells, Grant};
use crate::check::{Answer, Ask, Check, Need, Stop, clause_in};
use crate::lab::Lab;

pub const TOKEN: Check = Check {
    id: "token/any-string",
    title: "whatever string is sent as a code or refresh token, it is refused and no crash",
    why: "Codes and tokens come from outside: a string that a database or a decoder cannot take tells an attacker where to go on.",
    clauses: &["rfc6749/4.1.3/code-verified", "rfc6749/6/token-validated", "rfc6749/5.2/error-response"],
    cells: Cells::USER_GRANTS,
    needs: &[],
    ask: Ask::Property(|lab| Box::pin(token(lab))),
};

pub const INTROSPECTION: Check = Check {
    id: "introspection/any-string",
    title: "whatever string introspection is asked about, it is not active and no crash",
    why: "Resource servers pass on what strangers send them: one odd string must not take the answer away from all of them.",
    clauses: &["rfc7662/2.2/inactive-token", "rfc7662/2.3/inactive-is-no-error"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Introspection],
    ask: Ask::Property(|lab| Box::pin(introspection(lab))),
};

pub const REVOCATION: Check = Check {
    id: "revocation/any-string",
    title: "whatever string is to be revoked, it is no crash",
    why: "Codes and tokens come from outside: a string that a database or a decoder cannot take tells an attacker where to go on.",
    clauses: &["rfc7009/2.2/unknown-token-ok"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::Revocation],
    ask: Ask::Property(|lab| Box::pin(revocation(lab))),
};

pub const USERINFO: Check = Check {
    id: "userinfo/any-string",
    title: "whatever string is sent as a bearer token, it opens nothing and is no crash",
    why: "Anybody can send a header: a string that a decoder cannot take tells an attacker where to go on.",
    clauses: &["rfc6749/7/token-validated", "oidc-core/5.3.3/error-response"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[Need::OpenId, Need::Userinfo],
    ask: Ask::Property(|lab| Box::pin(userinfo(lab))),
};

/// What decoders, databases and string functions stumble over.
const ODD: &[&str] = &[
    "a",
    "..",
    "a.b.c",
    "eyJhbGciOiJub25lIn0.e30.",
    "\u{0}",
    "a\u{0}b",
    "\u{e9}\u{20ac}",
    "\u{1f600}",
    "%",
    "%00",
    "%s%n",
    "'",
    "\"\\",
    "=",
    "null",
    "-1",
    "99999999999999999999",
    "\u{feff}",
    "\r\n",
];

/// Longer than a column, shorter than what a server may refuse to read.
const LONG: usize = 3000;

/// Asks `ask` for the odd strings that `fits` lets through, and then for strings that are made up.
async fn each<F, Fut>(
    lab: &Lab,
    fits: fn(&str) -> bool,
    strings: impl Strategy<Value = String> + Send,
    ask: F,
) -> Answer
where
    F: Fn(String) -> Fut,
    Fut: Future<Output = Answer>,
{
    let long = "A".repeat(LONG);
    for odd in ODD.iter().copied().filter(|odd| fits(odd)) {
        ask(odd.to_owned()).await.map_err(|stop| stop.in_case(format!("for {odd:?}")))?;
    }
    ask(long).await.map_err(|stop| stop.in_case("for a very long one"))?;
    for_all(strings, lab.setting().seed, lab.setting().cases, ask).await
}

fn anything() -> impl Strategy<Value = String> + Send {
    prop_oneof!["[A-Za-z0-9_-]{1,64}", "[ -~]{1,64}", "\\PC{1,32}", "[a-z]{1,8}\\.[A-Za-z0-9_-]{1,32}\\.[a-z]{0,8}"]
}

/// What may stand in a header: RFC 6750 §2.1, and a little beyond.
fn in_header() -> impl Strategy<Value = String> + Send {
    prop_oneof!["[A-Za-z0-9._~+/-]{1,64}=?", "[!-~]{1,64}", "[a-z]{1,8}\\.[A-Za-z0-9_-]{1,32}\\.[a-z]{0,8}"]
}

async fn token(lab: &Lab) -> Answer {
    let clause = clause_in(lab.cell(), TOKEN.clauses);
    let request = lab.grant_request().await?;
    lab.send(&request).await?.is_token()?;
    let request = lab.grant_request().await?;
    let name = if lab.cell().grant == Some(Grant::RefreshToken) { "refresh_token" } else { "code" };
    each(
        lab,
        |_| true,
        anything(),
        |value| {
            let request = request.clone().with(name, value);
            async move { lab.send(&request).await?.refused(clause).map(drop) }
        },
    )
    .await
}

async fn introspection(lab: &Lab) -> Answer {
    let (_, control) = lab.user_tokens().await?;
    if !lab.introspect(&control.access_token).await?.is_active()? {
        return Err(Stop::Inconclusive("introspection does not know the tokens of this client".to_owned()));
    }
    each(
        lab,
        |_| true,
        anything(),
        |value| async move {
            let reply = lab.introspect(&value).await?;
            reply.judgeable()?;
            let active = reply.json().and_then(|json| json.get("active").and_then(Value::as_bool));
            if reply.is_success() && active == Some(true) {
                return Err(Stop::finding("rfc7662/2.2/inactive-token", "active false", reply.actual()));
            }
            if reply.status >= 500 {
                return Err(Stop::finding("rfc7662/2.3/inactive-is-no-error", "active false", reply.actual()));
            }
            Ok(())
        },
    )
    .await
}

async fn revocation(lab: &Lab) -> Answer {
    let (_, control) = lab.user_tokens().await?;
    lab.revoke(&control.access_token).await?.is_ok()?;
    each(
        lab,
        |_| true,
        anything(),
        |value| async move {
            let reply = lab.revoke(&value).await?;
            reply.judgeable()?;
            if reply.status >= 500 {
                return Err(Stop::finding("rfc7009/2.2/unknown-token-ok", "status 200", reply.actual()));
            }
            Ok(())
        },
    )
    .await
}

async fn userinfo(lab: &Lab) -> Answer {
    let (_, control) = lab.user_tokens().await?;
    lab.userinfo(&control.access_token).await?.is_ok()?;
    let fits = |odd: &str| odd.bytes().all(|b| b.is_ascii_graphic());
    each(lab, fits, in_header(), |value| async move {
        let reply = lab.userinfo(&value).await?;
        reply.judgeable()?;
        if reply.is_success() {
            return Err(Stop::finding("rfc6749/7/token-validated", "a refusal", reply.actual()));
        }
        if reply.status >= 500 {
            return Err(Stop::finding("oidc-core/5.3.3/error-response", "a refusal with a 4xx status", reply.actual()));
        }
        Ok(())
    })
    .await
}
