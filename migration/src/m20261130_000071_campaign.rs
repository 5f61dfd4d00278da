//! Telework months: what of them decides about registrations, the registrations, imports of them, and logo files.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::{index, unique, unique_where};

#[derive(DeriveMigrationName)]
pub struct Migration;

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        manager.create_table(campaign()).await?;
        manager.create_index(index("campaign", &["due_at"])).await?;
        manager.create_index(unique("campaign", &["year"])).await?;
        manager.create_table(campaign_logo()).await?;
        manager.create_table(registration_import()).await?;
        manager.create_table(registration()).await?;
        manager.create_index(unique("registration", &["publication_id", "number"])).await?;
        let live = "status IN ('unproved', 'waiting', 'approved')";
        let own = unique_where("registration", &["publication_id", "email_key", "name_key"], live);
        manager.create_index(own).await?;
        manager.create_index(index("registration", &["publication_id", "status", "state_since"])).await?;
        manager.create_index(index("registration", &["publication_id", "corporate_number"])).await?;
        manager.create_index(index("registration", &["publication_id", "listed_kana"])).await?;
        // The counts of the public list are read from the index alone.
        manager.create_index(index("registration", &["publication_id", "prefecture", "listed_kana"])).await?;
        manager.create_index(index("registration", &["status", "until"])).await?;
        manager.create_index(index("registration", &["email_key"])).await?;
        manager.create_index(index("registration", &["import_id"])).await
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for table in ["registration", "registration_import", "campaign_logo", "campaign"] {
            manager.drop_table(Table::drop().table(table).take()).await?;
        }
        Ok(())
    }
}

/// Defines the table `campaign`: a telework month as it was published last, and what has become of it.
fn campaign() -> TableCreateStatement {
    Table::create()
        .table("campaign")
        .col(uuid("publication_id").primary_key())
        .col(integer("year"))
        .col(text("title"))
        .col(date("starts_on"))
        .col(date("ends_on"))
        .col(date("opens_on"))
        .col(date("closes_on"))
        .col(integer("rules_revision"))
        .col(integer("last_number"))
        .col(timestamp_with_time_zone_null("reminded_at"))
        .col(timestamp_with_time_zone_null("erased_at"))
        .col(timestamp_with_time_zone_null("due_at"))
        .foreign_key(&mut to("campaign", "publication_id", "publication", "id"))
        .check(Expr::cust("ends_on >= starts_on AND closes_on >= opens_on"))
        .take()
}

/// Defines the table `campaign_logo`: a file that those who are registered may use.
fn campaign_logo() -> TableCreateStatement {
    Table::create()
        .table("campaign_logo")
        .col(pk_uuid("id"))
        .col(uuid("publication_id"))
        .col(text("name"))
        .col(text("content_type"))
        .col(big_integer("size"))
        .col(text("sha256"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut to("campaign_logo", "publication_id", "publication", "id"))
        .take()
}

/// Defines the table `registration_import`: a file of registrations, kept until an editor has seen what it contains.
fn registration_import() -> TableCreateStatement {
    Table::create()
        .table("registration_import")
        .col(pk_uuid("id"))
        .col(uuid("publication_id"))
        .col(text("file_name"))
        .col(text("content"))
        .col(uuid("created_by"))
        .col(timestamp_with_time_zone("created_at"))
        .col(timestamp_with_time_zone_null("taken_at"))
        .col(timestamp_with_time_zone_null("undone_at"))
        .foreign_key(&mut to("registration_import", "publication_id", "campaign", "publication_id"))
        .foreign_key(&mut to("registration_import", "created_by", "account", "id"))
        .check(Expr::cust("undone_at IS NULL OR taken_at IS NOT NULL"))
        .take()
}

/// Defines the table `registration`: an organisation or a person who takes part in a telework month, wants to, or does
/// not any more.
fn registration() -> TableCreateStatement {
    let mut table = Table::create();
    let table = table.table("registration").col(pk_uuid("id")).col(uuid("publication_id"));
    registered(table)
        .col(integer_null("number"))
        .col(text("status"))
        .col(timestamp_with_time_zone_null("until"))
        .col(timestamp_with_time_zone("state_since"))
        .col(integer_null("rules_revision"))
        .col(timestamp_with_time_zone_null("agreed_at"))
        .col(text_null("opt_in_version"))
        .col(timestamp_with_time_zone_null("opted_in_at"))
        .col(timestamp_with_time_zone_null("opted_out_at"))
        .col(text_null("listed_name"))
        .col(text_null("listed_kana"))
        .col(text_null("listed_key"))
        .col(text_null("listed_industry"))
        .col(timestamp_with_time_zone_null("proved_at"))
        .col(timestamp_with_time_zone_null("decided_at"))
        .col(uuid_null("decided_by"))
        .col(text_null("reason"))
        .col(timestamp_with_time_zone_null("invited_at"))
        .col(uuid_null("import_id"))
        .col(integer("version"))
        .col(timestamp_with_time_zone("created_at"))
        .foreign_key(&mut to("registration", "publication_id", "campaign", "publication_id"))
        .foreign_key(&mut to("registration", "decided_by", "account", "id"))
        .foreign_key(&mut to("registration", "import_id", "registration_import", "id"))
        .check(Expr::cust("(status = 'unproved') = (until IS NOT NULL)"))
        .check(Expr::cust("listed_key IS NULL OR status IN ('waiting', 'approved')"))
        .check(Expr::cust("status <> 'approved' OR number IS NOT NULL"))
        .check(Expr::cust("(opt_in_version IS NULL) = (opted_in_at IS NULL)"))
        .check(Expr::cust("opted_out_at IS NULL OR opted_in_at IS NOT NULL"))
        .check(Expr::cust("invited_at IS NULL OR opted_in_at IS NOT NULL"))
        .take()
}

/// Adds the columns of what the registrant has typed. Those of persons and addresses are empty once they are erased.
fn registered(table: &mut TableCreateStatement) -> &mut TableCreateStatement {
    table
        .col(text("kind"))
        .col(text_null("name"))
        .col(text_null("kana"))
        .col(text_null("name_key"))
        .col(text("industry"))
        .col(text_null("corporate_number"))
        .col(integer("prefecture"))
        .col(integer_null("employees"))
        .col(text("activities"))
        .col(text("telework_status"))
        .col(integer_null("teleworkers"))
        .col(text_null("contact_name"))
        .col(text_null("email"))
        .col(text_null("email_key"))
        .col(text_null("phone"))
}

fn to(
    table: &'static str,
    column: &'static str,
    other: &'static str,
    key: &'static str,
) -> ForeignKeyCreateStatement {
    ForeignKey::create().name(format!("fk_{table}_{column}")).from(table, column).to(other, key).take()
}
