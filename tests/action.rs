//! The steps of `action.yml` as a runner executes them, against a release that the test packs and serves on loopback.
#![cfg(unix)]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::collections::BTreeMap;
use std::fs;
use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::path::{Path, PathBuf};
use std::process::Command;
use std::sync::{Arc, Mutex, OnceLock};

use base64::Engine;
use serde_yaml::Value;
use tempfile::TempDir;

const TARGET: &str = "x86_64-unknown-linux-musl";

/// Path, authorization and body of each post.
type Posts = Mutex<Vec<(String, String, Vec<u8>)>>;

/// Serves the files of a directory and keeps what is posted.
struct Server {
    address: String,
    posts: Arc<Posts>,
}

impl Server {
    fn start(directory: PathBuf) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = format!("http://{}", listener.local_addr().unwrap());
        let posts = Arc::<Posts>::default();
        let kept = Arc::clone(&posts);
        // Ends with the test program.
        std::thread::spawn(move || {
            for stream in listener.incoming().map_while(Result::ok) {
                answer(&stream, &directory, &kept);
            }
        });
        Self { address, posts }
    }
}

fn answer(mut stream: &TcpStream, directory: &Path, posts: &Posts) {
    let mut reader = BufReader::new(stream);
    let mut lines = Vec::new();
    loop {
        let mut line = String::new();
        if reader.read_line(&mut line).unwrap_or(0) == 0 || line.trim().is_empty() {
            break;
        }
        lines.push(line.trim().to_owned());
    }
    let Some(request) = lines.first() else { return };
    let header = |name: &str| {
        let found =
            lines.iter().filter_map(|line| line.split_once(": ")).find(|(key, _)| key.eq_ignore_ascii_case(name));
        found.map_or_else(String::new, |(_, value)| value.to_owned())
    };
    let (method, path) = request.split_once(' ').unwrap();
    let path = path.split(' ').next().unwrap().to_owned();
    let (status, body) = if method == "POST" {
        let mut body = vec![0; header("content-length").parse().unwrap_or(0)];
        if header("expect") == "100-continue" {
            stream.write_all(b"HTTP/1.1 100 Continue\r\n\r\n").unwrap();
        }
        reader.read_exact(&mut body).unwrap();
        posts.lock().unwrap().push((path, header("authorization"), body));
        ("202 Accepted", b"{}".to_vec())
    } else {
        match fs::read(directory.join(path.trim_start_matches('/'))) {
            Ok(body) => ("200 OK", body),
            Err(_) => ("404 Not Found", Vec::new()),
        }
    };
    let head = format!("HTTP/1.1 {status}\r\nContent-Length: {}\r\nConnection: close\r\n\r\n", body.len());
    let _ = stream.write_all(head.as_bytes()).and_then(|()| stream.write_all(&body));
}

/// A runner with a workspace and a release to install.
struct Runner {
    directory: TempDir,
    server: Server,
}

/// What the steps printed and how the job ended.
#[derive(Debug)]
struct Job {
    log: String,
    passed: bool,
}

impl Runner {
    /// With the release of a program.
    fn new(program: &Path) -> Self {
        Self::with_archive(|release| pack(program, release))
    }

    /// With what `put` puts into the directory of the release.
    fn with_archive(put: impl FnOnce(&Path)) -> Self {
        let directory = tempfile::tempdir().unwrap();
        let release = directory.path().join("served").join(format!("v{}", env!("CARGO_PKG_VERSION")));
        fs::create_dir_all(&release).unwrap();
        put(&release);
        let archive = format!("sprag-{TARGET}.tar.gz");
        let sums = Command::new("sha256sum").arg(&archive).current_dir(&release).output().unwrap();
        fs::write(release.join("SHA256SUMS"), sums.stdout).unwrap();
        for name in ["workspace", "temp"] {
            fs::create_dir(directory.path().join(name)).unwrap();
        }
        let server = Server::start(directory.path().join("served"));
        Self { directory, server }
    }

    /// With the release of the program under test, which is packed once for all tests.
    fn own() -> Self {
        static PACKED: OnceLock<PathBuf> = OnceLock::new();
        let packed = PACKED.get_or_init(|| {
            let directory = Path::new(env!("CARGO_TARGET_TMPDIR")).join("release");
            fs::create_dir_all(&directory).unwrap();
            let program = directory.join("sprag");
            // What only a debugger needs makes most of it.
            let stripped = Command::new("strip").arg("-o").arg(&program).arg(env!("CARGO_BIN_EXE_sprag")).status();
            if !stripped.is_ok_and(|status| status.success()) {
                fs::copy(env!("CARGO_BIN_EXE_sprag"), &program).unwrap();
            }
            pack(&program, &directory);
            directory
        });
        let archive = format!("sprag-{TARGET}.tar.gz");
        Self::with_archive(|release| {
            fs::copy(packed.join(&archive), release.join(&archive)).unwrap();
        })
    }

    /// With the release of the program under test, and the example with its bugs to lint.
    fn broken_homelab() -> Self {
        let runner = Self::own();
        common::copy_tree(&common::root().join("testdata/homelab-broken"), &runner.path("workspace"));
        runner
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn run(&self, inputs: &[(&str, &str)]) -> Job {
        let action: Value =
            serde_yaml::from_str(&fs::read_to_string(common::root().join("action.yml")).unwrap()).unwrap();
        let mut values: BTreeMap<String, String> = BTreeMap::new();
        for (name, input) in action["inputs"].as_mapping().unwrap() {
            values.insert(format!("inputs.{}", name.as_str().unwrap()), input["default"].as_str().unwrap().to_owned());
        }
        values.insert("inputs.releases".into(), self.server.address.clone());
        values.insert("inputs.token".into(), "a-token".into());
        for (name, value) in inputs {
            let known = values.insert(format!("inputs.{name}"), (*value).to_owned());
            assert!(known.is_some(), "the action has no input {name}");
        }
        values.insert("github.action_path".into(), common::root().display().to_string());
        let mut job = Job { log: String::new(), passed: true };
        for step in action["runs"]["steps"].as_sequence().unwrap() {
            if is_due(step, &values, job.passed) {
                self.step(step, &values, &mut job);
            }
        }
        job
    }

    fn step(&self, step: &Value, values: &BTreeMap<String, String>, job: &mut Job) {
        let added = fs::read_to_string(self.path("github-path")).unwrap_or_default();
        let path = added.lines().map(PathBuf::from).chain(["/usr/bin".into(), "/bin".into()]);
        let mut command = Command::new("bash");
        command.args(["--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"].as_str().unwrap()]);
        command.current_dir(self.path("workspace")).env_clear().env("PATH", std::env::join_paths(path).unwrap());
        command.env("RUNNER_OS", "Linux").env("RUNNER_ARCH", "X64").env("RUNNER_TEMP", self.path("temp"));
        command.env("GITHUB_PATH", self.path("github-path")).env("GITHUB_API_URL", &self.server.address);
        command
            .env("GITHUB_REPOSITORY", "me/lab")
            .env("GITHUB_SHA", "0".repeat(40))
            .env("GITHUB_REF", "refs/heads/main");
        command.env("GIT_CONFIG_GLOBAL", "/dev/null");
        for (name, value) in step["env"].as_mapping().unwrap() {
            command.env(name.as_str().unwrap(), filled_in(value.as_str().unwrap(), values));
        }
        let output = command.output().unwrap();
        job.log.push_str(&String::from_utf8_lossy(&output.stdout));
        job.log.push_str(&String::from_utf8_lossy(&output.stderr));
        job.passed &= output.status.success();
    }
}

/// Packs a program as a release does.
fn pack(program: &Path, release: &Path) {
    let packed = Command::new(common::root().join("scripts/package"))
        .args([TARGET.as_ref(), program.as_os_str(), release.as_os_str()])
        .output()
        .unwrap();
    assert!(packed.status.success(), "{}", String::from_utf8_lossy(&packed.stderr));
}

/// `${{ x }}` with its value.
fn filled_in(text: &str, values: &BTreeMap<String, String>) -> String {
    let hole = regex::Regex::new(r"\$\{\{ ([\w.-]+) \}\}").unwrap();
    hole.replace_all(text, |found: &regex::Captures<'_>| values[&found[1]].clone()).into_owned()
}

/// A step without `if` runs while all is well; the one with an `if` says so itself.
fn is_due(step: &Value, values: &BTreeMap<String, String>, passed: bool) -> bool {
    match step["if"].as_str() {
        None => passed,
        Some("${{ !cancelled() && inputs.upload-sarif == 'true' }}") => values["inputs.upload-sarif"] == "true",
        Some(other) => panic!("this test cannot evaluate {other}"),
    }
}

#[test]
fn findings_fail_the_job_and_become_annotations() {
    let runner = Runner::broken_homelab();
    let job = runner.run(&[]);
    assert!(!job.passed);
    assert!(job.log.contains(concat!("sprag ", env!("CARGO_PKG_VERSION"))), "{}", job.log);
    assert!(job.log.contains("::error file=modules/minio/main.tf,line=54,"), "{}", job.log);
    let stopped = job.log.split("::stop-commands::").nth(1).unwrap();
    let token = stopped.lines().next().unwrap();
    let (people, commands) = stopped.split_once(&format!("\n::{token}::\n")).unwrap();
    assert!(token.len() == 32 && people.contains("error[terraform/syntax]"), "{people}");
    assert!(commands.lines().any(|line| line.starts_with("::warning file=")), "{commands}");
    let quiet = runner.run(&[("annotations", "false")]);
    assert!(!quiet.passed && !quiet.log.contains("::error file="), "{}", quiet.log);
}

#[test]
fn a_clean_repository_passes() {
    let runner = Runner::own();
    common::copy_tree(&common::root().join("testdata/homelab"), &runner.path("workspace"));
    let job = runner.run(&[]);
    assert!(job.passed && !job.log.contains("::error"), "{}", job.log);
    assert!(job.log.contains("no findings in ") || job.log.contains("no errors or warnings in "), "{}", job.log);
}

#[test]
fn paths_and_arguments_count() {
    let runner = Runner::broken_homelab();
    let job = runner.run(&[("paths", "modules/minio modules/lxc"), ("args", "--select  proxmox\n--fail-on error")]);
    assert!(!job.passed && job.log.contains("proxmox/mount-point-size-without-unit"), "{}", job.log);
    assert!(!job.log.contains("terraform/syntax"), "{}", job.log);
    let nowhere = runner.run(&[("paths", "no/such/path")]);
    assert!(!nowhere.passed && nowhere.log.contains("::error title=sprag::sprag could not run"), "{}", nowhere.log);
}

#[test]
fn a_wrong_checksum_runs_nothing() {
    let runner = Runner::broken_homelab();
    let release = runner.path("served").join(format!("v{}", env!("CARGO_PKG_VERSION")));
    let sums = fs::read_to_string(release.join("SHA256SUMS")).unwrap();
    let other = if sums.starts_with('0') { "1" } else { "0" };
    fs::write(release.join("SHA256SUMS"), format!("{other}{}", &sums[1..])).unwrap();
    let job = runner.run(&[]);
    assert!(!job.passed && job.log.contains("nothing of it was run"), "{}", job.log);
    assert!(!job.log.contains("terraform/syntax") && !runner.path("github-path").exists(), "{}", job.log);
    fs::write(release.join("SHA256SUMS"), "").unwrap();
    assert!(runner.run(&[]).log.contains("SHA256SUMS says nothing"));
}

#[test]
fn versions_are_checked() {
    let runner = Runner::broken_homelab();
    let job = runner.run(&[("version", "v9.9.9")]);
    assert!(!job.passed && job.log.contains("is there such a release?"), "{}", job.log);
    let job = runner.run(&[("version", "../../x")]);
    assert!(!job.passed && job.log.contains("is no version"), "{}", job.log);
    let job = runner.run(&[("version", concat!("v", env!("CARGO_PKG_VERSION")))]);
    assert!(job.log.contains("terraform/syntax"), "{}", job.log);
}

#[test]
fn the_report_is_uploaded_although_there_are_findings() {
    let runner = Runner::broken_homelab();
    let job = runner.run(&[("sarif", "sprag.sarif"), ("upload-sarif", "true")]);
    assert!(!job.passed);
    let posts = runner.server.posts.lock().unwrap();
    let (path, authorization, body) = &posts[0];
    assert_eq!((path.as_str(), authorization.as_str()), ("/repos/me/lab/code-scanning/sarifs", "Bearer a-token"));
    let body: serde_json::Value = serde_json::from_slice(body).unwrap();
    assert_eq!(body["ref"], "refs/heads/main");
    let packed = base64::engine::general_purpose::STANDARD.decode(body["sarif"].as_str().unwrap()).unwrap();
    fs::write(runner.path("report.gz"), packed).unwrap();
    let plain = Command::new("gunzip").arg("-c").arg(runner.path("report.gz")).output().unwrap().stdout;
    assert_eq!(plain, fs::read(runner.path("workspace/sprag.sarif")).unwrap());
    assert!(!job.log.contains("a-token"), "{}", job.log);
}

#[test]
fn an_upload_without_a_report_says_what_is_missing() {
    let job = Runner::broken_homelab().run(&[("upload-sarif", "true")]);
    assert!(!job.passed && job.log.contains("upload-sarif needs sarif"), "{}", job.log);
}

/// A ref that only `origin` knows is fetched, and its commit is what sprag is asked about.
#[test]
fn since_is_a_commit_also_in_a_shallow_checkout() {
    let tools = tempfile::tempdir().unwrap();
    let program = tools.path().join("sprag");
    let script = "#!/bin/sh\ncase $1 in\n  lint) echo \"asked: $*\" ;;\n  man) : ;;\n  *) echo sprag ;;\nesac\n";
    fs::write(&program, script).unwrap();
    fs::set_permissions(&program, std::os::unix::fs::PermissionsExt::from_mode(0o755)).unwrap();
    let runner = Runner::new(&program);
    let origin = runner.path("origin");
    fs::create_dir(&origin).unwrap();
    let git = |directory: &Path, arguments: &[&str]| {
        let identity = ["-c", "user.name=a", "-c", "user.email=a@example.org", "-c", "init.defaultBranch=main"];
        let output = Command::new("git").args(identity).args(arguments).current_dir(directory).output().unwrap();
        assert!(output.status.success(), "{arguments:?}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).unwrap().trim().to_owned()
    };
    git(&origin, &["init", "--quiet"]);
    git(&origin, &["commit", "--quiet", "--allow-empty", "--message", "base"]);
    git(&origin, &["branch", "base"]);
    let base = git(&origin, &["rev-parse", "HEAD"]);
    git(&origin, &["commit", "--quiet", "--allow-empty", "--message", "work"]);
    let url = format!("file://{}", origin.display());
    git(&runner.path("."), &["clone", "--quiet", "--depth=1", &url, "workspace"]);
    let job = runner.run(&[("since", "base")]);
    assert!(job.passed && job.log.contains(&format!("asked: lint --since {base} -- .")), "{}", job.log);
    let unknown = runner.run(&[("since", "no-such-branch")]);
    assert!(!unknown.passed && unknown.log.contains("neither known here nor at origin"), "{}", unknown.log);
}
