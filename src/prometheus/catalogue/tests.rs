//! What catalogues answer.

use proptest::prelude::*;

use super::*;

fn built(dumps: &[&str]) -> Catalogue {
    let mut builder = Builder::new("x");
    for dump in dumps {
        assert_eq!(builder.add(dump.as_bytes()), [], "{dump}");
    }
    assert_eq!(builder.unused(), Vec::<String>::new());
    builder.finish()
}

fn labels(catalogue: &Catalogue, series: &str) -> Vec<String> {
    let fact = catalogue.lookup(series).unwrap_or_else(|| panic!("no {series}"));
    let label = |label: &Label| match (&label.values, label.presence) {
        (Values::Closed(values), _) => format!("{}={}", label.name, values.join("|")),
        (Values::Open, Presence::Always) => label.name.to_string(),
        (Values::Open, Presence::Sometimes) => format!("{}?", label.name),
    };
    fact.labels().map(label).collect()
}

#[test]
fn a_label_that_some_series_lack_is_there_sometimes() {
    let catalogue = built(&["a{b=\"1\",c=\"2\"} 1\na{b=\"3\"} 1\n", "a{b=\"1\",d=\"\"} 1\n"]);
    assert_eq!(labels(&catalogue, "a"), ["b", "c?", "d?"]);
}

#[test]
fn series_of_histograms_and_summaries() {
    let catalogue =
        built(&["# TYPE h histogram\nh_bucket{a=\"1\",le=\"+Inf\"} 1\nh_sum{a=\"1\"} 1\nh_count{a=\"1\"} 1\n\
         # TYPE s summary\ns{quantile=\"0.5\"} 1\ns_sum 1\ns_count 1\n# TYPE g gauge\ng 1\n"]);
    assert_eq!(labels(&catalogue, "h_bucket"), ["a", "le"]);
    assert_eq!(labels(&catalogue, "h_sum"), ["a"]);
    assert_eq!(labels(&catalogue, "s"), ["quantile"]);
    assert_eq!(labels(&catalogue, "s_count"), Vec::<String>::new());
    assert!(catalogue.lookup("s_bucket").is_none() && catalogue.lookup("g_sum").is_none());
    assert!(!catalogue.lookup("h").unwrap().has_series());
    assert_eq!(catalogue.lookup("h_count").unwrap().kind(), Kind::Counter);
    let names: Vec<String> = catalogue.series_names().collect();
    assert_eq!(names, ["g", "h_bucket", "h_sum", "h_count", "s", "s_sum", "s_count"]);
}

#[test]
fn states_are_closed_and_other_values_open() {
    let states = "# TYPE a gauge\na{unit=\"x\",state=\"on\"} 1\na{unit=\"x\",state=\"off\"} 0\n\
                  # TYPE up gauge\nup{target=\"a\"} 1\nup{target=\"b\"} 0\n\
                  # TYPE n gauge\nn{state=\"on\"} 5\nn{state=\"off\"} 3\n\
                  # TYPE half gauge\nhalf{unit=\"x\",state=\"on\"} 1\nhalf{unit=\"y\",state=\"off\"} 0\n";
    let catalogue = built(&[states]);
    assert_eq!(labels(&catalogue, "a"), ["state=off|on", "unit"]);
    assert_eq!(catalogue.metric("a").unwrap().kind, Kind::StateSet);
    assert_eq!(labels(&catalogue, "up"), ["target"]);
    assert_eq!(labels(&catalogue, "n"), ["state"]);
    assert_eq!(labels(&catalogue, "half"), ["state", "unit"]);
    // Of a trimmed dump nobody knows what is missing.
    let trimmed = built(&[&format!("# sprag trimmed: some\n{states}")]);
    assert_eq!(labels(&trimmed, "a"), ["state", "unit"]);
    // A state that another dump shows belongs to them.
    let more = built(&[states, "a{unit=\"x\",state=\"broken\"} 1\n"]);
    assert_eq!(labels(&more, "a"), ["state=broken|off|on", "unit"]);
}

#[test]
fn open_metrics_names_and_kinds() {
    let catalogue = built(&["# TYPE c counter\nc_total 1\nc_created 5\n# TYPE i info\ni_info{a=\"b\"} 1\n\
                             # TYPE s stateset\ns{s=\"on\"} 1\ns{s=\"off\"} 0\n# EOF\n"]);
    let kinds: Vec<(&str, Kind)> =
        catalogue.metrics().iter().map(|metric| (metric.name.as_ref(), metric.kind)).collect();
    let expected =
        [("c_created", Kind::Gauge), ("c_total", Kind::Counter), ("i_info", Kind::Info), ("s", Kind::StateSet)];
    assert_eq!(kinds, expected);
    assert_eq!(labels(&catalogue, "s"), ["s=off|on"]);
}

#[test]
fn directives() {
    let catalogue =
        built(&["# sprag exporter: app\n# sprag version: 2.0\n# sprag prefix: app_\n# sprag foreign: app_store_\n\
         # sprag open: app_disk_*\n# sprag open-labels: app_tags\n# sprag sometimes: app_info zone\n\
         # sprag values: app_info tier gold silver\\splate \\0\n# sprag renamed: app_old app_new 1.5\n\
         # sprag collector: disk off on --disk app_disk_*\n# sprag skip: noise*\n\
         app_info{tier=\"gold\",zone=\"1\"} 1\napp_tags{a=\"b\"} 1\napp_disk_x 1\nnoise 1\n"]);
    assert_eq!(catalogue.exporter.name, "app");
    assert_eq!(labels(&catalogue, "app_info"), ["tier=|gold|silver plate", "zone?"]);
    assert!(catalogue.metric("app_tags").unwrap().has_open_labels);
    assert!(catalogue.metric("app_disk_x").unwrap().is_open_family);
    assert!(catalogue.metric("noise").is_none());
    let exporter = &catalogue.exporter;
    assert_eq!(exporter.claim("app_x"), Some(4));
    assert_eq!((exporter.claim("app_store_x"), exporter.claim("job:app_x:rate")), (None, None));
    assert_eq!(exporter.renamed("app_old").unwrap().to, "app_new");
    let collector = exporter.collector_of("app_disk_unknown").unwrap();
    assert_eq!((collector.upstream, collector.debian, collector.switch.as_ref()), (false, true, "--disk"));
    assert_eq!(catalogue.lookup("app_info").unwrap().source(), "app 2.0, captured");
}

/// A catalogue as a file gives the same catalogue.
fn assert_round_trip(catalogue: &Catalogue) {
    let text = catalogue.render(&["of a test".to_owned()]);
    let mut builder = Builder::new("other");
    assert_eq!(builder.add(text.as_bytes()), [], "{text}");
    assert_eq!(builder.unused(), Vec::<String>::new(), "{text}");
    assert_eq!(builder.about(), ["of a test"]);
    let again = builder.finish();
    assert_eq!(again.exporter, catalogue.exporter, "{text}");
    for (one, other) in again.metrics().iter().zip(catalogue.metrics()) {
        assert_eq!(*one, other, "{text}");
    }
    assert_eq!(again.metrics().len(), catalogue.metrics().len(), "{text}");
}

#[test]
fn bundled_catalogues_can_be_written_as_files() {
    Catalogues::bundled().iter().for_each(assert_round_trip);
}

proptest! {
    #[test]
    fn catalogues_can_be_written_as_files(lines in proptest::collection::vec(
        ("(# TYPE )?[a-c](_total|_info|_bucket|_count|\\{state=\"[xyz ,]\"\\}|\\{b=\"1\",state=\"[xy]\"\\}|\\{le=\"1\"\\})?",
         prop_oneof![Just("1"), Just("0"), Just("2"), Just("gauge"), Just("counter"), Just("histogram"), Just("info"),
                     Just("stateset"), Just("summary")]), 1..12)) {
        let dump: String = lines.iter().map(|(line, value)| format!("{line} {value}\n")).collect();
        let mut builder = Builder::new("x");
        builder.add(dump.as_bytes());
        let catalogue = builder.finish();
        let text = catalogue.render(&[]);
        let mut builder = Builder::new("x");
        prop_assert_eq!(builder.add(text.as_bytes()), &[], "{}", text);
        let again = builder.finish();
        prop_assert_eq!(again.metrics(), catalogue.metrics(), "{}", text);
    }
}

#[test]
fn mistakes_in_directives_have_a_place() {
    let source = b"a 1\n# sprag vesion: 1\n# sprag nothing\n";
    let mistakes = Builder::new("x").add(source);
    let found: Vec<(&[u8], &str)> =
        mistakes.iter().map(|mistake| (mistake.span.slice(source), mistake.message.as_str())).collect();
    assert_eq!(found[0].0, b"# sprag vesion: 1");
    assert_eq!(found[0].1, "`vesion:` says nothing here; did you mean `version:`?");
    assert_eq!(found[1].1, "`nothing` lacks a `:` after its first word");
}

#[test]
fn owners_and_suggestions() {
    let catalogues = Catalogues::bundled();
    let owner = |name| catalogues.owner(name).map(|catalogue| catalogue.exporter.name.to_string());
    assert_eq!(owner("node_filesystem_avial_bytes").as_deref(), Some("node-exporter"));
    assert_eq!(owner("prometheus_operator_x"), None);
    assert_eq!(owner("process_open_fds"), None);
    assert_eq!(owner("instance:node_cpu:rate"), None);
    assert_eq!(catalogues.closest("node_filesystem_avial_bytes").as_deref(), Some("node_filesystem_avail_bytes"));
    assert_eq!(catalogues.closest("nod_load1").as_deref(), Some("node_load1"));
    assert!(catalogues.lookup("process_open_fds").len() > 2);
}

#[test]
fn a_catalogue_of_the_user_stands_beside_the_bundled_one() {
    let mine =
        built(&["# sprag exporter: node-exporter\n# sprag prefix: node_\nnode_cpu_seconds_total{mode=\"odd\"} 1\n"]);
    let catalogues = Catalogues::bundled().with(mine);
    let facts = catalogues.lookup("node_cpu_seconds_total");
    assert_eq!(facts.len(), 2);
    assert!(facts.iter().any(|fact| fact.label("mode").unwrap().values.allow("odd")));
    assert_eq!(catalogues.of("node-exporter").count(), 2);
}

#[test]
fn where_a_label_is() {
    let catalogues = Catalogues::bundled();
    let pve = catalogues.of("pve-exporter").next().unwrap();
    let with_name = pve.with_label("storage");
    assert_eq!(with_name[0].name, "pve_storage_info");
}

#[test]
fn debian_switches_on_what_upstream_does_not() {
    let catalogues = Catalogues::bundled();
    let fact = &catalogues.lookup("node_systemd_unit_state")[0];
    let collector = fact.collector().unwrap();
    assert_eq!((collector.upstream, collector.debian), (false, true));
    assert!(!fact.label("state").unwrap().values.allow("crashed"));
    assert_eq!(fact.evidence(), Evidence::Derived);
    assert!(catalogues.lookup("node_hwmon_temp_celsius")[0].metric.is_open_family);
}
