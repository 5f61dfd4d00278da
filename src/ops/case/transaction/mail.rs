//! The mails of a unit of work, and the address to which those to the company go (`docs/spec/lifecycle.md` §6).
//!
//! An address that is not proved gets the mails that have it proved, and those that repeat nothing of the form. Every
//! other mail goes to the address that the company had proved before it corrected it, or is held until the new one is
//! proved.
use std::collections::HashSet;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    correspondence::company_channel::CompanyChannel,
    id::{DeskId, ExpertId},
};

use super::CaseTransaction;
use crate::{
    mail::{
        compose,
        mail_event::{AccountMailEvent, MailContext, MailEvent, Recipient, SenderContext},
        outgoing_mail::{OutgoingMail, SendCondition},
        text::TextKind,
    },
    problem::Problem,
    store::{self, accounts::link, consultation::ProvenAddress},
};

/// The time for which a link in a mail opens the company's page.
pub const PORTAL_LINK: TimeDelta = TimeDelta::days(90);

/// The time of a mail that is sent later, the beginning of its key, and its condition.
#[derive(Clone, Debug)]
pub struct PlannedMail {
    pub due_at: DateTime<Utc>,
    pub key: String,
    pub send_condition: SendCondition,
}

impl CaseTransaction<'_> {
    /// Mails the company, if it has an address. Returns the outgoing mail, so that the caller can delay it or tie it to
    /// a condition. A mail to an unconfirmed address repeats nothing from the form, not even a name: the composer
    /// ensures that. Messages that people write to it are held until it is confirmed, and so is a mail whose text would
    /// repeat something; then the company has to be called.
    ///
    /// A company without an address has to be called instead, unless it is on the telephone: the mail's words are kept for
    /// the call.
    pub fn mail_company(&mut self, event: MailEvent<'_>) -> Result<Option<&mut OutgoingMail>, Problem> {
        let Some(own) = self.person.email.clone() else {
            if event.is_news() && !self.is_heard {
                // The words are said in a call.
                let name = self.person.name.clone();
                let mail = self.composed(event, ("", &name), true)?;
                self.push(OutgoingMail { by_telephone: true, calendar: None, ..mail });
                self.call_instead();
            }
            return Ok(None);
        };
        let is_confirmed = self.record.consultation.address_confirmed;
        let proven = if is_confirmed || event.proves_address() { None } else { self.reached_proven() };
        let is_proven = is_confirmed || proven.is_some();
        let address = proven.map_or(own, |it| it.email.clone());
        let is_harmless = event.proves_address() || TextKind::of(&event).may_reach_a_stranger();
        let is_held = !is_proven && !is_harmless;
        // A mail that is held goes out once its reader is known.
        let name = self.person.name.clone();
        let mut mail = self.composed(event, (&address, &name), is_proven || is_held)?;
        // The words of a message wait too; a new application's contact is asked for the proof anyway.
        let waits = is_held || (!is_proven && self.replaces_proved && mail.kind.is_correspondence());
        if waits && event.is_news() {
            self.call_instead();
        }
        self.mails_news |= event.is_news() && self.new.is_none();
        mail.awaits_address = is_held;
        if !is_proven && mail.kind.is_correspondence() {
            let consultation = self.record.consultation.id;
            mail.send_condition = Some(SendCondition::AddressConfirmed { consultation });
        }
        Ok(self.push(mail))
    }

    /// Mails the address that the contact had proved before the present one.
    pub fn mail_proven(&mut self, to: &ProvenAddress, event: MailEvent<'_>) -> Result<(), Problem> {
        let mail = self.composed(event, (&to.email, ""), true)?;
        self.push(mail);
        Ok(())
    }

    /// Makes the company an item of the calls, unless it is on the telephone.
    fn call_instead(&mut self) {
        if !self.is_heard && self.new.is_none() {
            self.record.to_call_since.get_or_insert(self.context.now);
            self.is_to_call = true;
        }
    }

    /// Finds out at which addresses of the contact mail arrives. An operation that changes one of them does it again.
    pub async fn check_addresses(&mut self) -> Result<(), Problem> {
        let proven = self.person.proven.iter().map(ProvenAddress::key);
        let keys: Vec<_> = self.person.email.iter().map(|it| it.to_lowercase()).chain(proven).collect();
        let dead = match keys.is_empty() {
            true => HashSet::new(),
            false => store::correspondence::bounce::dead_among(&self.tx, keys).await?,
        };
        self.reaches_proven = self.person.proven.as_ref().is_some_and(|it| !dead.contains(&it.key()));
        self.arrives = self.company_address().is_some_and(|it| !dead.contains(&it.to_lowercase()));
        self.replaces_proved = false;
        if !self.record.consultation.address_confirmed && self.person.email.is_some() {
            let id = self.record.consultation.id;
            let all = store::consultation::correction::of(&self.tx, id).await?;
            self.replaces_proved = all.iter().any(|it| it.confirmed_before.is_some());
        }
        Ok(())
    }

    /// Returns the address that was proved before the present one, if it speaks for the company and mail reaches it.
    pub fn reached_proven(&self) -> Option<&ProvenAddress> {
        self.person.proven.as_ref().filter(|_| self.reaches_proven)
    }

    /// Returns whether a mail that repeats something of the form goes out now: the address to which it goes is proved.
    pub fn hears_by_mail_now(&self) -> bool {
        self.person.email.is_some()
            && (self.record.consultation.address_confirmed || self.reached_proven().is_some())
    }

    /// Returns the address to which the company's mail goes.
    pub fn company_address(&self) -> Option<&str> {
        let own = self.person.email.as_deref()?;
        Some(self.reached_proven().map_or(own, |it| it.email.as_str()))
    }

    /// Returns how the company hears what repeats nothing of the form.
    pub fn company_channel(&self) -> CompanyChannel {
        CompanyChannel::of(self.company_address().is_some(), self.arrives)
    }

    /// Returns how the company hears of what a letter to the center or an expert is about: as `mail_company` tells it.
    fn channel_beside(&self, text: TextKind) -> CompanyChannel {
        let channel = self.company_channel();
        if text.is_told_to_a_stranger() { channel } else { channel.once_proved(self.hears_by_mail_now()) }
    }

    /// Mails an expert, unless the expert's account is not active any more. Returns the outgoing mail as `mail_company`
    /// does.
    pub fn mail_expert(
        &mut self,
        expert: ExpertId,
        event: MailEvent<'_>,
    ) -> Result<Option<&mut OutgoingMail>, Problem> {
        let profile = self.context.experts.get(expert).filter(|it| it.active);
        let Some(profile) = profile else { return Ok(None) };
        let besides = self.report_besides.filter(|(reader, _)| *reader == expert).map(|(_, due_at)| due_at);
        let reader = Recipient { address: &profile.email, name: &profile.name };
        let mail = self.composed_with(event, reader, false, besides)?;
        if besides.is_some() && TextKind::of(&event).tells_of_a_report() {
            self.report_besides = None;
        }
        Ok(self.push(mail))
    }

    /// Mails the center. Returns the outgoing mail as `mail_company` does.
    pub fn mail_center(&mut self, event: MailEvent<'_>) -> Result<Option<&mut OutgoingMail>, Problem> {
        let settings = &self.context.settings;
        let mail = self.composed(event, (&settings.center_email, &settings.center_name), false)?;
        Ok(self.push(mail))
    }

    /// Mails every account of the desk that handed the consultation over, if there is one.
    pub async fn mail_desk(&mut self, event: MailEvent<'_>) -> Result<(), Problem> {
        let Some(desk) = self.record.desk else { return Ok(()) };
        for it in store::reference::desk::addresses(&self.tx, desk).await? {
            let mail = self.composed(event, (&it.address, &it.name), false)?;
            self.push(mail);
        }
        Ok(())
    }

    /// Mails every account of a desk that has no part in the consultation: a reply would belong to nothing. With `later`,
    /// the mail is planned.
    pub async fn mail_other_desk(
        &mut self,
        desk: DeskId,
        event: AccountMailEvent<'_>,
        later: Option<&PlannedMail>,
    ) -> Result<(), Problem> {
        for it in store::reference::desk::addresses(&self.tx, desk).await? {
            let to = Recipient { address: &it.address, name: &it.name };
            let mut mail = compose::plain(event, to, &self.context.sender(self.app))?;
            if let Some(later) = later {
                mail.due_at = later.due_at;
                mail.dedup_key = Some(format!("{}/{}", later.key, it.account));
                mail.send_condition = Some(later.send_condition);
            }
            self.push(mail);
        }
        Ok(())
    }

    fn push(&mut self, mail: OutgoingMail) -> Option<&mut OutgoingMail> {
        self.mails.push(mail);
        self.mails.last_mut()
    }

    /// Writes a mail about the consultation. `is_proven` says whether its reader may be told what the form says.
    fn composed(
        &self,
        event: MailEvent<'_>,
        (address, name): (&str, &str),
        is_proven: bool,
    ) -> Result<OutgoingMail, Problem> {
        self.composed_with(event, Recipient { address, name }, is_proven, None)
    }

    /// Writes a mail as `composed` does. `report_due_at` is the deadline of a report that its reader has to write besides.
    fn composed_with(
        &self,
        event: MailEvent<'_>,
        to: Recipient<'_>,
        is_proven: bool,
        report_due_at: Option<DateTime<Utc>>,
    ) -> Result<OutgoingMail, Problem> {
        let record = &self.record;
        let organizer = self.app.reply_address(record.consultation.id, to.address);
        let about = MailContext {
            id: record.consultation.id,
            number: &record.number,
            company_name: &record.company_name,
            // Another person may read an address that was replaced.
            contact_name: if to.name.is_empty() { "" } else { &self.person.name },
            fields: record.wanted_fields(),
            address_confirmed: is_proven,
            due: record.due.as_ref(),
            waits_since: record.silence.map(|it| it.since),
            report_due_at,
            channel: self.channel_beside(TextKind::of(&event)),
            sender: SenderContext { organizer: &organizer, ..self.context.sender(self.app) },
        };
        Ok(compose::about(event, to, &about)?)
    }

    /// Returns the address that opens the company's page, the same in all mails of one change.
    pub fn portal(&mut self) -> Result<String, Problem> {
        if let Some(portal) = &self.portal {
            return Ok(portal.clone());
        }
        let portal = match self.reached_proven().map(ProvenAddress::key) {
            Some(email_key) => {
                let link = self.link(&link::Purpose::SignIn { email_key }, PORTAL_LINK)?;
                format!("{link}?case={}", self.record.number)
            }
            None => self.proving_portal()?,
        };
        self.portal = Some(portal.clone());
        Ok(portal)
    }

    /// Returns the address that opens the company's page and confirms its present mail address.
    pub fn proving_portal(&mut self) -> Result<String, Problem> {
        let Some(email_key) = self.person.email.as_ref().map(|it| it.to_lowercase()) else {
            return Ok(self.app.site.absolute("/login"));
        };
        // A visitor with this link has access to the address, and a confirmation says no more than that.
        let purpose = if self.record.consultation.address_confirmed {
            link::Purpose::SignIn { email_key }
        } else {
            link::Purpose::Confirm { email_key, consultation: self.record.consultation.id }
        };
        let link = self.link(&purpose, PORTAL_LINK)?;
        Ok(format!("{link}?case={}", self.record.number))
    }
}
