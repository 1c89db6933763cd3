//! Where in a module expressions stand in which references mean what they say: not the lists of names in
//! `ignore_changes`, `providers` and the like, and nothing of blocks that are not known.

use super::overrides::Replaced;
use super::{Module, Source};
use crate::source::Span;
use crate::syntax::hcl::{AttributeView, BlockView, BodyView, ExprView, ItemView};

/// The surroundings of an expression.
#[derive(Clone, Copy)]
pub struct Site<'a> {
    /// The file.
    pub source: &'a Source,
    /// The block of the file in which it stands; for the `data` block of a `check` that one.
    pub block: BlockView<'a>,
    /// Whether `self` is the resource.
    pub has_self: bool,
    /// Whether it is in `depends_on`, where references have no value.
    pub is_dependency: bool,
    /// Whether it is the value of `count` or `for_each`.
    pub is_repetition: bool,
}

/// Arguments of a `module` block that are no values.
const CALL: &[&str] = &["source", "version", "providers"];
/// Those of a `provider` block.
const PROVIDER: &[&str] = &["alias", "version"];
/// Those of an `import` block.
const IMPORT: &[&str] = &["to", "provider", "identity"];
/// Those of a resource.
const RESOURCE: &[&str] = &["provider"];

type Found<'a, 'f> = &'f mut dyn FnMut(Site<'a>, ExprView<'a>, &[&'a str]);

/// Calls `found` with every expression of `module` that no override file replaces, and the iterators of the `dynamic`
/// blocks around it.
pub fn visit_expressions<'a>(module: &Module<'a>, found: Found<'a, '_>) {
    let Some(replaced) = Replaced::of(module) else { return visit_all(module, found) };
    visit_all(module, &mut |site, expr, names| {
        if !replaced.covers(site.source, expr.span()) {
            found(site, expr, names);
        }
    });
}

fn visit_all<'a>(module: &Module<'a>, found: Found<'a, '_>) {
    for source in module.configuration() {
        for block in source.document().root().blocks() {
            let site = Site { source, block, has_self: false, is_dependency: false, is_repetition: false };
            let body = block.body();
            match block.kind() {
                "locals" => arguments(site, body, &[], &[], found),
                "output" => {
                    let is_value = |name: &str| matches!(name, "value" | "depends_on");
                    let mut values = body.attributes().filter(|attribute| is_value(attribute.name()));
                    values.by_ref().for_each(|value| argument(site, value.name(), value.value(), &[], found));
                    conditions(site, body, found);
                }
                "variable" => conditions(site, body, found),
                "resource" | "data" | "ephemeral" => resource(site, body, found),
                "module" => arguments(site, body, CALL, &[], found),
                "provider" => open(site, body, PROVIDER, &[], found),
                "check" => {
                    conditions(site, body, found);
                    for data in body.blocks_of("data") {
                        resource(Site { block: data, ..site }, data.body(), found);
                    }
                }
                "import" => arguments(site, body, IMPORT, &[], found),
                _ => {}
            }
        }
    }
}

/// Adds the places of a file that [`visit_expressions`] passes over, in order, so that a look at all of its expressions
/// can do the same. There may be more than these.
pub(super) fn passed_over(root: BodyView<'_>, found: &mut Vec<Span>) {
    for block in root.blocks() {
        let body = block.body();
        let mut pass_over = |except: &[&str]| {
            let attributes = body.attributes().filter(|attribute| except.contains(&attribute.name()));
            found.extend(attributes.map(AttributeView::span));
        };
        match block.kind() {
            "locals" | "output" | "check" => {}
            "module" => pass_over(CALL),
            "provider" => pass_over(PROVIDER),
            "import" => pass_over(IMPORT),
            "variable" => found.extend(body.attributes().map(AttributeView::span)),
            "resource" | "data" | "ephemeral" => {
                for item in body.items() {
                    match item {
                        ItemView::Attribute(one) if RESOURCE.contains(&one.name()) => found.push(one.span()),
                        ItemView::Block(one) if one.kind() == "lifecycle" => {
                            found.extend(one.body().attributes().map(AttributeView::span));
                        }
                        _ => {}
                    }
                }
            }
            _ => found.push(block.span()),
        }
    }
}

fn arguments<'a>(site: Site<'a>, body: BodyView<'a>, except: &[&str], names: &[&'a str], found: Found<'a, '_>) {
    for attribute in body.attributes().filter(|attribute| !except.contains(&attribute.name())) {
        argument(site, attribute.name(), attribute.value(), names, found);
    }
}

fn argument<'a>(site: Site<'a>, name: &str, value: ExprView<'a>, names: &[&'a str], found: Found<'a, '_>) {
    let is_dependency = name == "depends_on";
    let is_repetition = matches!(name, "count" | "for_each");
    // In JSON a nested `dynamic` block is a property like any other.
    if site.source.is_native() || !value.text().contains("dynamic") {
        found(Site { is_dependency, is_repetition, ..site }, value, names);
    }
}

/// `precondition`, `postcondition`, `validation` and `assert`.
fn conditions<'a>(site: Site<'a>, body: BodyView<'a>, found: Found<'a, '_>) {
    for block in body.blocks() {
        let has_self = block.kind() == "postcondition";
        if matches!(block.kind(), "precondition" | "postcondition" | "validation" | "assert") {
            for name in ["condition", "error_message"] {
                if let Some(value) = block.body().value(name) {
                    found(Site { has_self, ..site }, value, &[]);
                }
            }
        }
    }
}

fn resource<'a>(site: Site<'a>, body: BodyView<'a>, found: Found<'a, '_>) {
    arguments(site, body, RESOURCE, &[], found);
    for block in body.blocks() {
        match block.kind() {
            "lifecycle" => conditions(site, block.body(), found),
            "connection" | "provisioner" => {
                open(Site { has_self: true, ..site }, block.body(), &["when", "on_failure"], &[], found);
            }
            _ => nested(site, block, &[], found),
        }
    }
}

/// A body whose arguments and blocks a provider defines.
fn open<'a>(site: Site<'a>, body: BodyView<'a>, except: &[&str], names: &[&'a str], found: Found<'a, '_>) {
    // `count` and `for_each` are arguments like others in here.
    for attribute in body.attributes().filter(|attribute| !except.contains(&attribute.name())) {
        argument(site, "", attribute.value(), names, found);
    }
    for block in body.blocks() {
        nested(site, block, names, found);
    }
}

fn nested<'a>(site: Site<'a>, block: BlockView<'a>, names: &[&'a str], found: Found<'a, '_>) {
    let body = block.body();
    if block.kind() != "dynamic" {
        return open(site, body, &[], names, found);
    }
    if let Some(collection) = body.value("for_each") {
        argument(site, "", collection, names, found);
    }
    let label = block.label_spans().first().map(|span| block.document().slice(*span).trim_matches('"'));
    let iterator = body.value("iterator").and_then(ExprView::as_keyword).or(label).unwrap_or_default();
    let names = [names, &[iterator]].concat();
    if let Some(labels) = body.value("labels") {
        argument(site, "", labels, &names, found);
    }
    for content in body.blocks_of("content") {
        open(site, content.body(), &[], &names, found);
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::diagnostic::FileId;
    use crate::terraform::Role;

    const MODULE: &str = r#"
terraform {
  required_providers {
    aws = { source = "hashicorp/aws", configuration_aliases = [aws.west] }
  }
}
variable "a" {
  type    = object({ x = optional(string) })
  default = null
  validation {
    condition     = var.a.x != var.b
    error_message = "not ${var.c}"
  }
}
locals {
  provider = local.other
}
provider "aws" {
  alias   = "west"
  version = local.version
  region  = var.region
  lifecycle {
    ignore_changes = [odd]
  }
}
resource "aws_instance" "a" {
  provider = aws.west
  count    = var.count
  lifecycle {
    ignore_changes       = [tags, user_data]
    replace_triggered_by = [aws_vpc.main]
    precondition {
      condition     = local.fine
      error_message = local.message
    }
  }
  dynamic "disk" {
    for_each = var.disks
    content {
      size = disk.value
      lifecycle {
        ignore_changes = [inner]
      }
    }
  }
  depends_on = [aws_vpc.main]
}
module "m" {
  source    = "./m"
  providers = { aws = aws.west }
  size      = local.size
}
output "o" {
  value      = module.m.x
  depends_on = [module.n]
  precondition {
    condition     = self.x
    error_message = "no"
  }
}
check "c" {
  data "http" "x" {
    url      = var.url
    provider = http.west
    lifecycle {
      ignore_changes = [tags]
    }
  }
  assert {
    condition     = data.http.x.ok
    error_message = "no"
  }
}
moved {
  from = aws_instance.old
  to   = aws_instance.a
}
import {
  to       = aws_instance.a
  id       = var.id
  provider = aws.west
}
"#;

    #[test]
    fn what_is_passed_over_is_not_visited() {
        let sources = [Source::parse(FileId(0), "main.tf".into(), Role::Configuration, MODULE.into())];
        assert!(!sources[0].is_broken());
        let module = Module::new("m", &sources);
        let mut over = Vec::new();
        passed_over(sources[0].document().root(), &mut over);
        assert!(over.is_sorted_by(|one, next| one.end <= next.start), "{over:?}");
        let mut visited = Vec::new();
        visit_expressions(&module, &mut |_, expr, _| visited.push(expr.span()));
        for span in &visited {
            assert!(over.iter().all(|over| span.end <= over.start || over.end <= span.start), "{span:?}");
        }
        let texts: Vec<&str> = over.iter().map(|span| span.text(MODULE.as_bytes())).collect();
        for text in
            ["ignore_changes       = [tags, user_data]", "provider = aws.west", "providers = { aws = aws.west }"]
        {
            assert!(texts.contains(&text), "{text}");
        }
    }
}
