//! Unsubscribing by the link in a mail: GET asks, POST unsubscribes; a mail program may post at once (RFC
//! 8058).
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{correspondence::outgoing_mail::topic::NotificationTopic, id::AccountId};

use crate::{
    app::App,
    ops,
    problem::Problem,
    secret::Purpose,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "public/unsubscribe.html")]
struct UnsubscribePage {
    shell: Shell,
    topic: NotificationTopic,
    /// The address of the form; `None` once it is done.
    action: Option<String>,
}

#[get("/u/{topic}/{token}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (topic, token) = path.into_inner();
    let (topic, _) = reader(&app, &topic, &token)?;
    let action = Some(format!("/u/{}/{token}", topic.code()));
    page::html(&UnsubscribePage { shell, topic, action })
}

#[post("/u/{topic}/{token}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (topic, token) = path.into_inner();
    let (topic, reader) = reader(&app, &topic, &token)?;
    ops::correspondence::notification_preferences::unsubscribe(&app, reader, topic).await?;
    page::html(&UnsubscribePage { shell, topic, action: None })
}

fn reader(app: &App, topic: &str, token: &str) -> Result<(NotificationTopic, AccountId), Problem> {
    let topic = NotificationTopic::from_code(topic).ok_or(Problem::NotFound)?;
    let reader = app.secret.verify(Purpose::Unsubscribe, token, app.clock.now()).ok_or(Problem::NotFound)?;
    Ok((topic, AccountId(reader)))
}
