//! The erasure of mails whose time to be kept is over.
use chrono::{DateTime, Utc};
use codes::MailStatus;
use entity::{mail_rate, outbox as row, outbox_log};
use sea_orm::{
    Condition, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait, sea_query::Expr,
};

/// Erases address, name and words of the mails whose key begins with `prefix`.
pub async fn erase_by_key(tx: &DatabaseTransaction, prefix: &str) -> Result<(), DbErr> {
    erase(tx, Condition::all().add(row::COLUMN.dedup_key.starts_with(prefix))).await?;
    Ok(())
}

/// Erases address, name and words of these mails, and the replies of servers about them. That they were sent stays known; one
/// that still waits is not sent any more. Returns how many there were.
pub async fn erase(tx: &DatabaseTransaction, mails: Condition) -> Result<u64, DbErr> {
    let own = row::Entity::find().select_only().column(row::Column::Id).filter(mails.clone()).into_query();
    outbox_log::Entity::update_many()
        .col_expr(outbox_log::Column::Detail, Expr::value(""))
        .filter(outbox_log::COLUMN.outbox_id.in_subquery(own))
        .exec(tx)
        .await?;
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .col_expr(row::Column::HoldReason, Expr::cust("NULL"))
        .filter(mails.clone())
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .exec(tx)
        .await?;
    let words = [
        row::Column::Recipient,
        row::Column::RecipientName,
        row::Column::Subject,
        row::Column::TextBody,
        row::Column::HtmlBody,
        row::Column::Domain,
    ];
    let empty = [
        row::Column::Calendar,
        row::Column::CalendarMethod,
        row::Column::LastReply,
        row::Column::Unsubscribe,
        // The keys of some mails have the address. Nothing is repeated to a person who is erased.
        row::Column::DedupKey,
    ];
    let mut statement = row::Entity::update_many().filter(mails);
    for column in words {
        statement = statement.col_expr(column, Expr::value(""));
    }
    for column in empty {
        statement = statement.col_expr(column, Expr::cust("NULL"));
    }
    Ok(statement.exec(tx).await?.rows_affected)
}

/// Forgets the domains to which no mail went since `before`.
pub async fn forget_domains(tx: &DatabaseTransaction, before: DateTime<Utc>) -> Result<(), DbErr> {
    mail_rate::Entity::delete_many().filter(mail_rate::COLUMN.used_until.lt(before)).exec(tx).await?;
    Ok(())
}
