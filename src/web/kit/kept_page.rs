//! Answers with a public page as it was rendered a moment ago. Only visitors without any cookie get it, so that a page that
//! belongs to a person is never kept; it is as old at most as the copies from which pages are made.
use actix_web::{
    Error, HttpResponse,
    body::{BodySize, BoxBody, MessageBody, to_bytes},
    dev::{ServiceRequest, ServiceResponse},
    http::{Method, StatusCode, header},
    middleware::Next,
    web::Data,
};
use domain::{calendar::japan_date, id::PublicationId};

use crate::{app::App, cached::pages::KeptPage};

/// The addresses below which pages are kept. Below the start page there is none.
const KEPT: [&str; 8] = ["/", "/news", "/guide", "/cases", "/awards", "/events", "/month", "/stats"];

/// The longest page that is kept, and the longest address. Bytes.
const LONGEST_PAGE: u64 = 512 * 1024;
const LONGEST_ADDRESS: usize = 512;

/// The mark of a page whose openings are counted.
#[derive(Clone, Copy, Debug)]
pub struct Counted(pub PublicationId);

/// Answers from the kept pages, or keeps what the handler answers.
pub async fn answer(req: ServiceRequest, next: Next<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let app = req.app_data::<Data<App>>().cloned();
    let (Some(app), Some(address)) = (app, address(&req)) else { return counted(next.call(req).await?) };
    if let Some(page) = app.cached.page(&address) {
        count(&app, page.counted);
        let answer = HttpResponse::Ok().content_type(HTML).body(page.body);
        return Ok(req.into_response(answer));
    }
    let answer = counted(next.call(req).await?)?;
    if !is_plain(&answer) {
        return Ok(answer);
    }
    let mark = answer.response().extensions().get::<Counted>().map(|it| it.0);
    let (req, answer) = answer.into_parts();
    let (head, body) = answer.into_parts();
    // A page is rendered whole, so that its bytes are there.
    let body = to_bytes(body).await.map_err(actix_web::error::ErrorInternalServerError)?;
    app.cached.keep_page(address, KeptPage { body: body.clone(), counted: mark });
    Ok(ServiceResponse::new(req, head.set_body(BoxBody::new(body))))
}

const HTML: &str = "text/html; charset=utf-8";

/// Counts the opening of a page that a handler has marked.
fn counted(answer: ServiceResponse<BoxBody>) -> Result<ServiceResponse<BoxBody>, Error> {
    let mark = answer.response().extensions().get::<Counted>().map(|it| it.0);
    if let Some(app) = answer.request().app_data::<Data<App>>() {
        count(app, mark);
    }
    Ok(answer)
}

fn count(app: &App, entry: Option<PublicationId>) {
    if let Some(entry) = entry {
        app.readers.count(entry, japan_date(app.clock.now()));
    }
}

/// Returns the address under which a page is kept; `None` if the request is of a person, or of no such page.
fn address(req: &ServiceRequest) -> Option<String> {
    let is_plain = req.method() == Method::GET
        && req.headers().get(header::COOKIE).is_none_or(header::HeaderValue::is_empty);
    let path = req.path();
    let is_kept = KEPT
        .iter()
        .any(|it| path.strip_prefix(it).is_some_and(|rest| rest.is_empty() || rest.starts_with('/')));
    let address = req.uri().path_and_query().map_or(path, |it| it.as_str());
    (is_plain && is_kept && address.len() <= LONGEST_ADDRESS).then(|| address.to_owned())
}

/// Returns whether an answer is a page that says nothing to one browser alone.
fn is_plain(answer: &ServiceResponse<BoxBody>) -> bool {
    let headers = answer.headers();
    answer.status() == StatusCode::OK
        && headers.len() == 1
        && headers.get(header::CONTENT_TYPE).is_some_and(|it| it == HTML)
        && matches!(answer.response().body().size(), BodySize::Sized(length) if length <= LONGEST_PAGE)
}
