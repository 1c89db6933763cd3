//! A value together with where it was written, so that a finding about it has a place to stand on.

use std::ops::Deref;

use crate::diagnostic::Location;

/// Where a value comes from.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Origin {
    /// Nobody wrote it: what sprag does unless told otherwise.
    Default,
    /// A preset set it.
    Preset {
        /// The preset.
        name: &'static str,
        /// Where the configuration names the preset.
        at: Location,
    },
    /// It is written in the configuration.
    File(Location),
}

impl Origin {
    /// The place in the user's configuration that asks for the value: the value itself, or the name of the preset
    /// that sets it. A default has none.
    #[must_use]
    pub const fn location(self) -> Option<Location> {
        match self {
            Self::Default => None,
            Self::Preset { at, .. } | Self::File(at) => Some(at),
        }
    }
}

/// A value and its origin. Two are equal when their values are.
#[derive(Clone, Copy, Debug)]
pub struct Located<T> {
    /// The value.
    pub value: T,
    /// Where it comes from.
    pub origin: Origin,
}

impl<T> Located<T> {
    /// A value that nobody wrote.
    #[must_use]
    pub const fn default(value: T) -> Self {
        Self { value, origin: Origin::Default }
    }

    /// The place in the user's configuration that asks for the value.
    #[must_use]
    pub const fn location(&self) -> Option<Location> {
        self.origin.location()
    }
}

impl<T> Deref for Located<T> {
    type Target = T;

    fn deref(&self) -> &T {
        &self.value
    }
}

impl<T: PartialEq> PartialEq for Located<T> {
    fn eq(&self, other: &Self) -> bool {
        self.value == other.value
    }
}

/// A key and its value in a map setting, in the order written.
#[derive(Clone, Debug, PartialEq)]
pub struct Entry<K, V> {
    /// The key.
    pub key: Located<K>,
    /// The value.
    pub value: Located<V>,
}
