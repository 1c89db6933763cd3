use super::*;

fn messages(text: &str, version: Version) -> Vec<String> {
    parse(text, &Options { version }).errors.into_iter().map(|error| error.message).collect()
}

fn newest(text: &str) -> Vec<String> {
    messages(text, Version::NEWEST)
}

#[track_caller]
fn accepts(text: &str) {
    assert_eq!(newest(text), Vec::<String>::new(), "{text}");
}

/// The text of each error's place and its message.
fn placed(text: &str) -> Vec<(&str, String)> {
    let parsed = parse(text, &Options::default());
    parsed.errors.into_iter().map(|error| (error.span.text(text.as_bytes()), error.message)).collect()
}

/// The tree as nested brackets, to check precedence.
fn shape(text: &str) -> String {
    let parsed = parse(text, &Options::default());
    assert_eq!(parsed.errors, [], "{text}");
    draw(&parsed.tree, parsed.tree.root(), text)
}

fn draw(tree: &Tree, id: ExprId, text: &str) -> String {
    let inner = |id: &ExprId| draw(tree, *id, text);
    let node = tree.get(id);
    match &node.kind {
        ExprKind::Binary { operator, left, right, .. } => {
            format!("({} {} {})", inner(left), operator.symbol(), inner(right))
        }
        ExprKind::Unary { negative, operand } => format!("{}{}", if *negative { "-" } else { "+" }, inner(operand)),
        ExprKind::Paren(operand) => inner(operand),
        _ => node.span.text(text.as_bytes()).replace(' ', ""),
    }
}

#[test]
fn binds_as_prometheus_does() {
    assert_eq!(shape("a or b and c unless d"), "(a or ((b and c) unless d))");
    assert_eq!(shape("a + b * c == d"), "((a + (b * c)) == d)");
    assert_eq!(shape("a - b - c"), "((a - b) - c)");
    assert_eq!(shape("a ^ b ^ c"), "(a ^ (b ^ c))");
    assert_eq!(shape("-a ^ 2"), "-(a ^ 2)");
    assert_eq!(shape("-a * b"), "(-a * b)");
    assert_eq!(shape("2 ^ -a * b"), "((2 ^ -a) * b)");
    assert_eq!(shape("a atan2 b + c"), "((a atan2 b) + c)");
    assert_eq!(shape("a + b offset 5m"), "(a + boffset5m)");
    assert_eq!(shape("-a offset 5m ^ 2"), "-(aoffset5m ^ 2)");
    assert_eq!(shape("a > b > bool c"), "((a > b) > c)");
}

#[test]
fn accepts_the_language() {
    for text in [
        "up",
        "sum",
        "by{group_left=\"x\", on=\"y\", inf=\"z\",}",
        "or or or",
        "sum by (job, on, bool) (rate(x[5m]))",
        "sum(rate(x[5m])) WITHOUT (instance,)",
        "a * on () group_left (b) c",
        "a == bool on (x) group_right d",
        "x[5m:]",
        "max_over_time(rate(x[5m])[1h:30s] offset -1d @ end())",
        "x @ 1609746000.5 offset 1w",
        "{__name__=~\"a.+\"}",
        "{\"my.metric\", 'other.label'=\"x\"}",
        "sum by (\"my.label\") ({\"my.metric\"})",
        "x > 10m",
        "x[300]",
        "x[5m * 2 + step()]",
        "x offset (5m * 2)",
        "x offset max_of(step(), 5s)",
        "topk(5, x)",
        "count_values(\"version\", x)",
        "limitk(5, x)",
        "label_join(x, \"a\", \",\")",
        "round(x)",
        "day_of_week()",
        "info(x, {a=\"b\"})",
        "info(x, {a=~\".*\"})",
        "histogram_quantile(0.9, sum by (le) (rate(x[5m])))",
        "0x1F + 1_000 + .5 + Inf - NaN",
        "x # comment\n + # more\n y",
        "x{a=~`\\d+`}",
        "x{a='\\'b\\u00e9'}",
        "\"text\"",
        "x[5m] smoothed",
        "x[5m] anchored offset 5m",
        "x + fill(0) y",
        "x + on (a) group_left () fill_left(0) fill_right(-1) y",
        "fill + fill",
        "start() + range()",
        "1 >= bool 2",
    ] {
        accepts(text);
    }
}

#[test]
fn accepts_holes_anywhere() {
    for text in [
        "rate(x[$__rate_interval])",
        "rate(x[${range}:$step])",
        "sum by (${labels}) (x{$filter, a=\"$b\", c=~$d})",
        "$metric",
        "node_${x}_total{a=\"b\"} > $threshold",
        "[[fn]](x[5m]) offset $offset",
        "{{ .Values.metric }}{a=~\"{{ .Values.re }}(\"} > {{ .Values.limit }}",
        "x ${op} y",
        "x{{{ .Values.matchers }}}",
        "%{ if a }x%{ else }y%{ endif } > 5",
        "sum($a) $b (c) ] \" ;",
        "${fn}(x) + topk($n, x) + -$v",
        "x @ $t",
        "rate($x) + abs($y) + clamp_max(x, $z)",
    ] {
        accepts(text);
    }
}

#[test]
fn keeps_errors_that_no_hole_can_mend() {
    assert_eq!(placed("foo) + $x").len(), 1);
    assert_eq!(
        placed("rate(x) > rate(y[$__interval])"),
        [("x", "expected type range vector in call to function `rate`, got instant vector".to_owned())]
    );
    assert_eq!(placed("rate(x[$__interval]))").len(), 1);
}

#[test]
fn reports_types_in_plain_words() {
    let table = [
        ("sum(x[5m])", "x[5m]", "expected type instant vector in aggregation expression, got range vector"),
        ("rate(x)", "x", "expected type range vector in call to function `rate`, got instant vector"),
        ("topk(x, y)", "x", "expected type scalar in aggregation parameter, got instant vector"),
        ("1 == 2", "==", "comparisons between scalars must use BOOL modifier"),
        ("x + bool y", "bool", "bool modifier can only be used on comparison operators"),
        ("x and 1", "and", "set operator `and` not allowed in binary scalar expression"),
        ("x[5m] + 1", "x[5m]", "binary expression must contain only scalar and instant vector types"),
        (
            "-x[5m]",
            "x[5m]",
            "unary expression only allowed on expressions of type scalar or instant vector, got range vector",
        ),
        ("x[5m][5m:]", "x[5m][5m:]", "subquery is only allowed on instant vector, got range vector instead"),
        ("{}", "{}", "vector selector must contain at least one non-empty matcher"),
        ("{a=~\"b*\"}", "{a=~\"b*\"}", "vector selector must contain at least one non-empty matcher"),
        ("x{__name__=\"y\"}", "__name__=\"y\"", "metric name must not be set twice: `x` or `y`"),
        ("x * on (a) group_left (a) y", "a", "label `a` must not occur in ON and GROUP clause at once"),
        ("x and on (a) group_left () y", "group_left ()", "no grouping allowed for `and` operation"),
        ("x + on (a) 1", "on (a)", "vector matching only allowed between instant vectors"),
        ("rate(x[5m], 1)", "rate(x[5m], 1)", "expected 1 argument(s) in call to `rate`, got 2"),
        ("sum()", "sum()", "no arguments for aggregate expression provided"),
        ("foo(x)", "foo", "unknown function `foo`"),
        ("sum(x)[5m]", "[5m]", "ranges only allowed for vector selectors"),
        ("x offset 5m [5m]", "[5m]", "no offset modifiers allowed before range"),
        ("x offset 5m offset 6m", "offset 6m", "offset may not be set multiple times"),
        (
            "sum(x) @ 5",
            "@ 5",
            "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
        ),
        ("x[0s]", "0s", "duration must be greater than 0"),
        ("x{a=~\"b(\"}", "(", "invalid regular expression: parenthesis is never closed"),
        ("x[5hs]", "5hs", "`5hs` is not a duration: units are `ms`, `s`, `m`, `h`, `d`, `w` and `y`"),
    ];
    for (text, place, message) in table {
        assert_eq!(placed(text), [(place, message.to_owned())], "{text}");
    }
}

#[test]
fn a_single_equals_sign_compares_labels_only() {
    let helps = |text: &str| -> Vec<Option<String>> {
        parse(text, &Options::default()).errors.into_iter().map(|error| error.help).collect()
    };
    assert_eq!(helps("up = 0"), [Some("values are compared with `==`".to_owned())]);
    assert_eq!(helps("(up = 0)")[0].as_deref(), Some("values are compared with `==`"));
    assert_eq!(helps("up{a=} == 0"), [None]);
}

#[test]
fn reports_structure_once_and_goes_on() {
    let table = [
        ("", "", "no expression found"),
        ("# only", "", "no expression found"),
        ("sum(x", "", "unexpected end in arguments, expected `,` or `)`"),
        ("x y", "y", "unexpected name `y`, expected an operator or the end of the expression"),
        ("x +", "", "unexpected end, expected an expression"),
        ("(x", "", "unexpected end in parentheses, expected an operator or `)`"),
        ("x{a=}", "}", "unexpected `}` in label matching, expected a string"),
        ("x{a \"b\"}", "\"b\"", "unexpected string \"b\" in label matching, expected `=`, `!=`, `=~` or `!~`"),
        ("x{a=\"b\" or c=\"d\"}", "or", "unexpected keyword `or` in label matching, expected `,` or `}`"),
        ("x{,}", ",", "unexpected `,` in label matching, expected a label name or `}`"),
        ("rate(x[])", "]", "unexpected `]` in range or subquery, expected a duration"),
        ("rate(x[5m],)", ",", "comma after the last argument"),
        ("x * group_left () y", "group_left", "unexpected keyword `group_left`, expected an expression"),
        ("x ; y", ";", "unexpected character `;`"),
    ];
    for (text, place, message) in table {
        let found = placed(text);
        assert_eq!(found.first(), Some(&(place, message.to_owned())), "{text}");
    }
    assert_eq!(placed("rate(x) + rate(y[5m] > 1").len(), 2);
    let several = placed("rate(x) + foo(y[5m], sum(z{a=}, b)) c + sum(d[1h])");
    let places: Vec<&str> = several.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, ["x", "foo", "sum(z{a=}, b)", "}", "c", "d[1h]"]);
}

#[test]
fn suggests_the_function_that_was_meant() {
    let help = |text| parse(text, &Options::default()).errors.remove(0).help;
    assert_eq!(help("Rate(x[5m])").as_deref(), Some("did you mean `rate`?"));
    assert_eq!(help("histogramquantile(0.9, x)").as_deref(), Some("did you mean `histogram_quantile`?"));
    assert_eq!(help("frobnicate(x)"), None);
}

#[test]
fn follows_the_target_release() {
    for (text, first) in [
        ("x > 10m", Version::new(2, 54)),
        ("x[300]", Version::new(2, 54)),
        ("x > 1_000", Version::new(2, 54)),
        ("limitk(5, x)", Version::new(2, 54)),
        ("{\"my.metric\"}", Version::new(3, 0)),
        ("sum by (\"a.b\") (x)", Version::new(3, 0)),
        ("sum by (a:b) (x)", Version::new(3, 0)),
        ("x[5m * 2]", Version::new(3, 0)),
        ("x + fill(0) y", Version::new(3, 10)),
        ("histogram_avg(x)", Version::new(2, 51)),
    ] {
        let before = Version::new(first.major, first.minor.wrapping_sub(1) % 100);
        let before = if first.minor == 0 { Version::new(2, 55) } else { before };
        assert_ne!(messages(text, before), Vec::<String>::new(), "{text} before {first}");
        assert_eq!(messages(text, first), Vec::<String>::new(), "{text} in {first}");
    }
    assert_eq!(messages("holt_winters(x[5m], 0.1, 0.1)", Version::V2_42), Vec::<String>::new());
}

#[test]
fn names_metrics() {
    let text = "sum(a) / on () b{x=\"y\"} + {__name__=\"c\"} + {\"d.e\"} + {__name__=~\"f.+\"} + g_$x + rate(h:i[5m])";
    let parsed = parse(text, &Options::default());
    let names: Vec<(&str, &str)> =
        metric_names(&parsed).map(|(name, span)| (name, span.text(text.as_bytes()))).collect();
    assert_eq!(names, [("a", "a"), ("b", "b"), ("c", "\"c\""), ("d.e", "\"d.e\""), ("h:i", "h:i")]);
}

#[test]
fn keeps_values_and_places() {
    let text = "sum by (job) (x{a!~\"b|c\"} offset -1h) > 5";
    let parsed = parse(text, &Options::default());
    let tree = &parsed.tree;
    let selector = tree.iter().find_map(|(_, node)| match &node.kind {
        ExprKind::Selector(selector) => Some((selector, node.span)),
        _ => None,
    });
    let (selector, span) = selector.expect("there is a selector");
    assert_eq!(span.text(text.as_bytes()), "x{a!~\"b|c\"} offset -1h");
    assert_eq!(selector.braces.map(|span| span.text(text.as_bytes())), Some("{a!~\"b|c\"}"));
    assert_eq!(selector.matchers[0].operator_span.text(text.as_bytes()), "!~");
    assert_eq!(selector.matchers[0].matches_empty, Some(true));
    assert_eq!(selector.modifiers.offset.and_then(|offset| offset.seconds), Some(-3600.0));
    assert_eq!(parsed.value_type(tree.root()), Some(ValueType::Vector));
    let ExprKind::Binary { right, .. } = tree.get(tree.root()).kind else { unreachable!("a comparison") };
    assert_eq!(tree.number(right), Some(5.0));
}

#[test]
fn survives_depth_and_length() {
    for (open, close) in [("(", ")"), ("-", ""), ("sum(", ")"), ("{{{", ""), ("x[", "]"), ("a^", "b"), ("x[(", "")] {
        let deep = format!("{}x{}", open.repeat(100_000), close.repeat(100_000));
        let _ = parse(&deep, &Options::default());
    }
    let wide = vec!["up"; 100_000].join(" or ");
    assert_eq!(parse(&wide, &Options::default()).errors, []);
    let deep = format!("{}x{}", "(".repeat(1000), ")".repeat(1000));
    assert_eq!(newest(&deep), ["expression is nested more than 256 levels deep"]);
}

#[test]
fn removed_functions_are_errors_only_for_a_known_release() {
    let text = "holt_winters(x[5m], 1, 1)";
    assert!(parse(text, &Options::default()).errors.is_empty());
    assert!(parse(text, &Options { version: Version::V2_42 }).errors.is_empty());
    let errors = parse(text, &Options { version: Version::new(3, 0) }).errors;
    assert_eq!(errors[0].message, "function `holt_winters` was removed in Prometheus 3.0");
}
