//! Pages for people: nothing from elsewhere, no script but in files of its own, every input labelled.
//!
//! A new page extends `templates/question.html` if it asks one thing, `templates/base.html` if it is there to be read.

mod callback;
mod landing;
mod rules;
mod standards;
mod tries;

use askama::Template;
use url::Url;

use crate::error::Refusal;
use crate::model::{Client, Interaction, Pending, Scope, User, UserCode};
use crate::rules::Rule;
use crate::transport::form::Form;

pub use callback::callback;
pub use landing::landing;
pub use rules::{rule, rules};
pub use tries::CALLBACKS;

/// How the pages look.
pub const STYLE: &str = include_str!("../../templates/style.css");

/// What stands in the tab of the browser.
pub const ICON: &str = include_str!("../../templates/icon.svg");

/// It submits the form of the page that it is on.
pub const FORM_POST_SCRIPT: &str = include_str!("../../templates/form-post.js");

/// It shows what a client finds behind the `#` of an address.
pub const CALLBACK_SCRIPT: &str = include_str!("../../templates/callback.js");

/// Who asks, as a person would recognise it.
struct Asker<'a> {
    name: &'a str,
    client_id: &'a str,
    host: Option<String>,
    pages: Vec<OwnPage<'a>>,
    /// RFC 7591 §2, `logo_uri`: where it can be fetched without anybody listening.
    logo: Option<&'a str>,
}

/// A page of the client itself: OpenID Connect Registration §2. Where it leads is the client's word, so its host is shown.
struct OwnPage<'a> {
    about: &'static str,
    address: &'a str,
    host: String,
}

impl<'a> OwnPage<'a> {
    /// Those that a client named when it registered itself.
    fn of(client: &'a Client) -> Vec<OwnPage<'a>> {
        const PAGES: [(&str, &str); 3] =
            [("client_uri", "Home page"), ("policy_uri", "Privacy policy"), ("tos_uri", "Terms of service")];
        let Some(registered) = &client.registered else { return Vec::new() };
        let page = |(member, about)| {
            let address = registered.metadata.text(member)?;
            let host = Url::parse(address).ok()?.host_str()?.to_owned();
            Some(OwnPage { about, address, host })
        };
        PAGES.into_iter().filter_map(page).collect()
    }
}

impl<'a> Asker<'a> {
    fn of(client: &'a Client, interaction: &Interaction) -> Asker<'a> {
        let client_id = client.client_id.as_str();
        let host = match &interaction.request {
            Pending::Authorization(request) => request.return_address.place(),
            Pending::Refused(request) => request.return_address.place(),
            Pending::Device(_) => None,
        };
        let logo = client.registered.as_ref().and_then(|registered| registered.metadata.text("logo_uri"));
        Asker {
            name: client.name.as_deref().unwrap_or(client_id),
            client_id,
            host,
            pages: OwnPage::of(client),
            logo: logo.filter(|address| address.starts_with("https://")),
        }
    }
}

#[derive(Template)]
#[template(path = "login.html")]
struct Login<'a> {
    id: &'a str,
    csrf: &'a str,
    client: Option<Asker<'a>>,
    message: Option<&'a str>,
    /// OpenID Connect Core §3.1.2.1, `login_hint`.
    name: &'a str,
}

/// Ask who the user is, so that they can go on to this client, or to a device.
pub fn login(id: &str, interaction: &Interaction, client: Option<&Client>, message: Option<&str>) -> String {
    let client = client.map(|client| Asker::of(client, interaction));
    let name = match &interaction.request {
        Pending::Authorization(request) => request.login_hint.as_deref().unwrap_or_default(),
        Pending::Refused(_) | Pending::Device(_) => "",
    };
    render(&Login { id, csrf: &interaction.csrf, client, message, name })
}

#[derive(Template)]
#[template(path = "consent.html")]
struct Consent<'a> {
    id: &'a str,
    csrf: &'a str,
    client: Asker<'a>,
    user: &'a User,
    scopes: Vec<(&'a str, &'static str)>,
    /// RFC 8707 §2.1: where the access is to be used, if the client says so.
    resources: &'a [String],
}

/// Ask what the user allows this client.
pub fn consent(id: &str, interaction: &Interaction, client: &Client, scope: &Scope, user: &User) -> String {
    let client = Asker::of(client, interaction);
    let resources = match &interaction.request {
        Pending::Authorization(request) => request.resources.as_slice(),
        Pending::Device(_) | Pending::Refused(_) => &[],
    };
    render(&Consent { id, csrf: &interaction.csrf, client, user, scopes: meanings(scope), resources })
}

#[derive(Template)]
#[template(path = "device.html")]
struct Device<'a> {
    id: &'a str,
    csrf: &'a str,
    problem: Option<&'a Refusal>,
}

/// RFC 8628 §3.3: ask which device it is about.
pub fn device(id: &str, interaction: &Interaction, problem: Option<&Refusal>) -> String {
    render(&Device { id, csrf: &interaction.csrf, problem })
}

#[derive(Template)]
#[template(path = "device_consent.html")]
struct DeviceConsent<'a> {
    id: &'a str,
    csrf: &'a str,
    code: &'a UserCode,
    client: Asker<'a>,
    user: &'a User,
    scopes: Vec<(&'a str, &'static str)>,
}

/// RFC 8628 §3.3.1, §5.4: ask what the user allows, and whether the code is the one that the device shows.
pub fn device_consent(
    id: &str,
    interaction: &Interaction,
    code: &UserCode,
    client: &Client,
    scope: &Scope,
    user: &User,
) -> String {
    let client = Asker::of(client, interaction);
    render(&DeviceConsent { id, csrf: &interaction.csrf, code, client, user, scopes: meanings(scope) })
}

#[derive(Template)]
#[template(path = "device_done.html")]
struct DeviceDone {
    allowed: bool,
}

/// RFC 8628 §3.3: send the user back to the device.
pub fn device_done(allowed: bool) -> String {
    render(&DeviceDone { allowed })
}

fn meanings(scope: &Scope) -> Vec<(&str, &'static str)> {
    scope.iter().map(|token| (token, meaning(token))).collect()
}

/// What a scope allows, in words that follow "asks to".
#[rustfmt::skip]
pub fn meaning(scope: &str) -> &'static str {
    match scope {
        "openid"         => "know who you are",
        "profile"        => "see your name and profile",
        "email"          => "see your e-mail address",
        "address"        => "see your postal address",
        "phone"          => "see your telephone number",
        "offline_access" => "act for you when you are away",
        "api:read"       => "read your data",
        "api:write"      => "change your data",
        _                => "use what this scope stands for",
    }
}

#[derive(Template)]
#[template(path = "logout.html")]
struct Logout<'a> {
    client: Option<&'a str>,
    user: &'a str,
    csrf: &'a str,
    fields: Vec<(&'static str, &'a str)>,
}

/// Ask whether the user wants to log out; the request is posted again with the answer.
pub fn logout(client: Option<&Client>, user: &User, csrf: &str, request: &Form) -> String {
    const REQUEST: [&str; 4] = ["id_token_hint", "client_id", "post_logout_redirect_uri", "state"];
    let fields = REQUEST.into_iter().filter_map(|name| Some((name, request.optional(name)?))).collect();
    let client = client.map(|client| client.name.as_deref().unwrap_or(&client.client_id));
    render(&Logout { client, user: &user.full_name, csrf, fields })
}

#[derive(Template)]
#[template(path = "logged_out.html")]
struct LoggedOut {
    logged_out: bool,
}

/// Tell the user whether they are logged out now.
pub fn logged_out(logged_out: bool) -> String {
    render(&LoggedOut { logged_out })
}

#[derive(Template)]
#[template(path = "form_post.html")]
struct FormPost<'a> {
    action: &'a str,
    fields: &'a [(String, String)],
}

/// Form Post Response Mode §2: the response as a form, sent by a script or by the user.
pub fn form_post(action: &str, fields: &[(String, String)]) -> String {
    render(&FormPost { action, fields })
}

#[derive(Template)]
#[template(path = "error.html")]
struct Error<'a> {
    code: &'static str,
    says: &'a str,
    rule: Option<Rule>,
}

/// Tell the user what is wrong.
pub fn error(refusal: &Refusal) -> String {
    render(&Error { code: refusal.code.as_str(), says: &refusal.says, rule: refusal.rule })
}

#[derive(Template)]
#[template(path = "not_found.html")]
struct NotFound;

/// Tell whoever followed a link that it leads nowhere.
pub fn not_found() -> String {
    render(&NotFound)
}

fn render(page: &impl Template) -> String {
    page.render().expect("writing to a string does not fail, and no template calls anything that can")
}
