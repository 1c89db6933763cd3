//! "Did you mean": the word of a list that a mistyped word stands for. Knows nothing of what the words name.

/// Longer words are not compared: nobody mistypes them from memory, and the cost grows with the square.
const LONGEST: usize = 64;

/// The candidate that `word` most probably stands for. Nearest first, then in the order given; nothing when all are
/// further away than a quarter of their letters. An unfinished word (`dir`) stands for the only candidate it begins.
#[must_use]
pub fn closest<'a>(word: &str, candidates: impl IntoIterator<Item = &'a str>) -> Option<&'a str> {
    let typed = fold(word)?;
    let mut best: Option<(usize, &str)> = None;
    let mut begun: Vec<&str> = Vec::new();
    for candidate in candidates {
        let Some(meant) = fold(candidate) else { continue };
        let allowed = allowed(typed.len().max(meant.len()));
        // Of two that are equally near the first stays.
        let limit = best.map_or(Some(allowed), |(least, _)| Some(allowed.min(least.checked_sub(1)?)));
        if let Some(distance) = limit.and_then(|limit| distance(&typed, &meant, limit)) {
            best = Some((distance, candidate));
        }
        if typed.len() >= 3 && meant.starts_with(&typed) {
            begun.push(candidate);
        }
    }
    match (best, begun.as_slice()) {
        (Some((_, candidate)), _) => Some(candidate),
        (None, [candidate]) => Some(*candidate),
        _ => None,
    }
}

/// Whether `word` is `meant` with one slip inside: no plural, and no longer or shorter form of it.
#[must_use]
pub fn is_slip(word: &str, meant: &str) -> bool {
    let (Some(word), Some(meant)) = (fold(word), fold(meant)) else { return false };
    let is_form = word.starts_with(&meant) || meant.starts_with(&word);
    !is_form && distance(&word, &meant, 1) == Some(1)
}

/// How many slips a word of so many letters may have: one in four, and one in the words of three.
fn allowed(letters: usize) -> usize {
    if letters == 3 { 1 } else { letters / 4 }
}

/// The words in backticks, separated by commas, as they stand in a help text.
#[must_use]
pub fn quote_all<'a>(words: impl IntoIterator<Item = &'a str>) -> String {
    words.into_iter().map(|word| format!("`{word}`")).collect::<Vec<_>>().join(", ")
}

fn fold(word: &str) -> Option<Vec<char>> {
    if word.len() <= LONGEST && word.is_ascii() {
        return (!word.is_empty()).then(|| word.bytes().map(|byte| char::from(byte.to_ascii_lowercase())).collect());
    }
    let letters: Vec<char> = word.chars().flat_map(char::to_lowercase).take(LONGEST + 1).collect();
    (!letters.is_empty() && letters.len() <= LONGEST).then_some(letters)
}

/// How many letters must be put in, left out, exchanged or swapped with their neighbour to turn one word into the
/// other (Damerau-Levenshtein in its restricted form: no stretch is edited twice). Nothing when it is more than
/// `limit`, which most words show after a few letters.
fn distance(from: &[char], to: &[char], limit: usize) -> Option<usize> {
    if from.len().abs_diff(to.len()) > limit {
        return None;
    }
    let mut before: Vec<usize> = Vec::new();
    let mut above: Vec<usize> = (0..=to.len()).collect();
    let mut least_above = 0;
    for (row, letter) in from.iter().enumerate() {
        let mut line = Vec::with_capacity(to.len() + 1);
        line.push(row + 1);
        for (column, other) in to.iter().enumerate() {
            let exchanged = above[column] + usize::from(letter != other);
            let mut least = exchanged.min(above[column + 1] + 1).min(line[column] + 1);
            let swapped = row > 0 && column > 0 && *letter == to[column - 1] && from[row - 1] == *other;
            if swapped {
                least = least.min(before[column - 1] + 1);
            }
            line.push(least);
        }
        // A swap reaches back over one row, everything else over none.
        let least_here = line.iter().copied().min().unwrap_or(0);
        if least_here.min(least_above) > limit {
            return None;
        }
        least_above = least_here;
        before = std::mem::replace(&mut above, line);
    }
    above.last().copied().filter(|distance| *distance <= limit)
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn between(from: &str, to: &str) -> usize {
        distance(&from.chars().collect::<Vec<_>>(), &to.chars().collect::<Vec<_>>(), usize::MAX).unwrap()
    }

    #[test]
    fn slips_are_inside() {
        assert!(
            is_slip("lenght", "length") && is_slip("scsi_hardwre", "scsi_hardware") && is_slip("nodename", "node_name")
        );
        assert!(!is_slip("server", "servers") && !is_slip("datastore_ids", "datastores") && !is_slip("name", "name"));
    }

    #[test]
    fn counts_edits() {
        assert_eq!(between("minimum", "minimum"), 0);
        assert_eq!(between("minimun", "minimum"), 1);
        assert_eq!(between("minumim", "minimum"), 2);
        assert_eq!(between("ab", "ba"), 1);
        assert_eq!(between("", "abc"), 3);
        assert_eq!(between("kitten", "sitting"), 3);
    }

    #[test]
    fn takes_the_nearest() {
        let names = ["exclude", "ignore", "severity", "baseline"];
        assert_eq!(closest("ingore", names), Some("ignore"));
        assert_eq!(closest("IGNORE", names), Some("ignore"));
        assert_eq!(closest("base", names), Some("baseline"));
        assert_eq!(closest("colour", names), None);
        assert_eq!(closest("", names), None);
    }

    #[test]
    fn does_not_guess_between_two_beginnings() {
        assert_eq!(closest("unkn", ["unknown-metric-name", "unknown-label-value"]), None);
    }

    #[test]
    fn short_words_need_more_than_one_common_letter() {
        assert_eq!(closest("on", ["in", "id"]), None);
        assert_eq!(closest("fro", ["for"]), Some("for"));
    }

    proptest! {
        #[test]
        fn distance_is_symmetric(a in "[a-d]{0,8}", b in "[a-d]{0,8}") {
            prop_assert_eq!(between(&a, &b), between(&b, &a));
            prop_assert_eq!(between(&a, &b) == 0, a == b);
        }

        #[test]
        fn a_limit_hides_only_what_is_beyond_it(a in "[a-c]{0,8}", b in "[a-c]{0,8}", limit in 0usize..9) {
            let (from, to): (Vec<char>, Vec<char>) = (a.chars().collect(), b.chars().collect());
            let all = between(&a, &b);
            prop_assert_eq!(distance(&from, &to, limit), (all <= limit).then_some(all));
        }

        #[test]
        fn never_panics(word in ".*", candidates in proptest::collection::vec(".*", 0..4)) {
            let _ = closest(&word, candidates.iter().map(String::as_str));
        }
    }
}
