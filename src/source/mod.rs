//! Source text and places in it. Everything above speaks in byte spans; lines and columns exist only for output.
//! Knows nothing of languages, files on disk or diagnostics.

mod line_index;
mod span;
mod text;

pub use line_index::{LineIndex, Position};
pub use span::Span;
pub use text::{Text, TextView};
