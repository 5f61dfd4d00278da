//! Importing the desks of all prefectures from a CSV file: the choice of the file, what it contains, and taking it.
use std::collections::{BTreeMap, HashMap};

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use codes::ImportKind;
use domain::{
    id::FileImportId,
    intake::desk::{DeskForm, DeskUpdate, EMPTIED},
    prefecture::Prefecture,
};
use uuid::Uuid;

use super::{Tab, reference_data::HERE, tabs};
use crate::{
    app::App,
    ops::{self, file_import::ChosenFile},
    problem::Problem,
    store::{self, file_import::FileImport, reference::desk::Desk},
    web::kit::{
        csv_file::{self, BadImportFile, FileColumn, FileRow, MOST_ROWS},
        form::FieldErrors,
        import_view::PreviewRow,
        page::{self, Shell},
        session::Administrator,
        upload::{FILES, FormWithFiles},
    },
};

/// The key of a desk in a file and in the database.
type DeskKey = (Prefecture, String);

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
    import: FileImport,
    good: Vec<PreviewRow>,
    /// The rows that cannot be taken.
    bad: Vec<PreviewRow>,
}

/// One row of a file.
struct DeskRow {
    line: u64,
    name: String,
    /// The desk, or everything that is wrong with it.
    read: Result<DeskUpdate, Vec<String>>,
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
    let text = errors.take(FILES, csv_file::of_form(&form, "CSVファイル"));
    let text = text.filter(|it| errors.take(FILES, rows(it)).is_some());
    let (Some(text), Some(file)) = (text, form.files.first()) else {
        return page::unprocessable(&DeskImportPage { shell, tabs: tabs(HERE), errors });
    };
    let chosen =
        ChosenFile { kind: ImportKind::Desk, campaign: None, name: file.name.clone(), content: text };
    let id = ops::file_import::keep(&app, chosen, user.id).await?;
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
    let known = store::reference::desk::all(&app.db).await?;
    let known: HashMap<_, _> = known.iter().map(|it| (it.key(), it)).collect();
    let rows = read(&import).into_iter().map(|it| PreviewRow {
        line: it.line,
        name: it.name,
        remark: it.read.as_ref().map(|it| effect(it, &known)).unwrap_or_default(),
        faults: it.read.err().unwrap_or_default(),
    });
    let (good, bad) = rows.partition(|it| it.faults.is_empty());
    page::html(&DeskPreviewPage { shell, tabs: tabs(HERE), import, good, bad })
}

/// Takes the rows that can be taken.
#[post("/admin/masters/desks/import/{id}/take")]
pub async fn take(app: Data<App>, _: Administrator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let import = find(&app, *id).await?;
    let updates: Vec<_> = read(&import).into_iter().filter_map(|it| it.read.ok()).collect();
    let done = ops::reference::desk::take_import(&app, import.id, &updates).await?;
    let words = format!(
        "窓口を取り込みました。追加{}件、変更{}件、変わらないもの{}件。",
        done.added, done.changed, done.same
    );
    Ok(page::see_other_with(HERE, &words))
}

fn address(id: FileImportId) -> String {
    format!("{HERE}/desks/import/{id}")
}

async fn find(app: &App, id: Uuid) -> Result<FileImport, Problem> {
    store::file_import::find(&app.db, ImportKind::Desk, FileImportId(id)).await?.ok_or(Problem::NotFound)
}

/// Returns the rows of a file that was not taken yet.
fn read(import: &FileImport) -> Vec<DeskRow> {
    match import.taken_at {
        Some(_) => Vec::new(),
        None => rows(&import.content).unwrap_or_default(),
    }
}

/// Returns the effect of a row on the desks of today, with the values that it empties.
fn effect(update: &DeskUpdate, known: &HashMap<DeskKey, &Desk>) -> String {
    let Some(desk) = known.get(&update.profile.key()) else { return "追加".to_owned() };
    if desk.is_as(&update.applied(&desk.details)) {
        return "変わらない".to_owned();
    }
    let labels =
        COLUMNS.iter().filter(|(_, name, _)| update.emptied.contains(name)).map(|(label, ..)| *label);
    match labels.collect::<Vec<_>>() {
        none if none.is_empty() => "変更".to_owned(),
        labels => format!("変更。{}を空にします", labels.join("、")),
    }
}

/// Returns the rows of a text, each with its desk or all its faults. The same desk twice is a fault of the second row.
fn rows(text: &str) -> Result<Vec<DeskRow>, BadImportFile> {
    let mut seen = BTreeMap::new();
    let mut rows: Vec<_> = csv_file::rows(text, &COLUMNS)?.iter().map(row).collect();
    for row in &mut rows {
        let Ok(update) = &row.read else { continue };
        if let Some(first) = seen.insert(update.profile.key(), row.line) {
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
    let name = cell("name");
    let form = DeskForm {
        name: name.clone(),
        prefecture: prefecture.map_or(typed, Prefecture::two_digits),
        postal_code: cell("postal_code"),
        address: cell("address"),
        phone: cell("phone"),
        hours: cell("hours"),
        subjects: cell("subjects"),
        website: cell("website"),
    };
    let read = DeskUpdate::parse(form);
    let read = read.map_err(|mistakes| mistakes.into_iter().map(|(_, message)| message).collect());
    DeskRow { line: *line, name, read }
}

impl DeskPreviewPage {
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
