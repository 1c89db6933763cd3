//! What is read and what is refused.

use proptest::prelude::*;

use super::*;

fn only(source: &str) -> Family {
    let dump = parse(source.as_bytes());
    assert_eq!(dump.errors, [], "{source}");
    assert_eq!(dump.families.len(), 1, "{source}");
    dump.families[0].clone()
}

/// The first error: its message and the text it points at.
fn error(source: &str) -> (String, String) {
    let dump = parse(source.as_bytes());
    let error = dump.errors.first().unwrap_or_else(|| panic!("no error in {source:?}"));
    let place = String::from_utf8_lossy(error.span.slice(source.as_bytes())).into_owned();
    (error.message.clone(), place)
}

#[test]
fn reads_samples() {
    let family =
        only("# HELP a What \\\\ it\\nis\n# TYPE a gauge\na{b=\"c\\\"\\\\\\n\", d = \"\",} 1e3 1700000000000\n a 2 \n");
    assert_eq!(family.help.as_deref(), Some("What \\ it\nis"));
    assert_eq!(family.kind, Some(Type::Gauge));
    let labels = [("b".to_owned(), "c\"\\\n".to_owned()), ("d".to_owned(), String::new())];
    assert_eq!(family.samples[0].labels, labels);
    assert_eq!(family.samples.iter().map(|sample| sample.value).collect::<Vec<_>>(), [1000.0, 2.0]);
}

#[test]
fn reads_numbers_as_prometheus_does() {
    for (text, value) in [("+Inf", f64::INFINITY), ("-inf", f64::NEG_INFINITY), (".5", 0.5), ("+1", 1.0), ("5.", 5.0)] {
        assert_eq!(only(&format!("a {text}")).samples[0].value, value, "{text}");
    }
    assert!(only("a NaN").samples[0].value.is_nan());
    for text in ["1_000", "ten", "+-1", "1,5", "infinite"] {
        assert_eq!(error(&format!("a {text}")).1, text);
    }
}

#[test]
fn series_belong_to_the_family_whose_type_has_them() {
    let dump =
        parse(b"# TYPE h histogram\nh_bucket{le=\"1\"} 1\nh_sum 1\nh_count 1\nh_other 1\n# TYPE g gauge\ng_sum 1\n");
    let names: Vec<(&str, usize)> =
        dump.families.iter().map(|family| (family.name.as_str(), family.samples.len())).collect();
    assert_eq!(names, [("h", 3), ("h_other", 1), ("g", 0), ("g_sum", 1)]);
}

#[test]
fn reads_open_metrics() {
    let text =
        "# TYPE c counter\n# UNIT c seconds\nc_total{a=\"b\"} 1 1.5 # {trace_id=\"x\"} 0.5 1.25\nc_created 3\n# EOF\n";
    let family = only(text);
    assert_eq!((family.unit.as_deref(), family.samples.len()), (Some("seconds"), 2));
    assert_eq!(error("a 1\n# EOF\nb 2\n"), ("nothing may follow `# EOF`".to_owned(), "b 2".to_owned()));
}

#[test]
fn reads_quoted_names() {
    let family = only("{\"a.b\",\"c d\"=\"e\"} 1");
    assert_eq!(family.name, "a.b");
    assert_eq!(family.samples[0].labels, [("c d".to_owned(), "e".to_owned())]);
    assert_eq!(only("# TYPE \"a.b\" counter").name, "a.b");
}

#[test]
fn points_at_what_is_wrong() {
    for (source, message, place) in [
        ("a{b=c} 1", "the value of a label is in double quotes", "c"),
        ("a{b} 1", "`=` follows the name of the label `b`", "}"),
        ("a{b=\"c\" d=\"e\"} 1", "`,` or `}` follows a label", "d=\"e\""),
        ("a{b=\"c\",b=\"d\"} 1", "a second label `b`", "b=\"d\""),
        ("a{b=\"c\"", "this brace is not closed", "{"),
        ("a{b=\"c} 1", "this quote is not closed", "\""),
        ("a{b=\"\\t\"} 1", "this escape is not known here", "\\t"),
        ("a{0=\"\"} 1", "this is not the name of a label", "0=\"\""),
        ("a", "the value of the sample is missing", ""),
        ("a x", "`x` is not a number; expected the value of the sample", "x"),
        ("a 1 soon", "`soon` is not a number; expected a timestamp", "soon"),
        ("a 1 2 3", "nothing follows value and timestamp", "3"),
        ("{b=\"c\"} 1", "this sample has no name", "{b=\"c\"} 1"),
        ("<html>", "a line begins with the name of a metric, or with `#`", "<html>"),
        ("# TYPE a guage", "`guage` is no type of metrics", "guage"),
        ("# TYPE 1 gauge", "`# TYPE` is followed by the name of a metric", "1"),
        ("a 1\n# TYPE a gauge", "the type of `a` stands after samples of it", "# TYPE a gauge"),
        ("# TYPE a gauge\n# TYPE a counter", "a second and different `# TYPE` of `a`", "# TYPE a counter"),
    ] {
        assert_eq!(error(source), (message.to_owned(), place.to_owned()), "{source}");
    }
}

#[test]
fn one_wrong_line_hides_no_other() {
    let dump = parse(b"a 1\n\xff\xfe\nb{ 1\nc 2\r\n");
    assert_eq!(dump.errors.len(), 2);
    assert_eq!(dump.families.iter().map(|family| family.name.as_str()).collect::<Vec<_>>(), ["a", "c"]);
}

/// Name, labels and value of a sample.
type Row = (String, Vec<(String, String)>, f64);

fn written(families: &[Row]) -> String {
    let escape = |text: &str| text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n");
    let line = |(name, labels, value): &Row| {
        let labels: Vec<String> = labels.iter().map(|(label, it)| format!("{label}=\"{}\"", escape(it))).collect();
        format!("{name}{{{}}} {value}\n", labels.join(","))
    };
    families.iter().map(line).collect()
}

proptest! {
    #[test]
    fn any_bytes_give_a_dump(source in proptest::collection::vec(any::<u8>(), 0..200)) {
        let dump = parse(&source);
        for error in &dump.errors {
            prop_assert!(error.span.end as usize <= source.len());
        }
    }

    #[test]
    fn bits_of_dumps_give_a_dump(pieces in proptest::collection::vec(
        prop_oneof![
            Just("# TYPE "), Just("# HELP "), Just("a"), Just("_total"), Just("{"), Just("}"), Just("\""), Just("="),
            Just(","), Just(" "), Just("1"), Just("\n"), Just("\\"), Just("counter"), Just("# EOF"), Just("é"), Just("#"),
        ], 0..60)) {
        let source = pieces.concat();
        let dump = parse(source.as_bytes());
        for error in &dump.errors {
            prop_assert!(source.get(error.span.start as usize..error.span.end as usize).is_some());
        }
    }

    #[test]
    fn what_is_written_is_read(families in proptest::collection::vec(
        ("[a-z_][a-z0-9_:]{0,8}", proptest::collection::vec(("[a-z_][a-z0-9_]{0,5}", any::<String>()), 0..4), any::<f64>()),
        0..6)) {
        let families: Vec<_> = families.into_iter().map(|(name, mut labels, value)| {
            labels.sort();
            labels.dedup_by(|one, two| one.0 == two.0);
            (name, labels, value)
        }).collect();
        let source = written(&families);
        let dump = parse(source.as_bytes());
        prop_assert_eq!(&dump.errors, &[]);
        let count: usize = dump.families.iter().map(|family| family.samples.len()).sum();
        prop_assert_eq!(count, families.len());
        for (name, labels, value) in &families {
            let found = dump.families.iter().flat_map(|family| &family.samples).any(|sample| {
                sample.name == *name && sample.labels == *labels
                    && (sample.value == *value || sample.value.is_nan() && value.is_nan())
            });
            prop_assert!(found, "{}", name);
        }
    }
}

#[test]
fn lines_without_a_type_are_comments() {
    for source in ["# TYPE a\na 1\n", "#HELP\na 1\n", "# HELP a\na 1\n"] {
        assert_eq!(parse(source.as_bytes()).errors, [], "{source}");
    }
}
