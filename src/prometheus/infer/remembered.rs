//! Knowledge of metrics that many expressions read, asked once for each name.

use std::collections::{HashMap, HashSet};

use rayon::prelude::*;

use super::knowledge::{Carrier, CollectorState, Knowledge, Metric, Scraped};
use super::labels::LabelSet;
use super::selector::Prepared;

/// Fewer names are not worth a thread.
const MIN_NAMES: usize = 32;

/// Knowledge that is asked once for each of these metrics. Of others it is asked every time.
pub struct Remembered<'k> {
    knowledge: &'k dyn Knowledge,
    metrics: HashMap<&'k str, Answers<'k>>,
}

struct Answers<'k> {
    prepared: Prepared<'k>,
    collector: Option<CollectorState<'k>>,
}

impl<'k> Remembered<'k> {
    /// What `knowledge` says of the metrics called `names`.
    #[must_use]
    pub fn new(knowledge: &'k dyn Knowledge, names: impl IntoIterator<Item = &'k str>) -> Self {
        let names: Vec<&'k str> = names.into_iter().collect::<HashSet<_>>().into_iter().collect();
        let ask =
            |name| (name, Answers { prepared: Prepared::new(name, knowledge), collector: knowledge.collector(name) });
        let metrics = names.into_par_iter().with_min_len(MIN_NAMES).map(ask).collect();
        Self { knowledge, metrics }
    }
}

impl Knowledge for Remembered<'_> {
    fn metric(&self, name: &str) -> Metric<'_> {
        // Selectors may know less of a name with a colon.
        let known = self.metrics.get(name).filter(|_| !name.contains(':'));
        let known = known.and_then(|known| known.prepared.metric());
        known.cloned().unwrap_or_else(|| self.knowledge.metric(name))
    }

    fn prepared(&self, name: &str) -> Option<Prepared<'_>> {
        self.metrics.get(name).map(|known| known.prepared.clone())
    }

    fn scraped<'k>(&'k self, name: &str, own: LabelSet<'k>, accepts: &dyn Fn(&str) -> bool) -> Scraped<'k> {
        self.knowledge.scraped(name, own, accepts)
    }

    fn evidence(&self, name: &str) -> String {
        self.knowledge.evidence(name)
    }

    fn advice(&self, name: &str) -> Option<String> {
        self.knowledge.advice(name)
    }

    fn carriers(&self, exporter: &str, label: &str) -> Vec<Carrier<'_>> {
        self.knowledge.carriers(exporter, label)
    }

    fn collector(&self, name: &str) -> Option<CollectorState<'_>> {
        self.metrics.get(name).map_or_else(|| self.knowledge.collector(name), |known| known.collector.clone())
    }

    fn interval(&self, name: &str, accepts: &dyn Fn(&str) -> bool) -> Option<f64> {
        self.knowledge.interval(name, accepts)
    }
}

#[cfg(test)]
mod tests {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use super::*;

    /// Knows who asks how often.
    #[derive(Default)]
    struct Counting(AtomicUsize);

    impl Knowledge for Counting {
        fn metric(&self, name: &str) -> Metric<'_> {
            self.0.fetch_add(1, Ordering::Relaxed);
            Metric::Missing { exporter: name.to_owned().into(), certain: false }
        }

        fn scraped<'k>(&'k self, _: &str, own: LabelSet<'k>, _: &dyn Fn(&str) -> bool) -> Scraped<'k> {
            Scraped::unconfigured(own)
        }
    }

    #[test]
    fn what_is_named_is_asked_once_and_the_rest_as_ever() {
        let counting = Counting::default();
        let remembered = Remembered::new(&counting, ["a", "b", "a"]);
        let asked = |name| match remembered.metric(name) {
            Metric::Missing { exporter, .. } => (exporter.into_owned(), counting.0.load(Ordering::Relaxed)),
            _ => (String::new(), 0),
        };
        assert_eq!(asked("a"), ("a".to_owned(), 2));
        assert_eq!(asked("b"), ("b".to_owned(), 2));
        assert_eq!(asked("c"), ("c".to_owned(), 3));
        assert_eq!(asked("c"), ("c".to_owned(), 4));
    }
}
