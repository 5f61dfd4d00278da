//! The facts of an event as its public page and the editors' previews show them.
use domain::{
    calendar::japan_date,
    gathering::SeatKind,
    publication::{
        Facts,
        gathering::{GatheringFacts, GatheringKind},
    },
    wording::{iso_date_time, long_date_time, long_date_time_range, time},
};

/// The facts of an event in words.
#[derive(Clone, Debug)]
pub struct EventView {
    pub facts: GatheringFacts,
    pub when: String,
    pub starts_iso: String,
    pub ends_iso: String,
    pub deadline: String,
    /// The programme, one line for each part.
    pub programme: Vec<String>,
}

impl EventView {
    /// Returns the view of a publication's facts, if it is an event.
    pub fn of_facts(facts: &Facts) -> Option<Self> {
        if let Facts::Gathering(facts) = facts { Some(Self::of(facts)) } else { None }
    }

    pub fn of(facts: &GatheringFacts) -> Self {
        Self {
            when: long_date_time_range(facts.starts_at, facts.ends_at),
            starts_iso: iso_date_time(facts.starts_at),
            ends_iso: iso_date_time(facts.ends_at),
            deadline: long_date_time(facts.deadline),
            programme: facts.programme.as_ref().map_or_else(Vec::new, |it| {
                it.lines().map(str::to_owned).filter(|it| !it.is_empty()).collect()
            }),
            facts: facts.clone(),
        }
    }

    /// Returns the time of a day, such as 「13:00から15:00」, for an event that ends on the day on which it starts.
    pub fn hours(&self) -> String {
        let (start, end) = (self.facts.starts_at, self.facts.ends_at);
        let same_day = japan_date(start) == japan_date(end);
        if same_day { format!("{}から{}", time(start), time(end)) } else { self.when.clone() }
    }

    pub fn is_consultation_day(&self) -> bool {
        self.facts.kind == GatheringKind::ConsultationDay
    }

    /// Returns the ways to take part, such as 「会場、オンライン」.
    pub fn ways(&self) -> String {
        let ways = SeatKind::ALL.into_iter().filter(|it| self.facts.seats(*it).is_some());
        let ways: Vec<_> = ways.map(SeatKind::label).collect();
        if self.is_consultation_day() {
            "オンライン（予約制）".to_owned()
        } else {
            ways.join("、")
        }
    }

    /// Returns the way to take part as schema.org names it.
    pub fn attendance_mode(&self) -> &'static str {
        match (self.facts.venue_seats.is_some(), self.facts.online_seats.is_some()) {
            (true, true) => "https://schema.org/MixedEventAttendanceMode",
            (true, false) => "https://schema.org/OfflineEventAttendanceMode",
            (false, _) => "https://schema.org/OnlineEventAttendanceMode",
        }
    }
}
