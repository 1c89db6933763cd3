//! Who writes text files for node-exporter, and where: shell scripts, units, cloud-init, templates of all of these. A path
//! that ends in `.prom` counts where its line writes; a directory in a variable is followed to its assignments. What
//! cannot be followed is left out.

use memchr::memmem;

use super::lines::{Line, Word, lines};
use crate::diagnostic::{FileId, Location};
use crate::source::Span;

/// Files larger than this, in bytes, are data.
const MAX_SIZE: usize = 1 << 20;

/// Parts of the names of variables that are taken down also in files that write nothing themselves: units and
/// environment files.
const TELLING: [&str; 5] = ["TEXTFILE", "PROM", "METRICS", "COLLECTOR", "NODE_EXPORTER"];

/// Words of lines that write a file or name one to be written.
const WRITERS: [&str; 9] = ["mv", "cp", "tee", "install", "sponge", "rename", "mktemp", "-o", "--output"];

/// Parts of lines that make one directory of two.
const LINKERS: [&str; 3] = ["ln -", "mount ", "rsync"];

/// Programs that move or copy files: all paths but the last are read.
const MOVERS: [&str; 5] = ["mv", "cp", "install", "rsync", "scp"];

/// Directories for drafts.
const DRAFTS: [&str; 3] = ["/tmp/", "/var/tmp/", "/dev/shm/"];

/// What the files of a repository say about text files.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Textfiles {
    writes: Vec<Write>,
    assignments: Vec<Assignment>,
    links: Vec<Link>,
}

/// Two directories with the same content: a link, a mount on another directory, a copy. Nothing stands for one that is not
/// written out.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Link(Option<String>, Option<String>);

/// A file that is written.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Write {
    directory: Directory,
    location: Location,
}

/// A directory as written.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Directory {
    Known(String),
    /// A variable, and what follows it.
    Variable(String, String),
}

/// A value for a variable.
#[derive(Clone, Debug, PartialEq, Eq)]
struct Assignment {
    name: String,
    /// Nothing where it is not written out.
    value: Option<String>,
    /// Whether what the environment says comes first: `${NAME:-value}`.
    is_default: bool,
    file: FileId,
}

/// A directory that something writes text files to.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct WrittenDirectory {
    /// The directory; several where the environment decides.
    pub paths: Vec<String>,
    /// The path of the file that is written.
    pub location: Location,
}

impl Textfiles {
    /// Takes in what `file` says.
    #[must_use]
    pub fn read(file: FileId, text: &[u8]) -> Self {
        let mut found = Self::default();
        let has = |word: &str| memmem::find(text, word.as_bytes()).is_some();
        let writes = has(".prom");
        if text.len() > MAX_SIZE || !writes && !TELLING.iter().chain(&LINKERS).any(|word| has(word)) {
            return found;
        }
        let text = String::from_utf8_lossy(text);
        let mut drafts = Vec::new();
        let mut paths = Vec::new();
        for line in lines(&text).iter().filter(|line| !line.is_silent) {
            let words = line.words();
            found.links.extend(link(&words));
            found.take_assignments(file, &words, writes);
            if !writes {
                continue;
            }
            if let Some((sources, target)) = moved(&words) {
                drafts.extend(sources.iter().map(|source| path_of(source).0));
                let is_prom = sources.iter().any(|source| source.text.contains(".prom"));
                let directory =
                    directory_of(target.text).or_else(|| is_prom.then(|| as_directory(target.text)).flatten());
                paths.extend(directory.map(|directory| (directory, target.text, target.start)));
            } else if is_writing(line, &words) {
                paths.extend(words.iter().filter_map(|word| {
                    let (path, start) = path_of(word);
                    Some((directory_of(path)?, path, start))
                }));
            }
        }
        // What is moved on, or lies where nobody looks, is a draft.
        let is_draft = |path: &str| drafts.contains(&path) || DRAFTS.iter().any(|place| path.starts_with(place));
        found.writes = paths
            .into_iter()
            .filter(|(_, path, _)| !is_draft(path))
            .map(|(directory, path, start)| Write {
                directory,
                location: Location::new(file, Span::from(start..start + path.len())),
            })
            .collect();
        found
    }

    /// Puts together what several files say.
    #[must_use]
    pub fn joined(all: impl IntoIterator<Item = Self>) -> Self {
        let mut joined = Self::default();
        for one in all {
            joined.writes.extend(one.writes);
            joined.assignments.extend(one.assignments);
            joined.links.extend(one.links);
        }
        joined.writes.sort_by_key(|write| write.location);
        joined
    }

    /// The directories that are written to and known, one for each path that is written.
    #[must_use]
    pub fn written(&self) -> Vec<WrittenDirectory> {
        let known = self.writes.iter().filter_map(|write| {
            let mut paths = match &write.directory {
                Directory::Known(path) => vec![path.clone()],
                Directory::Variable(name, rest) => self.values(name, rest, write.location.file)?,
            };
            if paths.iter().any(|path| self.is_linked_away(path)) {
                return None;
            }
            let others: Vec<String> = paths.iter().flat_map(|path| self.linked(path)).collect();
            paths.extend(others);
            Some(WrittenDirectory { paths, location: write.location })
        });
        known.collect()
    }

    /// Whether a directory is the same as another one that is not known.
    #[must_use]
    pub(super) fn is_linked_away(&self, path: &str) -> bool {
        self.links.iter().any(|link| match link {
            Link(Some(known), None) | Link(None, Some(known)) => below(known, path).is_some(),
            _ => false,
        })
    }

    /// The other names of a directory.
    fn linked<'p>(&self, path: &'p str) -> impl Iterator<Item = String> + use<'_, 'p> {
        self.links.iter().flat_map(move |link| {
            let Link(Some(one), Some(other)) = link else { return Vec::new() };
            let names = [(one, other), (other, one)];
            names.into_iter().filter_map(|(from, to)| Some(format!("{to}{}", below(from, path)?))).collect()
        })
    }

    /// The values of a variable with what follows it; nothing where one of them is not known.
    fn values(&self, name: &str, rest: &str, file: FileId) -> Option<Vec<String>> {
        let named = || self.assignments.iter().filter(|assignment| assignment.name == name);
        let own: Vec<&Assignment> = named().filter(|assignment| assignment.file == file).collect();
        let is_open = own.is_empty() || own.iter().any(|assignment| assignment.is_default);
        let others = named().filter(|assignment| is_open && assignment.file != file);
        let mut paths = Vec::new();
        for assignment in own.iter().copied().chain(others) {
            let path = normal(&format!("{}{rest}", assignment.value.as_ref()?));
            if !paths.contains(&path) {
                paths.push(path);
            }
        }
        (!paths.is_empty()).then_some(paths)
    }

    fn take_assignments(&mut self, file: FileId, words: &[Word<'_>], takes_all: bool) {
        for (at, word) in words.iter().enumerate() {
            let Some((name, written)) = assignment(word.text) else { continue };
            if !takes_all && !TELLING.iter().any(|part| name.contains(part)) {
                continue;
            }
            // `NAME="value"`, `NAME: value`
            let next = words.get(at + 1).map(|word| word.text);
            let text = if written.is_empty() { next.unwrap_or_default() } else { written };
            let (value, is_default) = value_of(text);
            self.assignments.push(Assignment { name: name.to_owned(), value, is_default, file });
        }
    }
}

/// What is left of `path` behind `directory`, if it lies there.
fn below<'p>(directory: &str, path: &'p str) -> Option<&'p str> {
    path.strip_prefix(directory).filter(|rest| rest.is_empty() || rest.starts_with('/'))
}

/// The two directories that a line makes the same: `ln -s`, `mount --bind`, `rsync -a host:/dir/ /dir/`.
fn link(words: &[Word<'_>]) -> Option<Link> {
    let is_program =
        |word: &Word<'_>| ["ln", "mount", "rsync"].contains(&word.text.rsplit('/').next().unwrap_or_default());
    let at = words.iter().position(is_program)?;
    let end = words[at..].iter().position(|word| matches!(word.text, "&&" | "||")).map_or(words.len(), |end| at + end);
    let (program, arguments) = (words[at].text, &words[at + 1..end]);
    let has = |test: &dyn Fn(&str) -> bool| arguments.iter().any(|word| test(word.text));
    let links = match program.rsplit('/').next() {
        Some("ln") => has(&|word| word == "--symbolic" || is_short(word) && word.contains('s')),
        Some("mount") => has(&|word| matches!(word, "--bind" | "--rbind" | "bind" | "rbind")),
        _ => !has(&|word| word.contains(".prom")),
    };
    let is_copy = program.ends_with("rsync");
    let mut paths = arguments.iter().rev().filter(|word| !word.text.starts_with('-') && word.text.contains(['/', '$']));
    let (to, from) = (paths.next()?, paths.next()?);
    let known = |word: &str| value_of(word.rsplit_once(':').map_or(word, |(_, path)| path)).0;
    let link = Link(known(from.text), known(to.text));
    // A copy that goes somewhere else takes nothing away.
    let is_known = link.0.is_some() && link.1.is_some() || !is_copy && link != Link(None, None);
    (links && is_known).then_some(link)
}

/// Whether a word is a flag of one letter, or several of them.
fn is_short(word: &str) -> bool {
    word.starts_with('-') && !word.starts_with("--")
}

/// `NAME` and `value` of `NAME=value`, also behind `Environment=`; an empty value for `NAME:`.
fn assignment(word: &str) -> Option<(&str, &str)> {
    let word = word.strip_prefix("Environment=").unwrap_or(word);
    let (name, value) = word.split_once('=').or_else(|| Some((word.strip_suffix(':')?, "")))?;
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    is_name.then_some((name, value))
}

/// The value of a variable, if it is an absolute path that is written out, and whether it is a default.
fn value_of(text: &str) -> (Option<String>, bool) {
    let inner = text.trim_start_matches('$').strip_prefix('{').filter(|_| text.starts_with('$'));
    let default = inner.and_then(|inner| inner.strip_suffix('}')).and_then(|inner| {
        let at = inner.find(['-', '='])?;
        Some(&inner[at + 1..])
    });
    let path = default.unwrap_or(text);
    let is_known = path.starts_with('/') && !path.contains(['$', '{', '*', '?']);
    (is_known.then(|| normal(path)), default.is_some())
}

/// Whether the line writes: a redirection, a program that does, an assignment, a key of cloud-init or Ansible.
fn is_writing(line: &Line<'_>, words: &[Word<'_>]) -> bool {
    let is_writer = |word: &Word<'_>| WRITERS.contains(&word.text) || word.text.starts_with("--output=");
    let is_flag = words.iter().any(|word| word.text.contains("collector.textfile"));
    let names_target = matches!(line.key(), Some("path" | "dest")) && line.text.contains(':');
    !is_flag && (line.text.contains('>') || names_target || words.iter().any(is_writer))
        || words.first().is_some_and(|word| assignment(word.text).is_some() && word.text.contains('='))
}

/// What a line moves, and where to.
fn moved<'w, 'a>(words: &'w [Word<'a>]) -> Option<(Vec<&'w Word<'a>>, &'w Word<'a>)> {
    let at = words.iter().position(|word| MOVERS.contains(&word.text.rsplit('/').next().unwrap_or_default()))?;
    let end = words[at..].iter().position(|word| matches!(word.text, "&&" | "||")).map_or(words.len(), |end| at + end);
    let paths =
        words[at + 1..end].iter().filter(|word| !word.text.starts_with('-') && word.text.contains(['/', '$', '.']));
    let mut paths: Vec<&Word<'_>> = paths.collect();
    let target = paths.pop()?;
    (!paths.is_empty()).then_some((paths, target))
}

/// A path to which something is moved, as a directory.
fn as_directory(path: &str) -> Option<Directory> {
    directory_of(&format!("{}/x.prom", path.trim_end_matches('/')))
}

/// The path in a word such as `/dir/x.prom` or `--output=/dir/x.prom`, and where it begins.
fn path_of<'a>(word: &Word<'a>) -> (&'a str, usize) {
    let from = word.text.find(['/', '$']).unwrap_or(0);
    let front = word.text[..from].rfind('=').map_or(0, |at| at + 1);
    (&word.text[front..], word.start + front)
}

/// The directory of a path whose last part has the suffix `.prom`, perhaps with more behind for a draft.
fn directory_of(path: &str) -> Option<Directory> {
    let suffix = path.find(".prom")?;
    let after = path[suffix + 5..].bytes().next();
    let slash = last_slash(&path[..suffix])?;
    if after.is_some_and(|byte| byte.is_ascii_alphanumeric() || byte == b'/') {
        return None;
    }
    let directory = &path[..slash];
    if directory.starts_with('/') {
        return (!directory.contains(['$', '{', '*'])).then(|| Directory::Known(normal(directory)));
    }
    // `$NAME`, `${NAME}`; `$${NAME}` in a template.
    let inner = directory.strip_prefix('$')?;
    let inner = inner.strip_prefix('$').unwrap_or(inner);
    let (name, rest) = match inner.strip_prefix('{') {
        Some(inner) => inner.split_once('}')?,
        None => inner.split_at(
            inner.find(|letter: char| !letter.is_ascii_alphanumeric() && letter != '_').unwrap_or(inner.len()),
        ),
    };
    let is_name = !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || byte == b'_');
    (is_name && !rest.contains(['$', '{'])).then(|| Directory::Variable(name.to_owned(), rest.to_owned()))
}

/// The last `/` that is not inside of braces.
fn last_slash(text: &str) -> Option<usize> {
    let mut depth = 0_u32;
    let mut last = None;
    for (at, letter) in text.char_indices() {
        match letter {
            '{' => depth += 1,
            '}' => depth = depth.saturating_sub(1),
            '/' if depth == 0 => last = Some(at),
            _ => {}
        }
    }
    last
}

/// Without a `/` at the end, and with one instead of several.
fn normal(path: &str) -> String {
    let parts: Vec<&str> = path.split('/').filter(|part| !part.is_empty() && *part != ".").collect();
    format!("/{}", parts.join("/"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn written(files: &[&str]) -> Vec<String> {
        let read = files.iter().zip(0..).map(|(text, number)| Textfiles::read(FileId(number), text.as_bytes()));
        Textfiles::joined(read).written().iter().map(|directory| directory.paths.join("|")).collect()
    }

    #[test]
    fn directories_are_found_where_something_writes() {
        for (text, directory) in [
            ("echo 1 > /var/lib/node_exporter/x.prom\n", "/var/lib/node_exporter"),
            ("mv \"$draft\" '/var/lib//node_exporter/x.prom'\n", "/var/lib/node_exporter"),
            ("job | sponge /a/b/x.prom\n", "/a/b"),
            ("ExecStart=/usr/bin/thing --output=/a/b/x.prom\n", "/a/b"),
            ("OUT=/a/b/x.prom\n", "/a/b"),
            ("  - path: /a/b/x.prom\n", "/a/b"),
            ("DIR=/a/b\nmv x.new \"$DIR/x.prom\"\n", "/a/b"),
            ("DIR=\"${DIR:-/a/b/}\"\nmv x.new \"${DIR}/${name}.prom\"\n", "/a/b"),
            ("readonly DIR=/a\ncat >\"$DIR/sub/x.prom.$$\"\n", "/a/sub"),
            ("DIR=/a\n- mv x.new $${DIR}/x.prom\n", "/a"),
            ("job >/tmp/x.prom\nmv /tmp/x.prom /a/b/\n", "/a/b"),
            ("job >/srv/x.prom\n/bin/mv -f /srv/x.prom /a/b && echo done\n", "/a/b"),
            ("install -m 0644 x.prom \"/a/b\"\n", "/a/b"),
        ] {
            assert_eq!(written(&[text]), [directory], "{text}");
        }
    }

    #[test]
    fn the_environment_may_say_otherwise() {
        let script = "TEXTFILE_DIR=\"${TEXTFILE_DIR:-/a}\"\nmv x.new \"$TEXTFILE_DIR/x.prom\"\n";
        let unit = "[Service]\nEnvironment=TEXTFILE_DIR=/b\nExecStart=/opt/script.sh\n";
        assert_eq!(written(&[script, unit]), ["/a|/b"]);
        assert_eq!(written(&[script, "environment:\n  TEXTFILE_DIR: /c\n"]), ["/a|/c"]);
        assert_eq!(written(&["TEXTFILE_DIR=/a\nmv x.new $TEXTFILE_DIR/x.prom\n", unit]), ["/a"]);
        assert_eq!(written(&["mv x.new $TEXTFILE_DIR/x.prom\n", unit]), ["/b"]);
    }

    #[test]
    fn links_are_other_names() {
        let script = "job >/a/b/x.prom\n";
        for (setup, paths) in [
            ("ln -sfn /srv/textfile /a/b\n", "/a/b|/srv/textfile"),
            ("ln -s /a /c && echo done\n", "/a/b|/c/b"),
            ("mount --bind /srv/textfile /a/b\n", "/a/b|/srv/textfile"),
            ("rsync -a host:/a/b/ /srv/textfile/\n", "/a/b|/srv/textfile"),
            ("ln /x /a/b\n", "/a/b"),
            ("ln -s ../x /etc/nginx\n", "/a/b"),
        ] {
            assert_eq!(written(&[script, setup]), [paths], "{setup}");
        }
        assert!(written(&[script, "ln -s \"$DIR\" /a/b\n"]).is_empty());
        assert_eq!(written(&[script, "rsync -a /a/ \"$BACKUP\"\n"]), ["/a/b"]);
    }

    #[test]
    fn what_cannot_be_followed_is_left_out() {
        for text in [
            "mv x.new \"$DIR/x.prom\"\n",
            "DIR=$(mktemp -d)\nmv x.new \"$DIR/x.prom\"\n",
            "DIR=$1\nmv x.new $DIR/x.prom\n",
            "promtool check metrics /a/b/x.prom\n",
            "# echo 1 > /a/b/x.prom\n",
            "echo 1 > x.prom\n",
            "echo 1 > /a/b/x.prometheus\n",
            "echo 1 > /a/${host}/x.prom\n",
            "mv x.new /a/b/x.promql\n",
            "job >/tmp/x.prom\n",
            "job >/srv/x.prom\nscp /srv/x.prom host:/var/lib/node_exporter/\n",
            "cp /a/b/x.prom backup/\n",
            "--collector.textfile.directory=/a/b > /c/x.prom\n",
        ] {
            assert!(written(&[text]).is_empty(), "{text}");
        }
    }
}
