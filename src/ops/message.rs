//! The thread between company, center and experts.
use domain::{
    actor::{Actor, Party},
    calendar::{at_japan, japan_date},
    consultation::{Act, Deed},
    id::{ConsultationId, MessageId},
    notice::in_business_hours,
    text::Prose,
};
use uuid::Uuid;

use super::{
    attachment::{self, Upload},
    work::Work,
};
use crate::{
    app::App,
    mail::{
        letter::Letter,
        occasion::{Occasion, Side},
    },
    problem::Problem,
    store::{
        self,
        message::{Audience, Channel, Message},
        message_draft::Writer,
    },
};

/// What is not sent yet may be too long, and still not endless. Characters.
const LONGEST_DRAFT: usize = 20_000;

/// What somebody writes on a page.
#[derive(Debug)]
pub struct Post<'a> {
    pub by: Actor,
    pub audience: Audience,
    pub text: &'a Prose,
    pub files: Vec<Upload>,
    /// The form in which it was written; what was kept of it is over.
    pub form: &'a str,
}

/// Adds to the thread and tells the others. What a company writes while it is its turn to answer is the answer.
pub async fn post(
    app: &App,
    id: ConsultationId,
    by: Actor,
    audience: Audience,
    text: &Prose,
) -> Result<(), Problem> {
    post_whole(app, id, Post { by, audience, text, files: Vec::new(), form: "" }).await
}

/// The same with files, from a form whose draft is over with it.
pub async fn post_whole(app: &App, id: ConsultationId, post: Post<'_>) -> Result<(), Problem> {
    let Post { by, audience, text, files, form } = post;
    let files = attachment::keep(app, files).await?;
    let mut work = Work::begin(app, id).await?;
    let message = enter(&mut work, by, Channel::Portal, audience, text).await?;
    attachment::attach(&work.tx, message, &files, work.now).await?;
    if let Some(writer) = writer(by) {
        store::message_draft::remove(&work.tx, id, writer, form).await?;
    }
    if by == Actor::Company {
        // Whoever answers has read what was asked.
        store::message::mark_read(&work.tx, id, work.now).await?;
    }
    work.commit().await?;
    Ok(())
}

/// The same as a part of something larger; gives the new entry.
pub async fn enter(
    work: &mut Work<'_>,
    by: Actor,
    channel: Channel,
    audience: Audience,
    text: &Prose,
) -> Result<MessageId, Problem> {
    let entry = write(work, by, channel, audience, text).await?;
    if work.check(Deed::Answer, by).is_ok() {
        work.act(Act::Answer, by, None)?;
    } else {
        work.note(by, if audience == Audience::Internal { "内部メモ" } else { "メッセージ" });
    }
    tell_others(work, by, audience).await?;
    Ok(entry)
}

/// A coordinator asks the company; the clock of the first contact stands still until it answers.
pub async fn ask(
    app: &App,
    id: ConsultationId,
    version: i32,
    by: Actor,
    question: &Prose,
) -> Result<(), Problem> {
    let mut work = Work::begin_at(app, id, version).await?;
    work.act(Act::Ask, by, None)?;
    write(&work, by, Channel::Portal, Audience::Everyone, question).await?;
    let portal = work.portal()?;
    let letter = work.to_company(Occasion::Question { portal: &portal, text: question.as_str() })?;
    work.post(letter);
    work.commit().await?;
    Ok(())
}

/// Keeps what is being written, for its writer alone. Nothing written is nothing kept.
pub async fn save_draft(
    app: &App,
    id: ConsultationId,
    by: Actor,
    form: &str,
    body: &str,
) -> Result<(), Problem> {
    let Some(writer) = writer(by) else { return Ok(()) };
    let body: String = body.chars().filter(|it| *it != '\0').take(LONGEST_DRAFT).collect();
    let tx = app.begin().await?;
    if body.trim().is_empty() {
        store::message_draft::remove(&tx, id, writer, form).await?;
    } else {
        store::message_draft::save(&tx, id, writer, form, &body, app.clock.now()).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Whose drafts are whose. The contacts of a company share theirs.
pub const fn writer(by: Actor) -> Option<Writer> {
    match by {
        Actor::Coordinator(id) => Some(Writer::Account(id.0)),
        Actor::Expert(id) => Some(Writer::Account(id.0)),
        Actor::Desk(id) => Some(Writer::Account(id.0)),
        Actor::Company => Some(Writer::Company),
        Actor::System => None,
    }
}

/// The company has read what there is.
pub async fn mark_read(app: &App, id: ConsultationId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    store::message::mark_read(&tx, id, app.clock.now()).await?;
    tx.commit().await?;
    Ok(())
}

/// Writes an entry without telling anybody: part of other acts.
pub async fn write(
    work: &Work<'_>,
    author: Actor,
    channel: Channel,
    audience: Audience,
    text: &Prose,
) -> Result<MessageId, Problem> {
    let message = Message {
        id: MessageId(Uuid::now_v7()),
        consultation: work.record.consultation.id,
        author,
        channel,
        audience,
        body: text.as_str(),
    };
    store::message::insert(&work.tx, &message, work.now).await?;
    Ok(message.id)
}

async fn tell_others(work: &mut Work<'_>, by: Actor, audience: Audience) -> Result<(), Problem> {
    if by.party() != Party::Company && audience == Audience::Everyone {
        let portal = work.portal()?;
        let letter = work.to_company(Occasion::NewMessage { side: Side::Company { portal: &portal } })?;
        work.post(letter);
    }
    if by.party() != Party::Coordinator {
        let letter = work.to_center(Occasion::NewMessage { side: Side::Center })?;
        post_at_work(work, letter).await?;
    }
    for expert in work.accepted().into_iter().filter(|&it| by != Actor::Expert(it)) {
        let letter = work.to_expert(expert, Occasion::NewMessage { side: Side::Expert })?;
        post_at_work(work, letter).await?;
    }
    Ok(())
}

/// Tells somebody at work of something new: in opening hours, and once a day and consultation. What comes after that is
/// told on the next business day, once.
async fn post_at_work(work: &mut Work<'_>, letter: Option<Letter>) -> Result<(), Problem> {
    let Some(letter) = letter else { return Ok(()) };
    let key = |at| format!("new_message/{}/{}/{}", work.record.consultation.id, letter.to, japan_date(at));
    let mut due_at = in_business_hours(work.now, &work.settings, &work.calendar);
    if store::outbox::is_gone_out(&work.tx, &key(due_at)).await? {
        let next = work.calendar.add_business_days(japan_date(due_at), 1);
        due_at = at_japan(next, work.settings.opens_hour, 0);
    }
    let dedup_key = Some(key(due_at));
    work.post(Some(Letter { due_at, dedup_key, ..letter }));
    Ok(())
}
