//! The counts of the registrations of a telework month that are in force.
use domain::{
    campaign::{RegistrantKind, RegistrationStatus},
    id::PublicationId,
    intake::company::{Industry, TeleworkStatus},
    prefecture::Prefecture,
};
use entity::registration as row;
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, ExprTrait, QueryFilter, QuerySelect, sea_query::Expr};

/// The counts of one telework month.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct CampaignFigures {
    pub total: u64,
    /// The counts in the order of all prefectures.
    pub prefectures: Vec<u64>,
    /// The counts in the order of `Industry::ALL`.
    pub industries: Vec<u64>,
    /// The counts in the order of `TeleworkStatus::ALL`.
    pub statuses: Vec<u64>,
    /// The counts in the order of `RegistrantKind::ALL`.
    pub kinds: Vec<u64>,
}

/// The number of registrations with one prefecture, industry, status and kind.
type Counted = (i32, String, String, String, i64);

/// Counts the registrations in force: those that are approved, also while a change of them waits.
pub async fn of(db: &impl ConnectionTrait, campaign: PublicationId) -> Result<CampaignFigures, DbErr> {
    let in_force = Expr::col(row::Column::Status)
        .eq(RegistrationStatus::Approved.code())
        .or(Expr::col(row::Column::ListedName).is_not_null());
    let rows: Vec<Counted> = row::Entity::find()
        .select_only()
        .columns([
            row::Column::Prefecture,
            row::Column::Industry,
            row::Column::TeleworkStatus,
            row::Column::Kind,
        ])
        .column_as(Expr::col(row::Column::Id).count(), "n")
        .filter(row::COLUMN.publication_id.eq(campaign.0))
        .filter(in_force)
        .group_by(row::Column::Prefecture)
        .group_by(row::Column::Industry)
        .group_by(row::Column::TeleworkStatus)
        .group_by(row::Column::Kind)
        .into_tuple()
        .all(db)
        .await?;
    let count = |n: i64| u64::try_from(n).unwrap_or_default();
    let sum = |is_of: &dyn Fn(&Counted) -> bool| -> u64 {
        rows.iter().filter(|it| is_of(it)).map(|it| count(it.4)).sum()
    };
    Ok(CampaignFigures {
        total: sum(&|_| true),
        prefectures: Prefecture::all().map(|of| sum(&|it| it.0 == i32::from(of.code()))).collect(),
        industries: Industry::ALL.map(|of| sum(&|it| it.1 == of.code())).to_vec(),
        statuses: TeleworkStatus::ALL.map(|of| sum(&|it| it.2 == of.code())).to_vec(),
        kinds: RegistrantKind::ALL.map(|of| sum(&|it| it.3 == of.code())).to_vec(),
    })
}
