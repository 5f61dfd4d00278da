//! The figures that come with the product: those of `docs/spec/programme.md` §5 that were found in a public source. Values
//! that have not been verified, and values of regions, are not among them.
use super::{AdoptionDimension, AdoptionFigure, AdoptionSource, SurveyStage};
use AdoptionDimension::{Capital, Industry, National, Size};
use SurveyStage::{AtRelease, Preliminary, Revised, Unstated};

/// The base of the rates of the 通信利用動向調査.
const BASE: &str = "常用雇用者100人以上の企業";

/// The title and the address of a source.
type Source = (&'static str, &'static str);

const REPORT_2018: Source = ("調査結果の紹介記事", "office-rapport.seesaa.net（2018年6月13日）");
const PAPER_2020: Source =
    ("情報通信白書 令和元年版・令和2年版", "soumu.go.jp 白書 r01/html/nd246230.html、r02/html/nd266130.html");
const PAPER_2021: Source = ("情報通信白書 令和3年版", "soumu.go.jp 白書 r03/text/nd256120.txt");
const REPORT_2021: Source = (
    "調査結果の紹介記事",
    "g-office.or.jp masterid=286、asahi.com ASP6L5GZ7P6LULFA01P、sbbit.jp/article/refers/63617",
);
const REPORT_2022: Source =
    ("調査結果の紹介記事", "news.mynavi.jp 20220527-2353125、itmedia.co.jp 2205/27/news141");
const PAPER_2025: Source = ("情報通信白書 令和7年版", "soumu.go.jp 白書 r07/html/nd21b220.html");

/// One figure: the year, how far it is final, its group, the number of answers, the rate in tenths of a percent and the
/// source.
type Row = (i32, SurveyStage, AdoptionDimension, &'static str, Option<u32>, u16, Source);

const ROWS: [Row; 22] = [
    (2017, Unstated, National, "all", None, 139, REPORT_2018),
    (2019, AtRelease, National, "all", None, 202, PAPER_2020),
    (2019, Revised, National, "all", None, 201, PAPER_2020),
    (2020, AtRelease, National, "all", None, 475, PAPER_2021),
    (2020, Revised, National, "all", None, 474, PAPER_2021),
    (2021, Unstated, National, "all", Some(2_396), 519, REPORT_2022),
    (2024, Preliminary, National, "all", None, 473, PAPER_2025),
    (2019, Unstated, Size, "100-299", None, 151, PAPER_2020),
    (2019, Unstated, Size, "300-", None, 321, PAPER_2020),
    (2020, Unstated, Size, "100-299", None, 420, PAPER_2021),
    (2020, Unstated, Size, "300-", None, 613, PAPER_2021),
    (2020, Unstated, Capital, "1b-5b", None, 871, REPORT_2021),
    (2021, Unstated, Capital, "5b-", None, 934, REPORT_2022),
    (2020, Unstated, Industry, "information", None, 927, REPORT_2021),
    (2020, Unstated, Industry, "real_estate", None, 681, REPORT_2021),
    (2020, Unstated, Industry, "finance", None, 676, REPORT_2021),
    (2020, Unstated, Industry, "services", None, 347, REPORT_2021),
    (2020, Unstated, Industry, "transport", None, 304, REPORT_2021),
    (2021, Unstated, Industry, "information", Some(258), 977, REPORT_2022),
    (2021, Unstated, Industry, "finance", Some(174), 824, REPORT_2022),
    (2021, Unstated, Industry, "real_estate", None, 751, REPORT_2022),
    (2021, Unstated, Industry, "transport", None, 276, REPORT_2022),
];

/// Returns the figures.
pub fn shipped() -> Vec<AdoptionFigure> {
    let figure = |(year, stage, dimension, category, companies, rate, source): Row| AdoptionFigure {
        survey: survey(year),
        year,
        stage,
        as_of: (year == 2024).then(|| "2024-08".to_owned()),
        dimension,
        category: category.to_owned(),
        base: BASE.to_owned(),
        companies,
        rate: Some(rate),
        source: AdoptionSource { title: source.0.to_owned(), address: source.1.to_owned() },
    };
    ROWS.into_iter().map(figure).collect()
}

/// Returns the name of the survey of a year: 「令和6年通信利用動向調査」.
fn survey(year: i32) -> String {
    let era = match year {
        ..2019 => format!("平成{}年", year - 1988),
        2019 => "令和元年".to_owned(),
        _ => format!("令和{}年", year - 2018),
    };
    format!("{era}通信利用動向調査")
}
