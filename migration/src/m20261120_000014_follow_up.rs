//! The follow-up programme that an administrator sets for a fiscal year.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(follow_up_programme()).await?;
        // A check cannot be changed on SQLite, so the table is written anew. All statements are run at once,
        // because another connection would still know the indexes of the old table.
        manager.create_table(follow_up()).await?;
        manager.get_connection().execute_unprepared(MOVE).await?;
        Ok(())
    }
}

/// Defines the table `follow_up_programme`: every version of a fiscal year's follow-up programme. The highest
/// is in force.
fn follow_up_programme() -> TableCreateStatement {
    Table::create()
        .table("follow_up_programme")
        .col(integer("fiscal_year"))
        .col(integer("version"))
        .col(json("steps"))
        .col(timestamp_with_time_zone("saved_at"))
        .col(uuid_null("saved_by"))
        .primary_key(Index::create().col("fiscal_year").col("version"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_follow_up_programme_saved_by")
                .from("follow_up_programme", "saved_by")
                .to("account", "id"),
        )
        .check(Expr::cust("version > 0"))
        .take()
}

/// Defines the new table `follow_up`: questions planned for after the consultation, each with the step that
/// it was planned by. A row without a step has the step that the product ships with. Its time was computed
/// from `session_ended_at` and `approved_at`.
fn follow_up() -> TableCreateStatement {
    Table::create()
        .table("follow_up_new")
        .col(uuid("id").primary_key())
        .col(uuid("consultation_id"))
        .col(text("kind"))
        .col(text("step_id"))
        .col(small_integer("round"))
        .col(text("state"))
        .col(timestamp_with_time_zone("due_at"))
        .col(timestamp_with_time_zone_null("sent_at"))
        .col(timestamp_with_time_zone_null("answered_at"))
        .col(json_null("answer"))
        .col(boolean("wants_help").default(false))
        .col(json_null("step"))
        .col(timestamp_with_time_zone_null("session_ended_at"))
        .col(timestamp_with_time_zone_null("approved_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_follow_up_consultation_id")
                .from("follow_up_new", "consultation_id")
                .to("consultation", "id"),
        )
        .check(Expr::cust("kind IN ('survey', 'three_months', 'six_months', 'next_year', 'custom')"))
        .check(Expr::cust("state IN ('planned', 'sent', 'answered', 'skipped', 'lapsed')"))
        .check(Expr::cust("(state = 'answered') = (answer IS NOT NULL)"))
        .check(Expr::cust("state = 'answered' OR NOT wants_help"))
        .take()
}

const MOVE: &str = r#"
INSERT INTO follow_up_new (id, consultation_id, kind, step_id, round, state, due_at, sent_at, answered_at, answer,
    wants_help, step, session_ended_at, approved_at)
SELECT f.id, f.consultation_id, f.kind, f.kind, f.round, f.state, f.due_at, f.sent_at, f.answered_at, f.answer,
    CASE WHEN REPLACE(CAST(f.answer AS TEXT), ' ', '') LIKE '%"wants_help":true%'
        OR REPLACE(CAST(f.answer AS TEXT), ' ', '') LIKE '%"wants_further_session":true%' THEN TRUE ELSE FALSE END,
    NULL,
    (SELECT MAX(a.ends_at) FROM appointment a WHERE a.consultation_id = f.consultation_id AND a.state = 'done'),
    (SELECT MAX(r.decided_at) FROM report r WHERE r.consultation_id = f.consultation_id AND r.state = 'approved')
FROM follow_up f;
DROP TABLE follow_up;
ALTER TABLE follow_up_new RENAME TO follow_up;
CREATE UNIQUE INDEX uq_follow_up_consultation_id_step_id_round ON follow_up (consultation_id, step_id, round);
CREATE INDEX ix_follow_up_state_due_at ON follow_up (state, due_at);
CREATE INDEX ix_follow_up_wants_help_consultation_id ON follow_up (wants_help, consultation_id);
"#;
