use super::*;

#[test]
fn accepts_what_re2_accepts() {
    for pattern in [
        "",
        "a|",
        "|a",
        "()",
        "a{2}",
        "a{,2}",
        "a{2,1",
        "{",
        "x{0}",
        "[]a]",
        "[^]a]",
        "[a-]",
        "[-a]",
        "[a-b-c]",
        r"\pL",
        r"\p{Greek}",
        r"\p{^Lu}",
        r"[\pL\d]",
        r"\Q*+\E*",
        r"\z",
        r"\A",
        r"\x{10FFFF}",
        r"\x41",
        r"\012",
        r"\12",
        "(?i)a",
        "(?i-s:a)",
        "(?P<n>a)",
        "(?<n>a)",
        "a??",
        "a{2}?",
        "^*",
        "[[:alpha:]]",
        "[[a]",
        "[[:alpha]",
        "]",
        "}",
        r"\_",
        r"\-",
        "(?U)a+",
        "a*(?i)*",
        "(a{10}){100}",
        "(a*)*",
        "(?s:.)",
        "((a{1000}){1})",
    ] {
        assert!(check(pattern).is_ok(), "{pattern}: {:?}", check(pattern));
    }
}

#[test]
fn rejects_what_re2_rejects() {
    for pattern in [
        "*",
        "a|*",
        "(*)",
        "a**",
        "a+*",
        "a++",
        "a{2}{3}",
        "a{1001}",
        "a{2,1}",
        "(a{100}){11}",
        "(",
        ")",
        "[",
        "[]",
        "[a",
        "[z-a]",
        r"[a-\d]",
        r"[\b]",
        "[[:foo:]]",
        r"\",
        r"\1",
        r"\8",
        r"\C",
        r"\Z",
        r"\E",
        r"\pX",
        r"\p{",
        r"\x",
        r"\x4",
        r"\x{}",
        r"\x{110000}",
        r"\é",
        "(?=a)",
        "(?!a)",
        "(?<=a)",
        "(?<!a)",
        "(?P=n)",
        "(?P<>a)",
        "(?P<a-b>c)",
        r"\Qabc",
        "(?i",
        "(?-)",
        "(?i--s)",
        "(?x)",
        "(?>a)",
        "(?#c)",
        "a{99999999999}",
    ] {
        assert!(check(pattern).is_err(), "{pattern}");
    }
}

#[test]
fn knows_what_matches_the_empty_text() {
    for pattern in ["", ".*", "a|", "a?", "^$", "(a*|b)", "a{0,3}", r"\B", "()", "(?:(a*)(b?))+", "a*?"] {
        assert_eq!(check(pattern), Ok(Regex { matches_empty: true }), "{pattern}");
    }
    for pattern in [".+", "a", "a|b", r"\b", "a*b", "(a*)b+", "[a]", r"\Qa\E", "a{1,3}"] {
        assert_eq!(check(pattern), Ok(Regex { matches_empty: false }), "{pattern}");
    }
}

#[test]
fn deep_groups_do_not_overflow() {
    let deep = format!("{}a{}", "(".repeat(200_000), ")".repeat(200_000));
    assert!(check(&deep).is_ok());
}
