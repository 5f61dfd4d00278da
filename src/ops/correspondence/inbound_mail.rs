//! Received mail: each one is stored first, and then processed in one transaction with everything that follows from it.
mod bounce;
mod by_hand;
mod calendar;
mod claim;
mod entry;
mod relay;
mod taken_back;

use chrono::TimeDelta;
use domain::{
    actor::{Actor, Party},
    correspondence::inbound_mail::{
        Dropped, InboundDecision, InboundFacts, InboundReason, InboundState, Quarantine, SenderRelation,
        internal, triage,
    },
    id::{ConsultationId, MailId},
};
use entity::inbound_mail as row;
use ical::reply::{self, Reply};
use mime::{
    Piece, ReceivedMail, Remark,
    bounce::{BounceReport, report},
    pieces, read,
};
use sha2::{Digest, Sha256};

use super::{attachment::AttachedFiles, message};
use crate::{
    app::App,
    ops::case::{
        save::{AutomaticMessage, Save, Target},
        transaction::CaseTransaction,
    },
    problem::Problem,
    secret::hex,
    store::{
        self,
        correspondence::{
            inbound_mail::{ArrivedMail, InboundOutcome, Source},
            message::{Audience, Channel},
        },
    },
};
use claim::{CaseClaim, MailAuthor};

pub use by_hand::{AttachAs, attach, discard, done};
pub use taken_back::{TakenBackMail, take_back, to_take_back};

/// The time within which a sender who repeats the same words is taken for a machine.
const REPEATED: TimeDelta = TimeDelta::minutes(10);
/// The number of tries to process a mail.
const TRIES: i32 = 5;

/// A mail with its envelope. `bytes` may hold only its beginning.
#[derive(Clone, Copy, Debug)]
pub struct IncomingMail<'a> {
    pub source: Source,
    pub envelope_to: &'a str,
    pub envelope_from: &'a str,
    pub bytes: &'a [u8],
    /// The size of the whole mail in octets.
    pub size: usize,
}

/// Stores a received mail. The same mail received twice is stored once: a mail server that missed our answer sends it
/// again.
pub async fn store_raw(app: &App, it: &IncomingMail<'_>) -> Result<MailId, Problem> {
    let mut hash = Sha256::new();
    hash.update(it.envelope_to.to_lowercase());
    hash.update([0]);
    hash.update(it.size.to_be_bytes());
    hash.update(it.bytes);
    let content_hash = hex(&hash.finalize());
    let arrived = ArrivedMail {
        source: it.source,
        envelope_to: it.envelope_to,
        envelope_from: it.envelope_from,
        bytes: it.bytes,
        size: i64::try_from(it.size).unwrap_or(i64::MAX),
        content_hash: &content_hash,
    };
    let tx = app.begin().await?;
    let id = store::correspondence::inbound_mail::keep(&tx, &arrived, app.clock.now()).await?;
    tx.commit().await?;
    Ok(id)
}

/// A received mail with everything that was read from it.
struct InboundMail {
    id: MailId,
    row: row::Model,
    read: ReceivedMail,
    report: Option<BounceReport>,
    reply: Option<Reply>,
    /// The text that the author wrote, without quotations and signatures.
    text: String,
}

/// Processes one mail and does what it asks for. A mail that was processed already stays as it is.
pub async fn process(app: &App, id: MailId) -> Result<(), Problem> {
    let Some(row) = store::correspondence::inbound_mail::find(&app.db, id).await? else {
        return Err(Problem::NotFound);
    };
    if row.state != InboundState::Stored {
        return Ok(());
    }
    let raw = store::correspondence::inbound_mail::raw(&app.db, id).await?.unwrap_or_default();
    // Mails are written by strangers: one that breaks the reader must not break the worker.
    let received = tokio::task::spawn_blocking(move || InboundMail::of(id, row, &raw)).await;
    let mut received = received.map_err(anyhow::Error::from)?;
    if let Some(relayed) = relay::of(app, &received).await? {
        return relay::take(app, &mut received, &relayed).await;
    }
    let claim = claim::of(app, &received).await?;
    let author = match &claim {
        Some(claim) => claim::author(app, &received, claim).await?,
        None => None,
    };
    let facts = facts(app, &received, claim.as_ref(), author.as_ref()).await?;
    let case = match &claim {
        Some(it) => Some(store::consultation::case_merge::leading(&app.db, it.consultation).await?),
        None => None,
    };
    match triage(&facts) {
        _ if received.row.truncated => {
            received.put(app, InboundOutcome::quarantined(Quarantine::TooLarge, case)).await
        }
        _ if !received.is_readable() => {
            received.put(app, InboundOutcome::quarantined(Quarantine::Unreadable, case)).await
        }
        InboundDecision::Drop(why) => received.put(app, dropped(why, case)).await,
        InboundDecision::Quarantine(why) => received.put(app, InboundOutcome::quarantined(why, case)).await,
        InboundDecision::AutoReply => keep_automatic_reply(app, &mut received, case, author.as_ref()).await,
        InboundDecision::Bounce => bounce::take(app, &received, claim.as_ref()).await,
        InboundDecision::Calendar => match (case, author, received.reply.clone()) {
            (Some(case), Some(author), Some(reply)) => {
                calendar::take(app, &mut received, case, &author, &reply).await
            }
            _ => received.put(app, InboundOutcome::quarantined(Quarantine::ForeignInvitation, case)).await,
        },
        InboundDecision::Attach => match (case, author) {
            (Some(case), Some(author)) => attach_to(app, &mut received, case, &author).await,
            _ => received.put(app, InboundOutcome::quarantined(Quarantine::Stranger, case)).await,
        },
    }
}

/// Postpones a mail that cannot be processed now; after `TRIES` tries it is left to a person.
pub async fn postpone(app: &App, id: MailId) -> Result<(), Problem> {
    let now = app.clock.now();
    let tx = app.begin().await?;
    let attempts =
        store::correspondence::inbound_mail::postpone(&tx, id, now + TimeDelta::minutes(1)).await?;
    if attempts >= TRIES {
        store::correspondence::inbound_mail::save_outcome(
            &tx,
            id,
            InboundOutcome::quarantined(Quarantine::NotUnderstood, None),
        )
        .await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Returns whether the bytes could be a mail at all.
pub fn is_mail(bytes: &[u8]) -> bool {
    readable(&read(bytes))
}

fn readable(read: &ReceivedMail) -> bool {
    let has_headers = !read.from.is_empty()
        || !read.to.is_empty()
        || !read.subject.is_empty()
        || read.message_id.is_some()
        || read.date.is_some();
    has_headers && !read.remarks.contains(&Remark::Empty)
}

impl InboundMail {
    fn of(id: MailId, mut row: row::Model, raw: &[u8]) -> Self {
        let read = read(raw);
        let null_sender = row.envelope_from.trim() == "<>";
        let report = report(&read, null_sender);
        let reply = read.calendar.iter().find_map(|it| reply::parse(&it.text));
        let text = written(&read);
        if let Some(from) = read.from.first() {
            row.from_address.clone_from(&from.address);
            row.from_name.clone_from(&from.name);
            row.from_key = from.key();
        }
        row.subject.clone_from(&read.subject);
        row.has_html = read.html.is_some();
        row.message_id = read.message_id.clone().unwrap_or_default();
        let words: String = text.split_whitespace().collect();
        row.fingerprint =
            if words.is_empty() { String::new() } else { hex(&Sha256::digest(words.as_bytes())) };
        Self { id, row, read, report, reply, text }
    }

    fn is_readable(&self) -> bool {
        readable(&self.read)
    }

    /// Returns the sender, lower-cased, if there is exactly one.
    fn sender(&self) -> Option<String> {
        self.read.author().map(mime::Address::key)
    }

    /// Saves what was read from the mail and the outcome, unless the mail has been processed meanwhile. Returns whether
    /// it did.
    async fn settle(
        &self,
        tx: &sea_orm::DatabaseTransaction,
        outcome: InboundOutcome,
    ) -> Result<bool, Problem> {
        let now = store::correspondence::inbound_mail::lock(tx, self.id).await?;
        if now.is_none_or(|it| it.state != InboundState::Stored) {
            return Ok(false);
        }
        store::correspondence::inbound_mail::describe(tx, &self.row).await?;
        store::correspondence::inbound_mail::save_outcome(tx, self.id, outcome).await?;
        Ok(true)
    }

    /// Saves the outcome as `settle` does, in a transaction of its own.
    async fn put(&self, app: &App, outcome: InboundOutcome) -> Result<(), Problem> {
        let tx = app.begin().await?;
        self.settle(&tx, outcome).await?;
        tx.commit().await?;
        Ok(())
    }
}

async fn facts(
    app: &App,
    received: &InboundMail,
    claim: Option<&CaseClaim>,
    author: Option<&MailAuthor>,
) -> Result<InboundFacts, Problem> {
    let (db, now, row) = (&app.db, app.clock.now(), &received.row);
    let own_id =
        store::correspondence::inbound_mail::sent_as(db, std::slice::from_ref(&row.message_id)).await?;
    let known = match &received.report {
        Some(report) => {
            claim.is_some()
                || !store::correspondence::inbound_mail::sent_as(db, &report.message_ids).await?.is_empty()
        }
        None => false,
    };
    let has_id = !row.message_id.is_empty();
    let has_words = !row.fingerprint.is_empty();
    Ok(InboundFacts {
        ours: !own_id.is_empty() || received.read.loops.contains(&app.config.mail_reply_domain),
        duplicate: has_id
            && store::correspondence::inbound_mail::is_duplicate(
                db,
                &row.from_key,
                &row.message_id,
                received.id,
            )
            .await?,
        report: received.report.is_some(),
        report_known: known,
        calendar: received.reply.is_some(),
        automatic: is_automatic(&received.read),
        repeated: has_words
            && store::correspondence::inbound_mail::is_repeated(
                db,
                &row.from_key,
                &row.fingerprint,
                received.id,
                now - REPEATED,
            )
            .await?,
        lately: match row.from_key.as_str() {
            "" => 0,
            sender => {
                store::correspondence::inbound_mail::lately(
                    db,
                    sender,
                    received.id,
                    now - TimeDelta::hours(1),
                )
                .await?
            }
        },
        names_case: claim.is_some(),
        relation: relation(author),
    })
}

/// Returns how the author is related to the consultation.
const fn relation(author: Option<&MailAuthor>) -> SenderRelation {
    match author {
        Some(MailAuthor::Former(_)) => SenderRelation::FormerExpert,
        Some(
            MailAuthor::Company
            | MailAuthor::Coordinator(_)
            | MailAuthor::Desk(..)
            | MailAuthor::Asked(_)
            | MailAuthor::Expert(_),
        ) => SenderRelation::Participant,
        None => SenderRelation::None,
    }
}

/// The beginnings of the subjects of automatic replies that lack a header of RFC 3834, lower-cased.
const ABSENT: [&str; 9] = [
    "自動返信",
    "自動応答",
    "不在通知",
    "不在のお知らせ",
    "【自動",
    "out of office",
    "automatic reply",
    "auto reply",
    "auto:",
];

fn is_automatic(read: &ReceivedMail) -> bool {
    let subject = read.subject.trim_start_matches(['[', '［', '【', '(', '（', ' ']).to_lowercase();
    read.automatic.is() || ABSENT.iter().any(|it| subject.starts_with(it.trim_start_matches('【')))
}

fn written(read: &ReceivedMail) -> String {
    let of_author = pieces(&read.body).into_iter().filter_map(|it| match it {
        Piece::Written(text) => Some(text),
        Piece::Quoted(_) | Piece::Signature(_) => None,
    });
    of_author.collect::<Vec<_>>().join("\n").trim().to_owned()
}

fn dropped(why: Dropped, consultation: Option<ConsultationId>) -> InboundOutcome {
    InboundOutcome {
        state: Some(InboundState::Discarded),
        reason: Some(InboundReason::Dropped(why)),
        outcome: why.label().to_owned(),
        consultation,
        ..InboundOutcome::default()
    }
}

/// Adds an automatic reply to the thread as such, and notifies no reader. The company does not see automatic replies of
/// center or experts.
async fn keep_automatic_reply(
    app: &App,
    received: &mut InboundMail,
    case: Option<ConsultationId>,
    author: Option<&MailAuthor>,
) -> Result<(), Problem> {
    let outcome = if received.read.automatic.is() {
        "自動送信のメールのため、相談の状態は変えていません。"
    } else {
        "自動返信とみられるため、相談の状態は変えていません。"
    };
    let outcome = InboundOutcome {
        state: Some(InboundState::AutoReply),
        outcome: outcome.to_owned(),
        consultation: case,
        ..InboundOutcome::default()
    };
    let (Some(case), Some((by, _))) = (case, author.and_then(MailAuthor::speaks)) else {
        return received.put(app, outcome).await;
    };
    let audience = match by.party() {
        Party::Company => Audience::Everyone,
        Party::Desk => Audience::Desk,
        Party::Coordinator | Party::Expert | Party::System => Audience::Internal,
    };
    let text = entry::whole(app, received)?;
    let files = entry::files(app, received).await?;
    let mut work = CaseTransaction::begin(app, case).await?;
    let entry = message::write(&mut work, by, Channel::Mail, audience, &text).await?;
    work.save(AutomaticMessage(entry)).await?;
    work.save(AttachedFiles(entry, &files)).await?;
    if work.save(SettledMail(received, InboundOutcome { entry: Some(entry), ..outcome })).await? {
        work.commit().await?;
    }
    Ok(())
}

/// Adds the mail to the thread with its files, as if its author had written it on the page.
async fn attach_to(
    app: &App,
    received: &mut InboundMail,
    case: ConsultationId,
    author: &MailAuthor,
) -> Result<(), Problem> {
    let Some((by, audience)) = author.speaks() else {
        return received.put(app, InboundOutcome::quarantined(Quarantine::FormerExpert, Some(case))).await;
    };
    // The mail that center or experts answered may not be meant for the company: only their own words are added.
    let (audience, text) = match internal(&received.text) {
        _ if by.party() == Party::Company => (audience, entry::whole(app, received)?),
        Some(rest) if audience != Audience::Desk => (Audience::Internal, entry::own(app, received, rest)?),
        _ => (audience, entry::own(app, received, &received.text)?),
    };
    let files = entry::files(app, received).await?;
    let mut work = CaseTransaction::begin(app, case).await?;
    let has_ended = work.record.consultation.state.ended().is_some();
    let entry = message::enter(&mut work, by, Channel::Mail, audience, &text).await?;
    work.save(AttachedFiles(entry, &files)).await?;
    let outcome = match (has_ended, audience) {
        (true, _) => "終了した相談への返信です。相談を再開するか、内容を確認してください。",
        (false, Audience::Desk) => "窓口からのメッセージとして追加しました。企業と専門家には表示されません。",
        (false, Audience::Internal | Audience::Center) => {
            "内部メモとして追加しました。企業には表示されません。"
        }
        (false, Audience::Everyone) => "メッセージとして追加しました。",
    };
    let outcome = InboundOutcome {
        state: Some(InboundState::Attached),
        outcome: outcome.to_owned(),
        open: has_ended,
        consultation: Some(case),
        entry: Some(entry),
        ..InboundOutcome::default()
    };
    if work.save(SettledMail(received, outcome)).await? {
        // An address that a sender writes from can be reached again.
        work.save(ReachableAddress(&received.row.from_key)).await?;
        work.commit().await?;
    }
    Ok(())
}

/// The outcome of a received mail; the answer is false if another worker was first.
struct SettledMail<'a>(&'a InboundMail, InboundOutcome);

impl Save<bool> for SettledMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<bool, Problem> {
        self.0.settle(to.tx, self.1).await
    }
}

/// An address whose earlier bounces do not count any more.
struct ReachableAddress<'a>(&'a str);

impl Save for ReachableAddress<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::bounce::clear(to.tx, [self.0], to.now).await?)
    }
}

/// The actor of an author, for the history.
const fn actor(author: &MailAuthor) -> Actor {
    match author {
        MailAuthor::Company => Actor::Company,
        MailAuthor::Coordinator(id) => Actor::Coordinator(*id),
        MailAuthor::Desk(id, person) => Actor::Desk(*id, Some(*person)),
        MailAuthor::Asked(id) | MailAuthor::Expert(id) | MailAuthor::Former(id) => Actor::Expert(*id),
    }
}
