//! A time that is agreed during a telephone call: it is held while the application is typed.
use domain::{
    booking::{
        appointment::{Appointment, AppointmentState},
        availability::Slot,
    },
    id::{AccountId, DraftId},
    intake::application::{Application, ApplicationForm},
};
use uuid::Uuid;

use super::{
    FormTurn, Incoming, Submitter, acknowledged, expired, handed_over, hold, in_turn, kept_for, release_held,
    save, slot_search::slot_search, take_in,
};
use crate::{
    app::App,
    mail::mail_event::HandedOver,
    ops::{
        booking::{
            hold::ask_or_keep,
            slot_offers::{SearchAim, SlotOffers},
        },
        case::{context::Context, save::SubmittedDraft, transaction::CaseTransaction},
        correspondence::mail_budget::MailBudget,
    },
    problem::Problem,
    store::{self, consultation::Record, intake::draft::Draft},
};

/// Returns the slots that fit what has been typed so far.
pub async fn slots_by_phone(
    app: &App,
    form: &ApplicationForm,
    draft: Option<DraftId>,
) -> Result<SlotOffers, Problem> {
    let context = Context::of(app).await?;
    let held = held_by_phone(app, draft).await?;
    let search = slot_search(form, held.map(|it| it.id), None, SearchAim::List)?;
    context.offers(&app.db, search).await
}

/// Returns the appointment that is held during the call, if its time is not over.
pub async fn held_by_phone(app: &App, draft: Option<DraftId>) -> Result<Option<Appointment>, Problem> {
    let Some(draft) = draft else { return Ok(None) };
    let held = store::booking::appointment::held_by_draft(&app.db, draft).await?;
    let now = app.clock.now();
    Ok(held.filter(|it| !it.has_expired(now)))
}

/// Holds a slot for the company on the telephone. What was typed is kept in a draft, which the first hold makes.
pub async fn hold_by_phone(
    app: &App,
    draft: Option<DraftId>,
    by: AccountId,
    form: &ApplicationForm,
    slot: Slot,
) -> Result<DraftId, Problem> {
    slot_search(form, None, None, SearchAim::List)?;
    let id = match draft {
        Some(id) => id,
        None => {
            let context = Context::of(app).await?;
            let days = i64::from(context.settings.draft_days);
            let draft = Draft {
                id: DraftId(Uuid::new_v4()),
                form: ApplicationForm::default(),
                // The limit on holds counts each coordinator alone.
                network: format!("account/{by}"),
                expires_at: context.now + chrono::TimeDelta::days(days),
                consultation: None,
                day: None,
            };
            let tx = app.begin().await?;
            store::intake::draft::insert(&tx, &draft, context.now).await?;
            tx.commit().await?;
            draft.id
        }
    };
    save(app, id, |it| it.clone_from(form)).await?;
    hold(app, id, slot).await?;
    Ok(id)
}

/// Submits an application that was written down during a call, with the time that was agreed and held in `draft`. Where
/// routing is automatic and the address confirmed, the best experts are asked for it at once.
pub async fn take_down_with_time(
    app: &App,
    application: &Application,
    by: impl Into<Submitter>,
    key: Uuid,
    address_confirmed: bool,
    draft: DraftId,
) -> Result<Record, Problem> {
    let by = by.into();
    let context = Context::of(app).await?;
    let now = context.now;
    let tx = app.begin().await?;
    let kept = store::intake::draft::lock(&tx, draft).await?.ok_or(Problem::NotFound)?;
    let number = match in_turn(&tx, key, now).await? {
        FormTurn::New(number) => number,
        FormTurn::SentBefore(done) => return Ok(*done),
    };
    if kept.consultation.is_some() {
        return Err(Problem::Refused("この日時は、すでに別の案件に使われています。".to_owned()));
    }
    let held = store::booking::appointment::held_by_draft(&tx, draft).await?;
    let held = held.filter(|it| !it.has_expired(now)).ok_or_else(expired)?;
    // A change of field, mode or place after the hold would leave a time that does not fit.
    if !fits(&kept.form, application) {
        release_held(&tx, draft, now).await?;
        tx.commit().await?;
        return Err(Problem::Refused(
            "分野、実施方法または都道府県を変えたため、日時の仮予約を解除しました。日時を選び直してください。"
                .to_owned(),
        ));
    }
    let (slot, key) = (Some(held.starts_at), key.to_string());
    let incoming = Incoming { number, application, by, key, address_confirmed, slot, company: None };
    let mut work = take_in(app, context, tx, incoming).await?;
    let id = work.record.consultation.id;
    work.save(SubmittedDraft(draft, id)).await?;
    let mut kept = kept_for(held, id, &work.context);
    if address_confirmed {
        kept.state = AppointmentState::Held { until: Some(kept.starts_at) };
    }
    work.appointment = Some(kept.clone());
    let desk = handed_over::name(&work).await?;
    let handed_over = desk.as_deref().map(|desk| HandedOver { desk, visit: "" });
    let (tx, record) = acknowledged(work, MailBudget::Within, handed_over)?.flush().await?;
    store::booking::appointment::save(&tx, &kept, now).await?;
    tx.commit().await?;
    if address_confirmed {
        let mut work = CaseTransaction::begin(app, id).await?;
        Box::pin(ask_or_keep(&mut work)).await?;
        return work.commit().await;
    }
    Ok(record)
}

/// Returns whether the time was searched with what the application says.
fn fits(typed: &ApplicationForm, application: &Application) -> bool {
    let Ok(topic) = domain::intake::application::ApplicationTopic::parse(typed) else { return false };
    let place = domain::prefecture::Prefecture::parse(&typed.prefecture).ok();
    topic.fields == application.topic.fields
        && topic.mode == application.topic.mode
        && place == application.company.prefecture
}
