//! Importing examples from a CSV file: the choice of the file, what it contains, and undoing it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{calendar::japan_date, id::ExampleImportId, publication::PublicationKind};
use uuid::Uuid;

use super::{
    import_file::{self, COLUMNS, ImportRow},
    list,
};
use crate::{
    app::App,
    ops::{self, publication::import::TakenAs},
    problem::Problem,
    store::{self, publication::import::ExampleImport},
    web::kit::{
        csv_file::{self, MOST_ROWS},
        form::{FieldErrors, Fields},
        page::{self, Shell},
        session::EditorUser,
        upload::{FILES, FormWithFiles},
    },
};

/// The number of earlier imports that are listed.
const SHOWN: u64 = 20;

#[derive(Template)]
#[template(path = "editor/import.html")]
struct ImportPage {
    shell: Shell,
    errors: FieldErrors,
    earlier: Vec<(ExampleImport, u64)>,
}

#[derive(Template)]
#[template(path = "editor/import_preview.html")]
struct ImportPreviewPage {
    shell: Shell,
    import: ExampleImport,
    good: Vec<ImportRow>,
    /// The rows that cannot be taken.
    bad: Vec<ImportRow>,
    /// The examples that came of it, if it was taken.
    taken: u64,
}

#[get("/staff/publish/cases/import")]
pub async fn show(app: Data<App>, shell: Shell, _: EditorUser) -> Result<HttpResponse, Problem> {
    page::html(&import_page(&app, shell, FieldErrors::default()).await?)
}

/// Keeps a file, if it can be read, and shows what it contains. Nothing is published by that.
#[post("/staff/publish/cases/import")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let today = japan_date(app.clock.now());
    let themes = &app.programme_to_show().await?.themes;
    let text = errors.take(FILES, csv_file::of_form(&form));
    let text = text.filter(|it| errors.take(FILES, import_file::rows(it, themes, today)).is_some());
    let (Some(text), Some(file)) = (text, form.files.first()) else {
        return page::unprocessable(&import_page(&app, shell, errors).await?);
    };
    let id = ops::publication::import::keep(&app, &file.name, text, user.id).await?;
    Ok(page::see_other(address(id)))
}

#[get("/staff/publish/cases/import/{id}")]
pub async fn preview(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let id = ExampleImportId(*id);
    let import = store::publication::import::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let taken = store::publication::import::count(&app.db, id).await?;
    let (good, bad) = rows(&app, &import).await?.into_iter().partition(|it| it.read.is_ok());
    page::html(&ImportPreviewPage { shell, import, good, bad, taken })
}

/// Takes the rows that can be taken.
#[post("/staff/publish/cases/import/{id}/take")]
pub async fn take(
    app: Data<App>,
    user: EditorUser,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = ExampleImportId(*id);
    let taken = match form.get("as") {
        "drafts" => TakenAs::Drafts,
        "published" => TakenAs::Published,
        _ => return Err(Problem::Unreadable),
    };
    let import = store::publication::import::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let contents = rows(&app, &import).await?.into_iter().filter_map(|it| it.read.ok()).collect();
    let count = ops::publication::import::take(&app, id, contents, taken, user.id).await?;
    let words = match taken {
        TakenAs::Drafts => format!("{count}件を下書きとして取り込みました。まだ公開していません。"),
        TakenAs::Published => format!("{count}件を取り込み、公開しました。"),
    };
    Ok(page::see_other_with(address(id), &words))
}

#[post("/staff/publish/cases/import/{id}/undo")]
pub async fn undo(app: Data<App>, user: EditorUser, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let id = ExampleImportId(*id);
    let it = ops::publication::import::undo(&app, id, user.id).await?;
    let words = format!(
        "取込みを取り消しました。下書きの削除{}件、公開の終了{}件、編集済みのため残したもの{}件。",
        it.deleted, it.ended, it.left
    );
    Ok(page::see_other_with(address(id), &words))
}

fn address(id: ExampleImportId) -> String {
    format!("{}/import/{id}", list::address(PublicationKind::Example))
}

/// Returns the rows of a file that was not taken yet. They are read anew, because themes may have changed meanwhile.
async fn rows(app: &App, import: &ExampleImport) -> Result<Vec<ImportRow>, Problem> {
    if import.taken_at.is_some() {
        return Ok(Vec::new());
    }
    let themes = &app.programme_to_show().await?.themes;
    Ok(import_file::rows(&import.content, themes, japan_date(app.clock.now())).unwrap_or_default())
}

async fn import_page(app: &App, shell: Shell, errors: FieldErrors) -> Result<ImportPage, Problem> {
    let mut earlier = Vec::new();
    for it in store::publication::import::newest(&app.db, SHOWN).await? {
        let count = store::publication::import::count(&app.db, it.id).await?;
        earlier.push((it, count));
    }
    Ok(ImportPage { shell, errors, earlier })
}

impl ImportPage {
    /// Returns the labels of the columns, each with whether a file must have it.
    fn columns(&self) -> Vec<(&'static str, bool)> {
        COLUMNS.map(|(label, _, needed)| (label, needed)).to_vec()
    }
}

impl ImportPreviewPage {
    fn action(&self, act: &str) -> String {
        format!("{}/{act}", address(self.import.id))
    }

    /// Returns the faults of a row.
    fn faults(row: &ImportRow) -> &[String] {
        row.read.as_ref().err().map_or(&[], Vec::as_slice)
    }
}
