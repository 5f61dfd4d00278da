//! The places at which a part of a text occurs: numbers that only grow, kept as the differences between them.

/// A growing list of numbers, in few bytes.
#[derive(Clone, Debug, Default)]
pub struct Posting {
    /// Each number as its difference to the one before it, in groups of seven bits, lowest first. The highest bit of a
    /// byte says that another follows.
    bytes: Vec<u8>,
    last: u32,
    count: u32,
}

/// The numbers of a posting, in order.
#[derive(Clone, Debug)]
pub struct Numbers<'a> {
    bytes: std::slice::Iter<'a, u8>,
    last: u32,
}

impl Posting {
    /// Adds a number; one that was added last is not added again, and a smaller one is never added.
    pub fn push(&mut self, number: u32) {
        let mut rest = match number.checked_sub(self.last) {
            Some(0) if self.count > 0 => return,
            Some(difference) => difference,
            None => return,
        };
        while rest >= 0x80 {
            self.bytes.push(low_bits(rest) | 0x80);
            rest >>= 7;
        }
        self.bytes.push(low_bits(rest));
        self.last = number;
        self.count += 1;
    }

    /// Returns how many numbers it has.
    pub const fn count(&self) -> u32 {
        self.count
    }

    pub fn numbers(&self) -> Numbers<'_> {
        Numbers { bytes: self.bytes.iter(), last: 0 }
    }
}

impl Iterator for Numbers<'_> {
    type Item = u32;

    fn next(&mut self) -> Option<u32> {
        let (mut difference, mut shift) = (0_u32, 0_u32);
        loop {
            let byte = *self.bytes.next()?;
            difference |= u32::from(byte & 0x7F) << shift;
            if byte < 0x80 {
                break;
            }
            shift += 7;
        }
        self.last += difference;
        Some(self.last)
    }
}

fn low_bits(it: u32) -> u8 {
    u8::try_from(it & 0x7F).unwrap_or_default()
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeSet;

    use proptest::prelude::*;

    use super::Posting;

    proptest! {
        #[test]
        fn a_posting_gives_back_the_numbers_that_were_added(
            numbers in prop::collection::btree_set(prop_oneof![0..300_u32, any::<u32>()], 0..200),
        ) {
            let mut posting = Posting::default();
            for number in &numbers {
                posting.push(*number);
                posting.push(*number);
            }
            prop_assert_eq!(posting.count() as usize, numbers.len());
            prop_assert_eq!(posting.numbers().collect::<BTreeSet<_>>(), numbers);
        }
    }
}
