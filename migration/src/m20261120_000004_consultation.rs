//! The consultation, and what a company wrote about itself.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(company()).await?;
        manager.create_index(index("company", &["search_key"])).await?;
        manager.create_table(conflict_of_interest()).await?;
        manager.create_table(consultation()).await?;
        manager.create_index(unique("consultation", &["fiscal_year", "serial"])).await?;
        manager.create_index(index("consultation", &["turn", "sort_at", "id"])).await?;
        manager.create_index(index("consultation", &["received_at", "id"])).await?;
        manager.create_index(index("consultation", &["company_id"])).await?;
        manager.create_index(index("consultation", &["desk_id", "received_at"])).await?;
        manager.create_index(index("consultation", &["search_key"])).await?;
        manager.create_table(application()).await?;
        manager.create_table(consultation_theme()).await?;
        manager.create_table(contact()).await?;
        manager.create_index(index("contact", &["email_key"])).await?;
        manager.create_table(draft()).await?;
        manager.create_index(index("draft", &["expires_at"])).await?;
        manager.create_index(index("draft", &["email_key"])).await?;
        manager.create_table(event()).await?;
        manager.create_index(unique("event", &["consultation_id", "seq"])).await?;
        manager.create_index(index("event", &["at"])).await?;
        manager.create_table(message()).await?;
        manager.create_index(index("message", &["consultation_id", "created_at"])).await?;
        Ok(())
    }
}

/// Defines the table `company`: companies or organisations, whatever the number of their consultations.
fn company() -> TableCreateStatement {
    Table::create()
        .table("company")
        .col(uuid("id").primary_key())
        .col(text_null("corporate_number").unique_key())
        .col(text("name"))
        .col(text("search_key"))
        .col(timestamp_with_time_zone("created_at"))
        .take()
}

/// Defines the table `conflict_of_interest`: experts who must not advise a company.
fn conflict_of_interest() -> TableCreateStatement {
    Table::create()
        .table("conflict_of_interest")
        .col(uuid("expert_id"))
        .col(uuid("company_id"))
        .col(text("reason"))
        .primary_key(Index::create().col("expert_id").col("company_id"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_conflict_of_interest_expert_id")
                .from("conflict_of_interest", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_conflict_of_interest_company_id")
                .from("conflict_of_interest", "company_id")
                .to("company", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// Defines the table `consultation`: one company's request and everything that follows from it.
fn consultation() -> TableCreateStatement {
    Table::create()
        .table("consultation")
        .col(uuid("id").primary_key())
        .col(text("number").unique_key())
        .col(integer("fiscal_year"))
        .col(integer("serial"))
        .col(text("state"))
        .col(timestamp_with_time_zone("state_since"))
        .col(text_null("unfulfilled_reason"))
        .col(text_null("referred_to"))
        .col(uuid("company_id"))
        .col(text("company_name"))
        .col(text("search_key"))
        .col(small_integer_null("prefecture"))
        .col(text_null("industry"))
        .col(boolean("ict"))
        .col(boolean("labor"))
        .col(text("mode"))
        .col(text("origin"))
        .col(uuid_null("desk_id"))
        .col(uuid_null("entered_by"))
        .col(uuid_null("coordinator_id"))
        .col(timestamp_with_time_zone_null("address_confirmed_at"))
        .col(timestamp_with_time_zone("received_at"))
        .col(timestamp_with_time_zone_null("ended_at"))
        .col(text("turn"))
        .col(text_null("deadline_kind"))
        .col(json_null("deadline"))
        .col(timestamp_with_time_zone_null("due_at"))
        .col(timestamp_with_time_zone("sort_at"))
        .col(integer("sessions_done"))
        .col(integer("event_count"))
        .col(integer("version"))
        .col(text("submission_key").unique_key())
        .col(text("consent_version"))
        .col(timestamp_with_time_zone("consent_at"))
        .col(boolean("newsletter"))
        .foreign_key(ForeignKey::create().name("fk_consultation_company_id").from("consultation", "company_id").to("company", "id"))
        .foreign_key(ForeignKey::create().name("fk_consultation_desk_id").from("consultation", "desk_id").to("desk", "id"))
        .foreign_key(ForeignKey::create().name("fk_consultation_entered_by").from("consultation", "entered_by").to("account", "id"))
        .foreign_key(ForeignKey::create().name("fk_consultation_coordinator_id").from("consultation", "coordinator_id").to("account", "id"))
        .check(Expr::cust("state IN ('received', 'checking', 'waiting_company', 'matching', 'scheduling', 'booked', 'consulted', 'follow_up', 'completed', 'withdrawn', 'unfulfilled', 'referred')"))
        .check(Expr::cust("(state = 'unfulfilled') = (unfulfilled_reason IS NOT NULL)"))
        .check(Expr::cust("(state = 'referred') = (referred_to IS NOT NULL)"))
        .check(Expr::cust("(ended_at IS NOT NULL) = (state IN ('completed', 'withdrawn', 'unfulfilled', 'referred'))"))
        .check(Expr::cust("turn IN ('center', 'company', 'expert', 'nobody', 'ended')"))
        .check(Expr::cust("ict OR labor"))
        .check(Expr::cust("mode IN ('online', 'visit', 'either')"))
        .check(Expr::cust("origin IN ('web', 'desk', 'phone')"))
        .check(Expr::cust("(origin = 'desk') = (desk_id IS NOT NULL)"))
        .check(Expr::cust("prefecture BETWEEN 1 AND 47"))
        .take()
}

/// Defines the table `application`: what the company wrote, once per consultation.
fn application() -> TableCreateStatement {
    Table::create()
        .table("application")
        .col(uuid("consultation_id").primary_key())
        .col(text("description"))
        .col(text("company_kana"))
        .col(text_null("corporate_number"))
        .col(text_null("organization"))
        .col(text_null("postal_code"))
        .col(text("city"))
        .col(text("street"))
        .col(text("building"))
        .col(integer_null("employees"))
        .col(integer_null("regular_employees"))
        .col(big_integer_null("capital"))
        .col(text_null("telework_status"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_application_consultation_id")
                .from("application", "consultation_id")
                .to("consultation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// Defines the table `consultation_theme`: the themes of consultations.
fn consultation_theme() -> TableCreateStatement {
    Table::create()
        .table("consultation_theme")
        .col(uuid("consultation_id"))
        .col(text("theme"))
        .primary_key(Index::create().col("consultation_id").col("theme"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_consultation_theme_consultation_id")
                .from("consultation_theme", "consultation_id")
                .to("consultation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_consultation_theme_theme")
                .from("consultation_theme", "theme")
                .to("theme", "code"),
        )
        .take()
}

/// Defines the table `contact`: the person who speaks for the company in one consultation.
fn contact() -> TableCreateStatement {
    Table::create()
        .table("contact")
        .col(uuid("consultation_id").primary_key())
        .col(text("name"))
        .col(text("kana"))
        .col(text("department"))
        .col(text("position"))
        .col(text_null("email"))
        .col(text_null("email_key"))
        .col(text_null("phone"))
        .col(text_null("phone_digits"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_contact_consultation_id")
                .from("contact", "consultation_id")
                .to("consultation", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// Defines the table `draft`: unfinished applications.
fn draft() -> TableCreateStatement {
    Table::create()
        .table("draft")
        .col(uuid("id").primary_key())
        .col(json("form"))
        .col(text_null("email_key"))
        .col(text("network"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(uuid_null("consultation_id").unique_key())
        .foreign_key(
            ForeignKey::create()
                .name("fk_draft_consultation_id")
                .from("draft", "consultation_id")
                .to("consultation", "id"),
        )
        .take()
}

/// Defines the table `event`: what happened to consultations. Rows are only appended.
fn event() -> TableCreateStatement {
    Table::create()
        .table("event")
        .col(big_pk_auto("id"))
        .col(uuid("consultation_id"))
        .col(integer("seq"))
        .col(timestamp_with_time_zone("at"))
        .col(text("actor_kind"))
        .col(uuid_null("actor_id"))
        .col(text("act"))
        .col(text_null("from_state"))
        .col(text("to_state"))
        .col(json("detail"))
        .col(text("previous_hash"))
        .col(text("hash"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_event_consultation_id")
                .from("event", "consultation_id")
                .to("consultation", "id"),
        )
        .check(Expr::cust("actor_kind IN ('company', 'coordinator', 'expert', 'desk', 'system')"))
        .take()
}

/// Defines the table `message`: the entries of consultations' threads.
fn message() -> TableCreateStatement {
    Table::create()
        .table("message")
        .col(uuid("id").primary_key())
        .col(uuid("consultation_id"))
        .col(text("author_kind"))
        .col(uuid_null("author_id"))
        .col(text("channel"))
        .col(boolean("internal"))
        .col(text("body"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("read_by_company_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_message_consultation_id")
                .from("message", "consultation_id")
                .to("consultation", "id"),
        )
        .check(Expr::cust("author_kind IN ('company', 'coordinator', 'expert', 'desk', 'system')"))
        .check(Expr::cust("channel IN ('portal', 'mail', 'phone', 'system')"))
        .take()
}
