//! Reading a file of news: its columns, and its rows with all their faults.
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    calendar::at_japan,
    intake::application::TICKED,
    publication::{Period, PublicationKind, news::NewsCategory},
    text::text_key,
};

use super::{
    form,
    import_row::{FileContext, ImportRow},
};
use crate::{
    ops::publication::import::ImportedContent,
    web::kit::{
        csv_file::{self, BadImportFile, FileColumn, FileRow},
        date_form,
        form::{FieldErrors, Fields},
    },
};

/// The columns of a file, each with the name of its field, and whether a file must have it.
pub const COLUMNS: [FileColumn; 7] = [
    ("見出し", "title", true),
    ("分類", "category", true),
    ("本文", "body", true),
    ("公開開始", "from", false),
    ("公開終了", "until", false),
    ("先頭に固定", "pinned", false),
    ("関連ページ", "related", false),
];

/// The words of a cell that is ticked.
const YES: [&str; 4] = ["はい", "○", "1", "する"];

/// Returns the rows of a text, each with its content or all its faults.
pub fn rows(text: &str, context: &FileContext<'_>) -> Result<Vec<ImportRow>, BadImportFile> {
    Ok(csv_file::rows(text, &COLUMNS)?.iter().map(|it| row(it, context)).collect())
}

fn row(FileRow { line, cells }: &FileRow, context: &FileContext<'_>) -> ImportRow {
    let (mut form, mut errors) = (Fields::default(), FieldErrors::default());
    let (mut from, mut until) = (None, None);
    for (name, cell) in cells {
        match *name {
            "category" => form.add(*name, category_code(cell)),
            "pinned" if YES.contains(&cell.as_str()) => form.add(*name, TICKED),
            "pinned" => {}
            "from" if !cell.is_empty() => from = errors.take("from", instant("公開開始", cell, at_midnight)),
            "until" if !cell.is_empty() => {
                until = errors.take("until", instant("公開終了", cell, at_day_end));
            }
            _ => form.add(*name, cell),
        }
    }
    if from.is_none() && until.is_some() {
        errors.add("from", "公開終了を書くときは、公開開始も書いてください");
    }
    let period = from.map(|from| Period::new(from, until)).transpose();
    let period = errors.take("until", period);
    let content = form::parse(PublicationKind::News, &form, context.themes, context.today, &mut errors);
    let imported = content.zip(period).map(|(content, period)| ImportedContent { content, period });
    let faults = errors.iter().map(|it| it.message.clone()).collect();
    ImportRow::new(*line, form.get("title"), imported, faults)
}

/// Returns the code of a category that is named in a cell; the cell itself if it names none.
fn category_code(cell: &str) -> String {
    let named = NewsCategory::ALL.into_iter().find(|it| text_key(it.label()) == text_key(cell));
    named.map_or_else(|| cell.to_owned(), |it| it.code().to_owned())
}

/// Parses a date with or without a time of day in Japan: 「2026/12/1」, 「2026-12-01 9:00」.
fn instant(label: &str, cell: &str, of_day: fn(NaiveDate) -> DateTime<Utc>) -> Result<DateTime<Utc>, String> {
    let wrong = |_| format!("{label}は、「2026/12/1」か「2026/12/1 9:00」のように書いてください");
    let Some((date, time)) = cell.split_once([' ', '　', 'T']) else {
        return date_form::iso(cell).map(of_day).map_err(wrong);
    };
    let date = date_form::iso(date).map_err(wrong)?;
    let (hour, minute) = date_form::time(time).map_err(wrong)?;
    Ok(at_japan(date, hour, minute))
}

fn at_midnight(day: NaiveDate) -> DateTime<Utc> {
    at_japan(day, 0, 0)
}

/// Returns the instant at which a day is over.
fn at_day_end(day: NaiveDate) -> DateTime<Utc> {
    at_japan(day.succ_opt().unwrap_or(day), 0, 0)
}

#[cfg(test)]
mod tests {
    use std::collections::HashMap;

    use super::{FileContext, rows};

    #[test]
    fn periods_and_categories_are_read_and_every_fault_of_a_row_is_told() {
        let context =
            FileContext { themes: &[], today: "2026-11-20".parse().unwrap(), known_grants: HashMap::new() };
        let file = "見出し,分類,本文,公開開始,公開終了,先頭に固定\n\
            休業,お知らせ,本文です,2026/12/1 9:00,2026-12-31,はい\n\
            ,天気,,12月1日,2026-12-31,\n\
            逆,notice,本文,2026-12-31,2026-12-01,\n";
        let rows = rows(file, &context).unwrap();
        let period = rows[0].read.as_ref().unwrap().period.unwrap();
        assert_eq!(period.from(), "2026-12-01T00:00:00Z".parse::<chrono::DateTime<chrono::Utc>>().unwrap());
        assert_eq!(period.until(), Some("2026-12-31T15:00:00Z".parse().unwrap()));
        let faults = rows[1].read.as_ref().unwrap_err().join("／");
        for words in ["見出しを入力", "分類を選択", "本文を入力", "公開開始は"] {
            assert!(faults.contains(words), "{words}: {faults}");
        }
        assert!(rows[2].read.as_ref().unwrap_err()[0].contains("公開を終える日時は"));
    }
}
