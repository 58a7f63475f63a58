//! Reading JWTs of others: RFC 7515 §5.2, RFC 8725 §3. Each refusal stands beside what is accepted.

use grantspec_reference::tokens::Algorithm;
use grantspec_reference::tokens::jwk::{JwkError, JwkSet};
use grantspec_reference::tokens::jwt::{Jwt, JwtError, VerificationKeys, Verified};
use grantspec_reference::tokens::secret::SharedSecret;
use serde_json::{Value, json};

use crate::signer::{EC, ED, RSA, Signer};

const SECRET: &str = "a shared secret of more than 32 octets";

fn set(keys: &[Value]) -> JwkSet {
    JwkSet::parse(&json!({ "keys": keys })).unwrap()
}

fn read(jwt: &str, keys: &JwkSet, acceptable: &[Algorithm]) -> Result<Verified, JwtError> {
    Jwt::parse(jwt)?.verify(VerificationKeys::Public(keys), acceptable)
}

#[test]
fn every_algorithm_is_read() {
    for (signer, alg) in [(&*RSA, "RS256"), (&*RSA, "PS256"), (&*EC, "ES256"), (&*ED, "EdDSA")] {
        let algorithm = Algorithm::parse(alg).unwrap();
        let jwt = signer.sign(&json!({ "alg": alg }), &json!({ "sub": "somebody" }));
        let keys = set(&[signer.jwk(&[("alg", alg)])]);
        assert!(keys.has_key_for(algorithm));
        assert_eq!(read(&jwt, &keys, &[algorithm]).unwrap().claims["sub"], "somebody", "{alg}");

        let another = &jwt[..jwt.len() - 6];
        assert_eq!(read(&format!("{another}AAAAAA"), &keys, &[algorithm]).unwrap_err(), JwtError::Signature, "{alg}");
    }
    let secret = SharedSecret::new(SECRET).unwrap();
    let jwt = Signer::secret(SECRET).sign(&json!({ "alg": "HS256" }), &json!({}));
    Jwt::parse(&jwt).unwrap().verify(VerificationKeys::Secret(&secret), &[Algorithm::Hs256]).unwrap();
    assert!(SharedSecret::new("too short").is_none());
    assert_eq!(format!("{secret:?}"), "SharedSecret(redacted)");
}

#[test]
fn an_algorithm_is_accepted_only_where_it_was_agreed_on() {
    let keys = set(&[RSA.jwk(&[]), EC.jwk(&[])]);
    let jwt = EC.sign(&json!({ "alg": "ES256" }), &json!({}));
    read(&jwt, &keys, &[Algorithm::Rs256, Algorithm::Es256]).unwrap();
    assert_eq!(read(&jwt, &keys, &[Algorithm::Rs256]).unwrap_err(), JwtError::AlgorithmNotAcceptable);

    for alg in ["none", "None", "NONE", "es256", "RS512", ""] {
        let jwt = EC.sign(&json!({ "alg": alg }), &json!({}));
        assert_eq!(read(&jwt, &keys, &Algorithm::ASYMMETRIC).unwrap_err(), JwtError::AlgorithmNotAcceptable, "{alg}");
    }
    let silent = EC.sign(&json!({}), &json!({}));
    assert_eq!(read(&silent, &keys, &Algorithm::ASYMMETRIC).unwrap_err(), JwtError::AlgorithmMissing);
}

#[test]
fn a_public_key_is_no_secret() {
    let jwk = RSA.jwk(&[]);
    let keys = set(std::slice::from_ref(&jwk));
    for secret in [jwk["n"].as_str().unwrap().to_owned(), jwk.to_string()] {
        let jwt = Signer::secret(&secret).sign(&json!({ "alg": "HS256" }), &json!({}));
        assert_eq!(read(&jwt, &keys, &[Algorithm::Rs256, Algorithm::Hs256]).unwrap_err(), JwtError::NoKey);
    }
    let secret = SharedSecret::new(SECRET).unwrap();
    let jwt = RSA.sign(&json!({ "alg": "RS256" }), &json!({}));
    let read = Jwt::parse(&jwt).unwrap().verify(VerificationKeys::Secret(&secret), &Algorithm::ASYMMETRIC);
    assert_eq!(read.unwrap_err(), JwtError::NoKey);
}

#[test]
fn a_key_is_used_with_one_algorithm_and_under_its_own_name() {
    let (rs256, ps256) = (json!({ "alg": "RS256" }), json!({ "alg": "PS256" }));
    let (rs256, ps256) = (RSA.sign(&rs256, &json!({})), RSA.sign(&ps256, &json!({})));
    let both = [Algorithm::Rs256, Algorithm::Ps256];
    let (silent, declared) = (set(&[RSA.jwk(&[])]), set(&[RSA.jwk(&[("alg", "PS256")])]));
    assert_eq!(read(&ps256, &silent, &both).unwrap_err(), JwtError::NoKey);
    assert_eq!(read(&rs256, &declared, &both).unwrap_err(), JwtError::NoKey);
    for (jwt, keys, acceptable) in
        [(&rs256, &silent, &both[..]), (&ps256, &declared, &both), (&ps256, &silent, &both[1..])]
    {
        read(jwt, keys, acceptable).unwrap();
    }

    let named = set(&[Signer::ec().jwk(&[("kid", "old")]), EC.jwk(&[("kid", "new")])]);
    let jwt = |header: Value| EC.sign(&header, &json!({}));
    for header in [json!({ "alg": "ES256", "kid": "new" }), json!({ "alg": "ES256" })] {
        read(&jwt(header), &named, &[Algorithm::Es256]).unwrap();
    }
    for (kid, error) in [("old", JwtError::Signature), ("other", JwtError::NoKey)] {
        let jwt = jwt(json!({ "alg": "ES256", "kid": kid }));
        assert_eq!(read(&jwt, &named, &[Algorithm::Es256]).unwrap_err(), error, "{kid}");
    }
    let nameless = set(&[EC.jwk(&[])]);
    read(&jwt(json!({ "alg": "ES256" })), &nameless, &[Algorithm::Es256]).unwrap();
    let named = jwt(json!({ "alg": "ES256", "kid": "new" }));
    let refused = read(&named, &nameless, &[Algorithm::Es256]).unwrap_err();
    assert_eq!(refused, JwtError::NoKey, "a key without a name is not the one that is named");
}

#[test]
fn what_is_malformed_is_not_read() {
    let keys = set(&[EC.jwk(&[])]);
    let read = |jwt: &str| read(jwt, &keys, &[Algorithm::Es256]);
    let jwt = |header: &str, claims: &str| EC.sign_text(header, claims, "ES256");
    read(&jwt(r#"{"alg":"ES256"}"#, r#"{"n":[1.5,-2,{"a":null,"b":true}]}"#)).unwrap();

    let (plain, empty) = (r#"{"alg":"ES256"}"#, "{}");
    let cases = [
        (jwt(r#"{"alg":"ES256","crit":["exp"],"exp":1}"#, empty), JwtError::Critical),
        (jwt(r#"{"alg":"ES256","crit":[]}"#, empty), JwtError::Critical),
        (jwt(r#"{"alg":"none","alg":"ES256"}"#, empty), JwtError::Header),
        (jwt(r#"{"alg":["ES256"]}"#, empty), JwtError::Header),
        (jwt(r#"{"alg":"ES256","kid":1}"#, empty), JwtError::Header),
        (jwt("[]", empty), JwtError::Header),
        (jwt("x", empty), JwtError::Header),
        (jwt(plain, r#"{"sub":"alice","sub":"bob"}"#), JwtError::Claims),
        (jwt(plain, r#"{"act":{"sub":"alice","sub":"bob"}}"#), JwtError::Claims),
        (jwt(plain, r#""text""#), JwtError::Claims),
        (jwt(plain, "{}{}"), JwtError::Claims),
        (format!("{}=", jwt(plain, empty)), JwtError::NotCompact),
        (format!("{} ", jwt(plain, empty)), JwtError::NotCompact),
        (format!("{}.e30", jwt(plain, empty)), JwtError::NotCompact),
        ("e30.e30".to_owned(), JwtError::NotCompact),
        (String::new(), JwtError::NotCompact),
    ];
    for (jwt, error) in cases {
        assert_eq!(read(&jwt).unwrap_err(), error, "{jwt}");
    }
}

#[test]
fn an_unsecured_object_is_read_by_who_asks_for_one() {
    let unsecured = "eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.";
    let parsed = Jwt::parse(unsecured).unwrap();
    assert!(parsed.is_unsecured());
    assert_eq!(parsed.hearsay("sub"), Some("alice"));
    assert_eq!(parsed.unsecured().unwrap().claims["sub"], "alice");
    let signed = EC.sign(&json!({ "alg": "none" }), &json!({}));
    assert_eq!(Jwt::parse(&signed).unwrap().unsecured().unwrap_err(), JwtError::Signature);
    let signed = EC.sign(&json!({ "alg": "ES256" }), &json!({}));
    assert_eq!(Jwt::parse(&signed).unwrap().unsecured().unwrap_err(), JwtError::AlgorithmNotAcceptable);
}

#[test]
fn only_public_keys_are_registered() {
    let parse = |jwk: Value| JwkSet::parse(&json!({ "keys": [jwk] })).map(drop);
    parse(RSA.jwk(&[("use", "sig"), ("kid", "a")])).unwrap();
    for member in ["d", "p", "q", "dp", "dq", "qi", "oth", "k"] {
        assert_eq!(parse(EC.jwk(&[(member, "AQAB")])).unwrap_err(), JwkError::Private(1, member));
    }
    let unusable = [
        EC.jwk(&[("use", "enc")]),
        EC.jwk(&[("alg", "RS256")]),
        EC.jwk(&[("alg", "ES512")]),
        EC.jwk(&[("crv", "P-384")]),
        EC.jwk(&[("x", "AQAB")]),
        EC.jwk(&[("y", "AAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAAA")]),
        RSA.jwk(&[("n", "AQAB")]),
        ED.jwk(&[("crv", "X25519")]),
        json!({ "kty": "AKP" }),
    ];
    for jwk in unusable {
        assert!(matches!(parse(jwk.clone()).unwrap_err(), JwkError::NotUsable(1, _)), "{jwk}");
        JwkSet::parse(&json!({ "keys": [jwk, EC.jwk(&[])] })).unwrap();
    }
    assert_eq!(JwkSet::parse(&json!({ "keys": [] })).unwrap_err(), JwkError::Empty);
    assert_eq!(JwkSet::parse(&json!([])).unwrap_err(), JwkError::NoSet);
    assert_eq!(JwkSet::parse(&json!({ "keys": ["x"] })).unwrap_err(), JwkError::NoObject(1));
}
