//! The answer to a request, as it came.

use std::time::UNIX_EPOCH;

use http::HeaderMap;
use serde_json::{Map, Value};

/// The answer to a request.
#[derive(Clone, Debug)]
pub struct Reply {
    /// What was asked, for messages: `POST /token`.
    pub asked: String,
    /// The status code.
    pub status: u16,
    /// The headers.
    pub headers: HeaderMap,
    /// The body, with illegal UTF-8 replaced.
    pub body: String,
}

impl Reply {
    /// The first header of that name, if it is text.
    pub fn header(&self, name: &str) -> Option<&str> {
        self.headers.get(name).and_then(|value| value.to_str().ok())
    }

    /// The Date of the answer, in seconds since 1970.
    pub fn date(&self) -> Option<f64> {
        let date = httpdate::parse_http_date(self.header("date")?).ok()?;
        date.duration_since(UNIX_EPOCH).ok().map(|since| since.as_secs_f64())
    }

    /// All headers of that name, joined as one list. A letter outside ASCII may stand in a quoted string (RFC 9110 §5.5):
    /// what is no UTF-8 is replaced.
    pub fn header_list(&self, name: &str) -> String {
        let values = self.headers.get_all(name).iter().map(|value| String::from_utf8_lossy(value.as_bytes()));
        values.collect::<Vec<_>>().join(", ")
    }

    /// The media type without its parameters, in lower case.
    pub fn media_type(&self) -> String {
        let value = self.header("content-type").unwrap_or_default();
        value.split(';').next().unwrap_or_default().trim().to_ascii_lowercase()
    }

    /// The body as a JSON object.
    pub fn json(&self) -> Option<Map<String, Value>> {
        match serde_json::from_str(&self.body) {
            Ok(Value::Object(object)) => Some(object),
            _ => None,
        }
    }

    /// A member of the JSON body that is a string.
    pub fn text(&self, member: &str) -> Option<String> {
        self.json()?.get(member)?.as_str().map(str::to_owned)
    }

    /// Is the status one of success?
    pub fn is_success(&self) -> bool {
        (200..300).contains(&self.status)
    }

    /// The answer in a few words, without secrets.
    pub fn summary(&self) -> String {
        let body = match (self.text("error"), self.json()) {
            (Some(error), _) => format!(" {error}"),
            (None, Some(json)) if json.is_empty() => " with an empty JSON object".to_owned(),
            (None, Some(json)) => {
                format!(" with the members {}", json.keys().cloned().collect::<Vec<_>>().join(", "))
            }
            (None, None) if self.body.is_empty() => String::new(),
            (None, None) if self.media_type().is_empty() => " without a content type".to_owned(),
            (None, None) => format!(" {}", self.media_type()),
        };
        format!("{}{body}", self.status)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_header_with_a_letter_outside_ascii_is_read() {
        let challenge = b"Bearer realm=\"B\xfcro\", error=\"invalid_token\"";
        let mut headers = HeaderMap::new();
        headers.insert("www-authenticate", http::HeaderValue::from_bytes(challenge).unwrap());
        let reply = Reply { asked: "GET /userinfo".to_owned(), status: 401, headers, body: String::new() };
        let list = reply.header_list("www-authenticate");
        assert!(list.starts_with("Bearer realm=\"B") && list.ends_with("error=\"invalid_token\""), "{list}");
    }
}
