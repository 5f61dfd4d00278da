//! The counts of the events of a fiscal year.
use chrono::{DateTime, Utc};
use domain::gathering::SignUpStatus;
use entity::{gathering, questionnaire_answer, sign_up};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DbErr, EntityTrait, PaginatorTrait, QueryFilter, QuerySelect, QueryTrait,
    Select,
};

/// The counts of the events that started in a time and are over.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct EventStatistics {
    pub held: u64,
    pub called_off: u64,
    /// The people with a seat, and those who came without a sign-up.
    pub participants: u64,
    pub attended: u64,
    pub answers: u64,
}

/// Counts the events that started from `from` until `until` and were over at `now`.
pub async fn of(
    db: &impl ConnectionTrait,
    (from, until): (DateTime<Utc>, DateTime<Utc>),
    now: DateTime<Utc>,
) -> Result<EventStatistics, DbErr> {
    let over = || {
        gathering::Entity::find()
            .filter(gathering::Column::StartsAt.gte(from))
            .filter(gathering::Column::StartsAt.lt(until))
            .filter(gathering::Column::EndsAt.lte(now))
    };
    let held = || over().filter(gathering::Column::CalledOffAt.is_null());
    let seated = [SignUpStatus::Seated, SignUpStatus::WalkIn].map(SignUpStatus::code);
    let people = || {
        let ids = held().select_only().column(gathering::Column::PublicationId).into_query();
        sign_up::Entity::find()
            .filter(sign_up::Column::PublicationId.in_subquery(ids))
            .filter(sign_up::Column::Status.is_in(seated))
    };
    let ids = |of: Select<sign_up::Entity>| of.select_only().column(sign_up::Column::Id).into_query();
    let answered = questionnaire_answer::Column::SignUpId.in_subquery(ids(people()));
    Ok(EventStatistics {
        held: held().count(db).await?,
        called_off: over().filter(gathering::Column::CalledOffAt.is_not_null()).count(db).await?,
        participants: people().count(db).await?,
        attended: people().filter(sign_up::Column::AttendedAt.is_not_null()).count(db).await?,
        answers: questionnaire_answer::Entity::find().filter(answered).count(db).await?,
    })
}
