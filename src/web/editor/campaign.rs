//! A telework month beside its text: the registrations, and the decisions about them.
use std::collections::HashSet;

use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    campaign::RegistrationStatus,
    id::{PublicationId, RegistrationId},
    intake::contact::EmailAddress,
    publication::PublicationKind,
    text::Prose,
};
use uuid::Uuid;

use super::list;
use crate::{
    app::App,
    ops::{self, campaign::SeenRegistration},
    problem::Problem,
    store::{
        self,
        campaign::{
            Campaign,
            registration::{self, Registration, RegistrationSearch},
        },
    },
    url,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
        session::EditorUser,
    },
};

/// The number of registrations on a page.
const ON_A_PAGE: u64 = 50;

/// The most registrations that are shown as waiting.
const SHOWN: u64 = 200;

/// The length of the longest reason, in characters.
const LONGEST_REASON: usize = 500;

#[derive(Template)]
#[template(path = "editor/campaign.html")]
struct CampaignDeskPage {
    shell: Shell,
    campaign: Campaign,
    tally: Vec<(RegistrationStatus, u64)>,
    waiting: Vec<Registration>,
    /// The number of those that wait.
    waits: u64,
    found: Vec<Registration>,
    count: u64,
    form: Fields,
    statuses: Vec<Choice>,
    previous: String,
    next: String,
    /// The addresses of these registrations, in lower case, that no mail reaches.
    unreachable: HashSet<String>,
    links: CampaignLinks,
}

/// The addresses of the pages of a telework month, as far as the reader may open them.
pub struct CampaignLinks {
    pub desk: String,
    pub entry: String,
    pub public: String,
    /// The page of the files that visitors download.
    pub files: String,
    /// The list of those to whom a consultation is offered, which coordinators alone see.
    pub outreach: bool,
}

#[derive(Template)]
#[template(path = "editor/registration.html")]
struct RegistrationPage {
    shell: Shell,
    campaign: Campaign,
    registration: Registration,
    /// Other registrations with the same corporate number.
    same_number: Vec<Registration>,
    /// Whether no mail reaches the address.
    is_unreachable: bool,
    decided_by: String,
    state: FormState,
    links: CampaignLinks,
}

#[get("/staff/month/{id}")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    id: Path<Uuid>,
    req: HttpRequest,
) -> Result<HttpResponse, Problem> {
    let campaign = find(&app, *id).await?;
    let form = Fields::of_query(&req);
    let search = RegistrationSearch {
        status: RegistrationStatus::from_code(form.get("status")),
        words: form.get("q").chars().take(100).collect(),
    };
    let number = form.get("page").parse::<u64>().unwrap_or(1).clamp(1, 100_000);
    let place = ((number - 1) * ON_A_PAGE, ON_A_PAGE);
    let (found, count) = registration::search(&app.db, campaign.id, &search, place).await?;
    let waiting =
        registration::in_state(&app.db, campaign.id, RegistrationStatus::Waiting, Some(SHOWN)).await?;
    let unreachable = unreachable(&app, waiting.iter().chain(&found)).await?;
    let tally = registration::tally(&app.db, campaign.id).await?;
    let of = |it: RegistrationStatus| (it, tally.get(&it).copied().unwrap_or_default());
    let links = links(&shell, &campaign);
    let at = |number: u64| {
        let (q, status) = (url::percent_encoded(&search.words), form.get("status"));
        format!("{}?q={q}&status={}&page={number}#all", links.desk, url::percent_encoded(status))
    };
    let page = CampaignDeskPage {
        tally: RegistrationStatus::ALL.map(of).to_vec(),
        waiting,
        unreachable,
        waits: of(RegistrationStatus::Waiting).1,
        statuses: RegistrationStatus::ALL
            .into_iter()
            .filter(|it| *it != RegistrationStatus::Unproved)
            .map(|it| Choice::new(it.code(), it.label()))
            .collect(),
        previous: if number > 1 { at(number - 1) } else { String::new() },
        next: if number * ON_A_PAGE < count { at(number + 1) } else { String::new() },
        shell,
        found,
        count,
        form,
        links,
        campaign,
    };
    page::html(&page)
}

#[get("/staff/month/{id}/registrations/{registration}")]
pub async fn show_registration(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(Uuid, Uuid)>,
) -> Result<HttpResponse, Problem> {
    registration_page(&app, shell, *path, FormState::default()).await
}

/// Approves or rejects a registration, and goes on to the next that waits.
#[post("/staff/month/{id}/registrations/{registration}")]
pub async fn decide(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    path: Path<(Uuid, Uuid)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let (id, registration_id) = *path;
    let mut state = FormState::of(form);
    let version = state.form.get("version").parse().map_err(|_| Problem::Unreadable)?;
    let seen = SeenRegistration { id: RegistrationId(registration_id), version };
    found_in(&app, id, seen.id).await?;
    let (decided, sentence) = match state.form.get("action") {
        "approve" => (ops::campaign::approve(&app, seen, user.id).await, "承認しました。"),
        "reject" => {
            let reason = Prose::parse("理由", state.form.get("reason"), LONGEST_REASON);
            let Some(reason) = state.errors.take("reason", reason) else {
                return registration_page(&app, shell, *path, state).await;
            };
            (ops::campaign::reject(&app, seen, &reason, user.id).await, "登録者に理由を伝えました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    if state.value(decided)?.is_none() {
        return registration_page(&app, shell, *path, state).await;
    }
    let campaign = PublicationId(id);
    let waiting = RegistrationStatus::Waiting;
    match registration::in_state(&app.db, campaign, waiting, Some(1)).await?.first() {
        Some(next) => {
            let tally = registration::tally(&app.db, campaign).await?;
            let left = tally.get(&waiting).copied().unwrap_or_default();
            let left = format!("{sentence}承認待ちは、あと{left}件です。");
            Ok(page::see_other_with(address(campaign, next.id), &left))
        }
        None => Ok(page::see_other_with(url::campaign_desk(campaign), sentence)),
    }
}

/// Returns the telework month of an address of the editors' pages. One that was never published has no registrations.
pub async fn find(app: &App, id: Uuid) -> Result<Campaign, Problem> {
    store::campaign::find(&app.db, PublicationId(id)).await?.ok_or(Problem::NotFound)
}

/// Returns the addresses of the pages of a telework month.
pub fn links(shell: &Shell, campaign: &Campaign) -> CampaignLinks {
    let role = shell.account.as_ref().map(|it| it.role);
    CampaignLinks {
        desk: url::campaign_desk(campaign.id),
        entry: format!("{}/{}", list::address(PublicationKind::Campaign), campaign.id),
        public: url::publication(PublicationKind::Campaign, campaign.year),
        files: url::publication_files(campaign.id),
        outreach: role == Some(domain::actor::Role::Coordinator),
    }
}

/// Returns the address of the page of a registration.
pub fn address(campaign: PublicationId, id: RegistrationId) -> String {
    format!("{}/registrations/{id}", url::campaign_desk(campaign))
}

/// Returns a registration of a telework month. One whose address is not proved is shown to no person of the staff.
async fn found_in(app: &App, campaign: Uuid, id: RegistrationId) -> Result<Registration, Problem> {
    let found = registration::find(&app.db, id).await?;
    let is_shown = |it: &Registration| {
        it.campaign.0 == campaign && it.life.state.status() != RegistrationStatus::Unproved
    };
    found.filter(is_shown).ok_or(Problem::NotFound)
}

async fn registration_page(
    app: &App,
    shell: Shell,
    (id, registration_id): (Uuid, Uuid),
    state: FormState,
) -> Result<HttpResponse, Problem> {
    let campaign = find(app, id).await?;
    let it = found_in(app, id, RegistrationId(registration_id)).await?;
    let same_number = match it.entry.corporate_number {
        Some(number) => registration::same_number(&app.db, campaign.id, number, it.id).await?,
        None => Vec::new(),
    };
    let is_unreachable = !unreachable(app, [&it]).await?.is_empty();
    let decided_by = match it.decided {
        Some((_, by)) => store::accounts::account::find(&app.db, by).await?.map(|it| it.name),
        None => None,
    };
    let status = state.status();
    let page = RegistrationPage {
        links: links(&shell, &campaign),
        shell,
        campaign,
        registration: it,
        same_number,
        is_unreachable,
        decided_by: decided_by.unwrap_or_default(),
        state,
    };
    page::html_with(status, &page)
}

/// Returns the addresses of these registrations, in lower case, that no mail reaches.
async fn unreachable<'a>(
    app: &App,
    all: impl IntoIterator<Item = &'a Registration>,
) -> Result<HashSet<String>, Problem> {
    let addresses = all.into_iter().filter_map(|it| it.entry.email.as_ref().map(EmailAddress::key));
    Ok(store::correspondence::bounce::dead_among(&app.db, addresses.collect()).await?)
}

impl CampaignDeskPage {
    fn is_unreachable(&self, it: &Registration) -> bool {
        it.entry.email.as_ref().is_some_and(|it| self.unreachable.contains(&it.key()))
    }

    fn address(&self, it: &Registration) -> String {
        address(self.campaign.id, it.id)
    }
}

impl RegistrationPage {
    fn status(&self) -> RegistrationStatus {
        self.registration.life.state.status()
    }

    fn may_approve(&self) -> bool {
        matches!(
            self.status(),
            RegistrationStatus::Waiting | RegistrationStatus::Rejected | RegistrationStatus::Lapsed
        )
    }

    fn may_reject(&self) -> bool {
        matches!(self.status(), RegistrationStatus::Waiting | RegistrationStatus::Approved)
    }

    fn action(&self) -> String {
        address(self.campaign.id, self.registration.id)
    }

    /// Returns the words of the consent to announcements, as the registrant read them.
    fn opt_in_words(&self) -> &'static str {
        let version = self.registration.opt_in.as_ref().map_or("", |it| it.version.as_str());
        domain::campaign::opt_in_text(version).unwrap_or_default()
    }
}
