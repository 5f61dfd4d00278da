//! The statistics as files for further calculation.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};
use chrono::NaiveDate;
use domain::{
    calendar::japan_date,
    number::FiscalYear,
    statistics::{
        DisplayedCount, Spread,
        figures::{FigureTable, WaitKind},
        published::PublishedYear,
    },
    wording::iso_date,
};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{
    around::{self, AroundStats},
    page::{is_insider, report},
    public,
    report::Report,
    tables::{Table, TableRow},
};
use crate::{app::App, problem::Problem, web::kit::session::Visitor};

/// The mark without which Excel reads the file as Shift_JIS.
const BYTE_ORDER_MARK: char = '\u{feff}';
pub const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// One line: the table's code and title, the part's code and label, and the count.
type Line = (String, String, String, String, Value);

/// A count, or the words in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Count(DisplayedCount),
    Words(String),
}

/// The figures of a download and their filter.
struct Sheet {
    /// The day on which they were counted.
    day: NaiveDate,
    year: FiscalYear,
    field: &'static str,
    prefecture: &'static str,
    lines: Vec<Line>,
}

#[get("/stats.csv")]
pub async fn csv(app: Data<App>, req: HttpRequest, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let sheet = sheet(&app, &req, &visitor).await?;
    let mut body = String::from(BYTE_ORDER_MARK);
    body.push_str("集計日,年度,分野,都道府県,表コード,表,区分コード,区分,値\r\n");
    let year = sheet.year.start_year().to_string();
    let head = [iso_date(sheet.day), year, sheet.field.to_owned(), sheet.prefecture.to_owned()];
    for (code, title, part, label, value) in &sheet.lines {
        let own = [code, title, part, label].map(Clone::clone);
        let cells = head.iter().cloned().chain(own).chain([value.plain()]);
        body.push_str(&cells.map(|it| quoted(&it)).collect::<Vec<_>>().join(","));
        body.push_str("\r\n");
    }
    Ok(file("text/csv; charset=utf-8", &sheet.name("csv"), body.into_bytes()))
}

#[get("/stats.xlsx")]
pub async fn xlsx(app: Data<App>, req: HttpRequest, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let sheet = sheet(&app, &req, &visitor).await?;
    let body = workbook(&sheet).map_err(|err| Problem::Internal(err.into()))?;
    Ok(file(XLSX, &sheet.name("xlsx"), body))
}

/// Returns the present figures for insiders, and the published ones for any other visitor.
async fn sheet(app: &App, req: &HttpRequest, visitor: &Visitor) -> Result<Sheet, Problem> {
    if !is_insider(visitor) {
        let published = app.published_statistics().await?;
        let (year, of_year) = public::chosen(app, &published, req)?;
        let of_year = of_year.ok_or(Problem::NotFound)?;
        let (all, lines) = ("すべて", public_lines(&of_year.year));
        return Ok(Sheet { day: japan_date(of_year.closed_at), year, field: all, prefecture: all, lines });
    }
    let report = report(app, req).await?;
    let mut lines = lines(&report);
    lines.extend(around::of(app, &report.filter).await?.iter().flat_map(around_lines));
    Ok(Sheet {
        day: report.day,
        year: report.filter.year,
        field: report.filter.field.map_or("すべて", domain::field::Field::label),
        prefecture: report.filter.prefecture.map_or("すべて", domain::prefecture::Prefecture::name),
        lines,
    })
}

impl Sheet {
    fn name(&self, kind: &str) -> String {
        format!("stats-{}-{}.{kind}", self.year.start_year(), iso_date(self.day))
    }
}

impl Value {
    fn plain(&self) -> String {
        match self {
            Self::Count(DisplayedCount::Exact(count)) => count.to_string(),
            Self::Count(hidden) => hidden.to_string(),
            Self::Words(words) => words.clone(),
        }
    }
}

/// Returns a line of the totals.
fn total(part: &str, label: &str, value: Value) -> Line {
    ("total".to_owned(), "合計".to_owned(), part.to_owned(), label.to_owned(), value)
}

/// Returns the lines of a wait.
fn wait(part: &str, label: &str, spread: &Spread) -> [Line; 2] {
    let median = Value::Words(spread.median());
    let ninetieth = Value::Words(spread.ninetieth.to_string());
    [
        total(&format!("{part}_median"), &format!("{label}（中央値、営業日）"), median),
        total(&format!("{part}_p90"), &format!("{label}（90パーセンタイル、営業日）"), ninetieth),
    ]
}

/// Returns all values of the page, in its order.
fn lines(report: &Report) -> Vec<Line> {
    let exact = |it: u64| Value::Count(DisplayedCount::Exact(it));
    let mut lines = vec![
        total("received", "受付件数", exact(report.received)),
        total("companies", "企業・団体の数", exact(report.companies)),
        total("sessions", "相談の実施回数", exact(report.appointments)),
    ];
    for (part, label, spread) in [
        ("first_contact", "最初の連絡まで", report.first_contact),
        ("first_session", "最初の相談まで", report.first_appointment),
    ] {
        lines.extend(spread.iter().flat_map(|it| wait(part, label, it)));
    }
    lines.push(total("survey_sent", "アンケートの送付", exact(report.surveys.0)));
    lines.push(total("survey_answered", "アンケートの回答", exact(report.surveys.1)));
    for kpi in &report.kpis {
        if let Some((_, agreed)) = &kpi.agreed {
            lines.push(total("survey_agreed", kpi.sentence, exact(*agreed)));
        }
    }
    lines.extend(report.tables.iter().chain(&report.progress).flat_map(table_lines));
    lines
}

/// Returns the values of the events, surveys and the network, of the telework month and of the guide.
fn around_lines(around: &AroundStats) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut add = |code: &str, title: &str, part: String, label: String, count: u64| {
        let count = Value::Count(DisplayedCount::Exact(count));
        lines.push((code.to_owned(), title.to_owned(), part, label, count));
    };
    for table in &around.tables {
        for ((label, count), n) in table.rows.iter().zip(1..) {
            add(table.code, table.title, n.to_string(), (*label).to_owned(), *count);
        }
    }
    if let Some(month) = &around.campaign {
        add("month", "テレワーク月間の登録", "total".to_owned(), month.title.clone(), month.total);
        for table in &month.tables {
            let title = format!("テレワーク月間の登録（{}別）", table.title);
            for ((label, now, _), n) in table.rows.iter().zip(1..) {
                add("month", &title, n.to_string(), (*label).to_owned(), *now);
            }
        }
    }
    add("guide", "支援制度・ガイドの閲覧", "total".to_owned(), "合計".to_owned(), around.read);
    for ((title, count), n) in around.guides.iter().zip(1..) {
        add("guide", "支援制度・ガイドの閲覧", n.to_string(), title.clone(), *count);
    }
    lines
}

/// Returns all values of the public page. A table says up to which month it counts.
fn public_lines(year: &PublishedYear) -> Vec<Line> {
    let received = Value::Count(DisplayedCount::Exact(year.received()));
    let mut lines = vec![
        total("edition", "集計の月", Value::Words(year.edition.code())),
        total("received", "受付件数", received),
    ];
    for kind in WaitKind::ALL {
        lines.extend(year.spread(kind).iter().flat_map(|it| wait(kind.code(), kind.label(), it)));
    }
    for run in &year.runs {
        let cell = format!("{}/{}", run.first.code(), run.last.code());
        let count = Value::Count(run.received);
        lines.push(("month".to_owned(), "月".to_owned(), cell, run.label(), count));
    }
    for table in FigureTable::ALL {
        let Some(shown) = year.table(table) else { continue };
        let through = format!("{}（{}まで）", table.label(), shown.through.label());
        lines.extend(shown.cells.iter().map(|(code, label, count)| {
            let value = Value::Count(*count);
            (table.code().to_owned(), through.clone(), code.clone(), label.clone(), value)
        }));
    }
    lines
}

fn table_lines(table: &Table) -> Vec<Line> {
    let line = |row: &TableRow| {
        let (code, title) = (table.code.to_owned(), table.title.to_owned());
        (code, title, row.code.clone(), row.label.clone(), Value::Count(row.count))
    };
    table.rows.iter().map(line).collect()
}

fn workbook(of: &Sheet) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::parse_from_str(&iso_date(of.day))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet().set_name("利用状況")?;
    let about = [
        ("集計日", iso_date(of.day)),
        ("年度", of.year.label()),
        ("分野", of.field.to_owned()),
        ("都道府県", of.prefecture.to_owned()),
    ];
    for ((label, value), row) in about.iter().zip(0..) {
        sheet.write_with_format(row, 0, *label, &bold)?.write(row, 1, value)?;
    }
    for (title, column) in ["表", "区分", "値"].into_iter().zip(0..) {
        sheet.write_with_format(5, column, title, &bold)?;
    }
    for ((_, title, _, label, value), row) in of.lines.iter().zip(6..) {
        sheet.write(row, 0, title)?.write(row, 1, label)?;
        write(sheet, row, value)?;
    }
    sheet.set_column_width(0, 30)?.set_column_width(1, 36)?.set_column_width(2, 14)?;
    sheet.set_freeze_panes(6, 0)?;
    workbook.save_to_buffer()
}

fn write(sheet: &mut Worksheet, row: u32, value: &Value) -> Result<(), XlsxError> {
    match value {
        // A sheet stores numbers as 64-bit floats; a count is far below the values at which these become
        // inexact.
        Value::Count(DisplayedCount::Exact(count)) => sheet.write(row, 2, *count)?,
        Value::Count(_) | Value::Words(_) => sheet.write(row, 2, value.plain())?,
    };
    Ok(())
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

pub fn file(kind: &str, name: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(body)
}
