//! The page on which two cases become one, and the undoing of that.
use actix_web::{HttpRequest, HttpResponse, get, post};
use askama::Template;
use domain::{
    consultation::{MergeRefused, MergeValue, State},
    intake::application::TICKED,
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
    ops::{
        self,
        consultation::merge::{MergeChoice, SeenCase},
        intake::company_merge::KeptSide,
    },
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    url,
    web::kit::{
        form::{Choice, Fields},
        form_state::FormState,
        page::{self, Shell},
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
    /// Whether its contact is told by mail.
    by_mail: bool,
    evidence: Vec<&'static str>,
    /// The sentence that names the missing evidence, if the evidence does not suggest one company.
    missing: Option<String>,
    same_company: bool,
    /// Everything that stands in the way, each with the ways on.
    obstacles: Vec<Obstacle>,
    /// Which requests or booking stay, if the absorbed case has some.
    bookings: Vec<Choice>,
    /// Why those of the absorbed case cannot stay, if they cannot.
    only_kept: String,
}

impl OtherCase {
    fn bookings(&self) -> &[Choice] {
        &self.bookings
    }
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
        let (kept_case, number) = (open.number(), other.record.number);
        if typed.form.has(BOOKING, "absorbed") {
            // The case whose booking stays is the one that is kept; the coordinator sees that form before it is done.
            return Ok(page::see_other(other_way(&typed.form, number, kept_case, &reason)));
        }
        let releases = typed.form.has(BOOKING, "kept");
        if !releases && needs_choice(&obstacles(&open, &other).await?) {
            typed.errors.add(BOOKING, "残す予約または依頼を選択してください");
            return render(open.again().await?, typed).await;
        }
        let taken: Vec<_> = MergeValue::ALL
            .into_iter()
            .filter(|it| side(&typed.form, it.code()) == KeptSide::Absorbed)
            .collect();
        let choice = MergeChoice { taken: &taken, reason: &reason, releases, split: None };
        let done = ops::consultation::merge::merge(&open.app, kept, absorbed, choice, open.me.id).await;
        if typed.done(done)? {
            let flash = format!("{number}をこの案件に統合しました。");
            return Ok(open.back_to(View::SameCompany, &flash));
        }
    }
    render(open.again().await?, typed).await
}

/// The field that says which case's booking stays.
const BOOKING: &str = "booking";

/// Returns the address of the form in the other direction, with what was typed and with the answer that its own booking
/// stays.
fn other_way(form: &Fields, kept: CaseNumber, absorbed: CaseNumber, reason: &TextLine) -> String {
    let reason = url::percent_encoded(reason.as_str());
    let vouched = if form.has("vouched", TICKED) { format!("&vouched={TICKED}") } else { String::new() };
    format!("{}/merge?with={absorbed}&{BOOKING}=kept&reason={reason}{vouched}", url::staff(&kept))
}

/// Returns everything that stands in the way of merging the other case into the opened one.
async fn obstacles(open: &Opened, other: &CaseDetails) -> Result<Vec<MergeRefused>, Problem> {
    let (kept, now) = (&open.case.record, open.app.clock.now());
    ops::consultation::merge::obstacles(&open.app.db, kept, &other.record, now).await
}

/// Returns whether nothing stands in the way but the question which booking stays.
fn needs_choice(found: &[MergeRefused]) -> bool {
    !found.is_empty() && found.iter().all(MergeRefused::ends_by_choice)
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
        Some(it) => Some(other_case(&open, it).await?),
        None => None,
    };
    open.page(typed, |shell, head, typed| CaseMergePage { shell, head, typed, other, values })
}

/// Returns the other case as the form shows it.
async fn other_case(open: &Opened, it: CaseDetails) -> Result<OtherCase, Problem> {
    let found = evidence(open, &it).await?;
    let mut obstacles = obstacles(open, &it).await?;
    let numbers = (open.number(), it.record.number);
    let (mut bookings, mut only_kept) = (Vec::new(), String::new());
    if needs_choice(&obstacles) {
        obstacles.clear();
        (bookings, only_kept) = booking_choices(open, &it).await?;
    }
    Ok(OtherCase {
        obstacles: obstacles.into_iter().map(|it| obstacle(&it, numbers)).collect(),
        bookings,
        only_kept,
        missing: missing(&found),
        evidence: found.into_iter().map(Evidence::sentence).collect(),
        same_company: open.case.record.company == it.record.company,
        number: it.record.number,
        version: it.record.version,
        by_mail: it.channel.is_mail(),
        company_name: it.record.company_name,
        state: it.record.consultation.state,
    })
}

/// Returns the choice which case's requests and booking stay, each as it is now, and why those of the absorbed case cannot,
/// if they cannot.
async fn booking_choices(open: &Opened, other: &CaseDetails) -> Result<(Vec<Choice>, String), Problem> {
    let (kept, number) = (open.number(), other.record.number);
    let theirs = booked(open, other).await?;
    let now = open.app.clock.now();
    let swapped =
        ops::consultation::merge::obstacles(&open.app.db, &other.record, &open.case.record, now).await?;
    let stands: String = swapped.iter().filter(|it| !it.ends_by_choice()).map(ToString::to_string).collect();
    let label = match booked(open, &open.case).await? {
        mine if mine.is_empty() => format!("{number}の{theirs}を取り消し、{kept}で進める"),
        mine => format!("{kept}の{mine}を残す"),
    };
    let mut choices =
        vec![Choice::new("kept", label).with_hint(format!("{number}の{theirs}は取り消します。"))];
    if stands.is_empty() {
        let hint = format!("続ける受付番号は{number}になります。次の画面で内容を確かめてから統合します。");
        choices.push(Choice::new("absorbed", format!("{number}の{theirs}を残す")).with_hint(hint));
    }
    Ok((choices, stands))
}

/// Returns the booking or the requests of a case in words; empty if it has none.
async fn booked(open: &Opened, case: &CaseDetails) -> Result<String, Problem> {
    let (db, id) = (&open.app.db, case.record.consultation.id);
    let times = store::booking::appointment::of(db, id).await?;
    let experts = store::consultation::case_details::asked_experts(db, id).await?;
    let live = experts.iter().filter(|it| it.assignment.is_live());
    let requested: Vec<_> = live.collect();
    let has_accepted = requested.iter().all(|it| it.assignment.is_accepted());
    let names: Vec<_> = requested.iter().map(|it| format!("{}さん", it.name)).collect();
    let names = names.join("、");
    Ok(match times.iter().find(|it| it.is_live()) {
        Some(it) => {
            let kind = if it.is_confirmed() { "予約" } else { "仮予約" };
            let when = ops::booking::appointment::when(it);
            format!("{kind}（{when}{}{names}）", if names.is_empty() { "" } else { "、" })
        }
        None if names.is_empty() => String::new(),
        None if has_accepted => format!("担当（{names}）"),
        None => format!("担当の依頼（{names}）"),
    })
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
        MergeRefused::HasAppointments(_) | MergeRefused::IsLive(_) => vec![other_way()],
        MergeRefused::BothHaveAppointments => {
            let page = format!("{}/company-merge?with={absorbed}", url::staff(&kept));
            vec![(page, "企業を統合する".to_owned())]
        }
        MergeRefused::BothAreLive(..) => vec![case(kept), case(absorbed)],
        MergeRefused::HasBegun(number) => {
            vec![(format!("{}/done", url::staff(number)), format!("{number}の結果を記録する"))]
        }
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
