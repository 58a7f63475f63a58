//! One request in other legal spellings of its form: RFC 6749 Appendix B, RFC 3986 §2.1.

use crate::cell::Cells;
use crate::check::{Answer, Ask, Check, Stop, clause_in};
use crate::exchange::Exchange;
use crate::lab::{Authorize, Lab};

pub const EQUIVALENT: Check = Check {
    id: "token/equivalent-spellings",
    title: "a token request is served in every spelling of its form",
    why: "Each language encodes forms in its own way: a server that knows one of them only serves the clients of one library.",
    clauses: &[
        "rfc6749/4.1.4/token-response",
        "rfc6749/4.3.3/token-response",
        "rfc6749/4.4.3/token-response",
        "rfc6749/6/token-response",
        "rfc8628/3.5/success",
    ],
    cells: Cells::EVERY_CLIENT,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(equivalent(lab))),
};

pub const EQUIVALENT_AT_AUTHORIZE: Check = Check {
    id: "authorize/equivalent-spellings",
    title: "an authorization request is served in every spelling of its query",
    why: "Each language encodes queries in its own way: a server that knows one of them only serves the clients of one library.",
    clauses: &["rfc6749/4.1.1/valid-request-served"],
    cells: Cells::CODE_CONFIDENTIAL,
    needs: &[],
    ask: Ask::Code(|lab| Box::pin(equivalent_at_authorize(lab))),
};

/// Another spelling of a form.
type Spelling = fn(&str) -> String;

/// A name of each for messages, and how it writes a form that is written the way of browsers.
const SPELLINGS: &[(&str, Spelling)] = &[
    ("hexadecimal digits in small letters", lower_hex),
    ("spaces as %20", |form| form.replace('+', "%20")),
    ("letters percent-encoded", encoded_letters),
    ("the parameters in reverse order", |form| form.split('&').rev().collect::<Vec<_>>().join("&")),
];

async fn equivalent(lab: &Lab) -> Answer {
    let clause = clause_in(lab.cell(), EQUIVALENT.clauses);
    lab.send(&with_a_space(lab).await?).await?.is_token()?;
    for (says, spelled) in SPELLINGS {
        let mut wire = with_a_space(lab).await?.wire();
        wire.body = wire.body.map(|form| spelled(&form));
        lab.send_wire(&wire).await?.served(clause).map_err(|stop| stop.in_case(format!("with {says}")))?;
    }
    let mut wire = with_a_space(lab).await?.wire();
    for (_, value) in wire.headers.iter_mut().filter(|(name, _)| *name == "content-type") {
        FORM.clone_into(value);
    }
    lab.send_wire(&wire).await?.served(clause).map(drop).map_err(|stop| stop.in_case(format!("as {FORM}")))
}

/// The type of the body with its encoding, which many libraries add.
const FORM: &str = "application/x-www-form-urlencoded; charset=UTF-8";

/// A valid request, and a parameter that nobody knows: few others hold a space, which has two spellings.
async fn with_a_space(lab: &Lab) -> Result<Exchange, Stop> {
    Ok(lab.grant_request().await?.param("grantspec_unknown", "a b"))
}

async fn equivalent_at_authorize(lab: &Lab) -> Answer {
    lab.authorize(Authorize::valid()).await?.code()?;
    for (says, spelled) in SPELLINGS {
        let authorized = lab.authorize(Authorize::valid().spelled(*spelled)).await?;
        authorized
            .issues_code(EQUIVALENT_AT_AUTHORIZE.clauses[0])
            .map_err(|stop| stop.in_case(format!("with {says}")))?;
    }
    Ok(())
}

fn lower_hex(form: &str) -> String {
    let mut after_percent = 0;
    let lower = |c: char| {
        if c == '%' {
            after_percent = 2;
            return c;
        }
        let is_digit = after_percent > 0;
        after_percent -= i32::from(is_digit);
        if is_digit { c.to_ascii_lowercase() } else { c }
    };
    form.chars().map(lower).collect()
}

/// The first letter of each value as %HH: RFC 3986 §2.3 calls the two equivalent.
fn encoded_letters(form: &str) -> String {
    let encoded = |pair: &str| match pair.split_once('=') {
        Some((name, value)) if value.starts_with(|c: char| c.is_ascii_alphabetic()) => {
            format!("{name}=%{:02X}{}", value.as_bytes()[0], &value[1..])
        }
        _ => pair.to_owned(),
    };
    form.split('&').map(encoded).collect::<Vec<_>>().join("&")
}

#[cfg(test)]
mod tests {
    use super::SPELLINGS;

    const FORM: &str = "scope=openid+a%3Ab&redirect_uri=http%3A%2F%2Fc&code=9X";

    #[test]
    fn a_spelling_changes_the_form_and_not_what_it_means() {
        let read = |form: &str| {
            let mut pairs: Vec<(String, String)> = form_urlencoded::parse(form.as_bytes()).into_owned().collect();
            pairs.sort();
            pairs
        };
        for (says, spelled) in SPELLINGS {
            let other = spelled(FORM);
            assert_ne!(other, FORM, "{says}");
            assert_eq!(read(&other), read(FORM), "{says}");
        }
    }
}
