//! The page on which two cases become one, and the undoing of that.
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use domain::{
    consultation::{MergeRefused, MergeValue, State},
    intake::duplicate::Evidence,
    number::CaseNumber,
    text::TextLine,
};

use super::{
    case_head::Head,
    case_tabs::View,
    company_merge::{
        LONGEST_REASON, another_case, evidence, is_vouched_for, merge_of, missing, side, undone, versions,
    },
    opened::Opened,
};
use crate::{
    ops::{self, consultation::merge::SeenCase, intake::company_merge::KeptSide},
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    url,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::Shell,
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
    /// The sentence that names the missing evidence, if the evidence does not suggest one company.
    missing: Option<String>,
    same_company: bool,
    /// Everything that stands in the way, each with the ways on.
    obstacles: Vec<Obstacle>,
}

struct Obstacle {
    sentence: String,
    /// The address and the label of each way.
    ways: Vec<(String, String)>,
}

impl Obstacle {
    fn ways(&self) -> &[(String, String)] {
        &self.ways
    }
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
pub async fn show(open: Opened, req: HttpRequest) -> Result<HttpResponse, Problem> {
    render(open, FormState::of(Fields::of_query(&req))).await
}

#[post("/staff/consultations/{number}/merge")]
pub async fn submit(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut typed = FormState::of(form);
    let other = another_case(&open, &mut typed).await?;
    let reason = TextLine::parse("理由", typed.form.get("reason"), LONGEST_REASON);
    let reason = typed.errors.take("reason", reason);
    if let Some((other, reason)) = other.zip(reason)
        && is_vouched_for(&open, &other, &mut typed).await?
    {
        let seen = |case: &CaseDetails, field: &str| SeenCase {
            id: case.record.consultation.id,
            version: typed.form.get(field).parse().unwrap_or_default(),
        };
        let (kept, absorbed) = (seen(&open.case, "version"), seen(&other, "with_version"));
        let taken: Vec<_> = MergeValue::ALL
            .into_iter()
            .filter(|it| side(&typed.form, it.code()) == KeptSide::Absorbed)
            .collect();
        let done =
            ops::consultation::merge::merge(&open.app, kept, absorbed, &taken, &reason, open.me.id).await;
        if typed.done(done)? {
            let flash = format!("{}をこの案件に統合しました。", other.record.number);
            return Ok(open.back_to(View::SameCompany, &flash));
        }
    }
    render(open.again().await?, typed).await
}

#[post("/staff/consultations/{number}/unmerge")]
pub async fn undo(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let done = ops::consultation::merge::undo(&open.app, merge_of(&form)?, open.me.id).await;
    undone(open, form, done, "案件の統合を取り消しました。").await
}

async fn render(open: Opened, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let other =
        if typed.form.get("with").is_empty() { None } else { another_case(&open, &mut typed).await? };
    let values = match &other {
        Some(other) => two_versions(&open, other, &mut typed).await?,
        None => Vec::new(),
    };
    let other = match other {
        Some(it) => {
            let found = evidence(&open, &it).await?;
            let found_obstacles =
                ops::consultation::merge::obstacles(&open.app.db, &open.case.record, &it.record).await?;
            let numbers = (open.case.record.number, it.record.number);
            Some(OtherCase {
                obstacles: found_obstacles.into_iter().map(|it| obstacle(&it, numbers)).collect(),
                missing: missing(&found),
                evidence: found.into_iter().map(Evidence::sentence).collect(),
                same_company: open.case.record.company == it.record.company,
                number: it.record.number,
                version: it.record.version,
                company_name: it.record.company_name,
                state: it.record.consultation.state,
            })
        }
        None => None,
    };
    open.page(typed, |shell, head, typed| CaseMergePage { shell, head, typed, other, values })
}

/// Returns an obstacle in words, with the pages on which it is removed.
fn obstacle(it: &MergeRefused, (kept, absorbed): (CaseNumber, CaseNumber)) -> Obstacle {
    let case = |number: CaseNumber| (url::staff(&number), format!("{number}を開く"));
    let other_way =
        || (format!("{}/merge?with={kept}", url::staff(&absorbed)), format!("{absorbed}のほうを残す"));
    let ways = match it {
        MergeRefused::Same => Vec::new(),
        MergeRefused::Merged(number) => vec![case(*number)],
        MergeRefused::HasAbsorbed(number) => {
            let undoing = format!("{}?view=same-company", url::staff(number));
            vec![other_way(), (undoing, format!("{number}の統合を確認する"))]
        }
        MergeRefused::KeptHasEnded(number) => vec![other_way(), case(*number)],
        MergeRefused::HasSessions(_) | MergeRefused::IsLive(_) => vec![other_way()],
        MergeRefused::BothHaveSessions => {
            let page = format!("{}/company-merge?with={absorbed}", url::staff(&kept));
            vec![(page, "企業を統合する".to_owned())]
        }
        MergeRefused::BothAreLive(..) => vec![case(kept), case(absorbed)],
    };
    Obstacle { sentence: it.to_string(), ways }
}

/// Returns the values that differ, each with the kept case's version chosen unless it is empty; a mail address is never
/// taken over unless it is chosen.
async fn two_versions(
    open: &Opened,
    other: &CaseDetails,
    typed: &mut FormState,
) -> Result<Vec<TwoVersions>, Problem> {
    let of = async |it: &CaseDetails| {
        store::consultation::correction::values(&open.app.db, it.record.consultation.id).await
    };
    let Some((mine, theirs)) = of(&open.case).await?.zip(of(other).await?) else { return Ok(Vec::new()) };
    let programme = open.app.programme().await?;
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
