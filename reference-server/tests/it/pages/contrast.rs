//! Contrast, computed from the properties of the style sheet: WCAG 2.2, 1.4.3 and 1.4.11, in light and dark.

use std::collections::HashMap;

const STYLE: &str = include_str!("../../../templates/style.css");

/// What stands on what, and how much they have to differ: 4.5 for text, 3 for what is needed to see a control or its focus.
#[rustfmt::skip]
const PAIRS: &[(&str, &str, f64)] = &[
    ("ink",       "paper",         4.5),
    ("ink",       "surface",       4.5),
    ("ink",       "sunken",        4.5),
    ("ink",       "problem-paper", 4.5),
    ("quiet",     "paper",         4.5),
    ("quiet",     "surface",       4.5),
    ("quiet",     "sunken",        4.5),
    ("link",      "paper",         4.5),
    ("link",      "surface",       4.5),
    ("link",      "problem-paper", 4.5),
    ("on-accent", "accent",        4.5),
    ("accent",    "paper",         3.0),
    ("accent",    "surface",       3.0),
    ("edge",      "surface",       3.0),
    ("problem",   "surface",       3.0),
    ("problem",   "problem-paper", 3.0),
    ("focus",     "paper",         3.0),
    ("focus",     "surface",       3.0),
    ("focus",     "problem-paper", 3.0),
];

/// The colours of the first `:root` behind `from`.
fn colours(from: &str) -> HashMap<&str, &str> {
    let block = from.split_once(":root {").unwrap().1.split_once('}').unwrap().0;
    block
        .split(';')
        .filter_map(|declaration| declaration.split_once(':'))
        .filter_map(|(name, value)| Some((name.trim().strip_prefix("--")?, value.trim())))
        .collect()
}

/// WCAG 2.2, relative luminance.
fn luminance(colour: &str) -> f64 {
    let channel = |at: usize| {
        let value = f64::from(u8::from_str_radix(&colour[at..at + 2], 16).unwrap()) / 255.0;
        if value <= 0.04045 { value / 12.92 } else { ((value + 0.055) / 1.055).powf(2.4) }
    };
    assert_eq!(colour.len(), 7, "{colour} is no #rrggbb");
    0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5)
}

/// WCAG 2.2, contrast ratio.
fn contrast(one: &str, other: &str) -> f64 {
    let (one, other) = (luminance(one), luminance(other));
    (one.max(other) + 0.05) / (one.min(other) + 0.05)
}

#[test]
fn every_pair_of_colours_differs_enough() {
    let dark = STYLE.split_once("prefers-color-scheme: dark").unwrap().1;
    let mut wrong = Vec::new();
    for (theme, colours) in [("light", colours(STYLE)), ("dark", colours(dark))] {
        for (front, back, least) in PAIRS {
            let ratio = contrast(colours[front], colours[back]);
            if ratio < *least {
                wrong.push(format!("{theme}: {front} on {back} is {ratio:.2}, and has to be {least}"));
            }
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}

#[test]
fn every_colour_is_a_property_that_is_looked_at() {
    let rules: String = STYLE.lines().skip_while(|line| !line.starts_with("*, ")).collect();
    assert!(!rules.contains(": #") && !rules.contains("rgb("), "a colour stands outside of :root");
    let checked = |name: &&str| PAIRS.iter().any(|(front, back, _)| front == name || back == name);
    let unchecked: Vec<&str> = colours(STYLE).into_keys().filter(|name| *name != "line" && !checked(name)).collect();
    assert!(unchecked.is_empty(), "{unchecked:?}; --line alone is mere decoration");
}

#[test]
fn the_ratio_is_that_of_the_standard() {
    assert!((contrast("#000000", "#ffffff") - 21.0).abs() < 0.01);
    assert!((contrast("#767676", "#ffffff") - 4.54).abs() < 0.01);
}
