//! A registrant's own page, by the link in the mail: no sign-in. GET shows it and changes nothing.
use actix_web::{
    HttpRequest, HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    campaign::{OPT_IN, RegistrationState, RegistrationStatus},
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
            logo::{self, CampaignLogo},
            registration::{self, Registration},
        },
        publication::shelf::Shelf,
    },
    url,
    web::kit::{
        campaign_view::days,
        client,
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
    /// Whether another registration has the same corporate number.
    same_number: bool,
    logos: Vec<CampaignLogo>,
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

#[derive(Template)]
#[template(path = "public/certificate.html")]
struct CertificatePage {
    shell: Shell,
    title: String,
    back: String,
    name: String,
    number: String,
    period: String,
    words: String,
    day: String,
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
    let (outcome, sentence) = match state.form.get("act") {
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

/// The certificate of a registration in the list, to print.
#[get("/m/{token}/certificate")]
pub async fn certificate(app: Data<App>, shell: Shell, token: Path<String>) -> Result<HttpResponse, Problem> {
    let Some((it, campaign)) = ops::campaign::registration_of(&app, &token).await? else {
        return gone(shell);
    };
    let listed = it.life.listed.as_ref().zip(it.number);
    let Some((listed, number)) = listed else { return Ok(page::see_other(url::registration(&token))) };
    let shelf = app.shelf_to_show().await?;
    let words = facts_of(&shelf, &app, &campaign).and_then(|it| it.certificate.as_ref());
    let words = words.map_or_else(
        || format!("「{}」の趣旨に賛同し、活動に取り組む登録者であることを証します。", campaign.title),
        ToString::to_string,
    );
    let day = it.decided.map_or(it.created_at, |it| it.0);
    let page = CertificatePage {
        shell,
        title: campaign.title.clone(),
        back: url::registration(&token),
        name: listed.name.to_string(),
        number: format!("{}-{number:05}", campaign.year),
        period: days(campaign.starts_on, campaign.ends_on),
        words,
        day: long_date(day),
    };
    page::html(&page).map(page::unlisted)
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
    if state.form.get("act") != "change" {
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
        same_number,
        logos: logo::of(&app.db, campaign.id).await?,
        choices: RegistrationChoices::of(activities),
        state,
        is_new: false,
        opt_in_words: OPT_IN.1,
        registration: it,
        campaign,
    };
    page::html_with(status, &page).map(page::unlisted)
}

/// Returns the public facts of a telework month.
fn facts_of<'a>(shelf: &'a Shelf, app: &App, campaign: &Campaign) -> Option<&'a CampaignFacts> {
    let it = shelf.numbered(PublicationKind::Campaign, campaign.year, app.clock.now())?;
    if let Facts::Campaign(facts) = &it.facts { Some(facts) } else { None }
}

fn gone(shell: Shell) -> Result<HttpResponse, Problem> {
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
