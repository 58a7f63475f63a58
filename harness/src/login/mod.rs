//! Ways through a login page. Plain HTML forms are found by what they mean, not by what they are called.

mod form;

pub use form::{Decision, Denial, Entry, Form, Page, UserCode, shows};
