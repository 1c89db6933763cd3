//! Which directories of a host a container sees: `-v`, volumes of compose files, of Kubernetes and of Terraform. Where the
//! host's side is a named volume, a relative path or filled in, it is not known.

use super::has_hole;
use super::lines::{Line, Word, mapping, pairs};

/// A directory of a container.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Mount {
    /// Its path in the container.
    pub inside: String,
    /// Its path on the host, if that is known.
    pub host: Option<String>,
}

/// Keys of the container's side.
const INSIDE: [&str; 6] = ["target", "mountPath", "mount_path", "container_path", "destination", "dst"];

/// Keys of the host's side.
const HOST: [&str; 3] = ["source", "src", "host_path"];

/// Keys of volumes of Kubernetes that are directories of the host.
const HOST_VOLUMES: [&str; 2] = ["hostPath", "host_path"];

/// The mounts that `words` say, which stand in `lines`.
pub(super) fn mounts<'a>(lines: &[Line<'a>], words: &[Word<'a>]) -> Vec<Mount> {
    let short = words.iter().filter_map(|word| short(word.text));
    let pairs = pairs(words);
    let inside = pairs.iter().filter(|(key, value)| INSIDE.contains(key) && value.text.starts_with('/'));
    let long = inside.map(|(_, value)| Mount { inside: value.text.to_owned(), host: host_of(lines, *value) });
    short.chain(long).collect()
}

/// Where a directory of a container lies on the host; nothing where that is not known. Without mounts it is a path of the
/// host itself.
pub(super) fn on_host(mounts: &[Mount], path: &str) -> Option<String> {
    let over = mounts.iter().filter_map(|mount| {
        let rest = path.strip_prefix(mount.inside.trim_end_matches('/'))?;
        (rest.is_empty() || rest.starts_with('/')).then_some((mount, rest))
    });
    match over.max_by_key(|(mount, _)| mount.inside.len()) {
        Some((mount, rest)) => mount.host.as_ref().map(|host| format!("{}{rest}", host.trim_end_matches('/'))),
        None => Some(path.to_owned()),
    }
}

/// `/srv/textfile:/textfile:ro`, perhaps behind `--volume=`.
fn short(word: &str) -> Option<Mount> {
    let (front, last) = word.rsplit_once(':')?;
    let (host, inside) = if last.starts_with('/') { (front, last) } else { front.rsplit_once(':')? };
    let host = host.split_once('=').filter(|(key, _)| !key.contains('/')).map_or(host, |(_, host)| host);
    inside.starts_with('/').then(|| Mount { inside: inside.to_owned(), host: known(host) })
}

fn known(path: &str) -> Option<String> {
    (path.starts_with('/') && !has_hole(path)).then(|| path.to_owned())
}

/// The host's side of a mount whose other side is `inside`.
fn host_of(lines: &[Line<'_>], inside: Word<'_>) -> Option<String> {
    let index = lines.partition_point(|line| line.start <= inside.start).checked_sub(1)?;
    // `type=bind,source=/srv/textfile,target=/textfile`
    let options = option_list(&lines[index], inside);
    if let Some(options) = options {
        let options = options.split(',').filter_map(|option| option.split_once('='));
        return options.filter(|(key, _)| HOST.contains(key)).find_map(|(_, value)| known(value));
    }
    let words = mapping(lines, index, inside);
    let pairs = pairs(&words);
    if let Some((_, host)) = pairs.iter().find(|(key, _)| HOST.contains(key)) {
        return known(host.text);
    }
    let (_, name) = pairs.iter().find(|(key, _)| *key == "name")?;
    volume(lines, name.text)
}

/// The list of options without blanks that `word` is a part of.
fn option_list<'a>(line: &Line<'a>, word: Word<'_>) -> Option<&'a str> {
    let at = word.start - line.start;
    let is_end = |letter: char| letter.is_whitespace() || matches!(letter, '"' | '\'');
    let from = line.text[..at].rfind(is_end).map_or(0, |end| end + 1);
    let to = line.text[at..].find(is_end).map_or(line.text.len(), |end| at + end);
    Some(&line.text[from..to]).filter(|list| list.contains(',') && list.contains('='))
}

/// The directory of the host that is the volume `name` of Kubernetes.
fn volume(lines: &[Line<'_>], name: &str) -> Option<String> {
    let mut found = None;
    for (index, line) in lines.iter().enumerate().filter(|(_, line)| !line.is_silent) {
        let words = line.words();
        for word in words.iter().filter(|word| HOST_VOLUMES.contains(&word.text.trim_end_matches(':'))) {
            let words = mapping(lines, index, *word);
            let pairs = pairs(&words);
            if !pairs.iter().any(|(key, value)| *key == "name" && value.text == name) {
                continue;
            }
            let path = pairs.iter().find(|(key, _)| *key == "path").map(|(_, path)| path.text)?;
            // Of two volumes of one name nobody knows which is meant.
            if found.is_some_and(|other| other != path) {
                return None;
            }
            found = Some(path);
        }
    }
    known(found?)
}
