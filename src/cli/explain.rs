//! `sprag explain`: the page of a lint.

use super::{Exit, terminal};
use crate::lints::{self, LINTS};
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
    match terminal::write_stdout(format!("{title}\n\n{facts}{rest}").as_bytes()) {
        Ok(()) => Exit::Clean,
        Err(error) => {
            terminal::complain(&format!("standard output: {error}"));
            Exit::Failed
        }
    }
}
