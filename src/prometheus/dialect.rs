//! The programs that read rule files, their extra keys and their query languages.

/// Who a set of rules is written for.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash, Default)]
pub enum Dialect {
    /// Prometheus itself, and everything that shows no sign of another.
    #[default]
    Prometheus,
    /// Loki's ruler: the same format, LogQL expressions.
    Loki,
    /// Thanos Ruler.
    Thanos,
    /// `vmalert` of `VictoriaMetrics`.
    VictoriaMetrics,
    /// The rulers of Mimir and Cortex.
    Mimir,
}

/// The language of the expressions of a group.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Default)]
pub enum Language {
    /// `PromQL`
    #[default]
    PromQl,
    /// `LogQL` (Loki)
    LogQl,
    /// `MetricsQL` (`VictoriaMetrics`), which contains most of `PromQL`
    MetricsQl,
    /// Graphite expressions (`type: graphite`)
    Graphite,
    /// `LogsQL` (`VictoriaLogs`, `type: vlogs`)
    LogsQl,
}

/// A level of the file at which keys stand.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Level {
    File,
    Group,
    Rule,
}

impl Level {
    /// The keys of `rulefmt` in Prometheus 3.
    pub(super) const fn keys(self) -> &'static [&'static str] {
        match self {
            Self::File => &["groups"],
            Self::Group => &["name", "interval", "query_offset", "limit", "labels", "rules"],
            Self::Rule => &["alert", "record", "expr", "for", "keep_firing_for", "labels", "annotations"],
        }
    }

    /// What a message calls it.
    pub(super) const fn name(self) -> &'static str {
        match self {
            Self::File => "rule file",
            Self::Group => "group",
            Self::Rule => "rule",
        }
    }
}

/// The dialect that knows `key` at `level`, where Prometheus does not.
pub(super) fn owner(level: Level, key: &str) -> Option<Dialect> {
    use Dialect::{Mimir, Thanos, VictoriaMetrics};
    // https://docs.victoriametrics.com/victoriametrics/vmalert/#groups, https://thanos.io/tip/components/rule.md,
    // https://grafana.com/docs/mimir/latest/references/http-api/#set-rule-group (and `remote_write` of its enterprise
    // edition, `src_tenants` of early versions).
    match (level, key) {
        (Level::Group, "partial_response_strategy") => Some(Thanos),
        (Level::File, "namespace")
        | (
            Level::Group,
            "source_tenants"
            | "src_tenants"
            | "align_evaluation_time_on_interval"
            | "evaluation_delay"
            | "remote_write",
        ) => Some(Mimir),
        (
            Level::Group,
            "type"
            | "eval_offset"
            | "eval_delay"
            | "eval_alignment"
            | "concurrency"
            | "params"
            | "headers"
            | "notifier_headers"
            | "tenant"
            | "debug"
            | "extra_filter_labels",
        )
        | (Level::Rule, "debug" | "update_entries_limit") => Some(VictoriaMetrics),
        _ => None,
    }
}

/// Whether `expr` can only be LogQL: it has a pipe, which PromQL has not, or a function that only Loki has.
pub(super) fn is_logql(expr: &str) -> bool {
    let has_pipe = memchr::memchr(b'|', expr.as_bytes()).is_some() && has_bare_pipe(expr.as_bytes());
    has_pipe || ["bytes_over_time(", "bytes_rate(", "rate_counter("].iter().any(|name| expr.contains(name))
}

/// Whether `expr` can only be `MetricsQL`: it calls one of the functions that people use `VictoriaMetrics` for, or has
/// its words after a `)`. <https://docs.victoriametrics.com/victoriametrics/metricsql/>
pub(super) fn is_metricsql(expr: &str) -> bool {
    memchr::memchr2_iter(b'(', b')', expr.as_bytes()).any(|at| match expr.as_bytes()[at] {
        b'(' => is_metricsql_call(expr, at),
        _ => METRICSQL_WORDS.iter().any(|words| expr[at + 1..].starts_with(words)),
    })
}

/// Whether the `(` at `open` belongs to a call that only `MetricsQL` has. Of each function the first place counts, also
/// as the end of a longer name.
fn is_metricsql_call(expr: &str, open: usize) -> bool {
    let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
    let before = &expr[..open];
    let front = before.strip_suffix("WITH ").unwrap_or_else(|| before.trim_end_matches(is_part));
    let start = front.len();
    METRICSQL_CALLS.contains(&&before[start..])
        && !front.ends_with(is_part)
        && expr.find(&expr[start..=open]) == Some(start)
}

/// What stands before a `(` in `MetricsQL` only.
const METRICSQL_CALLS: [&str; 14] = [
    "WITH ",
    "increase_pure",
    "rate_over_sum",
    "rollup_rate",
    "rollup_increase",
    "rollup",
    "default_rollup",
    "range_avg",
    "range_median",
    "median_over_time",
    "label_set",
    "label_match",
    "keep_last_value",
    "outlierk",
];

/// What stands behind a `)` in `MetricsQL` only.
const METRICSQL_WORDS: [&str; 2] = [" keep_metric_names", " default "];

/// Whether a `|` stands outside strings, comments and template holes.
fn has_bare_pipe(expr: &[u8]) -> bool {
    let mut at = 0;
    while let Some(byte) = expr.get(at) {
        let rest = &expr[at..];
        at += match (byte, rest.get(1)) {
            (b'|', _) => return true,
            (b'"' | b'\'', _) => quoted(rest, *byte),
            (b'`', _) => until(rest, b"`"),
            (b'#', _) => until(rest, b"\n"),
            (b'{', Some(b'{')) => until(rest, b"}}"),
            (b'$' | b'%', Some(b'{')) => until(rest, b"}"),
            (b'[', Some(b'[')) => until(rest, b"]]"),
            _ => 1,
        };
    }
    false
}

/// Length up to and with `end`, which does not count at the very start.
fn until(rest: &[u8], end: &[u8]) -> usize {
    memchr::memmem::find(&rest[1..], end).map_or(rest.len(), |at| 1 + at + end.len())
}

fn quoted(rest: &[u8], quote: u8) -> usize {
    let mut at = 1;
    while let Some(byte) = rest.get(at) {
        at += match byte {
            b'\\' => 2,
            other if *other == quote => return at + 1,
            _ => 1,
        };
    }
    rest.len()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn metricsql_is_told_from_promql() {
        for expr in
            ["sum(increase_pure(a[5m])) > 0", "rate(a[5m]) default 0", "WITH (x = 1) x", "abs(a) keep_metric_names"]
        {
            assert!(is_metricsql(expr), "{expr}");
        }
        for expr in ["increase(a[5m])", "my_rollup(a)", "default", "sum(default) by (default)", "increase_pur(a)"] {
            assert!(!is_metricsql(expr), "{expr}");
        }
    }

    proptest::proptest! {
        /// The same by looking for each word by itself.
        #[test]
        fn one_pass_finds_what_a_search_for_each_word_finds(
            expr in "(rollup|default_|WITH |outlierk|label_set|range_avg|a|_|:|é|\\(|\\(|\\)|\\)| | default | keep_metric_names){0,9}"
        ) {
            let is_part = |letter: char| letter.is_alphanumeric() || matches!(letter, '_' | ':');
            let has_call = METRICSQL_CALLS.iter().any(|call| {
                let at = expr.find(&format!("{call}("));
                at.is_some_and(|at| !expr[..at].ends_with(is_part))
            });
            let has_words = METRICSQL_WORDS.iter().any(|words| expr.contains(&format!("){words}")));
            proptest::prop_assert_eq!(is_metricsql(&expr), has_call || has_words);
        }
    }

    #[test]
    fn only_whole_names_are_calls() {
        for expr in ["default_rollup(a)", "(rollup(a))", "rollup(a) + my_rollup(a)", "é rollup(a)", "(WITH (x = 1) x)"]
        {
            assert!(is_metricsql(expr), "{expr}");
        }
        for expr in ["my_rollup(a) + rollup(a)", "érollup(a)", "a:rollup(a)", "xWITH (a)", "WITH(a)", "rollup (a)", "("]
        {
            assert!(!is_metricsql(expr), "{expr}");
        }
    }

    #[test]
    fn logql_is_told_from_promql() {
        for expr in [
            "sum(rate({app=\"x\"} |= \"err\" [5m]))",
            "{a=\"b\"} | json",
            "bytes_rate({a=\"b\"}[5m])",
            "{a='}|'} |~ `x`",
        ] {
            assert!(is_logql(expr), "{expr}");
        }
        for expr in [
            "up{job=~\"a|b\"} == 0",
            "up{job=~'a|\\'b'} # a | b\n",
            "up{x=~`a|b`}",
            "up > {{ .Values.x | int }}",
            "up > ${x || y}",
            "up{a=\"unclosed |",
        ] {
            assert!(!is_logql(expr), "{expr}");
        }
    }
}
