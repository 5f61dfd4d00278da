//! The monthly report of an edition as a spreadsheet and as a PDF document, with charts: with every number for the center, and
//! with the published ones for the ministries. Both are made of the edition, its indicators and the center's comment alone, so
//! that the same edition gives the same report.
use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use domain::{
    calendar::{japan_date, jst},
    field::Field,
    statistics::{
        DisplayedCount,
        figures::{FigureTable, MonthFigures, WaitKind},
        indicator::IndicatorValue,
        month::EditionMonth,
    },
    wording::{iso_date, long_date_time, thousands},
};
use rust_xlsxwriter::{ChartType, DocProperties, ExcelDateTime, Format, Workbook, Worksheet, XlsxError};

use super::{
    download::{self, XLSX},
    editions::{find, indicators, months_of_year, published, reads_published},
    published_report,
    report_chart::{bars, write_table},
};
use crate::{
    app::App,
    pdf::{Block, Document},
    problem::Problem,
    store::statistics::edition::{Edition, EditionRelease},
    web::kit::{form::Fields, session::AnyStaff},
};

/// The tables of a report of which a chart is drawn.
const CHARTS: [FigureTable; 4] =
    [FigureTable::Fields, FigureTable::Size, FigureTable::Industry, FigureTable::Prefecture];

/// The data of a report.
struct MonthlyReport {
    edition: Edition,
    release: EditionRelease,
    field: Option<Field>,
    /// The months of the fiscal year until this one, with their figures.
    months: Vec<(EditionMonth, MonthFigures)>,
    /// The figures of the fiscal year until then.
    year: MonthFigures,
    indicators: Vec<IndicatorValue>,
}

#[get("/stats/editions/{month}/report.xlsx")]
pub async fn xlsx(
    app: Data<App>,
    user: AnyStaff,
    month: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (edition, release) = find(&app, &user, &month).await?;
    let query = Fields::of_query(&req);
    let (name, body) = if reads_published(&user, &query) {
        let report = published(&app, edition, release).await?;
        (published_report::name(&report, "xlsx"), published_report::workbook(&report))
    } else {
        let report = load(&app, (edition, release), &query).await?;
        (report.name("xlsx"), report.workbook())
    };
    let body = body.map_err(|err| Problem::Internal(err.into()))?;
    Ok(download::file(XLSX, &name, body))
}

#[get("/stats/editions/{month}/report.pdf")]
pub async fn pdf(
    app: Data<App>,
    user: AnyStaff,
    month: Path<String>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let (edition, release) = find(&app, &user, &month).await?;
    let query = Fields::of_query(&req);
    let (name, document) = if reads_published(&user, &query) {
        let report = published(&app, edition, release).await?;
        (published_report::name(&report, "pdf"), published_report::document(&report))
    } else {
        let report = load(&app, (edition, release), &query).await?;
        (report.name("pdf"), report.document())
    };
    let body = document.write().map_err(|err| Problem::Internal(err.into()))?;
    Ok(download::file("application/pdf", &name, body))
}

async fn load(
    app: &App,
    (edition, release): (Edition, EditionRelease),
    query: &Fields,
) -> Result<MonthlyReport, Problem> {
    let field = Field::from_code(query.get("field"));
    let months = months_of_year(app, &edition, field).await?;
    let mut year = MonthFigures::default();
    months.iter().for_each(|(_, it)| year.add(it));
    let indicators = indicators(app, edition.month, edition.content.about(field)).await?;
    Ok(MonthlyReport { edition, release, field, months, year, indicators })
}

impl MonthlyReport {
    fn title(&self) -> String {
        format!("{}分の相談の集計", self.edition.month.label())
    }

    /// Returns the words for the consultations that are counted.
    const fn scope(&self) -> &'static str {
        match self.field {
            None => "すべての相談",
            Some(Field::Ict) => "ICTの相談（総務省。両方の分野の相談を含む）",
            Some(Field::Labor) => "労務管理の相談（厚生労働省。両方の分野の相談を含む）",
        }
    }

    fn figures(&self) -> &MonthFigures {
        self.edition.content.about(self.field)
    }

    fn comment(&self) -> &str {
        self.release
            .comment
            .as_ref()
            .map_or("センターのコメントはありません。", |it| it.text.as_str())
    }

    fn name(&self, kind: &str) -> String {
        let field = self.field.map(|it| format!("-{}", it.code())).unwrap_or_default();
        format!("report-{}{field}.{kind}", self.edition.month.code())
    }

    /// Returns the sentence about the consultations that both ministries count.
    fn double_count(&self) -> String {
        let all = &self.edition.content.all;
        let [ict, labor, both] = ["ict", "labor", "both"].map(|it| all.count(FigureTable::Fields, it));
        format!(
            "両方の分野の相談{both}件は、総務省（{}件）と厚生労働省（{}件）の両方に数えます。重なりを除くと、全体は{}件です。",
            ict + both,
            labor + both,
            ict + labor + both
        )
    }

    /// Returns the number of consultations of each month of the fiscal year until this one.
    fn received(&self) -> impl Iterator<Item = (String, DisplayedCount)> + '_ {
        let count = |it: &MonthFigures| DisplayedCount::Exact(it.sum(FigureTable::Received));
        self.months.iter().map(move |(month, it)| (month.label(), count(it)))
    }

    /// Returns the cells of a table that have a count: the label, the month and the year.
    fn rows(&self, table: FigureTable) -> Vec<(String, u64, u64)> {
        let of = |(cell, label): (String, String)| {
            (label, self.figures().count(table, &cell), self.year.count(table, &cell))
        };
        table.cells().into_iter().map(of).filter(|it| it.1 > 0 || it.2 > 0).collect()
    }

    fn waits(&self) -> Vec<(&'static str, String)> {
        let wait = |it: WaitKind| {
            let spread = self.figures().spread(it)?;
            let words = format!(
                "中央値{}営業日、90%は{}営業日以内（{}件）",
                spread.median(),
                spread.ninetieth,
                spread.n
            );
            Some((it.label(), words))
        };
        WaitKind::ALL.into_iter().filter_map(wait).collect()
    }

    /// Returns the document: the comment, the indicators, the charts and the tables.
    fn document(&self) -> Document {
        let mut blocks = vec![
            Block::Value("対象".to_owned(), self.scope().to_owned()),
            Block::Value("確定".to_owned(), long_date_time(self.edition.closed_at)),
            Block::Paragraph(self.double_count()),
            Block::Heading("センターのコメント".to_owned()),
        ];
        blocks.extend(self.comment().lines().map(|it| Block::Paragraph(it.to_owned())));
        blocks.push(Block::Heading("指標".to_owned()));
        for it in &self.indicators {
            blocks.push(Block::Value(it.label.clone(), words(it)));
        }
        blocks.extend(self.waits().into_iter().map(|(label, it)| Block::Value(label.to_owned(), it)));
        blocks.push(Block::Heading("月別の受付件数".to_owned()));
        blocks.extend(bars(self.received().collect()));
        for table in CHARTS {
            let rows = self.rows(table);
            blocks.push(Block::Heading(format!("{}（年度の累計）", table.label())));
            let year = |(label, _, year): (String, u64, u64)| (label, DisplayedCount::Exact(year));
            blocks.extend(bars(rows.into_iter().map(year).collect()));
        }
        for table in FigureTable::ALL.into_iter().filter(|it| !CHARTS.contains(it)) {
            let rows = self.rows(table);
            if rows.is_empty() {
                continue;
            }
            blocks.push(Block::Heading(table.label().to_owned()));
            let value = |(label, month, year): (String, u64, u64)| {
                Block::Value(label, format!("{}件（年度の累計{}件）", thousands(month), thousands(year)))
            };
            blocks.extend(rows.into_iter().map(value));
        }
        Document { title: self.title(), made_at: self.edition.closed_at.with_timezone(&jst()), blocks }
    }

    fn workbook(&self) -> Result<Vec<u8>, XlsxError> {
        let mut workbook = Workbook::new();
        let created = ExcelDateTime::parse_from_str(&iso_date(japan_date(self.edition.closed_at)))?;
        workbook.set_properties(&DocProperties::new().set_creation_datetime(&created));
        let bold = Format::new().set_bold();
        self.write_overview(workbook.add_worksheet().set_name("概要")?, &bold)?;
        let months: Vec<_> = self.received().map(|(label, n)| (label, vec![n])).collect();
        let sheet = workbook.add_worksheet().set_name("月別")?;
        write_table(sheet, &bold, ("月", &["受付件数"]), &months, ChartType::Column)?;
        for table in FigureTable::ALL {
            let rows = self.rows(table);
            if rows.is_empty() || table == FigureTable::Received {
                continue;
            }
            // The colon of a title is no character of a sheet's name.
            let sheet = workbook.add_worksheet().set_name(table.label().replace('：', " "))?;
            let row = |(label, month, year): (String, u64, u64)| {
                (label, [month, year].map(DisplayedCount::Exact).to_vec())
            };
            let rows: Vec<_> = rows.into_iter().map(row).collect();
            let month = self.edition.month.short();
            write_table(sheet, &bold, ("区分", &[month.as_str(), "年度の累計"]), &rows, ChartType::Bar)?;
        }
        workbook.save_to_buffer()
    }

    fn write_overview(&self, sheet: &mut Worksheet, bold: &Format) -> Result<(), XlsxError> {
        let about = [
            ("集計", self.title()),
            ("対象", self.scope().to_owned()),
            ("確定", long_date_time(self.edition.closed_at)),
            ("重なり", self.double_count()),
            ("センターのコメント", self.comment().to_owned()),
        ];
        for ((label, value), row) in about.iter().zip(0..) {
            sheet.write_with_format(row, 0, *label, bold)?.write(row, 1, value)?;
        }
        let titles = ["指標", "割合", "該当", "母数（n）", "回答なし・不明", "目標（%）", "数え方"];
        for (title, column) in titles.into_iter().zip(0..) {
            sheet.write_with_format(6, column, title, bold)?;
        }
        for (it, row) in self.indicators.iter().zip(7..) {
            sheet.write(row, 0, it.label.as_str())?.write(row, 1, it.share().unwrap_or_default())?;
            sheet.write(row, 2, it.part)?.write(row, 3, it.whole)?;
            if let Some(missing) = it.missing {
                sheet.write(row, 4, missing)?;
            }
            if let Some(target) = it.target {
                sheet.write(row, 5, target)?;
            }
            sheet.write(row, 6, it.definition.as_str())?;
        }
        // An empty row stands between the indicators and the waits.
        let after = u32::try_from(self.indicators.len()).unwrap_or_default() + 8;
        for ((label, words), row) in self.waits().into_iter().zip(after..) {
            sheet.write(row, 0, label)?.write(row, 1, words)?;
        }
        sheet.set_column_width(0, 34)?.set_column_width(1, 24)?.set_column_width(6, 60)?;
        Ok(())
    }
}

/// Returns the words for an indicator.
fn words(it: &IndicatorValue) -> String {
    let share = it.share().unwrap_or_else(|| "－".to_owned());
    let mut words = format!("{share}（{}件のうち{}件）", thousands(it.whole), thousands(it.part));
    if let Some(missing) = it.missing {
        words.push_str(&format!("、回答なし・不明{}件", thousands(missing)));
    }
    if let Some(target) = it.target {
        words.push_str(&format!("、目標{target}%"));
    }
    words
}
