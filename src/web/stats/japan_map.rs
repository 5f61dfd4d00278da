//! The map of the eleven regions as a picture, for which no script is needed.
use domain::{prefecture::Region, statistics::Shades};

/// The outlines: a line for each region with its code, the place of its label, the side of the label, and its path
/// (`japan_map.LICENSE.md`).
const OUTLINES: &str = include_str!("japan_map.txt");

/// A map on which each region has the shade of its rate.
pub struct JapanMap {
    pub shapes: Vec<RegionShape>,
    /// The shades with their lowest and highest rates.
    pub key: Vec<(usize, String)>,
}

/// One region of the map.
pub struct RegionShape {
    pub name: &'static str,
    pub path: &'static str,
    pub label: (&'static str, &'static str),
    /// The side of the label: `start` or `end`.
    pub anchor: &'static str,
    /// The number of its shade, 0 without a rate.
    pub shade: usize,
    /// The rate, or the word for a region without one.
    pub value: String,
}

impl JapanMap {
    /// Builds the map from rates in tenths of a percent.
    pub fn new(rates: &[(Region, u16)]) -> Self {
        let shades = Shades::of(&rates.iter().map(|it| u64::from(it.1)).collect::<Vec<_>>());
        let shape = |line: &'static str| {
            let mut parts = line.splitn(5, ' ');
            let mut next = || parts.next();
            let (code, x, y, anchor, path) = (next()?, next()?, next()?, next()?, next()?);
            let region = Region::from_code(code)?;
            let rate = rates.iter().find(|it| it.0 == region).map(|it| it.1);
            Some(RegionShape {
                name: region.label(),
                path,
                label: (x, y),
                anchor,
                shade: rate.map_or(0, |it| shades.number(it.into())),
                value: rate.map_or_else(|| "－".to_owned(), |it| percent(it.into())),
            })
        };
        let words = |(low, high): &(u64, u64)| match low == high {
            true => percent(*low),
            false => format!("{}から{}", percent(*low), percent(*high)),
        };
        let key = shades.borders().iter().enumerate().map(|(n, it)| (n + 1, words(it))).collect();
        Self { shapes: OUTLINES.lines().filter_map(shape).collect(), key }
    }

    /// Returns the map in one sentence, for readers who do not see it.
    pub fn summary(&self) -> String {
        let parts: Vec<_> = self.shapes.iter().map(|it| format!("{}{}", it.name, it.value)).collect();
        format!("地域別の導入率の地図。{}。", parts.join("、"))
    }
}

fn percent(tenths: u64) -> String {
    format!("{}.{}%", tenths / 10, tenths % 10)
}

#[cfg(test)]
mod tests {
    use domain::prefecture::Region;

    use super::JapanMap;

    #[test]
    fn the_map_has_every_region_and_a_key_with_numbers() {
        let rates: Vec<_> = Region::ALL.into_iter().zip((300..).step_by(7)).collect();
        let map = JapanMap::new(&rates);
        assert_eq!(map.shapes.len(), Region::ALL.len());
        assert!(map.shapes.iter().all(|it| it.path.starts_with('M') && (1..=5).contains(&it.shade)));
        assert_eq!(map.key.len(), 5);
        assert_eq!(map.key[0].1, "30.0%から31.4%");
        assert!(map.summary().contains("北海道30.0%"));
        assert!(JapanMap::new(&[]).shapes.iter().all(|it| it.shade == 0 && it.value == "－"));
    }
}
