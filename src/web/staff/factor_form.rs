//! The form with which a second factor is set up, and the page that shows its recovery codes once.
use askama::Template;
use domain::settings::Settings;

use crate::{
    ops::accounts::second_factor::NewSecret,
    problem::Problem,
    secret::one_time_code::setup_address,
    store::accounts::account::Account,
    web::kit::{
        page::Shell,
        qr_code::{self, QrPicture},
    },
};

/// A new secret as the form shows and carries it.
pub struct FactorForm {
    /// The secret in groups of four signs, as it is typed into an application.
    pub shown: String,
    /// The secret as the form carries it, encrypted.
    pub encrypted: String,
    pub picture: QrPicture,
}

#[derive(Template)]
#[template(path = "staff/recovery_codes.html")]
pub struct RecoveryPage {
    shell: Shell,
    /// The codes in groups of four signs.
    codes: Vec<String>,
    /// The address of the page to go on to.
    on: String,
}

impl FactorForm {
    pub fn new(new: NewSecret, account: &Account, settings: &Settings) -> Result<Self, Problem> {
        let address = setup_address(&new.secret, &settings.center_name, &account.email);
        Ok(Self {
            shown: in_groups(&new.secret),
            encrypted: new.encrypted,
            picture: qr_code::picture(&address)?,
        })
    }
}

/// Returns the signs of a code in groups of four.
fn in_groups(code: &str) -> String {
    let mut text = String::with_capacity(code.len() * 5 / 4);
    for (at, sign) in code.chars().enumerate() {
        if at > 0 && at % 4 == 0 {
            text.push(' ');
        }
        text.push(sign);
    }
    text
}

impl RecoveryPage {
    pub fn new(shell: Shell, codes: &[String], on: String) -> Self {
        Self { shell, codes: codes.iter().map(|it| in_groups(it)).collect(), on }
    }
}

#[cfg(test)]
mod tests {
    use super::in_groups;

    #[test]
    fn a_code_is_read_in_groups_of_four() {
        assert_eq!(in_groups("abcdefghjk"), "abcd efgh jk");
        assert_eq!(in_groups(""), "");
    }
}
