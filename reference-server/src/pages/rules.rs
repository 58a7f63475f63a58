//! The rule book as pages.

use askama::Template;
use http::StatusCode;

use super::render;
use super::standards::{Clause, clauses};
use crate::error::ErrorCode;
use crate::rules::{Rule, Shape};

/// The chapters: a title, and the rule that it begins with.
#[rustfmt::skip]
const CHAPTERS: &[(&str, Rule)] = &[
    ("Requests",                     Rule::RequestIsPost),
    ("Client authentication",        Rule::CredentialsAreWellFormed),
    ("Grants",                       Rule::GrantTypeIsPresent),
    ("Scope",                        Rule::ScopeIsWellFormed),
    ("The authorization request",    Rule::RedirectUriIsGiven),
    ("Login and consent",            Rule::InteractionBelongsToBrowser),
    ("Codes",                        Rule::CodeIsKnown),
    ("Device codes",                 Rule::UserCodeIsOpen),
    ("Token exchange",               Rule::ClientMayExchange),
    ("Refresh tokens",               Rule::RefreshTokenIsKnown),
    ("Registration",                 Rule::InitialAccessTokenMatches),
    ("Userinfo",                     Rule::BearerTokenInHeader),
    ("Introspection and revocation", Rule::ClientMayIntrospect),
];

struct Chapter {
    title: &'static str,
    rules: Vec<Rule>,
}

impl Chapter {
    /// The place of the chapter on the page.
    fn anchor(&self) -> String {
        self.title.to_lowercase().replace(' ', "-")
    }
}

/// The rules in their order, a chapter for each title.
fn chapters() -> Vec<Chapter> {
    let mut chapters: Vec<Chapter> = Vec::new();
    for rule in Rule::ALL {
        if let Some((title, _)) = CHAPTERS.iter().find(|(_, first)| first == rule) {
            chapters.push(Chapter { title, rules: Vec::new() });
        }
        if let Some(chapter) = chapters.last_mut() {
            chapter.rules.push(*rule);
        }
    }
    chapters
}

#[derive(Template)]
#[template(path = "rules.html")]
struct Rules {
    count: usize,
    chapters: Vec<Chapter>,
}

/// All rules.
pub fn rules() -> String {
    render(&Rules { count: Rule::ALL.len(), chapters: chapters() })
}

#[derive(Template)]
#[template(path = "rule.html")]
struct OneRule {
    rule: Rule,
    chapter: &'static str,
    clause: Vec<Clause<'static>>,
    refusals: Vec<Refused>,
}

/// A refusal as whoever made the request sees it.
struct Refused {
    where_it_shows: &'static str,
    example: String,
}

/// One rule: what it says, where the standards say so, and how a refusal looks.
pub fn rule(issuer: &str, rule: Rule) -> String {
    let chapters = chapters();
    let chapter = chapters.iter().find(|chapter| chapter.rules.contains(&rule)).map_or("", |chapter| chapter.title);
    let refusals = rule.shapes().iter().map(|shape| refused(issuer, rule, *shape)).collect();
    render(&OneRule { rule, chapter, clause: clauses(rule.clause()), refusals })
}

fn refused(issuer: &str, rule: Rule, shape: Shape) -> Refused {
    let error_uri = format!("{issuer}/rules/{}", rule.name());
    let body = |code| format!("{{\"error\":\"{code}\",\"error_description\":\"…\",\"error_uri\":\"{error_uri}\"}}");
    match shape {
        Shape::Json(code) => Refused {
            where_it_shows: "As JSON, to the client:",
            example: format!("HTTP/1.1 {}\ncontent-type: application/json\n\n{}", status(code), body(code.as_str())),
        },
        Shape::Challenge(code) => Refused {
            where_it_shows: "As JSON and as a challenge, to whoever sent the bearer token:",
            example: format!(
                "HTTP/1.1 {2}\nwww-authenticate: Bearer realm=\"{issuer}\", error=\"{0}\", error_description=\"…\"\n\n{1}",
                code.as_str(),
                body(code.as_str()),
                status(code)
            ),
        },
        Shape::Returned(code) => {
            let error_uri: String = form_urlencoded::byte_serialize(error_uri.as_bytes()).collect();
            Refused {
                where_it_shows: "At the authorization endpoint, to the client:",
                example: format!(
                    "HTTP/1.1 303 See Other\nlocation: https://client.example/callback?error={}&error_description=…&error_uri={error_uri}&state=…&iss=…",
                    code.as_str()
                ),
            }
        }
        Shape::Shown(status, code) => Refused {
            where_it_shows: "To the user, on a page; nobody is sent anywhere:",
            example: format!("HTTP/1.1 {status}\ncontent-type: text/html; charset=utf-8\n\n… {} …", code.as_str()),
        },
        Shape::As(other) => Refused {
            where_it_shows: "Like the refusal by another rule, so that whoever guesses learns nothing by the difference:",
            example: format!("{issuer}/rules/{}", other.name()),
        },
        Shape::Inactive => Refused {
            where_it_shows: "At the introspection endpoint, which does not say why:",
            example: "HTTP/1.1 200 OK\ncontent-type: application/json\n\n{\"active\":false}".to_owned(),
        },
    }
}

/// RFC 6749 §5.2, RFC 6750 §3.1: the status follows from the code.
fn status(code: ErrorCode) -> StatusCode {
    match code {
        ErrorCode::InvalidClient | ErrorCode::InvalidToken => StatusCode::UNAUTHORIZED,
        ErrorCode::InsufficientScope => StatusCode::FORBIDDEN,
        _ => StatusCode::BAD_REQUEST,
    }
}

#[cfg(test)]
mod tests {
    use super::{CHAPTERS, Rule, chapters};

    #[test]
    fn every_rule_stands_in_a_chapter() {
        let chapters = chapters();
        assert_eq!(chapters.len(), CHAPTERS.len());
        assert_eq!(chapters.iter().map(|chapter| chapter.rules.len()).sum::<usize>(), Rule::ALL.len());
    }
}
