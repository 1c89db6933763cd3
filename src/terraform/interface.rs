//! What modules show to those that call them, and what calls pass and read: small enough to keep for a repository.

use super::reference::{Laziness, Step, visit_references};
use super::{Declaration, Instances, Module, Role, visit_expressions};
use crate::diagnostic::Location;
use crate::syntax::hcl::{ExprKind, ExprView};

/// What a module takes and gives.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Interface {
    /// Its variables, by name.
    pub inputs: Box<[Input]>,
    /// The names of its outputs, sorted.
    pub outputs: Box<[Box<str>]>,
}

/// A variable.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Input {
    /// Its name.
    pub name: Box<str>,
    /// Whether it has no default.
    pub is_required: bool,
    /// The text of its type; nothing where it has none.
    pub ty: Option<Box<str>>,
    /// Where it is declared; nothing outside of the repository.
    pub location: Option<Location>,
}

/// What a call passes, and what its module reads of it.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Passed {
    /// The arguments.
    pub arguments: Box<[Argument]>,
    /// The outputs that are read.
    pub reads: Box<[OutputRead]>,
}

/// An argument of a call.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Argument {
    /// Its name.
    pub name: Box<str>,
    /// The place of the name.
    pub location: Location,
    /// The text of a value that is written out, and its place.
    pub literal: Option<(Box<str>, Location)>,
}

/// An output that a caller reads.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OutputRead {
    /// Its name.
    pub name: Box<str>,
    /// Where it is read.
    pub location: Location,
    /// Whether it is always read.
    pub is_certain: bool,
}

/// Longer values, in bytes, are not kept.
const LONGEST: u32 = 400;

/// What Terraform takes itself in a call.
const OWN: [&str; 7] = ["source", "version", "providers", "count", "for_each", "depends_on", "//"];

impl Interface {
    /// Of a module; nothing where it is not known for certain.
    #[must_use]
    pub fn of(module: &Module<'_>, is_in_repository: bool) -> Option<Self> {
        if !module.is_certain() {
            return None;
        }
        let overrides = || module.sources.iter().filter(|source| source.role == Role::Override);
        let ty = |variable: &Declaration<'_>| {
            let mut others = overrides().flat_map(|source| source.document().root().blocks_of("variable"));
            let is_overridden =
                others.any(|other| other.label(0) == variable.block.label(0) && other.body().value("type").is_some());
            let ty = variable.value("type").filter(|_| !is_overridden)?;
            Some(ty.text().into())
        };
        let has_default = |variable: &Declaration<'_>| {
            let mut others = overrides().flat_map(|source| source.document().root().blocks_of("variable"));
            variable.value("default").is_some()
                || others.any(|other| {
                    other.label(0) == variable.block.label(0) && other.body().attribute("default").is_some()
                })
        };
        let mut inputs: Vec<Input> = module
            .variables
            .iter()
            .map(|variable| Input {
                name: variable.name().into(),
                is_required: !has_default(variable),
                ty: ty(variable),
                location: is_in_repository.then(|| variable.location(variable.block.header_span())),
            })
            .collect();
        inputs.sort_by(|one, other| one.name.cmp(&other.name));
        let mut outputs: Vec<Box<str>> = module.outputs.iter().map(|output| output.name().into()).collect();
        outputs.sort();
        Some(Self { inputs: inputs.into(), outputs: outputs.into() })
    }

    /// The variable called `name`.
    #[must_use]
    pub fn input(&self, name: &str) -> Option<&Input> {
        let found = self.inputs.binary_search_by(|input| (*input.name).cmp(name));
        found.ok().and_then(|index| self.inputs.get(index))
    }

    /// Whether there is such an output.
    #[must_use]
    pub fn has_output(&self, name: &str) -> bool {
        self.outputs.binary_search_by(|output| (**output).cmp(name)).is_ok()
    }
}

/// For each call of `module` what it passes and reads; nothing where that is not known for certain.
pub(super) fn passed(module: &Module<'_>) -> Vec<Option<Box<Passed>>> {
    if module.calls.is_empty() || !module.is_certain() {
        return module.calls.iter().map(|_| None).collect();
    }
    let mut reads = reads(module);
    let passed = module.calls.iter().map(|call| {
        module.call_instances(call)?;
        if module.linked.contains(&call.source.file) {
            return None;
        }
        let written = call.block.body().attributes().filter(|attribute| !OWN.contains(&attribute.name()));
        let arguments = written.map(|attribute| {
            let value = attribute.value();
            Argument {
                name: attribute.name().into(),
                location: call.location(attribute.name_span()),
                literal: is_literal(value).then(|| (value.text().into(), call.location(value.span()))),
            }
        });
        let name = call.name();
        let own = reads.extract_if(.., |(module, _)| **module == *name).map(|(_, read)| read);
        Some(Box::new(Passed { arguments: arguments.collect(), reads: own.collect() }))
    });
    passed.collect()
}

/// Whether a value is written out, and short.
fn is_literal(value: ExprView<'_>) -> bool {
    let is_plain = |expr: ExprView<'_>| {
        matches!(
            expr.kind(),
            ExprKind::Null
                | ExprKind::Bool(_)
                | ExprKind::Number
                | ExprKind::Template { heredoc: false, .. }
                | ExprKind::Literal { .. }
                | ExprKind::Paren(_)
                | ExprKind::Tuple(_)
                | ExprKind::Object(_)
                | ExprKind::Unary { .. }
                // The name of a key; a reference fails to evaluate later.
                | ExprKind::Variable
        )
    };
    value.span().end - value.span().start <= LONGEST && value.walk().all(is_plain)
}

/// The outputs that are read, each with the name of its call.
fn reads(module: &Module<'_>) -> Vec<(Box<str>, OutputRead)> {
    let instances = |name: &str| {
        let call = module.calls.iter().find(|call| call.name() == name)?;
        module.call_instances(call)
    };
    let mut found = Vec::new();
    visit_expressions(module, &mut |site, expr: ExprView<'_>, names| {
        visit_references(expr, names, &mut |reference| {
            let ("module", Some(call)) = (reference.root, reference.name(0)) else { return };
            if site.is_dependency || reference.laziness == Laziness::Guarded {
                return;
            }
            let (at, is_certain) = match (instances(call), reference.steps.get(1)) {
                (Some(Instances::Single), Some(Step::Name(..))) => (1, true),
                (Some(Instances::Count | Instances::ForEach), Some(Step::Index(_))) => (2, true),
                (Some(Instances::Count), Some(Step::Splat)) => (2, false),
                _ => return,
            };
            let Some(Step::Name(name, span)) = reference.steps.get(at) else { return };
            let read = OutputRead {
                name: (*name).into(),
                location: site.source.location(*span),
                is_certain: is_certain && reference.laziness == Laziness::Always,
            };
            found.push((call.into(), read));
        });
    });
    found
}
