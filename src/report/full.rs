//! The format for people: notes first and errors last, nearest to the prompt; each lint with its source lines, and only
//! its first places unless all are asked for. Copies of a file in several environments give one finding.
//!
//! The only file that knows miette, which draws the source lines.

use std::collections::{BTreeMap, HashMap};
use std::fmt;
use std::io::{self, Write};

use anstyle::{AnsiColor, Style};
use miette::{
    GraphicalReportHandler, GraphicalTheme, LabeledSpan, MietteError, MietteSpanContents, SourceCode, SourceSpan,
    SpanContents, ThemeCharacters, ThemeStyles,
};

use super::excerpt::{Excerpt, LABEL_LEAD, Mark, NARROWEST};
use super::text::{on_one_line, paint, style, wrap};
use super::{Options, Report, plural};
use crate::diagnostic::{LintId, Severity};
use crate::linter::finding::{Finding, Place};

/// How many places of a lint are shown.
const PLACES: usize = 3;
/// How many labels of a finding are drawn.
const LABELS: usize = 5;
/// How many paths are listed below a finding.
const PATHS: usize = 8;
/// Columns left of a source line besides the line number: ` 12 │ `.
const GUTTER: usize = 4;

/// Writes the findings, each followed by an empty line.
///
/// # Errors
/// Whatever `out` fails with.
pub fn write(out: &mut dyn Write, report: &Report<'_>) -> io::Result<()> {
    let mut groups: BTreeMap<(Severity, &LintId), Vec<&Finding>> = BTreeMap::new();
    for finding in report.shown() {
        groups.entry((finding.severity, &finding.lint)).or_default().push(finding);
    }
    for ((_, lint), findings) in groups {
        let limit = if report.options.all { usize::MAX } else { PLACES };
        let entries = merge_copies(&findings, limit);
        let mut help = None;
        for (index, entry) in entries.iter().take(limit).enumerate() {
            // The name once is enough, unless the first of the group is pages away.
            write_heading(out, entry.finding, index == 0 || report.options.all, report.options)?;
            write_excerpts(out, entry.finding, report)?;
            write_also(out, &entry.also, report.options)?;
            if entry.finding.help != help {
                help.clone_from(&entry.finding.help);
                write_help(out, help.as_deref(), report.options)?;
            }
            writeln!(out)?;
        }
        let more: usize = entries.iter().skip(limit).map(|entry| entry.copies).sum();
        if more > 0 {
            writeln!(
                out,
                "+{more} more: sprag lint --select {}\n",
                on_one_line(lint.as_str(), report.options.unicode)
            )?;
        }
    }
    Ok(())
}

/// A finding and where else it stands.
struct Entry<'a> {
    finding: &'a Finding,
    /// How many findings these are.
    copies: usize,
    /// Only of the entries that are shown.
    also: Vec<String>,
}

/// Joins findings that say the same of files of the same name, such as `environments/*/main.tf`. `findings` are in order
/// of paths, and only the first `shown` entries tell where else they stand.
fn merge_copies<'a>(findings: &[&'a Finding], shown: usize) -> Vec<Entry<'a>> {
    let mut entries: Vec<Entry<'a>> = Vec::new();
    let mut said = HashMap::new();
    let mut known = HashMap::new();
    let mut in_file: HashMap<usize, u32> = HashMap::new();
    let mut file = "";
    for finding in findings {
        let path = finding.place.path.as_str();
        if path != file {
            in_file.clear();
            file = path;
        }
        let name = path.rsplit('/').next();
        let number = said.len();
        let saying = (name, &finding.message, &finding.note, &finding.help, &finding.subject);
        let saying = *said.entry(saying).or_insert(number);
        let ordinal = in_file.entry(saying).or_insert(0);
        *ordinal += 1;
        let index = *known.entry((saying, *ordinal)).or_insert(entries.len());
        if let Some(entry) = entries.get_mut(index) {
            entry.copies += 1;
            if index < shown {
                entry.also.push(format!("{path}:{}", finding.place.start.line));
                entry.also.extend_from_slice(&finding.also);
            }
        } else {
            entries.push(Entry { finding, copies: 1, also: finding.also.clone() });
        }
    }
    entries
}

fn write_heading(out: &mut dyn Write, finding: &Finding, named: bool, options: Options) -> io::Result<()> {
    let severity = finding.severity.as_str();
    let lint = on_one_line(finding.lint.as_str(), options.unicode);
    let head = if named { format!("{severity}[{lint}]") } else { severity.to_owned() };
    let message = on_one_line(&finding.message, options.unicode);
    let message = wrap(&message, options.width, head.len() + 2, "  ");
    let link = finding.url.as_deref().filter(|url| named && options.hyperlinks && !url.contains(char::is_control));
    let head = match link {
        // OSC 8, https://gist.github.com/egmontkob/eb114294efbcd5adb1944c9f3cb5feda
        Some(url) => format!("{severity}[\x1b]8;;{url}\x1b\\{lint}\x1b]8;;\x1b\\]"),
        None => head,
    };
    let bold = Style::new().bold();
    writeln!(out, "{}: {}", paint(&head, style(finding.severity), options.color), paint(&message, bold, options.color))
}

fn write_help(out: &mut dyn Write, help: Option<&str>, options: Options) -> io::Result<()> {
    write_item(out, "help", help.unwrap_or_default(), options)
}

fn write_also(out: &mut dyn Write, also: &[String], options: Options) -> io::Result<()> {
    let listed = if options.all { also.len() } else { also.len().min(PATHS) };
    let mut text = also[..listed].join(", ");
    if listed < also.len() {
        text.push_str(&format!(" and {}", plural(also.len() - listed, "other place")));
    }
    write_item(out, "also", &text, options)
}

/// `  name: text`, wrapped below the text; nothing for an empty text. Line breaks in the text are kept.
fn write_item(out: &mut dyn Write, name: &str, text: &str, options: Options) -> io::Result<()> {
    let indent = " ".repeat(name.len() + 4);
    for (index, line) in text.lines().enumerate() {
        let line = wrap(&on_one_line(line, options.unicode), options.width, indent.len(), &indent);
        if index == 0 {
            let name = paint(name, AnsiColor::Cyan.on_default(), options.color);
            writeln!(out, "  {name}: {line}")?;
        } else {
            writeln!(out, "{indent}{line}")?;
        }
    }
    Ok(())
}

/// Draws the source lines of the finding and of its labels, file by file, the finding's own file first.
fn write_excerpts(out: &mut dyn Write, finding: &Finding, report: &Report<'_>) -> io::Result<()> {
    let mut files: Vec<(&Place, Vec<Mark<'_>>)> = vec![(&finding.place, Vec::new())];
    if !is_whole_file(finding) {
        files[0].1.push(mark(&finding.place, &finding.note));
    }
    let drawn = finding.labels.len().min(LABELS);
    for label in &finding.labels[..drawn] {
        let mark = mark(&label.place, &label.message);
        match files.iter_mut().find(|(place, _)| place.file == label.place.file) {
            Some((_, marks)) => marks.push(mark),
            None => files.push((&label.place, vec![mark])),
        }
    }
    let last = files.iter().flat_map(|(_, marks)| marks).map(|mark| mark.start.line + 1).max().unwrap_or(1);
    let gutter = last.to_string().len() + GUTTER;
    for (place, marks) in files {
        let text = report.files.text(place.file).filter(|text| !text.is_empty() && !marks.is_empty());
        match text {
            Some(text) => write_excerpt(out, &text, place, &marks, (finding, gutter), report.options)?,
            None => write_path(out, place, &marks, report.options)?,
        }
    }
    if drawn < finding.labels.len() {
        writeln!(out, "  and {}", plural(finding.labels.len() - drawn, "other place"))?;
    }
    Ok(())
}

/// Whether the finding is about a file or directory as such; its first line would explain nothing.
fn is_whole_file(finding: &Finding) -> bool {
    finding.place.end.offset == 0 && finding.note.is_empty()
}

fn mark<'a>(place: &Place, label: &'a str) -> Mark<'a> {
    Mark { start: place.start, end: place.end.offset, label }
}

/// The place and what is said of it, where there are no lines to show.
fn write_path(out: &mut dyn Write, place: &Place, marks: &[Mark<'_>], options: Options) -> io::Result<()> {
    let said: Vec<_> = marks.iter().map(|mark| mark.label).filter(|label| !label.is_empty()).collect();
    let said = if said.is_empty() { String::new() } else { format!(": {}", said.join("; ")) };
    let (preposition, path) = match (place.start.line, place.start.column) {
        (1, 1) => ("in", place.path.clone()),
        (line, column) => ("at", format!("{}:{line}:{column}", place.path)),
    };
    let text = format!("{path}{said}");
    writeln!(out, "  {preposition} {}", wrap(&on_one_line(&text, options.unicode), options.width, 5, "     "))
}

/// Draws the lines of one file, all with a gutter of `gutter` columns.
fn write_excerpt(
    out: &mut dyn Write,
    text: &[u8],
    place: &Place,
    marks: &[Mark<'_>],
    (finding, gutter): (&Finding, usize),
    options: Options,
) -> io::Result<()> {
    let excerpt = Excerpt::new(text, marks, options.width.saturating_sub(gutter).max(NARROWEST), options.unicode);
    let mut labels: Vec<LabeledSpan> = Vec::with_capacity(marks.len());
    for (mark, drawn) in marks.iter().zip(&excerpt.marks) {
        let before = gutter + drawn.indent + drawn.range.len() / 2 + LABEL_LEAD;
        let room = options.width.saturating_sub(before).max(NARROWEST);
        let label = wrap(&on_one_line(mark.label, options.unicode), room, 0, "");
        let label = (!label.is_empty()).then_some(label);
        let span = SourceSpan::from((drawn.range.start, drawn.range.len()));
        let own = (place.file, mark.start) == (finding.place.file, finding.place.start);
        let new = if own { LabeledSpan::new_primary_with_span } else { LabeledSpan::new_with_span };
        labels.push(new(label, span));
    }
    labels.sort_by_key(LabeledSpan::offset); // miette gives out the styles in this order
    let handler = handler(finding.severity, &labels, options);
    let name = on_one_line(&place.path, options.unicode).into_owned();
    let mut drawn = String::new();
    handler.render_report(&mut drawn, &Drawing { name, labels, excerpt }).map_err(io::Error::other)?;
    let mut pad = 0;
    for line in drawn.lines().skip(1) {
        // The line skipped would be miette's own heading. Each box has room for its own line numbers only.
        if let Some(narrow) =
            line.find(if options.unicode { "╭─[" } else { ",-[" }).filter(|at| line[..*at].trim().is_empty())
        {
            pad = gutter.saturating_sub(narrow + GUTTER - 2);
        }
        writeln!(out, "{:pad$}{}", "", line.trim_end())?;
    }
    Ok(())
}

/// A renderer that draws the finding's own place in the colour of its severity and the others in a quiet one.
fn handler(severity: Severity, labels: &[LabeledSpan], options: Options) -> GraphicalReportHandler {
    let colors = ThemeStyles::ansi();
    let loud = match severity {
        Severity::Note => colors.advice,
        Severity::Warning => colors.warning,
        Severity::Error => colors.error,
    };
    let highlights = labels.iter().map(|label| if label.primary() { loud.bold() } else { colors.advice });
    let mut styles = ThemeStyles::none();
    if options.color {
        styles = ThemeStyles { linum: colors.linum, highlights: highlights.collect(), ..styles };
    }
    let characters = if options.unicode { ThemeCharacters::unicode() } else { ThemeCharacters::ascii() };
    GraphicalReportHandler::new_themed(GraphicalTheme { characters, styles })
        .with_links(false)
        .without_cause_chain()
        .without_syntax_highlighting()
}

/// An excerpt as miette asks for it. It has no message: the heading is ours.
#[derive(Debug)]
struct Drawing {
    name: String,
    labels: Vec<LabeledSpan>,
    excerpt: Excerpt,
}

impl fmt::Display for Drawing {
    fn fmt(&self, _: &mut fmt::Formatter<'_>) -> fmt::Result {
        Ok(())
    }
}

impl std::error::Error for Drawing {}

impl miette::Diagnostic for Drawing {
    fn source_code(&self) -> Option<&dyn SourceCode> {
        Some(self)
    }

    fn labels(&self) -> Option<Box<dyn Iterator<Item = LabeledSpan> + '_>> {
        Some(Box::new(self.labels.iter().cloned()))
    }
}

impl SourceCode for Drawing {
    /// Without context the question is where `span` starts, for the line above the excerpt; with context it is which
    /// lines to draw.
    fn read_span<'a>(
        &'a self,
        span: &SourceSpan,
        lines_before: usize,
        _lines_after: usize,
    ) -> Result<Box<dyn SpanContents<'a> + 'a>, MietteError> {
        let at = span.offset();
        let block = self.excerpt.block(at).ok_or(MietteError::OutOfBounds)?;
        let mark = self.excerpt.marks.iter().find(|mark| lines_before == 0 && mark.range.start == at);
        let (line, column) = mark.map_or((block.first, 1), |mark| (mark.start.line, mark.start.column));
        Ok(Box::new(MietteSpanContents::new_named(
            self.name.clone(),
            &self.excerpt.text.as_bytes()[block.range.clone()],
            (block.range.start, block.range.len()).into(),
            line as usize - 1,
            column as usize - 1,
            block.lines,
        )))
    }
}

#[cfg(test)]
mod tests;
