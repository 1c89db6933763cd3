//! The bodies of resources: what is written, and what the schema says of the rest.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::frame::{Frame, any_pair, known_frames};
use super::instance::Instance;
use super::unset::{Address, Name, block_list_type, block_type, unset_value};
use super::written::Bodies;
use crate::diagnostic::Location;
use crate::eval::convert::{Doubt, convert, without_optional};
use crate::eval::expression::unknown;
use crate::eval::join::{join, join_all};
use crate::eval::marks::Marks;
use crate::eval::range::Length;
use crate::eval::refinement::{Cause, Form, Refinement};
use crate::eval::value::Value;
use crate::syntax::hcl::{BlockView, ExprView};
use crate::terraform::schemas::{AttributeSchema, BlockSchema, Members, NestedBlockSchema, Nesting};
use crate::terraform::{Resource, Source, Type};

/// Arguments and blocks of a resource that are Terraform's own.
const META: &[&str] =
    &["count", "for_each", "provider", "depends_on", "lifecycle", "connection", "provisioner", "dynamic", "timeouts"];

/// Names of attributes and blocks that are asked for; nothing where all are.
pub type Wanted<'w> = Option<&'w [&'w str]>;

fn is_wanted(wanted: Wanted<'_>, name: &str) -> bool {
    wanted.is_none_or(|names| names.contains(&name))
}

/// One instance of a resource, or what stands for all.
#[derive(Clone)]
pub struct ResourceBody<'p> {
    /// All attributes and blocks as one object.
    pub value: Value,
    /// The nested blocks at its top, in order.
    pub elements: Vec<Element<'p>>,
    /// What its expressions see.
    pub frame: Frame,
}

/// One nested block, or what stands for all that a `dynamic` block makes.
#[derive(Clone)]
pub struct Element<'p> {
    /// The kind of block.
    pub kind: Arc<str>,
    /// Its place among the blocks of its kind.
    pub number: usize,
    /// Its attributes and blocks as one object.
    pub value: Value,
    /// The file.
    pub source: &'p Source,
    /// What is written: the block, `content` of a `dynamic` block, or an object.
    pub content: Content<'p>,
    /// Where it begins.
    pub location: Location,
    /// What its expressions see.
    pub frame: Frame,
    /// Whether it stands for a number of blocks that is not known.
    pub is_symbolic: bool,
}

/// How a nested block is written.
#[derive(Clone, Copy)]
pub enum Content<'p> {
    /// As a block, or the `content` of a `dynamic` block.
    Block(BlockView<'p>),
    /// As an object in the value of an argument, which is the only way in JSON.
    Object(ExprView<'p>),
}

impl<'p> Content<'p> {
    /// The expression of an argument.
    #[must_use]
    pub fn value(self, name: &str) -> Option<ExprView<'p>> {
        match self {
            Self::Block(block) => block.body().value(name),
            Self::Object(object) => {
                let mut entries = object.entries()?.into_iter();
                entries.find(|(key, _)| key.as_key().as_deref() == Some(name)).map(|(_, value)| value)
            }
        }
    }
}

impl<'p> Instance<'p> {
    /// What one instance of a resource is: all of it, or only the attributes and blocks called as `wanted` says.
    #[must_use]
    pub fn resource_body(&self, resource: &Resource<'p>, frame: &Frame, wanted: Wanted<'_>) -> ResourceBody<'p> {
        let bodies = Bodies::of(resource);
        let schema = self.module().schema_of(resource).map(|(schema, _)| schema);
        let name: &Name<'_> = &|out| out.write_str(&resource.address());
        let address = Address::root(name);
        let mut elements = Vec::new();
        let value = match schema {
            Some(schema) => self.with_schema(&bodies, schema, frame, &address, Some((&mut elements, wanted))),
            None => {
                let cause = Cause::NoSchema(Arc::from(&*resource.kind));
                let types = self.module().schema_of_foreign_release(resource);
                open(self.without_schema((&bodies, types), frame, &cause, (&mut elements, wanted)), cause)
            }
        };
        ResourceBody { value, elements, frame: frame.clone() }
    }

    /// The blocks that are written at the top of a resource, each with what its expressions see, but without its value;
    /// those of kinds that `is_wanted` says.
    #[must_use]
    pub fn blocks_of(
        &self,
        resource: &Resource<'p>,
        frame: &Frame,
        is_wanted: &dyn Fn(&str) -> bool,
    ) -> Vec<Element<'p>> {
        self.without_values(&Bodies::of(resource), frame, is_wanted)
    }

    /// The same of blocks in a nested block.
    #[must_use]
    pub fn blocks_in(&self, element: &Element<'p>, is_wanted: &dyn Fn(&str) -> bool) -> Vec<Element<'p>> {
        let Content::Block(block) = element.content else { return Vec::new() };
        self.without_values(&Bodies::one(element.source, block.body()), &element.frame, is_wanted)
    }

    fn without_values(&self, bodies: &Bodies<'p>, frame: &Frame, is_wanted: &dyn Fn(&str) -> bool) -> Vec<Element<'p>> {
        let kinds = bodies.kinds().into_iter().filter(|kind| is_wanted(kind));
        kinds.flat_map(|kind| self.elements(bodies, &kind, frame, &mut |_, _| unknown(&Cause::Expression))).collect()
    }

    fn expression(&self, frame: &Frame, expr: ExprView<'_>) -> Value {
        self.eval(frame, expr).0.unwrap_or_else(|_| unknown(&Cause::Expression)).unnamed_unless_plain(expr)
    }

    /// What is written. `types` are those of another release of the provider: what fits has them, and what may be null may
    /// have a default there.
    fn without_schema(
        &self,
        (bodies, types): (&Bodies<'p>, Option<&BlockSchema>),
        frame: &Frame,
        cause: &Cause,
        (elements, wanted): (&mut Vec<Element<'p>>, Wanted<'_>),
    ) -> BTreeMap<Arc<str>, Value> {
        let mut entries = BTreeMap::new();
        for name in bodies.names().into_iter().filter(|name| !META.contains(name) && is_wanted(wanted, name)) {
            if let Some(expr) = bodies.value(name) {
                let value = self.expression(frame, expr);
                if types.is_some() && (value.nullable || value.not_null().is_none()) {
                    continue;
                }
                let ty = types.and_then(|types| types.attributes.get(name)).map(|attribute| &attribute.ty);
                let typed = ty.and_then(|ty| convert(&value, ty, &mut Doubt::default()).ok());
                entries.insert(Arc::from(name), typed.unwrap_or(value));
            }
        }
        let nothing = BlockSchema::default();
        let is_own = |kind: &String| !META.contains(&kind.as_str()) && is_wanted(wanted, kind);
        for kind in bodies.kinds().into_iter().filter(is_own) {
            let found = self.elements(bodies, &kind, frame, &mut |body, frame| {
                let nested =
                    types.map(|types| types.blocks.get(kind.as_str()).map_or(&nothing, |nested| &*nested.block));
                open(self.without_schema((body, nested), frame, cause, (&mut Vec::new(), None)), cause.clone())
            });
            entries.insert(Arc::from(kind.as_str()), list_of(&found, &Type::Any));
            elements.extend(found);
        }
        entries
    }

    fn with_schema(
        &self,
        bodies: &Bodies<'p>,
        schema: &BlockSchema,
        frame: &Frame,
        address: &Address<'_>,
        top: Option<(&mut Vec<Element<'p>>, Wanted<'_>)>,
    ) -> Value {
        let (mut elements, wanted) = match top {
            Some((elements, wanted)) => (Some(elements), wanted),
            None => (None, None),
        };
        let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
        for (name, attribute) in picked(&schema.attributes, wanted) {
            let written = bodies.value(name);
            let as_blocks = attribute.members.as_ref().filter(|_| written.is_none() && attribute.may_be_blocks());
            let value = match as_blocks {
                Some(members) if !bodies.blocks(name).is_empty() => {
                    let found = self.elements(bodies, name, frame, &mut |body, frame| {
                        self.members(body, members, frame, &address.of(&|out| out.write_str(name)))
                    });
                    let value = list_of(&found, &attribute.ty.element().map_or(Type::Any, without_optional));
                    if let Some(elements) = elements.as_deref_mut() {
                        elements.extend(found);
                    }
                    value
                }
                _ => self.attribute_value(written, attribute, frame, &address.of(&|out| out.write_str(name))),
            };
            entries.insert(Arc::clone(name), value);
        }
        for (kind, nested) in picked(&schema.blocks, wanted) {
            let (value, found) = self.nested(bodies, kind, nested, frame, address);
            entries.insert(Arc::clone(kind), value);
            if let Some(elements) = elements.as_deref_mut() {
                elements.extend(found);
            }
        }
        object_of(entries, if wanted.is_none() { Some(block_type(schema)) } else { None })
    }

    fn members(&self, bodies: &Bodies<'p>, members: &Members, frame: &Frame, address: &Address<'_>) -> Value {
        let entries = members.attributes.iter().map(|(name, attribute)| {
            let place: &Name<'_> = &|out| out.write_str(name);
            let value = self.attribute_value(bodies.value(name), attribute, frame, &address.of(place));
            (Arc::clone(name), value)
        });
        Value::object(entries.collect())
    }

    /// An attribute as it is planned: null in the configuration is the same as nothing.
    fn attribute_value(
        &self,
        written: Option<ExprView<'p>>,
        attribute: &AttributeSchema,
        frame: &Frame,
        address: &Address<'_>,
    ) -> Value {
        let marks = if attribute.is_sensitive { Marks::SENSITIVE } else { Marks::NONE };
        let unset = || unset_value(attribute, address);
        let Some(expr) = written else { return unset().marked(marks) };
        let value = self.expression(frame, expr);
        let converted = convert(&value, &attribute.ty, &mut Doubt::default());
        let converted = converted.unwrap_or_else(|_| Value::any(&without_optional(&attribute.ty), &Cause::Expression));
        let symbol = if converted.ty == value.ty { value.symbol.clone() } else { None };
        let converted = Value { symbol, ..converted };
        let planned = match converted.not_null() {
            None => unset().marked(converted.marks),
            Some(present) if converted.nullable => join(&present, &unset()),
            Some(_) => converted,
        };
        planned.marked(marks)
    }

    fn nested(
        &self,
        bodies: &Bodies<'p>,
        kind: &str,
        nested: &NestedBlockSchema,
        frame: &Frame,
        address: &Address<'_>,
    ) -> (Value, Vec<Element<'p>>) {
        let name: &Name<'_> = &|out| out.write_str(kind);
        let inner_address = address.of(name);
        // In JSON, and where it is written as an argument, a value of objects.
        if let Some((source, expr)) = bodies.place(kind) {
            if let Some(found) = self.objects((source, expr), kind, nested, frame, &inner_address) {
                let list = list_of(&found, block_type(&nested.block));
                let value = convert(&list, &block_list_type(nested), &mut Doubt::default());
                let only = found.first().map(|one| one.value.clone());
                let is_single = matches!(nested.nesting, Nesting::Single | Nesting::Group);
                let value = if is_single { only.unwrap_or(list) } else { value.unwrap_or(list) };
                return (value, found);
            }
            let ty = block_list_type(nested);
            let value = self.expression(frame, expr);
            let single = convert(&Value::tuple(vec![value.clone()]), &ty, &mut Doubt::default());
            let many = convert(&value, &ty, &mut Doubt::default());
            let value = many.or(single).unwrap_or_else(|_| Value::some(&ty, &Cause::Expression));
            return (value, Vec::new());
        }
        let found = self.elements(bodies, kind, frame, &mut |body, frame| {
            self.with_schema(body, &nested.block, frame, &inner_address, None)
        });
        let element = block_type(&nested.block);
        let value = match nested.nesting {
            _ if found.is_empty() && nested.is_computed => {
                Value::any(&block_list_type(nested), &inner_address.computed())
            }
            Nesting::List => list_of(&found, element),
            Nesting::Set => {
                let list = list_of(&found, element);
                convert(&list, &Type::set(element.clone()), &mut Doubt::default()).unwrap_or(list)
            }
            Nesting::Single | Nesting::Group => match found.as_slice() {
                [] => Value::null(element.clone()),
                [one] if !one.is_symbolic => one.value.clone(),
                all => {
                    join_all(all.iter().map(|one| &one.value)).unwrap_or_else(|| Value::null(element.clone())).or_null()
                }
            },
            Nesting::Map => Value::some(&Type::map(element.clone()), &Cause::Expression),
        };
        (value, found)
    }

    /// Blocks that are written as an object or a list of objects; nothing where they are another kind of expression.
    fn objects(
        &self,
        (source, expr): (&'p Source, ExprView<'p>),
        kind: &str,
        nested: &NestedBlockSchema,
        frame: &Frame,
        address: &Address<'_>,
    ) -> Option<Vec<Element<'p>>> {
        let all = expr.elements().unwrap_or_else(|| vec![expr]);
        let elements = all.into_iter().enumerate().map(|(number, object)| {
            object.entries()?;
            let content = Content::Object(object.unparenthesised());
            let mut entries: BTreeMap<Arc<str>, Value> = BTreeMap::new();
            for (name, attribute) in &nested.block.attributes {
                let place: &Name<'_> = &|out| out.write_str(name);
                let value = self.attribute_value(content.value(name), attribute, frame, &address.of(place));
                entries.insert(Arc::clone(name), value);
            }
            for (name, inner) in &nested.block.blocks {
                let place: &Name<'_> = &|out| out.write_str(name);
                let address = address.of(place);
                let written = content.value(name);
                let found = match written {
                    Some(written) => self.objects((source, written), name, inner, frame, &address)?,
                    None => Vec::new(),
                };
                let ty = block_list_type(inner);
                let list = list_of(&found, block_type(&inner.block));
                let value = match inner.nesting {
                    _ if written.is_none() && inner.is_computed => Value::any(&ty, &address.computed()),
                    Nesting::Single | Nesting::Group => {
                        found.first().map_or_else(|| Value::null(ty), |one| one.value.clone())
                    }
                    _ => convert(&list, &ty, &mut Doubt::default()).unwrap_or(list),
                };
                entries.insert(Arc::clone(name), value);
            }
            Some(Element {
                kind: Arc::from(kind),
                number,
                value: Value::object(entries),
                source,
                content,
                location: source.location(object.span()),
                frame: frame.clone(),
                is_symbolic: false,
            })
        });
        elements.collect()
    }

    /// The blocks of one kind, each evaluated by `make`.
    fn elements(
        &self,
        bodies: &Bodies<'p>,
        kind: &str,
        frame: &Frame,
        make: &mut dyn FnMut(&Bodies<'p>, &Frame) -> Value,
    ) -> Vec<Element<'p>> {
        let mut found: Vec<Element<'p>> = Vec::new();
        for (source, block, dynamic) in bodies.blocks(kind) {
            let frames = match dynamic {
                None => vec![(frame.clone(), false)],
                Some(dynamic) => self.iterations(dynamic, kind, frame),
            };
            let header = dynamic.unwrap_or(block).header_span();
            for (frame, is_symbolic) in frames {
                found.push(Element {
                    kind: Arc::from(kind),
                    number: found.len(),
                    value: make(&Bodies::one(source, block.body()), &frame),
                    source,
                    content: Content::Block(block),
                    location: source.location(header),
                    frame,
                    is_symbolic,
                });
            }
        }
        found
    }

    /// What the content of a `dynamic` block sees: once for each element, or once for all.
    fn iterations(&self, dynamic: BlockView<'p>, kind: &str, frame: &Frame) -> Vec<(Frame, bool)> {
        let body = dynamic.body();
        let name: Arc<str> = body.value("iterator").and_then(ExprView::as_keyword).unwrap_or(kind).into();
        let Some(for_each) = body.value("for_each") else { return Vec::new() };
        let collection = self.expression(frame, for_each);
        let collection = collection.not_null().unwrap_or(collection);
        let with = |key: Value, value: Value| {
            let iterator = Value::object(BTreeMap::from([(Arc::from("key"), key), (Arc::from("value"), value)]));
            let mut inner = frame.clone();
            inner.iterators.push((Arc::clone(&name), iterator));
            inner
        };
        if let Some(elements) = collection.as_sequence().filter(|elements| elements.len() <= 64) {
            let is_set = matches!(collection.ty, Type::Set(_));
            return elements
                .iter()
                .enumerate()
                .map(|(at, one)| (with(if is_set { one.clone() } else { Value::count(at) }, one.clone()), false))
                .collect();
        }
        if let Some(frames) = known_frames(&collection) {
            return frames
                .into_iter()
                .filter_map(|known| known.each)
                .map(|(key, value)| (with(key, value), false))
                .collect();
        }
        if collection.length().max == Some(0) {
            return Vec::new();
        }
        let (key, value) = any_pair(&collection);
        vec![(with(key, value), true)]
    }
}

impl Value {
    /// A value that is just passed on keeps its name; one that was computed has none.
    fn unnamed_unless_plain(self, expr: ExprView<'_>) -> Self {
        if expr.as_reference().is_some() { self } else { self.unnamed() }
    }
}

/// The entries that are wanted.
fn picked<'s, T>(all: &'s BTreeMap<Arc<str>, T>, wanted: Wanted<'_>) -> Vec<(&'s Arc<str>, &'s T)> {
    match wanted {
        None => all.iter().collect(),
        Some(names) => names.iter().filter_map(|name| all.get_key_value(*name)).collect(),
    }
}

/// An object that has the type `expected` if its entries say so; working out a type takes longer than comparing one.
fn object_of(entries: BTreeMap<Arc<str>, Value>, expected: Option<&Type>) -> Value {
    if let Some(ty @ Type::Object(object)) = expected
        && object.attributes.len() == entries.len()
        && object.attributes.iter().zip(&entries).all(|(one, other)| one.0 == other.0 && one.1.ty == other.1.ty)
    {
        return Value::object_of_type(ty.clone(), entries);
    }
    Value::object(entries)
}

/// A body of which no more is known than what is written.
fn open(entries: BTreeMap<Arc<str>, Value>, cause: Cause) -> Value {
    let mut refinement = Refinement::new(cause);
    refinement.form = Form::Mapping;
    refinement.length = Length { min: entries.len() as u64, max: None };
    refinement.entries = entries;
    Value::unknown(Type::Any, refinement)
}

/// Blocks as a list. Nothing in `ty` is optional.
fn list_of(elements: &[Element<'_>], ty: &Type) -> Value {
    let typed = |value: &Value| convert(value, ty, &mut Doubt::default()).unwrap_or_else(|_| value.clone());
    if elements.iter().all(|element| !element.is_symbolic) {
        let all: Vec<Value> = elements.iter().map(|element| typed(&element.value)).collect();
        return if *ty == Type::Any { Value::tuple(all) } else { Value::list(ty.clone(), all) };
    }
    let sure = elements.iter().filter(|element| !element.is_symbolic);
    let mut refinement = Refinement::new(Cause::Instance("dynamic blocks".into()));
    refinement.form = Form::Sequence;
    refinement.length = Length { min: sure.clone().count() as u64, max: None };
    refinement.contains = sure.map(|element| typed(&element.value)).collect();
    refinement.element = join_all(elements.iter().map(|element| typed(&element.value)).collect::<Vec<_>>().iter());
    let ty = if *ty == Type::Any { Type::Any } else { Type::list(ty.clone()) };
    Value::unknown(ty, refinement)
}
