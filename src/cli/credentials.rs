//! Secrets that identify sprag to a service: read from files, so that no command line and no environment shows them, and
//! never part of a message.

use std::path::Path;

use base64::Engine as _;

use super::files::read_limited;

/// A file with a secret.
#[derive(Clone, Copy)]
pub(super) enum SecretFile<'p> {
    /// It holds `user:password`.
    Basic(&'p Path),
    /// It holds a bearer token.
    Bearer(&'p Path),
}

impl<'p> SecretFile<'p> {
    /// Where it lies.
    pub(super) const fn path(self) -> &'p Path {
        match self {
            Self::Basic(path) | Self::Bearer(path) => path,
        }
    }

    /// The value of the header `Authorization` (RFC 7617, RFC 6750).
    ///
    /// # Errors
    /// When the file cannot be read or holds more than a line of text, in a sentence.
    pub(super) fn header(self) -> Result<String, String> {
        let shown = self.path().display();
        let text = read_limited(self.path()).map_err(|message| format!("{shown}: {message}"))?;
        let text = String::from_utf8(text).map_err(|_| format!("{shown}: no UTF-8"))?;
        let secret = text.trim();
        if secret.is_empty() || secret.contains(|letter: char| letter.is_control()) {
            return Err(format!("{shown}: must hold one line and nothing else"));
        }
        match self {
            Self::Basic(_) if !secret.contains(':') => Err(format!("{shown}: must hold `user:password`")),
            Self::Basic(_) => Ok(format!("Basic {}", base64::engine::general_purpose::STANDARD.encode(secret))),
            Self::Bearer(_) if !secret.is_ascii() => Err(format!("{shown}: a token has ASCII characters only")),
            Self::Bearer(_) => Ok(format!("Bearer {secret}")),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_secret_becomes_a_header() {
        let directory = tempfile::tempdir().unwrap();
        let [basic, bearer] = ["basic", "bearer"].map(|name| directory.path().join(name));
        std::fs::write(&basic, "sprag:open sesame\n").unwrap();
        std::fs::write(&bearer, "token\n").unwrap();
        assert_eq!(SecretFile::Basic(&basic).header().unwrap(), "Basic c3ByYWc6b3BlbiBzZXNhbWU=");
        assert_eq!(SecretFile::Bearer(&bearer).header().unwrap(), "Bearer token");
    }

    #[test]
    fn a_file_that_is_wrong_is_named_and_its_content_is_not() {
        let directory = tempfile::tempdir().unwrap();
        let path = directory.path().join("odd");
        assert!(SecretFile::Bearer(&path).header().unwrap_err().contains("/odd: no such file"));
        for (text, expected) in [
            (&b"secret\xff"[..], "no UTF-8"),
            (b"", "must hold one line"),
            (b"secret\nsecret\n", "must hold one line"),
            (b"secret", "must hold `user:password`"),
        ] {
            std::fs::write(&path, text).unwrap();
            let said = SecretFile::Basic(&path).header().unwrap_err();
            assert!(said.contains(expected) && !said.contains("secret"), "{said}");
        }
    }
}
