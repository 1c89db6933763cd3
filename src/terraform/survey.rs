//! One walk over the expressions of a module, for everything that lints want to know of all of them. Clean code costs
//! no allocation but the hashes of its references.

use super::{Role, Source, sites};
use crate::diagnostic::Location;
use crate::source::Span;
use crate::syntax::hcl::{BinaryOperator, Document, ExprId, ExprKind, ExprView, List};

/// An expression and the file it is in.
#[derive(Clone, Copy)]
pub struct Place<'a> {
    /// The file.
    pub source: &'a Source,
    /// The expression.
    pub expr: ExprView<'a>,
}

impl Place<'_> {
    /// Where it is.
    #[must_use]
    pub fn location(&self) -> Location {
        self.source.location(self.expr.span())
    }
}

/// A quoted string that is one interpolation and nothing else.
#[derive(Clone, Copy)]
pub struct Wrapper<'a> {
    /// The string.
    pub place: Place<'a>,
    /// What is interpolated.
    pub inner: ExprView<'a>,
    /// The expression that the string is directly in; nothing where it is a whole argument.
    pub parent: Option<ExprView<'a>>,
}

/// What the walk found.
#[derive(Default)]
pub struct Survey<'a> {
    /// `list.0` and `list.*`.
    pub legacy_steps: Vec<Place<'a>>,
    /// `"${x}"`; not in JSON, which has no other way to write an expression.
    pub wrappers: Vec<Wrapper<'a>>,
    /// Calls of `lookup` with two arguments.
    pub lookups: Vec<Place<'a>>,
    /// `x == []` and `x != []`.
    pub empty_comparisons: Vec<Place<'a>>,
    /// Keys of an object that were there before, each after the first one of its name.
    pub repeated_keys: Vec<(Place<'a>, Place<'a>)>,
    /// `terraform.workspace`.
    pub workspaces: Vec<Place<'a>>,
    /// Calls of functions that a provider gives: `provider::name::function()`, in tests and queries too.
    pub provider_functions: Vec<Place<'a>>,
    /// Whether a function is called whose result differs with every run.
    pub(super) calls_unstable: bool,
    /// Whether a template is filled in, which may call one.
    pub(super) calls_template: bool,
    references: Vec<u64>,
    /// Every reference of the configuration, for a first look.
    pub(super) uses: Vec<Use>,
    /// The names that loops and `dynamic` blocks introduce, by hash.
    pub(super) loop_names: Vec<u64>,
    /// Words that stand for themselves and are no keys of objects, by hash.
    pub(super) words: Vec<u64>,
}

/// A reference, by hashes of its names.
#[derive(Clone, Copy)]
pub(super) struct Use {
    /// Its file among the sources.
    pub(super) source: u32,
    /// Where it begins in the file.
    pub(super) at: u32,
    /// The first name.
    pub(super) root: u64,
    /// The first two names; of data sources three.
    pub(super) full: u64,
    /// What follows.
    pub(super) kind: UseKind,
}

/// What follows behind the names that a reference begins with.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(super) enum UseKind {
    /// Not looked at.
    Plain,
    /// `.name`
    Attribute,
    /// `[key]` or `.0`
    Index,
}

impl<'a> Survey<'a> {
    /// Walks over all files that can refer to what a module declares, its tests included.
    #[must_use]
    pub fn of(sources: &'a [Source]) -> Self {
        let mut walk = Walk::default();
        for (index, source) in (0..).zip(sources).filter(|(_, source)| source.role != Role::Variables) {
            walk.index = index;
            walk.file(source);
        }
        let mut survey = walk.survey;
        survey.references.sort_unstable();
        survey.references.dedup();
        survey
    }

    /// Whether a reference begins with these names: `var` and the variable, `local` and the value, `data`, type and
    /// name, or a provider and its alias. A variable's own block does not count.
    #[must_use]
    pub fn refers_to(&self, names: &[&str]) -> bool {
        self.references.binary_search(&hash(names.iter().map(|name| name.as_bytes()))).is_ok()
    }
}

#[derive(Default)]
struct Walk<'a> {
    survey: Survey<'a>,
    /// `variable` blocks of the file, in order, with the hash of a reference to them.
    variables: Vec<(Span, u64)>,
    /// Wrappers whose parent may still come.
    open: Vec<usize>,
    /// Keys of one object, by hash.
    keys: Vec<(u64, ExprId)>,
    /// The number of the file.
    index: u32,
    /// Where references of the file mean nothing, in order.
    passed_over: Vec<Span>,
    /// Words of the file that no other expression has taken for the start of a reference or a key yet, in order.
    words: Vec<ExprId>,
}

impl<'a> Walk<'a> {
    fn file(&mut self, source: &'a Source) {
        let document = source.document();
        self.variables.clear();
        self.open.clear();
        for block in document.root().blocks_of("variable") {
            let name = block.label(0).unwrap_or_default();
            self.variables.push((block.span(), hash([&b"var"[..], name.as_bytes()])));
        }
        let is_configuration = source.role.is_configuration();
        self.words.clear();
        self.passed_over.clear();
        if is_configuration {
            self.dynamic_names(document);
            sites::passed_over(document.root(), &mut self.passed_over);
        }
        let (mut variable, mut aside) = (0, 0);
        for expr in document.expressions() {
            let start = expr.span().start;
            while self.passed_over.get(aside).is_some_and(|span| span.end <= start) {
                aside += 1;
            }
            let counts = is_configuration && self.passed_over.get(aside).is_none_or(|span| start < span.start);
            while self.open.last().is_some_and(|last| self.survey.wrappers[*last].is_inside(expr)) {
                let last = self.open.pop().unwrap_or_default();
                self.survey.wrappers[last].parent = Some(expr);
            }
            let kind = expr.kind();
            if let ExprKind::GetAttr { on, name } = kind {
                while self.variables.get(variable).is_some_and(|(span, _)| span.end <= start) {
                    variable += 1;
                }
                self.reference(Place { source, expr }, document.expression(on), name, variable, counts);
                if counts {
                    self.behind(document.expression(on), UseKind::Attribute);
                }
            } else if is_configuration {
                self.look(Place { source, expr }, kind);
                if counts {
                    self.take_words(expr, kind);
                }
            } else if let ExprKind::Call { name, .. } = kind
                && is_of_provider(document, name)
            {
                self.survey.provider_functions.push(Place { source, expr });
            }
        }
        let text = document.text();
        let words = self.words.iter().map(|word| hash([document.expression(*word).span().slice(text)]));
        self.survey.words.extend(words);
    }

    /// The iterators of `dynamic` blocks.
    fn dynamic_names(&mut self, document: Document<'a>) {
        for block in document.blocks().filter(|block| block.kind() == "dynamic") {
            let label = block.label_spans().first().map(|span| document.slice(*span).trim_matches('"'));
            let iterator = block.body().value("iterator").and_then(ExprView::as_keyword);
            let names = [label, iterator].into_iter().flatten().map(|name| hash([name.as_bytes()]));
            self.survey.loop_names.extend(names);
        }
    }

    /// What follows `on`, where that is a reference and no more.
    fn behind(&mut self, on: ExprView<'a>, kind: UseKind) {
        let document = on.document();
        let bytes = |span: Span| span.slice(document.text());
        self.forget(on);
        let ExprKind::GetAttr { on: inner, name } = on.kind() else { return };
        let inner = document.expression(inner);
        let at = on.span().start;
        let (root, full) = match inner.kind() {
            ExprKind::Variable => {
                let root = hash([bytes(inner.span())]);
                (root, extend(root, bytes(name)))
            }
            ExprKind::GetAttr { on: root, name: kind } => {
                let root = document.expression(root);
                if root.kind() != ExprKind::Variable {
                    return;
                }
                let root = hash([bytes(root.span())]);
                (root, extend(extend(root, bytes(kind)), bytes(name)))
            }
            _ => return,
        };
        self.survey.uses.push(Use { source: self.index, at, root, full, kind });
    }

    /// A word that begins a reference is none that stands alone.
    fn forget(&mut self, word: ExprView<'a>) {
        if word.kind() != ExprKind::Variable {
            return;
        }
        // Mostly it is the one that came last.
        if self.words.last() == Some(&word.id()) {
            self.words.pop();
        } else if let Ok(at) = self.words.binary_search(&word.id()) {
            self.words.remove(at);
        }
    }

    /// Keeps words, and the names that loops give.
    fn take_words(&mut self, expr: ExprView<'a>, kind: ExprKind) {
        let document = expr.document();
        let name = |span: Span| hash([span.slice(document.text())]);
        match kind {
            ExprKind::Variable => self.words.push(expr.id()),
            ExprKind::Index { on, .. } | ExprKind::LegacyIndex { on, .. } => {
                self.behind(document.expression(on), UseKind::Index);
            }
            ExprKind::Splat { on, .. } => self.forget(document.expression(on)),
            ExprKind::Object(list) => expr.list(list).step_by(2).for_each(|key| self.forget(key)),
            ExprKind::For(_) => {
                let names = expr.as_for().map(|parts| [parts.key_name, Some(parts.value_name)]);
                self.survey.loop_names.extend(names.into_iter().flatten().flatten().map(name));
            }
            ExprKind::ForDirective(_) => {
                let names = expr.as_for_directive().map(|parts| [parts.key, Some(parts.value)]);
                self.survey.loop_names.extend(names.into_iter().flatten().flatten().map(name));
            }
            _ => {}
        }
    }

    /// `on.name`; `counts` where what it refers to has to be there.
    fn reference(&mut self, place: Place<'a>, on: ExprView<'a>, name: Span, variable: usize, counts: bool) {
        let document = place.expr.document();
        let bytes = |span: Span| span.slice(document.text());
        let (root, found) = match on.kind() {
            // Providers may be called `null`, `true` and `false`.
            ExprKind::Variable | ExprKind::Null | ExprKind::Bool(_) => {
                let root = hash([bytes(on.span())]);
                (root, extend(root, bytes(name)))
            }
            ExprKind::GetAttr { on: root, name: kind } => {
                let root = document.expression(root);
                if root.kind() != ExprKind::Variable || bytes(root.span()) != b"data" {
                    return;
                }
                (hash([&b"data"[..]]), hash([b"data", bytes(kind), bytes(name)]))
            }
            _ => return,
        };
        if counts {
            let at = place.expr.span().start;
            self.survey.uses.push(Use { source: self.index, at, root, full: found, kind: UseKind::Plain });
        }
        let own = self.variables.get(variable).filter(|(span, _)| span.covers(place.expr.span()));
        if own.is_some_and(|(_, own)| *own == found) {
            return;
        }
        self.survey.references.push(found);
        if bytes(name) == b"workspace" && bytes(on.span()) == b"terraform" {
            self.survey.workspaces.push(place);
        }
    }

    fn look(&mut self, place: Place<'a>, kind: ExprKind) {
        let (expr, document) = (place.expr, place.expr.document());
        match kind {
            ExprKind::LegacyIndex { .. } | ExprKind::Splat { full: false, .. } => self.survey.legacy_steps.push(place),
            ExprKind::Template { parts, heredoc: false } if place.source.is_native() => {
                let mut parts = expr.list(parts);
                let (Some(only), None) = (parts.next(), parts.next()) else { return };
                if let ExprKind::Interpolation(inner) = only.kind() {
                    self.open.push(self.survey.wrappers.len());
                    self.survey.wrappers.push(Wrapper { place, inner: document.expression(inner), parent: None });
                }
            }
            ExprKind::Call { name, arguments, expand } => {
                if is_of_provider(document, name) {
                    self.survey.provider_functions.push(place);
                }
                let name = document.expression(name).span().slice(document.text());
                if name == b"lookup" && !expand && expr.list(arguments).len() == 2 {
                    self.survey.lookups.push(place);
                }
                match name.strip_prefix(b"core::").unwrap_or(name) {
                    b"bcrypt" | b"plantimestamp" | b"timestamp" | b"uuid" => self.survey.calls_unstable = true,
                    b"templatefile" | b"templatestring" => self.survey.calls_template = true,
                    _ => {}
                }
            }
            ExprKind::Binary { operator: BinaryOperator::Equal | BinaryOperator::NotEqual, left, right }
                if is_empty_list(document, left) || is_empty_list(document, right) =>
            {
                self.survey.empty_comparisons.push(place);
            }
            ExprKind::Object(list) if place.source.is_native() => self.object(place, list),
            _ => {}
        }
    }

    fn object(&mut self, place: Place<'a>, list: List) {
        let (expr, document) = (place.expr, place.expr.document());
        self.keys.clear();
        for key in expr.list(list).step_by(2) {
            if let Some(name) = key_name(key) {
                self.keys.push((hash([name.as_bytes()]), key.id()));
            }
        }
        // By hash, and within one hash in order of place.
        self.keys.sort_unstable();
        for run in self.keys.chunk_by(|(one, _), (other, _)| one == other).filter(|run| run.len() > 1) {
            let first = Place { source: place.source, expr: document.expression(run[0].1) };
            for (_, again) in &run[1..] {
                let again = Place { source: place.source, expr: document.expression(*again) };
                if key_name(first.expr) == key_name(again.expr) {
                    self.survey.repeated_keys.push((first, again));
                }
            }
        }
    }
}

impl Wrapper<'_> {
    fn is_inside(&self, other: ExprView<'_>) -> bool {
        other.span().covers(self.place.expr.span())
    }
}

/// The name that a literal key gives, in parentheses too.
pub fn key_name(key: ExprView<'_>) -> Option<std::borrow::Cow<'_, str>> {
    match key.kind() {
        // In parentheses a bare word is a reference.
        ExprKind::Paren(_) => key.as_string().or_else(|| key.as_number().map(std::borrow::Cow::Borrowed)),
        _ => key.as_key(),
    }
}

/// Whether a provider gives the function with this name.
fn is_of_provider(document: Document<'_>, name: ExprId) -> bool {
    document.expression(name).span().slice(document.text()).starts_with(b"provider::")
}

fn is_empty_list(document: Document<'_>, id: ExprId) -> bool {
    let expr = document.expression(id);
    matches!(expr.kind(), ExprKind::Tuple(list) if expr.list(list).len() == 0)
}

/// FNV-1a over names with a separator. Two names with one hash only make a lint overlook something.
pub(super) fn hash<'n>(names: impl IntoIterator<Item = &'n [u8]>) -> u64 {
    names.into_iter().fold(0xcbf2_9ce4_8422_2325, extend)
}

/// The hash of one more name.
pub(super) fn extend(hash: u64, name: &[u8]) -> u64 {
    let step = |hash: u64, byte: u8| (hash ^ u64::from(byte)).wrapping_mul(0x0100_0000_01b3);
    step(name.iter().copied().fold(hash, step), 0xff)
}
