//! The head above every page of a case: its data, what waits for the center, and the actions that are possible now.
mod sentences;

use chrono::{DateTime, Utc};
use domain::{
    actor::Party,
    consultation::{
        ActionKind, ActionRefused, Consultation, State,
        correction::{CorrectedField, CorrectionSection},
    },
    due::Due,
    number::CaseNumber,
};

use super::{
    action::StaffAction,
    case_tabs::{Link, View},
    outbox::preview::SpokenNews,
    time_proposals::Proposed,
};
use crate::{
    store::{
        consultation::case_details::CaseDetails,
        correspondence::{bounce::KnownBounce, inbound_mail::InboundEntry},
    },
    url,
    web::kit::form_state::FormState,
};

/// The head above every view of a consultation.
pub struct Head {
    pub case: CaseDetails,
    /// The received mails about the consultation that wait for a decision.
    pub open_mails: Vec<InboundEntry>,
    pub bounces: Vec<KnownBounce>,
    /// The proposals of another time for the appointment that wait for the center.
    pub proposals: Vec<Proposed>,
    /// The news that the company has not heard, to be told in a call.
    pub news: Vec<SpokenNews>,
    pub view: Option<View>,
    /// The others of the center who have looked at the case within the last minutes, such as 「鈴木 花子（3分前）」.
    pub others: Vec<String>,
    /// Whether a further appointment is planned and can be taken back.
    pub plans_further: bool,
    /// Whether the company could choose a time for its application, which is kept until experts have been asked.
    pub may_wish: bool,
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
        let (open_mails, bounces, proposals, news) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
        Self {
            case,
            open_mails,
            bounces,
            proposals,
            news,
            view: None,
            others: Vec::new(),
            plans_further: false,
            may_wish: false,
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

    /// Returns the time of the latest message from outside the center, in microseconds since 1970, as forms carry it: a
    /// later message is shown before an act that would answer it unseen.
    pub fn seen(&self) -> i64 {
        self.case.record.last_inbound_at.map_or(0, |it| it.timestamp_micros())
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
                ActionKind::DropFurtherAppointment if !self.plans_further => {}
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
                | ActionKind::PlanFurtherAppointment
                | ActionKind::DropFurtherAppointment
                | ActionKind::Complete
                | ActionKind::Reopen
                | ActionKind::Note => offers.extend(StaffAction::of(action).map(|it| self.offer(it))),
            }
        }
        if self.may_wish {
            let href = self.at("/slots");
            offers.push(Offer { label: "企業の希望日時を記録する", href, at_once: false });
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

    /// Returns the tabs of the views that the consultation has. One that was merged into another has only records.
    pub fn tabs(&self) -> Vec<Link> {
        let shown = |it: &View| match it {
            View::Appointments | View::History | View::Mail => true,
            View::Candidates => self.can(ActionKind::RequestExperts),
            View::Overview | View::SameCompany | View::Messages => self.kept.is_none(),
        };
        let tab = |it: View| Link {
            href: it.path(self.number()),
            label: match it {
                View::Overview => "概要".to_owned(),
                View::Messages => format!("メッセージ（{}）", self.case.messages),
                View::Appointments => "予約・報告書".to_owned(),
                View::Candidates => "担当候補".to_owned(),
                View::SameCompany if self.case.possible_duplicates > 0 => {
                    format!("同じ企業の可能性（{}）", self.case.possible_duplicates)
                }
                View::SameCompany => "同じ企業の可能性".to_owned(),
                View::History => "履歴".to_owned(),
                View::Mail => "メール".to_owned(),
            },
            current: self.view == Some(it),
        };
        View::ALL.into_iter().filter(shown).map(tab).collect()
    }

    /// Returns the page on which the value is entered that the next step asks to confirm, with its label.
    pub fn entered_at(&self) -> Option<(&'static str, String)> {
        let confirmed = self.address_confirmed();
        if self.case.record.report_by_center.is_some() {
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

/// Returns the address at which a value is corrected, on the pages of the consultation at `path`.
pub fn entered_at(path: &str, field: CorrectedField) -> String {
    let section = CorrectionSection::of(field).unwrap_or(CorrectionSection::Request);
    format!("{path}/correct/{}#{}", section.code(), field.code())
}
