//! Which jobs serve the metrics of an exporter, as their names and the ports of their targets tell.

use super::catalogue::Exporter;
use super::scrape::Job;

/// Where exporters listen if nobody says otherwise,
/// <https://github.com/prometheus/prometheus/wiki/Default-port-allocations>. What node-exporter reads from files comes from
/// there as well.
const PORTS: [(&str, &str); 10] = [
    ("alertmanager", "9093"),
    ("blackbox-exporter", "9115"),
    ("node-exporter", "9100"),
    ("node-exporter-collectors", "9100"),
    ("postgres-exporter", "9187"),
    ("process-exporter", "9256"),
    ("prometheus", "9090"),
    ("pve-exporter", "9221"),
    ("smartctl-exporter", "9633"),
    ("sprag", "9100"),
];

/// Whether a job serves the metrics of an exporter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Serving {
    /// Its targets are of other exporters.
    No,
    /// Nothing speaks for it, nor against it.
    Maybe,
    /// It is named after it, or its port is used.
    Yes,
}

/// Whether `job` serves the metrics of one of `exporters`.
pub(super) fn serving(job: &Job, exporters: &[&Exporter]) -> Serving {
    let is_theirs = |port: &str| exporters.iter().any(|exporter| PORTS.contains(&(exporter.name.as_ref(), port)));
    let is_known = |port: &str| PORTS.iter().any(|(_, known)| *known == port);
    if exporters.iter().any(|exporter| is_named_after(job, exporter)) || job.ports.iter().any(|port| is_theirs(port)) {
        return Serving::Yes;
    }
    let ports = all_ports(job);
    let is_other = !ports.is_empty() && ports.iter().all(|port| is_known(port));
    if is_other { Serving::No } else { Serving::Maybe }
}

fn is_named_after(job: &Job, exporter: &Exporter) -> bool {
    let plain = |name: &str| name.to_lowercase().replace('_', "-");
    let short = exporter.name.strip_suffix("-exporter").unwrap_or(&exporter.name);
    let programs = exporter.programs.iter().map(AsRef::as_ref);
    let mut names = programs.chain([exporter.name.as_ref(), short]);
    job.name().is_some_and(|name| names.any(|known| plain(known) == plain(name)))
}

/// The ports of all targets of `job`; none where one is not known, or where `instance` is not the address.
fn all_ports(job: &Job) -> Vec<&str> {
    let instance = job.target_labels.get("instance").filter(|instance| instance.place.is_none());
    let addresses = instance.and_then(|instance| instance.values.as_ref());
    let ports = addresses.into_iter().flatten().map(|address| Some(address.rsplit_once(':')?.1));
    ports.collect::<Option<_>>().unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use super::super::catalogue::Catalogues;
    use super::super::scrape;
    use super::*;
    use crate::diagnostic::FileId;

    #[test]
    fn names_and_ports_tell() {
        use Serving::{Maybe, No, Yes};
        let catalogues = Catalogues::bundled();
        let exporters: Vec<&Exporter> = catalogues.of("node-exporter").map(|found| &found.exporter).collect();
        for (job, expected) in [
            ("job_name: hosts, static_configs: [{targets: ['a:9100']}]", Yes),
            ("job_name: node_exporter, static_configs: [{targets: ['a:8000']}]", Yes),
            ("job_name: node, static_configs: [{targets: [a]}]", Yes),
            ("job_name: hosts, static_configs: [{targets: ['a:8000']}]", Maybe),
            ("job_name: hosts, static_configs: [{targets: ['a:9090', 'b:8000']}]", Maybe),
            ("job_name: hosts, docker_sd_configs: [{host: x}]", Maybe),
            (
                "job_name: x, static_configs: [{targets: ['a:9100']}], relabel_configs: [{source_labels: [__address__], target_label: instance}]",
                Yes,
            ),
            (
                "job_name: x, metrics_path: /probe, static_configs: [{targets: ['a:9100']}], relabel_configs: [{source_labels: [__address__], target_label: instance}]",
                Maybe,
            ),
            ("job_name: hosts, static_configs: [{targets: ['a:9090', 'b:9115']}]", No),
        ] {
            let text = format!("scrape_configs:\n- {{{job}}}\n");
            let file = scrape::read(FileId(0), "prometheus.yml", text.as_bytes()).unwrap();
            assert_eq!(serving(&file.jobs[0], &exporters), expected, "{job}");
        }
    }
}
