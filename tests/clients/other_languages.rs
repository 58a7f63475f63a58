//! Clients in other languages: `openid-client` for Node and Authlib for Python, in the versions that the files beside their scripts pin.
//! Where one of them cannot be had, the test says so and is skipped.

use std::io::Write;
use std::path::{Path, PathBuf};
use std::process::{Command, Output, Stdio};

use crate::server::serve;

/// The oldest Node that `openid-client` runs on.
const OLDEST_NODE: u32 = 20;

/// What each of them has to say that it did.
const GRANTS: [&str; 7] = [
    "authorization code",
    "implicit",
    "hybrid",
    "client credentials",
    "password",
    "refresh token",
    "extension (urn:example:grant-type:voucher)",
];

#[tokio::test(flavor = "multi_thread")]
async fn openid_client_of_npm() {
    match node().and_then(|version| installed("node", &version, "package-lock.json", npm)) {
        Ok(folder) => drive("openid-client", Command::new("node").arg(folder.join("drive.mjs"))).await,
        Err(reason) => say(&format!("skipped: openid-client: {reason}")),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn authlib_of_pypi() {
    let pip = |folder: &Path| {
        let mut pip = Command::new("python3");
        pip.args([
            "-m",
            "pip",
            "install",
            "--quiet",
            "--disable-pip-version-check",
            "--retries",
            "1",
            "--timeout",
            "20",
        ]);
        pip.args(["--requirement", "requirements.txt", "--upgrade", "--target", "site"]).current_dir(folder);
        pip
    };
    match version("python3").and_then(|version| installed("python", &version, "requirements.txt", pip)) {
        Ok(folder) => {
            let mut python = Command::new("python3");
            python.arg(folder.join("drive.py")).env("PYTHONPATH", folder.join("site"));
            drive("Authlib", &mut python).await;
        }
        Err(reason) => say(&format!("skipped: Authlib: {reason}")),
    }
}

/// Give a script the server, and see that it drove it through all that it knows.
async fn drive(library: &str, script: &mut Command) {
    let server = serve().await;
    // A proxy would not find a server that listens on loopback.
    let keys = Path::new(env!("CARGO_MANIFEST_DIR")).join("../reference-server/demo");
    let output = run(script.arg(&server.issuer).arg(keys).env("NO_PROXY", "127.0.0.1"));
    let output = output.unwrap_or_else(|reason| panic!("{library}: {reason}"));
    let did = String::from_utf8_lossy(&output.stdout);
    say(did.trim_end());
    for grant in GRANTS {
        assert!(
            did.lines().any(|line| line.starts_with(library) && line.contains(grant)),
            "{library} left out {grant}"
        );
    }
}

/// The Node that is here, if it is young enough.
pub fn node() -> Result<String, String> {
    let version = version("node")?;
    let major = version.trim_start_matches('v').split('.').next().and_then(|major| major.parse::<u32>().ok());
    match major {
        Some(major) if major >= OLDEST_NODE => Ok(version),
        _ => Err(format!("node {version} is older than {OLDEST_NODE}")),
    }
}

fn version(program: &str) -> Result<String, String> {
    let output = run(Command::new(program).arg("--version"))?;
    Ok(String::from_utf8_lossy(&output.stdout).trim().to_owned())
}

/// A copy of a folder beside this file, with what its lock file names installed into it: once for each version of the language.
pub fn installed(
    language: &str,
    version: &str,
    lock: &str,
    install: impl FnOnce(&Path) -> Command,
) -> Result<PathBuf, String> {
    let source = Path::new(env!("CARGO_MANIFEST_DIR")).join("clients").join(language);
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(format!("clients-{language}"));
    std::fs::create_dir_all(&folder).expect("the folder for temporary files can be written");
    for file in std::fs::read_dir(source).expect("the scripts are part of the sources") {
        let file = file.expect("a folder that can be opened can be listed");
        if file.path().is_file() {
            std::fs::copy(file.path(), folder.join(file.file_name())).expect("a folder of ours can be written");
        }
    }
    let lock = std::fs::read_to_string(folder.join(lock)).expect("it was just copied");
    let (stamp, wanted) = (folder.join("installed"), format!("{version}\n{lock}"));
    if std::fs::read_to_string(&stamp).is_ok_and(|there| there == wanted) {
        return Ok(folder);
    }
    run(&mut install(&folder))?;
    std::fs::write(stamp, wanted).expect("a folder of ours can be written");
    Ok(folder)
}

/// What installs the packages of npm that a lock file names.
pub fn npm(folder: &Path) -> Command {
    let mut npm = Command::new("npm");
    npm.args(["ci", "--no-audit", "--no-fund", "--fetch-retries=1", "--fetch-timeout=20000"]).current_dir(folder);
    npm
}

/// What a program printed that ended well; else what it complained about, in a few lines.
pub fn run(command: &mut Command) -> Result<Output, String> {
    let name = command.get_program().to_string_lossy().into_owned();
    let output = command.stdin(Stdio::null()).output().map_err(|_| format!("{name} not found"))?;
    if output.status.success() {
        return Ok(output);
    }
    let said = [output.stdout, output.stderr].concat();
    Err(format!("{name} ended with {}:\n{}", output.status, String::from_utf8_lossy(&said).trim_end()))
}

/// Say something that is seen even when the test passes: the test runner keeps what is printed, not what is written.
pub fn say(lines: &str) {
    let _ = writeln!(std::io::stderr(), "{lines}");
}
