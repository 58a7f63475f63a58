//! Calls of the program, each in a folder of its own and with a deadline.

use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::atomic::{AtomicU32, Ordering};
use std::sync::mpsc;
use std::time::{Duration, Instant};

/// No call takes longer than this, whatever the server does.
const DEADLINE: Duration = Duration::from_secs(60);

/// A call of the program.
pub struct Call {
    command: Command,
    folder: PathBuf,
}

/// What came of a call.
#[derive(Debug)]
pub struct Ended {
    pub code: i32,
    pub stdout: String,
    pub stderr: String,
    pub took: Duration,
}

/// The program, with nothing in its environment that is meant for it.
pub fn program() -> Command {
    let mut command = Command::new(env!("CARGO_BIN_EXE_grantspec"));
    for (name, _) in std::env::vars_os() {
        let name = name.to_string_lossy().into_owned();
        if name.starts_with("GRANTSPEC_") || name.starts_with("CLICOLOR") || name == "NO_COLOR" {
            command.env_remove(name);
        }
    }
    command.stdin(Stdio::null());
    command
}

/// A call with these arguments, in an empty folder.
pub fn call(args: &[&str]) -> Call {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let name = format!("call-{}-{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let folder = Path::new(env!("CARGO_TARGET_TMPDIR")).join(name);
    // A folder with .git is the top of a repository: no target file is looked for above it.
    std::fs::create_dir_all(folder.join(".git")).expect("the folder for temporary files can be written");
    let mut command = program();
    command.args(args).current_dir(&folder);
    Call { command, folder }
}

impl Call {
    /// With an environment variable.
    pub fn env(mut self, name: &str, value: &str) -> Self {
        self.command.env(name, value);
        self
    }

    /// With a file in the folder of the call.
    pub fn file(self, name: &str, text: impl AsRef<[u8]>) -> Self {
        let path = self.folder.join(name);
        std::fs::create_dir_all(path.parent().expect("a file stands in a folder")).expect("a folder below ours");
        std::fs::write(path, text).expect("a file in our folder");
        self
    }

    /// From a folder below the folder of the call.
    pub fn below(mut self, name: &str) -> Self {
        let below = self.folder.join(name);
        std::fs::create_dir_all(&below).expect("a folder below ours");
        self.command.current_dir(below);
        self
    }

    /// Makes the call, and the text of a file that it wrote.
    pub fn writes(self, name: &str) -> (Ended, String) {
        let path = self.folder.join(name);
        let ended = self.run();
        let text =
            std::fs::read_to_string(&path).unwrap_or_else(|error| panic!("{name} was not written: {error}: {ended:?}"));
        (ended, text)
    }

    /// Makes the call.
    pub fn run(&self) -> Ended {
        let mut command = Command::new(self.command.get_program());
        command.args(self.command.get_args()).stdin(Stdio::null()).stdout(Stdio::piped()).stderr(Stdio::piped());
        command.current_dir(self.command.get_current_dir().expect("every call has a folder"));
        for (name, value) in self.command.get_envs() {
            match value {
                Some(value) => command.env(name, value),
                None => command.env_remove(name),
            };
        }
        let began = Instant::now();
        let mut child = command.spawn().expect("the program that cargo built for this test starts");
        let (tell, told) = mpsc::channel();
        let stdout = read(child.stdout.take().expect("it is piped"), tell.clone());
        let stderr = read(child.stderr.take().expect("it is piped"), tell);
        for _ in 0..2 {
            if told.recv_timeout(DEADLINE).is_err() {
                let _ = child.kill();
                panic!("no end after {DEADLINE:?}: {:?}", self.command);
            }
        }
        let status = child.wait().expect("a child that closed its output ends");
        let ended = Ended {
            code: status.code().unwrap_or(-1),
            stdout: stdout.join().expect("reading does not panic"),
            stderr: stderr.join().expect("reading does not panic"),
            took: began.elapsed(),
        };
        assert!(!ended.stderr.contains("panicked"), "{ended:#?}");
        ended
    }
}

impl Drop for Call {
    fn drop(&mut self) {
        let _ = std::fs::remove_dir_all(&self.folder);
    }
}

fn read(mut from: impl Read + Send + 'static, tell: mpsc::Sender<()>) -> std::thread::JoinHandle<String> {
    std::thread::spawn(move || {
        let mut bytes = Vec::new();
        let _ = from.read_to_end(&mut bytes);
        let _ = tell.send(());
        String::from_utf8_lossy(&bytes).into_owned()
    })
}

impl Ended {
    /// It ended with this code.
    #[track_caller]
    pub fn with(self, code: i32) -> Self {
        assert_eq!(self.code, code, "{self:#?}");
        self
    }

    /// Each of these stands in what it printed, on whichever stream.
    #[track_caller]
    pub fn says(self, words: &[&str]) -> Self {
        for word in words {
            assert!(self.stdout.contains(word) || self.stderr.contains(word), "it does not say {word:?}: {self:#?}");
        }
        self
    }

    /// None of these stands in what it printed.
    #[track_caller]
    pub fn without(self, words: &[&str]) -> Self {
        for word in words {
            assert!(!self.stdout.contains(word) && !self.stderr.contains(word), "it says {word:?}: {self:#?}");
        }
        self
    }
}
