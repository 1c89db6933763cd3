//! The units that `sprag drift install` writes, judged by systemd itself, and how the command treats what is there
//! already. No systemd needs to run: `systemd-analyze` reads the files.

#![cfg(feature = "drift")]
#![allow(
    clippy::unwrap_used,
    clippy::expect_used,
    clippy::panic,
    clippy::print_stdout,
    reason = "a test fails by panicking"
)]

mod common;

use std::fs;
use std::os::unix::fs::{MetadataExt, PermissionsExt};
use std::path::{Path, PathBuf};
use std::process::{Command, Output};

use tempfile::TempDir;

const CONFIG: &str = r#"
drift {
  environment "prod" {
    directory = "environments/prod"
    schedule  = "*-*-* 06:00:00"
    timeout   = "10m"
    var_files = ["/etc/sprag/credentials/prod.tfvars"]
    update    = "ff-only"
  }
  environment "lab-2.eu" {
    directory = "environments/lab"
    schedule  = "Mon..Sun 07:30 Europe/Paris"
  }
  notify "alertmanager" {
    url         = "http://127.0.0.1:9093"
    bearer_file = "/etc/sprag/credentials/alertmanager.token"
  }
  metrics { directory = "/var/lib/prometheus/node exporter 100%" }
}
"#;

const ALL: [&str; 8] = [
    "sprag-drift@.service",
    "sprag-drift@.timer",
    "sprag-drift@prod.timer.d/schedule.conf",
    "sprag-drift@prod.service.d/scan.conf",
    "sprag-drift@lab-2.eu.timer.d/schedule.conf",
    "sprag-drift@lab-2.eu.service.d/scan.conf",
    "sprag-drift-notify.service",
    "sprag-drift-notify.timer",
];

/// A configuration and a directory of units.
struct Machine {
    directory: TempDir,
}

impl Machine {
    fn new(config: &str) -> Self {
        let directory = tempfile::tempdir().unwrap();
        fs::create_dir(directory.path().join("units")).unwrap();
        let machine = Self { directory };
        machine.configure(config);
        machine
    }

    fn configure(&self, config: &str) {
        fs::write(self.path("sprag.hcl"), config).unwrap();
    }

    fn path(&self, name: &str) -> PathBuf {
        self.directory.path().join(name)
    }

    fn unit(&self, name: &str) -> PathBuf {
        self.path("units").join(name)
    }

    fn install(&self, more: &[&str]) -> Ran {
        sprag(self.directory.path(), &[&["install", "--config", "sprag.hcl", "--dir", "units"], more].concat())
    }

    fn analyze(&self, arguments: &[&str]) -> Ran {
        let mut command = Command::new("systemd-analyze");
        // The colon at the end adds systemd's own directories.
        command.args(arguments).env("SYSTEMD_UNIT_PATH", format!("{}:", self.path("units").display()));
        Ran::of(&command.output().unwrap())
    }
}

fn sprag(directory: &Path, arguments: &[&str]) -> Ran {
    let mut command = Command::new(env!("CARGO_BIN_EXE_sprag"));
    command.arg("drift").args(arguments).current_dir(directory).env_clear();
    Ran::of(&command.env("PATH", std::env::var_os("PATH").unwrap_or_default()).output().unwrap())
}

#[derive(Debug)]
struct Ran {
    stdout: String,
    stderr: String,
    status: i32,
}

impl Ran {
    fn of(output: &Output) -> Self {
        let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
        let status = output.status.code().unwrap_or(-1);
        Self { stdout: text(&output.stdout), stderr: text(&output.stderr), status }
    }

    fn assert_status(self, status: i32) -> Self {
        assert_eq!(self.status, status, "{self:#?}");
        self
    }

    /// What follows `word` in the lines that begin with it, by name of unit.
    fn listed(&self, word: &str) -> Vec<&str> {
        self.stdout.lines().filter_map(|line| line.strip_prefix(word)?.trim().strip_prefix("units/")).collect()
    }
}

fn has_systemd() -> bool {
    let found = Command::new("systemd-analyze").arg("--version").output().is_ok_and(|output| output.status.success());
    if !found {
        common::e2e::skip("systemd-analyze");
    }
    found
}

#[test]
fn systemd_accepts_the_units() {
    if !has_systemd() {
        return;
    }
    let machine = Machine::new(CONFIG);
    machine.install(&[]).assert_status(0);
    let mut arguments = vec!["verify"];
    let instances =
        ["prod.service", "prod.timer", "lab-2.eu.service", "lab-2.eu.timer"].map(|name| format!("sprag-drift@{name}"));
    arguments.extend(instances.iter().map(String::as_str));
    arguments.extend(["sprag-drift-notify.service", "sprag-drift-notify.timer"]);
    let ran = machine.analyze(&arguments).assert_status(0);
    assert_eq!(ran.stderr, "");
    // systemd reads the drop-ins, so it would have said what is wrong with them.
    for drop_in in ["sprag-drift@prod.timer.d/schedule.conf", "sprag-drift@prod.service.d/scan.conf"] {
        let text = fs::read_to_string(machine.unit(drop_in)).unwrap();
        fs::write(machine.unit(drop_in), format!("{text}NoSuchSetting=1\n")).unwrap();
        assert!(machine.analyze(&arguments).stderr.contains("NoSuchSetting"), "{drop_in}");
        fs::write(machine.unit(drop_in), text).unwrap();
    }
}

#[test]
fn systemd_finds_the_services_well_protected() {
    if !has_systemd() {
        return;
    }
    let machine = Machine::new(CONFIG);
    machine.install(&[]).assert_status(0);
    let instance = machine.path("sprag-drift@prod.service");
    fs::copy(machine.unit("sprag-drift@.service"), &instance).unwrap();
    for service in [instance, machine.unit("sprag-drift-notify.service")] {
        let path = service.to_str().unwrap();
        machine.analyze(&["security", "--offline=true", "--threshold=15", "--no-pager", path]).assert_status(0);
        machine.analyze(&["security", "--offline=true", "--threshold=1", "--no-pager", path]).assert_status(1);
    }
}

#[test]
fn systemd_understands_the_schedules() {
    if !has_systemd() {
        return;
    }
    let machine = Machine::new(CONFIG);
    machine.install(&[]).assert_status(0);
    let mut schedules = 0;
    for timer in ALL.iter().filter(|name| name.contains("timer")) {
        let text = fs::read_to_string(machine.unit(timer)).unwrap();
        for schedule in text.lines().filter_map(|line| line.strip_prefix("OnCalendar=")).filter(|text| !text.is_empty())
        {
            machine.analyze(&["calendar", "--", schedule]).assert_status(0);
            schedules += 1;
        }
    }
    assert_eq!(schedules, 4);
}

#[test]
fn a_schedule_that_systemd_does_not_understand_is_refused() {
    if !has_systemd() {
        return;
    }
    let machine =
        Machine::new("drift {\n environment \"prod\" {\n directory = \"p\"\n schedule = \"*-*-* 25:00\"\n}\n}");
    let ran = machine.install(&[]).assert_status(1);
    assert!(
        ran.stderr.contains("environment `prod`: systemd does not understand the schedule `*-*-* 25:00`"),
        "{ran:?}"
    );
    assert_eq!(fs::read_dir(machine.path("units")).unwrap().count(), 0);
}

#[test]
fn writes_once_and_says_what_comes_next() {
    let machine = Machine::new(CONFIG);
    let ran = machine.install(&[]).assert_status(0);
    assert_eq!(ran.listed("wrote"), ALL);
    let enable = "systemctl enable --now sprag-drift@prod.timer sprag-drift@lab-2.eu.timer sprag-drift-notify.timer\n";
    for step in ["useradd --system", "systemctl daemon-reload\n", enable] {
        assert!(ran.stdout.contains(step), "{step} is missing in\n{}", ran.stdout);
    }
    let secret = "`/etc/sprag/credentials/prod.tfvars` does not exist";
    assert!(ran.stderr.contains(secret), "{}", ran.stderr);
    let service = fs::read_to_string(machine.unit("sprag-drift@.service")).unwrap();
    let config = machine.path("sprag.hcl").canonicalize().unwrap();
    let binary = Path::new(env!("CARGO_BIN_EXE_sprag")).canonicalize().unwrap();
    let start = format!("\nExecStart={} drift scan %i --config {}\n", binary.display(), config.display());
    assert!(service.contains(&start), "{service}");
    let inode = |name: &str| fs::metadata(machine.unit(name)).unwrap().ino();
    let before = ALL.map(inode);
    let again = machine.install(&[]).assert_status(0);
    assert_eq!((again.listed("wrote").len(), ALL.map(inode)), (0, before));
    assert!(again.stdout.contains("unchanged: 8 of 8 files"), "{}", again.stdout);
    for name in ALL {
        let mode = |path: PathBuf| fs::metadata(path).unwrap().permissions().mode() & 0o777;
        assert_eq!(mode(machine.unit(name)), 0o644, "{name}");
    }
    assert_eq!(fs::read_dir(machine.path("units")).unwrap().count(), 8, "nothing half-written is left");
}

#[test]
fn check_writes_nothing_and_names_every_difference() {
    let machine = Machine::new(CONFIG);
    let ran = machine.install(&["--check"]).assert_status(1);
    assert_eq!(ran.listed("missing:"), ALL);
    assert_eq!(fs::read_dir(machine.path("units")).unwrap().count(), 0);
    machine.install(&[]).assert_status(0);
    let ran = machine.install(&["--check"]).assert_status(0);
    assert_eq!(ran.stdout, "all 8 files in units are as the configuration says\n");
    machine.configure(&CONFIG.replace("10m", "20m"));
    let ran = machine.install(&["--check"]).assert_status(1);
    assert_eq!(ran.listed("differs:"), ["sprag-drift@prod.service.d/scan.conf"]);
    assert_eq!(ran.stdout.lines().count(), 1, "{}", ran.stdout);
}

#[test]
fn what_sprag_wrote_for_others_goes_and_what_it_did_not_write_stays() {
    let machine = Machine::new(CONFIG);
    machine.install(&[]).assert_status(0);
    let own = machine.unit("sprag-drift@lab-2.eu.service.d/own.conf");
    fs::write(&own, "[Service]\nNice=5\n").unwrap();
    fs::write(machine.unit("sprag-drift@prod.timer.d/own.conf"), "[Timer]\n").unwrap();
    machine.configure("drift {\n environment \"prod\" { directory = \"p\" }\n}");
    let stale = [
        "sprag-drift-notify.service",
        "sprag-drift-notify.timer",
        "sprag-drift@lab-2.eu.service.d/scan.conf",
        "sprag-drift@lab-2.eu.timer.d/schedule.conf",
    ];
    let ran = machine.install(&["--check"]).assert_status(1);
    assert_eq!(ran.listed("left over:"), stale);
    assert!(ran.stderr.contains("own.conf is of an environment that is gone"), "{}", ran.stderr);
    let ran = machine.install(&[]).assert_status(0);
    assert_eq!(ran.listed("removed"), stale);
    for timer in ["sprag-drift-notify.timer", "sprag-drift@lab-2.eu.timer"] {
        assert!(ran.stdout.contains(&format!("systemctl disable --now {timer}\n")), "{}", ran.stdout);
    }
    assert!(own.exists() && machine.unit("sprag-drift@prod.timer.d/own.conf").exists());
    assert!(!machine.unit("sprag-drift@lab-2.eu.timer.d").exists());
    machine.install(&["--check"]).assert_status(0);
}

#[test]
fn files_of_others_are_never_overwritten() {
    let machine = Machine::new(CONFIG);
    fs::write(machine.unit("sprag-drift@.timer"), "[Timer]\nOnCalendar=daily\n").unwrap();
    let ran = machine.install(&["--check"]).assert_status(1);
    assert_eq!(ran.listed("not sprag's:"), ["sprag-drift@.timer"]);
    let ran = machine.install(&[]).assert_status(1);
    assert!(ran.stderr.contains("units/sprag-drift@.timer: sprag did not write this file"), "{}", ran.stderr);
    assert_eq!(fs::read_dir(machine.path("units")).unwrap().count(), 1, "nothing is changed");
}

#[test]
fn says_why_there_is_nothing_to_install() {
    let machine = Machine::new("drift {}");
    let ran = machine.install(&[]).assert_status(1);
    assert!(ran.stderr.contains("sprag.hcl: no environment to scan; write one, as in"), "{}", ran.stderr);
    machine.configure("drift {\n environment \"prod\" {}\n}");
    let ran = machine.install(&[]).assert_status(1);
    assert!(ran.stderr.contains("sprag.hcl has mistakes; nothing is done"), "{}", ran.stderr);
    machine.configure(CONFIG);
    let ran = sprag(machine.directory.path(), &["install", "--config", "sprag.hcl", "--dir", "none"]).assert_status(1);
    assert!(ran.stderr.contains("none: no such directory"), "{}", ran.stderr);
    let ran = sprag(machine.directory.path(), &["install", "--config", "none.hcl"]).assert_status(1);
    assert!(ran.stderr.contains("none.hcl: no such file or directory"), "{}", ran.stderr);
    sprag(machine.directory.path(), &["install", "--no-such-option"]).assert_status(1);
    sprag(machine.directory.path(), &["install", "--help"]).assert_status(0);
}

#[test]
fn warns_of_scans_that_are_too_rare() {
    let rare = "drift {\n environment \"prod\" {\n directory = \"p\"\n schedule = \"weekly\"\n interval = \"7d\"\n}\n}";
    let machine = Machine::new(rare);
    let ran = machine.install(&[]).assert_status(0);
    assert!(ran.stderr.contains("warning: an interval of 7d is more than a day"), "{}", ran.stderr);
    assert!(ran.stderr.contains("the schedule `weekly` leaves days out"), "{}", ran.stderr);
}
