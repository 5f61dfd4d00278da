//! The tables of a report with their charts, in a spreadsheet and in a document. A hidden count has words and no bar.
use domain::statistics::DisplayedCount;
use rust_xlsxwriter::{Chart, ChartType, Format, Worksheet, XlsxError};

use crate::pdf::Block;

/// Returns the words for a count: 「12件」 or 「非公表」.
pub fn words(count: DisplayedCount) -> String {
    match count {
        DisplayedCount::Exact(_) | DisplayedCount::Few => format!("{count}件"),
        DisplayedCount::Withheld => count.to_string(),
    }
}

/// Returns a chart of counts: bars that begin at zero.
pub fn bars(rows: Vec<(String, DisplayedCount)>) -> Vec<Block> {
    let exact = |it: DisplayedCount| it.exact().unwrap_or(0);
    let longest = rows.iter().map(|it| exact(it.1)).max().unwrap_or(0).max(1);
    let share = |n: u64| f32::from(u16::try_from(n * 1000 / longest).unwrap_or(1000)) / 1000.0;
    let bar = |(label, count): (String, DisplayedCount)| Block::Bar {
        label,
        value: words(count),
        share: share(exact(count)),
    };
    rows.into_iter().map(bar).collect()
}

/// Writes a table with a chart of its last column of counts beside it.
pub fn write_table(
    sheet: &mut Worksheet,
    bold: &Format,
    (first, titles): (&str, &[&str]),
    rows: &[(String, Vec<DisplayedCount>)],
    chart: ChartType,
) -> Result<(), XlsxError> {
    sheet.write_with_format(0, 0, first, bold)?;
    for (title, column) in titles.iter().zip(1..) {
        sheet.write_with_format(0, column, *title, bold)?;
    }
    for ((label, counts), row) in rows.iter().zip(1..) {
        sheet.write(row, 0, label)?;
        for (count, column) in counts.iter().zip(1..) {
            match count.exact() {
                Some(exact) => sheet.write(row, column, exact)?,
                None => sheet.write(row, column, count.to_string())?,
            };
        }
    }
    sheet.set_column_width(0, 36)?.set_freeze_panes(1, 0)?;
    let last = u32::try_from(rows.len()).unwrap_or(1).max(1);
    let (name, column) = (sheet.name(), u16::try_from(titles.len()).unwrap_or(1));
    let mut chart = Chart::new(chart);
    chart
        .add_series()
        .set_categories((name.as_str(), 1, 0, last, 0))
        .set_values((name.as_str(), 1, column, last, column))
        .set_name((name.as_str(), 0, column));
    chart.title().set_name(&name);
    chart.y_axis().set_min(0.0);
    sheet.insert_chart(1, column + 2, &chart)?;
    Ok(())
}
