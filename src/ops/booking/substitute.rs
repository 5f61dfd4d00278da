//! Substitutes: another expert is proposed for an appointment whose own expert will be absent, asked, and put in their
//! place on acceptance.
//!
//! The absent expert keeps the participation until a substitute has accepted it, and the time of the substitute who is
//! asked is held under the same key as every booking.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    booking::{
        appointment::{Appointment, Owner},
        availability::{Day, Slot},
        notice::change_until,
    },
    calendar::japan_date,
    consultation::ActionKind,
    due::Due,
    field::Fields,
    id::{AssignmentId, ConsultationId, ExpertId},
    routing::{
        Eligibility, ReasonFor, ThemeCode,
        assignment::{Assignment, AssignmentState},
        rank,
    },
};

use super::{
    awaited_response,
    notices::{appointment_text, plan_reminders, sequence_for},
    slot_offers::{SearchAim, SlotOffers, SlotSearch, TeamMember},
    venue,
};
use crate::{
    app::App,
    mail::mail_event::{MailEvent, ReaderSide},
    ops::{
        case::{
            context::Context,
            save::{
                ExchangedParticipation, FormerParticipation, HeldParticipation, NewAssignment,
                ReleasedParticipation,
            },
            transaction::CaseTransaction,
        },
        routing::requests::{
            as_asked, leave, outline, request_to, turned_down, withdraw_asked_by, write_request,
        },
    },
    problem::Problem,
    store::{self, booking::substitute::Participation, consultation::Record},
};

/// A participation for which a substitute is searched, or has been asked.
pub struct Vacancy {
    pub participation: Participation,
    pub record: Record,
    pub appointment: Appointment,
    /// The fields that the substitute has to cover.
    pub fields: Fields,
    /// The assignment of the expert who leaves.
    pub assignment: Option<AssignmentId>,
    /// The request that is waiting for an answer.
    pub request: Option<Assignment>,
    /// The experts who could be asked, the first choice at the front; empty while an expert has been asked.
    pub proposals: Vec<SubstituteProposal>,
    /// The pairs of one expert for each field who could take the participation together, the first choice at the front;
    /// empty unless the participation has both fields.
    pub pairs: Vec<Vec<TeamMember>>,
}

impl Vacancy {
    /// Returns the teams that could take the participation: the experts alone first, then the pairs.
    pub fn teams(&self) -> Vec<Vec<TeamMember>> {
        let alone = self.proposals.iter().map(|it| {
            vec![TeamMember { expert: it.expert, fields: self.fields, reasons: it.reasons.clone() }]
        });
        alone.chain(self.pairs.iter().cloned()).collect()
    }
}

/// An expert who could take the participation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SubstituteProposal {
    pub expert: ExpertId,
    /// Whether the absent expert has named them as stand-in.
    pub is_stand_in: bool,
    pub reasons: Vec<ReasonFor>,
}

/// Whether the substitute still has to be asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SubstituteConsent {
    /// The substitute is asked, and answers as to any request.
    Asked,
    /// The substitute has agreed when the center asked: the participation is theirs at once.
    Given,
}

/// Returns at most `limit` participations for which a substitute is searched or has been asked, the earliest
/// appointment first, and how many there are in all.
pub async fn vacancies(app: &App, limit: usize) -> Result<(Vec<Vacancy>, usize), Problem> {
    let context = Context::of(app).await?;
    let mut participations = store::booking::substitute::absent(&app.db, context.now).await?;
    // A request may still be open although the absence was taken back.
    for (participation, _) in store::booking::substitute::requests(&app.db).await? {
        if !participations.contains(&participation) {
            participations.push(participation);
        }
    }
    let count = participations.len();
    let mut vacancies = Vec::new();
    for participation in participations.into_iter().take(limit) {
        vacancies.extend(vacancy(app, &context, participation).await?);
    }
    Ok((vacancies, count))
}

/// An expert's part in an appointment of today that has begun although the expert is absent.
pub struct BegunParticipation {
    pub record: Record,
    pub appointment: Appointment,
    pub expert: ExpertId,
}

/// Returns the participations of absent experts in appointments of today that have begun, the earliest first. Their
/// outcome is to be recorded.
pub async fn begun_today(app: &App) -> Result<Vec<BegunParticipation>, Problem> {
    let mut all = Vec::new();
    for it in store::booking::substitute::begun(&app.db, app.clock.now()).await? {
        let found = store::booking::appointment::find(&app.db, it.appointment).await?;
        let Some(appointment) = found.filter(Appointment::is_confirmed) else { continue };
        let Owner::Consultation(id) = appointment.owner else { continue };
        if let Some(record) = store::consultation::find(&app.db, id).await? {
            all.push(BegunParticipation { record, appointment, expert: it.expert });
        }
    }
    Ok(all)
}

/// Asks an expert to take a participation, or gives it to them. `version` is that of the consultation when it was
/// displayed.
pub async fn ask(
    app: &App,
    participation: Participation,
    substitute: ExpertId,
    version: i32,
    by: Actor,
    agreement: SubstituteConsent,
) -> Result<(), Problem> {
    ask_team(app, participation, &[substitute], version, by, agreement).await
}

/// Asks an expert to take a participation as `ask` does, or gives it to a team: one expert, or one for each field. A pair
/// has to have agreed: if both were asked by mail, one answer could come without the other.
pub async fn ask_team(
    app: &App,
    participation: Participation,
    team: &[ExpertId],
    version: i32,
    by: Actor,
    agreement: SubstituteConsent,
) -> Result<(), Problem> {
    let mut work =
        CaseTransaction::begin_at(app, consultation_of(app, participation).await?, version).await?;
    ask_team_in(&mut work, participation, team, by, agreement).await?;
    work.commit().await?;
    Ok(())
}

/// Asks a team to take a participation, or gives it to the team, as part of another operation.
pub async fn ask_team_in(
    work: &mut CaseTransaction<'_>,
    participation: Participation,
    team: &[ExpertId],
    by: Actor,
    agreement: SubstituteConsent,
) -> Result<(), Problem> {
    if team.len() > 1 && agreement == SubstituteConsent::Asked {
        return Err(refused(PAIR_IS_CALLED));
    }
    work.check(ActionKind::Reschedule, by)?;
    let appointment = appointment_to_come(work)?;
    let leaving = accepted_by(&work.assignments, participation.expert);
    let (Some(replaced), true) = (leaving.first(), appointment.id == participation.appointment) else {
        return Err(Problem::Stale);
    };
    if work.assignments.iter().any(Assignment::is_asked_instead) {
        return Err(refused(
            "この予約では、すでに代わりの専門家に依頼しています。回答を待つか、依頼を取り消してください。",
        ));
    }
    let instead_of = replaced.id;
    let themes = store::consultation::themes(work.read(), work.record.consultation.id).await?;
    let search = search(&work.record, &appointment, &work.assignments, participation.expert, themes);
    let found = work.offers(search).await?;
    let slot = slot(&appointment)?;
    let chosen = found.team_of(team, Some(slot)).ok_or_else(|| {
        refused("選んだ専門家は、この日時を担当できなくなりました。候補の中から選び直してください。")
    })?;
    let cells = found.cells(team, slot, &work.context.settings);
    work.save(HeldParticipation(appointment.id, &cells)).await?;
    let due = reply_due(work, &appointment, agreement)?;
    if agreement == SubstituteConsent::Given {
        withdraw_leaving(work, participation.expert).await?;
    }
    let mut requests = Vec::new();
    for member in chosen {
        requests.push(substitute_request(work, member, &due, instead_of, agreement).await?);
    }
    match (agreement, &requests[..]) {
        (SubstituteConsent::Asked, [request]) => {
            let outline = outline(work, request.fields).await?;
            let shown = as_asked(work, &appointment, participation.expert, request.expert);
            let shown = Appointment { sequence: sequence_for(work, &shown, request.expert).await?, ..shown };
            write_request(work, request, Some(&shown), &outline)?;
            let names = work.names(&[participation.expert, request.expert]);
            work.note(by, format!("{}さんに代わる担当を、{}さんに依頼しました", names[0], names[1]));
        }
        (SubstituteConsent::Asked, _) => return Err(refused(PAIR_IS_CALLED)),
        (SubstituteConsent::Given, _) => take_over(work, participation.expert, requests, by).await?,
    }
    Ok(())
}

const PAIR_IS_CALLED: &str =
    "二人の専門家に引き継ぐときは、先に二人に引受けを確かめてから、すぐに交代してください。";

/// Writes the request to one member of the team that takes a participation. It is accepted if the member has agreed.
async fn substitute_request(
    work: &mut CaseTransaction<'_>,
    member: TeamMember,
    due: &Due,
    instead_of: AssignmentId,
    agreement: SubstituteConsent,
) -> Result<Assignment, Problem> {
    let request = request_to(work, &member, due, Some(instead_of));
    let request = match agreement {
        SubstituteConsent::Asked => request,
        SubstituteConsent::Given => request.accept(work.now())?,
    };
    work.save(NewAssignment(&request, due, &member.reasons)).await?;
    work.assignments.push(request.clone());
    Ok(request)
}

/// Returns when the answer of a substitute is due: before the company has to hear. A substitute for an appointment that is
/// nearer than that is not asked any more.
fn reply_due(
    work: &CaseTransaction<'_>,
    appointment: &Appointment,
    agreement: SubstituteConsent,
) -> Result<Due, Problem> {
    let (settings, calendar) = (&work.context.settings, &work.context.calendar);
    let due = Due::reply_before(settings, calendar, work.now(), appointment.starts_at);
    if agreement == SubstituteConsent::Asked && due.at().is_none_or(|it| it <= work.now()) {
        return Err(refused(
            "予約の日時が近いため、回答を待つと企業へのお知らせが間に合いません。電話で引受けを確かめてから交代してください。",
        ));
    }
    Ok(due)
}

/// Withdraws the request to a substitute, on behalf of a coordinator. The expert of the participation keeps it.
pub async fn withdraw_request(
    app: &App,
    participation: Participation,
    version: i32,
    by: Actor,
) -> Result<(), Problem> {
    let mut work =
        CaseTransaction::begin_at(app, consultation_of(app, participation).await?, version).await?;
    work.check(ActionKind::Reschedule, by)?;
    let appointment = appointment_to_come(&work)?;
    withdraw_asked_by(&mut work, &appointment, by).await?;
    work.commit().await?;
    Ok(())
}

/// Records that the substitute accepts, and exchanges the two experts.
pub async fn accept(work: &mut CaseTransaction<'_>, request: Assignment, by: Actor) -> Result<(), Problem> {
    let replaced = work.assignments.iter().find(|it| Some(it.id) == request.instead_of);
    let leaving = replaced.map(|it| it.expert).ok_or(Problem::Stale)?;
    withdraw_leaving(work, leaving).await?;
    let accepted = request.accept(work.now())?;
    work.save_assignment(accepted.clone()).await?;
    take_over(work, leaving, vec![accepted], by).await
}

/// Withdraws the accepted assignments of an expert who leaves: for each field only one may be accepted.
async fn withdraw_leaving(work: &mut CaseTransaction<'_>, leaving: ExpertId) -> Result<(), Problem> {
    for it in accepted_by(&work.assignments, leaving) {
        work.save_assignment(it.withdraw(work.now())).await?;
    }
    Ok(())
}

/// Records that the substitute has declined or not answered, as `turned` tells. The participation stays, and the center
/// is asked for another one, unless it is over. Returns the appointment whose invitation to the substitute is cancelled.
pub async fn turn_down(
    work: &mut CaseTransaction<'_>,
    turned: Assignment,
    by: Actor,
) -> Result<Option<Appointment>, Problem> {
    let (expert, instead_of) = (turned.expert, turned.instead_of);
    let why = match &turned.state {
        AssignmentState::Declined { reason, .. } => format!("代わりの担当を断りました：{reason}"),
        AssignmentState::Offered
        | AssignmentState::Accepted { .. }
        | AssignmentState::Lapsed { .. }
        | AssignmentState::Withdrawn { .. } => "代わりの担当の依頼が回答期限を過ぎました".to_owned(),
    };
    work.save_assignment(turned).await?;
    work.note(by, why);
    let Some(appointment) = work.appointment.clone() else { return Ok(None) };
    work.save(ReleasedParticipation(appointment.id, expert)).await?;
    let names = work.names(&appointment.experts);
    let page = work.app.site.absolute("/staff/absences");
    let declined = work.context.experts.name(expert).to_owned();
    let mail_event = MailEvent::SubstituteNeeded {
        appointment: appointment_text(&appointment, &names),
        declined: &declined,
        page: &page,
    };
    if work.now() < appointment.starts_at {
        work.mail_center(mail_event)?;
    }
    Ok(Some(leave(work, &appointment, expert, instead_of).await?))
}

/// Returns a participation in a confirmed appointment with the experts who could take it over.
pub async fn vacancy_of(app: &App, participation: Participation) -> Result<Option<Vacancy>, Problem> {
    vacancy(app, &Context::of(app).await?, participation).await
}

async fn vacancy(
    app: &App,
    context: &Context,
    participation: Participation,
) -> Result<Option<Vacancy>, Problem> {
    let found = store::booking::appointment::find(&app.db, participation.appointment).await?;
    let Some(appointment) = found.filter(Appointment::is_confirmed) else { return Ok(None) };
    let Owner::Consultation(id) = appointment.owner else { return Ok(None) };
    let Some(record) = store::consultation::find(&app.db, id).await? else { return Ok(None) };
    let assignments = store::routing::assignment::of(&app.db, id).await?;
    let request = assignments.iter().find(|it| it.is_asked_instead()).cloned();
    let themes = store::consultation::themes(&app.db, id).await?;
    let search = search(&record, &appointment, &assignments, participation.expert, themes);
    let fields = search.fields;
    let (mut proposals, mut pairs) = (Vec::new(), Vec::new());
    if request.is_none() {
        let found = context.offers(&app.db, search).await?;
        let day = japan_date(appointment.starts_at);
        let stand_in = context.experts.get(participation.expert).and_then(|it| it.schedule.stand_in(day));
        let slot = Some(slot(&appointment)?);
        proposals = ranked(&found, slot, fields, stand_in);
        pairs = found.teams(slot).filter(|it| it.len() > 1).take(PAIRS).collect();
    }
    let assignment = accepted_by(&assignments, participation.expert).first().map(|it| it.id);
    Ok(Some(Vacancy { participation, record, appointment, fields, assignment, request, proposals, pairs }))
}

/// The most pairs that are proposed.
const PAIRS: usize = 5;

/// Returns the experts who can cover all fields alone: the stand-in if possible, then the others in the order of
/// routing, and at the end those who have turned the consultation down, who are shown with that reason.
fn ranked(
    found: &SlotOffers,
    slot: Option<Slot>,
    fields: Fields,
    stand_in: Option<ExpertId>,
) -> Vec<SubstituteProposal> {
    let all = found.candidates(slot);
    let proposal = |it: &domain::routing::Candidate| match &it.eligibility {
        Eligibility::In { covers, reasons, .. } if covers.covers(fields) => Some(SubstituteProposal {
            expert: it.expert,
            is_stand_in: stand_in == Some(it.expert),
            reasons: reasons.clone(),
        }),
        Eligibility::In { .. } | Eligibility::Out { .. } => None,
    };
    let mut ranked: Vec<_> = rank(&all).into_iter().filter_map(proposal).collect();
    ranked.sort_by_key(|it| (it.reasons.contains(&ReasonFor::TurnedDown), !it.is_stand_in));
    ranked
}

fn search(
    record: &Record,
    appointment: &Appointment,
    assignments: &[Assignment],
    leaving: ExpertId,
    themes: Vec<String>,
) -> SlotSearch {
    let theirs = accepted_by(assignments, leaving).into_iter().map(|it| it.fields);
    let live = assignments.iter().filter(|it| it.is_live()).map(|it| it.expert);
    let excluded = live.chain(appointment.experts.iter().copied()).collect();
    SlotSearch {
        fields: theirs.reduce(Fields::union).unwrap_or(record.wanted_fields()),
        mode: appointment.mode,
        themes: themes.into_iter().map(ThemeCode).collect::<BTreeSet<_>>(),
        prefecture: record.site(),
        industry: record.industry,
        company: Some(record.company),
        only: None,
        day: None,
        excluded,
        asked_last: turned_down(assignments),
        moving: Some(appointment.id),
        starts: Day::ALL,
        overridden: true,
        aim: SearchAim::Choose,
    }
}

/// Exchanges the experts: the participation with its quarter hours and the calendar entries of all experts concerned, and
/// notifies company, experts and center. `accepted` are the assignments of the team that takes over.
async fn take_over(
    work: &mut CaseTransaction<'_>,
    leaving: ExpertId,
    accepted: Vec<Assignment>,
    by: Actor,
) -> Result<(), Problem> {
    let booked = work.appointment.clone().filter(Appointment::is_confirmed);
    let appointment = booked.ok_or(Problem::Stale)?;
    let coming: Vec<_> = accepted.iter().map(|it| it.expert).collect();
    let mut sequence = appointment.sequence;
    for &it in &coming {
        sequence = sequence.max(sequence_for(work, &appointment, it).await?);
    }
    let Some(&first) = coming.first() else { return Err(Problem::Stale) };
    let place = venue::after_exchange(work, &appointment, leaving, first);
    let after = appointment.clone().exchange_for(leaving, &coming)?;
    let after = Appointment { place, sequence: sequence + 1, ..after };
    work.save(ExchangedParticipation(&after, leaving)).await?;
    let (was, names) = (work.context.experts.name(leaving).to_owned(), work.names(&coming).join("さん、"));
    work.note(by, format!("担当を交代しました：{was}さんから{names}さんへ"));
    awaited_response::end(work, &appointment).await?;
    notify(work, &appointment, &after, leaving, &coming).await?;
    plan_reminders(work, &after)?;
    work.appointment = Some(after);
    Ok(())
}

async fn notify(
    work: &mut CaseTransaction<'_>,
    before: &Appointment,
    after: &Appointment,
    leaving: ExpertId,
    coming: &[ExpertId],
) -> Result<(), Problem> {
    let change_until = change_until(after.starts_at, &work.context.settings, &work.context.calendar);
    let (was, names) = (work.names(&before.experts), work.names(&after.experts));
    let cancelled = Appointment { sequence: after.sequence, ..before.clone() };
    work.save(FormerParticipation(&cancelled, leaving)).await?;
    work.mail_expert(leaving, MailEvent::Relieved { appointment: appointment_text(&cancelled, &was) })?;
    let appointment = appointment_text(after, &names);
    for &expert in &after.experts {
        let side = ReaderSide::Expert;
        let event = if coming.contains(&expert) {
            MailEvent::Booked { side, appointment, change_until }
        } else {
            MailEvent::ExpertChanged { side, appointment, was: &was }
        };
        work.mail_expert(expert, event)?;
    }
    let portal = work.portal()?;
    let side = ReaderSide::Company { portal: &portal };
    work.mail_company(MailEvent::ExpertChanged { side, appointment, was: &was })?;
    work.mail_center(MailEvent::ExpertChanged { side: ReaderSide::Center, appointment, was: &was })?;
    Ok(())
}

fn accepted_by(assignments: &[Assignment], expert: ExpertId) -> Vec<Assignment> {
    assignments.iter().filter(|it| it.is_accepted() && it.expert == expert).cloned().collect()
}

async fn consultation_of(app: &App, participation: Participation) -> Result<ConsultationId, Problem> {
    let appointment = store::booking::appointment::find(&app.db, participation.appointment)
        .await?
        .ok_or(Problem::NotFound)?;
    match appointment.owner {
        Owner::Consultation(id) => Ok(id),
        Owner::Draft(_) | Owner::Offer { .. } => Err(Problem::NotFound),
    }
}

fn appointment_to_come(work: &CaseTransaction<'_>) -> Result<Appointment, Problem> {
    let confirmed = work.appointment.clone().filter(|it| it.is_confirmed() && it.starts_at > work.now());
    confirmed.ok_or_else(|| refused("この予約は、すでに始まったか、終わっています。"))
}

fn slot(appointment: &Appointment) -> Result<Slot, Problem> {
    let at: DateTime<Utc> = appointment.starts_at;
    Slot::at(at).ok_or_else(|| anyhow::anyhow!("an appointment starts between quarter hours: {at}").into())
}

fn refused(why: &str) -> Problem {
    Problem::Refused(why.to_owned())
}
