//! Input that is deep, large, circular or plainly wrong: a value or a failure, never a panic, on a small stack.

use std::collections::HashMap;

use sprag::eval::module::{Frame, Inputs, Instance, Node, Program};
use sprag::eval::{NoSources, ShortCircuit};
use sprag::terraform::Module;

use super::generate::Generator;
use super::ours::{Context, parse, results, with_module};

/// The stack of a thread as Rust makes it.
const STACK: usize = 2 << 20;

fn on_small_stack(name: &str, inner: impl FnOnce() + Send + 'static) {
    println!("{name}");
    let thread = std::thread::Builder::new().name(name.to_owned()).stack_size(STACK).spawn(inner).unwrap();
    assert!(thread.join().is_ok(), "{name}");
}

/// Evaluates everything in a module.
fn evaluate(text: &str) {
    for short_circuit in [ShortCircuit::Yes, ShortCircuit::No, ShortCircuit::Unknown] {
        evaluate_with(text, short_circuit);
    }
}

fn evaluate_with(text: &str, short_circuit: ShortCircuit) {
    let sources = parse(text);
    let module = Module::new(".", &sources);
    let calls: HashMap<String, usize> = module.calls.iter().map(|call| (call.name().into_owned(), 0)).collect();
    let nodes = [Node { module: &module, path: ".", sources: &NoSources, calls, short_circuit, is_root: false }];
    let program = Program::new(&nodes);
    let instance = Instance::new(&program, 0, Inputs::Anybody);
    for variable in &module.variables {
        let _ = instance.variable(&variable.name());
    }
    for (_, attribute) in &module.locals {
        let _ = instance.eval(&Frame::default(), attribute.value());
        let _ = instance.local(attribute.name(), attribute.name_span());
    }
    for output in &module.outputs {
        let _ = instance.output(output);
    }
    for number in 0..module.resources.len() {
        let _ = instance.resource_bodies(number, None);
    }
}

fn locals(lines: &[String]) -> String {
    format!("variable \"v\" {{}}\nlocals {{\n{}\n}}\noutput \"o\" {{\n  value = local.x0\n}}\n", lines.join("\n"))
}

#[test]
fn deep_expressions_fit_a_small_stack() {
    let nest = |open: &str, inner: &str, close: &str| format!("x0 = {}{inner}{}", open.repeat(120), close.repeat(120));
    let cases = [
        nest("(", "var.v", ")"),
        nest("[", "var.v", "]"),
        nest("{ a = ", "var.v", " }"),
        nest("[for x in var.v : ", "x", "]"),
        nest("[for x in [1] : ", "var.v", "]"),
        nest("{for x in var.v : x => ", "x", "}"),
        format!("x0 = {}var.v{}", "\"a${".repeat(90), "}b\"".repeat(90)),
        nest("(var.v ? ", "var.v", " : 1)"),
        nest("(var.v.a == 1 ? 1 : ", "var.v", ")"),
        nest("!(", "var.v", ")"),
        nest("try(", "var.v", ", 1)"),
        nest("can(", "var.v", ")"),
        nest("(1 + ", "var.v", ")"),
        nest("(var.v && ", "var.v", ")"),
        nest("upper(", "var.v", ")"),
        format!("x0 = {}var.v{}", "templatestring(\"$${x}\", { x = ".repeat(60), " })".repeat(60)),
        format!("x0 = var.v{}", ".a".repeat(3000)),
        format!("x0 = var.v{}", "[0]".repeat(3000)),
        format!("x0 = var.v{}", "[*]".repeat(200)),
        format!("x0 = {}1", "1 + ".repeat(3000)),
        format!("x0 = {}1", "var.v ? 1 : ".repeat(200)),
        format!("x0 = {}true", "!".repeat(200)),
    ];
    for (number, case) in cases.into_iter().enumerate() {
        on_small_stack(&format!("case {number}: {}", &case[..case.len().min(40)]), move || evaluate(&locals(&[case])));
    }
}

#[test]
fn long_chains_of_definitions_fit_a_small_stack() {
    let chain = |link: fn(usize) -> String| {
        let mut lines: Vec<String> = (0..300).map(|at| format!("x{at} = {}", link(at + 1))).collect();
        lines.push("x300 = var.v".to_owned());
        locals(&lines)
    };
    let links: [fn(usize) -> String; 5] = [
        |next| format!("local.x{next}"),
        |next| format!("[for y in [1] : local.x{next}]"),
        |next| format!("try({{ a = [local.x{next}] }}.a[0], local.x{next})"),
        |next| format!("\"a${{local.x{next}}}b\""),
        |next| format!("var.v == local.x{next} ? local.x{next} : 1"),
    ];
    for (number, link) in links.into_iter().enumerate() {
        let text = chain(link);
        on_small_stack(&format!("chain {number}"), move || evaluate(&text));
    }
}

#[test]
fn circles_and_excess_end() {
    let cases = [
        "locals {\n  a = local.b\n  b = [local.a]\n}\noutput \"o\" {\n  value = local.a\n}\n",
        "locals {\n  a = { for x in local.a : x => x }\n}\noutput \"o\" {\n  value = local.a\n}\n",
        "variable \"a\" {}\nmodule \"m\" {\n  source = \"./m\"\n  a = module.m.o\n}\noutput \"o\" {\n  value = module.m.o\n}\n",
        "variable \"a\" {}\nmodule \"m\" {\n  source = \"./m\"\n  a = [var.a]\n}\noutput \"o\" {\n  value = module.m\n}\n",
        "variable \"a\" {}\nmodule \"m\" {\n  source = \"./m\"\n  a = [var.a]\n}\nmodule \"n\" {\n  source = \"./m\"\n  a = [var.a, 1]\n}\noutput \"o\" {\n  value = [module.m, module.n]\n}\n",
        "resource \"terraform_data\" \"a\" {\n  input = terraform_data.b.output\n}\nresource \"terraform_data\" \"b\" {\n  input = terraform_data.a.output\n  count = length(terraform_data.a.input)\n}\noutput \"o\" {\n  value = terraform_data.a\n}\n",
        "output \"o\" {\n  value = [for a in range(1000000) : [for b in range(1000000) : a * b]]\n}\n",
        "locals {\n  l = [for a in [1, 2, 3, 4, 5, 6, 7, 8, 9, 0] : a]\n}\noutput \"o\" {\n  value = [for a in local.l : [for b in local.l : [for c in local.l : [for d in local.l : [for e in local.l : [for f in local.l : 1]]]]]]\n}\n",
        "output \"o\" {\n  value = setproduct(range(1000), range(1000), range(1000))\n}\n",
        "variable \"a\" {\n  type = string\n  validation {\n    condition = can(regex(\"(\", var.a))\n    error_message = \"no.\"\n  }\n}\noutput \"o\" {\n  value = regex(\"[\", var.a)\n}\n",
        "variable \"a\" {\n  type = string\n  validation {\n    condition = can(regex(\"((a{0,100}){0,100}){0,100}\", var.a))\n    error_message = \"no.\"\n  }\n}\noutput \"o\" {\n  value = \"x${var.a}\" == \"y\"\n}\n",
        "variable \"a\" {\n  type = string\n  validation {\n    condition = var.a == \"x\" && var.a == \"y\"\n    error_message = \"no.\"\n  }\n}\noutput \"o\" {\n  value = var.a\n}\n",
        "variable \"a\" {\n  type = string\n  validation {\n    condition = var.b != var.a\n    error_message = \"no.\"\n  }\n}\nvariable \"b\" {\n  type = string\n  validation {\n    condition = var.a != var.b\n    error_message = \"no.\"\n  }\n}\noutput \"o\" {\n  value = var.a\n}\n",
        "variable \"a\" {\n  type = list(list(list(list(list(any)))))\n}\noutput \"o\" {\n  value = var.a[*][*][*][0]\n}\n",
        "output \"o\" {\n  value = 1e999999999 * 1e999999999\n}\noutput \"p\" {\n  value = 1e-999999999 / 3\n}\n",
        "resource \"terraform_data\" \"a\" {\n  count = 1e30\n}\nresource \"terraform_data\" \"b\" {\n  count = -1\n}\nresource \"terraform_data\" \"c\" {\n  for_each = null\n}\n",
    ];
    for (number, case) in cases.into_iter().enumerate() {
        on_small_stack(&format!("circle {number}"), move || evaluate(case));
    }
}

/// Makes a value of the one before.
type Link = fn(&str) -> String;

/// A chain of local values, each made of the one before twice.
fn doubled(levels: usize, first: &str, link: Link) -> String {
    let mut lines = vec![format!("x{levels} = {first}")];
    lines.extend((0..levels).map(|at| format!("x{at} = {}", link(&format!("local.x{}", at + 1)))));
    locals(&lines)
}

#[test]
fn what_doubles_is_cut_off() {
    let links: [(&str, &str, Link); 12] = [
        ("tuple", "\"a\"", |next| format!("[{next}, {next}]")),
        ("object", "\"a\"", |next| format!("{{ a = {next}, b = {next} }}")),
        ("unknown tuple", "var.v", |next| format!("[{next}, {next}]")),
        ("text", "\"a\"", |next| format!("\"${{{next}}}${{{next}}}\"")),
        ("unknown text", "\"a${var.v}\"", |next| format!("\"${{{next}}}-${{{next}}}\"")),
        ("concat", "[1]", |next| format!("concat({next}, {next})")),
        ("unknown concat", "tolist(var.v)", |next| format!("concat({next}, {next})")),
        ("join", "\"a\"", |next| format!("join(\"\", [{next}, {next}])")),
        ("unknown join", "\"a${var.v}\"", |next| format!("join(\"-\", [{next}, {next}])")),
        ("replace", "\"a\"", |next| format!("replace({next}, \"a\", \"aaaaaaaaaaaaaaaa\")")),
        ("merge", "{ a = 1 }", |next| {
            format!("merge({next}, {{ for k, v in {next} : \"${{k}}x\" => v }}, {{ b = {next} }})")
        }),
        ("conditional", "var.v", |next| format!("(var.v == 1 ? [{next}] : [{next}, {next}])")),
    ];
    for (name, first, link) in links {
        on_small_stack(name, move || evaluate(&doubled(40, first, link)));
    }
}

#[test]
fn numbers_without_bounds_are_bounded() {
    let cases = [
        "range(1e999999999)",
        "range(0, 1e18)",
        "range(0, 1, 1e-999999999)",
        "range(1e999999999, 1e999999999 + 5)",
        "1e999999999 - 1",
        "1e999999999 % 7",
        "1e-999999999 % 3",
        "7 % 1e-999999999",
        "1e999999999 + 1e-999999999",
        "1e999999999 * 1e999999999 * 1e999999999",
        "1e999999999 / 1e-999999999",
        "1e999999999 < 1e999999998",
        "1e999999999 == 1e999999998",
        "1e99999999999999999999",
        "1e-99999999999999999999",
        "tonumber(\"1e999999999\")",
        "tonumber(\"1e-999999999\")",
        "tostring(1e999999999)",
        "\"${1e-999999999}\"",
        "jsonencode(1e999999999)",
        "yamlencode(1e999999999)",
        "jsondecode(\"1e999999999\")",
        "yamldecode(\"1e999999999\")",
        "floor(1e999999999)",
        "ceil(1e-999999999)",
        "abs(-1e999999999)",
        "signum(1e999999999)",
        "pow(10, 1000000000)",
        "pow(1e999999999, 1e999999999)",
        "pow(2, 1000000)",
        "log(1e999999999, 2)",
        "log(1e999999999, 1e-999999999)",
        "max(1e999999999, 1e-999999999)",
        "sum([1e999999999, 1e-999999999, 1])",
        "toset([1e999999999, 1e-999999999, 1])",
        "parseint(join(\"\", [for x in range(1000) : \"zzzzzzzzzz\"]), 36)",
        "[1, 2][1e999999999]",
        "element([1, 2, 3], 1e999999999)",
        "element([1, 2, 3], 1e-999999999)",
        "slice([1, 2], 0, 1e999999999)",
        "chunklist([1, 2], 1e999999999)",
        "substr(\"abc\", 1e999999999, 1)",
        "substr(\"abc\", 0, 1e999999999)",
        "format(\"%d\", 1e999999999)",
        "format(\"%1000000000s\", \"a\")",
        "format(\"%.1000000000f\", 1)",
        "format(\"%01000000000d\", 1)",
        "format(\"%*d\", 1000000000, 1)",
        "format(\"%[1000000000]d\", 1)",
        "format(\"%e\", 1e999999999)",
        "format(\"%x\", 1e999999999)",
        "formatlist(\"%1000000s\", range(1000))",
        "indent(1000000000, \"a\\nb\")",
        "cidrhost(\"10.0.0.0/8\", 1e999999999)",
        "cidrhost(\"fd00::/8\", 1e36)",
        "cidrsubnet(\"10.0.0.0/8\", 1e999999999, 5)",
        "cidrsubnets(\"10.0.0.0/8\", 1e999999999)",
        "bcrypt(\"a\", 1e999999999)",
        "timeadd(\"2020-01-01T00:00:00Z\", \"999999999999h\")",
        "formatdate(\"YYYY\", \"9999999999-01-01T00:00:00Z\")",
    ];
    let text: Vec<String> = cases.iter().enumerate().map(|(number, case)| format!("x{number} = {case}")).collect();
    for line in text {
        on_small_stack(&line.clone(), move || evaluate(&locals(&[line])));
    }
}

#[test]
fn bombs_do_not_go_off() {
    let long = "a".repeat(5_000);
    let aliases: Vec<String> = (1..40).map(|at| format!("a{at}: &a{at} [*a{}, *a{}]", at - 1, at - 1)).collect();
    let brackets = |count: usize| format!("{}{}", "[".repeat(count), "]".repeat(count));
    let cases = [
        ("lists of lists", "[for a in range(1024) : concat(range(1024), range(1024), range(1024))]".to_owned()),
        ("product", format!("setproduct({})", ["range(100)"; 10].join(", "))),
        ("product of sets", format!("setproduct({})", ["toset(var.v)"; 30].join(", "))),
        ("flatten", "flatten([for a in range(1024) : [range(1024), range(1024)]])".to_owned()),
        ("transpose", "transpose({ for a in range(60) : \"k${a}\" => [for b in range(60) : \"v${b}\"] })".to_owned()),
        ("regex star", format!("regex(\"(a*)*b\", \"{long}\")")),
        ("regex alternatives", format!("regexall(\"(a|aa)+$\", \"{long}\")")),
        ("regex repeats", "regex(\"((((a{50}){50}){50}){50}){50}\", var.v)".to_owned()),
        ("regex replaces", format!("replace(\"{long}\", \"/a/\", \"$0$0$0$0\")")),
        ("regex classes", format!("can(regex(\"{}\", var.v))", "[a-z]?".repeat(200))),
        ("json", format!("jsondecode(\"{}\")", brackets(50_000))),
        ("yaml", format!("yamldecode(\"{}\")", brackets(5_000))),
        ("aliases", format!("yamldecode(\"a0: &a0 [x, x]\\n{}\\n\")", aliases.join("\\n"))),
        ("ands", format!("{} ? 1 : 2", ["var.v != 1"; 3000].join(" && "))),
        ("ors", format!("{} ? 1 : 2", ["var.v == 1"; 3000].join(" || "))),
        ("all", format!("alltrue([{}]) ? 1 : 2", ["var.v != 1"; 1000].join(", "))),
        ("steps", format!("true ? 1 : {{}}{}", ".a".repeat(1000))),
        ("chain", format!("{}1", "var.v == 1 ? [1] : ".repeat(60))),
        ("chain of others", (0..60).fold("1".to_owned(), |rest, at| format!("var.v == {at} ? [{at}] : ({rest})"))),
        ("long text", format!("\"{}\" == var.v", "x".repeat(3 << 20))),
        ("long text in a text", format!("\"{}${{var.v}}\" == \"y\"", "x".repeat(3 << 20))),
        ("many pieces", format!("\"{}\" == \"y\"", "${var.v}-".repeat(5_000))),
        ("letters", format!("length(\"{}\")", "e\u{301}".repeat(20_000))),
        (
            "template",
            "templatestring(\"%{ for a in range(100) }%{ for b in range(1024) }${b}%{ endfor }%{ endfor }\", {})"
                .to_owned(),
        ),
    ];
    for (name, case) in cases {
        on_small_stack(name, move || evaluate_with(&locals(&[format!("x0 = {case}")]), ShortCircuit::Unknown));
    }
}

/// Generated expressions with parts taken out, doubled or exchanged.
#[test]
fn broken_expressions_do_not_panic() {
    on_small_stack("broken", || {
        for seed in 0..60 {
            let mut generator = Generator::new(seed);
            let variables = generator.variables(3);
            let mut text: String = variables.iter().map(|one| one.text(&[])).collect();
            text.push_str("output \"all\" {\n  value = {\n");
            let mut all: Vec<String> = (0..20).map(|_| generator.any_expression(3)).collect();
            for number in 0..all.len() {
                let other = all[generator.random.below(all.len())].clone();
                let one = &all[number];
                let letters: Vec<char> = one.chars().collect();
                let at = generator.random.below(letters.len());
                let changed: String = match generator.random.below(4) {
                    0 => letters[..at].iter().chain(&letters[(at + 1).min(letters.len())..]).collect(),
                    1 => format!(
                        "({one}){}",
                        generator.random.pick(&[".a", "[0]", "[*]", ".*.b", "[null]", "[\"x\"].y"])
                    ),
                    2 => one.replacen("var.v0", &format!("({other})"), 1),
                    _ => one.replace("true", "null").replace("[0]", &format!("[{other}]")),
                };
                let wrapped = format!("locals {{\n  x = {changed}\n}}\n");
                let tree = sprag::syntax::hcl::parse(wrapped.as_bytes());
                if tree.errors.is_empty() && !changed.contains("...]") {
                    all[number] = changed;
                }
            }
            for (number, expression) in all.iter().enumerate() {
                text.push_str(&format!("    e{number} = try({{ v = {expression} }}, \"failure\")\n"));
            }
            text.push_str("  }\n}\n");
            with_module(&text, ShortCircuit::Unknown, &Context::Anybody, results);
        }
    });
}
