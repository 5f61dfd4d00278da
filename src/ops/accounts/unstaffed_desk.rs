//! A first-line desk whose last person cannot sign in any more: what it holds, and the mail to the center.
use domain::{actor::Role, id::DeskId};
use sea_orm::{ConnectionTrait, DatabaseTransaction};

use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient},
    ops::case::context::Context,
    problem::Problem,
    store::{self, accounts::account::Account},
};

/// The holdings of a desk at which no person is left.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct UnstaffedDesk {
    pub name: String,
    /// The holdings, in lines; may be empty.
    pub lines: Vec<String>,
}

/// Returns the desk of an account and what it holds, if no other person can sign in there; `None` for an account of another
/// role, and while others stay.
pub async fn left_behind(
    db: &impl ConnectionTrait,
    account: &Account,
) -> Result<Option<UnstaffedDesk>, Problem> {
    let Some(desk) = account.desk.filter(|_| account.role == Role::Desk) else { return Ok(None) };
    let people = store::reference::desk::addresses(db, desk).await?;
    if people.iter().any(|it| it.account != account.id) {
        return Ok(None);
    }
    let name = store::reference::desk::find(db, desk).await?.map(|it| it.name).unwrap_or_default();
    Ok(Some(UnstaffedDesk { name, lines: lines(db, desk).await? }))
}

async fn lines(db: &impl ConnectionTrait, desk: DeskId) -> Result<Vec<String>, Problem> {
    let mut lines = Vec::new();
    let open = store::intake::desk_entry::count_open(db, desk).await?;
    if open > 0 {
        lines.push(format!("対応中の受付：{open}件"));
    }
    for number in store::intake::desk_entry::waiting_at(db, desk).await? {
        lines.push(format!("センターから引き継ぎ、回答のない相談：{number}"));
    }
    for number in store::reference::desk::open_handed_over(db, desk).await? {
        lines.push(format!("センターに引き継いだ、終わっていない相談：{number}"));
    }
    Ok(lines)
}

/// Mails the center what a desk holds whose last person is being closed. The context is read before the transaction, which
/// may have the only connection.
pub async fn tell_center(
    app: &App,
    context: &Context,
    tx: &DatabaseTransaction,
    account: &Account,
) -> Result<(), Problem> {
    let Some(it) = left_behind(tx, account).await? else { return Ok(()) };
    let settings = &context.settings;
    let to = Recipient { address: &settings.center_email, name: &settings.center_name };
    let mut mails = context.mails(app);
    mails.mail(AccountMailEvent::DeskUnstaffed { desk: &it.name, lines: &it.lines }, to)?;
    mails.write(tx).await
}
