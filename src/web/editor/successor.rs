//! The page that a publication leads to once it has ended, as an editor names it.
use actix_web::{
    HttpResponse, post,
    web::{Data, Path},
};
use domain::{publication::news::WebAddress, text::optional};

use super::entry::{self, SUCCESSOR, address, find};
use crate::{
    app::App,
    ops,
    problem::Problem,
    web::kit::{
        form::{FieldErrors, Fields},
        form_state::sentence,
        page::{self, Shell},
        session::EditorUser,
    },
};

#[post("/staff/publish/{kind}/{id}/successor")]
pub async fn save(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let mut errors = FieldErrors::default();
    let typed = form.get(SUCCESSOR);
    if let Some(successor) = errors.take(SUCCESSOR, optional(typed, WebAddress::parse)) {
        match ops::publication::successor::save(&app, publication.id, successor.as_ref(), user.id).await {
            Ok(()) => {
                let words = match successor {
                    Some(_) => "後継のページを保存しました。公開を終えたページに表示します。",
                    None => "後継のページを消しました。",
                };
                return Ok(page::see_other_with(address(&publication), words));
            }
            Err(problem) => errors.add(SUCCESSOR, sentence(problem)?),
        }
    }
    entry::with_successor(&app, shell, publication, typed, errors).await
}
