//! Mails to an earlier address of a contact, which get the corrected one: those that wait, and those that did not
//! arrive.
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use codes::{HoldReason, MailStatus};
use domain::id::{AccountId, ConsultationId};
use entity::{mail_bounce, outbox as row, outbox_log};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, QueryFilter, QueryOrder,
    QuerySelect, Set,
};
use uuid::Uuid;

use super::{BY_TELEPHONE, OutboxEvent, domain_of, log_entry, new_row, outgoing_mail};
use crate::mail::outgoing_mail::{AddressUse, ConditionKind, InvitationPart, MailKind, OutgoingMail};

/// The reply that is stored with a mail whose corrected address is not confirmed yet.
pub(super) const READDRESSED: &str = "the address was corrected and is not confirmed yet";

/// The reason for which a mail is not sent to an address that no mail reaches.
pub const UNREACHABLE: &str = "no mail reaches this address";

/// A mail as it goes to the corrected address, with the links of its new reader.
#[derive(Clone, Debug)]
pub struct ReaddressedMail {
    pub row: row::Model,
    pub to: String,
    pub to_name: String,
    pub text: String,
    pub html: String,
    /// The calendar part with its new reader.
    pub calendar: Option<String>,
    /// Whether the address is confirmed, so that the mail need not be held.
    pub is_confirmed: bool,
    /// Whether the mail was written to an address that was not confirmed, so that it repeats nothing of the form.
    pub names_nobody: bool,
}

impl ReaddressedMail {
    /// Returns whether the mail is sent although the address may not be confirmed: it repeats nothing of the form and has
    /// the address confirmed.
    pub fn goes_at_once(&self) -> bool {
        let address = MailKind::from_code(&self.row.kind).and_then(MailKind::address);
        let proves = matches!(address, Some(AddressUse::Proves | AddressUse::ProvesBesides));
        self.is_confirmed || (self.names_nobody && proves)
    }
}

/// Returns the mails about a consultation that wait for an earlier address, given in lower case.
pub async fn waiting(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    earlier: &[String],
) -> Result<Vec<row::Model>, DbErr> {
    let mut found = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .filter(row::COLUMN.lease_token.is_null())
        .all(db)
        .await?;
    found.retain(|it| earlier.contains(&it.recipient.to_lowercase()));
    Ok(found)
}

/// Returns the mails about a consultation that did not reach an earlier address, oldest first, without those that were
/// sent again already: those that failed or bounced, and those that were not sent because an earlier one had.
pub async fn undelivered(
    db: &impl ConnectionTrait,
    id: ConsultationId,
    earlier: &[String],
) -> Result<Vec<row::Model>, DbErr> {
    if earlier.is_empty() {
        return Ok(Vec::new());
    }
    let mut found = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .filter(
            row::COLUMN
                .state
                .is_in([MailStatus::Failed, MailStatus::Sent, MailStatus::Suppressed].map(MailStatus::code)),
        )
        .filter(row::COLUMN.kind.is_not_in(MailKind::codes_of(MailKind::is_about_correction)))
        .order_by_asc(row::COLUMN.id)
        .all(db)
        .await?;
    found.retain(|it| earlier.contains(&it.recipient.to_lowercase()));
    let ids: Vec<Uuid> = found.iter().map(|it| it.id).collect();
    let bounced = mail_bounce::Entity::find()
        .select_only()
        .column(mail_bounce::Column::OutboxId)
        .filter(mail_bounce::COLUMN.permanent.eq(true))
        .filter(mail_bounce::COLUMN.outbox_id.is_in(ids.clone()))
        .into_tuple::<Option<Uuid>>()
        .all(db)
        .await?;
    let bounced: HashSet<_> = bounced.into_iter().flatten().collect();
    let resent = outbox_log::Entity::find()
        .select_only()
        .column(outbox_log::Column::OutboxId)
        .filter(outbox_log::COLUMN.outbox_id.is_in(ids))
        .filter(outbox_log::COLUMN.event.eq(OutboxEvent::Resent.code()))
        .into_tuple::<Uuid>()
        .all(db)
        .await?;
    let resent: HashSet<_> = resent.into_iter().collect();
    found.retain(|it| {
        let is_undelivered = match it.state.known() {
            Some(MailStatus::Failed) => true,
            Some(MailStatus::Suppressed) => it.last_reply.as_deref() == Some(UNREACHABLE),
            Some(MailStatus::Sent) => bounced.contains(&it.id),
            Some(MailStatus::Waiting | MailStatus::Sending) | None => false,
        };
        is_undelivered && !resent.contains(&it.id)
    });
    Ok(found)
}

/// Gives a waiting mail the corrected address. Until that is confirmed, the mail is held, unless it asks for the
/// confirmation.
pub async fn change_recipient(tx: &DatabaseTransaction, it: ReaddressedMail) -> Result<(), DbErr> {
    let goes_at_once = it.goes_at_once();
    let hold = (!goes_at_once).then(|| HoldReason::Held.into());
    let change = row::ActiveModel {
        id: Set(it.row.id),
        domain: Set(domain_of(&it.to)),
        recipient: Set(it.to),
        recipient_name: Set(it.to_name),
        text_body: Set(it.text),
        html_body: Set(it.html),
        calendar: Set(it.calendar),
        // A mail that a person holds stays held, and another one is held until the address is confirmed.
        hold_reason: Set(it.row.hold_reason.clone().or(hold)),
        last_reply: if goes_at_once || it.row.hold_reason.is_some() {
            Set(it.row.last_reply.clone())
        } else {
            Set(Some(READDRESSED.to_owned()))
        },
        attempts: Set(0),
        ..Default::default()
    };
    row::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Drops a mail that has no reader any more: its address was corrected again, or removed. The same mail can be planned
/// anew.
pub async fn drop_superseded(tx: &DatabaseTransaction, id: Uuid, why: &str) -> Result<(), DbErr> {
    let over = row::ActiveModel {
        id: Set(id),
        state: Set(MailStatus::Suppressed.into()),
        hold_reason: Set(None),
        dedup_key: Set(None),
        last_reply: Set(Some(why.to_owned())),
        ..Default::default()
    };
    row::Entity::update(over).exec(tx).await?;
    Ok(())
}

/// Drops a waiting mail whose reader has no address any more, and leaves its words to a call.
pub async fn leave_to_call(tx: &DatabaseTransaction, id: Uuid, now: DateTime<Utc>) -> Result<(), DbErr> {
    drop_superseded(tx, id, BY_TELEPHONE).await?;
    let due = row::ActiveModel { id: Set(id), due_at: Set(now), ..Default::default() };
    row::Entity::update(due).exec(tx).await?;
    Ok(())
}

/// Sends a mail that did not arrive once more, to the corrected address, on behalf of a person who gives the reason. Until
/// the address is confirmed, the mail is held, unless it asks for the confirmation.
pub async fn send_again(
    tx: &DatabaseTransaction,
    it: ReaddressedMail,
    (by, why): (AccountId, &str),
    domain: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let (id, state) = (it.row.id, it.row.state.clone());
    let goes_at_once = it.goes_at_once();
    let mail = outgoing_mail(it.row)?;
    let calendar = mail.calendar.clone().zip(it.calendar).map(|(part, body)| InvitationPart { body, ..part });
    let mail = OutgoingMail {
        to: it.to,
        to_name: it.to_name,
        text: it.text,
        html: it.html,
        calendar,
        due_at: now,
        dedup_key: None,
        // A reminder of an appointment that was moved since is not sent again.
        send_condition: mail.send_condition.filter(|it| it.kind() != ConditionKind::AddressConfirmed),
        ..mail
    };
    let mut new = new_row(mail, None, domain, now)?;
    if !goes_at_once {
        new.hold_reason = Some(HoldReason::Held.into());
        new.last_reply = Some(READDRESSED.to_owned());
    }
    row::Entity::insert(new.into_active_model()).exec_without_returning(tx).await?;
    if state == MailStatus::Failed {
        let over = row::ActiveModel {
            id: Set(id),
            state: Set(MailStatus::Suppressed.into()),
            last_reply: Set(Some("sent again to the corrected address".to_owned())),
            ..Default::default()
        };
        row::Entity::update(over).exec(tx).await?;
    }
    let entry = log_entry(id, OutboxEvent::Resent, why, Some(by), now);
    outbox_log::Entity::insert(entry).exec_without_returning(tx).await?;
    Ok(())
}

/// Ends the bounces of a consultation's mails to these earlier addresses.
pub async fn settle_bounces(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    earlier: &[String],
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    mail_bounce::Entity::update_many()
        .col_expr(mail_bounce::Column::ClearedAt, sea_orm::sea_query::Expr::value(now))
        .filter(mail_bounce::COLUMN.consultation_id.eq(id.0))
        .filter(mail_bounce::COLUMN.address_key.is_in(earlier.iter().cloned()))
        .filter(mail_bounce::COLUMN.cleared_at.is_null())
        .exec(tx)
        .await?;
    Ok(())
}
