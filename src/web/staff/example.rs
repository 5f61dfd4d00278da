//! The page of a consultation about its example: the consent of its company, and what the center does about it.
use actix_web::{HttpResponse, get, post};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    publication::{
        PublicationKind,
        example::consent::{ConsentState, ExampleConsent, ExampleConsentStatus},
    },
    wording::month_day_weekday,
};

use super::{case_head::Head, opened::Opened};
use crate::{
    ops,
    problem::Problem,
    store, url,
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell},
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
pub async fn show(open: Opened) -> Result<HttpResponse, Problem> {
    render(open, FormState::default()).await
}

/// Asks the company, or records by telephone that it does not want to, or not any more. Only the company itself agrees.
#[post("/staff/consultations/{number}/example")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let (app, id) = (&open.app, open.id());
    let stead = Actor::Stead(open.me.id, Represented::Company);
    let mut typed = FormState::of(form);
    let (done, flash) = match typed.form.get("action") {
        "ask" => {
            (ops::publication::consent::ask(app, id, open.me.id).await, "企業にお願いのメールを送りました。")
        }
        "decline" => {
            (ops::publication::consent::decline(app, id, stead).await, "協力しないことを記録しました。")
        }
        "withdraw" => {
            let done = ops::publication::consent::withdraw(app, id, stead).await;
            (done, "取りやめを記録し、事例の文章を削除しました。")
        }
        _ => return Err(Problem::Unreadable),
    };
    if typed.done(done)? {
        let own = format!("{}/example", url::staff(&open.number()));
        return Ok(page::see_other_with(own, flash));
    }
    render(open.again().await?, typed).await
}

async fn render(open: Opened, typed: FormState) -> Result<HttpResponse, Problem> {
    let (db, id) = (&open.app.db, open.id());
    let consent = store::publication::consent::find(db, id).await?;
    let may_begin = match ops::publication::consent::check_begin(db, &open.case.record).await {
        Ok(()) => true,
        Err(Problem::Refused(_)) => false,
        Err(problem) => return Err(problem),
    };
    let reports = store::aftercare::report::of(db, id).await?;
    let is_noted = reports.iter().any(|it| it.body.publishable);
    let example = consent.as_ref().and_then(|it| it.state.example());
    let editor_path = example.map(|it| format!("/staff/publish/{}/{it}", PublicationKind::Example.code()));
    let editor_path = editor_path.unwrap_or_default();
    open.page(typed, |shell, head, typed| ExamplePage {
        shell,
        head,
        typed,
        consent,
        may_begin,
        is_noted,
        editor_path,
    })
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
