//! One comment: whether it suppresses something, and what. Knows neither lints nor places in files.

use std::ops::Range;

use crate::suggest;

/// Whose words a comment is written in.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Tongue {
    /// `sprag: ignore[LINT] reason`
    Sprag,
    /// `tflint-ignore: RULE`, which repositories bring along.
    Tflint,
}

/// What a comment asks for. Ranges are bytes of the comment.
#[derive(Debug, PartialEq, Eq)]
pub(super) struct Directive {
    pub(super) tongue: Tongue,
    /// Whether it is about the whole file.
    pub(super) is_for_file: bool,
    /// The names, each with its place.
    pub(super) names: Vec<Range<usize>>,
    pub(super) has_reason: bool,
}

/// What a comment says.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Said {
    /// Nothing to us.
    Nothing,
    /// Something is suppressed.
    Directive(Directive),
    /// It was meant to suppress something: the place, what is wrong, and what to write.
    Malformed(Range<usize>, String, String),
}

const FORM: &str = "write `# sprag: ignore[LINT] reason`, or `ignore-file` for the whole file";

/// Reads a comment with its markers.
pub(super) fn read(comment: &str) -> Said {
    let body = comment.trim_start_matches(['#', '/', '*']).trim_start();
    let start = comment.len() - body.len();
    if let Some(rest) = body.strip_prefix("sprag:") {
        return own(comment, comment.len() - rest.trim_start().len());
    }
    for (prefix, is_for_file) in [("tflint-ignore:", false), ("tflint-ignore-file:", true)] {
        if body.starts_with(prefix) {
            let from = start + prefix.len();
            let length = comment[from..].find(['\n', '*', '/', '#']).unwrap_or(comment.len() - from);
            let names = names(comment, from..from + length);
            return Said::Directive(Directive { tongue: Tongue::Tflint, is_for_file, names, has_reason: true });
        }
    }
    Said::Nothing
}

/// What stands behind `sprag:`, from `at` on.
fn own(comment: &str, at: usize) -> Said {
    let rest = &comment[at..];
    let length = rest.find(|c: char| !c.is_ascii_alphanumeric() && c != '-' && c != '_').unwrap_or(rest.len());
    let (word, place) = (&rest[..length], at..at + length);
    let list = rest[length..].trim_start();
    let list_at = comment.len() - list.len();
    let is_for_file = match word {
        "ignore" => false,
        "ignore-file" => true,
        _ => {
            return match suggest::closest(word, ["ignore", "ignore-file"]) {
                Some(meant) => {
                    Said::Malformed(place, format!("unknown word `{word}`"), format!("did you mean `{meant}`?"))
                }
                None if list.starts_with('[') => {
                    Said::Malformed(place, format!("unknown word `{word}`"), FORM.to_owned())
                }
                // Somebody talks about sprag.
                None => Said::Nothing,
            };
        }
    };
    if !list.starts_with('[') {
        return Said::Malformed(place, format!("`{word}` names no lint"), FORM.to_owned());
    }
    let Some(close) = list.find([']', '\n']).filter(|close| list[*close..].starts_with(']')) else {
        return Said::Malformed(list_at..list_at + 1, "this list has no `]`".to_owned(), FORM.to_owned());
    };
    let names = names(comment, list_at + 1..list_at + close);
    if names.is_empty() {
        return Said::Malformed(place, format!("`{word}` names no lint"), FORM.to_owned());
    }
    let reason = list[close + 1..].trim_end_matches(['*', '/']);
    let has_reason = reason.contains(char::is_alphanumeric);
    Said::Directive(Directive { tongue: Tongue::Sprag, is_for_file, names, has_reason })
}

/// The names in a list with commas.
fn names(comment: &str, list: Range<usize>) -> Vec<Range<usize>> {
    let mut at = list.start;
    let parts = comment[list].split(',').map(|part| {
        let start = at + part.len() - part.trim_start().len();
        at += part.len() + 1;
        start..start + part.trim().len()
    });
    parts.filter(|range| !range.is_empty()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn directive(comment: &str) -> (Tongue, bool, Vec<&str>, bool) {
        let Said::Directive(found) = read(comment) else { panic!("{:?}", read(comment)) };
        (
            found.tongue,
            found.is_for_file,
            found.names.into_iter().map(|name| &comment[name]).collect(),
            found.has_reason,
        )
    }

    fn mistake(comment: &str) -> (&str, String) {
        let Said::Malformed(place, message, _) = read(comment) else { panic!("{:?}", read(comment)) };
        (&comment[place], message)
    }

    #[test]
    fn reads_own_directives() {
        let own = Tongue::Sprag;
        assert_eq!(directive("# sprag: ignore[a/b] it must"), (own, false, vec!["a/b"], true));
        assert_eq!(directive("//sprag:ignore[ a/b , c,]"), (own, false, vec!["a/b", "c"], false));
        assert_eq!(directive("/* sprag: ignore-file [a] - why */"), (own, true, vec!["a"], true));
        assert_eq!(directive("/* sprag: ignore[a] */"), (own, false, vec!["a"], false));
    }

    #[test]
    fn reads_those_of_tflint() {
        let other = Tongue::Tflint;
        assert_eq!(directive("# tflint-ignore: a, b # why"), (other, false, vec!["a", "b"], true));
        assert_eq!(directive("// tflint-ignore-file: all"), (other, true, vec!["all"], true));
        assert_eq!(directive("/* tflint-ignore: a */"), (other, false, vec!["a"], true));
    }

    #[test]
    fn says_what_was_meant() {
        assert_eq!(mistake("# sprag: ingore[a]"), ("ingore", "unknown word `ingore`".into()));
        assert_eq!(mistake("# sprag: ignore"), ("ignore", "`ignore` names no lint".into()));
        assert_eq!(mistake("# sprag: ignore a/b"), ("ignore", "`ignore` names no lint".into()));
        assert_eq!(mistake("# sprag: ignore[]"), ("ignore", "`ignore` names no lint".into()));
        assert_eq!(mistake("# sprag: ignore[a/b why"), ("[", "this list has no `]`".into()));
        assert_eq!(mistake("# sprag: disable[a]"), ("disable", "unknown word `disable`".into()));
    }

    #[test]
    fn talk_is_no_directive() {
        for comment in
            ["# sprag: a linter", "# see sprag: ignore[a]", "# sprag", "# ignore[a]", "#", "/**/", "# sprag:"]
        {
            assert_eq!(read(comment), Said::Nothing, "{comment}");
        }
    }
}
