//! The files that wait for the operator's scanner, whichever table keeps them: one queue, files of messages first.
use chrono::{DateTime, TimeDelta, Utc};
use codes::Trust;
use entity::{attachment, publication_file};
use sea_orm::{
    ColumnTrait, ConnectionTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QueryOrder,
    QuerySelect, sea_query::Expr,
};
use uuid::Uuid;

/// A file that waits for the scanner.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HeldFile {
    pub id: Uuid,
    /// The hash under which the bytes are stored; `None` if they were not kept.
    pub sha256: Option<String>,
}

/// The columns of a table whose files are scanned.
#[derive(Clone, Copy)]
struct Scanned<E: EntityTrait> {
    id: E::Column,
    sha256: E::Column,
    state: E::Column,
    scan_at: E::Column,
    note: E::Column,
}

const ATTACHMENTS: Scanned<attachment::Entity> = Scanned {
    id: attachment::Column::Id,
    sha256: attachment::Column::Sha256,
    state: attachment::Column::State,
    scan_at: attachment::Column::ScanAt,
    note: attachment::Column::Note,
};

const PUBLICATION_FILES: Scanned<publication_file::Entity> = Scanned {
    id: publication_file::Column::Id,
    sha256: publication_file::Column::Sha256,
    state: publication_file::Column::State,
    scan_at: publication_file::Column::ScanAt,
    note: publication_file::Column::Note,
};

/// Returns whether a file waits for the scanner now.
pub async fn any_held(db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<bool, DbErr> {
    Ok(ATTACHMENTS.first(db, now).await?.is_some() || PUBLICATION_FILES.first(db, now).await?.is_some())
}

/// Returns the file that has waited longest. It is not returned again before `lease` is over.
pub async fn take_held(
    tx: &DatabaseTransaction,
    now: DateTime<Utc>,
    lease: TimeDelta,
) -> Result<Option<HeldFile>, DbErr> {
    match ATTACHMENTS.take(tx, now, lease).await? {
        Some(it) => Ok(Some(it)),
        None => PUBLICATION_FILES.take(tx, now, lease).await,
    }
}

/// Saves the scanner's result for every file with these bytes.
pub async fn save_trust(
    tx: &DatabaseTransaction,
    sha256: &str,
    trust: Trust,
    note: &str,
) -> Result<(), DbErr> {
    ATTACHMENTS.save_trust(tx, sha256, trust, note).await?;
    PUBLICATION_FILES.save_trust(tx, sha256, trust, note).await
}

/// Saves why a file could not be scanned. The file keeps waiting. An identifier belongs to a file of one table alone.
pub async fn note(tx: &DatabaseTransaction, id: Uuid, note: &str) -> Result<(), DbErr> {
    ATTACHMENTS.save_note(tx, id, note).await?;
    PUBLICATION_FILES.save_note(tx, id, note).await
}

impl<E: EntityTrait> Scanned<E> {
    async fn first(self, db: &impl ConnectionTrait, now: DateTime<Utc>) -> Result<Option<HeldFile>, DbErr> {
        let found: Option<(Uuid, Option<String>)> = E::find()
            .select_only()
            .columns([self.id, self.sha256])
            .filter(self.state.eq(Trust::Held.code()))
            .filter(self.scan_at.lte(now))
            .order_by_asc(self.scan_at)
            .into_tuple()
            .one(db)
            .await?;
        Ok(found.map(|(id, sha256)| HeldFile { id, sha256 }))
    }

    async fn take(
        self,
        tx: &DatabaseTransaction,
        now: DateTime<Utc>,
        lease: TimeDelta,
    ) -> Result<Option<HeldFile>, DbErr> {
        let Some(due) = self.first(tx, now).await? else { return Ok(None) };
        E::update_many()
            .col_expr(self.scan_at, Expr::value(now + lease))
            .filter(self.id.eq(due.id))
            .exec(tx)
            .await?;
        Ok(Some(due))
    }

    async fn save_trust(
        self,
        tx: &DatabaseTransaction,
        sha256: &str,
        trust: Trust,
        note: &str,
    ) -> Result<(), DbErr> {
        E::update_many()
            .col_expr(self.state, Expr::value(trust.code()))
            .col_expr(self.scan_at, Expr::value(None::<DateTime<Utc>>))
            .col_expr(self.note, Expr::value(note))
            .filter(self.state.eq(Trust::Held.code()))
            .filter(self.sha256.eq(sha256))
            .exec(tx)
            .await?;
        Ok(())
    }

    async fn save_note(self, tx: &DatabaseTransaction, id: Uuid, note: &str) -> Result<(), DbErr> {
        E::update_many().col_expr(self.note, Expr::value(note)).filter(self.id.eq(id)).exec(tx).await?;
        Ok(())
    }
}
