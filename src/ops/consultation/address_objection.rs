//! The objection of a contact whose proved mail address was replaced.
use domain::{
    actor::Actor,
    id::ConsultationId,
    text::{Prose, TextLine},
};

use super::correction::take_back_address;
use crate::{
    app::App,
    mail::mail_event::{MailEvent, ReaderSide},
    ops::{
        case::{
            save::{Save, Target},
            transaction::CaseTransaction,
        },
        correspondence::message,
    },
    problem::Problem,
    secret::Purpose,
    store::{
        self,
        accounts::session::Holder,
        correspondence::message::{Audience, Channel},
    },
};

/// The reason with which the correction is taken back, and the words in the history.
const REASON: &str = "以前のメールアドレスの方から、変更に心当たりがないと連絡があったため";

/// The consequence of an objection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ObjectionOutcome {
    /// The address was not proved yet, and the one before it is back.
    TakenBack,
    /// The center decides.
    Reported,
}

/// Returns the consultation of a link to object; `None` if the link is not ours or has expired.
pub fn of_token(app: &App, token: &str) -> Option<ConsultationId> {
    app.secret.verify(Purpose::AddressObjection, token, app.clock.now()).map(ConsultationId)
}

/// Takes the new address back if it is not proved yet, ends the sessions of the address that is back, and tells the
/// center, whose response is due.
pub async fn object(app: &App, id: ConsultationId) -> Result<ObjectionOutcome, Problem> {
    let mut work = CaseTransaction::begin(app, id).await?;
    let reason = TextLine::parse("理由", REASON, 200).map_err(|why| Problem::Refused(why.to_string()))?;
    let key = work.person.proven.as_ref().map(store::consultation::ProvenAddress::key);
    let is_back = take_back_address(&mut work, &reason).await?;
    let said = if is_back {
        work.save(EndedSessions(key.unwrap_or_default())).await?;
        "以前のメールアドレスの方から、メールアドレスの変更に心当たりがないと連絡がありました。新しいアドレスは確認されていなかったため、変更を取り消しました。電話などで本人に確認してください。"
    } else {
        "以前のメールアドレスの方から、メールアドレスの変更に心当たりがないと連絡がありました。この変更は自動では取り消されません。電話などで本人に確認してください。"
    };
    let text = Prose::parse("本文", said, 500).map_err(|why| Problem::Refused(why.to_string()))?;
    message::write(&mut work, Actor::System, Channel::Portal, Audience::Center, &text).await?;
    work.note(Actor::System, "以前のメールアドレスの方から、変更に心当たりがないと連絡がありました");
    work.await_response();
    work.mail_center(MailEvent::NewMessage { side: ReaderSide::Center })?;
    work.commit().await?;
    Ok(if is_back { ObjectionOutcome::TakenBack } else { ObjectionOutcome::Reported })
}

/// The sessions and unused links of a contact's address, which end: the person who replaced the address may hold one.
struct EndedSessions(String);

impl Save for EndedSessions {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        store::accounts::link::void_of_contact(to.tx, &self.0, to.now).await?;
        Ok(store::accounts::session::revoke_all(to.tx, &Holder::Contact(self.0), to.now).await?)
    }
}
