//! The lines that `terraform init|plan -json` prints. Values of attributes are not in them; source lines and values of
//! variables are (`snippet`), and are never kept. What is no JSON is kept as text.
//!
//! Format: <https://developer.hashicorp.com/terraform/internals/machine-readable-ui>, major version 1.

use std::collections::HashMap;
use std::fmt;

use serde::Deserialize;

use super::mask::Masker;
use super::scan::Finding;

/// Longer details are cut, in characters: a crashed provider prints its whole stack.
const LONGEST: usize = 4000;

/// So many lines that are no JSON are kept, and so many diagnostics; the rest is counted by the streams themselves.
const MOST: usize = 10_000;

/// What a run of terraform printed.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Messages {
    /// `terraform` or `tofu` with its version.
    pub tool: Option<String>,
    /// Diagnostics in the order they came, not masked.
    pub diagnostics: Vec<Finding>,
    /// Resources that reality moved, with the action.
    pub drift: Vec<Action>,
    /// What an apply would do.
    pub planned: Vec<Action>,
    /// The counts at the end, which is also there when the plan failed.
    pub summary: Option<Summary>,
    /// Outputs that an apply would change.
    pub outputs: Vec<String>,
    /// Lines that are no JSON.
    pub texts: Vec<String>,
}

/// What happens to a resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Action {
    /// Where it is declared.
    pub address: String,
    /// `noop`, `create`, `read`, `update`, `replace`, `delete`, `move`, `import`, `forget`.
    pub action: String,
    /// Why, such as `tainted`.
    pub reason: Option<String>,
}

/// How many resources an apply would touch.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize)]
#[serde(default)]
pub struct Summary {
    /// Created.
    pub add: u64,
    /// Updated.
    pub change: u64,
    /// Imported.
    pub import: u64,
    /// Destroyed.
    pub remove: u64,
}

/// The lines have another major version.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnknownVersion(pub String);

impl fmt::Display for UnknownVersion {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self(version) = self;
        write!(
            f,
            "the lines of `-json` have version `{version}`, sprag reads 1.x: use a terraform or tofu that writes 1.x, or a newer sprag"
        )
    }
}

impl std::error::Error for UnknownVersion {}

impl Messages {
    /// Reads a whole output.
    ///
    /// # Errors
    /// When the lines have another major version.
    pub fn parse(output: &str) -> Result<Self, UnknownVersion> {
        let mut messages = Self::default();
        output.lines().try_for_each(|line| messages.add(line))?;
        Ok(messages)
    }

    /// Adds one line.
    ///
    /// # Errors
    /// When it says that the lines have another major version.
    pub fn add(&mut self, line: &str) -> Result<(), UnknownVersion> {
        if line.trim().is_empty() {
            return Ok(());
        }
        let Ok(line) = serde_json::from_str::<Line>(line) else {
            if self.texts.len() < MOST {
                self.texts.push(line.to_owned());
            }
            return Ok(());
        };
        match line.kind.as_str() {
            "version" => return self.add_version(line),
            "diagnostic" if self.diagnostics.len() < MOST => {
                self.diagnostics.extend(line.diagnostic.map(Finding::from));
            }
            "resource_drift" => self.drift.extend(line.change.map(Action::from)),
            "planned_change" => self.planned.extend(line.change.map(Action::from)),
            "change_summary" => self.summary = line.changes,
            "outputs" => {
                let changed = line.outputs.unwrap_or_default().into_iter();
                let changed = changed.filter(|(_, output)| !matches!(output.action.as_deref(), None | Some("noop")));
                self.outputs.extend(changed.map(|(name, _)| name));
                self.outputs.sort();
            }
            _ => {}
        }
        Ok(())
    }

    fn add_version(&mut self, line: Line) -> Result<(), UnknownVersion> {
        let version = line.ui.unwrap_or_default();
        if version.split('.').next() != Some("1") {
            return Err(UnknownVersion(version.chars().take(20).collect()));
        }
        let named = |name: &str, version: String| format!("{name} {version}");
        self.tool = line.tofu.map(|v| named("tofu", v)).or(line.terraform.map(|v| named("terraform", v)));
        Ok(())
    }

    /// Diagnostics with the severity `error`.
    pub fn errors(&self) -> impl Iterator<Item = &Finding> {
        self.diagnostics.iter().filter(|finding| finding.severity == "error")
    }
}

/// A line with the members of all types. A member of another shape than expected is as good as absent.
#[derive(Deserialize)]
struct Line {
    #[serde(rename = "type")]
    kind: String,
    #[serde(default, deserialize_with = "lenient")]
    terraform: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    tofu: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    ui: Option<String>,
    #[serde(default, deserialize_with = "lenient")]
    diagnostic: Option<Diagnostic>,
    #[serde(default, deserialize_with = "lenient")]
    change: Option<PlannedChange>,
    #[serde(default, deserialize_with = "lenient")]
    changes: Option<Summary>,
    #[serde(default, deserialize_with = "lenient")]
    outputs: Option<HashMap<String, Output>>,
}

fn lenient<'de, D: serde::Deserializer<'de>, T: serde::de::DeserializeOwned>(from: D) -> Result<Option<T>, D::Error> {
    Ok(serde_json::from_value(serde_json::Value::deserialize(from)?).ok())
}

#[derive(Deserialize)]
struct Diagnostic {
    severity: String,
    summary: String,
    #[serde(default)]
    detail: String,
    address: Option<String>,
    range: Option<Range>,
}

#[derive(Deserialize)]
struct Range {
    filename: String,
    start: Position,
}

#[derive(Deserialize)]
struct Position {
    line: u64,
}

#[derive(Deserialize)]
struct PlannedChange {
    resource: Resource,
    action: String,
    reason: Option<String>,
}

#[derive(Deserialize)]
struct Resource {
    addr: String,
}

#[derive(Deserialize)]
struct Output {
    action: Option<String>,
}

impl From<Diagnostic> for Finding {
    fn from(diagnostic: Diagnostic) -> Self {
        Self {
            severity: diagnostic.severity,
            summary: diagnostic.summary,
            detail: diagnostic.detail,
            address: diagnostic.address.filter(|address| !address.is_empty()),
            place: diagnostic.range.map(|range| format!("{}:{}", range.filename, range.start.line)),
            count: 1,
        }
    }
}

impl From<PlannedChange> for Action {
    fn from(change: PlannedChange) -> Self {
        Self { address: change.resource.addr, action: change.action, reason: change.reason }
    }
}

/// Diagnostics as they are kept: masked, and those that differ only in ids counted as one, which is the first of them.
#[must_use]
pub fn group(diagnostics: &[Finding], masker: &Masker) -> Vec<Finding> {
    let mut groups: Vec<Finding> = Vec::new();
    let mut known: HashMap<(String, String, String), usize> = HashMap::new();
    for finding in diagnostics {
        let plain = |text: &str| without_ids(text, finding.address.as_deref());
        let key = (finding.severity.clone(), plain(&finding.summary), plain(&finding.detail));
        let index = *known.entry(key).or_insert(groups.len());
        match groups.get_mut(index) {
            Some(group) => group.count = group.count.saturating_add(finding.count),
            None => groups.push(masked(finding, masker)),
        }
    }
    groups
}

fn masked(finding: &Finding, masker: &Masker) -> Finding {
    let text = |text: &str| {
        let masked = masker.text(text);
        match masked.char_indices().nth(LONGEST) {
            Some((end, _)) => format!("{}…", &masked[..end]),
            None => masked,
        }
    };
    Finding {
        severity: finding.severity.clone(),
        summary: text(&finding.summary),
        detail: text(&finding.detail),
        address: finding.address.as_deref().map(text),
        place: finding.place.as_deref().map(text),
        count: finding.count,
    }
}

/// The text without its own address and what only tells one guest or request from another. Status codes and IP
/// addresses stay: they tell one failure from another.
fn without_ids(text: &str, address: Option<&str>) -> String {
    let text = address.map_or_else(|| text.to_owned(), |address| text.replace(address, "#"));
    let mut plain = String::with_capacity(text.len());
    let mut before = String::new();
    for piece in text.split_inclusive(|c: char| c.is_whitespace() || "/\"'(),;=[]".contains(c)) {
        let word = piece.trim_end_matches(|c: char| !c.is_alphanumeric());
        let is_status = ["http", "statuscode:", "status"].contains(&before.trim().to_ascii_lowercase().as_str());
        if is_id(word) && !is_status {
            plain.push('#');
            plain.push_str(&piece[word.len()..]);
        } else {
            plain.push_str(piece);
        }
        before = piece.to_owned();
    }
    plain
}

/// A number, or at least 16 hexadecimal digits as in request ids and UUIDs.
fn is_id(word: &str) -> bool {
    let digits = word.chars().filter(|c| *c != '-');
    !word.is_empty()
        && (word.bytes().all(|b| b.is_ascii_digit())
            || (word.len() >= 16 && digits.clone().count() >= 16 && digits.clone().all(|c| c.is_ascii_hexdigit())))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parse(lines: &[&str]) -> Messages {
        Messages::parse(&lines.join("\n")).unwrap()
    }

    #[test]
    fn reads_the_lines_that_matter() {
        let messages = parse(&[
            r#"{"@level":"info","@message":"Terraform 1.11.4","type":"version","terraform":"1.11.4","ui":"1.2"}"#,
            r#"{"type":"refresh_start","hook":{}}"#,
            r#"{"type":"resource_drift","change":{"resource":{"addr":"a.b[\"k\"]","module":""},"action":"update"}}"#,
            r#"{"type":"planned_change","change":{"resource":{"addr":"a.b"},"action":"replace","reason":"tainted"}}"#,
            r#"{"type":"change_summary","changes":{"add":1,"change":2,"import":3,"remove":4,"operation":"plan"}}"#,
            r#"{"type":"outputs","outputs":{"ip":{"sensitive":false,"action":"update"},"id":{"action":"noop"}}}"#,
        ]);
        let action = |address: &str, action: &str, reason: Option<&str>| Action {
            address: address.to_owned(),
            action: action.to_owned(),
            reason: reason.map(str::to_owned),
        };
        assert_eq!(messages.tool.as_deref(), Some("terraform 1.11.4"));
        assert_eq!(messages.drift, [action("a.b[\"k\"]", "update", None)]);
        assert_eq!(messages.planned, [action("a.b", "replace", Some("tainted"))]);
        assert_eq!(messages.summary, Some(Summary { add: 1, change: 2, import: 3, remove: 4 }));
        assert_eq!(messages.outputs, ["ip"]);
    }

    #[test]
    fn a_diagnostic_never_keeps_its_snippet() {
        let messages = parse(&[
            r#"{"type":"diagnostic","diagnostic":{"severity":"error","summary":"S","detail":"D","address":"a.b",
            "range":{"filename":"main.tf","start":{"line":7,"column":1,"byte":0},"end":{}},
            "snippet":{"context":"c","code":"hunter2","values":[{"traversal":"var.x","statement":"is \"hunter2\""}]}}}"#
                .replace('\n', "")
                .as_str(),
        ]);
        assert!(!format!("{messages:?}").contains("hunter2"));
        let finding = &messages.diagnostics[0];
        assert_eq!((finding.place.as_deref(), finding.address.as_deref()), (Some("main.tf:7"), Some("a.b")));
        assert_eq!(messages.errors().count(), 1);
    }

    #[test]
    fn what_is_no_json_is_kept_as_text() {
        let messages = parse(&["Error handling -chdir option: chdir missing", "", "{\"type\":", "7", "{}"]);
        assert_eq!(messages.texts.len(), 4);
        let odd = parse(&[r#"{"type":"diagnostic","diagnostic":[1]}"#, r#"{"type":"planned_change","change":"x"}"#]);
        assert_eq!(odd, Messages::default(), "odd members are passed over");
    }

    #[test]
    fn another_major_version_is_refused() {
        let error = Messages::parse(r#"{"type":"version","terraform":"2.0.0","ui":"2.0"}"#).unwrap_err();
        assert!(error.to_string().contains("`2.0`"), "{error}");
        let tofu = parse(&[r#"{"type":"version","tofu":"1.9.0","ui":"1.0"}"#]);
        assert_eq!(tofu.tool.as_deref(), Some("tofu 1.9.0"));
    }

    fn finding(summary: &str, detail: &str, address: Option<&str>) -> Finding {
        Finding {
            severity: "error".to_owned(),
            summary: summary.to_owned(),
            detail: detail.to_owned(),
            address: address.map(str::to_owned),
            place: None,
            count: 1,
        }
    }

    #[test]
    fn diagnostics_that_differ_in_ids_are_one_group() {
        let unreachable = |vm: u32, host: &str| {
            let get =
                format!("GET request (path: nodes/pve/qemu/{vm}/config) - dial tcp {host}:8006: no route to host");
            finding(&get, "", Some(&format!("vm.x[{vm}]")))
        };
        let mut all: Vec<_> = (100..112).map(|vm| unreachable(vm, "10.0.0.1")).collect();
        all.push(unreachable(100, "10.0.0.2"));
        let groups = group(&all, &Masker::default());
        assert_eq!(groups.iter().map(|group| group.count).collect::<Vec<_>>(), [12, 1]);
        assert!(groups[0].summary.contains("qemu/100/"));
        let status = |code: u32| finding(&format!("received an HTTP {code} response"), "", None);
        assert_eq!(group(&[status(401), status(500)], &Masker::default()).len(), 2, "codes are no ids");
        let variable = |name: &str| finding("No value for required variable", &format!("variable \"{name}\""), None);
        assert_eq!(group(&[variable("a"), variable("b")], &Masker::default()).len(), 2, "nor are names");
        let request = |id: &str| finding("operation error S3", &format!("RequestID: {id}, api error"), None);
        let ids = ["0123456789ABCDEF", "5d0d3b1a-2c1e-4b77-9d53-0a1b2c3d4e5f"];
        assert_eq!(group(&ids.map(request), &Masker::default()).len(), 1);
    }

    #[test]
    fn groups_are_masked_and_cut() {
        let groups = group(&[finding("bad hunter2", &"x".repeat(5000), None)], &Masker::new(["hunter2"]));
        assert_eq!(groups[0].summary, "bad (sensitive)");
        assert_eq!(groups[0].detail.chars().count(), LONGEST + 1);
    }
}
