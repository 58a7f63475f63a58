//! The `claims` parameter: OpenID Connect Core §5.5.

use serde_json::Value;

use super::Scope;
use crate::tokens::{Map, person};

/// Which claims are asked for one by one, and where they are to be told.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ClaimsRequest {
    /// In the ID token.
    pub id_token: Vec<Wish>,
    /// From the userinfo endpoint.
    pub userinfo: Vec<Wish>,
}

/// OpenID Connect Core §5.5.1: one claim that is asked for.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Wish {
    /// The name of the claim.
    pub claim: String,
    /// Whether the client cannot do without it.
    pub essential: bool,
    /// `value` or `values`: what it may be; empty, anything.
    pub values: Vec<Value>,
}

impl ClaimsRequest {
    /// Read the parameter; `None` for what is not the JSON that §5.5 describes. Members that it does not know are ignored.
    pub fn parse(json: &str) -> Option<ClaimsRequest> {
        let request: Map = serde_json::from_str(json).ok()?;
        let wishes = |member: &str| match request.get(member) {
            None => Some(Vec::new()),
            Some(Value::Object(wishes)) => wishes.iter().map(|(claim, wish)| Wish::parse(claim, wish)).collect(),
            Some(_) => None,
        };
        Some(ClaimsRequest { id_token: wishes("id_token")?, userinfo: wishes("userinfo")? })
    }

    /// OpenID Connect Core §5.5.1.1: `acr` as a voluntary claim, which is what `acr_values` asks for.
    pub fn ask_for_acr(&mut self) {
        if self.acr().is_none() {
            self.id_token.push(Wish { claim: "acr".to_owned(), essential: false, values: Vec::new() });
        }
    }

    /// The wish for `acr` in the ID token.
    pub fn acr(&self) -> Option<&Wish> {
        self.id_token.iter().find(|wish| wish.claim == "acr")
    }

    /// The same without the claims that stand behind a scope that is not in `scopes`: nobody gets around their registration this way.
    #[must_use]
    pub fn within(mut self, scopes: &Scope) -> ClaimsRequest {
        let may_be_told = |wish: &Wish| person::scope_of(&wish.claim).is_none_or(|scope| scopes.contains(scope));
        self.id_token.retain(may_be_told);
        self.userinfo.retain(may_be_told);
        self
    }

    /// The scopes that would ask for these claims, which is how the user is asked about them.
    pub fn scopes(&self) -> Scope {
        self.id_token.iter().chain(&self.userinfo).filter_map(|wish| person::scope_of(&wish.claim)).collect()
    }

    /// OpenID Connect Core §5.5.1: whether the request may be answered for the user of this `sub`.
    pub fn is_for(&self, sub: &str) -> bool {
        let mut wishes = self.id_token.iter().chain(&self.userinfo).filter(|wish| wish.claim == "sub");
        wishes.all(|wish| wish.accepts(&Value::from(sub)))
    }
}

impl Wish {
    fn parse(claim: &str, wish: &Value) -> Option<Wish> {
        let claim = claim.to_owned();
        let details = match wish {
            Value::Null => return Some(Wish { claim, essential: false, values: Vec::new() }),
            Value::Object(details) => details,
            _ => return None,
        };
        let essential = details.get("essential").map_or(Some(false), Value::as_bool)?;
        let mut values = match details.get("values") {
            None => Vec::new(),
            Some(values) => values.as_array()?.clone(),
        };
        values.extend(details.get("value").cloned());
        Some(Wish { claim, essential, values })
    }

    /// OpenID Connect Core §5.5.1: equal to one of the values, if any were named.
    pub fn accepts(&self, value: &Value) -> bool {
        self.values.is_empty() || self.values.contains(value)
    }
}
