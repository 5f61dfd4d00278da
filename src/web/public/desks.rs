//! The first-line desks of a region, by prefecture or postal code.
use actix_web::{HttpRequest, HttpResponse, get, web::Data};
use askama::Template;
use domain::intake::desk::SearchedPlace;

use crate::{
    app::App,
    problem::Problem,
    store::{self, reference::desk::Desk},
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "public/desks.html")]
struct DesksPage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    prefectures: Vec<Choice>,
    /// The place that was searched for; `None` before a search.
    place: Option<SearchedPlace>,
    /// The desks of its prefecture, nearest first.
    desks: Vec<Desk>,
}

#[get("/desks")]
pub async fn show(app: Data<App>, req: HttpRequest, shell: Shell) -> Result<HttpResponse, Problem> {
    let form = Fields::of_query(&req);
    let mut errors = FieldErrors::default();
    let place = SearchedPlace::parse(form.get("postal_code"), form.get("prefecture"));
    let place = errors.take("postal_code", place).flatten();
    let mut desks = match place {
        Some(place) => store::reference::desk::of_prefecture(&app.db, place.prefecture()).await?,
        None => Vec::new(),
    };
    if let Some(place) = place {
        desks.sort_by_key(|it| place.distance(it.details.postal_code));
    }
    let is_wrong = !errors.is_empty();
    let page = DesksPage { shell, form, errors, prefectures: prefectures(), place, desks };
    if is_wrong { page::unprocessable(&page) } else { page::html(&page) }
}

impl DesksPage {
    /// Returns whether the desks are in the order of their distance.
    const fn is_by_distance(&self) -> bool {
        matches!(self.place, Some(SearchedPlace::Code(..)))
    }
}
