//! The baseline: findings that are known and do not count, so that an old repository starts clean and only new findings
//! show. It names findings by fingerprint, so lines may move. Pure: text in, text out.

use std::collections::HashMap;

use serde::{Deserialize, Serialize};

use super::finding::{FileTable, Finding};

/// The only version of the format so far.
const VERSION: u32 = 1;

/// Known findings, sorted by path, lint and message.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Baseline {
    entries: Vec<Entry>,
}

/// Findings that differ in nothing but their place.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
struct Entry {
    lint: String,
    /// Within the repository.
    path: String,
    /// For people: the fingerprint alone decides.
    message: String,
    fingerprint: String,
    /// How many there are.
    #[serde(default = "one")]
    count: usize,
}

/// The file.
#[derive(Deserialize)]
struct File {
    version: u32,
    findings: Option<Vec<Entry>>,
}

const fn one() -> usize {
    1
}

/// Findings divided by a baseline.
#[derive(Debug, Default)]
pub struct Divided {
    /// Those that are not in it.
    pub new: Vec<Finding>,
    /// How many are.
    pub known: usize,
    /// How many of its findings were not found.
    pub gone: usize,
}

impl Baseline {
    /// Reads the text of a baseline.
    ///
    /// # Errors
    /// When it is none, or one of another version; says what is wrong.
    pub fn parse(text: &[u8]) -> Result<Self, String> {
        let file: File = serde_json::from_slice(text).map_err(|error| format!("this is no baseline: {error}"))?;
        if file.version != VERSION {
            return Err(format!("this baseline has version {}, this sprag reads version {VERSION}", file.version));
        }
        Ok(Self { entries: file.findings.ok_or("this is no baseline: it has no `findings`")? })
    }

    /// The baseline of these findings.
    #[must_use]
    pub fn of<'f>(findings: impl IntoIterator<Item = &'f Finding>, files: &dyn FileTable) -> Self {
        let mut entries: HashMap<&str, Entry> = HashMap::new();
        for finding in findings {
            let entry = || Entry {
                lint: finding.lint.to_string(),
                path: files.key(finding.place.file).to_owned(),
                message: finding.message.clone(),
                fingerprint: finding.family.clone(),
                count: 0,
            };
            entries.entry(&finding.family).or_insert_with(entry).count += 1;
        }
        let mut entries: Vec<Entry> = entries.into_values().collect();
        let key =
            |entry: &Entry| (entry.path.clone(), entry.lint.clone(), entry.message.clone(), entry.fingerprint.clone());
        entries.sort_by_cached_key(key);
        Self { entries }
    }

    /// How many findings it has.
    #[must_use]
    pub fn len(&self) -> usize {
        self.entries.iter().map(|entry| entry.count).sum()
    }

    /// Whether it has none.
    #[must_use]
    pub fn is_empty(&self) -> bool {
        self.len() == 0
    }

    /// As it is written: a line for each entry, so that a change of one is a change of one line.
    ///
    /// # Errors
    /// Never in practice: the entries are plain text and numbers.
    pub fn text(&self) -> Result<String, serde_json::Error> {
        let lines: Result<Vec<String>, _> = self.entries.iter().map(serde_json::to_string).collect();
        let lines = lines?.join(",\n    ");
        let findings = if lines.is_empty() { "[]".to_owned() } else { format!("[\n    {lines}\n  ]") };
        Ok(format!("{{\n  \"version\": {VERSION},\n  \"findings\": {findings}\n}}\n"))
    }

    /// Divides findings, which keep their order. Of equal ones the first are known.
    #[must_use]
    pub fn divide(&self, findings: Vec<Finding>) -> Divided {
        let mut left: HashMap<&str, usize> = HashMap::with_capacity(self.entries.len());
        for entry in &self.entries {
            *left.entry(&entry.fingerprint).or_default() += entry.count;
        }
        let mut divided = Divided::default();
        for finding in findings {
            match left.get_mut(finding.family.as_str()).filter(|left| **left > 0) {
                Some(left) => {
                    *left -= 1;
                    divided.known += 1;
                }
                None => divided.new.push(finding),
            }
        }
        divided.gone = left.values().sum();
        divided
    }
}

#[cfg(test)]
mod tests {
    use std::sync::Arc;

    use super::*;
    use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
    use crate::linter::finding::resolve;

    struct One(&'static str);

    impl FileTable for One {
        fn path(&self, _: FileId) -> &str {
            "shown.tf"
        }
        fn key(&self, _: FileId) -> &str {
            "m/key.tf"
        }
        fn text(&self, _: FileId) -> Option<Arc<[u8]>> {
            Some(Arc::from(self.0.as_bytes()))
        }
        fn url(&self, _: &LintId) -> Option<String> {
            None
        }
    }

    /// A finding at each `x`.
    fn findings(text: &'static str) -> Vec<Finding> {
        let at = |at: usize| Location::new(FileId(0), (at..at + 1).into());
        let found = text
            .match_indices('x')
            .map(|(index, _)| Diagnostic::new(LintId::new("terraform/a"), Severity::Warning, at(index), "an \"x\""));
        resolve(found.collect(), &One(text))
    }

    fn baseline(text: &'static str) -> Baseline {
        Baseline::of(&findings(text), &One(text))
    }

    #[test]
    fn a_baseline_is_what_it_was_written_as() {
        let text = baseline("x = 1\nx = 1\nx = 2\n").text().unwrap();
        let shown: Vec<String> =
            text.lines().map(|line| line.split("\"fingerprint\"").next().unwrap().into()).collect();
        let entry = r#"    {"lint":"terraform/a","path":"m/key.tf","message":"an \"x\"","#;
        assert_eq!(shown, ["{", "  \"version\": 1,", "  \"findings\": [", entry, entry, "  ]", "}"]);
        assert!(text.contains("\"count\":2}"), "{text}");
        assert_eq!(Baseline::parse(text.as_bytes()).unwrap(), baseline("x = 1\nx = 1\nx = 2\n"));
        assert_eq!(Baseline::default().text().unwrap(), "{\n  \"version\": 1,\n  \"findings\": []\n}\n");
    }

    #[test]
    fn only_new_findings_are_left() {
        let known = baseline("x = 1\nx = 1\n");
        let divide = |text| {
            let divided = known.divide(findings(text));
            (divided.new.iter().map(|new| new.place.start.line).collect::<Vec<_>>(), divided.known, divided.gone)
        };
        assert_eq!(divide("\n\n  x = 1\nx = 1\n"), (vec![], 2, 0));
        assert_eq!(divide("x = 1\nx = 2\n"), (vec![2], 1, 1));
        assert_eq!(divide("x = 1\nx = 1\nx = 1\n"), (vec![3], 2, 0), "a third one is new");
        assert_eq!(divide(""), (vec![], 0, 2));
    }

    #[test]
    fn what_is_no_baseline_is_refused() {
        let mistake = |text: &str| Baseline::parse(text.as_bytes()).unwrap_err();
        assert!(mistake("").starts_with("this is no baseline: EOF"));
        assert!(mistake("[]").starts_with("this is no baseline"));
        assert_eq!(mistake("{\"version\": 2}"), "this baseline has version 2, this sprag reads version 1");
        assert_eq!(mistake("{\"version\": 1}"), "this is no baseline: it has no `findings`");
    }
}
