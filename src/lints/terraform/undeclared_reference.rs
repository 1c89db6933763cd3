//! See `lints/terraform/undeclared-reference/README.md`.

use std::collections::{BTreeSet, HashMap, HashSet};

use super::attribute_path::{Fault, follow};
use super::calls::{Callee, calls};
use crate::diagnostic::{Diagnostic, Severity};
use crate::linter::{Check, Reporter, Repository};
use crate::source::Span;
use crate::suggest;
use crate::terraform::{
    Declaration, Instances, Laziness, Module, Reference, Resource, ResourceMode, Site, Step, visit_expressions,
    visit_references,
};

pub(crate) const CHECK: Check = Check::Both(check, check_outputs);

/// First names with a meaning of their own, in some version of Terraform or of OpenTofu: not resource types.
const RESERVED: [&str; 10] =
    ["action", "arg", "check", "lazy", "list", "output", "provider", "run", "template", "terraform"];
const PATHS: [&str; 3] = ["cwd", "module", "root"];

fn check(module: &Module<'_>, out: &mut Reporter<'_>) {
    if !module.is_certain() || !module.may_have_loose_references() {
        return;
    }
    let declared = Declared::of(module);
    let mut found = Vec::new();
    visit_expressions(module, &mut |site, expr, names| {
        visit_references(expr, names, &mut |reference| {
            found.extend(Judge { module, declared: &declared, site, out }.judge(&reference));
        });
    });
    found.into_iter().for_each(|finding| out.report(finding));
}

fn check_outputs(repository: &Repository<'_>, out: &mut Reporter<'_>) {
    for Callee { call, passed, interface } in calls(repository) {
        for read in passed.reads.iter().filter(|read| !interface.has_output(&read.name)) {
            let severity = if read.is_certain { Severity::Error } else { Severity::Warning };
            let source = call.source.as_deref().unwrap_or_default();
            let message = format!("the module `{source}` has no output `{}`", read.name);
            let help = match suggest::closest(&read.name, interface.outputs.iter().map(|name| &**name)) {
                Some(meant) => format!("did you mean `{meant}`?"),
                None => format!("declare it there: `output \"{}\" {{ … }}`", read.name),
            };
            let finding = out.finding_of(severity, read.location, message).help(help);
            out.report(finding.subject(format!("module.{}.{}", call.name, read.name)));
        }
    }
}

/// What a module declares, by name.
struct Declared<'m> {
    variables: HashSet<String>,
    locals: HashSet<&'m str>,
    calls: HashMap<String, &'m Declaration<'m>>,
    resources: HashMap<String, &'m Resource<'m>>,
    /// Data sources of `check` blocks.
    checked: HashSet<String>,
}

impl<'m> Declared<'m> {
    fn of(module: &'m Module<'_>) -> Self {
        let checks = module.others.iter().filter(|other| other.block.kind() == "check");
        let data = checks.flat_map(|check| check.block.body().blocks_of("data"));
        let address =
            |data: crate::syntax::hcl::BlockView<'_>| Some(format!("data.{}.{}", data.label(0)?, data.label(1)?));
        Self {
            variables: module.variables.iter().map(|variable| variable.name().into_owned()).collect(),
            locals: module.locals.iter().map(|(_, local)| local.name()).collect(),
            calls: module.calls.iter().map(|call| (call.name().into_owned(), call)).collect(),
            resources: module.resources.iter().map(|resource| (resource.address(), resource)).collect(),
            checked: data.filter_map(address).collect(),
        }
    }
}

struct Judge<'m, 'a, 'r> {
    module: &'m Module<'a>,
    declared: &'m Declared<'m>,
    site: Site<'a>,
    out: &'r Reporter<'r>,
}

impl<'a> Judge<'_, 'a, '_> {
    fn judge(&self, reference: &Reference<'a>) -> Option<Diagnostic> {
        // What is written in a file that others share may be declared where they are.
        let is_linked = self.module.linked.contains(&self.site.source.file);
        let name = reference.name(0);
        match (reference.root, name) {
            (root, _) if RESERVED.contains(&root) => None,
            ("each" | "count" | "self", _) => self.iteration(reference),
            ("path", Some(name)) => self.path(reference, name),
            _ if is_linked => None,
            ("var", Some(name)) => self.variable(reference, name),
            ("local", Some(name)) => self.local(reference, name),
            ("module", Some(name)) => self.call(reference, name),
            ("data", Some(_)) => self.resource(reference, ResourceMode::Data, 1),
            ("ephemeral", Some(_)) => self.resource(reference, ResourceMode::Ephemeral, 1),
            ("resource", Some(_)) => self.resource(reference, ResourceMode::Managed, 1),
            ("var" | "local" | "module" | "data" | "ephemeral" | "resource" | "path", _) => None,
            (_, Some(_)) => self.resource(reference, ResourceMode::Managed, 0),
            (word, None) if reference.steps.is_empty() => self.bare(reference, word),
            _ => None,
        }
    }

    fn finding(&self, span: Span, message: String, subject: String) -> Diagnostic {
        self.out.finding(self.site.source.location(span), message).subject(subject)
    }

    fn variable(&self, reference: &Reference<'a>, name: &str) -> Option<Diagnostic> {
        if self.declared.variables.contains(name) {
            return None;
        }
        let known = self.declared.variables.iter().map(String::as_str).collect::<BTreeSet<_>>();
        let help = match suggest::closest(name, known) {
            Some(meant) => format!("did you mean `var.{meant}`?"),
            None if self.declared.locals.contains(name) => format!("`{name}` is a local value: write `local.{name}`"),
            None => format!("declare it: `variable \"{name}\" {{ … }}`"),
        };
        let message = format!("variable `{name}` is not declared");
        Some(self.finding(reference.span(1), message, format!("var.{name}")).help(help))
    }

    fn local(&self, reference: &Reference<'a>, name: &str) -> Option<Diagnostic> {
        if self.declared.locals.contains(name) {
            return None;
        }
        let known = self.declared.locals.iter().copied().collect::<BTreeSet<_>>();
        let help = match suggest::closest(name, known) {
            Some(meant) => format!("did you mean `local.{meant}`?"),
            None if self.declared.variables.contains(name) => format!("`{name}` is a variable: write `var.{name}`"),
            None => format!("declare it: `locals {{ {name} = … }}`"),
        };
        let message = format!("local value `{name}` is not declared");
        Some(self.finding(reference.span(1), message, format!("local.{name}")).help(help))
    }

    fn call(&self, reference: &Reference<'a>, name: &str) -> Option<Diagnostic> {
        let Some(call) = self.declared.calls.get(name) else {
            let known = self.declared.calls.keys().map(String::as_str).collect::<BTreeSet<_>>();
            let help = suggest::closest(name, known).map_or_else(
                || format!("call it: `module \"{name}\" {{ … }}`"),
                |meant| format!("did you mean `module.{meant}`?"),
            );
            let message = format!("module `{name}` is not called here");
            return Some(self.finding(reference.span(1), message, format!("module.{name}")).help(help));
        };
        // Instances of `for_each` are a map: what follows may be a key.
        let is_missing = self.module.call_instances(call) == Some(Instances::Count)
            && reference.name(1).is_some()
            && reference.laziness == Laziness::Always;
        is_missing.then(|| self.missing_index(reference, &format!("module.{name}"), call, Instances::Count, 1))
    }

    fn resource(&self, reference: &Reference<'a>, mode: ResourceMode, at: usize) -> Option<Diagnostic> {
        let kind = if at == 0 { reference.root } else { reference.name(0)? };
        let name = reference.name(at)?;
        let address = match mode {
            ResourceMode::Managed => format!("{kind}.{name}"),
            ResourceMode::Data => format!("data.{kind}.{name}"),
            ResourceMode::Ephemeral => format!("ephemeral.{kind}.{name}"),
        };
        let Some(resource) = self.declared.resources.get(&address) else {
            return (!self.declared.checked.contains(&address)).then(|| self.undeclared(reference, &address, at));
        };
        let rest = &reference.steps[at + 1..];
        let (Some(first), false) = (rest.first(), self.site.is_dependency) else { return None };
        let instances = resource.instances();
        if instances != Instances::Single && first.name().is_some() {
            return Some(self.missing_index(reference, &address, &resource.declaration, instances, at + 1));
        }
        let overridden = !resource.overrides.is_empty();
        if instances == Instances::Single && first.is_literal_index() && !overridden {
            let message = format!("`{address}` has neither `count` nor `for_each`, so it takes no index");
            let declared = resource.declaration.location(resource.declaration.block.header_span());
            let finding =
                self.finding(reference.expr.span(), message, address.clone()).label(declared, "declared here");
            return Some(finding.help(format!("write `{address}` without the brackets")));
        }
        self.attribute(reference, resource, &address, at + 1)
    }

    /// An attribute that the resource's schema does not have.
    fn attribute(
        &self,
        reference: &Reference<'a>,
        resource: &Resource<'_>,
        address: &str,
        from: usize,
    ) -> Option<Diagnostic> {
        let rest = &reference.steps[from..];
        let is_instance = |step: &Step<'_>| !matches!(step, Step::Name(..));
        let behind = usize::from(rest.first().is_some_and(is_instance));
        let (schema, binding) = self.module.schema_of(resource)?;
        let (at, fault) = follow(schema, &rest[behind..])?;
        let steps = from + behind + at;
        let name = reference.name(steps)?;
        // With a splat or a computed index there may be nothing to look into.
        let is_static = reference.steps[from..steps].iter().all(|step| match step {
            Step::Name(..) => true,
            Step::Index(_) => step.is_literal_index(),
            Step::Splat => false,
        });
        if !is_static && reference.laziness == Laziness::Guarded {
            return None;
        }
        let (message, help, is_likely) = match &fault {
            Fault::Missing(known) => {
                let meant = suggest::closest(name, known.iter().map(|name| &**name));
                let help = meant.map_or_else(
                    || format!("`{}` describes it without one", binding.provider.source),
                    |meant| format!("did you mean `{meant}`?"),
                );
                let is_likely = meant.is_some_and(|meant| !binding.is_other_release || suggest::is_slip(name, meant));
                (format!("`{address}` has no attribute `{name}`"), help, is_likely)
            }
            Fault::NeedsIndex(what, is_set) => {
                let help = match is_set {
                    true => "elements of a set have no index: take `[*]`, or `one(…)` of it".to_owned(),
                    false => "say which one: `[0]`, or `[*]` for all of them".to_owned(),
                };
                (
                    format!("`{what}` of `{address}` holds several values, and none of them is called `{name}`"),
                    help,
                    !binding.is_other_release,
                )
            }
        };
        let severity = match (binding.is_same_release, is_static) {
            (true, true) => Severity::Error,
            (true, false) => Severity::Warning,
            (false, _) if is_likely => Severity::Warning,
            // Another release of the provider may have it.
            (false, _) => return None,
        };
        let Step::Name(_, span) = reference.steps[steps] else { return None };
        let place = self.site.source.location(span);
        Some(self.out.finding_of(severity, place, message).help(help).subject(format!("{address}.{name}")))
    }

    fn undeclared(&self, reference: &Reference<'a>, address: &str, at: usize) -> Diagnostic {
        let known: BTreeSet<&str> = self.declared.resources.keys().map(String::as_str).collect();
        let roots = ["var", "local", "module", "data", "path", "each"];
        let root = (at == 0).then(|| suggest::closest(reference.root, roots)).flatten();
        let help = match (suggest::closest(address, known), root) {
            (Some(meant), _) => format!("did you mean `{meant}`?"),
            (None, Some(root)) => format!("did you mean `{root}.{}`?", reference.name(0).unwrap_or_default()),
            (None, None) => "declare it, or correct the reference".to_owned(),
        };
        let what = match reference.root {
            "data" => "data source",
            "ephemeral" => "ephemeral resource",
            _ => "resource",
        };
        self.finding(reference.span(at + 1), format!("{what} `{address}` is not declared"), address.to_owned())
            .help(help)
    }

    fn missing_index(
        &self,
        reference: &Reference<'a>,
        address: &str,
        declared: &Declaration<'_>,
        instances: Instances,
        steps: usize,
    ) -> Diagnostic {
        let argument = instances.argument().unwrap_or_default();
        let help = match instances {
            Instances::ForEach => {
                format!("say which one: `{address}[\"key\"]`, or `values({address})[*]` for all of them")
            }
            _ => format!("say which one: `{address}[0]`, or `{address}[*]` for all of them"),
        };
        let message = format!("`{address}` has `{argument}`, so its attributes need an index");
        let header = declared.location(declared.block.header_span());
        self.finding(reference.span(steps + 1), message, address.to_owned())
            .label(header, format!("`{argument}` is set here"))
            .help(help)
    }

    /// `each`, `count` and `self`.
    fn iteration(&self, reference: &Reference<'a>) -> Option<Diagnostic> {
        let root = reference.root;
        let kind = self.site.block.kind();
        let subject = self.site.block.labels().collect::<Vec<_>>().join(".");
        if root == "self" {
            if self.site.has_self || !matches!(kind, "locals" | "output" | "variable" | "resource" | "data" | "module")
            {
                return None;
            }
            let message = "`self` is known only in postconditions, provisioners and connections";
            let finding = self.finding(reference.span(0), message.to_owned(), subject);
            return Some(finding.help("name the resource"));
        }
        let wanted = if root == "each" { Instances::ForEach } else { Instances::Count };
        let instances = match kind {
            "locals" | "output" | "variable" => Instances::Single,
            "resource" | "data" => {
                let (kind, name) = (self.site.block.label(0)?, self.site.block.label(1)?);
                let prefix = if self.site.block.kind() == "data" { "data." } else { "" };
                self.declared.resources.get(&format!("{prefix}{kind}.{name}"))?.instances()
            }
            "module" => self.module.call_instances(self.declared.calls.get(&*self.site.block.label(0)?)?)?,
            _ => return None,
        };
        if instances == wanted {
            return None;
        }
        let argument = wanted.argument().unwrap_or_default();
        let message = match kind {
            "locals" | "output" | "variable" => format!("`{root}` is known only in blocks with `{argument}`"),
            _ => format!("`{root}` is not known here: the block has no `{argument}`"),
        };
        let finding = self.finding(reference.span(1), message, subject);
        Some(match instances {
            Instances::Count => finding.help("with `count`, the instance is `count.index`"),
            Instances::ForEach => finding.help("with `for_each`, the instance is `each.key`"),
            Instances::Single => finding,
        })
    }

    fn path(&self, reference: &Reference<'a>, name: &str) -> Option<Diagnostic> {
        if PATHS.contains(&name) {
            return None;
        }
        let message = format!("there is no `path.{name}`");
        let finding = self.finding(reference.span(1), message, format!("path.{name}"));
        Some(finding.help(format!("there are {}", suggest::quote_all(["path.module", "path.root", "path.cwd"]))))
    }

    /// A word without quotes.
    fn bare(&self, reference: &Reference<'a>, word: &str) -> Option<Diagnostic> {
        // JSON has no bare words, and a type constraint may stand where a newer Terraform takes one.
        if !self.site.source.is_native() || self.is_type(word) {
            return None;
        }
        let help = if self.declared.variables.contains(word) {
            format!("did you mean `var.{word}`?")
        } else if self.declared.locals.contains(word) {
            format!("did you mean `local.{word}`?")
        } else {
            format!("text stands in quotes: `\"{word}\"`")
        };
        let message = format!("`{word}` refers to nothing");
        Some(self.finding(reference.expr.span(), message, word.to_owned()).help(help))
    }

    fn is_type(&self, word: &str) -> bool {
        matches!(word, "any" | "bool" | "number" | "string" | "list" | "set" | "map")
    }
}
