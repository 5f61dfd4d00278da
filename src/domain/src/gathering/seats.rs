//! The seats of one kind: how many are free, and who gets them.

/// The most people who wait for seats of one kind.
pub const MOST_WAITING: u32 = 500;

/// How many seats of one kind there are, how many are held, and how many people wait for one.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct SeatCount {
    pub capacity: u32,
    /// The seats of participants, and those that are held for an answer.
    pub taken: u32,
    pub waiting: u32,
}

/// The answer to a confirmed sign-up.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Admission {
    Seat,
    Waits,
    /// The waiting list is full too.
    Full,
}

impl SeatCount {
    /// Returns the number of free seats. More seats can be taken than there are, if an editor has reduced their number.
    pub const fn free(self) -> u32 {
        self.capacity.saturating_sub(self.taken)
    }

    /// Returns what the next person gets. Those who wait are not overtaken.
    pub const fn admission(self) -> Admission {
        if self.free() > 0 && self.waiting == 0 {
            Admission::Seat
        } else if self.waiting < MOST_WAITING {
            Admission::Waits
        } else {
            Admission::Full
        }
    }
}

/// Returns the smallest number from 1 that is not taken. `taken` is in ascending order.
pub fn first_free_number(taken: impl IntoIterator<Item = i32>) -> i32 {
    let mut free = 1;
    for it in taken {
        if it == free {
            free += 1;
        } else if it > free {
            break;
        }
    }
    free
}

/// Returns the seats that those who wait are offered now, each with its number: as many as are free, first those who
/// have waited longest. `taken` has the numbers of all taken seats and `waiting` those who wait, both in ascending order.
pub fn offers<T: Copy>(capacity: u32, taken: &[i32], waiting: &[T]) -> Vec<(T, i32)> {
    let held = u32::try_from(taken.len()).unwrap_or(u32::MAX);
    let free = usize::try_from(capacity.saturating_sub(held)).unwrap_or(usize::MAX);
    let numbers = (1..).filter(|it| taken.binary_search(it).is_err());
    waiting.iter().copied().zip(numbers).take(free).collect()
}
