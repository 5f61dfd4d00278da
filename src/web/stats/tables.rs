//! The tables of the statistics: every count by name, protected in the public's version.
use domain::{
    consultation::UnfulfilledReason,
    intake::company::{Industry, Mode},
    prefecture::Prefecture,
    statistics::{DisplayedCount, LEAST, protected},
};

use crate::store::{
    consultation::Origin,
    statistics::{Counts, ENDS, PARTLY_DONE, Statistics},
};

/// The readers of the statistics.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Audience {
    Everyone,
    /// Observers, coordinators and administrators.
    Insiders,
}

/// One breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name in addresses and exports.
    pub code: &'static str,
    pub title: &'static str,
    pub rows: Vec<Row>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Row {
    pub code: String,
    pub label: String,
    pub count: DisplayedCount,
}

const UNKNOWN: &str = "不明";

/// The states in the order of the work, by code and label.
const STATES: [(&str, &str); 12] = [
    ("received", "受付済み"),
    ("checking", "確認中"),
    ("waiting_company", "追加確認待ち"),
    ("matching", "担当者調整中"),
    ("scheduling", "日程調整中"),
    ("booked", "予約確定"),
    ("consulted", "相談実施済み"),
    ("follow_up", "フォロー中"),
    ("completed", "完了"),
    ("withdrawn", "取下げ"),
    ("unfulfilled", "不成立"),
    ("referred", "他機関案内"),
];

const SIZE_LABELS: [&str; 5] = ["20人未満", "20から99人", "100から299人", "300人以上", UNKNOWN];
const SIZE_CODES: [&str; 5] = ["0-19", "20-99", "100-299", "300-", "unknown"];

/// Returns all tables in the order of the page. A breakdown whose sum is hidden is left out for the public.
pub fn all(statistics: &Statistics, year: i32, audience: Audience) -> Vec<Table> {
    let table = |code, title, parts: Vec<(String, String, u64)>| {
        let counts: Vec<_> = parts.iter().map(|it| it.2).collect();
        let shown = shown(&counts, audience);
        let row = |((code, label, _), count)| Row { code, label, count };
        Table { code, title, rows: parts.into_iter().zip(shown).map(row).collect() }
    };
    let states = table("state", "状況", named(&statistics.by_state, STATES.iter().copied()));
    let unfulfilled = states.rows.iter().find(|it| it.code == "unfulfilled").map(|it| it.count);
    let mut tables = vec![table("month", "月", months(statistics, year)), states];
    // The reasons add up to one cell of the table above: if that cell is hidden, so are they.
    if unfulfilled.and_then(DisplayedCount::exact).is_some_and(|it| it > 0) {
        let reasons = UnfulfilledReason::ALL.map(|it| (it.code(), it.label()));
        tables.push(table(
            "unfulfilled",
            "不成立の理由",
            named(&statistics.unfulfilled, reasons.into_iter()),
        ));
    }
    let industries = Industry::ALL.iter().map(|it| (it.code(), it.label()));
    let modes = Mode::ALL.iter().map(|it| (it.code(), it.label()));
    let origins = Origin::ALL.map(|it| (it.code(), it.label()));
    let [held, others @ ..] = ENDS.map(|it| (it.code(), it.label()));
    let outcomes = [held, (PARTLY_DONE, "実施（専門家一人が欠席）")].into_iter().chain(others);
    tables.extend([
        table("prefecture", "都道府県", prefectures(statistics)),
        table("fields", "相談分野", fields(statistics)),
        table("size", "従業員数", sizes(statistics)),
        table("industry", "業種", named(&statistics.by_industry, industries)),
        table("mode", "実施方法の希望", named(&statistics.by_mode, modes)),
        table("origin", "受付の方法", named(&statistics.by_origin, origins.into_iter())),
        table("outcome", "予約の結果", named(&statistics.by_outcome, outcomes)),
    ]);
    tables
}

/// Returns the displayed counts of the parts of one whole.
pub fn shown(parts: &[u64], audience: Audience) -> Vec<DisplayedCount> {
    match audience {
        Audience::Everyone => protected(parts),
        Audience::Insiders => parts.iter().copied().map(DisplayedCount::Exact).collect(),
    }
}

impl Table {
    /// Returns the heading: the main finding of the table, such as 「受付件数は10月が最多の83件」.
    pub fn finding(&self) -> String {
        let known = self.rows.iter().filter_map(|it| Some((it.count.exact()?, it)));
        let most = known.filter(|(count, _)| *count > 0).map(|(count, _)| count).max();
        let Some(most) = most else { return format!("{}別の件数", self.title) };
        let top = self.rows.iter().filter(|it| it.count == DisplayedCount::Exact(most));
        let top: Vec<_> = top.map(|it| it.label.as_str()).collect();
        let (title, most) = (self.title, DisplayedCount::Exact(most));
        match top.as_slice() {
            [one] => format!("{title}別では{one}が最多の{most}件"),
            [one, two] => format!("{title}別では{one}と{two}が最多の{most}件"),
            many => format!("{title}別では{}区分が最多の{most}件", many.len()),
        }
    }

    /// Returns the rows to show: a table of more than 15 rows is shown without its zeros.
    pub fn worth_showing(&self) -> impl Iterator<Item = &Row> {
        let long = self.rows.len() > 15;
        self.rows.iter().filter(move |it| !long || it.count != DisplayedCount::Exact(0))
    }

    pub fn count_of(&self, code: &str) -> Option<DisplayedCount> {
        self.rows.iter().find(|it| it.code == code).map(|it| it.count)
    }
}

impl Row {
    /// Returns the colour class of a tile on the map, from `q0` to `q5`.
    pub const fn shade(&self) -> &'static str {
        match self.count {
            DisplayedCount::Withheld | DisplayedCount::Exact(0) => "q0",
            DisplayedCount::Few | DisplayedCount::Exact(1..LEAST) => "q1",
            DisplayedCount::Exact(LEAST..10) => "q2",
            DisplayedCount::Exact(10..20) => "q3",
            DisplayedCount::Exact(20..40) => "q4",
            DisplayedCount::Exact(40..) => "q5",
        }
    }

    /// Returns the name of a prefecture as the map shows it.
    pub fn short(&self) -> &str {
        match Prefecture::parse(&self.code) {
            Ok(it) => it.short_name(),
            Err(_) => &self.label,
        }
    }
}

/// Returns every known name with its count, followed by the count without a name if there is one.
fn named<'a>(counts: &Counts, names: impl Iterator<Item = (&'a str, &'a str)>) -> Vec<(String, String, u64)> {
    let of = |code: Option<&str>| counts.iter().find(|it| it.0.as_deref() == code).map_or(0, |it| it.1);
    let mut rows: Vec<_> =
        names.map(|(code, label)| (code.to_owned(), label.to_owned(), of(Some(code)))).collect();
    if of(None) > 0 {
        rows.push(("unknown".to_owned(), UNKNOWN.to_owned(), of(None)));
    }
    rows
}

/// Returns the counts by month, with codes such as `2026-04`.
fn months(statistics: &Statistics, year: i32) -> Vec<(String, String, u64)> {
    let months = (4..=12).map(|it| (year, it)).chain((1..=3).map(|it| (year + 1, it)));
    let row = |((year, month), &n)| (format!("{year}-{month:02}"), format!("{month}月"), n);
    months.zip(&statistics.by_month).map(row).collect()
}

fn prefectures(statistics: &Statistics) -> Vec<(String, String, u64)> {
    let of = |code: Option<i16>| statistics.by_prefecture.iter().find(|it| it.0 == code).map_or(0, |it| it.1);
    let row = |it: Prefecture| (it.two_digits(), it.name().to_owned(), of(Some(i16::from(it.code()))));
    let mut rows: Vec<_> = Prefecture::all().map(row).collect();
    if of(None) > 0 {
        rows.push(("unknown".to_owned(), UNKNOWN.to_owned(), of(None)));
    }
    rows
}

/// Returns the counts by fields. They do not overlap: a consultation about both fields counts once.
fn fields(statistics: &Statistics) -> Vec<(String, String, u64)> {
    let names = [("ict", "ICTだけ"), ("labor", "労務管理だけ"), ("both", "両方")];
    let row = |((code, label), &n): ((&str, &str), &u64)| (code.to_owned(), label.to_owned(), n);
    names.into_iter().zip(&statistics.by_fields).map(row).collect()
}

fn sizes(statistics: &Statistics) -> Vec<(String, String, u64)> {
    let names = SIZE_CODES.into_iter().zip(SIZE_LABELS);
    let row = |((code, label), &n): ((&str, &str), &u64)| (code.to_owned(), label.to_owned(), n);
    names.zip(&statistics.by_size).map(row).collect()
}
