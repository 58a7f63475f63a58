//! A small browser with a person in front of it: it follows redirects, keeps cookies, fills in the forms that it is shown, and says yes.

use std::collections::BTreeMap;

use reqwest::{Client, Response, Url};
use scraper::{ElementRef, Html, Selector};
use url::form_urlencoded;

/// What the person types, by the name of the field, beside what she is told for the occasion.
const ALICE: &[(&str, &str)] = &[("username", "alice"), ("password", "alice-pw")];

/// Labels of buttons that the person does not press.
const NO: &[&str] = &["Deny", "Cancel"];

/// More pages than any answer takes.
const MOST_PAGES: usize = 12;

/// Where the browser was sent at the end, and with what: an authorization response.
#[derive(Debug)]
pub struct Returned {
    /// The address, with neither query nor fragment.
    pub address: String,
    /// The parameters, from wherever they stood.
    pub parameters: BTreeMap<String, String>,
}

impl Returned {
    /// A parameter that has to be there.
    #[track_caller]
    pub fn required(&self, name: &str) -> String {
        self.parameters.get(name).unwrap_or_else(|| panic!("no {name}: {self:?}")).clone()
    }
}

/// A form as it is sent.
struct Form {
    action: Url,
    fields: Vec<(String, String)>,
}

/// Open this address of the server, and answer as alice until she is sent back to a client.
pub async fn walk(issuer: &str, start: &Url) -> Returned {
    match browse(issuer, start, &[]).await {
        Ended::Returned(returned) => returned,
        Ended::Page(text) => panic!("from {start} nobody is sent back, at the end is this: {text}"),
    }
}

/// Open this address of the server, and answer as alice, who was told what to type as well, until there is nothing more to answer: the
/// page that she sees then.
pub async fn visit(issuer: &str, start: &Url, told: &[(&str, &str)]) -> String {
    match browse(issuer, start, told).await {
        Ended::Page(text) => text,
        Ended::Returned(returned) => panic!("{start} leads to a client: {returned:?}"),
    }
}

/// Where it ended.
enum Ended {
    Returned(Returned),
    Page(String),
}

async fn browse(issuer: &str, start: &Url, told: &[(&str, &str)]) -> Ended {
    let browser = Client::builder().redirect(reqwest::redirect::Policy::none()).cookie_store(true).no_proxy().build();
    let browser = browser.expect("a browser without TLS of its own can be built");
    let mut answer = browser.get(start.clone()).send().await.expect("the server answers");
    for _ in 0..MOST_PAGES {
        if let Some(next) = next_address(&answer) {
            if !next.as_str().starts_with(issuer) {
                return Ended::Returned(arrived(&next));
            }
            answer = browser.get(next).send().await.expect("the server answers");
            continue;
        }
        let url = answer.url().clone();
        assert!(answer.status().is_success(), "{} at {url}", answer.status());
        let text = answer.text().await.expect("a page is text");
        let Some(form) = form_of(&url, &text, told) else { return Ended::Page(text) };
        if !form.action.as_str().starts_with(issuer) {
            let parameters = form.fields.into_iter().collect();
            return Ended::Returned(Returned { address: form.action.into(), parameters });
        }
        let post = browser.post(form.action).header("content-type", "application/x-www-form-urlencoded");
        let body = form_urlencoded::Serializer::new(String::new()).extend_pairs(&form.fields).finish();
        answer = post.body(body).send().await.expect("the server answers");
    }
    panic!("more than {MOST_PAGES} pages from {start}");
}

fn next_address(answer: &Response) -> Option<Url> {
    let location = answer.headers().get("location").filter(|_| answer.status().is_redirection())?;
    let location = location.to_str().expect("an address is ASCII");
    Some(answer.url().join(location).expect("a redirect leads to an address"))
}

/// An authorization response in the query or in the fragment: never in both.
fn arrived(at: &Url) -> Returned {
    let mut address = at.clone();
    address.set_query(None);
    address.set_fragment(None);
    let in_fragment = at.fragment().map(|fragment| format!("?{fragment}")).unwrap_or_default();
    let fragment = address.join(&in_fragment).expect("a fragment of parameters would be a query too");
    let parameters = at.query_pairs().chain(fragment.query_pairs());
    let parameters = parameters.map(|(name, value)| (name.into_owned(), value.into_owned())).collect();
    Returned { address: address.into(), parameters }
}

/// The form of a page, filled in; none on a page that asks nothing.
fn form_of(url: &Url, text: &str, told: &[(&str, &str)]) -> Option<Form> {
    let html = Html::parse_document(text);
    let form = all(html.root_element(), "form").into_iter().find(|form| form.attr("method") == Some("post"))?;
    let action = url.join(form.attr("action").unwrap_or_default()).expect("a form leads to an address");

    let typed = |name: &str| ALICE.iter().chain(told).find(|(field, _)| *field == name).map(|(_, value)| *value);
    let mut fields: Vec<(String, String)> = Vec::new();
    for input in all(form, "input") {
        let Some(name) = input.attr("name") else { continue };
        let value = typed(name).or(input.attr("value")).unwrap_or_else(|| panic!("nobody knows what to type: {name}"));
        fields.push((name.to_owned(), value.to_owned()));
    }
    let yes = |button: &ElementRef| !NO.contains(&button.text().collect::<String>().trim());
    let pressed = all(form, "button").into_iter().find(yes);
    if let Some((name, value)) = pressed.and_then(|button| button.attr("name").zip(button.attr("value"))) {
        fields.push((name.to_owned(), value.to_owned()));
    }
    Some(Form { action, fields })
}

fn all<'a>(within: ElementRef<'a>, element: &str) -> Vec<ElementRef<'a>> {
    within.select(&Selector::parse(element).expect("the name of an element is a selector")).collect()
}
