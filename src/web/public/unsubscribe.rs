//! Unsubscribing by the link in a mail: GET asks, POST unsubscribes; a mail program may post at once (RFC
//! 8058).
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    correspondence::outgoing_mail::topic::NotificationTopic,
    id::{AccountId, SurveyMemberId},
};
use uuid::Uuid;

use crate::{
    app::App,
    ops,
    problem::Problem,
    secret::Purpose,
    store, url,
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
    /// The mails that a reader without an account gets as before, in a sentence.
    others: &'static str,
    /// The address of the form; `None` once it is done.
    action: Option<String>,
}

/// The reader of a link: an account and the topic that it stops, a registrant of a telework month, or a person who has opted
/// in to surveys outside of it.
enum Stopped {
    Topic(NotificationTopic, AccountId),
    Outreach(Uuid),
    Surveys(Uuid),
}

#[get("/u/{topic}/{token}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let (topic, token) = path.into_inner();
    let stopped = stopped(&app, &topic, &token).await?;
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
    let stopped = stopped(&app, &topic, &token).await?;
    match stopped {
        Stopped::Topic(topic, reader) => {
            ops::correspondence::notification_preferences::unsubscribe(&app, reader, topic).await?;
        }
        Stopped::Outreach(consent) | Stopped::Surveys(consent) => {
            ops::campaign::stop_outreach(&app, consent).await?;
        }
    }
    page::html(&stopped.page(shell, None))
}

async fn stopped(app: &App, topic: &str, token: &str) -> Result<Stopped, Problem> {
    let now = app.clock.now();
    if topic == url::OUTREACH {
        let subject = app.secret.verify(Purpose::StopOutreach, token, now).ok_or(Problem::NotFound)?;
        let member = store::survey::member::key_of(&app.db, SurveyMemberId(subject)).await?;
        return Ok(if member.is_some() { Stopped::Surveys(subject) } else { Stopped::Outreach(subject) });
    }
    let topic = NotificationTopic::from_code(topic).ok_or(Problem::NotFound)?;
    let reader = app.secret.verify(Purpose::Unsubscribe, token, now).ok_or(Problem::NotFound)?;
    Ok(Stopped::Topic(topic, AccountId(reader)))
}

impl Stopped {
    const fn page(&self, shell: Shell, action: Option<String>) -> UnsubscribePage {
        let (label, others) = match self {
            Self::Topic(topic, _) => (topic.label(), ""),
            Self::Outreach(_) => (
                "テレワークの相談やイベントのご案内、調査へのご協力のお願い",
                "登録などのご連絡は、これまでどおりお送りします。",
            ),
            Self::Surveys(_) => (
                "調査へのご協力のお願い",
                "同じメールアドレスでテレワーク月間に登録しているときは、そのご案内も停止します。相談についてのご連絡は、これまでどおりお送りします。",
            ),
        };
        let has_account = matches!(self, Self::Topic(..));
        UnsubscribePage { shell, label, has_account, others, action }
    }
}
