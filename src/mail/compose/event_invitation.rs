//! Writes the calendar part of a mail about an event of the programme.
use domain::gathering::SeatKind;
use ical::{
    Entry, Status,
    invite::{self, Attendee, Invitation, Participation, Person},
};

use crate::mail::{
    kind::CalendarUse,
    mail_event::{GatheringMailEvent, Recipient, SenderContext},
    outgoing_mail::{CalendarMethod, InvitationPart},
};

/// Returns the calendar part, if the mail has one. It has the public address of the event, because others may see the
/// reader's calendar.
pub fn of(
    mail: &GatheringMailEvent<'_>,
    to: Recipient<'_>,
    sender: &SenderContext<'_>,
) -> Option<InvitationPart> {
    let used = mail.text().calendar().filter(|_| mail.has_calendar_part())?;
    let it = mail.event;
    let cancels = used == CalendarUse::Cancels;
    let summary = if cancels { format!("【取消し】{}", it.title) } else { it.title.to_owned() };
    let description = format!("参加の方法：{}", it.seat.label());
    let entry = Entry {
        uid: it.uid,
        sequence: it.sequence,
        starts_at: it.starts_at,
        ends_at: it.ends_at,
        status: if cancels { Status::Cancelled } else { Status::Confirmed },
        summary: &summary,
        description: &description,
        location: if it.seat == SeatKind::Venue { it.place } else { "" },
        url: (!cancels).then_some(it.public_page),
    };
    let organizer = Person { address: sender.organizer, name: &sender.settings.center_name };
    let person = Person { address: to.address, name: to.name };
    let attendees = [Attendee { person, participation: Participation::Accepted }];
    let invitation = Invitation { entry, organizer, attendees: &attendees };
    Some(if cancels {
        InvitationPart { method: CalendarMethod::Cancel, body: invite::cancel(&invitation, sender.now) }
    } else {
        InvitationPart { method: CalendarMethod::Request, body: invite::request(&invitation, sender.now) }
    })
}
