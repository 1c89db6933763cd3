use super::*;
use crate::syntax::promql::{Options, parse};
use Presence::{Always, Never, Sometimes, Unlikely, Usually};

/// A few metrics of a node exporter and of a Proxmox exporter, of which the second is derived.
struct World {
    is_scrape_known: bool,
}

fn family(kind: FamilyKind, labels: Vec<Label<'static>>) -> Family<'static> {
    Family { exporter: "node-exporter".into(), kind, unit: Unit::UNKNOWN, labels, is_open: false, is_certain: true }
}

fn label(name: &'static str) -> Label<'static> {
    Label::new(name, Always)
}

impl Knowledge for World {
    fn metric(&self, name: &str) -> Metric<'_> {
        let modes = Values::of(["idle", "iowait", "system", "user"], true);
        let known = |kind, labels| Metric::Known(family(kind, labels));
        match name {
            "node_load1" | "node_boot_time_seconds" | "node_time_seconds" => known(FamilyKind::Gauge, vec![]),
            "node_cpu_seconds_total" => known(FamilyKind::Counter, vec![label("cpu"), label("mode").with(modes)]),
            "node_filesystem_avail_bytes" | "node_filesystem_size_bytes" => {
                known(FamilyKind::Gauge, ["device", "fstype", "mountpoint"].map(label).to_vec())
            }
            "node_uname_info" => known(FamilyKind::Info, ["machine", "nodename", "release"].map(label).to_vec()),
            "node_open_thing" => {
                Metric::Known(Family { is_open: true, ..family(FamilyKind::Gauge, vec![label("device")]) })
            }
            "pve_storage_size_bytes" => {
                Metric::Known(Family { is_certain: false, ..family(FamilyKind::Gauge, vec![label("id")]) })
            }
            _ if name.starts_with("node_") => Metric::Missing { exporter: "node-exporter".into(), certain: true },
            _ => Metric::Unknown,
        }
    }

    fn scraped<'k>(&'k self, _: &str, own: LabelSet<'k>, _: &dyn Fn(&str) -> bool) -> Scraped<'k> {
        let rest = own.rest();
        let mut scraped = Scraped::unconfigured(own);
        if self.is_scrape_known {
            scraped.labels.set_rest(rest);
        }
        scraped
    }
}

static KNOWN: World = World { is_scrape_known: true };
static UNKNOWN: World = World { is_scrape_known: false };

fn look<T>(text: &str, world: &'static World, see: impl Fn(&Inference<'_>) -> T) -> T {
    let parsed = parse(text, &Options::default());
    assert!(parsed.errors.is_empty(), "{text}: {:?}", parsed.errors);
    see(&infer(&parsed, &Around::new(world, &|_| None)))
}

/// The labels of `text`, as `a b? -c ...`: there, perhaps there, certainly not there, and whether others may be.
fn labels(text: &str) -> String {
    look(text, &KNOWN, |inference| {
        let labels = &inference.result().labels;
        let named = labels.named().iter().filter(|label| label.name != METRIC_NAME).map(|label| match label.presence {
            Always => label.name.to_string(),
            Usually => format!("{}!", label.name),
            Sometimes => format!("{}?", label.name),
            Unlikely => format!("{}-?", label.name),
            Never => format!("-{}", label.name),
        });
        let mut text: Vec<String> = named.collect();
        if labels.rest() == Sometimes {
            text.push("...".to_owned());
        }
        text.join(" ")
    })
}

#[test]
fn labels_of_expressions() {
    for (text, expected) in [
        ("node_load1", "instance job"),
        ("node_cpu_seconds_total{mode=\"idle\"}", "cpu instance job mode"),
        ("sum by (mode) (node_cpu_seconds_total)", "mode"),
        ("sum(node_load1)", ""),
        ("sum without (cpu) (node_cpu_seconds_total)", "instance job mode"),
        ("avg by (instance, nope) (node_cpu_seconds_total)", "instance -nope"),
        ("topk(3, node_load1)", "instance job"),
        ("count_values(\"value\", node_load1)", "value"),
        ("count_values by (job) (\"value\", node_load1)", "job value"),
        ("node_load1 > 1", "instance job"),
        ("time() - node_boot_time_seconds", "instance job"),
        ("node_load1 / on (instance) count by (instance) (node_cpu_seconds_total)", "instance"),
        ("node_load1 * on (instance) group_left (nodename) node_uname_info", "instance job nodename"),
        ("node_uname_info * on (instance) group_right (nodename) node_load1", "instance job nodename"),
        ("node_cpu_seconds_total / ignoring (mode) group_left () node_foo:bar", "cpu instance job mode"),
        ("node_load1 and on (instance) node_uname_info", "instance job"),
        ("node_load1 or vector(0)", "instance? job?"),
        ("node_load1 unless on (instance) node_uname_info", "instance job"),
        ("absent(up{job=\"node\", instance=~\"a.*\"})", "job"),
        ("absent_over_time(up{job=\"node\"}[5m])", "job"),
        ("absent(sum(up{job=\"node\"}))", ""),
        ("label_replace(node_load1, \"host\", \"$1\", \"instance\", \"(.+)\")", "host instance job"),
        ("label_replace(node_load1, \"host\", \"$1\", \"instance\", \"(.+):.*\")", "host? instance job"),
        ("label_replace(node_load1, \"team\", \"infra\", \"\", \"\")", "instance job team"),
        ("label_replace(node_load1, \"team\", \"infra\", \"nope\", \"x\")", "instance job -team"),
        ("label_replace(node_load1, \"job\", \"\", \"job\", \".*\")", "instance -job"),
        ("label_join(node_load1, \"id\", \"/\", \"job\", \"instance\")", "id instance job"),
        ("histogram_quantile(0.9, sum by (le, job) (rate(x_bucket[5m])))", "job!"),
        ("unknown_metric", "instance! job! ..."),
        ("some:recorded", "..."),
        ("{job=\"x\"}", "job ..."),
        ("{__name__=\"node_load1\"}", "instance job"),
        ("ALERTS{alertstate=\"firing\"}", "alertname alertstate ..."),
        ("max_over_time(sum by (job) (up)[5m:])", "job"),
        ("scalar(node_load1)", ""),
        ("sum by ($x) (node_load1)", "..."),
        ("node_open_thing", "device instance job ..."),
    ] {
        assert_eq!(labels(text), expected, "{text}");
    }
}

#[test]
fn selectors_that_let_nothing_pass() {
    use DeadReason::{NoSuchLabel, NoSuchValue};
    for (text, known, unknown) in [
        ("node_load1{cpu=\"0\"}", Some((NoSuchLabel, true)), Some((NoSuchLabel, false))),
        ("node_load1{cpu!=\"0\"}", None, None),
        ("node_load1{cpu!=\"\"}", Some((NoSuchLabel, true)), Some((NoSuchLabel, false))),
        ("node_load1{cpu=~\".*\"}", None, None),
        ("node_cpu_seconds_total{mode=\"wait\"}", Some((NoSuchValue, true)), Some((NoSuchValue, true))),
        ("node_cpu_seconds_total{mode=~\"wa.*|io\"}", Some((NoSuchValue, true)), Some((NoSuchValue, true))),
        ("node_cpu_seconds_total{mode=~\"io.*\"}", None, None),
        ("node_cpu_seconds_total{mode!~\".+\"}", Some((NoSuchValue, true)), Some((NoSuchValue, true))),
        ("node_cpu_seconds_total{mode=\"$mode\"}", None, None),
        ("node_cpu_seconds_total{mode=\"idle\",mode=\"user\"}", Some((NoSuchValue, true)), Some((NoSuchValue, true))),
        ("node_open_thing{anything=\"x\"}", None, None),
        ("pve_storage_size_bytes{storage=\"local\"}", Some((NoSuchLabel, false)), Some((NoSuchLabel, false))),
        ("unknown_metric{a=\"b\"}", None, None),
    ] {
        for (world, expected) in [(&KNOWN, known), (&UNKNOWN, unknown)] {
            let dead = look(text, world, |inference| {
                inference.selectors[0].dead.first().map(|dead| (dead.reason, dead.is_certain))
            });
            assert_eq!(dead, expected, "{text}");
        }
    }
}

#[test]
fn joins_that_find_no_pair() {
    for (text, expected) in [
        ("node_load1 > sum by (instance) (up)", Some(("job", true))),
        ("node_load1 > on (instance) sum by (instance) (up)", None),
        ("node_load1 > on (instance, cpu) node_load1", None),
        ("node_cpu_seconds_total > on (cpu) node_load1", Some(("cpu", true))),
        ("sum by (a, job) (x) / sum by (job) (x)", None),
        ("sum by (mode, job) (node_cpu_seconds_total) / sum by (job) (node_cpu_seconds_total)", Some(("mode", true))),
        ("node_filesystem_avail_bytes / node_filesystem_size_bytes", None),
        ("sum by (job) (other) / other", Some(("instance", false))),
        ("node_cpu_seconds_total{mode=\"idle\"} / node_cpu_seconds_total{mode=\"user\"}", Some(("mode", true))),
        ("node_cpu_seconds_total{mode=\"idle\"} / ignoring (mode) node_cpu_seconds_total{mode=\"user\"}", None),
        ("node_load1 or sum(node_load1)", None),
        ("node_load1 > vector(1)", Some(("instance", true))),
        ("node_load1 > on () vector(1)", None),
        ("some:recorded / sum by (job) (x)", None),
        ("node_load1 > scalar(vector(1))", None),
        ("node_load1 unless sum by (job) (up)", Some(("instance", true))),
    ] {
        let found = look(text, &KNOWN, |inference| {
            let join = inference.joins.first()?;
            Some((join.conflicts[0].label.to_string(), join.is_certain))
        });
        let found = found.as_ref().map(|(label, certain)| (label.as_str(), *certain));
        assert_eq!(found, expected, "{text}");
    }
}

#[test]
fn values_and_units() {
    let unit = |base, scale| Unit { base, scale };
    for (text, expected, constant) in [
        ("up == 0", unit(Base::Bool, 1.0), Some(0.0)),
        ("up != 1", unit(Base::Bool, 1.0), Some(0.0)),
        ("1 != up", unit(Base::Bool, 1.0), Some(0.0)),
        ("up == bool 0", unit(Base::Bool, 1.0), None),
        ("node_load1 > 4", unit(Base::Unknown, 1.0), None),
        ("node_load1 > 4 and on (instance) up == 1", unit(Base::Unknown, 1.0), None),
        ("absent(up)", unit(Base::Unknown, 1.0), Some(1.0)),
        ("node_uname_info", unit(Base::Unknown, 1.0), Some(1.0)),
        ("time() - node_boot_time_seconds", unit(Base::Seconds, 1.0), None),
        ("(time() - node_boot_time_seconds) / 3600 > 2", unit(Base::Seconds, 1.0 / 3600.0), None),
        ("node_filesystem_avail_bytes / node_filesystem_size_bytes", unit(Base::Ratio, 1.0), None),
        ("100 * node_filesystem_avail_bytes / node_filesystem_size_bytes < 10", unit(Base::Ratio, 100.0), None),
        (
            "100 - avg by (instance) (rate(node_cpu_seconds_total{mode=\"idle\"}[5m])) * 100",
            unit(Base::Ratio, 100.0),
            None,
        ),
        ("rate(node_cpu_seconds_total[5m])", unit(Base::Ratio, 1.0), None),
        ("rate(x_total[5m])", unit(Base::Unknown, 1.0), None),
        ("errors_total / requests_total", unit(Base::Quotient, 1.0), None),
        ("node_filesystem_avail_bytes / 1024", unit(Base::Bytes, 1.0 / 1024.0), None),
        ("avg(up)", unit(Base::Ratio, 1.0), None),
        ("sum(up)", unit(Base::Count, 1.0), None),
        ("count(up)", unit(Base::Count, 1.0), None),
        ("histogram_quantile(0.9, rate(http_duration_seconds_bucket[5m]))", unit(Base::Seconds, 1.0), None),
        ("time()", unit(Base::Timestamp, 1.0), None),
        ("vector(2)", unit(Base::Unknown, 1.0), Some(2.0)),
        (
            "node_filesystem_avail_bytes * on (instance) group_left (nodename) node_uname_info",
            unit(Base::Bytes, 1.0),
            None,
        ),
    ] {
        let sample = look(text, &KNOWN, |inference| inference.result().sample);
        assert_eq!(sample.unit.base, expected.base, "{text}");
        assert!((sample.unit.scale - expected.scale).abs() < 1e-9, "{text}: {:?}", sample.unit);
        assert_eq!(sample.constant, constant, "{text}");
    }
}

#[test]
fn recording_rules_are_inferred_through_each_other() {
    let options = Options::default();
    let rules = [
        ("job:cpu:rate", "sum by (job) (instance:cpu:rate)"),
        ("instance:cpu:rate", "sum by (instance, job) (rate(node_cpu_seconds_total[5m]))"),
        ("loop:a", "loop:b"),
        ("loop:b", "loop:a"),
    ]
    .map(|(name, text)| (name, parse(text, &options)));
    let rules: Vec<RecordingRule<'_>> = rules
        .iter()
        .map(|(name, parsed)| RecordingRule {
            name,
            expression: Some(parsed),
            labels: vec![("team", Some("infra")), ("hole", None)],
            is_federated: false,
        })
        .collect();
    let recorded = Recorded::new(&rules, &KNOWN);
    let job = &recorded.get("job:cpu:rate").unwrap().labels;
    assert_eq!(["job", "instance", "team", "hole"].map(|name| job.presence(name)), [Always, Never, Always, Sometimes]);
    assert_eq!(job.values("team"), Values::one("infra"));
    assert!(recorded.get("loop:a").unwrap().is_open());
    assert!(recorded.get("other").is_none());
}

#[test]
fn federated_series_may_have_external_labels() {
    let parsed = parse("node_load1", &Options::default());
    let around = Around { is_federated: true, ..Around::new(&KNOWN, &|_| None) };
    assert_eq!(infer(&parsed, &around).result().labels.presence("cluster"), Sometimes);
}
