//! The functions of alert templates: names, argument counts, releases. Facts only.
//! Sources: `template/template.go` of Prometheus and <https://pkg.go.dev/text/template#hdr-Functions>.

use crate::syntax::promql::Version;

/// A template function.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct TemplateFunction {
    /// Its name; case matters.
    pub name: &'static str,
    /// The fewest arguments, the value piped into it included.
    pub least: usize,
    /// The most arguments; `None` for any number.
    pub most: Option<usize>,
    /// The first release that has it; 2.0 for everything that 2.42 has.
    pub since: Version,
}

impl TemplateFunction {
    /// The function called `name`, of any release.
    #[must_use]
    pub fn find(name: &str) -> Option<&'static Self> {
        TEMPLATE_FUNCTIONS.binary_search_by(|function| function.name.cmp(name)).ok().map(|at| &TEMPLATE_FUNCTIONS[at])
    }
}

const fn exactly(name: &'static str, count: usize) -> TemplateFunction {
    TemplateFunction { name, least: count, most: Some(count), since: Version::new(2, 0) }
}

const fn at_least(name: &'static str, count: usize) -> TemplateFunction {
    TemplateFunction { name, least: count, most: None, since: Version::new(2, 0) }
}

const fn later(mut function: TemplateFunction, major: u16, minor: u16) -> TemplateFunction {
    function.since = Version::new(major, minor);
    function
}

/// Every function of every release, those of Go included, sorted by name. `tmpl` is left out: consoles only.
pub static TEMPLATE_FUNCTIONS: &[TemplateFunction] = &[
    at_least("and", 1),
    at_least("args", 0),
    at_least("call", 1),
    at_least("eq", 2),
    exactly("externalURL", 0),
    exactly("first", 1),
    exactly("ge", 2),
    exactly("graphLink", 1),
    exactly("gt", 2),
    at_least("html", 0),
    exactly("humanize", 1),
    exactly("humanize1024", 1),
    exactly("humanizeDuration", 1),
    exactly("humanizePercentage", 1),
    exactly("humanizeTimestamp", 1),
    at_least("index", 1),
    at_least("js", 0),
    exactly("label", 2),
    exactly("le", 2),
    exactly("len", 1),
    exactly("lt", 2),
    exactly("match", 2),
    exactly("ne", 2),
    exactly("not", 1),
    later(exactly("now", 0), 3, 6),
    at_least("or", 1),
    exactly("parseDuration", 1),
    exactly("pathPrefix", 0),
    at_least("print", 0),
    at_least("printf", 1),
    at_least("println", 0),
    exactly("query", 1),
    exactly("reReplaceAll", 3),
    exactly("safeHtml", 1),
    at_least("slice", 1),
    exactly("sortByLabel", 2),
    exactly("stripDomain", 1),
    exactly("stripPort", 1),
    exactly("strvalue", 1),
    exactly("tableLink", 1),
    exactly("title", 1),
    later(exactly("toDuration", 1), 3, 6),
    exactly("toLower", 1),
    exactly("toTime", 1),
    exactly("toUpper", 1),
    later(exactly("urlQueryEscape", 1), 3, 0),
    at_least("urlquery", 0),
    exactly("value", 1),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn table_is_sorted() {
        assert!(TEMPLATE_FUNCTIONS.is_sorted_by_key(|function| function.name));
        assert_eq!(TemplateFunction::find("humanize").map(|function| function.most), Some(Some(1)));
        assert_eq!(TemplateFunction::find("tmpl"), None);
    }
}
