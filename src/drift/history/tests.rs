//! The database by itself: what is written is read back, what follows from a scan is right, odd files are refused.

use std::os::unix::fs::PermissionsExt;
use std::path::PathBuf;
use std::time::Duration;

use rusqlite::Connection;
use tempfile::TempDir;

use super::*;
use crate::drift::scan::{
    Cause, Change, ChangeKind, Checkout, ErrorKind, Failure, Finding, Flags, Phase, Scan, Verdict,
};

const DAY_MS: i64 = 86_400_000;
const KEEP: Policy = Policy { keep: Duration::from_secs(90 * 86_400), notifies: true };

/// A history in a directory of its own.
struct Fixture {
    directory: TempDir,
    history: History,
}

impl Fixture {
    fn new() -> Self {
        let directory = tempfile::tempdir().unwrap();
        let history = History::open(&directory.path().join("history.db")).unwrap();
        Self { directory, history }
    }

    fn path(&self) -> PathBuf {
        self.directory.path().join("history.db")
    }

    /// A scan of `prod` at the beginning of a day.
    fn record(&mut self, day: i64, verdict: Verdict) -> Recorded {
        self.history.record(&scan("prod", day, verdict), KEEP).unwrap()
    }

    fn fail(&mut self, day: i64, kind: ErrorKind) -> Recorded {
        self.history.record(&failed(day, kind), KEEP).unwrap()
    }

    /// What Alertmanager would be told now: what is open (`+`) and over (`-`).
    fn pending(&self) -> Vec<String> {
        let sign = |delivery: &Delivery| if delivery.is_resolution { '-' } else { '+' };
        let deliveries = self.history.pending_deliveries().unwrap();
        deliveries.iter().map(|one| format!("{}{}", sign(one), name(one.alert.kind))).collect()
    }

    fn deliver(&mut self) {
        for delivery in self.history.pending_deliveries().unwrap() {
            self.history.mark_delivered(&delivery, 1).unwrap();
        }
    }

    fn open(&self) -> Vec<(String, i64, i64)> {
        let alerts = self.history.open_alerts(Some("prod")).unwrap();
        alerts.iter().map(|alert| (name(alert.kind), alert.opened_ms / DAY_MS, alert.scan)).collect()
    }

    fn ids(&self) -> Vec<i64> {
        self.history.scans(&Filter::default(), 1000).unwrap().iter().map(|scan| scan.id).collect()
    }
}

fn name(kind: AlertKind) -> String {
    kind.error().map_or("drift", |error| error.as_str()).to_owned()
}

fn scan(environment: &str, day: i64, verdict: Verdict) -> Scan {
    Scan {
        environment: environment.to_owned(),
        started_ms: day * DAY_MS,
        duration_ms: 1500,
        verdict,
        is_suspect: false,
        changes: if verdict == Verdict::Drift { vec![change("memory", "f1")] } else { Vec::new() },
        benign: 0,
        outputs: Vec::new(),
        findings: Vec::new(),
        failure: None,
        checkout: Checkout::default(),
        tool: None,
        serial: None,
    }
}

fn failed(day: i64, kind: ErrorKind) -> Scan {
    let failure = Failure { kind, phase: Phase::Plan, message: "it failed".to_owned(), remedy: None };
    Scan { failure: Some(failure), ..scan("prod", day, Verdict::Error) }
}

fn change(path: &str, fingerprint: &str) -> Change {
    Change {
        address: "a.b".to_owned(),
        path: path.to_owned(),
        expected: "1".to_owned(),
        actual: "2".to_owned(),
        kind: ChangeKind::Modify,
        cause: Cause::Manual,
        flags: Flags::default(),
        ignored_by: None,
        fingerprint: fingerprint.to_owned(),
    }
}

#[test]
fn everything_comes_back() {
    let mut fixture = Fixture::new();
    let flags = Flags { order_only: true, empty_equivalent: true, dangerous: true, recurring: true };
    let all_changes = Cause::ALL.into_iter().flat_map(|cause| {
        ChangeKind::ALL.into_iter().map(move |kind| Change {
            kind,
            cause,
            ignored_by: Some(3),
            flags,
            ..change("é", "f")
        })
    });
    let finding = Finding {
        severity: "warning".to_owned(),
        summary: "s".to_owned(),
        detail: "d\ne".to_owned(),
        address: Some("a.b".to_owned()),
        place: Some("main.tf:3".to_owned()),
        count: 12,
    };
    let bare = Finding { address: None, place: None, ..finding.clone() };
    for (kind, phase) in ErrorKind::ALL.into_iter().zip(Phase::ALL.into_iter().cycle()) {
        for verdict in Verdict::ALL {
            let failure = Failure { kind, phase, message: "m".to_owned(), remedy: Some("r".to_owned()) };
            let full = Scan {
                is_suspect: true,
                changes: all_changes.clone().collect(),
                benign: 7,
                outputs: vec!["a".to_owned(), "\"".to_owned()],
                findings: vec![finding.clone(), bare.clone()],
                failure: Some(failure),
                checkout: Checkout { commit: Some("c".repeat(40)), is_dirty: true, behind: Some(2) },
                tool: Some("terraform 1.11.4".to_owned()),
                serial: Some(41),
                ..scan("prod", 3, verdict)
            };
            let id = fixture.history.record(&full, KEEP).unwrap().id;
            let stored = fixture.history.scan(id).unwrap().unwrap();
            assert_eq!((stored.id, &stored.scan), (id, &full));
            assert_eq!(fixture.history.latest("prod").unwrap(), Some(stored));
        }
    }
    let plain = scan("lab", 3, Verdict::Conforming);
    let id = fixture.history.record(&plain, KEEP).unwrap().id;
    assert_eq!(fixture.history.scan(id).unwrap().unwrap().scan, plain);
    assert_eq!(fixture.history.scan(id + 1).unwrap(), None);
    assert_eq!(fixture.history.latest("none").unwrap(), None);
}

#[test]
fn counts_what_is_ignored_apart() {
    let mut fixture = Fixture::new();
    let ahead = Change { cause: Cause::Ahead, ..change("cpu", "f2") };
    let ignored = Change { ignored_by: Some(0), ..change("tags", "f3") };
    let benign = Change { cause: Cause::Benign, ..change("mac", "f4") };
    let changes = vec![change("memory", "f1"), ahead, ignored, benign];
    fixture.history.record(&Scan { changes, benign: 5, ..scan("prod", 1, Verdict::Drift) }, KEEP).unwrap();
    let summary = fixture.history.scans(&Filter::default(), 1).unwrap().remove(0);
    assert_eq!((summary.drifted, summary.ahead, summary.ignored, summary.benign), (1, 1, 1, 5));
}

#[test]
fn a_verdict_lasts_since_its_first_scan() {
    let mut fixture = Fixture::new();
    let since = |fixture: &Fixture| fixture.history.latest("prod").unwrap().unwrap().since_ms / DAY_MS;
    for (day, verdict, expected) in [
        (1, Verdict::Conforming, 1),
        (2, Verdict::Conforming, 1),
        (3, Verdict::Drift, 3),
        (4, Verdict::Drift, 3),
        (5, Verdict::Conforming, 5),
        (200, Verdict::Conforming, 5), // the scan of day 5 is pruned, what it began is remembered
    ] {
        fixture.history.record(&scan("lab", day, Verdict::Error), KEEP).unwrap();
        fixture.record(day, verdict);
        assert_eq!(since(&fixture), expected, "day {day}");
    }
}

#[test]
fn filters_scans() {
    let mut fixture = Fixture::new();
    for day in 1..=4 {
        fixture.record(day, if day == 2 { Verdict::Drift } else { Verdict::Conforming });
        fixture.history.record(&scan("lab", day, Verdict::Drift), KEEP).unwrap();
    }
    let found = |environment: Option<&str>, since: Option<i64>, verdict, limit| {
        let since_ms = since.map(|day| day * DAY_MS);
        let filter = Filter { environment: environment.map(str::to_owned), since_ms, verdict };
        let scans = fixture.history.scans(&filter, limit).unwrap();
        (scans.iter().map(|scan| scan.id).collect::<Vec<_>>(), fixture.history.count(&filter).unwrap())
    };
    assert_eq!(found(None, None, None, 3), (vec![8, 7, 6], 8));
    assert_eq!(found(Some("prod"), None, None, 9), (vec![7, 5, 3, 1], 4));
    assert_eq!(found(None, Some(4), None, 9), (vec![8, 7], 2));
    assert_eq!(found(None, None, Some(Verdict::Drift), 2), (vec![8, 6], 5));
    assert_eq!(found(Some("prod"), Some(2), Some(Verdict::Drift), 9), (vec![3], 1));
    assert_eq!(found(Some("none"), None, None, 9), (vec![], 0));
}

#[test]
fn knows_how_environments_stand() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Pending);
    fixture.record(2, Verdict::Drift);
    fixture.fail(3, ErrorKind::Lock);
    fixture.history.pause("lab", 9 * DAY_MS).unwrap();
    fixture.history.pause("old", 3 * DAY_MS).unwrap();
    let statuses = fixture.history.statuses(4 * DAY_MS).unwrap();
    assert_eq!(statuses.iter().map(|status| status.environment.as_str()).collect::<Vec<_>>(), ["lab", "prod"]);
    assert_eq!((statuses[0].paused_until_ms, &statuses[0].latest), (Some(9 * DAY_MS), &None));
    let prod = &statuses[1];
    let latest = prod.latest.as_ref().unwrap();
    assert_eq!((latest.id, latest.verdict, latest.since_ms), (3, Verdict::Error, 3 * DAY_MS));
    assert_eq!(latest.failure, Some((ErrorKind::Lock, "it failed".to_owned())));
    assert_eq!((prod.last_success_ms, prod.undelivered), (Some(2 * DAY_MS), 2));
    assert_eq!(prod.age(4 * DAY_MS), Some(Duration::from_secs(86_400)));
}

#[test]
fn is_overdue_after_the_interval_unless_paused() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Conforming);
    let hour = Duration::from_secs(3600);
    let overdue = |fixture: &Fixture, hours: i64| {
        let now = DAY_MS + hours * 3_600_000;
        fixture.history.statuses(now).unwrap()[0].overdue(now, 24 * hour)
    };
    assert_eq!(overdue(&fixture, 23), None);
    assert_eq!(overdue(&fixture, 26), None, "timers are spread");
    assert_eq!(overdue(&fixture, 27), Some(3 * hour));
    assert_eq!(overdue(&fixture, -5), None, "the clock went back");
    fixture.history.pause("prod", 9 * DAY_MS).unwrap();
    assert_eq!(overdue(&fixture, 27), None);
}

#[test]
fn pauses_end_by_themselves_or_by_hand() {
    let mut fixture = Fixture::new();
    fixture.history.pause("prod", 100).unwrap();
    fixture.history.pause("prod", 200).unwrap();
    assert_eq!(fixture.history.paused_until("prod", 150).unwrap(), Some(200));
    assert_eq!(fixture.history.paused_until("prod", 200).unwrap(), None);
    assert_eq!(fixture.history.paused_until("lab", 150).unwrap(), None);
    assert!(fixture.history.resume("prod").unwrap());
    assert!(!fixture.history.resume("prod").unwrap());
    assert_eq!(fixture.history.paused_until("prod", 150).unwrap(), None);
}

#[test]
fn finds_earlier_sights_of_a_change() {
    let mut fixture = Fixture::new();
    for (day, serial) in [(1, Some(5)), (2, Some(5)), (3, Some(7)), (4, None)] {
        fixture.history.record(&Scan { serial, ..scan("prod", day, Verdict::Drift) }, KEEP).unwrap();
    }
    fixture.history.record(&scan("lab", 5, Verdict::Drift), KEEP).unwrap();
    let sightings = fixture.history.sightings("prod", &["f1", "f9"]).unwrap();
    let known = |serial, scans, missed| [Sighting { fingerprint: "f1".to_owned(), serial, scans, missed }];
    assert_eq!(sightings, known(Some(5), 4, 0));

    fixture.history.record(&scan("prod", 6, Verdict::Error), KEEP).unwrap();
    assert_eq!(fixture.history.sightings("prod", &["f1"]).unwrap(), known(Some(5), 4, 0), "an error sees nothing");
    fixture.history.record(&scan("prod", 7, Verdict::Conforming), KEEP).unwrap();
    fixture.history.record(&scan("prod", 8, Verdict::Drift), KEEP).unwrap();
    let later = fixture.history.sightings("prod", &["f1"]).unwrap();
    assert_eq!((later[0].scans, later[0].missed), (5, 1), "it was gone once");
}

#[test]
fn measures_noise_over_thirty_days() {
    let mut fixture = Fixture::new();
    let flagged = |path: &str, fingerprint: &str, flags| Change { flags, ..change(path, fingerprint) };
    let recurring = Flags { recurring: true, ..Flags::default() };
    let order = Flags { order_only: true, ..Flags::default() };
    let changes = vec![
        change("memory", "real"),
        change("tags", "noise"), // not yet known as noise in the first scan
        flagged("list", "order", order),
        Change { ignored_by: Some(0), ..flagged("x", "ignored", recurring) },
        Change { cause: Cause::Ahead, ..change("cpu", "pending") },
    ];
    let later = vec![flagged("tags", "noise", recurring), change("disk", "real2")];
    let old = vec![change("memory", "old")];
    for (day, changes) in [(1, old), (40, changes), (41, later)] {
        fixture.history.record(&Scan { changes, ..scan("prod", day, Verdict::Drift) }, KEEP).unwrap();
    }
    let noise = fixture.history.noise("prod", 42 * DAY_MS).unwrap();
    assert_eq!(noise, Noise { alarms: 4, noisy: 2 });
    assert_eq!(noise.ratio(), Some(0.5));
    assert_eq!(fixture.history.noise("lab", 42 * DAY_MS).unwrap().ratio(), None);
}

#[test]
fn removes_what_is_too_old_but_never_the_latest() {
    let mut fixture = Fixture::new();
    fixture.history.record(&scan("lab", 1, Verdict::Conforming), KEEP).unwrap();
    for day in [2, 3, 95] {
        fixture.record(day, Verdict::Conforming);
    }
    assert_eq!(fixture.ids(), [4, 1], "90 days before day 95 is day 5");
    let rows: i64 = fixture.history.connection.query_row("SELECT count(*) FROM change", (), |row| row.get(0)).unwrap();
    assert_eq!(rows, 0);
}

#[test]
fn keeps_what_an_alert_needs() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    fixture.deliver();
    fixture.fail(2, ErrorKind::Lock);
    fixture.fail(100, ErrorKind::Lock);
    assert_eq!(fixture.ids(), [3, 1], "scan 1 holds the text of the open drift alert");
    fixture.record(101, Verdict::Conforming);
    assert_eq!(fixture.pending(), ["+lock", "-drift"], "the end of the lock is for a later round");
    fixture.record(200, Verdict::Conforming);
    assert!(fixture.ids().contains(&1) && fixture.ids().contains(&3), "Alertmanager was not told yet");
    fixture.deliver();
    fixture.deliver();
    fixture.record(300, Verdict::Conforming);
    assert_eq!(fixture.ids(), [6]);
    let left: i64 =
        fixture.history.connection.query_row("SELECT count(*) FROM delivery", (), |row| row.get(0)).unwrap();
    assert_eq!(left, 0);
}

#[test]
fn an_alert_lives_from_first_sight_to_its_end() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Conforming);
    assert!(fixture.pending().is_empty() && fixture.open().is_empty());
    fixture.record(2, Verdict::Drift);
    assert_eq!(fixture.pending(), ["+drift"]);
    fixture.deliver();
    fixture.record(3, Verdict::Drift);
    assert_eq!(fixture.pending(), ["+drift"], "repeated");
    assert_eq!(fixture.open(), [("drift".to_owned(), 2, 3)], "began with scan 2, its text comes from scan 3");
    fixture.fail(4, ErrorKind::Auth);
    assert_eq!(fixture.open(), [("drift".to_owned(), 2, 3), ("auth".to_owned(), 4, 4)], "drift keeps its text");
    fixture.deliver();
    fixture.fail(5, ErrorKind::Lock);
    assert_eq!(fixture.pending(), ["-auth", "+drift", "+lock"]);
    fixture.deliver();
    fixture.record(6, Verdict::Conforming);
    assert_eq!(fixture.pending(), ["-drift", "-lock"]);
    assert!(fixture.open().is_empty());
    fixture.deliver();
    fixture.record(7, Verdict::Conforming);
    assert!(fixture.pending().is_empty());
}

#[test]
fn nothing_goes_by_unseen_while_alertmanager_is_down() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    let delivery = fixture.history.pending_deliveries().unwrap().remove(0);
    fixture.history.mark_failed(&delivery, "connection refused").unwrap();
    fixture.record(2, Verdict::Drift);
    let waiting = fixture.history.pending_deliveries().unwrap();
    assert_eq!(waiting.len(), 1, "the newer post takes the place of the one that waits");
    assert_eq!((waiting[0].attempts, waiting[0].last_error.as_deref()), (1, Some("connection refused")));
    fixture.record(3, Verdict::Conforming);
    assert_eq!(fixture.pending(), ["+drift"], "told as open first");
    fixture.deliver();
    assert_eq!(fixture.pending(), ["-drift"]);
    fixture.deliver();
    assert!(fixture.pending().is_empty());
}

#[test]
fn an_alert_that_opens_again_overtakes_its_end() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    fixture.deliver();
    fixture.record(2, Verdict::Conforming);
    fixture.record(3, Verdict::Drift);
    assert_eq!(fixture.pending(), ["+drift"], "an end told after the beginning would silence the alert");
    assert_eq!(fixture.open(), [("drift".to_owned(), 3, 3)]);
}

#[test]
fn a_post_that_a_scan_overtook_stays_to_be_told() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    let posted = fixture.history.pending_deliveries().unwrap().remove(0);
    fixture.record(2, Verdict::Drift); // while the post was on its way
    fixture.history.mark_delivered(&posted, 1).unwrap();
    assert_eq!(fixture.pending(), ["+drift"]);
    fixture.record(3, Verdict::Conforming);
    assert_eq!(fixture.pending(), ["-drift"], "Alertmanager knows the alert");
}

#[test]
fn without_alertmanager_nothing_is_to_be_told() {
    let mut fixture = Fixture::new();
    let quiet = Policy { notifies: false, ..KEEP };
    fixture.record(1, Verdict::Drift);
    fixture.history.record(&scan("prod", 2, Verdict::Drift), quiet).unwrap();
    assert!(fixture.pending().is_empty());
    assert_eq!(fixture.open(), [("drift".to_owned(), 1, 2)]);
    fixture.record(3, Verdict::Drift);
    assert_eq!(fixture.pending(), ["+drift"], "Alertmanager was configured");
}

#[test]
fn alerts_of_environments_that_are_gone_end() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    fixture.history.record(&scan("lab", 1, Verdict::Drift), KEEP).unwrap();
    fixture.deliver();
    fixture.history.retire_alerts(&["lab"], 5, true).unwrap();
    assert_eq!(fixture.pending(), ["-drift"]);
    let open = fixture.history.open_alerts(None).unwrap();
    assert_eq!(open.iter().map(|alert| alert.environment.as_str()).collect::<Vec<_>>(), ["lab"]);
}

#[test]
fn an_older_database_is_brought_up_to_date() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("old.db");
    let mut old = Connection::open(&path).unwrap();
    schema::begin_at_version_1(&mut old).unwrap();
    write::insert(&old, &scan("prod", 1, Verdict::Drift)).unwrap();
    assert!(old.prepare("SELECT * FROM alert").is_err(), "it really is older");
    drop(old);
    let mut history = History::open(&path).unwrap();
    assert_eq!(history.scan(1).unwrap().unwrap().scan, scan("prod", 1, Verdict::Drift));
    assert_eq!(history.record(&scan("prod", 2, Verdict::Drift), KEEP).unwrap().id, 2);
    assert_eq!(history.open_alerts(None).unwrap().len(), 1);
    let version: i64 = history.connection.pragma_query_value(None, "user_version", |row| row.get(0)).unwrap();
    assert_eq!(version, schema::VERSION);
}

#[test]
fn files_that_are_not_understood_are_refused_and_left_alone() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("history.db");
    let refused = |bytes: &[u8]| {
        std::fs::write(&path, bytes).unwrap();
        let error = History::open(&path).unwrap_err();
        assert_eq!(std::fs::read(&path).unwrap(), bytes, "untouched");
        let message = error.to_string();
        assert!(message.starts_with(&path.display().to_string()), "{message}");
        error.problem
    };
    assert_eq!(refused(b"this is a letter, not a database, and long enough to be looked at"), Problem::NotADatabase);

    let other = directory.path().join("other.db");
    let connection = Connection::open(&other).unwrap();
    connection.execute_batch("CREATE TABLE t (a); PRAGMA user_version = 7").unwrap();
    assert_eq!(refused(&std::fs::read(&other).unwrap()), Problem::Foreign);
    drop(connection);

    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    fixture.history.connection.pragma_update(None, "user_version", 99).unwrap();
    let path_of_future = fixture.path();
    drop(fixture.history);
    let future = std::fs::read(path_of_future).unwrap();
    assert_eq!(refused(&future), Problem::Future { found: 99, known: schema::VERSION });

    let cut = &future[..future.len() / 2];
    assert!(matches!(refused(cut), Problem::Corrupt(_)), "cut in half");
}

#[test]
fn damage_inside_is_named_and_nothing_is_lost() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    fixture.history.connection.execute("UPDATE scan SET verdict = 'fine'", ()).unwrap();
    let error = fixture.history.scan(1).unwrap_err();
    assert!(matches!(error.problem, Problem::Corrupt(_)), "{error:?}");
    assert!(error.to_string().contains("`fine` is no verdict"), "{error}");
}

#[test]
fn a_full_disk_leaves_no_half_scan() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Conforming);
    let pages: i64 = fixture.history.connection.pragma_query_value(None, "page_count", |row| row.get(0)).unwrap();
    fixture.history.connection.pragma_update(None, "max_page_count", pages).unwrap();
    let large = Scan { changes: vec![change("memory", "f1"); 2000], ..scan("prod", 2, Verdict::Drift) };
    let error = fixture.history.record(&large, KEEP).unwrap_err();
    assert_eq!(error.problem, Problem::Full);
    assert!(error.to_string().contains("no space is left"), "{error}");
    assert_eq!((fixture.ids(), fixture.open()), (vec![1], vec![]));
    fixture.history.connection.pragma_update(None, "max_page_count", 100_000).unwrap();
    assert_eq!(fixture.history.record(&large, KEEP).unwrap().id, 2);
}

#[test]
fn places_that_cannot_hold_a_history_are_named() {
    let directory = tempfile::tempdir().unwrap();
    let file = directory.path().join("file");
    std::fs::write(&file, "").unwrap();
    for path in [file.join("sprag/history.db"), directory.path().to_path_buf(), PathBuf::from("/proc/sprag/history.db")]
    {
        let error = History::open(&path).unwrap_err();
        assert!(matches!(error.problem, Problem::Inaccessible(_)), "{error:?}");
    }
    assert_eq!(History::open_existing(&directory.path().join("none/history.db")).unwrap().map(|_| ()), None);
    assert!(!directory.path().join("none").exists());
}

#[test]
fn nobody_else_may_read() {
    let directory = tempfile::tempdir().unwrap();
    let path = directory.path().join("state/sprag/history.db");
    let mut history = History::open(&path).unwrap();
    history.record(&scan("prod", 1, Verdict::Drift), KEEP).unwrap();
    let mode = |path: PathBuf| path.metadata().unwrap().permissions().mode() & 0o777;
    assert_eq!(mode(directory.path().join("state")), 0o700);
    assert_eq!(mode(directory.path().join("state/sprag")), 0o700);
    for name in ["history.db", "history.db-wal", "history.db-shm"] {
        assert_eq!(mode(directory.path().join("state/sprag").join(name)), 0o600, "{name}");
    }
}

#[test]
fn readers_see_whole_scans_while_one_is_written() {
    let mut fixture = Fixture::new();
    fixture.record(1, Verdict::Drift);
    let reader = History::open_existing(&fixture.path()).unwrap().unwrap();
    let writer = fixture.history.connection.transaction_with_behavior(TransactionBehavior::Immediate).unwrap();
    write::insert(&writer, &scan("prod", 2, Verdict::Drift)).unwrap();
    assert_eq!(reader.latest("prod").unwrap().unwrap().id, 1, "neither blocked nor half");
    writer.commit().unwrap();
    assert_eq!(reader.latest("prod").unwrap().unwrap().id, 2);
}

#[test]
fn frequent_questions_use_indexes() {
    let fixture = Fixture::new();
    let plan = |sql: &str| -> String {
        let mut explain = fixture.history.connection.prepare(&format!("EXPLAIN QUERY PLAN {sql}")).unwrap();
        let rows = explain.query_map((), |row| row.get::<_, String>("detail")).unwrap();
        rows.map(Result::unwrap).collect::<Vec<_>>().join("; ")
    };
    for sql in [
        "SELECT * FROM scan WHERE id = (SELECT max(id) FROM scan WHERE environment = 'a')",
        "SELECT max(id) FROM scan WHERE environment = 'a' AND verdict = 'drift'",
        "SELECT * FROM scan WHERE environment = 'a' ORDER BY id DESC LIMIT 50",
        "SELECT * FROM scan WHERE verdict = 'drift' ORDER BY id DESC LIMIT 50",
        "SELECT * FROM change WHERE fingerprint = 'f'",
        "SELECT count(*), sum(is_noise) FROM alarm WHERE environment = 'a' AND last_ms >= 5",
        "SELECT * FROM change WHERE scan = 1 ORDER BY position",
    ] {
        let plan = plan(sql);
        assert!(!plan.contains("SCAN") && !plan.contains("TEMP B-TREE"), "{sql}: {plan}");
    }
}
