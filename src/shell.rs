//! Commands as text for a POSIX shell. Runs nothing.

use std::ffi::OsStr;

/// The words of a command, quoted where a shell needs it: pasting the text runs the same command. Bytes, because words
/// need not be UTF-8.
#[must_use]
pub fn quote_command<W: AsRef<OsStr>>(words: &[W]) -> Vec<u8> {
    let mut text = Vec::new();
    for (index, word) in words.iter().enumerate() {
        let word = word.as_ref().as_encoded_bytes();
        if index > 0 {
            text.push(b' ');
        }
        // `A=b` as first word would be an assignment.
        if is_plain(word) && !(index == 0 && word.contains(&b'=')) {
            text.extend_from_slice(word);
        } else {
            quote(word, &mut text);
        }
    }
    text
}

fn is_plain(word: &[u8]) -> bool {
    !word.is_empty() && word.iter().all(|byte| byte.is_ascii_alphanumeric() || b"_@%+=:,./-".contains(byte))
}

/// A single quote cannot stand within single quotes: `it's` becomes `'it'\''s'`.
fn quote(word: &[u8], text: &mut Vec<u8>) {
    text.push(b'\'');
    for byte in word {
        match byte {
            b'\'' => text.extend_from_slice(b"'\\''"),
            _ => text.push(*byte),
        }
    }
    text.push(b'\'');
}

#[cfg(test)]
mod tests {
    use super::*;

    fn quoted(words: &[&str]) -> String {
        String::from_utf8(quote_command(words)).unwrap()
    }

    #[test]
    fn quotes_what_a_shell_would_change() {
        assert_eq!(quoted(&["ssh", "root@pve", "qm list"]), "ssh root@pve 'qm list'");
        assert_eq!(quoted(&["echo", "", "it's", "$x", "~", "--a=b"]), r"echo '' 'it'\''s' '$x' '~' --a=b");
        assert_eq!(quoted(&["A=b", "c"]), "'A=b' c");
        assert_eq!(quoted(&[]), "");
    }

    #[cfg(unix)]
    #[test]
    fn a_shell_reads_back_every_word() {
        use std::os::unix::ffi::OsStrExt;
        use std::process::Command;

        let words: Vec<&[u8]> = vec![
            b"printf",
            b"%s\\0",
            b"a b",
            b"'",
            b"''x'",
            b"\n\t",
            b"\xff\xfe",
            b"$(id)`id`",
            b"*",
            b"\\",
            b"!",
            b"",
        ];
        let words: Vec<&OsStr> = words.into_iter().map(OsStr::from_bytes).collect();
        let text = quote_command(&words);
        let output = Command::new("sh").arg("-c").arg(OsStr::from_bytes(&text)).output().unwrap();
        let read: Vec<&[u8]> = output.stdout.split(|byte| *byte == 0).collect();
        let expected: Vec<&[u8]> = words[2..].iter().map(|word| word.as_bytes()).chain([&b""[..]]).collect();
        assert_eq!(read, expected);
    }
}
