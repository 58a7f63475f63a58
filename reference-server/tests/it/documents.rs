//! Metadata, keys, and the pages to read.

use std::collections::HashSet;

use grantspec_reference::rules::Rule;
use http::StatusCode;
use jsonwebtoken::{Algorithm, DecodingKey, Validation, decode, decode_header};
use serde_json::Value;

use crate::support::{CHALLENGE, ISSUER, VERIFIER, get, strict, tokens};

#[tokio::test]
async fn both_addresses_tell_the_same() {
    let server = strict();
    let oauth = get(&server, "/.well-known/oauth-authorization-server").await;
    let openid = get(&server, "/.well-known/openid-configuration").await;
    assert_eq!(oauth.json(), openid.json());
    let metadata = oauth.json();
    assert_eq!(metadata["issuer"], ISSUER);
    let members = metadata.as_object().unwrap();
    assert!(members.values().all(|value| value.as_array().is_none_or(|list| !list.is_empty())));
    for (name, address) in members.iter().filter(|(name, _)| name.ends_with("_endpoint") || *name == "jwks_uri") {
        let path = address.as_str().unwrap().strip_prefix(ISSUER).unwrap();
        assert_ne!(get(&server, path).await.status, StatusCode::NOT_FOUND, "{name}");
    }
}

#[tokio::test]
async fn tokens_verify_with_the_published_keys() {
    jsonwebtoken::crypto::aws_lc::DEFAULT_PROVIDER.install_default().ok();
    let server = strict();
    let jwks: jsonwebtoken::jwk::JwkSet = serde_json::from_str(&get(&server, "/jwks").await.body).unwrap();
    let answer = tokens(&server, "web").await;
    for (name, algorithm, typ) in [("access_token", Algorithm::ES256, "at+jwt"), ("id_token", Algorithm::RS256, "JWT")]
    {
        let token = answer.member(name);
        let header = decode_header(&token).unwrap();
        assert_eq!((header.alg, header.typ.as_deref()), (algorithm, Some(typ)));
        let key = DecodingKey::from_jwk(jwks.find(&header.kid.unwrap()).unwrap()).unwrap();
        let mut validation = Validation::new(algorithm);
        validation.set_audience(&["web".to_owned(), format!("{ISSUER}/api")]);
        decode::<Value>(&token, &key, &validation).unwrap();
    }
}

#[tokio::test]
async fn keys_show_no_private_member() {
    let jwks = get(&strict(), "/jwks").await.json();
    let keys = jwks["keys"].as_array().unwrap();
    assert_eq!(keys.len(), 4);
    for key in keys {
        assert!(["d", "p", "q", "dp", "dq", "qi", "k"].iter().all(|name| key.get(*name).is_none()));
        assert_eq!(key["use"], "sig");
    }
}

#[tokio::test]
async fn every_rule_has_its_page_and_its_own_name() {
    let server = strict();
    let names: HashSet<&str> = Rule::ALL.iter().map(|rule| rule.name()).collect();
    assert_eq!(names.len(), Rule::ALL.len());
    for rule in Rule::ALL {
        let page = get(&server, &format!("/rules/{}", rule.name())).await;
        assert_eq!(page.status, StatusCode::OK);
        assert!(shown(&page.body).contains(rule.clause()), "{}", page.body);
    }
    assert_eq!(get(&server, "/rules/nonsense").await.status, StatusCode::NOT_FOUND);
    assert!(get(&server, "/rules").await.body.contains("verifier-matches"));
    assert!(get(&server, "/").await.body.contains("odd+client"));
    assert_eq!(get(&server, "/style.css").await.header("content-type"), "text/css; charset=utf-8");
}

/// The text of a page, without its tags.
fn shown(html: &str) -> String {
    html.split('<').map(|piece| piece.split_once('>').map_or(piece, |(_, text)| text)).collect()
}

#[test]
fn the_challenge_of_these_tests_is_that_of_the_verifier() {
    use base64::Engine;
    let hash = aws_lc_rs::digest::digest(&aws_lc_rs::digest::SHA256, VERIFIER.as_bytes());
    assert_eq!(base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(hash), CHALLENGE);
}

/// A method that the forwarding trait forgets would be answered by the strict default, and an override beneath it would be lost.
#[test]
fn forwarding_traits_forward_everything() {
    let methods = |source: &str| -> HashSet<String> {
        let names = source.split("    fn ").skip(1).filter_map(|rest| rest.split('(').next());
        names.map(str::to_owned).collect()
    };
    let rules = include_str!("../../src/rules/mod.rs");
    assert_eq!(methods(rules), methods(include_str!("../../src/rules/over.rs")));
    let (base, over) = include_str!("../../src/tokens/claims.rs").split_once("forwarding! {").unwrap();
    assert_eq!(methods(base), methods(over));
}
