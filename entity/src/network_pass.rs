//! One of the places that a mentor has for questions in a month, taken by a question.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network_pass")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub mentor_id: Uuid,
    /// The month as one number, such as 202611.
    pub month: i32,
    /// The number of the place; the first is 1.
    pub slot: i32,
    pub question_id: Uuid,
}

impl ActiveModelBehavior for ActiveModel {}
