//! The accounts of the demo. All sign in with one password, in this database alone.
use chrono::{DateTime, Utc};
use domain::{
    actor::Role,
    id::{AccountId, DeskId, ExpertId},
    theme::SHIPPED,
};
use entity::account;
use uuid::Uuid;

use super::DemoError;
use crate::{
    app::App,
    demo::{dice::Dice, names, rows::Rows, staff::Staff},
    password::Password,
    store::reference::{
        programme::{Theme, ship_themes},
        revision::{RevisedPart, touch},
    },
};

/// The password of every account of the demo.
pub const PASSWORD: &str = "madoguchi-demo";

const EXPERTS: usize = 40;

pub(super) struct Cast {
    pub coordinators: Vec<AccountId>,
    pub desks: Vec<DeskId>,
    pub experts: Vec<ExpertId>,
    /// The account that writes what the programme publishes.
    pub editor: AccountId,
}

/// Writes the themes and all accounts. Hashes the password only once, because that takes time.
pub(super) async fn hire(app: &App, dice: &mut Dice, at: DateTime<Utc>) -> Result<Cast, DemoError> {
    let hash = app.guard.hash(Password::of_demo(PASSWORD)).await?;
    let mut rows = Rows::default();
    let staff = Staff::invent(EXPERTS, dice, at, &mut rows);
    for (email, n, role) in [
        ("soumu@example.jp", 700, Role::Observer),
        ("mhlw@example.jp", 701, Role::Observer),
        ("admin@example.jp", 702, Role::Administrator),
        ("editor@example.jp", 703, Role::Editor),
    ] {
        rows.accounts.push(account::Model {
            id: dice.id(at),
            email: email.to_owned(),
            email_key: email.to_owned(),
            name: names::person(n).name,
            role: role.into(),
            desk_id: None,
            password_hash: None,
            active: true,
            lock_told_at: None,
            created_at: at,
        });
    }
    let editor = rows.accounts.last().map_or(Uuid::nil(), |it| it.id);
    for it in &mut rows.accounts {
        it.password_hash = Some(hash.clone());
    }
    let tx = app.begin().await?;
    ship_themes(&tx, SHIPPED.iter().map(Theme::from)).await?;
    rows.write(&tx).await?;
    touch(&tx, RevisedPart::Experts).await?;
    tx.commit().await?;
    let ids = |ids: Vec<Uuid>| ids.into_iter();
    Ok(Cast {
        coordinators: ids(staff.coordinators).map(AccountId).collect(),
        desks: ids(staff.desks).map(DeskId).collect(),
        experts: staff.experts.iter().map(|it| ExpertId(it.id)).collect(),
        editor: AccountId(editor),
    })
}
