//! The unit of work of a question: its row is locked, and its mails commit with the change.
use chrono::{DateTime, Utc};
use domain::{
    id::NetworkQuestionId,
    network::{KEPT, NetworkRefused, QUIET, QuestionLife, QuestionState, center_reminder_at},
};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{
    app::App,
    mail::outgoing_mail::OutgoingMail,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        network::{
            mentor::{self, Mentor},
            question::{self, NetworkQuestion},
        },
    },
};

/// A question under its lock, with the mails that the change causes.
pub struct NetworkTransaction<'a> {
    pub app: &'a App,
    pub context: Context,
    pub tx: DatabaseTransaction,
    pub question: NetworkQuestion,
    pub(super) mails: Vec<OutgoingMail>,
}

impl<'a> NetworkTransaction<'a> {
    /// Locks a question.
    pub async fn begin(app: &'a App, id: NetworkQuestionId) -> Result<Self, Problem> {
        let context = Context::of(app).await?;
        let tx = app.begin().await?;
        let question = question::lock(&tx, id).await?.ok_or(Problem::Expired)?;
        Ok(Self { app, context, tx, question, mails: Vec::new() })
    }

    /// Locks a question at the version that a page showed.
    pub async fn begin_seen(app: &'a App, id: NetworkQuestionId, version: i32) -> Result<Self, Problem> {
        let work = Self::begin(app, id).await?;
        if work.question.version == version { Ok(work) } else { Err(Problem::Stale) }
    }

    pub const fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    /// Replaces the life of the question. Its next step follows from its state.
    pub fn live(&mut self, life: QuestionLife) {
        let now = self.now();
        if life.state.status() != self.question.status() {
            self.question.state_since = now;
        }
        self.question.life = life;
        let (settings, calendar) = (&self.context.settings, &self.context.calendar);
        self.question.due_at = match life.state {
            QuestionState::Unproved { .. } => None,
            QuestionState::AtCenter { .. } => Some(center_reminder_at(now, settings, calendar)),
            QuestionState::WithMentor { until, .. } => Some(until),
            QuestionState::Answered { .. } => Some(now + QUIET),
            QuestionState::Ended { .. } => Some(now + KEPT),
        };
    }

    /// Returns the mentor who has the question, if there is one.
    pub async fn mentor(&self) -> Result<Option<Mentor>, DbErr> {
        match self.question.life.state.mentor() {
            Some(id) => mentor::find(&self.tx, id).await,
            None => Ok(None),
        }
    }

    /// Saves the question as its next version, and commits everything with its mails.
    pub async fn commit(mut self) -> Result<(), Problem> {
        self.question.version += 1;
        question::save(&self.tx, &self.question).await?;
        let Self { app, context, tx, mails, .. } = self;
        store::correspondence::outbox::push(&tx, mails, &app.config.mail_reply_domain, context.now).await?;
        Ok(tx.commit().await?)
    }
}

pub fn refused(why: NetworkRefused) -> Problem {
    Problem::Refused(why.to_string())
}
