//! Where a violation is, and how the value came there.

use super::chain::{At, Step, chain, describe};
use super::decide::{Fault, Judge};
use super::language::{Invariant, Rule};
use super::subject::{Place, Subject, Written};
use crate::eval::Kind;
use crate::eval::module::Frame;
use crate::syntax::hcl::{ExprKind, ExprView};

impl<'p> Judge<'_, 'p> {
    /// A violation with its place and how the value came there.
    pub(super) fn fault(
        &self,
        invariant: &Invariant,
        at: &At<'p>,
        subject: &Subject<'p>,
        (message, rule): (String, Rule<'_>),
        for_every_caller: bool,
    ) -> Fault {
        let Some(place) = self.judged_place(invariant, at, subject, rule) else {
            let note = unset(subject, rule).into_iter().next().map(|step| step.message).unwrap_or_default();
            return Fault { location: subject.location, message, note, steps: Vec::new(), for_every_caller, fix: None };
        };
        let mut steps = chain(at, &place);
        steps.extend(unset(subject, rule));
        let value = at.instance.eval(&place.frame, place.expr).0.ok();
        let note = match &value {
            Some(value) if !matches!(value.kind, Kind::Unknown(_)) || !steps.is_empty() => {
                format!("`{}` is {}", place.name, describe(value))
            }
            _ => String::new(),
        };
        // In one call the fault is where its value is written, if that is one place.
        let mut origins = steps.iter().filter(|step| step.is_origin);
        let origin = match (for_every_caller, origins.next(), origins.next()) {
            (false, Some(origin), None) => Some(origin),
            _ => None,
        };
        match origin {
            Some(origin) => {
                let own = Step { location: place.location(), message: note, is_origin: false };
                let before = steps.iter().filter(|step| step.location != origin.location).cloned();
                Fault {
                    location: origin.location,
                    message,
                    note: origin.message.clone(),
                    steps: std::iter::once(own).chain(before).collect(),
                    for_every_caller,
                    fix: None,
                }
            }
            None => Fault { location: place.location(), message, note, steps, for_every_caller, fix: None },
        }
    }

    /// The expression that a condition is about.
    pub(super) fn judged_place(
        &self,
        invariant: &Invariant,
        at: &At<'p>,
        subject: &Subject<'p>,
        rule: Rule<'_>,
    ) -> Option<Place<'p>> {
        for steps in [Some(rule.condition), invariant.filter()].into_iter().flatten().flat_map(references_of) {
            let names: Vec<&str> = steps.iter().map(|step| &**step).collect();
            let found = match names.as_slice() {
                ["attrs", rest @ ..] => subject.place("attrs", rest),
                ["each", "value", rest @ ..] => subject.place("each", rest),
                ["local", name, ..] if invariant.local(name).is_none() => self.local_place(at, name),
                ["output", name, ..] => self.output_place(at, name),
                ["variable", name, ..] | ["var", name, ..] => self.variable_place(at, name),
                ["resource", kind, name, rest @ ..] | [kind, name, rest @ ..] => {
                    self.resource_place(at, kind, name, rest)
                }
                _ => None,
            };
            if found.is_some() {
                return found;
            }
        }
        None
    }

    fn local_place(&self, at: &At<'p>, name: &str) -> Option<Place<'p>> {
        let (source, attribute) = at.instance.module().local(name)?;
        Some(Place { source, expr: attribute.value(), frame: Frame::default(), name: format!("local.{name}") })
    }

    fn output_place(&self, at: &At<'p>, name: &str) -> Option<Place<'p>> {
        let output = at.instance.module().outputs.iter().find(|output| output.name() == name)?;
        Some(Place {
            source: output.source,
            expr: output.value("value")?,
            frame: Frame::default(),
            name: format!("output.{name}"),
        })
    }

    fn variable_place(&self, at: &At<'p>, name: &str) -> Option<Place<'p>> {
        let variable = at.instance.module().variable(name)?;
        let expr = variable.value("default").or_else(|| variable.value("type"))?;
        Some(Place { source: variable.source, expr, frame: Frame::default(), name: format!("var.{name}") })
    }

    fn resource_place(&self, at: &At<'p>, kind: &str, name: &str, rest: &[&str]) -> Option<Place<'p>> {
        let resources = &at.instance.module().resources;
        let resource = resources.iter().find(|known| known.kind == kind && known.name == name)?;
        let (declaration, attribute) = resource.attribute(rest.first()?)?;
        Some(Place {
            source: declaration.source,
            expr: attribute.value(),
            frame: Frame::default(),
            name: attribute.name().to_owned(),
        })
    }
}

/// The references in an expression, in the order of the text.
pub(super) fn references_of(expr: ExprView<'_>) -> Vec<Vec<std::borrow::Cow<'_, str>>> {
    let mut found: Vec<_> = expr
        .walk()
        .filter(|inner| matches!(inner.kind(), ExprKind::GetAttr { .. } | ExprKind::Index { .. }))
        .filter_map(|inner| Some((inner.span(), inner.as_reference()?)))
        .collect();
    // The longest of those that begin at one place comes first.
    found.sort_by_key(|(span, _)| (span.start, std::cmp::Reverse(span.end)));
    found.dedup_by(|(inner, _), (outer, _)| outer.covers(*inner));
    found.into_iter().map(|(_, steps)| steps).collect()
}

/// Attributes of a resource that the condition reads and that are not written.
fn unset(subject: &Subject<'_>, rule: Rule<'_>) -> Vec<Step> {
    let (Written::Resource(resource) | Written::Block(resource, _), Some(attrs)) = (&subject.written, &subject.attrs)
    else {
        return Vec::new();
    };
    let mut found = Vec::new();
    for steps in references_of(rule.condition) {
        let [root, name, ..] = steps.as_slice() else { continue };
        let Kind::Mapping(entries) = &attrs.kind else { continue };
        let Some(value) = entries.get(&**name).filter(|_| root == "attrs") else { continue };
        if resource.attribute(name).is_none() && resource.blocks(name).is_empty() && !value.is_null() {
            let declaration = resource.declaration;
            found.push(Step {
                location: declaration.location(declaration.block.header_span()),
                message: format!("`{name}` is not set: it is {}", describe(value)),
                is_origin: false,
            });
        }
    }
    found
}
