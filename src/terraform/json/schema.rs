//! Which properties of which bodies are blocks of the language, and how Terraform reads the strings of the others.
//! From `internal/configs` of Terraform: the `…BlockSchema` tables and the calls that decode each attribute.

/// How the strings of a value are read.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Mode {
    /// As templates.
    Template,
    /// As templates, in a body that a provider defines: the value may be one or more blocks, so that names may repeat
    /// and `"//"` is a comment.
    Open,
    /// As they are.
    Plain,
    /// As references or keywords: `"aws_instance.web"`, `"all"`.
    Reference,
    /// As any expression.
    Expression,
    /// As a type constraint.
    Type,
    /// As one entry of `required_providers`.
    Requirement,
}

/// A kind of nested block: how many labels it has and what is in it.
pub(super) struct Nested {
    pub(super) labels: &'static [&'static str],
    pub(super) body: &'static Schema,
}

/// What is known of a body.
pub(super) struct Schema {
    pub(super) blocks: &'static [(&'static str, Nested)],
    pub(super) arguments: &'static [(&'static str, Mode)],
    /// All other properties.
    pub(super) rest: Mode,
    /// Whether the body holds arguments only, which makes an array of objects no body.
    pub(super) arguments_only: bool,
}

impl Schema {
    pub(super) fn nested(&self, name: &str) -> Option<&'static Nested> {
        self.blocks.iter().find(|(block, _)| *block == name).map(|(_, nested)| nested)
    }

    pub(super) fn mode(&self, name: &str) -> Mode {
        self.arguments.iter().find(|(argument, _)| *argument == name).map_or(self.rest, |(_, mode)| *mode)
    }
}

type Blocks = &'static [(&'static str, Nested)];
type Arguments = &'static [(&'static str, Mode)];

const fn body(blocks: Blocks, arguments: Arguments, rest: Mode) -> Schema {
    Schema { blocks, arguments, rest, arguments_only: false }
}

const fn arguments(rest: Mode) -> Schema {
    Schema { blocks: &[], arguments: &[], rest, arguments_only: true }
}

const fn plain_block(body: &'static Schema) -> Nested {
    Nested { labels: &[], body }
}

const fn named(body: &'static Schema) -> Nested {
    Nested { labels: &["name"], body }
}

const fn typed(body: &'static Schema) -> Nested {
    Nested { labels: &["type"], body }
}

const fn typed_and_named(body: &'static Schema) -> Nested {
    Nested { labels: &["type", "name"], body }
}

use Mode::{Expression, Open, Plain, Reference, Requirement, Template, Type};

/// A module's file.
pub(super) static MODULE: Schema = body(
    &[
        ("terraform", plain_block(&TERRAFORM)),
        ("provider", named(&PROVIDER)),
        ("variable", named(&VARIABLE)),
        ("locals", plain_block(&LOCALS)),
        ("output", named(&OUTPUT)),
        ("module", named(&CALL)),
        ("resource", typed_and_named(&RESOURCE)),
        ("data", typed_and_named(&RESOURCE)),
        ("ephemeral", typed_and_named(&RESOURCE)),
        ("action", typed_and_named(&ACTION)),
        ("list", typed_and_named(&ACTION)),
        ("moved", plain_block(&MOVED)),
        ("removed", plain_block(&REMOVED)),
        ("import", plain_block(&IMPORT)),
        ("check", named(&CHECK)),
    ],
    &[],
    Template,
);

/// A variables file: no evaluation, so every string is literal.
pub(super) static VARIABLES: Schema = arguments(Plain);

/// A test file.
pub(super) static TEST: Schema = body(
    &[
        ("test", plain_block(&TEST_SETTINGS)),
        ("run", named(&RUN)),
        ("variables", plain_block(&LOCALS)),
        ("provider", named(&PROVIDER)),
        ("mock_provider", named(&MOCK_PROVIDER)),
        ("override_resource", plain_block(&OVERRIDE)),
        ("override_data", plain_block(&OVERRIDE)),
        ("override_module", plain_block(&OVERRIDE)),
    ],
    &[],
    Template,
);

static LOCALS: Schema = arguments(Template);
static PLAIN: Schema = body(&[], &[], Plain);
static TEMPLATES: Schema = body(&[], &[], Template);

static TERRAFORM: Schema = body(
    &[
        ("backend", typed(&PLAIN)),
        ("cloud", plain_block(&CLOUD)),
        ("required_providers", plain_block(&REQUIRED_PROVIDERS)),
        ("state_store", typed(&STATE_STORE)),
        ("provider_meta", named(&TEMPLATES)),
        ("encryption", plain_block(&ENCRYPTION)),
    ],
    &[("experiments", Reference), ("language", Reference)],
    Plain,
);
static CLOUD: Schema = body(&[("workspaces", plain_block(&PLAIN))], &[], Plain);
static REQUIRED_PROVIDERS: Schema = arguments(Requirement);
static STATE_STORE: Schema = body(&[("provider", named(&PLAIN))], &[], Plain);

/// <https://opentofu.org/docs/language/state/encryption/>
static ENCRYPTION: Schema = body(
    &[
        ("key_provider", typed_and_named(&TEMPLATES)),
        ("method", typed_and_named(&TEMPLATES)),
        ("state", plain_block(&ENCRYPTION_TARGET)),
        ("plan", plain_block(&ENCRYPTION_TARGET)),
        ("remote_state_data_sources", plain_block(&REMOTE_STATE)),
    ],
    &[],
    Template,
);
static ENCRYPTION_TARGET: Schema = body(&[("fallback", plain_block(&TEMPLATES))], &[], Template);
static REMOTE_STATE: Schema =
    body(&[("default", plain_block(&TEMPLATES)), ("remote_state_data_source", named(&TEMPLATES))], &[], Template);

static PROVIDER: Schema =
    body(&[("dynamic", typed(&DYNAMIC)), ("_", plain_block(&OPEN))], &[("alias", Plain), ("version", Plain)], Open);

/// What a provider defines.
static OPEN: Schema = body(&[("dynamic", typed(&DYNAMIC))], &[], Open);
static DYNAMIC: Schema = body(&[("content", plain_block(&OPEN))], &[("iterator", Reference)], Template);

static VARIABLE: Schema = body(&[("validation", plain_block(&TEMPLATES))], &[("type", Type)], Plain);

static OUTPUT: Schema = body(
    &[("precondition", plain_block(&TEMPLATES))],
    &[
        ("description", Plain),
        ("sensitive", Plain),
        ("ephemeral", Plain),
        ("deprecated", Plain),
        ("depends_on", Reference),
    ],
    Template,
);

/// Terraform took `source` and `version` literally until it allowed constant variables in them, as OpenTofu does.
static CALL: Schema = body(&[], &[("depends_on", Reference), ("providers", Reference)], Template);

static RESOURCE: Schema = body(
    &[
        ("lifecycle", plain_block(&LIFECYCLE)),
        ("connection", plain_block(&CONNECTION)),
        ("provisioner", typed(&PROVISIONER)),
        ("dynamic", typed(&DYNAMIC)),
        ("_", plain_block(&OPEN)),
    ],
    &[("provider", Reference), ("depends_on", Reference), ("count", Template), ("for_each", Template)],
    Open,
);
static LIFECYCLE: Schema = body(
    &[
        ("precondition", plain_block(&TEMPLATES)),
        ("postcondition", plain_block(&TEMPLATES)),
        ("action_trigger", plain_block(&ACTION_TRIGGER)),
    ],
    &[("ignore_changes", Reference), ("replace_triggered_by", Expression)],
    Template,
);
static ACTION_TRIGGER: Schema = body(&[], &[("events", Reference), ("actions", Expression)], Template);
static CONNECTION: Schema = body(&[], &[("type", Plain)], Template);
static PROVISIONER: Schema =
    body(&[("connection", plain_block(&CONNECTION))], &[("when", Reference), ("on_failure", Reference)], Open);

static ACTION: Schema =
    body(&[("config", plain_block(&OPEN))], &[("provider", Reference), ("depends_on", Reference)], Template);

static MOVED: Schema = body(&[], &[("from", Reference), ("to", Reference)], Template);
static REMOVED: Schema = body(
    &[
        ("lifecycle", plain_block(&TEMPLATES)),
        ("connection", plain_block(&CONNECTION)),
        ("provisioner", typed(&PROVISIONER)),
    ],
    &[("from", Reference)],
    Template,
);
static IMPORT: Schema = body(&[], &[("to", Expression), ("provider", Reference)], Template);
static CHECK: Schema =
    body(&[("data", typed_and_named(&RESOURCE)), ("assert", plain_block(&TEMPLATES))], &[], Template);

static TEST_SETTINGS: Schema = body(&[], &[], Plain);
static RUN: Schema = body(
    &[
        ("variables", plain_block(&LOCALS)),
        ("module", plain_block(&PLAIN)),
        ("assert", plain_block(&TEMPLATES)),
        ("plan_options", plain_block(&PLAN_OPTIONS)),
        ("override_resource", plain_block(&OVERRIDE)),
        ("override_data", plain_block(&OVERRIDE)),
        ("override_module", plain_block(&OVERRIDE)),
        ("backend", typed(&PLAIN)),
    ],
    &[("command", Reference), ("providers", Reference), ("expect_failures", Reference)],
    Plain,
);
static PLAN_OPTIONS: Schema = body(&[], &[("mode", Reference), ("replace", Reference), ("target", Reference)], Plain);
static OVERRIDE: Schema = body(&[], &[("target", Reference), ("override_during", Reference)], Template);
static MOCK_PROVIDER: Schema = body(
    &[
        ("mock_resource", typed(&MOCK)),
        ("mock_data", typed(&MOCK)),
        ("mock_ephemeral", typed(&MOCK)),
        ("override_resource", plain_block(&OVERRIDE)),
        ("override_data", plain_block(&OVERRIDE)),
        ("override_module", plain_block(&OVERRIDE)),
    ],
    &[("override_during", Reference)],
    Plain,
);
static MOCK: Schema = body(&[], &[("override_during", Reference)], Template);
