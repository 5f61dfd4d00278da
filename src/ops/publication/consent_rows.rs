//! The rows of a consent and of its example, as the unit of work of a case locks and saves them.
use codes::EditorAct;
use domain::{
    id::{AccountId, ConsultationId, PublicationId},
    publication::{
        Content, Phase, Publication, PublicationKind, RevisionAct, example::consent::ExampleConsent,
    },
};
use sea_orm::DatabaseTransaction;

use crate::{
    ops::case::save::{Lock, Save, Target},
    problem::Problem,
    store::{
        audit::editor_act::{self, ActSubject},
        publication::{self, consent, delete_drafts, link_check::set_links},
    },
};

/// The key of the consent of a consultation's company.
pub struct ConsentOf(pub ConsultationId);

impl Lock for ConsentOf {
    type Row = ExampleConsent;

    async fn lock(self, tx: &DatabaseTransaction) -> Result<Option<ExampleConsent>, Problem> {
        Ok(consent::lock(tx, self.0).await?)
    }
}

impl Save for &ExampleConsent {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        Ok(consent::save(to.tx, self, to.now).await?)
    }
}

/// The key of a publication.
pub struct LockedPublication(pub PublicationId);

impl Lock for LockedPublication {
    type Row = Publication;

    async fn lock(self, tx: &DatabaseTransaction) -> Result<Option<Publication>, Problem> {
        Ok(publication::lock(tx, self.0).await?)
    }
}

/// The request of an editor that the company approves the text of this example.
pub struct AskedCompany<'a>(pub &'a Publication, pub AccountId);

impl Save for AskedCompany<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        let Self(example, by) = self;
        Ok(editor_act::insert(to.tx, EditorAct::CompanyAsked, ActSubject::of(example), by, to.now).await?)
    }
}

/// A new example, with a text that comes of its consultation.
pub struct NewDraft(pub PublicationId, pub Content);

impl Save for NewDraft {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        let number = publication::next_number(to.tx, PublicationKind::Example).await?;
        let draft = Publication::draft(self.0, number, self.1);
        Ok(publication::save(to.tx, &draft, RevisionAct::Consented, None, to.now).await?)
    }
}

/// The content that stays of an example whose text is erased.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erasure {
    /// Only editors and the company had read it.
    Deleted,
    /// Its address says that it has ended.
    Ended,
}

/// An example whose text is erased in all its revisions. The content is what is left of one that was public.
pub struct ErasedExample(pub Publication, pub Content);

impl Save<Erasure> for ErasedExample {
    async fn save(self, to: Target<'_>) -> Result<Erasure, Problem> {
        let Self(it, left) = self;
        let (id, phase) = (it.id, it.state.phase(to.now));
        let ended = match phase {
            Phase::Draft => {
                delete_drafts(to.tx, &[id]).await?;
                return Ok(Erasure::Deleted);
            }
            Phase::Archived => it.edit(left.clone())?,
            // One whose period has not begun becomes a draft: the servers' indexes have it, and learn of a change alone.
            Phase::Scheduled | Phase::Current | Phase::Expired => {
                Publication { content: left.clone(), ..it.archive(to.now)? }
            }
        };
        publication::save(to.tx, &ended, RevisionAct::Erased, None, to.now).await?;
        consent::erase_text(to.tx, id, &left).await?;
        set_links(to.tx, id, &[]).await?;
        Ok(if phase.has_page() { Erasure::Ended } else { Erasure::Deleted })
    }
}
