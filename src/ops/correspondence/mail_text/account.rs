//! Examples of mails for accounts: links that give access, and lists.
use chrono::{DateTime, Utc};

use super::{DAYS, Example, Facts, NAME, ORGANIZATION};
use crate::mail::{
    mail_event::{AccountMailEvent, AppointmentText, DigestCounts},
    text::TextKind,
};

/// Returns an example of a mail with a link that gives access.
pub const fn of_access<'a>(kind: TextKind, facts: &Facts<'a>, expires_at: DateTime<Utc>) -> Example<'a> {
    let (link, number) = (facts.link, facts.about.number);
    Example::Plain(if matches!(kind, TextKind::ResumeDraft) {
        AccountMailEvent::ResumeDraft { link, expires_at }
    } else if matches!(kind, TextKind::Invitation) {
        AccountMailEvent::Invitation { link, role: "専門家", expires_at }
    } else if matches!(kind, TextKind::PasswordReset) {
        AccountMailEvent::PasswordReset { link, expires_at }
    } else if matches!(kind, TextKind::HandedBack) {
        AccountMailEvent::HandedBack { link, number, due_at: expires_at }
    } else if matches!(kind, TextKind::HandedBackReminder) {
        AccountMailEvent::HandedBackReminder { link, number, due_at: expires_at }
    } else {
        AccountMailEvent::SignIn { link, expires_at }
    })
}

/// Returns an example of a mail with lists.
pub const fn of_lists<'a>(kind: TextKind, facts: &Facts<'a>) -> Example<'a> {
    let (lines, stop) = (facts.names, facts.link);
    Example::Plain(if matches!(kind, TextKind::Digest) {
        AccountMailEvent::Digest { counts: DigestCounts::of_each(1), lines, stop }
    } else if matches!(kind, TextKind::Absence) {
        AccountMailEvent::AbsenceOverBookings { expert: NAME, days: DAYS, lines }
    } else if matches!(kind, TextKind::LinkMissing) {
        let AppointmentText { starts_at, ends_at, .. } = facts.appointment;
        AccountMailEvent::LinkMissing { title: ORGANIZATION, starts_at, ends_at, page: stop }
    } else if matches!(kind, TextKind::DeskUnstaffed) {
        AccountMailEvent::DeskUnstaffed { desk: ORGANIZATION, lines }
    } else {
        let lines = facts.outline;
        AccountMailEvent::WeeklyDigest { appointments: lines, requests: lines, reports: lines, stop }
    })
}
