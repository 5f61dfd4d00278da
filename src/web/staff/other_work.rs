//! The work that waits for the center in the other systems of the programme, as it stands above the worklist.
use chrono::{DateTime, Utc};
use domain::calendar::japan_date;

use crate::{app::App, problem::Problem, store, url};

/// The work in the other systems of the programme.
pub struct OtherWork {
    /// The telework months in which registrations wait, with their numbers.
    pub registrations: Vec<(String, u64)>,
    /// The number of reports of doubtful requests that wait, the first day by which one is looked at, and whether that is
    /// over.
    pub doubts: (u64, String, bool),
    /// The number of questions and of mentors of the network that wait.
    pub network: (u64, u64),
    /// The events ahead without the meeting link that was asked for: the address at which it is entered, and the title.
    pub missing_links: Vec<(String, String)>,
}

/// Returns the work in the other systems of the programme.
pub async fn other_work(app: &App, now: DateTime<Utc>) -> Result<OtherWork, Problem> {
    let registrations = store::campaign::registration::waiting(&app.db).await?;
    let network = (
        store::network::question::waiting(&app.db).await?.0,
        store::network::mentor::waiting(&app.db).await?.0,
    );
    Ok(OtherWork {
        registrations: registrations.into_iter().map(|(id, n)| (url::campaign_desk(id), n)).collect(),
        doubts: doubts(app, now).await?,
        network,
        missing_links: missing_links(app, now).await?,
    })
}

/// Returns the number of reports of doubtful requests that wait, the first day by which one is looked at, and whether
/// that is over.
async fn doubts(app: &App, now: DateTime<Utc>) -> Result<(u64, String, bool), Problem> {
    let (count, look_by) = store::survey::doubt::waiting(&app.db).await?;
    let is_late = look_by.is_some_and(|it| it < japan_date(now));
    Ok((count, look_by.map(domain::wording::month_day_weekday).unwrap_or_default(), is_late))
}

/// Returns the events whose meeting link is missing, each with the address at which it is entered.
async fn missing_links(app: &App, now: DateTime<Utc>) -> Result<Vec<(String, String)>, Problem> {
    let missing = store::gathering::missing_links(&app.db, now).await?;
    Ok(missing.into_iter().map(|it| (url::event_desk(it.id), it.title)).collect())
}
