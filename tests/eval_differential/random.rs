//! Random choices, the same in every run.

use crate::common::mutation::Mutator;

/// Chooses.
pub struct Random(Mutator);

impl Random {
    pub fn new(seed: u64) -> Self {
        let mut mutator = Mutator::new(seed.wrapping_mul(0x2545_f491_4f6c_dd1d) ^ 0x5bd1_e995);
        mutator.below(2);
        Self(mutator)
    }

    /// A number below `limit`.
    pub fn below(&mut self, limit: usize) -> usize {
        self.0.below(limit)
    }

    /// True once in `times`.
    pub fn once_in(&mut self, times: usize) -> bool {
        self.0.below(times) == 0
    }

    pub fn pick<'a, T: ?Sized>(&mut self, all: &[&'a T]) -> &'a T {
        all[self.0.below(all.len())]
    }
}
