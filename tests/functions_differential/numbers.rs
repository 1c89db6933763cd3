//! Random arithmetic: literals of all sizes, numbers of low precision, every operator and function of numbers.

use serde_json::Value;
use sprag::eval::Number;

use crate::common::e2e::{Sandbox, skip};
use crate::common::mutation::Mutator;
use crate::common::oracle::{self, Outcome};

type Operation = fn(&Number, &Number) -> Option<Number>;

const LITERALS: &[&str] = &[
    "0",
    "1",
    "2",
    "3",
    "7",
    "10",
    "64",
    "100",
    "1000",
    "0.1",
    "0.5",
    "0.25",
    "2.5",
    "1.1",
    "3.7",
    "1e3",
    "1e-3",
    "1e21",
    "1e100",
    "1e-100",
    "1e300",
    "1e308",
    "1e-320",
    "123456789012345678901234567890",
    "9223372036854775807",
    "9223372036854775808",
    "18446744073709551616",
    "0.3333333333333333",
    "3.14159265358979323846264338327950288",
    "99999999999999999999.99999999999999999999",
    "1e250",
    "7e260",
    "3e-270",
    "4503599627370497.5",
    "9007199254740993",
];

/// An expression and its value, where `None` is a failure.
fn expression(random: &mut Mutator, depth: usize) -> (String, Option<Number>) {
    if depth == 0 || random.below(6) == 0 {
        return leaf(random);
    }
    let (left, a) = expression(random, depth - 1);
    match random.below(12) {
        0 => (format!("floor({left})"), a.map(|a| a.floor())),
        1 => (format!("ceil({left})"), a.map(|a| a.ceil())),
        2 => (format!("abs({left})"), a.map(|a| a.abs())),
        3 => (format!("(-{left})"), a.map(|a| a.neg())),
        4 => (format!("signum({left})"), a.and_then(|a| a.signum())),
        choice => {
            let (right, b) = expression(random, depth - 1);
            let (symbol, operation): (&str, Operation) = match choice {
                5 | 6 => ("+", Number::add),
                7 => ("-", Number::sub),
                8 => ("*", Number::mul),
                9 | 10 => ("/", Number::div),
                _ => ("%", Number::rem),
            };
            (format!("({left} {symbol} {right})"), a.zip(b).and_then(|(a, b)| operation(&a, &b)))
        }
    }
}

fn leaf(random: &mut Mutator) -> (String, Option<Number>) {
    let literal = random.pick(LITERALS).to_owned();
    match random.below(8) {
        0 => {
            let length = random.below(8);
            (format!("length(range({length}))"), Some(Number::from(i64::try_from(length).unwrap())))
        }
        1 => {
            let (whole, exponent) = (random.below(12), random.below(24));
            let base = random.pick(LITERALS).to_owned();
            let expected = Number::parse(&base).unwrap().pow(&Number::from(i64::try_from(exponent).unwrap()));
            match whole {
                0 => (format!("pow({base}, 0.5)"), Number::parse(&base).unwrap().pow(&Number::parse("0.5").unwrap())),
                _ => (format!("pow({base}, {exponent})"), expected),
            }
        }
        2 => {
            let base = random.pick(&["2", "10", "3", "0.5", "7.25"]).to_owned();
            let expected = Number::parse(&literal).unwrap().log(&Number::parse(&base).unwrap());
            (format!("log({literal}, {base})"), expected)
        }
        3 => {
            let (text, base) = (random.pick(&["ff", "10", "7fffffffffffffffffffff", "-11", "zz"]), 16);
            (format!("parseint(\"{text}\", {base})"), Number::parse_integer(text, base))
        }
        _ => (literal.clone(), Number::parse(&literal)),
    }
}

fn compare(sandbox: &Sandbox, cases: &[(String, Option<String>)]) {
    let expressions: Vec<String> = cases.iter().map(|(expression, _)| expression.clone()).collect();
    let outcomes = oracle::evaluate(sandbox, "", &expressions);
    let mut wrong = Vec::new();
    for ((expression, ours), outcome) in cases.iter().zip(outcomes) {
        let theirs = match outcome {
            Outcome::Value { value, .. } => {
                serde_json::from_str::<Value>(value.get()).unwrap().as_str().map(str::to_owned)
            }
            Outcome::Failure => None,
            Outcome::Unknown => panic!("{expression} is unknown"),
        };
        if *ours != theirs {
            wrong.push(format!("{expression}\n  ours   {ours:?}\n  theirs {theirs:?}"));
        }
    }
    assert!(wrong.is_empty(), "{} of {} differ:\n{}", wrong.len(), cases.len(), wrong.join("\n"));
}

#[test]
fn arithmetic_is_terraforms() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let mut random = Mutator::new(7);
    let mut cases = Vec::new();
    while cases.len() < 1200 {
        let (expression, value) = expression(&mut random, 1 + cases.len() % 4);
        cases.push((format!("tostring({expression})"), value.map(|value| value.text().unwrap())));
    }
    let failures = cases.iter().filter(|(_, value)| value.is_none()).count();
    assert!((10..cases.len() / 3).contains(&failures), "{failures} of {} fail", cases.len());
    compare(&sandbox, &cases);
}

#[test]
fn strings_convert_as_in_terraform() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let parts = [
        "", "+", "-", "0", "1", "007", "12.5", ".", ".5", "5.", "e", "e5", "E-3", "p4", "_", " ", "x", "inf", "Inf",
        "nan",
    ];
    let mut texts: Vec<String> = parts.iter().map(|part| (*part).to_owned()).collect();
    for first in parts {
        for second in parts {
            for third in ["", "e2", "0", "."] {
                texts.push(format!("{first}{second}{third}"));
            }
        }
    }
    texts.sort();
    texts.dedup();
    let cases: Vec<(String, Option<String>)> = texts
        .iter()
        .map(|text| (format!("tostring(tonumber(\"{text}\"))"), Number::parse(text).map(|number| number.to_string())))
        .collect();
    assert!(cases.len() > 900);
    compare(&sandbox, &cases);
}

/// Logarithms and powers with fractional exponents: the former to the last digit, the latter to a few.
#[test]
fn doubles_are_computed_as_in_terraform() {
    let Some(sandbox) = Sandbox::new() else { return skip("terraform") };
    let mut random = Mutator::new(11);
    let mut decimal =
        |digits: usize| format!("{}.{}", random.below(1000), random.below(10usize.pow(u32::try_from(digits).unwrap())));
    let mut logarithms = Vec::new();
    let mut powers = Vec::new();
    for index in 0..400 {
        let (value, base) = (decimal(6), if index % 2 == 0 { "2".to_owned() } else { decimal(3) });
        let expected = Number::parse(&value).unwrap().log(&Number::parse(&base).unwrap());
        logarithms.push((format!("tostring(log({value}, {base}))"), expected.map(|value| value.to_string())));
        let exponent = format!("{}.{}", index % 7, index);
        let expected = Number::parse(&value).unwrap().pow(&Number::parse(&exponent).unwrap()).unwrap();
        powers.push((
            format!("tostring(abs(pow({value}, {exponent}) / {expected} - 1) < 1e-13)"),
            Some("true".to_owned()),
        ));
    }
    powers.retain(|(expression, _)| !expression.contains("/ 0 "));
    compare(&sandbox, &powers);
    compare(&sandbox, &logarithms);
}
