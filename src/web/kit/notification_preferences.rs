//! The page on which any account chooses which mails it gets, whatever its role.
use actix_web::HttpResponse;
use askama::Template;
use domain::{
    actor::Role,
    correspondence::outgoing_mail::topic::{self, NotificationTopic},
    id::AccountId,
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    store,
    web::kit::{
        form::{Choice, FieldErrors, Fields},
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "notification_preferences.html")]
struct PreferencesPage {
    shell: Shell,
    action: &'static str,
    choices: Vec<Choice>,
    form: Fields,
    errors: FieldErrors,
}

/// Shows the current notification preferences.
pub async fn page(
    app: &App,
    shell: Shell,
    id: AccountId,
    role: Role,
    action: &'static str,
) -> Result<HttpResponse, Problem> {
    let opt_outs = store::correspondence::notification_preferences::opt_outs_of(&app.db, id).await?;
    let topics = topic::of(role);
    let mut form = Fields::default();
    for topic in topics.iter().filter(|it| !opt_outs.contains(it)) {
        form.add("topic", topic.code());
    }
    let choices =
        topics.iter().map(|it| Choice::new(it.code(), it.label()).with_hint(topic::hint(*it))).collect();
    page::html(&PreferencesPage { shell, action, choices, form, errors: FieldErrors::default() })
}

/// Saves the topics that were ticked.
pub async fn keep(
    app: &App,
    form: &Fields,
    id: AccountId,
    role: Role,
    action: &'static str,
) -> Result<HttpResponse, Problem> {
    let wanted: Vec<_> = form.all("topic").filter_map(NotificationTopic::from_code).collect();
    ops::correspondence::notification_preferences::save(app, id, topic::of(role), &wanted).await?;
    Ok(page::see_other_with(action, "お知らせ設定を保存しました。"))
}
