//! The files of a telework month or an event that visitors download.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    id::{PublicationFileId, PublicationId},
    publication::{Publication, PublicationKind},
};
use uuid::Uuid;

use super::entry::address;
use crate::{
    app::App,
    ops::{self, publication::file::MOST},
    problem::Problem,
    store, url,
    web::kit::{
        file_list::{FileLine, lines},
        form::FieldErrors,
        page::{self, Shell},
        session::EditorUser,
        upload::{FILES, FormWithFiles},
    },
};

#[derive(Template)]
#[template(path = "editor/files.html")]
struct FilesPage {
    shell: Shell,
    publication: Publication,
    entry: String,
    /// The address of this page.
    here: String,
    files: Vec<FileLine>,
    /// The longest file, in megabytes.
    megabytes: usize,
    errors: FieldErrors,
}

#[get("/staff/files/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    page::html(&files_page(&app, shell, *id, FieldErrors::default()).await?)
}

#[post("/staff/files/{id}")]
pub async fn add(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    id: Path<Uuid>,
    form: FormWithFiles,
) -> Result<HttpResponse, Problem> {
    let mut errors = FieldErrors::default();
    let publication = found(&app, *id).await?;
    let Some(file) = form.files.into_iter().next() else {
        errors.add(FILES, "ファイルを選択してください");
        return page::unprocessable(&files_page(&app, shell, *id, errors).await?);
    };
    match ops::publication::file::add(&app, publication.id, file, user.id).await {
        Ok(()) => Ok(page::see_other_with(here(&publication), "ファイルを追加しました。")),
        Err(Problem::Refused(why)) => {
            errors.add(FILES, why);
            page::unprocessable(&files_page(&app, shell, *id, errors).await?)
        }
        Err(problem) => Err(problem),
    }
}

#[post("/staff/files/{id}/{file}/remove")]
pub async fn remove(
    app: Data<App>,
    user: EditorUser,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    let (id, file) = *path;
    let publication = found(&app, id).await?;
    ops::publication::file::remove(&app, publication.id, PublicationFileId(file), user.id).await?;
    Ok(page::see_other_with(here(&publication), "ファイルを削除しました。"))
}

/// Returns the publication of an address, if it is of a kind that has files.
async fn found(app: &App, id: Uuid) -> Result<Publication, Problem> {
    let publication = store::publication::find(&app.db, PublicationId(id)).await?.ok_or(Problem::NotFound)?;
    match publication.kind() {
        PublicationKind::Gathering | PublicationKind::Campaign => Ok(publication),
        PublicationKind::News
        | PublicationKind::Guide
        | PublicationKind::Example
        | PublicationKind::Survey => Err(Problem::NotFound),
    }
}

/// Returns the address of this page for a publication.
pub fn here(publication: &Publication) -> String {
    url::publication_files(publication.id)
}

async fn files_page(app: &App, shell: Shell, id: Uuid, errors: FieldErrors) -> Result<FilesPage, Problem> {
    let publication = found(app, id).await?;
    Ok(FilesPage {
        shell,
        entry: address(&publication),
        here: here(&publication),
        files: lines(store::publication::file::of(&app.db, publication.id).await?),
        publication,
        megabytes: app.config.attachments.largest / 1024 / 1024,
        errors,
    })
}

impl FilesPage {
    fn is_event(&self) -> bool {
        self.publication.kind() == PublicationKind::Gathering
    }

    /// Returns what the page calls the files.
    fn title(&self) -> &'static str {
        if self.is_event() { "資料のファイル" } else { "ロゴなどのファイル" }
    }

    fn hint(&self) -> String {
        let types = if self.is_event() { "PDF" } else { "PNG、JPEG、PDF、ZIP。SVGは使えません" };
        format!("{types}。1個{}MB、{MOST}個まで。", self.megabytes)
    }

    fn accept(&self) -> &'static str {
        if self.is_event() { ".pdf,application/pdf" } else { ".png,.jpg,.jpeg,.pdf,.zip" }
    }
}
