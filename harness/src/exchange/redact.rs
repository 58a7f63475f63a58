//! Secrets leave the transcript when it is recorded, by the role that their name gives them.

use std::borrow::Cow;

/// Every parameter, JSON member or form field whose value is a secret.
const SECRET: &[&str] = &[
    "access_token",
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
    "subject_token",
    "token",
];

/// Headers whose value is a secret.
const SECRET_HEADERS: &[&str] = &["authorization", "cookie", "set-cookie"];

/// What stands in place of a secret: its first characters tell two of them apart, no more.
pub fn mask(value: &str) -> String {
    let shown: String = value.chars().take(if value.chars().count() > 16 { 4 } else { 0 }).collect();
    format!("{shown}…")
}

/// The value of a header as the transcript keeps it.
pub fn header<'a>(name: &str, value: &'a str) -> Cow<'a, str> {
    if name.eq_ignore_ascii_case("location") {
        return Cow::Owned(url(value));
    }
    if SECRET_HEADERS.iter().any(|secret| name.eq_ignore_ascii_case(secret)) {
        let scheme = value.split_once(' ').map_or("", |(scheme, _)| scheme);
        return Cow::Owned(format!("{scheme} {}", mask("")).trim_start().to_owned());
    }
    Cow::Borrowed(value)
}

/// A URL as the transcript keeps it: query and fragment without secrets.
pub fn url(url: &str) -> String {
    let (head, fragment) = url.split_once('#').map_or((url, None), |(head, tail)| (head, Some(tail)));
    let (base, query) = head.split_once('?').map_or((head, None), |(base, query)| (base, Some(query)));
    let mut kept = base.to_owned();
    if let Some(query) = query {
        kept.push('?');
        kept.push_str(&pairs(query));
    }
    if let Some(fragment) = fragment {
        kept.push('#');
        kept.push_str(&pairs(fragment));
    }
    kept
}

/// A body, form or JSON or neither, as the transcript keeps it.
pub fn redact(body: &str) -> String {
    if let Ok(mut json) = serde_json::from_str::<serde_json::Value>(body) {
        members(&mut json);
        return json.to_string();
    }
    if body.contains('=') && !body.trim_start().starts_with('<') {
        return pairs(body);
    }
    body.to_owned()
}

fn pairs(encoded: &str) -> String {
    encoded
        .split('&')
        .map(|pair| match pair.split_once('=') {
            Some((name, value)) if SECRET.contains(&name) => format!("{name}={}", mask(value)),
            _ => pair.to_owned(),
        })
        .collect::<Vec<_>>()
        .join("&")
}

fn members(json: &mut serde_json::Value) {
    match json {
        serde_json::Value::Object(object) => {
            for (name, value) in object {
                match value {
                    serde_json::Value::String(text) if SECRET.contains(&name.as_str()) => *text = mask(text),
                    other => members(other),
                }
            }
        }
        serde_json::Value::Array(list) => list.iter_mut().for_each(members),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn secrets_leave_by_role_in_every_place() {
        let code = "SplxlOBeZQQYbYS6WxSbIA";
        assert_eq!(
            redact(&format!("grant_type=authorization_code&code={code}&scope=a")),
            "grant_type=authorization_code&code=Splx…&scope=a"
        );
        assert_eq!(
            redact(r#"{"access_token":"2YotnFZFEjr1zCsicMWpAA","nested":[{"id_token":"short"}]}"#),
            r#"{"access_token":"2Yot…","nested":[{"id_token":"…"}]}"#
        );
        assert_eq!(
            url(&format!("https://c.example/cb?code={code}&state=s#access_token={code}")),
            "https://c.example/cb?code=Splx…&state=s#access_token=Splx…"
        );
        assert_eq!(header("Authorization", "Basic d2ViOnNlY3JldA=="), "Basic …");
        assert_eq!(header("Content-Type", "text/html"), "text/html");
    }
}
