//! Whether the present experts and the present time still fit corrected values.
use std::collections::BTreeSet;

use domain::{
    booking::{
        appointment::{Appointment, AppointmentMode},
        availability::Slot,
    },
    consultation::{
        State,
        correction::{CaseValues, CorrectedField, left_out},
    },
    field::Fields,
    id::ExpertId,
    intake::company::Industry,
    prefecture::Prefecture,
    routing::{Eligibility, ReasonAgainst, assignment::Assignment},
    wording::long_date_time_range,
};

use super::narrowed::is_before_appointment;
use crate::{
    app::App,
    ops::{case::context::Context, routing::requests::search_for},
    problem::Problem,
    store::{self, consultation::Record},
};

/// The present experts and time of a consultation, each with what does not fit.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Fit {
    pub experts: Vec<ExpertFit>,
    /// The appointment ahead, with what does not fit.
    pub appointment: Option<(String, Vec<String>)>,
    /// The sentence that says for which field an expert is missing.
    pub missing: Option<String>,
    /// The consequences for the experts of a field that is removed; empty if there is none.
    pub releases: Vec<String>,
}

/// One expert who was asked or has accepted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ExpertFit {
    pub name: String,
    pub misfits: Vec<String>,
}

impl Fit {
    /// Returns whether experts or a time were chosen at all.
    pub const fn is_chosen(&self) -> bool {
        !self.experts.is_empty() || self.appointment.is_some()
    }

    /// Returns whether everything fits.
    pub fn is_good(&self) -> bool {
        self.missing.is_none()
            && self.releases.is_empty()
            && self.experts.iter().all(|it| it.misfits.is_empty())
            && self.appointment.as_ref().is_none_or(|it| it.1.is_empty())
    }
}

impl Fit {
    /// Returns what does not fit, one sentence each.
    pub fn misfits(&self) -> Vec<String> {
        let of_expert = |it: &ExpertFit| {
            (!it.misfits.is_empty()).then(|| format!("{}さん：{}", it.name, it.misfits.join("、")))
        };
        let mut all: Vec<_> = self.experts.iter().filter_map(of_expert).collect();
        all.extend(self.appointment.iter().flat_map(|it| it.1.iter().cloned()));
        all.extend(self.missing.clone());
        all
    }
}

/// Returns whether experts and time fit the consultation as it would be with these values.
pub async fn fit_with(app: &App, record: &Record, values: &CaseValues) -> Result<Fit, Problem> {
    let mut wanted = record.clone();
    let prefecture = |code: &str| Prefecture::parse(code).ok();
    wanted.prefecture = prefecture(values.get(CorrectedField::Prefecture));
    wanted.visit_prefecture = prefecture(values.get(CorrectedField::VisitPrefecture));
    wanted.industry = Industry::from_code(values.get(CorrectedField::Industry));
    wanted.mode = values.mode().unwrap_or(record.mode);
    wanted.consultation.fields = values.fields().unwrap_or(record.consultation.fields);
    let themes = values.themes().map(str::to_owned).collect();
    fit(app, &wanted, themes).await
}

/// Returns whether experts and time fit the consultation as it is.
pub async fn fit_of(app: &App, record: &Record) -> Result<Fit, Problem> {
    let themes = store::consultation::themes(&app.db, record.consultation.id).await?;
    fit(app, record, themes).await
}

async fn fit(app: &App, wanted: &Record, themes: Vec<String>) -> Result<Fit, Problem> {
    let id = wanted.consultation.id;
    let context = Context::of(app).await?;
    let assignments = store::routing::assignment::of(&app.db, id).await?;
    let live: Vec<_> = assignments.iter().filter(|it| it.is_live()).collect();
    let appointments = store::booking::appointment::of(&app.db, id).await?;
    let ahead = appointments.into_iter().find(|it| it.is_live() && it.starts_at > context.now);
    let is_at_work = is_before_appointment(&wanted.consultation.state);
    if !is_at_work || (live.is_empty() && ahead.is_none()) {
        return Ok(Fit::default());
    }
    let mode = AppointmentMode::wished(wanted.mode);
    let fields = wanted.consultation.fields;
    let mut search = search_for(wanted, ahead.as_ref(), themes, fields, BTreeSet::new());
    search.mode = mode;
    let found = context.offers(&app.db, search).await?;
    let slot = ahead.as_ref().and_then(|it| Slot::at(it.starts_at));
    let candidates = found.candidates(slot);
    let misfits = |expert| {
        let it = candidates.iter().find(|it| it.expert == expert);
        match it.map(|it| &it.eligibility) {
            Some(Eligibility::Out { reasons }) => {
                reasons.iter().filter(counts).map(|it| it.sentence()).collect()
            }
            Some(Eligibility::In { .. }) | None => Vec::new(),
        }
    };
    let name = |expert| context.experts.name(expert).to_owned();
    let leaving: Vec<_> = left_out(fields, &assignments).map(|it| it.expert).collect();
    let staying: Vec<_> = live.iter().map(|it| it.expert).filter(|it| !leaving.contains(it)).collect();
    let experts = staying.iter().map(|it| ExpertFit { name: name(*it), misfits: misfits(*it) }).collect();
    let names: Vec<_> = leaving.iter().map(|it| name(*it)).collect();
    Ok(Fit {
        experts,
        releases: releases(&names, &staying, ahead.as_ref()),
        appointment: ahead.map(|it| of_appointment(&it, mode)),
        missing: missing(wanted, &live),
    })
}

/// Returns what follows from a field that is removed: for its experts, and for the time.
fn releases(leaving: &[String], staying: &[ExpertId], ahead: Option<&Appointment>) -> Vec<String> {
    if leaving.is_empty() {
        return Vec::new();
    }
    let mut lines =
        vec![format!("{}さんは、担当から外れます。本人にメールで知らせます。", leaving.join("さん、"))];
    if let Some(ahead) = ahead {
        let stays = ahead.experts.iter().any(|it| staying.contains(it));
        lines.push(if stays {
            "日時とほかの専門家の担当は、そのままです。".to_owned()
        } else {
            "押さえている日時は解除します。".to_owned()
        });
    }
    lines.push("企業には、変わったことを1回で知らせます。".to_owned());
    lines
}

/// Returns whether a reason counts against an expert who was asked already.
const fn counts(reason: &&ReasonAgainst) -> bool {
    !matches!(**reason, ReasonAgainst::AskedBefore | ReasonAgainst::CasesFull { .. })
}

fn of_appointment(it: &Appointment, mode: AppointmentMode) -> (String, Vec<String>) {
    let when = format!("{}（{}）", long_date_time_range(it.starts_at, it.ends_at), it.mode.label());
    let differs = it.mode != mode;
    let warning = format!(
        "実施方法が{}のままです。{}にするときは、予約を取り消して日時を選び直してください。",
        it.mode.label(),
        mode.label()
    );
    (when, differs.then_some(warning).into_iter().collect())
}

fn missing(wanted: &Record, live: &[&Assignment]) -> Option<String> {
    if live.is_empty() {
        return None;
    }
    let left = live.iter().try_fold(wanted.consultation.fields, |left, it| left.without(it.fields))?;
    let field = match left {
        Fields::Both => "ICTと労務管理",
        Fields::Ict | Fields::Labor => left.label(),
    };
    Some(if wanted.consultation.state == State::Matching {
        format!("{field}を担当する専門家がいません。訂正すると、候補の先頭の専門家に同じ日時で依頼します。")
    } else {
        let way = if wanted.consultation.state == State::Booked {
            "次回の相談で依頼するか、予約を取り消して選び直してください。"
        } else {
            "次回の相談で依頼するか、担当を取り消して選び直してください。"
        };
        format!("{field}を担当する専門家がいません。{way}")
    })
}
