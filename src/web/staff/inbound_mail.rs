//! Received mails: the outcome of each, and the coordinator's decision about those that wait for one.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::header,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    consultation::State,
    correspondence::inbound_mail::{InboundReason, InboundState},
    id::{ConsultationId, MailId},
    number::CaseNumber,
    text::TextLine,
    wording::long_date_time,
};
use mime::{Piece, ReceivedMail};
use uuid::Uuid;

use crate::{
    app::App,
    ops::{
        self,
        correspondence::inbound_mail::{AttachAs, TakenBackMail},
    },
    problem::Problem,
    store::{
        self, Coded,
        consultation::Record,
        correspondence::{
            inbound_mail::{InboundEntry, InboundFilter},
            mailbox::MailboxHealth,
        },
        intake::told_apart::told_apart,
    },
    url,
    web::kit::{
        form::Fields,
        form_state::FormState,
        mail_document,
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The number of mails on one page.
const PAGE: usize = 50;
/// The number of characters of a mail that the page shows.
const LONGEST_SHOWN: usize = 50_000;

#[derive(Template)]
#[template(path = "staff/inbound_mail.html")]
struct ReceivedPage {
    shell: Shell,
    shown: InboundFilter,
    mails: Vec<InboundEntry>,
    open: u64,
    mailboxes: Vec<MailboxHealth>,
    first: String,
    next: String,
}

#[derive(Template)]
#[template(path = "staff/one_inbound_mail.html")]
struct OnePage {
    shell: Shell,
    mail: InboundEntry,
    read: ReceivedMail,
    pieces: Vec<Piece>,
    case: Option<Record>,
    suggestions: Vec<Suggestion>,
    handled_by: Option<String>,
    /// The effects that stay if the mail is taken out of its consultation; `None` if a coordinator has not added it to one.
    stays: Option<Vec<String>>,
    typed: FormState,
}

/// A consultation to which a mail may belong.
struct Suggestion {
    number: CaseNumber,
    company_name: String,
    state: State,
    why: &'static str,
}

#[get("/staff/mail/in")]
pub async fn list(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let query = Fields::of_query(&req);
    let shown = match query.get("state") {
        "all" => InboundFilter::All,
        code => InboundState::from_code(code).map_or(InboundFilter::Open, InboundFilter::State),
    };
    let before = Uuid::try_parse(query.get("before")).ok().map(MailId);
    let mut mails =
        store::correspondence::inbound_mail::page(&app.db, shown, before, PAGE as u64 + 1).await?;
    let more = mails.len() > PAGE;
    mails.truncate(PAGE);
    let address = format!("/staff/mail/in?state={}", code(shown));
    let next = mails.last().filter(|_| more).map(|it| format!("{address}&before={}", it.id));
    page::html(&ReceivedPage {
        open: store::correspondence::inbound_mail::count_open(&app.db).await?,
        mailboxes: store::correspondence::mailbox::all(&app.db).await?,
        shell,
        shown,
        mails,
        first: before.map(|_| address).unwrap_or_default(),
        next: next.unwrap_or_default(),
    })
}

#[get("/staff/mail/in/{id}")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    render(&app, shell, MailId(*id), FormState::default()).await
}

/// Sends the mail's original octets as a download; they are never shown as a page of ours.
#[get("/staff/mail/in/{id}/raw")]
pub async fn original(app: Data<App>, _me: Coordinator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let bytes =
        store::correspondence::inbound_mail::raw(&app.db, MailId(*id)).await?.ok_or(Problem::NotFound)?;
    let disposition = format!("attachment; filename=\"{id}.eml\"");
    Ok(HttpResponse::Ok()
        .content_type("application/octet-stream")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .body(bytes))
}

/// Shows the mail as cleaned HTML.
#[get("/staff/mail/in/{id}/html")]
pub async fn html(app: Data<App>, _me: Coordinator, id: Path<Uuid>) -> Result<HttpResponse, Problem> {
    let mail =
        store::correspondence::inbound_mail::entry(&app.db, MailId(*id)).await?.ok_or(Problem::NotFound)?;
    mail_document::received(&app, &mail, &format!("/staff/mail/in/{id}")).await
}

#[post("/staff/mail/in/{id}/attach")]
pub async fn attach(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (id, mut typed) = (MailId(*id), FormState::of(form));
    let attach_as = AttachAs::from_code(typed.form.get("attach_as")).unwrap_or(AttachAs::Note);
    let case = match CaseNumber::parse(typed.form.get("number")) {
        Ok(number) => store::consultation::by_number(&app.db, number).await?,
        Err(_) => None,
    };
    let case = typed.errors.take("number", case.ok_or("受付番号を、R08-000123のように入力してください"));
    let outcome = match case {
        Some(case) => {
            let added =
                ops::correspondence::inbound_mail::attach(&app, id, case.consultation.id, me.id, attach_as)
                    .await;
            let next = |number| format!("{}?view=messages", url::staff(&number));
            Some(added.map(|it| page::see_other_with(next(it), "受信したメールを追加しました。")))
        }
        None => None,
    };
    decided(&app, shell, id, typed, outcome).await
}

#[post("/staff/mail/in/{id}/discard")]
pub async fn discard(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (id, mut typed) = (MailId(*id), FormState::of(form));
    let reason = typed.errors.take("reason", TextLine::parse("理由", typed.form.get("reason"), 200));
    let outcome = match reason {
        Some(reason) => {
            Some(ops::correspondence::inbound_mail::discard(&app, id, me.id, &reason).await.map(|()| {
                page::see_other_with("/staff/mail/in", "メールを破棄しました。元のメールは保存されています。")
            }))
        }
        None => None,
    };
    decided(&app, shell, id, typed, outcome).await
}

#[post("/staff/mail/in/{id}/done")]
pub async fn done(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
) -> Result<HttpResponse, Problem> {
    let id = MailId(*id);
    let outcome = ops::correspondence::inbound_mail::done(&app, id, me.id).await;
    let outcome = outcome.map(|()| page::see_other_with("/staff/mail/in", "対応済みにしました。"));
    decided(&app, shell, id, FormState::default(), Some(outcome)).await
}

/// Takes the mail out of the consultation to which it was added by mistake.
#[post("/staff/mail/in/{id}/take-back")]
pub async fn take_back(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    id: Path<Uuid>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (id, mut typed) = (MailId(*id), FormState::of(form));
    let reason = typed.errors.take("reason", TextLine::parse("理由", typed.form.get("reason"), 200));
    let outcome = match reason {
        Some(reason) => {
            let taken_back = ops::correspondence::inbound_mail::take_back(&app, id, me.id, &reason).await;
            let next = format!("/staff/mail/in/{id}");
            Some(taken_back.map(|()| {
                page::see_other_with(next, "追加を取り消しました。このメールの相談案件を選び直してください。")
            }))
        }
        None => None,
    };
    decided(&app, shell, id, typed, outcome).await
}

/// Redirects if the decision was carried out; otherwise shows the page again with the typed values and the
/// reason. There is no outcome if a typed value is wrong.
async fn decided(
    app: &App,
    shell: Shell,
    id: MailId,
    mut typed: FormState,
    outcome: Option<Result<HttpResponse, Problem>>,
) -> Result<HttpResponse, Problem> {
    if let Some(outcome) = outcome
        && let Some(next) = typed.value(outcome)?
    {
        return Ok(next);
    }
    render(app, shell, id, typed).await
}

async fn render(app: &App, shell: Shell, id: MailId, typed: FormState) -> Result<HttpResponse, Problem> {
    let mail = store::correspondence::inbound_mail::entry(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let read = mail_document::read(app, id).await?;
    let pieces = mime::pieces(&read.body.chars().take(LONGEST_SHOWN).collect::<String>());
    let case = match mail.consultation_id {
        Some(id) => store::consultation::find(&app.db, ConsultationId(id)).await?,
        None => None,
    };
    let waits = mail.state == InboundState::Quarantined;
    let mut suggestions = if waits { suggestions(app, &mail, case.as_ref()).await? } else { Vec::new() };
    let companies = told_apart(&app.db, suggestions.iter().map(|it| it.number)).await?;
    for it in &mut suggestions {
        it.company_name = companies.name(&it.number, &it.company_name);
    }
    let names = store::accounts::account::names(&app.db, mail.handled_by).await?;
    let handled_by = mail.handled_by.and_then(|it| names.get(&it).cloned());
    let stays = match ops::correspondence::inbound_mail::to_take_back(app, id).await? {
        Some(it) => {
            let (_, roster) = app.programme_and_experts().await?;
            let experts: Vec<_> = it.experts.iter().map(|expert| roster.name(*expert)).collect();
            Some(what_stays(&it, &experts))
        }
        None => None,
    };
    let status = typed.status();
    let page = OnePage { shell, mail, read, pieces, case, suggestions, handled_by, stays, typed };
    page::html_with(status, &page)
}

/// Returns what cannot be undone if the mail is taken out of its consultation, each in a sentence with the way on.
fn what_stays(it: &TakenBackMail, experts: &[&str]) -> Vec<String> {
    let company = it.is_for_company.then(|| match it.read_by_company_at {
        Some(at) => format!(
            "この案件の企業は、{}にメッセージを開いています。ほかの企業の内容が含まれるときは、企業に連絡してください。",
            long_date_time(at)
        ),
        None => "この案件の企業は、まだメッセージを開いていません。".to_owned(),
    });
    let read = (!experts.is_empty()).then(|| {
        format!(
            "担当の専門家（{}）は、すでに読んでいることがあります。必要なときは、専門家に連絡してください。",
            experts.join("、")
        )
    });
    let answered = it.answered.then(|| {
        "このメールを企業の回答として、案件は「確認中」に進みました。状態は戻りません。回答がまだのときは、「企業に確認する」から、あらためて質問してください。".to_owned()
    });
    let clocks = if it.is_known {
        "返答の期限などは、追加する前に戻ります。追加したあとに変わったものは、そのままです。"
    } else {
        "返答の期限は戻りません。返答が必要ないときは、案件の「メッセージ」で対応済みにしてください。"
    };
    [company, read, answered, Some(clocks.to_owned())].into_iter().flatten().collect()
}

/// Returns the consultations to which the mail may belong: the one that it replied to, and those found by a
/// number in its subject or by its sender's address.
async fn suggestions(
    app: &App,
    mail: &InboundEntry,
    named: Option<&Record>,
) -> Result<Vec<Suggestion>, Problem> {
    let mut found: Vec<Suggestion> = Vec::new();
    let mut add = |it: &Record, why| {
        if !found.iter().any(|known| known.number == it.number) {
            let state = it.consultation.state.clone();
            found.push(Suggestion { number: it.number, company_name: it.company_name.clone(), state, why });
        }
    };
    if let Some(named) = named {
        add(named, "このメールが返信した相談");
    }
    for word in mail.subject.split(|it: char| !it.is_alphanumeric() && it != '-') {
        if let Ok(number) = CaseNumber::parse(word)
            && let Some(it) = store::consultation::by_number(&app.db, number).await?
        {
            add(&it, "件名に受付番号があります");
        }
    }
    if !mail.from_key.is_empty() {
        for it in store::consultation::of_contact(&app.db, &mail.from_key).await?.iter().take(5) {
            add(it, "差出人が、この相談の担当者です");
        }
    }
    Ok(found)
}

pub(super) fn state_label(it: &Coded<InboundState>) -> &'static str {
    it.known().map_or("", InboundState::label)
}

/// Returns the sentence that says why a mail waits or was dropped.
pub(super) fn reason(it: &Coded<Option<InboundReason>>) -> &'static str {
    it.known().flatten().map_or("", InboundReason::label)
}

fn code(shown: InboundFilter) -> &'static str {
    match shown {
        InboundFilter::Open => "open",
        InboundFilter::All => "all",
        InboundFilter::State(state) => state.code(),
    }
}

/// Returns a size in words, such as 「1.2MB」.
fn size(octets: i64) -> String {
    match octets {
        ..1_000 => format!("{octets}バイト"),
        1_000..1_000_000 => format!("{}KB", octets / 1_000),
        _ => format!("{}.{}MB", octets / 1_000_000, octets / 100_000 % 10),
    }
}

impl ReceivedPage {
    fn tabs(&self) -> Vec<(String, String, bool)> {
        let states = InboundState::ALL.into_iter().filter(|it| *it != InboundState::Stored);
        let all = [InboundFilter::Open]
            .into_iter()
            .chain(states.map(InboundFilter::State))
            .chain([InboundFilter::All]);
        all.map(|it| {
            let label = match it {
                InboundFilter::Open => format!("対応が必要（{}）", self.open),
                InboundFilter::State(state) => state.label().to_owned(),
                InboundFilter::All => "すべて".to_owned(),
            };
            (format!("/staff/mail/in?state={}", code(it)), label, it == self.shown)
        })
        .collect()
    }
}

impl OnePage {
    fn size(&self) -> String {
        size(self.mail.size)
    }

    fn waits(&self) -> bool {
        self.mail.open && self.mail.state == InboundState::Quarantined
    }

    fn files(&self) -> Vec<(String, String)> {
        let files = self.read.attachments.iter().take(100);
        files.map(|it| (it.name.clone(), size(i64::try_from(it.bytes.len()).unwrap_or(i64::MAX)))).collect()
    }
}
