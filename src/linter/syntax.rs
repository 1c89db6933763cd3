//! Syntax errors as diagnostics, not too many per file.

use crate::diagnostic::{Diagnostic, FileId, LintId, Location, Severity};
use crate::source::Span;
use crate::syntax::SyntaxError;

/// How many syntax errors of one file are reported; a file in another language would give thousands.
pub const MAX_SYNTAX_ERRORS: usize = 50;

/// The errors of one file under the name of `lint`, `place` turning their spans into places in the file. When there
/// are more than [`MAX_SYNTAX_ERRORS`], the last one reported says how many follow.
pub fn syntax_diagnostics(
    lint: &'static str,
    file: FileId,
    errors: &[SyntaxError],
    place: impl Fn(Span) -> Span,
) -> Vec<Diagnostic> {
    let shown = &errors[..errors.len().min(MAX_SYNTAX_ERRORS)];
    let mut diagnostics: Vec<Diagnostic> = shown
        .iter()
        .map(|error| {
            let at = |span| Location::new(file, place(span));
            let mut diagnostic = Diagnostic::new(LintId::new(lint), Severity::Error, at(error.span), &error.message);
            diagnostic.note.clone_from(&error.note);
            diagnostic.help.clone_from(&error.help);
            match &error.related {
                Some((span, message)) => diagnostic.label(at(*span), message),
                None => diagnostic,
            }
        })
        .collect();
    let more = errors.len() - shown.len();
    if let Some(last) = diagnostics.last_mut().filter(|_| more > 0) {
        last.help = Some(format!("{more} more syntax errors in this file are not shown"));
    }
    diagnostics
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_of_errors_are_capped_with_a_count() {
        let errors: Vec<SyntaxError> = (0..1000).map(|at| SyntaxError::new(Span::at(at), "wrong")).collect();
        let diagnostics = syntax_diagnostics("terraform/syntax", FileId(0), &errors, |span| span);
        assert_eq!(diagnostics.len(), MAX_SYNTAX_ERRORS);
        let help = diagnostics.last().and_then(|last| last.help.clone());
        assert_eq!(help.as_deref(), Some("950 more syntax errors in this file are not shown"));
        assert!(diagnostics[0].help.is_none());
    }
}
