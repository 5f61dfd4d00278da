//! Mails in HTML, each as a document of its own: it runs nothing, loads nothing, and is separate from our
//! pages.
use actix_web::{
    HttpResponse,
    http::header::{self, HeaderValue},
};
use askama::Template;
use domain::{
    id::{ConsultationId, MailId, MessageId},
    wording,
};
use mime::ReceivedMail;
use uuid::Uuid;

use crate::{
    app::App,
    problem::Problem,
    store::{self, correspondence::inbound_mail::InboundEntry},
    web::kit::{page, thread::Reader},
};

/// The content security policy of a mail document: it does nothing and loads nothing.
const POLICY: &str = "sandbox; default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; \
    form-action 'none'; frame-ancestors 'none'";

/// The style of a received mail. In a sandbox, our own style sheet counts as another site's.
const SHEET: &str = "<style>\
    body{margin:0;font-family:'Noto Sans JP','Noto Sans CJK JP','Hiragino Sans','BIZ UDPGothic',Meiryo,system-ui,\
    sans-serif;line-height:1.7;color:#333;overflow-wrap:anywhere;line-break:strict}\
    header{background:#f2f2f2;border-bottom:1px solid #949494;padding:.5rem 1rem}\
    header p,h1{margin:.5rem 0}h1{font-size:1.5rem;line-height:1.5}header a{color:#00118f}\
    header a:focus-visible{outline:.25rem solid #000;outline-offset:.125rem;background:#ffd43d}\
    main{padding:1rem;overflow-x:auto}main table{border-collapse:collapse}\
    main td,main th{padding:.125rem .5rem;vertical-align:top;text-align:left}\
    main blockquote{margin:.5rem 0;padding-left:1rem;border-left:.25rem solid #ccc}\
    main pre{white-space:pre-wrap}</style>";

#[derive(Template)]
#[template(path = "mail_document.html")]
struct Received<'a> {
    subject: &'a str,
    from: String,
    when: String,
    back: &'a str,
    /// The cleaned HTML, without the links that we sent.
    html: String,
}

/// Shows an outgoing mail as it is sent.
pub fn sent(html: String) -> HttpResponse {
    sandboxed(HttpResponse::Ok().content_type("text/html; charset=utf-8").body(html))
}

/// Shows a received mail, cleaned. `back` is the page that linked to it.
pub async fn received(app: &App, mail: &InboundEntry, back: &str) -> Result<HttpResponse, Problem> {
    let html = read(app, MailId(mail.id)).await?.html.ok_or(Problem::NotFound)?;
    let name = if mail.from_name.is_empty() { String::new() } else { format!("{}　", mail.from_name) };
    let page = Received {
        subject: if mail.subject.is_empty() { "（件名なし）" } else { &mail.subject },
        from: format!("{name}{}", mail.from_address),
        when: wording::long_date_time(mail.received_at),
        back,
        html: app.site.without_links(&html),
    };
    Ok(sandboxed(page::html(&page)?))
}

/// Shows the mail of a thread's entry to a reader who may see it.
pub async fn of_entry(
    app: &App,
    consultation: ConsultationId,
    entry: &str,
    reader: Reader,
    back: &str,
) -> Result<HttpResponse, Problem> {
    let entry = Uuid::parse_str(entry).map(MessageId).map_err(|_| Problem::NotFound)?;
    let thread = store::correspondence::message::of(&app.db, consultation, reader.audience()).await?;
    let entry = thread.into_iter().find(|it| it.id == entry && reader.sees_html(it.author));
    let mails = store::correspondence::inbound_mail::with_html(&app.db, consultation).await?;
    let mail = entry.and_then(|it| mails.get(&it.id).copied()).ok_or(Problem::NotFound)?;
    let mail = store::correspondence::inbound_mail::entry(&app.db, mail).await?.ok_or(Problem::NotFound)?;
    received(app, &mail, back).await
}

/// Returns the content of a received mail. Its sender is unknown to us: a mail that breaks the parser must
/// not break the page.
pub async fn read(app: &App, id: MailId) -> Result<ReceivedMail, Problem> {
    let raw = store::correspondence::inbound_mail::raw(&app.db, id).await?.unwrap_or_default();
    Ok(tokio::task::spawn_blocking(move || mime::read(&raw)).await.unwrap_or_default())
}

fn sandboxed(mut response: HttpResponse) -> HttpResponse {
    response.headers_mut().insert(header::CONTENT_SECURITY_POLICY, HeaderValue::from_static(POLICY));
    response
}
