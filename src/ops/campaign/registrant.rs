//! The acts of a registrant. Each is one transaction under the lock of the telework month.
use domain::{
    calendar::japan_date,
    campaign::{
        DECIDED_WITHIN, OptIn, PROVE_WITHIN, RegistrantKind, RegistrationEntry, RegistrationLife,
        RegistrationRefused, RegistrationState,
    },
    id::{DraftId, PublicationId, RegistrationId},
    intake::{application::ApplicationForm, company::Organization},
    text::TextLine,
};
use uuid::Uuid;

use super::{
    mails::key_of_registration,
    transaction::{CampaignTransaction, refused},
};
use crate::{
    app::App,
    mail::mail_event::RegistrationNews,
    ops::{
        self,
        correspondence::mail_budget::{MailBudget, RequestedMail, spend},
    },
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        campaign::{
            Campaign,
            registration::{self, Registration},
        },
    },
};

/// The scope under which the mails of registrations are counted in the daily limits.
const SCOPE: &str = "month/";

/// A registration as it comes in.
#[derive(Clone, Debug)]
pub struct RegistrationRequest {
    pub entry: RegistrationEntry,
    /// The revision of the rules to which the registrant has consented.
    pub rules_revision: i32,
    pub opts_in: bool,
}

/// Takes a registration and mails the link that proves the address. An address that has registered the name already
/// gets the link to its page; the answer is the same. `network` is a keyed hash. Returns `TooMany` if the day's mails
/// are used up, before anything is kept, and `Stale` if the rules have changed.
pub async fn request(
    app: &App,
    campaign: PublicationId,
    it: RegistrationRequest,
    network: &str,
) -> Result<(), Problem> {
    let mut work = CampaignTransaction::begin(app, campaign).await?;
    let now = work.now();
    if !work.campaign.is_open(now) {
        return Err(refused(RegistrationRefused::Closed));
    }
    if it.rules_revision != work.campaign.rules_revision {
        return Err(Problem::Stale);
    }
    let email = it.entry.email.as_ref().ok_or(Problem::Unreadable)?;
    let (key, name) = (email.key(), it.entry.listing.name.search_key());
    let requested = RequestedMail { scope: SCOPE, email_key: &key, network, proved: false };
    if spend(app, &work.tx, requested, &work.context.settings, now).await? == MailBudget::Spent {
        work.tx.commit().await?;
        return Err(Problem::TooMany);
    }
    let known = registration::of_address(&work.tx, campaign, &key, &name).await?;
    let is_unproved = |it: &&Registration| matches!(it.life.state, RegistrationState::Unproved { .. });
    if let Some(known) = known.as_ref().filter(|it| !is_unproved(it)) {
        work.tell(known, RegistrationNews::Known)?;
        return work.commit().await;
    }
    let until = now + PROVE_WITHIN;
    let id = known.as_ref().map_or_else(|| RegistrationId(Uuid::now_v7()), |it| it.id);
    let new = Registration {
        id,
        campaign,
        number: None,
        life: RegistrationLife::new(it.entry.listing.clone(), until),
        entry: it.entry,
        state_since: now,
        rules: Some((it.rules_revision, now)),
        opt_in: it.opts_in.then(|| OptIn::now(now)),
        proved_at: None,
        decided: None,
        reason: None,
        invited_at: None,
        import: None,
        version: 1,
        created_at: now,
    };
    match &known {
        Some(before) => drop(work.save(before, new.clone()).await?),
        None => registration::insert(&work.tx, &new).await?,
    }
    work.tell(&new, RegistrationNews::Prove { until })?;
    work.commit().await
}

/// Returns the registration and the telework month of a page's token; `None` if the token is not ours, has expired, or
/// the registration was forgotten or erased.
pub async fn registration_of(app: &App, token: &str) -> Result<Option<(Registration, Campaign)>, Problem> {
    let Some(id) = app.secret.verify(Purpose::Registration, token, app.clock.now()) else { return Ok(None) };
    let found = registration::find(&app.db, RegistrationId(id)).await?;
    let Some(it) = found.filter(|it| it.entry.email.is_some()) else { return Ok(None) };
    let campaign = store::campaign::find(&app.db, it.campaign).await?.ok_or(Problem::NotFound)?;
    Ok(Some((it, campaign)))
}

/// Proves the address: the registration waits for the center. Doing so twice changes nothing.
pub async fn prove(app: &App, id: RegistrationId) -> Result<(), Problem> {
    let (mut work, before) = CampaignTransaction::begin_for(app, id).await?;
    let now = work.now();
    let life = before.life.clone().prove(now).map_err(refused)?;
    if life == before.life {
        return Ok(());
    }
    let it = work.save(&before, Registration { life, proved_at: Some(now), ..before.clone() }).await?;
    received(&mut work, &it).await?;
    work.commit().await
}

/// Replaces the data. The address stays; another entry in the list is approved anew.
pub async fn change(
    app: &App,
    id: RegistrationId,
    entry: RegistrationEntry,
    opts_in: bool,
) -> Result<Registration, Problem> {
    let (mut work, before) = CampaignTransaction::begin_for(app, id).await?;
    let now = work.now();
    let life = before.life.clone().change(entry.listing.clone(), now).map_err(refused)?;
    let entry = RegistrationEntry { email: before.entry.email.clone(), ..entry };
    work.refuse_twice(&before, &life.wanted.name).await?;
    let was_waiting = matches!(before.life.state, RegistrationState::Waiting { .. });
    let opt_in = opted(before.opt_in.clone(), opts_in, now);
    let it = work.save(&before, Registration { life, entry, opt_in, reason: None, ..before.clone() }).await?;
    if matches!(it.life.state, RegistrationState::Waiting { .. }) && !was_waiting {
        received(&mut work, &it).await?;
    }
    work.commit().await?;
    Ok(it)
}

/// Withdraws the registration. One whose address is not proved is deleted with all that was typed.
pub async fn withdraw(app: &App, id: RegistrationId) -> Result<(), Problem> {
    let (mut work, before) = CampaignTransaction::begin_for(app, id).await?;
    if matches!(before.life.state, RegistrationState::Unproved { .. }) {
        registration::delete(&work.tx, id).await?;
        let prefix = key_of_registration(before.campaign, id);
        store::correspondence::outbox::erase_by_key(&work.tx, &prefix).await?;
        return work.commit().await;
    }
    let life = before.life.clone().withdraw();
    if life == before.life {
        return Ok(());
    }
    let it = work.save(&before, Registration { life, ..before.clone() }).await?;
    work.tell(&it, RegistrationNews::Withdrawn)?;
    work.commit().await
}

/// Begins an application for a consultation with what the registration knows already.
pub async fn begin_application(app: &App, it: &Registration, network: String) -> Result<DraftId, Problem> {
    let draft = ops::intake::apply::start(app, network).await?;
    ops::intake::apply::save(app, draft, |form| prefill(form, &it.entry)).await?;
    Ok(draft)
}

fn prefill(form: &mut ApplicationForm, entry: &RegistrationEntry) {
    let text = |it: &Option<TextLine>| it.as_ref().map(ToString::to_string).unwrap_or_default();
    form.company_name = entry.listing.name.to_string();
    form.company_kana = entry.listing.kana.to_string();
    form.corporate_number = entry.corporate_number.map(|it| it.to_string()).unwrap_or_default();
    form.prefecture = entry.prefecture.two_digits();
    form.industry = entry.listing.industry.code().to_owned();
    form.employees = entry.employees.map(|it| it.get().to_string()).unwrap_or_default();
    form.telework_status = entry.telework_status.code().to_owned();
    form.contact_name = text(&entry.contact_name);
    form.email = entry.email.as_ref().map(ToString::to_string).unwrap_or_default();
    form.phone = entry.phone.as_ref().map(ToString::to_string).unwrap_or_default();
    if entry.kind == RegistrantKind::LocalGovernment {
        form.organization = Organization::LocalGovernment.code().to_owned();
    }
}

/// Tells a registrant that the center decides, and whether another registration has the same corporate number.
async fn received(work: &mut CampaignTransaction<'_>, it: &Registration) -> Result<(), Problem> {
    let same_number = match it.entry.corporate_number {
        Some(number) => !registration::same_number(&work.tx, it.campaign, number, it.id).await?.is_empty(),
        None => false,
    };
    let today = japan_date(work.now());
    let decided_by = work.context.calendar.add_business_days(today, DECIDED_WITHIN);
    let is_change = it.life.is_change();
    work.tell(it, RegistrationNews::Received { is_change, same_number, decided_by })
}

/// Returns the consent after a form: given now, taken back, or as it was.
fn opted(before: Option<OptIn>, opts_in: bool, now: chrono::DateTime<chrono::Utc>) -> Option<OptIn> {
    match before {
        Some(it) if it.stands() == opts_in => Some(it),
        Some(it) if !opts_in => Some(OptIn { stopped_at: Some(now), ..it }),
        Some(_) | None => opts_in.then(|| OptIn::now(now)),
    }
}
