//! The functions and aggregations of PromQL: names, argument types, releases. Facts only, nothing is checked here.
//! Source: `promql/parser/functions.go` and `CHANGELOG.md` of Prometheus. Everything older than Prometheus 2 counts as 2.0;
//! experimental functions of 3.x whose first release is not recorded there count as 3.0.

use super::{ValueType, Version};
use ValueType::{RangeVector as Range, Scalar, String as Text, Vector};

/// A function of PromQL.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Function {
    /// Its name; case matters.
    pub name: &'static str,
    /// The types of the arguments; the last one is that of all further arguments too.
    pub arguments: &'static [ValueType],
    /// The fewest arguments.
    pub least: usize,
    /// The most arguments; `None` for any number.
    pub most: Option<usize>,
    /// The type of the result.
    pub returns: ValueType,
    /// The first release that has it.
    pub since: Version,
    /// Whether the server needs `--enable-feature=promql-experimental-functions`.
    pub experimental: bool,
    /// The first release that no longer has it, and what took its place.
    pub removed: Option<(Version, &'static str)>,
}

impl Function {
    /// The function called `name`, of any release.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().map(|at| &FUNCTIONS[at])
    }

    /// Whether the release `version` has it.
    #[must_use]
    pub fn exists_in(&self, version: Version) -> bool {
        self.since <= version && self.removed.is_none_or(|(removed, _)| version < removed)
    }

    /// One may be left out, up to `count` may be given beyond the fixed ones.
    const fn optional(mut self, count: usize) -> Self {
        self.least = self.arguments.len() - 1;
        self.most = Some(self.least + count);
        self
    }

    const fn many(mut self) -> Self {
        self.least = self.arguments.len() - 1;
        self.most = None;
        self
    }

    const fn since(mut self, major: u16, minor: u16) -> Self {
        self.since = Version::new(major, minor);
        self
    }

    const fn experimental(mut self) -> Self {
        self.experimental = true;
        self
    }

    const fn removed(mut self, major: u16, minor: u16, successor: &'static str) -> Self {
        self.removed = Some((Version::new(major, minor), successor));
        self
    }
}

const fn function(name: &'static str, arguments: &'static [ValueType], returns: ValueType) -> Function {
    let count = arguments.len();
    Function {
        name,
        arguments,
        least: count,
        most: Some(count),
        returns,
        since: Version::new(2, 0),
        experimental: false,
        removed: None,
    }
}

/// Every function of every release, sorted by name.
#[rustfmt::skip]
pub static FUNCTIONS: &[Function] = &[
    function("abs", &[Vector], Vector),
    function("absent", &[Vector], Vector),
    function("absent_over_time", &[Range], Vector).since(2, 16),
    function("acos", &[Vector], Vector).since(2, 31),
    function("acosh", &[Vector], Vector).since(2, 31),
    function("asin", &[Vector], Vector).since(2, 31),
    function("asinh", &[Vector], Vector).since(2, 31),
    function("atan", &[Vector], Vector).since(2, 31),
    function("atanh", &[Vector], Vector).since(2, 31),
    function("avg_over_time", &[Range], Vector),
    function("ceil", &[Vector], Vector),
    function("changes", &[Range], Vector),
    function("clamp", &[Vector, Scalar, Scalar], Vector).since(2, 26),
    function("clamp_max", &[Vector, Scalar], Vector),
    function("clamp_min", &[Vector, Scalar], Vector),
    function("cos", &[Vector], Vector).since(2, 31),
    function("cosh", &[Vector], Vector).since(2, 31),
    function("count_over_time", &[Range], Vector),
    function("day_of_month", &[Vector], Vector).optional(1),
    function("day_of_week", &[Vector], Vector).optional(1),
    function("day_of_year", &[Vector], Vector).optional(1).since(2, 37),
    function("days_in_month", &[Vector], Vector).optional(1),
    function("deg", &[Vector], Vector).since(2, 31),
    function("delta", &[Range], Vector),
    function("deriv", &[Range], Vector),
    function("double_exponential_smoothing", &[Range, Scalar, Scalar], Vector).since(3, 0).experimental(),
    function("end", &[], Scalar).since(3, 0).experimental(),
    function("exp", &[Vector], Vector),
    function("first_over_time", &[Range], Vector).since(3, 7).experimental(),
    function("floor", &[Vector], Vector),
    function("histogram_avg", &[Vector], Vector).since(2, 51),
    function("histogram_count", &[Vector], Vector).since(2, 40),
    function("histogram_fraction", &[Scalar, Scalar, Vector], Vector).since(2, 40),
    function("histogram_quantile", &[Scalar, Vector], Vector),
    function("histogram_quantiles", &[Vector, Text, Scalar, Scalar], Vector).optional(9).since(3, 0).experimental(),
    function("histogram_stddev", &[Vector], Vector).since(2, 47),
    function("histogram_stdvar", &[Vector], Vector).since(2, 47),
    function("histogram_sum", &[Vector], Vector).since(2, 40),
    function("holt_winters", &[Range, Scalar, Scalar], Vector).removed(3, 0, "double_exponential_smoothing"),
    function("hour", &[Vector], Vector).optional(1),
    function("idelta", &[Range], Vector),
    function("increase", &[Range], Vector),
    function("info", &[Vector, Vector], Vector).optional(1).since(3, 0).experimental(),
    function("integral", &[Range, Scalar], Vector).optional(1).since(3, 0).experimental(),
    function("irate", &[Range], Vector),
    function("label_join", &[Vector, Text, Text, Text], Vector).many(),
    function("label_replace", &[Vector, Text, Text, Text, Text], Vector),
    function("last_over_time", &[Range], Vector).since(2, 26),
    function("ln", &[Vector], Vector),
    function("log10", &[Vector], Vector),
    function("log2", &[Vector], Vector),
    function("mad_over_time", &[Range], Vector).since(2, 49).experimental(),
    function("max_over_time", &[Range], Vector),
    function("min_over_time", &[Range], Vector),
    function("minute", &[Vector], Vector).optional(1),
    function("month", &[Vector], Vector).optional(1),
    function("pi", &[], Scalar).since(2, 31),
    function("predict_linear", &[Range, Scalar], Vector),
    function("present_over_time", &[Range], Vector).since(2, 29),
    function("quantile_over_time", &[Scalar, Range], Vector),
    function("rad", &[Vector], Vector).since(2, 31),
    function("range", &[], Scalar).since(3, 0).experimental(),
    function("rate", &[Range], Vector),
    function("resets", &[Range], Vector),
    function("round", &[Vector, Scalar], Vector).optional(1),
    function("scalar", &[Vector], Scalar),
    function("sgn", &[Vector], Vector).since(2, 26),
    function("sin", &[Vector], Vector).since(2, 31),
    function("sinh", &[Vector], Vector).since(2, 31),
    function("sort", &[Vector], Vector),
    function("sort_by_label", &[Vector, Text], Vector).many().since(2, 49).experimental(),
    function("sort_by_label_desc", &[Vector, Text], Vector).many().since(2, 49).experimental(),
    function("sort_desc", &[Vector], Vector),
    function("sqrt", &[Vector], Vector),
    function("start", &[], Scalar).since(3, 0).experimental(),
    function("start_timestamp", &[Vector], Vector).since(3, 0).experimental(),
    function("stddev_over_time", &[Range], Vector),
    function("stdvar_over_time", &[Range], Vector),
    function("step", &[], Scalar).since(3, 0).experimental(),
    function("sum_over_time", &[Range], Vector),
    function("tan", &[Vector], Vector).since(2, 31),
    function("tanh", &[Vector], Vector).since(2, 31),
    function("time", &[], Scalar),
    function("timestamp", &[Vector], Vector),
    function("ts_of_first_over_time", &[Range], Vector).since(3, 7).experimental(),
    function("ts_of_last_over_time", &[Range], Vector).since(3, 5).experimental(),
    function("ts_of_max_over_time", &[Range], Vector).since(3, 5).experimental(),
    function("ts_of_min_over_time", &[Range], Vector).since(3, 5).experimental(),
    function("vector", &[Scalar], Vector),
    function("year", &[Vector], Vector).optional(1),
];

/// An aggregation operator.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Aggregation {
    /// `avg`
    Avg,
    /// `bottomk`, with the count
    Bottomk,
    /// `count`
    Count,
    /// `count_values`, with the name of the new label
    CountValues,
    /// `group`
    Group,
    /// `limit_ratio`, with the ratio; experimental
    LimitRatio,
    /// `limitk`, with the count; experimental
    Limitk,
    /// `max`
    Max,
    /// `min`
    Min,
    /// `quantile`, with the quantile
    Quantile,
    /// `stddev`
    Stddev,
    /// `stdvar`
    Stdvar,
    /// `sum`
    Sum,
    /// `topk`, with the count
    Topk,
}

impl Aggregation {
    /// Every aggregation, by name.
    pub(super) const ALL: [(&'static str, Self); 14] = [
        ("avg", Self::Avg),
        ("bottomk", Self::Bottomk),
        ("count", Self::Count),
        ("count_values", Self::CountValues),
        ("group", Self::Group),
        ("limit_ratio", Self::LimitRatio),
        ("limitk", Self::Limitk),
        ("max", Self::Max),
        ("min", Self::Min),
        ("quantile", Self::Quantile),
        ("stddev", Self::Stddev),
        ("stdvar", Self::Stdvar),
        ("sum", Self::Sum),
        ("topk", Self::Topk),
    ];

    /// The name in lower case.
    #[must_use]
    pub fn name(self) -> &'static str {
        Self::ALL.iter().find(|(_, other)| *other == self).map_or("", |(name, _)| name)
    }

    /// The type of the parameter before the vector, for those that take one.
    #[must_use]
    pub fn parameter(self) -> Option<ValueType> {
        match self {
            Self::Bottomk | Self::LimitRatio | Self::Limitk | Self::Quantile | Self::Topk => Some(Scalar),
            Self::CountValues => Some(Text),
            _ => None,
        }
    }

    /// The first release that has it.
    #[must_use]
    pub fn since(self) -> Version {
        if self.is_experimental() { Version::V2_54 } else { Version::new(2, 0) }
    }

    /// Whether the server needs `--enable-feature=promql-experimental-functions`.
    #[must_use]
    pub fn is_experimental(self) -> bool {
        matches!(self, Self::LimitRatio | Self::Limitk)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tables_are_sorted() {
        assert!(FUNCTIONS.is_sorted_by_key(|function| function.name));
        assert!(Aggregation::ALL.is_sorted_by_key(|(name, _)| *name));
    }

    #[test]
    fn finds_by_release() {
        let holt_winters = Function::find("holt_winters").expect("in the table");
        assert!(holt_winters.exists_in(Version::V2_42) && !holt_winters.exists_in(Version::NEWEST));
        let histogram_avg = Function::find("histogram_avg").expect("in the table");
        assert!(!histogram_avg.exists_in(Version::V2_42) && histogram_avg.exists_in(Version::NEWEST));
        assert_eq!(Function::find("Rate"), None);
    }
}
