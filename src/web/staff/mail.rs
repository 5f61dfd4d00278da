//! The outbox: what was written, what became of it, and trying again.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::id::MailId;
use entity::{mail_bounce, outbox, outbox_attempt};
use uuid::Uuid;

use crate::{
    app::App,
    mail::letter::MailKind,
    ops,
    problem::Problem,
    store,
    web::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

use super::case::sentence;

/// Mails on one page.
const PAGE: usize = 50;
const STATES: [&str; 5] = ["waiting", "sending", "sent", "failed", "suppressed"];

#[derive(Template)]
#[template(path = "staff/mail.html")]
struct MailPage {
    shell: Shell,
    state: Option<&'static str>,
    mails: Vec<outbox::Model>,
    first: String,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/one_mail.html")]
struct OneMailPage {
    shell: Shell,
    mail: outbox::Model,
    /// None where the text is for its recipient alone.
    text: Option<Vec<Piece>>,
    case: Option<String>,
    attempts: Vec<outbox_attempt::Model>,
    bounces: Vec<mail_bounce::Model>,
    refused: Option<String>,
}

/// A stretch of a mail's text.
#[derive(Clone, Debug, PartialEq, Eq)]
enum Piece {
    Text(String),
    /// An address on our own site.
    Link(String),
}

#[get("/staff/mail")]
pub async fn list(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let state = STATES.into_iter().find(|it| *it == query.get("state"));
    let before = Uuid::try_parse(query.get("before")).ok().map(MailId);
    let mut mails = store::outbox::page(&app.db, state, before, PAGE as u64 + 1).await?;
    let more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let address = match state {
        Some(state) => format!("/staff/mail?state={state}&before="),
        None => "/staff/mail?before=".to_owned(),
    };
    let next = mails.last().filter(|_| more).map(|it| format!("{address}{}", it.id));
    let first =
        before.and(Some(state.map_or("/staff/mail".to_owned(), |it| format!("/staff/mail?state={it}"))));
    page::html(&MailPage {
        shell,
        state,
        mails,
        first: first.unwrap_or_default(),
        next: next.unwrap_or_default(),
    })
}

#[get("/staff/mail/{id}")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    render(&app, shell, MailId(*id), None).await
}

#[post("/staff/mail/{id}/retry")]
pub async fn retry(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let id = MailId(*id);
    store::outbox::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    match ops::outbox::retry(&app, id).await {
        Ok(()) => Ok(page::see_other_with(format!("/staff/mail/{id}"), "もう一度送信します。")),
        Err(problem) => {
            let refused = sentence(problem)?;
            render(&app, shell, id, Some(refused)).await
        }
    }
}

async fn render(
    app: &App,
    shell: Shell,
    id: MailId,
    refused: Option<String>,
) -> Result<HttpResponse, Problem> {
    let mail = store::outbox::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let attempts = store::outbox::attempts(&app.db, id).await?;
    let bounces = store::bounce::of_mail(&app.db, id).await?;
    let case = match mail.consultation_id {
        Some(id) => store::consultation::find(&app.db, domain::id::ConsultationId(id)).await?,
        None => None,
    };
    let case = case.map(|it| crate::url::staff(&it.number));
    let status = if refused.is_some() { StatusCode::CONFLICT } else { StatusCode::OK };
    let text = (!is_secret(&mail.kind)).then(|| linked(&mail.text_body, app.site.as_str()));
    page::html_with(status, &OneMailPage { shell, mail, text, case, attempts, bounces, refused })
}

pub(super) fn kind_label(code: &str) -> &str {
    match MailKind::from_code(code) {
        Some(kind) => kind.label(),
        None => code,
    }
}

pub(super) fn state_label(code: &str) -> &str {
    match code {
        "waiting" => "送信待ち",
        "sending" => "送信中",
        "sent" => "送信済み",
        "failed" => "不達",
        "suppressed" => "送信取りやめ",
        other => other,
    }
}

fn outcome_label(code: &str) -> &str {
    match code {
        "sent" => "送信しました",
        "deferred" => "あとでもう一度送信します",
        "refused" => "受け取りを断られました",
        "suppressed" => "送信を取りやめました",
        other => other,
    }
}

/// Whoever reads these could take over another person's account.
fn is_secret(kind: &str) -> bool {
    matches!(MailKind::from_code(kind), Some(MailKind::Invitation | MailKind::PasswordReset))
}

/// The text with the addresses of our own site apart; a link to anywhere else stays text.
fn linked(text: &str, site: &str) -> Vec<Piece> {
    let mut pieces = Vec::new();
    let mut rest = text;
    while let Some(at) = find_own(rest, site) {
        let (before, from) = rest.split_at(at);
        let end = from.find(|it: char| !is_of_address(it)).unwrap_or(from.len());
        let (address, after) = from.split_at(end);
        pieces.push(Piece::Text(before.to_owned()));
        pieces.push(Piece::Link(address.to_owned()));
        rest = after;
    }
    pieces.push(Piece::Text(rest.to_owned()));
    pieces
}

/// Where the next address of our site begins: the site's name, and then a slash.
fn find_own(text: &str, site: &str) -> Option<usize> {
    text.find(&format!("{site}/"))
}

fn is_of_address(it: char) -> bool {
    it.is_ascii_alphanumeric() || "-._~:/?#[]@!$&'()*+,;=%".contains(it)
}

impl MailPage {
    fn shows(&self, state: &str) -> bool {
        self.state == Some(state)
    }
}

#[cfg(test)]
mod tests {
    use super::{Piece, linked};

    #[test]
    fn only_our_own_addresses_become_links() {
        let text = "▼開く\nhttps://soudan.example.jp/l/abc-_1\n（https://evil.example/x）https://soudan.example.jp.evil.example/";
        let pieces = linked(text, "https://soudan.example.jp");
        let links: Vec<_> = pieces.iter().filter(|it| matches!(it, Piece::Link(_))).collect();
        assert_eq!(links, [&Piece::Link("https://soudan.example.jp/l/abc-_1".to_owned())]);
        let whole: String = pieces
            .iter()
            .map(|it| match it {
                Piece::Text(it) | Piece::Link(it) => it.as_str(),
            })
            .collect();
        assert_eq!(whole, text);
    }
}
