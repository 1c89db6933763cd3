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
    const CALLS: [&str; 14] = [
        "WITH (",
        "increase_pure(",
        "rate_over_sum(",
        "rollup_rate(",
        "rollup_increase(",
        "rollup(",
        "default_rollup(",
        "range_avg(",
        "range_median(",
        "median_over_time(",
        "label_set(",
        "label_match(",
        "keep_last_value(",
        "outlierk(",
    ];
    let has_call = expr.contains('(')
        && CALLS.iter().any(|call| {
            let at = expr.find(call);
            at.is_some_and(|at| {
                !expr[..at].ends_with(|before: char| before.is_alphanumeric() || matches!(before, '_' | ':'))
            })
        });
    has_call || [") keep_metric_names", ") default "].iter().any(|words| expr.contains(words))
}

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
