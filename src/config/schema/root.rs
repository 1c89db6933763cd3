//! The top level and its smaller blocks.

use super::{Argument, Block, Kind, Times, alerts, drift, invariant};

/// The configuration as a whole.
pub static ROOT: Block = Block {
    doc: "the configuration",
    arguments: &[
        Argument::new("preset", Kind::Preset, "none", "the preset to build on: `\"homelab\"`"),
        Argument::new(
            "schemas",
            Kind::List(&Kind::Path),
            "none",
            "more provider schemas, as `terraform providers schema -json` prints them, relative to the configuration; \
             they go before the bundled ones (bpg and telmate proxmox, cloudinit, external, http, local, null, random, \
             time, tls)",
        ),
    ],
    blocks: &[
        &LINT,
        &OVERRIDE,
        &TERRAFORM,
        &REGRESSION,
        &alerts::ALERTS,
        &drift::DRIFT,
        &invariant::RESOURCE,
        &invariant::DATA,
        &invariant::MODULE,
        &invariant::CALL,
    ],
    ..Block::NEW
};

/// A file of invariants, which holds nothing else.
pub(in crate::config) static INVARIANTS: Block = Block {
    doc: "a file of invariants",
    blocks: &[&invariant::RESOURCE, &invariant::DATA, &invariant::MODULE, &invariant::CALL],
    ..Block::NEW
};

/// Nothing at all.
pub(in crate::config) static EMPTY: Block = Block::NEW;

const SELECTORS: Kind = Kind::List(&Kind::Selector);
const SEVERITIES: Kind = Kind::Map(&Kind::Selector, &Kind::Severity);

static LINT: Block = Block {
    name: "lint",
    doc: "which lints run",
    arguments: &[
        Argument::new("enable", SELECTORS, "none", "switches lints on that are off or house policy"),
        Argument::new("ignore", SELECTORS, "none", "switches lints off"),
        Argument::new(
            "severity",
            SEVERITIES,
            "the lint's own",
            "how bad findings are; a lint named here is switched on too",
        ),
        Argument::new(
            "exclude",
            Kind::List(&Kind::PathPattern),
            "none",
            "files that are not linted at all; what Git ignores never is",
        ),
        Argument::new(
            "baseline",
            Kind::Path,
            "`.sprag-baseline.json`, where there is one",
            "findings listed in this file are known and do not count; `sprag lint --write-baseline` writes it \
             ([suppressions and baseline](suppressions.md))",
        ),
        Argument::new(
            "inputs",
            Kind::Map(&Kind::Lint, &Kind::Inputs),
            "the lint's own",
            "values for the options of a lint, which its page names, and for the inputs of an invariant",
        ),
    ],
    ..Block::NEW
};

static OVERRIDE: Block = Block {
    name: "override",
    times: Times::Many,
    doc: "exceptions by path; the later one wins where two match",
    arguments: &[
        Argument::required("paths", Kind::List(&Kind::PathPattern), "where the block counts"),
        Argument::new("enable", SELECTORS, "none", "switches lints on there"),
        Argument::new("ignore", SELECTORS, "none", "switches lints off there"),
        Argument::new("severity", SEVERITIES, "none", "how bad findings are there"),
    ],
    ..Block::NEW
};

static TERRAFORM: Block = Block {
    name: "terraform",
    doc: "the Terraform in use",
    arguments: &[Argument::new(
        "version",
        Kind::Version,
        "from `required_version`, `.terraform-version`, else unknown",
        "the version of Terraform in use: decides which functions and arguments exist",
    )],
    ..Block::NEW
};

static REGRESSION: Block = Block {
    name: "regression",
    doc: "where regression tests are",
    arguments: &[
        Argument::new(
            "file",
            Kind::Path,
            "none",
            "each module's file of regression tests, relative to the module; setting it demands one of every child \
             module",
        ),
        Argument::with_default(
            "version",
            Kind::Regex,
            r#""v\\d+\\.\\d+(\\.\\d+)?""#,
            "how a version looks in the comment of a run; `\\d` and `\\w` stand for ASCII",
        ),
        Argument::with_default("changelog", Kind::Path, "\"CHANGELOG.md\"", "the file that knows all versions"),
    ],
    ..Block::NEW
};
