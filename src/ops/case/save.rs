//! The rows of a case, and how each is written by the unit of work.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    aftercare::{
        follow_up::{FollowUp, FollowUpStep},
        report::Report,
    },
    booking::{
        appointment::Appointment,
        availability::Exception,
        waiting_list::{WaitingEndReason, WaitingOffer},
    },
    due::Due,
    id::{
        AccountId, AppointmentId, AssignmentId, ConsultationId, DraftId, ExpertId, FollowUpId, MailId,
        MessageId, WaitingId,
    },
    routing::{ReasonFor, assignment::Assignment},
};
use entity::correction;
use sea_orm::DatabaseTransaction;

use crate::{
    problem::Problem,
    store::{
        self,
        booking::{
            appointment::{CellTaken, Cells},
            waiting_list::{HeldOffer, WaitingCompany},
        },
        correspondence::{message::NewMessage, message_draft::DraftWriter},
        worklist::task::NewTask,
        write_batch::WriteBatch,
    },
};

/// The place where a row is written: at once in `tx`, for rows that are read again before the change ends or that the
/// database may refuse; or in `batch`, in one turn with the end of the change.
pub struct Target<'a> {
    pub tx: &'a DatabaseTransaction,
    pub batch: &'a mut WriteBatch,
    pub now: DateTime<Utc>,
}

/// A row that the unit of work can save. `T` is the answer of the database, for a row that it may refuse.
pub trait Save<T = ()> {
    fn save(self, to: Target<'_>) -> impl Future<Output = Result<T, Problem>> + Send;
}

/// The key of a row that the unit of work can lock and read.
pub trait Lock {
    type Row;

    fn lock(
        self,
        tx: &DatabaseTransaction,
    ) -> impl Future<Output = Result<Option<Self::Row>, Problem>> + Send;
}

/// An account that stays active until the transaction ends; there is no row if it is not active.
pub struct ActiveAccount(pub AccountId);

impl Lock for ActiveAccount {
    type Row = ();

    async fn lock(self, tx: &DatabaseTransaction) -> Result<Option<()>, Problem> {
        Ok(store::accounts::account::stays_active(tx, self.0).await?.then_some(()))
    }
}

/// Saves an appointment whose time and experts stay the same.
impl Save for &Appointment {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::appointment::save(to.tx, self, to.now).await?)
    }
}

/// Whether an appointment took place, as its report has it, if there is one.
pub struct TookPlace(pub AppointmentId, pub bool);

impl Save for TookPlace {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::report::note_took_place(to.tx, self.0, self.1).await?)
    }
}

/// A new appointment with its quarter hours.
pub struct NewAppointment<'a>(pub &'a Appointment, pub &'a [Cells]);

impl Save for NewAppointment<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        taken(store::booking::appointment::insert(to.tx, self.0, self.1, to.now).await?)
    }
}

/// An appointment at another time or with other experts: its old quarter hours are freed and the new ones taken.
pub struct MovedAppointment<'a>(pub &'a Appointment, pub &'a [Cells]);

impl Save for MovedAppointment<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        taken(store::booking::appointment::save_moved(to.tx, self.0, self.1, to.now).await?)
    }
}

/// The quarter hours of an expert who is asked as a substitute.
pub struct HeldParticipation<'a>(pub AppointmentId, pub &'a [Cells]);

impl Save for HeldParticipation<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        taken(store::booking::appointment::hold_participation(to.tx, self.0, self.1).await?)
    }
}

/// The quarter hours of a substitute, to be freed.
pub struct ReleasedParticipation(pub AppointmentId, pub ExpertId);

impl Save for ReleasedParticipation {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::appointment::release_participation(to.tx, self.0, self.1).await?)
    }
}

/// An appointment in which this expert has been replaced by another, whose time is held already.
pub struct ExchangedParticipation<'a>(pub &'a Appointment, pub ExpertId);

impl Save for ExchangedParticipation<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::appointment::save_exchanged(to.tx, self.0, self.1, to.now).await?)
    }
}

/// An appointment that is cancelled for one expert, as that expert's calendar is told.
pub struct FormerParticipation<'a>(pub &'a Appointment, pub ExpertId);

impl Save for FormerParticipation<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::calendars::cancelled_invitation::keep(to.tx, self.0, self.1, to.now).await?)
    }
}

/// The time that an expert has cancelled, taken out of the expert's schedule.
pub struct BlockedTime(pub ExpertId, pub Exception);

impl Save for BlockedTime {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::routing::expert::add_exception(to.tx, self.0, &self.1).await?)
    }
}

/// A change of an expert's schedule and its actor, for the record.
pub struct ScheduleChange<'a> {
    pub expert: ExpertId,
    pub by: Actor,
    pub what: &'a str,
}

impl Save for ScheduleChange<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::audit::schedule_change::insert(to.tx, self.expert, self.by, self.what, to.now).await?)
    }
}

/// The report on this appointment, which this expert hands over because the account is closed.
pub struct HandedOverReport(pub AppointmentId, pub ExpertId);

impl Save for HandedOverReport {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::appointment::hand_over_report(to.tx, self.0, self.1, to.now).await?)
    }
}

impl Save for &Assignment {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::routing::assignment::save(to.tx, self).await?)
    }
}

/// A new request with the reasons for its expert. `Stale` if the expert's account was closed after the search.
pub struct NewAssignment<'a>(pub &'a Assignment, pub &'a Due, pub &'a [ReasonFor]);

impl Save for NewAssignment<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        if !store::accounts::account::stays_active(to.tx, AccountId(self.0.expert.0)).await? {
            return Err(Problem::Stale);
        }
        Ok(store::routing::assignment::insert(to.tx, self.0, self.1, self.2).await?)
    }
}

/// The deadline of a request that has moved.
pub struct MovedReply<'a>(pub AssignmentId, pub &'a Due);

impl Save for MovedReply<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::routing::assignment::save_deadline(to.tx, self.0, self.1).await?)
    }
}

/// The planned mail with this key, which is not sent for this reason.
pub struct SuppressedMail<'a>(pub &'a str, pub &'a str);

impl Save for SuppressedMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::outbox::suppress(to.tx, self.0, self.1).await?)
    }
}

/// The planned mail with this key, which is sent at another time.
pub struct MovedMail<'a>(pub &'a str, pub DateTime<Utc>);

impl Save for MovedMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::outbox::move_to(to.tx, self.0, self.1).await?)
    }
}

impl Save for &FollowUp {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::follow_up::save(to.tx, self).await?)
    }
}

/// New follow-up questions that are planned.
pub struct NewFollowUps<'a>(pub &'a [FollowUp]);

impl Save for NewFollowUps<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::follow_up::insert(to.tx, self.0).await?)
    }
}

impl Save for &Report {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::report::save(to.tx, self, to.now).await?)
    }
}

pub struct NewReport<'a>(pub &'a Report);

impl Save for NewReport<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::report::insert(to.tx, self.0, to.now).await?)
    }
}

/// The content of a report before a correction, with the coordinator who corrects it and the reason.
pub struct ReplacedReport<'a>(pub &'a Report, pub AccountId, pub &'a str);

impl Save for ReplacedReport<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::report::keep_revision(to.tx, self.0, self.1, self.2, to.now).await?)
    }
}

/// Inserts a company that begins to wait for an earlier time.
impl Save for &WaitingCompany {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::waiting_list::insert(to.tx, self).await?)
    }
}

/// The end of a company's waiting for an earlier time.
pub struct EndedWaiting(pub WaitingId, pub WaitingEndReason);

impl Save for EndedWaiting {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::waiting_list::end(to.tx, self.0, self.1, to.now).await?)
    }
}

/// A company that waits for an earlier time again.
pub struct ResumedWaiting(pub WaitingId);

impl Save for ResumedWaiting {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::waiting_list::resume(to.tx, self.0).await?)
    }
}

/// Inserts a new offer of an earlier time.
impl Save for &HeldOffer {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::waiting_list::insert_offer(to.tx, self).await?)
    }
}

impl Save for &WaitingOffer {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::waiting_list::save_offer(to.tx, self, to.now).await?)
    }
}

/// Inserts a new entry of the thread.
impl Save for &NewMessage<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::message::insert(to.tx, self, to.now).await?)
    }
}

/// Inserts a new task of the center.
impl Save for &NewTask<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::worklist::task::insert(to.tx, self, to.now).await?)
    }
}

/// The dropped questions after so many appointments, which are asked again.
pub struct AskedAgain(pub ConsultationId, pub i16);

impl Save for AskedAgain {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::follow_up::ask_again(to.tx, self.0, self.1).await?)
    }
}

/// A planned question that gets another step or day.
pub struct ReplannedFollowUp<'a>(pub FollowUpId, pub &'a FollowUpStep, pub DateTime<Utc>);

impl Save for ReplannedFollowUp<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::follow_up::plan_anew(to.tx, self.0, self.1, self.2).await?)
    }
}

/// A planned question that is not asked any more.
pub struct DroppedFollowUp(pub FollowUpId);

impl Save for DroppedFollowUp {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::aftercare::follow_up::unplan(to.tx, self.0).await?)
    }
}

/// A waiting company that has turned down one more offer.
pub struct TurnedDown(pub WaitingId);

impl Save for TurnedDown {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::booking::waiting_list::count_turned_down(to.tx, self.0).await?)
    }
}

/// An entry of the thread that was written by a machine.
pub struct AutomaticMessage(pub MessageId);

impl Save for AutomaticMessage {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::message::mark_automatic(to.tx, self.0).await?)
    }
}

/// The draft of a message in a form, which is deleted.
pub struct FinishedDraft<'a>(pub ConsultationId, pub DraftWriter, pub &'a str);

impl Save for FinishedDraft<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::message_draft::remove(to.tx, self.0, self.1, self.2).await?)
    }
}

/// The consultation whose contact's address is confirmed, with the mails that waited for it.
pub struct ConfirmedAddress(pub ConsultationId);

impl Save for ConfirmedAddress {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        store::consultation::correction::set_confirmed(to.tx, self.0, Some(to.now), None).await?;
        Ok(store::correspondence::outbox::address_confirmed(to.tx, self.0, to.now).await?)
    }
}

/// The values of a correction, whose event is the next one of the history.
pub struct NewCorrection(pub correction::Model);

impl Save for NewCorrection {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::consultation::correction::insert(to.batch, self.0)?)
    }
}

/// The planned mails of a consultation that has ended, which are not sent.
pub struct SuppressedMails(pub ConsultationId);

impl Save for SuppressedMails {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::outbox::suppress_waiting(to.tx, self.0, "the consultation has ended")
            .await?)
    }
}

/// The proposals of another time that are settled with the appointment.
pub struct ClosedProposals(pub ConsultationId);

impl Save for ClosedProposals {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::inbound_mail::close_proposals(to.tx, self.0).await?)
    }
}

/// A draft that has become this consultation.
pub struct SubmittedDraft(pub DraftId, pub ConsultationId);

impl Save for SubmittedDraft {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::intake::draft::submitted(to.batch, self.0, self.1, to.now)?)
    }
}

/// A received mail that a coordinator has handled, with a note.
pub struct HandledMail<'a>(pub MailId, pub AccountId, pub &'a str);

impl Save for HandledMail<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::inbound_mail::handle(to.tx, self.0, self.1, self.2, to.now).await?)
    }
}

/// The messages to the company, which it has read.
pub struct ReadMessages(pub ConsultationId);

impl Save for ReadMessages {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(store::correspondence::message::mark_read(to.tx, self.0, to.now).await?)
    }
}

fn taken(answer: Result<(), CellTaken>) -> Result<(), Problem> {
    answer.map_err(|CellTaken| Problem::SlotTaken)
}
