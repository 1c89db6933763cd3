//! The files of one run: their names for output and their content, read when needed and dropped.

use std::collections::HashMap;
use std::fs::File as OpenFile;
use std::io::{self, Read};
use std::path::Path;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, PoisonError, RwLock};

use crate::diagnostic::{FileId, LintId};
use crate::discover::{File, Problem};
use crate::linter::finding::FileTable;
use crate::lints;
use crate::source::Span;

/// Files larger than this, in bytes, are nothing that a person wrote; they are not read.
pub(super) const MAX_FILE_SIZE: u64 = 16 * 1024 * 1024;

/// Where the pages of lints are.
const PAGES: &str = concat!(env!("CARGO_PKG_REPOSITORY"), "/blob/main/lints/");

/// Files up to this size, in bytes, are kept; larger ones are seldom read twice.
const MAX_KEPT_FILE: usize = 256 << 10;

/// Most text, in bytes, that is kept: that of a usual repository.
const MOST_KEPT: usize = 1 << 20;

/// How many bytes may still be kept.
pub(super) struct Room(AtomicUsize);

impl Room {
    pub(super) const fn new(bytes: usize) -> Self {
        Self(AtomicUsize::new(bytes))
    }

    /// Takes `bytes`, if there is room for them.
    pub(super) fn take(&self, bytes: usize) -> bool {
        self.0.fetch_update(Ordering::Relaxed, Ordering::Relaxed, |left| left.checked_sub(bytes)).is_ok()
    }
}

/// The files of one run.
pub(super) struct Files {
    /// By number.
    pub(super) all: Vec<File>,
    /// Contents that count instead of those on disk: standard input, and what fixes made.
    pub(super) overlay: HashMap<FileId, Arc<[u8]>>,
    /// What is shown of files with secrets: the same text, with other characters in their place.
    shown: HashMap<FileId, Arc<[u8]>>,
    /// Texts that were read, while there is room: symlinked files are read for every module that has them.
    kept: RwLock<HashMap<FileId, Arc<[u8]>>>,
    room: Room,
}

impl Files {
    /// Files as they were discovered.
    pub(super) fn new(all: Vec<File>) -> Self {
        let (overlay, shown, kept) = (HashMap::new(), HashMap::new(), RwLock::default());
        Self { all, overlay, shown, kept, room: Room::new(MOST_KEPT) }
    }

    /// Adds a file that was not discovered, such as a configuration above the requested paths.
    pub(super) fn add(&mut self, path: &Path, display: String) -> FileId {
        let known = self.all.iter().position(|file| file.path == path);
        let index = known.unwrap_or_else(|| {
            let key = display.clone();
            self.all.push(File { path: path.to_path_buf(), display, key, links: Vec::new(), named: false });
            self.all.len() - 1
        });
        FileId(u32::try_from(index).unwrap_or(u32::MAX))
    }

    /// Never shows what `spans` of a file with this text hold. Lines and columns stay as they are.
    pub(super) fn hide(&mut self, file: FileId, text: &[u8], spans: &[Span]) {
        let mut shown = text.to_vec();
        for span in spans {
            let secret = span.text(text).chars().map(|letter| match letter {
                '\n' | '\r' => letter,
                // One of the same length, in bytes.
                _ => ['*', '·', '•', '𝟎'][letter.len_utf8() - 1],
            });
            let hidden: String = secret.collect();
            if let Some(place) = shown.get_mut(span.start as usize..span.end as usize)
                && place.len() == hidden.len()
            {
                place.copy_from_slice(hidden.as_bytes());
            }
        }
        self.shown.insert(file, shown.into());
    }

    /// The number of the file at `path`, a real path.
    pub(super) fn find(&self, path: &Path) -> Option<FileId> {
        let index = self.all.iter().position(|file| file.path == path)?;
        u32::try_from(index).ok().map(FileId)
    }

    /// What is known of a file.
    pub(super) fn get(&self, id: FileId) -> Option<&File> {
        self.all.get(id.0 as usize)
    }

    /// The content of a file.
    pub(super) fn read(&self, id: FileId) -> Result<Vec<u8>, Problem> {
        if let Some(text) = self.overlay.get(&id) {
            return Ok(text.to_vec());
        }
        if let Some(text) = self.kept.read().unwrap_or_else(PoisonError::into_inner).get(&id) {
            return Ok(text.to_vec());
        }
        let Some(file) = self.get(id) else { return Ok(Vec::new()) };
        let text = read_limited(&file.path).map_err(|message| Problem { path: file.display.clone(), message })?;
        if text.len() <= MAX_KEPT_FILE && self.room.take(text.len()) {
            self.kept.write().unwrap_or_else(PoisonError::into_inner).insert(id, Arc::from(text.as_slice()));
        }
        Ok(text)
    }
}

/// The content of `path`, or a sentence why it cannot be had.
pub(super) fn read_limited(path: &Path) -> Result<Vec<u8>, String> {
    let read = || -> io::Result<Vec<u8>> {
        let file = OpenFile::open(path)?;
        let mut text = Vec::with_capacity(8 * 1024);
        file.take(MAX_FILE_SIZE + 1).read_to_end(&mut text)?;
        Ok(text)
    };
    match read() {
        Ok(text) if text.len() as u64 > MAX_FILE_SIZE => {
            Err(format!("larger than {} MiB; `lint.exclude` in .sprag.hcl leaves it out", MAX_FILE_SIZE >> 20))
        }
        Ok(text) => Ok(text),
        Err(error) => Err(why_unreadable(&error)),
    }
}

/// Why a path cannot be read, as a sentence behind its name.
pub(super) fn why_unreadable(error: &io::Error) -> String {
    match error.kind() {
        io::ErrorKind::NotFound => "no such file or directory".to_owned(),
        io::ErrorKind::PermissionDenied => "permission denied; sprag needs to read it".to_owned(),
        _ => format!("cannot be read: {error}"),
    }
}

impl FileTable for Files {
    fn path(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| file.display.as_str())
    }

    fn key(&self, file: FileId) -> &str {
        self.get(file).map_or("", |file| file.key.as_str())
    }

    fn text(&self, file: FileId) -> Option<Arc<[u8]>> {
        if let Some(shown) = self.shown.get(&file) {
            return Some(Arc::clone(shown));
        }
        self.read(file).ok().map(Arc::from)
    }

    fn url(&self, lint: &LintId) -> Option<String> {
        lints::find(lint.as_str()).map(|_| format!("{PAGES}{lint}/README.md"))
    }

    fn aliases(&self, file: FileId) -> Vec<String> {
        self.get(file).map(|file| file.links.clone()).unwrap_or_default()
    }
}
