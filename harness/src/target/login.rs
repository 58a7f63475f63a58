//! `[login]` of the target file: how to get through the pages of the server.

use serde::Deserialize;

use super::FileError;
use super::origin::Origin;
use crate::login::{Request, Requests};

/// `[login]`
#[derive(Clone, Debug, Default, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct LoginEntry {
    #[serde(default)]
    kind: LoginKind,
    #[serde(default)]
    pub(super) origins: Vec<Origin>,
    page: Option<String>,
    #[serde(default)]
    enter: Vec<Request>,
    #[serde(default)]
    allow: Vec<Request>,
    #[serde(default)]
    deny: Vec<Request>,
    next: Option<String>,
    device: Option<String>,
}

/// A way through the login page.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "lowercase")]
enum LoginKind {
    /// The pages are plain HTML forms.
    #[default]
    Form,
    /// The page is a script, whose requests the file names.
    Http,
}

impl LoginEntry {
    /// The requests of a page that is a script; none where the pages are forms.
    pub(super) fn read(&self) -> Result<Option<Requests>, FileError> {
        let unusable = |says: &str| FileError::Unusable { place: "[login]".to_owned(), says: says.to_owned() };
        match (self.kind, &self.page, &self.next) {
            (LoginKind::Form, None, None) if self.enter.is_empty() && self.allow.is_empty() && self.deny.is_empty() => {
                Ok(None)
            }
            (LoginKind::Form, ..) => Err(unusable(
                "page, enter, allow, deny, next and device are for a page that is a script: kind = \"http\"",
            )),
            (LoginKind::Http, Some(page), Some(next)) if !self.enter.is_empty() => {
                let (enter, allow, deny) = (self.enter.clone(), self.allow.clone(), self.deny.clone());
                let requests = Requests {
                    page: page.clone(),
                    enter,
                    allow,
                    deny,
                    next: next.clone(),
                    device: self.device.clone(),
                };
                requests.checked().map(Some).map_err(|says| unusable(&says))
            }
            (LoginKind::Http, ..) => Err(unusable(
                "kind = \"http\" needs page (where the server sends the browser), enter (the requests that log in) and next (where the page sends it then)",
            )),
        }
    }
}
