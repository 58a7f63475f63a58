//! Exit 3: the server could not be judged. The message says why, and what to do; it is never a finding.

use std::time::Duration;

use super::logins::{self, Odd};
use super::program::{Ended, call};
use super::servers::{PASSWORD, SERVICE_SECRET, WEB_SECRET, nobody, page, serving, silent};

/// An error of the set-up: cause, remedy, no verdict, at once.
#[track_caller]
fn could_not_be_judged(ended: Ended, cause: &[&str], remedy: &[&str]) {
    let ended = ended.with(3).without(&["FAIL", "✗", "\u{1b}["]);
    assert!(ended.stderr.starts_with("error: "), "{ended:#?}");
    let (before, after) =
        ended.stderr.split_once("remedy: ").unwrap_or_else(|| panic!("there is no remedy: {ended:#?}"));
    for word in cause {
        assert!(before.contains(word), "the cause does not say {word:?}: {ended:#?}");
    }
    for word in remedy {
        assert!(after.contains(word), "the remedy does not say {word:?}: {ended:#?}");
    }
    assert!(ended.took < Duration::from_secs(20), "{ended:#?}");
}

fn service(issuer: &str, secret: &str) -> Ended {
    call(&["run", issuer, "--timeout", "1", "--client-id", "service", "--client-secret-env", "S"])
        .env("S", secret)
        .run()
}

#[test]
fn a_wrong_client_secret() {
    let server = serving(&[]);
    could_not_be_judged(
        service(&server.issuer, "wrong"),
        &["client service", "invalid_client"],
        &["check the secret of service"],
    );
}

#[test]
fn a_wrong_password() {
    let server = serving(&[]);
    let wrong = |password| {
        call(&["run"])
            .file("grantspec.toml", server.target_file())
            .env("WEB_SECRET", WEB_SECRET)
            .env("ALICE_PASSWORD", password)
            .run()
    };
    could_not_be_judged(wrong("wrong"), &["client web", "the login failed"], &["check the name and the password"]);
}

#[test]
fn a_policy_that_is_declared_otherwise_than_it_is() {
    let server = serving(&[]);
    let with = |policies: &str| {
        call(&["run", "code/redeemed-twice"])
            .file("grantspec.toml", format!("{}\n[policies]\n{policies}\n", server.target_file()))
            .env("WEB_SECRET", WEB_SECRET)
            .env("ALICE_PASSWORD", PASSWORD)
            .run()
    };
    let belied = with("rotation = \"kept\"");
    could_not_be_judged(belied, &["policy rotation", "says kept", "client web"], &["rotation = \"replaced\""]);
    with("rotation = \"replaced\"").with(0).says(&["chosen: this server replaces refresh tokens", "1 pass, 0 fail"]);
    let unknown = with("rotatoin = \"replaced\"").with(2);
    assert!(unknown.stderr.contains("did you mean `rotation`?"), "{unknown:#?}");
}

#[test]
fn a_second_user_who_is_refused_after_the_login() {
    let file = logins::target_file(&logins::server(Odd::SecondUserIsBanned));
    let ended = call(&["run"]).file("grantspec.toml", file).run();
    could_not_be_judged(ended, &["user bob", "no code", "403"], &["the password of bob"]);
}

#[test]
fn a_login_at_another_origin() {
    let url = logins::server(Odd::LoginElsewhere);
    let elsewhere = url.replace("127.0.0.1", "localhost");
    let file = logins::target_file(&url);
    let unknown = call(&["run"]).file("grantspec.toml", &file).run();
    let named = format!("origins = [\"{elsewhere}\"]");
    could_not_be_judged(unknown, &["user alice", "/login"], &["neither the server's nor a redirect URI", &named]);

    let proven = ["1 pass, 0 fail", "0 error"];
    let told = call(&["run", "authorize/state-returned"]).file("grantspec.toml", format!("{file}\n[login]\n{named}\n"));
    told.run().with(0).says(&proven);
    let told = call(&["run", "authorize/state-returned", "--login-origin", &elsewhere]).file("grantspec.toml", &file);
    told.run().with(0).says(&proven);
}

#[test]
fn a_login_page_that_is_a_script() {
    let url = logins::server(Odd::Script);
    let file = logins::target_file(&url);
    // The second user of that file is not known there.
    let (file, _) = file.rsplit_once("[[user]]").expect("two users");
    let told = |login: &str, check: &str| call(&["run", check]).file("grantspec.toml", format!("{file}{login}")).run();

    could_not_be_judged(told("", "authorize"), &["user alice", "/login.html"], &["script", "kind = \"http\""]);
    let wrong = logins::script(&url, "{user}");
    could_not_be_judged(told(&wrong, "authorize"), &["the login failed"], &["the name and the password"]);
    let right = logins::script(&url, "{password}");
    told(&right, "authorize/state-returned").with(0).says(&["1 pass, 0 fail", "0 error"]);
    // What the user leaves open, or does not log in for, comes to no answer.
    told(&right, "authorize/consent-denied").with(3).says(&["0 pass, 0 fail"]);
    let misspelt = logins::script(&url, "{pasword}");
    let ended = told(&misspelt, "authorize").with(2);
    assert!(ended.stderr.contains("[login]") && ended.stderr.contains("did you mean `password`"), "{ended:#?}");
}

#[test]
fn a_server_that_redirects_in_a_circle() {
    let file = logins::target_file(&logins::server(Odd::Circle));
    let ended = call(&["run"]).file("grantspec.toml", file).run();
    could_not_be_judged(
        ended.without(&["a page that asks"]),
        &["sent on 24 times", "GET /authorize: 303"],
        &["open the authorization request in a browser"],
    );
}

#[test]
fn a_redirect_uri_that_is_not_registered() {
    let server = serving(&[]);
    let file = server.target_file().replace("http://127.0.0.1:8765/", "http://127.0.0.1:8765/not-");
    let ended =
        call(&["run"]).file("grantspec.toml", file).env("WEB_SECRET", WEB_SECRET).env("ALICE_PASSWORD", PASSWORD).run();
    could_not_be_judged(ended, &["client web", "no code"], &["registered redirect URI"]);
}

#[test]
fn a_scope_that_the_client_may_not_have() {
    let server = serving(&[]);
    let ended = call(&[
        "run",
        &server.issuer,
        "--client-id",
        "service",
        "--client-secret-env",
        "S",
        "--client-scope",
        "no-such-scope",
        "--grants",
        "client_credentials",
    ])
    .env("S", SERVICE_SECRET)
    .run();
    could_not_be_judged(ended, &["invalid_scope"], &["--client-scope"]);
}

#[test]
fn a_client_that_is_not_registered_for_what_is_said_of_it() {
    let server = serving(&[]);
    let ended = call(&[
        "run",
        &server.issuer,
        "--client-id",
        "code-only",
        "--client-secret-env",
        "S",
        "--grants",
        "client_credentials",
    ])
    .env("S", "code-only-secret-27ad90c4be6135f8")
    .run();
    could_not_be_judged(ended, &["client code-only", "unauthorized_client"], &["--grants"]);
}

#[test]
fn no_client_at_all() {
    let server = serving(&[]);
    could_not_be_judged(call(&["run", &server.issuer]).run(), &["no client is known"], &["--client-id", "[[client]]"]);
}

#[test]
fn an_issuer_that_cannot_be_reached() {
    could_not_be_judged(service(&nobody(), "any"), &["the metadata", "cannot connect"], &["is the server running"]);
}

#[test]
fn a_server_that_fails_with_a_page() {
    let issuer = page("500 Internal Server Error", "text/html", "<h1>Oops</h1>");
    could_not_be_judged(service(&issuer, "any"), &["500", "the server is failing"], &["log"]);
}

#[test]
fn a_server_that_never_answers() {
    let ended = service(&silent(), "any");
    assert!(ended.took < Duration::from_secs(10), "the deadline is a second: {ended:#?}");
    could_not_be_judged(ended, &["no answer within 1s"], &["--timeout"]);
}

#[test]
fn a_server_that_is_no_authorization_server() {
    for issuer in
        [page("404 Not Found", "text/html", "<h1>Not found</h1>"), page("200 OK", "text/html", "<h1>Welcome</h1>")]
    {
        could_not_be_judged(service(&issuer, "any"), &["no metadata document"], &["check the issuer", "[endpoints]"]);
    }
    let nothing = page("404 Not Found", "", "");
    could_not_be_judged(service(&nothing, "any"), &["answers 404, which"], &["check the issuer"]);
}

#[test]
fn metadata_without_a_token_endpoint() {
    let issuer = page("200 OK", "application/json", "{\"issuer\": \"http://127.0.0.1\"}");
    could_not_be_judged(service(&issuer, "any"), &["names no token_endpoint"], &["[endpoints]"]);
    let issuer = page("200 OK", "application/json", "{\"error\": \"not found\"}");
    could_not_be_judged(service(&issuer, "any"), &["not found, which is no metadata document"], &["[endpoints]"]);
}

#[test]
fn an_answer_that_does_not_end_as_announced() {
    let issuer = page("200 OK", "application/json\r\ncontent-length: 9999", "{}");
    let ended = service(&issuer, "any").with(3);
    ended.says(&["error: the metadata", "remedy: "]);
}

#[test]
fn a_run_in_which_every_question_is_skipped_says_so() {
    let server = serving(&[]);
    let ended = call(&["run", &server.issuer, "code", "--client-id", "service", "--client-secret-env", "S"])
        .env("S", SERVICE_SECRET)
        .run()
        .with(3);
    ended.says(&["no-client", "0 pass, 0 fail", "nothing was judged"]).without(&["FAIL"]);
}
