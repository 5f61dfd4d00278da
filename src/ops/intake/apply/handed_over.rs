//! The hand-over of a request by a regional desk, and the words for it.
use chrono::NaiveDate;
use domain::{
    actor::Actor,
    id::{AccountId, DeskEntryId, DeskId},
    intake::{application::Application, desk_entry::HAND_OVER_WORDING},
    text::TextLine,
    wording::month_day_weekday,
};
use uuid::Uuid;

use super::{FormTurn, Incoming, Submitter, acknowledged, in_turn, take_in};
use crate::{
    app::App,
    mail::mail_event::HandedOver,
    ops::{
        case::{context::Context, transaction::CaseTransaction},
        correspondence::mail_budget::MailBudget,
        intake::desk_entry,
    },
    problem::Problem,
    store::{self, consultation::Record},
};

/// The person who agreed to the hand-over of the request, and how they were asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HandOverConsent {
    pub person: TextLine,
    pub how: &'static str,
    /// The day on which the desk heard of the request.
    pub visited_on: NaiveDate,
}

/// The person of a desk who hands a request over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct DeskMember {
    pub desk: DeskId,
    /// The person's account; `None` if it is not known.
    pub account: Option<AccountId>,
    /// The request that the desk had noted before, if it did.
    pub entry: Option<DeskEntryId>,
}

impl From<DeskId> for DeskMember {
    fn from(desk: DeskId) -> Self {
        Self { desk, account: None, entry: None }
    }
}

impl From<(DeskId, AccountId)> for DeskMember {
    fn from((desk, account): (DeskId, AccountId)) -> Self {
        Self { desk, account: Some(account), entry: None }
    }
}

/// Submits an application that a regional desk hands over, with the record of the consent. `key` works as in
/// `take_down`.
pub async fn hand_over(
    app: &App,
    application: &Application,
    member: impl Into<DeskMember>,
    agreed: &HandOverConsent,
    key: Uuid,
) -> Result<Record, Problem> {
    let DeskMember { desk, account, entry } = member.into();
    let context = Context::of(app).await?;
    let actor = Actor::Desk(desk, account);
    let tx = app.begin().await?;
    let number = match in_turn(&tx, key, context.now).await? {
        FormTurn::New(number) => number,
        // The key gives no access to another desk's consultation.
        FormTurn::SentBefore(done) if done.desk == Some(desk) => return Ok(*done),
        FormTurn::SentBefore(_) => return Err(Problem::NotFound),
    };
    let by = Submitter::from(actor);
    let incoming = Incoming {
        number,
        application,
        by,
        key: key.to_string(),
        address_confirmed: false,
        slot: None,
        company: None,
    };
    let mut work = take_in(app, context, tx, incoming).await?;
    let now = work.now();
    let HandOverConsent { person, how, visited_on } = agreed;
    let day = month_day_weekday(*visited_on);
    work.note(
        actor,
        format!(
            "{day}に{how}で相談を受け、個人情報の取扱いを説明し、{person}さんの同意を得ました。説明した文章：{HAND_OVER_WORDING}"
        ),
    );
    let visit = match *how {
        "電話" => format!("{day}のお電話でのご相談"),
        how => format!("{day}の{how}でのご相談"),
    };
    let desk_name = name(&work).await?.unwrap_or_default();
    let handed_over = Some(HandedOver { desk: &desk_name, visit: &visit });
    let (tx, record) = Box::pin(acknowledged(work, MailBudget::Within, handed_over)?.flush()).await?;
    if let Some(entry) = entry {
        // The request refers to the consultation, whose row is there now.
        desk_entry::hand_over(&tx, (desk, entry), record.consultation.id, now).await?;
    }
    tx.commit().await?;
    Ok(record)
}

/// Returns the name of the desk that handed the consultation over, if there is one.
pub async fn name(work: &CaseTransaction<'_>) -> Result<Option<String>, Problem> {
    let Some(desk) = work.record.desk else { return Ok(None) };
    Ok(store::reference::desk::find(work.read(), desk).await?.map(|it| it.name))
}
