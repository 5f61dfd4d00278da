//! The monthly report of an edition as the ministries read it, as a spreadsheet and as a PDF document: the published figures
//! alone, with the words of the page in the place of a hidden count.
use domain::{
    calendar::{japan_date, jst},
    statistics::{DisplayedCount, figures::FigureTable},
    wording::{iso_date, long_date_time, thousands},
};
use rust_xlsxwriter::{ChartType, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{
    public::PublicIndicator,
    published_edition::PublishedEdition,
    report_chart::{bars, words, write_table},
    tables::Table,
};
use crate::pdf::{Block, Document};

/// The tables of which the document has a chart.
const CHARTS: [&str; 4] = [
    FigureTable::Fields.code(),
    FigureTable::Size.code(),
    FigureTable::Industry.code(),
    FigureTable::Prefecture.code(),
];

/// The sentence that says what is hidden.
const HIDDEN: &str =
    "5件未満の数と、計算で分かってしまう数は「非公表」とします。表によって、公表している月が異なります。";

/// Returns the name of the file.
pub fn name(of: &PublishedEdition, kind: &str) -> String {
    format!("report-{}-published.{kind}", of.edition.month.code())
}

/// Returns the document: the comment, the indicators and the tables.
pub fn document(of: &PublishedEdition) -> Document {
    let mut blocks = vec![
        Block::Value("対象".to_owned(), "すべての相談（公表している数）".to_owned()),
        Block::Value("確定".to_owned(), long_date_time(of.edition.closed_at)),
        Block::Paragraph(HIDDEN.to_owned()),
        Block::Heading("センターのコメント".to_owned()),
    ];
    blocks.extend(comment(of).lines().map(|it| Block::Paragraph(it.to_owned())));
    let indicators = of.indicators();
    let mut values: Vec<_> = indicators.iter().map(|it| Block::Value(it.label.clone(), share(it))).collect();
    values.extend(waits(of).into_iter().map(|(label, it)| Block::Value(label.to_owned(), it)));
    if !values.is_empty() {
        blocks.push(Block::Heading("指標".to_owned()));
        blocks.extend(values);
    }
    blocks.push(Block::Heading("月別の受付件数".to_owned()));
    blocks.extend(bars(rows(&of.runs())));
    for it in of.tables() {
        blocks.push(Block::Heading(format!("{}（{}分まで）", it.table.title, it.through.label())));
        let rows = rows(&it.table);
        if CHARTS.contains(&it.table.code) {
            blocks.extend(bars(rows));
        } else {
            blocks.extend(rows.into_iter().map(|(label, count)| Block::Value(label, words(count))));
        }
    }
    Document { title: title(of), made_at: of.edition.closed_at.with_timezone(&jst()), blocks }
}

/// Returns the spreadsheet.
pub fn workbook(of: &PublishedEdition) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::parse_from_str(&iso_date(japan_date(of.edition.closed_at)))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    write_overview(of, workbook.add_worksheet().set_name("概要")?, &bold)?;
    let sheet = workbook.add_worksheet().set_name("月別")?;
    write_table(sheet, &bold, ("月", &["受付件数"]), &columns(&of.runs()), ChartType::Column)?;
    for it in of.tables() {
        // The colon of a title is no character of a sheet's name.
        let sheet = workbook.add_worksheet().set_name(it.table.title.replace('：', " "))?;
        let through = format!("{}分まで", it.through.label());
        write_table(sheet, &bold, ("区分", &[through.as_str()]), &columns(&it.table), ChartType::Bar)?;
    }
    workbook.save_to_buffer()
}

fn write_overview(of: &PublishedEdition, sheet: &mut Worksheet, bold: &Format) -> Result<(), XlsxError> {
    let about = [
        ("集計", title(of)),
        ("対象", "すべての相談（公表している数）".to_owned()),
        ("確定", long_date_time(of.edition.closed_at)),
        ("非公表", HIDDEN.to_owned()),
        ("センターのコメント", comment(of).to_owned()),
    ];
    for ((label, value), row) in about.iter().zip(0..) {
        sheet.write_with_format(row, 0, *label, bold)?.write(row, 1, value)?;
    }
    for (title, column) in ["指標", "割合", "数え方"].into_iter().zip(0..) {
        sheet.write_with_format(6, column, title, bold)?;
    }
    let indicators = of.indicators();
    for (it, row) in indicators.iter().zip(7..) {
        sheet.write(row, 0, it.label.as_str())?.write(row, 1, share(it))?;
        sheet.write(row, 2, it.definition.as_str())?;
    }
    // An empty row stands between the indicators and the waits.
    let after = u32::try_from(indicators.len()).unwrap_or_default() + 8;
    for ((label, words), row) in waits(of).into_iter().zip(after..) {
        sheet.write(row, 0, label)?.write(row, 1, words)?;
    }
    sheet.set_column_width(0, 34)?.set_column_width(1, 24)?.set_column_width(2, 60)?;
    Ok(())
}

fn title(of: &PublishedEdition) -> String {
    format!("{}分の相談の集計", of.edition.month.label())
}

fn comment(of: &PublishedEdition) -> &str {
    of.release
        .comment
        .as_ref()
        .map_or("センターのコメントはありません。", |it| it.text.as_str())
}

fn waits(of: &PublishedEdition) -> Vec<(&'static str, String)> {
    let words = |(label, median, ninetieth): (&'static str, String, u32)| {
        (label, format!("中央値{median}営業日、90%は{ninetieth}営業日以内"))
    };
    of.waits().into_iter().map(words).collect()
}

/// Returns the words for an indicator.
fn share(it: &PublicIndicator) -> String {
    let target = it.target.map(|it| format!("、目標{it}%")).unwrap_or_default();
    match &it.share {
        Some((share, whole)) => format!("{share}（n={}）{target}", thousands(*whole)),
        None => format!("非公表{target}"),
    }
}

/// Returns the rows of a table that are shown.
fn rows(table: &Table) -> Vec<(String, DisplayedCount)> {
    table.worth_showing().map(|it| (it.label.clone(), it.count)).collect()
}

fn columns(table: &Table) -> Vec<(String, Vec<DisplayedCount>)> {
    rows(table).into_iter().map(|(label, count)| (label, vec![count])).collect()
}
