//! What the server issues: secrets, claims, keys, and the minting of token responses.

pub mod algorithm;
pub mod claims;
pub mod json;
pub mod jwk;
pub mod jwt;
pub mod keys;
pub mod mint;
pub mod person;
pub mod ring;
pub mod secret;

pub use algorithm::Algorithm;
pub use claims::{AsIs, Claims, ClaimsOver, Map};
pub use keys::Keys;
pub use ring::KeyRing;
