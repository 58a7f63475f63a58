//! The page on which the code of a device is typed: RFC 8628 §3.3.

use scraper::{ElementRef, Html};

use super::{Form, Kind, Page, select};

/// The user code of a device, and how it comes to the page.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum UserCode<'a> {
    /// The user types it.
    Typed(&'a str),
    /// It came along in the link (RFC 8628 §3.3.1), so that nobody types anything.
    Carried(&'a str),
}

/// What is to be done with a page, as far as the user code goes.
#[derive(Clone, Debug)]
pub enum Entry<'p> {
    /// The form takes the user code; these are the fields to send.
    Fill(&'p Form, Vec<(String, String)>),
    /// A script of the page sends the form, which has the code already.
    PassOn(&'p Form),
    /// The page asks for a code that the user does not type.
    Asks,
}

impl UserCode<'_> {
    /// The code itself.
    pub const fn value(&self) -> &str {
        match self {
            Self::Typed(code) | Self::Carried(code) => code,
        }
    }
}

impl Page {
    /// What the page wants of the user code; nothing if it does not ask for it.
    pub fn entry(&self, code: UserCode<'_>) -> Option<Entry<'_>> {
        if let Some(form) = self.forms.iter().find(|form| form.passes_on(code.value())) {
            return Some(Entry::PassOn(form));
        }
        let (form, at) = self.forms.iter().find_map(|form| Some((form, form.code_field()?)))?;
        let there = is_same(&form.fields[at].value, code.value());
        match code {
            UserCode::Carried(_) if !there => Some(Entry::Asks),
            UserCode::Carried(_) => Some(Entry::Fill(form, form.as_allowed())),
            UserCode::Typed(typed) => {
                let mut fields = form.as_allowed();
                typed.clone_into(&mut fields[at].1);
                Some(Entry::Fill(form, fields))
            }
        }
    }
}

impl Form {
    /// The field for a user code: of a form without a password the text field that is called a code.
    fn code_field(&self) -> Option<usize> {
        if self.has(Kind::Password) {
            return None;
        }
        self.fields.iter().position(|field| field.kind == Kind::Text && field.words.contains("code"))
    }

    /// Is the form sent by a script, with the code in it?
    fn passes_on(&self, code: &str) -> bool {
        let hidden = self.fields.iter().all(|field| field.kind == Kind::Hidden);
        hidden && self.buttons.is_empty() && self.fields.iter().any(|field| is_same(&field.value, code))
    }
}

/// Does the page show the code to whoever looks at it?
pub fn shows(html: &str, code: &str) -> bool {
    let document = Html::parse_document(html);
    let is_seen = |element: ElementRef<'_>| !["script", "style", "noscript", "title"].contains(&element.value().name());
    let text: String = select(&document, "*")
        .filter(|element| is_seen(*element))
        .flat_map(|element| element.children().filter_map(|child| child.value().as_text().map(|text| text.to_string())))
        .collect();
    let fields = select(&document, "input").filter(|field| field.attr("type") != Some("hidden"));
    let values = fields.filter_map(|field| field.attr("value").map(str::to_owned));
    let shown = bare(code);
    !shown.is_empty() && std::iter::once(text).chain(values).any(|part| bare(&part).contains(&shown))
}

/// RFC 8628 §6.1: case and punctuation are for reading only.
fn is_same(one: &str, other: &str) -> bool {
    !bare(other).is_empty() && bare(one) == bare(other)
}

fn bare(code: &str) -> String {
    code.chars().filter(|c| c.is_alphanumeric()).flat_map(char::to_uppercase).collect()
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::*;

    fn page(html: &str) -> Page {
        Page::read(html, &Url::parse("https://as.example/device").expect("a URL that is one"))
    }

    const ASKS: &str = r"<form method=post id=f><input type=hidden name=xsrf value=t><input type=text name=user_code></form><button type=submit form=f>Continue</button>";

    #[test]
    fn a_code_is_typed_where_it_is_asked_for() {
        let page = page(ASKS);
        let Some(Entry::Fill(_, fields)) = page.entry(UserCode::Typed("ABCD-EFGH")) else { panic!("no form") };
        assert!(fields.contains(&("user_code".to_owned(), "ABCD-EFGH".to_owned())));
        assert!(fields.contains(&("xsrf".to_owned(), "t".to_owned())));
        assert!(matches!(page.entry(UserCode::Carried("ABCD-EFGH")), Some(Entry::Asks)));
    }

    #[test]
    fn what_asks_for_a_name_asks_for_no_code() {
        let login = page(r"<form method=post><input name=username><input type=password name=code></form>");
        assert!(login.entry(UserCode::Typed("ABCD-EFGH")).is_none());
    }

    #[test]
    fn a_form_without_a_button_passes_the_code_on() {
        let carried = r#"<form method=post><input type=hidden name=user_code value="abcdefgh"></form><script>document.forms[0].submit()</script>"#;
        assert!(matches!(page(carried).entry(UserCode::Carried("ABCD-EFGH")), Some(Entry::PassOn(_))));
        let question =
            r#"<form method=post><input type=hidden name=user_code value="abcdefgh"><button>Allow</button></form>"#;
        assert!(page(question).entry(UserCode::Carried("ABCD-EFGH")).is_none());
    }

    #[test]
    fn a_code_is_shown_where_somebody_can_see_it() {
        assert!(shows("<p>Is it <b>ABCD-<i>EFGH</i></b>?</p>", "abcd-efgh"));
        assert!(shows("<input name=user_code value=ABCDEFGH>", "ABCD-EFGH"));
        assert!(!shows("<input type=hidden name=user_code value=ABCDEFGH>", "ABCD-EFGH"));
        assert!(!shows("<script>code = 'ABCD-EFGH'</script>", "ABCD-EFGH"));
    }
}
