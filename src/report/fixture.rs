//! Reports for the tests of the formats.

use std::io::{self, Write};
use std::sync::{Arc, OnceLock};

use super::{Options, Report};
use crate::diagnostic::{Applicability, Diagnostic, Edit, FileId, Fix, LintId, Location, Severity};
use crate::linter::finding::{FileTable, Finding, resolve};
use crate::linter::{Check, FixKind, Lint, LintDefault};
use crate::source::Span;

/// Files in memory and what is found in them.
#[derive(Default)]
pub(super) struct Fixture {
    files: Vec<(String, Vec<u8>)>,
    diagnostics: Vec<Diagnostic>,
    findings: OnceLock<Vec<Finding>>,
    pub(super) summary: Vec<String>,
    pub(super) options: Options,
}

impl FileTable for Fixture {
    fn path(&self, file: FileId) -> &str {
        &self.files[file.0 as usize].0
    }
    fn key(&self, file: FileId) -> &str {
        self.path(file)
    }
    fn text(&self, file: FileId) -> Option<Arc<[u8]>> {
        let (path, text) = &self.files[file.0 as usize];
        (!path.ends_with('/')).then(|| Arc::from(text.as_slice()))
    }
    fn url(&self, lint: &LintId) -> Option<String> {
        Some(format!("https://example.org/lints/{lint}"))
    }
}

/// Some of the lints that the findings of the fixtures name.
const LINTS: &[Lint] = &[
    lint("alerts/missing-for", Severity::Warning, "an alert has no `for`"),
    lint("proxmox/mount-point-size-without-unit", Severity::Error, "a mount point's size has no unit"),
];

const fn lint(id: &'static str, severity: Severity, summary: &'static str) -> Lint {
    let readme = "---\nfix: none\n---\n# A page\n\n## What it does\nFinds this\nand that.\n\nAnd more.\n";
    let (fix, default) = (FixKind::None, LintDefault::On);
    Lint { id, summary, severity, fix, default, since: "0.1.0", readme, check: Check::Engine }
}

/// What `write` writes.
pub(super) fn written(write: impl Fn(&mut dyn Write, &Report<'_>) -> io::Result<()>, report: &Report<'_>) -> String {
    let mut out = Vec::new();
    write(&mut out, report).unwrap();
    String::from_utf8(out).unwrap()
}

impl Fixture {
    /// Files of the given paths and texts; a path that ends in `/` is a directory.
    pub(super) fn new(files: &[(&str, &str)]) -> Self {
        let files = files.iter().map(|(path, text)| ((*path).to_owned(), text.as_bytes().to_vec()));
        Self { files: files.collect(), ..Self::default() }
    }

    /// Adds a finding at the first `needle` in `file`; the empty needle is the file as such.
    pub(super) fn add(&mut self, file: u32, needle: &str, severity: Severity, lint: &'static str, message: &str) {
        let place = self.find(file, needle);
        self.findings.take();
        self.diagnostics.push(Diagnostic::new(LintId::new(lint), severity, place, message));
    }

    /// The first `needle` in `file`.
    pub(super) fn find(&self, file: u32, needle: &str) -> Location {
        let text = &self.files[file as usize].1;
        let at = memchr::memmem::find(text, needle.as_bytes()).unwrap();
        Location::new(FileId(file), (at..at + needle.len()).into())
    }

    /// Replaces the text of `file`, as an editor does between linting and reporting.
    pub(super) fn set_text(&mut self, file: u32, text: &[u8]) {
        self.files[file as usize].1 = text.to_vec();
    }

    /// The finding that was added last.
    pub(super) fn last(&mut self) -> &mut Diagnostic {
        self.diagnostics.last_mut().unwrap()
    }

    /// Adds a label to the last finding.
    pub(super) fn label(&mut self, file: u32, needle: &str, message: &str) {
        let place = self.find(file, needle);
        let last = self.diagnostics.pop().unwrap();
        self.diagnostics.push(last.label(place, message));
    }

    pub(super) fn findings(&self) -> &[Finding] {
        self.findings.get_or_init(|| resolve(self.diagnostics.clone(), self))
    }

    pub(super) fn report(&self) -> Report<'_> {
        let checked = self.files.len();
        let (findings, summary) = (self.findings(), &self.summary);
        Report { findings, files: self, lints: LINTS, checked, foreign: &[], summary, options: self.options }
    }

    /// What a first run on a homelab might find.
    pub(super) fn first_run() -> Self {
        let environment = "module \"dns\" {\n  source = \"../../modules/container\"\n  swap   = 0\n}\n";
        let mut fixture = Self::new(&[
            ("modules/container/main.tf", MODULE),
            ("modules/container/variables.tf", VARIABLES),
            ("monitoring/rules/hosts.yml", RULES),
            ("environments/dev/main.tf", environment),
            ("environments/prod/main.tf", environment),
            ("environments/staging/main.tf", environment),
            ("modules/backup/", ""),
        ]);
        fixture.add_errors();
        fixture.add_warnings();
        fixture.add(6, "", Severity::Warning, "tftest/no-regression-test", "module `backup` has no regression test");
        fixture.last().help = Some("sprag new regression modules/backup".into());
        for name in ["hostname", "disk_size", "tags"] {
            let message = format!("variable `{name}` has no description");
            fixture.add(1, &format!("\"{name}\""), Severity::Note, "terraform/undocumented-variable", &message);
        }
        fixture
    }

    fn add_errors(&mut self) {
        let lint = "proxmox/mount-point-size-without-unit";
        self.add(
            0,
            "var.disk_size",
            Severity::Error,
            lint,
            "size `50` has no unit: Proxmox recreates the container at every plan",
        );
        self.last().note = "this is `\"50\"`".into();
        self.label(1, "\"50\"", "because of this default");
        self.last().help = Some("write `50G`".into());
        let edits = vec![Edit { location: self.find(1, "\"50\""), text: "\"50G\"".into() }];
        self.last().fix = Some(Fix { applicability: Applicability::Unsafe, edits });
        self.add(
            2,
            "instnce",
            Severity::Error,
            "promql/unknown-label",
            "`node_filesystem_avail_bytes` has no label `instnce`",
        );
        self.last().note = "not among device, fstype, instance, job, mountpoint".into();
        self.label(2, "node_filesystem_avail_bytes", "node-exporter 1.8.2, captured");
        self.last().help = Some("did you mean `instance`?".into());
    }

    fn add_warnings(&mut self) {
        for alert in ["HostDown", "HostLoadHigh", "DiskFull", "ClockSkew", "OutOfMemory"] {
            let message = format!("alert `{alert}` has no `for`: it fires at the first failed scrape");
            self.add(2, alert, Severity::Warning, "alerts/missing-for", &message);
            self.last().help = Some("add `for: 5m`".into());
        }
        for file in 3..6 {
            self.add(
                file,
                "swap",
                Severity::Warning,
                "terraform/unknown-argument",
                "module `container` has no variable `swap`",
            );
        }
    }

    /// Everything that could break an excerpt.
    pub(super) fn hostile() -> Self {
        let minified = format!("{}x = NEEDLE, {}\n", "a = 1, ".repeat(100_000), "b = 2, ".repeat(100_000));
        let mut fixture = Self::new(&[
            ("tabs.tf", "a {\n\tb =\t\tNEEDLE\n}\n"),
            ("wide.tf", "  name = \"日本語 🦀 é e\u{301}\", NEEDLE = 1\n"),
            ("crlf.tf", "a = 1\r\nb = NEEDLE\r\nc = 3\r\n"),
            ("escape\x1b[31m.tf", "# \x1b]0;title\x07 \u{202e}\u{200b}\x7f\u{9b}31m\nb = NEEDLE # \x1b[2J\n"),
            ("bom.tf", "\u{feff}NEEDLE = 1\n"),
            ("minified.json", &minified),
            ("last.tf", "a = 1\nb = NEEDLE"),
            ("empty.tf", ""),
            ("invalid.tf", ""),
        ]);
        fixture.set_text(8, b"\xff\xfe = \xc3 NEEDLE \xf0\x9f\n");
        for file in [0, 1, 2, 3, 4, 5, 6, 8] {
            let message = "a message\nwith \x1b[31mcolours\x07 and \u{202e}marks";
            fixture.add(file, "NEEDLE", Severity::Error, "terraform/syntax", message);
            fixture.last().note = "here".into();
        }
        fixture.add(7, "", Severity::Error, "terraform/syntax", "an empty file");
        fixture.add(2, "b = NEEDLE", Severity::Error, "terraform/several-lines", "a span of several lines");
        fixture.last().location.span.end += 7;
        fixture.add(6, "NEEDLE", Severity::Error, "terraform/at-the-end", "an empty span at the end");
        let end = fixture.last().location.span.end;
        fixture.last().location.span = Span::at(end);
        fixture.last().note = "expected `}`".into();
        fixture
    }
}

const MODULE: &str = r#"resource "proxmox_virtual_environment_container" "this" {
  node_name = var.node
  tags      = sort(var.tags)

  mount_point {
    volume = "local-lvm"
    size   = var.disk_size
    path   = "/data"
  }
}
"#;

const VARIABLES: &str = r#"variable "node" {
  type        = string
  description = "node to run on"
}

variable "hostname" {
  type = string
}

variable "disk_size" {
  type    = string
  default = "50"
}

variable "tags" {
  type = list(string)
}
"#;

const RULES: &str = r#"groups:
  - name: hosts
    rules:
      - alert: HostDown
        expr: up == 0
      - alert: HostLoadHigh
        expr: node_load1 > 8
      - alert: DiskFull
        expr: |
          node_filesystem_avail_bytes{instnce="nas"}
            / node_filesystem_size_bytes < 0.1
      - alert: ClockSkew
        expr: abs(node_timex_offset_seconds) > 0.05
      - alert: OutOfMemory
        expr: node_memory_MemAvailable_bytes < 1e8
"#;
