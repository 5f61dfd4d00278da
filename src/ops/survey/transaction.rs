//! The unit of work of a survey: its row is locked, and its mails commit with the change.
use chrono::{DateTime, Utc};
use codes::EditorAct;
use domain::{
    id::{AccountId, PublicationId},
    publication::PublicationKind,
    survey::next_step_at,
};
use sea_orm::{DatabaseTransaction, DbErr};

use crate::{
    app::App,
    mail::outgoing_mail::OutgoingMail,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
        survey::Survey,
    },
};

/// A survey under its lock, with the mails that the change causes.
pub struct SurveyTransaction<'a> {
    pub app: &'a App,
    pub context: Context,
    pub tx: DatabaseTransaction,
    pub survey: Survey,
    pub(super) mails: Vec<OutgoingMail>,
}

impl<'a> SurveyTransaction<'a> {
    /// Locks a survey.
    pub async fn begin(app: &'a App, id: PublicationId) -> Result<Self, Problem> {
        let context = Context::of(app).await?;
        let tx = app.begin().await?;
        let survey = store::survey::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
        Ok(Self { app, context, tx, survey, mails: Vec::new() })
    }

    pub const fn now(&self) -> DateTime<Utc> {
        self.context.now
    }

    /// Records the act of an editor on the survey, with the number of codes that it made or answers that it published.
    pub async fn record(&self, act: EditorAct, quantity: Option<usize>, by: AccountId) -> Result<(), DbErr> {
        let survey = ActSubject::one(PublicationKind::Survey, self.survey.number);
        editor_act::insert(&self.tx, act, ActSubject { quantity, ..survey }, by, self.now()).await
    }

    /// Computes when the next step is due, and commits everything with its mails.
    pub async fn commit(mut self) -> Result<(), Problem> {
        self.survey.due_at = next_step_at(&self.survey.times(), &self.context.settings);
        store::survey::save(&self.tx, &self.survey).await?;
        let Self { app, context, tx, mails, .. } = self;
        store::correspondence::outbox::push(&tx, mails, &app.config.mail_reply_domain, context.now).await?;
        Ok(tx.commit().await?)
    }
}
