//! The page on which two companies become one, and the undoing of that.
use actix_web::{HttpRequest, HttpResponse, get, post};
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

use super::{case, case_head::Head, case_tabs::View, opened::Opened, possible_duplicate};
use crate::{
    ops::{
        self,
        intake::company_merge::{CompanyChoice, KeptSide},
    },
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails, intake::company_merge::CompanyValues},
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::Shell,
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
    /// The sentence that names the missing evidence, if the evidence does not suggest one company.
    missing: Option<String>,
    kept: CompanyValues,
    absorbed: CompanyValues,
    kept_cases: u64,
    absorbed_cases: u64,
}

#[get("/staff/consultations/{number}/company-merge")]
pub async fn show(open: Opened, req: HttpRequest) -> Result<HttpResponse, Problem> {
    render(open, FormState::of(Fields::of_query(&req))).await
}

#[post("/staff/consultations/{number}/company-merge")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let other = another_case(&open, &mut typed).await?;
    let reason =
        typed.errors.take("reason", TextLine::parse("理由", typed.form.get("reason"), LONGEST_REASON));
    if let Some((other, reason)) = other.zip(reason)
        && is_vouched_for(&open, &other, &mut typed).await?
    {
        let choice = CompanyChoice { name: side(&typed.form, "name") };
        let (kept, absorbed) = (open.case.record.company, other.record.company);
        let done =
            ops::intake::company_merge::merge(&open.app, kept, absorbed, choice, &reason, open.me.id).await;
        if typed.done(done)? {
            return Ok(open.back_to(View::SameCompany, "2つの企業を1つに統合しました。"));
        }
    }
    render(open, typed).await
}

#[post("/staff/consultations/{number}/company-unmerge")]
pub async fn undo(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let done = ops::intake::company_merge::undo(&open.app, merge_of(&form)?, open.me.id).await;
    undone(open, form, done, "企業の統合を取り消しました。").await
}

/// Returns the merge that a form names.
pub fn merge_of(form: &Fields) -> Result<Uuid, Problem> {
    Uuid::try_parse(form.get("merge")).map_err(|_| Problem::Unreadable)
}

/// Leads back to the page of the company after a merge was undone, or shows there why it was not.
pub async fn undone(
    open: Opened,
    form: Fields,
    done: Result<(), Problem>,
    flash: &str,
) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    if typed.done(done)? {
        return Ok(open.back_to(View::SameCompany, flash));
    }
    case::render(open, View::SameCompany, typed).await
}

/// Returns the case whose number was typed into the field `with`.
pub async fn other_case(open: &Opened, typed: &mut FormState) -> Result<Option<CaseDetails>, Problem> {
    let found = match CaseNumber::parse(typed.form.get("with")) {
        Ok(number) => {
            let found = store::consultation::case_details::find(&open.app.db, number).await?;
            found.ok_or_else(|| format!("受付番号{number}の相談案件はありません。番号を確認してください"))
        }
        Err(_) => Err("受付番号を、R08-000123のように入力してください".to_owned()),
    };
    Ok(typed.errors.take("with", found))
}

/// Returns the case whose number was typed, if it is another one.
pub async fn another_case(open: &Opened, typed: &mut FormState) -> Result<Option<CaseDetails>, Problem> {
    let other = other_case(open, typed).await?;
    Ok(match other {
        Some(other) if other.record.consultation.id == open.id() => {
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
    open: &Opened,
    other: &CaseDetails,
    typed: &mut FormState,
) -> Result<bool, Problem> {
    if typed.form.has("vouched", TICKED) || is_evident(&evidence(open, other).await?) {
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

async fn render(open: Opened, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let other =
        if typed.form.get("with").is_empty() { None } else { another_case(&open, &mut typed).await? };
    let other = match other {
        Some(other) => Some(compared(&open, &other, &mut typed).await?),
        None => None,
    };
    let names = other.as_ref().map(|it| versions(&it.kept.name, &it.absorbed.name)).unwrap_or_default();
    open.page(typed, |shell, head, typed| CompanyMergePage { shell, head, typed, other, names })
}

/// Returns both companies side by side, and chooses the kept one's name.
async fn compared(
    open: &Opened,
    other: &CaseDetails,
    typed: &mut FormState,
) -> Result<OtherCompany, Problem> {
    let (db, mine, theirs) = (&open.app.db, open.case.record.company, other.record.company);
    let values = async |id| -> Result<CompanyValues, Problem> {
        let found = store::intake::company_merge::find(db, id).await?;
        Ok(found.ok_or(Problem::NotFound)?.values)
    };
    let (kept, absorbed) = (values(mine).await?, values(theirs).await?);
    if typed.form.get("name").is_empty() {
        typed.form.add("name", "kept");
    }
    let found = evidence(open, other).await?;
    Ok(OtherCompany {
        number: other.record.number,
        missing: missing(&found),
        evidence: found.into_iter().map(Evidence::sentence).collect(),
        kept_cases: store::intake::company_merge::cases(db, mine).await?,
        absorbed_cases: store::intake::company_merge::cases(db, theirs).await?,
        kept,
        absorbed,
    })
}

/// Returns the facts in which the other case agrees with the opened one.
pub async fn evidence(open: &Opened, other: &CaseDetails) -> Result<Vec<Evidence>, Problem> {
    let who = |it: &CaseDetails| store::intake::duplicate::identity(&it.record, &it.application, &it.contact);
    let mut found = possible_duplicate::evidence(&open.app, &who(&open.case), &who(other)).await?;
    if open.case.record.company == other.record.company {
        found.insert(0, Evidence::Company);
    }
    Ok(found)
}
