//! A question to a company that has introduced telework.
use codes::{CompanySize, Industry, NetworkQuestionStatus, QuestionReturn};
use sea_orm::entity::prelude::*;

use crate::Coded;

#[sea_orm::model]
#[derive(Clone, Debug, PartialEq, Eq, DeriveEntityModel)]
#[sea_orm(table_name = "network_question")]
pub struct Model {
    #[sea_orm(primary_key, auto_increment = false)]
    pub id: Uuid,
    #[sea_orm(column_type = "Text")]
    pub status: Coded<NetworkQuestionStatus>,
    /// The mentor whom the asker has chosen.
    pub wanted_id: Option<Uuid>,
    /// The mentor to whom it was passed on.
    pub mentor_id: Option<Uuid>,
    /// The consultation from whose page it comes.
    pub consultation_id: Option<Uuid>,
    #[sea_orm(column_type = "Text")]
    pub industry: Coded<Industry>,
    #[sea_orm(column_type = "Text")]
    pub size: Coded<CompanySize>,
    pub prefecture: i32,
    #[sea_orm(column_type = "Text", nullable)]
    pub company_name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub contact_name: Option<String>,
    #[sea_orm(column_type = "Text", nullable)]
    pub email: Option<String>,
    /// The address in lower case.
    #[sea_orm(column_type = "Text", nullable)]
    pub email_key: Option<String>,
    /// The question; `None` once it is erased.
    #[sea_orm(column_type = "Text", nullable)]
    pub words: Option<String>,
    /// The end of the time to prove the address, or to answer.
    pub until: Option<DateTimeUtc>,
    /// Why it came back from a mentor.
    #[sea_orm(column_type = "Text", nullable)]
    pub back_reason: Option<Coded<QuestionReturn>>,
    pub asker_agrees: bool,
    pub mentor_agrees: bool,
    pub state_since: DateTimeUtc,
    /// The time of the consent to the form.
    pub agreed_at: DateTimeUtc,
    /// The number of the last save.
    pub version: i32,
    pub created_at: DateTimeUtc,
    /// The time of the next step that the worker takes.
    pub due_at: Option<DateTimeUtc>,
}

impl ActiveModelBehavior for ActiveModel {}
