//! The table of failures, in its order: what terraform says, what that means, what to do. Data only.

use std::sync::LazyLock;

use regex::Regex;

use super::classify::{Retry, Said};
use super::scan::ErrorKind;

/// One sort of failure.
pub(super) struct Rule {
    pub(super) kind: ErrorKind,
    /// The beginning of a sentence; what terraform said follows after a colon.
    pub(super) message: &'static str,
    pub(super) remedy: &'static str,
    pub(super) retry: Retry,
    /// All must fit.
    patterns: &'static [&'static str],
    needs: Needs,
}

/// What must be known of the place.
#[derive(Clone, Copy, PartialEq)]
enum Needs {
    Nothing,
    Address,
    /// A file of the configuration, and no resource.
    FileOnly,
}

impl Rule {
    /// A rule that goes by the words alone.
    const fn says(
        kind: ErrorKind,
        patterns: &'static [&'static str],
        message: &'static str,
        remedy: &'static str,
    ) -> Self {
        Self { kind, message, remedy, retry: Retry::No, patterns, needs: Needs::Nothing }
    }

    const fn retry(self, retry: Retry) -> Self {
        Self { retry, ..self }
    }

    const fn needs(self, needs: Needs) -> Self {
        Self { needs, ..self }
    }

    pub(super) fn fits(&self, said: &Said) -> bool {
        let place = match self.needs {
            Needs::Nothing => true,
            Needs::Address => said.has_address,
            Needs::FileOnly => said.has_place && !said.has_address,
        };
        place && self.patterns.iter().all(|pattern| is_match(pattern, &said.text))
    }
}

/// Compiled once, in the order of the table.
static COMPILED: LazyLock<Vec<(&'static str, Regex)>> = LazyLock::new(|| {
    let patterns = RULES.iter().flat_map(|rule| rule.patterns);
    patterns.filter_map(|pattern| Some((*pattern, Regex::new(&format!("(?is){pattern}")).ok()?))).collect()
});

fn is_match(pattern: &str, text: &str) -> bool {
    COMPILED.iter().find(|(source, _)| *source == pattern).is_some_and(|(_, regex)| regex.is_match(text))
}

const UNREACHABLE: &str = r"dial tcp|no route to host|i/o timeout|no such host|connection (refused|reset)|deadline exceeded|\bx509:|\btls: |HTTP 59\d|: (unexpected )?EOF\b";

/// Why the order: words of a later rule also occur in texts of an earlier one. The clock stands before rights and
/// reach, since its text has the words of both; a file without a resource stands after what providers say, since an
/// error of a provider's own configuration points at its block.
pub(super) static RULES: &[Rule] = &[
    Rule::says(
        ErrorKind::Lock,
        &[
            "acquiring the state lock",
            "Lock Info:|PreconditionFailed|resource temporarily unavailable|ConditionalCheckFailed",
        ],
        "the state lock is held",
        "wait until the other run is done",
    ),
    Rule::says(
        ErrorKind::StateBackend,
        &["RequestTimeTooSkewed|Probable clock skew error"],
        "the clock of this machine is not that of the state store",
        "check NTP on this machine and on the state store",
    ),
    Rule::says(
        ErrorKind::StateBackend,
        &[
            r"\bS3\b|error loading state|existing workspaces",
            r"(\bS3\b|error loading state|existing workspaces).*(InvalidAccessKeyId|SignatureDoesNotMatch|AccessDenied|Forbidden|ExpiredToken)",
        ],
        "the state store refused the credentials",
        "check the keys of the state store and their rights: read, and write for the lock",
    ),
    Rule::says(
        ErrorKind::StateBackend,
        &["No valid credential sources found"],
        "there are no credentials for the state store",
        "give the environment the keys of the state store, in `env_files` or as a credential of its unit",
    ),
    Rule::says(
        ErrorKind::StateBackend,
        &["S3 bucket .* does not exist|NoSuchBucket"],
        "the bucket of the state does not exist",
        "check `bucket` and `endpoints` of the backend",
    ),
    Rule::says(
        ErrorKind::StateBackend,
        &["operation error S3"],
        "the state store could not be reached or failed",
        "check that the state store runs and can be reached from this machine",
    )
    .retry(Retry::Once),
    Rule::says(
        ErrorKind::StateBackend,
        &["Unsupported state file format"],
        "what the state store answered is no state",
        "check the address of the state store: a proxy may answer instead of it",
    ),
    Rule::says(
        ErrorKind::Config,
        &["Provider dependency changes detected"],
        "the checkout has no lock file for its providers",
        "run `terraform init` in the directory and commit `.terraform.lock.hcl`",
    ),
    Rule::says(
        ErrorKind::Config,
        &["Backend initialization required|Module not installed|Required plugins are not installed|Inconsistent dependency lock file"],
        "the directory is not initialised for this configuration",
        "run `terraform init` in the directory and commit `.terraform.lock.hcl`",
    )
    .retry(Retry::AfterInit),
    Rule::says(
        ErrorKind::Connectivity,
        &["provider packages|Failed to install provider", "could not connect|no such host|dial tcp|i/o timeout"],
        "the provider registry could not be reached",
        "check the way to the registry, or install the providers from a mirror",
    )
    .retry(Retry::Twice),
    Rule::says(
        ErrorKind::ProviderInstall,
        &["provider packages|Failed to install provider"],
        "a provider could not be installed",
        "run `terraform init` in the directory and commit `.terraform.lock.hcl`; check `required_providers`",
    ),
    Rule::says(
        ErrorKind::Config,
        &[r"No value for required variable|Failed to read variables file|Unclosed configuration block|Unsupported argument|Reference to undeclared|Invalid value for variable|(Resource|Module output value) (pre|post)condition failed|Unsupported Terraform Core version|No configuration files|-chdir option"],
        "the configuration is not valid",
        "correct it; `terraform validate` and `sprag lint` say more",
    ),
    Rule::says(
        ErrorKind::Config,
        &["read-only file system|permission denied", "state lock|lock file|terraform.tfstate|open |mkdir "],
        "terraform may not write where it has to",
        "move the state to a remote backend, set `lock = false`, or let the user of the scan write there",
    ),
    Rule::says(
        ErrorKind::Auth,
        &[r"HTTP 40[13]|authentication failure|permission check failed|invalid (PVE )?ticket|no ticket"],
        "the infrastructure refused the credentials",
        "check that the API token exists, has not ended, and has the role PVEAuditor on `/`",
    ),
    Rule::says(
        ErrorKind::Connectivity,
        &[UNREACHABLE],
        "the infrastructure could not be reached",
        "check that the node runs and that its API answers from this machine",
    )
    .retry(Retry::Twice),
    Rule::says(
        ErrorKind::Unknown,
        &["execution halted|operation canceled|Interrupt received"],
        "the scan was interrupted",
        "nothing is broken: the next scan does it again",
    ),
    Rule::says(
        ErrorKind::Config,
        &[],
        "the configuration is not valid",
        "correct it; `terraform validate` and `sprag lint` say more",
    )
    .needs(Needs::FileOnly),
    Rule::says(ErrorKind::Provider, &[], "a provider failed", PROVIDER).retry(Retry::Once).needs(Needs::Address),
    Rule::says(ErrorKind::Provider, &["plugin|Request cancelled|Provider produced"], "a provider failed", PROVIDER)
        .retry(Retry::Once),
];

const PROVIDER: &str = "if it comes again, look for the text in the issues of the provider; check its version";

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_pattern_compiles() {
        assert_eq!(COMPILED.len(), RULES.iter().map(|rule| rule.patterns.len()).sum::<usize>());
    }
}
