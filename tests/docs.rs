//! The commands of README and pages work: each page is followed, in order, on a copy of the example repository that has
//! old bugs. What needs machines, credentials or root is parsed only; other tests run it.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

/// All pages for users.
fn pages() -> Vec<PathBuf> {
    let mut pages: Vec<PathBuf> = std::fs::read_dir(common::root().join("docs"))
        .unwrap()
        .map(|entry| entry.unwrap().path())
        .filter(|path| path.extension().is_some_and(|extension| extension == "md"))
        .collect();
    pages.push(common::root().join("README.md"));
    pages.sort();
    pages
}

/// The commands of a page that call sprag, in its fenced blocks for shells.
fn commands(page: &str) -> Vec<String> {
    let mut commands = Vec::new();
    let mut language: Option<&str> = None;
    for line in page.lines() {
        if let Some(info) = line.trim_start().strip_prefix("```") {
            language = if language.is_some() { None } else { Some(info.trim()) };
        } else if matches!(language, Some("" | "sh" | "console")) {
            let line = line.strip_prefix("$ ").unwrap_or(line);
            let line = line.split("  #").next().unwrap().trim();
            let calls = line.starts_with("sprag ") || line.contains("| xargs") && line.contains(" sprag ");
            if calls && !line.starts_with("sprag: ") {
                commands.push(line.to_owned());
            }
        }
    }
    commands
}

/// The example repository with its old bugs, on a branch with a change, and `origin/main`.
struct Checkout(TempDir);

impl Checkout {
    fn new() -> Self {
        let checkout = Self(tempfile::tempdir().unwrap());
        common::copy_tree(&common::root().join("testdata/homelab-broken"), checkout.0.path());
        // `sprag init` is for repositories without one.
        std::fs::remove_file(checkout.0.path().join(".sprag.hcl")).unwrap();
        let example = checkout.0.path().join("testdata/homelab-broken");
        common::copy_tree(&common::root().join("testdata/homelab-broken/monitoring"), &example.join("monitoring"));
        for command in [
            "git init -q -b main",
            "git add -A",
            "git -c user.name=A -c user.email=a@example.org commit -qm one",
            "git update-ref refs/remotes/origin/main HEAD",
            "echo '# changed' >> modules/vm/main.tf",
            "git add -A",
        ] {
            let output = checkout.shell(command);
            assert!(output.status.success(), "{command}: {output:?}");
        }
        checkout
    }

    fn shell(&self, command: &str) -> Output {
        let program = Path::new(env!("CARGO_BIN_EXE_sprag")).parent().unwrap().display();
        let path = std::env::var("PATH").unwrap();
        Command::new("sh")
            .args(["-c", command])
            .current_dir(self.0.path())
            .env_clear()
            .env("PATH", format!("{program}:{path}"))
            .env("GIT_CONFIG_GLOBAL", "/dev/null")
            .output()
            .unwrap()
    }
}

#[test]
fn commands_of_all_pages_work() {
    if Command::new("git").arg("--version").output().is_err() {
        return common::e2e::skip("git");
    }
    let pages = pages();
    let count: usize = std::thread::scope(|scope| {
        let followed: Vec<_> = pages.iter().map(|page| scope.spawn(|| follow(page))).collect();
        followed.into_iter().map(|page| page.join().unwrap()).sum()
    });
    assert!(count > 15, "only {count} commands were found");
}

/// Runs the commands of a page one after another. How many there are.
fn follow(page: &Path) -> usize {
    let commands = commands(&std::fs::read_to_string(page).unwrap());
    if commands.is_empty() {
        return 0;
    }
    let checkout = Checkout::new();
    for command in &commands {
        let is_parsed_only =
            ["sprag drift ", "sprag retry ", "sprag lint --prometheus "].iter().any(|start| command.starts_with(start));
        let output = if is_parsed_only {
            // What stands before `--help` is checked, nothing is done.
            let arguments = command.split(" -- ").next().unwrap();
            checkout.shell(&format!("{arguments} --help"))
        } else {
            checkout.shell(command)
        };
        let status = output.status.code().unwrap();
        // 123 is how xargs says that the command found something.
        let is_fine = status == 0 || matches!(status, 1 | 123) && command.contains("lint");
        let stderr = String::from_utf8_lossy(&output.stderr);
        assert!(is_fine, "{}: `{command}` gives {status}\n{stderr}", page.display());
    }
    commands.len()
}

/// The flags that pages name in running text and tables exist.
#[test]
fn flags_of_all_pages_exist() {
    let lint = |flag: &str| {
        let output = Command::new(env!("CARGO_BIN_EXE_sprag")).args(["lint", "--help"]).env_clear().output().unwrap();
        String::from_utf8(output.stdout).unwrap().contains(flag)
    };
    let call = regex::Regex::new(r"`sprag lint ([^`]+)`").unwrap();
    for page in pages() {
        let text = std::fs::read_to_string(&page).unwrap();
        for words in call.captures_iter(&text).map(|captures| captures[1].to_owned()) {
            for flag in words.split_whitespace().filter(|word| word.starts_with("--") && word.len() > 2) {
                let flag = flag.split('=').next().unwrap();
                assert!(lint(flag), "{}: `sprag lint {words}`: there is no {flag}", page.display());
            }
        }
    }
}

/// Files and directories that the pages link to exist.
#[test]
fn links_lead_somewhere() {
    let link = regex::Regex::new(r"\]\(([^)#]+)[^)]*\)").unwrap();
    let more = ["CONTRIBUTING.md", "CHANGELOG.md"].map(|page| common::root().join(page));
    for page in pages().into_iter().chain(more) {
        let text = std::fs::read_to_string(&page).unwrap();
        for found in link.captures_iter(&text).map(|captures| captures[1].to_owned()) {
            let is_local = !found.contains("://") && found.contains(['/', '.']);
            let leads = page.parent().unwrap().join(&found).exists();
            assert!(!is_local || leads, "{} links to {found}", page.display());
        }
    }
}
