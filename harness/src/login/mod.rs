//! Ways through a login page. Plain HTML forms are found by what they mean, not by what they are called; a page that is a script is
//! described by the requests that it makes.

mod form;
mod requests;

pub use form::{Decision, Denial, Entry, Form, Page, UserCode, shows};
pub use requests::{Request, Requests, Values, filled_url};
