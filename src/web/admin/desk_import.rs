//! Importing the desks of all prefectures from a CSV file: the choice of the file, what it contains, and taking it.
use std::collections::BTreeMap;

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    id::DeskImportId,
    intake::desk::{DeskForm, DeskProfile},
    prefecture::Prefecture,
};
use uuid::Uuid;

use super::{Tab, reference_data::HERE, tabs};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, reference::desk_import::DeskImport},
    web::kit::{
        csv_file::{self, BadImportFile, FileColumn, FileRow, MOST_ROWS},
        form::FieldErrors,
        page::{self, Shell},
        session::Administrator,
        upload::{FILES, FormWithFiles},
    },
};

/// The columns of a file.
const COLUMNS: [FileColumn; 8] = [
    ("都道府県", "prefecture", true),
    ("名称", "name", true),
    ("郵便番号", "postal_code", false),
    ("住所", "address", false),
    ("電話番号", "phone", false),
    ("受付時間", "hours", false),
    ("相談できること", "subjects", false),
    ("Webサイト", "website", false),
];

#[derive(Template)]
#[template(path = "admin/desk_import.html")]
struct DeskImportPage {
    shell: Shell,
    tabs: Vec<Tab>,
    errors: FieldErrors,
}

#[derive(Template)]
#[template(path = "admin/desk_import_preview.html")]
struct DeskPreviewPage {
    shell: Shell,
    tabs: Vec<Tab>,
    import: DeskImport,
    good: Vec<DeskRow>,
    /// The rows that cannot be taken.
    bad: Vec<DeskRow>,
}

/// One row of a file.
struct DeskRow {
    line: u64,
    name: String,
    /// The desk, or everything that is wrong with it.
    read: Result<DeskProfile, Vec<String>>,
    /// The effect of taking it.
    effect: &'static str,
}

#[get("/admin/masters/desks/import")]
pub async fn show(shell: Shell, _: Administrator) -> Result<HttpResponse, Problem> {
    page::html(&DeskImportPage { shell, tabs: tabs(HERE), errors: FieldErrors::default() })
}

/// Keeps a file, if it can be read, and shows what it contains. No desk is changed by that.
#[post("/admin/masters/desks/import")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: Administrator,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let text = errors.take(FILES, csv_file::of_form(&form));
    let text = text.filter(|it| errors.take(FILES, rows(it)).is_some());
    let (Some(text), Some(file)) = (text, form.files.first()) else {
        return page::unprocessable(&DeskImportPage { shell, tabs: tabs(HERE), errors });
    };
    let id = ops::reference::desk::keep_import(&app, &file.name, text, user.id).await?;
    Ok(page::see_other(address(id)))
}

#[get("/admin/masters/desks/import/{id}")]
pub async fn preview(
    app: Data<App>,
    shell: Shell,
    _: Administrator,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let import = find(&app, *id).await?;
    let (good, bad) = read(&app, &import).await?.into_iter().partition(|it| it.read.is_ok());
    page::html(&DeskPreviewPage { shell, tabs: tabs(HERE), import, good, bad })
}

/// Takes the rows that can be taken.
#[post("/admin/masters/desks/import/{id}/take")]
pub async fn take(app: Data<App>, _: Administrator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let import = find(&app, *id).await?;
    let rows = read(&app, &import).await?;
    let profiles: Vec<_> = rows.into_iter().filter_map(|it| it.read.ok()).collect();
    let done = ops::reference::desk::take_import(&app, import.id, &profiles).await?;
    let words = format!(
        "窓口を取り込みました。追加{}件、変更{}件、変わらないもの{}件。",
        done.added, done.changed, done.same
    );
    Ok(page::see_other_with(HERE, &words))
}

fn address(id: DeskImportId) -> String {
    format!("{HERE}/desks/import/{id}")
}

async fn find(app: &App, id: Uuid) -> Result<DeskImport, Problem> {
    store::reference::desk_import::find(&app.db, DeskImportId(id)).await?.ok_or(Problem::NotFound)
}

/// Returns the rows of a file that was not taken yet, each with its faults and its effect on the desks of today.
async fn read(app: &App, import: &DeskImport) -> Result<Vec<DeskRow>, Problem> {
    if import.taken_at.is_some() {
        return Ok(Vec::new());
    }
    let mut rows = rows(&import.content).unwrap_or_default();
    let known = store::reference::desk::all(&app.db).await?;
    for row in &mut rows {
        if let Ok(profile) = &row.read {
            row.effect = match known.iter().find(|it| it.is(profile)) {
                None => "追加",
                Some(it) if it.details == profile.details && it.name == profile.name.as_str() => "変わらない",
                Some(_) => "変更",
            };
        }
    }
    Ok(rows)
}

/// Returns the rows of a text, each with its desk or all its faults. The same desk twice is a fault of the second row.
fn rows(text: &str) -> Result<Vec<DeskRow>, BadImportFile> {
    let mut seen = BTreeMap::new();
    let mut rows: Vec<_> = csv_file::rows(text, &COLUMNS)?.iter().map(row).collect();
    for row in &mut rows {
        let Ok(profile) = &row.read else { continue };
        if let Some(first) = seen.insert(profile.key(), row.line) {
            row.read = Err(vec![format!("{first}行目と同じ窓口です")]);
        }
    }
    Ok(rows)
}

fn row(FileRow { line, cells }: &FileRow) -> DeskRow {
    let cell = |name: &str| {
        cells.iter().find(|(field, _)| *field == name).map(|(_, text)| text.clone()).unwrap_or_default()
    };
    let typed = cell("prefecture");
    let prefecture = Prefecture::all().find(|it| it.name() == typed || it.short_name() == typed);
    let form = DeskForm {
        name: cell("name"),
        prefecture: prefecture.map_or(typed, Prefecture::two_digits),
        postal_code: cell("postal_code"),
        address: cell("address"),
        phone: cell("phone"),
        hours: cell("hours"),
        subjects: cell("subjects"),
        website: cell("website"),
    };
    let read = DeskProfile::parse(&form);
    let read = read.map_err(|mistakes| mistakes.into_iter().map(|(_, message)| message).collect());
    DeskRow { line: *line, name: form.name, read, effect: "" }
}

impl DeskImportPage {
    /// Returns the labels of the columns, each with whether a file must have it.
    fn columns(&self) -> Vec<(&'static str, bool)> {
        COLUMNS.map(|(label, _, needed)| (label, needed)).to_vec()
    }
}

impl DeskPreviewPage {
    /// Returns the faults of a row.
    fn faults(row: &DeskRow) -> &[String] {
        row.read.as_ref().err().map_or(&[], Vec::as_slice)
    }

    fn action(&self) -> String {
        format!("{}/take", address(self.import.id))
    }
}

#[cfg(test)]
mod tests {
    use super::rows;

    #[test]
    fn all_faults_of_all_rows_are_found_at_once() {
        let file = "都道府県,名称,郵便番号,電話番号\n\
            秋田,秋田の窓口,010-0951,018-863-4141\n\
            火星,,1,110\n\
            秋田県,秋田の窓口,,\n\
            東京都,東京の窓口,010-0951,\n";
        let found = rows(file).unwrap();
        let faults: Vec<_> = found.iter().map(|it| it.read.as_ref().map_or_else(Vec::len, |_| 0)).collect();
        assert_eq!(faults, [0, 4, 1, 1]);
        assert_eq!(found[2].read.as_ref().unwrap_err(), &["2行目と同じ窓口です"]);
    }
}
