//! The acts of a person who signs up for an event. Each act is one transaction under the lock of the event.
use chrono::DateTime;
use domain::{
    gathering::{ANSWERS_TAKEN, Admission, CONFIRM_WITHIN, PASS_SHOWN, SeatKind, SignUpRefused, SignUpState},
    id::{PublicationId, SignUpId},
    intake::contact::EmailAddress,
    publication::news::WebAddress,
    text::TextLine,
};
use uuid::Uuid;

use super::hall::{Hall, refused};
pub use super::mails::page_token;
use crate::{
    app::App,
    mail::mail_event::GatheringNews,
    ops::correspondence::mail_budget::{MailBudget, RequestedMail, spend},
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        gathering::{
            Gathering,
            questionnaire::{self, QuestionnaireAnswer},
            sign_up::{self, SignUp},
        },
    },
};

/// The scope under which the mails of sign-ups are counted in the daily limits.
const SCOPE: &str = "event/";

/// The data with which a person signs up.
#[derive(Clone, Debug)]
pub struct SignUpForm {
    pub seat: SeatKind,
    pub person: Participant,
    pub email: EmailAddress,
}

/// A person as the list of participants knows one.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Participant {
    pub name: TextLine,
    /// The reading of the name.
    pub kana: Option<TextLine>,
    pub organization: Option<TextLine>,
}

impl Participant {
    /// Writes the person into a sign-up.
    pub(super) fn write_to(&self, it: &mut SignUp) {
        let text = |it: &Option<TextLine>| it.as_ref().map(|it| it.as_str().to_owned());
        it.name = Some(self.name.as_str().to_owned());
        it.kana = text(&self.kana);
        it.organization = text(&self.organization);
    }
}

/// Takes a sign-up and mails the link that confirms it. It has no seat until then. An address that has signed up already
/// gets the link to its page; the answer is the same. `network` is a keyed hash. Returns `TooMany` if the day's mails
/// are used up, before anything is kept.
pub async fn request(
    app: &App,
    event: PublicationId,
    form: SignUpForm,
    network: &str,
) -> Result<(), Problem> {
    let mut hall = Hall::open(app, event).await?;
    hall.check_open(form.seat)?;
    if hall.now() >= hall.event.deadline {
        return Err(refused(SignUpRefused::Closed));
    }
    if hall.event.seats(form.seat).is_none() {
        return Err(refused(SignUpRefused::NoSuchSeats));
    }
    let settings = &hall.context.settings;
    let (key, now) = (form.email.key(), hall.now());
    let requested = RequestedMail { scope: SCOPE, email_key: &key, network, proved: false };
    if spend(app, &hall.tx, requested, settings, now).await? == MailBudget::Spent {
        hall.tx.commit().await?;
        return Err(Problem::TooMany);
    }
    let until = now + CONFIRM_WITHIN;
    let known = sign_up::of_address(&hall.tx, event, &key).await?;
    if let Some(known) = known.as_ref().filter(|it| !matches!(it.state, SignUpState::Unconfirmed { .. })) {
        hall.tell(known, GatheringNews::Known)?;
        return hall.commit().await;
    }
    let mut it = SignUp {
        id: known.as_ref().map_or_else(|| SignUpId(Uuid::now_v7()), |it| it.id),
        event,
        seat: form.seat,
        state: SignUpState::Unconfirmed { until },
        name: None,
        kana: None,
        organization: None,
        email: Some(form.email.as_str().to_owned()),
        attended_at: None,
        created_at: known.as_ref().map_or(now, |it| it.created_at),
    };
    form.person.write_to(&mut it);
    match known {
        None => sign_up::insert(&hall.tx, &it).await?,
        Some(_) => sign_up::save(&hall.tx, &it).await?,
    }
    hall.tell(&it, GatheringNews::Confirm { until })?;
    hall.commit().await
}

/// Returns the sign-up of a token with its event; `None` if the token is forged or too old, or the sign-up was
/// forgotten.
pub async fn sign_up_of(app: &App, token: &str) -> Result<Option<(SignUp, Gathering)>, Problem> {
    let Some(id) = app.secret.verify(Purpose::SignUp, token, app.clock.now()) else { return Ok(None) };
    let Some(it) = sign_up::find(&app.db, SignUpId(id)).await? else { return Ok(None) };
    let event = store::gathering::find(&app.db, it.event).await?;
    Ok(event.filter(|event| event.erased_at.is_none()).map(|event| (it, event)))
}

/// Confirms the address: the person gets a seat, or waits for one. Doing so twice changes nothing.
pub async fn confirm(app: &App, id: SignUpId) -> Result<(), Problem> {
    let (mut hall, it) = begin(app, id).await?;
    if !matches!(it.state, SignUpState::Unconfirmed { .. }) {
        return it.state.confirm(Admission::Full, 0, hall.now()).map(drop).map_err(refused);
    }
    hall.check_open(it.seat)?;
    let (admission, free) = (hall.admission(it.seat).await?, hall.free_number(it.seat).await?);
    let state = it.state.confirm(admission, free, hall.now()).map_err(refused)?;
    take(&mut hall, SignUp { state, ..it }).await?;
    hall.commit().await
}

/// Takes the seat that is offered. Doing so twice changes nothing.
pub async fn accept(app: &App, id: SignUpId) -> Result<(), Problem> {
    let (mut hall, it) = begin(app, id).await?;
    if hall.event.called_off.is_some() {
        return Err(refused(SignUpRefused::CalledOff));
    }
    let state = it.state.accept(hall.now()).map_err(refused)?;
    if state == it.state {
        return Ok(());
    }
    take(&mut hall, SignUp { state, ..it }).await?;
    hall.commit().await
}

/// Gives the seat, the offer or the place on the waiting list back. A person who had a seat gets a mail that removes the
/// event from the calendar.
pub async fn cancel(app: &App, id: SignUpId) -> Result<(), Problem> {
    let (mut hall, it) = begin(app, id).await?;
    if hall.now() >= hall.event.starts_at {
        return Err(refused(SignUpRefused::Closed));
    }
    let state = it.state.cancel().map_err(refused)?;
    if state == it.state {
        return Ok(());
    }
    if matches!(it.state, SignUpState::Seated { .. }) {
        hall.tell(&it, GatheringNews::SeatCancelled)?;
    }
    let was_unconfirmed = matches!(it.state, SignUpState::Unconfirmed { .. });
    let mut it = SignUp { state, ..it };
    if was_unconfirmed {
        // The address is not proved, so nothing of the form is kept.
        (it.name, it.kana, it.organization, it.email) = (None, None, None, None);
    }
    hall.save(it, None).await?;
    hall.commit().await
}

/// Changes the person and the kind of seat. Another kind is taken only if a seat of it is free; those
/// who are on its waiting list come first.
pub async fn change(app: &App, id: SignUpId, person: &Participant, seat: SeatKind) -> Result<(), Problem> {
    let (mut hall, mut it) = begin(app, id).await?;
    if !it.state.is_live() {
        return Err(refused(SignUpRefused::Cancelled));
    }
    person.write_to(&mut it);
    if seat == it.seat {
        hall.save(it, None).await?;
        return hall.commit().await;
    }
    hall.check_open(seat)?;
    if matches!(it.state, SignUpState::Unconfirmed { .. }) {
        return Err(refused(SignUpRefused::NotNow));
    }
    if hall.admission(seat).await? != Admission::Seat {
        return Err(refused(SignUpRefused::OtherSeatsFull));
    }
    let number = hall.free_number(seat).await?;
    take(&mut hall, SignUp { seat, state: SignUpState::Seated { number }, ..it }).await?;
    hall.commit().await
}

/// Enters the online meeting: records that the participant attended, and returns the meeting link.
pub async fn join(app: &App, id: SignUpId) -> Result<WebAddress, Problem> {
    let (mut hall, it) = begin(app, id).await?;
    let link = pass(&hall.event, &it, hall.now()).cloned().ok_or_else(|| refused(SignUpRefused::NotNow))?;
    if it.attended_at.is_none() && hall.now() >= hall.event.starts_at - chrono::TimeDelta::hours(1) {
        let attended_at = Some(hall.now());
        hall.save(SignUp { attended_at, ..it }, None).await?;
        hall.commit().await?;
    }
    Ok(link)
}

/// Returns the meeting link that a participant may see now: one who has an online seat, from a day before the start
/// until the end.
pub fn pass<'a>(event: &'a Gathering, it: &SignUp, now: DateTime<chrono::Utc>) -> Option<&'a WebAddress> {
    let is_due = event.starts_at - PASS_SHOWN <= now && now < event.ends_at && event.called_off.is_none();
    let is_online = it.seat == SeatKind::Online && matches!(it.state, SignUpState::Seated { .. });
    event.online_link.as_ref().filter(|_| is_due && is_online)
}

/// Saves a participant's answers to the questionnaire, in place of earlier ones.
pub async fn answer(app: &App, id: SignUpId, answers: &QuestionnaireAnswer) -> Result<(), Problem> {
    let (hall, it) = begin(app, id).await?;
    if !may_answer(&hall.event, &it, hall.now()) {
        return Err(refused(SignUpRefused::NotNow));
    }
    questionnaire::save(&hall.tx, it.id, answers, hall.now()).await?;
    hall.commit().await
}

/// Returns whether a participant may answer the questionnaire: from the mail that asks for it, for a month.
pub fn may_answer(event: &Gathering, it: &SignUp, now: DateTime<chrono::Utc>) -> bool {
    let is_open = event.thanked_at.is_some_and(|at| now < at + ANSWERS_TAKEN);
    is_open && matches!(it.state, SignUpState::Seated { .. })
}

/// Saves a sign-up that has got a seat or waits, and tells the person.
async fn take(hall: &mut Hall<'_>, it: SignUp) -> Result<(), Problem> {
    let is_seated = matches!(it.state, SignUpState::Seated { .. });
    let news = if is_seated { GatheringNews::Seated } else { GatheringNews::Waiting };
    hall.save(it.clone(), Some(news)).await?;
    if is_seated { hall.plan_reminders(&it) } else { Ok(()) }
}

/// Locks the event of a sign-up, and reads the sign-up under the lock.
async fn begin(app: &App, id: SignUpId) -> Result<(Hall<'_>, SignUp), Problem> {
    let event = sign_up::find(&app.db, id).await?.ok_or(Problem::Expired)?.event;
    let hall = Hall::open(app, event).await?;
    let it = sign_up::find(&hall.tx, id).await?.ok_or(Problem::Expired)?;
    Ok((hall, it))
}
