//! Entering an application during a telephone call, on one page.
use actix_web::{HttpRequest, HttpResponse, get, http::StatusCode, post, web::Data};
use askama::Template;
use domain::{
    actor::Actor,
    field::Field,
    id::{CompanyId, ConsultationId, DraftId, MailId},
    intake::{
        application::{Application, ApplicationForm, Intake},
        company::{Industry, Mode, Organization, TeleworkStatus},
        contact::EmailAddress,
        duplicate::Identity,
    },
    wording,
};
use mime::Piece;
use uuid::Uuid;

use super::possible_duplicate::{PossibleDuplicate, possible_duplicates};
use crate::{
    app::App,
    ops::{self, correspondence::inbound_mail::AttachAs, intake::apply::Submitter},
    problem::Problem,
    store::{
        self,
        consultation::Origin,
        reference::{desk::Desk, programme::Programme},
    },
    url,
    web::kit::{
        form::{Choice, FieldErrors, Fields, prefectures},
        form_state::sentence,
        mail_document,
        page::{self, Shell},
        session::Coordinator,
        slots::{self, DATES, Date},
    },
};

/// The number of characters of a mail that fit into the description.
const LONGEST_TEXT: usize = 2000;
/// The sentence about an agreed time that is held no more.
const TIME_OVER: &str = "お取り置きの期限が過ぎました。もう一度日時を選んでください。";

#[derive(Template)]
#[template(path = "staff/new.html")]
struct IntakePage {
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    choices: Choices,
    /// The key by which a form that is sent twice becomes one consultation.
    key: Uuid,
    possible_duplicates: Vec<PossibleDuplicate>,
    /// The numbers of the possible duplicates that were shown, so that saving again confirms them.
    seen: String,
    time: AgreedTime,
}

/// The time that is agreed during the call.
#[derive(Default)]
struct AgreedTime {
    /// The draft that holds the time; empty before the first hold.
    draft: String,
    /// The held time and until when it is held.
    held: Option<(String, String)>,
    /// The free times, once they were asked for.
    days: Vec<Date>,
    /// Whether the free times were asked for.
    shown: bool,
    /// Why no time could be shown or held.
    refused: Option<String>,
}

struct Choices {
    fields: Vec<Choice>,
    themes: Vec<Choice>,
    modes: Vec<Choice>,
    organizations: Vec<Choice>,
    prefectures: Vec<Choice>,
    industries: Vec<Choice>,
    telework: Vec<Choice>,
    consent: Vec<Choice>,
    origins: Vec<Choice>,
    /// The desks that can have handed the request over.
    desks: Vec<Choice>,
}

#[get("/staff/new")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
) -> Result<HttpResponse, Problem> {
    let mut form = Fields::from_iter([("mode", Mode::Online.code())]);
    if let Some(id) = mail_of(&Fields::of_query(&req)) {
        fill_from_mail(&app, id, &mut form).await?;
    }
    render(&app, shell, form, FieldErrors::default(), Vec::new()).await
}

#[post("/staff/new")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    mut form: Fields,
) -> Result<HttpResponse, Problem> {
    if !form.get("action").is_empty() {
        return agree(&app, &me, shell, form).await;
    }
    if let Some(why) = hold_ticked(&app, &me, &mut form).await? {
        let draft = draft_of(&form);
        return choose_again(&app, shell, form, draft, Some(why)).await;
    }
    let typed = written(&form);
    let parsed = Application::parse(&typed, Intake::OnBehalf);
    let mut errors = FieldErrors::default();
    if let Err(mistakes) = &parsed {
        for (field, message) in mistakes {
            errors.add(field, message.clone());
        }
    }
    if !typed.consents() {
        errors.add("consent", "個人情報の取扱いを説明し、同意を得た場合はチェックしてください");
    }
    let (Ok(application), Ok(key), true) = (parsed, Uuid::try_parse(form.get("key")), errors.is_empty())
    else {
        return render(&app, shell, form, errors, Vec::new()).await;
    };
    let found = same_company(&app, &application).await?;
    if found.iter().any(|it| !was_seen(&form, it)) && is_new(&app, key).await? {
        return render(&app, shell, form, errors, found).await;
    }
    let confirmed = form.has("address_confirmed", "1");
    let Some(by) = submitter(&app, &me, &form, &mut errors).await? else {
        return render(&app, shell, form, errors, Vec::new()).await;
    };
    let taken = match draft_of(&form) {
        None => ops::intake::apply::take_down(&app, &application, by, key, confirmed).await,
        Some(draft) => {
            ops::intake::apply::take_down_with_time(&app, &application, by, key, confirmed, draft).await
        }
    };
    let record = match taken {
        Ok(record) => record,
        Err(Problem::Refused(why)) => {
            let time = AgreedTime { refused: Some(why), ..AgreedTime::default() };
            return render_with(&app, shell, form, FieldErrors::default(), Vec::new(), time).await;
        }
        Err(problem) => return Err(problem),
    };
    if let Some(id) = mail_of(&form) {
        add_mail(&app, id, record.consultation.id, &me).await?;
    }
    let flash = format!("受付番号 {} で登録しました。", record.number);
    Ok(page::see_other_with(url::staff(&record.number), &flash))
}

/// Returns the coordinator with the way by which the request came in.
async fn submitter(
    app: &App,
    me: &Coordinator,
    form: &Fields,
    errors: &mut FieldErrors,
) -> Result<Option<Submitter>, Problem> {
    let caller = Submitter::from(Actor::Coordinator(me.id));
    // A form that does not say so is one of a telephone call.
    let origin = match form.get("origin") {
        "" => Some(caller.origin),
        code => Origin::from_code(code).filter(|it| *it != Origin::Web),
    };
    let origin = errors.take("origin", origin.ok_or("受付の方法を選択してください"));
    if origin != Some(Origin::Desk) {
        return Ok(origin.map(|origin| Submitter { origin, ..caller }));
    }
    let desks = store::reference::desk::all(&app.db).await?;
    let chosen = desks.iter().find(|it| it.id.to_string() == form.get("desk"));
    let desk = errors.take("desk", chosen.ok_or("引き継いだ一次相談窓口を選択してください"));
    Ok(desk.map(|it| Submitter { origin: Origin::Desk, desk: Some(it.id), ..caller }))
}

/// Shows the free times, holds the chosen one, or lets it go, and shows the form again as it was typed.
async fn agree(app: &App, me: &Coordinator, shell: Shell, form: Fields) -> Result<HttpResponse, Problem> {
    let typed = written(&form);
    let mut draft = draft_of(&form);
    let done = match (form.get("action"), slots::parse(form.get("slot"))) {
        ("hold", Some(slot)) => {
            let held = ops::intake::apply::hold_by_phone(app, draft, me.id, &typed, slot).await;
            held.map(|id| draft = Some(id))
        }
        ("hold", None) => Err(Problem::Refused("日時を選択してください。".to_owned())),
        ("release", _) => match draft.take() {
            Some(id) => ops::intake::apply::release(app, id).await,
            None => Ok(()),
        },
        _ => Ok(()),
    };
    let refused = done.err().map(sentence).transpose()?;
    match form.get("action") {
        "hold" if refused.is_none() => {
            let form = with_draft(&form, draft, "slot");
            render(app, shell, form, FieldErrors::default(), Vec::new()).await
        }
        // No time is ticked any more after a release.
        "release" => choose_again(app, shell, with_draft(&form, None, "slot"), draft, refused).await,
        _ => choose_again(app, shell, form, draft, refused).await,
    }
}

/// Shows the free times, with the one that is ticked, and why it could not be held.
async fn choose_again(
    app: &App,
    shell: Shell,
    form: Fields,
    draft: Option<DraftId>,
    refused: Option<String>,
) -> Result<HttpResponse, Problem> {
    let mut time = AgreedTime { refused, ..AgreedTime::default() };
    match ops::intake::apply::slots_by_phone(app, &written(&form), draft).await {
        Ok(found) => {
            let days: Vec<_> = found.days().into_iter().take(DATES).collect();
            let chosen = slots::parse(form.get("slot"));
            time.days = slots::dates(&days, |it| found.end(it), chosen);
            time.shown = true;
        }
        Err(problem) => time.refused = Some(sentence(problem)?),
    }
    let form = with_draft(&form, draft, "action");
    render_with(app, shell, form, FieldErrors::default(), Vec::new(), time).await
}

/// Holds the time that is ticked when the form is submitted, so that it is not dropped without a word. Returns why it could
/// not be held.
async fn hold_ticked(app: &App, me: &Coordinator, form: &mut Fields) -> Result<Option<String>, Problem> {
    let Some(slot) = slots::parse(form.get("slot")) else { return Ok(None) };
    // A form that is sent twice has its time already.
    if let Ok(key) = Uuid::try_parse(form.get("key"))
        && !is_new(app, key).await?
    {
        return Ok(None);
    }
    match ops::intake::apply::hold_by_phone(app, draft_of(form), me.id, &written(form), slot).await {
        Ok(draft) => {
            *form = with_draft(form, Some(draft), "slot");
            Ok(None)
        }
        Err(problem) => Ok(Some(sentence(problem)?)),
    }
}

/// Returns the form with the draft that holds the agreed time, without the button that was pressed and without the field
/// `except`.
fn with_draft(form: &Fields, draft: Option<DraftId>, except: &str) -> Fields {
    let known = form.pairs().filter(|(name, _)| !matches!(*name, "action" | "draft") && *name != except);
    let mut form: Fields = known.collect();
    if let Some(draft) = draft {
        form.add("draft", draft.to_string());
    }
    form
}

async fn render(
    app: &App,
    shell: Shell,
    form: Fields,
    errors: FieldErrors,
    possible_duplicates: Vec<PossibleDuplicate>,
) -> Result<HttpResponse, Problem> {
    render_with(app, shell, form, errors, possible_duplicates, AgreedTime::default()).await
}

async fn render_with(
    app: &App,
    shell: Shell,
    mut form: Fields,
    errors: FieldErrors,
    possible_duplicates: Vec<PossibleDuplicate>,
    mut time: AgreedTime,
) -> Result<HttpResponse, Problem> {
    let draft = draft_of(&form);
    time.draft = draft.map(|it| it.to_string()).unwrap_or_default();
    let held = ops::intake::apply::held_by_phone(app, draft).await?;
    time.held = held.and_then(|it| {
        let when = wording::long_date_time_range(it.starts_at, it.ends_at);
        Some((when, wording::time(it.held_until()?)))
    });
    // A time that is over is not to be submitted, and is not left out without a word.
    if time.held.is_none() {
        time.draft.clear();
        if draft.is_some() && time.refused.is_none() {
            time.refused = Some(TIME_OVER.to_owned());
        }
    }
    let programme = app.programme().await?;
    let key = Uuid::try_parse(form.get("key")).unwrap_or_else(|_| Uuid::new_v4());
    let status = match (errors.is_empty(), possible_duplicates.is_empty()) {
        (true, true) if time.refused.is_some() => StatusCode::CONFLICT,
        (true, true) => StatusCode::OK,
        (false, _) => StatusCode::UNPROCESSABLE_ENTITY,
        (true, false) => StatusCode::CONFLICT,
    };
    if form.get("mode").is_empty() {
        form.add("mode", Mode::Online.code());
    }
    let seen = possible_duplicates.iter().map(|it| it.number.to_string()).collect::<Vec<_>>().join(",");
    if form.get("origin").is_empty() {
        let origin = if mail_of(&form).is_some() { Origin::Mail } else { Origin::Phone };
        form.add("origin", origin.code());
    }
    let desks = store::reference::desk::all(&app.db).await?;
    let choices = Choices::of(&programme, &shell, desks);
    page::html_with(
        status,
        &IntakePage { shell, form, errors, choices, key, possible_duplicates, seen, time },
    )
}

/// Returns the draft that holds the agreed time.
fn draft_of(form: &Fields) -> Option<DraftId> {
    Uuid::try_parse(form.get("draft")).ok().map(DraftId)
}

/// Returns the received mail from which the consultation is made.
fn mail_of(form: &Fields) -> Option<MailId> {
    Uuid::try_parse(form.get("mail")).ok().map(MailId)
}

/// Fills the form with the sender and the text of a mail.
async fn fill_from_mail(app: &App, id: MailId, form: &mut Fields) -> Result<(), Problem> {
    let mail = store::correspondence::inbound_mail::entry(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let read = mail_document::read(app, id).await?;
    let written = mime::pieces(&read.body).into_iter().filter_map(|it| match it {
        Piece::Written(text) => Some(text),
        Piece::Quoted(_) | Piece::Signature(_) => None,
    });
    let text: String = written.collect::<Vec<_>>().join("\n").trim().chars().take(LONGEST_TEXT).collect();
    for (name, value) in [
        ("mail", id.to_string()),
        ("contact_name", mail.from_name),
        ("email", mail.from_address),
        ("description", text),
    ] {
        form.add(name, value);
    }
    Ok(())
}

/// Adds the mail as the first entry of the thread, unless it has been dealt with in the meantime.
async fn add_mail(app: &App, id: MailId, case: ConsultationId, me: &Coordinator) -> Result<(), Problem> {
    match ops::correspondence::inbound_mail::attach(app, id, case, me.id, AttachAs::Company).await {
        Ok(_) | Err(Problem::Refused(_) | Problem::NotFound) => Ok(()),
        Err(other) => Err(other),
    }
}

/// Returns other consultations of the same company, as far as one fact alone suggests it.
async fn same_company(app: &App, application: &Application) -> Result<Vec<PossibleDuplicate>, Problem> {
    let company = &application.company;
    let known = match company.corporate_number {
        Some(number) => store::intake::company::by_number(&app.db, &number.to_string()).await?,
        None => None,
    };
    let known = known.unwrap_or(CompanyId(Uuid::nil()));
    let text = |it: &Option<domain::text::TextLine>| it.as_ref().map(ToString::to_string).unwrap_or_default();
    let contact = &application.contact;
    let who = Identity {
        corporate_number: company.corporate_number.map(|it| it.to_string()),
        name: company.name.to_string(),
        reading: text(&company.kana),
        city: text(&company.city),
        street: text(&company.street),
        telephone: contact.phone.as_ref().map(|it| it.digits().to_owned()).unwrap_or_default(),
        person: contact.name.to_string(),
        mail_address: contact.email.as_ref().map(EmailAddress::key).unwrap_or_default(),
    };
    let (mut found, _) = possible_duplicates(app, &who, known, Uuid::nil()).await?;
    found.retain(PossibleDuplicate::is_strong);
    Ok(found)
}

fn was_seen(form: &Fields, it: &PossibleDuplicate) -> bool {
    let number = it.number.to_string();
    form.get("seen").split(',').any(|seen| seen == number)
}

/// Returns whether the form has not been saved before. A form that is sent twice would find its own
/// consultation among the possible duplicates.
async fn is_new(app: &App, key: Uuid) -> Result<bool, Problem> {
    Ok(store::consultation::by_submission_key(&app.db, &key.to_string()).await?.is_none())
}

fn written(form: &Fields) -> ApplicationForm {
    let one = |name: &str| form.get(name).to_owned();
    let many = |name: &str| form.all(name).map(str::to_owned).collect();
    ApplicationForm {
        field: many("field"),
        theme: many("theme"),
        description: one("description"),
        mode: one("mode"),
        company_name: one("company_name"),
        company_kana: one("company_kana"),
        corporate_number: one("corporate_number"),
        organization: one("organization"),
        postal_code: one("postal_code"),
        prefecture: one("prefecture"),
        city: one("city"),
        street: one("street"),
        building: one("building"),
        industry: one("industry"),
        employees: one("employees"),
        regular_employees: one("regular_employees"),
        capital: one("capital"),
        telework_status: one("telework_status"),
        contact_name: one("contact_name"),
        contact_kana: one("contact_kana"),
        department: one("department"),
        position: one("position"),
        email: one("email"),
        phone: one("phone"),
        slot: String::new(),
        consent: one("consent"),
        newsletter: one("newsletter"),
    }
}

impl Choices {
    fn of(programme: &Programme, shell: &Shell, desks: Vec<Desk>) -> Self {
        let theme = |it: &store::reference::programme::Theme| {
            Choice::new(it.code.clone(), it.label.clone()).with_hint(it.field.label())
        };
        let consent = format!(
            "個人情報の取扱い（{}版）を担当者に説明し、同意を得ました",
            shell.settings.consent_version
        );
        Self {
            fields: vec![
                Choice::new(Field::Ict.code(), "ICT").with_hint("機器・セキュリティ・ツール"),
                Choice::new(Field::Labor.code(), "労務管理").with_hint("規則・労働時間・評価"),
            ],
            themes: programme.themes.iter().map(theme).collect(),
            modes: Mode::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            organizations: Organization::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            prefectures: prefectures(),
            industries: Industry::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            telework: TeleworkStatus::ALL.iter().map(|it| Choice::new(it.code(), it.label())).collect(),
            consent: vec![Choice::new("yes", consent).with_hint(
                "説明すること：利用の目的、担当の専門家に内容を伝えること、保存の期間、問い合わせ先",
            )],
            origins: [Origin::Phone, Origin::Mail, Origin::Visit, Origin::Desk]
                .map(|it| Choice::new(it.code(), it.label()))
                .to_vec(),
            desks: desks.into_iter().map(|it| Choice::new(it.id.to_string(), it.name)).collect(),
        }
    }
}
