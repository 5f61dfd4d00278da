//! A registrant's own page, by the link in the mail: no sign-in. GET shows it and changes nothing.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    calendar::japan_date,
    campaign::{DECIDED_WITHIN, OPT_IN, RegistrationState, RegistrationStatus},
    intake::application::{Intake, TICKED},
    publication::{Facts, PublicationKind, campaign::CampaignFacts},
    wording::{long_date, month_day_time},
};

use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        campaign::{
            Campaign,
            registration::{self, Registration},
        },
        publication::{file, shelf::Shelf},
    },
    url,
    web::kit::{
        client,
        file_list::{self, FileLine},
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        registration_form::{RegistrationChoices, fill, parse, typed},
    },
};

#[derive(Template)]
#[template(path = "public/registrant.html")]
struct RegistrantPage {
    shell: Shell,
    campaign: Campaign,
    registration: Registration,
    /// The address to which forms are sent.
    action: String,
    public_address: String,
    /// The end of the time to prove the address; empty if it is proved.
    until: String,
    /// The day by which the center decides, as it was told; empty if nothing waits, or the day has passed.
    decided_by: String,
    /// Whether another registration has the same corporate number.
    same_number: bool,
    logos: Vec<FileLine>,
    choices: RegistrationChoices,
    state: FormState,
    is_new: bool,
    opt_in_words: &'static str,
}

/// The page of a link that leads to nothing any more.
#[derive(Template)]
#[template(path = "public/registrant_gone.html")]
struct RegistrantGonePage {
    shell: Shell,
}

#[get("/m/{token}")]
pub async fn show(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    answer(&app, shell, &token, FormState::default()).await
}

#[post("/m/{token}")]
pub async fn submit(
    app: Data<App>,
    req: HttpRequest,
    shell: Shell,
    token: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let Some((it, campaign)) = ops::campaign::registration_of(&app, &token).await? else {
        return gone(shell);
    };
    let mut state = FormState::of(form);
    let (outcome, sentence) = match state.form.get("action") {
        "prove" => {
            let proved = ops::campaign::prove(&app, it.id).await;
            (proved, "登録を受け付けました。事務局で内容を確認します。")
        }
        "withdraw" => {
            let was_unproved = matches!(it.life.state, RegistrationState::Unproved { .. });
            let withdrawn = ops::campaign::withdraw(&app, it.id).await;
            if was_unproved && withdrawn.is_ok() {
                return Ok(page::see_other_with("/month", "登録をやめました。入力した内容は削除しました。"));
            }
            (withdrawn, "登録を取り下げました。")
        }
        "apply" => {
            let network =
                app.secret.pseudonym(&client::network(client::address(&req, &app.config.trusted_proxies)));
            if it.proved_at.is_none() {
                return Err(Problem::NotFound);
            }
            let begun = ops::campaign::begin_application(&app, &it, network).await;
            return match state.value(begun)? {
                Some(draft) => Ok(page::see_other(url::draft(draft))),
                None => answer(&app, shell, &token, state).await,
            };
        }
        "change" => return change(&app, shell, &token, &it, &campaign, state).await,
        _ => return Err(Problem::Unreadable),
    };
    if state.done(outcome)? {
        return Ok(page::see_other_with(url::registration(&token), sentence));
    }
    answer(&app, shell, &token, state).await
}

async fn change(
    app: &App,
    shell: Shell,
    token: &str,
    it: &Registration,
    campaign: &Campaign,
    mut state: FormState,
) -> Result<HttpResponse, Problem> {
    let shelf = app.shelf_to_show().await?;
    let activities = facts_of(&shelf, app, campaign).map_or(&[][..], |it| &it.activities);
    let mut values = typed(&state.form);
    // The address was proved and the rules were agreed to; neither is asked for again.
    values.email = it.entry.email.as_ref().map(ToString::to_string).unwrap_or_default();
    TICKED.clone_into(&mut values.rules);
    let Some(entry) = parse(&values, activities, Intake::Company, &mut state.errors) else {
        return answer(app, shell, token, state).await;
    };
    let changed = ops::campaign::change(app, it.id, entry, values.opts_in()).await;
    let Some(after) = state.value(changed)? else { return answer(app, shell, token, state).await };
    let sentence = if after.life.state.status() == RegistrationStatus::Waiting {
        "変更を受け付けました。事務局で確認します。"
    } else {
        "変更しました。"
    };
    Ok(page::see_other_with(url::registration(token), sentence))
}

async fn answer(app: &App, shell: Shell, token: &str, mut state: FormState) -> Result<HttpResponse, Problem> {
    let Some((it, campaign)) = ops::campaign::registration_of(app, token).await? else { return gone(shell) };
    let shelf = app.shelf_to_show().await?;
    let activities = facts_of(&shelf, app, &campaign).map_or(&[][..], |it| &it.activities);
    if state.form.get("action") != "change" {
        state.form = fill(&it.entry, it.opt_in.as_ref().is_some_and(domain::campaign::OptIn::stands));
    }
    let is_proved = it.proved_at.is_some();
    let same_number = match it.entry.corporate_number.filter(|_| is_proved && it.life.state.is_live()) {
        Some(number) => !registration::same_number(&app.db, it.campaign, number, it.id).await?.is_empty(),
        None => false,
    };
    let until = if let RegistrationState::Unproved { until } = it.life.state {
        month_day_time(until)
    } else {
        String::new()
    };
    let status = state.status();
    let page = RegistrantPage {
        shell,
        action: url::registration(token),
        public_address: url::publication(PublicationKind::Campaign, campaign.year),
        until,
        decided_by: decided_by(app, &it).await?,
        same_number,
        logos: file_list::lines(file::open(&app.db, campaign.id).await?),
        choices: RegistrationChoices::of(activities),
        state,
        is_new: false,
        opt_in_words: OPT_IN.1,
        registration: it,
        campaign,
    };
    page::html_with(status, &page).map(page::unlisted)
}

/// Returns the day by which the center decides about what waits, in words; empty if nothing waits, or the day has passed.
async fn decided_by(app: &App, it: &Registration) -> Result<String, Problem> {
    let RegistrationState::Waiting { since } = it.life.state else { return Ok(String::new()) };
    let now = app.clock.now();
    let calendar = app.programme_to_show().await?.calendar(now);
    let day = calendar.add_business_days(japan_date(since), DECIDED_WITHIN);
    Ok(if japan_date(now) <= day { long_date(day) } else { String::new() })
}

/// Returns the public facts of a telework month.
pub fn facts_of<'a>(shelf: &'a Shelf, app: &App, campaign: &Campaign) -> Option<&'a CampaignFacts> {
    let it = shelf.numbered(PublicationKind::Campaign, campaign.year, app.clock.now())?;
    if let Facts::Campaign(facts) = &it.facts { Some(facts) } else { None }
}

pub fn gone(shell: Shell) -> Result<HttpResponse, Problem> {
    page::html_with(StatusCode::GONE, &RegistrantGonePage { shell })
}

impl RegistrantPage {
    fn is(&self, status: RegistrationStatus) -> bool {
        self.registration.life.state.status() == status
    }

    /// Returns whether the data can be changed.
    fn may_change(&self) -> bool {
        matches!(
            self.registration.life.state.status(),
            RegistrationStatus::Waiting | RegistrationStatus::Approved | RegistrationStatus::Rejected
        )
    }

    /// Returns whether it is in the public list, which gives the certificate.
    const fn is_listed(&self) -> bool {
        self.registration.life.listed.is_some()
    }
}
