//! Which fixes can be applied together, and texts with edits applied. Knows no files on disk and no lint: whoever calls
//! it lints the result again, since what was left out for overlapping may fit then.

use std::collections::BTreeMap;

use crate::diagnostic::{FileId, Fix};
use crate::source::Span;

/// Edits of one text, in order, not overlapping.
pub type Edits = Vec<(Span, String)>;

/// Fixes that can be applied at once.
#[derive(Debug, Default, PartialEq, Eq)]
pub struct Chosen {
    /// Their numbers among those that were offered.
    pub taken: Vec<usize>,
    /// What they do, by file.
    pub edits: BTreeMap<FileId, Edits>,
}

/// Takes fixes in order of their places and leaves out each that overlaps or touches one that was taken: from its first
/// to its last edit a fix owns the text, since it was made for the text as it stood.
#[must_use]
pub fn choose(fixes: &[&Fix]) -> Chosen {
    let mut order: Vec<usize> = (0..fixes.len()).filter(|number| is_sound(fixes[*number])).collect();
    order.sort_by_key(|number| fixes[*number].edits.iter().map(|edit| edit.location).min());
    let mut chosen = Chosen::default();
    let mut owned: BTreeMap<FileId, Vec<Span>> = BTreeMap::new();
    for number in order {
        let reach = reach(fixes[number]);
        let is_free = reach.iter().all(|(file, span)| {
            owned.get(file).is_none_or(|spans| spans.iter().rev().all(|other| !touch(*other, *span)))
        });
        if !is_free {
            continue;
        }
        for (file, span) in reach {
            owned.entry(file).or_default().push(span);
        }
        for edit in &fixes[number].edits {
            chosen.edits.entry(edit.location.file).or_default().push((edit.location.span, edit.text.clone()));
        }
        chosen.taken.push(number);
    }
    for edits in chosen.edits.values_mut() {
        edits.sort_by_key(|(span, _)| *span);
    }
    chosen
}

/// `text` after `edits`. Nothing when an edit lies outside the text.
#[must_use]
pub fn edited(text: &[u8], edits: &Edits) -> Option<Vec<u8>> {
    let mut result = Vec::with_capacity(text.len() + edits.iter().map(|(_, text)| text.len()).sum::<usize>());
    let mut done = 0;
    for (span, replacement) in edits {
        result.extend_from_slice(text.get(done..span.start as usize)?);
        result.extend_from_slice(replacement.as_bytes());
        done = span.end as usize;
    }
    result.extend_from_slice(text.get(done..)?);
    Some(result)
}

/// Where a span of the text before `edits` is after them. A span that an edit reaches into grows to hold the edit.
#[must_use]
pub fn moved(span: Span, edits: &Edits) -> Span {
    let (mut start, mut end) = (i64::from(span.start), i64::from(span.end));
    for (edit, text) in edits {
        let growth = i64::try_from(text.len()).unwrap_or(i64::MAX) - i64::from(edit.len());
        if edit.end <= span.start {
            start += growth;
        } else if edit.start < span.start {
            start -= i64::from(span.start - edit.start);
        }
        if edit.start < span.end {
            end += growth + i64::from(edit.end.saturating_sub(span.end));
        }
    }
    let clamp = |offset: i64| u32::try_from(offset.max(0)).unwrap_or(u32::MAX);
    Span::new(clamp(start), clamp(end))
}

/// Whether a fix does anything and its own edits do not overlap.
fn is_sound(fix: &Fix) -> bool {
    let mut places: Vec<_> = fix.edits.iter().map(|edit| edit.location).collect();
    places.sort_unstable();
    let is_apart = places.windows(2).all(|pair| pair[0].file != pair[1].file || pair[0].span.end <= pair[1].span.start);
    !places.is_empty() && is_apart
}

/// From the first to the last edit in each file.
fn reach(fix: &Fix) -> BTreeMap<FileId, Span> {
    let mut reach: BTreeMap<FileId, Span> = BTreeMap::new();
    for edit in &fix.edits {
        let (file, span) = (edit.location.file, edit.location.span);
        reach.entry(file).and_modify(|known| *known = known.to(span)).or_insert(span);
    }
    reach
}

fn touch(one: Span, other: Span) -> bool {
    one.start <= other.end && other.start <= one.end
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;
    use crate::diagnostic::{Applicability, Edit, Location};

    fn fix(edits: &[(u32, u32, u32, &str)]) -> Fix {
        let edit = |(file, start, end, text): &(u32, u32, u32, &str)| Edit {
            location: Location::new(FileId(*file), Span::new(*start, *end)),
            text: (*text).to_owned(),
        };
        Fix { applicability: Applicability::Safe, edits: edits.iter().map(edit).collect() }
    }

    fn apply(text: &str, fixes: &[Fix]) -> (String, Vec<usize>) {
        let chosen = choose(&fixes.iter().collect::<Vec<_>>());
        let edits = chosen.edits.get(&FileId(0)).cloned().unwrap_or_default();
        (String::from_utf8(edited(text.as_bytes(), &edits).unwrap()).unwrap(), chosen.taken)
    }

    #[test]
    fn what_is_apart_is_applied_at_once() {
        let fixes = [fix(&[(0, 4, 5, "X")]), fix(&[(0, 0, 1, ""), (0, 2, 2, "+")])];
        assert_eq!(apply("abcdef", &fixes), ("b+cdXf".to_owned(), vec![1, 0]));
    }

    #[test]
    fn what_overlaps_or_touches_waits() {
        let outer = fix(&[(0, 0, 1, "("), (0, 5, 6, ")")]);
        let inside = fix(&[(0, 2, 3, "x")]);
        let behind = fix(&[(0, 6, 6, "y")]);
        assert_eq!(apply("abcdefg", &[inside, outer, behind]).1, [1]);
    }

    #[test]
    fn a_fix_is_taken_as_a_whole() {
        let both = fix(&[(0, 3, 4, "x"), (1, 0, 1, "x")]);
        let first = fix(&[(0, 0, 4, "")]);
        let chosen = choose(&[&both, &first]);
        assert_eq!(chosen.taken, [1]);
        assert!(!chosen.edits.contains_key(&FileId(1)));
    }

    #[test]
    fn nonsense_is_left_out() {
        assert!(choose(&[&fix(&[]), &fix(&[(0, 0, 3, ""), (0, 2, 4, "")])]).taken.is_empty());
        assert_eq!(edited(b"abc", &vec![(Span::new(2, 9), String::new())]), None);
    }

    #[test]
    fn spans_move_with_the_text() {
        let edits = vec![(Span::new(2, 4), "123".to_owned()), (Span::new(8, 9), String::new())];
        assert_eq!(moved(Span::new(0, 2), &edits), Span::new(0, 2));
        assert_eq!(moved(Span::new(4, 8), &edits), Span::new(5, 9));
        assert_eq!(moved(Span::new(3, 9), &edits), Span::new(2, 9));
        assert_eq!(moved(Span::new(9, 10), &edits), Span::new(9, 10));
    }

    proptest! {
        /// Applied at once, fixes do what they do one by one.
        #[test]
        fn order_does_not_matter(spans in proptest::collection::vec((0_u32..40, 0_u32..4, "[x-z]{0,3}"), 0..8)) {
            let fixes: Vec<Fix> =
                spans.iter().map(|(start, len, text)| fix(&[(0, *start, start + len, text)])).collect();
            let text: Vec<u8> = (0..44).map(|at| b'a' + at % 20).collect();
            let chosen = choose(&fixes.iter().collect::<Vec<_>>());
            let at_once = edited(&text, &chosen.edits.get(&FileId(0)).cloned().unwrap_or_default()).unwrap();
            let mut one_by_one = text;
            for number in chosen.taken.iter().rev() {
                let edit = &fixes[*number].edits[0];
                one_by_one = edited(&one_by_one, &vec![(edit.location.span, edit.text.clone())]).unwrap();
            }
            prop_assert_eq!(at_once, one_by_one);
        }
    }
}
