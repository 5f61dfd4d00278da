//! Handles the reply to a calendar invitation. It does exactly what the button on the page does; a person decides the
//! rest.
use domain::{
    actor::{Actor, Party},
    booking::{appointment::Appointment, notice::change_until},
    correspondence::inbound_mail::{
        InboundState, InvitationReply, InvitationReplyAction, InvitationReplyFacts, Quarantine, step,
    },
    id::ConsultationId,
    routing::assignment::Assignment,
    text::Prose,
    wording::long_date_time_range,
};
use ical::reply::{self, Reply};
use mime::Attachment;

use super::{InboundMail, MailAuthor, SettledMail, actor, entry};
use crate::{
    app::App,
    mail::mail_event::{MailEvent, ReaderSide},
    ops::{
        booking::{awaited_response::TIME_PROPOSED, notices::appointment_text},
        case::transaction::CaseTransaction,
        correspondence::{attachment::AttachedFiles, message},
        routing::assignment,
    },
    problem::Problem,
    store::{
        self,
        correspondence::{
            inbound_mail::InboundOutcome,
            message::{Audience, Channel},
        },
    },
};

/// The reason recorded for a declined request if its expert gave none.
const NO_REASON: &str = "カレンダーから辞退";

pub async fn take(
    app: &App,
    received: &mut InboundMail,
    case: ConsultationId,
    author: &MailAuthor,
    reply: &Reply,
) -> Result<(), Problem> {
    // Calendar programs attach the reply as a file, too. It is read already and is no file of the thread.
    received.read.attachments.retain(|it| !is_calendar(it));
    let brings_files = received.read.attachments.iter().any(|it| !it.inline);
    let files = entry::files(app, received).await?;
    let mut work = CaseTransaction::begin(app, case).await?;
    let all = store::booking::appointment::of(work.read(), case).await?;
    let found = all.iter().find(|it| it.uid == reply.uid);
    let (Some(appointment), true) = (found, received.sender().as_deref() == Some(&*reply.attendee)) else {
        // Its transaction has locked the consultation, and is not needed any more.
        drop(work);
        return received
            .put(app, InboundOutcome::quarantined(Quarantine::ForeignInvitation, Some(case)))
            .await;
    };
    let assignment = own(&work, author);
    let step = step(&InvitationReplyFacts {
        answer: answer(reply),
        theirs: reply.sequence,
        ours: appointment.sequence,
        live: appointment.is_live(),
        assignment: assignment.as_ref().map(|it| &it.state),
    });
    let (outcome, open) = match do_step(&mut work, step, author, assignment, appointment, reply).await {
        Ok(done) => done,
        // The rules have refused it as they would refuse the button: nothing of it may be saved.
        Err(Problem::Refused(why)) => {
            drop(work);
            let outcome =
                format!("カレンダーの回答「{}」は反映できませんでした。{why}", answer(reply).label());
            return received.put(app, noted(case, outcome, true)).await;
        }
        Err(other) => return Err(other),
    };
    let is_entered = match step {
        InvitationReplyAction::Note
        | InvitationReplyAction::Outdated
        | InvitationReplyAction::Accept
        | InvitationReplyAction::Decline => brings_files,
        InvitationReplyAction::StayOpen
        | InvitationReplyAction::Propose
        | InvitationReplyAction::RefuseDelegation
        | InvitationReplyAction::TellCenter => true,
    };
    let entry = if is_entered {
        let entry = enter(&mut work, author, reply, &said(step, reply, &outcome)).await?;
        work.save(AttachedFiles(entry, &files)).await?;
        Some(entry)
    } else {
        None
    };
    let proposed = reply
        .proposed
        .clone()
        .filter(|_| step == InvitationReplyAction::Propose)
        .map(|it| (it.start, it.end));
    let outcome = InboundOutcome { entry, proposed, ..noted(case, outcome, open) };
    if work.save(SettledMail(received, outcome)).await? {
        work.commit().await?;
    }
    Ok(())
}

/// Returns the reply's answer as the domain names it.
const fn answer(reply: &Reply) -> InvitationReply {
    match reply.answer {
        reply::Answer::Accepted => InvitationReply::Accepted,
        reply::Answer::Declined => InvitationReply::Declined,
        reply::Answer::Tentative => InvitationReply::Tentative,
        reply::Answer::Countered => InvitationReply::Countered,
        reply::Answer::Delegated => InvitationReply::Delegated,
    }
}

fn is_calendar(it: &Attachment) -> bool {
    matches!(&*it.content_type, "text/calendar" | "application/ics")
}

fn noted(case: ConsultationId, outcome: String, open: bool) -> InboundOutcome {
    InboundOutcome {
        state: Some(InboundState::Calendar),
        outcome,
        open,
        consultation: Some(case),
        ..InboundOutcome::default()
    }
}

/// Carries the step out. Returns a sentence that says what was done, and whether the center has to look at it.
async fn do_step(
    work: &mut CaseTransaction<'_>,
    step: InvitationReplyAction,
    author: &MailAuthor,
    assignment: Option<Assignment>,
    appointment: &Appointment,
    reply: &Reply,
) -> Result<(String, bool), Problem> {
    let by = actor(author);
    let who = by.party().label();
    Ok(match (step, assignment, by) {
        (InvitationReplyAction::Accept, Some(request), Actor::Expert(_)) => {
            assignment::accept_in(work, request.id, by).await?;
            ("専門家がカレンダーで承諾し、依頼を引き受けました。".to_owned(), false)
        }
        (InvitationReplyAction::Decline, Some(request), Actor::Expert(_)) => {
            let reason = Some(reply.comment.as_str()).filter(|it| !it.is_empty()).unwrap_or(NO_REASON);
            // The calendar program that sent the reply shows the answer already, so no cancellation is mailed.
            assignment::decline_in(work, request.id, by, reason.to_owned()).await?;
            ("専門家がカレンダーで辞退し、依頼を断りました。".to_owned(), false)
        }
        (InvitationReplyAction::Accept | InvitationReplyAction::Decline, ..) => {
            ("回答を受け取りました。".to_owned(), true)
        }
        (InvitationReplyAction::StayOpen, ..) => (stay_open(work, author), false),
        (InvitationReplyAction::Propose, ..) => (propose(work, by, reply), true),
        (InvitationReplyAction::RefuseDelegation, ..) => {
            (refuse_delegation(work, by, appointment, reply)?, true)
        }
        (InvitationReplyAction::TellCenter, ..) => (notify_center(work, by, appointment)?, true),
        (InvitationReplyAction::Note, ..) => {
            (format!("{who}がカレンダーで「{}」と回答しました。", answer(reply).label()), false)
        }
        (InvitationReplyAction::Outdated, ..) => {
            let label = answer(reply).label();
            (format!("{who}の回答「{label}」は以前の予定へのものです。今の予約は変えていません。"), false)
        }
    })
}

fn stay_open(work: &mut CaseTransaction<'_>, author: &MailAuthor) -> String {
    let by = actor(author);
    let waits = if matches!(author, MailAuthor::Asked(_)) {
        "回答はまだ確定していません。"
    } else {
        ""
    };
    work.note(by, format!("カレンダーで「{}」と回答", InvitationReply::Tentative.label()));
    format!("{}がカレンダーで仮承諾と回答しました。{waits}", by.party().label())
}

fn propose(work: &mut CaseTransaction<'_>, by: Actor, reply: &Reply) -> String {
    work.note(by, TIME_PROPOSED);
    work.await_response();
    format!("{}がカレンダーで別の日時を提案しました。{}", by.party().label(), proposed(reply))
}

fn refuse_delegation(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    appointment: &Appointment,
    reply: &Reply,
) -> Result<String, Problem> {
    work.note(by, "カレンダーで代理を指名（受け付けていないことを返信）");
    work.await_response();
    let mail_event = MailEvent::NoDelegates {
        is_company: by == Actor::Company,
        starts_at: appointment.starts_at,
        ends_at: appointment.ends_at,
    };
    if let Actor::Expert(expert) = by {
        work.mail_expert(expert, mail_event)?;
    } else if by == Actor::Company {
        work.mail_company(mail_event)?;
    }
    let (who, to) = (by.party().label(), reply.delegate.as_deref().unwrap_or("別の人"));
    Ok(format!("{who}が代理（{to}）を指名しましたが、代理は受け付けていないと返信しました。"))
}

/// Tells the center that an attendee of a booked appointment does not come, and the attendee that the appointment stands and
/// until when the center answers: a calendar program shows that it is declined.
fn notify_center(
    work: &mut CaseTransaction<'_>,
    by: Actor,
    appointment: &Appointment,
) -> Result<String, Problem> {
    work.note(by, "カレンダーで予約に欠席と回答（予約は変えていません）");
    work.await_response();
    work.mail_center(MailEvent::NewMessage { side: ReaderSide::Center })?;
    let answer_due = work.record.response.map_or(work.now(), |it| it.due_at.max(work.now()));
    let change_until = change_until(appointment.starts_at, &work.context.settings, &work.context.calendar);
    let names = work.names(&appointment.experts);
    let appointment = appointment_text(appointment, &names);
    match by {
        Actor::Company => {
            let portal = work.portal()?;
            let side = ReaderSide::Company { portal: &portal };
            work.mail_company(MailEvent::DeclineNoted { side, appointment, change_until, answer_due })?;
        }
        Actor::Expert(expert) => {
            let side = ReaderSide::Expert;
            work.mail_expert(
                expert,
                MailEvent::DeclineNoted { side, appointment, change_until, answer_due },
            )?;
        }
        Actor::Coordinator(_) | Actor::Stead(..) | Actor::Desk(..) | Actor::System => {}
    }
    let who = by.party().label();
    Ok(format!("{who}がカレンダーで予約に欠席と回答しました。予約はそのままです。本人に連絡してください。"))
}

/// Returns the words of the sender in the thread. The outcome for the center's list of received mail has more than that.
fn said(step: InvitationReplyAction, reply: &Reply, outcome: &str) -> String {
    match step {
        InvitationReplyAction::TellCenter => {
            "カレンダーで、予約に「欠席」と回答しました。予約はそのままです。".to_owned()
        }
        InvitationReplyAction::Propose => {
            format!("カレンダーで、別の日時を提案しました。{}予約はそのままです。", proposed(reply))
        }
        InvitationReplyAction::RefuseDelegation => {
            "カレンダーで、代理の人を指名しました。代理は受け付けていません。".to_owned()
        }
        InvitationReplyAction::StayOpen => "カレンダーで、仮承諾と回答しました。".to_owned(),
        InvitationReplyAction::Note
        | InvitationReplyAction::Outdated
        | InvitationReplyAction::Accept
        | InvitationReplyAction::Decline => outcome.to_owned(),
    }
}

/// Returns the time that a reply proposes, in a sentence.
fn proposed(reply: &Reply) -> String {
    let when = reply.proposed.as_ref().map(|it| long_date_time_range(it.start, it.end));
    when.map_or_else(|| "日時は示されていません。".to_owned(), |it| format!("希望：{it}。"))
}

/// Adds the reply to the thread for center and experts. The company reads only replies of its own.
async fn enter(
    work: &mut CaseTransaction<'_>,
    author: &MailAuthor,
    reply: &Reply,
    outcome: &str,
) -> Result<domain::id::MessageId, Problem> {
    let by = actor(author);
    let audience = match by.party() {
        Party::Company => Audience::Everyone,
        Party::Desk => Audience::Desk,
        Party::Coordinator | Party::Expert | Party::System => Audience::Internal,
    };
    let said = if reply.comment.is_empty() { String::new() } else { format!("\n\n{}", reply.comment) };
    let clean: String = format!("{outcome}{said}").chars().filter(|it| !entry::is_control(*it)).collect();
    let text = Prose::try_from(clean).map_err(|err| anyhow::anyhow!("a comment: {err}"))?;
    message::write(work, by, Channel::Mail, audience, &text).await
}

/// Returns the assignment that the sender's reply is about: one that is waiting for an answer, else an accepted one,
/// else the latest.
fn own(work: &CaseTransaction<'_>, author: &MailAuthor) -> Option<Assignment> {
    let (MailAuthor::Asked(expert) | MailAuthor::Expert(expert) | MailAuthor::Former(expert)) = author else {
        return None;
    };
    let theirs = || work.assignments.iter().filter(|it| it.expert == *expert);
    let offered = theirs().find(|it| it.is_live() && !it.is_accepted());
    offered.or_else(|| theirs().find(|it| it.is_live())).or_else(|| theirs().next_back()).cloned()
}
