//! The shades of a map: groups of nearly equal size, whatever the distribution of the values.

/// The most shades of a map.
const MOST: usize = 5;

/// The borders of the shades: each shade is from its lowest value to its highest one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Shades(Vec<(u64, u64)>);

impl Shades {
    /// Divides the values into at most five groups of nearly the same size. Equal values have the same shade.
    pub fn of(values: &[u64]) -> Self {
        let mut sorted = values.to_vec();
        sorted.sort_unstable();
        let groups = MOST.min(sorted.len());
        let group = |place: usize| place * groups / sorted.len();
        let mut shades: Vec<(u64, u64)> = Vec::new();
        for (place, &value) in sorted.iter().enumerate() {
            let goes_on = place > 0 && group(place - 1) == group(place);
            match shades.last_mut() {
                Some(last) if last.1 == value || goes_on => last.1 = value,
                _ => shades.push((value, value)),
            }
        }
        Self(shades)
    }

    /// Returns the number of the shade of a value, from 1; 0 if no shade has it.
    pub fn number(&self, value: u64) -> usize {
        self.0.iter().position(|(low, high)| (*low..=*high).contains(&value)).map_or(0, |it| it + 1)
    }

    /// Returns the lowest and the highest value of each shade.
    pub fn borders(&self) -> &[(u64, u64)] {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::Shades;

    #[test]
    fn shades_follow_the_distribution() {
        let values = [100, 101, 102, 103, 104, 105, 106, 107, 108, 109, 900];
        let shades = Shades::of(&values);
        let numbers: Vec<_> = values.iter().map(|it| shades.number(*it)).collect();
        assert_eq!(numbers, [1, 1, 1, 2, 2, 3, 3, 4, 4, 5, 5]);
        assert_eq!(Shades::of(&[5, 5, 5]).borders(), [(5, 5)]);
        assert_eq!(Shades::of(&[]).borders(), []);
        assert_eq!(shades.number(50), 0);
        for count in 1..60_u64 {
            let values: Vec<u64> = (0..count).map(|it| it * it % 97).collect();
            let shades = Shades::of(&values);
            assert!(shades.borders().len() <= 5);
            assert!(values.iter().all(|it| shades.number(*it) > 0));
        }
    }
}
