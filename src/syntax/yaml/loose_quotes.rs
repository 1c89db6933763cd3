//! Quoted values whose further lines are indented no deeper than their key, or with a tab. YAML forbids them and the
//! scanner refuses them, but `yaml.v3` and libyaml read them, so real files have them. The scanner is given a copy of the text in which
//! those lines are indented (folding drops the blanks again), and its places are translated back.

use super::flow_scalar::break_length;

/// Blanks to insert: offset of a line start, how many.
pub(super) type Padding = Vec<(usize, usize)>;

/// A copy of a text with blanks inserted.
pub(super) struct Padded {
    pub(super) text: String,
    /// Offsets in the copy after which so many inserted bytes precede; in order.
    shifts: Vec<(usize, usize)>,
}

impl Padded {
    /// Copies `text` with `padding`, which is in order of the offsets.
    pub(super) fn new(text: &str, padding: &Padding) -> Self {
        let mut padded = Self { text: String::with_capacity(text.len() + 64), shifts: Vec::new() };
        let mut from = 0;
        let mut inserted = 0;
        for (offset, count) in padding {
            padded.text.push_str(text.get(from..*offset).unwrap_or_default());
            padded.text.extend(std::iter::repeat_n(' ', *count));
            inserted += count;
            padded.shifts.push((padded.text.len(), inserted));
            from = *offset;
        }
        padded.text.push_str(text.get(from..).unwrap_or_default());
        padded
    }

    /// The offset in the text of an offset in the copy.
    pub(super) fn original(&self, offset: usize) -> usize {
        let at = self.shifts.partition_point(|(after, _)| *after <= offset);
        let inserted = if at == 0 { 0 } else { self.shifts[at - 1].1 };
        // Within inserted blanks: the line start.
        let within = self.shifts.get(at).map_or(offset, |(after, total)| offset.min(after - (total - inserted)));
        within - inserted
    }
}

/// What to insert so that the value that opens at `quote` is indented well, and where it closes. `None` if it is never
/// closed, or holds a document marker.
pub(super) fn padding(text: &str, quote: usize) -> Option<(Padding, usize)> {
    let source = text.as_bytes();
    let mark = *source.get(quote)?;
    let line = source[..quote].iter().rposition(|byte| matches!(byte, b'\n' | b'\r')).map_or(0, |at| at + 1);
    let count = quote - line + 1;
    let mut found = Padding::new();
    let mut at = quote + 1;
    loop {
        let byte = *source.get(at)?;
        let length = break_length(source, at);
        if length > 0 {
            at += length;
            if source[at..].starts_with(b"---") || source[at..].starts_with(b"...") {
                return None;
            }
            found.push((at, count));
        } else if byte == b'\\' && mark == b'"' {
            // An escaped line break is a line break.
            at += if break_length(source, at + 1) > 0 { 1 } else { 2 };
        } else if byte == mark && mark == b'\'' && source.get(at + 1) == Some(&mark) {
            at += 2;
        } else if byte == mark {
            return Some((found, at));
        } else {
            at += 1;
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn places_are_translated_back() {
        let text = "a: 'x\ny\nz' ";
        let (padding, close) = padding(text, 3).unwrap();
        assert_eq!((&padding, close), (&vec![(6, 4), (8, 4)], 9));
        let padded = Padded::new(text, &padding);
        assert_eq!(padded.text, "a: 'x\n    y\n    z' ");
        for (copy, original) in
            [(0, 0), (5, 5), (6, 6), (8, 6), (10, 6), (11, 7), (12, 8), (14, 8), (16, 8), (17, 9), (19, 11)]
        {
            assert_eq!(padded.original(copy), original, "{copy}");
        }
    }

    #[test]
    fn unclosed_quotes_stay_errors() {
        assert_eq!(padding("a: 'x\nit''s", 3), None);
        assert_eq!(padding("a: \"x\n\\\"", 3), None);
        assert_eq!(padding("a: \"x\n---\n\"", 3), None);
        assert_eq!(padding("a: \"x\\\ny\\\"\"", 3), Some((vec![(7, 4)], 10)));
    }
}
