//! The page that asks whether to log out: RP-Initiated Logout §2.

use super::{Button, Form, Kind, LEAVE, NO, Page, says};

/// What keeps a session, beside a plain no.
const STAY: &[&str] = &["stay", "keep", "remain"];

impl Page {
    /// The form that asks whether to log out: it can be sent as it is, and a button of it says so.
    pub fn leaving(&self) -> Option<&Form> {
        self.forms.iter().find(|form| !form.has(Kind::Password) && form.leave_button(true).is_some())
    }
}

impl Page {
    /// Has the page any form that can be sent?
    pub fn offers_anything(&self) -> bool {
        self.forms.iter().any(|form| !form.buttons.is_empty())
    }
}

impl Form {
    fn leave_button(&self, leaves: bool) -> Option<&Button> {
        let stays = |button: &&Button| says(&button.words, NO) || says(&button.words, STAY);
        let leaving = |button: &&Button| LEAVE.iter().any(|word| button.words.contains(word)) || button.says_yes();
        let mut buttons = self.buttons.iter();
        if leaves { buttons.find(|button| leaving(button) && !stays(button)) } else { buttons.find(stays) }
    }

    /// The fields to send to say yes to a logout, or no; nothing if there is no way to.
    pub fn as_leaving(&self, leaves: bool) -> Option<Vec<(String, String)>> {
        let button = self.leave_button(leaves)?.field();
        Some(self.as_it_stands().into_iter().chain(button).collect())
    }
}

#[cfg(test)]
mod tests {
    use url::Url;

    use super::Page;

    #[test]
    fn the_button_that_logs_out_is_told_from_the_one_that_stays() {
        let read = |buttons: &str| {
            let page = format!("<form method=post action=/out><input type=hidden name=c value=1>{buttons}</form>");
            Page::read(&page, &Url::parse("https://as.example/").unwrap())
        };
        let page =
            read("<button name=d value=stay>Stay logged in</button><button name=d value=logout>Log out</button>");
        let form = page.leaving().unwrap();
        let pair = |value: &str| Some(vec![("c".to_owned(), "1".to_owned()), ("d".to_owned(), value.to_owned())]);
        assert_eq!(form.as_leaving(true), pair("logout"));
        assert_eq!(form.as_leaving(false), pair("stay"));
        let page = read("<button name=d value=yes>Yes, sign out</button><button name=d value=no>No</button>");
        assert_eq!(page.leaving().unwrap().as_leaving(true), pair("yes"));
        assert_eq!(page.leaving().unwrap().as_leaving(false), pair("no"));
        let page = read("<button name=d value=out>Logout</button>");
        assert!(page.leaving().unwrap().as_leaving(false).is_none());
        assert!(read("<button name=d value=x>Search</button>").leaving().is_none());
    }
}
