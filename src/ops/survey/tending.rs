//! The steps of a survey that the worker takes when they are due.
use domain::{
    id::PublicationId,
    publication::Facts,
    survey::{ADDRESSES_KEPT, TEXTS_KEPT, reminder_at, reminds_invited_before},
};

use super::{inviting::key_of, transaction::SurveyTransaction};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        correspondence::outbox,
        survey::{code, recipient, response},
    },
};

/// Takes the steps of a survey that are due: those who have not answered are reminded, unfinished answers are deleted, and
/// addresses and answers in words are erased. Taking them twice changes nothing.
pub async fn tend(app: &App, id: PublicationId) -> Result<(), Problem> {
    let mut work = SurveyTransaction::begin(app, id).await?;
    work.remind().await?;
    work.close().await?;
    work.erase().await?;
    work.commit().await
}

impl SurveyTransaction<'_> {
    /// Reminds those once who were invited and have not answered.
    async fn remind(&mut self) -> Result<(), Problem> {
        let (now, id) = (self.now(), self.survey.id);
        let due = reminder_at(self.survey.closes_on, &self.context.settings);
        if self.survey.reminded_at.is_some() || now < due || self.survey.closes_at <= now {
            return Ok(());
        }
        let publication = store::publication::find(&self.tx, id).await?.ok_or(Problem::NotFound)?;
        let office = match publication.content.facts {
            Facts::Survey(it) => it.office.to_string(),
            Facts::News(_)
            | Facts::Guide(_)
            | Facts::Example(_)
            | Facts::Gathering(_)
            | Facts::Campaign(_) => String::new(),
        };
        let mut reminded = Vec::new();
        for it in code::to_remind(&self.tx, id, reminds_invited_before(now)).await? {
            let Some(consent) = it.to else { continue };
            let Some(to) = recipient::find(&self.tx, consent).await? else { continue };
            self.write(it.id, &to, &office, true)?;
            reminded.push(it.id);
        }
        code::mark_reminded(&self.tx, &reminded, now).await?;
        self.survey.reminded_at = Some(now);
        Ok(())
    }

    /// Deletes answers that were not given in time.
    async fn close(&mut self) -> Result<(), Problem> {
        if self.survey.closed_at.is_none() && self.survey.closes_at <= self.now() {
            response::delete_unfinished(&self.tx, self.survey.id).await?;
            self.survey.closed_at = Some(self.now());
        }
        Ok(())
    }

    /// Erases who was invited, and later the answers in words.
    async fn erase(&mut self) -> Result<(), Problem> {
        let (now, id, closes) = (self.now(), self.survey.id, self.survey.closes_at);
        if self.survey.erased_at.is_none() && closes + ADDRESSES_KEPT <= now {
            code::erase_recipients(&self.tx, id).await?;
            outbox::erase_by_key(&self.tx, &key_of(id)).await?;
            self.survey.erased_at = Some(now);
        }
        if self.survey.texts_erased_at.is_none() && closes + TEXTS_KEPT <= now {
            response::erase_texts(&self.tx, id).await?;
            self.survey.texts_erased_at = Some(now);
        }
        Ok(())
    }
}
