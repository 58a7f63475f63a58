//! What is read from pages of several makes.

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
fn a_page_without_a_form_asks_for_nothing_and_a_form_is_known_however_it_is_written() {
    assert!(!page(r#"<p>formally <a href="/cancel">Cancel</a>"#).asks());
    assert!(page("<FORM METHOD=POST><INPUT TYPE=PASSWORD NAME=pw></FORM>").login().is_some());
}

#[test]
fn a_consent_form_is_answered_by_the_words_of_its_buttons() {
    let page = page(
        r"<form method=post><input type=checkbox name=scope value=email><button name=decision value=deny>No, go back</button><button name=decision value=allow>Allow</button></form>",
    );
    let form = page.consent().unwrap();
    assert_eq!(form.as_allowed().last().unwrap().1, "allow");
    assert_eq!(form.as_denied(&Denial::Button).last().unwrap().1, "deny");
    assert_eq!(form.as_allowed()[0], ("scope".to_owned(), "email".to_owned()));
}

#[test]
fn a_link_can_say_no_and_a_page_without_forms_asks_nothing() {
    let page = page(r#"<form method=post><button>Continue</button></form><a href="/abort">[ Cancel ]</a>"#);
    let abort = Url::parse("https://as.example/abort").unwrap();
    assert_eq!(page.denial(page.consent().unwrap()), Some(Denial::Link(abort)));
    assert!(!super::Page::read("<h1>Error</h1>", &Url::parse("https://as.example/").unwrap()).asks());
}

#[test]
fn what_leads_elsewhere_is_no_decision() {
    let page = page(
        r#"<form action="/signout"><button>Sign out</button></form><form action="/help"><button>Help</button></form><form action="/consent"><button>Allow</button></form><a href="/bye">Not you? Sign out</a>"#,
    );
    assert_eq!(page.consent().unwrap().action.path(), "/consent");
    assert_eq!(page.denial(page.consent().unwrap()), None);
    let left = Page::read("<form><button>Log out</button></form>", &Url::parse("https://as.example/").unwrap());
    assert!(!left.asks());
}

#[test]
fn what_is_disabled_is_not_sent() {
    let page = page(
        r"<form method=post><fieldset disabled><legend><input type=hidden name=in-legend value=1></legend>
        <input type=hidden name=in-set value=1><button name=old>Allow all</button></fieldset>
        <input type=hidden name=id value=7><input type=checkbox name=scope checked disabled>
        <select name=tenant><option disabled>Choose<option value=a>A</select>
        <button name=decision value=allow>Allow</button><button name=decision value=deny disabled>Deny</button></form>",
    );
    let form = page.consent().unwrap();
    let sent = [("in-legend", "1"), ("id", "7"), ("tenant", "a"), ("decision", "allow")];
    assert_eq!(form.as_allowed(), sent.map(|(a, b)| (a.to_owned(), b.to_owned())));
    assert_eq!(page.denial(form), None, "a button that is disabled says nothing");
}

#[test]
fn empty_boxes_say_no_where_they_are_the_answer() {
    let cancel = "<button type=button onclick=cancel()>Cancel</button>";
    let boxes = "<input type=hidden name=state value=s><input type=checkbox name=scope value=email checked>";
    let spring = page(&format!("<form method=post>{boxes}<button type=submit>Submit Consent</button>{cancel}</form>"));
    let form = spring.consent().unwrap();
    assert_eq!(spring.denial(form), Some(Denial::Boxes));
    assert_eq!(form.as_denied(&Denial::Boxes), [("state".to_owned(), "s".to_owned())]);
    assert_eq!(form.as_allowed().last().unwrap().1, "email");
}

#[test]
fn a_form_that_can_only_say_yes_does_not_say_no() {
    let cancel = "<button type=button onclick=cancel()>Cancel</button>";
    for form in [
        // No is a script, and the button says yes.
        "<button>Allow</button>".to_owned(),
        "<input type=checkbox name=scope value=email><button name=decision value=allow>Allow</button>".to_owned(),
        // The box is about something else.
        "<input type=checkbox name=remember checked><button>Allow</button>".to_owned(),
        // Some of it was allowed before, and stays so.
        "<input type=checkbox name=scope value=a checked disabled><input type=checkbox name=scope value=b><button>Allow</button>".to_owned(),
    ] {
        let page = page(&format!("<form method=post>{form}{cancel}</form>"));
        assert_eq!(page.denial(page.consent().unwrap()), None, "{form}");
    }
}
