use super::reader::parts;
use super::*;
use crate::diagnostic::FileId;
use crate::prometheus::scrape::{Label, Presence};

fn labels(pairs: &[(&str, &str)], is_open: bool) -> AlertLabels {
    let labels = pairs.iter().map(|(name, value)| ((*name).to_owned(), Label::one(*value, None)));
    AlertLabels { labels: labels.collect(), is_open }
}

#[test]
fn matchers_are_read_in_both_syntaxes() {
    let text = "route:\n  receiver: a\n  routes:\n  - match: {severity: page}\n    match_re: {team: a|b}\n    routes:\n    - matchers: \
                [alertname=~\"Drift.*\", '{x=\"1\", y!~\"2,3\"}']\nreceivers: [{name: a}]\ninhibit_rules:\n- source_match: {severity: \
                critical}\n  target_matchers: [severity=~\"warning|info\"]\n  equal: [instance]\n";
    let found = read(FileId(0), text.as_bytes()).unwrap();
    let shown = |matchers: &[AlertMatcher]| matchers.iter().map(ToString::to_string).collect::<Vec<_>>().join(" ");
    assert_eq!(found.routes.len(), 2);
    assert_eq!(shown(&found.routes[0].matchers), r#"severity="page" team=~"a|b""#);
    assert_eq!(shown(&found.routes[1].matchers), r#"alertname=~"Drift.*" x="1" y!~"2,3""#);
    let rule = &found.inhibit_rules[0];
    assert_eq!(shown(&rule.source), r#"severity="critical""#);
    assert_eq!(shown(&rule.target), r#"severity=~"warning|info""#);
    assert_eq!(rule.equal, ["instance"]);
    let place = |matcher: &AlertMatcher| matcher.place.span.text(text.as_bytes()).to_owned();
    assert_eq!(place(&rule.target[0]), r#"severity=~"warning|info""#);
    assert_eq!(place(&found.routes[1].matchers[1]), r#"x="1""#);
    assert_eq!(place(&rule.source[0]), "severity: critical");
}

#[test]
fn texts_of_matchers() {
    for (text, expected) in [
        ("a=b", "a=\"b\""),
        (r#" a = "b" "#, "a=\"b\""),
        (r#"{a="b",c!="d"}"#, "a=\"b\" c!=\"d\""),
        (r#"{a=~"b{2}"}"#, "a=~\"b{2}\""),
        (r#"a=~b{2}"#, "a=~\"b{2}\""),
        (r#"a="x\"y""#, r#"a="x\"y""#),
        ("nonsense", ""),
        ("", ""),
    ] {
        let found: Vec<String> = parts(text)
            .into_iter()
            .map(|part| {
                AlertMatcher::new(part.label, part.kind, part.value, Location::new(FileId(0), part.span)).to_string()
            })
            .collect();
        assert_eq!(found.join(" "), expected, "{text}");
    }
}

#[test]
fn what_is_not_known_may_match() {
    let read_one = |matcher: &str| {
        let text = format!("route:\n  receiver: a\n  routes:\n  - matchers: ['{matcher}']\nreceivers: [{{name: a}}]\n");
        read(FileId(0), text.as_bytes()).unwrap().routes[0].matchers[0].clone()
    };
    let down = labels(&[("alertname", "HostDown"), ("severity", "critical")], false);
    let open = labels(&[("alertname", "HostDown")], true);
    for (matcher, matches, matches_open) in [
        ("alertname=HostDown", true, true),
        ("alertname=\"NodeDown\"", false, false),
        ("alertname=~\"Host.*\"", true, true),
        ("alertname=~\"Host\"", false, false),
        ("severity=\"page\"", false, true),
        ("severity!=\"page\"", true, true),
        ("severity!~\"crit.*\"", false, true),
        ("team=\"\"", true, true),
        ("team=\"a\"", false, true),
        ("alertname=\"${name}\"", true, true),
        (r"alertname=~\Qa\E", true, true),
    ] {
        assert_eq!(read_one(matcher).may_match(&down), matches, "{matcher}");
        assert_eq!(read_one(matcher).may_match(&open), matches_open, "{matcher}");
    }
    let mut sometimes = down;
    sometimes.labels.insert("team".into(), Label { presence: Presence::Possible, ..Label::one("a", None) });
    assert!(read_one("team=\"\"").may_match(&sometimes) && !read_one("team=\"b\"").may_match(&sometimes));
}

#[test]
fn other_files_are_none() {
    for text in ["route: /api\nreceivers: 1\n", "routes: []\nreceiver: x\n", "spec:\n  route: {receiver: a}\n"] {
        assert!(read(FileId(0), text.as_bytes()).is_none(), "{text}");
    }
    let map = "kind: ConfigMap\ndata:\n  alertmanager.yml: |\n    route:\n      receiver: a\n      routes:\n      - matchers: \
               [severity=page]\n    receivers:\n    - name: a\n";
    let found = read(FileId(0), map.as_bytes()).unwrap();
    assert!(found.routes[0].matchers[0].place.span.text(map.as_bytes()).contains("severity=page"));
}
