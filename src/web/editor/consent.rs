//! The request to a company to approve the text of its example.
use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};

use super::{
    entry::{address, find},
    publish::seen,
};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{form::Fields, page, session::EditorUser},
};

/// Shows the newest text to the company and asks it to approve the text.
#[post("/staff/publish/cases/{id}/ask-company")]
pub async fn ask(
    app: Data<App>,
    user: EditorUser,
    id: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &("cases".to_owned(), id.into_inner())).await?;
    ops::publication::consent::show(&app, seen(&publication, &form)?, user.id).await?;
    Ok(page::see_other_with(address(&publication), "企業に、文章の確認を依頼しました。"))
}
