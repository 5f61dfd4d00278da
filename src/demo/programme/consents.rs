//! The examples of the demo that come of its consultations: one that is public, one that its company reads, and a company
//! that was asked.
use domain::{
    id::{AccountId, ConsultationId},
    publication::{Content, Facts, Period},
    text::{Prose, TextLine},
};

use crate::{
    app::App,
    ops::{self, publication::Seen},
    problem::Problem,
    store,
};

const TITLE: &str = "勤怠と書類の確認を、出社せずにできるように";
const SUMMARY: &str = "紙で行っていた勤怠の記録と書類の確認を見直し、一部の職員から在宅勤務を始めました。";
const MEASURES: &str = "専門家と業務を一つずつ確認し、出社しなくてもできるものから始めました。始める前に、端末の使い方と連絡の決まりを1枚の紙にまとめました。";
const EFFECTS: &str =
    "書類の確認を待つ時間が減り、外出の多い職員も同じ日のうちに確認できるようになりました。";

/// Lets companies of completed consultations agree to an example. `people` are an editor and a coordinator.
pub(super) async fn tell(
    app: &App,
    cases: impl Iterator<Item = ConsultationId>,
    people: (AccountId, AccountId),
) -> Result<(), Problem> {
    let (editor, coordinator) = people;
    let mut count = 0;
    for id in cases {
        let Some(record) = store::consultation::find(&app.db, id).await? else { continue };
        let person = store::consultation::person(&app.db, id).await?;
        let is_fit = ops::publication::consent::check_begin(&app.db, &record).await.is_ok()
            && person.is_some_and(|it| it.email.is_some());
        if !is_fit {
            continue;
        }
        match count {
            0 => public(app, id, editor).await?,
            1 => shown(app, id, editor, false).await.map(|_| ())?,
            2 => ops::publication::consent::ask(app, id, coordinator).await?,
            _ => break,
        }
        count += 1;
    }
    Ok(())
}

async fn public(app: &App, id: ConsultationId, editor: AccountId) -> Result<(), Problem> {
    let seen = shown(app, id, editor, true).await?;
    ops::publication::consent::approve(app, id, seen.revision).await?;
    let period = Period::new(app.clock.now(), None).map_err(|err| Problem::Internal(err.into()))?;
    ops::publication::publish(app, seen, period, editor).await?;
    ops::publication::consent::take_step(app, id).await
}

/// Lets the company agree, writes the text, and shows it.
async fn shown(app: &App, id: ConsultationId, editor: AccountId, is_named: bool) -> Result<Seen, Problem> {
    ops::publication::consent::agree(app, id, is_named).await?;
    let consent = store::publication::consent::find(&app.db, id).await?.ok_or(Problem::NotFound)?;
    let example = consent.state.example().ok_or(Problem::NotFound)?;
    let draft = store::publication::find(&app.db, example).await?.ok_or(Problem::NotFound)?;
    let content = written(draft.content).map_err(Problem::Internal)?;
    let it =
        ops::publication::edit(app, Seen { id: example, revision: draft.revision }, content, editor).await?;
    let seen = Seen { id: example, revision: it.revision };
    ops::publication::consent::show(app, seen, editor).await?;
    Ok(seen)
}

fn written(draft: Content) -> Result<Content, anyhow::Error> {
    let Facts::Example(mut facts) = draft.facts else { anyhow::bail!("the draft is no example") };
    facts.summary = TextLine::parse("項目", SUMMARY, 200)?;
    facts.before = None;
    facts.measures = Prose::parse("項目", MEASURES, 2_000)?;
    facts.effects = Some(Prose::parse("項目", EFFECTS, 2_000)?);
    Ok(Content { title: TextLine::parse("項目", TITLE, 100)?, body: None, facts: Facts::Example(facts) })
}
