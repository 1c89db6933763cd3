//! The file that `terraform plan -out` writes: a zip archive. Its member `tfstate` is the state that the plan compared,
//! with the serial, which no output of terraform tells (measured with Terraform 1.11). The only file that knows `zip`.

use std::fs::File;
use std::io::BufReader;
use std::path::Path;

use serde::Deserialize;
use zip::ZipArchive;

/// The member that holds the state.
const STATE: &str = "tfstate";

/// What is read of the state: everything else in it may be secret.
#[derive(Deserialize)]
struct Head {
    serial: u64,
}

/// The serial of the state in a plan file: it grows with every apply. Nothing where the file cannot be read so, as with
/// the encrypted plans of OpenTofu.
#[must_use]
pub fn state_serial(path: &Path) -> Option<u64> {
    let mut archive = ZipArchive::new(BufReader::new(File::open(path).ok()?)).ok()?;
    let state = archive.by_name(STATE).ok()?;
    serde_json::from_reader::<_, Head>(BufReader::new(state)).ok().map(|head| head.serial)
}

#[cfg(test)]
mod tests {
    use std::io::Write as _;

    use zip::write::{SimpleFileOptions, ZipWriter};

    use super::*;

    fn archive(members: &[(&str, &str)]) -> tempfile::NamedTempFile {
        let file = tempfile::NamedTempFile::new().unwrap();
        let mut writer = ZipWriter::new(file.reopen().unwrap());
        for (name, text) in members {
            writer.start_file(*name, SimpleFileOptions::default()).unwrap();
            writer.write_all(text.as_bytes()).unwrap();
        }
        writer.finish().unwrap();
        file
    }

    #[test]
    fn reads_the_serial_of_the_state() {
        let state =
            r#"{"version":4,"terraform_version":"1.11.4","serial":17,"lineage":"x","outputs":{},"resources":[]}"#;
        let plan = archive(&[("tfplan", "binary"), ("tfstate", state), ("tfstate-prev", r#"{"serial":3}"#)]);
        assert_eq!(state_serial(plan.path()), Some(17));
    }

    #[test]
    fn what_is_no_plan_has_none() {
        for members in [&[("tfplan", "x")][..], &[("tfstate", "{")], &[("tfstate", r#"{"serial":"1"}"#)]] {
            assert_eq!(state_serial(archive(members).path()), None);
        }
        let text = tempfile::NamedTempFile::new().unwrap();
        std::fs::write(text.path(), "encrypted").unwrap();
        assert_eq!(state_serial(text.path()), None);
        assert_eq!(state_serial(Path::new("/nowhere/at/all")), None);
    }
}
