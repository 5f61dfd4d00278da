//! The actions of a coordinator on an outgoing mail: hold, release, cancel, send again.
use domain::{
    id::{AccountId, MailId},
    text::TextLine,
};

use crate::{
    app::App,
    ops::consultation::correction::{SentAgain, send_one_again},
    problem::Problem,
    store::{self, correspondence::outbox::ByHand},
};

/// An action on an outgoing mail.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MailAction {
    Hold,
    Release,
    Cancel,
    Resend,
}

/// Applies the action, and records who did it and why. A mail to an earlier address of a contact is sent again to the
/// present one; then the answer says where it goes.
pub async fn apply(
    app: &App,
    id: MailId,
    action: MailAction,
    by: AccountId,
    reason: &TextLine,
) -> Result<Option<SentAgain>, Problem> {
    if action == MailAction::Resend
        && let Some(mail) = store::correspondence::outbox::find(&app.db, id).await?
        && let Some(again) = send_one_again(app, mail, by, reason).await?
    {
        return Ok(Some(again));
    }
    let it = ByHand { id, by, reason: reason.as_str(), now: app.clock.now() };
    let tx = app.begin().await?;
    if action == MailAction::Release
        && let Some(mail) = store::correspondence::outbox::find(&tx, id).await?
        && store::correspondence::outbox::awaits_address(&mail)
    {
        let sentence = "連絡先が未確認のため、送信できません。連絡先を確認すると、自動で送信します。";
        return Err(Problem::Refused(sentence.to_owned()));
    }
    let done = match action {
        MailAction::Hold => store::correspondence::outbox::hold(&tx, it).await?,
        MailAction::Release => store::correspondence::outbox::release(&tx, it).await?,
        MailAction::Cancel => store::correspondence::outbox::cancel(&tx, it).await?,
        MailAction::Resend => {
            let domain = &app.config.mail_reply_domain;
            store::correspondence::outbox::resend(&tx, it, domain).await?
        }
    };
    if !done {
        let sentence = "このメールの状態が変わったため、操作できませんでした。最新の状態を確認してください。";
        return Err(Problem::Refused(sentence.to_owned()));
    }
    tx.commit().await?;
    Ok(None)
}
