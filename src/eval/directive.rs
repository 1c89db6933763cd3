//! Templates and their directives.

use super::expression::Evaluator;
use super::join::join;
use super::loops::pairs;
use super::marks::Marks;
use super::operators::operand;
use super::refinement::Cause;
use super::scope::{Evaluated, Failure};
use super::template::Builder;
use super::text::Piece;
use super::value::Value;
use crate::syntax::hcl::{ExprKind, ExprView, List};
use crate::terraform::Type;

impl Evaluator<'_> {
    pub(super) fn template(&mut self, expr: ExprView<'_>, parts: List, heredoc: bool) -> Evaluated {
        let all: Vec<ExprView<'_>> = expr.list(parts).collect();
        // `"${x}"` is x itself.
        if let ([only], false) = (all.as_slice(), heredoc)
            && let ExprKind::Interpolation(inner) = only.kind()
        {
            return self.eval(expr.document().expression(inner));
        }
        let mut text = Builder::default();
        self.template_parts(&all, &mut text)?;
        Ok(text.finish())
    }

    pub(super) fn template_parts(&mut self, parts: &[ExprView<'_>], out: &mut Builder) -> Result<(), Failure> {
        for part in parts {
            self.template_part(*part, out)?;
        }
        Ok(())
    }

    fn template_part(&mut self, part: ExprView<'_>, out: &mut Builder) -> Result<(), Failure> {
        let document = part.document();
        match part.kind() {
            ExprKind::Literal { .. } => out.push(Piece::Literal(part.literal_text().unwrap_or_default().into())),
            ExprKind::Interpolation(inner) => {
                let inner = document.expression(inner);
                let value = self.eval(inner)?;
                out.push_value(&value, &mut self.doubt).map_err(|message| Failure::new(message, inner.span()))?;
            }
            ExprKind::IfDirective(_) => self.if_directive(part, out)?,
            ExprKind::ForDirective(_) => self.for_directive(part, out)?,
            _ => {
                self.doubt.raise();
                out.push_unknown(Cause::Expression);
            }
        }
        Ok(())
    }

    fn if_directive(&mut self, part: ExprView<'_>, out: &mut Builder) -> Result<(), Failure> {
        let Some(directive) = part.as_if_directive() else { return Ok(()) };
        let document = part.document();
        let condition = document.expression(directive.condition);
        let value = self.eval(condition)?;
        let decided =
            operand(&value, &Type::Bool, &mut self.doubt).map_err(|message| Failure::new(message, condition.span()))?;
        out.mark(decided.marks.without(Marks::ALWAYS_UNSTABLE));
        let branches = [part.list(directive.yes).collect::<Vec<_>>(), part.list(directive.no).collect()];
        if let Some(answer) = decided.as_bool() {
            return self.template_parts(&branches[usize::from(!answer)], out);
        }
        let mut joined: Option<Value> = None;
        for (truth, branch) in [(true, &branches[0]), (false, &branches[1])] {
            let Some(facts) = self.assume(condition, truth) else { continue };
            let (text, may_fail) = self.assuming(facts, |evaluator| {
                evaluator.isolated(|inner| {
                    let mut text = Builder::default();
                    inner.template_parts(branch, &mut text).map(|()| text.finish())
                })
            });
            match text {
                Ok(text) => {
                    if may_fail {
                        self.doubt.raise();
                    }
                    joined = Some(joined.map_or_else(|| text.clone(), |before| join(&before, &text)));
                }
                Err(_) => self.doubt.raise(),
            }
        }
        let joined = joined.ok_or_else(|| Failure::new("both branches fail", part.span()))?;
        out.push_value(&joined, &mut self.doubt).map_err(|message| Failure::new(message, part.span()))
    }

    fn for_directive(&mut self, part: ExprView<'_>, out: &mut Builder) -> Result<(), Failure> {
        let Some(directive) = part.as_for_directive() else { return Ok(()) };
        let document = part.document();
        let place = document.expression(directive.collection);
        let collection = self.eval(place)?;
        let body: Vec<ExprView<'_>> = part.list(directive.body).collect();
        let key_name = directive.key.map(|span| document.slice(span));
        let value_name = document.slice(directive.value);
        if collection.is_null() {
            return Err(Failure::new("null cannot be walked through", place.span()));
        }
        out.mark(collection.all_marks());
        if let Some(pairs) = pairs(&collection) {
            for (key, value) in pairs {
                if !self.has_steps_left() {
                    out.push_unknown(Cause::TooLarge);
                    self.doubt.raise();
                    return Ok(());
                }
                self.with_pair(key_name, value_name, key, value, |evaluator| evaluator.template_parts(&body, out))?;
            }
            return Ok(());
        }
        // How often is not known.
        self.doubt.raise();
        out.push_unknown(collection.reason());
        Ok(())
    }
}
