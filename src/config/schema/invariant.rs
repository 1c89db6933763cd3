//! The blocks of invariants, which differ in what they bind to.

use super::{Argument, Block, Kind, Label, Times};

pub(super) static RESOURCE: Block = Block {
    name: "resource_invariant",
    labels: &[Label::Name("the resource type"), Label::Name("its name")],
    doc: "what must hold for resources",
    ..ANY
};

pub(super) static DATA: Block = Block {
    name: "data_invariant",
    labels: &[Label::Name("the type of data source"), Label::Name("its name")],
    doc: "what must hold for data sources",
    ..ANY
};

pub(super) static MODULE: Block = Block {
    name: "module_invariant",
    labels: &[Label::Name("the module's path"), Label::Name("its name")],
    doc: "what must hold for modules",
    ..ANY
};

pub(super) static CALL: Block = Block {
    name: "call_invariant",
    labels: &[Label::Name("the called module"), Label::Name("its name")],
    doc: "what must hold for calls of modules",
    ..ANY
};

const ANY: Block = Block {
    times: Times::Many,
    arguments: &[
        Argument::new("summary", Kind::Text, "the name", "what must hold, in a few words"),
        Argument::new(
            "fixed_in",
            Kind::Version,
            "none",
            "the version that fixed the bug; demands a regression test that names it",
        ),
        Argument::new("severity", Kind::Severity, "`\"error\"`", "how bad a violation is"),
        Argument::new("docs", Kind::Text, "none", "where to read more"),
        Argument::new("help", Kind::Text, "none", "what to do about a violation"),
        Argument::new(
            "guarantee",
            Kind::Word(&["module"], "a guarantee"),
            "every caller decides for itself",
            "one admissible input that breaks it is a violation",
        ),
        Argument::new("for_each", Kind::Expression, "none", "one verdict for each element"),
        Argument::new("filter", Kind::Expression, "`true`", "where it is false, the invariant does not apply"),
    ],
    blocks: &[&GIVEN, &LOCALS, &INPUT, &ENFORCE],
    ..Block::NEW
};

static GIVEN: Block =
    Block { name: "given", doc: "fixes variables of the module; all others stay open", is_open: true, ..Block::NEW };

static LOCALS: Block = Block { name: "locals", doc: "names for expressions", is_open: true, ..Block::NEW };

static INPUT: Block = Block {
    name: "input",
    labels: &[Label::Name("its name")],
    times: Times::Many,
    doc: "values that `lint { inputs }` can set",
    arguments: &[
        Argument::new("type", Kind::Expression, "any", "the type of the value"),
        Argument::new("default", Kind::Expression, "none", "the value where nothing is set"),
        Argument::new("description", Kind::Expression, "none", "what it is for"),
    ],
    ..Block::NEW
};

static ENFORCE: Block = Block {
    name: "enforce",
    times: Times::OnceOrMore,
    doc: "what must hold",
    arguments: &[
        Argument::required("condition", Kind::Expression, "what must be true"),
        Argument::required("error_message", Kind::Expression, "what is said where it is not"),
    ],
    blocks: &[&FIX],
    ..Block::NEW
};

static FIX: Block = Block {
    name: "fix",
    doc: "what should be written instead of the value at fault",
    arguments: &[
        Argument::required("value", Kind::Expression, "the value to write"),
        Argument::new(
            "applicability",
            Kind::Word(&["unsafe", "safe"], "how far a fix can be trusted"),
            "`\"unsafe\"`",
            "whether `--fix` writes it, or `--unsafe-fixes` alone",
        ),
    ],
    ..Block::NEW
};
