use super::*;
use crate::source::Span;

fn debug(source: &str) -> String {
    let stream = parse(source.as_bytes());
    let roots: Vec<_> = stream.documents().iter().map(|document| document.root(&stream)).collect();
    format!("{roots:?}")
}

/// Each error as `text at its place|message`.
fn errors(source: &[u8]) -> Vec<String> {
    let stream = parse(source);
    stream
        .errors()
        .map(|error| format!("{}|{}", String::from_utf8_lossy(error.span.slice(source)), error.message))
        .collect()
}

#[test]
fn reads_all_documents() {
    assert_eq!(debug(""), "[]");
    assert_eq!(debug("# only a comment\n"), "[]");
    assert_eq!(debug("\u{feff}a: 1\r\n---\r\n- ~\n- ''\n...\n--- x\n"), "[{\"a\": \"1\"}, [null, \"\"], \"x\"]");
    let source = "a: 1\n---\nb:\n  - 2 \n\n# end\n";
    let stream = parse(source.as_bytes());
    let texts: Vec<_> = stream.documents().iter().map(|document| document.span.text(source.as_bytes())).collect();
    assert_eq!(texts, ["a: 1", "---\nb:\n  - 2"]);
}

#[test]
fn spans_are_exact() {
    let source = "groups:\n- name: 'x y' # why\n  expr: |2- # c\n\n      a\n     b\n\n  flow: {k: [1 , 2 ], l: }\n  none:\n- q\n";
    let stream = parse(source.as_bytes());
    let text = |span: Span| span.text(source.as_bytes());
    let group = stream.documents()[0].root(&stream).get("groups").unwrap().items().next().unwrap();
    assert_eq!(text(group.get("name").unwrap().span()), "'x y'");
    assert_eq!(text(group.get("expr").unwrap().span()), "|2- # c\n\n      a\n     b");
    assert_eq!(text(group.get("flow").unwrap().span()), "{k: [1 , 2 ], l: }");
    assert_eq!(text(group.get("flow").unwrap().get("k").unwrap().span()), "[1 , 2 ]");
    assert!(group.get("none").unwrap().is_null());
    assert!(
        text(group.span()).starts_with("name: ") && text(group.span()).ends_with("none:"),
        "{:?}",
        text(group.span())
    );
    let comments: Vec<_> = stream.comments().iter().map(|comment| (text(comment.span), comment.own_line)).collect();
    assert_eq!(comments, [("# why", false), ("# c", false)]);
    let source = "# top\na: # side\n  # inner\n  - b\n\n# end";
    let stream = parse(source.as_bytes());
    let comments: Vec<_> =
        stream.comments().iter().map(|comment| (comment.span.text(source.as_bytes()), comment.own_line)).collect();
    assert_eq!(comments, [("# top", true), ("# side", false), ("# inner", true), ("# end", true)]);
}

#[test]
fn values_are_borrowed_where_they_can_be() {
    let stream = parse(b"a: plain\nb: 'quoted'\nc: \"esc\\n\"\n");
    let borrowed = |key| {
        matches!(
            stream.documents()[0].root(&stream).get(key).unwrap().scalar().unwrap().value,
            std::borrow::Cow::Borrowed(_)
        )
    };
    assert!(borrowed("a") && borrowed("b") && !borrowed("c"));
}

#[test]
fn aliases_share_their_node() {
    let source = "base: &b {x: 1}\nuse: *b\nlist: [*b, *b]\n";
    assert_eq!(debug(source), r#"[{"base": {"x": "1"}, "use": {"x": "1"}, "list": [{"x": "1"}, {"x": "1"}]}]"#);
    let stream = parse(source.as_bytes());
    let node = stream.documents()[0].root(&stream).get("use").unwrap();
    assert_eq!(node.place().text(source.as_bytes()), "*b");
    assert_eq!(node.span().text(source.as_bytes()), "{x: 1}");
    assert_eq!(errors(b"a: *b\nc: &c [*c]\n"), ["*b|unknown anchor `b`", "*c|the value of anchor `c` contains itself"]);
}

#[test]
fn an_alias_bomb_is_an_error() {
    let mut source = "a0: &a0 [x, x, x, x, x, x, x, x, x]\n".to_owned();
    for level in 1..9 {
        let aliases = vec![format!("*a{}", level - 1); 9].join(", ");
        source.push_str(&format!("a{level}: &a{level} [{aliases}]\n"));
    }
    assert!(
        errors(source.as_bytes())[0].ends_with("stand for more than 400000 values"),
        "{:?}",
        errors(source.as_bytes())
    );
    let stream = parse(source.as_bytes());
    // What is left can be walked.
    assert!(format!("{:?}", stream.documents()[0].root(&stream)).len() < 10_000_000);
}

#[test]
fn merge_keys_follow_yaml_v3() {
    let source =
        "one: &one {a: 1, b: 1}\ntwo: &two {b: 2, c: 2}\nuse:\n  <<: [*one, *two]\n  a: own\nquoted: {'<<': 1}\n";
    let stream = parse(source.as_bytes());
    let root = stream.documents()[0].root(&stream);
    let node = root.get("use").unwrap();
    let fields: Vec<_> =
        node.fields().iter().map(|field| (field.key.text().unwrap(), field.value.text().unwrap())).collect();
    assert_eq!(fields, [("a", "own"), ("b", "1"), ("c", "2")]);
    assert_eq!(node.get("c").and_then(Node::text), Some("2"));
    assert_eq!(node.get("<<").map(|_| ()), None);
    assert_eq!(root.get("quoted").unwrap().fields().len(), 1);
}

#[test]
fn duplicate_keys_point_at_both() {
    let source = b"a: 1\nb: {x: 1, 'x': 2}\n\"a\": 3\n";
    assert_eq!(errors(source), ["'x'|duplicate key `x`", "\"a\"|duplicate key `a`"]);
    let stream = parse(source);
    let related = stream.errors().nth(1).and_then(|error| error.related.clone()).unwrap();
    assert_eq!(related.0, Span::new(0, 1));
    let many: String = (0..40).map(|key| format!("k{key}: 1\n")).chain(["k7: 2\n".to_owned()]).collect();
    assert_eq!(errors(many.as_bytes()), ["k7|duplicate key `k7`"]);
}

#[test]
fn errors_say_what_was_expected() {
    for (source, expected) in [
        (&b"a:\n\t- b\n"[..], "-|tab in the indentation"),
        (b"a: b: c\n", ":|`: ` inside a value that is not quoted"),
        (b"a:\n  - b\n c: d\n", "c|expected a key: this column fits no mapping that is open"),
        (b"a: 'x' y\n", "y|text after the closing quote"),
        (b"a: \"x\n", "|expected the closing quote, or a line indented deeper than the key"),
        (b"a: [1, 2\nb: 3\n", ""),
        (b"a: \xff\xff\n", "\u{fffd}|the file is not UTF-8 here"),
        (b"\xff\xfea\0", "\u{fffd}|the file is not UTF-8 here"),
        (b"a: @x\n", "@|a value cannot start with or hold `@` here"),
        (b"a: b\0c\n", "\0|a value cannot start with or hold `\\u{0}` here"),
    ] {
        let found = errors(source);
        assert_eq!(found.len(), 1, "{source:?} {found:?}");
        assert!(expected.is_empty() || found[0] == expected, "{source:?}: {found:?} is not {expected:?}");
    }
}

#[test]
fn a_broken_document_keeps_what_was_read_and_the_next_goes_on() {
    let source = "groups:\n- name: a\n  rules:\n  - alert: A\n    expr: \"x\n---\nb: 1\n";
    let stream = parse(source.as_bytes());
    let [first, second] = stream.documents() else { panic!("{:?}", stream.documents()) };
    assert!(!first.complete && second.complete);
    let group = first.root(&stream).get("groups").unwrap().items().next().unwrap();
    let rule = group.get("rules").unwrap().items().next().unwrap();
    assert!(!rule.is_complete() && !group.is_complete());
    assert_eq!(rule.get("alert").and_then(Node::text), Some("A"));
    assert!(rule.get("expr").is_some_and(|expr| !expr.is_complete()));
    assert_eq!(second.root(&stream).get("b").and_then(Node::text), Some("1"));
}

#[test]
fn depth_is_limited_without_recursion() {
    for open in ["[", "{a: ", "- ", "? "] {
        let source = open.repeat(20_000);
        let found = errors(source.as_bytes());
        assert!(found[0].contains("nested deeper than 250 levels"), "{open} {found:?}");
    }
}

#[test]
fn templates_are_told_from_mistakes() {
    let hole =
        |source: &str| parse(source.as_bytes()).template_hole().map(|span| span.text(source.as_bytes()).to_owned());
    assert_eq!(hole("{{- if .Values.on }}\na: b\n{{- end }}\n").as_deref(), Some("{{- if .Values.on }}"));
    assert_eq!(hole("a: '{{ .Values.on }}'\n"), None, "YAML is YAML");
    assert_eq!(hole("a: {{ $value }} is high\nb: 1\n"), None, "a missing pair of quotes is a mistake");
}

#[test]
fn quoted_lines_indented_too_little_are_read_as_yaml_v3_does() {
    let source = "groups:\n- a: \"x\n  y\\\n\n z\"\n  b: 'it''s\n\nso' # c\n  c: [1]\n";
    let stream = parse(source.as_bytes());
    assert_eq!(stream.errors().next(), None);
    let group = stream.documents()[0].root(&stream).get("groups").unwrap().items().next().unwrap();
    let scalar = |key| group.get(key).unwrap().scalar().unwrap();
    assert_eq!((&*scalar("a").value, &*scalar("b").value), ("x y\nz", "it's\nso"));
    assert_eq!(scalar("b").span.text(source.as_bytes()), "'it''s\n\nso'");
    let map = ScalarMap::new(source.as_bytes(), scalar("b"));
    assert!(map.is_exact());
    assert_eq!(map.span(5..7).text(source.as_bytes()), "so");
    assert_eq!(group.get("c").unwrap().span().text(source.as_bytes()), "[1]");
    assert_eq!(stream.comments()[0].span.text(source.as_bytes()), "# c");
    assert_eq!(debug("a:\n  b: 'x\n\ty\n  z'\n"), r#"[{"a": {"b": "x y z"}}]"#);
    // A quote that is forgotten stays an error where it is forgotten.
    let forgotten = b"a: \"x\nb: \"y\"\nc: 1\n";
    assert_eq!(errors(forgotten), ["b|expected the closing quote, or a line indented deeper than the key"]);
}
