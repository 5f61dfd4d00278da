//! The steps of a telework month that the worker takes when they are due.
use chrono::{DateTime, Utc};
use domain::{
    calendar::japan_date,
    campaign::{ENDED_KEPT, KEPT, RegistrationState, RegistrationStatus, lapse_at, reminder_at},
    id::PublicationId,
};
use sea_orm::{DatabaseTransaction, DbErr};

use super::{
    mails::{key_of, key_of_registration},
    transaction::CampaignTransaction,
};
use crate::{
    app::App,
    mail::{
        mail_event::{AccountMailEvent, Recipient, RegistrationNews},
        outgoing_mail::OutgoingMail,
    },
    problem::Problem,
    store::{
        campaign::registration::{self, Registration},
        correspondence::outbox,
    },
    url,
};

/// Takes the steps of a telework month that are due: registrations lapse, the center is reminded, persons and addresses
/// are erased. Taking them twice changes nothing.
pub async fn tend(app: &App, id: PublicationId) -> Result<(), Problem> {
    let mut work = CampaignTransaction::begin(app, id).await?;
    work.lapse().await?;
    work.remind().await?;
    work.erase().await?;
    work.commit().await
}

/// Deletes the registrations whose address was not proved in time, with the address in the mails to them. Returns their
/// number.
pub async fn forget_unproved(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<u64, DbErr> {
    let mut count = 0;
    for (campaign, id) in registration::unproved(tx, now).await? {
        registration::delete(tx, id).await?;
        outbox::erase_by_key(tx, &key_of_registration(campaign, id)).await?;
        count += 1;
    }
    Ok(count)
}

impl CampaignTransaction<'_> {
    /// Ends the wait of registrations about which no person has decided in time.
    async fn lapse(&mut self) -> Result<(), Problem> {
        let (now, ends_at) = (self.now(), self.campaign.ends_at());
        let (waiting, id) = (RegistrationStatus::Waiting, self.campaign.id);
        for before in registration::in_state(&self.tx, id, waiting, None).await? {
            let RegistrationState::Waiting { since } = before.life.state else { continue };
            if lapse_at(ends_at, since) > now {
                continue;
            }
            let is_change = before.life.is_change();
            let life = before.life.clone().lapse();
            let it = self.save(&before, Registration { life, ..before.clone() }).await?;
            self.tell(&it, RegistrationNews::Lapsed { is_change })?;
        }
        Ok(())
    }

    /// Reminds the center of registrations that wait.
    async fn remind(&mut self) -> Result<(), Problem> {
        let times = self.times().await?;
        let (now, context) = (self.now(), &self.context);
        let due = reminder_at(&times, &context.settings, &context.calendar).filter(|it| *it <= now);
        let Some(since) = times.waiting_since.filter(|_| due.is_some()) else { return Ok(()) };
        let tally = registration::tally(&self.tx, self.campaign.id).await?;
        let count = tally.get(&RegistrationStatus::Waiting).copied().unwrap_or_default();
        let page = self.app.site.absolute(&url::campaign_desk(self.campaign.id));
        let campaign = &self.campaign.title;
        let to = Recipient { address: &context.settings.center_email, name: &context.settings.center_name };
        let mut mails = context.mails(self.app);
        let event = AccountMailEvent::RegistrationsWaiting { campaign, count, since, page: &page };
        let outgoing = mails.mail(event, to)?.clone();
        let key = format!("{}waiting/{}", key_of(self.campaign.id), japan_date(now));
        self.mails.push(OutgoingMail { dedup_key: Some(key), ..outgoing });
        self.campaign.reminded_at = Some(now);
        Ok(())
    }

    /// Erases persons and addresses whose time is over.
    async fn erase(&mut self) -> Result<(), Problem> {
        let (now, id) = (self.now(), self.campaign.id);
        for ended in registration::erase(&self.tx, id, Some(now - ENDED_KEPT)).await? {
            outbox::erase_by_key(&self.tx, &key_of_registration(id, ended)).await?;
        }
        if self.campaign.erased_at.is_none() && self.campaign.ends_at() + KEPT <= now {
            registration::erase(&self.tx, id, None).await?;
            outbox::erase_by_key(&self.tx, &key_of(id)).await?;
            self.campaign.erased_at = Some(now);
        }
        Ok(())
    }
}
