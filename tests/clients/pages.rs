//! The pages in a real browser, looked at by axe-core: in light and dark, and 320 pixels wide. What can be told without a browser is in the tests of
//! the reference server, which always run; where no browser can be had, this test says so and is skipped.

use std::process::Command;

use crate::other_languages::{installed, node, npm, run, say};
use crate::server::serve;

/// The names that the browser has on one system or another.
const BROWSERS: [&str; 4] = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable"];

#[tokio::test(flavor = "multi_thread")]
async fn axe_core_finds_nothing() {
    let browser = BROWSERS.into_iter().find_map(|name| {
        std::env::split_paths(&std::env::var_os("PATH")?).map(|folder| folder.join(name)).find(|path| path.is_file())
    });
    let Some(browser) = browser else { return say("skipped: axe-core: chromium not found") };
    let folder = match node().and_then(|version| installed("pages", &version, "package-lock.json", npm)) {
        Ok(folder) => folder,
        Err(reason) => return say(&format!("skipped: axe-core: {reason}")),
    };
    let server = serve().await;
    let mut look = Command::new("node");
    look.arg(folder.join("look.mjs")).arg(&server.issuer).arg(browser).env("NO_PROXY", "127.0.0.1");
    let seen = run(&mut look).unwrap_or_else(|problems| panic!("{problems}"));
    say(String::from_utf8_lossy(&seen.stdout).trim_end());
}
