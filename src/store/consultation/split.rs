//! The data of a case that is split from another one, beside those of an application.
use domain::id::ConsultationId;
use entity::{application, contact};
use sea_orm::{ActiveModelTrait, DatabaseTransaction, DbErr, Set};

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
