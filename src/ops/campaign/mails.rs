//! The mails about registrations for a telework month.
use domain::{
    campaign::KEPT,
    id::{PublicationId, RegistrationId},
    publication::PublicationKind,
};

use super::transaction::CampaignTransaction;
use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, Recipient, RegistrationMailEvent, RegistrationNews},
        outgoing_mail::OutgoingMail,
    },
    problem::Problem,
    secret::Purpose,
    store::campaign::{Campaign, registration::Registration},
    url,
};

/// Returns the token of a registrant's own page. It is valid as long as the registrant's data are kept.
pub fn page_token(app: &App, campaign: &Campaign, id: RegistrationId) -> String {
    app.secret.sign(Purpose::Registration, id.0, campaign.ends_at() + KEPT)
}

/// Returns the beginning of the keys of all mails about a telework month, by which they are found when it is erased.
pub fn key_of(campaign: PublicationId) -> String {
    format!("campaign/{}/", campaign.0.simple())
}

/// Returns the beginning of the keys of all mails about a registration.
pub fn key_of_registration(campaign: PublicationId, id: RegistrationId) -> String {
    format!("{}{}/", key_of(campaign), id.0.simple())
}

impl CampaignTransaction<'_> {
    /// Adds the mail that tells a registrant the news. An address that is not proved gets nothing but the request to
    /// prove it.
    pub fn tell(&mut self, to: &Registration, news: RegistrationNews<'_>) -> Result<(), Problem> {
        let is_proof = matches!(news, RegistrationNews::Prove { .. });
        if to.proved_at.is_none() && !is_proof {
            return Ok(());
        }
        let Some(address) = to.entry.email.as_ref() else { return Ok(()) };
        let contact = to.entry.contact_name.as_ref().unwrap_or(&to.life.wanted.name);
        let page = match news {
            RegistrationNews::Withdrawn => url::publication(PublicationKind::Campaign, self.campaign.year),
            // Only `invite` writes an invitation, to a recipient who has opted in.
            RegistrationNews::Invitation { .. } => {
                return Err(Problem::Internal(anyhow::anyhow!("an invitation needs a recipient")));
            }
            RegistrationNews::Prove { .. }
            | RegistrationNews::Known
            | RegistrationNews::Received { .. }
            | RegistrationNews::Approved { .. }
            | RegistrationNews::Rejected { .. }
            | RegistrationNews::Lapsed { .. } => {
                url::registration(&page_token(self.app, &self.campaign, to.id))
            }
        };
        let page = self.app.site.absolute(&page);
        let to_reader = Recipient { address: address.as_str(), name: contact.as_str() };
        let name = to.life.wanted.name.as_str();
        let once = format!("{}/{}", to.version, self.now().timestamp_micros());
        let outgoing = self.outgoing(to.id, name, to_reader, (&page, &once), news)?;
        self.mails.push(outgoing);
        Ok(())
    }

    /// Writes a mail about a registration, with the address of its page. Of several with the same news and `once`, only
    /// the first is sent.
    pub(super) fn outgoing(
        &self,
        id: RegistrationId,
        name: &str,
        to: Recipient<'_>,
        (page, once): (&str, &str),
        news: RegistrationNews<'_>,
    ) -> Result<OutgoingMail, Problem> {
        let mail = RegistrationMailEvent { news, campaign: &self.campaign.title, name, page };
        let kind = mail.text().code();
        let mut mails = self.context.mails(self.app);
        let outgoing = mails.mail(AccountMailEvent::Registration(mail), to)?;
        let key = format!("{}{kind}/{once}", key_of_registration(self.campaign.id, id));
        Ok(OutgoingMail { dedup_key: Some(key), ..outgoing.clone() })
    }
}
