use super::*;
use crate::diagnostic::FileId;

fn file(path: &str, text: &str) -> ScrapeFile {
    read(FileId(0), path, text.as_bytes()).unwrap_or_else(|| panic!("no configuration:\n{text}"))
}

fn model(text: &str) -> ScrapeModel {
    ScrapeModel::new(vec![file("prometheus.yml", text)])
}

/// One job called `j` with these lines.
fn job(lines: &str) -> ScrapeModel {
    let lines: String = lines.lines().map(|line| format!("    {line}\n")).collect();
    model(&format!("scrape_configs:\n  - job_name: j\n{lines}"))
}

fn own(names: &[&str]) -> LabelSet {
    let labels = names.iter().map(|name| ((*name).to_owned(), Label::any(Presence::Certain, None)));
    LabelSet { labels: labels.collect(), is_open: false }
}

/// The labels of `metric` after scraping: `name`, `name=value|value`, `?` behind those that may be absent, `...` for an
/// open set.
fn scraped(model: &ScrapeModel, metric: &str, own: &LabelSet) -> String {
    let scraped = model.scraped(Some(metric), own, &|_| true);
    if scraped.dropped.is_some() {
        return "dropped".to_owned();
    }
    let mut words: Vec<String> = scraped.labels.labels.iter().map(|(name, label)| word(name, label)).collect();
    words.extend(scraped.labels.is_open.then(|| "...".to_owned()));
    words.join(" ")
}

fn word(name: &str, label: &Label) -> String {
    let values = label.values.as_ref().map(|values| values.iter().cloned().collect::<Vec<_>>().join("|"));
    let values = values.map_or(String::new(), |values| format!("={values}"));
    format!("{name}{values}{}", if label.presence == Presence::Possible { "?" } else { "" })
}

const STATIC: &str = "static_configs:\n- targets: [\"a:1\", \"b:1\"]\n  labels: {role: host}\n";

#[test]
fn without_configuration_only_job_and_instance_are_certain() {
    let nothing = ScrapeModel::default();
    assert_eq!(scraped(&nothing, "m", &own(&["device"])), "device instance job ...");
    assert!(!nothing.jobs_are_known() && nothing.job_names().is_none());
}

#[test]
fn targets_have_their_labels() {
    assert_eq!(scraped(&job(STATIC), "m", &own(&["device"])), "device instance=a:1|b:1 job=j role=host");
    let two = format!("{STATIC}- targets: [\"c\"]\n");
    assert_eq!(scraped(&job(&two), "m", &own(&[])), "instance job=j role=host?");
    assert_eq!(scraped(&job("static_configs: []"), "m", &own(&[])), "instance job=j ...");
    let own_job = "static_configs:\n- targets: [\"a:1\"]\n  labels: {job: other}\n";
    assert_eq!(scraped(&job(own_job), "m", &own(&[])), "instance=a:1 job=other");
}

#[test]
fn jobs_are_alternatives_until_the_selector_chooses() {
    let model = model(
        "scrape_configs:\n- job_name: a\n  static_configs: [{targets: ['x:1'], labels: {role: r}}]\n- job_name: b\n  \
         static_configs: [{targets: ['y:1']}]\n",
    );
    assert_eq!(scraped(&model, "m", &own(&[])), "instance=x:1|y:1 job=a|b role=r?");
    let only = model.scraped(Some("m"), &own(&[]), &|job| job == "b");
    assert_eq!((only.jobs, only.labels.may_have("role")), (Some(1), false));
    assert_eq!(model.scraped(Some("m"), &own(&[]), &|job| job == "c").jobs, Some(0));
    assert_eq!(model.job_names().unwrap().into_iter().collect::<Vec<_>>(), ["a", "b"]);
}

#[test]
fn labels_of_the_exporter_give_way_unless_they_are_honored() {
    assert_eq!(scraped(&job(STATIC), "m", &own(&["role"])), "exported_role instance=a:1|b:1 job=j role=host");
    let honored = format!("honor_labels: true\n{STATIC}");
    assert_eq!(scraped(&job(&honored), "m", &own(&["role"])), "instance=a:1|b:1 job=j role");
    assert_eq!(scraped(&job(&honored), "m", &LabelSet::unknown()), "instance? job? role? ...");
    let clashes = job(STATIC).scraped(Some("m"), &own(&["role"]), &|_| true).clashes;
    assert_eq!((clashes.len(), clashes[0].label.as_str(), clashes[0].job.as_deref()), (1, "role", Some("j")));
    assert!(clashes[0].place.is_some());
}

#[test]
fn targets_are_relabelled() {
    for (rules, labels) in [
        (
            "- {source_labels: [__address__], target_label: __param_target}\n- {source_labels: [__param_target], \
          target_label: instance}\n- {target_label: __address__, replacement: 'localhost:9221'}",
            "instance=a:1|b:1 job=j role=host",
        ),
        (
            "- {source_labels: [__address__], regex: '(.+):.*', target_label: host}",
            "host=a|b instance=a:1|b:1 job=j role=host",
        ),
        ("- {regex: role, action: labeldrop}", "instance=a:1|b:1 job=j"),
        ("- {source_labels: [__address__], regex: 'b.*', action: drop}", "instance=a:1 job=j role=host"),
        ("- {source_labels: [__address__], regex: 'none', action: keep}", "instance job=j ..."),
        ("- {target_label: job, replacement: other}", "instance=a:1|b:1 job=other role=host"),
        ("- {target_label: role, replacement: ''}", "instance=a:1|b:1 job=j"),
        ("- {source_labels: [role], target_label: '${1}_is'}", "host_is=host instance=a:1|b:1 job=j role=host"),
        ("- {regex: ro(le), replacement: 'x$1', action: labelmap}", "instance=a:1|b:1 job=j role=host xle=host"),
        (
            "- {source_labels: [__address__], target_label: shard, modulus: 4, action: hashmod}",
            "instance=a:1|b:1 job=j role=host shard",
        ),
        ("- {source_labels: [role], target_label: role, action: uppercase}", "instance=a:1|b:1 job=j role=HOST"),
        (
            "- {source_labels: [__address__], regex: '\\Qa\\E.*', target_label: rack, replacement: r}",
            "instance=a:1|b:1 job=j rack? role=host",
        ),
    ] {
        let text = format!("{STATIC}relabel_configs:\n{rules}\n");
        assert_eq!(scraped(&job(&text), "m", &own(&[])), labels, "{rules}");
    }
}

#[test]
fn discovery_is_open_except_for_its_own_labels() {
    for (lines, labels) in [
        ("file_sd_configs:\n- files: [x.json]", "instance job ..."),
        ("docker_sd_configs:\n- host: unix:///x", "instance job=j"),
        (
            "docker_sd_configs:\n- host: unix:///x\nrelabel_configs:\n- {source_labels: [__meta_docker_container_name], \
          target_label: container}",
            "container? instance job=j",
        ),
        (
            "kubernetes_sd_configs:\n- role: pod\nrelabel_configs:\n- {regex: __meta_kubernetes_pod_label_(.+), action: \
          labelmap}",
            "instance job ...",
        ),
        (
            "docker_sd_configs:\n- host: x\nrelabel_configs:\n- {source_labels: [__meta_docker_container_name], \
          target_label: job}",
            "instance job? ...",
        ),
    ] {
        assert_eq!(scraped(&job(lines), "m", &own(&[])), labels, "{lines}");
    }
}

#[test]
fn series_are_relabelled() {
    for (rules, labels) in [
        ("- {source_labels: [__name__], regex: 'go_.*', action: drop}", "device instance=a:1|b:1 job=j role=host"),
        ("- {source_labels: [__name__], regex: 'm', action: drop}", "dropped"),
        ("- {source_labels: [__name__], regex: 'other', action: keep}", "dropped"),
        ("- {source_labels: [device], regex: 'lo', action: drop}", "device instance=a:1|b:1 job=j role=host"),
        ("- {source_labels: [__name__], regex: 'm', target_label: __name__, replacement: n}", "dropped"),
        ("- {regex: device, action: labeldrop}", "instance=a:1|b:1 job=j role=host"),
        ("- {regex: '__name__|job|instance', action: labelkeep}", "instance=a:1|b:1 job=j"),
        ("- {source_labels: [device], target_label: disk}", "device disk? instance=a:1|b:1 job=j role=host"),
        ("- {source_labels: [device], regex: '(.+)', target_label: role}", "device instance=a:1|b:1 job=j role?"),
    ] {
        let text = format!("{STATIC}metric_relabel_configs:\n{rules}\n");
        assert_eq!(scraped(&job(&text), "m", &own(&["device"])), labels, "{rules}");
        assert_eq!(scraped(&job(&text), "up", &own(&[])), "instance=a:1|b:1 job=j role=host", "{rules}");
    }
    assert!(!job(STATIC).renames_metrics());
    assert!(
        job(&format!("{STATIC}metric_relabel_configs: [{{target_label: __name__, replacement: x}}]")).renames_metrics()
    );
}

#[test]
fn what_a_template_fills_in_is_open() {
    for (lines, labels) in [
        ("static_configs:\n- targets: [\"${host}:1\"]\n  labels: {role: host}", "instance job=j role=host"),
        (
            "static_configs:\n- targets: ${jsonencode(hosts)}\n  labels: {role: \"${role}\", a: \"x-${role}\"}",
            "a instance job=j role?",
        ),
        ("static_configs:\n- targets: [\"a:1\"]\n  labels: {\"${key}\": x}", "instance job ..."),
        (
            "static_configs:\n%{ for host in hosts ~}\n- targets: [\"a:1\"]\n  labels: {role: x}\n%{ endfor ~}\n",
            "instance=a:1 job=j role=x",
        ),
        (
            "static_configs:\n- targets: [\"a:1\"]\n  labels:\n    role: x\n%{ if rack != \"\" ~}\n    rack: r\n%{ endif ~}\n",
            "instance=a:1 job=j rack? role=x",
        ),
        (
            "static_configs:\n- targets: [\"a:1\"]\n  labels:\n%{ if a }\n    role: x\n%{ endif }\n",
            "instance=a:1 job=j role?",
        ),
        ("static_configs:\n- targets: [\"a:1\"]\n  labels:\n    ${indent(4, labels)}\n", "instance job? ..."),
        ("static_configs: ${jsonencode(groups)}", "instance job ..."),
        (
            "honor_labels: ${honor}\nstatic_configs: [{targets: ['a:1'], labels: {role: x}}]",
            "instance=a:1 job=j role=x",
        ),
        (
            "static_configs: [{targets: ['a:1'], labels: {role: x}}]\nrelabel_configs:\n%{ if a }\n- {target_label: role, \
          replacement: y}\n%{ endif }\n",
            "instance=a:1 job=j role",
        ),
        (
            "static_configs: [{targets: ['a:1'], labels: {role: x}}]\nrelabel_configs:\n- {target_label: \"${x}\"}",
            "instance job? role? ...",
        ),
    ] {
        let found = scraped(&job(lines), "m", &own(&[]));
        // Where jobs may be missing the set is open in any case.
        assert_eq!(found.replace("instance? ", "instance "), labels, "{lines}");
    }
}

#[test]
fn jobs_are_known_only_when_nothing_is_filled_in() {
    for (text, is_known) in [
        ("scrape_configs:\n- job_name: a\n  static_configs: [{targets: ['a:1']}]\n", true),
        ("scrape_configs:\n- job_name: ${name}\n", false),
        ("scrape_configs:\n- job_name: a\n  static_configs: [{targets: ['a:1']}]\n${extra}\n", false),
        ("scrape_configs: ${jsonencode(jobs)}\n", false),
        ("scrape_configs:\n%{ if a }\n- job_name: a\n  static_configs: [{targets: ['a:1']}]\n%{ endif }\n", true),
        ("scrape_config_files: [more/*.yml]\nscrape_configs: []\n", false),
        ("kind: ServiceMonitor\napiVersion: monitoring.coreos.com/v1\n", false),
        (
            "prometheus:\n  config:\n    scrape_configs:\n    - job_name: a\n      static_configs: [{targets: ['a:1']}]\n",
            false,
        ),
    ] {
        assert_eq!(model(text).jobs_are_known(), is_known, "{text}");
    }
    let main = file("monitoring/prometheus.yml", "scrape_config_files: [more/*.yml]\n");
    let part =
        file("monitoring/more/node.yml", "scrape_configs:\n- job_name: node\n  static_configs: [{targets: ['a:1']}]\n");
    let model = ScrapeModel::new(vec![main, part]);
    assert_eq!(model.job_names().unwrap().into_iter().collect::<Vec<_>>(), ["node"]);
}

#[test]
fn configurations_are_found_in_other_files() {
    for text in [
        "apiVersion: v1\nkind: ConfigMap\ndata:\n  prometheus.yml: |\n    scrape_configs:\n    - job_name: node\n",
        "#cloud-config\nwrite_files:\n- path: /etc/x\n  content: |\n    scrape_configs:\n    - job_name: node\n",
        "- job_name: node\n  static_configs: []\n",
        "%{ if a ~}\nscrape_configs:\n  - job_name: node\n%{ endif ~}\n",
    ] {
        let found = file("x.yml", text);
        let name = found.jobs[0].name.as_ref().unwrap();
        assert_eq!(name.place.span.text(text.as_bytes()), "node", "{text}");
    }
    for text in [
        "positions: {filename: x}\nscrape_configs:\n- job_name: logs\n",
        "rule_files: [alerts.yml]\ntests: []\n",
        "steps:\n- job_name_of: x\n",
        "apiVersion: batch/v1\nkind: Job\nmetadata: {labels: {job_name: x}}\n",
    ] {
        assert!(read(FileId(0), "x.yml", text.as_bytes()).is_none(), "{text}");
    }
}

#[test]
fn globals_have_places() {
    let text = "global:\n  scrape_interval: 30s\n  evaluation_interval: 1m\n  external_labels: {site: home, host: '${HOST}'}\n\
                rule_files: [rules/*.yml, '${more}']\nscrape_configs: []\n";
    let found = file("monitoring/prometheus.yml", text);
    let interval = found.scrape_interval.unwrap();
    assert_eq!((interval.value.as_millis(), interval.place.span.text(text.as_bytes())), (30_000, "30s"));
    assert_eq!(found.evaluation_interval.unwrap().value.as_millis(), 60_000);
    assert_eq!(word("site", &found.external_labels.labels["site"]), "site=home");
    assert_eq!(word("host", &found.external_labels.labels["host"]), "host?");
    assert_eq!((found.rule_files.len(), found.has_open_rule_files), (1, true));
    assert!(names_file(&found.path, "rules/*.yml", "monitoring/rules/a.yml"));
    for (pattern, path) in
        [("rules/*.yml", "monitoring/rules/b/a.yml"), ("/etc/*.yml", "etc/a.yml"), ("../../x.yml", "x.yml")]
    {
        assert!(!names_file(&found.path, pattern, path), "{pattern}");
    }
    assert!(names_file(&found.path, "../x.yml", "x.yml"));
}

#[test]
fn federation_brings_any_label() {
    let text = format!("metrics_path: /federate\nhonor_labels: true\n{STATIC}");
    assert_eq!(scraped(&job(&text), "m", &own(&["device"])), "...");
}

#[test]
fn the_labels_that_relabelling_touches() {
    let text = format!("{STATIC}metric_relabel_configs: [{{regex: 'de.*', action: labeldrop}}]");
    let found = job(&text);
    let all = |_: &str| true;
    assert!(
        found.touches("m", "device", &all) && !found.touches("m", "mode", &all) && !found.touches("up", "device", &all)
    );
    assert_eq!((found.honors_labels(&all), ScrapeModel::default().honors_labels(&all)), (Some(false), None));
    assert_eq!(job("honor_labels: true\nstatic_configs: [{targets: ['a:1']}]").honors_labels(&all), Some(true));
}

#[test]
fn other_servers_bring_jobs_of_their_own() {
    let jobs = |text: &str| {
        let model = ScrapeModel::new(vec![file("prometheus.yml", text)]);
        model.jobs_of("up").map(|jobs| jobs.into_iter().map(str::to_owned).collect::<Vec<_>>().join(" "))
    };
    let federation = |honor: &str| {
        format!(
            "scrape_configs:\n- {{job_name: all, honor_labels: {honor}, metrics_path: /federate, static_configs: [{{targets: ['b:9090']}}]}}\n"
        )
    };
    assert_eq!(jobs(&federation("true")), None);
    assert_eq!(jobs(&federation("false")).as_deref(), Some("all"));
    let text = "scrape_configs:\n- {job_name: all, honor_labels: true, params: {'match[]': ['{job=\"x\"}']}, static_configs: [{targets: ['b:9090']}]}\n";
    assert_eq!(jobs(text), None);
    let push = "scrape_configs:\n- {job_name: push, honor_labels: true, static_configs: [{targets: ['b:9091']}]}\n";
    assert_eq!(jobs(push).as_deref(), Some("push"));
    let model = ScrapeModel::new(vec![file("prometheus.yml", push)]).receiving();
    assert_eq!(model.jobs_of("up"), None);
    let variable = file("group_vars/all.yml", "prometheus_scrape_configs:\n- job_name: node\n");
    assert!(!variable.is_complete);
}
