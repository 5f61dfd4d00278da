//! The tables of the statistics: every count by name.
use domain::{
    consultation::UnfulfilledReason,
    intake::company::{Industry, Mode},
    prefecture::Prefecture,
    statistics::{
        DisplayedCount, Shades,
        figures::{ENDS, PARTLY_DONE, SIZES},
    },
    wording::thousands,
};

use crate::store::{
    consultation::Origin,
    statistics::{Counts, Statistics},
};

/// One breakdown.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Table {
    /// The name in addresses and exports.
    pub code: &'static str,
    pub title: &'static str,
    pub rows: Vec<TableRow>,
}

#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TableRow {
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

/// Returns all tables in the order of the page.
pub fn all(statistics: &Statistics, year: i32) -> Vec<Table> {
    let table = |code, title, parts: Vec<(String, String, u64)>| {
        let row = |(code, label, count)| TableRow { code, label, count: DisplayedCount::Exact(count) };
        Table { code, title, rows: parts.into_iter().map(row).collect() }
    };
    let states = table("state", "状況", named(&statistics.by_state, STATES.iter().copied()));
    let unfulfilled = states.rows.iter().find(|it| it.code == "unfulfilled").map(|it| it.count);
    let mut tables = vec![table("month", "月", months(statistics, year)), states];
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
    pub fn worth_showing(&self) -> impl Iterator<Item = &TableRow> {
        let long = self.rows.len() > 15;
        self.rows.iter().filter(move |it| !long || it.count != DisplayedCount::Exact(0))
    }

    /// Returns the shades of a map of the counts.
    pub fn shades(&self) -> Shades {
        let known = self.rows.iter().filter_map(|it| it.count.exact());
        Shades::of(&known.filter(|it| *it > 0).collect::<Vec<_>>())
    }

    /// Returns the key of the map: the number of each shade, with its lowest and highest count.
    pub fn key(&self) -> Vec<(usize, String)> {
        let words = |(low, high): &(u64, u64)| match low == high {
            true => format!("{}件", thousands(*low)),
            false => format!("{}から{}件", thousands(*low), thousands(*high)),
        };
        self.shades().borders().iter().enumerate().map(|(n, it)| (n + 1, words(it))).collect()
    }

    pub fn count_of(&self, code: &str) -> Option<DisplayedCount> {
        self.rows.iter().find(|it| it.code == code).map(|it| it.count)
    }
}

impl TableRow {
    /// Returns the number of the shade of a tile on the map; 0 for a count of 0 and for one that is hidden.
    pub fn shade(&self, shades: &Shades) -> usize {
        self.count.exact().map_or(0, |it| shades.number(it))
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
    let names = SIZES.into_iter().map(|(code, _, label)| (code, label)).chain([("unknown", UNKNOWN)]);
    let row = |((code, label), &n): ((&str, &str), &u64)| (code.to_owned(), label.to_owned(), n);
    names.zip(&statistics.by_size).map(row).collect()
}
