//! Properties of JSON configuration for any input: nothing panics, no place leaves the file, and JSON that is right
//! becomes native syntax that is right.

#![allow(clippy::unwrap_used, clippy::print_stdout, reason = "a test may fail, and says what it skips")]

use proptest::prelude::*;
use sprag::source::Span;
use sprag::syntax::hcl;
use sprag::terraform::json::{JsonKind, Transliterated, transliterate};

const KINDS: [JsonKind; 3] = [JsonKind::Module, JsonKind::Variables, JsonKind::Test];

fn check_places(file: &[u8], result: &Transliterated) {
    let length = u32::try_from(file.len()).unwrap();
    let inside = |span: Span| assert!(span.start <= span.end && span.end <= length, "{span:?} of {length}");
    let tree = hcl::parse(&result.text);
    for error in result.all_errors(&tree) {
        inside(error.span);
        if let Some((span, _)) = error.related {
            inside(span);
        }
    }
    let document = hcl::Document::new(&tree, &result.text);
    for expr in document.expressions() {
        inside(result.map.to_file(expr.span()));
    }
    let end = u32::try_from(result.text.len()).unwrap();
    for start in (0..=end).step_by(3) {
        for length in [0, 1, 7, 1000] {
            inside(result.map.to_file(Span::new(start, start + length)));
        }
    }
}

/// Every copied byte of an expression comes from the place it maps to.
fn check_names(file: &[u8], result: &Transliterated) {
    let tree = hcl::parse(&result.text);
    let document = hcl::Document::new(&tree, &result.text);
    for expr in document.expressions().filter(|expr| matches!(expr.kind(), hcl::ExprKind::Variable)) {
        let place = result.map.to_file(expr.span());
        assert_eq!(place.text(file), expr.text());
    }
}

/// A name, a template or text with everything that needs an escape in one of the syntaxes.
fn text() -> impl Strategy<Value = String> {
    let part = prop_oneof![
        Just("${var.a}".to_owned()),
        Just("$${".to_owned()),
        Just("%%{".to_owned()),
        Just("${f(\"x${b[0]}\", {a = 1})}".to_owned()),
        Just("%{ for x in y ~}${x}\n%{ endfor ~}".to_owned()),
        Just("${[for a in b : a\n if c]}".to_owned()),
        Just("${<<EOT\nq \"${x}\nEOT\n}".to_owned()),
        "[ -~]{0,4}".prop_filter("no open sequence", |text| !text.contains(['{', '$', '%'])),
        "[\\\\\"\n\r\té\u{1}_E]{0,3}",
    ];
    prop::collection::vec(part, 0..4).prop_map(|parts| parts.concat())
}

fn value() -> impl Strategy<Value = serde_json::Value> {
    let leaf = prop_oneof![
        Just(serde_json::Value::Null),
        any::<bool>().prop_map(serde_json::Value::from),
        any::<i64>().prop_map(serde_json::Value::from),
        prop::num::f64::NORMAL.prop_map(serde_json::Value::from),
        text().prop_map(serde_json::Value::from),
    ];
    leaf.prop_recursive(4, 24, 4, |inner| {
        prop_oneof![
            prop::collection::vec(inner.clone(), 0..4).prop_map(serde_json::Value::from),
            prop::collection::btree_map(text(), inner, 0..4)
                .prop_map(|map| serde_json::Value::Object(map.into_iter().collect())),
        ]
    })
}

fn object(name: &'static str) -> impl Strategy<Value = serde_json::Value> {
    prop::collection::btree_map(name, value(), 1..4)
        .prop_map(|map| serde_json::Value::Object(map.into_iter().collect()))
}

/// A module in JSON, of bodies whose properties are names that are no block of the language.
fn module() -> impl Strategy<Value = serde_json::Value> {
    const NAME: &str = "x[a-z_0-9-]{0,6}";
    let labelled = |labels: usize| {
        (text(), text(), object(NAME)).prop_map(move |(first, second, body)| match labels {
            0 => body,
            1 => serde_json::json!({ first: [body] }),
            _ => serde_json::json!([{ first: { second: body } }]),
        })
    };
    (labelled(0), labelled(1), labelled(1), labelled(2), labelled(2)).prop_map(
        |(locals, output, module, data, resource)| {
            serde_json::json!({
                "//": "made",
                "locals": locals,
                "output": output,
                "module": module,
                "data": data,
                "resource": resource,
            })
        },
    )
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_survived(file in prop::collection::vec(any::<u8>(), 0..200)) {
        for kind in KINDS {
            check_places(&file, &transliterate(&file, kind));
        }
    }

    #[test]
    fn anything_like_json_is_survived(
        parts in prop::collection::vec(
            prop::sample::select(vec![
                "{", "}", "[", "]", ",", ":", "\"a\"", "\"resource\"", "\"locals\"", "\"${\"", "\"${a +}\"", "1", "null",
                "tru", "\"//\"", "//", "\"", "\\", "\n", "'", "\"\\ud800\"", "\"variable\"", "\"depends_on\"", "\"\\u00", " ",
            ]),
            0..40,
        )
    ) {
        let file = parts.concat();
        for kind in KINDS {
            check_places(file.as_bytes(), &transliterate(file.as_bytes(), kind));
        }
    }

    #[test]
    fn a_module_becomes_native_syntax(module in module()) {
        for file in [module.to_string(), format!("{module:#}")] {
            let result = transliterate(file.as_bytes(), JsonKind::Module);
            let tree = hcl::parse(&result.text);
            prop_assert!(result.errors.is_empty(), "{file}\n{:?}", result.errors);
            prop_assert!(tree.errors.is_empty(), "{}\n{:?}", String::from_utf8_lossy(&result.text), tree.errors);
            check_places(file.as_bytes(), &result);
            check_names(file.as_bytes(), &result);
        }
    }

    #[test]
    fn a_variables_file_keeps_its_strings(strings in prop::collection::vec(any::<String>(), 0..8)) {
        let file = serde_json::json!({ "v": strings }).to_string();
        let result = transliterate(file.as_bytes(), JsonKind::Variables);
        let tree = hcl::parse(&result.text);
        prop_assert!(result.all_errors(&tree).is_empty());
        let value = hcl::Document::new(&tree, &result.text).root().value("v").unwrap();
        let read: Vec<String> =
            value.elements().unwrap().into_iter().map(|element| element.as_string().unwrap().into_owned()).collect();
        prop_assert_eq!(read, strings);
    }
}
