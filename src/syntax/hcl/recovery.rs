//! Where to go on after an error, by indentation: people and formatters indent even what does not parse.

use super::body::Opened;
use super::parser::Parser;
use super::token::{Token, TokenKind};
use crate::source::Span;

impl Parser<'_> {
    /// Whether the current token begins a line and stands no deeper than the block's header: a brace is missing.
    pub(super) fn is_outdented(&self, opened: &Opened) -> bool {
        self.begins_line(self.at) && self.tree.tokens.all[self.at].lead() <= opened.indent
    }

    fn begins_line(&self, index: usize) -> bool {
        index == 0 || matches!(self.tree.tokens.all[index - 1].kind(), TokenKind::Newline | TokenKind::Blank)
    }

    /// The first token after the bracket `open` that looks like the beginning of a statement and stands no deeper than the
    /// line of the bracket, where what is in the bracket does.
    pub(super) fn outdented_since(&self, open: Span) -> Option<usize> {
        let tokens = &self.tree.tokens.all;
        let opened = tokens.partition_point(|token| token.text_start() <= open.start).saturating_sub(1);
        let indent = tokens[(0..=opened).rev().find(|index| self.begins_line(*index))?].lead();
        let is_name = |index: &usize| self.begins_line(*index) && tokens[*index].kind() >= TokenKind::Eof;
        let mut lines = (opened + 1..=self.at).filter(is_name);
        if tokens[lines.clone().next()?].lead() <= indent {
            return None;
        }
        lines.find(|index| {
            let follows = tokens.get(index + 1).is_some_and(|next| {
                matches!(next.kind(), TokenKind::Equal | TokenKind::OpenBrace | TokenKind::OpenQuote)
            });
            follows && tokens[*index].kind() == TokenKind::Ident && tokens[*index].lead() <= indent
        })
    }

    /// Moves behind the statement that began at token `start`: to a line that stands no deeper than it. Where its
    /// brackets are closed, deeper lines are its body all the same, with the `}` that ends them.
    pub(super) fn recover(&mut self, start: usize) {
        let indent = self.tree.tokens.all[start].lead();
        let failed = self.at;
        let (mut depth, mut heredocs) = (0i32, 0i32);
        let mut skipped_body = false;
        let mut index = start;
        loop {
            let token = self.tree.tokens.all[index];
            let kind = token.kind();
            match kind {
                TokenKind::Eof => break,
                TokenKind::OpenBrace | TokenKind::OpenBracket | TokenKind::OpenParen => depth += 1,
                TokenKind::CloseBrace if skipped_body && depth <= 0 && token.lead() == indent => skipped_body = false,
                TokenKind::CloseBrace if depth <= 0 && index > start && index >= failed && !skipped_body => break,
                TokenKind::CloseBrace | TokenKind::CloseBracket | TokenKind::CloseParen => depth -= 1,
                TokenKind::OpenHeredoc | TokenKind::OpenFlushHeredoc => heredocs += 1,
                TokenKind::CloseHeredoc => heredocs -= 1,
                _ => {}
            }
            index += 1;
            if kind == TokenKind::Newline && index >= failed && heredocs == 0 {
                let next = self.tree.tokens.all[index];
                if next.kind() < TokenKind::Ident {
                    continue;
                } else if next.lead() > indent {
                    skipped_body |= depth <= 0;
                } else if !(skipped_body && next.kind() == TokenKind::CloseBrace && next.lead() == indent)
                    && resumes(next, indent, depth)
                {
                    break;
                }
            }
        }
        self.at = index.max(failed);
    }
}

/// Whether a statement that stands at `indent` can be followed by the token `next`, the first of its line.
fn resumes(next: Token, indent: u32, depth: i32) -> bool {
    match next.kind() {
        TokenKind::Ident => true,
        TokenKind::CloseBrace => next.lead() < indent || depth <= 0,
        _ => depth <= 0,
    }
}
