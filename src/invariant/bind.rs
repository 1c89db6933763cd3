//! What an invariant judges in a module: resources and their blocks, calls, the module itself.

use std::rc::Rc;
use std::sync::Arc;

use super::decide::Judge;
use super::language::Invariant;
use super::overlay::InvariantScope;
use super::subject::{Subject, Written};
use crate::config::InvariantKind;
use crate::eval::module::{Frame, Instance, ResourceBody};
use crate::eval::{Kind, Value};
use crate::syntax::hcl::ExprView;
use crate::terraform::{ResourceMode, Type};

impl<'p> Judge<'_, 'p> {
    /// What an invariant judges in a module; of resources only the one that is named by its number, if one is.
    pub(super) fn subjects(
        &self,
        invariant: &Invariant,
        instance: &Rc<Instance<'p>>,
        only: Option<(usize, usize)>,
    ) -> Vec<Subject<'p>> {
        let module = instance.module();
        match invariant.kind {
            InvariantKind::Module => {
                let Some(location) = module.first_block() else { return Vec::new() };
                vec![Subject {
                    address: instance.node().path.to_owned(),
                    attrs: None,
                    each: None,
                    resource: None,
                    location,
                    frame: Frame::default(),
                    written: Written::Module,
                }]
            }
            InvariantKind::Call => {
                let calls = module.calls.iter().filter(|call| {
                    let source = call.value("source").and_then(ExprView::as_string).unwrap_or_default();
                    let target = instance.call_target(call).map(|target| self.contexts.program().nodes[target].path);
                    invariant.binds(&source) || target.is_some_and(|path| invariant.binds(path))
                });
                let subject = |call: &crate::terraform::Declaration<'p>, frame: &Frame| Subject {
                    address: format!("module.{}{}", call.name(), frame.key),
                    attrs: Some(Value::object(instance.arguments(call, frame))),
                    each: None,
                    resource: None,
                    location: call.location(call.block.header_span()),
                    frame: frame.clone(),
                    written: Written::Call(*call),
                };
                calls
                    .flat_map(|call| {
                        let repetition = instance.call_repetition(call);
                        repetition.frames().into_iter().map(|frame| subject(call, frame)).collect::<Vec<_>>()
                    })
                    .collect()
            }
            InvariantKind::Resource | InvariantKind::Data => {
                let mode =
                    if invariant.kind == InvariantKind::Data { ResourceMode::Data } else { ResourceMode::Managed };
                let mut found = Vec::new();
                for (number, resource) in module.resources.iter().enumerate() {
                    let is_asked_for = only.is_none_or(|(only, _)| only == number);
                    if !is_asked_for || resource.mode != mode || !invariant.binds(&resource.kind) {
                        continue;
                    }
                    let wanted: Option<Vec<&str>> =
                        invariant.attributes().map(|names| names.iter().map(String::as_str).collect());
                    let bodies = instance.resource_bodies(number, wanted.as_deref());
                    for (at, body) in bodies.iter().enumerate() {
                        let whole = Subject {
                            address: format!("{}{}", resource.address(), body.frame.key),
                            attrs: Some(body.value.clone()),
                            each: None,
                            resource: Some((number, at)),
                            location: resource.declaration.location(resource.declaration.block.header_span()),
                            frame: body.frame.clone(),
                            written: Written::Resource(resource),
                        };
                        self.elements(invariant, instance, whole, body, &mut found);
                    }
                }
                found
            }
        }
    }

    /// One subject for each element of `for_each`, or the whole without one.
    pub(super) fn elements(
        &self,
        invariant: &Invariant,
        instance: &Rc<Instance<'p>>,
        whole: Subject<'p>,
        body: &ResourceBody<'p>,
        found: &mut Vec<Subject<'p>>,
    ) {
        let Some(for_each) = invariant.for_each() else {
            found.push(whole);
            return;
        };
        let element = |key: Value, value: Value, shown: &str| Subject {
            address: format!("{}{shown}", whole.address),
            attrs: whole.attrs.clone(),
            each: Some((key, value)),
            resource: whole.resource,
            location: whole.location,
            frame: whole.frame.clone(),
            written: whole.written.clone(),
        };
        // Blocks of one kind bring their places with them.
        let steps = for_each.as_reference().unwrap_or_default();
        if let ([root, kind], Written::Resource(resource)) = (steps.as_slice(), &whole.written)
            && root == "attrs"
        {
            let blocks: Vec<_> = body.elements.iter().filter(|block| *block.kind == **kind).collect();
            if !blocks.is_empty() {
                for block in blocks {
                    let shown = format!(
                        ".{kind}[{}]",
                        if block.is_symbolic { "*".to_owned() } else { block.number.to_string() }
                    );
                    let mut made = element(Value::count(block.number), block.value.clone(), &shown);
                    made.location = block.location;
                    made.written = Written::Block(resource, Box::new(block.clone()));
                    found.push(made);
                }
                return;
            }
        }
        let scope = InvariantScope { invariant, instance, subject: &whole };
        let Ok(collection) = scope.with_evaluator(|evaluator| evaluator.eval(for_each)) else { return };
        let within: String = match steps.split_first() {
            Some((root, names)) if root == "attrs" => names.iter().map(|name| format!(".{name}")).collect(),
            _ => String::new(),
        };
        // Elements are as sensitive as the whole.
        let mut add = |key: Value, value: Value, shown: String| {
            found.push(element(key, value.marked(collection.marks), &format!("{within}{shown}")));
        };
        match &collection.kind {
            Kind::Null => {}
            Kind::Sequence(all) => {
                for (at, one) in all.iter().enumerate() {
                    add(Value::count(at), one.clone(), format!("[{at}]"));
                }
            }
            Kind::Mapping(all) => {
                for (name, one) in all.iter() {
                    add(Value::string(Arc::clone(name)), one.clone(), format!("[{name:?}]"));
                }
            }
            _ if collection.length().max == Some(0) => {}
            _ => {
                let value = collection.element().unwrap_or_else(|| Value::any(&Type::Any, &collection.reason()));
                add(Value::any(&Type::Any, &collection.reason()), value, "[*]".to_owned());
            }
        }
    }
}
