//! The page on which two cases become one, and the undoing of that.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    consultation::{MergeValue, State},
    intake::duplicate::Evidence,
    number::CaseNumber,
    text::TextLine,
};
use uuid::Uuid;

use super::{
    case::{FormState, Head, View, find, render as render_case},
    company_merge::{LONGEST_REASON, another_case, evidence, is_vouched_for, missing, side, versions},
};
use crate::{
    app::App,
    ops::{self, consultation::merge::SeenCase, intake::company_merge::KeptSide},
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        form::{Choice, Fields},
        page::{self, Shell},
        session::Coordinator,
    },
};

#[derive(Template)]
#[template(path = "staff/case_merge.html")]
struct CaseMergePage {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The case that is merged, if its number was typed.
    other: Option<OtherCase>,
    /// The values of which the cases have two versions.
    values: Vec<TwoVersions>,
}

struct OtherCase {
    number: CaseNumber,
    company_name: String,
    state: State,
    version: i32,
    evidence: Vec<&'static str>,
    /// What the evidence lacks, if it does not suggest one company.
    missing: Option<String>,
    same_company: bool,
}

struct TwoVersions {
    field: &'static str,
    label: &'static str,
    choices: Vec<Choice>,
}

impl TwoVersions {
    fn choices(&self) -> &[Choice] {
        &self.choices
    }
}

#[get("/staff/consultations/{number}/merge")]
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

#[post("/staff/consultations/{number}/merge")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut typed = FormState::of(form);
    let other = another_case(&app, &case, &mut typed).await?;
    let reason = TextLine::parse("理由", typed.form.get("reason"), LONGEST_REASON);
    let reason = typed.errors.take("reason", reason);
    if let Some((other, reason)) = other.zip(reason)
        && is_vouched_for(&app, &case, &other, &mut typed).await?
    {
        let seen = |case: &CaseDetails, field: &str| SeenCase {
            id: case.record.consultation.id,
            version: typed.form.get(field).parse().unwrap_or_default(),
        };
        let (kept, absorbed) = (seen(&case, "version"), seen(&other, "with_version"));
        let taken: Vec<_> = MergeValue::ALL
            .into_iter()
            .filter(|it| side(&typed.form, it.code()) == KeptSide::Absorbed)
            .collect();
        let done = ops::consultation::merge::merge(&app, kept, absorbed, &taken, &reason, me.id).await;
        if typed.done(done)? {
            let told = format!("{}をこの案件に統合しました。", other.record.number);
            let next = format!("{}?view=same-company", crate::url::staff(&case.record.number));
            return Ok(page::see_other_with(next, &told));
        }
    }
    let case = find(&app, &number).await?;
    render(&app, shell, case, typed).await
}

#[post("/staff/consultations/{number}/unmerge")]
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
    if typed.done(ops::consultation::merge::undo(&app, merge, me.id).await)? {
        let next = format!("{}?view=same-company", crate::url::staff(&case.record.number));
        return Ok(page::see_other_with(next, "案件の統合を取り消しました。"));
    }
    render_case(&app, shell, case, View::SameCompany, typed).await
}

async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    mut typed: FormState,
) -> Result<HttpResponse, Problem> {
    let other =
        if typed.form.get("with").is_empty() { None } else { another_case(app, &case, &mut typed).await? };
    let values = match &other {
        Some(other) => two_versions(app, &case, other, &mut typed).await?,
        None => Vec::new(),
    };
    let other = match other {
        Some(it) => {
            let found = evidence(app, &case, &it).await?;
            Some(OtherCase {
                missing: missing(&found),
                evidence: found.into_iter().map(Evidence::sentence).collect(),
                same_company: case.record.company == it.record.company,
                number: it.record.number,
                version: it.record.version,
                company_name: it.record.company_name,
                state: it.record.consultation.state,
            })
        }
        None => None,
    };
    let status = typed.status();
    let head = Head::of_act(case, app.clock.now(), &typed);
    page::html_with(status, &CaseMergePage { shell, head, typed, other, values })
}

/// Returns the values that differ, each with the kept case's version chosen unless it is empty; a mail address is never
/// taken over unless it is chosen.
async fn two_versions(
    app: &App,
    case: &CaseDetails,
    other: &CaseDetails,
    typed: &mut FormState,
) -> Result<Vec<TwoVersions>, Problem> {
    let of = async |it: &CaseDetails| {
        store::consultation::correction::values(&app.db, it.record.consultation.id).await
    };
    let Some((mine, theirs)) = of(case).await?.zip(of(other).await?) else { return Ok(Vec::new()) };
    let programme = app.programme().await?;
    let theme = |code: &str| {
        let found = programme.themes.iter().find(|it| it.code == code);
        found.map_or_else(|| code.to_owned(), |it| it.label.clone())
    };
    let mut values = Vec::new();
    for value in MergeValue::ALL {
        let (kept, absorbed) = (value.shown(&mine, theme), value.shown(&theirs, theme));
        let choices = versions(&kept, &absorbed);
        if choices.is_empty() {
            continue;
        }
        if typed.form.get(value.code()).is_empty() {
            // Mail that was meant for one must not go to the other by an oversight.
            let is_kept = !kept.is_empty() || value == MergeValue::MailAddress;
            typed.form.add(value.code(), if is_kept { "kept" } else { "absorbed" });
        }
        values.push(TwoVersions { field: value.code(), label: value.label(), choices });
    }
    Ok(values)
}
