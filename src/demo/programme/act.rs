//! The next step of a consultation, as the people concerned take it on looking at it.
use chrono::{DateTime, TimeDelta, Utc};
use std::collections::BTreeSet;

use codes::{AssignmentStatus, FollowUpStatus};
use domain::{
    actor::Actor,
    booking::{
        appointment::AppointmentMode,
        availability::{Day, Slot},
    },
    consultation::{State, UnfulfilledReason},
    id::{ConsultationId, ExpertId, FollowUpId},
    intake::application::{Application, ApplicationForm, Intake},
    routing::{ThemeCode, assignment::Assignment},
    text::TextLine,
};

use super::{
    appointment,
    plot::{Goal, Plot, Twist},
    stage::{Stage, prose},
};
use crate::{
    demo::{answers, names},
    ops::{
        self,
        booking::slot_offers::{SearchAim, SlotOffers, SlotSearch},
        case::context::Context,
        consultation::Ending,
    },
    problem::Problem,
    store::{self, consultation::Record, correspondence::message::Audience},
};

/// The time of the next look at a consultation; `None` if its story is over.
pub(super) type Next = Option<DateTime<Utc>>;

pub(super) struct Case {
    pub plot: Plot,
    pub form: ApplicationForm,
    pub id: Option<ConsultationId>,
    /// Whether the twist has happened.
    pub twisted: bool,
    /// The number of messages before an appointment.
    pub talked: u8,
    /// The questions that the company will answer, and when.
    pub questions: Vec<(DateTime<Utc>, FollowUpId)>,
}

impl Case {
    pub fn new(plot: Plot) -> Self {
        Self {
            plot,
            form: ApplicationForm::default(),
            id: None,
            twisted: false,
            talked: 0,
            questions: Vec::new(),
        }
    }

    /// Returns whether this is the consultation's twist and happens now; true only once.
    pub fn twist(&mut self, twist: Twist) -> bool {
        let now = self.plot.twist == twist && !self.twisted;
        self.twisted |= now;
        now
    }

    pub fn coordinator(&self) -> Actor {
        Actor::Coordinator(self.plot.coordinator)
    }
}

/// Looks at a consultation and takes the next step.
pub(super) async fn look(stage: &mut Stage, case: &mut Case) -> Result<Next, Problem> {
    let Some(id) = case.id else { return apply(stage, case).await };
    let record = store::consultation::find(&stage.app.db, id).await?.ok_or(Problem::NotFound)?;
    match record.consultation.state {
        State::Received => received(stage, case, &record).await,
        State::Checking => checking(stage, case, &record).await,
        State::WaitingCompany => waiting(stage, case, &record).await,
        State::Matching => matching(stage, case, &record).await,
        State::Scheduling => appointment::scheduling(stage, case, &record).await,
        State::Booked => appointment::booked(stage, case, &record).await,
        State::Consulted => appointment::consulted(stage, case, &record).await,
        State::FollowUp => appointment::followed(stage, case, &record).await,
        State::Completed | State::Withdrawn | State::Unfulfilled { .. } | State::Referred { .. } => {
            ended(stage, case, &record).await
        }
    }
}

/// Answers a question for the company, if it is still open.
pub(super) async fn answer(stage: &mut Stage, case: &Case, id: FollowUpId) -> Result<(), Problem> {
    let Some(question) = store::aftercare::follow_up::find(&stage.app.db, id).await? else {
        return Ok(());
    };
    if question.state.status() != FollowUpStatus::Sent || case.id.is_none() {
        return Ok(());
    }
    let answer = answers::answer(question.kind, &mut stage.dice);
    ops::aftercare::follow_up::answer(&stage.app, id, answer).await
}

async fn apply(stage: &mut Stage, case: &mut Case) -> Result<Next, Problem> {
    let app = &stage.app;
    let by = case.plot.by;
    let record = if by == Actor::Company {
        let draft = ops::intake::apply::start(app, format!("demo-{}", case.plot.n)).await?;
        ops::intake::apply::save(app, draft, |it| it.clone_from(&case.form)).await?;
        if case.plot.picks_slot {
            let found = ops::intake::apply::slots(app, &ops::intake::apply::draft(app, draft).await?).await?;
            match appointment::pick(stage, case, &found) {
                Some(slot) => drop(ops::intake::apply::hold(&stage.app, draft, slot).await?),
                None => ops::intake::apply::release(&stage.app, draft).await?,
            }
        } else {
            ops::intake::apply::release(app, draft).await?;
        }
        ops::intake::apply::submit(&stage.app, draft, |_| ()).await?
    } else {
        let key = stage.dice.id(stage.now());
        let spoken = matches!(by, Actor::Coordinator(_));
        ops::intake::apply::take_down(&stage.app, &parsed(&case.form, Intake::OnBehalf)?, by, key, spoken)
            .await?
    };
    case.id = Some(record.consultation.id);
    Ok(match by {
        Actor::Company => Some(stage.now() + TimeDelta::minutes(stage.dice.number(2, 90))),
        Actor::Desk(..) => Some(stage.daytime(1, 6)),
        Actor::Coordinator(_) | Actor::Expert(_) | Actor::System | Actor::Stead(..) => {
            Some(stage.office(0, 3))
        }
    })
}

async fn received(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let id = record.consultation.id;
    if !record.consultation.address_confirmed {
        if case.plot.twist == Twist::Unconfirmed {
            return Ok(None);
        }
        ops::consultation::confirm_address(&stage.app, id, Actor::Company).await?;
        return Ok(Some(stage.office(1, 5)));
    }
    if case.plot.goal == Goal::Received {
        return Ok(None);
    }
    ops::consultation::start_check(&stage.app, id, record.version, case.plot.coordinator).await?;
    Ok(Some(stage.office(0, 4)))
}

async fn checking(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let (id, by) = (record.consultation.id, case.coordinator());
    let ending = match (case.plot.goal, case.plot.twist) {
        (Goal::Checking, Twist::Reopened) if !case.twisted => Some(Ending::Withdraw { reason: None }),
        (Goal::Checking, _) => {
            if case.plot.n.is_multiple_of(2) {
                let note = "電話がつながらず、伝言をお願いしました。折返しを待っています。";
                stage.write(id, by, Audience::Internal, note).await?;
            }
            return Ok(None);
        }
        (Goal::WaitingCompany, _) => {
            ask(stage, case, record).await?;
            return Ok(None);
        }
        _ if case.twist(Twist::Asked) => {
            ask(stage, case, record).await?;
            return Ok(Some(stage.daytime(6, 60)));
        }
        (Goal::Withdrawn, Twist::None) => Some(Ending::Withdraw {
            reason: Some(prose("社内で検討した結果、今回は見送ることにしました。")?),
        }),
        (Goal::Unfulfilled, _) => Some(Ending::CloseUnfulfilled { reason: reason(case.plot.n) }),
        (Goal::Referred, _) => Some(Ending::Refer {
            organization: line(names::organization_referred(case.plot.n))?,
            note: Some(prose("ご相談の内容について、地域の窓口で継続して支援を受けられます。")?),
        }),
        _ => None,
    };
    if let Some(ending) = ending {
        let by = if matches!(ending, Ending::Withdraw { .. }) { Actor::Company } else { by };
        ops::consultation::end(&stage.app, id, Some(record.version), by, ending).await?;
        return Ok(Some(stage.office(60, 140)));
    }
    request(stage, case, record).await
}

async fn ask(stage: &mut Stage, case: &Case, record: &Record) -> Result<(), Problem> {
    let question = prose(names::message(false, 0))?;
    let (app, id) = (&stage.app, record.consultation.id);
    ops::correspondence::message::ask(app, id, record.version, case.coordinator(), &question).await
}

async fn waiting(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    if case.plot.goal == Goal::WaitingCompany {
        return Ok(None);
    }
    let text = names::message(true, [0, 2, 4, 5].get(case.plot.n % 4).copied().unwrap_or_default());
    stage.write(record.consultation.id, Actor::Company, Audience::Everyone, text).await?;
    Ok(Some(stage.office(1, 6)))
}

/// Asks the best team for the coordinator, or the first expert of the list if the plot says so.
async fn request(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let (id, by) = (record.consultation.id, case.coordinator());
    let live = store::booking::appointment::of(&stage.app.db, id)
        .await?
        .into_iter()
        .find(domain::booking::appointment::Appointment::is_live);
    let slot = live.as_ref().and_then(|it| Slot::at(it.starts_at));
    let found = candidates(stage, record, live.as_ref().map(|it| it.id)).await?;
    let mut teams: Vec<Vec<ExpertId>> =
        found.teams(slot).map(|team| team.into_iter().map(|it| it.expert).collect()).take(200).collect();
    let first = stage.cast.experts.first().copied();
    let wanted = |team: &Vec<ExpertId>| case.plot.for_the_first && first.is_some_and(|it| team.contains(&it));
    teams.sort_by_key(|team| !wanted(team));
    let Some(team) = teams.first() else {
        let ending = Ending::CloseUnfulfilled { reason: UnfulfilledReason::NoExpert };
        ops::consultation::end(&stage.app, id, Some(record.version), by, ending).await?;
        return Ok(None);
    };
    ops::routing::assignment::request(&stage.app, id, record.version, by, team).await?;
    Ok(Some(stage.office(2, 12)))
}

async fn candidates(
    stage: &Stage,
    record: &Record,
    moving: Option<domain::id::AppointmentId>,
) -> Result<SlotOffers, Problem> {
    let context = Context::of(&stage.app).await?;
    let themes = store::consultation::themes(&stage.app.db, record.consultation.id).await?;
    let assignments = store::routing::assignment::of(&stage.app.db, record.consultation.id).await?;
    let search = SlotSearch {
        fields: record.consultation.fields,
        mode: AppointmentMode::wished(record.mode),
        themes: themes.into_iter().map(ThemeCode).collect(),
        prefecture: record.prefecture,
        industry: record.industry,
        company: Some(record.company),
        only: None,
        day: None,
        excluded: ops::routing::requests::turned_down(&assignments),
        asked_last: BTreeSet::new(),
        moving,
        starts: Day::ALL,
        overridden: true,
        aim: SearchAim::Choose,
    };
    context.offers(&stage.app.db, search).await
}

async fn matching(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    let assignments = store::routing::assignment::of(&stage.app.db, record.consultation.id).await?;
    let offered = |it: &&Assignment| it.state.status() == AssignmentStatus::Offered;
    let Some(first) = assignments.iter().find(offered) else { return Ok(None) };
    if case.twist(Twist::Declined) {
        let reason = names::decline_reason(case.plot.n).to_owned();
        ops::routing::assignment::decline(&stage.app, first.id, first.expert, reason).await?;
        return Ok(Some(stage.office(2, 10)));
    }
    if case.twist(Twist::Lapsed) {
        return Ok(Some(first.due_at + TimeDelta::hours(18)));
    }
    let half = case.plot.twist == Twist::HalfAnswered
        && assignments.iter().all(|it| offered(&it))
        && assignments.len() > 1;
    if case.plot.goal == Goal::Matching && !half {
        return Ok(None);
    }
    ops::routing::assignment::accept(&stage.app, first.id, first.expert).await?;
    Ok(Some(stage.office(1, 8)))
}

async fn ended(stage: &mut Stage, case: &mut Case, record: &Record) -> Result<Next, Problem> {
    if case.twist(Twist::Reopened) {
        let reason = line("担当者が替わり、改めて相談したいとの連絡がありました")?;
        let (app, id) = (&stage.app, record.consultation.id);
        ops::consultation::reopening::reopen(app, id, record.version, case.coordinator(), &reason).await?;
        return Ok(Some(stage.office(1, 8)));
    }
    Ok(None)
}

fn parsed(form: &ApplicationForm, intake: Intake) -> Result<Application, Problem> {
    Application::parse(form, intake).map_err(|mistakes| Problem::Refused(format!("{mistakes:?}")))
}

pub(super) fn line(text: &str) -> Result<TextLine, Problem> {
    TextLine::parse("理由", text, 200).map_err(|err| Problem::Refused(err.to_string()))
}

fn reason(n: usize) -> UnfulfilledReason {
    UnfulfilledReason::ALL.get(n % 3).copied().unwrap_or(UnfulfilledReason::Unreachable)
}
