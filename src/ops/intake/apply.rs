//! Applications: drafts, the slot that is held for a draft, and the submission that turns a draft into a consultation.
mod by_phone;
mod consultation_day;
mod handed_over;
mod network_limit;
mod resume;
mod row;
mod slot_search;
mod split;
mod submitter;

use std::collections::BTreeSet;

use chrono::{DateTime, SecondsFormat, TimeDelta, Utc};
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, AppointmentMode, AppointmentState, Owner},
        availability::Slot,
    },
    calendar::japan_date,
    consultation::Consultation,
    due::Due,
    id::{AppointmentId, CompanyId, ConsultationId, DraftId, PublicationId},
    intake::application::{Application, ApplicationForm, Intake},
    number::{CaseNumber, FiscalYear},
    settings::Settings,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

pub use by_phone::{held_by_phone, hold_by_phone, slots_by_phone, take_down_with_time};
pub use consultation_day::start_on_day;
use consultation_day::{day_of, origin_of};
pub use handed_over::{DeskMember, HandOverConsent, hand_over};
pub use resume::{mail_link, resume};
use row::{application_row, contact_row};
use slot_search::slot_search;
pub use split::{AwaitedIn, SplitOff, split};
pub use submitter::Submitter;

use crate::{
    app::App,
    mail::mail_event::{HandedOver, MailEvent},
    ops::{
        booking::{
            hold::renewed,
            notices::{appointment_text, plan_hold_warning},
            slot_offers::{SearchAim, SlotOffers},
        },
        case::{context::Context, save::SubmittedDraft, transaction::CaseTransaction},
        correspondence::mail_budget::{MailBudget, spend_in},
    },
    problem::Problem,
    store::{
        self,
        accounts::link::Purpose,
        consultation::{NewConsultation, Record, Submission},
        intake::{company::Applicant, draft::Draft},
    },
};

/// The time for which the link that confirms an address is valid.
const CONFIRM_LINK: TimeDelta = TimeDelta::days(14);

/// Starts a draft. `network` is a keyed hash of the network that it comes from.
pub async fn start(app: &App, network: String) -> Result<DraftId, Problem> {
    begin(app, network, None).await
}

/// Creates a draft, limited to a consultation day if it is for one.
async fn begin(app: &App, network: String, day: Option<PublicationId>) -> Result<DraftId, Problem> {
    let context = Context::of(app).await?;
    let settings = &context.settings;
    open_for_intake(settings)?;
    let mode = day.map_or_else(String::new, |_| AppointmentMode::Online.code().to_owned());
    let draft = Draft {
        id: DraftId(Uuid::new_v4()),
        day,
        form: ApplicationForm { mode, ..ApplicationForm::default() },
        network,
        expires_at: context.now + TimeDelta::days(i64::from(settings.draft_days)),
        consultation: None,
    };
    let tx = app.begin().await?;
    network_limit::count_draft(&tx, &draft.network, settings, context.now).await?;
    store::intake::draft::insert(&tx, &draft, context.now).await?;
    tx.commit().await?;
    Ok(draft.id)
}

/// Returns a draft that is unfinished or has become a consultation; `Expired` if an unfinished draft is too old.
pub async fn draft(app: &App, id: DraftId) -> Result<Draft, Problem> {
    let found = store::intake::draft::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    if found.consultation.is_none() && found.expires_at <= app.clock.now() {
        return Err(Problem::Expired);
    }
    Ok(found)
}

/// Saves the draft, whether or not its values are valid. `change` writes them into the form as it is stored now, so
/// that two windows do not undo each other's changes. A change of field, mode or prefecture releases the held slot.
pub async fn save(
    app: &App,
    id: DraftId,
    change: impl FnOnce(&mut ApplicationForm),
) -> Result<Draft, Problem> {
    let context = Context::of(app).await?;
    let settings = &context.settings;
    let tx = app.begin().await?;
    let mut draft = lock(&tx, id, context.now).await?;
    let before = draft.form.clone();
    change(&mut draft.form);
    let now = &draft.form;
    let moved = (&before.field, &before.mode, &before.prefecture) != (&now.field, &now.mode, &now.prefecture);
    draft.expires_at = context.now + TimeDelta::days(i64::from(settings.draft_days));
    if moved {
        release_held(&tx, id, context.now).await?;
        draft.form.slot.clear();
    }
    write(&tx, &draft, context.now).await?;
    tx.commit().await?;
    Ok(draft)
}

/// Returns the slots that a draft's company can choose from.
pub async fn slots(app: &App, draft: &Draft) -> Result<SlotOffers, Problem> {
    let context = Context::of(app).await?;
    let held = held(&app.db, draft).await?;
    let day = day_of(&app.db, draft).await?;
    let search = slot_search(&draft.form, held.map(|it| it.id), day, SearchAim::List)?;
    context.offers(&app.db, search).await
}

/// Holds a slot for the draft, with the best team that is free then. The slot that the draft held before is released.
pub async fn hold(app: &App, id: DraftId, slot: Slot) -> Result<Appointment, Problem> {
    let context = Context::of(app).await?;
    let settings = &context.settings;
    let tx = app.begin().await?;
    let mut draft = lock(&tx, id, context.now).await?;
    store::booking::appointment::take_turns(&tx).await?;
    release_held(&tx, id, context.now).await?;
    network_limit::check_holds(&tx, &draft, settings, context.now).await?;
    let day = day_of(&tx, &draft).await?;
    let search = slot_search(&draft.form, None, day, SearchAim::Choose)?;
    let mode = search.mode;
    let found = context.offers(&tx, search).await?;
    if !found.has(slot) {
        return Err(Problem::SlotTaken);
    }
    let team = found.teams(Some(slot)).next().ok_or(Problem::SlotTaken)?;
    let uid = Uuid::now_v7();
    let until = Some(context.now + TimeDelta::minutes(i64::from(settings.hold_minutes)));
    let held = Appointment {
        id: AppointmentId(uid),
        owner: Owner::Draft(id),
        state: AppointmentState::Held { until },
        starts_at: slot.start(),
        ends_at: found.end(slot),
        mode,
        experts: team.into_iter().map(|it| it.expert).collect(),
        place: String::new(),
        uid: app.calendar_uid(uid),
        sequence: 0,
        absent: None,
        makes_up: false,
    };
    let cells = found.cells(&held.experts, slot, settings);
    store::booking::appointment::insert(&tx, &held, &cells, context.now)
        .await?
        .map_err(|_taken| Problem::SlotTaken)?;
    draft.form.slot = slot_value(slot);
    write(&tx, &draft, context.now).await?;
    tx.commit().await?;
    Ok(held)
}

/// Returns a slot as forms send it: the start in UTC, `2026-11-26T01:00:00Z`.
pub fn slot_value(slot: Slot) -> String {
    slot.start().to_rfc3339_opts(SecondsFormat::Secs, true)
}

/// Returns whether the form names a time, rather than none yet or the choice to leave it to the center.
pub fn chose_slot(form: &ApplicationForm) -> bool {
    !matches!(form.slot.as_str(), "" | "none")
}

/// Returns the appointment that is held for a draft. The database is queried only if the draft names a time; otherwise
/// nothing is held.
pub async fn held(db: &impl ConnectionTrait, draft: &Draft) -> Result<Option<Appointment>, DbErr> {
    if chose_slot(&draft.form) {
        store::booking::appointment::held_by_draft(db, draft.id).await
    } else {
        Ok(None)
    }
}

/// Releases the appointment that a draft holds, because the company asks the center to find a time.
pub async fn release(app: &App, id: DraftId) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let mut draft = lock(&tx, id, now).await?;
    release_held(&tx, id, now).await?;
    "none".clone_into(&mut draft.form.slot);
    write(&tx, &draft, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Extends the hold of a slot, so that applicants need not hurry (WCAG 2.2.1).
///
/// Returns until when the slot is held.
pub async fn extend_hold(app: &App, id: DraftId) -> Result<DateTime<Utc>, Problem> {
    let context = Context::of(app).await?;
    let minutes = i64::from(context.settings.hold_minutes);
    let tx = app.begin().await?;
    lock(&tx, id, context.now).await?;
    let held = store::booking::appointment::held_by_draft(&tx, id).await?;
    let held = held.filter(|it| !it.has_expired(context.now)).ok_or_else(expired)?;
    let until = context.now + TimeDelta::minutes(minutes);
    let held = Appointment { state: AppointmentState::Held { until: Some(until) }, ..held };
    store::booking::appointment::save(&tx, &held, context.now).await?;
    tx.commit().await?;
    Ok(until)
}

/// Turns a draft into a consultation, once: a form that is sent twice finds the first consultation. `change` writes the
/// values typed last; they are not saved if no consultation comes of them.
pub async fn submit(
    app: &App,
    id: DraftId,
    change: impl FnOnce(&mut ApplicationForm),
) -> Result<Record, Problem> {
    let tx = app.begin().await?;
    let (mut draft, revisions) =
        store::intake::draft::lock_to_submit(&tx, id).await?.ok_or(Problem::NotFound)?;
    if let Some(done) = draft.consultation {
        tx.rollback().await?;
        return store::consultation::find(&app.db, done).await?.ok_or(Problem::NotFound);
    }
    let context = Context::at(app, &tx, revisions).await?;
    let now = context.now;
    if draft.expires_at <= now {
        return Err(Problem::Expired);
    }
    open_for_intake(&context.settings)?;
    let held = held(&tx, &draft).await?;
    if held.as_ref().is_some_and(|it| it.has_expired(now)) || (held.is_none() && chose_slot(&draft.form)) {
        return Err(expired());
    }
    change(&mut draft.form);
    let application = Application::parse(&draft.form, Intake::Company).map_err(|_| unfinished())?;
    if draft.form.slot.is_empty() {
        return Err(unfinished());
    }
    let number = store::reference::programme::next_number(&tx, now).await?;
    network_limit::check_applications(&tx, &draft, &context.settings).await?;
    let mut work = take_in(
        app,
        context,
        tx,
        Incoming {
            number,
            application: &application,
            by: Submitter { origin: origin_of(&draft, held.as_ref()), ..Actor::Company.into() },
            key: id.to_string(),
            address_confirmed: false,
            slot: held.as_ref().map(|it| it.starts_at),
            company: None,
        },
    )
    .await?;
    let id = work.record.consultation.id;
    work.save(SubmittedDraft(draft.id, id)).await?;
    let kept = held.map(|it| kept_for(it, id, &work.context));
    work.appointment.clone_from(&kept);
    let budget = match &application.contact.email {
        Some(email) => spend_in(&mut work, &email.key(), &draft.network).await?,
        None => MailBudget::Within,
    };
    let (tx, record) = acknowledged(work, budget, None)?.flush().await?;
    if let Some(kept) = kept {
        store::booking::appointment::save(&tx, &kept, now).await?;
    }
    tx.commit().await?;
    Ok(record)
}

/// Submits an application that was written down for a company: during a telephone call, or at a regional desk. A form
/// that is sent twice with the same `key` makes one consultation.
pub async fn take_down(
    app: &App,
    application: &Application,
    by: impl Into<Submitter>,
    key: Uuid,
    address_confirmed: bool,
) -> Result<Record, Problem> {
    let by = by.into();
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let number = match in_turn(&tx, key, context.now).await? {
        FormTurn::New(number) => number,
        FormTurn::SentBefore(done) => return Ok(*done),
    };
    let key = key.to_string();
    let incoming = Incoming { number, application, by, key, address_confirmed, slot: None, company: None };
    let work = take_in(app, context, tx, incoming).await?;
    let desk = handed_over::name(&work).await?;
    acknowledged(work, MailBudget::Within, desk.as_deref().map(|desk| HandedOver { desk, visit: "" }))?
        .commit()
        .await
}

/// A form with a key: new with its number, or sent before, with the consultation that it has become.
enum FormTurn {
    New(CaseNumber),
    SentBefore(Box<Record>),
}

/// Takes the next number for a form. Numbers are given one after the other: a transaction that waited for a number sees
/// what was submitted before. The caller ends the transaction if the form was sent before.
async fn in_turn(tx: &DatabaseTransaction, key: Uuid, now: DateTime<Utc>) -> Result<FormTurn, Problem> {
    let number = store::reference::programme::next_number(tx, now).await?;
    let done = store::consultation::by_submission_key(tx, &key.to_string()).await?;
    Ok(done.map_or(FormTurn::New(number), |it| FormTurn::SentBefore(Box::new(it))))
}

/// An application that is submitted, with its origin.
struct Incoming<'a> {
    number: CaseNumber,
    application: &'a Application,
    by: Submitter,
    /// The key that keeps a form sent twice from making two consultations.
    key: String,
    address_confirmed: bool,
    /// The start of the time for which the company wishes.
    slot: Option<DateTime<Utc>>,
    /// The company, if it is known already.
    company: Option<Applicant>,
}

/// Begins the consultation that an application becomes, with its first event. Nothing of it is written yet.
async fn take_in<'a>(
    app: &'a App,
    context: Context,
    tx: DatabaseTransaction,
    incoming: Incoming<'_>,
) -> Result<CaseTransaction<'a>, Problem> {
    let Incoming { number, application, by, key, address_confirmed, slot, company } = incoming;
    let now = context.now;
    let Context { settings, calendar, .. } = &context;
    let id = ConsultationId(Uuid::now_v7());
    let (consultation, event) =
        Consultation::submit(id, application.topic.fields, address_confirmed, by.actor, now)?;
    let applicant = match company {
        Some(company) => company,
        None => store::intake::company::of_application(&tx, &application.company, now).await?,
    };
    let (company, own_company, new_company) = match applicant {
        Applicant::Known { company, own } => (company, own, None),
        Applicant::New(row) => (CompanyId(row.id), None, Some(row)),
    };
    let is_known = new_company.is_none();
    // Anybody can type another company's number; the center has asked whom it belongs to.
    let number_unconfirmed = is_known && !matches!(by.actor, Actor::Coordinator(_));
    let due = Due::first_contact_for(settings, calendar, now, slot);
    let Submitter { origin, desk, account, .. } = by;
    let record = NewConsultation {
        consultation,
        number,
        company,
        application,
        origin,
        desk,
        due,
        number_unconfirmed,
        now,
    };
    let record = record.record();
    let known: BTreeSet<_> = context.programme.themes.iter().map(|it| it.code.as_str()).collect();
    let themes = application.topic.themes.iter().filter(|it| known.contains(it.as_str())).cloned();
    let new = Submission {
        company: new_company,
        own_company,
        search_key: application.search_key(),
        submission_key: key,
        entered_by: account,
        consent_version: settings.consent_version.clone(),
        newsletter: application.newsletter,
        application: application_row(id, application),
        contact: contact_row(id, application),
        themes: themes.collect(),
    };
    let mut work = CaseTransaction::submitted(app, context, tx, new, record, event);
    if is_known {
        note_used_up(&mut work).await?;
    }
    tracing::info!(consultation.number = %number, "received consultation {number}");
    Ok(work)
}

/// Refuses with the operator's notice while no applications are accepted.
fn open_for_intake(settings: &Settings) -> Result<(), Problem> {
    let notice = &settings.intake_closed_notice;
    if notice.is_empty() { Ok(()) } else { Err(Problem::Refused(notice.clone())) }
}

/// Returns the draft's slot as the consultation's, held until the address is confirmed or the hold ends.
fn kept_for(held: Appointment, id: ConsultationId, context: &Context) -> Appointment {
    renewed(Appointment { owner: Owner::Consultation(id), ..held }, context)
}

/// Adds the acknowledgement with the link that confirms the address.
fn acknowledged<'a>(
    mut work: CaseTransaction<'a>,
    budget: MailBudget,
    handed_over: Option<HandedOver<'_>>,
) -> Result<CaseTransaction<'a>, Problem> {
    let Some(email) = work.person.email.clone() else { return Ok(work) };
    if budget == MailBudget::Spent {
        work.note(Actor::System, "1日に送るメールの上限に達したため、受付のメールを送っていません");
    }
    let purpose =
        Purpose::Confirm { email_key: email.to_lowercase(), consultation: work.record.consultation.id };
    let confirm = work.link(&purpose, CONFIRM_LINK)?;
    let held = work.appointment.clone();
    let names = Vec::new();
    let slot = held.as_ref().and_then(|it| Some((appointment_text(it, &names), it.held_until()?)));
    let due = work.record.due.as_ref().and_then(Due::at).unwrap_or(work.now());
    let mail_event = MailEvent::Acknowledgement {
        confirm: &confirm,
        slot,
        received_at: work.record.received_at,
        first_contact_due: due,
        handed_over,
    };
    let over_limit = budget == MailBudget::Spent;
    if let Some(mail) = work.mail_company(mail_event)? {
        mail.over_limit = over_limit;
    }
    if let Some(held) = held.filter(|_| !over_limit) {
        plan_hold_warning(&mut work, &held)?;
    }
    Ok(work)
}

fn unfinished() -> Problem {
    Problem::Refused("入力が終わっていない項目があります。".to_owned())
}

/// Adds a note to the history if the company has used up its appointments of the year. It may still apply: a
/// coordinator decides.
async fn note_used_up(work: &mut CaseTransaction<'_>) -> Result<(), Problem> {
    if let Some(appointments) = used_up(work.read(), &work.record, &work.context.settings, work.now()).await?
    {
        let cap = work.context.settings.appointment_cap;
        let note = format!("この企業の今年度の相談は{appointments}回で、上限の{cap}回に達しています");
        work.note(Actor::System, note);
    }
    Ok(())
}

/// Returns how many appointments the company has had or booked in the fiscal year of `now`, if it may have no more.
pub async fn used_up(
    db: &impl ConnectionTrait,
    record: &Record,
    settings: &Settings,
    now: DateTime<Utc>,
) -> Result<Option<u16>, Problem> {
    let year = FiscalYear::of(japan_date(now)).map_err(anyhow::Error::from)?;
    let appointments = store::intake::company::appointments_in(db, record, year).await?;
    Ok((appointments >= settings.appointment_cap).then_some(appointments))
}

async fn lock(tx: &DatabaseTransaction, id: DraftId, now: DateTime<Utc>) -> Result<Draft, Problem> {
    let draft = store::intake::draft::lock(tx, id).await?.ok_or(Problem::NotFound)?;
    if draft.consultation.is_some() {
        return Err(Problem::Refused("この申込みは、すでに受け付けました。".to_owned()));
    }
    if draft.expires_at <= now { Err(Problem::Expired) } else { Ok(draft) }
}

async fn write(tx: &DatabaseTransaction, draft: &Draft, now: DateTime<Utc>) -> Result<(), Problem> {
    let email = domain::intake::contact::EmailAddress::parse(&draft.form.email);
    Ok(store::intake::draft::save(tx, draft, email.ok().map(|it| it.key()), now).await?)
}

async fn release_held(tx: &DatabaseTransaction, id: DraftId, now: DateTime<Utc>) -> Result<(), Problem> {
    if let Some(held) = store::booking::appointment::held_by_draft(tx, id).await? {
        store::booking::appointment::save(tx, &held.release()?, now).await?;
    }
    Ok(())
}

fn expired() -> Problem {
    Problem::Refused("お取り置きの期限が過ぎました。もう一度日時を選んでください。".to_owned())
}
