//! The page on which two companies become one, and the undoing of that.
use actix_web::{
    HttpRequest, HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    intake::{
        application::TICKED,
        duplicate::{COMPARED, Evidence, is_evident},
    },
    number::CaseNumber,
    text::TextLine,
};
use uuid::Uuid;

use super::{
    case::{FormState, Head, View, find, render as render_case},
    possible_duplicate,
};
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
    /// What the evidence lacks, if it does not suggest one company.
    missing: Option<String>,
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
    let other = another_case(&app, &case, &mut typed).await?;
    let reason =
        typed.errors.take("reason", TextLine::parse("理由", typed.form.get("reason"), LONGEST_REASON));
    if let Some((other, reason)) = other.zip(reason)
        && is_vouched_for(&app, &case, &other, &mut typed).await?
    {
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
        Ok(number) => {
            let found = store::consultation::case_details::find(&app.db, number).await?;
            found.ok_or_else(|| format!("受付番号{number}の相談案件はありません。番号を確認してください"))
        }
        Err(_) => Err("受付番号を、R08-000123のように入力してください".to_owned()),
    };
    Ok(typed.errors.take("with", found))
}

/// Returns the case whose number was typed, if it is another one.
pub async fn another_case(
    app: &App,
    case: &CaseDetails,
    typed: &mut FormState,
) -> Result<Option<CaseDetails>, Problem> {
    let other = other_case(app, typed).await?;
    let own = case.record.consultation.id;
    Ok(match other {
        Some(other) if other.record.consultation.id == own => {
            let why = "同じ案件どうしは統合できません。ほかの案件の受付番号を入力してください";
            typed.errors.add("with", why);
            None
        }
        other => other,
    })
}

/// Returns whether two cases may be merged: their facts suggest it, or the coordinator has confirmed that they are the
/// same although no evidence shows it.
pub async fn is_vouched_for(
    app: &App,
    case: &CaseDetails,
    other: &CaseDetails,
    typed: &mut FormState,
) -> Result<bool, Problem> {
    if typed.form.has("vouched", TICKED) || is_evident(&evidence(app, case, other).await?) {
        return Ok(true);
    }
    let why = "一致する点が足りません。本当に同じかを電話などで確かめてから、チェックしてください";
    typed.errors.add("vouched", why);
    Ok(false)
}

/// Returns the sentence that names the missing evidence.
pub fn missing(evidence: &[Evidence]) -> Option<String> {
    let found: Vec<_> = evidence.iter().map(|it| it.sentence()).collect();
    (!is_evident(evidence)).then(|| match found.as_slice() {
        [] => format!("{COMPARED}のどれも一致しません。"),
        some => format!("{}だけで、{COMPARED}に、ほかに一致するものがありません。", some.join("、")),
    })
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
    let other =
        if typed.form.get("with").is_empty() { None } else { another_case(app, &case, &mut typed).await? };
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
    let found = evidence(app, case, other).await?;
    Ok(OtherCompany {
        number: other.record.number,
        missing: missing(&found),
        evidence: found.into_iter().map(Evidence::sentence).collect(),
        kept_cases: store::intake::company_merge::cases(&app.db, mine).await?,
        absorbed_cases: store::intake::company_merge::cases(&app.db, theirs).await?,
        kept,
        absorbed,
    })
}

/// Returns in what two cases agree.
pub async fn evidence(app: &App, a: &CaseDetails, b: &CaseDetails) -> Result<Vec<Evidence>, Problem> {
    let who = |it: &CaseDetails| store::intake::duplicate::identity(&it.record, &it.application, &it.contact);
    let mut found = possible_duplicate::evidence(app, &who(a), &who(b)).await?;
    if a.record.company == b.record.company {
        found.insert(0, Evidence::Company);
    }
    Ok(found)
}
