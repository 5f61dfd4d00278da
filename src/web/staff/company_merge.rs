//! The page on which two companies become one, and the undoing of that.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{intake::duplicate::Evidence, number::CaseNumber, text::TextLine};
use uuid::Uuid;

use super::case::{FormState, Head, View, find, render as render_case};
use crate::{
    app::App,
    ops::{
        self,
        intake::company_merge::{CompanyChoice, KeptSide},
    },
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails, intake::company_merge::CompanyValues},
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The longest reason of a merge. Characters.
pub const LONGEST_REASON: usize = 200;

#[derive(Template)]
#[template(path = "staff/company_merge.html")]
struct CompanyMergePage {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The other case, if its number was typed.
    other: Option<OtherCompany>,
    names: Vec<Choice>,
}

/// The company that is merged, beside the one that it is merged into.
struct OtherCompany {
    number: CaseNumber,
    evidence: Vec<&'static str>,
    kept: CompanyValues,
    absorbed: CompanyValues,
    kept_cases: u64,
    absorbed_cases: u64,
}

#[get("/staff/consultations/{number}/company-merge")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    req: HttpRequest,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    render(&app, shell, case, FormState::of(Fields::of_query(&req))).await
}

#[post("/staff/consultations/{number}/company-merge")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    let other = other_case(&app, &mut typed).await?;
    let reason =
        typed.errors.take("reason", TextLine::parse("理由", typed.form.get("reason"), LONGEST_REASON));
    if let Some((other, reason)) = other.zip(reason) {
        let choice = CompanyChoice { name: side(&typed.form, "name") };
        let (kept, absorbed) = (case.record.company, other.record.company);
        let done = ops::intake::company_merge::merge(&app, kept, absorbed, choice, &reason, me.id).await;
        if typed.done(done)? {
            let next = format!("{}?view=same-company", crate::url::staff(&case.record.number));
            return Ok(page::see_other_with(next, "2つの企業を1つに統合しました。"));
        }
    }
    render(&app, shell, case, typed).await
}

#[post("/staff/consultations/{number}/company-unmerge")]
pub async fn undo(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let merge = Uuid::try_parse(form.get("merge")).map_err(|_| Problem::Unreadable)?;
    let mut typed = FormState::of(form);
    if typed.done(ops::intake::company_merge::undo(&app, merge, me.id).await)? {
        let next = format!("{}?view=same-company", crate::url::staff(&case.record.number));
        return Ok(page::see_other_with(next, "企業の統合を取り消しました。"));
    }
    render_case(&app, shell, case, View::SameCompany, typed).await
}

/// Returns the case whose number was typed into the field `with`.
pub async fn other_case(app: &App, typed: &mut FormState) -> Result<Option<CaseDetails>, Problem> {
    let found = match CaseNumber::parse(typed.form.get("with")) {
        Ok(number) => store::consultation::case_details::find(&app.db, number).await?,
        Err(_) => None,
    };
    Ok(typed.errors.take("with", found.ok_or("受付番号を、R08-000123のように入力してください")))
}

/// Returns the side whose value was chosen.
pub fn side(form: &Fields, field: &str) -> KeptSide {
    if form.has(field, "absorbed") { KeptSide::Absorbed } else { KeptSide::Kept }
}

/// Returns the choice between two versions of a value; none if they are the same.
pub fn versions(kept: &str, absorbed: &str) -> Vec<Choice> {
    let shown = |it: &str| if it.is_empty() { "入力なし".to_owned() } else { it.to_owned() };
    if kept == absorbed {
        return Vec::new();
    }
    vec![Choice::new("kept", shown(kept)), Choice::new("absorbed", shown(absorbed))]
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let other = if typed.form.get("with").is_empty() { None } else { other_case(app, &mut typed).await? };
    let other = match other {
        Some(other) => Some(compared(app, &case, &other, &mut typed).await?),
        None => None,
    };
    let names = other.as_ref().map(|it| versions(&it.kept.name, &it.absorbed.name)).unwrap_or_default();
    let status = typed.status();
    let head = Head::of_act(case, app.clock.now(), &typed);
    page::html_with(status, &CompanyMergePage { shell, head, typed, other, names })
}

/// Returns both companies side by side, and chooses the kept one's name.
async fn compared(
    app: &App,
    case: &CaseDetails,
    other: &CaseDetails,
    typed: &mut FormState,
) -> Result<OtherCompany, Problem> {
    let (mine, theirs) = (case.record.company, other.record.company);
    let values = async |id| -> Result<CompanyValues, Problem> {
        let found = store::intake::company_merge::find(&app.db, id).await?;
        Ok(found.ok_or(Problem::NotFound)?.values)
    };
    let (kept, absorbed) = (values(mine).await?, values(theirs).await?);
    if typed.form.get("name").is_empty() {
        typed.form.add("name", "kept");
    }
    Ok(OtherCompany {
        number: other.record.number,
        evidence: evidence(case, other),
        kept_cases: store::intake::company_merge::cases(&app.db, mine).await?,
        absorbed_cases: store::intake::company_merge::cases(&app.db, theirs).await?,
        kept,
        absorbed,
    })
}

/// Returns in what two cases agree.
pub fn evidence(a: &CaseDetails, b: &CaseDetails) -> Vec<&'static str> {
    let who = |it: &CaseDetails| store::intake::duplicate::identity(&it.record, &it.application, &it.contact);
    let mut found = who(a).evidence(&who(b));
    if a.record.company == b.record.company {
        found.insert(0, Evidence::Company);
    }
    found.into_iter().map(Evidence::sentence).collect()
}
