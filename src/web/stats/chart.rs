//! The geometry of a bar chart, in the units of its viewBox of 640 by 260.
use domain::statistics::DisplayedCount;

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bars {
    pub bars: Vec<Bar>,
    pub ticks: Vec<Tick>,
    /// The chart in one sentence, for readers who cannot see it.
    pub summary: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Bar {
    pub x: u64,
    pub y: u64,
    pub width: u64,
    pub height: u64,
    pub label: String,
    pub value: String,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Tick {
    pub y: u64,
    pub value: u64,
}

const LEFT: u64 = 48;
const RIGHT: u64 = 632;
const TOP: u64 = 24;
pub const BASE: u64 = 224;

impl Bars {
    /// Builds the chart of at least one row. A hidden count has no bar, only its words.
    pub fn new(subject: &str, rows: &[(String, DisplayedCount)]) -> Self {
        let highest = rows.iter().filter_map(|(_, it)| it.exact()).max().unwrap_or(0);
        let ticks = nice_ticks(highest);
        let top = ticks.last().copied().unwrap_or(1).max(1);
        let rise = |count: u64| count * (BASE - TOP) / top;
        let step = (RIGHT - LEFT) / u64::try_from(rows.len()).unwrap_or(1).max(1);
        let bars = rows.iter().zip(0_u64..).map(|((label, shown), n)| {
            let height = rise(shown.exact().unwrap_or(0));
            Bar {
                x: LEFT + n * step + step / 8,
                y: BASE - height,
                width: step * 3 / 4,
                height,
                label: label.clone(),
                value: shown.to_string(),
            }
        });
        let parts: Vec<_> = rows.iter().map(|(label, shown)| format!("{label}{shown}件")).collect();
        Self {
            bars: bars.collect(),
            ticks: ticks.iter().map(|&value| Tick { y: BASE - rise(value), value }).collect(),
            summary: format!("{subject}。{}。", parts.join("、")),
        }
    }
}

impl Bar {
    pub const fn middle(&self) -> u64 {
        self.x + self.width / 2
    }

    pub const fn above(&self) -> u64 {
        self.y - 6
    }
}

/// Returns the ticks from 0 to at least `highest` in at most five steps of 1, 2 or 5 times a power of ten.
fn nice_ticks(highest: u64) -> Vec<u64> {
    let powers = std::iter::successors(Some(1_u64), |it| it.checked_mul(10));
    let mut steps = powers.flat_map(|it| [it, it.saturating_mul(2), it.saturating_mul(5)]);
    let step = steps.find(|it| it.saturating_mul(5) >= highest).unwrap_or(u64::MAX);
    (0..=highest.div_ceil(step).max(1)).map(|n| n.saturating_mul(step)).collect()
}

#[cfg(test)]
mod tests {
    use domain::statistics::DisplayedCount;

    use super::{BASE, Bars, nice_ticks};

    #[test]
    fn ticks_are_round_and_few() {
        assert_eq!(nice_ticks(0), [0, 1]);
        assert_eq!(nice_ticks(4), [0, 1, 2, 3, 4]);
        assert_eq!(nice_ticks(83), [0, 20, 40, 60, 80, 100]);
        assert_eq!(nice_ticks(1_001), [0, 500, 1_000, 1_500]);
        for highest in 0..5_000 {
            let ticks = nice_ticks(highest);
            assert!(ticks.len() <= 6 && ticks.last().is_some_and(|&it| it >= highest));
        }
    }

    #[test]
    fn bars_stand_on_the_base_and_within_the_picture() {
        let rows: Vec<_> = (0..12_u64).map(|n| (format!("{n}月"), DisplayedCount::Exact(n * 7))).collect();
        let chart = Bars::new("受付件数", &rows);
        for bar in &chart.bars {
            assert_eq!(bar.y + bar.height, BASE);
            assert!(bar.y >= 24 && bar.x + bar.width <= 640);
        }
        assert!(chart.summary.contains("11月77件"));
        assert_eq!(Bars::new("受付件数", &[("4月".to_owned(), DisplayedCount::Few)]).bars[0].value, "1から4");
    }
}
