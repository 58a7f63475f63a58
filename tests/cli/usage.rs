//! Exit 2: the call or a file cannot be understood. The message points to the place, and to what may have been meant.

use super::program::call;

/// A target file and the words with which it is refused.
fn target_file(text: &str, words: &[&str]) {
    let ended = call(&["run"]).file("grantspec.toml", text).run().with(2).says(&["error: ", "grantspec.toml"]);
    ended.says(words).without(&["FAIL"]);
}

/// A scenario of one's own and the words with which it is refused.
fn scenario(text: &str, words: &[&str]) {
    for command in [["run", "--scenarios", "own"], ["list", "--scenarios", "own"]] {
        call(&command).file("own/one.toml", text).run().with(2).says(&["error: own/one.toml:"]).says(words);
    }
}

const CASE: &str = r#"title = "Ours"
[[case]]
id = "own/one"
title = "a token is issued"
why = "It is a test."
clauses = ["rfc6749/5.1/json"]
cells = "client-credentials"
step = [{ do = "token", expect = "token" }]
"#;

#[test]
fn an_unknown_flag() {
    call(&["run", "--profil", "oidc"]).run().with(2).says(&["--profil", "--profile"]);
    call(&["lsit"]).run().with(2).says(&["lsit", "'list'"]);
    call(&["run", "--jobs", "0"]).run().with(2).says(&["--jobs"]);
    call(&[]).run().with(2).says(&["Usage"]);
}

#[test]
fn an_unknown_selector() {
    let mean = ["no check is called `pkce/verifier-mismach`; did you mean `pkce/verifier-mismatch`?"];
    call(&["run", "pkce/verifier-mismach"]).run().with(2).says(&mean);
    call(&["list", "pkce/verifier-mismach"]).run().with(2).says(&mean);
    call(&["run", "zzzzzz"]).run().with(2).says(&["`grantspec list` shows them all", "https://"]);
}

#[test]
fn an_unknown_profile() {
    call(&["run", "--profile", "oicd"]).run().with(2).says(&["there is no profile `oicd`; did you mean `oidc`?"]);
    call(&["run"]).env("GRANTSPEC_PROFILE", "nope").run().with(2).says(&["there is no profile `nope`", "bcp"]);
}

#[test]
fn an_unknown_preset() {
    call(&["serve", "--preset", "seven-grant"])
        .run()
        .with(2)
        .says(&["no preset `seven-grant`; did you mean `seven-grants`?"]);
    call(&["serve", "--preset", "zzzzzz"]).run().with(2).says(&["seven-grants, bcp, oidc-certification"]);
}

#[test]
fn a_client_or_a_user_without_an_issuer() {
    for given in [["--client-id", "web"], ["--user", "alice"], ["--scope", "openid"]] {
        call(&["run", given[0], given[1]]).run().with(2).says(&["no issuer", "grantspec run ISSUER"]);
    }
}

#[test]
fn a_secret_that_is_in_no_variable() {
    let args = ["run", "http://127.0.0.1:1", "--client-id", "web", "--client-secret-env", "GRANTSPEC_TEST_UNSET"];
    call(&args).run().with(2).says(&["GRANTSPEC_TEST_UNSET", "is not set", "export it"]);
    let args =
        ["run", "http://127.0.0.1:1", "--client-id", "web", "--redirect-uri", "http://127.0.0.1/cb", "--user", "alice"];
    call(&args).run().with(2).says(&["--password-env"]);
    let args =
        ["run", "http://127.0.0.1:1", "--client-id", "web", "--client-auth", "basc", "--client-secret-env", "PATH"];
    call(&args).run().with(2).says(&["--client-auth: ", "`basc`; did you mean `basic`?"]);
}

#[test]
fn a_scenario_that_cannot_be_read_is_pointed_to() {
    scenario(
        &CASE.replace("client-credentials", "client-credentals"),
        &[":7:9:", "did you mean `client-credentials`?"],
    );
    scenario(&CASE.replace("do =", "du ="), &["8:9:", "`do`"]);
    scenario(&CASE.replace("expect =", "exepct ="), &["8:25:", "did you mean `expect`?"]);
    scenario(&CASE.replace("rfc6749/5.1/json", "rfc6749/5.1/jsn"), &["6:12:", "did you mean `rfc6749/5.1/json`?"]);
    scenario(&CASE.replace("\"token\", expect", "\"tokn\", expect"), &["8:16:", "did you mean `token`?"]);
    scenario(&CASE.replace("[[case]]", "[[case]"), &["2:", "expected"]);
    scenario(&CASE.replace(", expect = \"token\"", ""), &["could not fail"]);
    scenario(&CASE.replace("own/one", "Own One"), &["3:6:", "kebab-case"]);
    scenario("", &["the file has no `title`"]);
    let wrong = |expect: &str| CASE.replace("\"token\" }", &format!("{expect} }}"));
    scenario(&wrong("{ error = \"invalid_clinet\" }"), &["8:44:", "did you mean `invalid_client`?"]);
    scenario(&wrong("{ error = \"a\\\\b\" }"), &["8:44:", "no error code"]);
    scenario(&wrong("{ or = [\"invalid_client\"] }"), &["an expectation is {"]);
    let named = |codes: &str, name: &str| {
        let expect = format!("{{ error = \"invalid_grant\", or = [\"@{name}\"] }}");
        wrong(&expect).replace("[[case]]", &format!("[codes]\n{codes}\n[[case]]"))
    };
    scenario(&named("fit = [\"invalid_clinet\"]", "fit"), &["3:8:", "did you mean `invalid_client`?"]);
    scenario(
        &named("fit = [\"invalid_client\"]", "fits"),
        &["10:", "no error codes the name `fits`; did you mean `fit`?"],
    );
    scenario(&named("fit = \"invalid_client\"", "fit"), &["3:7:", "a list of error codes"]);
    scenario(&wrong("{ present = [\"iss\"], absent = \"sub\" }"), &["an expectation is {"]);
}

#[test]
fn scenarios_that_are_not_there() {
    for command in ["run", "list"] {
        call(&[command, "--scenarios", "nowhere"]).run().with(2).says(&[
            "--scenarios",
            "nowhere",
            "name a file or a folder",
        ]);
    }
}

#[test]
fn a_folder_without_scenarios() {
    for command in [vec!["run"], vec!["list"], vec!["explain", "pkce/verifier-mismatch"]] {
        let args = [command, vec!["--scenarios", "own"]].concat();
        call(&args).file("own/README.md", "none yet").run().with(2).says(&["--scenarios own", "no .toml file"]);
    }
}

#[test]
fn a_target_file_that_cannot_be_read_is_pointed_to() {
    target_file("isuer = \"http://127.0.0.1:1\"\n", &[":1:1:", "unknown key `isuer`; did you mean `issuer`?"]);
    target_file("issuer = \"http://127.0.0.1:1\n", &[":1:", "invalid"]);
    target_file("issuer = 1\n", &[":1:10:", "expected a string"]);
    target_file("profile = \"oidc\"\n", &["no issuer", "[endpoints]"]);
    target_file("[endpoints]\ntoken = \"not a url\"\n", &[":2:9:", "`not a url` is not a URL", "https://"]);
    target_file(
        "issuer = \"as.example\"\n[[client]]\nid = \"web\"\nredirect_uri = \"http://127.0.0.1/cb\"\n",
        &["as.example", "not a URL", "https://"],
    );
}

#[test]
fn a_client_of_a_target_file_that_cannot_be_used_is_named() {
    let client = |line: &str| {
        format!(
            "issuer = \"http://127.0.0.1:1\"\n[[client]]\nid = \"web\"\nredirect_uri = \"http://127.0.0.1/cb\"\n{line}\n"
        )
    };
    let unset = client("secret = { env = \"GRANTSPEC_TEST_UNSET\" }");
    target_file(&unset, &["[[client]] web: secret", "GRANTSPEC_TEST_UNSET is not set", "export it"]);
    target_file(&client("secret = { envv = \"A\" }"), &[":5:10:", "{ env = \"NAME\" }"]);
    target_file(&client("secret = { file = \"nowhere\" }"), &["[[client]] web: secret", "nowhere"]);
    target_file(&client("secret = \"s\"\nauth = \"none\""), &["[[client]] web: auth", "without a secret"]);
    let misspelt = client("secret = \"s\"\nauth = \"bsic\"");
    target_file(&misspelt, &[":6:8:", "no authentication method `bsic`; did you mean `basic`?"]);
    target_file(&client("redirect_ur = \"x\""), &[":5:1:", "did you mean `redirect_uri"]);
}

#[test]
fn an_origin_that_is_none() {
    target_file("[login]\norigins = [\"login.example\"]\n", &[":2:11:", "`login.example` is no origin", "https://"]);
    target_file("[login]\norigin = \"https://login.example\"\n", &[":2:1:", "did you mean `origins`?"]);
    let flag = call(&["run", "http://127.0.0.1:1", "--login-origin", "https://login.example/login"]).run().with(2);
    flag.says(&["--login-origin", "`https://login.example/login` is no origin"]);
}

#[test]
fn a_target_file_that_is_not_there() {
    call(&["run", "--config", "nowhere.toml"]).run().with(2).says(&["nowhere.toml"]);
    let ended = call(&["run"]).file("grantspec.toml", b"\xff\xfe").run().with(2);
    ended.says(&["grantspec.toml", "UTF-8"]);
}

#[test]
fn a_report_that_cannot_be_written_is_known_before_anything_is_asked() {
    let nowhere = call(&["run", "pkce", "--report", "json=nowhere/report.json"]).run().with(2);
    nowhere.says(&["--report", "nowhere/report.json", "make it, or write elsewhere"]).without(&["cells"]);
    call(&["run", "pkce", "--report", "json=."]).run().with(2).says(&["that is a folder"]).without(&["cells"]);
    call(&["run", "pkce", "--report", "report.json"]).run().with(2).says(&["json=FILE"]).without(&["cells"]);
    call(&["run", "pkce", "--report", "yaml=report"]).run().with(2).says(&["json=FILE"]).without(&["cells"]);
}
