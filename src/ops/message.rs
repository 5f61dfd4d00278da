//! The thread between company, center and experts.
use domain::{
    actor::{Actor, Party},
    consultation::{Act, Deed},
    id::{ConsultationId, MessageId},
    text::Prose,
};
use uuid::Uuid;

use super::work::Work;
use crate::{
    app::App,
    mail::occasion::{Occasion, Side},
    problem::Problem,
    store::{
        self,
        message::{Audience, Channel, Message},
    },
};

/// Adds to the thread and tells the others. What a company writes while it is its turn to answer is the answer.
pub async fn post(
    app: &App,
    id: ConsultationId,
    by: Actor,
    audience: Audience,
    text: &Prose,
) -> Result<(), Problem> {
    let mut work = Work::begin(app, id).await?;
    enter(&mut work, by, Channel::Portal, audience, text).await?;
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
    let portal = work.portal().await?;
    let letter = work.to_company(Occasion::Question { portal: &portal, text: question.as_str() })?;
    work.post(letter);
    work.commit().await?;
    Ok(())
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
        let portal = work.portal().await?;
        let letter = work.to_company(Occasion::NewMessage { side: Side::Company { portal: &portal } })?;
        work.post(letter);
    }
    if by.party() != Party::Coordinator {
        let letter = work.to_center(Occasion::NewMessage { side: Side::Center })?;
        work.post(letter);
    }
    for expert in work.accepted().into_iter().filter(|&it| by != Actor::Expert(it)) {
        let letter = work.to_expert(expert, Occasion::NewMessage { side: Side::Expert })?;
        work.post(letter);
    }
    Ok(())
}
