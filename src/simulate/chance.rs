//! Random numbers that depend on the seed and on what they decide, and on nothing else.

/// A source of random numbers for one seed.
#[derive(Clone, Copy, Debug)]
pub struct Chance(u64);

impl Chance {
    pub const fn new(seed: u64) -> Self {
        Self(mix(seed))
    }

    /// Returns the number for `about`, which is the same at every call.
    pub fn number(self, about: &[u64]) -> u64 {
        about.iter().fold(self.0, |state, it| mix(state ^ mix(*it)))
    }

    /// Returns one of `0..count`; 0 if `count` is 0.
    pub fn index(self, count: usize, about: &[u64]) -> usize {
        let count = u64::try_from(count).unwrap_or(u64::MAX).max(1);
        usize::try_from(self.number(about) % count).unwrap_or_default()
    }

    /// Returns true in `percent` of a hundred cases.
    pub fn percent(self, percent: u64, about: &[u64]) -> bool {
        self.number(about) % 100 < percent
    }

    /// Returns the place of a weight in the list. Each place is as frequent as its weight says.
    pub fn weighted(self, weights: &[u64], about: &[u64]) -> usize {
        let total: u64 = weights.iter().sum();
        let mut left = self.number(about) % total.max(1);
        for (at, weight) in weights.iter().enumerate() {
            if left < *weight {
                return at;
            }
            left -= weight;
        }
        0
    }
}

/// The finalizer of SplitMix64: every bit of the result depends on every bit of `value`.
const fn mix(value: u64) -> u64 {
    let value = value.wrapping_add(0x9E37_79B9_7F4A_7C15);
    let value = (value ^ value >> 30).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    let value = (value ^ value >> 27).wrapping_mul(0x94D0_49BB_1331_11EB);
    value ^ value >> 31
}
