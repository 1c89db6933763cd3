//! What files say of exporters where it cannot be read as a whole: switches in values of charts, patches and overrides,
//! variables of roles, options of NixOS, Alloy. It deploys nothing by itself, but what is said there may hold. Series that
//! others send to Prometheus belong here as well.

use std::collections::BTreeSet;

use memchr::memmem;

use super::lines::{Line, Word, lines, mapping, names_of, pairs};
use super::{NODE_EXPORTER, Sighting, has_hole};

/// Files larger than this, in bytes, are data.
const MAX_SIZE: usize = 1 << 20;

/// Without one of these words a file says nothing of this kind.
const TRIGGERS: [&str; 13] = [
    "ollector",
    "node_exporter",
    "node-exporter",
    "exporter.unix",
    "kube-prometheus-stack",
    "eceiver",
    "remoteWrite",
    "remote_write",
    "prometheusremotewrite",
    "command:",
    "args:",
    "entrypoint:",
    "volumes:",
];

/// Keys by which a second file changes what the first one starts.
const OVERRIDES: [&str; 5] = ["command:", "args:", "entrypoint:", "volumes:", "volumeMounts:"];

/// Other programs that have node-exporter in them, and charts and options that start it.
const SETTERS: [&str; 7] = [
    "prometheus.exporter.unix",
    "enable_collectors",
    "set_collectors",
    "enabledCollectors",
    "disabledCollectors",
    "exporters.node",
    "kube-prometheus-stack",
];

/// Names of node-exporter in variables and roles.
const NAMES: [&str; 3] = ["node_exporter", "prometheus_node_exporter", "prometheus_exporters_node_exporter"];

/// Parts of the names of variables that hold arguments.
const ARGUMENTS: [&str; 12] = [
    "collectors",
    "collector",
    "args",
    "arguments",
    "flags",
    "opts",
    "options",
    "extra",
    "params",
    "parameters",
    "command",
    "cmd",
];

/// Words of lines that let Prometheus take series from others.
const RECEIVERS: [&str; 4] =
    ["remote-write-receiver", "otlp-receiver", "enableRemoteWriteReceiver", "enableOTLPReceiver"];

/// Words of other programs that send series to Prometheus.
const SENDERS: [&str; 3] = ["prometheus.remote_write", "prometheusremotewrite", "remoteWrite.url"];

/// What files say that cannot be read as a whole.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Elsewhere {
    /// The switches that stand anywhere, without dashes.
    switches: BTreeSet<String>,
    /// Whether there is one of which a part is filled in.
    has_open_switch: bool,
    /// The names of services and containers that are changed in files which do not say their image, in a way that is not
    /// known: patches, overrides.
    overridden: BTreeSet<String>,
    /// Whether something sets up node-exporter by other means than flags.
    sets_up: bool,
    /// Whether Prometheus takes series that it does not scrape.
    receives: bool,
}

impl Elsewhere {
    /// Takes in what a file says.
    #[must_use]
    pub fn read(text: &[u8]) -> Self {
        let mut found = Self::default();
        if text.len() > MAX_SIZE || !TRIGGERS.iter().any(|word| memmem::find(text, word.as_bytes()).is_some()) {
            return found;
        }
        let text = String::from_utf8_lossy(text);
        let lines = lines(&text);
        for (index, line) in lines.iter().enumerate() {
            let holds = |words: &[&str]| words.iter().any(|word| line.text.contains(word));
            if line.is_data() {
                found.sets_up |= holds(&TRIGGERS);
                found.receives |= holds(&RECEIVERS) || holds(&SENDERS);
            }
            if line.is_silent {
                continue;
            }
            found.receives |= holds(&RECEIVERS) && !line.text.contains("false") || holds(&SENDERS);
            let words = line.words();
            found.sets_up |= holds(&SETTERS) || is_role(line, &words) || words.iter().any(|word| is_setting(word.text));
            for word in words {
                found.take_switch(word.text);
                if OVERRIDES.contains(&word.text) {
                    found.take_override(&lines, index, word);
                }
            }
        }
        found
    }

    /// Puts together what several files say.
    #[must_use]
    pub fn joined(all: impl IntoIterator<Item = Self>) -> Self {
        let mut joined = Self::default();
        for one in all {
            joined.switches.extend(one.switches);
            joined.has_open_switch |= one.has_open_switch;
            joined.overridden.extend(one.overridden);
            joined.sets_up |= one.sets_up;
            joined.receives |= one.receives;
        }
        joined
    }

    /// Whether something sets up `exporter` in a way that is not read.
    #[must_use]
    pub fn sets_up(&self, exporter: &str) -> bool {
        self.sets_up && exporter == NODE_EXPORTER
    }

    /// Whether `switch`, such as `--collector.systemd`, may be given anywhere.
    #[must_use]
    pub fn may_switch(&self, switch: &str) -> bool {
        switch.strip_prefix("--").is_some_and(|name| self.has_open_switch || self.switches.contains(name))
    }

    /// Whether what `sighting` starts is changed by another file, and nobody knows how.
    #[must_use]
    pub fn overrides(&self, sighting: &Sighting) -> bool {
        sighting.names.iter().any(|name| self.overridden.contains(name))
    }

    /// Whether Prometheus takes series that it does not scrape: they have any `job` and any labels.
    #[must_use]
    pub const fn receives_series(&self) -> bool {
        self.receives
    }

    /// A service or a container without its image. Flags that are written out are switches.
    fn take_override(&mut self, lines: &[Line<'_>], index: usize, key: Word<'_>) {
        let words = mapping(lines, index, key);
        let pairs = pairs(&words);
        let changes_all = matches!(key.text, "entrypoint:" | "volumes:" | "volumeMounts:");
        let is_whole = pairs.iter().any(|(key, _)| matches!(*key, "image" | "build"));
        if !is_whole && (changes_all || words.iter().any(|word| has_hole(word.text) || word.text.starts_with('@'))) {
            self.overridden.extend(names_of(lines, index, key));
        }
    }

    /// `--collector.systemd`, also without dashes as a key of a chart's values.
    fn take_switch(&mut self, word: &str) {
        let name = word.trim_start_matches('-').trim_end_matches(':');
        let name = name.split_once('=').map_or(name, |(name, _)| name);
        if name.starts_with("collector.") {
            if has_hole(name) {
                self.has_open_switch = true;
            } else {
                self.switches.insert(name.to_owned());
            }
        }
    }
}

/// A variable that holds arguments: `node_exporter_enabled_collectors`, `NODE_EXPORTER_ARGS`.
fn is_setting(word: &str) -> bool {
    let name = word.split([':', '=']).next().unwrap_or_default().to_ascii_lowercase();
    let holds_arguments = |rest: &str| rest.split('_').any(|part| ARGUMENTS.contains(&part));
    NAMES.iter().any(|own| name.strip_prefix(own).is_some_and(holds_arguments))
}

/// A role of Ansible's that somebody else wrote: `prometheus.prometheus.node_exporter`.
fn is_role(line: &Line<'_>, words: &[Word<'_>]) -> bool {
    let names_role = matches!(line.key(), Some("role" | "name")) || line.is_item && words.len() == 1;
    names_role
        && words.last().is_some_and(|word| {
            let role = word.text.rsplit_once('.').filter(|(owner, _)| !owner.contains(['/', ':', '$']));
            role.is_some_and(|(_, role)| NAMES.contains(&role))
        })
}
