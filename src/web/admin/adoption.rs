//! Importing figures about the adoption of telework from a CSV file: the choice of the file, what it contains, and undoing
//! it.
use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use codes::ImportKind;
use domain::{
    id::FileImportId,
    statistics::adoption::{AdoptionFigure, AdoptionForm, LoadedFigure, current, shipped},
};
use uuid::Uuid;

use super::{Tab, tabs};
use crate::{
    app::App,
    ops::{self, file_import::ChosenFile},
    problem::Problem,
    store::{
        file_import::{self, FileImport},
        statistics::adoption,
    },
    web::kit::{
        csv_file::{self, BadImportFile, FileColumn, FileRow, MOST_ROWS},
        form::FieldErrors,
        page::{self, Shell},
        session::Administrator,
        upload::{FILES, FormWithFiles},
    },
};

/// The address of this page.
const HERE: &str = "/admin/figures";

/// The number of earlier imports that are listed.
const SHOWN: u64 = 20;

/// The columns of a file.
const COLUMNS: [FileColumn; 11] = [
    ("調査の名称", "survey", true),
    ("調査年", "year", true),
    ("速報・確報", "stage", false),
    ("時点", "as_of", false),
    ("集計の軸", "dimension", true),
    ("区分", "category", false),
    ("母数の説明", "base", true),
    ("企業数（n）", "companies", false),
    ("導入率（%）", "rate", false),
    ("出典の名称", "source_title", true),
    ("出典のアドレス", "source_address", true),
];

#[derive(Template)]
#[template(path = "admin/adoption.html")]
struct AdoptionPage {
    shell: Shell,
    tabs: Vec<Tab>,
    errors: FieldErrors,
    earlier: Vec<(FileImport, u64)>,
}

#[derive(Template)]
#[template(path = "admin/adoption_preview.html")]
struct AdoptionPreviewPage {
    shell: Shell,
    tabs: Vec<Tab>,
    import: FileImport,
    good: Vec<AdoptionRow>,
    /// The rows that cannot be taken.
    bad: Vec<AdoptionRow>,
    /// The number of figures that came of it, if it was taken.
    taken: u64,
}

/// One row of a file.
struct AdoptionRow {
    line: u64,
    name: String,
    /// The figure, or everything that is wrong with it.
    read: Result<AdoptionFigure, Vec<String>>,
    /// The effect of taking it.
    effect: &'static str,
}

#[get("/admin/figures")]
pub async fn show(app: Data<App>, shell: Shell, _: Administrator) -> Result<HttpResponse, Problem> {
    page::html(&adoption_page(&app, shell, FieldErrors::default()).await?)
}

/// Keeps a file, if it can be read, and shows what it contains. No figure changes by that.
#[post("/admin/figures")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: Administrator,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let text = errors.take(FILES, csv_file::of_form(&form, "CSVファイル"));
    let text = text.filter(|it| errors.take(FILES, rows(it)).is_some());
    let (Some(text), Some(file)) = (text, form.files.first()) else {
        return page::unprocessable(&adoption_page(&app, shell, errors).await?);
    };
    let chosen =
        ChosenFile { kind: ImportKind::Figures, campaign: None, name: file.name.clone(), content: text };
    let id = ops::file_import::keep(&app, chosen, user.id).await?;
    Ok(page::see_other(address(id)))
}

#[get("/admin/figures/{id}")]
pub async fn preview(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let import = find(&app, *id).await?;
    let taken = adoption::count(&app.db, import.id).await?;
    let (good, bad) = read(&app, &import).await?.into_iter().partition(|it| it.read.is_ok());
    page::html(&AdoptionPreviewPage { shell, tabs: tabs(HERE), import, good, bad, taken })
}

/// Takes the rows that can be taken.
#[post("/admin/figures/{id}/take")]
pub async fn take(app: Data<App>, _: Administrator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let import = find(&app, *id).await?;
    let figures: Vec<_> = read(&app, &import).await?.into_iter().filter_map(|it| it.read.ok()).collect();
    ops::statistics::adoption::take(&app, import.id, &figures).await?;
    Ok(page::see_other_with(address(import.id), &format!("{}件を取り込みました。", figures.len())))
}

#[post("/admin/figures/{id}/undo")]
pub async fn undo(app: Data<App>, _: Administrator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = FileImportId(*id);
    let count = ops::statistics::adoption::undo(&app, id).await?;
    let words = format!(
        "取込みを取り消しました。削除{count}件。前に登録していた値があるものは、その値に戻りました。"
    );
    Ok(page::see_other_with(address(id), &words))
}

fn address(id: FileImportId) -> String {
    format!("{HERE}/{id}")
}

async fn find(app: &App, id: Uuid) -> Result<FileImport, Problem> {
    file_import::find(&app.db, ImportKind::Figures, FileImportId(id)).await?.ok_or(Problem::NotFound)
}

async fn adoption_page(app: &App, shell: Shell, errors: FieldErrors) -> Result<AdoptionPage, Problem> {
    let mut earlier = Vec::new();
    for it in file_import::newest(&app.db, ImportKind::Figures, None, SHOWN).await? {
        let count = adoption::count(&app.db, it.id).await?;
        earlier.push((it, count));
    }
    Ok(AdoptionPage { shell, tabs: tabs(HERE), errors, earlier })
}

/// Returns the rows of a file that was not taken yet, each with its faults and its effect on the figures of today.
async fn read(app: &App, import: &FileImport) -> Result<Vec<AdoptionRow>, Problem> {
    if import.taken_at.is_some() {
        return Ok(Vec::new());
    }
    let mut rows = rows(&import.content).unwrap_or_default();
    let shipped = shipped().into_iter().map(|figure| LoadedFigure { figure, loaded: None });
    let known = current(shipped.chain(adoption::all(&app.db).await?).collect());
    for row in &mut rows {
        let Ok(figure) = &row.read else { continue };
        row.effect = match known.iter().find(|it| it.figure.key() == figure.key()) {
            None => "追加",
            Some(it) if it.figure == *figure => "変わらない",
            Some(_) => "変更",
        };
    }
    Ok(rows)
}

/// Returns the rows of a text, each with its figure or all its faults. The same figure twice is a fault of the second row.
fn rows(text: &str) -> Result<Vec<AdoptionRow>, BadImportFile> {
    let mut seen = BTreeMap::new();
    let mut rows: Vec<_> = csv_file::rows(text, &COLUMNS)?.iter().map(row).collect();
    for row in &mut rows {
        let Ok(figure) = &row.read else { continue };
        if let Some(first) = seen.insert(figure.key(), row.line) {
            row.read = Err(vec![format!("{first}行目と同じ調査年・区分です")]);
        }
    }
    Ok(rows)
}

fn row(FileRow { line, cells }: &FileRow) -> AdoptionRow {
    let cell = |name: &str| {
        cells.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let form = AdoptionForm {
        survey: cell("survey"),
        year: cell("year"),
        stage: cell("stage"),
        as_of: cell("as_of"),
        dimension: cell("dimension"),
        category: cell("category"),
        base: cell("base"),
        companies: cell("companies"),
        rate: cell("rate"),
        source_title: cell("source_title"),
        source_address: cell("source_address"),
    };
    let read = AdoptionFigure::parse(&form);
    let read = read.map_err(|mistakes| mistakes.into_iter().map(|(_, message)| message).collect());
    let name = [form.year, form.dimension, form.category].join(" ");
    AdoptionRow { line: *line, name: name.trim().to_owned(), read, effect: "" }
}

impl AdoptionPage {
    /// Returns the labels of the columns, each with whether a file must have it.
    fn columns(&self) -> Vec<(&'static str, bool)> {
        COLUMNS.map(|(label, _, needed)| (label, needed)).to_vec()
    }
}

impl AdoptionPreviewPage {
    /// Returns the faults of a row.
    fn faults(row: &AdoptionRow) -> &[String] {
        row.read.as_ref().err().map_or(&[], Vec::as_slice)
    }

    fn action(&self, act: &str) -> String {
        format!("{}/{act}", address(self.import.id))
    }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn all_faults_of_all_rows_are_found_at_once() {
        let file = "調査の名称,調査年,速報・確報,集計の軸,区分,母数の説明,企業数（n）,導入率（%）,出典の名称,出典のアドレス\n\
            令和6年調査,2024,確報,地域,東北,100人以上,120,31.5,報告書,https://www.example.go.jp/\n\
            令和6年調査,令和6,確報,地域,中部,100人以上,,1000,報告書,\n\
            令和6年調査,2024,確報,地域,東北,100人以上,120,32.0,報告書,https://www.example.go.jp/\n\
            経済センサス,2021,,企業数（従業者規模）,20人未満,全企業,3000000,,集計表,https://www.example.go.jp/\n";
        let found = rows(file).unwrap();
        let faults: Vec<_> = found.iter().map(|it| it.read.as_ref().map_or_else(Vec::len, |_| 0)).collect();
        assert_eq!(faults, [0, 4, 1, 0]);
        assert_eq!(found[2].read.as_ref().unwrap_err(), &["2行目と同じ調査年・区分です"]);
    }
}
