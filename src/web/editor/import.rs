//! Importing news, entries of the guide and examples from a file: the choice of the file, what it contains, and undoing it.
use std::collections::HashMap;

use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::NaiveDate;
use codes::ImportKind;
use domain::{
    calendar::japan_date,
    id::FileImportId,
    publication::{Facts, Period, PublicationKind, guide::GuideFacts},
    wording::{iso_date, long_date, table_date_time},
};
use uuid::Uuid;

use super::{
    grants_file, import_file,
    import_row::{FileContext, ImportRow},
    list,
};
use crate::{
    app::App,
    ops::{
        self,
        file_import::ChosenFile,
        publication::import::{ImportedContent, TakenAs},
    },
    problem::Problem,
    store::{self, file_import::FileImport},
    web::kit::{
        csv_file::{self, FileColumn, MOST_ROWS},
        date_form,
        form::Fields,
        form_state::FormState,
        import_view::PreviewRow,
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
    kind: PublicationKind,
    /// The address of the list of this kind.
    list: String,
    typed: FormState,
    columns: &'static [FileColumn],
    earlier: Vec<(FileImport, u64)>,
}

#[derive(Template)]
#[template(path = "editor/import_preview.html")]
struct ImportPreviewPage {
    shell: Shell,
    kind: PublicationKind,
    list: String,
    import: FileImport,
    good: Vec<PreviewRow>,
    /// The rows that cannot be taken.
    bad: Vec<PreviewRow>,
    /// The number of publications that came of it, if it was taken.
    taken: u64,
}

#[get("/staff/publish/{kind}/import")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    kind: Path<String>,
) -> Result<HttpResponse, Problem> {
    let (kind, _) = of(&kind)?;
    let mut form = Fields::default();
    form.add("fetched_on", iso_date(app.clock.now()));
    import_page(&app, shell, kind, FormState::of(form)).await
}

/// Keeps a file, if it can be read, and shows what it contains. Nothing is published by that.
#[post("/staff/publish/{kind}/import")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    kind: Path<String>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let (kind, of_file) = of(&kind)?;
    let mut typed = FormState::of(form.fields.clone());
    let label = if kind == PublicationKind::Guide { "JSONファイル" } else { "CSVファイル" };
    let text = typed.errors.take(FILES, csv_file::of_form(&form, label));
    let text = match (text, kind) {
        (Some(text), PublicationKind::Guide) => kept(&mut typed, &text, japan_date(app.clock.now())),
        (text, _) => text,
    };
    let programme = app.programme_to_show().await?;
    let context = context(&app, kind, &programme.themes).await?;
    let text = text.filter(|it| {
        let rows = import_file::rows(of_file, it, &context);
        typed.errors.take(FILES, rows).is_some()
    });
    let (Some(content), Some(file)) = (text, form.files.first()) else {
        return import_page(&app, shell, kind, typed).await;
    };
    let chosen = ChosenFile { kind: of_file, campaign: None, name: file.name.clone(), content };
    let id = ops::file_import::keep(&app, chosen, user.id).await?;
    Ok(page::see_other(address(kind, id)))
}

#[get("/staff/publish/{kind}/import/{id}")]
pub async fn preview(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (kind, import) = find(&app, &path).await?;
    let taken = store::file_import::counts(&app.db, [import.id]).await?.remove(&import.id);
    let rows = rows(&app, kind, &import).await?;
    let rows = rows.into_iter().map(|it| PreviewRow {
        line: it.line,
        name: it.title,
        remark: it.read.as_ref().map(remark).unwrap_or_default(),
        faults: it.read.err().unwrap_or_default(),
    });
    let (good, bad) = rows.partition(|it| it.faults.is_empty());
    let (list, taken) = (list::address(kind), taken.unwrap_or_default());
    page::html(&ImportPreviewPage { shell, kind, list, import, good, bad, taken })
}

/// Takes the rows that can be taken.
#[post("/staff/publish/{kind}/import/{id}/take")]
pub async fn take(
    app: Data<App>,
    user: EditorUser,
    path: Path<(String, Uuid)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let taken = match form.get("as") {
        "drafts" => TakenAs::Drafts,
        "published" => TakenAs::Published,
        _ => return Err(Problem::Unreadable),
    };
    let (kind, import) = find(&app, &path).await?;
    let good = rows(&app, kind, &import).await?.into_iter().filter_map(|it| it.read.ok());
    let good: Vec<_> = good.collect();
    // The grants of the preview may have come with another file meanwhile.
    if good.is_empty() && import.taken_at.is_none() {
        return Err(Problem::Stale);
    }
    let count = ops::publication::import::take(&app, (kind, import.id), good, taken, user.id).await?;
    let words = match taken {
        TakenAs::Drafts => format!("{count}件を下書きとして取り込みました。まだ公開していません。"),
        TakenAs::Published => format!("{count}件を取り込み、公開しました。"),
    };
    Ok(page::see_other_with(address(kind, import.id), &words))
}

#[post("/staff/publish/{kind}/import/{id}/undo")]
pub async fn undo(
    app: Data<App>,
    user: EditorUser,
    path: Path<(String, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (kind, import) = find(&app, &path).await?;
    let it = ops::publication::import::undo(&app, (kind, import.id), user.id).await?;
    let words = format!(
        "取込みを取り消しました。下書きの削除{}件、公開の終了{}件、編集済みのため残したもの{}件。",
        it.deleted, it.ended, it.left
    );
    Ok(page::see_other_with(address(kind, import.id), &words))
}

/// Returns the kind of publications that an address names, with that of their files; not found if they have none.
fn of(code: &str) -> Result<(PublicationKind, ImportKind), Problem> {
    let kind = PublicationKind::from_code(code).ok_or(Problem::NotFound)?;
    Ok((kind, ImportKind::of_publication(kind).ok_or(Problem::NotFound)?))
}

async fn find(app: &App, path: &(String, Uuid)) -> Result<(PublicationKind, FileImport), Problem> {
    let (kind, of_file) = of(&path.0)?;
    let import = store::file_import::find(&app.db, of_file, FileImportId(path.1)).await?;
    Ok((kind, import.ok_or(Problem::NotFound)?))
}

fn address(kind: PublicationKind, id: FileImportId) -> String {
    format!("{}/import/{id}", list::address(kind))
}

/// Returns the text that is kept of a file of grants.
fn kept(typed: &mut FormState, text: &str, today: NaiveDate) -> Option<String> {
    let day = typed.errors.take("fetched_on", date_form::iso(typed.form.get("fetched_on")));
    if day.is_some_and(|it| it > today) {
        typed.errors.add("fetched_on", "応答を取得した日は、今日までの日付にしてください");
    }
    let kept = typed.errors.take(FILES, grants_file::kept(text, day.unwrap_or(today)));
    kept.filter(|_| typed.errors.is_empty())
}

async fn context<'a>(
    app: &App,
    kind: PublicationKind,
    themes: &'a [store::reference::programme::Theme],
) -> Result<FileContext<'a>, Problem> {
    let known_grants = if kind == PublicationKind::Guide {
        store::publication::guide::source_keys(&app.db).await?
    } else {
        HashMap::new()
    };
    Ok(FileContext { themes, today: japan_date(app.clock.now()), known_grants })
}

/// Returns the rows of a file that was not taken yet. They are read anew, because themes may have changed meanwhile.
async fn rows(app: &App, kind: PublicationKind, import: &FileImport) -> Result<Vec<ImportRow>, Problem> {
    if import.taken_at.is_some() {
        return Ok(Vec::new());
    }
    let programme = app.programme_to_show().await?;
    let context = context(app, kind, &programme.themes).await?;
    Ok(import_file::rows(import.kind, &import.content, &context).unwrap_or_default())
}

/// Returns what the preview adds to the title of a row: the period that it names, or its source.
fn remark(row: &ImportedContent) -> String {
    if let Some(period) = row.period {
        let until = period.until().map_or_else(String::new, |it| format!("{}まで", table_date_time(it)));
        return format!("（{}から{until}）", table_date_time(Period::from(period)));
    }
    let Facts::Guide(GuideFacts { source: Some(source), closes, .. }) = &row.content.facts else {
        return String::new();
    };
    let closes = closes.map_or_else(String::new, |it| format!("、{}まで", long_date(it)));
    format!("（{}{closes}）", source.name)
}

async fn import_page(
    app: &App,
    shell: Shell,
    kind: PublicationKind,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let (_, of_file) = of(kind.code())?;
    let earlier = store::file_import::newest(&app.db, of_file, None, SHOWN).await?;
    let mut counts = store::file_import::counts(&app.db, earlier.iter().map(|it| it.id)).await?;
    let earlier = earlier.into_iter().map(|it| {
        let count = counts.remove(&it.id).unwrap_or_default();
        (it, count)
    });
    let (list, columns, status) = (list::address(kind), import_file::columns(of_file), typed.status());
    page::html_with(status, &ImportPage { shell, kind, list, columns, earlier: earlier.collect(), typed })
}

impl ImportPage {
    fn is_table(&self) -> bool {
        !self.columns.is_empty()
    }
}

impl ImportPreviewPage {
    fn action(&self, act: &str) -> String {
        format!("{}/{act}", address(self.kind, self.import.id))
    }

    /// Returns what a row of the file is.
    fn unit(&self) -> &'static str {
        if self.kind == PublicationKind::Guide { "件" } else { "行" }
    }
}
