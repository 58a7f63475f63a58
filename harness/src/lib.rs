//! Judges OAuth 2.0 and OpenID Connect servers: does every grant type mean what the standards say, including what must
//! be refused? This library knows no server; `embedded` alone names the reference server.

pub mod catalogue;
pub mod cell;
pub mod check;
pub mod checks;
pub mod clause;
#[cfg(feature = "embedded")]
pub mod documents;
#[cfg(feature = "embedded")]
pub mod embedded;
pub mod exchange;
pub mod lab;
pub mod login;
pub mod policy;
pub mod profile;
#[cfg(feature = "embedded")]
pub mod proof;
pub mod property;
pub mod report;
pub mod run;
pub mod scenario;
pub mod suggest;
pub mod target;
pub mod verdict;
