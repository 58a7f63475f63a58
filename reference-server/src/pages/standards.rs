//! Where the standards can be read: the clauses of a rule, each with its address.

/// One clause as it is written under a rule, and where it can be read.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Clause<'a> {
    pub text: &'a str,
    pub address: Option<String>,
}

/// The documents that are no RFCs, by the words with which a clause begins.
#[rustfmt::skip]
const DOCUMENTS: &[(&str, &str)] = &[
    ("OpenID Connect Core",         "https://openid.net/specs/openid-connect-core-1_0.html"),
    ("OpenID Connect Discovery",    "https://openid.net/specs/openid-connect-discovery-1_0.html"),
    ("OpenID Connect Registration", "https://openid.net/specs/openid-connect-registration-1_0.html"),
    ("OpenID Connect RP-Initiated", "https://openid.net/specs/openid-connect-rpinitiated-1_0.html"),
    ("RP-Initiated Logout",         "https://openid.net/specs/openid-connect-rpinitiated-1_0.html"),
    ("Multiple Response Types",     "https://openid.net/specs/oauth-v2-multiple-response-types-1_0.html"),
    ("Form Post Response Mode",     "https://openid.net/specs/oauth-v2-form-post-response-mode-1_0.html"),
];

/// The parts of `RFC 6749 §3.1, §3.2, RFC 7523 §3 (1, 2)`: a section alone belongs to the document before it, and what is in brackets stays together.
pub(super) fn clauses(written: &str) -> Vec<Clause<'_>> {
    let mut document = None;
    let clause = |text| {
        document = document_of(text).or(document.take());
        let address = document.as_ref().map(|document| address(document, text));
        Clause { text, address }
    };
    parts(written).into_iter().map(clause).collect()
}

fn parts(written: &str) -> Vec<&str> {
    let mut parts = Vec::new();
    let mut rest = written;
    while let Some((at, _)) =
        rest.match_indices(", ").find(|(at, _)| !rest[..*at].contains('(') || rest[..*at].contains(')'))
    {
        parts.push(&rest[..at]);
        rest = &rest[at + 2..];
    }
    parts.push(rest);
    parts
}

enum Document {
    Rfc(String),
    Other(&'static str),
}

fn document_of(text: &str) -> Option<Document> {
    if let Some(rest) = text.strip_prefix("RFC ") {
        return Some(Document::Rfc(rest.chars().take_while(char::is_ascii_digit).collect()));
    }
    DOCUMENTS.iter().find(|(name, _)| text.starts_with(name)).map(|(_, address)| Document::Other(address))
}

fn address(document: &Document, text: &str) -> String {
    match document {
        Document::Rfc(number) => format!("https://www.rfc-editor.org/rfc/rfc{number}{}", anchor(text)),
        Document::Other(address) => (*address).to_owned(),
    }
}

/// The place within an RFC; the other documents name their sections by other words than their numbers.
fn anchor(text: &str) -> String {
    if let Some((_, section)) = text.split_once('§') {
        let number: String = section.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '.').collect();
        return format!("#section-{number}");
    }
    text.split_once("Appendix ").map_or_else(String::new, |(_, letter)| format!("#appendix-{letter}"))
}

#[cfg(test)]
mod tests {
    use super::clauses;
    use crate::rules::Rule;

    #[test]
    fn a_section_alone_belongs_to_the_document_before_it() {
        let addresses: Vec<Option<String>> =
            clauses("RFC 6749 §3.1, §10.12, RFC 7523 §3 (1, 2), OpenID Connect Core §5.3, RFC 6749 Appendix B")
                .into_iter()
                .map(|clause| clause.address)
                .collect();
        let expected = [
            "https://www.rfc-editor.org/rfc/rfc6749#section-3.1",
            "https://www.rfc-editor.org/rfc/rfc6749#section-10.12",
            "https://www.rfc-editor.org/rfc/rfc7523#section-3",
            "https://openid.net/specs/openid-connect-core-1_0.html",
            "https://www.rfc-editor.org/rfc/rfc6749#appendix-B",
        ];
        assert_eq!(addresses, expected.map(|address| Some(address.to_owned())));
    }

    #[test]
    fn every_clause_of_the_rule_book_can_be_read_somewhere() {
        for rule in Rule::ALL {
            for clause in clauses(rule.clause()) {
                assert!(clause.address.is_some(), "{}: where is {}?", rule.name(), clause.text);
            }
        }
    }
}
