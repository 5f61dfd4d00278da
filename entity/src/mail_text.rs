//! A version of a mail's text in a fiscal year.
use sea_orm::entity::prelude::*;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "mail_text")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub fiscal_year: i32,
    /// The code of the text. The texts are in the rows of the table of mails, which belongs to the program; this crate
    /// cannot name them. `store::correspondence::mail_text` reads the code.
    #[sea_orm(primary_key, auto_increment = false, column_type = "Text")]
    pub kind: String,
    #[sea_orm(primary_key, auto_increment = false)]
    pub version: i32,
    /// The title; `None`, like the body, for the text that the product ships with.
    #[sea_orm(column_type = "Text")]
    pub title: Option<String>,
    #[sea_orm(column_type = "Text")]
    pub body: Option<String>,
    pub saved_at: DateTimeUtc,
    pub saved_by: Option<Uuid>,
}

impl ActiveModelBehavior for ActiveModel {}
