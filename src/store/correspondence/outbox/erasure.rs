//! The erasure of mails whose time to be kept is over.
use codes::MailStatus;
use entity::{outbox as row, outbox_log};
use sea_orm::{
    ColumnTrait, DatabaseTransaction, DbErr, EntityTrait, QueryFilter, QuerySelect, QueryTrait,
    sea_query::Expr,
};

/// Erases address, name and words of the mails whose key begins with `prefix`, and the replies of servers about them.
/// That they were sent stays known; one that still waits is not sent any more.
pub async fn erase(tx: &DatabaseTransaction, prefix: &str) -> Result<(), DbErr> {
    let own = row::Entity::find()
        .select_only()
        .column(row::Column::Id)
        .filter(row::COLUMN.dedup_key.starts_with(prefix))
        .into_query();
    outbox_log::Entity::update_many()
        .col_expr(outbox_log::Column::Detail, Expr::value(""))
        .filter(outbox_log::Column::OutboxId.in_subquery(own))
        .exec(tx)
        .await?;
    row::Entity::update_many()
        .col_expr(row::Column::State, Expr::value(MailStatus::Suppressed.code()))
        .filter(row::COLUMN.dedup_key.starts_with(prefix))
        .filter(row::COLUMN.state.eq(MailStatus::Waiting.code()))
        .exec(tx)
        .await?;
    let words = [
        row::Column::Recipient,
        row::Column::RecipientName,
        row::Column::Subject,
        row::Column::TextBody,
        row::Column::HtmlBody,
    ];
    let empty = [row::Column::Calendar, row::Column::CalendarMethod, row::Column::LastReply];
    let mut statement = row::Entity::update_many().filter(row::COLUMN.dedup_key.starts_with(prefix));
    for column in words {
        statement = statement.col_expr(column, Expr::value(""));
    }
    for column in empty {
        statement = statement.col_expr(column, Expr::value(None::<String>));
    }
    statement.exec(tx).await?;
    Ok(())
}
