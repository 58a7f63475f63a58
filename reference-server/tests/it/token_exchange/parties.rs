//! Who takes part in an exchange, and how they are named: RFC 8693 §2.1, §4.4.

use grantspec_reference::Server;
use grantspec_reference::rules::Rule;
use serde_json::json;

use super::{
    ACCESS_TOKEN, GRANT, ID_TOKEN, OF_ACTOR, OF_SUBJECT, client, exchange, introspect, of_alice, of_client, server,
    with_web,
};
use crate::support::{KEYS, claims, config, strict, tell, token, tokens};

#[tokio::test]
async fn a_user_may_name_the_one_who_may_act() {
    let server = server(|config| config.users[0].may_act = Some("service".to_owned()));
    let subject = of_alice(&server).await;
    assert_eq!(claims(&subject)["may_act"], json!({ "sub": "service" }));
    assert_eq!(introspect(&server, &subject).await["may_act"], json!({ "sub": "service" }));

    let (own, other) = (of_client(&server, "exchange").await, of_client(&server, "service").await);
    exchange(&server, "exchange", &subject, &[]).await.is_refused("invalid_request", Rule::ActorMayAct);
    exchange(&server, "exchange", &subject, &[("actor_token", &own), OF_ACTOR])
        .await
        .is_refused("invalid_request", Rule::ActorMayAct);
    let answer = exchange(&server, "exchange", &subject, &[("actor_token", &other), OF_ACTOR]).await;
    assert_eq!(claims(&answer.is_token().member("access_token"))["act"], json!({ "sub": "service" }));
}

#[tokio::test]
async fn nobody_who_is_disabled_takes_part() {
    let server = with_web();
    let granted = tokens(&server, "web").await;
    let (subject, id_token) = (granted.member("access_token"), granted.member("id_token"));
    let machine = of_client(&server, "web").await;
    let actor = [("actor_token", id_token.as_str()), ("actor_token_type", ID_TOKEN)];
    let acting = exchange(&server, "web", &machine, &actor).await;
    assert_eq!(claims(&acting.is_token().member("access_token"))["act"], json!({ "sub": "user-alice" }));

    tell(&server, "/_/users/alice", r#"{"disabled": true}"#).await;
    exchange(&server, "web", &subject, &[]).await.is_refused("invalid_request", Rule::UserIsActive);
    exchange(&server, "web", &machine, &actor).await.is_refused("invalid_request", Rule::UserIsActive);
    exchange(&server, "web", &machine, &[]).await.is_token();
}

#[tokio::test]
async fn parameters_come_as_they_are_defined() {
    let server = strict();
    let (subject, actor) = (of_alice(&server).await, of_client(&server, "exchange").await);
    token(&server, "exchange", &[GRANT, OF_SUBJECT]).await.is_refused("invalid_request", Rule::ParameterIsPresent);
    token(&server, "exchange", &[GRANT, ("subject_token", &subject)])
        .await
        .is_refused("invalid_request", Rule::ParameterIsPresent);
    for lonely in [("actor_token", actor.as_str()), OF_ACTOR] {
        exchange(&server, "exchange", &subject, &[lonely])
            .await
            .is_refused("invalid_request", Rule::ActorTokenHasItsType);
    }
    for twice in [
        ("subject_token", subject.as_str()),
        ("requested_token_type", ACCESS_TOKEN),
        ("actor_token", actor.as_str()),
        OF_ACTOR,
        ("scope", "api:read"),
    ] {
        exchange(&server, "exchange", &subject, &[twice, twice])
            .await
            .is_refused("invalid_request", Rule::ParameterNotRepeated);
    }
    exchange(&server, "web", &subject, &[]).await.is_refused("unauthorized_client", Rule::ClientMayUseGrant);
}

#[tokio::test]
async fn a_client_that_proves_nothing_exchanges_nothing() {
    let server = server(|config| client(config, "spa").grant_types.push(GRANT.1.to_owned()));
    let subject = tokens(&server, "spa").await.member("access_token");
    exchange(&server, "spa", &subject, &[]).await.is_refused("unauthorized_client", Rule::ClientMayExchange);
}

#[tokio::test]
async fn a_resource_of_a_client_is_one_of_the_server() {
    let mut config = config();
    client(&mut config, "exchange").resources.push("https://elsewhere.example/".to_owned());
    let error = Server::new(config, KEYS.clone()).err().expect("nobody issues tokens for that").to_string();
    assert!(error.contains("https://elsewhere.example/") && error.contains("exchange"), "{error}");
}
