//! Which lines a patch of `git diff --unified=0` adds, changes and removes. Pure: text in, lines out.

/// What a patch does to one file.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct FileChange {
    /// Its path within the repository: the new one, or the old one of a file that is gone.
    pub(super) path: Vec<u8>,
    pub(super) is_gone: bool,
    /// Runs of new lines: the first, from 1, and how many. With none, lines after the first are gone there.
    pub(super) hunks: Vec<(u32, u32)>,
}

/// Reads a patch with the prefixes `a/` and `b/`.
pub(super) fn parse(patch: &[u8]) -> Vec<FileChange> {
    let mut changes: Vec<FileChange> = Vec::new();
    let (mut old, mut new) = (Vec::new(), 0_u64); // the old path; lines of the hunk that are left
    for line in patch.split(|byte| *byte == b'\n') {
        if new > 0 {
            // A line without its end has a line of its own that says so, which does not count.
            new -= u64::from(matches!(line.first(), Some(b'+' | b'-')));
            continue;
        }
        if let Some(path) = line.strip_prefix(b"--- ") {
            old = unquoted(path);
        } else if let Some(path) = line.strip_prefix(b"+++ ") {
            let path = unquoted(path);
            let is_gone = path == b"/dev/null";
            let path = if is_gone { &old } else { &path };
            let path = path.get(2..).unwrap_or_default().to_vec();
            changes.push(FileChange { path, is_gone, hunks: Vec::new() });
        } else if let Some((removed, first, added)) = line.strip_prefix(b"@@ ").and_then(hunk)
            && let Some(change) = changes.last_mut()
        {
            change.hunks.push((first, added));
            new = u64::from(removed) + u64::from(added);
        }
    }
    changes
}

/// `-4,2 +5 @@ …` as lines removed, first new line, lines added.
fn hunk(text: &[u8]) -> Option<(u32, u32, u32)> {
    let text = std::str::from_utf8(text.split(|byte| *byte == b'@').next()?).ok()?;
    let mut sides = text.split_ascii_whitespace();
    let side = |side: &str, sign: char| -> Option<(u32, u32)> {
        let side = side.strip_prefix(sign)?;
        let (first, count) = side.split_once(',').unwrap_or((side, "1"));
        Some((first.parse().ok()?, count.parse().ok()?))
    };
    let (_, removed) = side(sides.next()?, '-')?;
    let (first, added) = side(sides.next()?, '+')?;
    Some((removed, first, added))
}

/// A path as git writes it: with special characters in quotes and escaped as in C; a tab ends one with blanks.
fn unquoted(path: &[u8]) -> Vec<u8> {
    let path = path.strip_suffix(b"\t").unwrap_or(path);
    let Some(inner) = path.strip_prefix(b"\"").and_then(|path| path.strip_suffix(b"\"")) else { return path.to_vec() };
    let mut plain = Vec::with_capacity(inner.len());
    let mut rest = inner;
    while let Some((first, after)) = rest.split_first() {
        rest = after;
        if *first != b'\\' {
            plain.push(*first);
            continue;
        }
        let Some((escape, after)) = rest.split_first() else { break };
        rest = after;
        plain.push(match escape {
            b'a' => 7,
            b'b' => 8,
            b't' => b'\t',
            b'n' => b'\n',
            b'v' => 11,
            b'f' => 12,
            b'r' => b'\r',
            b'0'..=b'7' => {
                let mut value = u32::from(escape - b'0');
                for _ in 0..2 {
                    let Some((digit @ b'0'..=b'7', after)) = rest.split_first() else { break };
                    value = value * 8 + u32::from(digit - b'0');
                    rest = after;
                }
                u8::try_from(value).unwrap_or(b'?')
            }
            other => *other,
        });
    }
    plain
}

#[cfg(test)]
mod tests {
    use super::*;

    fn change(path: &str, is_gone: bool, hunks: &[(u32, u32)]) -> FileChange {
        FileChange { path: path.as_bytes().to_vec(), is_gone, hunks: hunks.to_vec() }
    }

    #[test]
    fn reads_what_git_writes() {
        let patch = b"diff --git a/m/a.tf b/m/a.tf\nindex 1..2 100644\n--- a/m/a.tf\n+++ b/m/a.tf\n\
            @@ -1,0 +2,2 @@ locals {\n+++ b/c\n+@@ -1 +1 @@\n@@ -4,2 +6 @@\n--- x\n-y\n+z\n\\ No newline at end of file\n\
            @@ -9 +9,0 @@\n-w\ndiff --git a/gone.tf b/gone.tf\ndeleted file mode 100644\n--- a/gone.tf\n+++ /dev/null\n\
            @@ -1,2 +0,0 @@\n-a\n-b\ndiff --git a/new b/new\n--- /dev/null\n+++ b/new file.tf\t\n@@ -0,0 +1 @@\n+a\n\
            diff --git a/p.png b/p.png\nBinary files a/p.png and b/p.png differ\n";
        assert_eq!(
            parse(patch),
            [
                change("m/a.tf", false, &[(2, 2), (6, 1), (9, 0)]),
                change("gone.tf", true, &[(0, 0)]),
                change("new file.tf", false, &[(1, 1)]),
            ]
        );
    }

    #[test]
    fn reads_quoted_paths() {
        assert_eq!(unquoted(br#""b/\303\251 \"x\"\t.tf""#), "b/é \"x\"\t.tf".as_bytes());
        assert_eq!(unquoted(b"b/plain"), b"b/plain");
        assert_eq!(unquoted(b"\"b/\\"), b"\"b/\\");
    }
}
