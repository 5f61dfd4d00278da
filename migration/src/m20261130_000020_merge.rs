//! Companies and cases that are recognised as one: where a merged one leads to, what a merge changed, and the indexes by
//! which possible duplicates are found.
use sea_orm_migration::{prelude::*, schema::*, sea_orm::DbBackend};

use crate::indexes::index;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes of the few rows that were merged.
const MERGED: [&str; 3] = [
    "CREATE INDEX ix_company_merged_into ON company (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX ix_consultation_merged_into ON consultation (merged_into) WHERE merged_into IS NOT NULL",
    "CREATE INDEX ix_consultation_own_company_id ON consultation (own_company_id) \
        WHERE own_company_id IS NOT NULL",
];

/// The keys of possible duplicates: tables with their columns.
const KEYS: [(&str, &[&str]); 5] = [
    ("application", &["corporate_number"]),
    ("application", &["company_kana"]),
    ("application", &["city", "street"]),
    ("contact", &["phone_digits"]),
    ("contact", &["name"]),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (table, column) in [
            ("company", uuid_null("merged_into")),
            ("consultation", uuid_null("merged_into")),
            ("consultation", uuid_null("own_company_id")),
            ("consultation", boolean("number_unconfirmed").default(false).take()),
        ] {
            manager.alter_table(Table::alter().table(table).add_column(column).take()).await?;
        }
        for statement in MERGED {
            manager.get_connection().execute_unprepared(statement).await?;
        }
        for (table, columns) in KEYS {
            manager.create_index(index(table, columns)).await?;
        }
        // The host of an address, as `store::intake::duplicate` asks for it.
        let host = if manager.get_database_backend() == DbBackend::Postgres {
            "split_part(email_key, '@', 2)"
        } else {
            "substr(email_key, instr(email_key, '@') + 1)"
        };
        let statement = format!("CREATE INDEX ix_contact_mail_host ON contact (({host}))");
        manager.get_connection().execute_unprepared(&statement).await?;
        for (table, of) in [("company_merge", "company"), ("case_merge", "consultation")] {
            manager.create_table(merge(table, of)).await?;
            manager.create_index(index(table, &["kept_id"])).await?;
            manager.create_index(index(table, &["absorbed_id"])).await?;
        }
        manager.create_table(related()).await?;
        manager.create_index(index("related_case", &["second_id"])).await?;
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["related_case", "case_merge", "company_merge"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        let mut indexes = vec![
            "ix_contact_mail_host".to_owned(),
            "ix_company_merged_into".to_owned(),
            "ix_consultation_merged_into".to_owned(),
            "ix_consultation_own_company_id".to_owned(),
        ];
        indexes.extend(KEYS.map(|(table, columns)| format!("ix_{table}_{}", columns.join("_"))));
        for name in indexes {
            manager.drop_index(Index::drop().name(name).to_owned()).await?;
        }
        for (table, column) in [
            ("consultation", "number_unconfirmed"),
            ("consultation", "own_company_id"),
            ("consultation", "merged_into"),
            ("company", "merged_into"),
        ] {
            manager.alter_table(Table::alter().table(table).drop_column(column).take()).await?;
        }
        Ok(())
    }
}

/// Defines the tables `company_merge` and `case_merge`: which two became one, by whom and why, what this changed, and
/// whether it was undone.
fn merge(table: &'static str, of: &'static str) -> TableCreateStatement {
    let to = |column: &'static str, other: &'static str| {
        ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, "id").take()
    };
    Table::create()
        .table(table)
        .col(pk_uuid("id"))
        .col(uuid("kept_id"))
        .col(uuid("absorbed_id"))
        .col(uuid("merged_by"))
        .col(timestamp_with_time_zone("merged_at"))
        .col(text("reason"))
        .col(json("changed"))
        .col(uuid_null("undone_by"))
        .col(timestamp_with_time_zone_null("undone_at"))
        .foreign_key(&mut to("kept_id", of))
        .foreign_key(&mut to("absorbed_id", of))
        .foreign_key(&mut to("merged_by", "account"))
        .foreign_key(&mut to("undone_by", "account"))
        .check(Expr::cust("kept_id <> absorbed_id"))
        .check(Expr::cust("(undone_at IS NULL) = (undone_by IS NULL)"))
        .take()
}

/// Defines the table `related_case`: two cases that belong together and stay two. The one with the smaller id is the first.
fn related() -> TableCreateStatement {
    let to = |column: &'static str, other: &'static str| {
        ForeignKey::create()
            .name(format!("fk_related_case_{column}"))
            .from("related_case", column)
            .to(other, "id")
            .take()
    };
    Table::create()
        .table("related_case")
        .col(uuid("first_id"))
        .col(uuid("second_id"))
        .col(text("note"))
        .col(uuid("related_by"))
        .col(timestamp_with_time_zone("related_at"))
        .primary_key(Index::create().col("first_id").col("second_id"))
        .foreign_key(&mut to("first_id", "consultation"))
        .foreign_key(&mut to("second_id", "consultation"))
        .foreign_key(&mut to("related_by", "account"))
        .check(Expr::cust("first_id < second_id"))
        .take()
}
