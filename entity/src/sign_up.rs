//! One person who takes part in an event, wants to, or does not any more.
use codes::{SeatKind, SignUpStatus};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "sign_up")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub publication_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub seat_kind: Coded<SeatKind>,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<SignUpStatus>,
    /// The number of the seat, unique for the event and the kind of seat.
    pub seat_number: Option<i32>,
    /// The end of the time to confirm the address, or to take an offered seat.
    pub until: Option<DateTimeUtc>,
    /// The time since which the person waits for a seat.
    pub since: Option<DateTimeUtc>,
    /// The person; `None` once erased.
    #[sea_orm(column_type = "Text", nullable)]
    pub name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub organization: Option<String>,
    /// The address; `None` once erased, and for a person who came without a sign-up.
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// The address in lower case.
    #[sea_orm(column_type = "Text", nullable)]
    pub email_key: Option<String>,
    pub attended_at: Option<DateTimeUtc>,
    pub created_at: DateTimeUtc,
    /// The reading of the name; `None` if it is not known, or erased.
    #[sea_orm(column_type = "Text", nullable)]
    pub kana: Option<String>,
}

impl ActiveModelBehavior for ActiveModel {}
