//! The challenges of a refusal: RFC 9110 §11.6.1.

use super::Reply;

/// One challenge of WWW-Authenticate.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Challenge {
    /// The scheme, in small letters.
    pub scheme: String,
    /// Its attributes: the names in small letters, and the values without their quotation marks, as they came.
    pub attributes: Vec<(String, String)>,
}

impl Challenge {
    /// The value of an attribute, the first where it occurs twice.
    pub fn attribute(&self, name: &str) -> Option<&str> {
        self.attributes.iter().find(|(known, _)| known == name).map(|(_, value)| value.as_str())
    }
}

impl Reply {
    /// The challenges of this scheme, among all that the answer has: in one header or in several.
    pub fn challenges(&self, scheme: &str) -> Vec<Challenge> {
        let all = challenges(&self.header_list("www-authenticate"));
        all.into_iter().filter(|challenge| challenge.scheme == scheme.to_ascii_lowercase()).collect()
    }
}

/// Challenges and their attributes are parted by the same comma: what begins with a word and no equals sign is a new one.
fn challenges(list: &str) -> Vec<Challenge> {
    let mut challenges: Vec<Challenge> = Vec::new();
    for item in items(list) {
        let (word, rest) = item.split_once([' ', '\t']).unwrap_or((&item, ""));
        let rest = rest.trim_start();
        let mut attribute = item.as_str();
        if !word.contains('=') && !rest.starts_with('=') {
            challenges.push(Challenge { scheme: word.to_ascii_lowercase(), attributes: Vec::new() });
            attribute = rest;
        }
        if let (Some(challenge), Some((name, value))) = (challenges.last_mut(), attribute.split_once('=')) {
            let value = value.trim_start();
            let bare = value.strip_prefix('"').and_then(|value| value.strip_suffix('"')).unwrap_or(value);
            challenge.attributes.push((name.trim_end().to_ascii_lowercase(), bare.to_owned()));
        }
    }
    challenges
}

/// What stands between the commas; a comma in quotation marks parts nothing.
fn items(list: &str) -> Vec<String> {
    let (mut items, mut item) = (Vec::new(), String::new());
    let (mut quoted, mut escaped) = (false, false);
    for c in list.chars() {
        match c {
            _ if escaped => escaped = false,
            '\\' if quoted => escaped = true,
            '"' => quoted = !quoted,
            ',' if !quoted => {
                items.push(std::mem::take(&mut item));
                continue;
            }
            _ => {}
        }
        item.push(c);
    }
    items.push(item);
    items.iter().map(|item| item.trim().to_owned()).filter(|item| !item.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::challenges;

    fn read(list: &str) -> Vec<(String, Vec<String>)> {
        let names = |one: &super::Challenge| one.attributes.iter().map(|(name, _)| name.clone()).collect();
        challenges(list).iter().map(|one| (one.scheme.clone(), names(one))).collect()
    }

    #[test]
    fn attributes_are_told_from_what_their_values_say() {
        let one = read(r#"Bearer realm="a, error=\"b\"", Error="invalid_token",scope=openid"#);
        assert_eq!(one, [("bearer".to_owned(), ["realm", "error", "scope"].map(str::to_owned).to_vec())]);
        let one = challenges(r#"Bearer realm="a, error=\"b\"", Error = invalid_token"#).remove(0);
        assert_eq!(one.attribute("realm"), Some(r#"a, error=\"b\""#));
        assert_eq!(one.attribute("error"), Some("invalid_token"));
        assert_eq!(read("Bearer"), [("bearer".to_owned(), vec![])]);
        assert!(read("").is_empty());
    }

    #[test]
    fn several_challenges_are_told_apart() {
        let two = read(r#"DPoP algs="ES256, PS256", Bearer error = "invalid_token", realm="a""#);
        let names = |names: &[&str]| names.iter().map(|name| (*name).to_owned()).collect::<Vec<_>>();
        assert_eq!(two, [("dpop".to_owned(), names(&["algs"])), ("bearer".to_owned(), names(&["error", "realm"]))]);
    }
}
