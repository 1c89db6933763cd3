use proptest::prelude::*;

use super::*;

fn number(text: &str) -> Number {
    Number::parse(text).unwrap_or_else(|| panic!("not a number: {text}"))
}

#[test]
fn reads_what_terraform_reads() {
    for (text, expected) in [
        ("1e3", "1000"),
        ("+1", "1"),
        (".5", "0.5"),
        ("5.", "5"),
        ("1.e5", "100000"),
        ("-.5e1", "-5"),
        ("010", "10"),
        ("inf", "+Inf"),
        ("+Inf", "+Inf"),
        ("-inf", "-Inf"),
        ("1p3", "8"),
        ("1P-3", "0.125"),
        ("-0", "-0"),
        ("0e99999999999", "0"),
        ("1e0000000000000000000000005", "100000"),
        ("1e1000000000", "+Inf"),
        ("-1e-1000000000", "-0"),
        ("0.1", "0.1"),
        ("9007199254740993", "9007199254740993"),
    ] {
        assert_eq!(number(text).to_string(), expected, "{text}");
    }
}

#[test]
fn rejects_what_terraform_rejects() {
    for text in [
        "",
        " 1",
        "1 ",
        "0x10",
        "1_000",
        ".",
        "e5",
        ".e5",
        "1e",
        "1e+",
        "--1",
        "+-1",
        "1.2.3",
        "1p1p1",
        "INF",
        "infinity",
        "nan",
        "١",
        "1f",
        "true",
        "1e2200000000",
        "1e100000000000",
    ] {
        assert!(Number::parse(text).is_none(), "{text}");
    }
}

#[test]
fn precision_shows_in_the_digits() {
    let third = Number::from(1i64).div(&Number::from(3i64)).unwrap();
    assert_eq!(third.to_string(), "0.33333333333333333334");
    assert_eq!(third.mul(&third).unwrap().to_string(), "0.111111111111111111117134456513808357967");
    let literal = number("1").div(&number("3")).unwrap();
    assert_eq!(literal.to_string(), format!("0.{}5", "3".repeat(154)));
    assert_eq!(literal.mul(&number("3")).unwrap(), Number::ONE);
    assert_eq!(number("2").pow(&number("100")).unwrap().to_string(), "1267650600228229400000000000000");
}

#[test]
fn infinities_follow_terraform() {
    let (one, zero, infinity) = (Number::ONE, Number::ZERO, Number::INFINITY);
    assert_eq!(one.div(&zero), Some(infinity.clone()));
    assert_eq!(one.div(&zero.neg()), Some(Number::NEGATIVE_INFINITY));
    assert_eq!(zero.div(&zero), None);
    assert_eq!(infinity.sub(&infinity), None);
    assert_eq!(infinity.mul(&zero), None);
    assert_eq!(one.rem(&infinity), None);
    assert_eq!(one.rem(&zero), Some(one));
    assert_eq!(infinity.floor(), infinity);
}

#[test]
fn zero_has_a_sign_that_is_not_compared() {
    let negative = Number::ZERO.neg();
    assert_eq!(negative, Number::ZERO);
    assert_eq!(negative.to_string(), "-0");
    assert_eq!(negative.abs().to_string(), "0");
    assert_eq!(negative.ceil().to_string(), "0");
    assert_eq!((negative.to_i64(), negative.to_u64(), negative.is_integer()), (Some(0), Some(0), true));
    assert_eq!(number("-0.5").ceil().to_string(), "0");
}

#[test]
fn integers_of_any_base() {
    let read = |text: &str, base| Number::parse_integer(text, base).map(|number| number.to_string());
    assert_eq!(read("fffffffffffffffffffffff", 16).as_deref(), Some("4951760157141521099596496895"));
    assert_eq!(read("-ff", 16).as_deref(), Some("-255"));
    assert_eq!(read("zZ", 62).as_deref(), Some("2231"));
    assert_eq!(read("Z", 36).as_deref(), Some("35"));
    assert_eq!(read("1_0", 10), None);
    assert_eq!(read("", 10), None);
    assert_eq!(read("2", 2), None);
}

#[test]
fn conversions_say_when_they_do_not_fit() {
    assert_eq!(number("9223372036854775808").to_i64(), None);
    assert_eq!(number("9223372036854775808").to_u64(), Some(1 << 63));
    assert_eq!(number("1.5").to_i64(), None);
    assert_eq!(number("1e400").to_f64(), None);
    assert_eq!(number("1e-400").to_f64(), Some(0.0));
    assert_eq!(number("5e-324").to_f64(), Some(5e-324));
    assert_eq!(Number::from_f64(f64::NAN), None);
}

#[test]
fn huge_numbers_are_not_written_out() {
    let huge = number("1e100000000");
    assert_eq!(huge.text(), None);
    assert_eq!(huge.to_integer(), None);
    assert_eq!(huge.add(&Number::ONE), Some(huge.clone()));
    assert!(huge > number("1e99999999"));
    assert!(huge.rem(&number("7")).is_some());
}

#[test]
fn fixed_digits_are_exact() {
    assert_eq!(number("0.1").fixed(6).as_deref(), Some("0.100000"));
    assert_eq!(number("2.5").fixed(0).as_deref(), Some("2"));
    assert_eq!(number("3.5").fixed(0).as_deref(), Some("4"));
    assert_eq!(number("-0.001").fixed(2).as_deref(), Some("-0.00"));
    assert_eq!(number("99.996").fixed(2).as_deref(), Some("100.00"));
    assert_eq!(number("1234").shortest_digits(), Some(("1234".into(), 4)));
}

fn any_number() -> impl Strategy<Value = Number> {
    prop_oneof![
        any::<i64>().prop_map(Number::from),
        (-100i64..100).prop_map(|value| Number::parse(&value.to_string()).unwrap()),
        any::<f64>().prop_filter_map("a number", Number::from_f64),
        "-?[0-9]{1,40}(\\.[0-9]{1,20})?(e-?[0-9]{1,2})?".prop_map(|text| Number::parse(&text).unwrap()),
        Just(Number::INFINITY),
        Just(Number::ZERO.neg()),
    ]
}

fn hash_of(number: &Number) -> u64 {
    let mut hasher = std::hash::DefaultHasher::new();
    number.hash(&mut hasher);
    hasher.finish()
}

proptest! {
    #[test]
    fn integers_compute_as_integers(left in any::<i32>(), right in any::<i32>()) {
        let (left, right) = (i64::from(left), i64::from(right));
        let (a, b) = (Number::from(left), Number::from(right));
        prop_assert_eq!(a.add(&b), Some(Number::from(left + right)));
        prop_assert_eq!(a.sub(&b), Some(Number::from(left - right)));
        prop_assert_eq!(a.mul(&b), Some(Number::from(left * right)));
        if right != 0 {
            prop_assert_eq!(a.rem(&b), Some(Number::from(left % right)));
        }
        prop_assert_eq!(a.cmp(&b), left.cmp(&right));
    }

    #[test]
    fn doubles_compute_as_doubles(left in any::<f64>(), right in any::<f64>()) {
        let (Some(a), Some(b)) = (Number::from_f64(left), Number::from_f64(right)) else { return Ok(()) };
        let close = |number: Option<Number>, double: f64| match number {
            Some(number) if double.is_normal() => number.to_f64() == Some(double),
            Some(_) => true,
            None => double.is_nan(),
        };
        prop_assert!(close(a.add(&b), left + right));
        prop_assert!(close(a.div(&b), left / right));
        prop_assert_eq!(a.partial_cmp(&b), left.partial_cmp(&right));
        prop_assert_eq!(a.to_f64(), Some(left));
        if left.is_finite() {
            let text = a.text().unwrap();
            prop_assert_eq!(text.parse::<f64>(), Ok(left), "{}", text);
        }
    }

    #[test]
    fn text_is_read_back(number in any_number()) {
        let text = number.text().unwrap();
        let again = Number::parse(&text).unwrap();
        if number.precision == LITERAL_PRECISION {
            prop_assert_eq!(&again, &number);
            prop_assert_eq!(hash_of(&again), hash_of(&number));
        }
        prop_assert_eq!(again.text(), Some(text));
    }

    #[test]
    fn order_is_total(a in any_number(), b in any_number(), c in any_number()) {
        prop_assert_eq!(a.cmp(&b), b.cmp(&a).reverse());
        if a <= b && b <= c {
            prop_assert!(a <= c);
        }
        if a == b {
            prop_assert_eq!(hash_of(&a), hash_of(&b));
        }
    }

    #[test]
    fn whole_numbers_enclose(number in any_number()) {
        let (floor, ceil) = (number.floor(), number.ceil());
        prop_assert!(floor <= number && number <= ceil);
        prop_assert!(number.is_infinite() || floor.is_integer() && ceil.is_integer());
        if !number.is_infinite() && number.precision == LITERAL_PRECISION {
            let apart = ceil.sub(&floor).unwrap();
            prop_assert!(apart <= Number::ONE);
        }
    }
}
