//! Numbers that look random and are the same on every machine.

/// A xorshift generator (Marsaglia, <https://doi.org/10.18637/jss.v008.i14>).
pub(crate) struct Random(u64);

impl Random {
    pub(crate) const fn new(seed: u64) -> Self {
        Self(0x9e37_79b9_7f4a_7c15 ^ seed)
    }

    fn next(&mut self) -> u64 {
        self.0 ^= self.0 << 13;
        self.0 ^= self.0 >> 7;
        self.0 ^= self.0 << 17;
        self.0
    }

    /// A number below `end`, which is not 0.
    pub(crate) fn below(&mut self, end: usize) -> usize {
        (self.next() % end as u64) as usize
    }

    /// One of `choices`.
    pub(crate) fn pick<'a>(&mut self, choices: &[&'a str]) -> &'a str {
        choices[self.below(choices.len())]
    }

    /// A size around `mean`: mostly smaller, sometimes much larger, as files are.
    pub(crate) fn size(&mut self, mean: usize) -> usize {
        match self.below(10) {
            0..=5 => mean / 4 + self.below(mean / 2),
            6..=8 => mean / 2 + self.below(mean * 2),
            _ => mean + self.below(mean * 4),
        }
    }
}
