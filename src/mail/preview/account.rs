//! Examples of mails for accounts: links that give access, and lists.
use super::{DAYS, NAME, ORGANIZATION, PreviewFacts};
use crate::mail::mail_event::{AccountMailEvent, AppointmentText, DigestCounts, SecurityNews};

/// An invented network, of the addresses for documentation (RFC 5737).
const NETWORK: &str = "203.0.113.0/24";

pub(super) fn events<'a>(facts: &PreviewFacts<'a>) -> Vec<AccountMailEvent<'a>> {
    let PreviewFacts { experts: lines, outline, link, .. } = *facts;
    let (number, due_at, expires_at) = (facts.about.number, facts.due(), facts.due());
    let AppointmentText { starts_at, ends_at, .. } = facts.appointment;
    let mut events = vec![
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
    ];
    let news = [
        SecurityNews::PasswordChanged,
        SecurityNews::NewDevice { device: "Windowsのパソコン（Edge）", network: NETWORK },
        SecurityNews::Locked { network: NETWORK },
        SecurityNews::CodesClosed { network: NETWORK },
        SecurityNews::CodesRenewed,
        SecurityNews::FactorSet,
        SecurityNews::FactorRemoved,
        SecurityNews::FactorReset,
    ];
    events.extend(news.map(|news| AccountMailEvent::Security { news, at: facts.received_at, page: link }));
    events
}
