//! The programme that the administrator sets: fiscal years, closing days and themes.
use chrono::{DateTime, Datelike, NaiveDate, Utc};
use domain::{
    aftercare::follow_up::FollowUpStep,
    calendar::{BusinessCalendar, holiday, japan_date},
    field::Field,
    id::AccountId,
    number::{CaseNumber, FiscalYear},
    settings::Settings,
    theme::{SHIPPED, ShippedTheme},
};
use entity::{case_number_counter, closing_day, revision, theme, year_settings};
use sea_orm::{
    ActiveValue::Set,
    ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, ExprTrait, IntoActiveModel, QueryFilter,
    QueryOrder, QuerySelect,
    sea_query::{Expr, OnConflict},
};
use std::collections::{BTreeMap, BTreeSet};

use super::revision::{RevisedPart, touch};
use crate::{
    mail::text::Texts,
    store::{contradiction, known},
};

/// A theme that a consultation may be about.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Theme {
    pub code: String,
    pub field: Field,
    pub label: String,
}

impl From<&ShippedTheme> for Theme {
    fn from(it: &ShippedTheme) -> Self {
        Self { code: it.code.to_owned(), field: it.field, label: it.label.to_owned() }
    }
}

/// The programme as it is set now: a copy that is only read, and replaced when the revision changes.
#[derive(Clone, Debug)]
pub struct Programme {
    years: BTreeMap<i32, (Settings, i32)>,
    default: Settings,
    pub closing_days: BTreeMap<NaiveDate, String>,
    /// When closing days were added, as far as that is known.
    added: BTreeMap<NaiveDate, DateTime<Utc>>,
    /// The themes in the order of the form, by field, without retired ones.
    pub themes: Vec<Theme>,
    /// The mail texts that an administrator has written.
    pub texts: Texts,
    /// The follow-up programmes with their versions, by the fiscal year from which they apply.
    follow_ups: BTreeMap<i32, (Vec<FollowUpStep>, i32)>,
}

impl Programme {
    /// Returns the settings of a fiscal year: its own, else those of the latest year before it that has some,
    /// else the defaults.
    pub fn settings(&self, year: FiscalYear) -> &Settings {
        let latest = self.years.range(..=year.start_year()).next_back();
        latest.map_or(&self.default, |(_, (settings, _))| settings)
    }

    /// Returns the settings of the fiscal year in which `at` lies.
    pub fn settings_at(&self, at: DateTime<Utc>) -> &Settings {
        FiscalYear::of(japan_date(at)).map_or(&self.default, |it| self.settings(it))
    }

    /// Returns the version of a year's own settings; 0 if it has none yet.
    pub fn version(&self, year: FiscalYear) -> i32 {
        self.years.get(&year.start_year()).map_or(0, |it| it.1)
    }

    /// Returns the follow-up programme for consultations whose report was approved in a fiscal year: the
    /// year's own programme, else that of the latest year before it that has one, else the shipped one.
    pub fn follow_up(&self, year: FiscalYear) -> Vec<FollowUpStep> {
        let latest = self.follow_ups.range(..=year.start_year()).next_back();
        latest.map_or_else(|| FollowUpStep::shipped(self.settings(year)), |(_, (steps, _))| steps.clone())
    }

    /// Returns the version of a year's own follow-up programme; 0 if it has none yet.
    pub fn follow_up_version(&self, year: FiscalYear) -> i32 {
        self.follow_ups.get(&year.start_year()).map_or(0, |it| it.1)
    }

    /// Returns the first year after this one that has a follow-up programme of its own.
    pub fn next_follow_up_year(&self, year: FiscalYear) -> Option<FiscalYear> {
        let (later, _) = self.follow_ups.range(year.start_year() + 1..).next()?;
        FiscalYear::new(*later).ok()
    }

    /// Returns the calendar of business days, as far as it is known at `now`.
    pub fn calendar(&self, now: DateTime<Utc>) -> BusinessCalendar {
        let closing: BTreeSet<_> = self.closing_days.keys().copied().collect();
        BusinessCalendar::new(closing, holiday::known_through(japan_date(now)))
    }

    /// Returns the calendar of business days without the closing days that were added after `given`: the one by which a
    /// time was computed that was told to a person then.
    pub fn calendar_when(&self, given: DateTime<Utc>, now: DateTime<Utc>) -> BusinessCalendar {
        let mut calendar = self.calendar(now);
        calendar.closing_days.retain(|it| self.added.get(it).is_none_or(|added| *added <= given));
        calendar
    }

    pub fn theme_label<'a>(&'a self, code: &'a str) -> &'a str {
        self.themes.iter().find(|it| it.code == code).map_or(code, |it| &it.label)
    }
}

/// Returns the label of a theme among `themes`, or of a shipped one that was retired.
pub fn label_even_retired<'a>(themes: &'a [Theme], code: &str) -> Option<&'a str> {
    let own = themes.iter().find(|it| it.code == code).map(|it| it.label.as_str());
    own.or_else(|| SHIPPED.iter().find(|it| it.code == code).map(|it| it.label))
}

pub async fn load(db: &impl ConnectionTrait) -> Result<Programme, DbErr> {
    let mut years = BTreeMap::new();
    for row in year_settings::Entity::find().all(db).await? {
        let settings = serde_json::from_value(row.settings)
            .map_err(|err| contradiction(year_settings::Entity, row.fiscal_year, err))?;
        years.insert(row.fiscal_year, (settings, row.version));
    }
    let days = closing_day::Entity::find().all(db).await?;
    let added = days.iter().filter_map(|it| Some((it.date, it.added_at?))).collect();
    let closing_days = days.into_iter().map(|it| (it.date, it.note)).collect();
    let themes = theme::Entity::find()
        .filter(theme::COLUMN.active.eq(true))
        .order_by_asc(theme::COLUMN.field)
        .order_by_asc(theme::COLUMN.position)
        .all(db)
        .await?
        .into_iter()
        .map(|row| {
            let field = known(&row.field, theme::Column::Field, &row.code)?;
            Ok(Theme { code: row.code, field, label: row.label })
        })
        .collect::<Result<_, DbErr>>()?;
    let texts = crate::store::correspondence::mail_text::in_force(db).await?;
    let follow_ups = crate::store::aftercare::follow_up_programme::in_force(db).await?;
    Ok(Programme { years, default: Settings::default(), closing_days, added, themes, texts, follow_ups })
}

/// Saves the settings of a year; returns false if another request has saved them since `version`.
pub async fn save_settings(
    tx: &DatabaseTransaction,
    year: FiscalYear,
    settings: &Settings,
    version: i32,
    by: AccountId,
    now: DateTime<Utc>,
) -> Result<bool, DbErr> {
    let json = serde_json::to_value(settings).map_err(|err| DbErr::Type(err.to_string()))?;
    let row = year_settings::ActiveModel {
        fiscal_year: Set(year.start_year()),
        settings: Set(json),
        version: Set(version + 1),
        updated_at: Set(now),
        updated_by: Set(Some(by.0)),
    };
    let kept: Option<i32> = year_settings::Entity::find_by_id(year.start_year())
        .select_only()
        .column(year_settings::Column::Version)
        .lock_exclusive()
        .into_tuple()
        .one(tx)
        .await?;
    if kept.unwrap_or(0) != version {
        return Ok(false);
    }
    if kept.is_none() {
        year_settings::Entity::insert(row).exec_without_returning(tx).await?;
    } else {
        year_settings::Entity::update(row).exec(tx).await?;
    }
    touch(tx, RevisedPart::Programme).await?;
    Ok(true)
}

/// Adds a closing day, or changes the note of one that is there.
pub async fn add_closing_day(
    tx: &DatabaseTransaction,
    date: NaiveDate,
    note: &str,
    now: DateTime<Utc>,
) -> Result<(), DbErr> {
    let row = closing_day::Model { date, note: note.to_owned(), added_at: Some(now) };
    closing_day::Entity::insert(row.into_active_model())
        .on_conflict(
            OnConflict::column(closing_day::Column::Date).update_column(closing_day::Column::Note).to_owned(),
        )
        .exec_without_returning(tx)
        .await?;
    touch(tx, RevisedPart::Programme).await
}

pub async fn remove_closing_day(tx: &DatabaseTransaction, date: NaiveDate) -> Result<(), DbErr> {
    closing_day::Entity::delete_by_id(date).exec(tx).await?;
    touch(tx, RevisedPart::Programme).await
}

/// Writes the themes that the product ships with, if there are no themes yet.
pub async fn ship_themes(
    tx: &DatabaseTransaction,
    themes: impl IntoIterator<Item = Theme>,
) -> Result<(), DbErr> {
    if theme::Entity::find().one(tx).await?.is_some() {
        return Ok(());
    }
    let rows = themes.into_iter().zip(1..).map(|(it, position)| {
        theme::Model { code: it.code, field: it.field.into(), label: it.label, position, active: true }
            .into_active_model()
    });
    theme::Entity::insert_many(rows).exec_without_returning(tx).await?;
    touch(tx, RevisedPart::Programme).await
}

/// Returns the next case number of the fiscal year in which `now` lies. Serials have no gaps: the counter's
/// row stays locked until the transaction ends.
pub async fn next_number(tx: &DatabaseTransaction, now: DateTime<Utc>) -> Result<CaseNumber, DbErr> {
    let wrong = |err: &dyn std::fmt::Display| contradiction(case_number_counter::Entity, now.year(), err);
    let year = FiscalYear::of(japan_date(now)).map_err(|err| wrong(&err))?;
    let first = case_number_counter::Model { fiscal_year: year.start_year(), last: 1 };
    let counted = case_number_counter::Entity::insert(first.into_active_model())
        .on_conflict(
            OnConflict::column(case_number_counter::Column::FiscalYear)
                .value(
                    case_number_counter::Column::Last,
                    Expr::col((case_number_counter::Entity, case_number_counter::Column::Last)).add(1),
                )
                .to_owned(),
        )
        .exec_with_returning(tx)
        .await?;
    let serial = u32::try_from(counted.last).map_err(|err| wrong(&err))?;
    CaseNumber::new(year, serial).map_err(|err| wrong(&err))
}

/// The name of the row that stores for which day the demo was filled.
const DEMO: &str = "demo";
/// A number that stands for no day: the demo is not filled yet.
const UNFINISHED: i64 = -1;

/// Returns the day for which the demo was filled; `None` if the database is no demo, and `Some(None)` if
/// filling it was not finished.
pub async fn demo_filled_on(db: &impl ConnectionTrait) -> Result<Option<Option<NaiveDate>>, DbErr> {
    let row = revision::Entity::find_by_id(DEMO).one(db).await?;
    Ok(row.map(|it| i32::try_from(it.n).ok().filter(|&n| n >= 0).and_then(NaiveDate::from_epoch_days)))
}

/// Marks the database as a demo that was filled for `day`; without a day, filling it is not finished.
pub async fn mark_demo(tx: &DatabaseTransaction, day: Option<NaiveDate>) -> Result<(), DbErr> {
    let n = day.map_or(UNFINISHED, |it| i64::from(it.to_epoch_days()));
    let row = revision::Model { name: DEMO.to_owned(), n };
    revision::Entity::insert(row.into_active_model())
        .on_conflict(OnConflict::column(revision::Column::Name).update_column(revision::Column::N).to_owned())
        .exec_without_returning(tx)
        .await?;
    Ok(())
}
