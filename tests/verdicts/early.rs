//! A device that polls before the server wants it to: the harness waits like a device, once it knows that it has to.

use std::sync::{Arc, Mutex};
use std::time::{Duration, Instant};

use grantspec::cell::AuthMethod;
use grantspec::lab::Setting;
use grantspec::lab::http::Http;
use grantspec::profile::Profile;
use grantspec::run::{Options, Paths, Selection, judge};
use grantspec::target::doctor::SetupError;
use grantspec::target::{Client, Target, User};
use grantspec::verdict::Verdict;
use serde_json::json;
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::server::{PATIENT, TOKEN, check, refusal, target, token};

const DEVICE_CODE: &str = "urn:ietf:params:oauth:grant-type:device_code";

/// A server whose users say yes, whatever they do: its devices get their token when they have waited so long since they got their codes.
async fn serving_after(wait: Duration) -> MockServer {
    let server = MockServer::start().await;
    let issuer = server.uri();
    let given: Mutex<Vec<Instant>> = Mutex::default();
    let respond = move |request: &Request| {
        let body = String::from_utf8_lossy(&request.body).into_owned();
        match request.url.path() {
            "/device" => {
                let mut given = given.lock().expect("no test panics here");
                given.push(Instant::now());
                ResponseTemplate::new(200).set_body_json(json!({
                    "device_code": format!("code-{}.", given.len() - 1),
                    "user_code": "BCDF-GHJK",
                    "verification_uri": format!("{issuer}/page"),
                    "expires_in": 600,
                    "interval": 1,
                }))
            }
            "/page" => ResponseTemplate::new(200).set_body_raw("<p>Thank you</p>", "text/html"),
            "/token" if body.contains("device_code=") => {
                let given = given.lock().expect("no test panics here");
                let sent = body.split("code-").nth(1).and_then(|rest| rest.split('.').next()?.parse::<usize>().ok());
                match sent.and_then(|at| given.get(at)) {
                    Some(at) if at.elapsed() < wait => refusal(400, "authorization_pending"),
                    Some(_) => token(&json!({ "access_token": TOKEN, "token_type": "Bearer", "expires_in": 300 })),
                    None => refusal(400, "invalid_grant"),
                }
            }
            _ => refusal(400, "unsupported_grant_type"),
        }
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

fn with_device(issuer: &str) -> Target {
    let mut target = target(issuer);
    target.metadata.device_authorization_endpoint = Some(format!("{issuer}/device"));
    target.users = vec![User { name: "alice".to_owned(), password: "wonderland".to_owned(), disposable: false }];
    target.clients = vec![Client {
        secret: None,
        auth: AuthMethod::None,
        grants: vec![DEVICE_CODE.to_owned()],
        ..target.clients[0].clone()
    }];
    target
}

/// What a whole run says of the check for devices.
async fn of_devices(wait: Duration) -> Result<Vec<(Verdict, String)>, Vec<SetupError>> {
    let server = serving_after(wait).await;
    let options = Options {
        jobs: 4,
        profile: Profile::OAuth2,
        selection: Selection::default(),
        paths: Paths::All,
        policies: false,
    };
    let setting = Arc::new(Setting::new(with_device(&server.uri()), Http::new(PATIENT), 1, 4));
    let summary = judge(setting, &[check("device/token"), check("device/code-altered")], &options, &mut |_| {}).await?;
    let asked = summary.outcomes.into_iter().filter(|outcome| outcome.verdict != Verdict::Skip);
    Ok(asked.map(|outcome| (outcome.verdict, format!("{outcome:?}"))).collect())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_is_served_once_it_has_waited_works() {
    let outcomes = of_devices(Duration::from_secs(1)).await.expect("the device gets its token, if later");
    assert_eq!(outcomes.len(), 2);
    for (verdict, outcome) in outcomes {
        assert_eq!(verdict, Verdict::Pass, "{outcome}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_device_that_waits_in_vain_is_told_in_the_proof_of_the_set_up() {
    let errors = of_devices(Duration::from_secs(60)).await.expect_err("no device is served");
    assert!(errors.iter().any(|error| error.says.contains("the user came to no end")), "{errors:?}");
}
