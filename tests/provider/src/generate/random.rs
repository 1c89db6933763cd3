//! Results of `hashicorp/random`: they honour length, character classes and ranges, and are the same every time.

use super::{Source, text};
use crate::value::{Value, member, number, set_member};

const UPPER: &str = "ABCDEFGHIJKLMNOPQRSTUVWXYZ";
const LOWER: &str = "abcdefghijklmnopqrstuvwxyz";
const DIGITS: &str = "0123456789";
/// The special characters the provider uses unless `override_special` is set.
const SPECIAL: &str = "!@#$%&*()-_=+[]{}<>:?";

/// The computed values of one resource or ephemeral resource.
pub fn values(type_name: &str, state: &Value, source: &Source) -> Vec<(&'static str, Value)> {
    let mut source = source.branch("result");
    match type_name {
        "random_password" => {
            let hash = format!("$2a$10${}", characters(&[LOWER, UPPER, DIGITS], 53, &mut source));
            vec![("result", password(state, &mut source).into()), ("id", "none".into()), ("bcrypt_hash", hash.into())]
        }
        "random_string" => {
            let result = password(state, &mut source);
            vec![("id", result.as_str().into()), ("result", result.as_str().into())]
        }
        "random_id" => identifier(state, &mut source),
        "random_bytes" => {
            let bytes = source.bytes(size(member(state, "length")));
            vec![("base64", text::base64(&bytes).into()), ("hex", text::hex(&bytes).into())]
        }
        "random_integer" => {
            let result = integer(state, &mut source);
            vec![("result", result.into()), ("id", result.to_string().into())]
        }
        "random_pet" => vec![("id", pet(state, &mut source).into())],
        "random_shuffle" => vec![("result", shuffle(state, &mut source)), ("id", "-".into())],
        "random_uuid" | "random_uuid4" | "random_uuid7" => {
            let uuid = text::uuid(if type_name == "random_uuid7" { 7 } else { 4 }, &mut source);
            vec![("id", uuid.as_str().into()), ("result", uuid.as_str().into())]
        }
        _ => Vec::new(),
    }
}

/// `number` is the old name of `numeric`: whichever is configured decides both.
pub fn adjust_plan(config: &Value, planned: &mut Value) {
    for (from, to) in [("number", "numeric"), ("numeric", "number")] {
        let configured = member(config, from);
        if !configured.is_nil() && member(config, to).is_nil() {
            set_member(planned, to, configured.clone());
        }
    }
}

/// A length as the schema allows it, bounded so that a mistake in a test cannot fill the memory.
fn size(value: &Value) -> usize {
    value.as_u64().and_then(|value| usize::try_from(value).ok()).unwrap_or(0).min(65_536)
}

fn characters(classes: &[&str], count: usize, source: &mut Source) -> String {
    let pool: Vec<char> = classes.iter().flat_map(|class| class.chars()).collect();
    (0..count).filter_map(|_| pool.get(index(pool.len(), source)).copied()).collect()
}

fn index(length: usize, source: &mut Source) -> usize {
    usize::try_from(source.below(length as u64)).unwrap_or(0)
}

/// The minimum of each class first, the rest from all classes, then shuffled.
fn password(state: &Value, source: &mut Source) -> String {
    let length = size(member(state, "length"));
    let special = member(state, "override_special").as_str().filter(|text| !text.is_empty()).unwrap_or(SPECIAL);
    let classes = [
        ("lower", "min_lower", LOWER),
        ("upper", "min_upper", UPPER),
        ("numeric", "min_numeric", DIGITS),
        ("special", "min_special", special),
    ];
    let mut result: Vec<char> = Vec::new();
    let mut pool = Vec::new();
    for (wanted, minimum, class) in classes {
        result.extend(characters(&[class], size(member(state, minimum)), source).chars());
        if member(state, wanted).as_bool() != Some(false) {
            pool.push(class);
        }
    }
    result.extend(characters(&pool, length.saturating_sub(result.len()), source).chars());
    result.truncate(length);
    let mut shuffled = String::with_capacity(length);
    while !result.is_empty() {
        shuffled.push(result.swap_remove(index(result.len(), source)));
    }
    shuffled
}

fn identifier(state: &Value, source: &mut Source) -> Vec<(&'static str, Value)> {
    let bytes = source.bytes(size(member(state, "byte_length")));
    let prefix = member(state, "prefix").as_str().unwrap_or_default();
    let prefixed = |text: String| Value::from(format!("{prefix}{text}"));
    vec![
        ("id", text::base64_url(&bytes).into()),
        ("b64_url", prefixed(text::base64_url(&bytes))),
        ("b64_std", prefixed(text::base64(&bytes))),
        ("hex", prefixed(text::hex(&bytes))),
        ("dec", prefixed(text::decimal(&bytes))),
    ]
}

fn integer(state: &Value, source: &mut Source) -> i64 {
    let minimum = member(state, "min").as_i64().unwrap_or(0);
    let maximum = member(state, "max").as_i64().unwrap_or(minimum);
    let span = u64::try_from(maximum.saturating_sub(minimum)).unwrap_or(0);
    minimum.saturating_add_unsigned(source.below(span.saturating_add(1)))
}

fn pet(state: &Value, source: &mut Source) -> String {
    const WORDS: [&str; 8] = ["brave", "calm", "eager", "gentle", "kind", "quiet", "swift", "wise"];
    const ANIMALS: [&str; 8] = ["badger", "crane", "ferret", "heron", "lynx", "marten", "otter", "vole"];
    let length = number(member(state, "length")).map_or(2, |_| size(member(state, "length")));
    let mut words: Vec<&str> = member(state, "prefix").as_str().into_iter().collect();
    words.extend((1..length).map(|_| WORDS[index(WORDS.len(), source)]));
    words.push(ANIMALS[index(ANIMALS.len(), source)]);
    words.join(member(state, "separator").as_str().unwrap_or("-"))
}

/// The input in another order; repeated or cut to `result_count`.
fn shuffle(state: &Value, source: &mut Source) -> Value {
    let input = member(state, "input").as_array().cloned().unwrap_or_default();
    let count = member(state, "result_count").as_u64().map_or(input.len(), |_| size(member(state, "result_count")));
    let mut result = Vec::new();
    while result.len() < count && !input.is_empty() {
        let mut round = input.clone();
        while !round.is_empty() {
            result.push(round.swap_remove(index(round.len(), source)));
        }
    }
    result.truncate(count);
    Value::Array(result)
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::value::object;

    fn result(type_name: &str, state: Value, name: &str) -> Value {
        let values = values(type_name, &state, &Source::new("seed"));
        values.into_iter().find(|(key, _)| *key == name).unwrap().1
    }

    #[test]
    fn password_honours_length_and_classes() {
        let state = object([
            ("length", 24.into()),
            ("special", false.into()),
            ("upper", false.into()),
            ("min_numeric", 5.into()),
        ]);
        let password = result("random_password", state.clone(), "result");
        let password = password.as_str().unwrap();
        assert_eq!(password.len(), 24);
        assert!(password.chars().all(|c| c.is_ascii_lowercase() || c.is_ascii_digit()), "{password}");
        assert!(password.chars().filter(char::is_ascii_digit).count() >= 5, "{password}");
        assert_eq!(result("random_password", state, "result").as_str(), Some(password));
    }

    #[test]
    fn integer_keeps_to_its_range() {
        for maximum in 3..9 {
            let state = object([("min", 3.into()), ("max", maximum.into())]);
            let number = result("random_integer", state, "result").as_i64().unwrap();
            assert!((3..=maximum).contains(&number));
        }
    }

    #[test]
    fn shuffle_keeps_the_elements() {
        let input = || Value::Array(vec!["a".into(), "b".into(), "c".into()]);
        let Value::Array(mut shuffled) = result("random_shuffle", object([("input", input())]), "result") else {
            panic!("not a list")
        };
        shuffled.sort_by_key(|value| value.as_str().map(str::to_owned));
        assert_eq!(Value::Array(shuffled), input());
    }

    #[test]
    fn configured_number_decides_numeric() {
        let config = object([("number", false.into()), ("numeric", Value::Nil)]);
        let mut planned = object([("number", false.into()), ("numeric", true.into())]);
        adjust_plan(&config, &mut planned);
        assert_eq!(member(&planned, "numeric"), &Value::from(false));
    }
}
