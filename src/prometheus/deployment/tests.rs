//! What is taken for a deployment, and what is not.

use super::*;
use crate::diagnostic::FileId;
use crate::prometheus::catalogue::{Catalogue, Catalogues};

fn sightings(text: &str) -> Vec<Sighting> {
    Names::new(&Catalogues::bundled()).read(FileId(0), text.as_bytes())
}

fn deployment(texts: &[&str]) -> Deployment {
    let elsewhere = Elsewhere::joined(texts.iter().map(|text| Elsewhere::read(text.as_bytes())));
    let textfiles = texts.iter().zip(0..).map(|(text, number)| Textfiles::read(FileId(number), text.as_bytes()));
    let textfiles = Textfiles::joined(textfiles);
    Deployment { elsewhere, textfiles, ..Deployment::new(texts.iter().flat_map(|text| sightings(text)).collect()) }
}

fn node_exporter(catalogues: &Catalogues) -> &Catalogue {
    catalogues.of("node-exporter").next().unwrap()
}

fn runs(deployment: &Deployment, collector: &str) -> &'static str {
    let catalogues = Catalogues::bundled();
    let exporter = &node_exporter(&catalogues).exporter;
    match deployment.collector(exporter, exporter.collector(collector).unwrap()) {
        Running::On => "on",
        Running::Off(_) => "off",
        Running::Unknown => "unknown",
    }
}

/// The directories read, and `?` where there may be more.
fn directories(deployment: &Deployment) -> Vec<String> {
    let all = deployment.textfile_directories();
    let more = all.may_be_more.then(|| "?".to_owned());
    all.read.into_iter().map(|directory| directory.path).chain(more).collect()
}

/// Each sighting as `exporter version, build, flags`.
fn summary(text: &str) -> Vec<String> {
    let line = |sighting: Sighting| {
        let version = sighting.version.map_or("-".to_owned(), |(version, _)| version);
        let flags: Vec<String> = sighting
            .flags
            .into_iter()
            .map(|flag| flag.name + &flag.value.map(|value| format!("={value}")).unwrap_or_default())
            .collect();
        let open = if sighting.has_open_flags { " ..." } else { "" };
        format!("{} {version} {:?} [{}]{open}", sighting.exporter, sighting.build, flags.join(" "))
    };
    sightings(text).into_iter().map(line).collect()
}

const COMPOSE: &str = "\
services:
  node-exporter:
    image: quay.io/prometheus/node-exporter:v1.8.2
    command:
      - '--path.rootfs=/host'
      - --collector.textfile.directory=/textfile
      - \"--collector.filesystem.mount-points-exclude=^/(sys|proc)($$|/)\"
    volumes:
      - /:/host:ro,rslave
      - /srv/metrics:/textfile:ro
  # image: prom/node-exporter:v0.1.0
  prometheus:
    image: prom/prometheus:v3.1.0
    command: [--config.file=/etc/prometheus/prometheus.yml, --web.enable-lifecycle]
";

#[test]
fn compose_files() {
    assert_eq!(
        summary(COMPOSE),
        [
            "node-exporter 1.8.2 Upstream [path.rootfs=/host collector.textfile.directory=/textfile \
             collector.filesystem.mount-points-exclude=^/]",
            "prometheus 3.1.0 Upstream [config.file=/etc/prometheus/prometheus.yml web.enable-lifecycle]",
        ]
    );
    let deployment = deployment(&[COMPOSE]);
    assert_eq!(directories(&deployment), ["/srv/metrics"]);
    assert_eq!(runs(&deployment, "systemd"), "off");
    assert_eq!(runs(&deployment, "cpu"), "on");
    let (version, location) = deployment.versions("node-exporter")[0];
    let place = location.span.slice(COMPOSE.as_bytes());
    assert_eq!((version, place), ("1.8.2", "quay.io/prometheus/node-exporter:v1.8.2".as_bytes()));
}

#[test]
fn templates_of_compose_files() {
    let text = "services:\n  node:\n    image: prom/node-exporter:${version}\n    command:\n\
                %{ if systemd ~}\n      - --collector.systemd\n%{ endif ~}\n      - --collector.processes\n";
    assert_eq!(summary(text), ["node-exporter - Upstream [collector.systemd collector.processes] ..."]);
    let hole = "services:\n  node:\n    command: ${jsonencode(flags)}\n    image: prom/node-exporter\n";
    assert_eq!(runs(&deployment(&[hole]), "systemd"), "unknown");
    let filled = "version=1.7.0\ndocker run -d prom/node-exporter:$version --collector.systemd\n";
    assert_eq!(summary(filled), ["node-exporter 1.7.0 Upstream [collector.systemd]"]);
}

#[test]
fn containers_of_kubernetes() {
    let text = "spec:\n  containers:\n  - name: other\n    image: nginx:1\n    args: [--collector.processes]\n  - name: node\n    \
                image: quay.io/prometheus/node-exporter:v1.9.0\n    args:\n    - --collector.systemd\n  - image: busybox\n    \
                args: [--collector.ntp]\n";
    assert_eq!(summary(text), ["node-exporter 1.9.0 Upstream [collector.systemd]"]);
}

#[test]
fn units() {
    let text = "[Service]\nExecStart=\nExecStart=/usr/local/bin/node_exporter --collector.systemd \\\n  \
                --collector.textfile.directory /var/lib/metrics\nRestart=always\n";
    assert_eq!(
        summary(text),
        ["node-exporter - Upstream [collector.systemd collector.textfile.directory=/var/lib/metrics]"]
    );
    let deployment = deployment(&[text]);
    assert_eq!(directories(&deployment), ["/var/lib/metrics"]);
    assert_eq!(runs(&deployment, "systemd"), "on");
    assert_eq!(summary("ExecStart=/usr/bin/prometheus-node-exporter $ARGS\n"), ["node-exporter - Debian [] ..."]);
    assert_eq!(summary("ExecStart=-/usr/local/bin/node_exporter\n"), ["node-exporter - Upstream []"]);
}

#[test]
fn what_the_package_brings() {
    let script = "#!/bin/sh\napt-get update && apt-get install -y curl \\\n  prometheus-node-exporter=1.5.0-1+b6\n";
    assert_eq!(summary(script), ["node-exporter 1.5.0 Debian []"]);
    let installed = deployment(&[script]);
    assert_eq!(directories(&installed), ["/var/lib/prometheus/node-exporter"]);
    assert_eq!(runs(&installed, "systemd"), "on");
    assert_eq!(runs(&installed, "processes"), "off");
    // How it is started counts more than that it is installed.
    let unit = "ExecStart=/usr/bin/prometheus-node-exporter --no-collector.systemd --collector.textfile.directory=/a\n";
    let started = deployment(&[script, unit]);
    assert_eq!(directories(&started), ["/a"]);
    assert_eq!(runs(&started, "systemd"), "off");
    let arguments = "cat > /etc/default/prometheus-node-exporter <<EOF\nARGS=\"--collector.processes --collector.textfile.directory=/b\"\nEOF\n";
    let started = deployment(&[script, arguments]);
    assert_eq!((directories(&started), runs(&started, "processes")), (vec!["/b".to_owned()], "on"));
}

#[test]
fn lists_of_packages() {
    for text in [
        "packages:\n  - curl\n  - prometheus-node-exporter\n",
        "  packages = [\n    \"curl\",\n    \"prometheus-node-exporter\",\n  ]\n",
        "- ansible.builtin.apt:\n    name:\n      - prometheus-node-exporter\n",
        "packages: [curl, prometheus-node-exporter]\n",
    ] {
        assert_eq!(summary(text), ["node-exporter - Debian []"], "{text}");
    }
}

#[test]
fn releases() {
    let text = "NODE_EXPORTER_VERSION=\"${NODE_EXPORTER_VERSION:-1.8.1}\"\ncurl -LO \
                \"https://github.com/prometheus/node_exporter/releases/download/v${NODE_EXPORTER_VERSION}/node_exporter-${NODE_EXPORTER_VERSION}.linux-amd64.tar.gz\"\n";
    assert_eq!(summary(text), ["node-exporter 1.8.1 Upstream [] ..."]);
    assert_eq!(summary("pip install prometheus-pve-exporter==3.5.5\n"), ["pve-exporter 3.5.5 Upstream [] ..."]);
    // With two values nobody knows which holds.
    let twice = "V=1.0.0\nV=1.1.0\ncurl https://github.com/prometheus/node_exporter/releases/download/v$V/x\n";
    assert_eq!(summary(twice), ["node-exporter - Upstream [] ..."]);
    let ansible = "node_exporter_version: 1.6.0\nurl: https://github.com/prometheus/node_exporter/releases/download/v{{ node_exporter_version }}/x\n";
    assert_eq!(summary(ansible), ["node-exporter 1.6.0 Upstream [] ..."]);
}

#[test]
fn mentions_are_no_deployments() {
    for text in [
        "systemctl restart prometheus-node-exporter\n",
        "useradd --system node_exporter\n",
        "node_exporter --version\n",
        "- job_name: node-exporter\n",
        "# apt-get install prometheus-node-exporter\n",
        "services: [prometheus-node-exporter]\n",
        "see https://github.com/prometheus/node_exporter for flags such as --collector.systemd\n",
        "image: example/node-exporter-helper:v1\n",
        "install -m 0755 node_exporter /usr/local/bin/\n",
        "",
    ] {
        assert_eq!(summary(text), Vec::<String>::new(), "{text}");
    }
    assert_eq!(directories(&deployment(&[])), ["?"]);
    assert_eq!(runs(&deployment(&[]), "systemd"), "unknown");
}

#[test]
fn one_host_with_the_collector_is_enough() {
    let with = "ExecStart=/usr/local/bin/node_exporter --collector.systemd\n";
    let without = "ExecStart=/usr/local/bin/node_exporter\n";
    assert_eq!(runs(&deployment(&[with, without]), "systemd"), "on");
    assert_eq!(runs(&deployment(&[without]), "systemd"), "off");
}

#[test]
fn flags_that_are_filled_in() {
    for text in [
        "ExecStart=/usr/local/bin/node_exporter --collector.{{ collector }} --web.listen-address=:9100\n",
        "ExecStart={{ dir }}/node_exporter \\\n{% for c in all -%}\n  '--collector.{{ c }}' \\\n{% endfor %}\n  --log.level=info\n",
        "ExecStart=/usr/local/bin/node_exporter {% for c in all %} --collector.{{ c }}{% endfor %} --log.level=info\n",
        "ExecStart=/usr/local/bin/node_exporter $(for c in systemd; do printf -- '--collector.%s ' \"$c\"; done)\n",
        "ExecStart=/usr/local/bin/node_exporter --log.level=info `cat flags`\n",
        "ne:\n  image: prom/node-exporter:v1.5.0\n  command:\n    - --log.level=info\n{% for c in all %}\n    - --collector.{{ c }}\n{% endfor %}\n",
        "docker run -d prom/node-exporter:v1.5.0 --path.rootfs=/host --collector.$EXTRA\n",
        "docker run --entrypoint /run.sh prom/node-exporter:v1.5.0\n",
        "ne:\n  image: prom/node-exporter:v1.5.0\n  entrypoint: /run.sh\n",
        "ne: {image: \"prom/node-exporter:v1.5.0\", command: [\"@/etc/ne.args\"]}\n",
        "{{ if x }}\n- --no-collector.systemd\n{{ end }}\nimage: prom/node-exporter:v1.5.0\n",
        "resource \"docker_image\" \"ne\" {\n  name = \"prom/node-exporter:v1.5.0\"\n}\n",
        "image:\n  repository: prom/node-exporter\n  tag: v1.5.0\n",
    ] {
        assert_eq!(runs(&deployment(&[text]), "systemd"), "unknown", "{text}");
    }
    let known = "args: ['--collector.filesystem.mount-points-exclude=^/(sys|proc)($|/)']\nimage: prom/node-exporter\n";
    assert_eq!(runs(&deployment(&[known]), "systemd"), "off");
    let known = "containers: [{name: a, image: prom/node-exporter, command: [/opt/node_exporter, --log.level=info]}]\n";
    assert_eq!(runs(&deployment(&[known]), "systemd"), "off");
}

#[test]
fn flags_in_a_second_file() {
    let compose = "services:\n  ne:\n    image: prom/node-exporter:v1.5.0\n";
    for text in [
        "services: {ne: {command: [--collector.systemd]}}\n",
        "services:\n  ne:\n    command: ${FLAGS}\n",
        "services:\n  ne:\n    entrypoint: /run.sh\n",
        "containers:\n- name: ne\n  args: [--collector.systemd]\n",
        "- op: add\n  path: /spec/template/spec/containers/0/args/-\n  value: --collector.systemd\n",
        "prometheus-node-exporter:\n  extraArgs:\n    - --collector.systemd\n",
        "    - role: prometheus.prometheus.node_exporter\n",
        "node_exporter_enabled_collectors: \"{{ collectors }}\"\n",
        "{ services.prometheus.exporters.node = { enable = true; enabledCollectors = [ \"systemd\" ]; }; }\n",
        "prometheus.exporter.unix \"x\" { enable_collectors = [\"systemd\"] }\n",
        "ne2:\n  image: ${REGISTRY}/node-exporter:v1.5.0\n  command: ${FLAGS}\n",
    ] {
        assert_eq!(runs(&deployment(&[compose, text]), "systemd"), "unknown", "{text}");
    }
    for text in [
        "services: {ne: {command: [--collector.processes]}}\n",
        "services:\n  other:\n    command: ${FLAGS}\n",
        "# start it with --collector.systemd\n",
        "- name: node-exporter is up\n  command: systemctl status {{ unit }}\n",
    ] {
        assert_eq!(runs(&deployment(&[compose, text]), "systemd"), "off", "{text}");
    }
}

#[test]
fn very_long_lines_are_data() {
    let compose = "services: {node: {image: \"prom/node-exporter:v1.5.0\"}}\n";
    let inline = |count: usize| format!("services: {{{}}}\n", "x: {command: [--collector.systemd]}, ".repeat(count));
    for (count, expected) in [(0, "off"), (10, "unknown"), (5000, "unknown")] {
        assert_eq!(runs(&deployment(&[compose, &inline(count)]), "systemd"), expected, "{count}");
    }
    assert!(sightings(&compose.repeat(5000).replace('\n', " ")).is_empty());
    assert_eq!(sightings(&compose.repeat(100).replace('\n', " ")).len(), 100);
}

#[test]
fn versions_that_run() {
    let of = |texts: &[&str]| {
        let deployment = deployment(texts);
        let mut versions: Vec<&str> =
            deployment.versions("prometheus").into_iter().map(|(version, _)| version).collect();
        versions.sort_unstable();
        (versions.join(" "), deployment.has_open_versions("prometheus"))
    };
    let manifest = "containers: [{name: p, image: \"prom/prometheus:v2.42.0\"}]\n";
    assert_eq!(of(&[manifest]), ("2.42.0".to_owned(), false));
    for text in [
        "images:\n  - {name: prom/prometheus, newTag: v3.1.0}\n",
        "images:\n- name: prom/prometheus\n  newTag: v3.1.0\n",
        "image:\n  repository: prom/prometheus\n  tag: v3.1.0\n",
    ] {
        assert_eq!(of(&[manifest, text]), ("2.42.0 3.1.0".to_owned(), false), "{text}");
    }
    for text in
        ["image: prom/prometheus\n", "image: prom/prometheus:latest\n", "image: ${REGISTRY}/prometheus:v3.1.0\n"]
    {
        assert_eq!(of(&[manifest, text]), ("2.42.0".to_owned(), true), "{text}");
    }
    // What runs a tool deploys nothing.
    for text in [
        "docker run --rm -v $PWD:/w --entrypoint promtool prom/prometheus:v2.42.0 check rules /w/rules.yml\n",
        "docker run --rm --entrypoint=/bin/promtool prom/prometheus:v2.42.0 check rules /w/rules.yml\n",
        "run: \"docker run prom/prometheus:v2.42.0 promtool check rules r.yml\"\n",
        "check:\n  image: prom/prometheus:v2.42.0\n  entrypoint: [promtool, check, rules]\n",
        "docker run prom/prometheus:v2.42.0 --version\n",
        "docker pull prom/prometheus:v2.42.0\n",
    ] {
        assert_eq!(of(&[text]), (String::new(), false), "{text}");
    }
    assert_eq!(of(&["docker run -d prom/prometheus:v2.42.0 >/dev/null\n"]), ("2.42.0".to_owned(), false));
}

#[test]
fn directories_of_containers() {
    let compose = |volumes: &str| {
        format!(
            "services:\n  ne:\n    image: prom/node-exporter:v1.5.0\n    command: [--collector.textfile.directory=/t/x]\n{volumes}"
        )
    };
    for (volumes, read) in [
        ("    volumes:\n      - type: bind\n        source: /srv\n        target: /t\n", "/srv/x"),
        ("    volumes: [{type: bind, source: /srv, target: /t}]\n", "/srv/x"),
        ("    volumes: ['/srv:/t:ro']\n", "/srv/x"),
        ("    volumes: ['textfile:/t']\n", "?"),
        ("    volumes: ['./srv:/t']\n", "?"),
        ("    volumes: ['${DATA:-/srv}:/t']\n", "?"),
        ("    volumes:\n      - type: volume\n        source: textfile\n        target: /t\n", "?"),
    ] {
        assert_eq!(directories(&deployment(&[&compose(volumes)])), [read], "{volumes}");
    }
    assert_eq!(
        directories(&deployment(&[
            "docker run --mount type=bind,source=/srv,target=/t prom/node-exporter --collector.textfile.directory=/t\n"
        ])),
        ["/srv"]
    );
    let pod = "\
spec:
  containers:
  - name: ne
    image: prom/node-exporter:v1.5.0
    args: [--collector.textfile.directory=/t]
    volumeMounts:
    - mountPath: /t
      name: tf
  volumes:
  - name: other
    emptyDir: {}
  - name: tf
    hostPath:
      path: /srv
";
    assert_eq!(directories(&deployment(&[pod])), ["/srv"]);
    assert_eq!(directories(&deployment(&[&pod.replace("hostPath", "nfs")])), ["?"]);
    let flow = "{containers: [{image: prom/node-exporter, args: [--collector.textfile.directory=/t], volumeMounts: [{name: tf, mountPath: /t}]}],\n\
                volumes: [{name: tf, hostPath: {path: /srv}}]}\n";
    assert_eq!(directories(&deployment(&[flow])), ["/srv"]);
    let over = "services:\n  ne:\n    volumes: ['/srv:/t']\n";
    assert!(directories(&deployment(&[&compose(""), over])).contains(&"?".to_owned()));
}

#[test]
fn series_that_are_sent() {
    let receives = |text: &str| deployment(&[text]).elsewhere.receives_series();
    assert!(receives("command: [--web.enable-remote-write-receiver]\n"));
    assert!(receives("prometheus.remote_write \"x\" { endpoint { url = \"http://p:9090/api/v1/write\" } }\n"));
    assert!(receives("prometheusSpec:\n  enableRemoteWriteReceiver: true\n"));
    assert!(!receives("prometheusSpec:\n  enableRemoteWriteReceiver: false\n"));
    assert!(!receives("remote_write:\n- url: http://elsewhere/api/v1/write\n"));
}

proptest::proptest! {
    #[test]
    fn any_text_can_be_read(text in "(prom/node-exporter|node_exporter|\\$\\{|\\}\\}|--|:|=|ExecStart=|image:|[ \n\t\"'é-]|\\{\\{|%\\{|\\\\){0,40}") {
        let found = sightings(&text);
        for sighting in &found {
            let span = sighting.location.span;
            proptest::prop_assert!(text.get(span.start as usize..span.end as usize).is_some());
        }
        let _ = Deployment::new(found).textfile_directories();
    }
}
