//! A case that is split from another one: its data beside those of an application, and the traces by which the split can be
//! undone.
use chrono::{DateTime, Utc};
use domain::{actor::Actor, consultation::ActionKind, id::ConsultationId, number::CaseNumber};
use entity::{application, contact};
use sea_orm::{ActiveModelTrait, ConnectionTrait, DatabaseTransaction, DbErr, Set};

use super::correction::{self, SavedCorrection};
use crate::store::audit;

/// The note on the relation of the two cases.
pub const RELATION: &str = "1つの案件を分けたもの";

/// Returns the note in the history of a case that is split from this one.
pub fn origin_note(first: CaseNumber) -> String {
    format!("{first}から分けました")
}

/// Returns the reason of the corrections by which fields and themes leave the first case for this one.
pub fn leaving_reason(new: CaseNumber) -> String {
    format!("{new}に分けたため")
}

/// Returns when a case was split from the one with the number `first`; `None` if it was not.
pub async fn split_at(
    db: &impl ConnectionTrait,
    new: ConsultationId,
    first: CaseNumber,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let note = origin_note(first);
    let history = audit::event::of(db, new).await?;
    let found = history.iter().find(|it| {
        let by_center = it.action == ActionKind::Note && matches!(it.by, Actor::Coordinator(_));
        by_center && it.note.as_ref() == Some(&note)
    });
    Ok(found.map(|it| it.at))
}

/// Returns the corrections by which fields and themes left the first case when this one was split from it, without those
/// that were taken back.
pub async fn left_with(
    db: &impl ConnectionTrait,
    first: ConsultationId,
    new: CaseNumber,
) -> Result<Vec<SavedCorrection>, DbErr> {
    let all = correction::of(db, first).await?;
    let reason = leaving_reason(new);
    let is_undone = |seq: i32| all.iter().any(|it| it.undoes == Some(seq));
    let left = all.iter().filter(|it| it.reason.as_ref() == Some(&reason) && it.undoes.is_none());
    Ok(left.filter(|it| !is_undone(it.seq)).cloned().collect())
}

/// Gives a new case the second contact, the place of a visit and the participants of the case that it was split from.
pub async fn carry_over(
    tx: &DatabaseTransaction,
    to: ConsultationId,
    written: &application::Model,
    person: &contact::Model,
) -> Result<(), DbErr> {
    let place = application::ActiveModel {
        consultation_id: Set(to.0),
        visit_place: Set(written.visit_place.clone()),
        participants: Set(written.participants.clone()),
        ..Default::default()
    };
    place.update(tx).await?;
    let second = contact::ActiveModel {
        consultation_id: Set(to.0),
        second_name: Set(person.second_name.clone()),
        second_kana: Set(person.second_kana.clone()),
        second_email: Set(person.second_email.clone()),
        second_phone: Set(person.second_phone.clone()),
        ..Default::default()
    };
    second.update(tx).await?;
    Ok(())
}
