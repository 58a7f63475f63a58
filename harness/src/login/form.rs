//! Reading a page as a person would: which form asks for a password, which one for consent, which button says yes.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::target::User;

/// What the user answers on a consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

/// A page, as far as a login goes.
#[derive(Clone, Debug, Default)]
pub struct Page {
    forms: Vec<Form>,
    links: Vec<(String, Url)>,
}

/// A form of a page.
#[derive(Clone, Debug)]
pub struct Form {
    /// Where it is sent.
    pub action: Url,
    /// Is it sent by POST?
    pub post: bool,
    fields: Vec<Field>,
    buttons: Vec<Button>,
}

#[derive(Clone, Debug)]
struct Field {
    name: String,
    value: String,
    kind: Kind,
    /// The words by which a person knows the field: name, id, autocomplete, placeholder.
    words: String,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Kind {
    Hidden,
    Password,
    Text,
    /// A box that is ticked when it is sent.
    Ticked,
}

#[derive(Clone, Debug)]
struct Button {
    name: Option<String>,
    value: String,
    words: String,
}

const YES: &[&str] = &[
    "allow",
    "approve",
    "accept",
    "authorize",
    "authorise",
    "grant",
    "consent",
    "continue",
    "confirm",
    "agree",
    "yes",
    "ok",
];
const NO: &[&str] =
    &["deny", "denied", "cancel", "abort", "decline", "reject", "refuse", "disagree", "disallow", "no", "not"];
/// A link says no by these alone: "Not you?" and "No account yet?" lead elsewhere.
const NO_BY_LINK: &[&str] = &["deny", "cancel", "abort", "decline", "reject", "refuse", "disagree", "disallow"];
/// What ends a session is no decision, whatever else the button says.
const LEAVE: &[&str] = &["sign out", "signout", "sign off", "log out", "logout", "log off", "switch account"];
const USER: &[&str] = &["username", "user", "login", "email", "identifier", "account", "name"];

impl Page {
    /// Reads the page that came from `base`.
    pub fn read(html: &str, base: &Url) -> Self {
        let document = Html::parse_document(html);
        let base = select(&document, "base[href]")
            .next()
            .and_then(|element| base.join(element.attr("href")?).ok())
            .unwrap_or_else(|| base.clone());
        let forms = select(&document, "form").filter_map(|form| Form::read(form, &base)).collect();
        let link = |element: ElementRef<'_>| {
            let text: String = element.text().collect();
            Some((text.trim().to_lowercase(), base.join(element.attr("href")?).ok()?))
        };
        let links = select(&document, "a[href]").filter_map(link).collect();
        Self { forms, links }
    }

    /// The form that asks for a password, or, on a login in two pages, for the name alone.
    pub fn login(&self) -> Option<&Form> {
        self.forms
            .iter()
            .find(|form| form.has(Kind::Password))
            .or_else(|| self.forms.iter().find(|form| form.has(Kind::Text) && form.user_field().is_some()))
    }

    /// The form that asks for a decision: it can be sent as it is, and a button of it says yes, or at least does not say no.
    pub fn consent(&self) -> Option<&Form> {
        let mut forms = self.forms.iter().filter(|form| !form.has(Kind::Password) && form.can(Decision::Allow));
        forms.clone().find(|form| form.says_yes()).or_else(|| forms.next())
    }

    /// The way to say no that is a link.
    pub fn denial_link(&self) -> Option<&Url> {
        self.links.iter().find(|(text, _)| says(text, NO_BY_LINK)).map(|(_, url)| url)
    }

    /// Does the page ask a person for anything?
    pub fn asks(&self) -> bool {
        self.login().is_some() || self.consent().is_some()
    }
}

impl Form {
    fn read(form: ElementRef<'_>, base: &Url) -> Option<Self> {
        let action = match form.attr("action") {
            Some(action) if !action.is_empty() => base.join(action).ok()?,
            _ => base.clone(),
        };
        let post = form.attr("method").is_some_and(|method| method.eq_ignore_ascii_case("post"));
        let mut read = Self { action, post, fields: Vec::new(), buttons: Vec::new() };
        let controls = Selector::parse("input, button, select, textarea").expect("a fixed selector");
        for control in form.select(&controls) {
            read.add(control);
        }
        Some(read)
    }

    fn add(&mut self, control: ElementRef<'_>) {
        let attr = |name: &str| control.attr(name).unwrap_or_default().to_owned();
        let (name, value) = (attr("name"), attr("value"));
        let words = [&name, &attr("id"), &attr("autocomplete"), &attr("placeholder"), &attr("aria-label")]
            .map(|word| word.to_lowercase())
            .join(" ");
        let element = control.value().name();
        let kind = match (element, attr("type").to_ascii_lowercase().as_str()) {
            ("button", "button" | "reset") | ("input", "button" | "reset" | "image" | "file") => {
                return;
            }
            ("button", _) | ("input", "submit") => {
                let label: String = if element == "button" { control.text().collect() } else { value.clone() };
                let words = format!("{} {} {words}", label.trim().to_lowercase(), value.to_lowercase());
                let name = (!name.is_empty()).then_some(name);
                self.buttons.push(Button { name, value, words });
                return;
            }
            ("input", "hidden") => Kind::Hidden,
            ("input", "password") => Kind::Password,
            ("input", "checkbox") => Kind::Ticked,
            ("input", "radio") if control.attr("checked").is_some() => Kind::Ticked,
            ("input", "radio") => return,
            ("select", _) => return self.add_select(control, name),
            _ => Kind::Text,
        };
        let value = if kind == Kind::Ticked && value.is_empty() { "on".to_owned() } else { value };
        if !name.is_empty() {
            self.fields.push(Field { name, value, kind, words });
        }
    }

    /// A selection sends its chosen option, or the first.
    fn add_select(&mut self, control: ElementRef<'_>, name: String) {
        let options = Selector::parse("option").expect("a fixed selector");
        let chosen = control
            .select(&options)
            .find(|option| option.attr("selected").is_some())
            .or_else(|| control.select(&options).next());
        if let Some(option) = chosen
            && !name.is_empty()
        {
            let value = option.attr("value").map_or_else(|| option.text().collect(), str::to_owned);
            self.fields.push(Field { name, value, kind: Kind::Hidden, words: String::new() });
        }
    }

    fn has(&self, kind: Kind) -> bool {
        self.fields.iter().any(|field| field.kind == kind)
    }

    /// Does the form ask for a password?
    pub fn asks_password(&self) -> bool {
        self.has(Kind::Password)
    }

    /// The names of the fields that take a password.
    pub fn password_fields(&self) -> impl Iterator<Item = &str> {
        self.fields.iter().filter(|field| field.kind == Kind::Password).map(|field| field.name.as_str())
    }

    /// Does it take the name of a user?
    pub fn takes_name(&self) -> bool {
        self.user_field().is_some()
    }

    /// The field for the user's name: by its words, else the last text field before the password.
    fn user_field(&self) -> Option<usize> {
        let text = |at: &usize| self.fields[*at].kind == Kind::Text;
        let known = (0..self.fields.len())
            .filter(text)
            .find(|at| USER.iter().any(|word| self.fields[*at].words.contains(word)));
        known.or_else(|| {
            let password = self.fields.iter().position(|field| field.kind == Kind::Password)?;
            (0..password).rfind(text)
        })
    }

    fn button(&self, decision: Decision) -> Option<&Button> {
        let mut deciding = self.buttons.iter().filter(|button| !LEAVE.iter().any(|word| button.words.contains(word)));
        match decision {
            Decision::Allow => deciding
                .clone()
                .find(|button| button.says_yes())
                .or_else(|| deciding.find(|button| !says(&button.words, NO))),
            Decision::Deny => deciding.find(|button| says(&button.words, NO)),
        }
    }

    fn says_yes(&self) -> bool {
        self.button(Decision::Allow).is_some_and(Button::says_yes)
    }

    /// Can the form say this?
    pub fn can(&self, decision: Decision) -> bool {
        self.button(decision).is_some()
    }

    /// The fields to send to log in as `user`.
    pub fn as_user(&self, user: &User) -> Vec<(String, String)> {
        let name_at = self.user_field();
        let value = |(at, field): (usize, &Field)| match field.kind {
            Kind::Password => user.password.clone(),
            _ if Some(at) == name_at => user.name.clone(),
            _ => field.value.clone(),
        };
        let mut fields: Vec<(String, String)> =
            self.fields.iter().enumerate().map(|(at, field)| (field.name.clone(), value((at, field)))).collect();
        fields.extend(self.button(Decision::Allow).and_then(Button::field));
        fields
    }

    /// The fields to send to answer a consent page; every box of it is ticked.
    pub fn as_decided(&self, decision: Decision) -> Vec<(String, String)> {
        let mut fields: Vec<(String, String)> =
            self.fields.iter().map(|field| (field.name.clone(), field.value.clone())).collect();
        fields.extend(self.button(decision).and_then(Button::field));
        fields
    }
}

impl Button {
    fn says_yes(&self) -> bool {
        says(&self.words, YES) && !says(&self.words, NO)
    }

    fn field(&self) -> Option<(String, String)> {
        Some((self.name.clone()?, self.value.clone()))
    }
}

/// Does one of `words` stand in `text` as a whole word?
fn says(text: &str, words: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

fn select<'a>(document: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a fixed selector");
    document.select(&selector).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn page(html: &str) -> Page {
        Page::read(html, &Url::parse("https://as.example/login?x=1").unwrap())
    }

    fn alice() -> User {
        User { name: "alice".to_owned(), password: "pw".to_owned(), disposable: false }
    }

    #[test]
    fn a_login_form_is_known_by_its_password_field() {
        let page = page(
            r#"<form action="/search"><input name=q></form><form method=post action="/in"><input type=hidden name=csrf value=t><input name=who autocomplete=username><input type=password name=secret><button name=go value=1>Sign in</button></form>"#,
        );
        let form = page.login().unwrap();
        assert!(form.post);
        assert_eq!(form.action.as_str(), "https://as.example/in");
        let sent = form.as_user(&alice());
        assert_eq!(
            sent,
            [("csrf", "t"), ("who", "alice"), ("secret", "pw"), ("go", "1")].map(|(a, b)| (a.to_owned(), b.to_owned()))
        );
    }

    #[test]
    fn a_consent_form_is_answered_by_the_words_of_its_buttons() {
        let page = page(
            r"<form method=post><input type=checkbox name=scope value=email><button name=decision value=deny>No, go back</button><button name=decision value=allow>Allow</button></form>",
        );
        let form = page.consent().unwrap();
        assert_eq!(form.as_decided(Decision::Allow).last().unwrap().1, "allow");
        assert_eq!(form.as_decided(Decision::Deny).last().unwrap().1, "deny");
        assert_eq!(form.as_decided(Decision::Allow)[0], ("scope".to_owned(), "email".to_owned()));
    }

    #[test]
    fn a_link_can_say_no_and_a_page_without_forms_asks_nothing() {
        let page = page(r#"<form method=post><button>Continue</button></form><a href="/abort">[ Cancel ]</a>"#);
        assert!(page.consent().is_some_and(|form| !form.can(Decision::Deny)));
        assert_eq!(page.denial_link().unwrap().path(), "/abort");
        assert!(!super::Page::read("<h1>Error</h1>", &Url::parse("https://as.example/").unwrap()).asks());
    }

    #[test]
    fn what_leads_elsewhere_is_no_decision() {
        let page = page(
            r#"<form action="/signout"><button>Sign out</button></form><form action="/help"><button>Help</button></form><form action="/consent"><button>Allow</button></form><a href="/bye">Not you? Sign out</a>"#,
        );
        assert_eq!(page.consent().unwrap().action.path(), "/consent");
        assert!(page.denial_link().is_none());
        let left = Page::read("<form><button>Log out</button></form>", &Url::parse("https://as.example/").unwrap());
        assert!(!left.asks());
    }
}
