use super::*;

fn messages(text: &str) -> Vec<String> {
    parse(text, &Options::default()).errors.into_iter().map(|error| error.message).collect()
}

/// The text of each error's place and its message.
fn placed(text: &str) -> Vec<(&str, String)> {
    let parsed = parse(text, &Options::default());
    parsed.errors.into_iter().map(|error| (error.span.text(text.as_bytes()), error.message)).collect()
}

#[test]
fn accepts_the_language() {
    for text in [
        "",
        "plain",
        "{{ $value | humanize }} on {{ $labels.instance | stripPort }}",
        "{{- range $i, $x := query \"up\" -}}{{ if $i }}{{ break }}{{ else }}{{ $x.Labels.job }}{{ end }}{{ end }}",
        "{{ with $x := query (printf `up{job=%q}` $labels.job) }}{{ $x | first | value }}{{ else with .y }}b{{ end }}",
        "{{ define \"t\" }}{{ .x }}{{ end }}{{ template \"t\" $value }}{{ block \"b\" . }}{{ $ }}{{ end }}",
        "{{/* comment */}}{{ if and .a (or .b 'c') }}a{{ else if not .d }}b{{ else }}c{{ end }}",
        "{{ $x := 5 }}{{ $x = 0x1p-2 }}{{ (index $labels \"a.b\").c }}{{ now }}",
    ] {
        assert_eq!(messages(text), Vec::<String>::new(), "{text}");
    }
}

#[test]
fn points_at_what_is_wrong() {
    let table = [
        ("{{ humanise $value }}", "humanise", "function `humanise` is not defined"),
        ("{{ value }} {{ $val }}", "$val", "variable `$val` is not declared"),
        ("a {{ $value", "{{", "action is never closed"),
        ("{{ if $value }}x", "{{ if $value }}", "{{ if }} is never closed"),
        ("x{{ end }}", "{{ end }}", "unexpected {{ end }}"),
        ("{{ }}", "{{ }}", "missing value for command"),
        ("{{ if }}{{ end }}", "{{ if }}", "missing value for if"),
        ("{{ $value > 5 }}", ">", "unexpected character `>` in action"),
        ("{{ \"a\\d\" }}", "\\d", "unknown escape sequence `\\d` in string"),
        ("{{ $value | 5 }}", "5", "a value cannot take the result of a pipeline: a function or field is needed"),
        ("{{ break }}", "{{ break }}", "{{ break }} outside of {{ range }}"),
        ("{{ define \"x\" }}{{ $value }}{{ end }}", "$value", "variable `$value` is not declared"),
        ("{{ humanize($value) }}", "(", "unexpected `(` in operand"),
        ("{{ ($value }}", "(", "parenthesis is never closed"),
        ("{{ 5x }}", "5x", "`5x` is not a number"),
    ];
    for (text, place, message) in table {
        assert_eq!(placed(text), [(place, message.to_owned())], "{text}");
    }
}

#[test]
fn goes_on_after_an_error() {
    let found = placed("{{ foo }} {{ if $x }}{{ \"open }}{{ end }} {{ $y | | bar }} {{ baz");
    let places: Vec<&str> = found.iter().map(|(place, _)| *place).collect();
    assert_eq!(places, ["foo", "$x", "\"", "$y", "|", "{{", "baz"]);
}

#[test]
fn suggests_what_was_meant() {
    let help = |text| parse(text, &Options::default()).errors.remove(0).help;
    assert_eq!(help("{{ humanise $value }}").as_deref(), Some("did you mean `humanize`?"));
    assert_eq!(help("{{ labels.x }}").as_deref(), Some("did you mean `$labels`?"));
    assert_eq!(help("{{ $label.x }}").as_deref(), Some("did you mean `$labels`?"));
}

#[test]
fn follows_the_target_release() {
    let errors = |text, version| parse(text, &Options { version, ..Options::default() }).errors.len();
    assert_eq!(errors("{{ now }}", Version::V2_42), 1);
    assert_eq!(errors("{{ now }}", Version::new(3, 6)), 0);
    assert_eq!(errors("{{ with .a }}{{ else with .b }}{{ end }}", Version::V2_42), 1);
}

#[test]
fn keeps_what_lints_need() {
    let text = "{{ query \"up{a='b'}\" | first | label \"job\" }}{{ (.Foo).Bar }}{{ if $labels.x.y }}{{ end }}";
    let parsed = parse(text, &Options::default());
    let pipelines = parsed.pipelines();
    assert_eq!(pipelines.len(), 4);
    let query = &pipelines[0].commands[0].operands;
    assert_eq!(query[0].base, Base::Function("query".into()));
    assert_eq!(query[1].base, Base::String { value: "up{a='b'}".into(), verbatim: true });
    assert_eq!(query[1].span.text(text.as_bytes()), "\"up{a='b'}\"");
    assert_eq!(pipelines[0].commands[2].operands.len(), 2);
    assert_eq!(pipelines[1].commands[0].operands[0].fields[0].name, "Bar");
    assert_eq!(pipelines[2].commands[0].operands[0].fields[0].name, "Foo");
    let labels = &pipelines[3].commands[0].operands[0];
    assert_eq!(labels.base, Base::Variable("$labels".into()));
    assert_eq!(labels.fields[1].span.text(text.as_bytes()), "y");
    assert_eq!(labels.span.text(text.as_bytes()), "$labels.x.y");
    let last = parsed.nodes.last().map(|node| node.span.text(text.as_bytes()));
    assert_eq!(last, Some("{{ if $labels.x.y }}{{ end }}"));
}

#[test]
fn survives_depth_and_length() {
    for open in
        ["{{ if . }}", "{{ ", "{{ (", "{{ range . }}{{ else }}", "{{ define \"x\" }}", "{{ with . }}{{ else with . }}"]
    {
        let _ = parse(&open.repeat(20_000), &Options::default());
    }
    let _ = parse(&format!("{{{{ {} }}}}", "(".repeat(100_000)), &Options::default());
    let chain = format!("{{{{ if . }}}}{}{{{{ end }}}}", "{{ else if . }}".repeat(10_000));
    assert_eq!(messages(&chain), Vec::<String>::new());
    assert_eq!(messages(&"{{ if . }}".repeat(1000)), ["template is nested more than 200 levels deep"]);
}
