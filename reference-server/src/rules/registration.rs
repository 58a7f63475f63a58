//! Registration: RFC 7591, RFC 7592, OpenID Connect Registration.

use url::Url;

use super::Ruling;
use crate::config::{ClientConfig, Registration};
use crate::error::{ErrorCode, Refusal};
use crate::model::addresses::{is_loopback, redirect_uri};
use crate::model::client::{ClientError, Offer};
use crate::model::registration::{self, Inconsistent};
use crate::model::{AuthMethod, Client, ClientMetadata, GrantType, GrantTypes, GrantTypesError, Scope};
use crate::tokens::secret::Digest;
use crate::tokens::{Algorithm, Map};

/// Members that ask for what this server never gives, and why.
#[rustfmt::skip]
const NEVER_GIVEN: &[(&str, &str)] = &[
    ("sector_identifier_uri",           "This server's subjects are public; leave sector_identifier_uri out."),
    ("id_token_encrypted_response_alg", "This server encrypts no ID tokens; leave id_token_encrypted_response_alg out."),
    ("id_token_encrypted_response_enc", "This server encrypts no ID tokens; leave id_token_encrypted_response_enc out."),
    ("userinfo_encrypted_response_alg", "This server encrypts no userinfo; leave userinfo_encrypted_response_alg out."),
    ("userinfo_encrypted_response_enc", "This server encrypts no userinfo; leave userinfo_encrypted_response_enc out."),
    ("request_object_encryption_alg",   "This server reads no encrypted request objects; leave request_object_encryption_alg out."),
    ("request_object_encryption_enc",   "This server reads no encrypted request objects; leave request_object_encryption_enc out."),
];

/// Members that have something fetched, and what to do where nothing is.
const FETCHED: &[(&str, &str)] = &[
    ("jwks_uri", "This server fetches nothing from clients; send the keys themselves, as jwks."),
    ("request_uris", "This server fetches nothing from clients; send a request object by value."),
];

/// RFC 7592 §2.2: what the server gave, and no client sends back.
const GIVEN: [&str; 4] =
    ["registration_access_token", "registration_client_uri", "client_secret_expires_at", "client_id_issued_at"];

pub(super) fn initial_access_token_matches(registration: &Registration, presented: &str) -> Ruling {
    match &registration.initial_access_token {
        Some(expected) if Digest::of(expected).matches(presented) => Ok(()),
        _ => Err(Refusal::new(ErrorCode::InvalidToken, "The initial access token is wrong.")),
    }
}

pub(super) fn registration_access_token_matches(client: Option<&Client>, presented: &str) -> Ruling {
    let registered = client.and_then(|client| client.registered.as_ref());
    match registered {
        Some(registered) if registered.access_token.matches(presented) => Ok(()),
        _ => Err(Refusal::new(ErrorCode::InvalidToken, "The registration access token is not that of this client.")),
    }
}

pub(super) fn is_json(content_type: Option<&str>, members: Option<&Map>) -> Ruling {
    let media_type = content_type.unwrap_or("").split(';').next().unwrap_or("").trim();
    if !media_type.eq_ignore_ascii_case("application/json") {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "The body has to be application/json."));
    }
    if members.is_none() {
        return Err(Refusal::new(ErrorCode::InvalidRequest, "The body is not one JSON object."));
    }
    Ok(())
}

pub(super) fn metadata_is_well_formed(members: &Map) -> Ruling {
    match ClientMetadata::malformed(members) {
        Some((name, expected)) => Err(invalid(format!("The member {name} has to be {expected}."))),
        None => Ok(()),
    }
}

pub(super) fn software_statement_is_absent(metadata: &ClientMetadata) -> Ruling {
    if metadata.has("software_statement") {
        return Err(Refusal::new(
            ErrorCode::UnapprovedSoftwareStatement,
            "This server approves of no software statement; send the metadata as members of the request.",
        ));
    }
    Ok(())
}

pub(super) fn metadata_is_supported(metadata: &ClientMetadata, offer: &Offer) -> Ruling {
    let in_vain = FETCHED.iter().filter(|_| offer.fetches_from.is_empty());
    if let Some((_, says)) = NEVER_GIVEN.iter().chain(in_vain).find(|(name, _)| metadata.has(name)) {
        return Err(invalid(*says));
    }
    let methods = AuthMethod::ALL.map(AuthMethod::as_str);
    let algorithms = Algorithm::ALL.map(Algorithm::as_str);
    let signing: Vec<&str> = offer.signing_algs.iter().map(|algorithm| algorithm.as_str()).collect();
    #[rustfmt::skip]
    let values: [(&str, &[&str]); 6] = [
        ("token_endpoint_auth_method",      &methods),
        ("token_endpoint_auth_signing_alg", &algorithms),
        ("application_type",                &["web", "native"]),
        ("subject_type",                    &["public"]),
        ("id_token_signed_response_alg",    &signing),
        ("userinfo_signed_response_alg",    &signing),
    ];
    let another = |(name, given): &&(&str, &[&str])| metadata.text(name).is_some_and(|value| !given.contains(&value));
    match values.iter().find(another) {
        Some((name, given)) => Err(invalid(format!("This server supports, as {name}, only {}.", given.join(", ")))),
        None => Ok(()),
    }
}

pub(super) fn response_types_fit_grant_types(metadata: &ClientMetadata) -> Ruling {
    registration::response_types(&metadata.texts("response_types"))
        .and_then(|response_types| registration::from_the_wire(&metadata.texts("grant_types"), &response_types))
        .map(drop)
        .map_err(Refusal::from)
}

pub(super) fn grant_types_can_be_held(names: &[&str], served: &[GrantType]) -> Ruling {
    GrantTypes::parse(names, served).map(drop).map_err(|error| ClientError::from(error).into())
}

pub(super) fn redirect_uris_are_given(metadata: &ClientMetadata) -> Ruling {
    if metadata.texts("redirect_uris").is_empty() && !metadata.texts("response_types").is_empty() {
        return Err(ClientError::NoRedirectUri.into());
    }
    Ok(())
}

pub(super) fn redirect_uris_are_safe(metadata: &ClientMetadata) -> Ruling {
    for (at, uri) in metadata.texts("redirect_uris").into_iter().enumerate() {
        redirect_uri(at + 1, uri)?;
    }
    Ok(())
}

pub(super) fn redirect_uris_fit_application(metadata: &ClientMetadata) -> Ruling {
    let is_native = metadata.text("application_type") == Some("native");
    let is_implicit = metadata.texts("grant_types").contains(&"implicit");
    let urls = metadata.texts("redirect_uris").into_iter().filter_map(|uri| Url::parse(uri).ok());
    for (at, url) in urls.enumerate() {
        let at = at + 1;
        let is_private = !["http", "https"].contains(&url.scheme());
        if is_native && !is_private && !(url.scheme() == "http" && is_loopback(&url)) {
            return Err(invalid_uri(format!(
                "Redirect URI number {at} is that of a web application; a native one has a scheme of its own, or http on a loopback address."
            )));
        }
        let is_remote = url.scheme() == "https" && url.host_str() != Some("localhost");
        if !is_native && is_implicit && !is_remote {
            return Err(invalid_uri(format!(
                "Redirect URI number {at} is that of a native application; a web application that gets tokens through the browser has https, and not on localhost."
            )));
        }
    }
    Ok(())
}

/// An application on a machine of the user has no site of its own, so that its pages may be anywhere.
pub(super) fn pages_belong_to_client(metadata: &ClientMetadata) -> Ruling {
    const PAGES: [&str; 4] = ["logo_uri", "client_uri", "tos_uri", "policy_uri"];
    let site = |uri: &str| Url::parse(uri).ok().map(|url| (url.scheme().to_owned(), url.host_str().map(str::to_owned)));
    let uris = metadata.texts("redirect_uris");
    let at_a_site = |uri: &&str| Url::parse(uri).is_ok_and(|url| url.scheme() == "https" && !is_loopback(&url));
    let sites: Vec<_> = uris.iter().filter(|uri| at_a_site(uri)).map(|uri| site(uri)).collect();
    let members =
        metadata.members().iter().filter(|(name, _)| PAGES.contains(&name.split('#').next().unwrap_or_default()));
    for (name, value) in members {
        if !sites.is_empty() && !sites.contains(&site(value.as_str().unwrap_or_default())) {
            return Err(invalid(format!("The {name} is kept at another site than the redirect URIs.")));
        }
    }
    Ok(())
}

pub(super) fn scope_can_be_registered(metadata: &ClientMetadata, registration: &Registration) -> Ruling {
    let Some(scope) = metadata.text("scope") else { return Ok(()) };
    if !Scope::is_well_formed(scope) {
        return Err(invalid("The scope is not a list of tokens separated by single spaces."));
    }
    if registered_scope(metadata, registration).is_empty() {
        return Err(invalid(format!(
            "No part of the scope is one that clients may register for; they may for {}.",
            registration.scopes.join(" ")
        )));
    }
    Ok(())
}

/// RFC 7591 §2, §3.2.1: what was asked for, without what nobody may register for; left out, all of that.
pub(super) fn registered_scope(metadata: &ClientMetadata, registration: &Registration) -> Scope {
    let given: Scope = registration.scopes.iter().map(String::as_str).collect();
    match metadata.text("scope") {
        Some(scope) => Scope::parse(scope).only(|token| given.contains(token)),
        None => given,
    }
}

pub(super) fn client_can_be_registered(config: &ClientConfig, offer: &Offer) -> Ruling {
    Client::parse(config, offer).map(drop).map_err(Refusal::from)
}

pub(super) fn update_names_its_client(client: &Client, members: &Map) -> Ruling {
    if members.get("client_id").is_none_or(|id| *id != client.client_id.as_str()) {
        return Err(invalid("The member client_id has to be that of the client that is updated."));
    }
    Ok(())
}

pub(super) fn update_keeps_secret(client: &Client, members: &Map) -> Ruling {
    let Some(secret) = members.get("client_secret").filter(|secret| !secret.is_null()) else { return Ok(()) };
    let is_own = secret.as_str().is_some_and(|secret| client.secret.as_ref().is_some_and(|own| own.matches(secret)));
    if !is_own {
        return Err(invalid("The member client_secret is not the secret of this client, and cannot be chosen."));
    }
    Ok(())
}

pub(super) fn update_is_metadata_only(members: &Map) -> Ruling {
    match GIVEN.iter().find(|name| members.contains_key(**name)) {
        Some(name) => Err(invalid(format!("The member {name} is given by the server; leave it out of an update."))),
        None => Ok(()),
    }
}

fn invalid(says: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(ErrorCode::InvalidClientMetadata, says)
}

fn invalid_uri(says: impl Into<std::borrow::Cow<'static, str>>) -> Refusal {
    Refusal::new(ErrorCode::InvalidRedirectUri, says)
}

impl From<Inconsistent> for Refusal {
    fn from(error: Inconsistent) -> Refusal {
        invalid(sentence(&error.to_string()))
    }
}

/// What the request sent is not repeated, so some of the errors are told in other words than the configuration tells them.
impl From<ClientError> for Refusal {
    fn from(error: ClientError) -> Refusal {
        match &error {
            ClientError::NoRedirectUri
            | ClientError::RedirectUri(_)
            | ClientError::RedirectUriScheme(_)
            | ClientError::PrivateUseScheme(_)
            | ClientError::PlainHttp(_) => invalid_uri(sentence(&error.to_string())),
            ClientError::GrantTypes(GrantTypesError::Space(_)) => {
                invalid("A name in grant_types holds a space; write two entries.")
            }
            ClientError::GrantTypes(GrantTypesError::NotServed(_, served)) => {
                invalid(format!("A name in grant_types is none of those that this server serves: {served}."))
            }
            ClientError::UnknownScope(_) => invalid("A scope is not one that this server knows."),
            _ => invalid(sentence(&error.to_string())),
        }
    }
}

/// One sentence, which does not begin with the name of a member changed to a capital.
fn sentence(error: &str) -> String {
    let first = error.split(' ').next().unwrap_or("");
    let mut letters = error.chars();
    match letters.next() {
        Some(letter) if !first.contains('_') && !["hybrid", "jwks:"].contains(&first) => {
            format!("{}{}.", letter.to_uppercase(), letters.as_str())
        }
        _ => format!("{error}."),
    }
}
