//! Taking a correction back: what it changes, whether experts and time still fit, and what stands in the way.
use std::collections::BTreeMap;

use actix_web::{HttpResponse, get, post, web::Path};
use askama::Template;
use domain::{
    actor::Actor,
    consultation::correction::{CorrectedField, CorrectionRefused},
    wording,
};

use super::{
    case_head::Head,
    case_tabs::View,
    opened::Opened,
    way_out::{WayOut, after_refusal},
};
use crate::{
    app::App,
    ops::{
        case::actor::ActorAt,
        consultation::correction::{self as ops, Fit},
    },
    problem::Problem,
    store::{
        self,
        consultation::{case_details::CaseDetails, correction::SavedCorrection},
    },
    web::kit::{
        correction::{ShownCorrection, reason},
        form::Fields,
        form_state::{FormState, sentence},
        page::Shell,
    },
};

#[derive(Template)]
#[template(path = "staff/correction_undo.html")]
struct UndoPage {
    shell: Shell,
    head: Head,
    typed: FormState,
    /// The correction; `None` if there is none at this position.
    correction: Option<ShownCorrection>,
    /// The later corrections of the same value, newest first, which have to be taken back before.
    later: Vec<LaterCorrection>,
    /// Whether experts and time fit the earlier value, where they were chosen by it.
    fit: Option<Fit>,
    /// The pages on which other obstacles are removed.
    ways: Vec<WayOut>,
    /// Whether the next submission confirms that the fit was seen.
    asks: bool,
}

/// A later correction of the same value.
struct LaterCorrection {
    seq: i32,
    when: String,
    correction: ShownCorrection,
}

#[get("/staff/consultations/{number}/corrections/{seq}/undo")]
pub async fn show(open: Opened, path: Path<(String, i32)>) -> Result<HttpResponse, Problem> {
    render(open, path.1, FormState::default()).await
}

#[post("/staff/consultations/{number}/corrections/{seq}/undo")]
pub async fn submit(open: Opened, path: Path<(String, i32)>, form: Fields) -> Result<HttpResponse, Problem> {
    let seq = path.1;
    let mut typed = FormState::of(form);
    let Some(reason) = reason(&typed.form, &mut typed.errors) else {
        return render(open, seq, typed).await;
    };
    let done = match open.seen(&typed.form, None) {
        Err(problem) => Err(problem),
        Ok(_) if is_to_be_asked(&open, seq, &typed.form).await? => Err(Problem::Refused(QUESTION.to_owned())),
        Ok(version) => {
            let by = ActorAt::new(Actor::Coordinator(open.me.id), version);
            ops::undo(&open.app, open.id(), by, seq, reason.as_ref()).await
        }
    };
    match done {
        Ok(undone) => {
            let flash = format!("「{}」の訂正を取り消しました。", undone.field.label());
            Ok(open.back_to(View::History, &flash))
        }
        Err(problem) => {
            typed.refused = Some(sentence(problem)?);
            render(open.again().await?, seq, typed).await
        }
    }
}

const QUESTION: &str = "まだ取り消していません。担当の専門家と日時が、取り消したあとも合うか確認してください。よければ、もう一度「訂正を取り消す」を押してください。";

/// Returns whether the center has to see first whether experts and time fit the earlier value.
async fn is_to_be_asked(open: &Opened, seq: i32, form: &Fields) -> Result<bool, Problem> {
    if form.has("fit", "seen") {
        return Ok(false);
    }
    let all = store::consultation::correction::of(&open.app.db, open.id()).await?;
    match all.iter().find(|it| it.seq == seq) {
        Some(it) => Ok(fit(&open.app, &open.case, it).await?.is_some()),
        None => Ok(false),
    }
}

/// Returns whether experts and time fit the earlier value, if they were chosen by it.
async fn fit(app: &App, case: &CaseDetails, it: &SavedCorrection) -> Result<Option<Fit>, Problem> {
    let after = ops::values_undone(app, case.record.consultation.id, it).await?;
    match after {
        Some(after) => Ok(Some(ops::fit_with(app, &case.record, &after).await?).filter(Fit::is_chosen)),
        None => Ok(None),
    }
}

async fn render(open: Opened, seq: i32, mut typed: FormState) -> Result<HttpResponse, Problem> {
    let (app, case, id) = (&open.app, &open.case, open.id());
    let all = store::consultation::correction::of(&app.db, id).await?;
    let found = all.iter().find(|it| it.seq == seq);
    let is_undone = |seq| all.iter().any(|it| it.undoes == Some(seq));
    if found.is_none() {
        typed.refused = Some(CorrectionRefused::Unknown.to_string());
    } else if is_undone(seq) {
        typed.refused = Some(CorrectionRefused::Undone.to_string());
    }
    let programme = app.programme().await?;
    let events = store::audit::event::of(&app.db, id).await?;
    let times: BTreeMap<_, _> = events.iter().map(|it| (it.seq, it.at)).collect();
    let later = all.iter().rev().filter(|it| {
        it.seq > seq
            && Some(it.field) == found.map(|it| it.field)
            && it.undoes.is_none()
            && !is_undone(it.seq)
    });
    let later = later.map(|it| LaterCorrection {
        seq: it.seq,
        when: times.get(&it.seq).map(|at| wording::month_day_time(*at)).unwrap_or_default(),
        correction: ShownCorrection::of(it, &programme),
    });
    let later = later.collect();
    let (fit, mut ways) = match found {
        Some(it) => (fit(app, case, it).await?, ways(app, case, it).await?),
        None => (None, Vec::new()),
    };
    if let Some(refused) = &typed.refused {
        ways.extend(after_refusal(app, &case.record, refused).await?);
    }
    let correction = found.map(|it| ShownCorrection::of(it, &programme));
    let asks = fit.is_some();
    open.page(typed, |shell, head, typed| UndoPage { shell, head, typed, correction, later, fit, ways, asks })
}

/// Returns the pages on which the obstacles to the undoing are removed: another consultation with the number that would
/// go.
async fn ways(app: &App, case: &CaseDetails, it: &SavedCorrection) -> Result<Vec<WayOut>, Problem> {
    let id = case.record.consultation.id;
    let mut ways = Vec::new();
    let is_of_this = it.company_before == Some(case.record.company);
    if it.field == CorrectedField::CorporateNumber
        && is_of_this
        && let Some(other) =
            store::intake::company::other_of_company(&app.db, case.record.company, id).await?
    {
        ways.push(WayOut {
            href: format!("/staff/consultations/{other}/correct/company#corporate_number"),
            label: format!("{other}の法人番号を確認する"),
        });
    }
    Ok(ways)
}

impl UndoPage {
    /// Returns whether nothing that the page knows stands in the way.
    fn is_possible(&self) -> bool {
        self.correction.is_some()
            && self.later.is_empty()
            && self.ways.is_empty()
            && (self.typed.refused.is_none() || self.asks)
    }
}
