//! Deleting a draft that was never published. The page asks first.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::publication::Publication;

use super::{
    entry::{address, find},
    list,
    publish::seen,
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::EditorUser,
    },
};

#[derive(Template)]
#[template(path = "editor/deletion.html")]
struct DeletionPage {
    shell: Shell,
    publication: Publication,
    address: String,
    /// Why the publication cannot be deleted; empty if it can.
    refused: String,
}

#[get("/staff/publish/{kind}/{id}/delete")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let refused = match ops::publication::deletion::check(&app.db, &publication).await {
        Err(Problem::Refused(why)) => why,
        other => other.map(|()| String::new())?,
    };
    page::html(&DeletionPage { shell, address: address(&publication), publication, refused })
}

#[post("/staff/publish/{kind}/{id}/delete")]
pub async fn submit(
    app: Data<App>,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    ops::publication::deletion::delete(&app, seen(&publication, &form)?, user.id).await?;
    Ok(page::see_other_with(list::address(publication.kind()), "下書きを削除しました。"))
}
