//! `sprag drift notify`, and the same after every scan: tells Alertmanager what it has not been told, and repeats what is
//! open, since it forgets everything when it restarts.

use std::collections::HashMap;
use std::path::{Path, PathBuf};
use std::time::Duration;

use super::now_ms;
use super::settings::Settings;
use crate::cli::args::DriftNotifyArgs;
use crate::cli::credentials::SecretFile;
use crate::cli::terminal;
use crate::config::{Alertmanager, Credentials, Notify};
use crate::drift::history::{Alert, Delivery, History, Location, Origin};
use crate::drift::notify::{self, Context};
use crate::drift::{Client, credentials};
use crate::retry::{Attempt, Policy, SystemClock, Task};

/// How long one post may take.
const PATIENCE: Duration = Duration::from_secs(10);

pub(super) fn run(args: &DriftNotifyArgs) -> Result<(), String> {
    let settings = Settings::load(args.config.as_deref())?;
    if alertmanager(&settings).is_none() {
        return Err(format!("{} has no `notify \"alertmanager\"` in its `drift` block", settings.path.display()));
    }
    let location = settings.location()?;
    match History::open_existing(&location.path).map_err(|error| error.to_string())? {
        Some(mut history) => {
            retire(&mut history, &settings, &location)?;
            deliver(&mut history, &settings)
        }
        None => Ok(()),
    }
}

pub(super) fn alertmanager(settings: &Settings) -> Option<&Alertmanager> {
    match settings.drift.notify.as_ref().map(|notify| &notify.value) {
        Some(Notify::Alertmanager(alertmanager)) => Some(alertmanager),
        _ => None,
    }
}

/// Ends the alerts of environments that left the configuration. Only where the history is this configuration's own: that of
/// a user may hold scans of several repositories.
fn retire(history: &mut History, settings: &Settings, location: &Location) -> Result<(), String> {
    if location.origin == Origin::User {
        return Ok(());
    }
    let configured: Vec<&str> =
        settings.drift.environments.iter().map(|environment| environment.name.value.0.as_str()).collect();
    let notifies = alertmanager(settings).is_some();
    history.retire_alerts(&configured, now_ms(), notifies).map_err(|error| error.to_string())
}

/// Posts what waits, then what is open. What could not be told stays in the history and is told by the next call.
pub(super) fn deliver(history: &mut History, settings: &Settings) -> Result<(), String> {
    let Some(alertmanager) = alertmanager(settings) else { return Ok(()) };
    let post = Post::new(alertmanager, settings)?;
    let failed = |error: crate::drift::history::HistoryError| error.to_string();
    let waiting: Vec<Delivery> = history.pending_deliveries().map_err(failed)?;
    let mut told = HashMap::new();
    for delivery in waiting {
        let element = post.element(history, &delivery.alert, delivery.is_resolution)?;
        match post.send(&element) {
            Ok(()) => {
                history.mark_delivered(&delivery, now_ms()).map_err(failed)?;
                told.insert(delivery.alert.id, ());
            }
            Err(reason) => {
                history.mark_failed(&delivery, &reason).map_err(failed)?;
                return Err(format!(
                    "Alertmanager was not told ({reason}); the next scan or `sprag drift notify` tells it"
                ));
            }
        }
    }
    for alert in history.open_alerts(None).map_err(failed)?.iter().filter(|alert| !told.contains_key(&alert.id)) {
        let element = post.element(history, alert, false)?;
        post.send(&element).map_err(|reason| format!("Alertmanager was not told ({reason})"))?;
    }
    Ok(())
}

/// The way to one Alertmanager.
struct Post<'a> {
    client: Client,
    url: String,
    authorization: Option<String>,
    instance: String,
    settings: &'a Settings,
}

/// A client that Alertmanager should listen to, and the header by which it knows sprag.
pub(super) fn client_for(alertmanager: &Alertmanager, settings: &Settings) -> Result<(Client, Option<String>), String> {
    let ca = alertmanager.ca.as_ref().map(|path| file(&path.value, settings));
    let authorization = alertmanager.credentials.as_ref().map(|credentials| authorization(credentials, settings));
    Ok((Client::new(ca.as_deref())?, authorization.transpose()?))
}

/// The address of one of Alertmanager's calls.
pub(super) fn api(alertmanager: &Alertmanager, call: &str) -> String {
    format!("{}/api/v2/{call}", alertmanager.url.text.trim_end_matches('/'))
}

impl<'a> Post<'a> {
    fn new(alertmanager: &Alertmanager, settings: &'a Settings) -> Result<Self, String> {
        let (client, authorization) = client_for(alertmanager, settings)?;
        Ok(Self { client, url: api(alertmanager, "alerts"), authorization, instance: instance(), settings })
    }

    fn element(&self, history: &History, alert: &Alert, is_resolution: bool) -> Result<serde_json::Value, String> {
        let stored = history.scan(alert.scan).map_err(|error| error.to_string())?;
        let mut environments = self.settings.drift.environments.iter();
        let environment = environments.find(|environment| environment.name.value.0 == alert.environment);
        let interval = environment.map_or(Duration::from_secs(24 * 60 * 60), |environment| environment.interval.value);
        let scan = stored.as_ref().map(|stored| &stored.scan);
        let context = Context { instance: &self.instance, scan, interval, now_ms: now_ms() };
        Ok(notify::alert(alert, is_resolution, context))
    }

    /// Posts under the retry policy: what fails for a moment is not left to a later round.
    fn send(&self, element: &serde_json::Value) -> Result<(), String> {
        let body = serde_json::json!([element]).to_string();
        let policy = Policy { timeout: Some(PATIENCE), ..Policy::default() };
        let result = policy.run(&mut Sending { post: self, body }, &SystemClock, None);
        result.map_err(|gave_up| {
            let reason = gave_up.last.map_or_else(String::new, |refusal| refusal.reason);
            if gave_up.attempts > 1 { format!("{reason}, {} times", gave_up.attempts) } else { reason }
        })
    }
}

/// Attempts at one post.
struct Sending<'a> {
    post: &'a Post<'a>,
    body: String,
}

/// Why a post was not taken.
struct Refusal {
    reason: String,
    is_transient: bool,
}

impl Task for Sending<'_> {
    type Output = ();
    type Error = Refusal;

    fn attempt(&mut self, attempt: Attempt) -> Result<(), Refusal> {
        let Post { client, url, authorization, .. } = self.post;
        let limit = attempt.timeout.unwrap_or(PATIENCE);
        let answer = client
            .post_json(url, &self.body, authorization.as_deref(), limit)
            .map_err(|error| Refusal { reason: error.to_string(), is_transient: error.obstacle.is_transient() })?;
        match answer.status {
            200..300 => Ok(()),
            status => {
                Err(Refusal { reason: format!("it answered {status}"), is_transient: status == 429 || status >= 500 })
            }
        }
    }

    fn is_transient(&self, refusal: &Refusal) -> bool {
        refusal.is_transient
    }
}

/// A file that the configuration names: where systemd put it, or relative to the configuration.
pub(super) fn file(path: &str, settings: &Settings) -> PathBuf {
    settings.directory.join(credential(path))
}

/// A path of the configuration, or the copy that systemd made of that file.
pub(super) fn credential(path: &str) -> PathBuf {
    let loaded = std::env::var_os("CREDENTIALS_DIRECTORY").map(PathBuf::from);
    credentials::resolve(path, loaded.as_deref(), Path::exists)
}

fn authorization(credentials: &Credentials, settings: &Settings) -> Result<String, String> {
    match credentials {
        Credentials::Basic(path) => SecretFile::Basic(&file(&path.value, settings)).header(),
        Credentials::Bearer(path) => SecretFile::Bearer(&file(&path.value, settings)).header(),
    }
}

/// The name of this machine, which tells two scanning machines apart.
fn instance() -> String {
    let name = rustix::system::uname().nodename().to_string_lossy().into_owned();
    if name.is_empty() { "sprag".to_owned() } else { name }
}

/// Tells after a scan; a failure changes neither verdict nor exit status, but is said.
pub(super) fn after_scan(history: &mut History, settings: &Settings, location: &Location) {
    if let Err(reason) = retire(history, settings, location).and_then(|()| deliver(history, settings)) {
        terminal::complain(&reason);
    }
}
