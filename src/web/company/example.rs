//! The company's page about its example: the consent, the text to be approved, and the way out.
use actix_web::{
    HttpResponse, get,
    http::StatusCode,
    post,
    web::{Data, Path},
};
use askama::Template;
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Actor,
    intake::application::TICKED,
    publication::{
        Content, Phase, Publication, PublicationKind,
        example::consent::{
            CONSENT_WORDING, ConsentState, ExampleConsent, ExampleConsentStatus, LONGEST_WISH,
        },
    },
    text::Prose,
    wording::{long_date, month_day_weekday},
};

use super::own_consultation::OwnConsultation;
use crate::{
    app::App,
    ops,
    problem::Problem,
    store, url,
    web::kit::{
        example_picture::{self, PRIVATE},
        example_view::ExampleView,
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
    },
};

#[derive(Template)]
#[template(path = "company/example.html")]
struct ExamplePage {
    shell: Shell,
    number: String,
    path: String,
    typed: FormState,
    status: Option<ExampleConsentStatus>,
    /// Whether the consultation is over, so that the company can agree.
    may_begin: bool,
    is_named: bool,
    /// When the company agreed; empty if it has not.
    given_on: String,
    /// The last day for the company's answer; empty if none is waited for.
    until: String,
    /// The text that the company reads, with its revision.
    review: Option<(i32, ExampleView)>,
    /// The changes that the company has asked for; empty if there are none.
    wish: String,
    /// The public address; empty if the example is not public.
    public_path: String,
    /// Whether the example was public and is so no more.
    has_ended: bool,
    names: Vec<Choice>,
}

#[get("/my/{number}/example")]
pub async fn show(app: Data<App>, shell: Shell, own: OwnConsultation) -> Result<HttpResponse, Problem> {
    render(&app, shell, &own, FormState::default()).await
}

/// A picture of the text that the company reads.
#[get("/my/{number}/example/pictures/{sha256}")]
pub async fn picture(
    app: Data<App>,
    own: OwnConsultation,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let consent = store::publication::consent::find(&app.db, own.0.consultation.id).await?;
    let (_, content) = read(&app, consent.as_ref()).await?.ok_or(Problem::NotFound)?;
    example_picture::answer(&app, example_picture::pictures(&content)?, &path.1, PRIVATE).await
}

#[post("/my/{number}/example")]
pub async fn submit(
    app: Data<App>,
    shell: Shell,
    own: OwnConsultation,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let id = own.0.consultation.id;
    let mut typed = FormState::of(form);
    let (done, flash) = match typed.form.get("action") {
        "agree" => {
            let is_named = match typed.form.get("name") {
                "shown" => Some(true),
                "hidden" => Some(false),
                _ => None,
            };
            let named = typed.errors.take("name", is_named.ok_or("企業名を出すかどうかを選択してください"));
            let consented = Some(()).filter(|()| typed.form.has("consent", TICKED));
            let consented = consented.ok_or("内容を確認して、同意にチェックを入れてください");
            let consented = typed.errors.take("consent", consented);
            let (Some(is_named), Some(())) = (named, consented) else {
                return render(&app, shell, &own, typed).await;
            };
            let done = ops::publication::consent::agree(&app, id, is_named).await;
            (done, "ご協力ありがとうございます。文章ができましたら、確認のお願いをメールでお送りします。")
        }
        "decline" => {
            let done = ops::publication::consent::decline(&app, id, Actor::Company).await;
            (done, "お返事を受け付けました。事例にはしません。")
        }
        "approve" => {
            let revision = typed.form.get("revision").parse().map_err(|_| Problem::Unreadable)?;
            let done = ops::publication::consent::approve(&app, id, revision).await;
            (done, "確認していただき、ありがとうございます。公開したら、メールでお知らせします。")
        }
        "change" => {
            let wish = Prose::parse("直したいところ", typed.form.get("wish"), LONGEST_WISH);
            let Some(wish) = typed.errors.take("wish", wish) else {
                return render(&app, shell, &own, typed).await;
            };
            let done = ops::publication::consent::want_changes(&app, id, wish).await;
            (done, "センターにお知らせしました。直した文章ができましたら、あらためて確認をお願いします。")
        }
        "withdraw" => {
            let done = ops::publication::consent::withdraw(&app, id, Actor::Company).await;
            (done, "事例への協力を取りやめました。事例の文章は削除しました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        return Ok(page::see_other_with(own.path("/example"), flash));
    }
    render(&app, shell, &own, typed).await
}

/// Returns whether the company's page leads to the page of its example.
pub async fn is_offered(app: &App, own: &OwnConsultation) -> Result<bool, Problem> {
    let known = store::publication::consent::find(&app.db, own.0.consultation.id).await?;
    Ok(known.is_some() || can_begin(app, own).await?)
}

/// Returns what the company is asked about its example, with the last moment of the last day on which it can answer; `None`
/// if nothing waits for it.
pub async fn open_question(
    app: &App,
    own: &OwnConsultation,
) -> Result<Option<(&'static str, DateTime<Utc>)>, Problem> {
    let known = store::publication::consent::find(&app.db, own.0.consultation.id).await?;
    Ok(known.and_then(|it| {
        let label = match it.state {
            ConsentState::Asked => "事例への協力のお願い",
            ConsentState::Review { .. } => "事例の文章の確認",
            ConsentState::Declined
            | ConsentState::Writing(_)
            | ConsentState::ChangesWanted { .. }
            | ConsentState::Approved(_)
            | ConsentState::Withdrawn
            | ConsentState::Lapsed => return None,
        };
        // The state ends at the midnight after the last day.
        let last = it.due_at? - TimeDelta::seconds(1);
        (app.clock.now() <= last).then_some((label, last))
    }))
}

async fn can_begin(app: &App, own: &OwnConsultation) -> Result<bool, Problem> {
    match ops::publication::consent::check_begin(&app.db, &own.0).await {
        Ok(()) => Ok(true),
        Err(Problem::Refused(_)) => Ok(false),
        Err(problem) => Err(problem),
    }
}

async fn render(
    app: &App,
    shell: Shell,
    own: &OwnConsultation,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let consent = store::publication::consent::find(&app.db, own.0.consultation.id).await?;
    let example = match consent.as_ref().and_then(|it| it.state.example()) {
        Some(example) => store::publication::find(&app.db, example).await?,
        None => None,
    };
    let status: StatusCode = typed.status();
    let page = ExamplePage {
        number: own.0.number.to_string(),
        path: own.path(""),
        status: consent.as_ref().map(|it| it.state.status()),
        may_begin: can_begin(app, own).await?,
        is_named: consent.as_ref().is_some_and(|it| it.is_named),
        given_on: consent
            .as_ref()
            .and_then(|it| it.given.as_ref())
            .map(|it| long_date(it.at))
            .unwrap_or_default(),
        until: consent.as_ref().and_then(|it| awaited_until(it, app.clock.now())).unwrap_or_default(),
        review: review(app, consent.as_ref(), &own.path("/example")).await?,
        wish: wish(consent.as_ref()),
        has_ended: example.as_ref().is_some_and(|it| has_ended(it, app.clock.now())),
        public_path: example.map_or_else(String::new, |it| public_path(&it, app.clock.now())),
        names: vec![
            Choice::new("shown", "企業名を出す"),
            Choice::new("hidden", "企業名を出さない")
                .with_hint("業種や地域、従業員数などは載ります。文章は、公開の前に確認できます"),
        ],
        shell,
        typed,
    };
    page::html_with(status, &page)
}

/// Returns the last day on which the company's answer comes in time. A deadline is the midnight that ends it.
fn awaited_until(it: &ExampleConsent, now: DateTime<Utc>) -> Option<String> {
    let waits = matches!(it.state, ConsentState::Asked | ConsentState::Review { .. });
    let last = it.due_at.filter(|due_at| waits && *due_at > now)? - chrono::TimeDelta::seconds(1);
    Some(month_day_weekday(last))
}

/// Returns the text that the company reads, with its revision. `page` is the address of the page.
async fn review(
    app: &App,
    consent: Option<&ExampleConsent>,
    page: &str,
) -> Result<Option<(i32, ExampleView)>, Problem> {
    let Some((revision, content)) = read(app, consent).await? else { return Ok(None) };
    let view = ExampleView::of(&content, &app.programme_to_show().await?.themes, page);
    Ok(view.map(|it| (revision, it)))
}

async fn read(app: &App, consent: Option<&ExampleConsent>) -> Result<Option<(i32, Content)>, Problem> {
    let Some(ConsentState::Review { example, revision }) = consent.map(|it| &it.state) else {
        return Ok(None);
    };
    let found = store::publication::revision(&app.db, *example, *revision).await?;
    Ok(Some((*revision, found.ok_or(Problem::NotFound)?.content)))
}

fn wish(consent: Option<&ExampleConsent>) -> String {
    match consent.map(|it| &it.state) {
        Some(ConsentState::ChangesWanted { wish, .. }) => wish.as_str().to_owned(),
        _ => String::new(),
    }
}

fn public_path(it: &Publication, now: DateTime<Utc>) -> String {
    match it.state.phase(now) {
        Phase::Current => url::publication(PublicationKind::Example, it.number),
        Phase::Draft | Phase::Scheduled | Phase::Expired | Phase::Archived => String::new(),
    }
}

fn has_ended(it: &Publication, now: DateTime<Utc>) -> bool {
    match it.state.phase(now) {
        Phase::Expired | Phase::Archived => true,
        Phase::Draft | Phase::Scheduled | Phase::Current => false,
    }
}

impl ExamplePage {
    const WORDING: [&str; 6] = CONSENT_WORDING;

    /// Returns whether the company can agree now.
    fn can_agree(&self) -> bool {
        use ExampleConsentStatus::{Asked, Declined, Lapsed, Withdrawn};
        self.may_begin && matches!(self.status, None | Some(Asked | Declined | Withdrawn | Lapsed))
    }

    fn is_asked(&self) -> bool {
        self.status == Some(ExampleConsentStatus::Asked)
    }

    /// Returns whether the consent is in force, so that the company can withdraw it.
    fn is_in_force(&self) -> bool {
        use ExampleConsentStatus::{Approved, ChangesWanted, Review, Writing};
        matches!(self.status, Some(Writing | Review | ChangesWanted | Approved))
    }

    /// Returns whether the company can ask for changes.
    fn can_change(&self) -> bool {
        use ExampleConsentStatus::{Approved, ChangesWanted, Review};
        matches!(self.status, Some(Review | ChangesWanted | Approved))
    }
}
