//! Random variables, what is passed to them, and typed expressions over them: mostly right, sometimes not.

use std::collections::BTreeMap;

use sprag::terraform::Type;

use super::random::Random;

/// Constraints of variables as they are written.
const CONSTRAINTS: &[&str] = &[
    "string",
    "string",
    "number",
    "number",
    "bool",
    "any",
    "list(string)",
    "list(string)",
    "set(string)",
    "map(string)",
    "list(number)",
    "set(number)",
    "map(number)",
    "list(bool)",
    "list(list(string))",
    "map(list(string))",
    "set(list(string))",
    "list(any)",
    "map(any)",
    "tuple([string, number])",
    "object({ a = string, b = number })",
    "object({ a = string, b = optional(number) })",
    "object({ a = optional(string, \"d\"), b = optional(number, 8), c = optional(list(string), [\"t\"]) })",
    "object({ a = optional(object({ b = optional(string, \"in\"), c = optional(bool) }), {}) })",
    "list(object({ a = string, b = optional(number, 1) }))",
    "list(object({ a = string, b = optional(string) }))",
    "map(object({ a = optional(string), b = optional(bool, true) }))",
    "set(object({ a = string, b = number }))",
    "map(object({ a = optional(map(string), { k = \"v\" }), b = any }))",
];

pub const TEXTS: &[&str] = &[
    "\"\"",
    "\"a\"",
    "\"b\"",
    "\"ab\"",
    "\"abc\"",
    "\"b-1\"",
    "\"x\"",
    "\"1\"",
    "\"10\"",
    "\"01\"",
    "\"1.0\"",
    "\"true\"",
    "\"false\"",
    "\"A\"",
    "\" a \"",
    "\"é\"",
    "\"e\u{301}\"",
    "\"1G\"",
    "\"line\\nbreak\"",
    "\"$${a}\"",
    "\"-1\"",
    "\"a\\\"b\"",
];

pub const NUMBERS: &[&str] = &["0", "1", "2", "3", "-1", "10", "64", "1.5", "0.1", "100", "1e21", "-0", "2.50"];

/// A variable.
#[derive(Clone, Debug)]
pub struct Variable {
    pub name: String,
    pub constraint: &'static str,
    pub ty: Type,
    pub nullable: bool,
    pub default: Option<String>,
}

impl Variable {
    /// Its block, with these conditions.
    pub fn text(&self, conditions: &[String]) -> String {
        let mut text = format!("variable \"{}\" {{\n  type = {}\n", self.name, self.constraint);
        if !self.nullable {
            text.push_str("  nullable = false\n");
        }
        if let Some(default) = &self.default {
            text.push_str(&format!("  default = {default}\n"));
        }
        for condition in conditions {
            text.push_str(&format!(
                "  validation {{\n    condition = {condition}\n    error_message = \"no.\"\n  }}\n"
            ));
        }
        text + "}\n"
    }
}

/// The type that a constraint says.
pub fn type_of(constraint: &str) -> Type {
    let sources = super::ours::parse(&format!("locals {{\n  x = {constraint}\n}}\n"));
    let module = sprag::terraform::Module::new(".", &sources);
    sprag::eval::Constraint::read(module.locals[0].1.value()).unwrap().ty
}

/// Writes expressions.
pub struct Generator {
    pub random: Random,
    /// The names at hand and their types.
    scope: Vec<(String, Type)>,
    names: usize,
    /// Whether values have just the type that is asked for: those in a collection of `any` must agree.
    is_strict: bool,
    /// Whether values are of more kinds than expressions speak of.
    pub is_wild: bool,
}

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self { random: Random::new(seed), scope: Vec::new(), names: 0, is_strict: false, is_wild: false }
    }

    pub fn variables(&mut self, count: usize) -> Vec<Variable> {
        let all: Vec<Variable> = (0..count).map(|number| self.variable(number)).collect();
        self.scope = all.iter().map(|one| (format!("var.{}", one.name), one.ty.clone())).collect();
        all
    }

    fn variable(&mut self, number: usize) -> Variable {
        let constraint = self.random.pick(CONSTRAINTS);
        let ty = type_of(constraint);
        let nullable = !self.random.once_in(3);
        let default = self.random.once_in(3).then(|| self.value(&ty, false));
        Variable { name: format!("v{number}"), constraint, ty, nullable, default }
    }

    /// Arguments for a call: what may be left out is left out at times.
    pub fn input(&mut self, variables: &[Variable]) -> BTreeMap<String, String> {
        let mut all = BTreeMap::new();
        for variable in variables {
            if variable.default.is_some() && self.random.once_in(4) {
                continue;
            }
            let may_be_null = variable.nullable || variable.default.is_some();
            all.insert(variable.name.clone(), self.value(&variable.ty, may_be_null));
        }
        all
    }

    /// A literal that can be converted to `ty`.
    pub fn value(&mut self, ty: &Type, may_be_null: bool) -> String {
        if may_be_null && self.random.once_in(8) {
            return "null".to_owned();
        }
        let count = [0, 1, 2, 2, 3, 1][self.random.below(6)];
        match ty {
            Type::Any => {
                let depth = if self.is_wild { 3 } else { 1 };
                let ty = self.any_type(depth);
                self.value(&ty, false)
            }
            Type::Bool if self.is_strict => self.random.pick(&["true", "false"]).to_owned(),
            Type::Bool => self.random.pick(&["true", "false", "true", "false", "\"true\"", "\"false\""]).to_owned(),
            Type::Number if !self.is_strict && self.random.once_in(8) => {
                self.random.pick(&["\"1\"", "\"2.5\"", "\"10\""]).to_owned()
            }
            Type::Number if self.is_wild => format!("{}{}", self.random.pick(&["", "-"]), self.random.below(2000)),
            Type::Number => self.random.pick(NUMBERS).to_owned(),
            Type::String if !self.is_strict && self.random.once_in(8) => {
                self.random.pick(&["1", "true", "2.5", "1e3", "false", "-0"]).to_owned()
            }
            Type::String if self.is_wild => {
                let (one, two) = (self.random.pick(TEXTS), self.random.pick(TEXTS));
                format!("\"{}{}\"", &one[1..one.len() - 1], &two[1..two.len() - 1])
            }
            Type::String => self.random.pick(TEXTS).to_owned(),
            Type::List(element) | Type::Set(element) => {
                let all = self.elements(element, count);
                format!("[{}]", all.join(", "))
            }
            Type::Tuple(types) => {
                let all: Vec<String> = types.iter().map(|ty| self.value(ty, true)).collect();
                format!("[{}]", all.join(", "))
            }
            Type::Map(element) => {
                let all = self.elements(element, count);
                let all: Vec<String> =
                    self.keys().iter().zip(all).map(|(name, value)| format!("{name} = {value}")).collect();
                format!("{{ {} }}", all.join(", "))
            }
            Type::Object(object) => {
                let mut all = Vec::new();
                for (name, attribute) in &object.attributes {
                    if attribute.optional && self.random.once_in(3) {
                        continue;
                    }
                    all.push(format!("{name} = {}", self.value(&attribute.ty, true)));
                }
                if self.random.once_in(6) {
                    all.push("zz = 1".to_owned());
                }
                format!("{{ {} }}", all.join(", "))
            }
        }
    }

    fn keys(&mut self) -> [&'static str; 3] {
        if self.is_wild && self.random.once_in(2) { ["a", "zz", "\"a b\""] } else { ["a", "k", "b"] }
    }

    fn elements(&mut self, element: &Type, count: usize) -> Vec<String> {
        let before = self.is_strict;
        self.is_strict |= !element.is_exact();
        let element = self.element_type(element);
        let all = (0..count).map(|_| self.value(&element, true)).collect();
        self.is_strict = before;
        all
    }

    /// All elements of a `list(any)` need one type.
    fn element_type(&mut self, element: &Type) -> Type {
        match element {
            Type::Any => self.any_type(0),
            Type::Object(object) => {
                let mut object = (**object).clone();
                for attribute in object.attributes.values_mut() {
                    attribute.ty = self.element_type(&attribute.ty);
                }
                Type::Object(object.into())
            }
            element => element.clone(),
        }
    }

    fn any_type(&mut self, depth: usize) -> Type {
        let limit = if depth == 0 { 4 } else { 9 };
        match self.random.below(limit) {
            0 | 1 => Type::String,
            2 => Type::Number,
            3 => Type::Bool,
            4 => Type::list(self.any_type(depth - 1)),
            5 => Type::map(self.any_type(depth - 1)),
            6 => Type::set(self.any_type(depth - 1)),
            7 => Type::Tuple([self.any_type(depth - 1), self.any_type(depth - 1)].into()),
            _ => Type::object([("a", self.any_type(depth - 1)), ("b", self.any_type(depth - 1))]),
        }
    }

    /// An expression of any type.
    pub fn any_expression(&mut self, depth: usize) -> String {
        let ty = self.any_type(2);
        self.expression(&ty, depth)
    }

    /// An expression of a type, most often.
    pub fn expression(&mut self, ty: &Type, depth: usize) -> String {
        if self.random.once_in(30) {
            let other = self.any_type(1);
            return self.right(&other, depth);
        }
        self.right(ty, depth)
    }

    fn right(&mut self, ty: &Type, depth: usize) -> String {
        if depth == 0 {
            return self.leaf(ty);
        }
        let less = depth - 1;
        match self.random.below(16) {
            0 => {
                let (condition, yes, no) =
                    (self.expression(&Type::Bool, less), self.expression(ty, less), self.expression(ty, less));
                if self.random.once_in(4) {
                    return self.guarded(ty, less);
                }
                format!("({condition} ? {yes} : {no})")
            }
            1 => format!("try({}, {})", self.expression(ty, less), self.expression(ty, less)),
            2 => {
                let (one, two) = (self.expression(ty, less), self.expression(ty, less));
                format!("[{one}, {two}][{}]", self.random.pick(&["0", "1", "\"1\"", "0", "-1", "0.5"]))
            }
            3 => {
                let one = self.expression(ty, less);
                let access = self.random.pick(&["a", "a", "[\"a\"]", "b"]);
                let access = if access.starts_with('[') { access.to_owned() } else { format!(".{access}") };
                format!("{{ a = {one}, c = 1 }}{access}")
            }
            4 => format!("({})", self.expression(ty, less)),
            5 | 6 => self.leaf(ty),
            7 => self.guarded(ty, less),
            _ => self.typed(ty, less),
        }
    }

    /// A condition about a reference, which the branches use.
    fn guarded(&mut self, ty: &Type, depth: usize) -> String {
        let (path, of) = self.reference_to_anything();
        let condition = self.condition(&path, &of, depth.min(2));
        let use_it = if self.random.once_in(2) && Self::is_close(&of, ty) { path } else { self.expression(ty, depth) };
        let other = self.expression(ty, depth);
        if self.random.once_in(3) {
            format!("({condition} ? {other} : {use_it})")
        } else {
            format!("({condition} ? {use_it} : {other})")
        }
    }

    fn typed(&mut self, ty: &Type, depth: usize) -> String {
        match ty {
            Type::Any => self.any_expression(depth),
            Type::Bool => self.boolean(depth),
            Type::Number => self.number(depth),
            Type::String => self.text(depth),
            Type::List(element) => self.sequence(element, depth, "tolist"),
            Type::Set(element) => self.sequence(element, depth, "toset"),
            Type::Map(element) => self.mapping(element, depth),
            Type::Tuple(types) => {
                let all: Vec<String> = types.iter().map(|ty| self.expression(ty, depth)).collect();
                format!("[{}]", all.join(", "))
            }
            Type::Object(object) => {
                let all: Vec<String> = object
                    .attributes
                    .iter()
                    .map(|(name, attribute)| format!("{name} = {}", self.expression(&attribute.ty, depth)))
                    .collect();
                format!("{{ {} }}", all.join(", "))
            }
        }
    }

    fn number(&mut self, depth: usize) -> String {
        match self.random.below(8) {
            0..3 => {
                let operator = self.random.pick(&["+", "-", "*", "+", "-", "*"]);
                format!(
                    "({} {operator} {})",
                    self.expression(&Type::Number, depth),
                    self.expression(&Type::Number, depth)
                )
            }
            3 => {
                let operator = self.random.pick(&["/", "%"]);
                format!(
                    "({} {operator} {})",
                    self.expression(&Type::Number, depth),
                    self.random.pick(&["2", "3", "0.5", "-7"])
                )
            }
            4 => format!("-{}", self.expression(&Type::Number, depth)),
            5 => {
                let ty = self.any_type(1);
                format!("length({})", self.expression(&ty, depth))
            }
            6 => format!("tonumber({})", self.expression(&Type::Number, depth)),
            _ => {
                let name = self.random.pick(&["floor", "ceil", "abs", "signum"]);
                format!("{name}({})", self.expression(&Type::Number, depth))
            }
        }
    }

    fn boolean(&mut self, depth: usize) -> String {
        match self.random.below(16) {
            0..5 => {
                let ty = self.any_type(2);
                let other = if self.random.once_in(4) { self.any_type(2) } else { ty.clone() };
                let operator = self.random.pick(&["==", "!="]);
                let one = self.expression(&ty, depth);
                let two = if self.random.once_in(5) { "null".to_owned() } else { self.expression(&other, depth) };
                format!("({one} {operator} {two})")
            }
            5 | 6 => {
                let operator = self.random.pick(&["<", "<=", ">", ">="]);
                format!(
                    "({} {operator} {})",
                    self.expression(&Type::Number, depth),
                    self.expression(&Type::Number, depth)
                )
            }
            7 | 8 => {
                let operator = self.random.pick(&["&&", "||"]);
                format!("({} {operator} {})", self.expression(&Type::Bool, depth), self.expression(&Type::Bool, depth))
            }
            9 => format!("!{}", self.expression(&Type::Bool, depth)),
            10 => {
                let ty = self.any_type(2);
                format!("can({})", self.expression(&ty, depth))
            }
            11 => {
                let ty = self.any_type(0);
                format!(
                    "contains({}, {})",
                    self.expression(&Type::list(ty.clone()), depth),
                    self.expression(&ty, depth)
                )
            }
            12 => {
                let name = self.random.pick(&["startswith", "endswith", "strcontains"]);
                format!("{name}({}, {})", self.expression(&Type::String, depth), self.random.pick(TEXTS))
            }
            _ => {
                let (path, ty) = self.reference_to_anything();
                self.condition(&path, &ty, depth)
            }
        }
    }

    fn text(&mut self, depth: usize) -> String {
        match self.random.below(12) {
            0..6 => self.template(depth),
            6 => format!("tostring({})", self.expression(&Type::String, depth)),
            7 => {
                let name = self.random.pick(&["upper", "lower", "trimspace", "title"]);
                format!("{name}({})", self.expression(&Type::String, depth))
            }
            8 => format!(
                "join({}, {})",
                self.random.pick(&["\",\"", "\"-\"", "\"\""]),
                self.expression(&Type::list(Type::String), depth)
            ),
            9 => format!("lookup({}, \"a\", \"none\")", self.expression(&Type::map(Type::String), depth)),
            10 => {
                let ty = self.any_type(1);
                format!("jsonencode({})", self.expression(&ty, depth))
            }
            _ => format!(
                "format(\"%s-%d\", {}, {})",
                self.expression(&Type::String, depth),
                self.expression(&Type::Number, depth)
            ),
        }
    }

    fn template(&mut self, depth: usize) -> String {
        let mut text = "\"".to_owned();
        for _ in 0..=self.random.below(3) {
            let strip = |random: &mut Random| if random.once_in(5) { "~" } else { "" };
            match self.random.below(7) {
                0 | 1 => text.push_str(self.random.pick(&["a", "-", " ", "b ", "\\n", "1", "$${", "%%{", "é"])),
                2 | 3 => {
                    let (before, after) = (strip(&mut self.random), strip(&mut self.random));
                    let inner = self.expression(&Type::String, depth);
                    text.push_str(&format!("${{{before} {inner} {after}}}"));
                }
                4 => {
                    let condition = self.expression(&Type::Bool, depth);
                    let inner = self.expression(&Type::String, depth.min(1));
                    let (one, two) = (strip(&mut self.random), strip(&mut self.random));
                    text.push_str(&format!(
                        "%{{{one} if {condition} {two}}} y${{{inner}}} %{{ else }}n%{{ endif {one}}}"
                    ));
                }
                5 => {
                    let (path, ty) = self.collection(depth.min(1));
                    let name = self.name();
                    let one = strip(&mut self.random);
                    text.push_str(&format!("%{{ for {name} in {path} {one}}} ${{"));
                    self.scope.push((name, element_of(&ty)));
                    text.push_str(&self.expression(&Type::String, depth.min(1)));
                    self.scope.pop();
                    text.push_str("},%{ endfor }");
                }
                _ => {
                    let inner = self.expression(&Type::Number, depth);
                    text.push_str(&format!("${{{inner}}}G"));
                }
            }
        }
        text + "\""
    }

    fn sequence(&mut self, element: &Type, depth: usize, conversion: &str) -> String {
        match self.random.below(9) {
            0 | 1 => {
                let all: Vec<String> = (0..self.random.below(4)).map(|_| self.expression(element, depth)).collect();
                format!("[{}]", all.join(", "))
            }
            2..5 => self.for_tuple(element, depth),
            5 => self.splat(depth),
            6 => {
                let inner = self.sequence(element, depth.saturating_sub(1), "tolist");
                format!("{conversion}({inner})")
            }
            7 => {
                let list = Type::list(element.clone());
                format!("concat({}, {})", self.expression(&list, depth), self.expression(&list, depth))
            }
            _ => {
                let name = self.random.pick(&["keys", "values", "distinct", "reverse", "compact", "flatten"]);
                let ty = if name == "keys" || name == "values" {
                    Type::map(element.clone())
                } else {
                    Type::list(element.clone())
                };
                format!("{name}({})", self.expression(&ty, depth))
            }
        }
    }

    fn splat(&mut self, depth: usize) -> String {
        let (path, ty) = self.collection(depth);
        let of = element_of(&ty);
        let attribute = match &of {
            Type::Object(object) => object.attributes.keys().next().map(ToString::to_string),
            _ => None,
        };
        match (attribute, self.random.below(4)) {
            (Some(name), 0) => format!("{path}.*.{name}"),
            (Some(name), 1 | 2) => format!("{path}[*].{name}"),
            (None, 0) => format!("{path}[*][0]"),
            _ => format!("{path}[*]"),
        }
    }

    fn for_tuple(&mut self, element: &Type, depth: usize) -> String {
        let (path, ty) = self.collection(depth);
        let added = self.bind_pair(&ty);
        let names =
            self.scope[self.scope.len() - added..].iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(", ");
        let value = self.expression(element, depth);
        let condition = self.filter(depth);
        self.scope.truncate(self.scope.len() - added);
        format!("[for {names} in {path} : {value}{condition}]")
    }

    fn bind_pair(&mut self, ty: &Type) -> usize {
        let mut added = 1;
        if self.random.once_in(2) {
            added = 2;
            let name = self.name();
            let key = match ty {
                Type::Map(_) | Type::Object(_) => Type::String,
                Type::Set(element) => (**element).clone(),
                _ => Type::Number,
            };
            self.scope.push((name, key));
        }
        let name = self.name();
        self.scope.push((name, element_of(ty)));
        added
    }

    fn filter(&mut self, depth: usize) -> String {
        if self.random.once_in(3) {
            let (name, ty) = self.scope.last().cloned().unwrap();
            let condition = if self.random.once_in(2) {
                self.condition(&name, &ty, depth.min(1))
            } else {
                self.expression(&Type::Bool, depth)
            };
            format!(" if {condition}")
        } else {
            String::new()
        }
    }

    fn mapping(&mut self, element: &Type, depth: usize) -> String {
        match self.random.below(8) {
            0..3 => {
                let (path, ty) = self.collection(depth);
                let added = self.bind_pair(&ty);
                let bound: Vec<(String, Type)> = self.scope[self.scope.len() - added..].to_vec();
                let names = bound.iter().map(|(name, _)| name.clone()).collect::<Vec<_>>().join(", ");
                let key = match self.random.below(4) {
                    0 => self.expression(&Type::String, depth.min(1)),
                    1 => format!("\"k-${{{}}}\"", bound[0].0),
                    _ => bound[0].0.clone(),
                };
                let value = self.expression(element, depth);
                let condition = self.filter(depth);
                let group = if self.random.once_in(3) { "..." } else { "" };
                self.scope.truncate(self.scope.len() - added);
                format!("{{for {names} in {path} : {key} => {value}{group}{condition}}}")
            }
            3 => format!("tomap({})", self.mapping(element, depth.saturating_sub(1))),
            4 => {
                let map = Type::map(element.clone());
                format!("merge({}, {})", self.expression(&map, depth), self.expression(&map, depth))
            }
            _ => {
                let mut all = Vec::new();
                for name in ["a", "k"] {
                    if !self.random.once_in(4) {
                        let key = if self.random.once_in(5) {
                            format!("({})", self.expression(&Type::String, depth.min(1)))
                        } else {
                            name.to_owned()
                        };
                        all.push(format!("{key} = {}", self.expression(element, depth)));
                    }
                }
                format!("{{ {} }}", all.join(", "))
            }
        }
    }

    /// Something to walk through, and its type as far as it is known.
    fn collection(&mut self, depth: usize) -> (String, Type) {
        let known: Vec<(String, Type)> =
            self.paths().into_iter().filter(|(_, ty)| ty.is_compound() || *ty == Type::Any).collect();
        if !known.is_empty() && !self.random.once_in(4) {
            return known[self.random.below(known.len())].clone();
        }
        let inner = self.any_type(1);
        let ty = match self.random.below(4) {
            0 => Type::map(inner),
            1 => Type::set(inner),
            2 => Type::object([("a", Type::String), ("b", inner)]),
            _ => Type::list(inner),
        };
        (self.expression(&ty, depth), ty)
    }

    fn name(&mut self) -> String {
        self.names += 1;
        format!("x{}", self.names)
    }

    fn leaf(&mut self, ty: &Type) -> String {
        let fits: Vec<String> =
            self.paths().into_iter().filter(|(_, of)| Self::is_close(of, ty)).map(|(path, _)| path).collect();
        if !fits.is_empty() && !self.random.once_in(3) {
            return fits[self.random.below(fits.len())].clone();
        }
        if self.random.once_in(20) {
            return "null".to_owned();
        }
        self.value(ty, false)
    }

    /// A reference and its type.
    pub fn reference_to_anything(&mut self) -> (String, Type) {
        let all = self.paths();
        all[self.random.below(all.len())].clone()
    }

    fn is_close(of: &Type, ty: &Type) -> bool {
        of == ty
            || *ty == Type::String && of.is_primitive()
            || *of == Type::Any
            || std::mem::discriminant(of) == std::mem::discriminant(ty)
    }

    /// What can be referred to, with parts.
    fn paths(&self) -> Vec<(String, Type)> {
        let mut all = Vec::new();
        for (name, ty) in &self.scope {
            parts(name, ty, 2, &mut all);
        }
        all
    }
}

fn parts(path: &str, ty: &Type, depth: usize, out: &mut Vec<(String, Type)>) {
    out.push((path.to_owned(), ty.clone()));
    if depth == 0 {
        return;
    }
    match ty {
        Type::List(element) => parts(&format!("{path}[0]"), element, depth - 1, out),
        Type::Map(element) => parts(&format!("{path}[\"a\"]"), element, depth - 1, out),
        Type::Tuple(types) => {
            for (at, ty) in types.iter().enumerate() {
                parts(&format!("{path}[{at}]"), ty, depth - 1, out);
            }
        }
        Type::Object(object) => {
            for (name, attribute) in &object.attributes {
                parts(&format!("{path}.{name}"), &attribute.ty, depth - 1, out);
            }
        }
        _ => {}
    }
}

/// The type of elements, as far as it is known.
fn element_of(ty: &Type) -> Type {
    match ty {
        Type::Tuple(types) => types.first().cloned().unwrap_or(Type::Any),
        Type::Object(object) => object.attributes.values().next().map_or(Type::Any, |one| one.ty.clone()),
        ty => ty.element().cloned().unwrap_or(Type::Any),
    }
}
