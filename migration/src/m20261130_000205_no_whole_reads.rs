//! Indexes for what would otherwise be found by reading a whole table that grows with the cases.
use sea_orm_migration::prelude::*;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The name of each index, and what it is on.
const INDEXES: [(&str, &str); 4] = [
    // The hand-overs that wait for the center, whatever the number of the center's cases.
    (
        "ix_consultation_hand_over",
        "consultation (received_at, id) WHERE state = 'received' AND desk_id IS NOT NULL AND merged_into IS NULL",
    ),
    // The rows that go, or stand in the way, when the row to which they belong is deleted.
    ("ix_appointment_draft_id", "appointment (draft_id) WHERE draft_id IS NOT NULL"),
    ("ix_inbound_mail_entry_id", "inbound_mail (entry_id) WHERE entry_id IS NOT NULL"),
    // When a company was signed in last.
    (
        "ix_session_contact_email_key_created_at",
        "session (contact_email_key, created_at) WHERE contact_email_key IS NOT NULL",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    /// Applies all of the migration or nothing. SQLite needs this to be asked for explicitly.
    fn use_transaction(&self) -> Option<bool> {
        Some(true)
    }

    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, on) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("CREATE INDEX {name} ON {on}")).await?;
        }
        Ok(())
    }

    async fn down(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        for (name, _) in INDEXES {
            manager.get_connection().execute_unprepared(&format!("DROP INDEX {name}")).await?;
        }
        Ok(())
    }
}
