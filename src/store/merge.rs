//! The rows of merges: `case_merge` and `company_merge` differ in what is merged, and in what a merge changes.

/// Defines a merge and the functions for its rows.
macro_rules! merges {
    ($(#[$doc:meta])* $name:ident in $row:ident of $id:ident changes $change:ident) => {
        $(#[$doc])*
        #[derive(Clone, Debug, PartialEq, Eq)]
        pub struct $name {
            pub id: Uuid,
            pub kept: $id,
            pub absorbed: $id,
            pub merged_at: DateTime<Utc>,
            pub reason: String,
            pub change: $change,
        }

        impl $name {
            fn of_row(it: &$row::Model) -> Result<Self, DbErr> {
                let change = serde_json::from_value(it.changed.clone());
                Ok(Self {
                    id: it.id,
                    kept: $id(it.kept_id),
                    absorbed: $id(it.absorbed_id),
                    merged_at: it.merged_at,
                    reason: it.reason.clone(),
                    change: change.map_err(|err| contradiction($row::Entity, it.id, err))?,
                })
            }

            async fn insert(&self, tx: &DatabaseTransaction, by: AccountId) -> Result<(), DbErr> {
                let changed = serde_json::to_value(&self.change).map_err(|err| DbErr::Type(err.to_string()))?;
                let model = $row::Model {
                    id: self.id,
                    kept_id: self.kept.0,
                    absorbed_id: self.absorbed.0,
                    merged_by: by.0,
                    merged_at: self.merged_at,
                    reason: self.reason.clone(),
                    changed,
                    undone_by: None,
                    undone_at: None,
                };
                $row::Entity::insert(model.into_active_model()).exec_without_returning(tx).await?;
                Ok(())
            }

            /// Saves that the merge was undone.
            pub async fn set_undone(
                &self,
                tx: &DatabaseTransaction,
                by: AccountId,
                now: DateTime<Utc>,
            ) -> Result<(), DbErr> {
                let undone = $row::ActiveModel {
                    id: Set(self.id),
                    undone_by: Set(Some(by.0)),
                    undone_at: Set(Some(now)),
                    ..Default::default()
                };
                $row::Entity::update(undone).exec(tx).await?;
                Ok(())
            }
        }

        /// Returns a merge that holds, locked until the transaction ends.
        pub async fn lock_merge(tx: &DatabaseTransaction, id: Uuid) -> Result<Option<$name>, DbErr> {
            let found = $row::Entity::find_by_id(id).lock_exclusive().one(tx).await?;
            found.filter(|it| it.undone_at.is_none()).as_ref().map($name::of_row).transpose()
        }
    };
}

pub(super) use merges;
