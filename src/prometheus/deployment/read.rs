//! Finds what a file deploys: images, commands, packages, releases. A mention alone is no deployment: a program counts
//! where it is started, a package where it is installed.

use std::borrow::Cow;

use aho_corasick::{AhoCorasick, AhoCorasickKind};

use super::lines::{Line, Word, command, lines};
use super::{Build, Flag, Sighting, Way, has_hole};
use crate::diagnostic::{FileId, Location};
use crate::prometheus::catalogue::{Catalogues, Exporter};

/// Files larger than this, in bytes, are data.
const MAX_SIZE: usize = 1 << 20;

/// Where Debian keeps the arguments of services, by package.
const DEFAULTS: &str = "/etc/default/";

/// Words of commands that install packages.
const INSTALLERS: [&str; 7] = ["apt-get", "apt", "aptitude", "dnf", "yum", "pip", "pip3"];

/// Finds what texts deploy of some exporters.
pub struct Names<'c> {
    exporters: Vec<&'c Exporter>,
    /// The exporter that each name belongs to.
    owners: Vec<usize>,
    /// All names at once: most texts have none. Nothing where there are too many to look for.
    search: Option<AhoCorasick>,
}

impl<'c> Names<'c> {
    /// The names of the exporters in `catalogues`.
    #[must_use]
    pub fn new(catalogues: &'c Catalogues) -> Self {
        let exporters: Vec<&Exporter> = catalogues.iter().map(|catalogue| &catalogue.exporter).collect();
        let names = exporters.iter().enumerate().flat_map(|(owner, exporter)| {
            let names = [&exporter.programs, &exporter.images, &exporter.packages, &exporter.sources];
            names.into_iter().flatten().filter(|name| !name.is_empty()).map(move |name| (owner, name.as_bytes()))
        });
        let (owners, names): (Vec<usize>, Vec<&[u8]>) = names.unzip();
        // The kind that is made fastest.
        let search = AhoCorasick::builder().kind(Some(AhoCorasickKind::NoncontiguousNFA)).build(names).ok();
        Self { exporters, owners, search }
    }

    /// What a text deploys.
    #[must_use]
    pub fn read(&self, file: FileId, text: &[u8]) -> Vec<Sighting> {
        let Some(search) = self.search.as_ref().filter(|_| text.len() <= MAX_SIZE) else { return Vec::new() };
        let mut is_named = vec![false; self.exporters.len()];
        let mut mentions = Vec::new();
        for found in search.find_overlapping_iter(text) {
            is_named[self.owners[found.pattern()]] = true;
            mentions.push(found.end());
        }
        let named: Vec<&Exporter> = self
            .exporters
            .iter()
            .zip(is_named)
            .filter(|(_, is_named)| *is_named)
            .map(|(exporter, _)| *exporter)
            .collect();
        if named.is_empty() {
            return Vec::new();
        }
        let text = String::from_utf8_lossy(text);
        // Places of other bytes than UTF-8 are moved.
        let mentions = matches!(text, Cow::Borrowed(_)).then_some(mentions);
        let reader = Reader { file, lines: lines(&text), named, mentions };
        let mut found = reader.sightings();
        if text.contains(DEFAULTS) {
            found.extend(reader.argument_files());
        }
        found
    }
}

pub(super) struct Reader<'a> {
    pub(super) file: FileId,
    pub(super) lines: Vec<Line<'a>>,
    named: Vec<&'a Exporter>,
    /// Where names of exporters end, in order; nothing where that is not known.
    mentions: Option<Vec<usize>>,
}

impl<'a> Reader<'a> {
    /// Whether a line may have the name of an exporter.
    fn may_name(&self, line: &Line<'a>) -> bool {
        let Some(mentions) = &self.mentions else { return true };
        let next = mentions.partition_point(|end| *end <= line.start);
        mentions.get(next).is_some_and(|end| *end <= line.start + line.text.len())
    }

    fn sightings(&self) -> Vec<Sighting> {
        let mut found = Vec::new();
        let lines = self.lines.iter().enumerate().filter(|(_, line)| !line.is_silent);
        for (index, line) in lines.filter(|(_, line)| self.may_name(line)) {
            let words = line.words();
            for (at, word) in words.iter().enumerate() {
                for exporter in &self.named {
                    found.extend(self.sighting(exporter, index, &words, at, *word));
                }
            }
        }
        found
    }

    fn sighting(
        &self,
        exporter: &Exporter,
        index: usize,
        words: &[Word<'a>],
        at: usize,
        word: Word<'a>,
    ) -> Option<Sighting> {
        if let Some(sighting) = self.image(exporter, index, words, at) {
            return Some(sighting);
        }
        if let Some((source, version)) = release(exporter, word.text) {
            let mut sighting = self.new_sighting(exporter, word, Build::Upstream, Way::Installed);
            self.set_version(&mut sighting, self.resolve(version), word);
            sighting.has_open_flags = true;
            return (!source.is_empty()).then_some(sighting);
        }
        if let Some(version) = self.package_version(exporter, index, words, word) {
            let is_pip = word.text.contains("==");
            let build = if is_pip { Build::Upstream } else { Build::Debian };
            let mut sighting = self.new_sighting(exporter, word, build, Way::Installed);
            sighting.has_open_flags = is_pip;
            self.set_version(&mut sighting, self.resolve(version).map(|version| upstream(&version)), word);
            return Some(sighting);
        }
        self.start(exporter, index, words, at, word)
    }

    pub(super) fn location(&self, word: Word<'_>) -> Location {
        Location::new(self.file, word.span())
    }

    pub(super) fn new_sighting(&self, exporter: &Exporter, word: Word<'_>, build: Build, way: Way) -> Sighting {
        Sighting {
            exporter: exporter.name.to_string(),
            location: self.location(word),
            version: None,
            has_open_version: false,
            build,
            way,
            flags: Vec::new(),
            names: Vec::new(),
            mounts: Vec::new(),
            has_open_flags: false,
        }
    }

    /// Takes down the version that `word` says, or that it says one that is not known.
    pub(super) fn set_version(&self, sighting: &mut Sighting, version: Option<String>, word: Word<'_>) {
        sighting.has_open_version = version.is_none();
        sighting.version = version.map(|version| (version, self.location(word)));
    }

    /// A program that is started: by a unit, or with flags.
    fn start(
        &self,
        exporter: &Exporter,
        index: usize,
        words: &[Word<'a>],
        at: usize,
        word: Word<'a>,
    ) -> Option<Sighting> {
        let path = word.text.rsplit_once('=').map_or(word.text, |(_, path)| path);
        let program = path.trim_start_matches(['-', '@', ':', '+', '!']);
        let name = program.rsplit('/').next().unwrap_or(program);
        if !exporter.programs.iter().any(|known| known == name) {
            return None;
        }
        let is_unit = word.text.starts_with("ExecStart=") || at > 0 && words[at - 1].text.ends_with("ExecStart=");
        let lines = command(&self.lines, index);
        let all: Vec<Word<'a>> = lines.iter().flat_map(Line::words).collect();
        let mut after: Vec<Word<'a>> = all.into_iter().filter(|other| other.start > word.start).collect();
        let ends = after.iter().position(|word| matches!(word.text, "&&" | "||" | "&"));
        after.truncate(ends.unwrap_or(after.len()));
        let has_flags = after.first().is_some_and(|next| next.text.starts_with("--"));
        let asks = after.iter().any(|word| matches!(word.text, "--version" | "--help" | "-h"));
        if !(is_unit || has_flags) || asks {
            return None;
        }
        let is_packaged =
            program.starts_with("/usr/bin/") || program.starts_with("/bin/") || name.contains("prometheus-");
        let build = if is_packaged { Build::Debian } else { Build::Upstream };
        let place = Word { text: program, start: word.start + offset(word.text, program) };
        let mut sighting = self.new_sighting(exporter, place, build, Way::Program);
        sighting.has_open_flags = lines.iter().any(|line| line.text.contains('`'));
        self.take_flags(&after, &mut sighting);
        Some(sighting)
    }

    /// `ARGS="..."` of `/etc/default/PACKAGE`, written out where that path is named before it.
    fn argument_files(&self) -> Vec<Sighting> {
        let mut found = Vec::new();
        let mut owner: Option<&Exporter> = None;
        for line in self.lines.iter().filter(|line| !line.is_silent) {
            let is_of = |exporter: &Exporter| {
                let mut after = line.text.match_indices(DEFAULTS).map(|(at, _)| &line.text[at + DEFAULTS.len()..]);
                after.any(|rest| exporter.packages.iter().any(|package| rest.starts_with(&**package)))
            };
            let named = self.named.iter().find(|exporter| is_of(exporter));
            owner = named.copied().or(owner);
            let Some(exporter) = owner.filter(|_| line.text.starts_with("ARGS=")) else { continue };
            let words = line.words();
            let Some(first) = words.first() else { continue };
            let place = Word { text: "ARGS", start: first.start };
            let mut sighting = self.new_sighting(exporter, place, Build::Debian, Way::Program);
            let flags: Vec<Word<'a>> = words.iter().filter(|word| word.text != "ARGS=").copied().collect();
            self.take_flags(&flags, &mut sighting);
            found.push(sighting);
        }
        found
    }

    /// The flags among `words`.
    pub(super) fn take_flags(&self, words: &[Word<'a>], sighting: &mut Sighting) {
        for (at, word) in words.iter().enumerate() {
            let is_value = at > 0 && takes_value(words[at - 1].text) && !is_directive(word.text);
            // `@FILE` stands for the arguments in a file.
            if is_hole(word.text) && !is_value || word.text.starts_with('@') {
                sighting.has_open_flags = true;
            }
            let Some(flag) = word.text.strip_prefix("--").filter(|flag| !flag.is_empty()) else { continue };
            let next = words.get(at + 1).map(|next| next.text);
            let (name, value) = match flag.split_once('=') {
                Some((name, value)) => (name, Some(value)),
                None => (flag, next.filter(|next| next.starts_with('/') || next.starts_with('$'))),
            };
            if has_hole(name) {
                sighting.has_open_flags = true;
                continue;
            }
            sighting.flags.push(Flag {
                name: name.to_owned(),
                value: value.map(str::to_owned),
                location: self.location(*word),
            });
        }
    }

    /// The version of an installed package, empty where none is asked for; nothing where `word` installs nothing.
    fn package_version<'w>(
        &self,
        exporter: &Exporter,
        index: usize,
        words: &[Word<'a>],
        word: Word<'w>,
    ) -> Option<&'w str> {
        let (name, version) = word.text.split_once('=').unwrap_or((word.text, ""));
        if !exporter.packages.iter().any(|package| package == name) {
            return None;
        }
        let version = version.trim_start_matches('=');
        let all: Vec<Word<'a>> = command(&self.lines, index).iter().flat_map(Line::words).collect();
        let installs = all.iter().any(|word| INSTALLERS.contains(&word.text.rsplit('/').next().unwrap_or(word.text)))
            && all.iter().any(|word| word.text == "install");
        let is_listed = words.len() == 1 && self.is_in_package_list(index)
            || self.lines[index].key().is_some_and(|key| key.contains("package"));
        (installs || is_listed).then_some(version)
    }

    /// Whether line `index` is an element of a list of packages: one of the keys that it stands below says so.
    fn is_in_package_list(&self, index: usize) -> bool {
        let mut indent = self.lines[index].indent;
        let mut parents = Vec::new();
        for line in self.lines[..index].iter().rev().filter(|line| !line.is_silent) {
            if line.indent < indent && parents.len() < 3 {
                indent = line.indent;
                parents.extend(line.key());
            }
        }
        let installs = |key: &&str| key.contains("package") || ["apt", "pkg", "dnf", "yum"].contains(&last_part(key));
        parents.iter().any(installs)
    }

    /// A version that is written out here or in a variable of the same file.
    pub(super) fn resolve(&self, text: &str) -> Option<String> {
        let text = text.trim_start_matches('v');
        if text.starts_with(|first: char| first.is_ascii_digit()) {
            let version = text.split_once('@').map_or(text, |(version, _)| version);
            return is_version(version).then(|| version.to_owned());
        }
        let name = text.strip_prefix("${").and_then(|rest| rest.strip_suffix('}')).or_else(|| text.strip_prefix('$'));
        let name = name.or_else(|| text.strip_prefix("{{").and_then(|rest| rest.strip_suffix("}}")));
        let name = name?.trim().trim_start_matches("var.").trim_start_matches("local.");
        let (name, default) = name.split_once(":-").unwrap_or((name, ""));
        let mut values = self.lines.iter().filter(|line| !line.is_silent).filter_map(|line| assigned(line.text, name));
        let value = values.next().unwrap_or(default);
        // Of two values nobody knows which holds.
        if values.any(|other| other != value) {
            return None;
        }
        let value = value.trim_start_matches('v');
        is_version(value).then(|| value.to_owned())
    }
}

/// The value that `line` gives to a variable: `NAME=value`, `NAME: value`, perhaps in quotes or with a default.
fn assigned<'l>(line: &'l str, name: &str) -> Option<&'l str> {
    let line = ["export ", "readonly ", "local ", "ARG ", "ENV ", "Environment="]
        .iter()
        .fold(line, |line, word| line.strip_prefix(word).unwrap_or(line));
    let rest = line.trim_start_matches('"').strip_prefix(name)?.trim_start();
    let value = rest.strip_prefix('=').or_else(|| rest.strip_prefix(':'))?.trim().trim_matches(['"', '\'', ';']);
    let inner = value.strip_prefix("${").and_then(|inner| inner.strip_suffix('}')).and_then(|it| it.split_once(":-"));
    Some(inner.map_or(value, |(_, default)| default))
}

/// Whether `text` begins like a version: a digit and nothing but what versions are made of.
fn is_version(text: &str) -> bool {
    text.starts_with(|first: char| first.is_ascii_digit())
        && text.bytes().all(|byte| byte.is_ascii_alphanumeric() || b".-+~_:".contains(&byte))
        && (text.contains('.') || text.bytes().all(|byte| byte.is_ascii_digit()))
}

/// The upstream part of a version of Debian's: without epoch, revision and repacking.
fn upstream(version: &str) -> String {
    let version = version.split_once(':').map_or(version, |(_, version)| version);
    let version = version.rsplit_once('-').map_or(version, |(version, _)| version);
    version.split(['+', '~']).next().unwrap_or(version).to_owned()
}

/// The project and the version of a release on GitHub.
fn release<'w>(exporter: &Exporter, word: &'w str) -> Option<(&'w str, &'w str)> {
    let rest = &word[word.find("github.com/")? + "github.com/".len()..];
    let (source, rest) = rest.split_once("/releases/download/")?;
    let version = rest.split('/').next()?;
    exporter.sources.iter().any(|known| known == source).then_some((source, version))
}

/// The part of a key after its last dot: `apt` of `ansible.builtin.apt`.
fn last_part(key: &str) -> &str {
    key.rsplit('.').next().unwrap_or(key)
}

/// Whether a word is filled in elsewhere: `$ARGS`, `${flags}`, `$(...)`, `{{ flags }}`. `$$` is a dollar in compose files.
pub(super) fn is_hole(word: &str) -> bool {
    let is_variable = |rest: &str| {
        rest.starts_with(|next: char| next.is_ascii_alphabetic() || matches!(next, '_' | '{' | '(' | '@' | '*'))
    };
    word.strip_prefix('$').is_some_and(is_variable) || word.starts_with("{{") || is_directive(word)
}

/// Whether a word decides in a template what follows.
fn is_directive(word: &str) -> bool {
    word.starts_with("%{") || word.starts_with("{%")
}

/// Whether the word behind `word` is its value: it is a flag without one, and no switch.
fn takes_value(word: &str) -> bool {
    let is_switch = |flag: &str| {
        flag.starts_with("no-") || flag.strip_prefix("collector.").is_some_and(|collector| !collector.contains('.'))
    };
    word.strip_prefix("--").is_some_and(|flag| !flag.contains('=') && !is_switch(flag))
}

/// Where `part`, an end of `whole`, begins in it.
fn offset(whole: &str, part: &str) -> usize {
    whole.len() - part.len()
}
