//! Times, verdicts and tables for people.

use std::time::Duration;

use anstyle::{AnsiColor, Style};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use crate::drift::Verdict;
use crate::report::text::{on_one_line, paint};

/// How it looks.
#[derive(Clone)]
pub(super) struct Look {
    pub(super) color: bool,
    pub(super) unicode: bool,
    pub(super) zone: TimeZone,
}

impl Look {
    /// As standard output wants it.
    pub(super) fn of_stdout() -> Self {
        let options = crate::cli::terminal::options();
        Self { color: options.color, unicode: options.unicode, zone: TimeZone::system() }
    }

    /// Date and time of day, in local time.
    pub(super) fn time(&self, ms: i64) -> String {
        let timestamp = Timestamp::from_millisecond(ms).unwrap_or_default();
        timestamp.to_zoned(self.zone.clone()).strftime("%Y-%m-%d %H:%M:%S").to_string()
    }

    /// Text from outside on one line, without power over the terminal.
    pub(super) fn plain(&self, text: &str) -> String {
        on_one_line(text, self.unicode).into_owned()
    }

    /// The text in a style, where colours are wanted.
    pub(super) fn paint(&self, text: &str, style: Style) -> String {
        paint(text, style, self.color).into_owned()
    }

    /// Rows with their columns aligned; the last one is as long as it is. Cells hold plain text.
    pub(super) fn table(&self, rows: &[Vec<(String, Style)>]) -> String {
        let width = |column: usize| {
            rows.iter().filter_map(|row| row.get(column)).map(|(text, _)| text.chars().count()).max().unwrap_or(0)
        };
        let columns = rows.iter().map(Vec::len).max().unwrap_or(0);
        let widths: Vec<usize> = (0..columns).map(width).collect();
        let mut table = String::new();
        for row in rows {
            let mut line = String::new();
            for ((text, style), width) in row.iter().zip(&widths) {
                let gap = width - text.chars().count() + 2;
                line.push_str(&self.paint(text, *style));
                line.extend(std::iter::repeat_n(' ', gap));
            }
            table.push_str(line.trim_end());
            table.push('\n');
        }
        table
    }
}

/// A span in its largest sensible unit, rounded down: `40 s`, `5 min`, `3 h`, `12 days`.
pub(super) fn span(duration: Duration) -> String {
    let seconds = duration.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min", seconds / 60),
        3600..172_800 => format!("{} h", seconds / 3600),
        _ => format!("{} days", seconds / 86_400),
    }
}

/// `1 change`, `2 changes`.
pub(super) fn plural(count: u32, noun: &str) -> String {
    format!("{count} {noun}{}", if count == 1 { "" } else { "s" })
}

/// The colour of a verdict.
pub(super) fn style(verdict: Verdict) -> Style {
    match verdict {
        Verdict::Conforming => AnsiColor::Green.on_default(),
        Verdict::Pending | Verdict::Stale => AnsiColor::Cyan.on_default(),
        Verdict::Drift => AnsiColor::Yellow.on_default().bold(),
        Verdict::Error => AnsiColor::Red.on_default().bold(),
    }
}

/// The colour of what is less important.
pub(super) const FAINT: Style = Style::new().dimmed();

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spans_have_one_unit() {
        let spans = [0, 59, 60, 3599, 3600, 172_799, 172_800].map(|seconds| span(Duration::from_secs(seconds)));
        assert_eq!(spans, ["0 s", "59 s", "1 min", "59 min", "1 h", "47 h", "2 days"]);
    }

    #[test]
    fn tables_are_aligned_with_and_without_colour() {
        let mut look = Look { color: false, unicode: true, zone: TimeZone::UTC };
        let row = |cells: [&str; 2]| cells.map(|cell| (cell.to_owned(), FAINT)).to_vec();
        let rows = [row(["é", "x"]), row(["long", ""])];
        assert_eq!(look.table(&rows), "é     x\nlong\n");
        look.color = true;
        assert_eq!(anstream::adapter::strip_str(&look.table(&rows)).to_string(), "é     x\nlong  \n");
    }
}
