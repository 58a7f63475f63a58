//! An authorization endpoint that is too busy to answer one request: no finding, and no refusal either.

use grantspec::profile::Profile;
use grantspec::run::Outcome;
use grantspec::target::{Client, Target, User};
use grantspec::verdict::Verdict;
use url::form_urlencoded::{self, Serializer};
use wiremock::matchers::any;
use wiremock::{Mock, MockServer, Request, ResponseTemplate};

use super::server::{TOKEN, asked, refusal, target};

/// Where the browser of these tests is awaited.
const REDIRECT_URI: &str = "http://127.0.0.1/cb";

/// An authorization request.
struct Wish(Vec<(String, String)>);

impl Wish {
    fn param(&self, name: &str) -> Option<&str> {
        self.0.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }

    /// The answer: these parameters, where the response type wants them.
    fn answered(&self, params: &[(&str, &str)]) -> ResponseTemplate {
        let state = self.param("state").unwrap_or_default();
        let text = Serializer::new(String::new()).extend_pairs(params).append_pair("state", state).finish();
        let mark = if self.param("response_type") == Some("code") { '?' } else { '#' };
        ResponseTemplate::new(302).insert_header("location", format!("{REDIRECT_URI}{mark}{text}"))
    }

    fn refused(&self, error: &str) -> ResponseTemplate {
        self.answered(&[("error", error)])
    }

    fn granted(&self) -> ResponseTemplate {
        self.answered(&[
            ("code", "the-code"),
            ("access_token", TOKEN),
            ("token_type", "Bearer"),
            ("id_token", "e30.e30.e30"),
        ])
    }
}

/// A server that grants everything at once, but for the request that `odd` picks, which is answered like this.
async fn at(odd: fn(&Wish) -> bool, answer: Answering) -> MockServer {
    let server = MockServer::start().await;
    let respond = move |request: &Request| {
        match request.url.path() {
            "/authorize" => {}
            "/again" => return asking(),
            _ => return refusal(400, "invalid_request"),
        }
        let posted = form_urlencoded::parse(&request.body).into_owned();
        let wish = Wish(request.url.query_pairs().into_owned().chain(posted).collect());
        if odd(&wish) { answer(&wish) } else { wish.granted() }
    };
    Mock::given(any()).respond_with(respond).mount(&server).await;
    server
}

fn with_browser(issuer: &str) -> Target {
    let mut target = target(issuer);
    target.metadata.authorization_endpoint = Some(format!("{issuer}/authorize"));
    target.metadata.oidc = true;
    target.users = vec![User { name: "alice".to_owned(), password: "wonderland".to_owned(), disposable: false }];
    let of = |id: &str, grant: &str| Client {
        id: id.to_owned(),
        grants: vec![grant.to_owned()],
        redirect_uris: vec![REDIRECT_URI.to_owned()],
        ..target.clients[0].clone()
    };
    target.clients = vec![of("web", "authorization_code"), of("page", "implicit"), of("both", "hybrid")];
    target
}

/// How a request is answered.
type Answering = fn(&Wish) -> ResponseTemplate;

/// A check, and the request of it that is at stake.
type Question = (&'static str, fn(&Wish) -> bool);

/// Checks that must be served.
const GOOD: &[Question] = &[
    ("authorize/unknown-parameter-ignored", |wish| wish.param("grantspec_unknown").is_some()),
    ("authorize/empty-parameter-omitted", |wish| wish.param("prompt") == Some("")),
];

/// Checks that must be refused, or must come elsewhere.
const BAD: &[Question] = &[
    ("front-channel/nonce-required", |wish| wish.param("nonce").is_none_or(str::is_empty)),
    ("front-channel/not-in-query", |wish| wish.param("response_mode") == Some("query")),
    ("authorize/response-type-unknown", |wish| wish.param("response_type") == Some("grantspec")),
    ("authorize/max-age-zero", |wish| wish.param("max_age") == Some("0")),
];

async fn of((check, odd): Question, answer: Answering) -> Outcome {
    let server = at(odd, answer).await;
    asked(with_browser(&server.uri()), check, Profile::Oidc).await
}

fn page(status: u16) -> ResponseTemplate {
    ResponseTemplate::new(status).set_body_raw("<!doctype html><h1>Come back later</h1>", "text/html")
}

/// A question that has no end.
fn asking() -> ResponseTemplate {
    let form = "<form method=post action=/again><button name=ok>Allow</button></form>";
    ResponseTemplate::new(200).set_body_raw(form, "text/html")
}

/// Ways to say that there is no answer now.
const BUSY: &[(&str, Answering)] = &[
    ("503", |_| page(503)),
    ("429", |_| page(429)),
    ("temporarily_unavailable", |wish| wish.refused("temporarily_unavailable")),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_busy_authorization_endpoint_is_neither_right_nor_wrong() {
    for question in GOOD.iter().chain(BAD) {
        for (what, answer) in BUSY {
            let outcome = of(*question, *answer).await;
            let reason = outcome.reason.as_ref().map(|(reason, _)| reason.name());
            assert_eq!((outcome.verdict, reason), (Verdict::Skip, Some("prerequisite")), "{what}: {outcome:?}");
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_that_asks_for_more_than_we_give_is_neither() {
    for question in GOOD {
        let outcome = of(*question, |_| asking()).await;
        assert_eq!(outcome.verdict, Verdict::Skip, "{outcome:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_is_judged() {
    for question in GOOD {
        assert_eq!(of(*question, Wish::granted).await.verdict, Verdict::Pass, "{}", question.0);
        for refused in [|wish: &Wish| wish.refused("invalid_request"), |_: &Wish| page(400), |_: &Wish| page(500)] {
            let outcome = of(*question, refused).await;
            assert_eq!(outcome.verdict, Verdict::Fail, "{outcome:?}");
        }
    }
    for question in BAD {
        let outcome = of(*question, |wish| wish.refused("invalid_request")).await;
        assert_eq!(outcome.verdict, Verdict::Pass, "{outcome:?}");
    }
}
