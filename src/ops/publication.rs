//! The acts of editors on publications. Each is one transaction, refused if another editor was first.
use domain::{
    calendar::japan_date,
    id::{AccountId, PublicationId},
    publication::{
        Content, Facts, Period, Publication, PublicationKind, PublicationState, RevisionAct,
        example::{consent::ExampleConsent, winner::WINNERS},
        guide::GuideFacts,
        shipped::SHIPPED,
    },
};
use sea_orm::{ConnectionTrait, DatabaseTransaction};
use uuid::Uuid;

use crate::{
    app::App,
    markup,
    ops::{self, case::context::Context},
    problem::Problem,
    store,
};

pub mod consent;
mod consent_rows;
pub mod deletion;
pub mod file;
pub mod import;
pub mod link_check;
pub mod picture;
pub mod readers;
pub mod successor;

const ERASED: &str = "企業への協力のお願いが終わった事例のため、変更も公開もできません。新しい事例は、企業の同意から始めてください。";
const NOT_APPROVED: &str =
    "企業が確認した文章と同じときだけ、公開できます。先に「企業に確認を依頼する」を押してください。";

/// The publication that an editor acts on, at the revision that the editor's page showed.
#[derive(Clone, Copy, Debug)]
pub struct Seen {
    pub id: PublicationId,
    pub revision: i32,
}

/// Creates a draft.
pub async fn create(app: &App, content: Content, by: AccountId) -> Result<Publication, Problem> {
    let tx = app.begin().await?;
    let number = match &content.facts {
        Facts::Campaign(facts) => ops::campaign::number(&tx, facts).await?,
        Facts::News(_) | Facts::Guide(_) | Facts::Example(_) | Facts::Gathering(_) | Facts::Survey(_) => {
            store::publication::next_number(&tx, content.facts.kind()).await?
        }
    };
    let draft = Publication::draft(PublicationId(Uuid::now_v7()), number, content);
    store::publication::save(&tx, &draft, RevisionAct::Created, Some(by), app.clock.now()).await?;
    tx.commit().await?;
    Ok(draft)
}

/// Creates the drafts that an installation begins with: entries of the guide and examples, each kind if it has none yet.
pub async fn ship(app: &App) -> Result<(), Problem> {
    let today = japan_date(app.clock.now());
    let internal = |err: anyhow::Error| Problem::Internal(err);
    let entries = SHIPPED.iter().map(|it| it.content(today).map_err(|err| internal(err.into())));
    ship_kind(app, PublicationKind::Guide, entries.collect::<Result<_, _>>()?).await?;
    let winners = WINNERS.iter().map(|it| it.content().map_err(|err| internal(err.into())));
    ship_kind(app, PublicationKind::Example, winners.collect::<Result<_, _>>()?).await
}

async fn ship_kind(app: &App, kind: PublicationKind, shipped: Vec<Content>) -> Result<(), Problem> {
    if !store::publication::newest(&app.db, kind, 1).await?.is_empty() {
        return Ok(());
    }
    let tx = app.begin().await?;
    let first = store::publication::next_number(&tx, kind).await?;
    // Another server that starts at the same time may have been first.
    if !store::publication::newest(&tx, kind, 1).await?.is_empty() {
        return Ok(());
    }
    let drafts = (first..).zip(shipped);
    let drafts =
        drafts.map(|(number, content)| Publication::draft(PublicationId(Uuid::now_v7()), number, content));
    let (drafts, now) = (drafts.collect::<Vec<_>>(), app.clock.now());
    store::publication::save_all(&tx, &drafts, RevisionAct::Imported, None, now).await?;
    tx.commit().await?;
    Ok(())
}

/// Saves other content as the newest revision. The public reads it after `publish`.
pub async fn edit(app: &App, seen: Seen, content: Content, by: AccountId) -> Result<Publication, Problem> {
    change(app, seen, RevisionAct::Edited, by, |it| Ok(it.edit(content)?)).await
}

/// Makes the newest revision public for `period`. An example that comes of a consultation is published only with the text
/// that its company has approved; the company is told when it is public (`consent::take_step`).
pub async fn publish(app: &App, seen: Seen, period: Period, by: AccountId) -> Result<Publication, Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    // A consent is locked before its example, here as everywhere.
    let consent = store::publication::consent::lock_of_example(&tx, seen.id).await?;
    let approved = match consent.as_ref().and_then(|it| it.approved) {
        Some(revision) => store::publication::revision(&tx, seen.id, revision).await?,
        None => None,
    };
    let approved = approved.map(|it| it.content);
    let mut is_new = consent.as_ref().is_some_and(ExampleConsent::is_to_be_announced);
    let after = change_in(app, &tx, seen, RevisionAct::Published, by, |it| {
        if consent.is_some() && approved.as_ref() != Some(&it.content) {
            return Err(Problem::Refused(NOT_APPROVED.to_owned()));
        }
        is_new |= it.public_revision.is_none() || it.has_unpublished_changes();
        Ok(it.publish(period))
    })
    .await?;
    if let Some(consent) = consent.filter(|_| is_new) {
        store::publication::consent::save(&tx, &consent.published(period.from()), app.clock.now()).await?;
    }
    settle(app, context, tx, &after, RevisionAct::Published).await?;
    Ok(after)
}

/// Records that an entry of the guide was compared with its source today. The public reads the new day at once, unless
/// the entry has changes that are not published.
pub async fn confirm_checked(app: &App, seen: Seen, by: AccountId) -> Result<Publication, Problem> {
    let today = japan_date(app.clock.now());
    change(app, seen, RevisionAct::Edited, by, |it| {
        let Facts::Guide(guide) = it.content.facts.clone() else { return Err(Problem::NotFound) };
        let facts = Facts::Guide(GuideFacts { checked_on: today, ..guide });
        let content = Content { facts, ..it.content.clone() };
        Ok(it.amend(content)?)
    })
    .await
}

/// Ends a publication now.
pub async fn archive(app: &App, seen: Seen, by: AccountId) -> Result<Publication, Problem> {
    let now = app.clock.now();
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let consent = store::publication::consent::lock_of_example(&tx, seen.id).await?;
    let after = change_in(app, &tx, seen, RevisionAct::Archived, by, |it| Ok(it.archive(now)?)).await?;
    if let Some(consent) = consent.filter(|_| after.state == PublicationState::Draft) {
        store::publication::consent::save(&tx, &consent.unpublished(now), now).await?;
    }
    settle(app, context, tx, &after, RevisionAct::Archived).await?;
    Ok(after)
}

/// Saves the content of an earlier revision as the newest.
pub async fn restore(app: &App, seen: Seen, revision: i32, by: AccountId) -> Result<Publication, Problem> {
    let earlier = store::publication::revision(&app.db, seen.id, revision).await?.ok_or(Problem::NotFound)?;
    change(app, seen, RevisionAct::Restored, by, |it| Ok(it.edit(earlier.content)?)).await
}

/// Begins a transaction, lets `decide` act on the publication as it stands, and saves what comes of it.
async fn change(
    app: &App,
    seen: Seen,
    act: RevisionAct,
    by: AccountId,
    decide: impl FnOnce(Publication) -> Result<Publication, Problem>,
) -> Result<Publication, Problem> {
    let context = Context::of(app).await?;
    let tx = app.begin().await?;
    let after = change_in(app, &tx, seen, act, by, decide).await?;
    settle(app, context, tx, &after, act).await?;
    Ok(after)
}

/// Commits a change, together with what follows for an event, a telework month or a survey.
async fn settle(
    app: &App,
    context: Context,
    tx: DatabaseTransaction,
    after: &Publication,
    act: RevisionAct,
) -> Result<(), Problem> {
    if let Facts::Gathering(facts) = &after.content.facts {
        if act == RevisionAct::Published {
            return ops::gathering::published(app, context, tx, after, facts).await;
        }
        if act == RevisionAct::Archived {
            ops::gathering::may_end(&tx, after, &context).await?;
        }
    }
    if let Facts::Campaign(facts) = &after.content.facts {
        if act == RevisionAct::Published {
            return ops::campaign::published(app, context, tx, after, facts).await;
        }
        if act == RevisionAct::Archived {
            ops::campaign::may_end(&tx, after, &context).await?;
        }
    }
    if let Facts::Survey(facts) = &after.content.facts {
        if act == RevisionAct::Published {
            return ops::survey::published(app, context, tx, after, facts).await;
        }
        if act == RevisionAct::Archived {
            ops::survey::may_end(&tx, after, &context).await?;
        }
    }
    Ok(tx.commit().await?)
}

async fn change_in(
    app: &App,
    tx: &DatabaseTransaction,
    seen: Seen,
    act: RevisionAct,
    by: AccountId,
    decide: impl FnOnce(Publication) -> Result<Publication, Problem>,
) -> Result<Publication, Problem> {
    let before = store::publication::lock(tx, seen.id).await?.ok_or(Problem::NotFound)?;
    if before.revision != seen.revision {
        return Err(Problem::Stale);
    }
    refuse_erased(tx, &before).await?;
    let seen = before.clone();
    let after = decide(before)?;
    if let Facts::Survey(facts) = &after.content.facts
        && act == RevisionAct::Published
    {
        ops::survey::check(tx, &seen, facts).await?;
    }
    if let Facts::Campaign(facts) = &after.content.facts {
        ops::campaign::keeps_year(&after, facts)?;
    }
    store::publication::save(tx, &after, act, Some(by), app.clock.now()).await?;
    if after.public_revision == Some(after.revision) || !is_public(&after) {
        store::publication::link_check::set_links(tx, after.id, &links(&after)).await?;
    }
    Ok(after)
}

/// Refuses a change of an example whose company has withdrawn its consent: its address says that it has ended, and no
/// other text comes back there.
async fn refuse_erased(tx: &DatabaseTransaction, it: &Publication) -> Result<(), Problem> {
    if is_erased(tx, it).await? { Err(Problem::Refused(ERASED.to_owned())) } else { Ok(()) }
}

/// Returns whether the text of an example was erased because its company's consent has ended.
pub async fn is_erased(db: &impl ConnectionTrait, it: &Publication) -> Result<bool, Problem> {
    let newest = store::publication::revision(db, it.id, it.revision).await?;
    Ok(newest.is_some_and(|it| it.act == RevisionAct::Erased))
}

const fn is_public(it: &Publication) -> bool {
    matches!(it.state, PublicationState::Published(_))
}

/// Returns the links to other sites that are checked: those that the public can follow.
fn links(it: &Publication) -> Vec<String> {
    if !is_public(it) {
        return Vec::new();
    }
    let mut found = it.content.body.as_ref().map_or_else(Vec::new, |it| markup::outside_links(it.as_str()));
    let of_facts = match &it.content.facts {
        Facts::News(news) => news.related.as_ref(),
        Facts::Guide(guide) => Some(&guide.link),
        Facts::Example(example) => example.link.as_ref(),
        Facts::Gathering(_) | Facts::Campaign(_) | Facts::Survey(_) => None,
    };
    let of_facts = of_facts.filter(|it| it.is_outside()).map(|it| it.as_str().to_owned());
    found.extend(of_facts.filter(|it| !found.contains(it)));
    found
}
