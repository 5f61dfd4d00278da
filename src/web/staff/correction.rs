//! Correcting the values of a consultation, and sending mail again to a corrected address.
use actix_web::{
    HttpResponse, get, post,
    web::{Data, Path},
};
use askama::Template;
use domain::{
    actor::{Actor, Party},
    consultation::{
        State,
        correction::{CaseValues, CorrectedField, Correction, CorrectionSection, apply, corrections},
    },
    id::ConsultationId,
    intake::application::TICKED,
    text::TextLine,
};

use super::case::{self, FormState, Head, View, find, seen};
use crate::{
    app::App,
    ops::{
        case::actor::ActorAt,
        consultation::correction::{self as ops, CarriedOver, CorrectionCause, Fit},
    },
    problem::Problem,
    store::{self, consultation::case_details::CaseDetails},
    web::kit::{
        correction::{CorrectionForm, OTHERS, fields_of, reason, touched},
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
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
}

/// The parsed form of a correction.
struct Typed {
    section: CorrectionSection,
    values: CaseValues,
    found: Vec<Correction>,
    reason: Option<TextLine>,
}

/// Returns the address at which a value is corrected, on the pages of the consultation at `path`.
pub fn entered_at(path: &str, field: CorrectedField) -> String {
    let section = CorrectionSection::of(field).unwrap_or(CorrectionSection::Request);
    format!("{path}/correct/{}#{}", section.code(), field.code())
}

#[get("/staff/consultations/{number}/correct/{section}")]
pub async fn show(
    app: Data<App>,
    _me: Coordinator,
    shell: Shell,
    path: Path<(String, String)>,
) -> Result<HttpResponse, Problem> {
    let section = CorrectionSection::from_code(&path.1).ok_or(Problem::NotFound)?;
    let case = find(&app, &path.0).await?;
    let values = ops::values(&app, case.record.consultation.id).await?;
    let fit = match section {
        CorrectionSection::Contact => None,
        CorrectionSection::Company | CorrectionSection::Request => {
            Some(ops::fit_of(&app, &case.record).await?).filter(|it| it.is_chosen() && !it.is_good())
        }
    };
    let programme = app.programme().await?;
    let correction = CorrectionForm::of(section, Party::Coordinator, &values, &programme);
    let others = others(&app, &case, section).await?;
    let head = Head::of_act(case, app.clock.now(), &FormState::default());
    page::html(&CorrectPage { shell, head, values, correction, fit, asks: false, others })
}

#[post("/staff/consultations/{number}/correct/{section}")]
pub async fn submit(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    path: Path<(String, String)>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let section = CorrectionSection::from_code(&path.1).ok_or(Problem::NotFound)?;
    let case = find(&app, &path.0).await?;
    let values = ops::values(&app, case.record.consultation.id).await?;
    let mut state = FormState::of(form);
    let Some(typed) = parse(section, &values, &mut state) else {
        return render(&app, shell, case, section, state, None).await;
    };
    if typed.found.is_empty() {
        // Whatever the version is now, there is nothing to be done: the form may have been sent twice.
        let flash = "訂正した項目はありません。すでに、この内容になっています。";
        return Ok(page::see_other_with(crate::url::staff(&case.record.number), flash));
    }
    let Some(version) = state.value(seen(&case, &state.form, None))? else {
        return render(&app, shell, case, section, state, None).await;
    };
    if let Some(fit) = to_be_asked(&app, &case, &values, &typed, &state.form).await? {
        state.refused = Some(question(&fit).to_owned());
        return render(&app, shell, case, section, state, Some(fit)).await;
    }
    let by = ActorAt::new(Actor::Coordinator(me.id), version);
    let cause = CorrectionCause::reason(typed.reason.as_ref());
    let done = ops::correct(&app, case.record.consultation.id, by, typed.section, &typed.values, cause).await;
    if let Some(found) = state.value(done)? {
        let carried = carry_over(&app, &case, by.actor, &found, &typed, &state.form).await?;
        let flash = format!("{}{}", outcome(section, &found), carried_text(&carried));
        return Ok(page::see_other_with(crate::url::staff(&case.record.number), &flash));
    }
    let case = find(&app, &path.0).await?;
    render(&app, shell, case, section, state, None).await
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
    let mut told = String::new();
    if !carried.corrected.is_empty() {
        told.push_str(&format!("{}も訂正しました。", list(&carried.corrected)));
    }
    if !carried.left.is_empty() {
        told.push_str(&format!(
            "{}は、担当の専門家や日時が合わなくなるなどのため、訂正していません。その案件の画面で訂正してください。",
            list(&carried.left)
        ));
    }
    told
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
pub async fn send_again(
    app: Data<App>,
    me: Coordinator,
    shell: Shell,
    number: Path<String>,
    form: Fields,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let mut state = FormState::of(form);
    let sent = match seen(&case, &state.form, None) {
        Ok(version) => ops::send_undelivered(&app, case.record.consultation.id, version, me.id).await,
        Err(problem) => Err(problem),
    };
    if let Some(count) = state.value(sent)? {
        let held = !case.record.consultation.address_confirmed;
        let later = if held {
            "会社名などを含むメールは、アドレスが確認されたときに届きます。"
        } else {
            ""
        };
        let flash = format!("届かなかったメール{count}件を、訂正したアドレスに送り直しました。{later}");
        return Ok(page::see_other_with(crate::url::staff(&case.record.number), &flash));
    }
    let case = find(&app, &number).await?;
    case::render(&app, shell, case, View::Overview, state).await
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
    app: &App,
    shell: Shell,
    case: CaseDetails,
    section: CorrectionSection,
    state: FormState,
    fit: Option<Fit>,
) -> Result<HttpResponse, Problem> {
    let values = ops::values(app, case.record.consultation.id).await?;
    let programme = app.programme().await?;
    let status = state.status();
    let others = others(app, &case, section).await?;
    let head = Head::of_act(case, app.clock.now(), &state);
    let correction =
        CorrectionForm::typed(section, Party::Coordinator, &values, &programme, (&state.form, state.errors));
    let asks = fit.is_some();
    page::html_with(status, &CorrectPage { shell, head, values, correction, fit, asks, others })
}

impl CorrectPage {
    fn others_hint(&self) -> String {
        format!(
            "対象：{}。訂正前の内容が同じ項目だけを訂正します（法人番号を除きます）。チェックしないときは、この相談だけを訂正します。",
            self.others.join("、")
        )
    }
}

impl Head {
    /// Returns the page on which the value is entered that the next step asks to confirm, with its label.
    pub fn entered_at(&self) -> Option<(&'static str, String)> {
        let confirmed = self.address_confirmed();
        if self.case.record.report_by_center {
            return Some(("報告書を書く", self.at("?view=sessions")));
        }
        match self.state() {
            State::Received | State::Checking if !confirmed => {
                Some(("連絡先を訂正する", self.at("/correct/contact")))
            }
            State::Received => Some(("相談内容を訂正する", self.at("/correct/request"))),
            State::Checking => Some(("分野を訂正する", self.at("/correct/request#field"))),
            State::WaitingCompany
            | State::Matching
            | State::Scheduling
            | State::Booked
            | State::Consulted
            | State::FollowUp
            | State::Completed
            | State::Withdrawn
            | State::Unfulfilled { .. }
            | State::Referred { .. } => None,
        }
    }
}

/// Returns the description before its first correction, and the number of mails that did not reach an earlier address.
pub async fn since_correction(app: &App, id: ConsultationId) -> Result<(Option<String>, usize), Problem> {
    let all = store::consultation::correction::of(&app.db, id).await?;
    let of = |field| all.iter().find(move |it| it.field == field);
    let original = of(CorrectedField::Description).and_then(|it| it.old.clone());
    let undelivered = match of(CorrectedField::Email) {
        Some(_) => ops::undelivered(app, id).await?,
        None => 0,
    };
    Ok((original, undelivered))
}
