//! Texts that commands print for the operator.
use std::io::Write;

use madoguchi::{app::App, ops::accounts::account::Invitation};

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
