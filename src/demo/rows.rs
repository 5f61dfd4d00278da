//! Rows that are to be written, in as few statements as the databases allow.
use entity::{
    account, application, appointment, appointment_expert, assignment, calendar_cell, case_number_counter,
    case_tag, case_visit, company, consultation, consultation_theme, contact, desk, event, expert,
    expert_industry, expert_prefecture, expert_theme, follow_up, message, report, weekly_rule,
};
use sea_orm::{
    ActiveModelTrait, ActiveValue::NotSet, ConnectionTrait, DbErr, EntityTrait, IntoActiveModel, Iterable,
};

/// The rows by table.
#[derive(Default)]
pub(super) struct Rows {
    pub desks: Vec<desk::Model>,
    pub accounts: Vec<account::Model>,
    pub experts: Vec<expert::Model>,
    pub expert_prefectures: Vec<expert_prefecture::Model>,
    pub expert_themes: Vec<expert_theme::Model>,
    pub expert_industries: Vec<expert_industry::Model>,
    pub weekly_rules: Vec<weekly_rule::Model>,
    pub counters: Vec<case_number_counter::Model>,
    pub companies: Vec<company::Model>,
    pub consultations: Vec<consultation::Model>,
    pub applications: Vec<application::Model>,
    pub contacts: Vec<contact::Model>,
    pub themes: Vec<consultation_theme::Model>,
    pub events: Vec<event::Model>,
    pub messages: Vec<message::Model>,
    pub assignments: Vec<assignment::Model>,
    pub appointments: Vec<appointment::Model>,
    pub appointment_experts: Vec<appointment_expert::Model>,
    pub cells: Vec<calendar_cell::Model>,
    pub reports: Vec<report::Model>,
    pub follow_ups: Vec<follow_up::Model>,
    pub case_tags: Vec<case_tag::Model>,
    pub case_visits: Vec<case_visit::Model>,
}

/// The number of parameters in a statement: SQLite allows 32,766, PostgreSQL 65,535.
const MOST_PARAMETERS: usize = 32_000;

impl Rows {
    /// Writes all rows, each table after those that it refers to.
    pub async fn write(self, db: &impl ConnectionTrait) -> Result<(), DbErr> {
        insert(db, self.desks).await?;
        insert(db, self.accounts).await?;
        insert(db, self.experts).await?;
        insert(db, self.expert_prefectures).await?;
        insert(db, self.expert_themes).await?;
        insert(db, self.expert_industries).await?;
        insert(db, self.weekly_rules).await?;
        insert(db, self.counters).await?;
        insert(db, self.companies).await?;
        insert(db, self.consultations).await?;
        insert(db, self.applications).await?;
        insert(db, self.contacts).await?;
        insert(db, self.themes).await?;
        let numbered_by_the_database = |it: event::Model| {
            let mut row = it.into_active_model();
            row.id = NotSet;
            row
        };
        insert_rows(db, self.events.into_iter().map(numbered_by_the_database)).await?;
        insert(db, self.messages).await?;
        insert(db, self.assignments).await?;
        insert(db, self.appointments).await?;
        insert(db, self.appointment_experts).await?;
        insert(db, self.cells).await?;
        insert(db, self.reports).await?;
        insert(db, self.follow_ups).await?;
        insert(db, self.case_tags).await?;
        insert(db, self.case_visits).await
    }
}

async fn insert<M, A>(db: &impl ConnectionTrait, rows: Vec<M>) -> Result<(), DbErr>
where
    M: IntoActiveModel<A>,
    A: ActiveModelTrait,
{
    insert_rows(db, rows.into_iter().map(M::into_active_model)).await
}

async fn insert_rows<A: ActiveModelTrait>(
    db: &impl ConnectionTrait,
    rows: impl Iterator<Item = A>,
) -> Result<(), DbErr> {
    let columns = <A::Entity as EntityTrait>::Column::iter().count().max(1);
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let some = rows.by_ref().take(MOST_PARAMETERS / columns);
        A::Entity::insert_many(some).exec_without_returning(db).await?;
    }
    Ok(())
}
