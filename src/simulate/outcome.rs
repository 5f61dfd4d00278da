//! The outcome of a simulated year.
use std::{fmt::Write as _, io};

use super::{policy::Policy, year::Year};

/// The figures by which policies are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub policy: Policy,
    pub consultations: usize,
    pub served: usize,
    /// Business days from the application to the appointment, of the consultations that were served.
    pub median_wait: usize,
    pub p90_wait: usize,
    /// The percentage of all consultations that were served within 10 business days.
    pub within_ten: f64,
    /// The consultations without an appointment when the programme's last day was over.
    pub unserved: usize,
    /// The Gini coefficient of the experts' appointments over the capacity that they named: 0 if all have the same
    /// share, 1 if one expert has everything.
    pub gini: f64,
    /// The hours that all experts travel to visits and back.
    pub travel_hours: f64,
    /// Requests that experts declined.
    pub declined: usize,
}

/// The highest number of business days that counts as a short wait.
const SOON: usize = 10;

impl Outcome {
    pub(super) fn of(year: &Year<'_>) -> Self {
        let mut waits: Vec<_> = year.waits().collect();
        waits.sort_unstable();
        let consultations = year.consultations();
        let soon = waits.iter().filter(|it| **it <= SOON).count();
        Self {
            policy: year.policy,
            consultations,
            served: waits.len(),
            median_wait: quantile(&waits, 50),
            p90_wait: quantile(&waits, 90),
            within_ten: percent(soon, consultations),
            unserved: consultations - waits.len(),
            gini: gini(&year.shares()),
            travel_hours: year.travel_hours(),
            declined: year.declined,
        }
    }

    fn cells(&self) -> [String; 9] {
        [
            self.policy.to_string(),
            self.served.to_string(),
            self.median_wait.to_string(),
            self.p90_wait.to_string(),
            format!("{:.1}", self.within_ten),
            self.unserved.to_string(),
            format!("{:.3}", self.gini),
            format!("{:.0}", self.travel_hours),
            self.declined.to_string(),
        ]
    }
}

const COLUMNS: [&str; 9] = [
    "policy",
    "served",
    "median wait (business days)",
    "90th percentile",
    "within 10 (%)",
    "unserved",
    "load spread (Gini)",
    "travel (h)",
    "declined",
];

/// Returns the figures for people: a Markdown table with a line for each policy.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut text = format!("| {} |\n|{}\n", COLUMNS.join(" | "), "---|".repeat(COLUMNS.len()));
    for outcome in outcomes {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", outcome.cells().join(" | "));
    }
    text
}

/// Writes the figures for programs: CSV with a line for the names. No value has a comma in it.
pub fn write_csv(mut to: impl io::Write, seed: u64, outcomes: &[Outcome]) -> io::Result<()> {
    const NAMES: &str =
        "policy,served,median_wait,p90_wait,within_ten_percent,unserved,gini,travel_hours,declined";
    writeln!(to, "seed,{NAMES}")?;
    for outcome in outcomes {
        writeln!(to, "{seed},{}", outcome.cells().join(","))?;
    }
    to.flush()
}

/// Returns the smallest value that `percent` percent of a sorted list do not exceed.
fn quantile(sorted: &[usize], percent: usize) -> usize {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// Returns the Gini coefficient: the mean difference between any two shares, divided by twice the mean.
fn gini(shares: &[f64]) -> f64 {
    let mut sorted = shares.to_vec();
    sorted.sort_unstable_by(f64::total_cmp);
    let (n, sum) = (sorted.len() as f64, sorted.iter().sum::<f64>());
    if sum == 0.0 {
        return 0.0;
    }
    let weighted: f64 = sorted.iter().zip(1_u32..).map(|(it, rank)| it * f64::from(rank)).sum();
    2.0 * weighted / (n * sum) - (n + 1.0) / n
}

#[cfg(test)]
mod tests {
    use super::{gini, quantile};

    #[test]
    fn spread_is_nothing_where_all_are_alike_and_all_where_one_has_everything() {
        assert!(gini(&[2.0, 2.0, 2.0]).abs() < 1e-9);
        assert!((gini(&[0.0, 0.0, 0.0, 4.0]) - 0.75).abs() < 1e-9);
        assert!((gini(&[1.0, 3.0]) - 0.25).abs() < 1e-9);
        assert!(gini(&[]).abs() < 1e-9);
    }

    #[test]
    fn a_quantile_is_one_of_the_values() {
        let values: Vec<_> = (1..=10).collect();
        assert_eq!((quantile(&values, 50), quantile(&values, 90), quantile(&values, 100)), (5, 9, 10));
        assert_eq!(quantile(&[], 50), 0);
    }
}
