//! Registration, and the client configuration endpoint.

use std::sync::Arc;

use bytes::Bytes;
use grantspec_reference::config::{Registration, RegistrationAccess};
use grantspec_reference::{Config, Server};
use http::{Method, Request};
use serde_json::{Value, json};

use super::Shows::Refused;
use super::{Case, cases};
use crate::registration::{as_update, json_request, manage, register, registered, text, valid};
use crate::support::{Answer, CALLBACK, KEYS, config, send};

const METADATA: &str = "invalid_client_metadata";
const REDIRECT_URI: &str = "invalid_redirect_uri";

pub const CASES: &[Case] = cases! {
    InitialAccessTokenMatches, Refused("invalid_token"), |_server, side| async {
        let initial_access_token = Some("for-those-who-have-it".to_owned());
        let server = with(Registration { allow: RegistrationAccess::Token, initial_access_token, ..config().registration });
        let token = side.of("for-those-who-have-it", "for-others");
        json_request(&server, Method::POST, "/register", Some(token), &valid(&json!({}))).await
    };

    RegistrationsAreBounded, Refused("access_denied"), |_server, side| async {
        let server = with(Registration { at_most: side.of(2, 1), ..config().registration });
        registered(&server, &json!({})).await;
        register(&server, &valid(&json!({}))).await
    };

    RegistrationAccessTokenMatches, Refused("invalid_token"), |server, side| async {
        let (own, another) = (registered(server, &json!({})).await, registered(server, &json!({})).await);
        let token = text(side.of(&own, &another), "registration_access_token");
        json_request(server, Method::GET, &text(&own, "registration_client_uri"), Some(&token), &Value::Null).await
    };

    RegistrationIsJson, Refused("invalid_request"), |server, side| async {
        let content_type = side.of("application/json", "application/x-www-form-urlencoded");
        let request = Request::post("/register").header("content-type", content_type);
        send(server, request.body(Bytes::from(valid(&json!({})).to_string())).unwrap()).await
    };

    MetadataIsWellFormed, Refused(METADATA), |server, side|
        registering(server, json!({ "contacts": side.of(json!(["a@client.example"]), json!("a@client.example")) }));

    SoftwareStatementIsAbsent, Refused("unapproved_software_statement"), |server, side|
        registering(server, json!({ side.of("software_id", "software_statement"): "a.b.c" }));

    MetadataIsSupported, Refused(METADATA), |server, side|
        registering(server, json!({ "subject_type": side.of("public", "pairwise") }));

    ResponseTypesFitGrantTypes, Refused(METADATA), |server, side|
        registering(server, json!({ "response_types": [side.of("code", "code id_token")] }));

    GrantTypesCanBeHeld, Refused(METADATA), |server, side| registering(server, json!({
        "application_type": "native",
        "grant_types": ["authorization_code", "implicit"],
        "response_types": ["code id_token", side.of("code token", "code")],
    }));

    RedirectUrisAreGiven, Refused(REDIRECT_URI), |server, side|
        registering(server, json!({ "redirect_uris": side.of(vec![CALLBACK], vec![]) }));

    RedirectUrisAreSafe, Refused(REDIRECT_URI), |server, side|
        registering(server, json!({ "redirect_uris": [side.of("https://client.example/cb", "http://client.example/cb")] }));

    RedirectUrisFitApplication, Refused(REDIRECT_URI), |server, side|
        registering(server, json!({ "application_type": side.of("web", "native"), "redirect_uris": ["https://client.example/cb"] }));

    PagesBelongToClient, Refused(METADATA), |server, side| registering(server, json!({
        "redirect_uris": ["https://client.example/cb"],
        "logo_uri": side.of("https://client.example/logo.png", "https://bank.example/logo.png"),
    }));

    ScopeCanBeRegistered, Refused(METADATA), |server, side|
        registering(server, json!({ "scope": side.of("api:read api:write", "api:write") }));

    ClientCanBeRegistered, Refused(METADATA), |server, side| registering(server, json!({
        "grant_types": ["client_credentials"],
        "response_types": [],
        "token_endpoint_auth_method": side.of("client_secret_basic", "none"),
    }));

    UpdateNamesItsClient, Refused(METADATA), |server, side| async {
        let (own, another) = (registered(server, &json!({})).await, registered(server, &json!({})).await);
        updating(server, &own, json!({ "client_id": side.of(&own, &another)["client_id"] })).await
    };

    UpdateKeepsSecret, Refused(METADATA), |server, side| async {
        let own = registered(server, &json!({})).await;
        updating(server, &own, json!({ "client_secret": side.of(text(&own, "client_secret"), "my-own".to_owned()) })).await
    };

    UpdateIsMetadataOnly, Refused(METADATA), |server, side| async {
        let own = registered(server, &json!({})).await;
        updating(server, &own, json!({ side.of("software_version", "registration_client_uri"): "1" })).await
    };
};

fn with(registration: Registration) -> Server {
    Server::new(Config { registration, ..config() }, Arc::clone(&KEYS)).unwrap()
}

async fn registering(server: &Server, members: Value) -> Answer {
    register(server, &valid(&members)).await
}

async fn updating(server: &Server, own: &Value, members: Value) -> Answer {
    manage(server, Method::PUT, own, &as_update(own, &members)).await
}
