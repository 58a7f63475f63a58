//! What a person may have meant: places in files, and the nearest known word.

/// `file:line:column` of a byte offset, both counted from one.
pub fn place(file: &str, text: &str, offset: usize) -> String {
    let before = text.get(..offset).unwrap_or(text);
    let line = before.matches('\n').count() + 1;
    let column = before.rsplit('\n').next().unwrap_or_default().chars().count() + 1;
    format!("{file}:{line}:{column}")
}

/// The known word nearest to `word`, if one is near.
pub fn nearest<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    known
        .into_iter()
        .map(|candidate| (strsim::jaro_winkler(word, candidate), candidate))
        .filter(|(similarity, _)| *similarity > 0.75)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, candidate)| candidate)
}

/// The known word of which `word` is a slip of the pen: one or two letters are wrong, missing, too many or changed about.
pub fn misspelt<'a>(word: &str, known: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let by_distance = known.into_iter().map(|known| (strsim::damerau_levenshtein(word, known), known));
    by_distance
        .min_by_key(|(distance, _)| *distance)
        .filter(|(distance, _)| (1..=2).contains(distance))
        .map(|(_, known)| known)
}

/// `; did you mean …?`, or the list of known words where none is near.
pub fn hint<'a>(word: &str, known: impl IntoIterator<Item = &'a str> + Clone) -> String {
    if let Some(near) = nearest(word, known.clone()) {
        return format!("; did you mean `{near}`?");
    }
    let known: Vec<&str> = known.into_iter().collect();
    if known.len() > 24 { String::new() } else { format!("; known are {}", known.join(", ")) }
}

/// A message of the TOML reader; one about an unknown field gets a suggestion from the fields that it names.
pub fn unknown_field(message: &str) -> String {
    let Some(rest) = message.strip_prefix("unknown field `") else {
        return message.to_owned();
    };
    let mut words = rest.split('`');
    let word = words.next().unwrap_or_default();
    let known: Vec<&str> = words.skip(1).step_by(2).collect();
    format!("unknown key `{word}`{}", hint(word, known))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_nearest_word_is_suggested_and_a_far_one_is_not() {
        assert_eq!(nearest("autorize", ["authorize", "redeem"]), Some("authorize"));
        assert_eq!(nearest("zzz", ["authorize", "redeem"]), None);
        assert_eq!(misspelt("invalid_clinet", ["invalid_grant", "invalid_client"]), Some("invalid_client"));
        assert_eq!(misspelt("invalid_target", ["invalid_grant", "invalid_target"]), None);
        assert_eq!(misspelt("mfa_required", ["login_required"]), None);
        assert_eq!(place("f", "a\nbc\nd", 3), "f:2:2");
        assert_eq!(
            unknown_field("unknown field `titel`, expected one of `title`, `why`"),
            "unknown key `titel`; did you mean `title`?"
        );
    }
}
