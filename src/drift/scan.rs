//! The outcome of one scan of one environment, as the history keeps it and everything else reads it. Values in it are
//! masked already: nothing sensitive may ever be put into these types.

/// What a scan says of an environment. Ordered: the later one wins where several hold.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Verdict {
    /// Reality is as the code says.
    Conforming,
    /// The code is ahead of reality: something is not applied yet.
    Pending,
    /// The code differs, and the checkout is behind its upstream: what is pending may be old.
    Stale,
    /// Somebody changed reality.
    Drift,
    /// There is no verdict.
    Error,
}

impl Verdict {
    /// All, mildest first.
    pub const ALL: [Self; 5] = [Self::Conforming, Self::Pending, Self::Stale, Self::Drift, Self::Error];

    /// The word for it in every output, in the history and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Conforming => "conforming",
            Self::Pending => "pending",
            Self::Stale => "stale",
            Self::Drift => "drift",
            Self::Error => "error",
        }
    }
}

/// What happened in reality, seen from the code. Of a whole resource that is not applied yet: what an apply would do.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ChangeKind {
    /// Something is there that the code does not have.
    Add,
    /// Something has another value.
    Modify,
    /// Something is gone that the code has.
    Delete,
}

impl ChangeKind {
    /// All.
    pub const ALL: [Self; 3] = [Self::Add, Self::Modify, Self::Delete];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Add => "add",
            Self::Modify => "modify",
            Self::Delete => "delete",
        }
    }
}

/// Why expected and actual value differ.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Cause {
    /// Changed by hand; the code still says what was applied.
    Manual,
    /// Changed by hand, and the code changed too.
    Conflict,
    /// The whole resource was deleted by hand.
    Deleted,
    /// The code is ahead: declared or changed and not applied, no longer declared, moved, imported, tainted.
    Ahead,
    /// Changed in reality in a way that the code does not mind: computed, ignored by the code, or already as it wants.
    Benign,
}

impl Cause {
    /// All.
    pub const ALL: [Self; 5] = [Self::Manual, Self::Conflict, Self::Deleted, Self::Ahead, Self::Benign];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Manual => "manual",
            Self::Conflict => "conflict",
            Self::Deleted => "deleted",
            Self::Ahead => "ahead",
            Self::Benign => "benign",
        }
    }

    /// Whether somebody changed reality in a way that matters.
    #[must_use]
    pub const fn is_drift(self) -> bool {
        matches!(self, Self::Manual | Self::Conflict | Self::Deleted)
    }
}

/// What else is known of a change.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct Flags {
    /// The same elements in another order.
    pub order_only: bool,
    /// `null`, `""`, `[]` or `{}` against another of them.
    pub empty_equivalent: bool,
    /// An apply would destroy the resource, whether or not it creates it anew.
    pub dangerous: bool,
    /// The same change came back after an apply: noise of the provider.
    pub recurring: bool,
}

/// One attribute that differs, or a whole resource.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Change {
    /// The resource's address.
    pub address: String,
    /// The attribute's path, such as `network_device[1].vlan_id`; empty for the whole resource.
    pub path: String,
    /// The value that the code wants, as JSON, masked and shortened.
    pub expected: String,
    /// The value in reality, as JSON, masked and shortened.
    pub actual: String,
    /// What happened in reality.
    pub kind: ChangeKind,
    /// Why.
    pub cause: Cause,
    /// What else is known.
    pub flags: Flags,
    /// The ignore rule that silences it, by its number in the environment's configuration, from 1.
    pub ignored_by: Option<u32>,
    /// Names this change in later scans: 32 hexadecimal digits over address, path, expected and actual value, masked
    /// but not shortened.
    pub fingerprint: String,
}

/// Why there is no verdict. In the order of `docs/drift.md`: the first that fits names the failure.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum ErrorKind {
    /// The deadline passed.
    Timeout,
    /// Somebody holds the state lock.
    Lock,
    /// The state store: rights, credentials, bucket, reach, clock, content.
    StateBackend,
    /// The code or its set-up: syntax, variables, init, lock file.
    Config,
    /// A provider could not be installed.
    ProviderInstall,
    /// The infrastructure refused the credentials.
    Auth,
    /// The infrastructure could not be reached.
    Connectivity,
    /// A provider failed.
    Provider,
    /// Nothing of these.
    Unknown,
}

impl ErrorKind {
    /// All, in the order in which they are looked for.
    pub const ALL: [Self; 9] = [
        Self::Timeout,
        Self::Lock,
        Self::StateBackend,
        Self::Config,
        Self::ProviderInstall,
        Self::Auth,
        Self::Connectivity,
        Self::Provider,
        Self::Unknown,
    ];

    /// The word for it in every output, in the history and in metrics.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Timeout => "timeout",
            Self::Lock => "lock",
            Self::StateBackend => "state_backend",
            Self::Config => "config",
            Self::ProviderInstall => "provider_install",
            Self::Auth => "auth",
            Self::Connectivity => "connectivity",
            Self::Provider => "provider",
            Self::Unknown => "unknown",
        }
    }
}

/// The step of a scan.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Phase {
    /// Before terraform: the checkout, locks, directories.
    Prepare,
    /// Reach checks.
    Reach,
    /// `terraform init`
    Init,
    /// `terraform plan`
    Plan,
    /// `terraform show`
    Show,
}

impl Phase {
    /// All, in their order.
    pub const ALL: [Self; 5] = [Self::Prepare, Self::Reach, Self::Init, Self::Plan, Self::Show];

    /// The word for it.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Prepare => "prepare",
            Self::Reach => "reach",
            Self::Init => "init",
            Self::Plan => "plan",
            Self::Show => "show",
        }
    }
}

/// One diagnostic of terraform or of sprag, without source lines and values.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Finding {
    /// `error` or `warning`.
    pub severity: String,
    /// The first line.
    pub summary: String,
    /// The rest.
    pub detail: String,
    /// The resource it is about.
    pub address: Option<String>,
    /// `file:line`.
    pub place: Option<String>,
    /// How often it came, ids aside.
    pub count: u32,
}

/// Why a scan has no verdict.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// The sort.
    pub kind: ErrorKind,
    /// Where it happened.
    pub phase: Phase,
    /// What happened, in a sentence.
    pub message: String,
    /// What to do, in a sentence.
    pub remedy: Option<String>,
}

/// The state of the code that was scanned.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Checkout {
    /// The commit, 40 hexadecimal digits; nothing outside of git.
    pub commit: Option<String>,
    /// Whether files differ from the commit.
    pub is_dirty: bool,
    /// How many commits the upstream has that the checkout lacks; nothing where there is no upstream.
    pub behind: Option<u32>,
}

/// The outcome of one scan of one environment.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scan {
    /// The environment's name.
    pub environment: String,
    /// When it began, in milliseconds since 1970-01-01T00:00:00Z.
    pub started_ms: i64,
    /// How long it took, in milliseconds.
    pub duration_ms: u64,
    /// What it says.
    pub verdict: Verdict,
    /// Whether everything seems deleted at once, which more often is a token without rights.
    pub is_suspect: bool,
    /// The changes that count or are kept for the record, dangerous ones first.
    pub changes: Vec<Change>,
    /// How many benign changes there were.
    pub benign: u32,
    /// Outputs that would change.
    pub outputs: Vec<String>,
    /// Diagnostics, grouped.
    pub findings: Vec<Finding>,
    /// Why there is no verdict.
    pub failure: Option<Failure>,
    /// The code that was scanned.
    pub checkout: Checkout,
    /// `terraform` or `tofu` with its version.
    pub tool: Option<String>,
    /// The serial of the state that was compared, where it is known.
    pub serial: Option<u64>,
}

impl Scan {
    /// When it ended, in milliseconds since 1970-01-01T00:00:00Z.
    #[must_use]
    pub fn ended_ms(&self) -> i64 {
        self.started_ms.saturating_add_unsigned(self.duration_ms)
    }
}
