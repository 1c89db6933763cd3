//! What is kept through functions when arguments are partly unknown.

use super::*;
use crate::eval::refinement::Refinement;
use crate::eval::text::{Hole, Piece, Shape, Text};

fn call_with(name: &str, fixed: &[Value]) -> (Result<Value, String>, bool) {
    let mut doubt = Doubt::default();
    let mut context = Context { doubt: &mut doubt, sources: &NoSources };
    let value = call(name, Arguments { fixed, rest: None }, &mut context);
    (value, doubt.may_fail)
}

fn value(name: &str, fixed: &[Value]) -> Value {
    call_with(name, fixed).0.unwrap_or_else(|message| panic!("{name}: {message}"))
}

fn caller() -> Cause {
    Cause::Caller("var.x".into())
}

fn digits_and(text: &str) -> Value {
    let number = Hole::new(Shape::Number { integer: true, non_negative: true });
    Value::some_string(Text::of([Piece::Hole(number), Piece::Literal(text.into())]), caller())
}

fn tags() -> Value {
    Value::some(&Type::list(Type::String), &caller()).named("var.tags")
}

#[test]
fn what_the_caller_passes_stays_in() {
    let own = Value::tuple(vec![Value::string("managed")]);
    let all = value("concat", &[own, tags()]);
    for through in [
        all.clone(),
        value("distinct", &[value("tolist", std::slice::from_ref(&all))]),
        value("flatten", &[Value::tuple(vec![Value::string("managed"), tags()])]),
        value("reverse", &[tags()]),
        value("sort", &[value("distinct", &[all])]),
    ] {
        let known = through.refinement().unwrap();
        assert!(known.includes.iter().any(|name| **name == *"var.tags"), "{through:?}");
    }
}

#[test]
fn a_text_is_split_where_its_holes_cannot_be() {
    let parts = value("split", &[Value::string("/"), digits_and("/24")]);
    assert_eq!(parts.as_sequence().map(<[Value]>::len), Some(2));
    let open = value("split", &[Value::string("4"), digits_and("/24")]);
    assert_eq!(open.length().min, 2);
}

#[test]
fn result_types_are_those_of_results() {
    for (name, ty) in names().filter_map(|name| Some((name, result_type(name)?))) {
        let any = Value::any(&Type::Any, &caller());
        let results: Vec<Value> =
            (0..5).filter_map(|count| call_with(name, &vec![any.clone(); count]).0.ok()).collect();
        assert!(!results.is_empty() && results.iter().all(|value| value.ty == ty), "{name}: {results:?}");
    }
}

#[test]
fn failures_are_certain_or_doubted() {
    assert!(call_with("regex", &[Value::string("^[a-z]"), digits_and("G")]).0.is_err());
    let (found, may_fail) = call_with("regex", &[Value::string("G$"), digits_and("G")]);
    assert!(found.is_ok() && !may_fail);
    let (_, may_fail) = call_with("regex", &[Value::string("^12"), digits_and("G")]);
    assert!(may_fail);
}

#[test]
fn what_differs_with_every_run_is_told_apart() {
    let now = value("timestamp", &[]);
    assert!(now.marks.has(Marks::ALWAYS_UNSTABLE));
    assert!(value("md5", std::slice::from_ref(&now)).marks.has(Marks::ALWAYS_UNSTABLE));
    let year = value("formatdate", &[Value::string("YYYY"), now]);
    assert!(year.marks.has(Marks::UNSTABLE) && !year.marks.has(Marks::ALWAYS_UNSTABLE));
}

#[test]
fn large_results_are_not_followed() {
    let many = Value::tuple((0..200).map(Value::count).collect());
    let product = value("setproduct", &[many.clone(), many]);
    assert_eq!(product.refinement().map(|known| known.cause.clone()), Some(Cause::TooLarge));
    let wide = value("format", &[Value::string("%99999999d"), Value::count(1)]);
    assert!(!wide.is_wholly_known());
}

#[test]
fn unknown_functions_are_unknown() {
    let (value, may_fail) = call_with("provider::terraform::encode_expr", &[Value::string("x")]);
    assert!(value.is_ok_and(|value| value.ty == Type::Any && value.nullable) && may_fail);
    assert!(call_with("upper", &[]).0.is_err());
    assert!(call_with("upper", &[Value::null(Type::String)]).0.is_err());
}

#[test]
fn a_few_candidates_are_tried() {
    let one_of = Value::one_of(["a", "b"].map(Value::string)).unwrap();
    let upper = value("upper", std::slice::from_ref(&one_of));
    assert_eq!(upper.candidates().map(|all| all.len()), Some(2));
    let joined = value("format", &[Value::string("%s-x"), one_of]);
    assert!(joined.admits(&Value::string("b-x")) && !joined.admits(&Value::string("c-x")));
    let unknown = Value::unknown(Type::String, Refinement::new(caller()));
    assert_eq!(value("length", &[Value::tuple(vec![unknown])]), Value::count(1));
}
