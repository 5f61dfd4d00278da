//! A consultation as one of its experts sees it, and the check of who may open it.
use std::{future::Future, pin::Pin};

use actix_web::{FromRequest, HttpRequest, HttpResponse, dev::Payload, web::Data};
use domain::{
    actor::{Actor, Party},
    booking::appointment::{Appointment, AppointmentMode, AppointmentState},
    consultation::{ActionKind, State},
    id::ConsultationId,
    intake::company::{Headcount, Industry},
    number::CaseNumber,
    prefecture::Prefecture,
    routing::assignment::Assignment,
    wording,
};

use crate::{
    app::App,
    problem::Problem,
    store::{self, consultation::Record},
    url,
    web::kit::{
        page::{self, Shell, no_app},
        session::ExpertUser,
    },
};

/// A page of a consultation that the expert has accepted. A handler that takes this type cannot run for any
/// other visitor.
pub struct OpenedByExpert {
    pub app: Data<App>,
    pub expert: ExpertUser,
    pub shell: Shell,
    pub case: Case,
}

/// A consultation with the signed-in expert's own part in it.
pub struct Case {
    pub record: Record,
    /// The expert's assignment, offered or accepted; the latest one of an expert who has held an appointment and has no
    /// part any more.
    pub mine: Assignment,
    /// Whether the expert has held an appointment of the consultation, or has written the report on one; it stays theirs.
    pub has_held: bool,
}

/// One row of a summary list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct SummaryRow {
    pub label: &'static str,
    pub value: String,
}

/// Returns the consultation with this number if it concerns the expert; any other is not found.
pub async fn find(app: &App, expert: &ExpertUser, number: &str) -> Result<Case, Problem> {
    let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
    let record = store::consultation::by_number(&app.db, number).await?.ok_or(Problem::NotFound)?;
    let assignments = store::routing::assignment::of(&app.db, record.consultation.id).await?;
    let own = || assignments.iter().filter(|it| it.expert == expert.id);
    let live = || own().filter(|it| it.is_live());
    let mine = live().find(|it| it.is_accepted()).or_else(|| live().next());
    let has_held = has_held(app, expert, record.consultation.id).await?;
    let mine = mine.or_else(|| own().next_back().filter(|_| has_held)).cloned();
    Ok(Case { mine: mine.ok_or(Problem::NotFound)?, record, has_held })
}

/// Returns whether the expert has held an appointment of the consultation, or has written the report on one.
async fn has_held(app: &App, expert: &ExpertUser, id: ConsultationId) -> Result<bool, Problem> {
    let mut all = store::booking::appointment::of(&app.db, id).await?;
    all.retain(|it| it.state.outcome().is_some() && it.present().any(|it| it == expert.id));
    if all.iter().any(|it| it.state == AppointmentState::Done) {
        return Ok(true);
    }
    Ok(!store::aftercare::report::states(&app.db, all.iter().map(|it| it.id)).await?.is_empty())
}

impl FromRequest for OpenedByExpert {
    type Error = Problem;
    type Future = Pin<Box<dyn Future<Output = Result<Self, Problem>>>>;

    fn from_request(req: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let app = req.app_data::<Data<App>>().cloned();
        let expert = ExpertUser::from_request(req, payload);
        let shell = Shell::from_request(req, payload);
        let number = req.match_info().get("number").unwrap_or_default().to_owned();
        Box::pin(async move {
            let (app, expert, shell) = (app.ok_or_else(no_app)?, expert.await?, shell.await?);
            let case = find(&app, &expert, &number).await?;
            if case.may_read() { Ok(Self { app, expert, shell, case }) } else { Err(Problem::NotFound) }
        })
    }
}

impl OpenedByExpert {
    pub fn id(&self) -> ConsultationId {
        self.case.record.consultation.id
    }

    /// Returns the expert as the actor for the history.
    pub const fn by(&self) -> Actor {
        Actor::Expert(self.expert.id)
    }

    pub fn allows(&self, action: ActionKind) -> bool {
        self.case.mine.is_accepted() && self.case.record.consultation.allows(action, Party::Expert).is_ok()
    }

    /// Redirects after an action, with a sentence: to the consultation, or to the first page if the expert has no part in
    /// it any more.
    pub async fn after(&self, flash: &str) -> Result<HttpResponse, Problem> {
        let is_mine = match find(&self.app, &self.expert, &self.case.record.number.to_string()).await {
            Ok(case) => case.may_read(),
            Err(Problem::NotFound) => false,
            Err(other) => return Err(other),
        };
        Ok(if is_mine { self.back(flash) } else { page::see_other_with("/expert", flash) })
    }

    /// Returns the same page with the consultation as it is now.
    pub async fn again(self) -> Result<Self, Problem> {
        let case = find(&self.app, &self.expert, &self.case.record.number.to_string()).await?;
        Ok(Self { case, ..self })
    }

    /// Returns whether it is the center's turn now, after an action of the expert.
    pub async fn is_searched_for(&self) -> Result<bool, Problem> {
        let now = store::consultation::find(&self.app.db, self.id()).await?;
        Ok(now.is_some_and(|it| it.consultation.state == State::Checking))
    }

    /// Redirects to the consultation, with a sentence.
    pub fn back(&self, flash: &str) -> HttpResponse {
        page::see_other_with(self.case.path(), flash)
    }
}

impl Case {
    /// Returns whether the expert may read the company's data: they have accepted, or have held an appointment.
    pub fn may_read(&self) -> bool {
        self.mine.is_accepted() || self.has_held
    }

    pub fn path(&self) -> String {
        url::expert(&self.record.number)
    }

    /// Returns the path of the page for one action.
    pub fn path_of(&self, act: &str) -> String {
        format!("{}/{act}", self.path())
    }

    pub fn title(&self) -> String {
        let name = if self.may_read() { self.record.company_name.as_str() } else { "担当の依頼" };
        format!("{name}（{}）", self.record.number)
    }

    /// Returns the appointment that is held or confirmed now.
    pub async fn live(&self, app: &App) -> Result<Option<Appointment>, Problem> {
        let all = store::booking::appointment::of(&app.db, self.record.consultation.id).await?;
        Ok(all.into_iter().find(Appointment::is_live))
    }
}

impl SummaryRow {
    pub fn new(label: &'static str, value: impl Into<String>) -> Self {
        Self { label, value: value.into() }
    }
}

/// Returns the facts that an expert may know before answering: no name of a company or person, no address, no
/// free text.
pub async fn outline(
    app: &App,
    record: &Record,
    live: Option<&Appointment>,
) -> Result<Vec<SummaryRow>, Problem> {
    let id = record.consultation.id;
    let (written, _) = store::consultation::application(&app.db, id).await?.unzip();
    let themes = themes(app, record).await?;
    let mode = live.map_or_else(|| AppointmentMode::wished(record.mode), |it| it.mode);
    let prefecture = record.prefecture.map(Prefecture::name).unwrap_or_default();
    let mut rows = Vec::new();
    if let Some(it) = live {
        rows.push(SummaryRow::new("日時", wording::long_date_time_range(it.starts_at, it.ends_at)));
    } else {
        rows.push(SummaryRow::new("日時", "未定（引受け後に、企業が空いている日時から選びます）"));
    }
    rows.push(SummaryRow::new(
        "実施方法",
        match mode {
            AppointmentMode::Online => mode.label().to_owned(),
            AppointmentMode::Visit => {
                let city = written.as_ref().map(|it| it.city.as_str()).unwrap_or_default();
                format!("{}（{prefecture}{city}）", mode.label())
            }
        },
    ));
    rows.push(SummaryRow::new("都道府県", prefecture));
    rows.push(SummaryRow::new("業種", record.industry.map(Industry::label).unwrap_or_default()));
    rows.push(SummaryRow::new("従業員数", people(written.and_then(|it| it.employees))));
    rows.push(SummaryRow::new("テーマ", themes));
    Ok(rows)
}

/// Returns the labels of a consultation's themes.
pub async fn themes(app: &App, record: &Record) -> Result<String, Problem> {
    let programme = app.programme().await?;
    let codes = store::consultation::themes(&app.db, record.consultation.id).await?;
    let labels: Vec<_> = codes.iter().map(|it| programme.theme_label(it)).collect();
    Ok(labels.join("、"))
}

/// Returns a head count such as 「28人」; empty if it is not known.
pub fn people(count: Option<i32>) -> String {
    let count = count.and_then(|it| u32::try_from(it).ok()).and_then(|it| Headcount::try_from(it).ok());
    count.map(|it| it.to_string()).unwrap_or_default()
}
