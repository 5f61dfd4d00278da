//! The conversion of a registration to its columns and back.
use domain::{
    campaign::{Listing, OptIn, RegistrationEntry, RegistrationLife, RegistrationState, RegistrationStatus},
    id::{AccountId, FileImportId, PublicationId, RegistrationId},
    intake::{
        company::{CorporateNumber, Headcount, Industry},
        contact::{EmailAddress, Telephone},
    },
    prefecture::Prefecture,
    text::TextLine,
};
use entity::registration as row;
use sea_orm::DbErr;

use super::{ERASED, Registration};
use crate::store::{contradiction, known};

pub(super) fn to_row(it: &Registration) -> row::Model {
    let RegistrationLife { state, wanted, listed } = &it.life;
    let entry = &it.entry;
    let until = if let RegistrationState::Unproved { until } = state { Some(*until) } else { None };
    let is_named = wanted.name.as_str() != ERASED;
    let named = |text: String| is_named.then_some(text);
    let (rules_revision, agreed_at) = it.rules.unzip();
    let opt_in = it.opt_in.as_ref();
    let (decided_at, decided_by) = it.decided.unzip();
    let activities: Vec<_> = entry.activities.iter().map(TextLine::as_str).collect();
    row::Model {
        id: it.id.0,
        publication_id: it.campaign.0,
        kind: entry.kind.into(),
        name: named(wanted.name.to_string()),
        kana: named(wanted.kana.to_string()),
        name_key: named(wanted.name.search_key()),
        industry: wanted.industry.into(),
        corporate_number: entry.corporate_number.map(|it| it.to_string()),
        prefecture: i32::from(entry.prefecture.code()),
        employees: entry.employees.map(count),
        activities: activities.join("\n"),
        telework_status: entry.telework_status.into(),
        teleworkers: entry.teleworkers.map(count),
        contact_name: entry.contact_name.as_ref().map(ToString::to_string),
        email: entry.email.as_ref().map(ToString::to_string),
        email_key: entry.email.as_ref().map(EmailAddress::key),
        phone: entry.phone.as_ref().map(ToString::to_string),
        number: it.number,
        status: state.status().into(),
        until,
        state_since: it.state_since,
        rules_revision,
        agreed_at,
        opt_in_version: opt_in.map(|it| it.version.clone()),
        opted_in_at: opt_in.map(|it| it.at),
        opted_out_at: opt_in.and_then(|it| it.stopped_at),
        listed_name: listed.as_ref().map(|it| it.name.to_string()),
        listed_kana: listed.as_ref().map(|it| it.kana.to_string()),
        listed_key: listed.as_ref().map(Listing::key),
        listed_industry: listed.as_ref().map(|it| it.industry.into()),
        proved_at: it.proved_at,
        decided_at,
        decided_by: decided_by.map(|it| it.0),
        reason: it.reason.clone(),
        invited_at: it.invited_at,
        import_id: it.import.map(|it| it.0),
        version: it.version,
        created_at: it.created_at,
    }
}

pub(super) fn from_row(row: row::Model) -> Result<Registration, DbErr> {
    let life = life(&row)?;
    let entry = entry(&row, life.wanted.clone())?;
    let opt_in = row.opt_in_version.zip(row.opted_in_at);
    Ok(Registration {
        id: RegistrationId(row.id),
        campaign: PublicationId(row.publication_id),
        number: row.number,
        entry,
        life,
        state_since: row.state_since,
        rules: row.rules_revision.zip(row.agreed_at),
        opt_in: opt_in.map(|(version, at)| OptIn { version, at, stopped_at: row.opted_out_at }),
        proved_at: row.proved_at,
        decided: row.decided_at.zip(row.decided_by.map(AccountId)),
        reason: row.reason,
        invited_at: row.invited_at,
        import: row.import_id.map(FileImportId),
        version: row.version,
        created_at: row.created_at,
    })
}

fn life(row: &row::Model) -> Result<RegistrationLife, DbErr> {
    let missing = || wrong(row, &"lacks a value of its state");
    let state = match known(&row.status, row::Column::Status, row.id)? {
        RegistrationStatus::Unproved => RegistrationState::Unproved { until: row.until.ok_or_else(missing)? },
        RegistrationStatus::Waiting => RegistrationState::Waiting { since: row.state_since },
        RegistrationStatus::Approved => RegistrationState::Approved,
        RegistrationStatus::Rejected => RegistrationState::Rejected,
        RegistrationStatus::Withdrawn => RegistrationState::Withdrawn,
        RegistrationStatus::Lapsed => RegistrationState::Lapsed,
    };
    let industry = known(&row.industry, row::Column::Industry, row.id)?;
    let wanted = listing(row, row.name.as_deref(), row.kana.as_deref(), industry)?;
    let listed = match &row.listed_industry {
        Some(industry) if row.listed_name.is_some() => {
            let industry = known(industry, row::Column::ListedIndustry, row.id)?;
            Some(listing(row, row.listed_name.as_deref(), row.listed_kana.as_deref(), industry)?)
        }
        _ => None,
    };
    Ok(RegistrationLife { state, wanted, listed })
}

fn listing(
    row: &row::Model,
    name: Option<&str>,
    kana: Option<&str>,
    industry: Industry,
) -> Result<Listing, DbErr> {
    let line = |it: Option<&str>| line(row, it.unwrap_or(ERASED));
    Ok(Listing { name: line(name)?, kana: line(kana)?, industry })
}

fn entry(row: &row::Model, listing: Listing) -> Result<RegistrationEntry, DbErr> {
    let read = |it: Option<i32>| {
        let count = it.map(|it| u32::try_from(it).unwrap_or_default());
        count.map(Headcount::try_from).transpose().map_err(|err| wrong(row, &err))
    };
    let number = row.corporate_number.as_deref().map(CorporateNumber::parse).transpose();
    let prefecture = u8::try_from(row.prefecture).unwrap_or_default();
    let email = row.email.as_deref().map(EmailAddress::parse).transpose();
    let phone = row.phone.as_deref().map(Telephone::parse).transpose();
    let lines = row.activities.lines().filter(|it| !it.is_empty());
    Ok(RegistrationEntry {
        listing,
        kind: known(&row.kind, row::Column::Kind, row.id)?,
        corporate_number: number.map_err(|err| wrong(row, &err))?,
        prefecture: Prefecture::from_code(prefecture).map_err(|err| wrong(row, &err))?,
        employees: read(row.employees)?,
        activities: lines.map(|it| line(row, it)).collect::<Result<_, _>>()?,
        telework_status: known(&row.telework_status, row::Column::TeleworkStatus, row.id)?,
        teleworkers: read(row.teleworkers)?,
        contact_name: row.contact_name.as_deref().map(|it| line(row, it)).transpose()?,
        email: email.map_err(|err| wrong(row, &err))?,
        phone: phone.map_err(|err| wrong(row, &err))?,
    })
}

fn line(row: &row::Model, text: &str) -> Result<TextLine, DbErr> {
    TextLine::try_from(text.to_owned()).map_err(|err| wrong(row, &err))
}

fn wrong(row: &row::Model, why: &dyn std::fmt::Display) -> DbErr {
    contradiction(row::Entity, row.id, why)
}

fn count(it: Headcount) -> i32 {
    i32::try_from(it.get()).unwrap_or(i32::MAX)
}
