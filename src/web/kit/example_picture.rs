//! The pictures of an example or of the notice of a survey, as every audience gets them.
use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
};
use domain::publication::{Content, example::picture::ExamplePicture};

use crate::{app::App, ops, problem::Problem};

/// Sends one of these pictures, with the type that our own encoder gave it. Opened by itself, it can run and load nothing. `cache` says who may keep it and for how long.
pub async fn answer(
    app: &App,
    pictures: &[ExamplePicture],
    sha256: &str,
    cache: &'static str,
) -> Result<HttpResponse, Problem> {
    let (bytes, content_type) = ops::publication::picture::bytes(app, pictures, sha256).await?;
    Ok(HttpResponse::Ok()
        .content_type(content_type)
        .insert_header((CONTENT_SECURITY_POLICY, "sandbox; default-src 'none'"))
        .insert_header((CACHE_CONTROL, cache))
        .body(bytes))
}

/// A picture that only its reader may keep, because it is not public.
pub const PRIVATE: &str = "private, no-store";
/// A public picture. It is kept so shortly that one that was withdrawn disappears soon.
pub const PUBLIC: &str = "public, max-age=600";

/// Returns the pictures of a publication; not found if its kind has none.
pub fn pictures(content: &Content) -> Result<&[ExamplePicture], Problem> {
    content.facts.pictures().ok_or(Problem::NotFound)
}
