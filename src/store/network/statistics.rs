//! The counts of the network: mentors, the questions of a time, and who has answered them.
use chrono::{DateTime, Utc};
use domain::network::{MentorStatus, NetworkQuestionStatus, NetworkSide};
use entity::{mentor, network_message, network_question as row};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter, QuerySelect,
    QueryTrait, Select, sea_query::Expr,
};

/// The counts of the questions whose address was proved, by the time at which they came.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct NetworkStatistics {
    /// The mentors that are listed now.
    pub mentors: u64,
    /// The questions that came by the public form, and those from the page of a consultation.
    pub by_form: u64,
    pub by_case: u64,
    /// The questions to which a mentor has written, and those to which the center alone has.
    pub answered_by_mentor: u64,
    pub answered_by_center: u64,
}

/// Counts the questions from `from` until `until`. The words that tell who has answered are erased 365 days after a
/// question has ended.
pub async fn of(
    db: &impl ConnectionTrait,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
) -> Result<NetworkStatistics, DbErr> {
    let questions = || {
        row::Entity::find()
            .filter(row::COLUMN.created_at.gte(from))
            .filter(row::COLUMN.created_at.lt(until))
            .filter(row::COLUMN.status.ne(NetworkQuestionStatus::Unproved.code()))
    };
    let wrote = |of: Select<row::Entity>, side: NetworkSide, is: bool| {
        let answered = network_message::Entity::find()
            .select_only()
            .column(network_message::Column::QuestionId)
            .filter(network_message::COLUMN.side.eq(side.code()))
            .into_query();
        let written = Expr::col((row::Entity, row::Column::Id)).in_subquery(answered);
        of.filter(if is { written } else { written.not() })
    };
    let by_center = wrote(wrote(questions(), NetworkSide::Mentor, false), NetworkSide::Center, true);
    Ok(NetworkStatistics {
        mentors: mentor::Entity::find()
            .filter(mentor::COLUMN.status.eq(MentorStatus::Listed.code()))
            .count(db)
            .await?,
        by_form: questions().filter(row::Column::ConsultationId.is_null()).count(db).await?,
        by_case: questions().filter(row::Column::ConsultationId.is_not_null()).count(db).await?,
        answered_by_mentor: wrote(questions(), NetworkSide::Mentor, true).count(db).await?,
        answered_by_center: by_center.count(db).await?,
    })
}
