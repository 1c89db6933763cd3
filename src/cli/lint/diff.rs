//! What fixes change, as a unified diff that `patch` and `git apply -p0` take. The only file that knows similar.

use similar::TextDiff;

/// The difference between two texts of the file shown as `path`; empty where there is none.
pub(super) fn unified(path: &str, before: &[u8], after: &[u8]) -> String {
    let (before, after) = (String::from_utf8_lossy(before), String::from_utf8_lossy(after));
    TextDiff::from_lines(&*before, &*after).unified_diff().header(path, path).to_string()
}

#[cfg(test)]
mod tests {
    use super::unified;

    #[test]
    fn shows_lines_with_what_is_around_them() {
        assert_eq!(
            unified("a.tf", b"a = 1\nb = 2\nc = 3", b"a = 1\nb = 4\nc = 3"),
            "--- a.tf\n+++ a.tf\n@@ -1,3 +1,3 @@\n a = 1\n-b = 2\n+b = 4\n c = 3\n\\ No newline at end of file\n"
        );
        assert_eq!(
            unified("a.tf", b"a = 1\r\n", b"a = 2\r\n"),
            "--- a.tf\n+++ a.tf\n@@ -1 +1 @@\n-a = 1\r\n+a = 2\r\n"
        );
        assert_eq!(unified("a.tf", b"a = 1\n", b"a = 1\n"), "");
    }
}
