//! Random correct PromQL expressions of 2.42, as trees that can be printed in many ways.

use super::mutation::Mutator;

/// An expression. Its parts are kept as they are written, so that a tree can be compared in text form.
pub enum Ast {
    Number(String),
    Text(String),
    Selector { name: String, matchers: Vec<[String; 3]>, modifiers: Vec<[String; 2]> },
    Range { selector: Box<Ast>, range: String, modifiers: Vec<[String; 2]> },
    Subquery { operand: Box<Ast>, range: String, step: String, modifiers: Vec<[String; 2]> },
    Call { name: String, arguments: Vec<Ast> },
    Aggregate { operator: String, grouping: Option<(String, Vec<String>)>, arguments: Vec<Ast> },
    Binary { operator: String, matching: String, left: Box<Ast>, right: Box<Ast> },
    Unary { sign: String, operand: Box<Ast> },
}

pub struct Generator {
    random: Mutator,
}

/// The text of `count` expressions, each of a seed of its own and one to five levels deep.
pub fn expressions(count: u64) -> Vec<String> {
    (0..count).zip((1..=5).cycle()).map(|(seed, depth)| Generator::text(seed, depth)).collect()
}

const NAMES: [&str; 8] = ["up", "node_load1", "a:b:c", "by", "sum", "Up", "_x", "offset"];
const LABELS: [&str; 8] = ["job", "instance", "le", "on", "bool", "group_left", "sum", "start"];
const DURATIONS: [&str; 6] = ["5m", "1h30m", "1y2w3d", "100ms", "1d", "30s"];

impl Generator {
    pub fn new(seed: u64) -> Self {
        Self { random: Mutator::new(seed) }
    }

    /// The text of an expression at most `depth` levels deep.
    pub fn text(seed: u64, depth: usize) -> String {
        let mut generator = Self::new(seed);
        let ast = generator.expression(depth);
        generator.print(&ast)
    }

    /// An expression at most `depth` levels deep.
    pub fn expression(&mut self, depth: usize) -> Ast {
        if self.random.below(4) == 0 { self.scalar(depth) } else { self.vector(depth) }
    }

    fn boxed(&mut self, depth: usize) -> Box<Ast> {
        Box::new(self.vector(depth))
    }

    fn pick(&mut self, texts: &[&str]) -> String {
        self.random.pick(texts).to_owned()
    }

    fn scalar(&mut self, depth: usize) -> Ast {
        match self.random.below(if depth == 0 { 1 } else { 6 }) {
            0 | 1 => {
                Ast::Number(self.pick(&["1", "0.5", ".5", "5.", "1e3", "2E-3", "0x1F", "017", "Inf", "nan", "100000"]))
            }
            2 => Ast::Call { name: "scalar".into(), arguments: vec![self.vector(depth - 1)] },
            3 => Ast::Call { name: self.pick(&["time", "pi"]), arguments: Vec::new() },
            4 => Ast::Unary { sign: self.pick(&["+", "-"]), operand: Box::new(self.scalar(depth - 1)) },
            _ => Ast::Binary {
                operator: self.pick(&["+", "-", "*", "/", "%", "^", "atan2"]),
                matching: String::new(),
                left: Box::new(self.scalar(depth - 1)),
                right: Box::new(self.scalar(depth - 1)),
            },
        }
    }

    fn vector(&mut self, depth: usize) -> Ast {
        match self.random.below(if depth == 0 { 2 } else { 10 }) {
            0 | 1 => self.selector(true),
            2 | 3 => {
                let name = self.pick(&["rate", "increase", "max_over_time", "absent_over_time", "changes"]);
                Ast::Call { name, arguments: vec![self.matrix(depth - 1)] }
            }
            4 => self.call(depth - 1),
            5 | 6 => self.aggregate(depth - 1),
            7 => Ast::Unary { sign: self.pick(&["+", "-"]), operand: self.boxed(depth - 1) },
            8 => self.comparison(depth - 1),
            _ => self.binary(depth - 1),
        }
    }

    fn selector(&mut self, with_modifiers: bool) -> Ast {
        let name = if self.random.below(8) == 0 { String::new() } else { self.pick(&NAMES) };
        let mut matchers: Vec<[String; 3]> = (0..self.random.below(3))
            .map(|_| {
                let value = self.pick(&["\"a\"", "'b c'", "`d|e`", "\"\"", "\".*\"", "\"x\\\\.y\"", "\"\\u00e9\\\"\""]);
                [self.pick(&LABELS), self.pick(&["=", "!=", "=~", "!~"]), value]
            })
            .collect();
        if name.is_empty() {
            matchers.push(["job".into(), "=".into(), "\"node\"".into()]);
        }
        let modifiers = if with_modifiers { self.modifiers() } else { Vec::new() };
        Ast::Selector { name, matchers, modifiers }
    }

    fn modifiers(&mut self) -> Vec<[String; 2]> {
        let duration = self.pick(&DURATIONS);
        let offset = ["offset".into(), if self.random.below(2) == 0 { duration } else { format!("-{duration}") }];
        let at = ["@".into(), self.pick(&["1609746000", "-1.5", "start()", "end()"])];
        match self.random.below(8) {
            0 => vec![offset],
            1 => vec![at],
            2 => vec![offset, at],
            3 => vec![at, offset],
            _ => Vec::new(),
        }
    }

    fn matrix(&mut self, depth: usize) -> Ast {
        if depth > 0 && self.random.below(3) == 0 {
            let step = if self.random.below(2) == 0 { String::new() } else { self.pick(&DURATIONS) };
            let (operand, range, modifiers) = (self.boxed(depth - 1), self.pick(&DURATIONS), self.modifiers());
            return Ast::Subquery { operand, range, step, modifiers };
        }
        let (range, modifiers) = (self.pick(&DURATIONS), self.modifiers());
        Ast::Range { selector: Box::new(self.selector(false)), range, modifiers }
    }

    fn call(&mut self, depth: usize) -> Ast {
        let (name, arguments) = match self.random.below(6) {
            0 => (self.pick(&["abs", "ceil", "sort_desc", "timestamp", "absent"]), vec![self.vector(depth)]),
            1 => ("clamp_max".into(), vec![self.vector(depth), self.scalar(depth)]),
            2 => ("histogram_quantile".into(), vec![self.scalar(depth), self.vector(depth)]),
            3 => {
                let texts = ["\"dst\"", "'$1'", "`src`", "\"(.*)\""].map(|text| Ast::Text(text.into()));
                ("label_replace".into(), std::iter::once(self.vector(depth)).chain(texts).collect())
            }
            4 => ("vector".into(), vec![self.scalar(depth)]),
            _ => ("round".into(), vec![self.vector(depth)]),
        };
        Ast::Call { name, arguments }
    }

    fn labels(&mut self) -> Vec<String> {
        (0..self.random.below(4)).map(|_| self.pick(&LABELS)).collect()
    }

    fn aggregate(&mut self, depth: usize) -> Ast {
        let grouping = match self.random.below(3) {
            0 => Some(("by".to_owned(), self.labels())),
            1 => Some(("without".to_owned(), self.labels())),
            _ => None,
        };
        let (operator, parameter) = match self.random.below(4) {
            0 => (self.pick(&["topk", "bottomk", "quantile"]), Some(self.scalar(depth))),
            1 => ("count_values".into(), Some(Ast::Text("\"value\"".into()))),
            _ => (self.pick(&["sum", "avg", "max", "min", "count", "group", "stddev"]), None),
        };
        let arguments = parameter.into_iter().chain([self.vector(depth)]).collect();
        Ast::Aggregate { operator, grouping, arguments }
    }

    fn comparison(&mut self, depth: usize) -> Ast {
        let operator = self.pick(&["==", "!=", "<", "<=", ">", ">="]);
        let matching = self.pick(&["", " bool"]);
        Ast::Binary { operator, matching, left: self.boxed(depth), right: Box::new(self.scalar(depth)) }
    }

    fn binary(&mut self, depth: usize) -> Ast {
        let is_set = self.random.below(3) == 0;
        let operators: &[&str] =
            if is_set { &["and", "or", "unless"] } else { &["+", "-", "*", "/", "%", "^", "atan2", ">"] };
        let mut matching = match self.random.below(3) {
            0 => format!(" on({})", self.labels().join(",")),
            1 => format!(" ignoring({})", self.labels().join(",")),
            _ => String::new(),
        };
        if !matching.is_empty() && !is_set && self.random.below(2) == 0 {
            matching +=
                &self.pick(&[" group_left()", " group_right()", " group_left(extra)", " group_right(extra,more)"]);
        }
        Ast::Binary { operator: self.pick(operators), matching, left: self.boxed(depth), right: self.boxed(depth) }
    }

    /// The text of `ast`, with no more parentheses than needed or a few more, and with random blanks and comments.
    pub fn print(&mut self, ast: &Ast) -> String {
        let text = self.print_at(ast, 0);
        format!("{}{text}", self.blank())
    }

    fn blank(&mut self) -> String {
        self.pick(&["", "", "", " ", " ", "\n", "\t", " # it's {a\n", "\r\n"])
    }

    fn list(&mut self, texts: &[String], closing: &str) -> String {
        let mut list = String::new();
        for (index, text) in texts.iter().enumerate() {
            let comma = if index > 0 { "," } else { "" };
            list += &format!("{comma}{}{text}{}", self.blank(), self.blank());
        }
        list + closing
    }

    fn print_modifiers(&mut self, modifiers: &[[String; 2]]) -> String {
        modifiers.iter().map(|[word, value]| format!(" {}{word} {}{value}", self.blank(), self.blank())).collect()
    }

    /// The text of `ast` as an operand of something that binds as tightly as `least`.
    fn print_at(&mut self, ast: &Ast, least: u8) -> String {
        let text = self.print_plain(ast);
        let superfluous = self.random.below(12) == 0 && !matches!(ast, Ast::Range { .. } | Ast::Text(_));
        if precedence(ast) < least || superfluous { format!("({text}{})", self.blank()) } else { text }
    }

    fn print_plain(&mut self, ast: &Ast) -> String {
        match ast {
            Ast::Number(text) | Ast::Text(text) => text.clone(),
            Ast::Selector { name, matchers, modifiers } => {
                let texts: Vec<String> =
                    matchers.iter().map(|[label, op, value]| format!("{label}{op} {value}")).collect();
                let braces = if texts.is_empty() { String::new() } else { format!("{{{}", self.list(&texts, "}")) };
                format!("{name}{braces}{}", self.print_modifiers(modifiers))
            }
            Ast::Range { selector, range, modifiers } => {
                let selector = self.print_plain(selector);
                format!("{selector}{}[{range}]{}", self.blank(), self.print_modifiers(modifiers))
            }
            Ast::Subquery { operand, range, step, modifiers } => {
                let operand = self.print_at(operand, 9);
                format!("{operand}[{range}:{step}]{}", self.print_modifiers(modifiers))
            }
            Ast::Call { name, arguments } => {
                let texts: Vec<String> = arguments.iter().map(|argument| self.print_at(argument, 0)).collect();
                format!("{name}{}({}", self.blank(), self.list(&texts, ")"))
            }
            Ast::Aggregate { operator, grouping, arguments } => {
                self.print_aggregate(operator, grouping.as_ref(), arguments)
            }
            Ast::Binary { operator, matching, left, right } => {
                let own = precedence(ast);
                let power = operator == "^";
                // A sign on the left of `^` would apply to the whole power.
                let (left, right) =
                    (self.print_at(left, own + u8::from(power)), self.print_at(right, own + u8::from(!power)));
                format!("{left}{} {operator}{matching}{} {right}", self.blank(), self.blank())
            }
            Ast::Unary { sign, operand } => {
                let operand = self.print_at(operand, 6);
                format!("{sign}{}{operand}", self.blank())
            }
        }
    }

    fn print_aggregate(
        &mut self,
        operator: &str,
        grouping: Option<&(String, Vec<String>)>,
        arguments: &[Ast],
    ) -> String {
        let texts: Vec<String> = arguments.iter().map(|argument| self.print_at(argument, 0)).collect();
        let arguments = self.list(&texts, ")");
        let Some((word, labels)) = grouping else { return format!("{operator}{}({arguments}", self.blank()) };
        let labels = self.list(labels, ")");
        if self.random.below(2) == 0 {
            format!("{operator} {word}{}({labels}{}({arguments}", self.blank(), self.blank())
        } else {
            format!("{operator}({arguments} {} {word} ({labels}", self.blank())
        }
    }
}

/// How tightly the outermost operator binds; 9 for what needs no parentheses before a bracket.
fn precedence(ast: &Ast) -> u8 {
    match ast {
        Ast::Binary { operator, .. } => match operator.as_str() {
            "or" => 1,
            "and" | "unless" => 2,
            "+" | "-" => 4,
            "*" | "/" | "%" | "atan2" => 5,
            "^" => 6,
            _ => 3,
        },
        Ast::Unary { .. } => 5,
        // A modifier or bracket after these would be another one of the same node.
        Ast::Selector { .. } | Ast::Range { .. } | Ast::Subquery { .. } => 8,
        _ => 9,
    }
}

/// The tree as text with every bracket, for comparing.
pub fn canonical(ast: &Ast) -> String {
    let join = |list: &[Ast]| list.iter().map(canonical).collect::<Vec<_>>().join(" ");
    let modifiers = |list: &[[String; 2]]| {
        let mut words: Vec<String> = list.iter().map(|[word, value]| format!(" {word} {value}")).collect();
        words.sort();
        words.concat()
    };
    match ast {
        Ast::Number(text) | Ast::Text(text) => text.clone(),
        Ast::Selector { name, matchers, modifiers: list } => {
            let texts: Vec<String> = matchers.iter().map(|parts| parts.concat()).collect();
            format!("<{name}{{{}}}{}>", texts.join(","), modifiers(list))
        }
        Ast::Range { selector, range, modifiers: list } => {
            format!("<{}[{range}]{}>", canonical(selector), modifiers(list))
        }
        Ast::Subquery { operand, range, step, modifiers: list } => {
            format!("<{}[{range}:{step}]{}>", canonical(operand), modifiers(list))
        }
        Ast::Call { name, arguments } => format!("{name}({})", join(arguments)),
        Ast::Aggregate { operator, grouping, arguments } => {
            let grouping = grouping.as_ref().map(|(word, labels)| format!(" {word}({})", labels.join(",")));
            format!("{operator}{}({})", grouping.unwrap_or_default(), join(arguments))
        }
        Ast::Binary { operator, matching, left, right } => {
            format!("({} {operator}{matching} {})", canonical(left), canonical(right))
        }
        Ast::Unary { sign, operand } => format!("{sign}({})", canonical(operand)),
    }
}
