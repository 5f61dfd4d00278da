//! One day as one `u64`, with a bit for each quarter hour from 6:00 to 22:00 Japan time.
use super::quarter::QUARTERS;
use super::span::Span;

/// A set of quarter hours of one day. Bit 0 is 6:00–6:15 Japan time, bit 63 is 21:45–22:00.
///
/// The place of use says what the bits mean (open, busy, possible starts). Every operation is O(log 64).
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
pub struct Day(pub u64);

impl Day {
    pub const NONE: Self = Self(0);
    pub const ALL: Self = Self(u64::MAX);
    /// The quarters that begin on :00 or :30. Companies are offered these starts unless a search says otherwise, so
    /// that a day's list stays short; staff can also book the quarters between.
    pub const HALF_HOURS: Self = Self(0x5555_5555_5555_5555);

    pub const fn is_empty(self) -> bool {
        self.0 == 0
    }

    pub const fn count(self) -> u32 {
        self.0.count_ones()
    }

    /// Returns whether `quarter` is in the set; false for a `quarter` beyond the day.
    pub const fn contains(self, quarter: u8) -> bool {
        quarter < QUARTERS && self.0 >> quarter & 1 == 1
    }

    pub const fn union(self, other: Self) -> Self {
        Self(self.0 | other.0)
    }

    pub const fn intersection(self, other: Self) -> Self {
        Self(self.0 & other.0)
    }

    pub const fn minus(self, other: Self) -> Self {
        Self(self.0 & !other.0)
    }

    /// Returns the quarters from `quarter` on.
    pub const fn from(self, quarter: u8) -> Self {
        if quarter >= QUARTERS { Self::NONE } else { Self(self.0 & u64::MAX << quarter) }
    }

    /// Returns the earliest quarter.
    pub fn first(self) -> Option<u8> {
        u8::try_from(self.0.trailing_zeros()).ok().filter(|&it| it < QUARTERS)
    }

    /// Returns the quarters, earliest first.
    pub fn quarters(self) -> impl Iterator<Item = u8> {
        (0..QUARTERS).filter(move |&it| self.contains(it))
    }

    /// Returns the stretches without a gap, earliest first.
    pub fn spans(self) -> Vec<Span> {
        let mut spans = Vec::new();
        let mut start = self.first();
        while let Some(from) = start {
            let end = (from..QUARTERS).find(|&it| !self.contains(it)).unwrap_or(QUARTERS);
            spans.extend(Span::new(from, end));
            start = self.from(end).first();
        }
        spans
    }

    /// Returns the quarters at which an appointment can start, if `self` is the open time.
    ///
    /// All of `[start, start + length)` is open, and `[start - before, start + length + after)`, as far as it lies
    /// within the day, touches nothing in `busy`. All lengths are in quarters. An appointment without length starts
    /// nowhere.
    pub const fn starts_for(self, length: u8, before: u8, after: u8, busy: Self) -> Self {
        if length == 0 || length > QUARTERS {
            return Self::NONE;
        }
        // A busy quarter q forbids the starts from q - (length + after - 1) to q + before.
        let late = spread_earlier(busy.0, (length - 1).saturating_add(after));
        let early = spread_later(busy.0, before);
        Self(runs(self.0, length) & !late & !early)
    }
}

impl std::iter::FromIterator<Span> for Day {
    /// Unites the spans; they may overlap.
    fn from_iter<T: IntoIterator<Item = Span>>(spans: T) -> Self {
        spans.into_iter().fold(Self::NONE, |day, it| day.union(it.day()))
    }
}

/// Returns the bits at which `length` set bits in a row begin. `length` is 1 to 64.
const fn runs(bits: u64, length: u8) -> u64 {
    let (mut found, mut covered) = (bits, 1);
    while covered < length {
        let step = least(covered, length - covered);
        found &= found >> step;
        covered += step;
    }
    found
}

/// Returns every set bit and the `reach` bits below it.
const fn spread_earlier(bits: u64, reach: u8) -> u64 {
    let reach = least(reach, QUARTERS - 1);
    let (mut found, mut covered) = (bits, 0);
    while covered < reach {
        let step = least(covered + 1, reach - covered);
        found |= found >> step;
        covered += step;
    }
    found
}

/// Returns every set bit and the `reach` bits above it.
const fn spread_later(bits: u64, reach: u8) -> u64 {
    spread_earlier(bits.reverse_bits(), reach).reverse_bits()
}

/// Returns the smaller value; `Ord::min` is not `const`.
const fn least(a: u8, b: u8) -> u8 {
    if a < b { a } else { b }
}

#[cfg(test)]
pub(super) mod tests;
