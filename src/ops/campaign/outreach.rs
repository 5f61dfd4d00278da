//! The invitation of registrants to a consultation, and the end of such mails.
use chrono::TimeDelta;
use codes::EditorAct;
use domain::id::{AccountId, PublicationId, RegistrationId, SurveyMemberId};
use uuid::Uuid;

use super::{mails::page_token, transaction::CampaignTransaction};
use crate::{
    app::App,
    mail::{
        mail_event::{Recipient, RegistrationNews},
        outgoing_mail::{OutgoingMail, SendCondition},
    },
    problem::Problem,
    secret::Purpose,
    store::{
        campaign::{
            outreach::{self, OutreachRecipient},
            registration,
        },
        survey::member,
    },
    url,
};

/// The time for which the link that stops these mails is valid.
const STOP_LINK: TimeDelta = TimeDelta::days(400);

/// Invites registrants to a consultation: each one that may be written to, once for a telework month. Returns how many
/// were invited.
pub async fn invite(
    app: &App,
    campaign: PublicationId,
    ids: &[RegistrationId],
    by: AccountId,
) -> Result<usize, Problem> {
    let mut work = CampaignTransaction::begin(app, campaign).await?;
    let mut invited = 0;
    for id in ids {
        let found = outreach::recipient(&work.tx, campaign, *id).await?;
        let Some(to) = found.filter(|it| it.invited_at().is_none()) else { continue };
        work.invite(&to)?;
        outreach::mark_invited(&work.tx, &to, work.now()).await?;
        invited += 1;
    }
    work.record(EditorAct::OutreachSent, Some(invited), by).await?;
    work.commit().await?;
    Ok(invited)
}

/// Takes back the consents to announcements and surveys of the address of a registration or of a member, which `consent`
/// names. Doing so twice changes nothing.
pub async fn stop_outreach(app: &App, consent: Uuid) -> Result<(), Problem> {
    let email_key = match registration::find(&app.db, RegistrationId(consent)).await? {
        Some(it) => it.entry.email.map(|it| it.key()),
        None => member::key_of(&app.db, SurveyMemberId(consent)).await?,
    };
    let Some(email_key) = email_key else { return Ok(()) };
    let now = app.clock.now();
    let tx = app.begin().await?;
    outreach::opt_out(&tx, &email_key, now).await?;
    member::opt_out(&tx, &email_key, now).await?;
    tx.commit().await?;
    Ok(())
}

impl CampaignTransaction<'_> {
    fn invite(&mut self, to: &OutreachRecipient) -> Result<(), Problem> {
        let id = to.id();
        let token = self.app.secret.sign(Purpose::StopOutreach, id.0, self.now() + STOP_LINK);
        let stop = self.app.site.absolute(&url::stop_outreach(&token));
        let page = self.app.site.absolute(&url::registration(&page_token(self.app, &self.campaign, id)));
        let name = if to.contact_name().is_empty() { to.name() } else { to.contact_name() };
        let reader = Recipient { address: to.address(), name };
        let news = RegistrationNews::Invitation { stop: &stop };
        let outgoing = self.outgoing(id, to.name(), reader, (&page, "once"), news)?;
        let send_condition = Some(SendCondition::OptInStands { registration: id });
        self.mails.push(OutgoingMail { send_condition, ..outgoing });
        Ok(())
    }
}
