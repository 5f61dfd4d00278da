//! Examples of mails for accounts: links that give access, and lists.
use super::{DAYS, NAME, ORGANIZATION, PreviewFacts};
use crate::mail::mail_event::{AccountMailEvent, AppointmentText, DigestCounts};

pub(super) fn events<'a>(facts: &PreviewFacts<'a>) -> Vec<AccountMailEvent<'a>> {
    let PreviewFacts { experts: lines, outline, link, .. } = *facts;
    let (number, due_at, expires_at) = (facts.about.number, facts.due(), facts.due());
    let AppointmentText { starts_at, ends_at, .. } = facts.appointment;
    vec![
        AccountMailEvent::SignIn { link, expires_at },
        AccountMailEvent::ResumeDraft { link, expires_at },
        AccountMailEvent::Invitation { link, role: "専門家", expires_at },
        AccountMailEvent::PasswordReset { link, expires_at },
        AccountMailEvent::HandedBack { link, number, due_at },
        AccountMailEvent::HandedBackReminder { link, number, due_at },
        AccountMailEvent::Digest { counts: DigestCounts::of_each(1), lines, stop: link },
        AccountMailEvent::WeeklyDigest {
            appointments: outline,
            requests: outline,
            reports: outline,
            stop: link,
        },
        AccountMailEvent::AbsenceOverBookings { expert: NAME, days: DAYS, lines },
        AccountMailEvent::LinkMissing { title: ORGANIZATION, starts_at, ends_at, page: link },
        AccountMailEvent::DeskUnstaffed { desk: ORGANIZATION, lines },
    ]
}
