//! Conditions about one reference, as validations have them.

use sprag::terraform::Type;

use super::generate::{Generator, NUMBERS, TEXTS};

impl Generator {
    /// A condition about `path`, which has the type `ty`.
    pub fn condition(&mut self, path: &str, ty: &Type, depth: usize) -> String {
        if depth > 0 {
            let less = depth - 1;
            match self.random.below(14) {
                0 => return format!("({} && {})", self.condition(path, ty, less), self.condition(path, ty, less)),
                1 => return format!("({} || {})", self.condition(path, ty, less), self.condition(path, ty, less)),
                2 => return format!("!({})", self.condition(path, ty, less)),
                3 => return format!("({path} == null || {})", self.condition(path, ty, less)),
                4 => return format!("({path} == null ? true : {})", self.condition(path, ty, less)),
                5 => {
                    return format!(
                        "try({}, {})",
                        self.condition(path, ty, less),
                        self.random.pick(&["true", "false"])
                    );
                }
                6 => {
                    return format!("({}) == {}", self.condition(path, ty, less), self.random.pick(&["true", "false"]));
                }
                7 => {
                    return format!(
                        "alltrue([{}, {}])",
                        self.condition(path, ty, less),
                        self.condition(path, ty, less)
                    );
                }
                8 => {
                    return format!(
                        "anytrue([{}, {}])",
                        self.condition(path, ty, less),
                        self.condition(path, ty, less)
                    );
                }
                _ => {}
            }
        }
        match ty {
            Type::Bool => {
                self.random.pick(&["X", "!X", "X == true", "X != false", "X == null", "X != null"]).replace('X', path)
            }
            Type::Number => self.about_number(path),
            Type::String => self.about_text(path),
            Type::List(element) | Type::Set(element) => {
                self.about_sequence(path, element, matches!(ty, Type::List(_)), depth)
            }
            Type::Map(element) => self.about_map(path, element, depth),
            Type::Object(object) => {
                let number = self.random.below(object.attributes.len());
                let (name, attribute) = object.attributes.iter().nth(number).unwrap();
                self.condition(&format!("{path}.{name}"), &attribute.ty, depth)
            }
            Type::Tuple(types) => {
                let number = self.random.below(types.len());
                self.condition(&format!("{path}[{number}]"), &types[number], depth)
            }
            Type::Any => match self.random.below(5) {
                0 => format!("{path} != null"),
                1 => format!("can(tostring({path}))"),
                2 => format!("can(length({path}))"),
                3 => format!("can({path}.a)"),
                _ => format!("{path} == {}", self.random.pick(&["\"a\"", "1", "null", "[]", "{}", "true"])),
            },
        }
    }

    fn about_number(&mut self, path: &str) -> String {
        let (one, two) = (self.random.pick(NUMBERS), self.random.pick(NUMBERS));
        let operator = self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
        match self.random.below(9) {
            0 => format!("{path} >= 1 && {path} <= {two}"),
            1 => format!("{path} == floor({path})"),
            2 => format!("{path} % 2 == 0"),
            3 => format!("contains([{one}, {two}], {path})"),
            4 => format!("{one} {operator} {path}"),
            5 => format!("{path} != null"),
            6 => format!("{path} + 1 {operator} {two}"),
            _ => format!("{path} {operator} {one}"),
        }
    }

    fn about_text(&mut self, path: &str) -> String {
        let (one, two) = (self.random.pick(TEXTS), self.random.pick(TEXTS));
        let operator = self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
        let length = self.random.below(4);
        match self.random.below(12) {
            0 => format!("contains([{one}, {two}, \"a\"], {path})"),
            1 | 2 => {
                let pattern = self.random.pick(&[
                    "^[a-z]+$", "^[0-9]+$", "a", "^$", "^(a|b)", "(?i)^a", "b$", "^[^a]", "^.$", "\\\\d", "(?s).\\n",
                    "^\\\\w*$",
                ]);
                format!("can(regex(\"{pattern}\", {path}))")
            }
            3 => format!("startswith({path}, {one})"),
            4 => format!("endswith({path}, {one})"),
            5 => format!("strcontains({path}, {one})"),
            6 => format!("length({path}) {operator} {length}"),
            7 => format!("{path} != \"\""),
            8 => format!("{path} != null"),
            9 => format!("can(tonumber({path}))"),
            10 => format!("{one} == {path}"),
            _ => format!("{path} != {one}"),
        }
    }

    fn about_sequence(&mut self, path: &str, element: &Type, is_list: bool, depth: usize) -> String {
        let operator = self.random.pick(&["<", "<=", ">", ">=", "==", "!="]);
        match self.random.below(9) {
            0 => format!("length({path}) {operator} {}", self.random.below(3)),
            1 => format!("length({path}) == length(distinct({path}))"),
            2 => format!("contains({path}, {})", self.value(element, false)),
            3 => format!("!contains({path}, {})", self.value(element, false)),
            4 => format!("{path} != {}", self.random.pick(&["null", "[]", "tolist([])", "toset([])"])),
            5 if is_list => {
                let inner = self.condition(&format!("{path}[0]"), element, depth.min(1));
                format!("length({path}) > 0 && try({inner}, true)")
            }
            number => {
                let inner = self.condition("e", element, depth.min(1));
                let function = self.random.pick(&["alltrue", "alltrue", "anytrue"]);
                let filter = if self.random.once_in(4) {
                    format!(" if {}", self.condition("e", element, 0))
                } else {
                    String::new()
                };
                let names = if number == 6 && self.random.once_in(2) { "i, e" } else { "e" };
                format!("{function}([for {names} in {path} : {inner}{filter}])")
            }
        }
    }

    fn about_map(&mut self, path: &str, element: &Type, depth: usize) -> String {
        match self.random.below(6) {
            0 => format!("length({path}) > {}", self.random.below(2)),
            1 => format!("contains(keys({path}), \"a\")"),
            2 => format!("alltrue([for k in keys({path}) : can(regex(\"^[a-z]$\", k))])"),
            3 => format!("{path} != {}", self.random.pick(&["null", "{}", "tomap({})"])),
            4 => format!("can({path}[\"a\"])"),
            _ => {
                let inner = self.condition("e", element, depth.min(1));
                format!("alltrue([for k, e in {path} : {inner}])")
            }
        }
    }
}
