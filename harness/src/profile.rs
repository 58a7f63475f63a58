//! Profiles: named sets of documents, and the verdict that a broken clause earns under each.

use crate::clause::{self, Level};
use crate::verdict::Verdict;

/// A named, dated set of documents.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Profile {
    /// OAuth 2.0 and its companions.
    OAuth2,
    /// `oauth2` and the OpenID Connect documents.
    Oidc,
    /// What the target speaks (RFC 9068 too, where its access tokens say so), and the best current practices.
    Bcp {
        /// Does the target speak OpenID Connect?
        oidc: bool,
    },
    /// `bcp` and the grant types page of IdentityServer.
    IdentityServer {
        /// Does the target speak OpenID Connect?
        oidc: bool,
    },
}

/// The edition of the profiles: a document enters a profile only with a new edition.
pub const EDITION: &str = "2026-11";

#[rustfmt::skip]
const OAUTH2: &[&str] = &[
    "rfc6749", "rfc6750", "rfc7009", "rfc7519", "rfc7521", "rfc7523", "rfc7591", "rfc7592", "rfc7636", "rfc7662", "rfc8414", "rfc8628", "rfc8693", "rfc8707", "rfc9101",
    "rfc9126", "rfc9207",
];
const OIDC: &[&str] = &[
    "oidc-core",
    "oidc-discovery",
    "oidc-registration",
    "oidc-rp-initiated-logout",
    "multiple-response-types",
    "form-post",
];
const BCP: &[&str] = &["rfc9700", "rfc8252", "rfc8725", "rfc9068"];
const IDENTITY_SERVER: &[&str] = &["identityserver-grant-types"];

impl Profile {
    /// The names that `--profile` takes.
    pub const NAMES: &'static [&'static str] = &["oauth2", "oidc", "bcp", "identityserver"];

    /// The profile of that name for a target that speaks OpenID Connect, or does not.
    pub fn named(name: &str, oidc: bool) -> Option<Self> {
        match name {
            "oauth2" => Some(Self::OAuth2),
            "oidc" => Some(Self::Oidc),
            "bcp" => Some(Self::Bcp { oidc }),
            "identityserver" => Some(Self::IdentityServer { oidc }),
            _ => None,
        }
    }

    /// The profile that the metadata of a server calls for.
    pub const fn of_target(oidc: bool) -> Self {
        if oidc { Self::Oidc } else { Self::OAuth2 }
    }

    /// The name.
    pub const fn name(self) -> &'static str {
        match self {
            Self::OAuth2 => "oauth2",
            Self::Oidc => "oidc",
            Self::Bcp { .. } => "bcp",
            Self::IdentityServer { .. } => "identityserver",
        }
    }

    /// The documents, in reading order.
    pub fn documents(self) -> Vec<&'static str> {
        let sets: &[&[&str]] = match self {
            Self::OAuth2 | Self::Bcp { oidc: false } => &[OAUTH2],
            Self::Oidc | Self::Bcp { oidc: true } => &[OAUTH2, OIDC],
            Self::IdentityServer { oidc: false } => &[OAUTH2, BCP, IDENTITY_SERVER],
            Self::IdentityServer { oidc: true } => &[OAUTH2, OIDC, BCP, IDENTITY_SERVER],
        };
        let mut documents: Vec<&'static str> = sets.concat();
        if matches!(self, Self::Bcp { .. }) {
            documents.extend(BCP);
        }
        documents
    }

    /// The level of a clause here: the highest that it, or a clause stating the same duty, has among the profile's
    /// documents; `None` when all of them are outside.
    pub fn level(self, id: &str) -> Option<Level> {
        let documents = self.documents();
        let clause = clause::clause(id)?;
        if self.takes_back(id) {
            return Some(Level::May);
        }
        std::iter::once(clause.id)
            .chain(clause.same.iter().copied())
            .filter_map(clause::clause)
            .filter(|clause| documents.contains(&clause.document.id.as_str()))
            .map(|clause| clause.level)
            .max()
    }

    /// Does another document of the profile permit what this clause forbids?
    pub fn takes_back(self, id: &str) -> bool {
        let permits = clause::clause(id).and_then(|clause| clause.yields_to).and_then(clause::clause);
        permits.is_some_and(|permits| self.documents().contains(&permits.document.id.as_str()))
    }

    /// Does a document of the profile permit this, so that a finding is told and does not count?
    pub fn tells(self, id: &str) -> bool {
        self.level(id) == Some(Level::May) && !self.takes_back(id)
    }

    /// The verdict of a finding that names the clause `id`.
    pub fn verdict(self, id: &str) -> Verdict {
        match self.level(id) {
            Some(Level::Must) => Verdict::Fail,
            Some(Level::Should) => Verdict::Warn,
            Some(Level::Security) => match self {
                Self::OAuth2 | Self::Oidc => Verdict::Warn,
                Self::Bcp { .. } | Self::IdentityServer { .. } => Verdict::Fail,
            },
            Some(Level::May) | None => Verdict::Info,
        }
    }
}
