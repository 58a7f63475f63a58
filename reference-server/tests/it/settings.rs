//! `docs/settings.md` says what the code says: every setting, its default, what each preset makes of it.
//!
//! The table is written by this test: `UPDATE_DOCS=1 cargo test -p grantspec-reference --test it -- settings`.

use std::collections::BTreeMap;
use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use grantspec_reference::config::Preset;
use grantspec_reference::{ClientConfig, Config};
use serde_json::{Value, json};

const ABOUT: &str = "\
# Settings

Every setting of the reference server and of its clients, in the words of the configuration file (`reference-server --config FILE`; `--print-config`
writes one to start from). What is left out has the default, and every default is strict. A preset (`--preset NAME`) changes the configuration,
whichever it is: `seven-grants` leaves it as it is, the others do what their column says. A client that registers itself gets what `[registration]` says.

This page is written from the code, and a test holds it to it.
";

/// A field of a struct of the configuration.
struct Setting {
    name: String,
    of: String,
    says: String,
    may_be_left_out: bool,
}

/// The structs of the configuration as their sources write them, by name.
fn structs() -> BTreeMap<String, Vec<Setting>> {
    let folder = Path::new(env!("CARGO_MANIFEST_DIR")).join("src/config");
    let mut found = BTreeMap::new();
    for entry in std::fs::read_dir(folder).unwrap() {
        let text = std::fs::read_to_string(entry.unwrap().path()).unwrap();
        for part in text.split("\npub struct ").skip(1) {
            let (name, rest) = part.split_once(" {\n").unwrap();
            let body = rest.split("\n}").next().unwrap();
            let head = text[..text.find(&format!("pub struct {name} {{")).unwrap()].rsplit("\n\n").next().unwrap();
            found.insert(name.to_owned(), settings(body, head.contains("default)]")));
        }
    }
    found
}

fn settings(body: &str, all_may_be_left_out: bool) -> Vec<Setting> {
    let (mut found, mut says, mut may_be_left_out) = (Vec::new(), Vec::new(), all_may_be_left_out);
    for line in body.lines().map(str::trim) {
        if let Some(doc) = line.strip_prefix("/// ") {
            says.push(doc);
        } else if line.starts_with("#[serde(") {
            may_be_left_out |= line.contains("default");
        } else if let Some((name, of)) = line.strip_prefix("pub ").and_then(|line| line.split_once(": ")) {
            found.push(Setting {
                name: name.to_owned(),
                of: of.trim_end_matches(',').to_owned(),
                says: says.join(" "),
                may_be_left_out,
            });
            (says, may_be_left_out) = (Vec::new(), all_may_be_left_out);
        }
    }
    found
}

/// A configuration in which every switch stands this way, with a client that each preset has something to say about.
fn with_every_switch(on: bool) -> Config {
    let client = ClientConfig {
        grant_types: ["implicit", "password"].map(str::to_owned).to_vec(),
        response_types: serde_json::from_value(json!(["token", "id_token"])).unwrap(),
        ..ClientConfig::default()
    };
    let mut config = serde_json::to_value(Config { clients: vec![client], ..defaults() }).unwrap();
    switch(&mut config, on);
    serde_json::from_value(config).unwrap()
}

fn switch(value: &mut Value, on: bool) {
    match value {
        Value::Bool(switch) => *switch = on,
        Value::Array(list) => list.iter_mut().for_each(|value| switch(value, on)),
        Value::Object(members) => members.values_mut().for_each(|value| switch(value, on)),
        _ => {}
    }
}

fn defaults() -> Config {
    Config::from_toml(&PathBuf::new(), "").unwrap()
}

/// What a preset makes of the setting at this place, in words; nothing if it lets it be.
fn effect(preset: Preset, place: &str) -> String {
    let at = |config: Config| serde_json::to_value(config).unwrap().pointer(place).cloned().unwrap_or(Value::Null);
    let (off, on) = (with_every_switch(false), with_every_switch(true));
    let before = at(on.clone());
    let after = at(on.preset(preset));
    match (&before, &after) {
        (Value::Bool(_), _) if after == at(off.preset(preset)) => shown(&after),
        (Value::Bool(_), _) => String::new(),
        (Value::Array(before), Value::Array(after)) => {
            let without = before.iter().filter(|one| !after.contains(one)).map(|one| format!("without {}", shown(one)));
            let with = after.iter().filter(|one| !before.contains(one)).map(|one| format!("with {}", shown(one)));
            without.chain(with).collect::<Vec<_>>().join(", ")
        }
        _ if before == after => String::new(),
        _ => shown(&after),
    }
}

fn shown(value: &Value) -> String {
    match value {
        Value::Null => "none".to_owned(),
        Value::String(text) if text.is_empty() => "none".to_owned(),
        Value::String(text) => format!("`{text}`"),
        Value::Array(list) if list.is_empty() => "none".to_owned(),
        Value::Array(list) => list.iter().map(shown).collect::<Vec<_>>().join(", "),
        other => format!("`{other}`"),
    }
}

/// The default that a type has where the code names no other.
fn default_of(setting: &Setting) -> String {
    let of_type = match setting.of.as_str() {
        "bool" => "`false`",
        _ => "none",
    };
    if setting.may_be_left_out { of_type.to_owned() } else { "has to be given".to_owned() }
}

/// One table: the settings of a struct, then those of the structs in it.
fn table(page: &mut String, title: &str, name: &str, place: &str, default: Option<&Value>) {
    let structs = structs();
    let (single, inner): (Vec<&Setting>, Vec<&Setting>) =
        structs[name].iter().partition(|setting| !structs.contains_key(element(&setting.of)) || is_optional(setting));
    let presets: Vec<&(&str, Preset, &str)> =
        Preset::ALL.iter().filter(|(_, preset, _)| *preset != Preset::SevenGrants).collect();

    let _ = write!(page, "\n## {title}\n");
    if !single.is_empty() {
        let _ = write!(page, "\n| setting | default |");
        for (name, ..) in &presets {
            let _ = write!(page, " `{name}` |");
        }
        let _ = writeln!(page, " what it says |\n|---|---|{}---|", "---|".repeat(presets.len()));
    }
    for setting in single {
        let of_code = default.and_then(|default| default.get(&setting.name)).map(shown);
        let _ = write!(page, "| `{}` | {} |", setting.name, of_code.unwrap_or_else(|| default_of(setting)));
        for (_, preset, _) in &presets {
            let _ = write!(page, " {} |", effect(*preset, &format!("{place}/{}", setting.name)));
        }
        let _ = writeln!(page, " {} |", setting.says.replace('|', "\\|"));
    }
    for setting in inner {
        let of = element(&setting.of);
        let dotted = format!("{place}/{}", setting.name).replace("/0", "").trim_start_matches('/').replace('/', ".");
        let (brackets, place, default) = if setting.of.starts_with("Vec<") {
            let default = (of == "ClientConfig").then(|| serde_json::to_value(ClientConfig::default()).unwrap());
            (format!("[[{dotted}]]"), format!("{place}/{}/0", setting.name), default)
        } else {
            let default = default.and_then(|default| default.get(&setting.name)).cloned();
            (format!("[{dotted}]"), format!("{place}/{}", setting.name), default)
        };
        table(page, &format!("`{brackets}`: {}", first_lower(&setting.says)), of, &place, default.as_ref());
    }
}

/// The type itself, or what a list or an option of it holds.
fn element(of: &str) -> &str {
    let inner = of.strip_prefix("Vec<").or_else(|| of.strip_prefix("Option<"));
    inner.map_or(of, |inner| inner.trim_end_matches('>'))
}

/// An optional struct is told where it is not optional.
fn is_optional(setting: &Setting) -> bool {
    setting.of.starts_with("Option<")
}

fn first_lower(says: &str) -> String {
    let says = says.trim_end_matches('.');
    says.chars().take(1).flat_map(char::to_lowercase).chain(says.chars().skip(1)).collect()
}

#[test]
fn the_table_of_settings_is_current() {
    let mut page = ABOUT.to_owned();
    let default = serde_json::to_value(defaults()).unwrap();
    table(&mut page, "The server", "Config", "", Some(&default));

    let path = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs/settings.md");
    if std::env::var_os("UPDATE_DOCS").is_some() {
        std::fs::write(&path, &page).unwrap();
    }
    let written = std::fs::read_to_string(&path).unwrap_or_default();
    let differs = page.lines().zip(written.lines().chain(std::iter::repeat(""))).find(|(now, then)| now != then);
    assert!(
        written == page,
        "docs/settings.md is not what the code says: run this test again with UPDATE_DOCS=1\n{differs:#?}"
    );
}

#[test]
fn what_is_left_out_is_strict() {
    let client = ClientConfig::default();
    assert!(client.require_pkce && !client.allow_plain_pkce && !client.browser_tokens);
    let config = defaults();
    assert!(!config.control && config.clients.is_empty() && config.users.is_empty() && config.scopes.is_empty());
    assert_eq!(effect(Preset::Bcp, "/clients/0/require_pkce"), "`true`");
    assert_eq!(effect(Preset::Bcp, "/clients/0/grant_types"), "without `password`");
    assert_eq!(effect(Preset::OidcCertification, "/registration/allow"), "`open`");
    assert_eq!(effect(Preset::SevenGrants, "/registration/allow"), "");
}
