//! The Prometheus release that rules are written for. Knows the releases that changed the language, nothing else.

/// A release of Prometheus, without the patch level.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Version {
    /// 2 or 3.
    pub major: u16,
    /// The number after the first dot.
    pub minor: u16,
}

impl Version {
    /// Any release, later than every one that is known: the default target. What some release accepts is accepted.
    pub const NEWEST: Self = Self::new(u16::MAX, 0);
    /// The release of Debian 12.
    pub const V2_42: Self = Self::new(2, 42);
    /// Underscores in numbers, durations as numbers and numbers as durations.
    pub(super) const V2_54: Self = Self::new(2, 54);
    /// Quoted label names and metric names of any characters.
    pub(super) const V3_0: Self = Self::new(3, 0);

    /// The release `major.minor`.
    #[must_use]
    pub const fn new(major: u16, minor: u16) -> Self {
        Self { major, minor }
    }
}

impl Default for Version {
    fn default() -> Self {
        Self::NEWEST
    }
}

impl std::fmt::Display for Version {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "{}.{}", self.major, self.minor)
    }
}
