//! The requests that the desks of the demo have noted.
use domain::{
    id::{AccountId, DeskEntryId, DeskId},
    intake::desk_entry::{DeskEntryForm, NotedRequest},
};
use uuid::Uuid;

use crate::{app::App, ops, problem::Problem, store};

/// Name, theme, channel, note, and whether the desk has answered.
const NOTED: [(&str, &str, &str, &str, bool); 5] = [
    ("株式会社いずみ見本", "labor_rules", "phone", "就業規則のひな形の場所を案内した。", true),
    ("佐藤", "ict_meeting", "counter", "Web会議の始め方。市の講習会を案内した。", true),
    ("有限会社はなだ見本", "labor_subsidy", "phone", "助成金の締切を調べて折り返す。", false),
    ("高橋", "ict_security", "mail", "", true),
    ("合同会社みぎわ見本", "labor_hours", "phone", "在宅勤務の日の残業について。担当に確認する。", false),
];

/// Lets the people of the first two desks note requests.
pub(super) async fn note(app: &App) -> Result<(), Problem> {
    for (n, noted) in NOTED.iter().enumerate() {
        let email = format!("desk{}@example.jp", n % 2 + 1);
        let member = store::accounts::account::find_by_email(&app.db, &email).await?;
        let Some((desk, by)) = member.and_then(|it| Some((it.desk?, it.id))) else { continue };
        one(app, (desk, by), noted).await?;
    }
    Ok(())
}

async fn one(
    app: &App,
    member: (DeskId, AccountId),
    (name, theme, channel, memo, is_answered): &(&str, &str, &str, &str, bool),
) -> Result<(), Problem> {
    let form = DeskEntryForm {
        name: (*name).to_owned(),
        theme: (*theme).to_owned(),
        channel: (*channel).to_owned(),
        memo: (*memo).to_owned(),
        ..DeskEntryForm::default()
    };
    let request = NotedRequest::parse(&form, |_| true);
    let request = request.map_err(|err| Problem::Internal(anyhow::anyhow!("{err:?}")))?;
    ops::intake::desk_entry::note(app, DeskEntryId(Uuid::now_v7()), member, request, *is_answered).await
}
