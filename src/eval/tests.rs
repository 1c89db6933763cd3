//! Expressions with unknown parts, and what is known of them all the same.

use std::collections::BTreeMap;
use std::sync::Arc;

use super::*;
use crate::source::Span;
use crate::syntax::hcl::{self, Document};
use crate::terraform::Type;

/// Variables by name; everything else is unknown.
#[derive(Default)]
struct Names(BTreeMap<&'static str, Value>);

impl Scope for Names {
    fn resolve(&self, names: &[&str], span: Span, _: &mut Doubt) -> Result<(Value, usize), Failure> {
        let value = self.0.get(names[0]).cloned();
        value.map(|value| (value, 1)).ok_or_else(|| Failure::new(format!("no `{}`", names[0]), span))
    }
}

fn names() -> Names {
    let caller = |name: &str| Cause::Caller(name.into());
    let any = |ty: Type, name: &'static str| Value::any(&ty, &caller(name)).named(name);
    let some = |ty: Type, name: &'static str| Value::some(&ty, &caller(name)).named(name);
    let mount = Type::object([("path", Type::String), ("size", Type::Number), ("store", Type::String)]);
    Names(BTreeMap::from([
        ("id", some(Type::String, "id")),
        ("maybe", any(Type::String, "maybe")),
        ("size", some(Type::Number, "size")),
        ("flag", some(Type::Bool, "flag")),
        ("tags", some(Type::list(Type::String), "tags")),
        ("mounts", some(Type::list(mount), "mounts")),
        ("labels", some(Type::map(Type::String), "labels")),
        ("opaque", any(Type::Any, "opaque")),
    ]))
}

fn evaluate(text: &str) -> (Evaluated, bool) {
    let source = format!("x = {text}\n");
    let tree = hcl::parse(source.as_bytes());
    assert!(tree.errors.is_empty(), "{text}: {:?}", tree.errors);
    let names = names();
    let mut evaluator = Evaluator::new(&names);
    let expr = Document::new(&tree, source.as_bytes()).root().value("x").unwrap();
    let value = evaluator.eval(expr);
    (value, evaluator.doubt.may_fail)
}

fn value(text: &str) -> Value {
    evaluate(text).0.unwrap_or_else(|failure| panic!("{text}: {}", failure.message))
}

/// Decided to be this, for every member.
fn decides(text: &str, expected: bool) {
    assert_eq!(value(text).as_bool(), Some(expected), "{text} is {:?}", value(text));
}

fn undecided(text: &str) {
    assert_eq!(value(text).as_bool(), None, "{text}");
}

#[test]
fn literals_are_exact() {
    assert_eq!(value("1 + 2 * 3"), Value::number(7));
    assert_eq!(value("\"a-${1}-${true}\""), Value::string("a-1-true"));
    assert_eq!(value("[1, \"a\"][1]"), Value::string("a"));
    assert_eq!(value("{ a = { b = 2 } }.a[\"b\"]"), Value::number(2));
    assert_eq!(value("true ? 1 : \"a\""), Value::string("1"));
    assert_eq!(
        value("[for k, v in { a = 1, b = 2 } : \"${k}${v}\" if v > 1]"),
        Value::tuple(vec![Value::string("b2")])
    );
    assert_eq!(value("{for v in [\"a\", \"b\"] : v => 1}.b"), Value::number(1));
    assert_eq!(value("[{ a = 1 }, { a = 2 }][*].a"), Value::tuple(vec![Value::number(1), Value::number(2)]));
    assert_eq!(value("null[*]"), Value::tuple(Vec::new()));
    decides("1 == \"1\"", false);
    decides("null == null", true);
}

#[test]
fn what_terraform_decides_with_unknowns() {
    decides("\"https://${id}:8006\" == null", false);
    decides("\"https://${id}:8006\" == \"\"", false);
    decides("\"https://${id}:8006\" == \"ftp://x\"", false);
    undecided("id == \"x\"");
}

#[test]
fn what_terraform_leaves_open() {
    assert_eq!(value("flag ? \"a\" : \"a\""), Value::string("a"));
    decides("id == id", true);
    decides("(flag ? \"a\" : \"b\") == \"c\"", false);
    decides("(flag ? 1 : 2) < 3", true);
    decides("[for tag in tags : 1] == null", false);
    decides("size > 3 ? size > 2 : true", true);
}

#[test]
fn conditions_narrow_their_branches() {
    assert!(!evaluate("maybe != null ? \"${maybe}x\" : \"\"").1);
    assert!(evaluate("\"${maybe}x\"").1);
    assert!(!evaluate("maybe == null ? \"\" : \"${maybe}x\"").1);
    decides("maybe != null ? maybe == null : false", false);
    decides("id == \"a\" ? id == \"b\" : false", false);
    decides("flag ? flag : true", true);
    decides("size == 0 ? size == 0 && size < 1 : true", true);
    decides("size == 1 ? \"${size}x\" == \"1x\" : true", true);
    // It may be `-0`.
    undecided("size == 0 ? \"${size}x\" == \"0x\" : true");
}

#[test]
fn failures_stay_where_they_are() {
    assert!(evaluate("{ a = 1 }.b").0.is_err());
    assert_eq!(value("try({ a = 1 }.b, 7)"), Value::number(7));
    decides("can({ a = 1 }.b)", false);
    decides("can(null.b)", false);
    undecided("can(tags[0])");
    decides("can(maybe)", true);
    assert!(evaluate("flag ? { a = 1 }.b : 2").1);
    assert_eq!(value("flag ? { a = 1 }.b : 2"), Value::number(2));
    // Without tags there is no object among what must be text.
    assert!(evaluate("compact([for tag in tags : { a = tag }])").0.is_ok());
    assert!(evaluate("compact([{ a = id }])").0.is_err());
}

#[test]
fn collections_keep_what_is_known() {
    let mapped = value("[for m in mounts : \"${m.size}G\"]");
    let element = mapped.element().unwrap();
    assert_eq!(element.text().matches(&Pattern::new("G$").unwrap()), Tri::Always);
    assert_eq!(element.text().matches(&Pattern::new("^[0-9]+$").unwrap()), Tri::Never);
    assert!(value("[for t in tags : t]").refinement().unwrap().includes.contains("tags"));
    assert!(value("[for t in tags : t if t != \"\"]").refinement().unwrap().includes.is_empty());
    for flat in ["flatten([[\"x\"], tags])", "flatten([[tags], \"x\"])", "sort(distinct(flatten([tags, [\"x\"]])))"] {
        assert!(value(flat).refinement().unwrap().includes.contains("tags"), "{flat}");
    }
}

#[test]
fn marks_go_where_values_go() {
    let secret = Value::string("s").marked(Marks::SENSITIVE);
    let unknown = Value::some(&Type::Bool, &Cause::Expression);
    assert!(join(&secret, &unknown).all_marks().has(Marks::SENSITIVE));
    let always = Value::string("t").marked(Marks::ALWAYS_UNSTABLE);
    assert!(!join(&always, &Value::string("u")).all_marks().has(Marks::ALWAYS_UNSTABLE));
}

#[test]
fn zeros_of_either_sign_are_kept_apart() {
    for (one, other) in [("0", "-0"), ("[0]", "[-0]"), ("{ a = [0] }", "{ a = [-0] }")] {
        for joined in [join(&value(one), &value(other)), join(&value(other), &value(one))] {
            let texts = ["0", "-0"].map(Value::string);
            assert!(texts.iter().all(|text| joined_text(&joined).contains(text)), "{one} {other}");
        }
    }
    assert_eq!(join(&value("-0"), &value("-0")), value("-0"));
}

/// What the one number in a value is written as.
fn joined_text(value: &Value) -> Vec<Value> {
    match &value.kind {
        Kind::Sequence(all) => joined_text(&all[0]),
        Kind::Mapping(all) => joined_text(&all["a"]),
        _ => {
            let text = convert(value, &Type::String, &mut Doubt::default()).unwrap();
            text.candidates().unwrap_or_default()
        }
    }
}

#[test]
fn types_are_read_with_their_defaults() {
    let source = b"x = list(object({ path = string, size = optional(number, 8), store = optional(string) }))\n";
    let tree = hcl::parse(source);
    let constraint = Constraint::read(Document::new(&tree, source).root().value("x").unwrap()).unwrap();
    assert_eq!(
        constraint.ty.to_string(),
        "list(object({path = string, size = optional(number), store = optional(string)}))"
    );
    let mut doubt = Doubt::default();
    let given = value("[{ path = \"/a\" }, { path = \"/b\", size = null, store = 5 }]");
    let applied = constraint.apply(&given, &mut doubt).unwrap();
    let [first, second] = applied.as_sequence().unwrap() else { panic!() };
    assert_eq!(first.as_mapping().unwrap()["size"], Value::number(8));
    assert_eq!(second.as_mapping().unwrap()["size"], Value::number(8));
    assert!(first.as_mapping().unwrap()["store"].is_null());
    assert_eq!(second.as_mapping().unwrap()["store"], Value::string("5"));
    assert!(constraint.apply(&value("[{ size = 1 }]"), &mut doubt).is_err());
    let element = constraint.members(&Cause::Expression).element().unwrap();
    let Kind::Mapping(attributes) = element.kind else { panic!() };
    assert!(!attributes["size"].nullable && attributes["store"].nullable);
}

#[test]
fn membership_is_what_it_says() {
    let any = Value::any(&Type::list(Type::String), &Cause::Expression);
    let list = Value::list(Type::String, vec![Value::string("a")]);
    assert!(any.admits(&list) && any.admits(&Value::null(Type::Any)));
    assert!(!any.admits(&Value::tuple(vec![Value::string("a")])));
    let text = value("\"a-${id}\"");
    assert!(text.admits(&Value::string("a-b")) && !text.admits(&Value::string("b-a")));
    assert!(!value("{ a = id }").admits(&Value::object(BTreeMap::from([(Arc::from("b"), Value::number(1))]))));
}

#[test]
fn values_that_grow_without_end_are_given_up() {
    let mut text = "[id]".to_owned();
    for _ in 0..64 {
        text = format!("[for x in [{text}] : {{ a = x, b = x }}][0]");
    }
    assert!(evaluate(&text).1);
    assert_eq!(value("[for x in [[id]] : { a = x, b = x }][0].a"), value("[id]"));
}
