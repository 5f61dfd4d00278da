//! Unsubscribing by the link in a mail: GET asks, POST unsubscribes; a mail program may post at once (RFC
//! 8058).
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{correspondence::outgoing_mail::topic::NotificationTopic, id::AccountId};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    secret::Purpose,
    url,
    web::kit::page::{self, Shell},
};

#[derive(Template)]
#[template(path = "public/unsubscribe.html")]
struct UnsubscribePage {
    shell: Shell,
    /// The name of the mails.
    label: &'static str,
    /// Whether the reader can start them again after signing in.
    has_account: bool,
    /// The address of the form; `None` once it is done.
    action: Option<String>,
}

/// The reader of a link: an account and the topic that it stops, or a registrant of a telework month.
enum Stopped {
    Topic(NotificationTopic, AccountId),
    Outreach(Uuid),
}

#[get("/u/{topic}/{token}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (topic, token) = path.into_inner();
    let stopped = stopped(&app, &topic, &token)?;
    let action = Some(format!("/u/{topic}/{token}"));
    page::html(&stopped.page(shell, action))
}

#[post("/u/{topic}/{token}")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (topic, token) = path.into_inner();
    let stopped = stopped(&app, &topic, &token)?;
    match stopped {
        Stopped::Topic(topic, reader) => {
            ops::correspondence::notification_preferences::unsubscribe(&app, reader, topic).await?;
        }
        Stopped::Outreach(consent) => ops::campaign::stop_outreach(&app, consent).await?,
    }
    page::html(&stopped.page(shell, None))
}

fn stopped(app: &App, topic: &str, token: &str) -> Result<Stopped, Problem> {
    let now = app.clock.now();
    if topic == url::OUTREACH {
        let subject = app.secret.verify(Purpose::StopOutreach, token, now).ok_or(Problem::NotFound)?;
        return Ok(Stopped::Outreach(subject));
    }
    let topic = NotificationTopic::from_code(topic).ok_or(Problem::NotFound)?;
    let reader = app.secret.verify(Purpose::Unsubscribe, token, now).ok_or(Problem::NotFound)?;
    Ok(Stopped::Topic(topic, AccountId(reader)))
}

impl Stopped {
    const fn page(&self, shell: Shell, action: Option<String>) -> UnsubscribePage {
        let (label, has_account) = match self {
            Self::Topic(topic, _) => (topic.label(), true),
            Self::Outreach(_) => ("テレワークの相談やイベントのご案内", false),
        };
        UnsubscribePage { shell, label, has_account, action }
    }
}
