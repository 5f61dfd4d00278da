//! One consultation: the parts that all its views share, and the choice of the view.
mod sentences;

use actix_web::{
    HttpRequest, HttpResponse, get,
    web::{Data, Path},
};
use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    actor::Party,
    consultation::{ActionKind, ActionRefused, Consultation, State},
    due::Due,
    number::CaseNumber,
    wording,
};

pub use super::case_tabs::View;
use super::{
    action::StaffAction,
    candidates, case_views,
    time_proposals::{Proposed, proposed},
};
pub use crate::web::kit::form_state::{FormState, sentence};
use crate::{
    app::App,
    ops,
    problem::Problem,
    store::{
        self,
        calendars::time_proposal::ProposalScope,
        consultation::case_details::CaseDetails,
        correspondence::{bounce::KnownBounce, inbound_mail::InboundEntry},
        worklist::visit::Visit,
    },
    url,
    web::kit::{
        form::Fields,
        page::{self, Shell},
        session::Coordinator,
    },
};

/// The time after the last look for which a person counts as looking at a case.
const LOOKING: TimeDelta = TimeDelta::minutes(10);

/// The head above every view of a consultation.
pub struct Head {
    pub case: CaseDetails,
    /// The received mails about the consultation that wait for a decision.
    pub open_mails: Vec<InboundEntry>,
    pub bounces: Vec<KnownBounce>,
    /// The proposals of another time for the appointment that wait for the center.
    pub proposals: Vec<Proposed>,
    pub view: Option<View>,
    /// The others of the center who have looked at the case within the last minutes, such as 「鈴木 花子（3分前）」.
    pub others: Vec<String>,
    /// Whether a further appointment is planned and can be taken back.
    pub plans_further: bool,
    /// The case into which this one was merged.
    pub kept: Option<CaseNumber>,
    pub now: DateTime<Utc>,
    /// Why the last action was refused.
    pub refused: Option<String>,
}

/// An action that is possible now.
pub struct Offer {
    pub label: &'static str,
    pub href: String,
    /// Whether the button performs the action directly, without a page in between.
    pub at_once: bool,
}

#[get("/staff/consultations/{number}")]
pub async fn show(
    app: Data<App>,
    me: Coordinator,
    req: HttpRequest,
    shell: Shell,
    number: Path<String>,
) -> Result<HttpResponse, Problem> {
    let case = find(&app, &number).await?;
    let view = View::from_code(Fields::of_query(&req).get("view"));
    if !view.is_some_and(View::is_record)
        && let Some(into) = kept(&app, &case).await?
    {
        let told = format!("{}は、この案件に統合しました。", case.record.number);
        return Ok(page::see_other_with(url::staff(&into), &told));
    }
    let seen = lately_seen(&app, &case).await?;
    // A page is shown even if it cannot be recorded who looks at it.
    if let Err(err) = ops::worklist::visit::record(&app, me.id, case.record.consultation.id, &seen).await {
        tracing::warn!(error = ?err, "could not record who looks at a case");
    }
    render_seen(&app, shell, case, view.unwrap_or(View::Overview), FormState::default(), seen).await
}

/// Returns the number of the case into which this one was merged.
async fn kept(app: &App, case: &CaseDetails) -> Result<Option<CaseNumber>, Problem> {
    let Some(into) = case.record.consultation.merged_into else { return Ok(None) };
    Ok(store::consultation::find(&app.db, into).await?.map(|it| it.number))
}

/// Shows a view of a consultation, with the values typed into its forms.
pub async fn render(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    view: View,
    typed: FormState,
) -> Result<HttpResponse, Problem> {
    let seen = lately_seen(app, &case).await?;
    render_seen(app, shell, case, view, typed, seen).await
}

/// Returns who of the center has looked at the case within the last minutes.
async fn lately_seen(app: &App, case: &CaseDetails) -> Result<Vec<Visit>, Problem> {
    let since = app.clock.now() - LOOKING;
    Ok(store::worklist::visit::since(&app.db, case.record.consultation.id, since).await?)
}

async fn render_seen(
    app: &App,
    shell: Shell,
    case: CaseDetails,
    view: View,
    typed: FormState,
    seen: Vec<Visit>,
) -> Result<HttpResponse, Problem> {
    let (now, refused) = (app.clock.now(), typed.refused.clone());
    let proposals = waiting_proposals(app, &case, now).await?;
    let (open_mails, bounces) = waiting_mail(app, &case, &proposals).await?;
    let others = others(seen, &shell, now);
    let (plans_further, kept) = (plans_further(app, &case).await?, kept(app, &case).await?);
    let head = Head {
        case,
        open_mails,
        bounces,
        proposals,
        view: Some(view),
        others,
        plans_further,
        kept,
        now,
        refused,
    };
    match view {
        // Without the possibility of asking experts, there are no candidates to show.
        View::Candidates if !head.can(ActionKind::RequestExperts) => {
            let head = Head { view: Some(View::Overview), ..head };
            case_views::overview(app, shell, head, typed).await
        }
        View::Overview => case_views::overview(app, shell, head, typed).await,
        View::Messages => case_views::messages(app, shell, head, typed).await,
        View::Sessions => case_views::sessions(app, shell, head, &typed).await,
        View::Candidates => candidates::render(app, shell, head, typed).await,
        View::SameCompany => case_views::same_company(app, shell, head, typed).await,
        View::History => case_views::history(app, shell, head, &typed).await,
        View::Mail => case_views::mail(app, shell, head, &typed).await,
    }
}

/// Returns whether a further appointment is planned. Skips the query if there can be none.
async fn plans_further(app: &App, case: &CaseDetails) -> Result<bool, Problem> {
    let it = &case.record.consultation;
    if case.record.appointments_done == 0 || may(it, ActionKind::DropFurtherSession).is_err() {
        return Ok(false);
    }
    Ok(store::audit::event::plans_further(&store::audit::event::of(&app.db, it.id).await?))
}

/// Returns the others of the center who look at the case now, such as 「鈴木 花子（3分前）」.
fn others(seen: Vec<Visit>, shell: &Shell, now: DateTime<Utc>) -> Vec<String> {
    let me = shell.account.as_ref().map(|it| it.id);
    let others = seen.into_iter().filter(|it| Some(it.account) != me);
    others.map(|it| format!("{}（{}）", it.name, wording::ago(it.seen_at, now))).collect()
}

/// Returns the proposals of another time. Skips the query if there can be none.
async fn waiting_proposals(
    app: &App,
    case: &CaseDetails,
    now: DateTime<Utc>,
) -> Result<Vec<Proposed>, Problem> {
    if case.changed_entries == 0 && case.open_mails == 0 {
        return Ok(Vec::new());
    }
    proposed(app, ProposalScope::Case(case.record.consultation.id), now).await
}

/// Returns the received mails that wait for a decision, and the bounces. Skips the query if there are none.
async fn waiting_mail(
    app: &App,
    case: &CaseDetails,
    proposals: &[Proposed],
) -> Result<(Vec<InboundEntry>, Vec<KnownBounce>), Problem> {
    let id = case.record.consultation.id;
    let mut open = if case.open_mails > 0 {
        store::correspondence::inbound_mail::of(&app.db, id).await?
    } else {
        Vec::new()
    };
    let bounces =
        if case.bounces > 0 { store::correspondence::bounce::of(&app.db, id).await? } else { Vec::new() };
    // A bounce or a proposal is shown once, not also as a mail.
    open.retain(|it| {
        it.open
            && !bounces.iter().any(|bounce| bounce.reported_by == Some(it.id))
            && !proposals.iter().any(|proposal| proposal.id == it.id)
    });
    Ok((open, bounces))
}

/// Returns the consultation of an address.
pub async fn find(app: &App, number: &str) -> Result<CaseDetails, Problem> {
    let number = CaseNumber::parse(number).map_err(|_| Problem::NotFound)?;
    store::consultation::case_details::find(&app.db, number).await?.ok_or(Problem::NotFound)
}

/// Returns the version at which the form was shown. Fails if the consultation has changed since, or if the
/// action is not allowed now.
pub fn seen(case: &CaseDetails, form: &Fields, action: Option<ActionKind>) -> Result<i32, Problem> {
    let current = case.record.version;
    let seen = form.get("version").parse::<i32>().ok();
    if seen.is_some_and(|it| it != current) {
        return Err(Problem::Stale);
    }
    if let Some(action) = action {
        may(&case.record.consultation, action)?;
    }
    seen.ok_or(Problem::Stale)
}

/// Checks whether a coordinator may do `action` now, for the center or in the stead of another.
pub fn may(it: &Consultation, action: ActionKind) -> Result<(), ActionRefused> {
    let in_stead = |party| it.allows_in_stead(action, party).is_ok();
    match it.allows(action, Party::Coordinator) {
        Err(_) if in_stead(Party::Company) || in_stead(Party::Expert) => Ok(()),
        own => own,
    }
}

impl Head {
    /// Builds the head above the page of one action, which shows only why that action was refused.
    pub fn of_act(case: CaseDetails, now: DateTime<Utc>, typed: &FormState) -> Self {
        let (open_mails, bounces, proposals) = (Vec::new(), Vec::new(), Vec::new());
        Self {
            case,
            open_mails,
            bounces,
            proposals,
            view: None,
            others: Vec::new(),
            plans_further: false,
            kept: None,
            now,
            refused: typed.refused.clone(),
        }
    }

    pub fn number(&self) -> CaseNumber {
        self.case.record.number
    }

    pub fn state(&self) -> &State {
        &self.case.record.consultation.state
    }

    /// Returns whether the appointment can be moved, or its time be chosen.
    pub fn can_move(&self) -> bool {
        self.can(ActionKind::Reschedule) || self.can(ActionKind::ChooseSlot)
    }

    /// Returns whether the booked appointment has begun, so that its outcome can be recorded.
    pub fn has_begun(&self) -> bool {
        self.case.booked_from.is_some_and(|it| it <= self.now)
    }

    pub fn is_open(&self) -> bool {
        self.state().is_open() && self.case.record.consultation.merged_into.is_none()
    }

    /// Returns until when the case is put aside, if it is.
    pub fn snoozed(&self) -> Option<DateTime<Utc>> {
        self.case.record.snoozed_until.filter(|it| *it > self.now)
    }

    pub fn address_confirmed(&self) -> bool {
        self.case.record.consultation.address_confirmed
    }

    /// Returns the address of the consultation's page with `rest` appended.
    pub fn at(&self, rest: &str) -> String {
        format!("{}{rest}", url::staff(&self.number()))
    }

    pub fn can(&self, action: ActionKind) -> bool {
        self.case.record.consultation.allows(action, domain::actor::Party::Coordinator).is_ok()
    }

    /// Returns the possible actions: those that advance the consultation first, those that end it last.
    pub fn offers(&self) -> (Vec<Offer>, Vec<Offer>) {
        let mut offers = self.marked();
        let mut endings = Vec::new();
        for action in self.case.record.consultation.possible(domain::actor::Party::Coordinator) {
            match action {
                ActionKind::RequestExperts => offers.push(Offer {
                    label: "専門家に依頼する",
                    href: self.at("?view=candidates"),
                    at_once: false,
                }),
                ActionKind::ChooseSlot => {
                    offers
                        .push(Offer { label: "日時を決める", href: self.at("/slots"), at_once: false });
                }
                ActionKind::Reschedule => {
                    offers.push(Offer {
                        label: "日時を変更する", href: self.at("/slots"), at_once: false
                    });
                }
                ActionKind::Withdraw | ActionKind::CloseUnfulfilled | ActionKind::Refer => {
                    endings.extend(StaffAction::of(action).map(|it| self.offer(it)));
                }
                // Nothing has taken place yet, and nothing is planned.
                ActionKind::RecordNoShow | ActionKind::RecordExpertNoShow | ActionKind::RecordDone
                    if !self.has_begun() => {}
                ActionKind::DropFurtherSession if !self.plans_further => {}
                // A report is approved on its own page, where it can be read; an expert is released from the list
                // of experts, an outcome is corrected in the list of appointments, and a team is settled when a field
                // is removed.
                ActionKind::ApproveReport
                | ActionKind::ReleaseExpert
                | ActionKind::CorrectOutcome
                | ActionKind::SettleTeam => {}
                ActionKind::Submit
                | ActionKind::StartCheck
                | ActionKind::Ask
                | ActionKind::Answer
                | ActionKind::Accept
                | ActionKind::Decline
                | ActionKind::CancelAppointment
                | ActionKind::RecordNoShow
                | ActionKind::RecordExpertNoShow
                | ActionKind::RecordPartlyDone
                | ActionKind::RecordDone
                | ActionKind::PlanFurtherSession
                | ActionKind::DropFurtherSession
                | ActionKind::Complete
                | ActionKind::Reopen
                | ActionKind::Note => offers.extend(StaffAction::of(action).map(|it| self.offer(it))),
            }
        }
        (offers, endings)
    }

    /// Returns what the marks of the consultation ask for, whatever its state.
    fn marked(&self) -> Vec<Offer> {
        let mut offers = Vec::new();
        if self.is_open() && !self.address_confirmed() {
            offers.push(self.offer(StaffAction::ConfirmAddress));
        }
        if self.case.record.to_call_since.is_some() {
            offers.push(self.offer(StaffAction::Called));
        }
        if self.case.submitted_reports > 0 {
            let href = self.at("?view=sessions");
            offers.push(Offer { label: "提出された報告書を確認する", href, at_once: false });
        }
        if self.case.record.consultation.allows_in_stead(ActionKind::Answer, Party::Company).is_ok() {
            offers.push(self.offer(StaffAction::Answer));
        }
        if self.case.record.wants_help_since.is_some() && self.case.record.consultation.merged_into.is_none()
        {
            offers.push(self.offer(StaffAction::DropHelp));
        }
        offers
    }

    fn offer(&self, act: StaffAction) -> Offer {
        Offer {
            label: act.button(),
            href: self.at(&format!("/{}", act.code())),
            at_once: matches!(act, StaffAction::StartCheck | StaffAction::Called),
        }
    }

    /// Returns whether the closing of the case is proposed.
    pub fn proposes_closing(&self) -> bool {
        self.case.record.silence.is_some_and(|it| it.proposes_closing())
    }

    pub fn overdue(&self) -> bool {
        let at = self.case.record.due.as_ref().and_then(Due::at);
        self.is_open() && at.is_some_and(|it| it <= self.now)
    }

    pub fn due_steps(&self) -> Vec<String> {
        self.case.record.due.as_ref().map(Due::explain).unwrap_or_default()
    }
}
