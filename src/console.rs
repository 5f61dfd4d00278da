//! Texts that commands print for the operator.
use std::io::Write;

use madoguchi::{app::App, ops::accounts::account::Invitation, store::accounts::account::Account};

use crate::exit::{Failure, software};

/// Prints the one-time link of an account.
pub fn say_link(app: &App, invitation: &Invitation) -> Result<(), Failure> {
    let (account, link) = (&invitation.account, app.site.set_password(&invitation.token));
    let role = account.role.label();
    let text = format!(
        "{role} {} のパスワードを、次のリンクで設定してください（7日間、1回だけ使えます）。\n{link}",
        account.email
    );
    writeln!(std::io::stdout(), "{text}").map_err(software)
}

/// Says how to get another link for an account whose link was printed before and is not printed again.
pub fn say_given(account: &Account) -> Result<(), Failure> {
    let text = format!(
        "{role} {email} のパスワードは、まだ設定されていません。リンクは前に表示しました。新しいリンクは、次のコマンドで作れます。\n\
         madoguchi staff add --email {email} --name {role} --role {code}",
        role = account.role.label(),
        email = account.email,
        code = account.role.code(),
    );
    writeln!(std::io::stdout(), "{text}").map_err(software)
}

/// Says that an account has no second factor any more.
pub fn say_factor_reset(account: &Account) -> Result<(), Failure> {
    let text = format!(
        "{} の2段階認証を解除し、ログインを終了しました。本人にメールで知らせます。次のログインで、新しく設定します。",
        account.email
    );
    writeln!(std::io::stdout(), "{text}").map_err(software)
}
