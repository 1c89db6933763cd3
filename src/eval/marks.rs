//! What clings to values: that they are secret, or differ with every run.

/// What clings to a value wherever it goes.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Marks(u8);

impl Marks {
    /// Nothing.
    pub const NONE: Self = Self(0);
    /// Must never be printed.
    pub const SENSITIVE: Self = Self(1);
    /// Exists during one run of Terraform only.
    pub const EPHEMERAL: Self = Self(2);
    /// May differ with every run: `timestamp()`, `uuid()` or `bcrypt()` may reach it.
    pub const UNSTABLE: Self = Self(4);
    /// Differs with every run.
    pub const ALWAYS_UNSTABLE: Self = Self(8);

    /// Whether all of `other` are set.
    #[must_use]
    pub const fn has(self, other: Self) -> bool {
        self.0 & other.0 == other.0
    }

    /// Of a value that is made of both.
    #[must_use]
    pub const fn and(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    /// Of a value that is one or the other.
    #[must_use]
    pub const fn or(self, other: Self) -> Self {
        Self((self.0 | other.0) & !Self::ALWAYS_UNSTABLE.0 | self.0 & other.0 & Self::ALWAYS_UNSTABLE.0)
    }

    /// Without these.
    #[must_use]
    pub const fn without(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Whether there are none.
    #[must_use]
    pub const fn is_none(self) -> bool {
        self.0 == 0
    }
}
