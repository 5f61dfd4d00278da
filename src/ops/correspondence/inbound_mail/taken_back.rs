//! Taking a mail out of the consultation to which a coordinator has added it: it waits for a decision again, and what it
//! changed there is as it was before, as far as nothing was built on it.
use chrono::{DateTime, Utc};
use domain::{
    actor::{Actor, Party},
    correspondence::{
        added_mail::{AddedMail, has_news},
        inbound_mail::InboundState,
    },
    id::{AccountId, ConsultationId, ExpertId, MailId, MessageId},
    text::TextLine,
};
use entity::inbound_mail as row;

use super::by_hand::{marks, sender};
use crate::{
    app::App,
    ops::{
        case::{
            context::Context,
            save::{Save, Target},
            transaction::CaseTransaction,
        },
        correspondence::message,
    },
    problem::Problem,
    store::{
        self,
        correspondence::{
            message::{Audience, ThreadEntry},
            outbox::{self, WaitingNotice},
        },
    },
};

/// A mail that can be taken out of a consultation, with what stays there.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct TakenBackMail {
    /// When the company first opened the page with the mail; `None` if it has not, or could not read it.
    pub read_by_company_at: Option<DateTime<Utc>>,
    /// Whether the company can read the mail on its page.
    pub is_for_company: bool,
    /// The experts who could read it.
    pub experts: Vec<ExpertId>,
    /// Whether it counted as the answer that the case waited for: the state that followed stays.
    pub answered: bool,
    /// Whether its effects on the clocks are known, so that they are taken back.
    pub is_known: bool,
}

/// Returns what stays of a mail that a coordinator could take out of its consultation now; `None` if a coordinator has not
/// added it to one.
pub async fn to_take_back(app: &App, id: MailId) -> Result<Option<TakenBackMail>, Problem> {
    let Some(row) = store::correspondence::inbound_mail::find(&app.db, id).await? else { return Ok(None) };
    let Some((case, entry)) = added_by_hand(&row) else { return Ok(None) };
    let thread = store::correspondence::message::of(&app.db, case, Audience::Center).await?;
    let Some(entry) = thread.into_iter().find(|it| it.id == entry) else { return Ok(None) };
    let requests = store::routing::assignment::of(&app.db, case).await?;
    let effects = effects(&row, case)?;
    Ok(Some(TakenBackMail {
        read_by_company_at: entry.read_by_company_at,
        is_for_company: !entry.internal,
        experts: requests.iter().filter(|it| it.is_accepted()).map(|it| it.expert).collect(),
        answered: effects.is_some_and(|it| it.answered),
        is_known: effects.is_some(),
    }))
}

/// Takes a mail out of the consultation to which a coordinator has added it, with its files. The history keeps that it was
/// there, without its text, and the mail waits for a decision again.
pub async fn take_back(app: &App, id: MailId, by: AccountId, reason: &TextLine) -> Result<(), Problem> {
    let row = store::correspondence::inbound_mail::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let (case, _) = added_by_hand(&row).ok_or_else(not_added)?;
    let known = store::consultation::find(&app.db, case).await?.ok_or(Problem::NotFound)?;
    if known.consultation.merged_into.is_some() {
        return Err(Problem::Refused(
            "この案件は、別の案件に統合されています。統合を取り消してから、もう一度取り消してください。"
                .to_owned(),
        ));
    }
    let mut work = CaseTransaction::begin(app, case).await?;
    let row = work.lock(id).await?.ok_or(Problem::NotFound)?;
    let (of, entry) = added_by_hand(&row).ok_or_else(not_added)?;
    if of != case {
        return Err(Problem::Stale);
    }
    let added = effects(&row, case)?;
    work.save(ReturnedMail { id, entry, named: added.and_then(|it| it.named) }).await?;
    let thread = store::correspondence::message::of(work.read(), case, Audience::Center).await?;
    if let Some(added) = added {
        restore(&mut work, &added, &thread);
    }
    withdraw_notices(&mut work, &thread).await?;
    // Taking a mail out is no progress of the case.
    work.keep_clock();
    let note = format!("受信したメールの追加を取り消しました：{}（{}）", sender(&row), reason.as_str());
    work.note(Actor::Coordinator(by), note);
    work.commit().await?;
    Ok(())
}

/// Gives the case the marks that it would have without the mail.
fn restore(work: &mut CaseTransaction<'_>, added: &AddedMail, thread: &[ThreadEntry]) {
    let entries: Vec<_> = thread.iter().filter(|it| !it.automatic).map(ThreadEntry::written).collect();
    let Context { settings, calendar, .. } = &work.context;
    let left = added.taken_back(marks(&work.record), &entries, settings, calendar);
    let record = &mut work.record;
    record.response = left.response.filter(|_| record.consultation.state.is_open());
    record.last_inbound_at = left.last_inbound_at;
    record.snoozed_until = left.snoozed_until;
    record.to_call_since = left.to_call_since;
    record.silence = left.silence;
    record.stalled_since = left.stalled_since;
}

/// Withdraws the notices of new messages that were planned because of the mail and have nothing else to announce.
async fn withdraw_notices(work: &mut CaseTransaction<'_>, thread: &[ThreadEntry]) -> Result<(), Problem> {
    let id = work.record.consultation.id;
    let waiting = outbox::waiting_notices(work.read(), id, &message::notice_prefix(id)).await?;
    let without_news = waiting.into_iter().filter(|it| !announces(work, it, thread));
    let keys: Vec<String> = without_news.map(|it| it.key).collect();
    work.save(WithdrawnNotices(keys)).await
}

/// Returns whether a notice still has an entry to announce. One whose reader has no part in the case any more is left as it
/// is.
fn announces(work: &CaseTransaction<'_>, notice: &WaitingNotice, thread: &[ThreadEntry]) -> bool {
    let Context { settings, experts, .. } = &work.context;
    if notice.to == settings.center_email {
        let written = thread.iter().filter(|it| !it.automatic).map(ThreadEntry::written);
        let others: Vec<_> = written.filter(|it| it.author != Party::Coordinator).collect();
        return has_news(Party::Coordinator, notice.planned_at, &others);
    }
    let of_address = |it: &ExpertId| experts.get(*it).is_some_and(|it| it.email == notice.to);
    let Some(expert) = work.accepted().into_iter().find(of_address) else { return true };
    let is_own = |it: &ThreadEntry| it.author == Party::Expert && it.author_id == Some(expert.0);
    let others = thread.iter().filter(|it| !it.automatic && !is_own(it)).map(ThreadEntry::written);
    has_news(Party::Expert, notice.planned_at, &others.collect::<Vec<_>>())
}

/// Returns the consultation and the entry of a mail that a coordinator has added. Only such a mail has both a reason to
/// wait and an entry.
fn added_by_hand(row: &row::Model) -> Option<(ConsultationId, MessageId)> {
    let is_by_hand = row.state == InboundState::Attached && !row.reason.code().is_empty();
    let (case, entry) = row.consultation_id.zip(row.entry_id).filter(|_| is_by_hand)?;
    Some((ConsultationId(case), MessageId(entry)))
}

/// Returns the effects of the mail, if they are known and concern this consultation: a split moves the message, and leaves
/// the clocks where it set them.
fn effects(row: &row::Model, case: ConsultationId) -> Result<Option<AddedMail>, Problem> {
    Ok(store::correspondence::inbound_mail::added(row)?.filter(|it| it.case == case))
}

fn not_added() -> Problem {
    Problem::Refused(
        "センターが追加したメールではないため、取り消せません。別の案件に移すときは、「案件を分ける」を使ってください。"
            .to_owned(),
    )
}

/// A mail that is no entry of a thread any more.
struct ReturnedMail {
    id: MailId,
    entry: MessageId,
    /// The consultation that the mail itself names.
    named: Option<ConsultationId>,
}

impl Save for ReturnedMail {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        store::correspondence::inbound_mail::wait_again(to.tx, self.id, self.named).await?;
        Ok(store::correspondence::message::remove(to.tx, self.entry).await?)
    }
}

/// Notices, by their keys, that have nothing to announce any more.
struct WithdrawnNotices(Vec<String>);

impl Save for WithdrawnNotices {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        const WHY: &str = "the mail that it announced was taken out of the case";
        Ok(outbox::withdraw_notices(to.tx, &self.0, WHY).await?)
    }
}
