//! Secrets leave the transcript: by the role that their name gives them where they stand alone, by their value elsewhere.

use scraper::{Html, Selector};

/// Every parameter, JSON member or form field whose value is a secret.
const SECRET: &[&str] = &[
    "access_token",
    "actor_token",
    "assertion",
    "client_assertion",
    "client_secret",
    "code",
    "code_verifier",
    "device_code",
    "id_token",
    "id_token_hint",
    "password",
    "refresh_token",
    "registration_access_token",
    "software_statement",
    "subject_token",
    "token",
];

/// A secret that is shorter could stand in any text by chance.
const SHORTEST: usize = 6;

/// The secrets of a transcript: those that were known before, and those that their role told.
#[derive(Debug, Default)]
pub struct Secrets {
    values: Vec<Value>,
    /// Names, as they stand in a form, that have turned out to be those of secrets.
    names: Vec<String>,
}

/// A secret as it may stand in a text.
#[derive(Debug)]
struct Value {
    plain: String,
    /// Percent-encoded, where that makes a difference.
    encoded: Option<String>,
}

impl Secrets {
    /// Learns a secret by its value.
    pub fn learn(&mut self, value: &str) {
        if value.len() >= SHORTEST && !self.values.iter().any(|known| known.plain == value) {
            let encoded: String = form_urlencoded::byte_serialize(value.as_bytes()).collect();
            let encoded = (encoded != value).then_some(encoded);
            self.values.push(Value { plain: value.to_owned(), encoded });
        }
    }

    /// Learns that the field of this name holds a secret, whatever it is called.
    pub fn learn_name(&mut self, name: &str) {
        let encoded: String = form_urlencoded::byte_serialize(name.as_bytes()).collect();
        if !self.is_secret(&encoded) {
            self.names.push(encoded);
        }
    }

    fn is_secret(&self, name: &str) -> bool {
        SECRET.contains(&name) || self.names.iter().any(|known| known == name)
    }

    /// The text with every known secret masked, plain or percent-encoded.
    pub fn masked(&self, text: &str) -> String {
        let forms = self.values.iter().flat_map(|value| {
            [Some(&value.plain), value.encoded.as_ref()].into_iter().flatten().map(|form| (form, &value.plain))
        });
        forms.fold(
            text.to_owned(),
            |text, (form, secret)| {
                if text.contains(form) { text.replace(form, &mask(secret)) } else { text }
            },
        )
    }

    /// The value of a header without what its role makes a secret.
    pub fn header(&mut self, name: &str, value: &str) -> String {
        match name.to_ascii_lowercase().as_str() {
            "location" => self.url(value),
            "authorization" => match value.split_once(' ') {
                Some((scheme, credentials)) => format!("{scheme} {}", self.masking(credentials)),
                None => self.masking(value),
            },
            "cookie" => value.split("; ").map(|pair| self.cookie(pair)).collect::<Vec<_>>().join("; "),
            "set-cookie" => match value.split_once(';') {
                Some((pair, attributes)) => format!("{};{attributes}", self.cookie(pair)),
                None => self.cookie(value),
            },
            _ => value.to_owned(),
        }
    }

    /// A URL: query and fragment without secrets.
    pub fn url(&mut self, url: &str) -> String {
        let (head, fragment) = url.split_once('#').map_or((url, None), |(head, tail)| (head, Some(tail)));
        let (base, query) = head.split_once('?').map_or((head, None), |(base, query)| (base, Some(query)));
        let mut kept = base.to_owned();
        if let Some(query) = query {
            kept.push('?');
            kept.push_str(&self.pairs(query));
        }
        if let Some(fragment) = fragment {
            kept.push('#');
            kept.push_str(&self.pairs(fragment));
        }
        kept
    }

    /// A body, form or JSON or neither.
    pub fn body(&mut self, body: &str) -> String {
        if is_jwt(body.trim()) {
            return self.masking(body.trim());
        }
        if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(body) {
            self.members(&mut json);
            return json.to_string();
        }
        if body.trim_start().starts_with('<') {
            self.learn_page(body);
            return body.to_owned();
        }
        self.learn_text(body);
        if body.contains('=') { self.pairs(body) } else { body.to_owned() }
    }

    /// The fields of a page: a form that posts itself to the client carries the code or the tokens.
    fn learn_page(&mut self, page: &str) {
        let fields = Selector::parse("input[name][value]").expect("a fixed selector");
        for field in Html::parse_document(page).select(&fields) {
            if field.attr("name").is_some_and(|name| SECRET.contains(&name)) {
                self.learn(field.attr("value").unwrap_or_default());
            }
        }
    }

    /// What stands behind a name in text of no known form, such as half a JSON object. A word without any digit is part
    /// of a sentence.
    fn learn_text(&mut self, text: &str) {
        const BETWEEN: [char; 7] = ['"', '\'', ':', '=', ' ', '\t', '\n'];
        const BEHIND: [char; 8] = ['"', '\'', '&', ',', '}', ' ', '\n', '<'];
        for name in SECRET {
            for (at, _) in text.match_indices(name) {
                let rest = &text[at + name.len()..];
                let alone = !text[..at].ends_with(|c: char| c.is_ascii_alphanumeric() || "_-".contains(c));
                let value = rest.trim_start_matches(BETWEEN);
                let assigned = rest[..rest.len() - value.len()].contains([':', '=']);
                let value = value.split(BEHIND).next().unwrap_or_default();
                if alone && assigned && value.contains(|c: char| c.is_ascii_digit()) {
                    self.learn(value);
                }
            }
        }
    }

    fn masking(&mut self, value: &str) -> String {
        self.learn(value);
        mask(value)
    }

    fn cookie(&mut self, pair: &str) -> String {
        match pair.split_once('=') {
            Some((name, value)) => format!("{name}={}", self.masking(value)),
            None => pair.to_owned(),
        }
    }

    fn pairs(&mut self, encoded: &str) -> String {
        let pairs = encoded.split('&').map(|pair| match pair.split_once('=') {
            Some((name, value)) if self.is_secret(name) => format!("{name}={}", self.masking(value)),
            _ => pair.to_owned(),
        });
        pairs.collect::<Vec<_>>().join("&")
    }

    fn members(&mut self, json: &mut serde_json::Value) {
        match json {
            serde_json::Value::Object(object) => {
                for (name, value) in object {
                    if self.is_secret(name) {
                        self.texts(value);
                    } else {
                        self.members(value);
                    }
                }
            }
            serde_json::Value::Array(list) => list.iter_mut().for_each(|one| self.members(one)),
            _ => {}
        }
    }

    /// Every text of a member that is secret, whatever its form.
    fn texts(&mut self, value: &mut serde_json::Value) {
        match value {
            serde_json::Value::String(text) => *text = self.masking(text),
            serde_json::Value::Array(list) => list.iter_mut().for_each(|one| self.texts(one)),
            serde_json::Value::Object(object) => object.values_mut().for_each(|one| self.texts(one)),
            _ => {}
        }
    }
}

/// The whole of the text is a signed or encrypted JWT: the answer of a userinfo or introspection endpoint may be one.
fn is_jwt(text: &str) -> bool {
    let part = |part: &str| part.chars().all(|c| c.is_ascii_alphanumeric() || "-_".contains(c));
    text.starts_with("eyJ") && matches!(text.split('.').count(), 3 | 5) && text.split('.').all(part)
}

/// What stands in place of a secret: the first characters of a long one tell two of them apart, no more.
fn mask(value: &str) -> String {
    let shown: String = value.chars().take(if value.chars().count() > 16 { 4 } else { 0 }).collect();
    format!("{shown}…")
}

#[cfg(test)]
mod tests {
    use super::*;

    const CODE: &str = "SplxlOBeZQQYbYS6WxSbIA";

    #[test]
    fn secrets_leave_by_role() {
        let mut secrets = Secrets::default();
        assert_eq!(
            secrets.body(&format!("grant_type=authorization_code&code={CODE}&scope=a")),
            "grant_type=authorization_code&code=Splx…&scope=a"
        );
        assert_eq!(
            secrets.body(r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","nested":[{"id_token":"short"}]}"#),
            r#"{"access_token":"2Yot…","nested":[{"id_token":"…"}]}"#
        );
        assert_eq!(
            secrets.url(&format!("https://c.example/cb?code={CODE}&state=s#access_token={CODE}")),
            "https://c.example/cb?code=Splx…&state=s#access_token=Splx…"
        );
        assert_eq!(secrets.header("Authorization", "Basic d2ViOnNlY3JldA=="), "Basic …");
        assert_eq!(secrets.header("Cookie", "a=1234567; b=7654321"), "a=…; b=…");
        assert_eq!(secrets.header("Set-Cookie", "a=1234567; Path=/; HttpOnly"), "a=…; Path=/; HttpOnly");
        assert_eq!(secrets.header("Content-Type", "text/html"), "text/html");
    }

    #[test]
    fn a_secret_that_was_seen_once_leaves_everywhere() {
        let mut secrets = Secrets::default();
        secrets.url(&format!("https://c.example/cb?code={CODE}"));
        secrets.learn("p%+ s:");
        assert_eq!(secrets.masked(&format!("Redirecting to cb?code={CODE}")), "Redirecting to cb?code=Splx…");
        assert_eq!(secrets.masked("pwd=p%25%2B+s%3A&ok=1"), "pwd=…&ok=1");
    }

    #[test]
    fn a_password_leaves_whatever_its_field_is_called() {
        let mut secrets = Secrets::default();
        secrets.learn_name("login[pwd]");
        assert_eq!(secrets.body("who=alice&login%5Bpwd%5D=pw"), "who=alice&login%5Bpwd%5D=…");
    }

    #[test]
    fn a_body_that_is_a_jwt_leaves_whole() {
        for jwt in ["eyJhbGciOiJub25lIn0.eyJzdWIiOiJhbGljZSJ9.", "eyJlbmMiOiJBMjU2R0NNIn0.a2V5.aXY.Y2lwaGVy.dGFn"] {
            let mut secrets = Secrets::default();
            assert_eq!(secrets.body(&format!("{jwt}\n")), format!("{}…", &jwt[..4]));
            assert!(!secrets.masked(&format!("got {jwt}")).contains(jwt));
        }
    }

    #[test]
    fn a_secret_leaves_what_is_neither_form_nor_json() {
        for body in [
            format!(r#"{{"token_type":"Bearer", "access_token" : "{CODE}"#),
            format!(r#"{{"refresh_token":["{CODE}"]}}"#),
            format!(r#"<form><input value="{CODE}" type="hidden" name="code"></form>"#),
        ] {
            let mut secrets = Secrets::default();
            let kept = secrets.body(&body);
            let kept = secrets.masked(&kept);
            assert!(!kept.contains(CODE) && kept.contains("Splx…"), "{kept}");
        }
    }
}
