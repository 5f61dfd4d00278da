//! The experts who cannot give another appointment: their account is closed, or they are absent on every day that a
//! company can choose. They are let go, so that the center asks others and no company waits for them.
use std::collections::BTreeSet;

use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    booking::{appointment::Appointment, notice::window},
    calendar::japan_date,
    id::ExpertId,
    routing::assignment::{Assignment, still_open},
};

use super::requests::withdraw_untold;
use crate::{
    app::App,
    mail::mail_event::MailEvent,
    ops::{
        booking::notices::appointment_text,
        case::{context::Context, transaction::CaseTransaction},
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// The team of a consultation after those who cannot give another appointment were let go.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct RemainingTeam {
    /// Whether the experts who stay can give another appointment.
    pub covered: bool,
    /// The experts who were let go because they are absent, and have to be told. No mail reaches a closed account.
    pub away: Vec<ExpertId>,
}

/// The reason that an expert is given who is let go because of an absence.
const AWAY: &str = "予約できる期間の終わりまで不在の登録があるため、次の日時は、ほかの専門家に依頼します。担当は終わりました。";

/// Returns whether an expert can give another appointment.
pub fn is_there(context: &Context, expert: ExpertId) -> bool {
    is_active(context, expert) && !is_away(context, expert)
}

/// Returns whether an expert can be there at this time: the account is open, and no absence is recorded for the day.
pub fn is_there_on(context: &Context, expert: ExpertId, at: DateTime<Utc>) -> bool {
    let found = context.experts.get(expert);
    found.is_some_and(|it| it.active && !it.schedule.is_absent(japan_date(at)))
}

/// Returns those of the experts who can give another appointment.
pub async fn those_there(
    app: &App,
    experts: impl IntoIterator<Item = ExpertId>,
) -> Result<BTreeSet<ExpertId>, Problem> {
    let context = Context::of(app).await?;
    Ok(experts.into_iter().filter(|&it| is_there(&context, it)).collect())
}

/// Returns whether the experts of a consultation can give another appointment. Otherwise the center asks experts first
/// when the present one is cancelled or was missed.
pub async fn can_give_another(app: &App, record: &Record) -> Result<bool, Problem> {
    let mut team = store::routing::assignment::of(&app.db, record.consultation.id).await?;
    team.retain(Assignment::is_accepted);
    let there = those_there(app, team.iter().map(|it| it.expert)).await?;
    if team.iter().all(|it| there.contains(&it.expert)) {
        return Ok(true);
    }
    team.retain(|it| there.contains(&it.expert));
    Ok(still_open(record.wanted_fields(), &team).is_none())
}

/// Lets the experts go who cannot give another appointment, each with a note. The caller tells those who are away, with
/// `tell_away` or with its own mail.
pub async fn release_missing(work: &mut CaseTransaction<'_>) -> Result<RemainingTeam, Problem> {
    let is_missing = |it: &&Assignment| it.is_accepted() && !is_there(&work.context, it.expert);
    let leaving: Vec<_> = work.assignments.iter().filter(is_missing).cloned().collect();
    if leaving.is_empty() {
        // The team stays as it is: a field that was added since is for the next appointment.
        return Ok(RemainingTeam { covered: true, away: Vec::new() });
    }
    let experts: BTreeSet<_> = leaving.iter().map(|it| it.expert).collect();
    let mut away = Vec::new();
    for expert in experts {
        let name = work.context.experts.name(expert).to_owned();
        let why = if is_active(&work.context, expert) {
            away.push(expert);
            "予約できる期間の終わりまで不在の"
        } else {
            "利用を停止している"
        };
        // A company reads the notes of its own acts, and this one is the service's.
        work.note(Actor::System, format!("{why}ため、{name}さんを次回の担当から外しました"));
    }
    withdraw_untold(work, leaving).await?;
    let covered = still_open(work.record.wanted_fields(), &work.assignments).is_none();
    Ok(RemainingTeam { covered, away })
}

/// Tells the experts who were let go because they are absent, each once. `said` is what else has happened, in a sentence,
/// and `cancelled` the appointment that is removed from their calendars.
pub fn tell_away(
    work: &mut CaseTransaction<'_>,
    away: &[ExpertId],
    said: &str,
    cancelled: Option<&Appointment>,
) -> Result<(), Problem> {
    let reason = format!("{said}{AWAY}");
    for &expert in away {
        let names = cancelled.map(|it| work.names(&it.experts)).unwrap_or_default();
        let slot = cancelled.map(|it| appointment_text(it, &names));
        work.mail_expert(expert, MailEvent::RequestWithdrawn { slot, reason: &reason })?;
    }
    Ok(())
}

fn is_active(context: &Context, expert: ExpertId) -> bool {
    context.experts.get(expert).is_some_and(|it| it.active)
}

/// Returns whether an expert is absent on every day that a company can choose.
fn is_away(context: &Context, expert: ExpertId) -> bool {
    let days = window(context.now, &context.settings, &context.calendar);
    context
        .experts
        .get(expert)
        .is_some_and(|it| it.schedule.is_absent_throughout(days.earliest, days.horizon))
}
