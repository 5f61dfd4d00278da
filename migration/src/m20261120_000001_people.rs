//! The people who sign in, with their sessions and links.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(desk()).await?;
        manager.create_table(account()).await?;
        manager.create_table(session()).await?;
        manager.create_index(index("session", &["account_id"])).await?;
        manager.create_index(index("session", &["expires_at"])).await?;
        manager.create_table(link()).await?;
        manager.create_index(index("link", &["expires_at"])).await?;
        Ok(())
    }
}

/// Defines the table `desk`: regional first-line desks.
fn desk() -> TableCreateStatement {
    Table::create()
        .table("desk")
        .col(uuid("id").primary_key())
        .col(text("name"))
        .col(small_integer("prefecture"))
        .col(boolean("active"))
        .check(Expr::cust("prefecture BETWEEN 1 AND 47"))
        .take()
}

/// Defines the table `account`: people who sign in with a password.
fn account() -> TableCreateStatement {
    Table::create()
        .table("account")
        .col(uuid("id").primary_key())
        .col(text("email"))
        .col(text("email_key").unique_key())
        .col(text("name"))
        .col(text("role"))
        .col(uuid_null("desk_id"))
        .col(text_null("password_hash"))
        .col(boolean("active"))
        .col(integer("failed_sign_ins"))
        .col(timestamp_with_time_zone_null("locked_until"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(
            ForeignKey::create().name("fk_account_desk_id").from("account", "desk_id").to("desk", "id"),
        )
        .check(Expr::cust("role IN ('coordinator', 'expert', 'desk', 'observer', 'administrator')"))
        .check(Expr::cust("(role = 'desk') = (desk_id IS NOT NULL)"))
        .take()
}

/// Defines the table `session`: signed-in browsers, each of an account or of a company's contact.
fn session() -> TableCreateStatement {
    Table::create()
        .table("session")
        .col(text("token_hash").primary_key())
        .col(uuid_null("account_id"))
        .col(text_null("contact_email_key"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("revoked_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_session_account_id")
                .from("session", "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("(account_id IS NULL) <> (contact_email_key IS NULL)"))
        .take()
}

/// Defines the table `link`: single-use links that were mailed or handed over.
fn link() -> TableCreateStatement {
    Table::create()
        .table("link")
        .col(text("token_hash").primary_key())
        .col(text("purpose"))
        .col(uuid_null("account_id"))
        .col(text_null("email_key"))
        .col(uuid_null("consultation_id"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone("expires_at"))
        .col(timestamp_with_time_zone_null("used_at"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_link_account_id")
                .from("link", "account_id")
                .to("account", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("purpose IN ('set_password', 'sign_in', 'confirm')"))
        .check(Expr::cust("(account_id IS NULL) <> (email_key IS NULL)"))
        .take()
}
