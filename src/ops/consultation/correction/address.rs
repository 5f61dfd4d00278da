//! A corrected mail address: it is confirmed anew, and the mails for the earlier one go to it.
use std::collections::BTreeMap;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    booking::appointment::Appointment,
    consultation::correction::CorrectedField,
    id::{AccountId, ConsultationId},
};
use entity::outbox;
use ical::invite::{Attendee, Participation, Person, readdressed as readdressed_invitation};
use sea_orm::ConnectionTrait;
use uuid::Uuid;

use crate::{
    app::App,
    mail::{mail_event::MailEvent, outgoing_mail::MailKind},
    ops::{
        booking::notices::plan_reminders,
        case::{
            save::{Save, Target},
            transaction::CaseTransaction,
        },
    },
    problem::Problem,
    secret::token_hash,
    store::{
        self,
        accounts::link::{self, Purpose},
        correspondence::outbox::readdressed::{self, ReaddressedMail},
    },
};

/// The time for which the link that confirms an address is valid, as after an application.
const CONFIRM_LINK: TimeDelta = TimeDelta::days(14);
/// The time for which a link in a mail opens the company's page.
const PORTAL_LINK: TimeDelta = TimeDelta::days(90);

/// Has the new address confirmed, and gives it the mails that wait for the old one. `confirmed` is the instant at which
/// it had been confirmed, if a correction is taken back.
pub async fn follow(
    work: &mut CaseTransaction<'_>,
    old: &str,
    confirmed: Option<DateTime<Utc>>,
    over_limit: bool,
) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    let Some(email) = work.person.email.clone() else { return removed(work, old).await };
    work.record.consultation.address_confirmed = confirmed.is_some();
    work.save(AddressConfirmedAt(id, confirmed)).await?;
    if !old.is_empty() {
        // The reason for a call was the old address.
        work.record.to_call_since = None;
        let waiting = readdressed::waiting(work.read(), id, &[old.to_lowercase()]).await?;
        for row in waiting {
            // The link that confirms the old address serves no purpose any more.
            if row.kind == MailKind::AddressChanged.code() {
                work.save(SupersededMail(row.id, "the address was corrected again")).await?;
                continue;
            }
            let mail = readdress(work, row, old).await?;
            work.save(mail).await?;
        }
    }
    // Without an address no reminder was planned.
    if old.is_empty()
        && let Some(booked) = work.appointment.clone().filter(Appointment::is_confirmed)
    {
        plan_reminders(work, &booked)?;
    }
    if confirmed.is_some() {
        return Ok(());
    }
    let purpose = Purpose::Confirm { email_key: email.to_lowercase(), consultation: id };
    let confirm = work.link(&purpose, CONFIRM_LINK)?;
    if let Some(mail) = work.mail_company(MailEvent::AddressChanged { confirm: &confirm })? {
        mail.over_limit = over_limit;
    }
    Ok(())
}

/// Drops the mails that wait for an address which was removed. The company has to be called instead.
async fn removed(work: &mut CaseTransaction<'_>, old: &str) -> Result<(), Problem> {
    let waiting =
        readdressed::waiting(work.read(), work.record.consultation.id, &[old.to_lowercase()]).await?;
    if !waiting.is_empty() {
        work.record.to_call_since.get_or_insert(work.context.now);
    }
    for row in waiting {
        work.save(SupersededMail(row.id, "the address was removed")).await?;
    }
    Ok(())
}

/// Returns how many mails did not reach an earlier address of the contact and can be sent to the present one.
pub async fn undelivered(app: &App, id: ConsultationId) -> Result<usize, Problem> {
    Ok(to_send_again(&app.db, id).await?.1.len())
}

/// Sends the mails that did not reach an earlier address to the present one. Returns their number.
pub async fn send_undelivered(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: AccountId,
) -> Result<usize, Problem> {
    let mut work = CaseTransaction::begin_at(app, id, version).await?;
    let (earlier, rows) = to_send_again(work.read(), id).await?;
    if rows.is_empty() {
        return Err(Problem::Refused("送り直すメールはありません。".to_owned()));
    }
    let count = rows.len();
    for row in rows {
        let old = row.recipient.clone();
        let mail = readdress(&mut work, row, &old).await?;
        work.save(ResentMail { mail, by, domain: &app.config.mail_reply_domain }).await?;
    }
    work.save(SettledBounces(id, &earlier)).await?;
    let by = domain::actor::Actor::Coordinator(by);
    work.note(by, format!("届かなかったメール{count}件を、訂正したメールアドレスに送り直しました"));
    work.commit().await?;
    Ok(count)
}

/// Returns the earlier addresses of the contact in lower case, and the mails that did not reach them.
async fn to_send_again(
    db: &impl ConnectionTrait,
    id: ConsultationId,
) -> Result<(Vec<String>, Vec<outbox::Model>), Problem> {
    let corrections = store::consultation::correction::of(db, id).await?;
    let of_email = corrections.into_iter().filter(|it| it.field == CorrectedField::Email);
    let mut earlier: Vec<_> =
        of_email.filter_map(|it| it.old).filter(|it| !it.is_empty()).map(|it| it.to_lowercase()).collect();
    let person = store::consultation::person(db, id).await?;
    let Some(present) = person.and_then(|it| it.email).map(|it| it.to_lowercase()) else {
        return Ok((Vec::new(), Vec::new()));
    };
    earlier.retain(|it| *it != present);
    let rows = readdressed::undelivered(db, id, &earlier).await?;
    Ok((earlier, rows))
}

/// Returns a mail to `old` as it goes to the present address. Links that would sign the old address in are replaced.
async fn readdress(
    work: &mut CaseTransaction<'_>,
    row: outbox::Model,
    old: &str,
) -> Result<ReaddressedMail, Problem> {
    let key = old.to_lowercase();
    let email = work.person.email.clone().unwrap_or_default();
    let (email_key, id) = (email.to_lowercase(), work.record.consultation.id);
    let is_confirmed = work.record.consultation.address_confirmed;
    let mut tokens = BTreeMap::new();
    for token in tokens_of(work.app, &row.text_body) {
        let purpose = link::find_any_state(work.read(), &token_hash(&token)).await?;
        let is_of_old = matches!(
            &purpose,
            Some(Purpose::SignIn { email_key } | Purpose::Confirm { email_key, .. }) if *email_key == key
        );
        if is_of_old {
            let email_key = email_key.clone();
            let purpose = if is_confirmed {
                Purpose::SignIn { email_key }
            } else {
                Purpose::Confirm { email_key, consultation: id }
            };
            let new = work.token(&purpose, PORTAL_LINK)?;
            tokens.insert(token, new);
        }
    }
    let replaced =
        |text: &str| tokens.iter().fold(text.to_owned(), |text, (old, new)| text.replace(old, new));
    // A mail to an unconfirmed address was written without the name of its reader.
    let names_nobody = row.recipient_name.is_empty();
    let to_name = if names_nobody && !is_confirmed { String::new() } else { work.person.name.clone() };
    Ok(ReaddressedMail {
        text: replaced(&row.text_body),
        html: replaced(&row.html_body),
        calendar: row.calendar.as_deref().map(|it| invitation(work, it, &email, &to_name)),
        to: email,
        to_name,
        is_confirmed,
        names_nobody,
        row,
    })
}

/// Returns a calendar part for the company's new address, with the reply address that belongs to it.
fn invitation(work: &CaseTransaction<'_>, written: &str, address: &str, name: &str) -> String {
    let organizer = work.app.reply_address(work.record.consultation.id, address);
    let to = Attendee { person: Person { address, name }, participation: Participation::Accepted };
    readdressed_invitation(written, &organizer, to)
}

/// The instant at which the address of the contact was confirmed; `None` has it confirmed anew.
struct AddressConfirmedAt(ConsultationId, Option<DateTime<Utc>>);

impl Save for AddressConfirmedAt {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::consultation::correction::set_confirmed(to.tx, self.0, self.1).await?)
    }
}

/// A mail that serves no purpose any more, and the reason.
struct SupersededMail(Uuid, &'static str);

impl Save for SupersededMail {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::drop_superseded(to.tx, self.0, self.1).await?)
    }
}

/// Saves a waiting mail with its new recipient.
impl Save for ReaddressedMail {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::change_recipient(to.tx, self).await?)
    }
}

/// A mail that is sent once more, to the present address.
struct ResentMail<'a> {
    mail: ReaddressedMail,
    by: AccountId,
    domain: &'a str,
}

impl Save for ResentMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::send_again(to.tx, self.mail, self.by, self.domain, to.now).await?)
    }
}

/// The bounces of a consultation's mails to these addresses, which are dealt with.
struct SettledBounces<'a>(ConsultationId, &'a [String]);

impl Save for SettledBounces<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(readdressed::settle_bounces(to.tx, self.0, self.1, to.now).await?)
    }
}

/// Returns the tokens of the single-use links in a text.
fn tokens_of(app: &App, text: &str) -> Vec<String> {
    let (mut tokens, mut rest) = (Vec::new(), text);
    while let Some((_, address, after)) = app.site.next_own(rest) {
        if let Some((_, token)) = address.split_once("/l/") {
            let token = token.split(['?', '#', '/']).next().unwrap_or_default();
            if !token.is_empty() && !tokens.iter().any(|it| it == token) {
                tokens.push(token.to_owned());
            }
        }
        rest = after;
    }
    tokens
}
