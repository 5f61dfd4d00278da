//! An act of an editor, with the person and the publication.
use codes::{EditorAct, PublicationKind};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "editor_act")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    pub at: DateTimeUtc,
    pub account_id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub act: Coded<EditorAct>,
    /// The kind of the publication, or of the publications that a file has.
    #[sea_orm(column_type = "Text")]
    pub kind: Coded<PublicationKind>,
    /// The number of the publication in its public address; `None` for a file with several.
    pub number: Option<i32>,
    /// The number of rows, codes or mails, if the act made several.
    pub quantity: Option<i32>,
}

impl ActiveModelBehavior for ActiveModel {}
