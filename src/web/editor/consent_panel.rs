//! The consent under which an example of a consultation stands, as editors see it. They see nothing else of the case.
use domain::{
    publication::{
        Publication,
        example::consent::{ConsentState, ExampleConsent, ExampleConsentStatus},
    },
    wording::month_day_weekday,
};

use crate::{app::App, problem::Problem, store};

/// The part of a consent that editors see.
pub struct ConsentPanel {
    pub status: ExampleConsentStatus,
    pub is_named: bool,
    /// The last day before the state ends by itself; empty if it does not.
    pub until: String,
    /// The changes that the company has asked for; empty if there are none.
    pub wish: String,
    /// Whether the newest text is the one that the company reads.
    pub is_read: bool,
    /// Whether the newest text is the one that the company has approved.
    pub is_approved: bool,
}

/// Returns the consent under which an example stands; `None` for any other publication.
pub async fn panel(app: &App, it: &Publication) -> Result<Option<ConsentPanel>, Problem> {
    let Some(consent) = store::publication::consent::of_example(&app.db, it.id).await? else {
        return Ok(None);
    };
    let approved = match consent.approved {
        Some(revision) => store::publication::revision(&app.db, it.id, revision).await?,
        None => None,
    };
    let wish = if let ConsentState::ChangesWanted { wish, .. } = &consent.state { wish.as_str() } else { "" };
    let reads = matches!(consent.state, ConsentState::Review { revision, .. } if revision == it.revision);
    Ok(Some(ConsentPanel {
        status: consent.state.status(),
        is_named: consent.is_named,
        until: last_day(&consent),
        wish: wish.to_owned(),
        is_read: reads,
        is_approved: approved.is_some_and(|approved| approved.content == it.content),
    }))
}

/// Returns what an editor has to do about an example; empty if it is the company's turn.
pub fn attention(consent: &ExampleConsent, is_public: bool) -> String {
    let until = last_day(consent);
    let until = if until.is_empty() { until } else { format!("（{until}まで）") };
    match consent.state {
        ConsentState::Writing(_) => {
            format!("企業が協力に同意しました。文章を書いて、企業に確認を依頼してください{until}")
        }
        ConsentState::ChangesWanted { .. } => format!("企業が文章の修正を希望しています{until}"),
        ConsentState::Approved(_) if !is_public => format!("企業の確認が終わりました。公開できます{until}"),
        ConsentState::Asked
        | ConsentState::Declined
        | ConsentState::Review { .. }
        | ConsentState::Approved(_)
        | ConsentState::Withdrawn
        | ConsentState::Lapsed => String::new(),
    }
}

/// Returns the last day before the state ends by itself. A deadline is the midnight that ends it.
fn last_day(consent: &ExampleConsent) -> String {
    let due_at = consent.due_at.map(|it| it - chrono::TimeDelta::seconds(1));
    due_at.map(month_day_weekday).unwrap_or_default()
}
