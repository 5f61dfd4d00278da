//! The consultation that a page's address names, if it is the company's own.
use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, dev::Payload, web::Data};
use domain::{consultation::State, number::CaseNumber};

use crate::{
    app::App,
    problem::Problem,
    store::{self, consultation::Record},
    url,
    web::kit::{page::no_app, session::CompanyUser},
};

/// A consultation whose contact is signed in. Another company's consultation is not found, like one that does
/// not exist.
#[derive(Clone, Debug)]
pub struct OwnConsultation(pub Record);

impl OwnConsultation {
    /// Returns the path of one of the consultation's pages: `""` for the first, or one such as `/messages`.
    pub fn path(&self, page: &str) -> String {
        format!("{}{page}", url::my(&self.0.number))
    }

    /// Returns whether it is the center's turn now, after an action of the company.
    pub async fn is_searched_for(&self, app: &App) -> Result<bool, Problem> {
        let now = store::consultation::find(&app.db, self.0.consultation.id).await?;
        Ok(now.is_some_and(|it| it.consultation.state == State::Checking))
    }
}

impl FromRequest for OwnConsultation {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let user = CompanyUser::from_request(req, payload);
        let req = req.clone();
        Box::pin(async move {
            let user = user.await?;
            let app = req.app_data::<Data<App>>().ok_or_else(no_app)?;
            find(app, &user, req.match_info().get("number").unwrap_or_default()).await
        })
    }
}

pub async fn find(app: &App, user: &CompanyUser, number: &str) -> Result<OwnConsultation, Problem> {
    let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
    let found = store::consultation::of_contact_by_number(&app.db, &user.email_key, number).await?;
    found.map(OwnConsultation).ok_or(Problem::NotFound)
}
