//! The outbox: outgoing mails, their outcomes, and the actions of a coordinator on them.
pub mod preview;

use std::collections::BTreeMap;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use codes::OutboxEvent;
use domain::{
    correspondence::outgoing_mail::MailState,
    id::{ConsultationId, MailId},
    text::TextLine,
};
use uuid::Uuid;

use crate::{
    app::App,
    mail::outgoing_mail::MailKind,
    ops::{self, consultation::correction::SentAgain, correspondence::outbox::MailAction},
    problem::Problem,
    store::{
        self, Coded,
        correspondence::{
            bounce::KnownBounce,
            outbox::{OutboxEntry, OutboxFilter, OutboxLogEntry},
        },
    },
    web::{
        self,
        kit::{
            form::{Choice, Fields},
            form_state::FormState,
            page::{self, Shell},
            session::Coordinator,
        },
    },
};

use self::preview::Piece;

/// The number of mails on one page.
const PAGE: usize = 50;

#[derive(Template)]
#[template(path = "staff/outbox.html")]
struct MailPage {
    shell: Shell,
    filter: OutboxFilter,
    tally: BTreeMap<&'static str, i64>,
    mails: Vec<OutboxEntry>,
    first: String,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/one_mail.html")]
struct OneMailPage {
    shell: Shell,
    mail: OutboxEntry,
    text: Vec<Piece>,
    calendar: Option<String>,
    headers: Option<String>,
    case: Option<String>,
    /// The bounce that shows that no mail reaches the address, whichever mail it was about.
    bad: Option<KnownBounce>,
    /// The address to which the contact's mail goes now, if the mail's is an earlier one.
    replaced: Option<Option<String>>,
    log: Vec<(OutboxLogEntry, Option<String>)>,
    /// The other bounces about this mail.
    bounces: Vec<KnownBounce>,
    actions: Vec<Choice>,
    typed: FormState,
}

#[get("/staff/mail")]
pub async fn list(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let (query, now) = (Fields::of_query(&req), app.clock.now());
    let search = query.get("q").trim().chars().take(200).collect();
    let filter = OutboxFilter { state: MailState::from_code(query.get("state")), search };
    let before = Uuid::try_parse(query.get("before")).ok().map(MailId);
    let mut mails =
        store::correspondence::outbox::page(&app.db, &filter, before, PAGE as u64 + 1, now).await?;
    let more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let next = mails.last().filter(|_| more).map(|it| address(&filter, Some(it.id)));
    let first = before.map(|_| address(&filter, None));
    page::html(&MailPage {
        shell,
        tally: store::correspondence::outbox::tally(&app.db, now).await?,
        filter,
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
    render(&app, shell, MailId(*id), FormState::default()).await
}

/// Shows the mail's HTML as a mail program does, without our page around it.
#[get("/staff/mail/{id}/html")]
pub async fn document(app: Data<App>, _me: Coordinator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let mail = store::correspondence::outbox::entry(&app.db, MailId(*id), app.clock.now())
        .await?
        .ok_or(Problem::NotFound)?;
    Ok(web::kit::mail_document::sent(preview::html(&mail, &app.site)))
}

#[post("/staff/mail/{id}")]
pub async fn act(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = MailId(*id);
    let mail = store::correspondence::outbox::entry(&app.db, id, app.clock.now()).await?;
    let mail = mail.ok_or(Problem::NotFound)?;
    let mut typed = FormState::of(form);
    let action = ACTIONS.iter().find(|it| it.code == typed.form.get("action"));
    let action = typed.errors.take("action", action.ok_or("操作を選択してください"));
    let reason = typed.errors.take("reason", TextLine::parse("理由", typed.form.get("reason"), 200));
    let (Some(action), Some(reason)) = (action, reason) else {
        return render(&app, shell, id, typed).await;
    };
    if action.action == MailAction::Resend
        && is_of_account(&mail.kind)
        && matches!(mail.state, MailState::Sent | MailState::Suppressed)
    {
        typed.refused = Some(
            "本人だけが使うリンクのメールです。利用者の画面で、新しいリンクを送ってください。".to_owned(),
        );
        return render(&app, shell, id, typed).await;
    }
    let done = ops::correspondence::outbox::apply(&app, id, action.action, me.id, &reason).await;
    if let Some(again) = typed.value(done)? {
        let flash = again.map_or_else(|| action.done.to_owned(), |it| sent_elsewhere(&it));
        return Ok(page::see_other_with(format!("/staff/mail/{id}"), &flash));
    }
    render(&app, shell, id, typed).await
}

fn sent_elsewhere(it: &SentAgain) -> String {
    let when = if it.is_held { "のアドレスが確認されると" } else { "に" };
    format!("この宛先は訂正されているため、いまの宛先（{}）{when}送信します。", it.to)
}

async fn render(app: &App, shell: Shell, id: MailId, typed: FormState) -> Result<HttpResponse, Problem> {
    let now = app.clock.now();
    let mail = store::correspondence::outbox::entry(&app.db, id, now).await?.ok_or(Problem::NotFound)?;
    let entries = store::correspondence::outbox::log_of(&app.db, id).await?;
    let people = entries.iter().filter_map(|it| it.account_id);
    let names = store::accounts::account::names(&app.db, people).await?;
    let name = |it: &OutboxLogEntry| names.get(&it.account_id?).cloned();
    let log = entries.into_iter().map(|it| (name(&it), it)).map(|(name, it)| (it, name)).collect();
    let case = match mail.consultation_id {
        Some(id) => store::consultation::find(&app.db, ConsultationId(id)).await?,
        None => None,
    };
    let bad = store::correspondence::bounce::find(&app.db, &mail.recipient).await?;
    let mut bounces = store::correspondence::bounce::of_mail(&app.db, id).await?;
    bounces.retain(|it| bad.as_ref().is_none_or(|bad| bad.id != it.id));
    let replaced = match mail.consultation_id {
        Some(id) => {
            ops::consultation::correction::replaced_by(app, ConsultationId(id), &mail.recipient).await?
        }
        None => None,
    };
    let status = typed.status();
    let queued = store::correspondence::outbox::queued(&app.db, id).await?;
    let view = OneMailPage {
        shell,
        text: preview::text(&mail, &app.site),
        calendar: preview::calendar(&mail, &app.site),
        headers: queued.and_then(|it| preview::headers(app, &it, mail.sent_at.unwrap_or(now))),
        case: case.map(|it| crate::url::staff(&it.number)),
        bad,
        replaced,
        log,
        bounces,
        actions: possible(&mail).map(OfferedAction::choice).collect(),
        mail,
        typed,
    };
    page::html_with(status, &view)
}

/// An action on a mail, as the page offers it.
struct OfferedAction {
    code: &'static str,
    action: MailAction,
    label: &'static str,
    hint: &'static str,
    done: &'static str,
    fits: fn(MailState) -> bool,
}

static ACTIONS: [OfferedAction; 4] = [
    OfferedAction {
        code: "resend",
        action: MailAction::Resend,
        label: "もう一度送信する",
        hint: "送信済み、または取りやめたメールは、同じ内容の新しいメールとして送信します。",
        done: "もう一度送信します。",
        fits: |it| {
            it.is_trouble() || matches!(it, MailState::Deferred | MailState::Sent | MailState::Suppressed)
        },
    },
    OfferedAction {
        code: "hold",
        action: MailAction::Hold,
        label: "保留にする",
        hint: "保留を解くまで送信しません。",
        done: "保留にしました。",
        fits: MailState::is_waiting,
    },
    OfferedAction {
        code: "release",
        action: MailAction::Release,
        label: "保留を解く",
        hint: "",
        done: "保留を解きました。",
        fits: |it| it == MailState::Held,
    },
    OfferedAction {
        code: "cancel",
        action: MailAction::Cancel,
        label: "送信を取りやめる",
        hint: "このメールは送信されません。元に戻せません。",
        done: "送信を取りやめました。",
        fits: |it| it.is_waiting() || it.is_trouble() || it == MailState::Held,
    },
];

fn possible(mail: &OutboxEntry) -> impl Iterator<Item = &'static OfferedAction> {
    let (state, awaits_address) = (mail.state, mail.awaits_address);
    let fits =
        move |it: &&OfferedAction| (it.fits)(state) && !(awaits_address && it.action == MailAction::Release);
    ACTIONS.iter().filter(fits)
}

impl OfferedAction {
    fn choice(&self) -> Choice {
        Choice::new(self.code, self.label).with_hint(self.hint)
    }
}

/// Returns the address of the list with the filter, from the mail after `before` on.
fn address(filter: &OutboxFilter, before: Option<Uuid>) -> String {
    let mut query = url::form_urlencoded::Serializer::new(String::new());
    if let Some(state) = filter.state {
        query.append_pair("state", state.code());
    }
    if !filter.search.is_empty() {
        query.append_pair("q", &filter.search);
    }
    if let Some(before) = before {
        query.append_pair("before", &before.to_string());
    }
    let query = query.finish();
    if query.is_empty() { "/staff/mail".to_owned() } else { format!("/staff/mail?{query}") }
}

pub(super) fn kind_label(code: &str) -> &str {
    match MailKind::from_code(code) {
        Some(kind) => kind.label(),
        None => code,
    }
}

fn event_label(it: &Coded<OutboxEvent>) -> &str {
    match it.known() {
        Some(OutboxEvent::Sent) => "送信しました",
        Some(OutboxEvent::Deferred) => "あとでもう一度送信します",
        Some(OutboxEvent::Refused) => "送信できませんでした",
        Some(OutboxEvent::Unknown) => "相手のサーバーが受け取ったかどうか、分かりません",
        Some(OutboxEvent::Suppressed) => "送信を取りやめました",
        Some(OutboxEvent::Held) => "保留にしました",
        Some(OutboxEvent::Released) => "保留を解きました",
        Some(OutboxEvent::Resent) => "もう一度送信するよう指示しました",
        Some(OutboxEvent::Cancelled) => "取り消しました",
        None => it.code(),
    }
}

/// Returns whether the mail is about an account. Its link may have expired; a new one is made on the
/// account's page.
fn is_of_account(kind: &str) -> bool {
    MailKind::from_code(kind).is_some_and(MailKind::is_of_account)
}

impl MailPage {
    /// Returns the address of the list of one state, or of all, with the same search.
    fn narrowed(&self, state: Option<MailState>) -> String {
        address(&OutboxFilter { state, ..self.filter.clone() }, None)
    }

    fn count(&self, state: MailState) -> i64 {
        self.tally.get(state.code()).copied().unwrap_or_default()
    }
}
