//! What a Prometheus server knows: names of metrics with type and help, labels of series, targets. Reads its HTTP API
//! (<https://prometheus.io/docs/prometheus/latest/querying/api/>) under the retry policy, within limits of size and time.

use std::collections::BTreeMap;
use std::fmt;
use std::fmt::Write as _;
use std::time::{Duration, Instant};

use serde::Deserialize;
use serde::de::DeserializeOwned;

use super::http::{Answer, Client, HttpError};
use crate::retry::{Attempt, Clock, GaveUp, Policy, Task};

/// How long one request may take.
const ATTEMPT_LIMIT: Duration = Duration::from_secs(15);

/// How long all requests together may take.
const TOTAL_LIMIT: Duration = Duration::from_secs(60);

/// How many series the server is asked for at once (servers before 2.53 do not know the limit).
const MAX_SERIES: usize = 20_000;

/// How many metrics are asked for in one request, as far as the address stays short.
const BATCH: usize = 20;

/// How many metrics are asked for their series.
pub const MAX_METRICS: usize = 1000;

/// Statuses of proxies before a server that starts, or has too much to do.
const TRANSIENT: [u16; 4] = [429, 502, 503, 504];

/// Why nothing was learned.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Problem {
    /// No answer came, after so many attempts.
    NoAnswer(HttpError, u32),
    /// It wants to know who asks, or does not want this one: the status.
    Login(u16),
    /// The server said that something is wrong.
    Refused(u16, String),
    /// Something answers that is no Prometheus: its status, and how the answer begins.
    NotPrometheus(u16, String),
    /// There was not enough time for all requests.
    Late,
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NoAnswer(error, attempts) => {
                let times = if *attempts == 1 { "1 attempt".to_owned() } else { format!("{attempts} attempts") };
                write!(f, "{error}, after {times}; {}", error.obstacle.remedy())
            }
            Self::Login(status) => write!(f, "it wants credentials (status {status})"),
            Self::Refused(status, message) => write!(f, "it refuses the request with status {status}: {message}"),
            Self::NotPrometheus(status, beginning) => {
                write!(f, "it answers with status {status}, but not as Prometheus does")?;
                if !beginning.is_empty() {
                    write!(f, ": `{beginning}`")?;
                }
                f.write_str("; give the address of the server itself, such as `http://localhost:9090`")
            }
            Self::Late => {
                write!(f, "its answers took longer than {} s together", TOTAL_LIMIT.as_secs())
            }
        }
    }
}

/// What the server says of a metric.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Metadata {
    /// Its type, as exporters write it.
    #[serde(rename = "type")]
    pub kind: String,
    /// What it is about.
    #[serde(default)]
    pub help: String,
}

/// The labels of one series, `__name__` among them.
pub type Series = BTreeMap<String, String>;

#[derive(Deserialize)]
struct Envelope<T> {
    status: String,
    data: Option<T>,
    error: Option<String>,
}

#[derive(Deserialize)]
struct Targets {
    #[serde(rename = "activeTargets")]
    active: Vec<Target>,
}

/// Something that is scraped.
#[derive(Clone, Debug, PartialEq, Eq, Deserialize)]
pub struct Target {
    /// Its labels after relabelling.
    pub labels: Series,
    /// How often it is scraped, as a duration; servers before 2.30 do not say.
    #[serde(rename = "scrapeInterval")]
    pub interval: Option<String>,
}

/// A Prometheus server.
pub struct Server<'a, C> {
    client: Client,
    base: String,
    authorization: Option<String>,
    policy: Policy,
    clock: &'a C,
    deadline: Instant,
}

impl<'a, C: Clock> Server<'a, C> {
    /// The server at `url`, which may have a path before `/api`. `authorization` is the value of that header.
    ///
    /// # Errors
    /// When `url` is not the address of a web server.
    pub fn new(url: &str, client: Client, authorization: Option<String>, clock: &'a C) -> Result<Self, String> {
        let rest = url.strip_prefix("http://").or_else(|| url.strip_prefix("https://"));
        let host = rest.map(|rest| rest.split(['/', '?', '#']).next().unwrap_or(rest));
        let is_sound = host.is_some_and(|host| !host.is_empty()) && !url.contains(['?', '#', ' ']);
        if !is_sound {
            return Err(format!("`{url}` is not the address of a server; write it like `http://localhost:9090`"));
        }
        let policy = Policy { timeout: Some(ATTEMPT_LIMIT), ..Policy::default() };
        let base = url.trim_end_matches('/').to_owned();
        Ok(Self { client, base, authorization, policy, clock, deadline: clock.now() + TOTAL_LIMIT })
    }

    /// Types and help texts by name of metric.
    ///
    /// # Errors
    /// When the server does not answer as Prometheus does.
    pub fn metadata(&self) -> Result<BTreeMap<String, Vec<Metadata>>, Problem> {
        self.get("/api/v1/metadata")
    }

    /// The names of all metrics, recorded ones too.
    ///
    /// # Errors
    /// When the server does not answer as Prometheus does.
    pub fn names(&self) -> Result<Vec<String>, Problem> {
        self.get("/api/v1/label/__name__/values")
    }

    /// All active targets.
    ///
    /// # Errors
    /// When the server does not answer as Prometheus does.
    pub fn targets(&self) -> Result<Vec<Target>, Problem> {
        let targets: Targets = self.get("/api/v1/targets?state=active")?;
        Ok(targets.active)
    }

    /// Series of the metrics `names` since `start`, in seconds since 1970. Of more than [`MAX_METRICS`] the first count.
    ///
    /// # Errors
    /// When the server does not answer as Prometheus does.
    pub fn series(&self, names: &[String], start: u64) -> Result<Vec<Series>, Problem> {
        let mut all = Vec::new();
        for batch in names[..names.len().min(MAX_METRICS)].chunks(BATCH) {
            let mut path = format!("/api/v1/series?start={start}&limit={MAX_SERIES}");
            for name in batch {
                let selector = format!("{{__name__=\"{}\"}}", name.replace('\\', "\\\\").replace('"', "\\\""));
                let _ = write!(path, "&match[]={}", percent_encoded(&selector));
            }
            all.extend(self.get::<Vec<Series>>(&path)?);
        }
        Ok(all)
    }

    fn get<T: DeserializeOwned>(&self, path: &str) -> Result<T, Problem> {
        let authorization = self.authorization.as_deref();
        let mut request = Request { client: &self.client, url: format!("{}{path}", self.base), authorization };
        let answer = self.policy.run(&mut request, self.clock, Some(self.deadline));
        let answer = answer.map_err(|GaveUp { attempts, last, .. }| match last {
            Some(Failure::Http(error)) => Problem::NoAnswer(error, attempts),
            Some(Failure::Busy(answer)) => refusal(&answer),
            None => Problem::Late,
        })?;
        match serde_json::from_str::<Envelope<T>>(&answer.body) {
            Ok(Envelope { data: Some(data), status, .. }) if status == "success" && answer.status == 200 => Ok(data),
            _ => Err(refusal(&answer)),
        }
    }
}

/// What an answer means that holds nothing useful.
fn refusal(answer: &Answer) -> Problem {
    match serde_json::from_str::<Envelope<serde::de::IgnoredAny>>(&answer.body) {
        Ok(Envelope { error: Some(message), status, .. }) if status == "error" => {
            Problem::Refused(answer.status, message)
        }
        _ if matches!(answer.status, 401 | 403) => Problem::Login(answer.status),
        _ => Problem::NotPrometheus(answer.status, beginning(&answer.body)),
    }
}

/// The first words of an answer, on one line.
fn beginning(body: &str) -> String {
    let line: String =
        body.trim().chars().map(|letter| if letter.is_control() { ' ' } else { letter }).take(60).collect();
    line.trim().to_owned()
}

fn percent_encoded(text: &str) -> String {
    let mut encoded = String::with_capacity(text.len() * 2);
    for byte in text.bytes() {
        if byte.is_ascii_alphanumeric() || matches!(byte, b'_' | b'-' | b'.' | b'~') {
            encoded.push(char::from(byte));
        } else {
            let _ = write!(encoded, "%{byte:02X}");
        }
    }
    encoded
}

struct Request<'a> {
    client: &'a Client,
    url: String,
    authorization: Option<&'a str>,
}

enum Failure {
    Http(HttpError),
    /// A status that may be another one a moment later.
    Busy(Answer),
}

impl Task for Request<'_> {
    type Output = Answer;
    type Error = Failure;

    fn attempt(&mut self, attempt: Attempt) -> Result<Answer, Failure> {
        let limit = attempt.timeout.unwrap_or(ATTEMPT_LIMIT);
        let answer = self.client.get(&self.url, self.authorization, limit).map_err(Failure::Http)?;
        if TRANSIENT.contains(&answer.status) { Err(Failure::Busy(answer)) } else { Ok(answer) }
    }

    fn is_transient(&self, error: &Failure) -> bool {
        match error {
            Failure::Http(error) => error.obstacle.is_transient(),
            Failure::Busy(_) => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::retry::SystemClock;

    #[test]
    fn addresses() {
        let server = |url: &str| Server::new(url, Client::new(None).unwrap(), None, &SystemClock);
        for url in ["localhost:9090", "http://", "ftp://a", "http://a?x=1", "http://a b"] {
            let problem = server(url).err().unwrap();
            assert!(problem.contains("write it like `http://localhost:9090`"), "{url}: {problem}");
        }
        assert_eq!(server("https://a.example/prometheus/").ok().unwrap().base, "https://a.example/prometheus");
    }

    #[test]
    fn what_answers_mean() {
        let answer = |status, body: &str| refusal(&Answer { status, body: body.to_owned() });
        assert_eq!(
            answer(400, "{\"status\":\"error\",\"errorType\":\"bad_data\",\"error\":\"no\"}"),
            Problem::Refused(400, "no".to_owned())
        );
        assert_eq!(
            answer(200, "<!doctype html>\n<title>Grafana</title>").to_string(),
            "it answers with status 200, but not as Prometheus does: `<!doctype html> <title>Grafana</title>`; give the \
             address of the server itself, such as `http://localhost:9090`"
        );
        assert_eq!(
            answer(200, "{\"status\":\"success\"}"),
            Problem::NotPrometheus(200, "{\"status\":\"success\"}".to_owned())
        );
    }

    #[test]
    fn selectors_are_encoded() {
        assert_eq!(percent_encoded("{a=\"é\"}"), "%7Ba%3D%22%C3%A9%22%7D");
    }
}
