//! How far the consultations reach: their published counts beside the numbers of companies of the same groups. Rates of
//! surveys have no place here: they cover companies of 100 and more, and most clients are smaller.
use domain::{
    intake::company::Industry,
    prefecture::Prefecture,
    statistics::{
        adoption::{AdoptionDimension, LoadedFigure, category_label, industry_class},
        figures::FigureTable,
        month::EditionMonth,
        published::{PublishedTable, PublishedYear},
    },
    wording::thousands,
};

/// The size from which companies are covered by the survey.
const UNDER_100: [&str; 2] = ["0-19", "20-99"];

/// The consultations of groups of companies beside the number of these companies.
pub struct ReachTable {
    pub title: &'static str,
    /// The last month that is counted.
    pub through: EditionMonth,
    /// The figures of the numbers of companies, with their source.
    pub figures: Vec<LoadedFigure>,
    pub rows: Vec<ReachRow>,
}

pub struct ReachRow {
    pub label: &'static str,
    pub companies: u32,
    /// The number of consultations; `None` if it is not published.
    pub consultations: Option<u64>,
}

impl ReachRow {
    /// Returns the number of consultations for 1,000 companies: 「2.4」.
    pub fn for_thousand(&self) -> Option<String> {
        let tenths = (self.consultations? * 20_000).checked_div(self.companies.into())?.div_ceil(2);
        Some(format!("{}.{}", thousands(tenths / 10), tenths % 10))
    }
}

/// Returns the tables for which both numbers are known. `of` gives the latest figures of a dimension.
pub fn tables(year: &PublishedYear, of: impl Fn(AdoptionDimension) -> Vec<LoadedFigure>) -> Vec<ReachTable> {
    let table = |title, dimension, counted: FigureTable, is_of: &dyn Fn(&str) -> bool| {
        let published = year.table(counted)?;
        let figures: Vec<_> = of(dimension).into_iter().filter(|it| is_of(&it.figure.category)).collect();
        let row = |it: &LoadedFigure| {
            Some(ReachRow {
                label: category_label(dimension, &it.figure.category)?,
                companies: it.figure.companies?,
                consultations: consultations(published, counted, &it.figure.category),
            })
        };
        let rows: Vec<_> = figures.iter().filter_map(row).collect();
        (!rows.is_empty()).then_some(ReachTable { title, through: published.through, figures, rows })
    };
    let small = |it: &str| UNDER_100.contains(&it);
    [
        table("地域別", AdoptionDimension::CompaniesByRegion, FigureTable::Prefecture, &|_: &str| true),
        table("100人未満の企業", AdoptionDimension::CompaniesBySize, FigureTable::Size, &small),
        table("100人以上の企業", AdoptionDimension::CompaniesBySize, FigureTable::Size, &|it: &str| {
            !small(it)
        }),
        table("産業別", AdoptionDimension::CompaniesByIndustry, FigureTable::Industry, &|_: &str| true),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Returns the number of consultations of a group. It is the sum of published cells, so that it reveals no other one.
fn consultations(published: &PublishedTable, table: FigureTable, category: &str) -> Option<u64> {
    let prefectures: Vec<_>;
    let cells: Vec<&str> = if table == FigureTable::Prefecture {
        let of_region = Prefecture::all().filter(|it| it.region().code() == category);
        prefectures = of_region.map(Prefecture::two_digits).collect();
        prefectures.iter().map(String::as_str).collect()
    } else if table == FigureTable::Industry {
        let of_class = Industry::ALL.into_iter().filter(|it| industry_class(*it) == category);
        of_class.map(Industry::code).collect()
    } else {
        vec![category]
    };
    published.sum(&cells)
}
