//! The page of a consultation about its example: the consent of its company, and what the center does about it.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    publication::{
        PublicationKind,
        example::consent::{ConsentState, ExampleConsent, ExampleConsentStatus},
    },
    wording::month_day_weekday,
};

use super::case::{FormState, Head, find};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/example.html")]
struct ExamplePage {
    shell: Shell,
    head: Head,
    typed: FormState,
    consent: Option<ExampleConsent>,
    /// Whether the consultation is over and its report approved.
    may_begin: bool,
    /// Whether the expert has noted that the company agrees to a publication without its name.
    is_noted: bool,
    /// The editors' page of the example; empty if there is none.
    editor_path: String,
}

#[get("/staff/consultations/{number}/example")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    render(&app, shell, case, FormState::default()).await
}

/// Asks the company, or records by telephone that it does not want to, or not any more. Only the company itself agrees.
#[post("/staff/consultations/{number}/example")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let (id, stead) = (case.record.consultation.id, Actor::Stead(me.id, Represented::Company));
    let mut typed = FormState::of(form);
    let (done, said) = match typed.form.get("act") {
        "ask" => {
            (ops::publication::consent::ask(&app, id, me.id).await, "企業にお願いのメールを送りました。")
        }
        "decline" => {
            (ops::publication::consent::decline(&app, id, stead).await, "協力しないことを記録しました。")
        }
        "withdraw" => {
            let done = ops::publication::consent::withdraw(&app, id, stead).await;
            (done, "取りやめを記録し、事例の文章を削除しました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        let own = format!("{}/example", crate::url::staff(&case.record.number));
        return Ok(page::see_other_with(own, said));
    }
    let case = find(&app, &number).await?;
    render(&app, shell, case, typed).await
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let id = case.record.consultation.id;
    let consent = store::publication::consent::find(&app.db, id).await?;
    let may_begin = match ops::publication::consent::check_begin(&app.db, &case.record).await {
        Ok(()) => true,
        Err(Problem::Refused(_)) => false,
        Err(problem) => return Err(problem),
    };
    let reports = store::aftercare::report::of(&app.db, id).await?;
    let example = consent.as_ref().and_then(|it| it.state.example());
    let editor_path = example.map(|it| format!("/staff/publish/{}/{it}", PublicationKind::Example.code()));
    let (status, head) = (typed.status(), Head::of_act(case, app.clock.now(), &typed));
    let page = ExamplePage {
        shell,
        head,
        typed,
        consent,
        may_begin,
        is_noted: reports.iter().any(|it| it.body.publishable),
        editor_path: editor_path.unwrap_or_default(),
    };
    page::html_with(status, &page)
}

impl ExamplePage {
    fn status(&self) -> Option<ExampleConsentStatus> {
        self.consent.as_ref().map(|it| it.state.status())
    }

    fn can_ask(&self) -> bool {
        self.may_begin && matches!(self.status(), None | Some(ExampleConsentStatus::Lapsed))
    }

    fn is_asked(&self) -> bool {
        self.status() == Some(ExampleConsentStatus::Asked)
    }

    /// Returns the last day before the state ends by itself; empty if it does not.
    fn until(&self) -> String {
        let due_at = self.consent.as_ref().and_then(|it| it.due_at);
        due_at.map(|it| month_day_weekday(it - chrono::TimeDelta::seconds(1))).unwrap_or_default()
    }

    /// Returns the company's wish for changes; empty if there is none.
    fn wish(&self) -> &str {
        match self.consent.as_ref().map(|it| &it.state) {
            Some(ConsentState::ChangesWanted { wish, .. }) => wish.as_str(),
            _ => "",
        }
    }
}
