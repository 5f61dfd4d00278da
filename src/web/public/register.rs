//! The form with which an organisation or a person registers for a telework month. Nothing is certain before the mailed
//! link is opened.
use actix_web::{HttpRequest, HttpResponse, get, post, web::Data};
use askama::Template;
use domain::{
    campaign::{CampaignStage, ENDED_KEPT, KEPT, OPT_IN},
    intake::application::Intake,
    publication::campaign::CampaignFacts,
};

use super::campaign::{OtherCampaign, address, campaigns, next_to_open};
use crate::{
    app::App,
    markup,
    ops::{self, campaign::RegistrationRequest},
    problem::Problem,
    store::{
        self,
        campaign::Campaign,
        publication::shelf::{Shelf, ShelvedPublication},
    },
    web::kit::{
        campaign_view::CampaignView,
        client,
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        registration_form::{RegistrationChoices, parse, typed},
    },
};

#[derive(Template)]
#[template(path = "public/register.html")]
struct RegisterPage {
    shell: Shell,
    title: String,
    address: String,
    campaign: CampaignView,
    rules: String,
    rules_revision: i32,
    choices: RegistrationChoices,
    state: FormState,
    /// Whether the address can be typed: in a change it cannot.
    is_new: bool,
    opt_in_words: &'static str,
    kept_days: i64,
    ended_days: i64,
}

#[derive(Template)]
#[template(path = "public/register_closed.html")]
struct ClosedPage {
    shell: Shell,
    next: Option<OtherCampaign>,
}

#[derive(Template)]
#[template(path = "public/register_sent.html")]
struct SentPage {
    shell: Shell,
}

#[get("/month/register")]
pub async fn show(app: Data<App>, shell: Shell) -> Result<HttpResponse, Problem> {
    answer(&app, shell, FormState::default()).await
}

#[post("/month/register")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let Some((it, facts, campaign)) = open(&app, &shelf).await? else {
        return answer(&app, shell, FormState::default()).await;
    };
    let mut state = FormState::of(form);
    let values = typed(&state.form);
    let entry = parse(&values, &facts.activities, Intake::Company, &mut state.errors);
    let seen = state.form.get("rules_revision").parse().unwrap_or(campaign.rules_revision);
    if seen != campaign.rules_revision {
        state
            .errors
            .add("rules", "活動規約が変わりました。新しい規約を確認し、同意する場合はチェックしてください");
    }
    let Some(entry) = entry.filter(|_| state.errors.is_empty()) else {
        return answer(&app, shell, state).await;
    };
    let network = app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
    let request = RegistrationRequest { entry, rules_revision: seen, opts_in: values.opts_in() };
    let outcome = ops::campaign::request(&app, it.id, request, &network).await;
    if state.done(outcome)? {
        return Ok(page::see_other("/month/register/sent"));
    }
    answer(&app, shell, state).await
}

/// The answer to a registration. It is the same whether the address has registered before or not.
#[get("/month/register/sent")]
pub async fn sent(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html(&SentPage { shell })
}

/// Returns the telework month that takes registrations now; of several, the latest.
async fn open<'a>(
    app: &App,
    shelf: &'a Shelf,
) -> Result<Option<(&'a ShelvedPublication, &'a CampaignFacts, Campaign)>, Problem> {
    let now = app.clock.now();
    let open = campaigns(shelf, now).filter(|(_, it)| CampaignStage::of(it, now) == CampaignStage::Open);
    let Some((it, facts)) = open.max_by_key(|(it, _)| it.number) else { return Ok(None) };
    let campaign = store::campaign::find(&app.db, it.id).await?.ok_or(Problem::NotFound)?;
    Ok(Some((it, facts, campaign)))
}

async fn answer(app: &App, shell: Shell, state: FormState) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let Some((it, facts, campaign)) = open(app, &shelf).await? else {
        return page::html(&ClosedPage { shell, next: next_to_open(&shelf, app.clock.now()) });
    };
    let status = state.status();
    let page = RegisterPage {
        shell,
        title: it.title.to_string(),
        address: address(it),
        campaign: CampaignView::of(facts),
        rules: markup::html(facts.rules.as_str()),
        rules_revision: campaign.rules_revision,
        choices: RegistrationChoices::of(&facts.activities),
        state,
        is_new: true,
        opt_in_words: OPT_IN.1,
        kept_days: KEPT.num_days(),
        ended_days: ENDED_KEPT.num_days(),
    };
    page::html_with(status, &page)
}
