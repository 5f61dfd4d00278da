//! The consequences of publishing a telework month: its row is made or changed.
use domain::{
    campaign::{KEPT, RegistrationStatus},
    publication::{Facts, Period, Publication, PublicationKind, campaign::CampaignFacts},
};
use sea_orm::DatabaseTransaction;

use super::transaction::CampaignTransaction;
use crate::{
    app::App,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        campaign::{Campaign, registration},
    },
};

/// Returns the number of a new telework month: its year, which no other has.
pub async fn number(tx: &DatabaseTransaction, facts: &CampaignFacts) -> Result<i32, Problem> {
    // Transactions that ask for a number take turns.
    store::publication::next_number(tx, PublicationKind::Campaign).await?;
    let year = facts.year();
    if store::publication::has_number(tx, PublicationKind::Campaign, year).await? {
        let why = format!("{year}年のテレワーク月間は、すでにあります。一覧から開いて編集してください。");
        return Err(Problem::Refused(why));
    }
    Ok(year)
}

/// Refuses another year, which would change the public address.
pub fn keeps_year(it: &Publication, facts: &CampaignFacts) -> Result<(), Problem> {
    if facts.year() == it.number {
        return Ok(());
    }
    let why = "テレワーク月間の年は、変えられません。別の年のものは、新しく作成してください。";
    Err(Problem::Refused(why.to_owned()))
}

/// Makes the row of a telework month that was just published in `tx`, or changes it, and commits.
pub async fn published(
    app: &App,
    context: Context,
    tx: DatabaseTransaction,
    publication: &Publication,
    facts: &CampaignFacts,
) -> Result<(), Problem> {
    let until = publication.state.period().and_then(Period::until);
    if until.is_some_and(|it| it < facts.period().1) {
        return Err(Problem::Refused("公開を終える日時は、期間が終わったあとにしてください。".to_owned()));
    }
    let before = store::campaign::lock(&tx, publication.id).await?;
    let rules_revision = rules_revision(&tx, publication, facts, before.as_ref()).await?;
    let campaign = Campaign {
        id: publication.id,
        year: facts.year(),
        title: publication.content.title.as_str().to_owned(),
        starts_on: facts.starts_on,
        ends_on: facts.ends_on,
        opens_on: facts.opens_on,
        closes_on: facts.closes_on,
        rules_revision,
        last_number: before.as_ref().map_or(0, |it| it.last_number),
        reminded_at: before.as_ref().and_then(|it| it.reminded_at),
        // A month that ends later again keeps its data longer again.
        erased_at: before
            .as_ref()
            .and_then(|it| it.erased_at)
            .filter(|_| facts.period().1 + KEPT <= context.now),
        due_at: None,
    };
    if before.is_none() {
        store::campaign::insert(&tx, &campaign).await?;
    }
    CampaignTransaction { app, context, tx, campaign, mails: Vec::new() }.commit().await
}

/// Returns the revision with which these rules were published first: the earlier one if they are the same.
async fn rules_revision(
    tx: &DatabaseTransaction,
    publication: &Publication,
    facts: &CampaignFacts,
    before: Option<&Campaign>,
) -> Result<i32, Problem> {
    let Some(before) = before else { return Ok(publication.revision) };
    let earlier = store::publication::revision(tx, publication.id, before.rules_revision).await?;
    let is_same = earlier.is_some_and(
        |it| matches!(it.content.facts, Facts::Campaign(earlier) if earlier.rules == facts.rules),
    );
    Ok(if is_same { before.rules_revision } else { publication.revision })
}

/// Refuses to end the publication of a telework month before it is over, or while registrations wait.
pub async fn may_end(
    tx: &DatabaseTransaction,
    publication: &Publication,
    context: &Context,
) -> Result<(), Problem> {
    let Some(it) = store::campaign::lock(tx, publication.id).await? else { return Ok(()) };
    let waiting = [RegistrationStatus::Waiting];
    let is_waited_for = registration::longest_in(tx, it.id, &waiting, false).await?.is_some();
    let has_registrations = it.last_number > 0 || is_waited_for;
    if has_registrations && context.now < it.ends_at() {
        let why = "登録のあるテレワーク月間は、期間が終わるまで公開を終えられません。";
        return Err(Problem::Refused(why.to_owned()));
    }
    if is_waited_for {
        let why = "承認待ちの登録があります。承認するか見送るかを決めてから、公開を終えてください。";
        return Err(Problem::Refused(why.to_owned()));
    }
    Ok(())
}
