//! The 128 sets of the seven grant types, at the doors of configuration and control: 63 are held, 65 are not.

use std::sync::Arc;

use grantspec_reference::{ClientConfig, Server};
use http::StatusCode;

use crate::support::{CALLBACK, KEYS, config, strict, tell};

const SEVEN: [&str; 7] = [
    "authorization_code",
    "implicit",
    "hybrid",
    "client_credentials",
    "password",
    "refresh_token",
    "urn:example:grant-type:voucher",
];

/// Every subset, in the order of the seven.
fn sets() -> impl Iterator<Item = Vec<&'static str>> {
    (0..1_u32 << SEVEN.len())
        .map(|bits| (0..SEVEN.len()).filter(|at| bits & (1 << at) != 0).map(|at| SEVEN[at]).collect())
}

/// Not empty, and at most one of the first three.
fn is_legal(set: &[&str]) -> bool {
    !set.is_empty() && SEVEN[..3].iter().filter(|grant| set.contains(grant)).count() < 2
}

fn client(set: &[&str]) -> ClientConfig {
    ClientConfig {
        client_id: "new".to_owned(),
        secret: Some("a-secret".to_owned()),
        grant_types: set.iter().map(|name| (*name).to_owned()).collect(),
        redirect_uris: vec![CALLBACK.to_owned()],
        ..ClientConfig::default()
    }
}

#[test]
fn there_are_63_and_65() {
    assert_eq!(sets().count(), 128);
    assert_eq!(sets().filter(|set| is_legal(set)).count(), 63);
}

#[tokio::test]
async fn each_set_is_held_or_refused_by_configuration_and_control_alike() {
    let server = strict();
    for set in sets() {
        let configured =
            Server::new(grantspec_reference::Config { clients: vec![client(&set)], ..config() }, Arc::clone(&KEYS));
        let told = tell(&server, "/_/clients", &serde_json::to_string(&client(&set)).unwrap()).await;
        assert_eq!(configured.is_ok(), is_legal(&set), "{set:?}");
        assert_eq!(told.status == StatusCode::OK, is_legal(&set), "{set:?}: {}", told.body);
        let Err(error) = configured else { continue };
        let says = error.to_string();
        assert!(told.member("error").len() > 10 && says.contains(&told.member("error")), "{says}\n{}", told.body);
        let pair = SEVEN[..3].iter().filter(|grant| set.contains(grant)).collect::<Vec<_>>();
        let names_a_pair =
            pair.iter().filter(|grant| says.contains(**grant)).count() >= 2 && says.contains("together: ");
        assert!(set.is_empty() || names_a_pair, "{says}");
    }
}

#[test]
fn names_are_case_sensitive_and_served() {
    let refused = |set: &[&str]| {
        let config = grantspec_reference::Config { clients: vec![client(set)], ..config() };
        Server::new(config, Arc::clone(&KEYS)).map(drop).unwrap_err().to_string()
    };
    assert!(refused(&["Implicit"]).contains("does not serve"));
    assert!(refused(&["urn:example:unknown", "implicit", "hybrid"]).contains("does not serve"));
    assert!(refused(&["implicit", "implicit"]).contains("twice"));
    assert!(refused(&["implicit hybrid"]).contains("space"));
}
