//! Where in a resource a value is, for diagnostics and replacement.

use crate::proto::{AttributePath, Selector, Step};

/// A path that grows while walking down. Members of sets have no place of their own: the path stays at the set.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Path(Vec<Selector>);

impl Path {
    pub fn attribute(&self, name: &str) -> Self {
        self.with(Selector::AttributeName(name.to_owned()))
    }

    pub fn key(&self, key: &str) -> Self {
        self.with(Selector::ElementKeyString(key.to_owned()))
    }

    pub fn index(&self, index: usize) -> Self {
        self.with(Selector::ElementKeyInt(i64::try_from(index).unwrap_or(i64::MAX)))
    }

    fn with(&self, selector: Selector) -> Self {
        let mut steps = self.0.clone();
        steps.push(selector);
        Self(steps)
    }

    /// The first attribute name from the root.
    pub fn root(&self) -> Option<&str> {
        match self.0.first() {
            Some(Selector::AttributeName(name)) => Some(name),
            _ => None,
        }
    }
}

impl From<Path> for AttributePath {
    fn from(path: Path) -> Self {
        Self { steps: path.0.into_iter().map(|selector| Step { selector: Some(selector) }).collect() }
    }
}

impl std::fmt::Display for Path {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for (position, selector) in self.0.iter().enumerate() {
            match selector {
                Selector::AttributeName(name) if position == 0 => write!(f, "{name}")?,
                Selector::AttributeName(name) => write!(f, ".{name}")?,
                Selector::ElementKeyString(key) => write!(f, "[{key:?}]")?,
                Selector::ElementKeyInt(index) => write!(f, "[{index}]")?,
            }
        }
        Ok(())
    }
}
