//! Clients that register what they sign with: RFC 7591 §2, `jwks` and `token_endpoint_auth_signing_alg`.

use grantspec_reference::Server;
use http::{Request, StatusCode};
use serde_json::{Value, json};

use super::{now, with_assertion};
use crate::signer::{EC, Signer};
use crate::support::{Answer, ISSUER, send, strict};

async fn with_json(server: &Server, method: &str, path: &str, token: Option<&str>, body: &Value) -> Answer {
    let request = Request::builder().method(method).uri(path).header("content-type", "application/json");
    let request =
        token.into_iter().fold(request, |request, token| request.header("authorization", format!("Bearer {token}")));
    send(server, request.body(body.to_string().into()).unwrap()).await
}

/// What a client that registered itself signs.
fn own_assertion(client_id: &str, signer: &Signer, alg: &str) -> String {
    let jti = grantspec_reference::tokens::secret::random_string();
    let claims = json!({ "iss": client_id, "sub": client_id, "aud": ISSUER, "jti": jti, "exp": now() + 60 });
    signer.sign(&json!({ "alg": alg }), &claims)
}

#[tokio::test]
async fn a_client_registers_the_key_that_it_signs_with() {
    let server = strict();
    let register = async |members: Value| {
        let mut body = json!({ "grant_types": ["client_credentials"], "response_types": [] });
        body.as_object_mut().unwrap().extend(members.as_object().unwrap().clone());
        with_json(&server, "POST", "/register", None, &body).await
    };
    let jwks = json!({ "keys": [EC.jwk(&[])] });
    let answer = register(json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks })).await;
    assert_eq!(answer.status, StatusCode::CREATED, "{}", answer.body);
    assert_eq!((answer.json()["jwks"].clone(), answer.member("client_secret")), (jwks.clone(), String::new()));
    with_assertion(&server, &own_assertion(&answer.member("client_id"), &EC, "ES256"), &[]).await.is_token();

    let private = json!({ "keys": [EC.jwk(&[("d", "AQAB")])] });
    for members in [
        json!({ "token_endpoint_auth_method": "private_key_jwt" }),
        json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": private }),
        json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks, "token_endpoint_auth_signing_alg": "RS256" }),
        json!({ "token_endpoint_auth_method": "private_key_jwt", "jwks": jwks, "token_endpoint_auth_signing_alg": "none" }),
        json!({ "token_endpoint_auth_method": "client_secret_jwt", "token_endpoint_auth_signing_alg": "RS256" }),
    ] {
        let answer = register(members.clone()).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{members}");
        assert_eq!(answer.member("error"), "invalid_client_metadata", "{members}: {}", answer.body);
    }
}

#[tokio::test]
async fn a_secret_to_compute_with_outlives_an_update() {
    let server = strict();
    let metadata = json!({
        "grant_types": ["client_credentials"], "response_types": [], "token_endpoint_auth_method": "client_secret_jwt",
    });
    let client = with_json(&server, "POST", "/register", None, &metadata).await;
    let (client_id, secret) = (client.member("client_id"), client.member("client_secret"));
    let mut update = metadata.clone();
    update["client_id"] = json!(client_id);
    update["client_secret"] = json!(secret);
    update["client_name"] = json!("Renamed");
    let token = client.member("registration_access_token");
    let answer = with_json(&server, "PUT", &format!("/register/{client_id}"), Some(&token), &update).await;
    assert_eq!(answer.status, StatusCode::OK, "{}", answer.body);
    with_assertion(&server, &own_assertion(&client_id, &Signer::secret(secret), "HS256"), &[]).await.is_token();
}
