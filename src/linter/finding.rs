//! Diagnostics in the form that leaves sprag: paths, lines and columns instead of file numbers and bytes, merged,
//! sorted, and with a fingerprint that names the same finding in the next run. Knows no output format and reads files
//! only through [`FileTable`].

use std::collections::HashMap;
use std::sync::Arc;

use rayon::prelude::*;
use sha2::{Digest, Sha256};

use crate::diagnostic::{Applicability, Diagnostic, Edit, FileId, Fix, LintId, Location, Severity};
use crate::source::{LineIndex, Position, Span};

/// A line longer than this, in bytes, is generated: the fingerprint takes the spanned text instead of the line.
const LONGEST_WRITTEN_LINE: usize = 1024;

/// What is known of the files of one run.
pub trait FileTable: Sync {
    /// The path to show: relative to the working directory, with `/` between its parts.
    fn path(&self, file: FileId) -> &str;
    /// The path that names the file wherever sprag is started: relative to the root of the repository.
    fn key(&self, file: FileId) -> &str;
    /// The text, read again, since texts are dropped once they are linted. `None` for a directory and for a file that
    /// is gone.
    fn text(&self, file: FileId) -> Option<Arc<[u8]>>;
    /// The page that documents a lint.
    fn url(&self, lint: &LintId) -> Option<String>;
    /// Further paths of the same file, through symbolic links.
    fn aliases(&self, _file: FileId) -> Vec<String> {
        Vec::new()
    }
}

/// A part of a file as people count it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Place {
    /// The file, for reading its text.
    pub file: FileId,
    /// The path to show.
    pub path: String,
    /// The first character; line 1, column 1 where the text is gone.
    pub start: Position,
    /// After the last character.
    pub end: Position,
}

impl Place {
    /// The same in bytes.
    #[must_use]
    pub const fn location(&self) -> Location {
        Location::new(self.file, Span::new(self.start.offset, self.end.offset))
    }
}

/// A second place that explains the first.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedLabel {
    /// Where.
    pub place: Place,
    /// What is there; a phrase.
    pub message: String,
}

/// Replace the text at `place` by `text`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedEdit {
    /// What goes.
    pub place: Place,
    /// What comes.
    pub text: String,
}

/// Edits that belong together: all or none.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct PlacedFix {
    /// How far it can be trusted.
    pub applicability: Applicability,
    /// The edits, not overlapping.
    pub edits: Vec<PlacedEdit>,
}

impl PlacedFix {
    /// The same in file numbers and bytes.
    #[must_use]
    pub fn unplaced(&self) -> Fix {
        let edit = |edit: &PlacedEdit| Edit { location: edit.place.location(), text: edit.text.clone() };
        Fix { applicability: self.applicability, edits: self.edits.iter().map(edit).collect() }
    }
}

/// One finding, ready for output.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// The lint that speaks.
    pub lint: LintId,
    /// How bad it is.
    pub severity: Severity,
    /// What is wrong.
    pub message: String,
    /// The place.
    pub place: Place,
    /// A few words beside the place; empty for none.
    pub note: String,
    /// Further places.
    pub labels: Vec<PlacedLabel>,
    /// What to do.
    pub help: Option<String>,
    /// The page that documents the lint.
    pub url: Option<String>,
    /// The name of the thing the finding is about; empty for none.
    pub subject: String,
    /// 32 hexadecimal digits made of lint, repository-relative path, subject, the trimmed line, and a number among
    /// equals: the same when lines move, when the message is reworded and wherever sprag is started.
    pub fingerprint: String,
    /// The fingerprint of the first of its equals.
    pub family: String,
    /// Paths at which the same finding stands as well.
    pub also: Vec<String>,
    /// An edit that mends it.
    pub fix: Option<PlacedFix>,
}

/// Turns diagnostics into findings, sorted by path, place, lint and message. Of diagnostics that agree in lint, place
/// and message the most severe stays. Each file's text is read once and dropped when its places are known.
#[must_use]
pub fn resolve(mut diagnostics: Vec<Diagnostic>, files: &dyn FileTable) -> Vec<Finding> {
    diagnostics.par_sort_by(|a, b| {
        let of = |diagnostic: &Diagnostic| (diagnostic.location.file, diagnostic.location.span);
        of(a).cmp(&of(b)).then_with(|| (&a.lint, &a.message, b.severity).cmp(&(&b.lint, &b.message, a.severity)))
    });
    diagnostics.dedup_by(|b, a| (a.location, &a.lint, &a.message) == (b.location, &b.lint, &b.message));
    let texts = Texts::read(&diagnostics, files);
    let placed: Vec<Placed> =
        diagnostics.into_par_iter().map(|diagnostic| Placed::new(diagnostic, files, &texts)).collect();
    let mut findings = number_equals(placed);
    findings.par_sort_by(|a, b| {
        let of = |place: &Place| (place.start.offset, place.end.offset);
        a.place
            .path
            .cmp(&b.place.path)
            .then_with(|| (of(&a.place), &a.lint, &a.message).cmp(&(of(&b.place), &b.lint, &b.message)))
    });
    findings
}

/// A finding with the fingerprint of the first of its kind, and what it takes to number those that equal it.
struct Placed {
    finding: Finding,
    hash: Sha256,
    family: u128,
}

impl Placed {
    fn new(diagnostic: Diagnostic, files: &dyn FileTable, texts: &Texts) -> Self {
        let key = files.key(diagnostic.location.file);
        let mut hash = Sha256::new();
        add(&mut hash, diagnostic.lint.as_str().as_bytes());
        add(&mut hash, key.as_bytes());
        add(&mut hash, diagnostic.subject.as_bytes());
        add(&mut hash, texts.anchor(diagnostic.location));
        let family = numbered(hash.clone(), 0);
        let place = |location| texts.place(location, files);
        let labels = diagnostic.labels.into_iter();
        let edit = |edit: Edit| PlacedEdit { place: place(edit.location), text: edit.text };
        let finding = Finding {
            place: place(diagnostic.location),
            labels: labels.map(|label| PlacedLabel { place: place(label.location), message: label.message }).collect(),
            url: files.url(&diagnostic.lint),
            also: files.aliases(diagnostic.location.file),
            lint: diagnostic.lint,
            severity: diagnostic.severity,
            message: diagnostic.message,
            note: diagnostic.note,
            help: diagnostic.help,
            subject: diagnostic.subject,
            family: fingerprint(family),
            fingerprint: String::new(),
            fix: diagnostic.fix.map(|fix| PlacedFix {
                applicability: fix.applicability,
                edits: fix.edits.into_iter().map(edit).collect(),
            }),
        };
        Self { finding, hash, family }
    }
}

/// Gives findings that differ in nothing but their place fingerprints of their own. They must come in the order of their
/// places, so that they are numbered the same in every run.
fn number_equals(placed: Vec<Placed>) -> Vec<Finding> {
    let mut seen: HashMap<u128, u32> = HashMap::with_capacity(placed.len());
    let number = |Placed { mut finding, hash, family }| {
        let before = seen.entry(family).or_default();
        finding.fingerprint = if *before > 0 { fingerprint(numbered(hash, *before)) } else { finding.family.clone() };
        *before += 1;
        finding
    };
    placed.into_iter().map(number).collect()
}

fn numbered(mut hash: Sha256, number: u32) -> u128 {
    add(&mut hash, number.to_string().as_bytes());
    half(hash)
}

fn fingerprint(number: u128) -> String {
    format!("{number:032x}")
}

/// Adds one part, with its length, so that no two lists of parts run into the same bytes.
fn add(hash: &mut Sha256, part: &[u8]) {
    hash.update((part.len() as u64).to_le_bytes());
    hash.update(part);
}

/// Half of a SHA-256, which is plenty: fingerprints need to differ, not to withstand an attacker.
fn half(hash: Sha256) -> u128 {
    let whole = hash.finalize();
    let mut half = [0; 16];
    half.copy_from_slice(&whole[..16]);
    u128::from_be_bytes(half)
}

/// What the diagnostics need of the texts, by file, in the order of the files.
#[derive(Default)]
struct Texts(Vec<(FileId, Text)>);

/// Positions of offsets, and the lines that anchor fingerprints, both sorted.
#[derive(Default)]
struct Text {
    positions: Vec<(u32, Position)>,
    anchors: Vec<(Span, Vec<u8>)>,
}

impl Texts {
    /// `diagnostics` must be sorted by place.
    fn read(diagnostics: &[Diagnostic], files: &dyn FileTable) -> Self {
        let mut offsets: Vec<(FileId, u32)> = Vec::with_capacity(diagnostics.len() * 2);
        for diagnostic in diagnostics {
            let edits = diagnostic.fix.iter().flat_map(|fix| &fix.edits).map(|edit| edit.location);
            let labels = diagnostic.labels.iter().map(|label| label.location);
            for location in std::iter::once(diagnostic.location).chain(labels).chain(edits) {
                offsets.extend([(location.file, location.span.start), (location.file, location.span.end)]);
            }
        }
        offsets.par_sort_unstable();
        offsets.dedup();
        let by_file: Vec<&[(FileId, u32)]> = offsets.chunk_by(|a, b| a.0 == b.0).collect();
        let read = |offsets: &&[(FileId, u32)]| {
            let file = offsets[0].0;
            let text = files.text(file)?;
            let first = diagnostics.partition_point(|diagnostic| diagnostic.location.file < file);
            let spans = diagnostics[first..].iter().map(|diagnostic| diagnostic.location);
            let mut spans: Vec<Span> =
                spans.take_while(|location| location.file == file).map(|location| location.span).collect();
            spans.dedup();
            let positions = positions(&text, offsets.iter().map(|(_, offset)| *offset)).collect();
            let anchors = spans.into_iter().map(|span| (span, anchor(&text, span))).collect();
            Some((file, Text { positions, anchors }))
        };
        Self(by_file.par_iter().filter_map(read).collect())
    }

    fn of(&self, file: FileId) -> Option<&Text> {
        let index = self.0.binary_search_by_key(&file, |(file, _)| *file).ok()?;
        Some(&self.0[index].1)
    }

    fn anchor(&self, location: Location) -> &[u8] {
        let anchor = |text: &'_ Text| text.anchors.binary_search_by_key(&location.span, |(span, _)| *span).ok();
        self.of(location.file).and_then(|text| Some(text.anchors[anchor(text)?].1.as_slice())).unwrap_or_default()
    }

    fn place(&self, location: Location, files: &dyn FileTable) -> Place {
        let text = self.of(location.file);
        let at = |offset| {
            let positions = &text?.positions;
            let index = positions.binary_search_by_key(&offset, |(offset, _)| *offset).ok()?;
            Some(positions[index].1)
        };
        let first = Position { line: 1, column: 1, offset: 0 };
        Place {
            file: location.file,
            path: files.path(location.file).to_owned(),
            start: at(location.span.start).unwrap_or(first),
            end: at(location.span.end).unwrap_or(first),
        }
    }
}

/// The positions of sorted offsets. Each is counted from the one before, so that a thousand findings in a line of a
/// megabyte take as long as one.
fn positions(text: &[u8], offsets: impl Iterator<Item = u32>) -> impl Iterator<Item = (u32, Position)> {
    let mut from = Position { line: 1, column: 1, offset: 0 };
    offsets.map(move |at| {
        let piece = Span::new(from.offset, at).slice(text);
        let step = LineIndex::new(piece).position(piece, at);
        let column = if step.line == 1 { from.column + step.column - 1 } else { step.column };
        let position = Position { line: from.line + step.line - 1, column, offset: from.offset + step.offset };
        let inside_character = text.get(position.offset as usize).is_some_and(|byte| byte & 0xc0 == 0x80);
        if !inside_character {
            from = position; // a part of a character would be counted differently alone
        }
        (at, position)
    })
}

/// The line in which `span` starts, without the white space around it; nothing for a finding about the file as a whole,
/// which stands before the first character.
fn anchor(text: &[u8], span: Span) -> Vec<u8> {
    if span == Span::at(0) {
        return Vec::new();
    }
    let at = (span.start as usize).min(text.len());
    let start = memchr::memrchr(b'\n', &text[..at]).map_or(0, |newline| newline + 1);
    let end = memchr::memchr(b'\n', &text[at..]).map_or(text.len(), |newline| at + newline);
    let line = text[start..end].trim_ascii();
    if line.len() > LONGEST_WRITTEN_LINE {
        let spanned = span.slice(text);
        return spanned[..spanned.len().min(LONGEST_WRITTEN_LINE)].to_vec();
    }
    line.strip_prefix("\u{feff}".as_bytes()).unwrap_or(line).to_vec()
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    const LINT: LintId = LintId::new("terraform/unsorted-tags");

    /// Files by number: working directory to leave out, repository-relative path, text.
    struct Files {
        directory: &'static str,
        files: Vec<(&'static str, Option<&'static str>)>,
        reads: AtomicUsize,
    }

    impl Files {
        fn new(directory: &'static str, files: &[(&'static str, Option<&'static str>)]) -> Self {
            Self { directory, files: files.to_vec(), reads: AtomicUsize::new(0) }
        }
    }

    impl FileTable for Files {
        fn path(&self, file: FileId) -> &str {
            self.key(file).strip_prefix(self.directory).unwrap_or(self.key(file))
        }
        fn key(&self, file: FileId) -> &str {
            self.files[file.0 as usize].0
        }
        fn text(&self, file: FileId) -> Option<Arc<[u8]>> {
            self.reads.fetch_add(1, Ordering::Relaxed);
            self.files[file.0 as usize].1.map(|text| Arc::from(text.as_bytes()))
        }
        fn url(&self, lint: &LintId) -> Option<String> {
            Some(format!("https://example.org/{lint}"))
        }
        fn aliases(&self, file: FileId) -> Vec<String> {
            if file.0 == 1 { vec!["linked.tf".into()] } else { Vec::new() }
        }
    }

    /// A diagnostic at every `needle` in file 0.
    fn find(text: &str, needle: &str) -> Vec<Diagnostic> {
        let places = text.match_indices(needle).map(|(at, _)| Location::new(FileId(0), (at..at + needle.len()).into()));
        places.map(|place| Diagnostic::new(LINT, Severity::Warning, place, "tags are not sorted")).collect()
    }

    fn fingerprints(directory: &'static str, text: &'static str) -> Vec<String> {
        let files = Files::new(directory, &[("modules/ct/main.tf", Some(text))]);
        resolve(find(text, "tags"), &files).into_iter().map(|finding| finding.fingerprint).collect()
    }

    #[test]
    fn fingerprints_survive_moved_lines() {
        let before = fingerprints("", "a {\n  tags = 1\n}\nb {\n  tags = 2\n}\n");
        let after = fingerprints("", "# new\r\nb {\r\n    tags = 2\r\n}\r\n\r\na {\r\n\ttags = 1\r\n}\r\n");
        assert_eq!(before.len(), 2);
        assert_ne!(before[0], before[1]);
        assert_eq!(after, [before[1].clone(), before[0].clone()]);
        assert!(before[0].len() == 32 && before[0].bytes().all(|byte| byte.is_ascii_hexdigit()), "{}", before[0]);
    }

    #[test]
    fn fingerprints_do_not_change_between_releases() {
        assert_eq!(fingerprints("", "\u{feff}tags = 1\n"), ["1be1a74f576d0a691110ecaf471fdbf2"]);
    }

    #[test]
    fn equal_findings_have_different_fingerprints() {
        let all = fingerprints("", "tags = 1\ntags = 1\n");
        assert_ne!(all[0], all[1]);
        assert_eq!(all[0], fingerprints("", "tags = 1\n")[0]);
    }

    #[test]
    fn fingerprints_do_not_depend_on_the_working_directory() {
        let text = "a {\n  tags = 1\n}\n";
        assert_eq!(fingerprints("", text), fingerprints("modules/ct/", text));
    }

    #[test]
    fn a_finding_about_a_file_does_not_depend_on_its_first_line() {
        let of = |text: &'static str| {
            let place = Location::new(FileId(0), Span::at(0));
            let whole = Diagnostic::new(LINT, Severity::Warning, place, "m");
            resolve(vec![whole], &Files::new("", &[("a.tf", Some(text))])).remove(0).fingerprint
        };
        assert_eq!(of("a = 1\n"), of("# new\na = 1\n"));
    }

    #[test]
    fn fingerprints_depend_on_subject_lint_and_file() {
        let text = "tags = 1\n";
        let of = |diagnostic: Diagnostic, path| {
            resolve(vec![diagnostic], &Files::new("", &[(path, Some(text))])).remove(0).fingerprint
        };
        let plain = || find(text, "tags").remove(0);
        let mut other = plain();
        other.lint = LintId::new("terraform/other");
        let all = [of(plain(), "a.tf"), of(plain().subject("x"), "a.tf"), of(other, "a.tf"), of(plain(), "b.tf")];
        for (at, fingerprint) in all.iter().enumerate() {
            assert!(!all[..at].contains(fingerprint), "{all:?}");
        }
    }

    #[test]
    fn a_generated_line_is_anchored_by_the_spanned_text() {
        let line = |filler: &str| format!("{}\"first\", {}\"second\"\n", filler.repeat(2000), filler.repeat(2000));
        let (before, after) = (line("1, "), line("22, "));
        let of = |text: &str| {
            let start = text.find("\"second").unwrap();
            anchor(text.as_bytes(), (start..start + 8).into())
        };
        assert_eq!(of(&before), b"\"second\"");
        assert_eq!(of(&before), of(&after));
    }

    #[test]
    fn reads_each_file_once_and_places_everything() {
        let files = Files::new("m/", &[("m/a.tf", Some("x\né = 1\n")), ("m/b.tf", Some("y = 1\n"))]);
        let at = |file, start, end| Location::new(FileId(file), Span::new(start, end));
        let edits = vec![Edit { location: at(0, 2, 4), text: "e".into() }];
        let fix = Fix { applicability: Applicability::Safe, edits };
        let first = Diagnostic::new(LINT, Severity::Error, at(1, 0, 1), "b").label(at(0, 2, 4), "here").fix(fix);
        let second = Diagnostic::new(LINT, Severity::Note, at(0, 5, 99), "a").help("do").note("why").subject("s");
        let findings = resolve(vec![first, second], &files);
        assert_eq!(files.reads.load(Ordering::Relaxed), 2);
        let [a, b] = findings.as_slice() else { panic!("{findings:?}") };
        assert_eq!((a.place.path.as_str(), a.place.start.line, a.place.start.column), ("a.tf", 2, 3));
        assert_eq!((a.place.end.line, a.place.end.offset), (3, 9));
        assert_eq!((a.help.as_deref(), a.note.as_str(), a.subject.as_str()), (Some("do"), "why", "s"));
        assert_eq!(a.url.as_deref(), Some("https://example.org/terraform/unsorted-tags"));
        assert_eq!((b.place.path.as_str(), b.also.as_slice()), ("b.tf", ["linked.tf".to_owned()].as_slice()));
        let label = &b.labels[0].place;
        assert_eq!((label.path.as_str(), label.start.line, label.start.column, label.end.column), ("a.tf", 2, 1, 2));
        assert_eq!(b.fix.as_ref().unwrap().edits[0].place, *label);
    }

    #[test]
    fn merges_identical_diagnostics_and_keeps_the_worst() {
        let text = "tags = 1\n";
        let files = Files::new("", &[("a.tf", Some(text))]);
        let mut diagnostics = find(text, "tags");
        diagnostics.extend(find(text, "tags").into_iter().map(|mut other| {
            other.severity = Severity::Error;
            other
        }));
        diagnostics.extend(find(text, "tags").into_iter().map(|mut other| {
            other.message = "another".into();
            other
        }));
        let findings = resolve(diagnostics, &files);
        let seen: Vec<_> = findings.iter().map(|finding| (finding.message.as_str(), finding.severity)).collect();
        assert_eq!(seen, [("another", Severity::Warning), ("tags are not sorted", Severity::Error)]);
    }

    #[test]
    fn a_text_that_is_gone_gives_the_first_position() {
        let files = Files::new("", &[("modules/gone", None)]);
        let place = Location::new(FileId(0), Span::new(7, 9));
        let finding = resolve(vec![Diagnostic::new(LINT, Severity::Warning, place, "m")], &files).remove(0);
        let first = Position { line: 1, column: 1, offset: 0 };
        assert_eq!((finding.place.start, finding.place.end), (first, first));
    }

    proptest::proptest! {
        #[test]
        fn positions_are_those_of_the_line_index(
            text in proptest::collection::vec(proptest::prop_oneof![
                proptest::prelude::any::<u8>(), proptest::prelude::Just(b'\n'), proptest::prelude::Just(b'a'),
            ], 0..60),
            mut offsets in proptest::collection::vec(0_u32..70, 0..20),
        ) {
            let text = [&text[..], "é\n日本🦀".as_bytes(), &text[..]].concat();
            offsets.sort_unstable();
            let index = LineIndex::new(&text);
            for (at, position) in positions(&text, offsets.iter().copied()) {
                proptest::prop_assert_eq!(position, index.position(&text, at));
            }
        }
    }

    #[test]
    fn the_order_of_diagnostics_does_not_matter() {
        let text = "tags = tags\ntags = tags\n";
        let files = Files::new("", &[("a.tf", Some(text))]);
        let forward = resolve(find(text, "tags"), &files);
        let backward = resolve(find(text, "tags").into_iter().rev().collect(), &files);
        assert_eq!(forward, backward);
    }
}
