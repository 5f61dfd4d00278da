//! The pictures of an example, as every audience gets them.
use actix_web::{
    HttpResponse,
    http::header::{CACHE_CONTROL, CONTENT_SECURITY_POLICY},
};
use domain::publication::{Content, Facts, example::ExampleFacts};

use crate::{app::App, ops, problem::Problem};

/// Sends a picture of an example with these facts, with the type that our own encoder gave it. Opened by itself, it can run and load
/// nothing. `cache` says who may keep it and for how long.
pub async fn answer(
    app: &App,
    facts: &ExampleFacts,
    sha256: &str,
    cache: &'static str,
) -> Result<HttpResponse, Problem> {
    let (bytes, content_type) = ops::publication::picture::bytes(app, facts, sha256).await?;
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

/// Returns the facts of an example; not found for any other publication.
pub fn facts(content: &Content) -> Result<&ExampleFacts, Problem> {
    match &content.facts {
        Facts::Example(facts) => Ok(facts),
        Facts::News(_) | Facts::Guide(_) | Facts::Gathering(_) | Facts::Campaign(_) => Err(Problem::NotFound),
    }
}
