//! Our side: a module from text, its variables and the expressions in its output.

use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::sync::Arc;

use sprag::diagnostic::FileId;
use sprag::eval::module::{Frame, Inputs, Instance, Node, Program};
use sprag::eval::{Evaluated, NoSources, ShortCircuit, Value};
use sprag::syntax::hcl::ExprView;
use sprag::terraform::{Module, Role, Source};

/// The values of variables in a context.
pub enum Context<'c> {
    /// Anybody may call.
    Anybody,
    /// Some are given, as expressions.
    Given(BTreeMap<&'c str, &'c str>),
    /// What is given is all that is passed.
    Call(BTreeMap<&'c str, &'c str>),
}

/// Parses one file.
pub fn parse(text: &str) -> Vec<Source> {
    let source = Source::parse(FileId(0), "main.tf".to_owned(), Role::Configuration, text.as_bytes().to_vec());
    assert!(!source.is_broken(), "{:?} in\n{text}", source.errors);
    vec![source]
}

/// The value of an expression without references.
pub fn constant(text: &str) -> Value {
    let sources = parse(&format!("locals {{\n  x = {text}\n}}\n"));
    let module = Module::new(".", &sources);
    sprag::eval::constant(module.locals[0].1.value()).unwrap_or_else(|failure| panic!("{text}: {}", failure.message))
}

/// Runs `inner` with the module `text` in a context.
pub fn with_module<T>(
    text: &str,
    short_circuit: ShortCircuit,
    context: &Context<'_>,
    inner: impl FnOnce(&Instance<'_>) -> T,
) -> T {
    let sources = parse(text);
    let module = Module::new(".", &sources);
    let nodes = [Node {
        module: &module,
        path: ".",
        sources: &NoSources,
        calls: HashMap::new(),
        short_circuit,
        is_root: false,
    }];
    let program = Program::new(&nodes);
    let values =
        |all: &BTreeMap<&str, &str>| all.iter().map(|(name, text)| (Arc::from(*name), constant(text))).collect();
    let inputs = match context {
        Context::Anybody => Inputs::Anybody,
        Context::Given(given) => Inputs::Given(values(given)),
        Context::Call(given) => Inputs::Call(values(given)),
    };
    let instance: Rc<Instance<'_>> = Instance::new(&program, 0, inputs);
    inner(&instance)
}

/// The results of all `try({ v = … }, "failure")` in the module's only output, by name.
pub fn results(instance: &Instance<'_>) -> BTreeMap<String, (Evaluated, bool)> {
    let output = instance.module().outputs[0];
    let entries = output.value("value").unwrap().entries().unwrap();
    let wrapped = |value: ExprView<'_>| {
        let (_, arguments) = value.as_call().unwrap();
        let (_, inner) = arguments[0].entries().unwrap()[0];
        let frame = Frame::default();
        let (result, may_fail) = instance.eval(&frame, inner);
        (result, may_fail)
    };
    entries.into_iter().map(|(key, value)| (key.as_key().unwrap().into_owned(), wrapped(value))).collect()
}
