//! Surveys: what of them decides about answers, codes, answers, and reports of doubtful requests.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(survey()).await?;
        manager.create_index(index("survey", &["due_at"])).await?;
        manager.create_table(survey_code()).await?;
        manager.create_index(unique("survey_code", &["publication_id", "code_hash"])).await?;
        manager.create_index(unique("survey_code", &["publication_id", "registration_id"])).await?;
        manager.create_table(survey_response()).await?;
        manager.create_index(unique("survey_response", &["code_id"])).await?;
        manager.create_index(index("survey_response", &["publication_id", "status"])).await?;
        manager.create_index(index("survey_response", &["status", "saved_at"])).await?;
        manager.create_table(doubt()).await?;
        manager.create_index(index("doubt", &["due_at"])).await?;
        manager.create_index(index("doubt", &["status", "created_at"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["doubt", "survey_response", "survey_code", "survey"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `survey`: a survey whose questions are answered here, as it was published last, and what has become
/// of it.
fn survey() -> TableCreateStatement {
    Table::create()
        .table("survey")
        .col(uuid("publication_id").primary_key())
        .col(integer("number"))
        .col(text("title"))
        .col(text("access"))
        .col(timestamp_with_time_zone("opens_at"))
        .col(date("closes_on"))
        .col(timestamp_with_time_zone("closes_at"))
        .col(timestamp_with_time_zone_null("reminded_at"))
        .col(timestamp_with_time_zone_null("closed_at"))
        .col(timestamp_with_time_zone_null("erased_at"))
        .col(timestamp_with_time_zone_null("texts_erased_at"))
        .col(timestamp_with_time_zone_null("due_at"))
        .foreign_key(&mut to("survey", "publication_id", "publication", "id"))
        .check(Expr::cust("erased_at IS NULL OR closed_at IS NOT NULL"))
        .take()
}

/// Defines the table `survey_code`: a code with which a recipient answers once. One that was mailed has the registration
/// whose consent allows it.
fn survey_code() -> TableCreateStatement {
    Table::create()
        .table("survey_code")
        .col(pk_uuid("id"))
        .col(uuid("publication_id"))
        .col(text("code_hash"))
        .col(uuid_null("registration_id"))
        .col(text_null("opt_in_version"))
        .col(timestamp_with_time_zone_null("invited_at"))
        .col(timestamp_with_time_zone_null("reminded_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut to("survey_code", "publication_id", "survey", "publication_id"))
        .foreign_key(&mut to("survey_code", "registration_id", "registration", "id"))
        .check(Expr::cust("registration_id IS NULL OR opt_in_version IS NOT NULL"))
        .check(Expr::cust("invited_at IS NULL OR opt_in_version IS NOT NULL"))
        .check(Expr::cust("reminded_at IS NULL OR invited_at IS NOT NULL"))
        .take()
}

/// Defines the table `survey_response`: one set of answers. Given answers have neither a code nor a time, so that they
/// belong to no person.
fn survey_response() -> TableCreateStatement {
    Table::create()
        .table("survey_response")
        .col(pk_uuid("id"))
        .col(uuid("publication_id"))
        .col(text("status"))
        .col(uuid_null("code_id"))
        .col(text("answers"))
        .col(timestamp_with_time_zone_null("saved_at"))
        .foreign_key(&mut to("survey_response", "publication_id", "survey", "publication_id"))
        .foreign_key(&mut to("survey_response", "code_id", "survey_code", "id"))
        .check(Expr::cust("status <> 'given' OR (code_id IS NULL AND saved_at IS NULL)"))
        .take()
}

/// Defines the table `doubt`: a doubtful request that a visitor has reported.
fn doubt() -> TableCreateStatement {
    Table::create()
        .table("doubt")
        .col(pk_uuid("id"))
        .col(text("status"))
        .col(text("channel"))
        .col(text("sender"))
        .col(text_null("phone"))
        .col(text_null("description"))
        .col(text_null("name"))
        .col(text_null("contact"))
        .col(text_null("note"))
        .col(timestamp_with_time_zone("created_at"))
        .col(date("look_by"))
        .col(timestamp_with_time_zone_null("settled_at"))
        .col(uuid_null("settled_by"))
        .col(timestamp_with_time_zone_null("due_at"))
        .foreign_key(&mut to("doubt", "settled_by", "account", "id"))
        .check(Expr::cust("(status = 'settled') = (settled_at IS NOT NULL)"))
        .take()
}

fn to(
    table: &'static str,
    column: &'static str,
    other: &'static str,
    key: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, key).take()
}
