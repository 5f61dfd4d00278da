//! Reading a file of examples: its columns, and its rows with all their faults.
use chrono::NaiveDate;
use domain::{
    publication::{PublicationKind, example::Field},
    text::text_key,
};

use super::{form, import_row::ImportRow};
use crate::{
    ops::publication::import::ImportedContent,
    store::reference::programme::Theme,
    web::kit::{
        csv_file::{self, BadImportFile, FileColumn, FileRow, industry_code, parts, prefecture_code},
        form::{FieldErrors, Fields},
    },
};

/// The columns of a file, each with the name of its field, and whether a file must have it.
pub const COLUMNS: [FileColumn; 19] = [
    ("見出し", "title", true),
    ("企業・団体", "organization", true),
    ("業種", "industry", true),
    ("都道府県", "prefecture", false),
    ("従業員数", "employees", false),
    ("年", "year", true),
    ("取組の要約", "summary", true),
    ("効果の要点", "key_effect", false),
    ("導入前の状況", "before", false),
    ("取り組んだこと", "measures", true),
    ("効果", "effects", false),
    ("分野", "field", false),
    ("テーマ", "theme", false),
    ("担当者の言葉", "quotation", false),
    ("話した人の役割", "quoted", false),
    ("表彰の名称", "award", false),
    ("くわしい資料", "link", false),
    ("出典", "source", true),
    ("補足の本文", "body", false),
];

/// Returns the rows of a text, each with its content or all its faults.
pub fn rows(text: &str, themes: &[Theme], today: NaiveDate) -> Result<Vec<ImportRow>, BadImportFile> {
    let rows = csv_file::rows(text, &COLUMNS)?;
    Ok(rows.into_iter().map(|it| row(&it, themes, today)).collect())
}

fn row(FileRow { line, cells }: &FileRow, themes: &[Theme], today: NaiveDate) -> ImportRow {
    let (mut form, mut faults) = (Fields::default(), Vec::new());
    for (name, cell) in cells {
        add(name, cell, themes, &mut form, &mut faults);
    }
    let mut errors = FieldErrors::default();
    let content = form::parse(PublicationKind::Example, &form, themes, today, &mut errors);
    faults.extend(errors.iter().map(|it| it.message.clone()));
    let content = content.map(|content| ImportedContent { content, period: None });
    ImportRow::new(*line, form.get("title"), content, faults)
}

/// Adds a cell to the form of an example. Words become the codes that the form has.
fn add(name: &str, cell: &str, themes: &[Theme], form: &mut Fields, faults: &mut Vec<String>) {
    let is_like = |label: &str, typed: &str| text_key(label) == text_key(typed);
    match name {
        "prefecture" => form.add(name, prefecture_code(cell)),
        "industry" => form.add(name, industry_code(cell)),
        "field" => {
            for part in parts(cell) {
                let named = Field::ALL.into_iter().find(|it| it.code() == part || is_like(it.label(), part));
                match named {
                    Some(it) => form.add(name, it.code()),
                    None => faults.push(format!("分野「{part}」は、ICTか労務管理にしてください")),
                }
            }
        }
        "theme" => {
            for part in parts(cell) {
                match themes.iter().find(|it| it.code == part || is_like(&it.label, part)) {
                    Some(it) => form.add(name, it.code.clone()),
                    None => faults.push(format!("テーマ「{part}」は、登録されていません")),
                }
            }
        }
        _ => form.add(name, cell),
    }
}

#[cfg(test)]
mod tests {
    use chrono::NaiveDate;

    use super::{BadImportFile, rows};
    use crate::web::kit::csv_file::MOST_ROWS;

    const HEAD: &str = "見出し,企業・団体,業種,都道府県,年,取組の要約,取り組んだこと,出典\n";

    fn today() -> NaiveDate {
        "2026-11-20".parse().unwrap()
    }

    #[test]
    fn words_and_codes_are_understood_and_every_fault_of_a_row_is_told() {
        let file = format!(
            "{HEAD}よい例,見本社,\"農業，林業\",秋田,2025,要約,\"一行目\n二行目\",資料\n,見本社,宇宙業,13,25,,何か,資料\n"
        );
        let rows = rows(&file, &[], today()).unwrap();
        assert_eq!(rows.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 4]);
        assert!(rows[0].read.is_ok(), "{:?}", rows[0].read);
        let faults = rows[1].read.as_ref().unwrap_err().join("／");
        for words in ["見出しを入力", "業種を選択", "年は、1990", "取組の要約を入力"] {
            assert!(faults.contains(words), "{faults}");
        }
    }

    #[test]
    fn a_file_that_is_no_list_of_examples_is_refused_with_the_reason() {
        let of = |file: &str| rows(file, &[], today()).map(|it| it.len());
        assert!(matches!(of("a,b\n1,2\n"), Err(BadImportFile::MissingColumns(it)) if it.contains("見出し")));
        assert_eq!(of(HEAD), Err(BadImportFile::Empty));
        let many = format!("{HEAD}{}", "a,b,E,,2025,c,d,e\n".repeat(MOST_ROWS + 1));
        assert_eq!(of(&many), Err(BadImportFile::TooManyRows(MOST_ROWS + 1)));
    }
}
