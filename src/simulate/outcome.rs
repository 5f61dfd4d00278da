//! What came of a year.
use std::{fmt::Write as _, io};

use super::{policy::Policy, year::Year};

/// The figures by which policies are compared.
#[derive(Clone, Debug, PartialEq)]
pub struct Outcome {
    pub policy: Policy,
    pub consultations: usize,
    pub served: usize,
    /// From the application to the session, of those that were served. Business days.
    pub median_wait: usize,
    pub p90_wait: usize,
    /// Of all consultations, in percent: those served within 10 business days.
    pub within_ten: f64,
    /// Without a session when the programme's last day was over.
    pub unserved: usize,
    /// Of the sessions of each expert over the capacity that they named: 0 where all have the same share, 1 where one
    /// has everything.
    pub gini: f64,
    /// Of all experts to visits and back.
    pub travel_hours: f64,
    /// Requests that experts declined.
    pub declined: usize,
}

/// A business day more of waiting than this is long.
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

/// For people: a line for each policy, as Markdown writes tables.
pub fn table(outcomes: &[Outcome]) -> String {
    let mut text = format!("| {} |\n|{}\n", COLUMNS.join(" | "), "---|".repeat(COLUMNS.len()));
    for outcome in outcomes {
        // Writing to a string cannot fail.
        let _ = writeln!(text, "| {} |", outcome.cells().join(" | "));
    }
    text
}

/// For programs: the same figures, with a line for the names. No value has a comma in it.
pub fn write_csv(mut to: impl io::Write, seed: u64, outcomes: &[Outcome]) -> io::Result<()> {
    const NAMES: &str =
        "policy,served,median_wait,p90_wait,within_ten_percent,unserved,gini,travel_hours,declined";
    writeln!(to, "seed,{NAMES}")?;
    for outcome in outcomes {
        writeln!(to, "{seed},{}", outcome.cells().join(","))?;
    }
    to.flush()
}

/// The smallest value that so many percent do not exceed; of a sorted list.
fn quantile(sorted: &[usize], percent: usize) -> usize {
    let at = (sorted.len() * percent).div_ceil(100).saturating_sub(1);
    sorted.get(at).copied().unwrap_or_default()
}

fn percent(part: usize, whole: usize) -> f64 {
    if whole == 0 { 0.0 } else { part as f64 * 100.0 / whole as f64 }
}

/// The mean difference between any two, over twice the mean.
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
