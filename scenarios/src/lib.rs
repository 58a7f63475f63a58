//! The checks that are written as data, and the clauses of the standards; this crate only embeds them.

/// What the documents are: `spec/documents.toml`.
pub const DOCUMENTS: &str = include_str!("../spec/documents.toml");

/// Embeds the clause file of each document.
macro_rules! clauses {
    ($($document:literal),* $(,)?) => {
        &[$(($document, include_str!(concat!("../spec/", $document, ".toml")))),*]
    };
}

/// Embeds each scenario file.
macro_rules! scenarios {
    ($($file:literal),* $(,)?) => {
        &[$((concat!("scenarios/", $file), include_str!(concat!("../", $file)))),*]
    };
}

/// The clauses by document, in the order of `documents.toml`.
pub const CLAUSES: &[(&str, &str)] = clauses![
    "rfc6749",
    "rfc6750",
    "rfc7009",
    "rfc7636",
    "rfc7662",
    "rfc8252",
    "rfc8414",
    "rfc9068",
    "rfc9207",
    "rfc9700",
    "oidc-core",
    "oidc-discovery",
];

/// The scenario files in reading order: path and text.
pub const SCENARIOS: &[(&str, &str)] = scenarios!["client_credentials/grant.toml",];
