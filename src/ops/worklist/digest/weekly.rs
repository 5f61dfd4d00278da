//! The weekly digest of an expert, sent on the first business day of the week.
use chrono::{DateTime, Datelike, NaiveDate, TimeDelta, Utc, Weekday};
use domain::{
    aftercare::report::ReportState,
    calendar::{BusinessCalendar, at_japan, japan_date},
    correspondence::outgoing_mail::topic::NotificationTopic,
    id::{AccountId, ExpertId},
    wording,
};

use super::{Context, stop_link};
use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    problem::Problem,
    store::{
        self,
        intake::told_apart::{ToldApart, told_apart},
    },
};

/// The lines of an expert's digest.
struct Week {
    appointments: Vec<String>,
    requests: Vec<String>,
    reports: Vec<String>,
}

/// Writes this week's digests for the experts who have anything to do, if the hour for them has come and they are not
/// written yet. Returns whether it did.
pub async fn write(app: &App) -> Result<bool, Problem> {
    let context = Context::of(app).await?;
    let Context { now, ref settings, ref calendar, .. } = context;
    let today = japan_date(now);
    let is_due = is_first_of_week(today, calendar) && at_japan(today, settings.mail_hour, 0) <= now;
    let prefix = format!("weekly/{today}/");
    if !is_due || store::correspondence::outbox::is_any_written(&app.db, &prefix).await? {
        return Ok(false);
    }
    let mut mails = context.mails(app);
    for expert in store::booking::expert_agenda::busy(&app.db).await? {
        let Some(profile) = context.experts.get(expert) else { continue };
        let week = week(app, expert, today).await?;
        if week.appointments.is_empty() && week.requests.is_empty() && week.reports.is_empty() {
            continue;
        }
        let stop = stop_link(app, AccountId(expert.0), NotificationTopic::WeeklyDigest, now);
        let mail_event = AccountMailEvent::WeeklyDigest {
            appointments: &week.appointments,
            requests: &week.requests,
            reports: &week.reports,
            stop: &stop,
        };
        let to = Recipient { address: &profile.email, name: &profile.name };
        mails.mail(mail_event, to)?.dedup_key = Some(format!("{prefix}{expert}"));
    }
    if mails.is_empty() {
        return Ok(false);
    }
    let tx = app.begin().await?;
    mails.write(&tx).await?;
    tx.commit().await?;
    Ok(true)
}

fn is_first_of_week(day: NaiveDate, calendar: &BusinessCalendar) -> bool {
    calendar.is_open(day) && calendar.previous_business_day(day).iso_week() != day.iso_week()
}

async fn week(app: &App, expert: ExpertId, today: NaiveDate) -> Result<Week, Problem> {
    let sunday = today.week(Weekday::Mon).last_day();
    let from = at_japan(today, 0, 0);
    let to = at_japan(sunday, 0, 0) + TimeDelta::days(1);
    let appointments = store::booking::expert_agenda::confirmed(&app.db, expert).await?;
    let appointments = appointments.iter().filter(|it| (from..to).contains(&it.appointment.starts_at));
    let requests = store::booking::expert_agenda::requests(&app.db, expert).await?;
    let reports = store::booking::expert_agenda::reports(&app.db, expert).await?;
    let missing = |it: &&store::booking::expert_agenda::AgendaReport| {
        !matches!(it.state, Some(ReportState::Submitted { .. } | ReportState::Approved { .. }))
    };
    let appointments: Vec<_> = appointments.collect();
    let cases =
        appointments.iter().filter_map(|it| it.case.as_ref()).chain(reports.iter().map(|it| &it.case));
    let companies = told_apart(&app.db, cases.map(|it| it.number)).await?;
    Ok(Week {
        appointments: appointments.into_iter().filter_map(|it| appointment_line(it, &companies)).collect(),
        requests: requests
            .iter()
            // A request that is over lapses in the same hour.
            .filter(|it| app.clock.now() < it.assignment.due_at)
            .map(|it| format!("{}（回答期限 {}）", it.case.number, until(it.assignment.due_at)))
            .collect(),
        reports: reports.iter().filter(missing).map(|it| report_line(it, &companies)).collect(),
    })
}

fn appointment_line(
    it: &store::booking::expert_agenda::AgendaAppointment,
    companies: &ToldApart,
) -> Option<String> {
    let case = it.case.as_ref()?;
    let company = companies.name(&case.number, case.company_name.as_deref().unwrap_or_default());
    let at = wording::month_day_time(it.appointment.starts_at);
    Some(format!("{at}　{}　{company}（{}）", it.appointment.mode.label(), case.number))
}

fn report_line(it: &store::booking::expert_agenda::AgendaReport, companies: &ToldApart) -> String {
    let company = companies.name(&it.case.number, it.case.company_name.as_deref().unwrap_or_default());
    match it.case.report_due {
        Some(due) => format!("{}　{company}（提出期限 {}）", it.case.number, until(due)),
        None => format!("{}　{company}", it.case.number),
    }
}

fn until(at: DateTime<Utc>) -> String {
    wording::month_day_time(at)
}

#[cfg(test)]
mod tests {
    use domain::calendar::BusinessCalendar;

    use super::is_first_of_week;

    #[test]
    fn a_week_begins_after_its_holidays() {
        let calendar = BusinessCalendar::default();
        // 23 November 2026 is a holiday, and a Monday.
        for (day, expected) in [
            ("2026-11-16", true),
            ("2026-11-17", false),
            ("2026-11-22", false),
            ("2026-11-23", false),
            ("2026-11-24", true),
            ("2026-11-25", false),
        ] {
            assert_eq!(is_first_of_week(day.parse().unwrap(), &calendar), expected, "{day}");
        }
    }
}
