//! Correcting the values of a consultation, and sending mail again to a corrected address.
use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    consultation::correction::{
        CaseValues, CorrectedField, Correction, CorrectionSection, apply, corrections,
    },
    intake::application::TICKED,
    text::TextLine,
};

use super::{
    case,
    case_head::Head,
    case_tabs::View,
    opened::Opened,
    way_out::{WayOut, after_refusal},
};
use crate::{
    app::App,
    ops::{
        case::actor::ActorAt,
        consultation::correction::{self as ops, CarriedOver, CorrectionCause, Fit},
    },
    problem::Problem,
    store::consultation::case_details::CaseDetails,
    web::kit::{
        correction::{CorrectionForm, OTHERS, fields_of, reason, touched},
        form::Fields,
        form_state::FormState,
        page::Shell,
    },
};

#[derive(Template)]
#[template(path = "staff/correct.html")]
struct CorrectPage {
    shell: Shell,
    head: Head,
    values: CaseValues,
    correction: CorrectionForm,
    /// Whether the present experts and time fit, where the section decides about them.
    fit: Option<Fit>,
    /// Whether the fit was asked about and the next submission confirms it.
    asks: bool,
    /// The company's other open consultations, such as 「R08-000002（受付済み）」.
    others: Vec<String>,
    /// The pages that lead on after a refusal.
    ways: Vec<WayOut>,
}

/// The parsed form of a correction.
struct Typed {
    section: CorrectionSection,
    values: CaseValues,
    found: Vec<Correction>,
    reason: Option<TextLine>,
}

#[get("/staff/consultations/{number}/correct/{section}")]
pub async fn show(open: Opened, path: Path<(String, String)>) -> Result<HttpResponse, Problem> {
    let section = CorrectionSection::from_code(&path.1).ok_or(Problem::NotFound)?;
    let (app, record) = (&open.app, &open.case.record);
    let values = ops::values(app, open.id()).await?;
    let fit = match section {
        CorrectionSection::Contact => None,
        CorrectionSection::Company | CorrectionSection::Request => {
            Some(ops::fit_of(app, record).await?).filter(|it| it.is_chosen() && !it.is_good())
        }
    };
    let programme = app.programme().await?;
    let correction = CorrectionForm::of(section, Party::Coordinator, &values, &programme);
    let others = others(app, &open.case, section).await?;
    open.page(FormState::default(), |shell, head, _| CorrectPage {
        shell,
        head,
        values,
        correction,
        fit,
        asks: false,
        others,
        ways: Vec::new(),
    })
}

#[post("/staff/consultations/{number}/correct/{section}")]
pub async fn submit(
    open: Opened,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let section = CorrectionSection::from_code(&path.1).ok_or(Problem::NotFound)?;
    let values = ops::values(&open.app, open.id()).await?;
    let mut state = FormState::of(form);
    let Some(typed) = parse(section, &values, &mut state) else {
        return render(open, section, state, None).await;
    };
    if typed.found.is_empty() {
        // Whatever the version is now, there is nothing to be done: the form may have been sent twice.
        let flash = "訂正した項目はありません。すでに、この内容になっています。";
        return Ok(open.back(flash));
    }
    let Some(version) = state.value(open.seen(&state.form, None))? else {
        return render(open, section, state, None).await;
    };
    let app = &open.app;
    if let Some(fit) = to_be_asked(app, &open.case, &values, &typed, &state.form).await? {
        state.refused = Some(question(&fit).to_owned());
        return render(open, section, state, Some(fit)).await;
    }
    let by = ActorAt::new(Actor::Coordinator(open.me.id), version);
    let cause = CorrectionCause::reason(typed.reason.as_ref());
    let done = ops::correct(app, open.id(), by, typed.section, &typed.values, cause).await;
    if let Some(found) = state.value(done)? {
        let carried = carry_over(app, &open.case, by.actor, &found, &typed, &state.form).await?;
        return Ok(open.back(&format!("{}{}", outcome(section, &found), carried_text(&carried))));
    }
    render(open.again().await?, section, state, None).await
}

/// Carries the correction over to the company's other consultations, if the form says so.
async fn carry_over(
    app: &App,
    case: &CaseDetails,
    by: Actor,
    found: &[Correction],
    typed: &Typed,
    form: &Fields,
) -> Result<CarriedOver, Problem> {
    if found.is_empty() || typed.section != CorrectionSection::Company || !form.has(OTHERS, TICKED) {
        return Ok(CarriedOver::default());
    }
    ops::carry_over(app, &case.record, by, found, typed.reason.as_ref()).await
}

fn carried_text(carried: &CarriedOver) -> String {
    let list = |all: &[domain::number::CaseNumber]| {
        all.iter().map(ToString::to_string).collect::<Vec<_>>().join("、")
    };
    let mut text = String::new();
    if !carried.corrected.is_empty() {
        text.push_str(&format!("{}も訂正しました。", list(&carried.corrected)));
    }
    if !carried.left.is_empty() {
        text.push_str(&format!(
            "{}は、担当の専門家や日時が合わなくなるなどのため、訂正していません。その案件の画面で訂正してください。",
            list(&carried.left)
        ));
    }
    text
}

/// Returns the company's other open consultations, to which a correction of its data can be carried over.
async fn others(app: &App, case: &CaseDetails, section: CorrectionSection) -> Result<Vec<String>, Problem> {
    if section != CorrectionSection::Company {
        return Ok(Vec::new());
    }
    let sharing = ops::sharing(app, &case.record).await?;
    Ok(sharing.iter().map(|it| format!("{}（{}）", it.number, it.consultation.state.label())).collect())
}

/// Sends the mails that did not reach an earlier address to the corrected one.
#[post("/staff/consultations/{number}/send-again")]
pub async fn send_again(open: Opened, form: Fields) -> Result<HttpResponse, Problem> {
    let mut state = FormState::of(form);
    let sent = match open.seen(&state.form, None) {
        Ok(version) => ops::send_undelivered(&open.app, open.id(), version, open.me.id).await,
        Err(problem) => Err(problem),
    };
    if let Some(count) = state.value(sent)? {
        let held = !open.case.record.consultation.address_confirmed;
        let later = if held {
            "会社名などを含むメールは、アドレスが確認されたときに届きます。"
        } else {
            ""
        };
        let flash = format!("届かなかったメール{count}件を、訂正したアドレスに送り直しました。{later}");
        return Ok(open.back(&flash));
    }
    case::render(open.again().await?, View::Overview, state).await
}

/// Parses the form. Returns `None` if a value is wrong; `state` then has the errors.
fn parse(section: CorrectionSection, current: &CaseValues, state: &mut FormState) -> Option<Typed> {
    let values = touched(&state.form, &fields_of(section, Party::Coordinator));
    let reason = reason(&state.form, &mut state.errors);
    match corrections(current, &values, section) {
        Ok(found) => reason.map(|reason| Typed { section, values, found, reason }),
        Err(mistakes) => {
            for (field, message) in mistakes {
                state.errors.add(field, message);
            }
            None
        }
    }
}

/// Returns whether the present experts and time fit the corrected values, if that has to be asked first.
async fn to_be_asked(
    app: &App,
    case: &CaseDetails,
    values: &CaseValues,
    typed: &Typed,
    form: &Fields,
) -> Result<Option<Fit>, Problem> {
    if form.has("fit", "seen") || !typed.found.iter().any(Correction::concerns_routing) {
        return Ok(None);
    }
    let after = apply(values, &typed.found)?;
    let fit = ops::fit_with(app, &case.record, &after).await?;
    Ok(Some(fit).filter(Fit::is_chosen))
}

fn question(fit: &Fit) -> &'static str {
    if !fit.releases.is_empty() {
        "まだ訂正していません。訂正すると、外す分野の専門家が担当から外れます。下の内容を確認して、よければ、もう一度「訂正する」を押してください。"
    } else if fit.is_good() {
        "まだ訂正していません。担当の専門家と日時は、訂正したあとも合っています。よければ、もう一度「訂正する」を押してください。"
    } else {
        "まだ訂正していません。訂正すると、担当の専門家または日時が合わなくなります。下の内容を確認してください。"
    }
}

/// Returns the sentence that the next page shows.
fn outcome(section: CorrectionSection, found: &[Correction]) -> String {
    let labels: Vec<_> = found.iter().map(|it| it.field.label()).collect();
    let mailed = found.iter().any(|it| it.field == CorrectedField::Email && !it.new.is_empty());
    let flash = if mailed {
        "新しいメールアドレスに、確認のメールを送りました。"
    } else {
        ""
    };
    format!("{}を訂正しました（{}）。{flash}", section.label(), labels.join("、"))
}

async fn render(
    open: Opened,
    section: CorrectionSection,
    state: FormState,
    fit: Option<Fit>,
) -> Result<HttpResponse, Problem> {
    let values = ops::values(&open.app, open.id()).await?;
    let programme = open.app.programme().await?;
    let others = others(&open.app, &open.case, section).await?;
    let asks = fit.is_some();
    let ways = match &state.refused {
        Some(refused) => after_refusal(&open.app, &open.case.record, refused).await?,
        None => Vec::new(),
    };
    open.page(state, |shell, head, state| {
        let typed = (&state.form, state.errors);
        let correction = CorrectionForm::typed(section, Party::Coordinator, &values, &programme, typed);
        CorrectPage { shell, head, values, correction, fit, asks, others, ways }
    })
}

impl CorrectPage {
    fn others_hint(&self) -> String {
        format!(
            "対象：{}。訂正前の内容が同じ項目だけを訂正します（法人番号を除きます）。チェックしないときは、この相談だけを訂正します。",
            self.others.join("、")
        )
    }
}
