//! Sets the values of mails that are about no consultation.
use chrono::{DateTime, Utc};
use domain::wording::{long_date_time_range, month_day_time, month_day_weekday};

use super::{super::wording::bullets, campaign, gathering, network};
use crate::mail::{
    mail_event::{
        AccountMailEvent, DigestCounts, ErasureMailEvent, SecurityNews, SenderContext, SurveyMailEvent,
    },
    text::{
        Values,
        Variable::{self, *},
    },
};

pub fn set(values: &mut Values, mail_event: &AccountMailEvent<'_>, sender: &SenderContext<'_>) {
    match *mail_event {
        AccountMailEvent::SignIn { link, expires_at }
        | AccountMailEvent::PasswordReset { link, expires_at } => {
            linked(values, link, (LinkUntil, month_day_time(expires_at)));
        }
        AccountMailEvent::Security { news, at, page } => security(values, news, (at, page)),
        AccountMailEvent::HandedBack { link, number, due_at }
        | AccountMailEvent::HandedBackReminder { link, number, due_at } => {
            linked(values, link, (Number, number.to_string()));
            values.set(DeskDue, month_day_weekday(due_at));
        }
        AccountMailEvent::ResumeDraft { link, expires_at } => {
            linked(values, link, (DraftUntil, month_day_time(expires_at)));
        }
        AccountMailEvent::Invitation { link, role, expires_at } => {
            linked(values, link, (Role, role.to_owned()));
            values.set(LinkUntil, month_day_time(expires_at));
        }
        AccountMailEvent::AbsenceOverBookings { expert, days, lines } => {
            values.set(Link, sender.site.absolute("/staff/absences"));
            values.set(Experts, expert);
            values.set(AbsentDays, days);
            values.set(Clashing, bullets(lines));
        }
        AccountMailEvent::Digest { counts, lines, stop } => {
            values.set(Link, sender.site.absolute("/staff"));
            values.set(StopLink, stop);
            digest(values, counts, lines);
        }
        AccountMailEvent::DeskUnstaffed { desk, lines } => {
            values.set(Link, sender.site.absolute("/staff"));
            values.set(DeskName, desk);
            values.set(DeskHolds, bullets(lines));
        }
        AccountMailEvent::LinkMissing { title, starts_at, ends_at, page } => {
            linked(values, page, (EventTitle, title.to_owned()));
            values.set(When, long_date_time_range(starts_at, ends_at));
        }
        AccountMailEvent::Gathering(ref event) => gathering::set(values, event),
        AccountMailEvent::Registration(ref event) => campaign::set(values, event),
        AccountMailEvent::RegistrationsWaiting { campaign, count, since, page } => {
            linked(values, page, (Campaign, campaign.to_owned()));
            values.set(WaitingCount, count.to_string());
            values.set(WaitingSince, month_day_weekday(since));
        }
        AccountMailEvent::EditionClosed { month, until, page } => edition(values, month, until, page),
        AccountMailEvent::Survey(ref event) => survey(values, event),
        AccountMailEvent::Network(ref event) => network::set(values, event),
        AccountMailEvent::ErasureAhead(ref event) => erasure(values, event),
        AccountMailEvent::DoubtsWaiting { count, look_by, page } => {
            linked(values, page, (DoubtCount, count.to_string()));
            values.set(DoubtLookBy, month_day_weekday(look_by));
        }
        AccountMailEvent::WeeklyDigest { appointments, requests, reports, stop } => {
            linked(values, &sender.site.absolute("/expert"), (StopLink, stop.to_owned()));
            week(values, [appointments, requests, reports]);
        }
    }
}

fn security(values: &mut Values, news: SecurityNews<'_>, (at, page): (DateTime<Utc>, &str)) {
    linked(values, page, (OccurredAt, month_day_time(at)));
    match news {
        SecurityNews::NewDevice { device, network } => {
            values.set(Device, device);
            values.set(Network, network);
        }
        SecurityNews::Locked { network } => values.set(Network, network),
        SecurityNews::PasswordChanged
        | SecurityNews::FactorSet
        | SecurityNews::FactorRemoved
        | SecurityNews::FactorReset => {}
    }
}

/// Sets the counts of the center's digest, of which those that are 0 are left out, but for the first two, and the lines of
/// the most urgent consultations.
fn digest(values: &mut Values, counts: DigestCounts, lines: &[String]) {
    values.set(Urgent, bullets(lines));
    values.set(NewCount, counts.new.to_string());
    values.set(OverdueCount, counts.overdue.to_string());
    values.set(StalledCount, count_if_any(counts.stalled));
    values.set(CallCount, count_if_any(counts.calls));
    values.set(UnansweredCount, count_if_any(counts.unanswered));
    values.set(LateResponseCount, count_if_any(counts.late_responses));
    values.set(ReportCount, count_if_any(counts.reports));
    values.set(TaskCount, count_if_any(counts.tasks));
}

/// Sets the lists of an expert's digest of the week.
fn week(values: &mut Values, [appointments, requests, reports]: [&[String]; 3]) {
    values.set(WeekAppointments, bullets(appointments));
    values.set(WeekRequests, bullets(requests));
    values.set(WeekReports, bullets(reports));
}

fn survey(values: &mut Values, mail: &SurveyMailEvent<'_>) {
    let SurveyMailEvent { is_reminder: _, title, office, closes_on, page, notice, stop } = *mail;
    values.set(SurveyTitle, title);
    values.set(SurveyOffice, office);
    values.set(SurveyUntil, month_day_weekday(closes_on));
    values.set(Link, page);
    values.set(SurveyNotice, notice);
    values.set(StopLink, stop);
}

/// Sets the link and one more value.
fn edition(values: &mut Values, month: &str, until: DateTime<Utc>, page: &str) {
    linked(values, page, (EditionMonth, month.to_owned()));
    values.set(CommentUntil, month_day_time(until));
}

fn erasure(values: &mut Values, event: &ErasureMailEvent<'_>) {
    let &ErasureMailEvent { day, contacts, records, page } = event;
    linked(values, page, (ErasureDay, month_day_weekday(day)));
    values.set(ErasedContacts, contacts.to_string());
    values.set(ErasedRecords, records.to_string());
}

fn linked(values: &mut Values, link: &str, (variable, value): (Variable, String)) {
    values.set(Link, link);
    values.set(variable, value);
}

/// Returns a number, or nothing if it is 0.
fn count_if_any(count: u64) -> String {
    if count > 0 { count.to_string() } else { String::new() }
}
