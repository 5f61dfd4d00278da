//! Corrections: the values of a consultation that can be corrected, and those that were.
use chrono::{DateTime, Utc};
use domain::{
    consultation::correction::{CaseValues, CorrectedField, Correction},
    id::{CompanyId, ConsultationId},
    intake::{contact::Telephone, duplicate::address_key},
    text::search_key,
};
use entity::{Coded, application, company, consultation, consultation_theme, contact, correction as row};
use sea_orm::{
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, IntoActiveModel, NotSet, QueryFilter,
    QueryOrder, QuerySelect, Set,
};

use super::ProvenAddress;
use crate::store::{contradiction, known, write_batch::WriteBatch};

/// A correction as it is stored, with the position of its event.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SavedCorrection {
    pub seq: i32,
    pub field: CorrectedField,
    /// The earlier value; `None` once it is erased.
    pub old: Option<String>,
    pub new: Option<String>,
    pub reason: Option<String>,
    /// The position of the correction that this one takes back.
    pub undoes: Option<i32>,
    pub company_before: Option<CompanyId>,
    pub confirmed_before: Option<DateTime<Utc>>,
}

/// Returns the current values of a consultation; `None` if its application was erased.
pub async fn values(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Option<CaseValues>, DbErr> {
    let case = consultation::Entity::find_by_id(id.0).one(db).await?;
    let written = super::application(db, id).await?;
    let (Some(case), Some((company, person))) = (case, written) else { return Ok(None) };
    let themes = super::themes(db, id).await?;
    Ok(Some(values_of(&super::from_row(&case)?, &company, &person, &themes)))
}

/// Returns the values that rows hold.
pub fn values_of(
    record: &super::Record,
    company: &application::Model,
    person: &contact::Model,
    themes: &[String],
) -> CaseValues {
    use CorrectedField as F;
    let mut values = CaseValues::default();
    let text = |it: &Option<String>| it.clone().unwrap_or_default();
    let place = |it: Option<domain::prefecture::Prefecture>| {
        it.map(domain::prefecture::Prefecture::two_digits).unwrap_or_default()
    };
    let count = |it: Option<i32>| it.map(|it| it.to_string()).unwrap_or_default();
    let organization = company.organization.as_ref().map(Coded::code).unwrap_or_default();
    let telework = company.telework_status.as_ref().map(Coded::code).unwrap_or_default();
    for (field, value) in [
        (F::ContactName, person.name.clone()),
        (F::ContactKana, person.kana.clone()),
        (F::Department, person.department.clone()),
        (F::Position, person.position.clone()),
        (F::Email, text(&person.email)),
        (F::Phone, Telephone::shown(person.phone.as_deref().unwrap_or_default())),
        (F::SecondName, person.second_name.clone()),
        (F::SecondKana, person.second_kana.clone()),
        (F::SecondEmail, person.second_email.clone()),
        (F::SecondPhone, Telephone::shown(&person.second_phone)),
        (F::CompanyName, record.company_name.clone()),
        (F::CompanyKana, company.company_kana.clone()),
        (F::CorporateNumber, text(&company.corporate_number)),
        (F::Organization, organization.to_owned()),
        (F::PostalCode, text(&company.postal_code)),
        (F::Prefecture, place(record.prefecture)),
        (F::City, company.city.clone()),
        (F::Street, company.street.clone()),
        (F::Building, company.building.clone()),
        (F::Industry, record.industry.map(|it| it.code().to_owned()).unwrap_or_default()),
        (F::Employees, count(company.employees)),
        (F::RegularEmployees, count(company.regular_employees)),
        (F::Capital, company.capital.map(|it| it.to_string()).unwrap_or_default()),
        (F::TeleworkStatus, telework.to_owned()),
        (F::Fields, record.consultation.fields.code().to_owned()),
        (F::Themes, themes.join(",")),
        (F::Mode, record.mode.code().to_owned()),
        (F::VisitPrefecture, place(record.visit_prefecture)),
        (F::VisitPlace, company.visit_place.clone()),
        (F::Participants, company.participants.clone()),
        (F::Description, company.description.clone()),
        (F::Origin, record.origin.code().to_owned()),
    ] {
        values.set(field, value);
    }
    values
}

/// Returns the corrections of a consultation, oldest first.
pub async fn of(db: &impl ConnectionTrait, id: ConsultationId) -> Result<Vec<SavedCorrection>, DbErr> {
    let rows = row::Entity::find()
        .filter(row::COLUMN.consultation_id.eq(id.0))
        .order_by_asc(row::COLUMN.seq)
        .all(db)
        .await?;
    let saved = |it: row::Model| {
        Ok(SavedCorrection {
            seq: it.seq,
            field: known(&it.field, row::Column::Field, it.consultation_id)?,
            old: it.old_value,
            new: it.new_value,
            reason: it.reason,
            undoes: it.undoes,
            company_before: it.company_before.map(CompanyId),
            confirmed_before: it.confirmed_before,
        })
    };
    rows.into_iter().map(saved).collect()
}

/// Adds a correction to a batch.
pub fn insert(batch: &mut WriteBatch, it: row::Model) -> Result<(), DbErr> {
    batch.insert(it.into_active_model())
}

/// Writes the corrected values into the rows of the consultation. `after` has all values as they are then. The fields
/// of the consultation and its company are written by the unit of work and by `point_to`.
pub async fn write(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    all: &[Correction],
    after: &CaseValues,
) -> Result<(), DbErr> {
    // Every update sets a column, so that it is a statement even if none of the values is in that table.
    let mut rows = CorrectedRows {
        case: consultation::ActiveModel {
            id: Set(id.0),
            search_key: Set(after.search_key()),
            ..Default::default()
        },
        written: application::ActiveModel {
            consultation_id: Set(id.0),
            company_kana: Set(after.get(CorrectedField::CompanyKana).to_owned()),
            reading_key: Set(Some(search_key(after.get(CorrectedField::CompanyKana)))),
            address_key: Set(Some(address_key(
                after.get(CorrectedField::City),
                after.get(CorrectedField::Street),
            ))),
            ..Default::default()
        },
        person: contact::ActiveModel {
            consultation_id: Set(id.0),
            kana: Set(after.get(CorrectedField::ContactKana).to_owned()),
            person_key: Set(Some(search_key(after.get(CorrectedField::ContactName)))),
            ..Default::default()
        },
    };
    for it in all {
        rows.set(it.field, it.new.clone());
    }
    if all.iter().any(|it| it.field == CorrectedField::Themes) {
        write_themes(tx, id, after).await?;
    }
    consultation::Entity::update(rows.case).exec(tx).await?;
    application::Entity::update(rows.written).exec(tx).await?;
    contact::Entity::update(rows.person).exec(tx).await?;
    Ok(())
}

/// Sets the instant at which the contact's address was confirmed; `None` if it has to be confirmed anew. `proven` is the
/// address that speaks for the company until then.
pub async fn set_confirmed(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    at: Option<DateTime<Utc>>,
    proven: Option<&ProvenAddress>,
) -> Result<(), DbErr> {
    let person = contact::ActiveModel {
        consultation_id: Set(id.0),
        proven_email: Set(proven.map(|it| it.email.clone())),
        proven_email_key: Set(proven.map(ProvenAddress::key)),
        proven_at: Set(proven.map(|it| it.at)),
        ..Default::default()
    };
    contact::Entity::update(person).exec(tx).await?;
    let change =
        consultation::ActiveModel { id: Set(id.0), address_confirmed_at: Set(at), ..Default::default() };
    consultation::Entity::update(change).exec(tx).await?;
    Ok(())
}

/// Returns the instant at which the contact's address was confirmed.
pub async fn confirmed_at(
    db: &impl ConnectionTrait,
    id: ConsultationId,
) -> Result<Option<DateTime<Utc>>, DbErr> {
    let found = consultation::Entity::find_by_id(id.0).one(db).await?;
    Ok(found.and_then(|it| it.address_confirmed_at))
}

/// Files a consultation under another company. Returns the company that it then belongs to: this one, or the one into
/// which it was merged.
pub async fn point_to(
    tx: &DatabaseTransaction,
    id: ConsultationId,
    company: CompanyId,
) -> Result<CompanyId, DbErr> {
    // A merge that runs at the same time waits, or is waited for.
    let found = company::Entity::find_by_id(company.0).lock_exclusive().one(tx).await?;
    let leading = found.and_then(|it| it.merged_into).unwrap_or(company.0);
    let change = consultation::ActiveModel {
        id: Set(id.0),
        company_id: Set(leading),
        own_company_id: Set((leading != company.0).then_some(company.0)),
        ..Default::default()
    };
    consultation::Entity::update(change).exec(tx).await?;
    Ok(CompanyId(leading))
}

/// Returns the company under which a consultation was filed: its company, or one that was merged into that since.
pub async fn filed_under(db: &impl ConnectionTrait, id: ConsultationId) -> Result<CompanyId, DbErr> {
    let found = consultation::Entity::find_by_id(id.0).one(db).await?;
    let found = found.ok_or_else(|| contradiction(consultation::Entity, id, "it is gone"))?;
    Ok(CompanyId(found.own_company_id.unwrap_or(found.company_id)))
}

async fn write_themes(tx: &DatabaseTransaction, id: ConsultationId, after: &CaseValues) -> Result<(), DbErr> {
    consultation_theme::Entity::delete_many()
        .filter(consultation_theme::COLUMN.consultation_id.eq(id.0))
        .exec(tx)
        .await?;
    let rows: Vec<_> = after
        .themes()
        .map(|it| {
            consultation_theme::Model { consultation_id: id.0, theme: it.to_owned() }.into_active_model()
        })
        .collect();
    if !rows.is_empty() {
        consultation_theme::Entity::insert_many(rows).exec_without_returning(tx).await?;
    }
    Ok(())
}

/// The rows in which corrected values are written.
struct CorrectedRows {
    case: consultation::ActiveModel,
    written: application::ActiveModel,
    person: contact::ActiveModel,
}

impl CorrectedRows {
    /// Sets the column of a value. Themes have rows of their own, the fields are written by the unit of work, and a
    /// meeting link belongs to an appointment.
    fn set(&mut self, field: CorrectedField, text: String) {
        use CorrectedField as F;
        let Self { case, written, person } = self;
        match field {
            F::CompanyName => case.company_name = Set(text),
            F::Prefecture => case.prefecture = Set(text.parse().ok()),
            F::VisitPrefecture => case.visit_prefecture = Set(text.parse().ok()),
            F::Industry => case.industry = Set(coded(&text)),
            F::Mode => case.mode = coded(&text).map_or(NotSet, Set),
            F::Origin => case.origin = coded(&text).map_or(NotSet, Set),
            F::CompanyKana => written.company_kana = Set(text),
            F::CorporateNumber => written.corporate_number = Set(filled(text)),
            F::Organization => written.organization = Set(coded(&text)),
            F::PostalCode => written.postal_code = Set(filled(text)),
            F::City => written.city = Set(text),
            F::Street => written.street = Set(text),
            F::Building => written.building = Set(text),
            F::Employees => written.employees = Set(text.parse().ok()),
            F::RegularEmployees => written.regular_employees = Set(text.parse().ok()),
            F::Capital => written.capital = Set(text.parse().ok()),
            F::TeleworkStatus => written.telework_status = Set(coded(&text)),
            F::VisitPlace => written.visit_place = Set(text),
            F::Participants => written.participants = Set(text),
            F::Description => written.description = Set(text),
            F::ContactName => person.name = Set(text),
            F::ContactKana => person.kana = Set(text),
            F::Department => person.department = Set(text),
            F::Position => person.position = Set(text),
            F::Email => {
                person.email_key = Set(filled(text.to_ascii_lowercase()));
                person.email = Set(filled(text));
            }
            F::Phone => {
                person.phone_digits = Set(Telephone::parse(&text).ok().map(|it| it.digits().to_owned()));
                person.phone = Set(filled(text));
            }
            F::SecondName => person.second_name = Set(text),
            F::SecondKana => person.second_kana = Set(text),
            F::SecondEmail => person.second_email = Set(text),
            F::SecondPhone => person.second_phone = Set(text),
            F::Fields | F::Themes | F::MeetingLink => {}
        }
    }
}

fn coded<T: codes::Code>(code: &str) -> Option<Coded<T>> {
    T::from_code(code).map(Coded::Known)
}

fn filled(text: String) -> Option<String> {
    (!text.is_empty()).then_some(text)
}
