//! Fetching: where the server asks others for what its clients keep there.

use serde::{Deserialize, Serialize};

/// Where key sets and request objects of clients are fetched from. What is left out is fetched from nowhere.
#[derive(Clone, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct Fetching {
    /// OpenID Connect Core §6.2, §10.1.1: the origins (https, host and port) at which `jwks_uri` and `request_uris` of clients may be; none, nothing is fetched.
    pub from: Vec<String>,
    /// PEM: the certificates that are trusted there, each that of an authority or of one host.
    pub certificates: String,
}
