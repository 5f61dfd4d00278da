//! The mails to the participants of an event.
use domain::{
    gathering::{KEPT, SeatKind, SignUpState, day_reminder_at, hour_reminder_at},
    id::{PublicationId, SignUpId},
    publication::PublicationKind,
};

use super::hall::Hall;
use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, EventText, GatheringMailEvent, GatheringNews, Recipient},
        outgoing_mail::{OutgoingMail, SendCondition},
    },
    problem::Problem,
    secret::Purpose,
    store::gathering::{Gathering, sign_up::SignUp},
    url,
};

/// Returns the token of a participant's own page. It is valid as long as the participant's data are kept.
pub fn page_token(app: &App, event: &Gathering, id: SignUpId) -> String {
    app.secret.sign(Purpose::SignUp, id.0, event.ends_at + KEPT)
}

/// Returns the beginning of the keys of all mails about an event, by which they are found when it is erased.
pub fn key_of(event: PublicationId) -> String {
    format!("event/{}/", event.0.simple())
}

impl Hall<'_> {
    /// Adds the mail that tells a participant the news. A person without an address gets none.
    pub fn tell(&mut self, to: &SignUp, news: GatheringNews<'_>) -> Result<(), Problem> {
        let once = self.now().timestamp_micros().to_string();
        if let Some(outgoing) = self.outgoing(to, news, &once)? {
            self.mails.push(outgoing);
        }
        Ok(())
    }

    /// Adds the reminders of a participant who has a seat. Those whose time is over are left out, and so are those that
    /// are planned already.
    pub fn plan_reminders(&mut self, of: &SignUp) -> Result<(), Problem> {
        let starts_at = self.event.starts_at;
        let day = day_reminder_at(starts_at, &self.context.settings, &self.context.calendar);
        let hour = (of.seat == SeatKind::Online).then(|| hour_reminder_at(starts_at));
        let planned =
            [Some((GatheringNews::DayReminder, day)), hour.map(|at| (GatheringNews::HourReminder, at))];
        let now = self.now();
        for (news, due_at) in planned.into_iter().flatten().filter(|(_, at)| *at > now) {
            if let Some(outgoing) = self.outgoing(of, news, of.seat.code())? {
                let (sign_up, sequence, seat) = (of.id, self.event.sequence, of.seat);
                let send_condition = Some(SendCondition::SeatStands { sign_up, sequence, seat });
                self.mails.push(OutgoingMail { due_at, send_condition, ..outgoing });
            }
        }
        Ok(())
    }

    /// Writes a mail to a participant. Of several with the same news, version of the event and `once`, only the first is
    /// sent.
    fn outgoing(
        &self,
        to: &SignUp,
        news: GatheringNews<'_>,
        once: &str,
    ) -> Result<Option<OutgoingMail>, Problem> {
        let Some(address) = to.email.as_deref() else { return Ok(None) };
        let (app, event) = (self.app, &self.event);
        let public_page = app.site.absolute(&url::publication(PublicationKind::Gathering, event.number));
        let page = match news {
            GatheringNews::OfferLapsed => public_page.clone(),
            GatheringNews::WaitEnded | GatheringNews::SeatCancelled | GatheringNews::CalledOff { .. } => {
                app.site.absolute("/events")
            }
            GatheringNews::Confirm { .. }
            | GatheringNews::Known
            | GatheringNews::Seated
            | GatheringNews::Waiting
            | GatheringNews::Offered { .. }
            | GatheringNews::Moved { .. }
            | GatheringNews::DayReminder
            | GatheringNews::HourReminder
            | GatheringNews::LinkReady
            | GatheringNews::Thanks { .. } => {
                app.site.absolute(&url::sign_up(&page_token(app, event, to.id)))
            }
        };
        let uid = app.calendar_uid(to.id.0);
        let text = EventText {
            title: &event.title,
            starts_at: event.starts_at,
            ends_at: event.ends_at,
            place: &event.place,
            uid: &uid,
            // A seat that is given back ends its entry, which has a higher SEQUENCE than the one before.
            sequence: event.sequence + i32::from(matches!(news, GatheringNews::SeatCancelled)),
            seat: to.seat,
            number: if matches!(to.state, SignUpState::Seated { .. }) { to.state.number() } else { None },
            page: &page,
            public_page: &public_page,
        };
        let mail = GatheringMailEvent { news, event: text };
        let kind = mail.text().code();
        let name = to.name.as_deref().unwrap_or_default();
        let mut mails = self.context.mails(app);
        let outgoing = mails.mail(AccountMailEvent::Gathering(mail), Recipient { address, name })?;
        let (sign_up, sequence) = (to.id.0.simple(), event.sequence);
        let key = format!("{}{sign_up}/{kind}/{sequence}/{once}", key_of(event.id));
        Ok(Some(OutgoingMail { dedup_key: Some(key), ..outgoing.clone() }))
    }
}
