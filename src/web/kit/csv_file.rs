//! CSV files: reading one that a person imports, with its characters, its columns, its rows, and the words in its cells;
//! and writing one that a spreadsheet opens.
use domain::{intake::company::Industry, prefecture::Prefecture, text::text_key};
use encoding_rs::SHIFT_JIS;

use super::upload::FormWithFiles;

/// The most rows of a file. They are taken in one transaction.
pub const MOST_ROWS: usize = 1_000;

/// The longest file. Bytes.
const LONGEST_FILE: usize = 5 * 1024 * 1024;

/// The mark without which Excel reads the file as Shift_JIS.
const BYTE_ORDER_MARK: &str = "\u{feff}";

/// The signs with which a cell would become a formula in a spreadsheet. Such a cell begins with an apostrophe.
pub const FORMULA: [char; 6] = ['=', '+', '-', '@', '\t', '\r'];

/// A column of a file: its label, the name of its field, and whether a file must have it.
pub type FileColumn = (&'static str, &'static str, bool);

/// The reason why a file cannot be read at all. The words are for the person who chose it.
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

/// One row of a file: the number of its line, of which the first is 1, and its cells with the names of their fields.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct FileRow {
    pub line: u64,
    pub cells: Vec<(&'static str, String)>,
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

/// Returns the text of the file that a form carries; `label` is what the form calls it.
pub fn of_form(form: &FormWithFiles, label: &str) -> Result<String, String> {
    match form.files.first() {
        None => Err(format!("{label}を選択してください")),
        Some(file) if file.bytes.len() > LONGEST_FILE => Err("ファイルは5MB以内にしてください".to_owned()),
        Some(file) => text(&file.bytes).map_err(|err| err.to_string()),
    }
}

/// Returns the rows of a text, of which the first line names the columns, without those that are empty.
pub fn rows(text: &str, columns: &[FileColumn]) -> Result<Vec<FileRow>, BadImportFile> {
    let mut reader = csv::ReaderBuilder::new().flexible(true).from_reader(text.as_bytes());
    let header = reader.headers().map_err(|err| unreadable(&err))?.clone();
    let field_of = |label: &str| {
        columns.iter().find(|(own, field, _)| *own == label || *field == label).map(|(_, field, _)| *field)
    };
    let names: Vec<_> = header.iter().map(|it| field_of(it.trim())).collect();
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
        let cells = names.iter().zip(record.iter());
        let cells = cells.filter_map(|(name, cell)| Some(((*name)?, cell.trim().to_owned()))).collect();
        rows.push(FileRow { line, cells });
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

/// Writes rows as a file in which no spreadsheet takes a cell for a formula.
pub fn written<'a>(
    head: impl Iterator<Item = &'a str>,
    rows: impl Iterator<Item = Vec<String>>,
) -> Result<Vec<u8>, csv::Error> {
    let mut writer = csv::WriterBuilder::new()
        .terminator(csv::Terminator::CRLF)
        .from_writer(BYTE_ORDER_MARK.as_bytes().to_vec());
    writer.write_record(head.map(safe))?;
    for row in rows {
        writer.write_record(row.iter().map(|it| safe(it)))?;
    }
    writer.into_inner().map_err(|err| csv::Error::from(err.into_error()))
}

/// Returns a cell that no spreadsheet takes for a formula.
fn safe(cell: &str) -> String {
    if cell.starts_with(FORMULA) { format!("'{cell}") } else { cell.to_owned() }
}

fn unreadable(err: &csv::Error) -> BadImportFile {
    BadImportFile::Unreadable(err.position().map_or(1, csv::Position::line))
}

/// A text with the character NUL is no text, and PostgreSQL cannot store it.
fn without_nul(text: String) -> Result<String, BadImportFile> {
    if text.contains('\0') { Err(BadImportFile::Characters) } else { Ok(text) }
}

#[cfg(test)]
mod tests {
    use super::{BadImportFile, FileColumn, MOST_ROWS, rows, text};

    const COLUMNS: [FileColumn; 2] = [("名称", "name", true), ("電話", "phone", false)];

    #[test]
    fn a_file_is_read_in_utf_8_with_and_without_its_mark_and_in_cp932() {
        let plain = "見出し①髙";
        assert_eq!(text(plain.as_bytes()).as_deref(), Ok(plain));
        assert_eq!(text(&[b"\xEF\xBB\xBF", plain.as_bytes()].concat()).as_deref(), Ok(plain));
        let (cp932, _, lost) = encoding_rs::SHIFT_JIS.encode(plain);
        assert!(!lost);
        assert_eq!(text(&cp932).as_deref(), Ok(plain));
        assert_eq!(text(b"\xFF\xFE\x00a"), Err(BadImportFile::Characters));
        assert_eq!(text(b"a\0b"), Err(BadImportFile::Characters));
    }

    #[test]
    fn rows_have_their_lines_and_the_cells_of_known_columns() {
        let found = rows("電話,名称,備考\n03, 窓口 ,x\n,,\n\"0\n6\",別の窓口\n", &COLUMNS).unwrap();
        assert_eq!(found.iter().map(|it| it.line).collect::<Vec<_>>(), [2, 4]);
        assert_eq!(found[0].cells, [("phone", "03".to_owned()), ("name", "窓口".to_owned())]);
        assert_eq!(found[1].cells, [("phone", "0\n6".to_owned()), ("name", "別の窓口".to_owned())]);
    }

    #[test]
    fn a_file_of_another_form_is_refused_with_the_reason() {
        assert_eq!(rows("電話\n03\n", &COLUMNS), Err(BadImportFile::MissingColumns("名称".to_owned())));
        assert_eq!(rows("名称\n", &COLUMNS), Err(BadImportFile::Empty));
        let many = format!("名称\n{}", "a\n".repeat(MOST_ROWS + 1));
        assert_eq!(rows(&many, &COLUMNS), Err(BadImportFile::TooManyRows(MOST_ROWS + 1)));
    }
}
