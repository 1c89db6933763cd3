use super::*;
use crate::syntax::hcl;

fn of(json: &str, kind: JsonKind) -> Transliterated {
    transliterate(json.as_bytes(), kind)
}

/// The native text of a module without errors, blanks and line breaks made even.
fn native(json: &str) -> String {
    native_of(json, JsonKind::Module)
}

fn native_of(json: &str, kind: JsonKind) -> String {
    let result = of(json, kind);
    assert_eq!(result.errors, [], "{json}");
    let tree = hcl::parse(&result.text);
    let text = String::from_utf8(result.text).unwrap();
    assert_eq!(tree.errors, [], "{json}\n{text}");
    text.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The errors, each with the text it points at.
fn errors(json: &str) -> Vec<(String, String)> {
    let result = of(json, JsonKind::Module);
    let tree = hcl::parse(&result.text);
    let all = result.all_errors(&tree).into_iter();
    all.map(|error| (error.span.text(json.as_bytes()).to_owned(), error.message)).collect()
}

/// What of the file the first occurrence of `part` in the native text stands for.
fn place(json: &str, part: &str) -> String {
    let result = of(json, JsonKind::Module);
    let at = memchr::memmem::find(&result.text, part.as_bytes()).unwrap_or_else(|| panic!("{part} in {json}"));
    result.map.to_file(Span::from(at..at + part.len())).text(json.as_bytes()).to_owned()
}

#[test]
fn blocks_have_the_labels_of_their_kind() {
    assert_eq!(
        native(r#"{"resource":{"a_b":{"c":{"n":1},"d":{}}},"locals":{"x":true},"output":[{"o":{"value":null}}]}"#),
        r#"resource "a_b" "c" { n = 1 } resource "a_b" "d" { } locals { x = true } output "o" { value = null }"#
    );
    assert_eq!(
        native(r#"[{"provider":{"p":[{"alias":"x"},{"alias":"y"}]}},{"terraform":{"backend":{"s3":{}}}}]"#),
        r#"provider "p" { alias = "x" } provider "p" { alias = "y" } terraform { backend "s3" { } }"#
    );
    assert_eq!(native(r#"{"locals":null,"terraform":[],"//":{"a":1}}"#), "");
}

#[test]
fn nested_blocks_of_the_language_are_blocks() {
    let json = r#"{"resource":{"r":{"n":{"//":"why",
        "lifecycle":{"ignore_changes":["tags[\"a\"]","x"],"precondition":[{"condition":"${a}"},{"condition":"${b}"}]},
        "provisioner":[{"local-exec":{"command":"x","when":"destroy"}}],
        "dynamic":{"setting":{"for_each":"${var.s}","content":{"k":"${setting.key}","dynamic":{"in":{}}}}},
        "ingress":{"port":1}}}}}"#;
    assert_eq!(
        native(json),
        "resource \"r\" \"n\" { lifecycle { ignore_changes = [tags[\"a\"], x] precondition { condition = a } \
         precondition { condition = b } } provisioner \"local-exec\" { command = \"x\" when = destroy } \
         dynamic \"setting\" { for_each = var.s content { k = setting.key dynamic \"in\" { } } } \
         ingress = { \"port\" = 1 } }"
    );
}

#[test]
fn repeated_provider_blocks_become_one_list() {
    assert_eq!(
        native(r#"{"resource":{"r":{"n":{"rule":{"a":1},"x":"y","rule":[{"a":2}]}}}}"#),
        "resource \"r\" \"n\" { rule = [{ \"a\" = 1 }, { \"a\" = 2 }, ] x = \"y\" }"
    );
}

#[test]
fn strings_are_templates() {
    for (json, hcl) in [
        (r#""a${var.b}c""#, r#""a${var.b}c""#),
        (r#""${var.b}""#, "var.b"),
        (r#""${ a ? 1 : 2 }""#, "a ? 1 : 2"),
        (r#""${for}""#, "(for)"),
        (r#""${a +\n b}""#, "(a + b )"),
        (r#""${f(\"x\\n\")}""#, r#"f("x\n")"#),
        (r#""${a}${b}""#, r#""${a}${b}""#),
        (r#""$${a}""#, r#""$${a}""#),
        (r#""%{ if a }\"x\"\n%{ endif }""#, r#""%{ if a }\"x\"\n%{ endif }""#),
        (r#""a\"b\\c\nd\te""#, r#""a\"b\\c\nd\te""#),
        (r#""c:\\${x}\\n""#, r#""c:\\${x}\\n""#),
        (r#""\u0024{a}""#, "a"),
        (r#""\u00e9""#, "\"é\""),
        (r#""${<<E\nq\"${x}\nE\n}!""#, "\"${<<E q\"${x} E }!\""),
        (r#"{"a b":1,"${k}":"x"}"#, r#"{ "a b" = 1 (k) = "x" }"#),
        (r#"[1,[],{}]"#, "[1, [], { }]"),
    ] {
        let module = format!(r#"{{"locals":{{"v":{json}}}}}"#);
        assert_eq!(native(&module), format!("locals {{ v = {hcl} }}"), "{json}");
    }
}

#[test]
fn some_arguments_are_literal() {
    assert_eq!(
        native(r#"{"variable":{"v":{"type":"list(string)","default":{"a":"${x}$${y}%{"},"description":"${"}}}"#),
        r#"variable "v" { type = list(string) default = { "a" = "$${x}$$${y}%%{" } description = "$${" }"#
    );
    assert_eq!(native_of(r#"{"a":["${b}"],"1x":2}"#, JsonKind::Variables), r#"a = ["$${b}"]"#);
    assert_eq!(
        native(
            r#"{"terraform":{"required_providers":{"p":{"source":"a/b","configuration_aliases":["p.x"]},"q":"1"}}}"#
        ),
        r#"terraform { required_providers { p = { "source" = "a/b" "configuration_aliases" = [p.x] } q = "1" } }"#
    );
}

#[test]
fn references_are_bare() {
    assert_eq!(
        native(r#"{"module":{"m":{"source":"./m","providers":{"a":"a.b"},"depends_on":["null_resource.x"]}}}"#),
        "module \"m\" { source = \"./m\" providers = { a = a.b } depends_on = [null_resource.x] }"
    );
    assert_eq!(
        native(
            r#"{"moved":[{"from":"a.b","to":"module.x[\"k\"].a.b"}],"import":{"to":"a.b[each.key]","id":"${each.value}"}}"#
        ),
        "moved { from = a.b to = module.x[\"k\"].a.b } import { to = a.b[each.key] id = each.value }"
    );
    assert_eq!(
        native_of(
            r#"{"run":{"r":{"command":"plan","expect_failures":["var.x"],"variables":{"v":"${run.q.o}"},
               "plan_options":{"mode":"refresh-only"},"assert":{"condition":"${true}"}}},
               "mock_provider":{"p":{"mock_data":{"d":{"defaults":{"a":"b"}}}}}}"#,
            JsonKind::Test
        ),
        "run \"r\" { command = plan expect_failures = [var.x] variables { v = run.q.o } plan_options { mode = \
         refresh-only } assert { condition = true } } mock_provider \"p\" { mock_data \"d\" { defaults = { \"a\" = \
         \"b\" } } }"
    );
}

#[test]
fn places_map_to_exact_bytes() {
    let json = r#"{"resource":{"typ":{"one":{"count":"${var.n}"},"two":{"s":"a\n${b.c}\u00e9d"}}}}"#;
    assert_eq!(place(json, "resource"), "resource");
    assert_eq!(place(json, "\"typ\""), "\"typ\"");
    assert_eq!(place(json, "resource \"typ\" \"one\""), r#"resource":{"typ":{"one""#);
    assert_eq!(place(json, "resource \"typ\" \"two\""), "\"two\"");
    assert_eq!(place(json, "\"typ\" \"two\""), "\"two\"");
    assert_eq!(place(json, "count"), "count");
    assert_eq!(place(json, "var.n"), "var.n");
    assert_eq!(place(json, "count = var.n"), "count\":\"${var.n");
    assert_eq!(place(json, "b.c"), "b.c");
    assert_eq!(place(json, "\\n"), "\\n");
    assert_eq!(place(json, "é"), "\\u00e9");
    assert_eq!(place(json, "\"a\\n${b.c}éd\""), r#""a\n${b.c}\u00e9d""#);
}

#[test]
fn trees_point_into_the_file() {
    let json = r#"{"output":{"o":{"value":["x","${a[0].b}",{"k":1}]}}}"#;
    let result = of(json, JsonKind::Module);
    let tree = hcl::parse(&result.text);
    let block = hcl::Document::new(&tree, &result.text).root().blocks().next().unwrap();
    let text = |span: Span| result.map.to_file(span).text(json.as_bytes()).to_owned();
    let value = block.body().value("value").unwrap();
    let elements = value.elements().unwrap();
    assert_eq!(text(value.span()), r#"["x","${a[0].b}",{"k":1}]"#);
    assert_eq!(text(elements[0].span()), "\"x\"");
    assert_eq!(text(elements[1].span()), "a[0].b");
    assert_eq!(text(elements[2].span()), r#"{"k":1}"#);
    assert_eq!(text(elements[2].entries().unwrap()[0].0.span()), "\"k\"");
    assert_eq!(text(block.span()), r#"output":{"o":{"value":["x","${a[0].b}",{"k":1}]}"#);
    assert_eq!(text(block.label_spans()[0]), "\"o\"");
}

#[test]
fn errors_point_into_the_file() {
    for (json, at, part) in [
        (r#"{"locals":{"a":"x\n${1 + }"}}"#, "}", "expected an expression"),
        (r#"{"locals":{"a":"${b"}}"#, "\"${b\"", "not closed"),
        (r#"{"locals":{"a":"%{ if x }y"}}"#, "%{ if x }", "needs `%{ endif }`"),
        (r#"{"locals":{"a":"x${}y"}}"#, "}", "expected an expression"),
        (r#"{"resource":{"a":{"b":{"depends_on":["${x.y}"]}}}}"#, "\"${x.y}\"", "is not a reference"),
        (r#"{"variable":{"v":{"type":"list("}}}"#, "\"list(\"", "is not a type"),
        (r#"{"variable":{"v":{"type":"1"}}}"#, "\"1\"", "is not a type"),
        (r#"{"moved":{"from":"a) + (b"}}"#, "\"a) + (b\"", "is not a reference"),
        (r#"{"locals":{"a":1,"a":2}}"#, "a", "set twice"),
        (r#"{"locals":{"a":{"b":1,"b":2}}}"#, "\"b\"", "set twice"),
        (r#"{"locals":{"1a":1}}"#, "\"1a\"", "is not a name"),
        (r#"{"locals":[["a"]]}"#, "[\"a\"]", "found an array"),
        (r#"{"variable":{}}"#, "{}", "needs its name"),
        (r#"{"variable":{"a":3}}"#, "3", "found a number"),
        (r#"{"resource":{"a":"b"}}"#, "\"b\"", "found a string"),
        (r#"[1]"#, "1", "found a number"),
    ] {
        let all = errors(json);
        assert_eq!(all.len(), 1, "{json}: {all:?}");
        assert_eq!(all[0].0, at, "{json}: {all:?}");
        assert!(all[0].1.contains(part), "{json}: {all:?}");
    }
}

#[test]
fn a_broken_string_leaves_the_rest() {
    let json = r#"{"locals":{"a":"${","b":"${c}","d":"${"}}"#;
    let result = of(json, JsonKind::Module);
    assert_eq!(result.errors.len(), 2);
    let text = String::from_utf8(result.text).unwrap();
    assert!(text.contains("b = c"), "{text}");
    assert_eq!(hcl::parse(text.as_bytes()).errors, []);
}

#[test]
fn repeated_labels_cannot_fill_the_memory() {
    let label = "l".repeat(100_000);
    let blocks: Vec<String> = (0..20_000).map(|number| format!("\"n{number}\":{{}}")).collect();
    let json = format!(r#"{{"resource":{{"{label}":{{{}}}}}}}"#, blocks.join(","));
    let result = of(&json, JsonKind::Module);
    assert!(result.text.len() < 100 * json.len());
    assert_eq!(result.errors.len(), 1);
}

#[test]
fn values_may_nest_as_deep_as_the_reader_allows() {
    let depth = json::MAX_DEPTH as usize - 2;
    for (open, close) in [("[", "]"), ("{\"a\":", "}")] {
        let text = format!(r#"{{"locals":{{"v":{}1{}}}}}"#, open.repeat(depth), close.repeat(depth));
        native(&text);
    }
    assert_eq!(errors(&"{\"a\":".repeat(1_000_000)).len(), 1);
}

#[test]
fn large_files_take_linear_time() {
    let module = |count: usize| {
        let one =
            |number| format!(r#"{{"a_b":{{"n{number}":{{"x":"a${{var.b}}\n\"","y":["z"],"r":{{}},"r":{{}}}}}}}}"#);
        format!(r#"{{"resource":[{}]}}"#, (0..count).map(one).collect::<Vec<_>>().join(","))
    };
    let time = |count: usize| {
        let text = module(count);
        let start = std::time::Instant::now();
        assert_eq!(of(&text, JsonKind::Module).errors, []);
        start.elapsed()
    };
    // Ten times the size in a hundred times the time would be quadratic; other work on the machine stays below that.
    let small = time(500).max(std::time::Duration::from_millis(2));
    assert!(time(5000) < 50 * small);
}
