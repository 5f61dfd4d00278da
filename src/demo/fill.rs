//! A large invented programme for measuring: the same for the same seed and time, and without findings of the doctor.
mod diary;
mod marks;
mod plan;
mod record;
mod story;

use std::collections::BTreeMap;

use chrono::{DateTime, SubsecRound, Utc};
use codes::Origin;
use domain::{
    calendar::{BusinessCalendar, japan_date},
    consultation::ActionRefused,
    number::{BadCaseNumber, BadFiscalYear, CaseNumber, FiscalYear},
    theme::SHIPPED,
};
use entity::{account, case_number_counter, company, consultation, theme};
use sea_orm::{
    ConnectionTrait, DatabaseConnection, DbErr, EntityTrait, IntoActiveModel, PaginatorTrait,
    TransactionTrait, sea_query::OnConflict,
};

use super::{
    applicant::{self, Applicants},
    dice::{self, Dice},
    names,
    rows::{self, Rows},
    staff::{self, Staff},
};
use crate::store::{
    reference::programme::{self, Programme},
    rows_inserted,
};
use diary::Diary;
use plan::Outline;
use record::Facts;
use story::{Opening, Teller};

#[derive(Debug, thiserror::Error)]
pub enum FillError {
    #[error("the database already holds {0}; fill an empty one")]
    NotEmpty(&'static str),
    #[error("there has to be at least one expert")]
    NoExperts,
    #[error("the domain refused a step of an invented story: {0}")]
    Refused(#[from] ActionRefused),
    #[error(transparent)]
    Year(#[from] BadFiscalYear),
    #[error("a fiscal year has more consultations than case numbers")]
    Number(#[from] BadCaseNumber),
    #[error(transparent)]
    Database(#[from] DbErr),
}

/// The number of consultations in one transaction: enough for long statements, and few enough to keep in memory.
const AT_ONCE: usize = 2000;

/// The data that all stories share.
struct World {
    now: DateTime<Utc>,
    programme: Programme,
    calendar: BusinessCalendar,
    staff: Staff,
}

/// Fills an empty, migrated database with `consultations` of the fiscal year of `now` and the one before.
///
/// Memory grows with companies and experts' days, not with rows. A failure leaves the database half filled; it is then
/// thrown away.
pub async fn run(
    db: &DatabaseConnection,
    consultations: usize,
    experts: usize,
    seed: u64,
    now: DateTime<Utc>,
) -> Result<(), FillError> {
    refuse_what_is_in_use(db).await?;
    if experts == 0 {
        return Err(FillError::NoExperts);
    }
    let now = now.trunc_subsecs(0);
    ship_themes(db).await?;
    let mut dice = Dice::new(seed);
    let mut rows = Rows::default();
    let staff = Staff::invent(experts, &mut dice, now, &mut rows);
    let programme = programme::load(db).await?;
    let world = World { now, calendar: programme.calendar(now), programme, staff };
    let mut filling = Filling {
        world: &world,
        dice,
        diary: Diary::default(),
        applicants: Applicants::default(),
        serials: BTreeMap::new(),
        n: 0,
    };
    let outlines = plan::outlines(consultations, &mut filling.dice, now);
    for some in outlines.chunks(AT_ONCE) {
        for outline in some {
            filling.consultation(*outline, &mut rows)?;
        }
        write(db, std::mem::take(&mut rows)).await?;
    }
    rows.counters = filling
        .serials
        .iter()
        .map(|(&fiscal_year, &last)| case_number_counter::Model { fiscal_year, last })
        .collect();
    write(db, rows).await?;
    Ok(())
}

struct Filling<'a> {
    world: &'a World,
    dice: Dice,
    diary: Diary,
    applicants: Applicants,
    /// The last serial number of each fiscal year.
    serials: BTreeMap<i32, i32>,
    n: usize,
}

impl Filling<'_> {
    fn consultation(&mut self, outline: Outline, rows: &mut Rows) -> Result<(), FillError> {
        let Some(applicant) = self.applicants.next(&mut self.dice, outline.received_at, rows) else {
            return Ok(());
        };
        let number = self.number(outline.received_at)?;
        let place = names::place(applicant.prefecture, applicant.n);
        let origin = self
            .dice
            .weighted(&[(Origin::Web, 80), (Origin::Desk, 12), (Origin::Phone, 8)])
            .unwrap_or(Origin::Web);
        let (wished, mode) = record::modes(&mut self.dice);
        let opening = Opening {
            outline,
            by: story::applicant(origin, self.world, &mut self.dice),
            fields: record::fields(&mut self.dice),
            mode,
            site: applicant.prefecture,
            address: format!("{}{}{}", applicant.prefecture.name(), place.city, place.street),
        };
        let mut teller = Teller { world: self.world, diary: &mut self.diary, dice: &mut self.dice };
        let story = teller.tell(&opening)?;
        let facts = Facts { applicant, place, opening: &opening, wished, origin, number, n: self.n };
        self.n += 1;
        rows.add(self.world, &mut self.dice, &facts, story)?;
        Ok(())
    }

    fn number(&mut self, at: DateTime<Utc>) -> Result<CaseNumber, FillError> {
        let year = FiscalYear::of(japan_date(at))?;
        let serial = self.serials.entry(year.start_year()).or_default();
        *serial += 1;
        Ok(CaseNumber::new(year, serial.unsigned_abs())?)
    }
}

async fn refuse_what_is_in_use(db: &impl ConnectionTrait) -> Result<(), FillError> {
    for (rows, what) in [
        (account::Entity::find().count(db).await?, "accounts"),
        (consultation::Entity::find().count(db).await?, "consultations"),
        (company::Entity::find().count(db).await?, "companies"),
        (case_number_counter::Entity::find().count(db).await?, "numbers given out"),
    ] {
        if rows > 0 {
            return Err(FillError::NotEmpty(what));
        }
    }
    Ok(())
}

/// Inserts the built-in themes, which a database has after the first start of the product.
async fn ship_themes(db: &impl ConnectionTrait) -> Result<(), DbErr> {
    let rows = SHIPPED.iter().zip(1..).map(|(it, position)| {
        theme::Model {
            code: it.code.to_owned(),
            field: it.field.into(),
            label: it.label.to_owned(),
            position,
            active: true,
        }
        .into_active_model()
    });
    let written = theme::Entity::insert_many(rows)
        .on_conflict(OnConflict::column(theme::Column::Code).do_nothing().to_owned())
        .exec_without_returning(db)
        .await;
    rows_inserted(written)?;
    Ok(())
}

async fn write(db: &DatabaseConnection, rows: Rows) -> Result<(), DbErr> {
    let tx = db.begin().await?;
    rows.write(&tx).await?;
    tx.commit().await
}

#[cfg(test)]
pub(crate) mod tests;
