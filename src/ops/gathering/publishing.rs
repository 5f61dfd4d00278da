//! The consequences of publishing an event: its row is made or changed, and its participants are told what has moved.
use domain::{
    gathering::{SignUpState, last_call},
    publication::{Publication, gathering::GatheringFacts},
};
use sea_orm::DatabaseTransaction;

use super::hall::{CONCERNED, Hall};
use crate::{
    app::App,
    mail::mail_event::GatheringNews,
    ops::case::context::Context,
    problem::Problem,
    store::{
        self,
        gathering::{Gathering, sign_up},
    },
};

/// Makes the row of an event that was just published in `tx`, or changes it, and commits. If time or place are others,
/// all participants get one mail with the new version of the calendar entry.
pub async fn published(
    app: &App,
    context: Context,
    tx: DatabaseTransaction,
    publication: &Publication,
    facts: &GatheringFacts,
) -> Result<(), Problem> {
    let before = store::gathering::lock(&tx, publication.id).await?;
    check(publication, facts, before.as_ref())?;
    check_seats(&tx, publication, facts).await?;
    let after = row_of(publication, facts, before.as_ref());
    match &before {
        None => store::gathering::insert(&tx, &after).await?,
        Some(_) => store::gathering::save(&tx, &after).await?,
    }
    let mut hall = Hall::of(app, context, tx, after).await?;
    if let Some(before) = before.filter(|it| it.sequence != hall.event.sequence) {
        hall.tell_moved(&before).await?;
    }
    hall.commit().await
}

/// Refuses to end the publication of an event that is still ahead and has participants.
pub async fn may_end(
    tx: &DatabaseTransaction,
    publication: &Publication,
    context: &Context,
) -> Result<(), Problem> {
    let Some(event) = store::gathering::lock(tx, publication.id).await? else { return Ok(()) };
    if event.called_off.is_some() || event.ends_at <= context.now {
        return Ok(());
    }
    if sign_up::of_event(tx, event.id, &CONCERNED).await?.is_empty() {
        return Ok(());
    }
    let why = "申込みのあるイベントは、終わるまで公開を終えられません。行わないときは、参加者の画面で中止してください。";
    Err(Problem::Refused(why.to_owned()))
}

/// Refuses what would take a published event from its participants without a word.
fn check(
    publication: &Publication,
    facts: &GatheringFacts,
    before: Option<&Gathering>,
) -> Result<(), Problem> {
    let refuse = |why: &str| Err(Problem::Refused(why.to_owned()));
    let until = publication.state.period().and_then(domain::publication::Period::until);
    if until.is_some_and(|it| it < facts.ends_at) {
        return refuse("公開を終える日時は、イベントが終わったあとにしてください。");
    }
    match before {
        Some(it) if it.called_off.is_some() => {
            refuse("中止したイベントは、公開し直せません。新しいイベントとして作成してください。")
        }
        Some(it) if it.thanked_at.is_some() && it.starts_at != facts.starts_at => {
            refuse("終わったイベントの日時は、変えられません。")
        }
        Some(it) if it.kind != facts.kind => refuse("公開したイベントの種類は、変えられません。"),
        _ => Ok(()),
    }
}

/// Refuses to remove a kind of seats for which people have signed up. Their number can be set to nought.
async fn check_seats(
    tx: &DatabaseTransaction,
    publication: &Publication,
    facts: &GatheringFacts,
) -> Result<(), Problem> {
    for it in sign_up::of_event(tx, publication.id, &CONCERNED).await? {
        if facts.seats(it.seat).is_none() {
            let label = it.seat.label();
            let why = format!(
                "{label}の申込みがあるため、{label}の席をなくせません。席の数を0にすると、新しい申込みを止められます。"
            );
            return Err(Problem::Refused(why));
        }
    }
    Ok(())
}

fn row_of(publication: &Publication, facts: &GatheringFacts, before: Option<&Gathering>) -> Gathering {
    let place = facts.place().to_owned();
    let has_moved = before
        .is_some_and(|it| (it.starts_at, it.ends_at, &it.place) != (facts.starts_at, facts.ends_at, &place));
    let kept = before.cloned();
    Gathering {
        id: publication.id,
        number: publication.number,
        kind: facts.kind,
        title: publication.content.title.as_str().to_owned(),
        place,
        starts_at: facts.starts_at,
        ends_at: facts.ends_at,
        deadline: facts.deadline,
        venue_seats: facts.venue_seats,
        online_seats: facts.online_seats,
        experts: facts.experts.clone(),
        sequence: before.map_or(0, |it| it.sequence + i32::from(has_moved)),
        online_link: kept.as_ref().and_then(|it| it.online_link.clone()),
        materials: kept.as_ref().and_then(|it| it.materials.clone()),
        called_off: kept.as_ref().and_then(|it| it.called_off.clone()),
        thanked_at: before.and_then(|it| it.thanked_at),
        erased_at: before.and_then(|it| it.erased_at),
        link_asked_at: before.filter(|_| !has_moved).and_then(|it| it.link_asked_at),
        due_at: before.and_then(|it| it.due_at),
    }
}

impl Hall<'_> {
    async fn tell_moved(&mut self, before: &Gathering) -> Result<(), Problem> {
        for mut it in sign_up::of_event(&self.tx, self.event.id, &CONCERNED).await? {
            self.tell(&it, GatheringNews::Moved { was: before.starts_at })?;
            let last = last_call(it.seat, self.event.starts_at).max(self.now());
            if let SignUpState::Offered { number, until } = it.state
                && until > last
            {
                it.state = SignUpState::Offered { number, until: last };
                sign_up::save(&self.tx, &it).await?;
            }
            if matches!(it.state, SignUpState::Seated { .. }) {
                self.plan_reminders(&it)?;
            }
        }
        Ok(())
    }
}
