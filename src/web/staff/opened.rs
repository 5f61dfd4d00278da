//! The frame of every page of a case: who may open it, the case that its address names, and the ways on from it.
use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use askama::Template;
use domain::{
    actor::{Actor, Represented},
    consultation::ActionKind,
    correspondence::company_channel::CompanyChannel,
    id::{AppointmentId, ConsultationId},
    number::CaseNumber,
};

use super::{
    case_head::{Head, may},
    case_tabs::View,
};
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        consultation::case_details::{CaseAppointment, CaseDetails},
    },
    web::kit::{
        form::Fields,
        form_state::FormState,
        page::{self, Shell, no_app},
        session::Coordinator,
    },
};

/// A case that a coordinator has opened. A handler that takes this type cannot run for any other visitor.
pub struct Opened {
    pub app: Data<App>,
    pub me: Coordinator,
    pub shell: Shell,
    pub case: CaseDetails,
}

/// Returns the case with this number.
pub async fn find(app: &App, number: CaseNumber) -> Result<CaseDetails, Problem> {
    store::consultation::case_details::find(&app.db, number).await?.ok_or(Problem::NotFound)
}

impl FromRequest for Opened {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = req.app_data::<Data<App>>().cloned();
        let me = Coordinator::from_request(req, payload);
        let shell = Shell::from_request(req, payload);
        let number = req.match_info().get("number").unwrap_or_default().to_owned();
        Box::pin(async move {
            let (app, me, shell) = (app.ok_or_else(no_app)?, me.await?, shell.await?);
            let number = CaseNumber::parse(&number).map_err(|_| Problem::NotFound)?;
            let case = find(&app, number).await?;
            Ok(Self { app, me, shell, case })
        })
    }
}

impl Opened {
    pub const fn id(&self) -> ConsultationId {
        self.case.record.consultation.id
    }

    pub const fn number(&self) -> CaseNumber {
        self.case.record.number
    }

    /// Returns the same page with the case as it is now, to be shown after an action.
    pub async fn again(self) -> Result<Self, Problem> {
        let case = find(&self.app, self.number()).await?;
        Ok(Self { case, ..self })
    }

    /// Returns the version at which the form was shown. Fails if the consultation has changed since, or if the
    /// action is not allowed now.
    pub fn seen(&self, form: &Fields, action: Option<ActionKind>) -> Result<i32, Problem> {
        let current = self.case.record.version;
        let seen = form.get("version").parse::<i32>().ok();
        if seen.is_some_and(|it| it != current) {
            return Err(Problem::Stale);
        }
        if let Some(action) = action {
            may(&self.case.record.consultation, action)?;
        }
        seen.ok_or(Problem::Stale)
    }

    /// Returns the appointments of the case, each with the names of its experts.
    pub async fn appointments(&self) -> Result<Vec<CaseAppointment>, Problem> {
        Ok(store::consultation::case_details::appointments(&self.app.db, self.id()).await?)
    }

    /// Returns one appointment of the case; another's is not found.
    pub async fn appointment(&self, id: AppointmentId) -> Result<CaseAppointment, Problem> {
        let all = self.appointments().await?;
        all.into_iter().find(|it| it.appointment.id == id).ok_or(Problem::NotFound)
    }

    /// Returns how the company hears of what `by` has just done; empty if it is on the telephone.
    pub fn confirmation(&self, by: Actor) -> &'static str {
        match self.case.proved_channel {
            CompanyChannel::Mail => "確認メールを送りました。",
            CompanyChannel::Telephone if by.represented() == Some(Represented::Company) => "",
            CompanyChannel::Telephone => "企業には、電話で伝えてください。",
        }
    }

    /// Redirects to the case, with a sentence.
    pub fn back(&self, flash: &str) -> HttpResponse {
        self.back_to(View::Overview, flash)
    }

    /// Redirects to a view of the case, with a sentence.
    pub fn back_to(&self, view: View, flash: &str) -> HttpResponse {
        page::see_other_with(view.path(self.number()), flash)
    }

    /// Shows the page of one action: `build` adds its own content to the frame, the head of the case and the typed form.
    pub fn page<P: Template>(
        self,
        typed: FormState,
        build: impl FnOnce(Shell, Head, FormState) -> P,
    ) -> Result<HttpResponse, Problem> {
        let status = typed.status();
        let head = Head::of_act(self.case, self.app.clock.now(), &typed);
        page::html_with(status, &build(self.shell, head, typed))
    }
}
