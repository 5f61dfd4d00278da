//! Mails that tell the owner of an account what has happened to it.
use sea_orm::DatabaseTransaction;

use crate::{
    app::App,
    mail::mail_event::{AccountMailEvent, Recipient, SecurityNews},
    ops::case::context::Context,
    problem::Problem,
    store::accounts::account::Account,
};

/// Writes the mail in the transaction of what it tells.
pub async fn tell(
    app: &App,
    tx: &DatabaseTransaction,
    context: &Context,
    account: &Account,
    news: SecurityNews<'_>,
) -> Result<(), Problem> {
    let page = match news {
        SecurityNews::PasswordChanged | SecurityNews::CodesClosed { .. } => {
            app.site.absolute("/staff/forgotten-password")
        }
        SecurityNews::NewDevice { .. }
        | SecurityNews::Locked { .. }
        | SecurityNews::FactorSet
        | SecurityNews::CodesRenewed
        | SecurityNews::FactorRemoved
        | SecurityNews::FactorReset => app.site.absolute("/account"),
    };
    let event = AccountMailEvent::Security { news, at: context.now, page: &page };
    let to = Recipient { address: &account.email, name: &account.name };
    context.mail(app, tx, event, to).await
}
