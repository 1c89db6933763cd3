//! The binary as people use it: arguments, bad input, exit status, what goes to which stream.

#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::io::Write;
use std::process::{Command, Stdio};

use common::repository::{Ran, Repository};

/// Leaves out what is about house-keeping.
const QUIET: [&str; 8] = [
    "--ignore",
    "terraform/missing-required-version",
    "--ignore",
    "terraform/unused-declaration",
    "--ignore",
    "terraform/undocumented-variable",
    "--ignore",
    "terraform/unconstrained-provider",
];

/// `sprag lint --format concise` with more arguments. What is about house-keeping would need longer files.
fn lint(repository: &Repository, arguments: &[&str]) -> Ran {
    repository.run(&[&["lint", "--format", "concise"], &QUIET[..], arguments].concat())
}

const EMPTY_TEST: (&str, &str) = ("m/tests/a.tftest.hcl", "variables {\n  a = 1\n}\n");
const MODULE: (&str, &str) = ("m/main.tf", "variable \"a\" {\n  type = string\n}\n");

#[test]
fn clean_is_quiet_and_zero() {
    let ran = lint(&Repository::new(&[MODULE]), &[]);
    assert_eq!((ran.stdout.as_str(), ran.status), ("", 0));
    assert_eq!(ran.stderr, "no findings in 1 file\n");
}

/// Where sprag is started and how a path is written changes how places are shown, and nothing else.
#[test]
fn the_same_wherever_it_is_started() {
    let house = "terraform {\n  required_providers {\n    random = \"~> 3.0\"\n  }\n}\n";
    let beside = "resource_invariant \"terraform_data\" \"unit\" {\n  input \"unit\" {\n    default = \"G\"\n  }\n  \
                  enforce {\n    condition     = endswith(attrs.input, input.unit)\n    \
                  error_message = \"no unit\"\n  }\n}\n";
    let files = [
        (".sprag.hcl", "lint {\n  inputs = { \"invariant/unit\" = { unit = \"T\" } }\n}\n"),
        ("old-bugs.sprag.hcl", beside),
        ("examples/simple/main.tf", house),
        ("modules/tests/setup/main.tf", house),
        ("modules/disk/main.tf", "resource \"terraform_data\" \"disk\" {\n  input = \"50G\"\n}\n"),
        ("modules/disk/versions.tf", house),
    ];
    let repository = Repository::new(&files);
    let lint = |directory: &str, path: &str| {
        let ran = repository.run_in(directory, &["lint", "--all", "--format", "json", "--fail-on", "note", path]);
        let document: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap_or_else(|_| panic!("{ran:?}"));
        let findings = document["diagnostics"].as_array().unwrap().iter();
        let mut found: Vec<String> =
            findings.map(|found| format!("{} {}", found["code"], found["fingerprint"])).collect();
        found.sort();
        found
    };
    let all = lint("", ".");
    assert!(all.iter().any(|found| found.contains("invariant/unit")), "{all:?}");
    assert!(all.len() > 2, "{all:?}");
    let root = repository.root().to_str().unwrap();
    for (directory, path) in [("", root), ("modules", root), ("modules", ".."), ("modules/tests/setup", "../../..")] {
        assert_eq!(lint(directory, path), all, "{path} in {directory}");
    }
    // What a part shows, the whole shows too; fixtures are fixtures from the inside as well.
    for (directory, path) in
        [("modules/disk", "."), ("examples/simple", "."), ("modules/tests", "setup"), ("", "modules")]
    {
        let part = lint(directory, path);
        assert!(part.iter().all(|found| all.contains(found)), "{path} in {directory}: {part:?}");
    }
    assert!(lint("modules/disk", ".").iter().any(|found| found.contains("invariant/unit")));
}

/// A setting that no lint has would do nothing.
#[test]
fn inputs_that_nobody_has_stop_everything() {
    let inputs = "lint {\n  inputs = {\n    \"terraform/unpinned-module-source\" = { stile = \"sha\" }\n    \
                  \"proxmox/snippet-datastore\"        = { datastor = \"nfs\" }\n    \
                  \"invariant/none\"                   = { x = 1 }\n  }\n}\n";
    let repository = Repository::new(&[MODULE, (".sprag.hcl", inputs)]);
    for ran in [lint(&repository, &[]), repository.run(&["config"])] {
        assert_eq!(ran.status, 2);
        let text = ran.stdout + &ran.stderr;
        for said in
            [".sprag.hcl:3", "unknown input `stile`", "unknown input `datastor`", "no invariant `invariant/none`"]
        {
            assert!(text.contains(said), "{text}");
        }
    }
}

/// Nor would a value that is not of the input's type.
#[test]
fn inputs_of_another_type_stop_everything() {
    let policy = |value: &str| {
        let deep = format!("{}string{}", "list(".repeat(300), ")".repeat(300));
        let mut text = format!("lint {{\n  inputs = {{\n    \"invariant/unit\" = {{ units = {value} }}\n  }}\n}}\n");
        text.push_str(
            "resource_invariant \"terraform_data\" \"unit\" {\n  input \"units\" {\n    type = list(string)\n  }\n",
        );
        text.push_str(&format!("  input \"deep\" {{\n    type = {deep}\n  }}\n"));
        text + "  enforce {\n    condition     = contains(input.units, attrs.input)\n    error_message = \"none\"\n  }\n}\n"
    };
    let run = |value: &str| {
        let disk = "resource \"terraform_data\" \"disk\" {\n  input = \"1\"\n}\n";
        let repository = Repository::new(&[("m/main.tf", disk), (".sprag.hcl", &policy(value))]);
        [lint(&repository, &[]), repository.run(&["config"])]
    };
    for value in ["\"G\"", "{ a = \"G\" }", "[[\"G\"]]", "5", &format!("{}{}", "[".repeat(300), "]".repeat(300))] {
        for ran in run(value) {
            assert_eq!(ran.status, 2, "{value}: {}{}", ran.stdout, ran.stderr);
            let text = ran.stdout + &ran.stderr;
            assert!(text.contains(".sprag.hcl:3"), "{text}");
            assert!(text.contains("input `units` of `invariant/unit` cannot take this: "), "{text}");
        }
    }
    // A number becomes a string, as in Terraform, and that is what the invariant sees.
    let [linted, shown] = run("[1, true]");
    assert_eq!((linted.status, shown.status), (0, 0), "{}{}", linted.stdout, shown.stderr);
    assert_eq!(run("[true]")[0].lints(), ["invariant/unit"]);
}

#[test]
fn findings_are_one_and_on_stdout() {
    let ran = lint(&Repository::new(&[MODULE, EMPTY_TEST]), &[]);
    assert_eq!(ran.status, 1);
    assert_eq!(ran.lints(), ["tftest/empty-file"]);
    assert!(ran.stdout.starts_with("m/tests/a.tftest.hcl:1:1: error[tftest/empty-file] "), "{}", ran.stdout);
    assert_eq!(ran.stderr, "1 error in 1 file\n");
}

#[test]
fn fail_on_decides_the_status() {
    let repository = Repository::new(&[MODULE, ("m/tests/a.tftest.hcl", "run \"a\" {\n}\n")]);
    assert_eq!(lint(&repository, &[]).status, 1);
    let ran = lint(&repository, &["--fail-on", "error"]);
    assert_eq!((ran.status, ran.stdout.as_str()), (0, ""));
}

#[test]
fn a_missing_path_is_named() {
    let ran = lint(&Repository::new(&[MODULE]), &["nowhere"]);
    assert_eq!(ran.status, 2);
    assert_eq!(ran.stderr.lines().last(), Some("sprag: nowhere: no such file or directory"));
}

#[test]
fn a_missing_path_does_not_hide_findings_elsewhere() {
    let ran = lint(&Repository::new(&[MODULE, EMPTY_TEST]), &["m", "nowhere"]);
    assert_eq!((ran.lints(), ran.status), (vec!["tftest/empty-file"], 2));
}

#[test]
fn nothing_to_lint_is_said() {
    let ran = lint(&Repository::new(&[("README.md", "# hello\n"), ("values.yml", "a: 1\n")]), &[]);
    assert_eq!((ran.status, ran.stdout.as_str()), (2, ""));
    assert!(ran.stderr.starts_with("sprag: nothing to lint in `.`: no Terraform files"), "{}", ran.stderr);
}

#[test]
fn usage_is_two() {
    let repository = Repository::new(&[MODULE]);
    assert_eq!(repository.run(&["lint", "--no-such-flag"]).status, 2);
    assert_eq!(repository.run(&[]).status, 2);
    let ran = lint(&repository, &["--select", "tftest/empty-fil"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("did you mean `tftest/empty-file`?"), "{}", ran.stderr);
}

#[test]
fn configuration_mistakes_stop_everything() {
    let repository = Repository::new(&[MODULE, EMPTY_TEST, (".sprag.hcl", "lint {\n  exclud = []\n}\nnonsense = 1\n")]);
    let ran = lint(&repository, &[]);
    assert_eq!((ran.lints(), ran.status), (vec!["sprag/config", "sprag/config"], 2));
    assert!(ran.stdout.starts_with(".sprag.hcl:2:3: error[sprag/config] "), "{}", ran.stdout);
}

#[test]
fn a_configuration_that_is_not_there_is_named() {
    let ran = lint(&Repository::new(&[MODULE]), &["--config", "missing.hcl"]);
    assert_eq!((ran.status, ran.stderr.as_str()), (2, "sprag: missing.hcl: no such file or directory\n"));
}

#[test]
fn the_nearest_configuration_governs() {
    let ignore = "lint {\n  ignore = [\"tftest\"]\n}\n";
    let repository = Repository::new(&[
        MODULE,
        EMPTY_TEST,
        ("n/main.tf", MODULE.1),
        ("n/b.tftest.hcl", EMPTY_TEST.1),
        ("n/.sprag.hcl", ignore),
    ]);
    let ran = lint(&repository, &[]);
    assert_eq!(ran.lints(), ["tftest/empty-file"], "{}", ran.stdout);
    assert!(ran.stdout.starts_with("m/"));
    assert_eq!(lint(&repository, &["n"]).status, 0);
}

#[test]
fn every_requested_path_has_its_own_nearest_configuration() {
    let ignore = "lint {\n  ignore = [\"tftest\"]\n}\n";
    let repository = Repository::new(&[
        MODULE,
        EMPTY_TEST,
        ("n/main.tf", MODULE.1),
        ("n/b.tftest.hcl", EMPTY_TEST.1),
        (".sprag.hcl", "lint {\n  severity = { \"tftest/empty-file\" = \"warning\" }\n}\n"),
        ("n/.sprag.hcl", ignore),
    ]);
    for paths in [["n", "m"], ["m", "n"], ["n/b.tftest.hcl", "m/tests/a.tftest.hcl"], ["m/main.tf", "n/b.tftest.hcl"]] {
        let ran = lint(&repository, &paths);
        let is_shown = !paths.contains(&"m/main.tf");
        assert_eq!(ran.stdout.contains("m/tests/a.tftest.hcl:1:1: warning[tftest/empty-file]"), is_shown, "{ran:?}");
        assert!(!ran.stdout.contains("n/"), "{paths:?}: {}", ran.stdout);
    }
}

#[test]
fn paths_of_a_named_configuration_begin_where_sprag_is_started() {
    let repository = Repository::new(&[
        MODULE,
        EMPTY_TEST,
        ("ci/sprag.hcl", "override {\n  paths  = [\"m/**\"]\n  ignore = [\"tftest\"]\n}\n"),
    ]);
    for paths in [&[][..], &["m"], &["ci", "m"], &["m/tests/a.tftest.hcl"]] {
        let ran = lint(&repository, &[&["--config", "ci/sprag.hcl"], paths].concat());
        assert_eq!((ran.stdout.as_str(), ran.status), ("", 0), "{paths:?}");
    }
}

#[test]
fn a_broken_configuration_is_shown_when_a_file_is_named() {
    let repository = Repository::new(&[MODULE, (".sprag.hcl", "nonsense = 1\n")]);
    let ran = lint(&repository, &["m/main.tf"]);
    assert_eq!((ran.lints(), ran.status), (vec!["sprag/config"], 2));
}

#[test]
fn sentences_are_about_what_is_shown() {
    let repository = Repository::new(&[MODULE, EMPTY_TEST, (".sprag.hcl", "preset = \"homelab\"\n")]);
    assert!(lint(&repository, &["m"]).stderr.contains("1 of 1 modules has no regression test"));
    let ran = lint(&repository, &["m/tests/a.tftest.hcl"]);
    assert_eq!(ran.stderr, "1 error in 1 file\n");
}

#[test]
fn excluded_and_ignored_paths_are_left_out_unless_named() {
    let repository = Repository::new(&[
        MODULE,
        EMPTY_TEST,
        (".gitignore", "/ignored/\n"),
        ("ignored/main.tf", "resource {"),
        ("legacy/main.tf", "resource {"),
        ("nested/.sprag.hcl", "lint {\n  exclude = [\"old/**\"]\n}\n"),
        ("nested/old/main.tf", "resource {"),
        (".sprag.hcl", "lint {\n  exclude = [\"legacy/**\"]\n}\n"),
    ]);
    assert_eq!(lint(&repository, &[]).lints(), ["tftest/empty-file"]);
    assert_eq!(lint(&repository, &["ignored/main.tf"]).lints(), ["terraform/syntax"]);
    assert_eq!(lint(&repository, &["nested/old/main.tf"]).lints(), ["terraform/syntax"]);
}

#[test]
fn a_named_file_shows_only_its_own_findings() {
    let repository = Repository::new(&[MODULE, EMPTY_TEST, ("m/tests/b.tftest.hcl", "")]);
    let ran = lint(&repository, &["m/tests/b.tftest.hcl"]);
    assert_eq!(ran.lints(), ["tftest/empty-file"]);
    assert!(ran.stdout.starts_with("m/tests/b.tftest.hcl:"), "{}", ran.stdout);
}

#[test]
fn standard_input_stands_for_a_file() {
    let repository = Repository::new(&[MODULE]);
    let mut child = repository
        .command(&["lint", "-", "--stdin-filename", "m/main.tf", "--format", "concise"])
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped())
        .spawn()
        .unwrap();
    child.stdin.take().unwrap().write_all(b"locals {\n  a = \n}\n").unwrap();
    let ran = Ran::of(&child.wait_with_output().unwrap());
    assert_eq!((ran.lints(), ran.status), (vec!["terraform/syntax"], 1));
    assert!(ran.stdout.starts_with("m/main.tf:2:"), "{}", ran.stdout);
    let ran = lint(&repository, &["-"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("--stdin-filename"), "{}", ran.stderr);
}

#[test]
fn any_bytes_are_findings_at_worst() {
    let repository = Repository::new(&[]);
    repository.write("a/binary.tf", (0..=255).collect::<Vec<u8>>());
    repository.write("b/latin1.tf", b"locals {\n  name = \"caf\xe9\"\n}\n");
    repository.write("c/comment.tf", b"# caf\xe9\nlocals {\n  a = 1\n}\n");
    repository.write("d/rules.yml", b"groups:\n- name: \xff\n  rules:\n  - alert: A\n    expr: up\n");
    let ran = lint(&repository, &[]);
    assert_eq!(ran.status, 1);
    assert!(
        ran.stdout.lines().any(|line| line.starts_with("b/latin1.tf:2:14: error[terraform/syntax] ")),
        "{}",
        ran.stdout
    );
    assert!(!ran.stdout.contains("c/comment.tf"), "{}", ran.stdout);
    assert!(ran.stdout.contains("d/rules.yml:2:9: error[alerts/syntax] "), "{}", ran.stdout);
    assert!(ran.stdout.lines().all(|line| !line.contains(char::is_control)), "{}", ran.stdout);
}

#[test]
fn thousands_of_errors_are_capped() {
    let repository = Repository::new(&[]);
    let lines: String = (0..5000).map(|number| format!("a{number} = = 1\n")).collect();
    repository.write("m/main.tf", lines.as_bytes());
    let ran = lint(&repository, &["--all"]);
    assert_eq!((ran.lints().len(), ran.status), (50, 1));
    let ran = repository.run(&["lint", "--all"]);
    assert!(ran.stdout.contains("4950 more syntax errors in this file are not shown"), "{}", ran.stdout);
}

#[test]
fn huge_files_are_not_read() {
    let repository = Repository::new(&[MODULE]);
    let huge = fs::File::create(repository.root().join("m/huge.tf")).unwrap();
    huge.set_len(200_000_000).unwrap();
    let ran = lint(&repository, &[]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("sprag: m/huge.tf: larger than 16 MiB"), "{}", ran.stderr);
}

#[cfg(unix)]
#[test]
fn symlinks_are_one_file_and_loops_end() {
    let repository = Repository::new(&[("shared/common.tf", "a = = 1\n"), ("one/main.tf", ""), ("two/main.tf", "")]);
    for module in ["one", "two"] {
        std::os::unix::fs::symlink("../shared/common.tf", repository.root().join(module).join("common.tf")).unwrap();
        std::os::unix::fs::symlink("..", repository.root().join(module).join("up")).unwrap();
    }
    std::os::unix::fs::symlink("loop.tf", repository.root().join("one/loop.tf")).unwrap();
    let ran = lint(&repository, &[]);
    assert_eq!(ran.lints(), ["terraform/syntax"], "{}", ran.stdout);
    assert!(ran.stdout.starts_with("shared/common.tf:1:"), "{}", ran.stdout);
    assert!(ran.stderr.contains("sprag: one/loop.tf: a symlink that leads nowhere"), "{}", ran.stderr);
    let full = repository.run(&["lint"]).stdout;
    assert!(
        full.contains("one/common.tf") && full.contains("two/common.tf"),
        "the users of a shared file are named: {full}"
    );
}

#[cfg(unix)]
#[test]
fn pipes_and_devices_are_not_read() {
    let repository = Repository::new(&[MODULE]);
    assert!(Command::new("mkfifo").arg(repository.root().join("m/pipe.tf")).status().unwrap().success());
    let ran = lint(&repository, &[]);
    assert_eq!((ran.stderr.as_str(), ran.status), ("no findings in 1 file\n", 0));
    for path in ["m/pipe.tf", "/dev/null"] {
        let ran = lint(&repository, &[path]);
        assert_eq!(ran.status, 2);
        let message = format!("sprag: {path}: neither a file nor a directory");
        assert_eq!(ran.stderr.lines().last(), Some(message.as_str()));
    }
}

#[cfg(unix)]
#[test]
fn dangling_symlinks_count_where_terraform_reads_them() {
    let repository = Repository::new(&[MODULE]);
    let link = |name: &str| std::os::unix::fs::symlink("nowhere", repository.root().join(name)).unwrap();
    link("m/values.yml");
    link("m/.#main.tf");
    assert_eq!(lint(&repository, &[]).status, 0);
    link("m/other.tf");
    for arguments in [&[][..], &["m/other.tf"]] {
        let ran = lint(&repository, arguments);
        assert_eq!(ran.status, 2);
        assert!(ran.stderr.contains("sprag: m/other.tf: a symlink that leads nowhere"), "{}", ran.stderr);
    }
}

#[cfg(target_os = "linux")]
#[test]
fn names_need_not_be_unicode() {
    use std::ffi::OsStr;
    use std::os::unix::ffi::OsStrExt;
    let repository = Repository::new(&[]);
    let directory = repository.root().join(OsStr::from_bytes(b"d\xff"));
    fs::create_dir(&directory).unwrap();
    let file = directory.join(OsStr::from_bytes(b"\xfe.tf"));
    fs::write(&file, "a = = 1\n").unwrap();
    for path in [repository.root(), &directory, &file] {
        let mut command = repository.command(&["lint", "--format", "concise"]);
        let ran = Ran::of(&command.arg(path).output().unwrap());
        assert_eq!((ran.lints(), ran.status), (vec!["terraform/syntax"], 1), "{ran:?}");
    }
}

#[cfg(unix)]
#[test]
fn a_store_of_shared_files_is_one_wherever_sprag_looks() {
    let repository = Repository::new(&[
        MODULE,
        ("shared/common.tf", MODULE.1),
        ("one/main.tf", "provider \"aws\" {\n  region = \"x\"\n}\n"),
        (".sprag.hcl", "preset = \"homelab\"\nlint {\n  ignore = [\"alerts\"]\n}\n"),
    ]);
    std::os::unix::fs::symlink("../shared/common.tf", repository.root().join("one/common.tf")).unwrap();
    for arguments in [&[][..], &["shared"], &["shared/common.tf"], &["one/common.tf"], &["one", "shared"]] {
        let ran = lint(&repository, arguments);
        assert!(!ran.stdout.contains("shared/"), "{arguments:?}: {}", ran.stdout);
    }
    assert_eq!(lint(&repository, &["m"]).lints(), ["tftest/missing-regression-file"]);
}

#[test]
fn a_module_that_does_not_parse_is_not_judged_by_what_it_lacks() {
    let repository = Repository::new(&[
        ("m/main.tf", "terraform { backend \"s3\" {} }\n"),
        (".sprag.hcl", "preset = \"homelab\"\n"),
    ]);
    assert_eq!(lint(&repository, &["m"]).lints(), ["terraform/syntax"]);
}

/// Tests run as root in CI, who may read everything, so the binary is started as somebody else.
#[cfg(unix)]
#[test]
fn unreadable_files_are_named() {
    use std::os::unix::fs::PermissionsExt;
    use std::os::unix::process::CommandExt;
    let repository = Repository::new(&[MODULE, EMPTY_TEST, ("m/secret.tf", ""), ("locked/main.tf", "")]);
    fs::set_permissions(repository.root().join("m/secret.tf"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(repository.root().join("locked"), fs::Permissions::from_mode(0o000)).unwrap();
    fs::set_permissions(repository.root(), fs::Permissions::from_mode(0o755)).unwrap();
    let is_root = String::from_utf8_lossy(&Command::new("id").arg("-u").output().unwrap().stdout).trim() == "0";
    let binary = repository.root().join("sprag");
    // By another process: a child that another test forks meanwhile would inherit our handle and make the file busy.
    assert!(Command::new("cp").arg(env!("CARGO_BIN_EXE_sprag")).arg(&binary).status().unwrap().success());
    let mut command = Command::new(&binary);
    command.args(["lint", "--format", "concise"]).current_dir(repository.root()).env_clear();
    if is_root {
        command.uid(65534).gid(65534);
    }
    let ran = Ran::of(&command.output().unwrap());
    fs::set_permissions(repository.root().join("locked"), fs::Permissions::from_mode(0o755)).unwrap();
    assert_eq!((ran.lints(), ran.status), (vec!["tftest/empty-file"], 2), "{ran:?}");
    assert!(ran.stderr.contains("sprag: m/secret.tf: permission denied"), "{}", ran.stderr);
    assert!(ran.stderr.contains("sprag: locked: permission denied"), "{}", ran.stderr);
}

#[test]
fn a_path_outside_the_repository_is_linted_where_it_is() {
    let here = Repository::new(&[]);
    let there = Repository::new(&[MODULE, EMPTY_TEST]);
    let ran = lint(&here, &[there.root().to_str().unwrap()]);
    assert_eq!((ran.lints(), ran.status), (vec!["tftest/empty-file"], 1));
}

#[test]
fn a_module_that_calls_itself_is_no_loop() {
    let repository = Repository::new(&[("m/main.tf", "module \"me\" {\n  source = \"./\"\n}\n")]);
    assert_eq!(lint(&repository, &[]).status, 0);
}

#[test]
fn a_closed_pipe_is_quiet() {
    let repository = Repository::new(&[]);
    for number in 0..200 {
        repository.write(&format!("m{number}/main.tf"), "a = = 1\n".repeat(60).as_bytes());
    }
    let mut child =
        repository.command(&["lint", "--all"]).stdout(Stdio::piped()).stderr(Stdio::piped()).spawn().unwrap();
    drop(child.stdout.take());
    let output = child.wait_with_output().unwrap();
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(!errors.contains("panicked") && !errors.contains("sprag: "), "{errors}");
    assert_eq!(output.status.code(), Some(1));
}

#[cfg(target_os = "linux")]
#[test]
fn a_full_disk_is_said() {
    let repository = Repository::new(&[MODULE, EMPTY_TEST]);
    let full = fs::OpenOptions::new().write(true).open("/dev/full").unwrap();
    let output = repository.command(&["lint"]).stdout(full).output().unwrap();
    let ran = Ran::of(&output);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("sprag: standard output: "), "{}", ran.stderr);
}

#[test]
fn output_is_the_same_every_time() {
    let first = Command::new(env!("CARGO_BIN_EXE_sprag"))
        .args(["lint", "testdata/homelab-broken", "--format", "json"])
        .current_dir(common::root())
        .output()
        .unwrap();
    for threads in ["1", "2", "7"] {
        let again = Command::new(env!("CARGO_BIN_EXE_sprag"))
            .args(["lint", "testdata/homelab-broken", "--format", "json"])
            .current_dir(common::root())
            .env("RAYON_NUM_THREADS", threads)
            .output()
            .unwrap();
        assert_eq!(first.stdout, again.stdout);
    }
}

#[test]
fn json_has_the_documented_shape() {
    let repository = Repository::new(&[MODULE, EMPTY_TEST]);
    let ran = repository.run(&[&["lint", "--format", "json"], &QUIET[..]].concat());
    let value: serde_json::Value = serde_json::from_str(&ran.stdout).unwrap();
    assert_eq!(value["version"], 1);
    let diagnostic = &value["diagnostics"][0];
    assert_eq!(diagnostic["code"], "tftest/empty-file");
    assert_eq!(diagnostic["severity"], "error");
    assert_eq!(diagnostic["path"], "m/tests/a.tftest.hcl");
    assert_eq!(diagnostic["start"], serde_json::json!({"line": 1, "column": 1, "offset": 0}));
    assert_eq!(diagnostic["fingerprint"].as_str().map(str::len), Some(32));
    assert!(diagnostic["url"].as_str().is_some_and(|url| url.ends_with("/lints/tftest/empty-file/README.md")));
}

#[test]
fn statistics_count_per_lint() {
    let repository = Repository::new(&[MODULE, EMPTY_TEST, ("m/tests/b.tftest.hcl", "")]);
    let ran = repository.run(&["lint", "--statistics"]);
    assert_eq!(ran.status, 1);
    assert!(ran.stdout.contains("tftest/empty-file") && ran.stdout.contains('2'), "{}", ran.stdout);
}

#[test]
fn explain_prints_the_page_and_knows_near_misses() {
    let repository = Repository::new(&[]);
    let ran = repository.run(&["explain", "tftest/empty-file"]);
    assert_eq!(ran.status, 0);
    assert!(ran.stdout.contains("## What it does") && ran.stdout.contains("severity error"), "{}", ran.stdout);
    let ran = repository.run(&["explain", "tftest/emptyfile"]);
    assert_eq!(ran.status, 2);
    assert!(ran.stderr.contains("did you mean `tftest/empty-file`?"), "{}", ran.stderr);
}

#[test]
fn lints_lists_every_folder() {
    let ran = Repository::new(&[]).run(&["lints"]);
    let listed: Vec<&str> = ran.stdout.lines().filter_map(|line| line.split_whitespace().next()).collect();
    let folders: Vec<String> = common::lint_folders().into_iter().map(|(id, _)| id).collect();
    assert_eq!(listed, folders);
}

#[test]
fn config_prints_what_holds_and_where_from() {
    let repository = Repository::new(&[(".sprag.hcl", "preset = \"homelab\"\nalerts {\n  minimum = 30\n}\n")]);
    let ran = repository.run(&["config"]);
    assert_eq!(ran.status, 0, "{}", ran.stderr);
    let minimum = ran.stdout.lines().find(|line| line.trim_start().starts_with("minimum")).unwrap_or_default();
    assert!(minimum.contains("30") && minimum.contains(".sprag.hcl:3"), "{}", ran.stdout);
    assert!(ran.stdout.contains("homelab"), "{}", ran.stdout);
    let ran = Repository::new(&[]).run(&["config"]);
    assert_eq!(ran.status, 0);
}

#[test]
fn json_configuration_is_linted_like_native() {
    let repository = Repository::new(&[(
        "m/main.tf.json",
        r#"{"resource": {"proxmox_virtual_environment_container": {"c": {"node_name": "pve", "mount_point": [{"volume": "local", "path": "/d", "size": "50"}]}}}}"#,
    )]);
    let ran = lint(&repository, &[]);
    assert_eq!(ran.lints(), ["proxmox/mount-point-size-without-unit"], "{}", ran.stdout);
    assert!(ran.stdout.starts_with("m/main.tf.json:1:141: "), "{}", ran.stdout);
}

/// Hooks hand over files of any kind: that is no failure, though whoever names a file wants to know.
#[test]
fn named_files_that_are_nothing_to_lint() {
    let repository = Repository::new(&[
        ("package.json", "{\"name\": \"x\"}\n"),
        ("notes.txt", "a\n"),
        ("values.yaml", "a: 1\n"),
        ("x.test.hcl", "a = 1\n"),
        ("up.yml", "groups:\n  - name: a\n    rules:\n      - alert: A\n        expr: up == 0\n        for: 5m\n"),
        ("prometheus.yml", "scrape_configs:\n  - job_name: a\n    static_configs: [{targets: [a]}]\n"),
        ("m/main.tf", ""),
    ]);
    let kinds = "that sprag lints (Terraform, tests, Prometheus rules, dashboards)";
    let said = |paths: &[&str]| {
        let ran = repository.run(&[&["lint", "--select", "promql,terraform/syntax"], paths].concat());
        assert_eq!((ran.stdout.as_str(), ran.status), ("", 0), "{ran:?}");
        ran.stderr
    };
    for name in ["package.json", "notes.txt", "values.yaml", "x.test.hcl"] {
        assert_eq!(said(&[name]), format!("no findings: `{name}` is no file {kinds}\n"));
    }
    let two = format!("no findings: `package.json` and `values.yaml` are no files {kinds}\n");
    assert_eq!(said(&["values.yaml", "package.json"]), two);
    let mixed = format!("no findings in 1 file; `package.json` is no file {kinds}\n");
    assert_eq!(said(&["up.yml", "package.json"]), mixed);
    assert_eq!(said(&["m", "package.json"]), mixed);
    assert_eq!(said(&["up.yml"]), "no findings in 1 file\n");
    assert_eq!(said(&["prometheus.yml"]), "no findings in 0 files\n", "it says how rules are fed");
    let ran = repository.command(&["lint", "-", "--stdin-filename", "new.json"]);
    let ran = Ran::with_input(ran, b"{}");
    assert_eq!((ran.stderr, ran.status), (format!("no findings: `new.json` is no file {kinds}\n"), 0));
}

/// The trees of large modules are not kept for what evaluates modules together; their validations are looked at before.
#[test]
fn large_modules_are_evaluated_like_small_ones() {
    let variable = |name: &str, ty: &str, default: &str, condition: &str| {
        format!(
            "variable \"{name}\" {{\n  type = {ty}\n{default}  validation {{\n    condition     = {condition}\n    \
             error_message = \"no\"\n  }}\n}}\n"
        )
    };
    let size = |default: &str| variable("size", "number", default, "var.size > 3");
    let no_text = variable("text", "string", "", "can(regex(\"^a\", var.text)) && can(regex(\"^b\", var.text))");
    let provider = "provider \"null\" {\n  region = 1\n}\n";
    let call = "module \"m\" {\n  source = \"../called\"\n  size   = 2\n}\n";
    let stamp = "resource \"terraform_data\" \"a\" {\n  input = templatestring(\"$${timestamp()}\", {})\n}\n";
    let files = [
        ("contradictory/main.tf", no_text),
        ("fine/main.tf", size("  default = 1\n")),
        ("root/main.tf", size("  default = 1\n") + provider),
        ("tests/fixture/main.tf", size("  default = 1\n")),
        ("called/main.tf", size("")),
        ("caller/main.tf", call.to_owned()),
        ("template/main.tf", size("") + stamp),
        ("values/main.tf", size("")),
        ("values/terraform.tfvars", "size = 3\n".to_owned()),
    ];
    let filler = format!("# {}\n", "x".repeat(800 << 10));
    let lint = |is_large: bool| {
        let mut files: Vec<(String, String)> =
            files.iter().map(|(name, text)| ((*name).to_owned(), text.clone())).collect();
        let fillers: Vec<(String, String)> = files
            .iter()
            .filter_map(|(name, _)| Some((format!("{}/filler.tf", name.strip_suffix("/main.tf")?), filler.clone())))
            .collect();
        if is_large {
            files.extend(fillers);
        }
        let files: Vec<(&str, &str)> = files.iter().map(|(name, text)| (name.as_str(), text.as_str())).collect();
        lint(&Repository::new(&files), &["--fail-on", "note"]).stdout
    };
    let small = lint(false);
    for (place, what) in [
        ("contradictory/main.tf:4", "contradictory-validation"),
        ("root/main.tf:3", "violated-validation"),
        ("tests/fixture/main.tf:3", "violated-validation"),
        ("caller/main.tf:3", "violated-validation"),
        ("template/main.tf:9", "perpetual-diff"),
        ("values/terraform.tfvars:1", "violated-validation"),
    ] {
        assert!(small.lines().any(|line| line.starts_with(place) && line.contains(what)), "{place}: {small}");
    }
    assert!(!small.contains("fine/"), "{small}");
    assert_eq!(lint(true), small);
}
