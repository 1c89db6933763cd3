//! A spinner on standard error for every environment that is being scanned, where that is a terminal. The only file that
//! knows `indicatif`, which draws nothing elsewhere.

use std::time::Duration;

use indicatif::{MultiProgress, ProgressBar, ProgressStyle};

use crate::report::text::on_one_line;

/// How often a spinner turns.
const TURN: Duration = Duration::from_millis(120);

/// The spinners of one run.
pub(super) struct Progress {
    all: MultiProgress,
}

/// One spinner; gone when it is dropped.
pub(super) struct Spinner(ProgressBar);

impl Progress {
    pub(super) fn new() -> Self {
        Self { all: MultiProgress::new() }
    }

    /// A spinner for the environment `name`.
    pub(super) fn begin(&self, name: &str) -> Spinner {
        let style = ProgressStyle::with_template("{spinner} {msg} {elapsed}")
            .unwrap_or_else(|_| ProgressStyle::default_spinner());
        let unicode = crate::cli::terminal::options().unicode;
        let style = if unicode { style } else { style.tick_chars("-\\|/ ") };
        let bar = self.all.add(ProgressBar::new_spinner().with_style(style));
        bar.set_message(format!("scanning {}", on_one_line(name, unicode)));
        bar.enable_steady_tick(TURN);
        Spinner(bar)
    }
}

impl Drop for Spinner {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}
