//! Tests of what is known of metrics.

use super::super::infer::{Around, Remembered, Shape, infer};
use super::*;
use crate::diagnostic::FileId;
use crate::syntax::promql::{Options, parse};

static NO_SCRAPE: std::sync::LazyLock<ScrapeModel> = std::sync::LazyLock::new(ScrapeModel::default);

fn world(version: &str, collectors: &[&str]) -> World<'static> {
    let deployed = Deployed {
        name: "node-exporter".to_owned(),
        version: (!version.is_empty()).then(|| version.to_owned()),
        collectors: collectors.iter().map(|name| (*name).to_owned()).collect(),
        is_guess: false,
    };
    World::new(Catalogues::bundled(), Deployment::default(), vec![deployed], &NO_SCRAPE)
}

fn is_certain(world: &World<'_>, name: &str) -> Option<bool> {
    match world.metric(name) {
        Metric::Known(family) => Some(family.is_certain),
        _ => None,
    }
}

#[test]
fn only_what_was_captured_from_the_version_that_runs_is_certain() {
    for (version, name, expected) in [
        ("1.5.0", "node_load1", Some(true)),
        ("1.5.2", "node_load1", Some(true)),
        ("1.8.2", "node_load1", Some(false)),
        ("", "node_load1", Some(false)),
        // Derived from the source of a later version.
        ("1.12.1", "node_systemd_unit_state", Some(false)),
        ("1.5.0", "shop_orders", None),
    ] {
        assert_eq!(is_certain(&world(version, &[]), name), expected, "{version} {name}");
    }
}

#[test]
fn names_that_nobody_has() {
    let (old, newer) = (world("0.15.2", &[]), world("1.99.0", &[]));
    let world = world("1.5.0", &[]);
    let missing = |name: &str| match world.metric(name) {
        Metric::Missing { exporter, certain } => Some((exporter.into_owned(), certain)),
        _ => None,
    };
    assert!(matches!(newer.metric("node_of_tomorrow"), Metric::Unknown));
    assert!(matches!(newer.metric("node_memory_MemAvailable"), Metric::Missing { .. }), "it was renamed");
    assert!(matches!(old.metric("node_memory_MemAvailable"), Metric::Unknown), "it had that name then");
    // A text file may bring along any name.
    assert_eq!(missing("node_laod1"), Some(("node-exporter".to_owned(), false)));
    assert_eq!(missing("node_hwmon_anything"), None);
    assert_eq!(missing("node_memory_MemAvailable"), Some(("node-exporter".to_owned(), false)));
    assert_eq!(
        world.advice("node_memory_MemAvailable").as_deref(),
        Some("it is called `node_memory_MemAvailable_bytes` since version 0.16.0")
    );
    assert_eq!(world.advice("pve_disk_usage").as_deref(), Some("its name has a unit: `pve_disk_usage_bytes`"));
    assert_eq!(world.advice("node_laod1").as_deref(), Some("did you mean `node_load1`?"));
}

#[test]
fn newer_versions_may_have_other_labels() {
    let is_open = |version: &str| match world(version, &[]).metric("node_load1") {
        Metric::Known(family) => family.is_open,
        _ => panic!("{version}"),
    };
    for (version, expected) in [("1.5.0", false), ("", false), ("1.99.0", true), ("2", true), ("1", true)] {
        assert_eq!(is_open(version), expected, "{version}");
    }
}

#[test]
fn what_a_device_counts_is_no_counter() {
    let kind = |name: &str| match world("", &[]).metric(name) {
        Metric::Known(family) => family.kind,
        _ => panic!("{name}"),
    };
    assert_eq!(kind("node_load1"), FamilyKind::Gauge);
    assert_eq!(kind("node_nf_conntrack_entries"), FamilyKind::Gauge);
    assert_eq!(kind("node_nf_conntrack_stat_insert"), FamilyKind::Unknown);
    assert_eq!(kind("nvme_media_errors_total"), FamilyKind::Unknown);
    assert_eq!(kind("smartmon_udma_crc_error_count_raw_value"), FamilyKind::Unknown);
    assert_eq!(kind("smartmon_udma_crc_error_count_worst"), FamilyKind::Gauge);
}

#[test]
fn collectors_that_are_off() {
    let state = |world: &World<'_>, name: &str| world.collector(name).map(|found| found.is_certain);
    assert_eq!(state(&world("", &[]), "node_processes_pids"), Some(false));
    assert_eq!(state(&world("", &["systemd"]), "node_processes_pids"), Some(true));
    assert_eq!(state(&world("", &["processes"]), "node_processes_pids"), None);
    assert_eq!(state(&world("", &["systemd"]), "node_network_address_info"), Some(false), "an option");
    assert_eq!(state(&world("", &["netdev.address-info"]), "node_network_address_info"), None);
    assert_eq!(state(&world("", &[]), "node_load1"), None);
}

#[test]
fn what_is_remembered_gives_the_same_as_what_is_asked() {
    let text = b"scrape_configs:\n- job_name: node\n  static_configs:\n  - targets: [pve1:9100]\n    labels: {role: host, device: x}\n";
    let model = ScrapeModel::new(vec![scrape::read(FileId(0), "prometheus.yml", text).unwrap()]);
    let names = ["up", "ALERTS", "node_load1", "node_cpu_seconds_total", "node_laod1", "shop_orders_total", "a:b"];
    let matchers = ["", "{job=\"node\"}", "{job=\"other\"}", "{role=~\"h.*\",device!=\"x\"}", "{mode=\"idel\"}"];
    for scrape in [&model, &*NO_SCRAPE] {
        let world = World::new(Catalogues::bundled(), Deployment::default(), Vec::new(), scrape);
        let remembered = Remembered::new(&world, names);
        for text in names.iter().flat_map(|name| matchers.map(|matchers| format!("{name}{matchers}"))) {
            let parsed = parse(&text, &Options::default());
            for is_recorded in [false, true] {
                let recorded = |_: &str| is_recorded.then(Shape::open);
                let asked = infer(&parsed, &Around::new(&world, &recorded));
                let known = infer(&parsed, &Around::new(&remembered, &recorded));
                assert_eq!(format!("{known:?}"), format!("{asked:?}"), "{text}");
            }
        }
    }
}

#[test]
fn how_often_a_metric_comes() {
    let interval = |jobs: &str, name: &str| {
        let text = format!("global: {{scrape_interval: 1m}}\nscrape_configs:\n{jobs}");
        let file = scrape::read(FileId(0), "prometheus.yml", text.as_bytes()).unwrap();
        let model = ScrapeModel::new(vec![file]);
        World::new(Catalogues::bundled(), Deployment::default(), Vec::new(), &model).interval(name, &|_| true)
    };
    let node = "- {job_name: node, static_configs: [{targets: [a]}]}\n";
    let slow = "- {job_name: slow, scrape_interval: 10m, static_configs: [{targets: ['b:9100']}]}\n";
    let other = "- {job_name: snmp, scrape_interval: 10m, static_configs: [{targets: ['b:9116']}]}\n";
    let set = "- {job_name: x, static_configs: [{targets: [a], labels: {__scrape_interval__: 15s}}]}\n";
    let rule = "- {job_name: x, static_configs: [{targets: [a]}], relabel_configs: [{target_label: __scrape_interval__, replacement: 15s}]}\n";
    let filled = "- {job_name: x, scrape_interval: '{{ interval }}', static_configs: [{targets: [a]}]}\n";
    for (jobs, expected) in [
        (vec![node], Some(60.0)),
        (vec![other], Some(600.0)),
        (vec![node, other], Some(60.0)),
        (vec![node, slow], Some(600.0)),
        (vec![slow, other], Some(600.0)),
        (vec![set], None),
        (vec![rule], None),
        (vec![filled], None),
        (vec![other, set], None),
        (vec![node, set], Some(60.0)),
    ] {
        assert_eq!(interval(&jobs.concat(), "node_load1"), expected, "{jobs:?}");
    }
    assert_eq!(interval(&[node, other].concat(), "up"), Some(600.0));
}

#[test]
fn scraping_decides_over_labels() {
    let text = b"scrape_configs:\n- job_name: node\n  scrape_interval: 30s\n  static_configs:\n  - targets: [pve1:9100]\n    labels: {role: host, device: x}\n";
    let model = ScrapeModel::new(vec![scrape::read(FileId(0), "prometheus.yml", text).unwrap()]);
    let world = World::new(Catalogues::bundled(), Deployment::default(), Vec::new(), &model);
    let mut own = LabelSet::with_rest(Presence::Unlikely);
    own.set(Label::new("device", Presence::Usually));
    own.set(Label::new("fstype", Presence::Usually));
    let scraped = world.scraped("node_filesystem_avail_bytes", own, &|_| true);
    let presence = |name: &str| scraped.labels.presence(name);
    assert_eq!(presence("role"), Presence::Always);
    assert_eq!(presence("fstype"), Presence::Usually);
    assert_eq!(presence("exported_device"), Presence::Usually);
    assert_eq!(presence("device"), Presence::Always);
    assert_eq!(presence("other"), Presence::Unlikely);
    assert_eq!(scraped.clashes.len(), 1);
    assert_eq!(world.interval("node_load1", &|_| true), Some(30.0));
    assert_eq!(world.interval("node_load1", &|job| job == "other"), None);
}
