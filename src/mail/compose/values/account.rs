//! Sets the values of mails that are about no consultation.
use domain::wording::{month_day_time, month_day_weekday};

use super::{super::wording::bullets, campaign, gathering};
use crate::mail::{
    mail_event::{AccountMailEvent, SenderContext},
    text::{Values, Variable::*},
};

pub fn set(values: &mut Values, mail_event: &AccountMailEvent<'_>, sender: &SenderContext<'_>) {
    match *mail_event {
        AccountMailEvent::SignIn { link }
        | AccountMailEvent::PasswordReset { link }
        | AccountMailEvent::HandedBack { link } => {
            values.set(Link, link);
        }
        AccountMailEvent::ResumeDraft { link, expires_at } => {
            values.set(Link, link);
            values.set(DraftUntil, month_day_time(expires_at));
        }
        AccountMailEvent::Invitation { link, role } => {
            values.set(Link, link);
            values.set(Role, role);
        }
        AccountMailEvent::AbsenceOverBookings { expert, days, lines } => {
            values.set(Link, sender.site.absolute("/staff/absences"));
            values.set(Experts, expert);
            values.set(AbsentDays, days);
            values.set(Clashing, bullets(lines));
        }
        AccountMailEvent::Digest { new, overdue, stalled, calls, lines, stop } => {
            values.set(Link, sender.site.absolute("/staff"));
            values.set(NewCount, new.to_string());
            values.set(OverdueCount, overdue.to_string());
            let stalled = (stalled > 0).then(|| stalled.to_string());
            values.set(StalledCount, stalled.unwrap_or_default());
            let calls = (calls > 0).then(|| calls.to_string());
            values.set(CallCount, calls.unwrap_or_default());
            values.set(Urgent, bullets(lines));
            values.set(StopLink, stop);
        }
        AccountMailEvent::Gathering(ref event) => gathering::set(values, event),
        AccountMailEvent::Registration(ref event) => campaign::set(values, event),
        AccountMailEvent::RegistrationsWaiting { campaign, count, since, page } => {
            values.set(Campaign, campaign);
            values.set(WaitingCount, count.to_string());
            values.set(WaitingSince, month_day_weekday(since));
            values.set(Link, page);
        }
        AccountMailEvent::WeeklyDigest { appointments, requests, reports, stop } => {
            values.set(Link, sender.site.absolute("/expert"));
            values.set(WeekSessions, bullets(appointments));
            values.set(WeekRequests, bullets(requests));
            values.set(WeekReports, bullets(reports));
            values.set(StopLink, stop);
        }
    }
}
