//! The geometry of a chart of rates over the years, in the units of its viewBox of 640 by 260.
use super::chart::{BASE, Bar};

/// The height of 100 %.
const FULL: u64 = 200;
/// The left and the right border.
const SIDES: (u64, u64) = (56, 632);

/// Bars from 0 to 100 %.
pub struct RateChart {
    pub bars: Vec<Bar>,
    /// The chart in one sentence, for readers who cannot see it.
    pub summary: String,
}

impl RateChart {
    /// Builds the chart of at least one row: labels with rates in tenths of a percent.
    pub fn new(subject: &str, rows: &[(String, u16)]) -> Self {
        let step = (SIDES.1 - SIDES.0) / u64::try_from(rows.len()).unwrap_or(1).max(1);
        let bar = |((label, rate), n): (&(String, u16), u64)| {
            let height = u64::from(*rate) * FULL / 1000;
            Bar {
                x: SIDES.0 + n * step + step / 4,
                y: BASE - height,
                width: step / 2,
                height,
                label: label.clone(),
                value: format!("{}.{}%", rate / 10, rate % 10),
            }
        };
        let bars: Vec<_> = rows.iter().zip(0_u64..).map(bar).collect();
        let parts: Vec<_> = bars.iter().map(|it| format!("{}{}", it.label, it.value)).collect();
        Self { summary: format!("{subject}。{}。", parts.join("、")), bars }
    }

    /// Returns the lines of 0, 25, 50, 75 and 100 %: the height and the label.
    pub fn lines(&self) -> Vec<(u64, u64)> {
        (0..=4).map(|it| (BASE - it * FULL / 4, it * 25)).collect()
    }
}
