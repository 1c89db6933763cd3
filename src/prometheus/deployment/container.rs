//! Images of containers: which exporter one is of, whether it is started, and how.

use super::lines::{Line, Word, command, mapping, names_of, pairs};
use super::read::{Reader, is_hole};
use super::{Build, Sighting, Way, mounts};
use crate::prometheus::catalogue::Exporter;

/// Programs in the images of servers that check or ask something, and run no server.
const TOOLS: [&str; 5] = ["promtool", "amtool", "--version", "--help", "version"];

/// Keys that say what a container runs.
const PROGRAM_KEYS: [&str; 4] = ["entrypoint", "command", "cmd", "exec"];

/// Keys beside the name of an image that say its version.
const TAG_KEYS: [&str; 2] = ["newTag", "tag"];

/// Words of commands that start a container.
const RUNNERS: [&str; 2] = ["run", "create"];

impl<'a> Reader<'a> {
    /// What the image at `words[at]` deploys, if it is one of the exporter and starts it.
    pub(super) fn image(&self, exporter: &Exporter, index: usize, words: &[Word<'a>], at: usize) -> Option<Sighting> {
        let word = words[at];
        let key = key_of(words, at);
        let is_image_key = key.is_some_and(|key| key.eq_ignore_ascii_case("image"));
        let Some(tag) = image_tag(exporter, word.text) else {
            // A copy in another registry, or one that is built from it.
            let mut sighting = self.new_sighting(exporter, word, Build::Unknown, Way::Container);
            (sighting.has_open_flags, sighting.has_open_version) = (true, true);
            return (is_image_key && resembles(exporter, word.text)).then_some(sighting);
        };
        let mut sighting = self.new_sighting(exporter, word, Build::Upstream, Way::Container);
        self.set_version(&mut sighting, self.resolve(tag), word);
        let is_started = match key {
            _ if self.lines[index].text.starts_with("FROM ") => {
                sighting.has_open_flags = true;
                true
            }
            Some(_) if is_image_key => self.container(exporter, index, word, &mut sighting),
            Some(_) => {
                self.named_image(index, word, &mut sighting);
                true
            }
            None => self.command(exporter, index, word, &mut sighting),
        };
        is_started.then_some(sighting)
    }

    /// An image under a key of its own. Flags stand in the same mapping. Returns whether the exporter is started.
    fn container(&self, exporter: &Exporter, index: usize, word: Word<'a>, sighting: &mut Sighting) -> bool {
        let words = mapping(&self.lines, index, word);
        sighting.names = names_of(&self.lines, index, word);
        sighting.mounts = mounts::mounts(&self.lines, &words);
        self.take_flags(&words, sighting);
        for (key, program) in pairs(&words) {
            if !PROGRAM_KEYS.iter().any(|known| key.eq_ignore_ascii_case(known)) {
                continue;
            }
            if TOOLS.contains(&last_part(program.text)) {
                return false;
            }
            let is_argument = program.text.starts_with('-') || program.text.ends_with(':');
            sighting.has_open_flags |= !is_argument && !is_program(exporter, program.text);
        }
        true
    }

    /// The name of an image, which something else starts: the version stands beside it.
    fn named_image(&self, index: usize, word: Word<'a>, sighting: &mut Sighting) {
        sighting.has_open_flags = true;
        let beside = pairs(&mapping(&self.lines, index, word));
        if let Some((_, tag)) = beside.iter().find(|(key, _)| TAG_KEYS.contains(key)) {
            self.set_version(sighting, self.resolve(tag.text), *tag);
        }
    }

    /// An image in a command. Flags stand behind it. Returns whether the exporter is started.
    fn command(&self, exporter: &Exporter, index: usize, word: Word<'a>, sighting: &mut Sighting) -> bool {
        let lines = command(&self.lines, index);
        let words: Vec<Word<'a>> = lines.iter().flat_map(Line::words).collect();
        let (before, mut after): (Vec<Word<'a>>, Vec<Word<'a>>) =
            words.into_iter().filter(|other| other.start != word.start).partition(|it| it.start < word.start);
        let is_end = |word: &Word<'_>| matches!(word.text, "&&" | "||" | "&");
        let begin = before.iter().rposition(is_end).map_or(0, |end| end + 1);
        let before = &before[begin..];
        after.truncate(after.iter().position(is_end).unwrap_or(after.len()));
        sighting.mounts = mounts::mounts(&self.lines, before);
        sighting.has_open_flags = lines.iter().any(|line| line.text.contains('`'));
        self.take_flags(&after, sighting);
        let is_run = before.iter().any(|word| RUNNERS.contains(&word.text));
        if !is_run && sighting.flags.is_empty() {
            // It is named, and how it is started is said elsewhere; what only moves the image starts nothing.
            sighting.has_open_flags = true;
            return !before.iter().any(|word| matches!(word.text, "pull" | "push" | "save" | "load" | "inspect"));
        }
        let entrypoint = before.iter().position(|word| word.text.starts_with("--entrypoint"));
        let entrypoint = entrypoint.and_then(|at| match before[at].text.split_once('=') {
            Some((_, program)) => Some(program),
            None => before.get(at + 1).map(|word| word.text),
        });
        let argument = after.first().filter(|next| self.is_argument(word, **next)).map(|next| next.text);
        for program in entrypoint.into_iter().chain(argument) {
            if TOOLS.contains(&last_part(program)) {
                return false;
            }
            if !program.starts_with('-') && !is_hole(program) && !is_program(exporter, program) {
                (sighting.has_open_flags, sighting.has_open_version) = (true, true);
                sighting.version = None;
            }
        }
        true
    }

    /// Whether `next` is an argument of the same command as `word` before it: no sign of the shell stands between them.
    fn is_argument(&self, word: Word<'_>, next: Word<'_>) -> bool {
        let index = self.lines.partition_point(|line| line.start <= word.start).saturating_sub(1);
        let (line, end) = (&self.lines[index], word.start + word.text.len());
        match line.text.get(end - line.start..next.start.saturating_sub(line.start)) {
            Some(between) => !between.contains([';', '|', '<', '>', '&', ')']),
            None => true,
        }
    }
}

/// The key of the value at `words[at]`.
fn key_of<'a>(words: &[Word<'a>], at: usize) -> Option<&'a str> {
    if let Some((key, _)) = words[at].text.split_once('=').filter(|(key, _)| !key.starts_with('-')) {
        return Some(key);
    }
    let before = words.get(at.checked_sub(1)?)?.text;
    if matches!(before, ":" | "=") {
        return Some(words.get(at.checked_sub(2)?)?.text);
    }
    before.strip_suffix([':', '=']).filter(|key| !key.is_empty() && !key.starts_with('-'))
}

/// The tag of an image of `exporter`, empty where there is none; nothing when it is another image.
fn image_tag<'w>(exporter: &Exporter, word: &'w str) -> Option<&'w str> {
    let (path, tag) = parts(word);
    let is_image = |image: &str| path == image || path.strip_suffix(image).is_some_and(|host| host.ends_with('/'));
    exporter.images.iter().any(|image| is_image(image)).then_some(tag)
}

/// Whether an image is called like one of `exporter` but for who gives it.
fn resembles(exporter: &Exporter, word: &str) -> bool {
    let (path, _) = parts(word);
    exporter.images.iter().any(|image| last_part(image) == last_part(path))
}

/// The path and the tag of an image.
fn parts(word: &str) -> (&str, &str) {
    let word = word.split_once('=').map_or(word, |(_, image)| image);
    let (path, tag) = match word.rsplit_once(':').filter(|(_, tag)| !tag.contains('/')) {
        Some((path, tag)) => (path, tag),
        None => (word, ""),
    };
    (path.split_once('@').map_or(path, |(path, _)| path), tag)
}

fn is_program(exporter: &Exporter, path: &str) -> bool {
    exporter.programs.iter().any(|program| last_part(path) == &**program)
}

/// What follows the last `/`.
fn last_part(path: &str) -> &str {
    path.rsplit('/').next().unwrap_or(path)
}
