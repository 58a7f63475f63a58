//! Form-encoded parameters, kept as they were sent: in order, repetitions included.

use percent_encoding::percent_decode_str;

use crate::error::Refusal;

/// The parameters of a query or a body.
#[derive(Clone, Debug, Default)]
pub struct Form {
    pairs: Vec<(String, String)>,
    malformed: bool,
}

impl Form {
    /// Read what was sent; what cannot be decoded is remembered as such.
    pub fn parse(encoded: &[u8]) -> Form {
        let Ok(text) = std::str::from_utf8(encoded) else {
            return Form { pairs: Vec::new(), malformed: true };
        };
        let mut form = Form::default();
        for piece in text.split('&').filter(|piece| !piece.is_empty()) {
            let (name, value) = piece.split_once('=').unwrap_or((piece, ""));
            match (decode(name), decode(value)) {
                (Some(name), Some(value)) => form.pairs.push((name, value)),
                _ => form.malformed = true,
            }
        }
        form
    }

    /// RFC 6749 §3.1, §3.2: a parameter without a value was not sent.
    pub fn optional(&self, name: &str) -> Option<&str> {
        self.pairs.iter().find(|(known, value)| known == name && !value.is_empty()).map(|(_, value)| value.as_str())
    }

    /// A parameter that has to be there.
    ///
    /// # Errors
    /// `invalid_request` when it is missing or empty.
    pub fn required(&self, name: &'static str) -> Result<&str, Refusal> {
        self.optional(name).ok_or_else(|| Refusal::missing(name))
    }

    /// All of it, in order.
    pub fn pairs(&self) -> &[(String, String)] {
        &self.pairs
    }

    /// A form of these parameters.
    pub fn of(pairs: Vec<(String, String)>) -> Form {
        Form { pairs, malformed: false }
    }

    /// The same form without these parameters.
    #[must_use]
    pub fn without(mut self, names: &[&str]) -> Form {
        self.pairs.retain(|(name, _)| !names.contains(&name.as_str()));
        self
    }

    /// All values of a parameter that may repeat, in order; those without a value were not sent.
    pub fn all(&self, name: &str) -> impl Iterator<Item = &str> {
        self.pairs
            .iter()
            .filter(move |(known, value)| known == name && !value.is_empty())
            .map(|(_, value)| value.as_str())
    }

    /// How often it was sent, with or without a value.
    pub fn count(&self, name: &str) -> usize {
        self.pairs.iter().filter(|(known, _)| known == name).count()
    }

    /// Whether everything could be decoded.
    pub fn is_well_formed(&self) -> bool {
        !self.malformed
    }
}

/// RFC 6749 Appendix B: plus is a space, every percent sign has two hexadecimal digits, the result is UTF-8.
pub(super) fn decode(encoded: &str) -> Option<String> {
    let bytes = encoded.as_bytes();
    if !bytes.iter().any(|byte| matches!(byte, b'%' | b'+')) {
        return Some(encoded.to_owned());
    }
    let is_complete =
        |at: usize| bytes.len() > at + 2 && bytes[at + 1].is_ascii_hexdigit() && bytes[at + 2].is_ascii_hexdigit();
    if (0..bytes.len()).any(|at| bytes[at] == b'%' && !is_complete(at)) {
        return None;
    }
    let spaced = encoded.replace('+', " ");
    percent_decode_str(&spaced).decode_utf8().ok().map(Into::into)
}
