//! Inputs of invariants: their types, their defaults, and the values that a configuration gives them.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::language::Invariant;
use crate::config::{CONFIG_LINT, LintSettings, Literal, Origin};
use crate::diagnostic::{Diagnostic, Location, Severity};
use crate::eval::{Constraint, Doubt, Number, Value, constant};
use crate::syntax::hcl::{BlockView, ExprView};
use crate::terraform::Type;

impl Invariant {
    /// Gives an input its value, converted to its type. Returns whether there is such an input that takes it.
    pub fn set_input(&mut self, name: &str, literal: &Literal) -> bool {
        if !self.inputs.contains_key(name) {
            return false;
        }
        match self.taken(name, literal) {
            Ok(value) => self.inputs.insert(name.into(), value).is_some(),
            Err(_) => false,
        }
    }

    /// What its inputs are where nothing is set.
    pub(super) fn defaults(&self) -> BTreeMap<Arc<str>, Value> {
        let value_of = |block: BlockView<'_>| {
            let default = block.body().value("default").and_then(|expr| constant(expr).ok());
            let default = default.unwrap_or_else(|| Value::null(Type::Any));
            type_of(block).and_then(|ty| ty.apply(&default, &mut Doubt::default()).ok()).unwrap_or(default)
        };
        self.input_blocks().filter_map(|block| Some((Arc::from(&*block.label(0)?), value_of(block)))).collect()
    }

    /// The values in `settings` that its inputs do not take.
    #[must_use]
    pub fn unfit_inputs(&self, settings: &LintSettings) -> Vec<Diagnostic> {
        let entries = settings.inputs.iter().filter(|entry| entry.key.value.0 == self.id.as_str());
        let unfit = entries.flat_map(|entry| &entry.value.value.0).filter_map(|input| {
            // Presets have no mistakes.
            let Origin::File(place) = input.value.origin else { return None };
            self.unfit(&input.key.value, &input.value.value, place)
        });
        unfit.collect()
    }

    fn unfit(&self, name: &str, literal: &Literal, place: Location) -> Option<Diagnostic> {
        let reason = self.taken(name, literal).err()?;
        let written = self.input_block(name)?.body().value("type")?;
        let message = format!("input `{name}` of `{}` cannot take this: {reason}", self.id);
        let made = Diagnostic::new(CONFIG_LINT, Severity::Error, place, message);
        let ty = Constraint::read(written)?.ty;
        Some(match self.source.location(written.span()) {
            Some(declared) => made.label(declared, "its type").help(format!("its type is `{ty}`")),
            None => made.help(format!("its type is `{ty}`; `sprag explain {}` says what it is for", self.id)),
        })
    }

    /// `literal` as a value of the input's type.
    fn taken(&self, name: &str, literal: &Literal) -> Result<Value, String> {
        let value = value_of(literal);
        match self.input_block(name).and_then(type_of) {
            Some(ty) => ty.apply(&value, &mut Doubt::default()),
            None => Ok(value),
        }
    }

    /// What is wrong with how its inputs are declared: the place, what is said and what to do.
    pub(super) fn mistaken_inputs(&self) -> Vec<(ExprView<'_>, String, String)> {
        let mut found = Vec::new();
        for block in self.input_blocks() {
            let (name, written) = (block.label(0).unwrap_or_default(), block.body().value("type"));
            let ty = written.and_then(Constraint::read);
            if let (Some(written), None) = (written, &ty) {
                let help = "write one as a variable has it: `string`, `list(string)`, `object({ ... })`".to_owned();
                found.push((written, format!("the type of input `{name}` is not known"), help));
            }
            let Some(default) = block.body().value("default") else { continue };
            let Ok(value) = constant(default) else {
                let help = "the configuration sets it to literal values".to_owned();
                found.push((default, format!("the default of input `{name}` is not constant"), help));
                continue;
            };
            if let Some(ty) = ty
                && let Err(reason) = ty.apply(&value, &mut Doubt::default())
            {
                let message = format!("the default of input `{name}` does not have its type: {reason}");
                found.push((default, message, format!("its type is `{}`", ty.ty)));
            }
        }
        found
    }

    fn input_blocks(&self) -> impl Iterator<Item = BlockView<'_>> {
        self.body().into_iter().flat_map(|body| body.blocks_of("input"))
    }

    fn input_block(&self, name: &str) -> Option<BlockView<'_>> {
        self.input_blocks().find(|block| block.label(0).as_deref() == Some(name))
    }
}

fn type_of(input: BlockView<'_>) -> Option<Constraint> {
    input.body().value("type").and_then(Constraint::read)
}

fn value_of(literal: &Literal) -> Value {
    match literal {
        Literal::Bool(value) => Value::bool(*value),
        Literal::Number(text) => Number::parse(text).map_or_else(|| Value::null(Type::Number), Value::number),
        Literal::Text(text) => Value::string(text.as_str()),
        Literal::List(all) => Value::tuple(all.iter().map(value_of).collect()),
        Literal::Object(all) => {
            Value::object(all.iter().map(|(name, value)| (Arc::from(name.as_str()), value_of(value))).collect())
        }
    }
}
