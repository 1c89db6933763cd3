//! Invariant blocks as they are written: their expressions, inputs and local values.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use super::target::Target;
use crate::config::{Guarantee, InvariantBlock, InvariantKind};
use crate::diagnostic::{Applicability, Diagnostic, FileId, LintId, Location, Severity};
use crate::eval::module::Node;
use crate::eval::{Doubt, Evaluator, Failure, Scope, Value};
use crate::source::Span;
use crate::suggest::{closest, quote_all};
use crate::syntax::hcl::{self, AttributeView, BlockView, BodyView, Document, ExprKind, ExprView, Tree};
use crate::terraform::ResourceMode;

/// An invariant that is part of this program.
#[derive(Clone, Copy, Debug)]
pub struct Bundled {
    /// The lint it is.
    pub id: &'static str,
    /// Its text.
    pub text: &'static str,
}

/// The text of an invariant and where it stands.
pub struct InvariantSource {
    text: String,
    tree: Tree,
    /// The file and the place of its first byte there; nothing for a bundled one.
    at: Option<(FileId, u32)>,
}

impl InvariantSource {
    fn new(text: String, at: Option<(FileId, u32)>) -> Self {
        let tree = hcl::parse(text.as_bytes());
        Self { text, tree, at }
    }

    /// Its tree.
    #[must_use]
    pub fn document(&self) -> Document<'_> {
        Document::new(&self.tree, self.text.as_bytes())
    }

    /// The place of `span` in the file; nothing for a bundled invariant.
    #[must_use]
    pub fn location(&self, span: Span) -> Option<Location> {
        self.at.map(|(file, start)| Location::new(file, Span::new(start + span.start, start + span.end)))
    }
}

/// A name that an expression cannot do without.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) enum Need {
    /// `attrs.NAME`
    Attribute(String),
    /// `each.value.NAME`
    OfElement(String),
}

impl Need {
    /// Those of `expr`. `try(attrs.x, …)` and `can(attrs.x)` ask on purpose.
    fn all(expr: ExprView<'_>) -> Vec<Self> {
        let is_guard =
            |inner: &ExprView<'_>| inner.as_call().is_some_and(|(name, _)| matches!(name, "try" | "can" | "lookup"));
        let guarded: Vec<Span> = expr.walk().filter(is_guard).map(ExprView::span).collect();
        let mut found = Vec::new();
        for inner in expr.walk().filter(|inner| matches!(inner.kind(), ExprKind::GetAttr { .. })) {
            if guarded.iter().any(|span| span.covers(inner.span())) {
                continue;
            }
            let Some(steps) = inner.as_reference() else { continue };
            let names: Vec<&str> = steps.iter().map(|step| &**step).collect();
            let need = match names.as_slice() {
                ["attrs", name, ..] => Self::Attribute((*name).to_owned()),
                ["each", "value", name, ..] => Self::OfElement((*name).to_owned()),
                _ => continue,
            };
            if !found.contains(&need) {
                found.push(need);
            }
        }
        found
    }
}

/// One `enforce` block.
#[derive(Clone, Copy)]
pub struct Rule<'i> {
    /// What must be true.
    pub condition: ExprView<'i>,
    /// What is said where it is not.
    pub error_message: Option<ExprView<'i>>,
    /// What should stand there instead, and how far that can be trusted.
    pub fix: Option<(ExprView<'i>, Applicability)>,
}

impl<'i> Rule<'i> {
    fn read(block: BlockView<'i>) -> Option<Self> {
        let body = block.body();
        let fix = body.blocks_of("fix").next().and_then(|fix| {
            let safe =
                fix.body().value("applicability").and_then(ExprView::as_string).is_some_and(|word| word == "safe");
            Some((fix.body().value("value")?, if safe { Applicability::Safe } else { Applicability::Unsafe }))
        });
        Some(Self { condition: body.value("condition")?, error_message: body.value("error_message"), fix })
    }
}

/// An invariant, ready to be decided.
pub struct Invariant {
    /// The lint its findings are reported as.
    pub id: LintId,
    /// What it is about.
    pub kind: InvariantKind,
    /// What its findings count for.
    pub severity: Severity,
    /// What must hold, in a few words.
    pub summary: Option<String>,
    /// The version that fixed the fault it guards against.
    pub fixed_in: Option<String>,
    /// Where to read more.
    pub docs: Option<String>,
    /// What to do about a violation.
    pub help: Option<String>,
    /// Whether it must hold for every admissible input of the module.
    pub guarantee: Option<Guarantee>,
    /// What it is written as.
    pub source: InvariantSource,
    target: Target,
    /// What its inputs are here.
    pub inputs: BTreeMap<Arc<str>, Value>,
    /// The attributes and blocks of a resource that it reads; nothing where it may read any.
    attributes: Option<Vec<String>>,
    /// What its filter needs.
    pub(super) filter_needs: Vec<Need>,
    /// What the condition of each rule needs.
    pub(super) rule_needs: Vec<Vec<Need>>,
}

impl Invariant {
    /// Of a configuration.
    #[must_use]
    pub fn from_block(block: &InvariantBlock) -> Self {
        let id = LintId::from(format!("invariant/{}", block.name.value.0));
        let severity = block.severity.as_ref().map_or(Severity::Error, |severity| severity.value);
        let source = InvariantSource::new(block.text.clone(), Some((block.location.file, block.location.span.start)));
        Self::new(block, id, severity, source)
    }

    /// The invariants of a bundled lint; findings count for `severity`.
    #[must_use]
    pub fn bundled(bundled: Bundled, severity: Severity) -> Vec<Self> {
        let (blocks, _) = crate::config::parse_invariants(bundled.text.as_bytes(), FileId(0));
        blocks
            .iter()
            .map(|block| {
                let source = InvariantSource::new(block.text.clone(), None);
                let severity = block.severity.as_ref().map_or(severity, |own| own.value);
                Self::new(block, LintId::new(bundled.id), severity, source)
            })
            .collect()
    }

    fn new(block: &InvariantBlock, id: LintId, severity: Severity, source: InvariantSource) -> Self {
        let target = Target::new(&block.target.value, block.kind == InvariantKind::Module);
        let mut made = Self {
            id,
            kind: block.kind,
            severity,
            summary: block.summary.as_ref().map(|text| text.value.clone()),
            fixed_in: block.fixed_in.as_ref().map(|version| version.value.0.clone()),
            docs: block.docs.as_ref().map(|text| text.value.clone()),
            help: block.help.as_ref().map(|text| text.value.clone()),
            guarantee: block.guarantee.as_ref().map(|guarantee| guarantee.value),
            source,
            target,
            inputs: BTreeMap::new(),
            attributes: None,
            filter_needs: Vec::new(),
            rule_needs: Vec::new(),
        };
        made.inputs = made.defaults();
        made.attributes = made.read_attributes();
        made.filter_needs = made.filter().map(Need::all).unwrap_or_default();
        made.rule_needs = made.rules().map(|rule| Need::all(rule.condition)).collect();
        made
    }

    /// Whether it is about the type, module path or call source `name`.
    #[must_use]
    pub fn binds(&self, name: &str) -> bool {
        self.target.is_match(name)
    }

    /// Whether it may be about something in a module.
    #[must_use]
    pub fn is_about(&self, node: &Node<'_>) -> bool {
        let has = |mode: ResourceMode| {
            let mut resources = node.module.resources.iter();
            resources.any(|resource| resource.mode == mode && self.binds(&resource.kind))
        };
        match self.kind {
            InvariantKind::Resource => has(ResourceMode::Managed),
            InvariantKind::Data => has(ResourceMode::Data),
            InvariantKind::Module => self.binds(node.path),
            InvariantKind::Call => !node.module.calls.is_empty(),
        }
    }

    /// The block.
    #[must_use]
    pub fn block(&self) -> Option<BlockView<'_>> {
        self.source.document().root().blocks().next()
    }

    /// What is in the block.
    #[must_use]
    pub fn body(&self) -> Option<BodyView<'_>> {
        self.block().map(BlockView::body)
    }

    /// `for_each`.
    #[must_use]
    pub fn for_each(&self) -> Option<ExprView<'_>> {
        self.body()?.value("for_each")
    }

    /// `filter`.
    #[must_use]
    pub fn filter(&self) -> Option<ExprView<'_>> {
        self.body()?.value("filter")
    }

    /// What it demands.
    pub fn rules(&self) -> impl Iterator<Item = Rule<'_>> {
        self.body().into_iter().flat_map(|body| body.blocks_of("enforce")).filter_map(Rule::read)
    }

    /// The expression of one of its local values.
    #[must_use]
    pub fn local(&self, name: &str) -> Option<ExprView<'_>> {
        self.body()?.blocks_of("locals").find_map(|block| block.body().value(name))
    }

    /// What `given` fixes: names of variables and their values.
    #[must_use]
    pub fn given(&self) -> BTreeMap<Arc<str>, Value> {
        let blocks = self.body().into_iter().flat_map(|body| body.blocks_of("given"));
        let attributes = blocks.flat_map(|block| block.body().attributes());
        attributes
            .filter_map(|attribute| Some((Arc::from(attribute.name()), crate::eval::constant(attribute.value()).ok()?)))
            .collect()
    }

    /// The attributes and blocks of a resource that it reads; nothing where it may read any.
    #[must_use]
    pub fn attributes(&self) -> Option<&[String]> {
        self.attributes.as_deref()
    }

    fn read_attributes(&self) -> Option<Vec<String>> {
        let document = self.source.document();
        let mut names: Vec<String> = Vec::new();
        let mut uses = 0_usize;
        for expr in document.expressions() {
            match expr.kind() {
                ExprKind::Variable if expr.text() == "attrs" => uses += 1,
                ExprKind::GetAttr { on, name } => {
                    let on = document.expression(on);
                    if on.kind() == ExprKind::Variable && on.text() == "attrs" {
                        uses -= 1;
                        names.push(document.slice(name).to_owned());
                    }
                }
                _ => {}
            }
        }
        names.sort_unstable();
        names.dedup();
        (uses == 0).then_some(names)
    }

    /// What is wrong with its expressions, whatever they are about: names that invariants do not have, expressions of
    /// `given` and inputs that are not constant, types of inputs that are none or that the default does not have, regular
    /// expressions that are none.
    #[must_use]
    pub fn mistakes(&self) -> Vec<Diagnostic> {
        let mut found = Vec::new();
        let lint = || LintId::new("sprag/invalid-invariant");
        let mut report = |span: Span, message: String, help: &str| {
            if let Some(location) = self.source.location(span) {
                found.push(Diagnostic::new(lint(), Severity::Error, location, message).help(help));
            }
        };
        let document = self.source.document();
        let bound = bound_names(document);
        let Some(body) = self.body() else { return found };
        for expr in expressions_of(body) {
            for root in roots_of(expr) {
                let name = root.text();
                // A resource of the module may stand there by its type.
                if !ROOTS.contains(&name) && !bound.contains(&name) && !name.contains('_') {
                    let all = quote_all(ROOTS.iter().copied());
                    let help = did_you_mean(name, ROOTS.iter().copied(), &format!("an invariant sees {all}"));
                    report(root.span(), format!("`{name}` is not known in an invariant"), &help);
                }
            }
            for inner in expr.walk() {
                if let Some((message, name, known)) = self.unknown_member(inner) {
                    let help = did_you_mean(name, known.iter().map(String::as_str), &listed(&known));
                    report(inner.span(), message, &help);
                }
                if let Some((name, _)) = inner.as_call()
                    && !is_function(name)
                {
                    let help = did_you_mean(
                        name,
                        functions(),
                        "invariants have the functions of Terraform, `preserves` and `stable`",
                    );
                    report(inner.span(), format!("there is no function `{name}`"), &help);
                }
            }
        }
        for block in body.blocks_of("given") {
            for attribute in block.body().attributes() {
                if crate::eval::constant(attribute.value()).is_err() {
                    let message = format!("the value of `{}` is not constant", attribute.name());
                    report(attribute.value().span(), message, "`given` fixes variables to literal values");
                }
            }
        }
        for (expr, message, help) in self.mistaken_inputs() {
            report(expr.span(), message, &help);
        }
        for expr in document.expressions() {
            if let Some((pattern, reason)) = bad_pattern(expr) {
                report(pattern.span(), format!("not a regular expression: {reason}"), "Terraform reads RE2 syntax");
            }
        }
        for rule in self.rules().filter(|_| self.kind == InvariantKind::Module) {
            if let Some((value, _)) = rule.fix {
                let message = "a `fix` has nothing to replace here".to_owned();
                report(
                    value.span(),
                    message,
                    "it replaces what `attrs` or `each.value` reads, which modules do not have",
                );
            }
        }
        // What comes of a broken pattern is no news.
        let conditions = self.rules().map(|rule| rule.condition);
        for condition in conditions.filter(|condition| !condition.walk().any(|inner| bad_pattern(inner).is_some())) {
            let scope = Nothing;
            let mut evaluator = Evaluator::new(&scope);
            if let Ok(value) = evaluator.eval(condition)
                && value.is_wholly_known()
            {
                let message =
                    format!("the condition is always {}", if value.as_bool() == Some(true) { "true" } else { "false" });
                report(
                    condition.span(),
                    message,
                    "a condition is about `attrs`, `each.value` or another thing it sees",
                );
            }
        }
        found
    }

    /// `input.NAME`, `meta.NAME` and `each.NAME` that do not exist: what is wrong, the name, and the names that there are.
    fn unknown_member<'a>(&self, expr: ExprView<'a>) -> Option<(String, &'a str, Vec<String>)> {
        let ExprKind::GetAttr { on, name } = expr.kind() else { return None };
        let document = expr.document();
        let on = document.expression(on);
        if on.kind() != ExprKind::Variable {
            return None;
        }
        let words = |all: &[&str]| all.iter().map(|word| (*word).to_owned()).collect::<Vec<String>>();
        let name = document.slice(name);
        let (message, known) = match on.text() {
            "input" => (format!("there is no input `{name}`"), self.inputs.keys().map(ToString::to_string).collect()),
            "each" if self.for_each().is_some() => (format!("`each` has no `{name}`"), words(&["key", "value"])),
            "meta" => (format!("`meta` has no `{name}` here"), words(meta_names(self.kind))),
            _ => return None,
        };
        (!known.iter().any(|known| known == name)).then_some((message, name, known))
    }

    /// The names that its conditions are about, as far as they can be seen: attributes of `attrs` and of elements,
    /// variables, local values and outputs of a module.
    #[must_use]
    pub fn judged(&self) -> BTreeSet<String> {
        let mut names = BTreeSet::new();
        let locals = self.body().into_iter().flat_map(|body| body.blocks_of("locals"));
        let locals = locals.flat_map(|block| block.body().attributes()).map(AttributeView::value);
        let conditions = self.rules().map(|rule| rule.condition);
        for expr in locals.chain(conditions).chain(self.for_each()) {
            for inner in expr.walk() {
                let Some(steps) = inner.as_reference() else { continue };
                let steps: Vec<&str> = steps.iter().map(|step| &**step).collect();
                match steps.as_slice() {
                    ["local", name] if self.local(name).is_some() => {}
                    ["attrs" | "local" | "output" | "variable" | "var", name]
                    | ["each", "value", name]
                    | ["resource", _, _, name] => {
                        names.insert((*name).to_owned());
                    }
                    _ => {}
                }
            }
        }
        names
    }
}

/// The pattern of a call of `regex` or `regexall` that is no regular expression, and why.
fn bad_pattern(call: ExprView<'_>) -> Option<(ExprView<'_>, String)> {
    let Some(("regex" | "regexall", arguments)) = call.as_call() else { return None };
    let pattern = arguments.first().copied()?;
    let reason = crate::eval::Pattern::new(&pattern.as_string()?).err()?;
    Some((pattern, reason.to_string()))
}

/// What `meta` has.
const fn meta_names(kind: InvariantKind) -> &'static [&'static str] {
    match kind {
        InvariantKind::Resource | InvariantKind::Data => &["address", "type", "name", "used", "ignored", "passed"],
        InvariantKind::Call => &["address", "name", "source"],
        InvariantKind::Module => &["address", "path"],
    }
}

/// Functions that the evaluator handles by itself, and those of invariants.
const FORMS: &[&str] = &["try", "can", "templatefile", "templatestring", "preserves", "stable"];

fn functions() -> impl Iterator<Item = &'static str> {
    FORMS.iter().copied().chain(crate::eval::functions::names())
}

fn is_function(name: &str) -> bool {
    let name = name.strip_prefix("core::").unwrap_or(name);
    name.contains("::") || functions().any(|known| known == name)
}

fn listed(known: &[String]) -> String {
    if known.is_empty() {
        "declare it: `input \"NAME\" { default = ... }`".to_owned()
    } else {
        format!("there is {}", quote_all(known.iter().map(String::as_str)))
    }
}

fn did_you_mean<'a>(name: &str, known: impl Iterator<Item = &'a str>, otherwise: &str) -> String {
    closest(name, known).map_or_else(|| otherwise.to_owned(), |meant| format!("did you mean `{meant}`?"))
}

/// The names that `for` binds anywhere.
fn bound_names(document: Document<'_>) -> Vec<&str> {
    let mut bound: Vec<&str> = Vec::new();
    for expr in document.expressions() {
        if let Some(walk) = expr.as_for() {
            bound.extend(walk.key_name.map(|span| document.slice(span)));
            bound.push(document.slice(walk.value_name));
        }
        if let Some(directive) = expr.as_for_directive() {
            bound.extend(directive.key.map(|span| document.slice(span)));
            bound.push(document.slice(directive.value));
        }
    }
    bound
}

/// Names that expressions of an invariant begin with.
const ROOTS: &[&str] = &[
    "attrs",
    "each",
    "meta",
    "input",
    "local",
    "var",
    "variable",
    "output",
    "resource",
    "data",
    "module",
    "path",
    "terraform",
];

/// The expressions in a body and its blocks. Those of inputs and of `given` are literals.
fn expressions_of(body: BodyView<'_>) -> Vec<ExprView<'_>> {
    let mut found: Vec<ExprView<'_>> = body.attributes().map(AttributeView::value).collect();
    for block in body.blocks().filter(|block| !matches!(block.kind(), "input" | "given")) {
        found.extend(expressions_of(block.body()));
    }
    found
}

/// The first names of the references in an expression, keys of objects and names of functions left out.
pub(super) fn roots_of(expr: ExprView<'_>) -> Vec<ExprView<'_>> {
    let mut others = Vec::new();
    for inner in expr.walk() {
        if let Some(entries) = inner.entries() {
            others.extend(entries.iter().map(|(key, _)| key.id()));
        }
        if let ExprKind::Call { name, .. } = inner.kind() {
            others.push(name);
        }
    }
    expr.walk().filter(|inner| inner.kind() == ExprKind::Variable && !others.contains(&inner.id())).collect()
}

/// A scope without names, for conditions that depend on nothing.
struct Nothing;

impl Scope for Nothing {
    fn resolve(&self, names: &[&str], span: Span, _: &mut Doubt) -> Result<(Value, usize), Failure> {
        let _ = span;
        Ok((Value::any(&crate::terraform::Type::Any, &crate::eval::Cause::Expression), names.len().min(1)))
    }
}
