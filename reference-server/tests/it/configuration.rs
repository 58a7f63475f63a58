//! The configuration as a file, on the command line, and as presets.

use std::path::{Path, PathBuf};
use std::process::{Command, Output};
use std::sync::Arc;

use grantspec_reference::config::{GRANT_PRESETS, Preset};
use grantspec_reference::{Config, Server};
use http::StatusCode;

use crate::support::{Browser, ISSUER, KEYS, get};

fn refused(text: &str) -> String {
    Config::from_toml(Path::new("server.toml"), text).unwrap_err().to_string()
}

const CLIENT: &str = r#"scopes = ["openid"]

[[clients]]
client_id = "web"
secret = "a-secret-of-sixteen"
redirect_uris = ["https://web.example/cb"]
"#;

#[test]
fn an_error_names_file_line_column_and_what_would_be_right() {
    #[rustfmt::skip]
    let cases: &[(&str, &str)] = &[
        ("scopes = [",                                              "server.toml:1:11: "),
        ("\nscope = []\n",                                          "server.toml:2:1: unknown field `scope`, expected one of `issuer`, "),
        ("scopes = 3",                                              "server.toml:1:10: invalid type: integer `3`, expected a sequence"),
        ("[[clients]]\nclient_id = \"a\"\nsecrets = \"b\"",         "server.toml:3:1: unknown field `secrets`, expected one of `client_id`"),
        ("[[clients]]\nauth_method = \"basic\"",                    "server.toml:2:15: unknown variant `basic`, expected one of `none`, "),
        ("[registration]\nallow = \"token\"",                       "server.toml:2:1: registration.allow is token, and there is no registration.initial_access_token"),
        ("[registration]\nscopes = [\"x\"]",                        "server.toml:2:1: registration.scopes names 'x'"),
        ("without_grant_types = [\"passwort\"]",                    "server.toml:1:1: without_grant_types names 'passwort'"),
        ("issuer = \"https://a.example/b\"",                        "server.toml:1:1: https://a.example/b cannot be the issuer"),
    ];
    for (text, says) in cases {
        assert!(refused(text).starts_with(says), "{text}\n{}", refused(text));
        assert!(!refused(text).contains('\n'));
    }
    #[rustfmt::skip]
    let clients = [
        ("",                                                       "server.toml:4:1: client web: grant_types is empty"),
        ("grant_types = [\"implicit\", \"hybrid\"]",               "server.toml:4:1: client web: grant_types implicit and hybrid cannot be held together: an"),
        ("grant_presets = [\"code\", \"hybrid\"]",                 "server.toml:4:1: client web: grant_types authorization_code and hybrid cannot be held together: an"),
        ("grant_presets = [\"everything\"]",                       "server.toml:4:1: client web: grant_presets names 'everything', which is none of implicit, "),
        ("grant_presets = [\"code\"]\n[[clients]]\nclient_id = \"web\"\n", "server.toml:9:1: client web is there twice"),
    ];
    for (rest, says) in clients {
        let told = refused(&format!("{CLIENT}{rest}"));
        assert!(told.starts_with(says), "{told}");
    }
    let missing = Config::read(Path::new("/nowhere/server.toml")).unwrap_err().to_string();
    assert!(missing.starts_with("/nowhere/server.toml: ") && missing.contains("--print-config"), "{missing}");
}

#[test]
fn what_is_left_out_is_filled_in_where_the_server_listens() {
    let text = format!("{CLIENT}grant_presets = [\"code\", \"offline-access\"]");
    let config = Config::from_toml(Path::new("server.toml"), &text).unwrap().at(ISSUER);
    assert_eq!((config.issuer.as_str(), config.audience), (ISSUER, format!("{ISSUER}/api")));
    assert_eq!(config.clients[0].grant_type_names().unwrap(), ["authorization_code", "refresh_token"]);

    let text = format!("issuer = \"https://as.example\"\naudience = \"urn:example:api\"\n{text}");
    let config = Config::from_toml(Path::new("server.toml"), &text).unwrap().at(ISSUER);
    assert_eq!((config.issuer.as_str(), config.audience.as_str()), ("https://as.example", "urn:example:api"));
}

#[test]
fn a_preset_of_the_server_reaches_the_words_for_sets_too() {
    let presets = |words: &[&str]| grantspec_reference::ClientConfig {
        grant_presets: words.iter().map(|word| (*word).to_owned()).collect(),
        ..Default::default()
    };
    let clients =
        vec![presets(&["password-and-client-credentials", "offline-access"]), presets(&["password", "offline-access"])];
    let config = Config { clients, ..Config::demo(ISSUER) }.preset(Preset::Bcp);
    assert_eq!(config.clients.len(), 1, "a client of which nothing is left is gone");
    assert_eq!(config.clients[0].grant_type_names().unwrap(), ["client_credentials", "refresh_token"]);
}

#[test]
fn each_word_for_a_set_stands_for_grant_types_that_can_be_held() {
    let config = Config::demo(ISSUER);
    for (word, members) in GRANT_PRESETS {
        let client = grantspec_reference::ClientConfig {
            client_id: "new".to_owned(),
            secret: Some("a-secret-of-sixteen".to_owned()),
            redirect_uris: vec!["https://web.example/cb".to_owned()],
            grant_presets: vec![(*word).to_owned()],
            ..Default::default()
        };
        assert_eq!(client.grant_type_names().unwrap(), *members);
        let served = members.iter().all(|name| name.starts_with("urn:") || known(&config, name));
        assert!(served, "{word}");
    }
}

/// Whether the demonstration has a client with this grant type: it has one for each of the seven.
fn known(config: &Config, name: &str) -> bool {
    config.clients.iter().any(|client| client.grant_types.iter().any(|known| known == name))
}

#[tokio::test]
async fn each_preset_of_the_demonstration_starts_and_comes_back_from_its_file() {
    for (name, preset, _) in Preset::ALL {
        assert_eq!(Preset::parse(name), Some(preset));
        let config = Config::demo(ISSUER).preset(preset);
        let text = config.to_toml().unwrap();
        let again =
            Config::from_toml(Path::new("server.toml"), &text).unwrap_or_else(|error| panic!("{error}\n{text}"));
        assert_eq!(serde_json::to_value(&again).unwrap(), serde_json::to_value(&config).unwrap());

        let server = Server::new(again, Arc::clone(&KEYS)).unwrap();
        let metadata = get(&server, "/.well-known/openid-configuration").await.json();
        let lists = |list: &str, member: &str| metadata[list].as_array().unwrap().iter().any(|one| one == member);
        let is_bcp = preset == Preset::Bcp;
        assert_eq!(lists("grant_types_supported", "password"), !is_bcp);
        assert_eq!(lists("response_types_supported", "code token"), !is_bcp);
        assert!(lists("response_types_supported", "code id_token"));
        assert_eq!(
            lists("code_challenge_methods_supported", "plain"),
            preset == Preset::OidcCertification,
            "what is allowed is listed"
        );
        let without = Browser::new(&server).open("web", &[("code_challenge", ""), ("code_challenge_method", "")]).await;
        // RFC 9700 §4.11.2: who logs in first is not sent away with an error before.
        assert!(is_bcp || without.returned("error").is_none() == (preset == Preset::OidcCertification), "{name}");
        assert_eq!(without.status, StatusCode::SEE_OTHER);
        assert!(!is_bcp || without.location().contains("/login"), "{name}");
    }
    assert_eq!(Preset::parse("nonsense"), None);
}

fn program(arguments: &[&str]) -> Output {
    Command::new(env!("CARGO_BIN_EXE_reference-server")).args(arguments).output().unwrap()
}

fn stdout(output: &Output) -> String {
    String::from_utf8(output.stdout.clone()).unwrap()
}

#[test]
fn the_program_prints_a_configuration_that_it_takes_back() {
    let printed = program(&["--print-config", "--preset", "bcp", "--issuer", "https://as.example"]);
    assert!(printed.status.success());
    assert!(stdout(&printed).starts_with("issuer = \"https://as.example\""), "{}", stdout(&printed));
    assert!(stdout(&printed).contains("without_grant_types = [\"password\"]"));

    let folder = std::env::temp_dir().join(format!("reference-server-{}", std::process::id()));
    std::fs::create_dir_all(&folder).unwrap();
    let file: PathBuf = folder.join("server.toml");
    std::fs::write(&file, stdout(&printed)).unwrap();
    let path = file.to_str().unwrap();
    assert_eq!(stdout(&program(&["--print-config", "--config", path])), stdout(&printed));

    std::fs::write(&file, "control = 1").unwrap();
    let refused = program(&["--config", path]);
    assert_eq!(refused.status.code(), Some(2));
    let says = String::from_utf8(refused.stderr).unwrap();
    assert_eq!(says, format!("error: {path}:1:11: invalid type: integer `1`, expected a boolean\n"));

    std::fs::write(&file, "control = true").unwrap();
    let far = program(&["--config", path, "--bind", "0.0.0.0", "--allow-non-loopback"]);
    assert_eq!(far.status.code(), Some(2));
    std::fs::remove_dir_all(&folder).unwrap();
}

#[test]
fn the_program_lists_its_presets_and_knows_no_others() {
    let listed = stdout(&program(&["--list-presets"]));
    let words = Preset::ALL.iter().map(|(name, ..)| *name).chain(GRANT_PRESETS.iter().map(|(word, _)| *word));
    for word in words {
        assert!(listed.contains(&format!("  {word} ")), "{word}\n{listed}");
    }
    let unknown = program(&["--preset", "everything"]);
    assert_eq!(unknown.status.code(), Some(2));
    assert!(
        String::from_utf8(unknown.stderr).unwrap().contains("the presets are seven-grants, bcp, oidc-certification")
    );
}

#[test]
fn names_of_grant_types_are_case_sensitive_and_served() {
    let refused = |names: &str| refused(&format!("{CLIENT}grant_types = {names}"));
    assert!(refused("[\"Implicit\"]").contains("does not serve"));
    assert!(refused("[\"urn:example:unknown\", \"implicit\", \"hybrid\"]").contains("does not serve"));
    assert!(refused("[\"implicit\", \"implicit\"]").contains("twice"));
    assert!(refused("[\"implicit hybrid\"]").contains("space"));
}
