//! Publishing, ending, and confirming an entry of the guide. Publishing asks once and says what follows.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, NaiveDate, Utc};
use domain::{
    calendar::at_japan,
    publication::{Period, Phase, Publication, PublicationKind},
    wording::{iso_date, month_day_time, time},
};

use super::entry::{address, find};
use crate::{
    app::App,
    markup,
    ops::{self, publication::Seen},
    problem::Problem,
    web::kit::{
        campaign_view::CampaignView,
        date_form,
        event_view::EventView,
        example_view::ExampleView,
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
        session::EditorUser,
        survey_view::SurveyView,
    },
};

#[derive(Template)]
#[template(path = "editor/publish.html")]
struct PublishPage {
    shell: Shell,
    publication: Publication,
    phase: Phase,
    typed: FormState,
    /// The text as the public will read it.
    html: String,
    /// The facts of an event.
    event: Option<EventView>,
    campaign: Option<CampaignView>,
    survey: Option<SurveyView>,
    example: Option<ExampleView>,
    address: String,
    /// The public address.
    public_address: String,
}

#[get("/staff/publish/{kind}/{id}/publish")]
pub async fn show(
    app: Data<App>,
    shell: Shell,
    _: EditorUser,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let now = app.clock.now();
    let period = publication.state.period().filter(|_| publication.state.phase(now) != Phase::Archived);
    let from = period.map_or(now, Period::from);
    let until = period.and_then(Period::until).filter(|it| *it > now);
    let mut form = Fields::default();
    form.add("from_date", iso_date(from));
    form.add("from_time", time(from));
    form.add("until_date", until.map_or_else(String::new, iso_date));
    form.add("until_time", until.map_or_else(String::new, time));
    render(&app, shell, publication, FormState::of(form)).await
}

#[post("/staff/publish/{kind}/{id}/publish")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let seen = seen(&publication, &form)?;
    let mut typed = FormState::of(form);
    let Some(period) = period(&mut typed, app.clock.now()) else {
        return render(&app, shell, publication, typed).await;
    };
    match ops::publication::publish(&app, seen, period, user.id).await {
        Ok(it) => {
            let message = match it.state.phase(app.clock.now()) {
                Phase::Scheduled => format!("{}に公開します。", month_day_time(period.from())),
                Phase::Draft | Phase::Current | Phase::Expired | Phase::Archived => {
                    "公開しました。".to_owned()
                }
            };
            Ok(page::see_other_with(address(&it), &message))
        }
        Err(problem) => {
            typed.done(Err(problem))?;
            let publication = find(&app, &path).await?;
            render(&app, shell, publication, typed).await
        }
    }
}

#[post("/staff/publish/{kind}/{id}/archive")]
pub async fn archive(
    app: Data<App>,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let it = ops::publication::archive(&app, seen(&publication, &form)?, user.id).await?;
    Ok(page::see_other_with(address(&it), "公開を終えました。ページには、公開を終えたことを表示します。"))
}

/// Confirms that an entry of the guide is still right.
#[post("/staff/publish/{kind}/{id}/checked")]
pub async fn check(
    app: Data<App>,
    user: EditorUser,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let publication = find(&app, &path).await?;
    let it = ops::publication::confirm_checked(&app, seen(&publication, &form)?, user.id).await?;
    Ok(page::see_other_with(address(&it), "確認日を今日にしました。"))
}

/// Returns the publication at the revision that the form was shown with.
pub fn seen(publication: &Publication, form: &Fields) -> Result<Seen, Problem> {
    let revision = form.get("revision").parse().map_err(|_| Problem::Unreadable)?;
    Ok(Seen { id: publication.id, revision })
}

/// Parses the period. The end of a day without a time is its midnight.
fn period(typed: &mut FormState, now: DateTime<Utc>) -> Option<Period> {
    let (form, errors) = (&typed.form, &mut typed.errors);
    let from_date = errors.take("from_date", date_form::iso(form.get("from_date")));
    let from_time = errors.take("from_time", date_form::time(form.get("from_time")));
    let until_date = errors.take("until_date", date_form::optional_iso(form.get("until_date")));
    let until_time =
        errors.take("until_time", domain::text::optional(form.get("until_time"), date_form::time));
    let (from_date, from_time, until_date, until_time) = (from_date?, from_time?, until_date?, until_time?);
    if until_date.is_none() && until_time.is_some() {
        errors.add("until_date", "公開を終える日を入力してください");
        return None;
    }
    let at = |day: NaiveDate, (hour, minute): (u8, u8)| at_japan(day, hour, minute);
    let until = until_date.map(|day| at(day, until_time.unwrap_or((24, 0))));
    if until.is_some_and(|it| it <= now) {
        errors.add("until_date", "公開を終える日時は、これからの日時にしてください");
        return None;
    }
    errors.take("until_date", Period::new(at(from_date, from_time), until))
}

async fn render(
    app: &App,
    shell: Shell,
    publication: Publication,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let themes = &app.programme_to_show().await?.themes;
    let body = publication.content.body.as_ref().map_or("", |it| it.as_str());
    let page = PublishPage {
        shell,
        phase: publication.state.phase(app.clock.now()),
        html: markup::html(body),
        event: EventView::of_facts(&publication.content.facts),
        campaign: CampaignView::of_facts(&publication.content.facts),
        survey: SurveyView::of_facts(&publication.content.facts, &address(&publication)),
        example: ExampleView::of(&publication.content, themes, &address(&publication)),
        address: address(&publication),
        public_address: app.site.absolute(&crate::url::publication(publication.kind(), publication.number)),
        typed,
        publication,
    };
    page::html_with(page.typed.status(), &page)
}
