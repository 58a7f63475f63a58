//! Reading a page as a person would: which form asks for a password, which one for consent, which button says yes.

use scraper::{ElementRef, Html, Selector};
use url::Url;

use crate::target::User;

pub use device::{Entry, UserCode, shows};

mod device;
mod logout;

/// What the user answers on a consent page.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Decision {
    /// Yes.
    Allow,
    /// No.
    Deny,
}

/// How a page lets a user say no.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Denial {
    /// By a button.
    Button,
    /// By a link; what it leads to is a guess.
    Link(Url),
    /// By ticking none of the boxes that name what is allowed; some servers may take that for a yes to the rest.
    Boxes,
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
    /// Has it a ticked box that nobody can empty: what was allowed before?
    settled: bool,
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
    /// A box, ticked or not.
    Box,
    /// A choice that is made.
    Chosen,
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
        // Most pages show an error. Links without a form answer no question, and reading a page takes longer than asking for it.
        if !has_form(html) {
            return Self::default();
        }
        let document = Html::parse_document(html);
        let base = select(&document, "base[href]")
            .next()
            .and_then(|element| base.join(element.attr("href")?).ok())
            .unwrap_or_else(|| base.clone());
        let forms = select(&document, "form").filter_map(|form| {
            let mut read = Form::read(form, &base)?;
            far_controls(&document, form).for_each(|control| read.add(control));
            Some(read)
        });
        let forms = forms.collect();
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

    /// How a user says no to this form of the page; none where that takes a script.
    pub fn denial(&self, form: &Form) -> Option<Denial> {
        if form.can(Decision::Deny) {
            return Some(Denial::Button);
        }
        let link = self.links.iter().find(|(text, _)| says(text, NO_BY_LINK));
        let link = link.map(|(_, url)| Denial::Link(url.clone()));
        link.or_else(|| form.asks_by_boxes().then_some(Denial::Boxes))
    }

    /// The form that carries an authorization response to the client: nobody fills it in, and it has what such a response
    /// has.
    pub fn response(&self) -> Option<&Form> {
        const RESPONSE: [&str; 4] = ["code", "access_token", "id_token", "error"];
        let carries = |form: &&Form| {
            let hidden = form.fields.iter().all(|field| field.kind == Kind::Hidden);
            hidden && form.fields.iter().any(|field| RESPONSE.contains(&field.name.as_str()))
        };
        self.forms.iter().find(carries)
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
        let mut read = Self { action, post, fields: Vec::new(), buttons: Vec::new(), settled: false };
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
        if is_disabled(control) {
            self.settled |= attr("type").eq_ignore_ascii_case("checkbox") && control.attr("checked").is_some();
            return;
        }
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
            ("input", "checkbox") => Kind::Box,
            ("input", "radio") if control.attr("checked").is_some() => Kind::Chosen,
            ("input", "radio") => return,
            ("select", _) => return self.add_select(control, name),
            _ => Kind::Text,
        };
        let value = if matches!(kind, Kind::Box | Kind::Chosen) && value.is_empty() { "on".to_owned() } else { value };
        if !name.is_empty() {
            self.fields.push(Field { name, value, kind, words });
        }
    }

    /// A selection sends its chosen option, or the first.
    fn add_select(&mut self, control: ElementRef<'_>, name: String) {
        let options = Selector::parse("option").expect("a fixed selector");
        let mut options = control.select(&options).filter(|option| option.attr("disabled").is_none());
        let chosen = options.clone().find(|option| option.attr("selected").is_some()).or_else(|| options.next());
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

    /// Are the boxes the answer? They name scopes, all of them can be left empty, and the one button says nothing itself.
    fn asks_by_boxes(&self) -> bool {
        let names_scopes = |field: &Field| field.kind == Kind::Box && field.name.to_lowercase().contains("scope");
        let silent = matches!(self.buttons.as_slice(), [button] if button.name.is_none());
        silent && !self.settled && self.fields.iter().any(names_scopes)
    }

    /// The fields as the page has them, without a button.
    pub fn as_it_stands(&self) -> Vec<(String, String)> {
        self.fields.iter().map(Field::pair).collect()
    }

    /// The fields to send to allow what a consent page asks for; every box of it is ticked.
    pub fn as_allowed(&self) -> Vec<(String, String)> {
        let button = self.button(Decision::Allow).and_then(Button::field);
        self.fields.iter().map(Field::pair).chain(button).collect()
    }

    /// The fields to send to say no in a way that the page has.
    pub fn as_denied(&self, denial: &Denial) -> Vec<(String, String)> {
        let empty = *denial == Denial::Boxes;
        let fields = self.fields.iter().filter(|field| !empty || field.kind != Kind::Box).map(Field::pair);
        fields.chain(self.button(Decision::Deny).and_then(Button::field)).collect()
    }
}

impl Field {
    fn pair(&self) -> (String, String) {
        (self.name.clone(), self.value.clone())
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

/// Is the control barred from what a browser sends: by itself, or by a set of fields around it? The legend of such a set is
/// not.
fn is_disabled(control: ElementRef<'_>) -> bool {
    let mut below = control.value().name();
    for around in control.ancestors().filter_map(ElementRef::wrap) {
        if around.value().name() == "fieldset" && around.attr("disabled").is_some() && below != "legend" {
            return true;
        }
        below = around.value().name();
    }
    control.attr("disabled").is_some()
}

/// The controls that belong to a form by its name and stand elsewhere on the page.
fn far_controls<'a>(document: &'a Html, form: ElementRef<'a>) -> impl Iterator<Item = ElementRef<'a>> {
    let id = form.attr("id").filter(|id| !id.is_empty());
    let stands_within = move |control: &ElementRef<'_>| control.ancestors().any(|around| around.id() == form.id());
    select(document, "[form]")
        .filter(move |control| id.is_some() && control.attr("form") == id && !stands_within(control))
}

/// Does one of `words` stand in `text` as a whole word?
fn says(text: &str, words: &[&str]) -> bool {
    text.split(|c: char| !c.is_alphanumeric()).any(|word| words.contains(&word))
}

/// Could the page have a form? No reader of HTML finds one where its tag is not written.
fn has_form(html: &str) -> bool {
    html.as_bytes().windows(5).any(|tag| tag.eq_ignore_ascii_case(b"<form"))
}

fn select<'a>(document: &'a Html, selector: &str) -> impl Iterator<Item = ElementRef<'a>> {
    let selector = Selector::parse(selector).expect("a fixed selector");
    document.select(&selector).collect::<Vec<_>>().into_iter()
}

#[cfg(test)]
mod tests;
