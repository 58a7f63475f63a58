//! Every page that there is. Whoever adds one to the server adds it here, and it is checked with all others.

use grantspec_reference::Server;
use grantspec_reference::rules::Rule;

use crate::support::{Answer, Browser, bare, device, get, hidden};

pub const ALICE: &[(&str, &str)] = &[("username", "alice"), ("password", "alice-pw")];
pub const ALLOW: &[(&str, &str)] = &[("decision", "allow")];

/// Every page, by a name of its own; pages of one kind share theirs.
pub async fn pages(server: &Server) -> Vec<(&'static str, Answer)> {
    let mut browser = Browser::new(server);
    let login = browser.open("web", &[]).await.location().to_owned();
    let mut pages = vec![
        ("start", get(server, "/").await),
        ("rules", get(server, "/rules").await),
        ("nothing here", get(server, "/nowhere").await),
        ("login", browser.get(&login).await),
        ("login failed", browser.answer(&login, &[("username", "alice"), ("password", "no")]).await),
    ];
    for rule in Rule::ALL {
        pages.push((rule.name(), get(server, &format!("/rules/{}", rule.name())).await));
    }

    let consent = browser.answer(&login, ALICE).await.location().to_owned();
    pages.push(("consent", browser.get(&consent).await));
    let posted = Browser::new(server).authorize("web", &[("response_mode", "form_post")]).await;
    pages.push(("form_post", posted));

    pages.extend(of_a_device(server).await);
    pages.extend(of_a_logout(server).await);

    pages.push(("error", browser.open("nobody", &[]).await));
    pages.push(("error", bare(server, "/login", &[]).await));

    pages.push(("callback", get(server, "/try/web?code=a-code&state=s&iss=x&id_token=e30.e30.e30").await));
    pages.push(("callback", get(server, "/try/browser").await));
    pages.push(("callback", get(server, "/try/web?error=access_denied&error_description=No.").await));
    pages
}

/// What the user of a device sees.
async fn of_a_device(server: &Server) -> Vec<(&'static str, Answer)> {
    let mut pages = Vec::new();
    let mut browser = Browser::new(server);
    let login = browser.get("/device").await.location().to_owned();
    pages.push(("login", browser.get(&login).await));
    let typing = browser.answer(&login, ALICE).await.location().to_owned();
    pages.push(("device", browser.get(&typing).await));
    pages.push(("device not found", browser.find_device("BCDF-GHJK").await));
    for decision in ["allow", "deny"] {
        let user_code = device(server, "tv", "openid profile").await.member("user_code");
        let question = browser.find_device(&user_code).await.location().to_owned();
        pages.push(("device question", browser.get(&question).await));
        let done = browser.connect(&user_code, decision).await;
        pages.push((if decision == "allow" { "device connected" } else { "device denied" }, done));
    }
    pages
}

/// What whoever logs out sees.
async fn of_a_logout(server: &Server) -> Vec<(&'static str, Answer)> {
    let mut browser = Browser::new(server);
    browser.code("web", &[]).await;
    let question = browser.get("/end_session?client_id=web").await;
    let csrf = hidden(&question.body, "csrf");
    let mut pages = vec![("logout", question)];
    for (decision, name) in [("stay", "still logged in"), ("logout", "logged out")] {
        pages.push((name, browser.post("/end_session", &[("csrf", &csrf), ("decision", decision)]).await));
    }
    pages
}
