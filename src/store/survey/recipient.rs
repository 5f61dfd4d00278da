//! The people who may be invited to a survey. Only this file makes a [`SurveyRecipient`], by a query that asks for the
//! consent, so that no person without it can be written to.
use std::collections::HashSet;

use chrono::{DateTime, Utc};
use domain::{
    campaign::{RegistrationStatus, survey_opt_ins},
    id::{PublicationId, RegistrationId, SurveyCodeId, SurveyMemberId},
    publication::survey::SurveyTarget,
};
use entity::{registration as row, survey, survey_code, survey_member};
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, QueryFilter, QueryOrder, QuerySelect,
    QueryTrait, Select,
};
use uuid::Uuid;

/// The consent of a recipient: that of a registrant of a telework month, or one that was given outside of it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum RecipientId {
    Registration(RegistrationId),
    Member(SurveyMemberId),
}

impl RecipientId {
    pub const fn uuid(self) -> Uuid {
        match self {
            Self::Registration(id) => id.0,
            Self::Member(id) => id.0,
        }
    }
}

/// A person who has opted in to surveys, and whose address is proved.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SurveyRecipient {
    id: RecipientId,
    name: String,
    address: String,
    email_key: String,
    opt_in_version: String,
}

impl SurveyRecipient {
    pub const fn id(&self) -> RecipientId {
        self.id
    }

    /// Returns the name by which the recipient is addressed.
    pub fn name(&self) -> &str {
        &self.name
    }

    pub fn address(&self) -> &str {
        &self.address
    }

    /// Returns the version of the words with which the recipient has opted in.
    pub fn opt_in_version(&self) -> &str {
        &self.opt_in_version
    }
}

/// Returns the people whom a filter chooses and who were not invited to the survey yet; each address once.
pub async fn chosen(
    db: &impl ConnectionTrait,
    survey: PublicationId,
    filter: &SurveyTarget,
) -> Result<Vec<SurveyRecipient>, DbErr> {
    let mut found = consented();
    if !filter.prefectures.is_empty() {
        found = found
            .filter(row::Column::Prefecture.is_in(filter.prefectures.iter().map(|it| i32::from(it.code()))));
    }
    if !filter.industries.is_empty() {
        found = found.filter(row::Column::Industry.is_in(filter.industries.iter().map(|it| it.code())));
    }
    if !filter.statuses.is_empty() {
        found = found.filter(row::Column::TeleworkStatus.is_in(filter.statuses.iter().map(|it| it.code())));
    }
    let invited = survey_code::Entity::find()
        .select_only()
        .column(survey_code::Column::RegistrationId)
        .filter(survey_code::COLUMN.publication_id.eq(survey.0))
        .filter(survey_code::COLUMN.registration_id.is_not_null())
        .into_query();
    let invited: Vec<Option<String>> = row::Entity::find()
        .select_only()
        .column(row::Column::EmailKey)
        .filter(row::Column::Id.in_subquery(invited))
        .into_tuple()
        .all(db)
        .await?;
    let mut known: HashSet<String> = invited.into_iter().flatten().collect();
    known.extend(invited_members(db, survey).await?);
    let rows = found.order_by_asc(row::COLUMN.created_at).order_by_asc(row::COLUMN.id).all(db).await?;
    let members = chosen_members(filter).all(db).await?;
    let all = rows.into_iter().filter_map(from_row).chain(members.into_iter().map(from_member));
    Ok(all.filter(|it| known.insert(it.email_key.clone())).collect())
}

/// Returns the folded addresses of the members who were invited to a survey.
async fn invited_members(db: &impl ConnectionTrait, survey: PublicationId) -> Result<Vec<String>, DbErr> {
    let invited = survey_code::Entity::find()
        .select_only()
        .column(survey_code::Column::MemberId)
        .filter(survey_code::COLUMN.publication_id.eq(survey.0))
        .filter(survey_code::COLUMN.member_id.is_not_null())
        .into_query();
    survey_member::Entity::find()
        .select_only()
        .column(survey_member::Column::EmailKey)
        .filter(survey_member::Column::Id.in_subquery(invited))
        .into_tuple()
        .all(db)
        .await
}

/// Returns the query for the members whom a filter chooses. A value that is not known fits no filter.
fn chosen_members(filter: &SurveyTarget) -> Select<survey_member::Entity> {
    use survey_member::Column;
    let mut found = members();
    if !filter.prefectures.is_empty() {
        found =
            found.filter(Column::Prefecture.is_in(filter.prefectures.iter().map(|it| i32::from(it.code()))));
    }
    if !filter.industries.is_empty() {
        found = found.filter(Column::Industry.is_in(filter.industries.iter().map(|it| it.code())));
    }
    if !filter.statuses.is_empty() {
        found = found.filter(Column::TeleworkStatus.is_in(filter.statuses.iter().map(|it| it.code())));
    }
    found.order_by_asc(Column::OptedInAt).order_by_asc(Column::Id)
}

/// Returns a recipient by its consent; `None` if it may not be written to any more.
pub async fn find(db: &impl ConnectionTrait, id: RecipientId) -> Result<Option<SurveyRecipient>, DbErr> {
    match id {
        RecipientId::Registration(id) => {
            Ok(consented().filter(row::COLUMN.id.eq(id.0)).one(db).await?.and_then(from_row))
        }
        RecipientId::Member(id) => {
            Ok(members().filter(survey_member::COLUMN.id.eq(id.0)).one(db).await?.map(from_member))
        }
    }
}

/// Returns those of these codes whose mails may be sent: the consent stands, no answer is given, and the survey takes
/// answers.
pub async fn standing(
    db: &impl ConnectionTrait,
    codes: Vec<SurveyCodeId>,
    now: DateTime<Utc>,
) -> Result<HashSet<SurveyCodeId>, DbErr> {
    if codes.is_empty() {
        return Ok(HashSet::new());
    }
    let consented = consented().select_only().column(row::Column::Id).into_query();
    let members = members().select_only().column(survey_member::Column::Id).into_query();
    let open = survey::Entity::find()
        .select_only()
        .column(survey::Column::PublicationId)
        .filter(survey::COLUMN.closes_at.gt(now))
        .into_query();
    let found: Vec<Uuid> = survey_code::Entity::find()
        .select_only()
        .column(survey_code::Column::Id)
        .filter(survey_code::COLUMN.id.is_in(codes.into_iter().map(|it| it.0)))
        .filter(survey_code::COLUMN.used_at.is_null())
        .filter(
            Condition::any()
                .add(survey_code::Column::RegistrationId.in_subquery(consented))
                .add(survey_code::Column::MemberId.in_subquery(members)),
        )
        .filter(survey_code::Column::PublicationId.in_subquery(open))
        .into_tuple()
        .all(db)
        .await?;
    Ok(found.into_iter().map(SurveyCodeId).collect())
}

/// Returns the query for the registrations in force whose consent to surveys stands, with a proved address.
fn consented() -> Select<row::Entity> {
    row::Entity::find()
        .filter(row::COLUMN.status.eq(RegistrationStatus::Approved.code()))
        .filter(row::Column::OptInVersion.is_in(survey_opt_ins()))
        .filter(row::COLUMN.opted_in_at.is_not_null())
        .filter(row::COLUMN.opted_out_at.is_null())
        .filter(row::COLUMN.proved_at.is_not_null())
        .filter(row::COLUMN.email.is_not_null())
}

/// Returns the query for the members whose consent stands. Their addresses were proved before it.
fn members() -> Select<survey_member::Entity> {
    survey_member::Entity::find().filter(survey_member::COLUMN.opted_out_at.is_null())
}

fn from_member(row: survey_member::Model) -> SurveyRecipient {
    SurveyRecipient {
        id: RecipientId::Member(SurveyMemberId(row.id)),
        name: row.name,
        address: row.email,
        email_key: row.email_key,
        opt_in_version: row.opt_in_version,
    }
}

fn from_row(row: row::Model) -> Option<SurveyRecipient> {
    let contact = row.contact_name.filter(|it| !it.is_empty());
    Some(SurveyRecipient {
        id: RecipientId::Registration(RegistrationId(row.id)),
        name: contact.or(row.name)?,
        address: row.email?,
        email_key: row.email_key?,
        opt_in_version: row.opt_in_version?,
    })
}
