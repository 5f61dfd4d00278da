//! The examples of the preview, with the sample data.
use super::samples::{CENTER, COMPANY, EXPERT, LINK, appointment_text, experts, now, outline, with_about};
use crate::mail::{
    compose::{about, plain},
    mail_event::{MailContext, Recommended},
    outgoing_mail::OutgoingMail,
    preview::{PreviewEvent, PreviewFacts, examples},
    text::{Reader, TextKind},
};

pub fn facts<'a>(about: &'a MailContext<'a>) -> PreviewFacts<'a> {
    PreviewFacts {
        about,
        received_at: now(),
        mode: domain::intake::company::Mode::Online,
        appointment: appointment_text(),
        experts: experts(),
        outline: outline(),
        recommended: Recommended { examples: outline(), guides: outline() },
        link: LINK,
    }
}

/// Returns the mail of each example.
pub fn mails() -> Vec<OutgoingMail> {
    with_about(true, |about_this| {
        let written = |it: PreviewEvent<'_>| match it {
            PreviewEvent::Case(event) => {
                let to = match TextKind::of(&event).reader() {
                    Reader::Company => COMPANY,
                    Reader::Expert => EXPERT,
                    Reader::Everybody
                    | Reader::Center
                    | Reader::Desk
                    | Reader::Staff
                    | Reader::Participant
                    | Reader::Registrant
                    | Reader::Network => CENTER,
                };
                about(event, to, about_this).unwrap()
            }
            PreviewEvent::Plain(event) => plain(event, CENTER, &about_this.sender).unwrap(),
        };
        examples(&facts(about_this)).into_iter().map(written).collect()
    })
}
