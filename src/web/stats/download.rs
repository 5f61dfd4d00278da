//! The statistics as files for further calculation.
use actix_web::{HttpRequest, HttpResponse, get, http::header, web::Data};
use domain::{statistics::DisplayedCount, wording::iso_date};
use rust_xlsxwriter::{DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{page::report, report::Report};
use crate::{app::App, problem::Problem, web::kit::session::Visitor};

/// The mark without which Excel reads the file as Shift_JIS.
const BYTE_ORDER_MARK: char = '\u{feff}';
const XLSX: &str = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet";

/// One line: the table's code and title, the part's code and label, and the count.
type Line = (String, String, String, String, Value);

/// A count, or the words in its place.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Value {
    Count(DisplayedCount),
    Words(String),
}

#[get("/stats.csv")]
pub async fn csv(app: Data<App>, req: HttpRequest, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let report = report(&app, &req, &visitor).await?;
    let mut body = String::from(BYTE_ORDER_MARK);
    let day = iso_date(report.day);
    body.push_str("集計日,年度,分野,都道府県,表コード,表,区分コード,区分,値\r\n");
    let head = [day, report.filter.year.start_year().to_string(), field(&report), place(&report)];
    for (code, title, part, label, value) in lines(&report) {
        let cells = head.iter().cloned().chain([code, title, part, label, value.plain()]);
        body.push_str(&cells.map(|it| quoted(&it)).collect::<Vec<_>>().join(","));
        body.push_str("\r\n");
    }
    Ok(file("text/csv; charset=utf-8", &name(&report, "csv"), body.into_bytes()))
}

#[get("/stats.xlsx")]
pub async fn xlsx(app: Data<App>, req: HttpRequest, visitor: Visitor) -> Result<HttpResponse, Problem> {
    let report = report(&app, &req, &visitor).await?;
    let body = workbook(&report).map_err(|err| Problem::Internal(err.into()))?;
    Ok(file(XLSX, &name(&report, "xlsx"), body))
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

/// Returns all values of the page, in its order.
fn lines(report: &Report) -> Vec<Line> {
    let mut lines = Vec::new();
    let mut total = |part: &str, label: &str, value: Value| {
        lines.push(("total".to_owned(), "合計".to_owned(), part.to_owned(), label.to_owned(), value));
    };
    total("received", "受付件数", Value::Count(report.received));
    if let Some(companies) = report.companies {
        total("companies", "企業・団体の数", Value::Count(DisplayedCount::Exact(companies)));
    }
    total("sessions", "相談の実施回数", Value::Count(report.appointments));
    for (part, label, spread) in [
        ("first_contact", "最初の連絡まで", report.first_contact),
        ("first_session", "最初の相談まで", report.first_appointment),
    ] {
        if let Some(spread) = spread {
            total(
                &format!("{part}_median"),
                &format!("{label}（中央値、営業日）"),
                Value::Words(spread.median()),
            );
            let ninetieth = Value::Words(spread.ninetieth.to_string());
            total(&format!("{part}_p90"), &format!("{label}（90パーセンタイル、営業日）"), ninetieth);
        }
    }
    total("survey_sent", "アンケートの送付", Value::Count(report.surveys.0));
    total("survey_answered", "アンケートの回答", Value::Count(report.surveys.1));
    for kpi in &report.kpis {
        if let Some((_, agreed)) = &kpi.agreed {
            total("survey_agreed", kpi.sentence, Value::Count(*agreed));
        }
    }
    for table in report.tables.iter().chain(&report.progress) {
        for row in &table.rows {
            let count = Value::Count(row.count);
            lines.push((
                table.code.to_owned(),
                table.title.to_owned(),
                row.code.clone(),
                row.label.clone(),
                count,
            ));
        }
    }
    lines
}

fn workbook(report: &Report) -> Result<Vec<u8>, XlsxError> {
    let mut workbook = Workbook::new();
    let created = ExcelDateTime::parse_from_str(&iso_date(report.day))?;
    workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
    let bold = Format::new().set_bold();
    let sheet = workbook.add_worksheet().set_name("利用状況")?;
    let about = [
        ("集計日", iso_date(report.day)),
        ("年度", report.filter.year.label()),
        ("分野", field(report)),
        ("都道府県", place(report)),
    ];
    for ((label, value), row) in about.iter().zip(0..) {
        sheet.write_with_format(row, 0, *label, &bold)?.write(row, 1, value)?;
    }
    for (title, column) in ["表", "区分", "値"].into_iter().zip(0..) {
        sheet.write_with_format(5, column, title, &bold)?;
    }
    for ((_, title, _, label, value), row) in lines(report).into_iter().zip(6..) {
        sheet.write(row, 0, title)?.write(row, 1, label)?;
        write(sheet, row, &value)?;
    }
    sheet.set_column_width(0, 18)?.set_column_width(1, 36)?.set_column_width(2, 14)?;
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

fn field(report: &Report) -> String {
    report.filter.field.map_or("すべて", domain::field::Field::label).to_owned()
}

fn place(report: &Report) -> String {
    report.filter.prefecture.map_or("すべて", domain::prefecture::Prefecture::name).to_owned()
}

fn name(report: &Report, kind: &str) -> String {
    format!("stats-{}-{}.{kind}", report.filter.year.start_year(), iso_date(report.day))
}

fn quoted(cell: &str) -> String {
    if cell.contains([',', '"', '\r', '\n']) {
        format!("\"{}\"", cell.replace('"', "\"\""))
    } else {
        cell.to_owned()
    }
}

fn file(kind: &str, name: &str, body: Vec<u8>) -> HttpResponse {
    HttpResponse::Ok()
        .content_type(kind)
        .insert_header((header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")))
        .body(body)
}
