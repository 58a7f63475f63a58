//! What the server talks about: clients, users, scopes, grant types, response types, and what it hands out.

pub mod addresses;
pub mod assertion_issuer;
pub mod auth_method;
pub mod claims_request;
pub mod client;
pub mod client_metadata;
pub mod device;
pub mod grant;
pub mod grant_type;
pub mod path;
pub mod prompt;
pub mod pushed;
pub mod registration;
pub mod request_object;
pub mod response_type;
pub mod return_address;
pub mod scope;
pub mod security_token;
pub mod user;

pub use assertion_issuer::AssertionIssuer;
pub use auth_method::AuthMethod;
pub use claims_request::{ClaimsRequest, Wish};
pub use client::{Client, Registered};
pub use client_metadata::ClientMetadata;
pub use device::{Decision, DeviceRequest, Entry, UserCode};
pub use grant::{
    AccessToken, Authentication, AuthorizationRequest, Challenge, Code, Grant, Interaction, Jti, Lineage, Pending,
    RefreshToken, RefusedRequest, Session,
};
pub use grant_type::{GrantType, GrantTypes, GrantTypesError};
pub use path::Path;
pub use prompt::Prompt;
pub use pushed::PushedRequest;
pub use request_object::{Counts, RequestObjects};
pub use response_type::{ResponseMode, ResponseType};
pub use return_address::{Departure, PostLogoutAddress, ReturnAddress};
pub use scope::Scope;
pub use security_token::{Party, Role, SecurityToken, TokenType};
pub use user::User;
