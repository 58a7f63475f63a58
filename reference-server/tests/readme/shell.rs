//! The program on a free port, and a shell beside it.

use std::io::{BufRead, BufReader, Write};
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};

/// The reference server as its own process, until it is dropped.
pub struct Program {
    pub issuer: String,
    child: Child,
}

impl Program {
    /// The program with these arguments, on a port that is free.
    pub fn start(args: &[&str]) -> Program {
        let mut command = Command::new(env!("CARGO_BIN_EXE_reference-server"));
        command.args(["--port", "0"]).args(args).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::null());
        let mut child = command.spawn().expect("the program that cargo built for this test starts");
        let mut issuer = String::new();
        let stdout = child.stdout.take().expect("it is piped");
        BufReader::new(stdout).read_line(&mut issuer).expect("the program says where it listens");
        issuer.truncate(issuer.trim_end().len());
        Program { issuer, child }
    }
}

impl Drop for Program {
    fn drop(&mut self) {
        let _ = self.child.kill();
        let _ = self.child.wait();
    }
}

/// What the program says about its command line.
pub fn usage() -> String {
    let output = Command::new(env!("CARGO_BIN_EXE_reference-server")).arg("--help").output();
    let output = output.expect("the program that cargo built for this test starts");
    String::from_utf8(output.stdout).expect("it speaks UTF-8")
}

/// Run these scripts one after the other in one shell, in an empty folder, and what each of them printed.
///
/// The shell ends at the first command that fails.
pub fn run(name: &str, preparation: &str, scripts: &[String]) -> Vec<String> {
    /// Between what two of them print; no text of ours holds it.
    const BETWEEN: char = '\u{1E}';

    let folder = Folder::new();
    let mut text = format!("{preparation}\n");
    for script in scripts {
        text.push_str(script);
        text.push_str("\nprintf '\\036'\n");
    }
    let mut shell = Command::new("sh");
    shell.args(["-eu", "-c", &text]).current_dir(&folder.0).stdin(Stdio::null());
    // A proxy or a .curlrc of whoever runs the test is none of ours.
    shell.env("HOME", &folder.0).env("CURL_HOME", &folder.0).env("NO_PROXY", "127.0.0.1").env("no_proxy", "127.0.0.1");
    let output = shell.output().expect("a shell was found before");
    let printed = String::from_utf8_lossy(&output.stdout).into_owned();
    let complaint = String::from_utf8_lossy(&output.stderr);
    assert!(output.status.success(), "below {name}: the shell ended with {}: {complaint}\n{printed}", output.status);
    let printed: Vec<String> = printed.split(BETWEEN).take(scripts.len()).map(str::to_owned).collect();
    assert_eq!(printed.len(), scripts.len(), "below {name}: a block ended the shell");
    printed
}

/// The first of these programs that is not here.
pub fn missing<'a>(programs: &[&'a str]) -> Option<&'a str> {
    let path = std::env::var_os("PATH").unwrap_or_default();
    let is_here = |program: &&str| std::env::split_paths(&path).any(|folder| folder.join(program).is_file());
    programs.iter().copied().find(|program| !is_here(program))
}

/// Say something that is seen even when the test passes: the test runner keeps what is printed, not what is written.
pub fn say(line: &str) {
    let _ = writeln!(std::io::stderr(), "{line}");
}

/// An empty folder, for as long as it is held.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Folder {
        static NEXT: AtomicU32 = AtomicU32::new(0);
        let name = format!("readme-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
        let path = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
        std::fs::create_dir_all(&path).expect("the folder for temporary files can be written");
        Folder(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.0);
    }
}
