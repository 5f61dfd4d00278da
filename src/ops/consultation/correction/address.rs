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

use crate::{
    app::App,
    mail::{mail_event::MailEvent, outgoing_mail::MailKind},
    ops::{booking::notices::plan_reminders, case::transaction::CaseTransaction},
    problem::Problem,
    secret::{self, token_hash},
    store::{
        self,
        accounts::link::{self, Purpose},
        consultation::correction::set_confirmed,
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
    set_confirmed(&work.tx, id, confirmed).await?;
    if !old.is_empty() {
        let waiting = readdressed::waiting(&work.tx, id, &[old.to_lowercase()]).await?;
        for row in waiting {
            // The link that confirms the old address serves no purpose any more.
            if row.kind == MailKind::AddressChanged.code() {
                readdressed::drop_superseded(&work.tx, row.id, "the address was corrected again").await?;
                continue;
            }
            let mail = readdress(work, row, old).await?;
            readdressed::change_recipient(&work.tx, mail).await?;
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
    if let Some(letter) = work.mail_company(MailEvent::AddressChanged { confirm: &confirm })? {
        letter.over_limit = over_limit;
    }
    Ok(())
}

/// Drops the mails that wait for an address which was removed. The company has to be called instead.
async fn removed(work: &mut CaseTransaction<'_>, old: &str) -> Result<(), Problem> {
    let waiting = readdressed::waiting(&work.tx, work.record.consultation.id, &[old.to_lowercase()]).await?;
    if !waiting.is_empty() {
        work.record.to_call_since.get_or_insert(work.context.now);
    }
    for row in waiting {
        readdressed::drop_superseded(&work.tx, row.id, "the address was removed").await?;
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
    let (earlier, rows) = to_send_again(&work.tx, id).await?;
    if rows.is_empty() {
        return Err(Problem::Refused("送り直すメールはありません。".to_owned()));
    }
    let (count, now) = (rows.len(), work.now());
    for row in rows {
        let old = row.recipient.clone();
        let mail = readdress(&mut work, row, &old).await?;
        readdressed::send_again(&work.tx, mail, by, &app.config.mail_reply_domain, now).await?;
    }
    readdressed::settle_bounces(&work.tx, id, &earlier, now).await?;
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
    let (key, now) = (old.to_lowercase(), work.now());
    let email = work.person.email.clone().unwrap_or_default();
    let (email_key, id) = (email.to_lowercase(), work.record.consultation.id);
    let is_confirmed = work.record.consultation.address_confirmed;
    let mut tokens = BTreeMap::new();
    for token in tokens_of(work.app, &row.text_body) {
        let purpose = link::find_any_state(&work.tx, &token_hash(&token)).await?;
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
            let new = secret::token().map_err(anyhow::Error::from)?;
            link::insert(&work.tx, token_hash(&new), &purpose, now, now + PORTAL_LINK).await?;
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
