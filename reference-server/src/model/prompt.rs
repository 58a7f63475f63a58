//! The `prompt` parameter: OpenID Connect Core §3.1.2.1.

/// What the client asks about showing pages to the user. Values this server does not know are ignored.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Prompt {
    /// No page may be shown.
    pub none: bool,
    /// The user logs in again.
    pub login: bool,
    /// The user is asked for consent again.
    pub consent: bool,
    /// How many values were sent, known or not.
    pub values: usize,
}

impl Prompt {
    /// Read the parameter; no parameter asks for nothing.
    pub fn parse(value: Option<&str>) -> Prompt {
        let values: Vec<&str> = value.unwrap_or("").split(' ').filter(|value| !value.is_empty()).collect();
        Prompt {
            none: values.contains(&"none"),
            login: values.contains(&"login") || values.contains(&"select_account"),
            consent: values.contains(&"consent"),
            values: values.len(),
        }
    }
}
