//! Token exchange.

use grantspec_reference::Server;
use grantspec_reference::model::{AuthMethod, Client};

use super::Shows::Refused;
use super::{Case, cases};
use crate::support::{Answer, bare, pass, secret_of, token, tokens};

const GRANT: (&str, &str) = ("grant_type", "urn:ietf:params:oauth:grant-type:token-exchange");
const ACCESS_TOKEN: &str = "urn:ietf:params:oauth:token-type:access_token";
const ID_TOKEN: &str = "urn:ietf:params:oauth:token-type:id_token";
const OF_SUBJECT: (&str, &str) = ("subject_token_type", ACCESS_TOKEN);

pub const CASES: &[Case] = cases! {
    // Whoever has such a client made public takes its secret from it.
    ClientMayExchange, Refused("unauthorized_client"), |server, side| async {
        let subject = of_alice(server).await;
        let client = server.store.client("exchange").await.unwrap().unwrap();
        let post = Client { auth_method: AuthMethod::ClientSecretPost, ..(*client).clone() };
        let public = Client { auth_method: AuthMethod::None, secret: None, ..(*client).clone() };
        server.store.put_client(side.of(post, public)).await.unwrap();
        let secret = side.of(secret_of("exchange"), String::new());
        let credentials = [("client_id", "exchange"), ("client_secret", secret.as_str())];
        bare(server, "/token", &[&[GRANT, ("subject_token", &subject), OF_SUBJECT][..], &credentials].concat()).await
    };

    RequestedTokenTypeIsSupported, Refused("invalid_request"), |server, side| async {
        let subject = of_alice(server).await;
        exchange(server, &subject, &[OF_SUBJECT, ("requested_token_type", side.of(ACCESS_TOKEN, ID_TOKEN))]).await
    };

    ActorTokenHasItsType, Refused("invalid_request"), |server, side| async {
        let (subject, actor) = (of_alice(server).await, of_service(server).await);
        let actor_token_type = ("actor_token_type", side.of(ACCESS_TOKEN, ""));
        exchange(server, &subject, &[OF_SUBJECT, ("actor_token", &actor), actor_token_type]).await
    };

    ExchangedTokenTypeIsSupported, Refused("invalid_request"), |server, side| async {
        let subject = of_alice(server).await;
        exchange(server, &subject, &[("subject_token_type", side.of(ACCESS_TOKEN, "access_token"))]).await
    };

    ExchangedTokenIsKnown, Refused("invalid_request"), |server, side| async {
        let subject = of_alice(server).await;
        exchange(server, side.of(&subject, "nobody-issued-this"), &[OF_SUBJECT]).await
    };

    ExchangedTokenIsLive, Refused("invalid_request"), |server, side| async {
        let subject = of_alice(server).await;
        pass(server, side.of(3590, 3600));
        exchange(server, &subject, &[OF_SUBJECT]).await
    };

    TokenMayBeExchangedBy, Refused("invalid_request"), |server, side| async {
        let granted = tokens(server, "web").await;
        let (value, token_type) = side.of(("access_token", ACCESS_TOKEN), ("id_token", ID_TOKEN));
        exchange(server, &granted.member(value), &[("subject_token_type", token_type)]).await
    };

    ActorMayAct, Refused("invalid_request"), |server, side| async {
        let (subject, actor) = (of_alice(server).await, of_service(server).await);
        let mut alice = (*server.store.user("alice").await.unwrap().unwrap()).clone();
        alice.may_act = Some(side.of("service", "exchange").to_owned());
        server.store.put_user(alice).await.unwrap().unwrap();
        exchange(server, &subject, &[OF_SUBJECT, ("actor_token", &actor), ("actor_token_type", ACCESS_TOKEN)]).await
    };

    TargetsAreKnown, Refused("invalid_target"), |server, side| async {
        let subject = of_alice(server).await;
        exchange(server, &subject, &[OF_SUBJECT, ("audience", side.of("service", "nobody"))]).await
    };

    ExchangeScopeWithinSubject, Refused("invalid_scope"), |server, side| async {
        let subject = of_alice(server).await; // openid profile api:read
        exchange(server, &subject, &[OF_SUBJECT, ("scope", side.of("profile", "email"))]).await
    };
};

async fn of_alice(server: &Server) -> String {
    tokens(server, "web").await.member("access_token")
}

async fn of_service(server: &Server) -> String {
    token(server, "service", &[("grant_type", "client_credentials")]).await.member("access_token")
}

async fn exchange(server: &Server, subject: &str, more: &[(&str, &str)]) -> Answer {
    token(server, "exchange", &[&[GRANT, ("subject_token", subject)][..], more].concat()).await
}
