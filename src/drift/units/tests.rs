use super::*;
use crate::config::Config;
use crate::diagnostic::FileId;

fn drift(text: &str) -> Drift {
    let (config, mistakes) = Config::parse(format!("drift {{\n{text}\n}}").as_bytes(), FileId(0), &[]);
    assert!(mistakes.is_empty(), "{mistakes:?}");
    config.drift
}

fn site() -> Site<'static> {
    Site { binary: "/usr/local/bin/sprag", config: "/etc/sprag/sprag.hcl", updated: Vec::new() }
}

fn text(files: &[UnitFile], name: &str) -> String {
    files.iter().find(|file| file.name == name).unwrap_or_else(|| panic!("no {name}")).text.clone()
}

fn names(files: &[UnitFile]) -> Vec<&str> {
    files.iter().map(|file| file.name.as_str()).collect()
}

#[test]
fn one_pair_of_drop_ins_for_each_environment() {
    let drift = drift("environment \"prod\" { directory = \"p\" }\nenvironment \"lab.1\" { directory = \"l\" }");
    let files = render(&drift, &site());
    assert_eq!(
        names(&files),
        [
            "sprag-drift@.service",
            "sprag-drift@.timer",
            "sprag-drift@prod.timer.d/schedule.conf",
            "sprag-drift@prod.service.d/scan.conf",
            "sprag-drift@lab.1.timer.d/schedule.conf",
            "sprag-drift@lab.1.service.d/scan.conf",
        ]
    );
    assert!(files.iter().all(|file| file.text.starts_with(&format!("{MARK}\n"))));
    assert_eq!(timers(&drift), ["sprag-drift@prod.timer", "sprag-drift@lab.1.timer"]);
    assert!(!text(&files, "sprag-drift@.service").contains("ReadWritePaths"));
}

#[test]
fn drop_ins_say_when_how_long_and_which_secrets() {
    let drift = drift(
        r#"environment "prod" {
             directory      = "p"
             schedule       = "*-*-* 06:00:00"
             timeout        = "1500ms"
             lock_timeout   = "1s"
             var_files      = ["prod.tfvars", "/etc/sprag/credentials/prod.tfvars"]
             backend_config = ["key=a", "/etc/sprag/credentials/s3.hcl"]
             env_files      = ["/etc/sprag/credentials/prod.tfvars"]
             update         = "ff-only"
           }
           notify "alertmanager" {
             url         = "http://127.0.0.1:9093"
             bearer_file = "/etc/sprag/credentials/token"
           }"#,
    );
    let site = Site { updated: vec![("prod", "/srv/my infra".to_owned()), ("lab", "/srv/lab".to_owned())], ..site() };
    let files = render(&drift, &site);
    let schedule = text(&files, "sprag-drift@prod.timer.d/schedule.conf");
    assert!(schedule.ends_with("OnCalendar=\nOnCalendar=*-*-* 06:00:00\n"), "{schedule}");
    let scan = text(&files, "sprag-drift@prod.service.d/scan.conf");
    assert_eq!(
        scan.strip_prefix(MARK).unwrap(),
        "\n[Service]\nTimeoutStartSec=122\n\
         LoadCredential=prod.tfvars:/etc/sprag/credentials/prod.tfvars\n\
         LoadCredential=s3.hcl:/etc/sprag/credentials/s3.hcl\n\
         LoadCredential=token:/etc/sprag/credentials/token\n\
         ReadWritePaths=\"-/srv/my infra\"\n"
    );
    let notify = text(&files, "sprag-drift-notify.service");
    assert!(notify.contains("\nLoadCredential=token:/etc/sprag/credentials/token\n"), "{notify}");
    assert!(!notify.contains("s3.hcl"), "{notify}");
    assert_eq!(timers(&drift), ["sprag-drift@prod.timer", "sprag-drift-notify.timer"]);
}

#[test]
fn rules_that_alert_need_no_redelivery() {
    let drift = drift(
        "environment \"a\" { directory = \"p\" }\nnotify \"metrics\" {}\nmetrics { directory = \"/var/lib/metrics\" }",
    );
    let files = render(&drift, &site());
    assert!(!names(&files).iter().any(|name| name.contains("notify")));
    assert!(text(&files, "sprag-drift@.service").contains("\nReadWritePaths=-/var/lib/metrics\n"));
}

#[test]
fn relative_metrics_are_beside_the_configuration() {
    let drift = drift("environment \"a\" { directory = \"p\" }\nmetrics { directory = \"metrics\" }");
    let service = text(&render(&drift, &site()), "sprag-drift@.service");
    assert!(service.contains("\nReadWritePaths=-/etc/sprag/metrics\n"), "{service}");
}

#[test]
fn paths_mean_themselves() {
    let site = Site { binary: "/opt/100%/sprag", config: "/etc/a \"$b\\\n/c.hcl", updated: Vec::new() };
    let service = text(&render(&drift("environment \"a\" { directory = \"p\" }"), &site), "sprag-drift@.service");
    let line = r#"ExecStart=/opt/100%%/sprag drift scan %i --config "/etc/a \"$$b\\\x0a/c.hcl""#;
    assert!(service.lines().any(|found| found == line), "{service}");
    let service =
        text(&render(&drift("environment \"a\" { directory = \"p\" }"), &self::site()), "sprag-drift@.service");
    let line = "ExecStart=/usr/local/bin/sprag drift scan %i --config /etc/sprag/sprag.hcl";
    assert!(service.lines().any(|found| found == line), "{service}");
}

#[test]
fn knows_its_own_names() {
    assert_eq!(owner("sprag-drift@.service"), Some(Owner::Everyone));
    assert_eq!(owner("sprag-drift-notify.timer"), Some(Owner::Everyone));
    assert_eq!(owner("sprag-drift@a.b.timer.d"), Some(Owner::Environment("a.b".to_owned())));
    for entry in [
        "sprag-drift@.timer.d",
        "sprag-drift@.service.d",
        "sprag-drift@a.timer",
        "sprag.service",
        "sprag-drift-notify.timer.d",
    ] {
        assert_eq!(owner(entry), None, "{entry}");
    }
}

#[test]
fn warns_of_what_the_services_cannot_see_and_of_days_left_out() {
    let drift = drift(
        "environment \"a\" {\n directory = \"/home/me/infra\"\n schedule = \"weekly\"\n}\n\
         environment \"b\" { directory = \"/home/me/infra\" }\nmetrics { directory = \"/homes\" }",
    );
    let site = Site { binary: "/root/.cargo/bin/sprag", ..site() };
    assert_eq!(
        warnings(&drift, &site),
        [
            "`/root/.cargo/bin/sprag` is below /root, which the services cannot see: copy it to /usr/local/bin and run \
             it from there",
            "`/home/me/infra` is below /home, which the services cannot see: move the checkout, for example to /srv",
            "environment `a`: the schedule `weekly` leaves days out; a change by hand can stay unseen for more than 24 \
             hours",
        ]
    );
}
