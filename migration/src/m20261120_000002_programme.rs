//! The programme that an administrator sets: fiscal years, closing days and themes.
use sea_orm_migration::{prelude::*, schema::*};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(year_settings()).await?;
        manager.create_table(closing_day()).await?;
        manager.create_table(counter()).await?;
        manager.create_table(theme()).await?;
        manager.create_table(revision()).await?;
        Ok(())
    }
}

/// Defines the table `year_settings`: the settings of one fiscal year in each row. A year without a row has
/// the defaults.
fn year_settings() -> TableCreateStatement {
    Table::create()
        .table("year_settings")
        .col(integer("fiscal_year").primary_key())
        .col(json("settings"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("updated_at"))
        .col(uuid_null("updated_by"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_year_settings_updated_by")
                .from("year_settings", "updated_by")
                .to("account", "id"),
        )
        .take()
}

/// Defines the table `closing_day`: days on which the center is closed for its own reasons.
fn closing_day() -> TableCreateStatement {
    Table::create().table("closing_day").col(date("date").primary_key()).col(text("note")).take()
}

/// Defines the table `counter`: the last serial given out in each fiscal year.
fn counter() -> TableCreateStatement {
    Table::create().table("counter").col(integer("fiscal_year").primary_key()).col(integer("last")).take()
}

/// Defines the table `theme`: what a consultation may be about, within a field.
fn theme() -> TableCreateStatement {
    Table::create()
        .table("theme")
        .col(text("code").primary_key())
        .col(text("field"))
        .col(text("label"))
        .col(small_integer("position"))
        .col(boolean("active"))
        .check(Expr::cust("field IN ('ict', 'labor')"))
        .take()
}

/// Defines the table `revision`: how often each part of the programme has changed, so that a server knows
/// when its copy is out of date.
fn revision() -> TableCreateStatement {
    Table::create().table("revision").col(text("name").primary_key()).col(big_integer("n")).take()
}
