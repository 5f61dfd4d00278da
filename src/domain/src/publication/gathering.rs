//! The published facts of an event: a seminar, a ceremony or a day of individual consultations
//! (`docs/spec/around.md` §3). Seats and sign-ups are in [`crate::gathering`].
use chrono::{DateTime, TimeDelta, Utc};
pub use codes::{GatheringKind, SeatKind};
use serde::{Deserialize, Serialize};

use crate::{
    id::ExpertId,
    prefecture::Prefecture,
    text::{Prose, TextLine},
};

/// The most seats of one kind.
pub const MOST_SEATS: u16 = 5_000;

/// The longest event.
const LONGEST: TimeDelta = TimeDelta::days(7);

/// The facts of an event beside its title and text. All of them are public.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct GatheringFacts {
    pub kind: GatheringKind,
    pub starts_at: DateTime<Utc>,
    pub ends_at: DateTime<Utc>,
    /// The last instant at which a sign-up is taken, exclusive.
    pub deadline: DateTime<Utc>,
    /// The place of those who come in person.
    pub venue: Option<Venue>,
    /// The numbers of seats; `None` if there are none of the kind.
    pub venue_seats: Option<u16>,
    pub online_seats: Option<u16>,
    /// The people or bodies that hold the event.
    pub organizers: TextLine,
    pub supporters: Option<TextLine>,
    /// The programme with its speakers, one line for each part.
    pub programme: Option<Prose>,
    /// The experts whose times can be booked on a consultation day.
    #[serde(default)]
    pub experts: Vec<ExpertId>,
}

/// A place to which people come.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Venue {
    pub prefecture: Prefecture,
    /// The name and the postal address.
    pub address: TextLine,
    /// The way to it.
    pub access: Option<TextLine>,
    /// Remarks on steps, lifts and other barriers.
    pub barrier_free: Option<TextLine>,
}

/// A fault of the facts together, with the field of the form that shows it.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum GatheringFault {
    #[error("終わる日時は、始まる日時より後にしてください")]
    EndsBeforeItStarts,
    #[error("始まってから7日以内に終わるようにしてください")]
    TooLong,
    #[error("申込みの締切りは、始まる日時までにしてください")]
    DeadlineAfterStart,
    #[error("会場またはオンラインの席の数を入力してください")]
    NoSeats,
    #[error("会場の席があるときは、会場を入力してください")]
    NoVenue,
    #[error("個別相談会では、席の数を入力しません")]
    SeatsOnConsultationDay,
    #[error("個別相談会では、相談を受ける専門家を選択してください")]
    NoExperts,
    #[error("個別相談会は、1日の中で始まって終わるようにしてください")]
    ConsultationDayOverMidnight,
}

impl GatheringFault {
    pub const fn field(self) -> &'static str {
        match self {
            Self::EndsBeforeItStarts | Self::TooLong | Self::ConsultationDayOverMidnight => "ends_time",
            Self::DeadlineAfterStart => "deadline_date",
            Self::NoSeats | Self::SeatsOnConsultationDay => "venue_seats",
            Self::NoVenue => "address",
            Self::NoExperts => "expert",
        }
    }
}

impl GatheringFacts {
    /// Returns every fault of the facts together.
    pub fn faults(&self) -> Vec<GatheringFault> {
        let is_day = self.kind == GatheringKind::ConsultationDay;
        let has_seats = self.venue_seats.is_some() || self.online_seats.is_some();
        let days = (crate::calendar::japan_date(self.starts_at), crate::calendar::japan_date(self.ends_at));
        let faults = [
            (self.ends_at <= self.starts_at, GatheringFault::EndsBeforeItStarts),
            (self.ends_at - self.starts_at > LONGEST, GatheringFault::TooLong),
            (self.deadline > self.starts_at, GatheringFault::DeadlineAfterStart),
            (!is_day && !has_seats, GatheringFault::NoSeats),
            (self.venue_seats.is_some() && self.venue.is_none(), GatheringFault::NoVenue),
            (is_day && has_seats, GatheringFault::SeatsOnConsultationDay),
            (is_day && self.experts.is_empty(), GatheringFault::NoExperts),
            (is_day && days.0 != days.1, GatheringFault::ConsultationDayOverMidnight),
        ];
        faults.into_iter().filter(|(is_wrong, _)| *is_wrong).map(|(_, it)| it).collect()
    }

    /// Returns the number of seats of a kind; `None` if there are none.
    pub const fn seats(&self, kind: SeatKind) -> Option<u16> {
        match kind {
            SeatKind::Venue => self.venue_seats,
            SeatKind::Online => self.online_seats,
        }
    }

    /// Returns the prefecture of the venue.
    pub fn prefecture(&self) -> Option<Prefecture> {
        self.venue.as_ref().map(|it| it.prefecture)
    }

    /// Returns the name and address of the venue; empty if there is none.
    pub fn place(&self) -> &str {
        self.venue.as_ref().map_or("", |it| it.address.as_str())
    }
}

#[cfg(test)]
mod tests {
    use chrono::TimeDelta;

    use super::{GatheringFacts, GatheringFault, GatheringKind};
    use crate::{calendar::at_japan, text::TextLine};

    fn facts() -> GatheringFacts {
        let starts_at = at_japan("2026-12-10".parse().unwrap(), 13, 0);
        GatheringFacts {
            kind: GatheringKind::Seminar,
            starts_at,
            ends_at: starts_at + TimeDelta::hours(2),
            deadline: starts_at - TimeDelta::days(1),
            venue: None,
            venue_seats: None,
            online_seats: Some(50),
            organizers: TextLine::parse("", "主催者", 60).unwrap(),
            supporters: None,
            programme: None,
            experts: Vec::new(),
        }
    }

    #[test]
    fn an_event_ends_after_it_starts_and_takes_sign_ups_before() {
        let good = facts();
        assert_eq!(good.faults(), []);
        let start = good.starts_at;
        let with = |change: fn(&mut GatheringFacts)| {
            let mut it = facts();
            change(&mut it);
            it.faults()
        };
        assert_eq!(with(|it| it.ends_at = it.starts_at), [GatheringFault::EndsBeforeItStarts]);
        assert_eq!(with(|it| it.ends_at += TimeDelta::days(8)), [GatheringFault::TooLong]);
        assert_eq!(with(|it| it.deadline = it.ends_at), [GatheringFault::DeadlineAfterStart]);
        assert_eq!(with(|it| it.online_seats = None), [GatheringFault::NoSeats]);
        assert_eq!(with(|it| it.venue_seats = Some(3)), [GatheringFault::NoVenue]);
        assert_eq!(GatheringFacts { deadline: start, ..good }.faults(), []);
    }

    #[test]
    fn a_consultation_day_has_experts_in_place_of_seats() {
        let day = GatheringFacts { kind: GatheringKind::ConsultationDay, ..facts() };
        assert_eq!(day.faults(), [GatheringFault::SeatsOnConsultationDay, GatheringFault::NoExperts]);
        let expert = crate::id::ExpertId(uuid::Uuid::from_u128(1));
        let day = GatheringFacts { online_seats: None, experts: vec![expert], ..day };
        assert_eq!(day.faults(), []);
        let ends_at = day.starts_at + TimeDelta::hours(13);
        assert_eq!(GatheringFacts { ends_at, ..day }.faults(), [GatheringFault::ConsultationDayOverMidnight]);
    }
}
