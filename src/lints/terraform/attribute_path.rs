//! Steps behind a resource, followed through its schema. Knows no diagnostics.

use std::sync::Arc;

use crate::terraform::schemas::{BlockSchema, Nesting};
use crate::terraform::{Step, Type};

/// Why a step leads nowhere.
#[derive(Debug, PartialEq, Eq)]
pub(super) enum Fault {
    /// There is no such name; there are these.
    Missing(Vec<Arc<str>>),
    /// What the step before named (its name) is a list, or a set (true), and has no names.
    NeedsIndex(String, bool),
}

enum At<'s> {
    Block(&'s BlockSchema),
    Type(&'s Type),
}

/// The first step that leads nowhere; nothing where all may lead somewhere.
pub(super) fn follow(schema: &BlockSchema, steps: &[Step<'_>]) -> Option<(usize, Fault)> {
    let mut at = At::Block(schema);
    let mut named = "";
    let mut steps = steps.iter().enumerate().peekable();
    while let Some((number, step)) = steps.next() {
        at = match (at, step) {
            (At::Block(block), Step::Name(name, _)) => {
                named = name;
                match (block.attributes.get(*name), block.blocks.get(*name)) {
                    (Some(attribute), _) => At::Type(&attribute.ty),
                    (None, Some(nested)) => match (nested.nesting, steps.peek()) {
                        (Nesting::Single | Nesting::Group, _) => At::Block(&nested.block),
                        (Nesting::Map, _) => return None,
                        (Nesting::List | Nesting::Set, Some((next, Step::Name(..)))) => {
                            return Some((
                                *next,
                                Fault::NeedsIndex((*name).to_owned(), nested.nesting == Nesting::Set),
                            ));
                        }
                        (Nesting::List | Nesting::Set, _) => {
                            steps.next();
                            At::Block(&nested.block)
                        }
                    },
                    (None, None) => {
                        let known = block.attributes.keys().chain(block.blocks.keys());
                        return Some((number, Fault::Missing(known.map(Arc::clone).collect())));
                    }
                }
            }
            (At::Block(_), _) => return None,
            (At::Type(ty), Step::Name(name, _)) => match ty {
                Type::Object(object) => match object.attributes.get(*name) {
                    Some(attribute) => At::Type(&attribute.ty),
                    None => return Some((number, Fault::Missing(object.attributes.keys().map(Arc::clone).collect()))),
                },
                Type::Map(element) => At::Type(element),
                Type::List(_) | Type::Set(_) => {
                    return Some((number, Fault::NeedsIndex(named.to_owned(), matches!(ty, Type::Set(_)))));
                }
                _ => return None,
            },
            (At::Type(ty), Step::Index(_)) => match ty {
                Type::List(element) | Type::Map(element) => At::Type(element),
                _ => return None,
            },
            (At::Type(ty), Step::Splat) => match ty {
                Type::List(element) | Type::Set(element) => At::Type(element),
                _ => return None,
            },
        };
    }
    None
}
