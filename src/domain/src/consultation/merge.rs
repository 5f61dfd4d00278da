//! Whether two cases that are about one request can become one, and which version of their values stays.
use chrono::{DateTime, Utc};
use codes::{CorrectedField, codes};

use super::{Consultation, State, correction::CaseValues};
use crate::number::CaseNumber;

codes! {
    /// Values that are chosen together: those of the kept case, or those of the absorbed one.
    pub enum MergeValue {
        CompanyName = "company_name" => "会社名",
        CorporateNumber = "corporate_number" => "法人番号",
        Place = "place" => "所在地",
        Business = "business" => "会社の概要",
        Contact = "contact" => "担当者",
        Telephone = "telephone" => "電話番号",
        MailAddress = "mail_address" => "メールアドレス",
        SecondContact = "second_contact" => "もう一人の担当者",
        Fields = "fields" => "相談の分野",
        Themes = "themes" => "テーマ",
        Mode = "mode" => "希望する実施方法",
        Participants = "participants" => "相談の参加者",
        Description = "description" => "困っていること",
    }
}

impl MergeValue {
    /// Returns the fields of the value.
    pub const fn fields(self) -> &'static [CorrectedField] {
        use CorrectedField as F;
        match self {
            Self::CompanyName => &[F::CompanyName, F::CompanyKana],
            Self::CorporateNumber => &[F::CorporateNumber],
            Self::Place => &[F::PostalCode, F::Prefecture, F::City, F::Street, F::Building],
            Self::Business => &[
                F::Organization,
                F::Industry,
                F::Employees,
                F::RegularEmployees,
                F::Capital,
                F::TeleworkStatus,
            ],
            Self::Contact => &[F::ContactName, F::ContactKana, F::Department, F::Position],
            Self::Telephone => &[F::Phone],
            Self::MailAddress => &[F::Email],
            Self::SecondContact => &[F::SecondName, F::SecondKana, F::SecondEmail, F::SecondPhone],
            Self::Fields => &[F::Fields],
            Self::Themes => &[F::Themes],
            Self::Mode => &[F::Mode, F::VisitPrefecture, F::VisitPlace],
            Self::Participants => &[F::Participants],
            Self::Description => &[F::Description],
        }
    }

    /// Returns the value as people read it; empty if there is none. `theme` returns the label of a theme.
    pub fn shown(self, values: &CaseValues, theme: impl Fn(&str) -> String) -> String {
        let shown = self.fields().iter().map(|it| CaseValues::shown(*it, values.get(*it), &theme));
        shown.filter(|it| !it.is_empty()).collect::<Vec<_>>().join("　")
    }

    /// Returns the versions that `other` has of these values.
    pub fn taken_from(other: &CaseValues, chosen: &[Self]) -> CaseValues {
        let mut taken = CaseValues::default();
        for field in chosen.iter().flat_map(|it| it.fields()) {
            taken.set(*field, other.get(*field));
        }
        taken
    }
}

/// The consequence for the kept case of the contact that an open absorbed case was promised.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum MergeContact {
    /// The center contacts the company by the kept case's own deadline.
    Promised(DateTime<Utc>),
    /// The kept case would wait for no contact, or its deadline has passed: the clock of a response begins.
    Owed,
    /// Experts or the company act next in the kept case.
    Follows,
}

/// Returns what follows from the contact that an open absorbed case was promised. `due` is the deadline of the first contact
/// in the kept case.
pub fn merge_contact(kept: &State, due: Option<DateTime<Utc>>, now: DateTime<Utc>) -> MergeContact {
    match (kept, due.filter(|it| *it > now)) {
        (_, Some(at)) => MergeContact::Promised(at),
        (State::Received | State::Checking | State::Consulted | State::FollowUp, None) => MergeContact::Owed,
        (
            State::WaitingCompany
            | State::Matching
            | State::Scheduling
            | State::Booked
            | State::Completed
            | State::Withdrawn
            | State::Unfulfilled { .. }
            | State::Referred { .. },
            None,
        ) => MergeContact::Follows,
    }
}

/// The facts that decide whether a case can take part in a merge.
#[derive(Clone, Copy, Debug)]
pub struct MergedCase<'a> {
    pub consultation: &'a Consultation,
    pub number: CaseNumber,
    /// Whether an expert is asked or has accepted, or a time is held or booked.
    pub is_live: bool,
    /// Whether a booked appointment has begun of which no outcome is recorded.
    pub has_begun: bool,
    pub appointments_done: i32,
    /// Whether other cases were merged into it.
    pub has_absorbed: bool,
}

/// The reasons for which two cases stay two.
#[derive(Clone, Debug, PartialEq, Eq, thiserror::Error)]
pub enum MergeRefused {
    #[error("同じ案件どうしは統合できません。")]
    Same,
    #[error("{0}は、すでにほかの案件に統合されています。")]
    Merged(CaseNumber),
    #[error(
        "{0}には、ほかの案件が統合されています。{0}を残す案件にするか、先にその統合を取り消してください。"
    )]
    HasAbsorbed(CaseNumber),
    #[error("{0}は終了しています。先に{0}を再開するか、続いている案件のほうを残してください。")]
    KeptHasEnded(CaseNumber),
    #[error("{0}では、相談を実施しています。{0}を残す案件にしてください。")]
    HasAppointments(CaseNumber),
    #[error("どちらの案件でも、相談を実施しています。企業を統合すると、1つの企業として数えます。")]
    BothHaveAppointments,
    #[error("{0}では、相談の時間が始まっていますが、結果が記録されていません。先に結果を記録してください。")]
    HasBegun(CaseNumber),
    #[error("{0}には、専門家への依頼または予約があります。残すか取り消すかを選んでください。")]
    IsLive(CaseNumber),
    #[error("{0}と{1}の両方に、専門家への依頼または予約があります。残すほうを選んでください。")]
    BothAreLive(CaseNumber, CaseNumber),
}

impl MergeRefused {
    /// Returns whether the coordinator removes the obstacle with the choice that the requests and the booking of the
    /// absorbed case end.
    pub const fn ends_by_choice(&self) -> bool {
        matches!(self, Self::IsLive(_) | Self::BothAreLive(..))
    }
}

/// Returns everything that stands in the way of merging `absorbed` into `kept`; empty if nothing does. A case in which an
/// appointment took place or has begun can only be the one that stays. The requests and the booking of the absorbed one
/// end only by the coordinator's choice (`MergeRefused::ends_by_choice`), so that nothing is lost by an oversight: a case
/// has one appointment ahead, and a second one is booked after the first.
pub fn merge_obstacles(kept: &MergedCase<'_>, absorbed: &MergedCase<'_>) -> Vec<MergeRefused> {
    let open = |it: &MergedCase<'_>| it.consultation.state.is_open();
    if kept.consultation.id == absorbed.consultation.id {
        return vec![MergeRefused::Same];
    }
    let merged = [kept, absorbed].into_iter().filter(|it| it.consultation.merged_into.is_some());
    let mut found: Vec<_> = merged.map(|it| MergeRefused::Merged(it.number)).collect();
    if absorbed.has_absorbed {
        found.push(MergeRefused::HasAbsorbed(absorbed.number));
    }
    match (absorbed.appointments_done > 0, kept.appointments_done > 0) {
        (true, true) => found.push(MergeRefused::BothHaveAppointments),
        (true, false) => found.push(MergeRefused::HasAppointments(absorbed.number)),
        (false, _) => {}
    }
    if open(absorbed) && absorbed.has_begun {
        found.push(MergeRefused::HasBegun(absorbed.number));
    }
    match (open(absorbed) && absorbed.is_live, open(kept) && kept.is_live) {
        (true, true) => found.push(MergeRefused::BothAreLive(kept.number, absorbed.number)),
        (true, false) => found.push(MergeRefused::IsLive(absorbed.number)),
        (false, _) => {}
    }
    if open(absorbed) && !open(kept) {
        found.push(MergeRefused::KeptHasEnded(kept.number));
    }
    found
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;
    use uuid::Uuid;

    use super::*;
    use crate::{field::Fields, id::ConsultationId, number::FiscalYear};

    #[test]
    fn every_value_of_a_case_has_one_choice() {
        for field in CorrectedField::ALL {
            let choices = MergeValue::ALL.into_iter().filter(|it| it.fields().contains(&field)).count();
            // A meeting link belongs to an appointment, which a merge leaves where it is, and each case came in its own way.
            let stays = matches!(field, CorrectedField::MeetingLink | CorrectedField::Origin);
            assert_eq!(choices, usize::from(!stays), "{field}");
        }
    }

    #[test]
    fn everything_that_stands_in_the_way_is_found_at_once() {
        let number = |it| CaseNumber::new(FiscalYear::new(2026).unwrap(), it).unwrap();
        let consultation = |id: u128, state| Consultation {
            id: ConsultationId(Uuid::from_u128(id)),
            state,
            state_since: DateTime::UNIX_EPOCH,
            fields: Fields::Ict,
            address_confirmed: true,
            merged_into: None,
            is_erased: false,
        };
        let (open, ended) = (consultation(1, State::Scheduling), consultation(2, State::Withdrawn));
        let case = |consultation, serial, appointments_done| MergedCase {
            consultation,
            number: number(serial),
            is_live: true,
            has_begun: false,
            appointments_done,
            has_absorbed: false,
        };
        let (one, other) = (case(&open, 1, 1), case(&ended, 2, 0));
        let all = [MergeRefused::HasAppointments(one.number), MergeRefused::IsLive(one.number)];
        let ended = MergeRefused::KeptHasEnded(other.number);
        assert_eq!(merge_obstacles(&other, &one), [&all[..], &[ended]].concat());
        assert_eq!(merge_obstacles(&one, &other), [], "an ended case holds nothing");
        assert_eq!(merge_obstacles(&one, &one), [MergeRefused::Same]);
        let both = MergedCase { has_absorbed: true, ..case(&open, 3, 1) };
        let twin = consultation(4, State::Booked);
        let found = merge_obstacles(&case(&twin, 4, 1), &both);
        let live = MergeRefused::BothAreLive(number(4), number(3));
        assert_eq!(found, [MergeRefused::HasAbsorbed(number(3)), MergeRefused::BothHaveAppointments, live]);
        let begun = MergedCase { has_begun: true, ..case(&twin, 4, 0) };
        let found = merge_obstacles(&case(&open, 3, 0), &begun);
        assert_eq!(
            found,
            [MergeRefused::HasBegun(number(4)), MergeRefused::BothAreLive(number(3), number(4))]
        );
        let by_choice: Vec<_> = found.iter().map(MergeRefused::ends_by_choice).collect();
        assert_eq!(by_choice, [false, true], "what has begun cannot be cancelled");
    }

    #[test]
    fn a_contact_that_was_promised_is_not_lost_with_the_case() {
        let (now, later) = (DateTime::UNIX_EPOCH, DateTime::UNIX_EPOCH + TimeDelta::days(1));
        for state in [State::Received, State::Checking, State::Consulted, State::FollowUp] {
            assert_eq!(merge_contact(&state, Some(later), now), MergeContact::Promised(later));
            assert_eq!(merge_contact(&state, Some(now), now), MergeContact::Owed, "the deadline has passed");
            assert_eq!(merge_contact(&state, None, now), MergeContact::Owed);
        }
        for state in [State::WaitingCompany, State::Matching, State::Scheduling, State::Booked] {
            assert_eq!(merge_contact(&state, None, now), MergeContact::Follows);
        }
    }

    #[test]
    fn the_chosen_values_are_taken_and_no_others() {
        let mut other = CaseValues::default();
        other.set(CorrectedField::Prefecture, "13");
        other.set(CorrectedField::City, "港区");
        other.set(CorrectedField::Email, "a@example.co.jp");
        let taken = MergeValue::taken_from(&other, &[MergeValue::Place]);
        assert_eq!(MergeValue::Place.shown(&taken, str::to_owned), "東京都　港区");
        assert!(taken.has(CorrectedField::Building), "an empty version is taken too");
        assert!(!taken.has(CorrectedField::Email));
    }
}
