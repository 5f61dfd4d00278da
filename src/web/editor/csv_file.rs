//! Reading files of rows: their characters, their columns, and their cells.
use domain::{intake::company::Industry, prefecture::Prefecture, text::text_key};
use encoding_rs::SHIFT_JIS;

use crate::web::kit::upload::FormWithFiles;

/// The most rows of a file. They are taken in one transaction.
pub const MOST_ROWS: usize = 1_000;

/// The longest file, in bytes.
const LONGEST_FILE: usize = 5 * 1024 * 1024;

/// A column: its label, the name of its field, and whether a file must have it.
pub type Column = (&'static str, &'static str, bool);

/// One row of a file: the cells of the known columns, by the names of their fields.
#[derive(Clone, Debug)]
pub struct CsvRow {
    /// The number of its line in the file; the first is 1.
    pub line: u64,
    pub cells: Vec<(&'static str, String)>,
}

/// The reason why a file cannot be read at all. The words are for the editor.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum BadImportFile {
    #[error("文字コードを読み取れませんでした。UTF-8かShift_JIS（CP932）のCSVファイルにしてください")]
    Characters,
    #[error("1行目に、次の列がありません：{0}")]
    MissingColumns(String),
    #[error("行がありません。2行目から、1行に1件ずつ書いてください")]
    Empty,
    #[error("一度に取り込めるのは{MOST_ROWS}行までです。ファイルを分けてください（現在{0}行）")]
    TooManyRows(usize),
    #[error("CSVとして読み取れませんでした（{0}行目の近く）")]
    Unreadable(u64),
}

/// Returns the text of a file in UTF-8, with or without a byte order mark, or in CP932.
pub fn text(bytes: &[u8]) -> Result<String, BadImportFile> {
    let without_mark = bytes.strip_prefix(b"\xEF\xBB\xBF").unwrap_or(bytes);
    if let Ok(text) = std::str::from_utf8(without_mark) {
        return Ok(text.to_owned()).and_then(without_nul);
    }
    let (text, has_errors) = SHIFT_JIS.decode_without_bom_handling(bytes);
    if has_errors { Err(BadImportFile::Characters) } else { without_nul(text.into_owned()) }
}

/// Returns the rows of a text. Cells of other columns are left out, and so are empty rows.
pub fn rows(text: &str, columns: &[Column]) -> Result<Vec<CsvRow>, BadImportFile> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|err| unreadable(&err))?.clone();
    let names: Vec<_> = header.iter().map(|it| field_of(it.trim(), columns)).collect();
    let missing = columns.iter().filter(|(_, field, needed)| *needed && !names.contains(&Some(*field)));
    let missing: Vec<_> = missing.map(|(label, ..)| *label).collect();
    if !missing.is_empty() {
        return Err(BadImportFile::MissingColumns(missing.join("、")));
    }
    let mut rows = Vec::new();
    for record in reader.records() {
        let record = record.map_err(|err| unreadable(&err))?;
        if record.iter().all(|it| it.trim().is_empty()) {
            continue;
        }
        let line = record.position().map_or(0, csv::Position::line);
        let named = names.iter().zip(record.iter());
        let cells = named.filter_map(|(name, cell)| Some(((*name)?, cell.trim().to_owned())));
        rows.push(CsvRow { line, cells: cells.collect() });
    }
    match rows.len() {
        0 => Err(BadImportFile::Empty),
        count if count > MOST_ROWS => Err(BadImportFile::TooManyRows(count)),
        _ => Ok(rows),
    }
}

/// Returns the code of a prefecture that is named in a cell; the cell itself if it names none.
pub fn prefecture_code(cell: &str) -> String {
    let named = Prefecture::all().find(|it| it.name() == cell || it.short_name() == cell);
    named.map_or_else(|| cell.to_owned(), Prefecture::two_digits)
}

/// Returns the code of an industry that is named in a cell; the cell itself if it names none.
pub fn industry_code(cell: &str) -> String {
    let plain = |text: &str| text_key(text).replace([',', '、'], "");
    let named = Industry::ALL.into_iter().find(|it| plain(it.label()) == plain(cell));
    named.map_or_else(|| cell.to_owned(), |it| it.code().to_owned())
}

/// Returns the values of a cell with several. A label may itself have 「・」, but none of these.
pub fn parts(cell: &str) -> impl Iterator<Item = &str> {
    cell.split(['、', ';', '；', '\n']).map(str::trim).filter(|it| !it.is_empty())
}

fn field_of(label: &str, columns: &[Column]) -> Option<&'static str> {
    columns.iter().find(|(own, field, _)| *own == label || *field == label).map(|(_, field, _)| *field)
}

fn unreadable(err: &csv::Error) -> BadImportFile {
    BadImportFile::Unreadable(err.position().map_or(1, csv::Position::line))
}

/// A text with the character NUL is no text, and PostgreSQL cannot store it.
fn without_nul(text: String) -> Result<String, BadImportFile> {
    if text.contains('\0') { Err(BadImportFile::Characters) } else { Ok(text) }
}

/// Returns the text of the file that a form carries.
pub fn of_form(form: &FormWithFiles) -> Result<String, String> {
    match form.files.first() {
        None => Err("CSVファイルを選択してください".to_owned()),
        Some(file) if file.bytes.len() > LONGEST_FILE => Err("ファイルは5MB以内にしてください".to_owned()),
        Some(file) => text(&file.bytes).map_err(|err| err.to_string()),
    }
}
