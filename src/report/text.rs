//! Text from outside made fit for a terminal: nothing in a message, a path or a source line may move the cursor, change
//! a colour or reorder what is read. Also styles and wrapping.

use std::borrow::Cow;

use anstyle::{AnsiColor, Style};

use crate::diagnostic::Severity;

/// Width of prose: longer lines are hard to read, however wide the terminal is.
const WIDEST_PROSE: usize = 100;

/// Whether a terminal might obey the character instead of showing it: control characters, and the marks that change the
/// direction of text (CVE-2021-42574) or are not seen at all.
pub(super) fn is_hidden(char: char) -> bool {
    char.is_control()
        || matches!(char, '\u{200b}' | '\u{200e}' | '\u{200f}' | '\u{2028}'..='\u{202e}' | '\u{2060}'..='\u{206f}')
        || matches!(char, '\u{61c}' | '\u{feff}' | '\u{fff9}'..='\u{fffb}' | '\u{e0000}'..='\u{e007f}')
}

/// One character that stands for a hidden one, so that columns stay what they are.
pub(super) fn stand_in(char: char, unicode: bool) -> char {
    match u32::from(char) {
        _ if !unicode => '?',
        code @ 0..0x20 => char::from_u32(0x2400 + code).unwrap_or('?'), // the pictures of control characters
        0x7f => '\u{2421}',
        _ => '\u{fffd}',
    }
}

/// The text with hidden characters replaced by stand-ins; line breaks and tabs become spaces.
pub(crate) fn on_one_line(text: &str, unicode: bool) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let text = text.replace("\r\n", " ");
    let shown = text.chars().map(|char| match char {
        '\n' | '\t' => ' ',
        hidden if is_hidden(hidden) => stand_in(hidden, unicode),
        plain => plain,
    });
    Cow::Owned(shown.collect())
}

/// The text with hidden characters as escapes: `\n`, `\u{1b}`.
pub(super) fn escaped(text: &str) -> Cow<'_, str> {
    if !text.contains(is_hidden) {
        return Cow::Borrowed(text);
    }
    let mut escaped = String::with_capacity(text.len() + 8);
    for char in text.chars() {
        if is_hidden(char) { escaped.extend(char.escape_default()) } else { escaped.push(char) }
    }
    Cow::Owned(escaped)
}

/// Columns to reserve for a character. Rather too many than too few: it decides where lines are cut and wrapped, never
/// where something is underlined.
pub(super) fn columns(char: char) -> usize {
    if char < '\u{1100}' || ('\u{2000}'..'\u{2e80}').contains(&char) { 1 } else { 2 }
}

/// Breaks `text` at spaces so that it fits `width` columns. The first line has `used` columns before it, the others
/// start with `indent`. A word that is wider than a line gets a line of its own.
pub(crate) fn wrap(text: &str, width: usize, used: usize, indent: &str) -> String {
    let width = width.min(WIDEST_PROSE);
    let mut wrapped = String::with_capacity(text.len() + 16);
    let mut column = used;
    let mut line_is_empty = true;
    for word in text.split(' ') {
        let wide: usize = word.chars().map(columns).sum();
        if !line_is_empty && column + 1 + wide > width {
            wrapped.push('\n');
            wrapped.push_str(indent);
            column = indent.len();
        } else if !line_is_empty {
            wrapped.push(' ');
            column += 1;
        }
        wrapped.push_str(word);
        column += wide;
        line_is_empty = false;
    }
    wrapped
}

/// The colour of a severity.
pub(super) fn style(severity: Severity) -> Style {
    let color = match severity {
        Severity::Note => AnsiColor::Cyan,
        Severity::Warning => AnsiColor::Yellow,
        Severity::Error => AnsiColor::Red,
    };
    color.on_default().bold()
}

/// `text` in `style` where colours are wanted.
pub(crate) fn paint(text: &str, style: Style, color: bool) -> Cow<'_, str> {
    if color { Cow::Owned(format!("{style}{text}{style:#}")) } else { Cow::Borrowed(text) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn wraps_at_spaces() {
        assert_eq!(wrap("aa bb cc dd", 8, 3, "  "), "aa bb\n  cc dd");
        assert_eq!(wrap("a-very-long-word b", 8, 3, "  "), "a-very-long-word\n  b");
        assert_eq!(wrap("日本 日本", 8, 0, ""), "日本\n日本");
        assert_eq!(wrap("", 8, 0, ""), "");
        assert_eq!(wrap("  a  b", 8, 0, ""), "  a  b", "code keeps its spaces");
        assert!(wrap(&"word ".repeat(100), 500, 0, "").lines().all(|line| line.len() <= WIDEST_PROSE));
    }

    #[test]
    fn hidden_characters_lose_their_power() {
        let hostile = "a\x1b[31m\n\tb\u{202e}c\u{9b}d\r\ne\x7f";
        assert_eq!(on_one_line(hostile, true), "a␛[31m  b\u{fffd}c\u{fffd}d e␡");
        assert_eq!(on_one_line(hostile, false), "a?[31m  b?c?d e?");
        assert_eq!(escaped(hostile), r"a\u{1b}[31m\n\tb\u{202e}c\u{9b}d\r\ne\u{7f}");
        assert!(matches!(escaped("日本 é"), Cow::Borrowed(_)));
    }
}
