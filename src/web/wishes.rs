//! The page on which somebody who signs in chooses which mails they get, whoever they are.
use actix_web::HttpResponse;
use askama::Template;
use domain::{actor::Role, id::AccountId, outgoing::topic::Topic};

use crate::{
    app::App,
    ops,
    problem::Problem,
    store,
    web::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "wishes.html")]
struct WishesPage {
    shell: Shell,
    action: &'static str,
    choices: Vec<Choice>,
    form: Fields,
    errors: FieldErrors,
}

/// What is sent now.
pub async fn page(
    app: &App,
    shell: Shell,
    id: AccountId,
    role: Role,
    action: &'static str,
) -> Result<HttpResponse, Problem> {
    let unwanted = store::unwanted::of(&app.db, id).await?;
    let topics = Topic::of(role);
    let mut form = Fields::default();
    for topic in topics.iter().filter(|it| !unwanted.contains(it)) {
        form.add("topic", topic.code());
    }
    let choices = topics.iter().map(|it| Choice::new(it.code(), it.label()).with_hint(it.hint())).collect();
    page::html(&WishesPage { shell, action, choices, form, errors: FieldErrors::default() })
}

/// Keeps what was ticked.
pub async fn keep(
    app: &App,
    form: &Fields,
    id: AccountId,
    role: Role,
    action: &'static str,
) -> Result<HttpResponse, Problem> {
    let wanted: Vec<_> = form.all("topic").filter_map(Topic::from_code).collect();
    ops::wishes::choose(app, id, Topic::of(role), &wanted).await?;
    Ok(page::see_other_with(action, "お知らせメールの設定を保存しました。"))
}
