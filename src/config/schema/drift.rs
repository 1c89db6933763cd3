//! `drift`.

use super::{Argument, Block, Kind, Label, Times};

pub(super) static DRIFT: Block = Block {
    name: "drift",
    doc: "environments that are compared with reality",
    blocks: &[&ENVIRONMENT, &ALERTMANAGER, &BY_METRICS, &HISTORY, &METRICS, &REPORT, &INVENTORY],
    ..Block::NEW
};

const CA: Argument = Argument::new("ca", Kind::Path, "the system's", "certificates to trust");
const REASON: Argument = Argument::required("reason", Kind::Text, "why");
const UNTIL: Argument = Argument::new("until", Kind::Date, "for ever", "the last day the block counts");

static ENVIRONMENT: Block = Block {
    name: "environment",
    labels: &[Label::Name("its name")],
    times: Times::Many,
    doc: "root modules to scan; a name has ASCII letters, digits, `_`, `.` and `-`",
    arguments: &[
        Argument::required("directory", Kind::Path, "the root module"),
        Argument::with_default("schedule", Kind::Schedule, "\"daily\"", "when the timer fires"),
        Argument::with_default(
            "interval",
            Kind::Duration,
            "\"24h\"",
            "how often a scan is meant to happen: `--due` skips those scanned within it, and an older scan is overdue; \
             more than a day is a warning",
        ),
        Argument::with_default(
            "timeout",
            Kind::Duration,
            "\"5m\"",
            "how long a scan may take before terraform is interrupted; above zero",
        ),
        Argument::new(
            "reach",
            Kind::List(&Kind::Reach),
            "none",
            "what must answer before terraform is started; `tcp` needs a port, no URL holds a password",
        ),
        Argument::new(
            "ca",
            Kind::Path,
            "the system's",
            "certificates to trust when `reach` asks `https`; relative to the configuration",
        ),
        Argument::new(
            "var_files",
            Kind::List(&Kind::Path),
            "none",
            "`-var-file` in this order, relative to `directory`",
        ),
        Argument::new(
            "backend_config",
            Kind::List(&Kind::Text),
            "none",
            "`-backend-config`: files relative to `directory`, or `key=value`",
        ),
        Argument::new(
            "env_files",
            Kind::List(&Kind::Path),
            "none",
            "files of `NAME=value` lines for terraform's environment",
        ),
        Argument::with_default("binary", Kind::Text, "\"terraform\"", "the program, such as `\"tofu\"` or a path"),
        Argument::new("workspace", Kind::Text, "the default one", "the workspace"),
        Argument::with_default(
            "lock",
            Kind::Bool,
            "true",
            "whether a scan takes the state lock; without it a running apply can look like drift",
        ),
        Argument::with_default(
            "lock_timeout",
            Kind::Duration,
            "\"60s\"",
            "how long a scan waits for the lock: less than `timeout`, by default at most half of it",
        ),
        Argument::new(
            "update",
            Kind::Word(&["ff-only"], "a way to update"),
            "none",
            "how the checkout is brought up to date before a scan: fetched, and fast-forwarded where it is clean",
        ),
    ],
    blocks: &[&IGNORE],
    ..Block::NEW
};

static IGNORE: Block = Block {
    name: "ignore",
    times: Times::Many,
    doc: "differences that raise no alarm",
    arguments: &[
        Argument::required(
            "resource",
            Kind::NamePattern,
            "addresses of resources; a pattern that does not begin with `module.` is compared with the address inside \
             its module",
        ),
        Argument::new(
            "attribute",
            Kind::NamePattern,
            "all",
            "attribute paths; what is inside a matching attribute is ignored too",
        ),
        REASON,
        UNTIL,
    ],
    ..Block::NEW
};

static ALERTMANAGER: Block = Block {
    name: "notify",
    labels: &[Label::Word("alertmanager")],
    doc: "alerts are sent to Alertmanager; only one of the two `notify`, without either nobody is told",
    arguments: &[
        Argument::required("url", Kind::Url, "Alertmanager's address"),
        CA,
        Argument::new("basic_auth_file", Kind::Path, "none", "a file that holds `user:password`"),
        Argument::new("bearer_file", Kind::Path, "none", "a file that holds a token; not beside `basic_auth_file`"),
    ],
    ..Block::NEW
};

static BY_METRICS: Block = Block {
    name: "notify",
    labels: &[Label::Word("metrics")],
    doc: "alarms are left to Prometheus rules; needs `metrics { directory }`",
    ..Block::NEW
};

static HISTORY: Block = Block {
    name: "history",
    doc: "what is kept of past scans",
    arguments: &[
        Argument::with_default("keep", Kind::Duration, "\"90d\"", "how long scans are kept; 30 days or more"),
        Argument::new(
            "path",
            Kind::Path,
            "`history.db` in the unit's state directory (`$STATE_DIRECTORY`), else in `/var/lib/sprag` where it is and \
             may be used, else `sprag/history.db` in XDG's state directory",
            "the database of scans",
        ),
    ],
    ..Block::NEW
};

static METRICS: Block = Block {
    name: "metrics",
    doc: "metrics for node-exporter",
    arguments: &[
        Argument::new(
            "directory",
            Kind::Path,
            "none: no metrics",
            "the directory that node-exporter's textfile collector reads",
        ),
        Argument::new(
            "compatibility",
            Kind::Word(&["pve_drift"], "a set of metric names"),
            "none",
            "further metric names to write, for alert rules that exist already",
        ),
    ],
    ..Block::NEW
};

static REPORT: Block = Block {
    name: "report",
    doc: "a static report",
    arguments: &[Argument::required("directory", Kind::Path, "where the pages are written")],
    ..Block::NEW
};

static INVENTORY: Block = Block {
    name: "inventory",
    labels: &[Label::Word("proxmox")],
    doc: "where guests that nobody declared are looked for",
    arguments: &[
        Argument::required("endpoint", Kind::Url, "the address of the API"),
        Argument::required(
            "token_file",
            Kind::Path,
            "a file that holds `user@realm!name=secret`; the role PVEAuditor on `/` sees all guests",
        ),
        CA,
    ],
    blocks: &[&GUESTS],
    ..Block::NEW
};

static GUESTS: Block = Block {
    name: "ignore",
    times: Times::Many,
    doc: "guests that need not be declared: all that is given must fit, and at least one of the first five is given",
    arguments: &[
        Argument::new("vmid", Kind::Number, "any", "the guest's number"),
        Argument::new("name", Kind::NamePattern, "any", "the guest's name"),
        Argument::new("tag", Kind::Text, "any", "a tag that the guest has"),
        Argument::new("pool", Kind::Text, "any", "the pool that the guest is in"),
        Argument::new("template", Kind::Bool, "either", "whether the guest is a template"),
        REASON,
        UNTIL,
    ],
    ..Block::NEW
};
