//! Offsets to lines and columns, built only for files that have findings.

/// A place as people count it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Position {
    /// Line, from 1. A line ends after `\n`.
    pub line: u32,
    /// Column, from 1, in Unicode scalar values; a tab counts one, an invalid byte counts one.
    pub column: u32,
    /// Offset in bytes, from 0.
    pub offset: u32,
}

/// The line starts of one text.
#[derive(Debug)]
pub struct LineIndex {
    starts: Vec<u32>,
}

impl LineIndex {
    /// Finds the line starts of `source`.
    #[must_use]
    pub fn new(source: &[u8]) -> Self {
        let after_newline = memchr::memchr_iter(b'\n', source).map(|at| u32::try_from(at + 1).unwrap_or(u32::MAX));
        Self { starts: std::iter::once(0).chain(after_newline).collect() }
    }

    /// The position of `offset` in `source`, the text this index was made of. An offset past the end is the end.
    #[must_use]
    pub fn position(&self, source: &[u8], offset: u32) -> Position {
        let offset = offset.min(u32::try_from(source.len()).unwrap_or(u32::MAX));
        let line = self.starts.partition_point(|start| *start <= offset) - 1;
        let before = &source[self.starts[line] as usize..offset as usize];
        let column = 1 + count_scalars(before);
        Position { line: u32::try_from(line + 1).unwrap_or(u32::MAX), column, offset }
    }

    /// The offset at which `line` (from 1) starts, if there is such a line.
    #[must_use]
    pub fn line_start(&self, line: u32) -> Option<u32> {
        self.starts.get((line as usize).checked_sub(1)?).copied()
    }

    /// How many lines the text has; a trailing newline opens no further line.
    #[must_use]
    pub fn line_count(&self) -> usize {
        self.starts.len()
    }
}

fn count_scalars(bytes: &[u8]) -> u32 {
    let count: usize = bytes.utf8_chunks().map(|chunk| chunk.valid().chars().count() + chunk.invalid().len()).sum();
    u32::try_from(count).unwrap_or(u32::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(source: &[u8], offset: u32) -> (u32, u32) {
        let position = LineIndex::new(source).position(source, offset);
        (position.line, position.column)
    }

    #[test]
    fn counts_lines_and_scalars() {
        let source = "a\n\té = 1\r\n".as_bytes();
        assert_eq!(at(source, 0), (1, 1));
        assert_eq!(at(source, 1), (1, 2));
        assert_eq!(at(source, 2), (2, 1));
        assert_eq!(at(source, 5), (2, 3));
        assert_eq!(at(source, 999), (3, 1));
    }

    #[test]
    fn invalid_bytes_count_one_each() {
        assert_eq!(at(b"\xff\xfe=", 2), (1, 3));
        assert_eq!(at(b"", 0), (1, 1));
    }
}
