//! Stand-ins during absences, and requests to substitutes for appointments.
use sea_orm_migration::{prelude::*, schema::*};

use crate::indexes::unique_where;

#[derive(DeriveMigrationName)]
pub struct Migration;

/// The indexes by which one expert is asked or has accepted for each field of a consultation. A substitute is
/// counted only after accepting, when the replaced expert is not counted any more.
///
/// Each entry is the name of the old index, the field, and the condition of the new index. The new index has
/// another name, because a connection that still knows the old index would refuse the name.
const FIELDS: [(&str, &str, &str); 2] = [
    (
        "uq_ict_assignment_consultation_id",
        "ict",
        "ict AND (state = 'accepted' OR (state = 'offered' AND instead_of IS NULL))",
    ),
    (
        "uq_labor_assignment_consultation_id",
        "labor",
        "labor AND (state = 'accepted' OR (state = 'offered' AND instead_of IS NULL))",
    ),
];

#[async_trait::async_trait]
impl MigrationTrait for Migration {
    async fn up(&self, manager: &SchemaManager) -> Result<(), DbErr> {
        let stand_in =
            uuid_null("stand_in_id").extra("REFERENCES expert (id) CHECK (stand_in_id <> expert_id)").take();
        manager.alter_table(Table::alter().table("absence").add_column(stand_in).take()).await?;
        let instead_of = uuid_null("instead_of").extra("REFERENCES assignment (id)").take();
        manager.alter_table(Table::alter().table("assignment").add_column(instead_of).take()).await?;
        for (name, field, condition) in FIELDS {
            manager.drop_index(Index::drop().name(name).table("assignment").to_owned()).await?;
            manager.create_index(unique_where("assignment", &["consultation_id", field], condition)).await?;
        }
        // Only one substitute is asked at a time.
        let asked = "state = 'offered' AND instead_of IS NOT NULL";
        manager.create_index(unique_where("assignment", &["instead_of"], asked)).await
    }
}
