//! Experts: their own availability, and the facts about them that an administrator keeps.
use chrono::{NaiveDate, TimeDelta};
use domain::{
    actor::{Actor, Represented},
    aftercare::report::report_author,
    booking::{
        availability::{Absence, Day, Exception, WeeklyRule, schedule_changes},
        notice::notified_at,
    },
    calendar::{at_japan, japan_date},
    id::{AccountId, ConsultationId, ExpertId},
    wording,
};
use sea_orm::{ConnectionTrait, DatabaseTransaction, DbErr};
use uuid::Uuid;

use super::{
    assignment::decline,
    presence::{is_there, is_there_on},
    replacement::give_back_choice,
};
use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    ops::{
        aftercare::report_gap::{follow_absence, writers},
        booking::meeting_link::follow_standing,
        case::{context::Context, transaction::CaseTransaction},
    },
    problem::Problem,
    secret::{token, token_hash},
    store::{
        self,
        booking::expert_agenda::{AgendaAppointment, AgendaReport},
        routing::expert::ExpertFacts,
    },
};

/// A change to an expert's own availability.
#[derive(Clone, Debug)]
pub enum AvailabilityChange {
    AddRule(WeeklyRule),
    /// Adds several rules at once, such as the same hours on five weekdays. Rules that overlap or touch are merged.
    AddRules(Vec<WeeklyRule>),
    RemoveRule(Uuid),
    AddException(Exception),
    RemoveException(Uuid),
    /// Sets the hours of one day, whatever was set for it before.
    SetDay(NaiveDate, Day),
    /// Removes the exceptions of one day, so that the weekly rules apply.
    ResetDay(NaiveDate),
    /// Makes the week of the Monday `to` like that of the Monday `from`, except for absences. Past days stay.
    CopyWeek {
        from: NaiveDate,
        to: NaiveDate,
    },
    AddAbsence(Absence, String),
    RemoveAbsence(Uuid),
}

/// Changes when an expert can be asked, for the expert. Existing bookings stay; if an absence covers one, the center is
/// told. Requests that an absence covers are handed on; returns their number.
pub async fn change_availability(
    app: &App,
    expert: ExpertId,
    change: AvailabilityChange,
) -> Result<usize, Problem> {
    change_by(app, expert, Actor::Expert(expert), change).await
}

/// Changes when an expert can be asked, as `change_availability` does, and records it with its actor.
async fn change_by(
    app: &App,
    expert: ExpertId,
    by: Actor,
    change: AvailabilityChange,
) -> Result<usize, Problem> {
    let context = Context::of(app).await?;
    let concerns_absence =
        matches!(change, AvailabilityChange::AddAbsence(..) | AvailabilityChange::RemoveAbsence(_));
    let reports = match concerns_absence {
        true => due_reports(app, &context, expert).await?,
        false => Vec::new(),
    };
    let tx = app.begin().await?;
    apply(app, &tx, &context, (expert, by), change).await?;
    tx.commit().await?;
    for (case, author) in reports {
        follow_absence(app, case, expert, author).await?;
    }
    if concerns_absence { hand_on(app, expert, by).await } else { Ok(0) }
}

/// Hands on what an absent expert has in consultations without a booking: a request for a time, or a substitution, on a day
/// of absence is declined, and so is one without a time if the expert is away on every day that a company can choose; a
/// choice of time that no expert can serve any more goes back to the center (`replacement::give_back_choice`). Returns the
/// number of requests. What another change has ended meanwhile is left as it is.
async fn hand_on(app: &App, expert: ExpertId, by: Actor) -> Result<usize, Problem> {
    let context = Context::of(app).await?;
    let is_there = is_there(&context, expert);
    let mut declined = 0;
    for it in store::routing::assignment::live_of(&app.db, expert).await? {
        if it.is_accepted() {
            if !is_there {
                let mut work = CaseTransaction::begin(app, it.consultation).await?;
                if give_back_choice(&mut work).await? {
                    work.commit().await?;
                }
            }
            continue;
        }
        let times = store::booking::appointment::of(&app.db, it.consultation).await?;
        let time = times.iter().find(|it| it.is_live() && !it.has_expired(context.now));
        let can_come = match time {
            Some(time) => is_there_on(&context, expert, time.starts_at),
            None => is_there,
        };
        if !can_come {
            match decline(app, it.id, by, ABSENT.to_owned()).await {
                Ok(()) => declined += 1,
                Err(Problem::Refused(_) | Problem::Stale | Problem::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
    }
    Ok(declined)
}

/// The reason of a request that is declined because of a recorded absence.
const ABSENT: &str = "不在の期間を登録したため";

/// Returns the cases with a report of this expert that is to be written, each with the expert who is asked for it.
async fn due_reports(
    app: &App,
    context: &Context,
    expert: ExpertId,
) -> Result<Vec<(ConsultationId, Option<ExpertId>)>, Problem> {
    let reports = store::booking::expert_agenda::reports(&app.db, expert).await?;
    let due = reports.into_iter().filter(AgendaReport::is_to_be_written);
    let request = |it: AgendaReport| {
        let due_at = it.case.report_due?;
        Some((it.case.id, report_author(&writers(context, &it.appointment, due_at))))
    };
    Ok(due.filter_map(request).collect())
}

/// Writes a change of an expert's schedule, with its record.
async fn apply(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    (expert, by): (ExpertId, Actor),
    change: AvailabilityChange,
) -> Result<(), Problem> {
    let before = store::routing::expert::entries(tx, expert).await?.schedule();
    match change {
        AvailabilityChange::AddRule(rule) => add_rule(tx, expert, rule).await?,
        AvailabilityChange::AddRules(rules) => {
            for rule in rules {
                add_rule(tx, expert, rule).await?;
            }
        }
        AvailabilityChange::SetDay(date, wanted) => {
            let schedule = store::routing::expert::entries(tx, expert).await?.schedule();
            let exceptions = schedule.changes_to(date, wanted);
            store::routing::expert::replace_exceptions(tx, expert, date, &exceptions).await?;
        }
        AvailabilityChange::ResetDay(date) => {
            store::routing::expert::replace_exceptions(tx, expert, date, &[]).await?;
        }
        AvailabilityChange::CopyWeek { from, to } => {
            let schedule = store::routing::expert::entries(tx, expert).await?.schedule();
            let days = from.iter_days().zip(to.iter_days()).take(7);
            for (from, to) in days.filter(|(_, to)| *to >= japan_date(context.now)) {
                let exceptions = schedule.changes_to(to, schedule.opened(from));
                store::routing::expert::replace_exceptions(tx, expert, to, &exceptions).await?;
            }
        }
        AvailabilityChange::RemoveRule(id) => store::routing::expert::remove_rule(tx, expert, id).await?,
        AvailabilityChange::AddException(exception) => {
            store::routing::expert::add_exception(tx, expert, &exception).await?;
        }
        AvailabilityChange::RemoveException(id) => {
            store::routing::expert::remove_exception(tx, expert, id).await?;
        }
        AvailabilityChange::AddAbsence(absence, note) => {
            store::routing::expert::add_absence(tx, expert, absence, &note).await?;
            let what = format!("不在の期間を登録しました：{}", days(absence));
            store::audit::schedule_change::insert(tx, expert, by, &what, context.now).await?;
            notify_center(app, tx, context, expert, absence).await?;
        }
        AvailabilityChange::RemoveAbsence(id) => {
            let entries = store::routing::expert::entries(tx, expert).await?;
            if let Some((_, absence, _)) = entries.absences.iter().find(|it| it.0 == id) {
                let what = format!("不在の期間の登録を取り消しました：{}", days(*absence));
                store::audit::schedule_change::insert(tx, expert, by, &what, context.now).await?;
            }
            store::routing::expert::remove_absence(tx, expert, id).await?;
        }
    }
    let after = store::routing::expert::entries(tx, expert).await?.schedule();
    for what in schedule_changes(&before, &after) {
        store::audit::schedule_change::insert(tx, expert, by, &what, context.now).await?;
    }
    Ok(())
}

/// The numbers of bookings and requests that a recorded absence concerns.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct RecordedAbsence {
    /// The bookings on these days, which need a substitute.
    pub bookings: usize,
    /// The requests that were declined in the expert's stead and handed on.
    pub requests: usize,
}

/// Records days of absence that an expert has told on the telephone. The history of each booking in these days says who
/// recorded them in whose stead. Returns the number of these bookings, and that of the requests that were handed on.
pub async fn record_absence(
    app: &App,
    expert: ExpertId,
    absence: Absence,
    note: &str,
    by: AccountId,
) -> Result<RecordedAbsence, Problem> {
    let change = AvailabilityChange::AddAbsence(absence, note.to_owned());
    let requests = change_by(app, expert, Actor::Stead(by, Represented::Expert(expert)), change).await?;
    let inside = inside(&app.db, expert, absence, app.clock.now()).await?;
    let booked = inside.iter().filter(|it| it.appointment.is_confirmed() && !it.is_asked);
    let cases: Vec<_> = booked.filter_map(|it| it.case.as_ref()).map(|it| it.id).collect();
    for &id in &cases {
        let mut work = CaseTransaction::begin(app, id).await?;
        let note = format!("専門家の不在を登録しました：{}", days(absence));
        work.note(Actor::Stead(by, Represented::Expert(expert)), note);
        work.commit().await?;
    }
    Ok(RecordedAbsence { bookings: cases.len(), requests })
}

/// Returns the appointments that are booked or held for an expert in days of absence, earliest first; past ones are
/// left out.
pub async fn inside(
    db: &impl ConnectionTrait,
    expert: ExpertId,
    absence: Absence,
    now: chrono::DateTime<chrono::Utc>,
) -> Result<Vec<AgendaAppointment>, DbErr> {
    let (from, to) = (at_japan(absence.first, 0, 0), at_japan(absence.last, 24, 0));
    let mut appointments = store::booking::expert_agenda::between(db, expert, from.max(now), to).await?;
    appointments.retain(|it| it.appointment.is_live() && !it.appointment.has_expired(now));
    Ok(appointments)
}

/// Adds a weekly rule, merged with the rules that it overlaps or touches.
async fn add_rule(tx: &DatabaseTransaction, expert: ExpertId, rule: WeeklyRule) -> Result<(), DbErr> {
    let mut rule = rule;
    for (id, kept) in store::routing::expert::entries(tx, expert).await?.rules {
        if let Some(one) = rule.united(kept) {
            store::routing::expert::remove_rule(tx, expert, id).await?;
            rule = one;
        }
    }
    store::routing::expert::add_rule(tx, expert, &rule).await
}

/// Tells the center that substitutes are needed for the appointments confirmed in these days.
async fn notify_center(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    expert: ExpertId,
    absence: Absence,
) -> Result<(), Problem> {
    let line = |it: &AgendaAppointment| {
        let case = it.case.as_ref()?;
        let when = wording::long_date_time_range(it.appointment.starts_at, it.appointment.ends_at);
        let name = case.company_name.as_deref().unwrap_or_default();
        (it.appointment.is_confirmed() && !it.is_asked).then(|| format!("{}　{name}　{when}", case.number))
    };
    let inside = inside(tx, expert, absence, context.now).await?;
    let lines: Vec<_> = inside.iter().filter_map(line).collect();
    if lines.is_empty() {
        return Ok(());
    }
    let Context { settings, calendar, .. } = context;
    let to = Recipient { address: &settings.center_email, name: &settings.center_name };
    let (name, days) = (context.experts.name(expert), days(absence));
    let mail_event = AccountMailEvent::AbsenceOverBookings { expert: name, days: &days, lines: &lines };
    let confirmed = inside.iter().map(|it| &it.appointment).filter(|it| it.is_confirmed());
    let due_at = notified_at(context.now, confirmed.map(|it| it.starts_at).min(), settings, calendar);
    let mut mails = context.mails(app);
    mails.mail(mail_event, to)?.due_at = due_at;
    mails.write(tx).await
}

/// Returns the days as 「2026年（令和8年）11月26日（木）から2026年（令和8年）12月4日（金）まで」.
fn days(it: Absence) -> String {
    let (first, last) = (wording::long_date(it.first), wording::long_date(it.last));
    if it.last - it.first < TimeDelta::days(1) { first } else { format!("{first}から{last}まで") }
}

/// Creates a new secret address for the expert's feed and returns it once. The previous address becomes invalid.
pub async fn make_feed(app: &App, expert: ExpertId) -> Result<String, Problem> {
    let token = token().map_err(anyhow::Error::from)?;
    let tx = app.begin().await?;
    store::routing::expert::save_feed(&tx, expert, Some(token_hash(&token))).await?;
    tx.commit().await?;
    Ok(token)
}

/// Revokes the secret address of the expert's feed.
pub async fn revoke_feed(app: &App, expert: ExpertId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::routing::expert::save_feed(&tx, expert, None).await?;
    tx.commit().await?;
    Ok(())
}

/// Changes the facts that routing knows of an expert. Existing bookings stay; future appointments at the expert's
/// standing meeting link get the new one, and so do those without a link if the expert had none.
pub async fn change_facts(app: &App, expert: ExpertId, facts: &ExpertFacts) -> Result<(), Problem> {
    let (_, roster) = app.programme_and_experts().await?;
    let old = roster.get(expert).map(|it| it.video_url.clone()).unwrap_or_default();
    let tx = app.begin().await?;
    if !store::routing::expert::save_facts(&tx, expert, facts).await? {
        return Err(Problem::NotFound);
    }
    tx.commit().await?;
    follow_standing(app, expert, &old, &facts.video_url).await
}
