//! Experts and when they can be asked.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(expert()).await?;
        manager.create_table(expert_prefecture()).await?;
        manager.create_table(expert_theme()).await?;
        manager.create_table(expert_industry()).await?;
        manager.create_table(weekly_rule()).await?;
        manager.create_index(index("weekly_rule", &["expert_id"])).await?;
        manager.create_table(dated_exception()).await?;
        manager.create_index(index("dated_exception", &["expert_id", "date"])).await?;
        manager.create_table(absence()).await?;
        manager.create_index(index("absence", &["expert_id", "last_date"])).await?;
        Ok(())
    }
}

/// Defines the table `expert`: the facts that routing uses about an expert. The person is the account with
/// the same id.
fn expert() -> TableCreateStatement {
    Table::create()
        .table("expert")
        .col(uuid("id").primary_key())
        .col(boolean("ict"))
        .col(boolean("labor"))
        .col(boolean("works_online"))
        .col(boolean("works_visit"))
        .col(small_integer("home_prefecture"))
        .col(small_integer("daily_limit"))
        .col(small_integer("weekly_limit"))
        .col(small_integer("open_limit"))
        .col(small_integer("capacity"))
        .col(text("video_url"))
        .col(text("profile"))
        .col(boolean("active"))
        .col(text_null("feed_hash").unique_key())
        .foreign_key(ForeignKey::create().name("fk_expert_id").from("expert", "id").to("account", "id"))
        .check(Expr::cust("ict OR labor"))
        .check(Expr::cust("works_online OR works_visit"))
        .check(Expr::cust("home_prefecture BETWEEN 1 AND 47"))
        .check(Expr::cust("daily_limit > 0 AND weekly_limit > 0 AND open_limit > 0 AND capacity > 0"))
        .take()
}

/// Defines the table `expert_prefecture`: the prefectures that experts visit.
fn expert_prefecture() -> TableCreateStatement {
    Table::create()
        .table("expert_prefecture")
        .col(uuid("expert_id"))
        .col(small_integer("prefecture"))
        .primary_key(Index::create().col("expert_id").col("prefecture"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_expert_prefecture_expert_id")
                .from("expert_prefecture", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("prefecture BETWEEN 1 AND 47"))
        .take()
}

/// Defines the table `expert_theme`: the themes that experts know well.
fn expert_theme() -> TableCreateStatement {
    Table::create()
        .table("expert_theme")
        .col(uuid("expert_id"))
        .col(text("theme"))
        .primary_key(Index::create().col("expert_id").col("theme"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_expert_theme_expert_id")
                .from("expert_theme", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .foreign_key(
            ForeignKey::create()
                .name("fk_expert_theme_theme")
                .from("expert_theme", "theme")
                .to("theme", "code"),
        )
        .take()
}

/// Defines the table `expert_industry`: the industries in which experts have experience.
fn expert_industry() -> TableCreateStatement {
    Table::create()
        .table("expert_industry")
        .col(uuid("expert_id"))
        .col(text("industry"))
        .primary_key(Index::create().col("expert_id").col("industry"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_expert_industry_expert_id")
                .from("expert_industry", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .take()
}

/// Defines the table `weekly_rule`: spans of experts' weeks.
fn weekly_rule() -> TableCreateStatement {
    Table::create()
        .table("weekly_rule")
        .col(uuid("id").primary_key())
        .col(uuid("expert_id"))
        .col(small_integer("weekday"))
        .col(small_integer("start_quarter"))
        .col(small_integer("end_quarter"))
        .col(date_null("valid_from"))
        .col(date_null("valid_until"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_weekly_rule_expert_id")
                .from("weekly_rule", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("weekday BETWEEN 0 AND 6"))
        .check(Expr::cust("start_quarter >= 0 AND start_quarter < end_quarter AND end_quarter <= 64"))
        .take()
}

/// Defines the table `dated_exception`: spans of single days, added to or taken from the weekly rules.
fn dated_exception() -> TableCreateStatement {
    Table::create()
        .table("dated_exception")
        .col(uuid("id").primary_key())
        .col(uuid("expert_id"))
        .col(date("date"))
        .col(text("kind"))
        .col(small_integer("start_quarter"))
        .col(small_integer("end_quarter"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_dated_exception_expert_id")
                .from("dated_exception", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("kind IN ('add', 'remove')"))
        .check(Expr::cust("start_quarter >= 0 AND start_quarter < end_quarter AND end_quarter <= 64"))
        .take()
}

/// Defines the table `absence`: days on which an expert cannot be asked.
fn absence() -> TableCreateStatement {
    Table::create()
        .table("absence")
        .col(uuid("id").primary_key())
        .col(uuid("expert_id"))
        .col(date("first_date"))
        .col(date("last_date"))
        .col(text("note"))
        .foreign_key(
            ForeignKey::create()
                .name("fk_absence_expert_id")
                .from("absence", "expert_id")
                .to("expert", "id")
                .on_delete(ForeignKeyAction::Cascade),
        )
        .check(Expr::cust("first_date <= last_date"))
        .take()
}
