//! The waits for the center that are about an appointment: they end when the appointment becomes another one.
use codes::Party;
use domain::{booking::appointment::Appointment, wording::long_date_time_range};

use crate::{
    ops::case::transaction::CaseTransaction,
    problem::Problem,
    store::{self, audit::event::HistoryEntry, correspondence::message::Audience},
};

/// The history's note of another time that was proposed from a calendar program.
pub const TIME_PROPOSED: &str = "カレンダーで別の日時を提案";

/// Returns the history's note of the warning that an expert of an appointment will be absent.
pub fn warned(it: &Appointment) -> String {
    let when = long_date_time_range(it.starts_at, it.ends_at);
    format!("専門家が不在で、代わりが決まっていないため、企業とセンターへのお知らせを用意しました（{when}）")
}

/// Ends the wait that began with the warning of an appointment, or with another time that was proposed for it, because
/// both sides hear what becomes of the appointment. A message that came since goes on waiting.
pub async fn end(work: &mut CaseTransaction<'_>, before: &Appointment) -> Result<(), Problem> {
    let Some(waits) = work.record.response else { return Ok(()) };
    let id = work.record.consultation.id;
    let warning = warned(before);
    let begins = |it: &HistoryEntry| {
        it.at == waits.since && it.note.as_deref().is_some_and(|it| it == TIME_PROPOSED || it == warning)
    };
    if !store::audit::event::of(work.read(), id).await?.iter().any(begins) {
        return Ok(());
    }
    let thread = store::correspondence::message::of(work.read(), id, Audience::Center).await?;
    let is_later = thread.iter().any(|it| {
        it.at > waits.since && !it.automatic && !matches!(it.author, Party::Coordinator | Party::System)
    });
    if !is_later {
        work.record.response = None;
    }
    Ok(())
}
