//! `sprag explain`: the page of a lint.

use super::{Exit, terminal};
use crate::lints::{self, LINTS};
use crate::report::text::wrap;
use crate::suggest;

pub(super) fn run(id: &str) -> Exit {
    let Some(lint) = lints::find(id) else {
        let ids = || LINTS.iter().map(|lint| lint.id);
        let same = ids().find(|known| known.rsplit('/').next() == Some(id));
        let hint = same
            .or_else(|| suggest::closest(id, ids()))
            .map_or_else(|| "`sprag lints` lists them".to_owned(), |close| format!("did you mean `{close}`?"));
        terminal::complain(&format!("there is no lint `{id}`; {hint}"));
        return Exit::Failed;
    };
    let facts = format!(
        "severity {}, {}, fix {}, since {}\n",
        lint.severity,
        match lint.default {
            crate::linter::LintDefault::On => "on by default",
            crate::linter::LintDefault::Preset => "on under a preset",
            crate::linter::LintDefault::Off => "off by default",
        },
        lint.fix.as_str(),
        lint.since,
    );
    let page = lint.page();
    let (title, rest) = page.split_once('\n').unwrap_or((page, ""));
    let text = format!("{title}\n\n{facts}{rest}");
    let text = terminal::columns().map_or(text.clone(), |columns| reflow(&text, columns));
    match terminal::write_stdout(text.as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            terminal::complain(&format!("standard output: {error}"));
            Exit::Failed
        }
    }
}

/// The page with its paragraphs broken anew for a terminal; code, tables and headings stay as they are.
fn reflow(page: &str, columns: usize) -> String {
    let mut text = String::with_capacity(page.len() + 64);
    let (mut paragraph, mut is_code) = (String::new(), false);
    for line in page.lines() {
        let is_fence = line.starts_with("```");
        let is_item = line.starts_with("- ");
        let is_prose = !is_code && !is_fence && !line.is_empty() && !line.starts_with(['#', '|']);
        if !is_prose || is_item {
            flush(&mut paragraph, columns, &mut text);
        }
        if is_prose {
            let gap = if paragraph.is_empty() { "" } else { " " };
            paragraph.extend([gap, line.trim()]);
        } else {
            text.extend([line, "\n"]);
        }
        is_code ^= is_fence;
    }
    flush(&mut paragraph, columns, &mut text);
    text
}

fn flush(paragraph: &mut String, columns: usize, text: &mut String) {
    if !paragraph.is_empty() {
        let indent = if paragraph.starts_with("- ") { "  " } else { "" };
        text.push_str(&wrap(paragraph, columns, 0, indent));
        text.push('\n');
        paragraph.clear();
    }
}

#[cfg(test)]
mod tests {
    use super::reflow;

    #[test]
    fn paragraphs_fit_and_the_rest_stays() {
        let page = "# a/b\n\none two\nthree four\n- an item of\n  two lines\n- b\n\n```hcl\na   =   1 # a long line of code\n\n```\n| a | table that is wide |\n";
        let expected = "# a/b\n\none two three\nfour\n- an item of\n  two lines\n- b\n\n```hcl\na   =   1 # a long line of code\n\n```\n| a | table that is wide |\n";
        assert_eq!(reflow(page, 13), expected);
        assert_eq!(reflow(page, 80).lines().nth(2), Some("one two three four"));
    }
}
