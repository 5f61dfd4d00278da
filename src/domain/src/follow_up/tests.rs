use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Agreement, Answer, EDITABLE_DAYS, FollowUp, FollowUpRefused, FollowUpState, Kind, SurveyAnswer, plan,
};
use crate::{
    calendar::{BusinessCalendar, japan_date},
    id::{ConsultationId, FollowUpId},
    settings::Settings,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn answer() -> Answer {
    Answer::Survey(SurveyAnswer {
        purpose_achieved: Agreement::Yes,
        satisfied: Agreement::RatherYes,
        will_consider: Agreement::Yes,
        wants_further_session: false,
        comment: String::new(),
    })
}

#[test]
fn the_plan_of_a_session_before_a_long_weekend() {
    let planned = plan(at("2026-11-20T02:00:00Z"), &Settings::default(), &BusinessCalendar::default());
    let expected = [
        (Kind::Survey, "2026-11-24T10:00:00+09:00"),
        (Kind::ThreeMonths, "2027-02-22T10:00:00+09:00"),
        (Kind::SixMonths, "2027-05-20T10:00:00+09:00"),
        (Kind::NextYear, "2027-05-06T10:00:00+09:00"),
    ];
    assert_eq!(planned, expected.map(|(kind, text)| (kind, at(text))));
}

#[test]
fn a_session_in_march_is_asked_in_may_of_the_year_that_follows() {
    let planned = plan(at("2027-03-12T02:00:00Z"), &Settings::default(), &BusinessCalendar::default());
    assert_eq!(planned[3], (Kind::NextYear, at("2027-05-06T10:00:00+09:00")));
}

#[test]
fn only_what_was_sent_can_be_answered_and_only_for_a_while_changed() {
    let now = at("2026-11-24T01:00:00Z");
    let it = |state| FollowUp {
        id: FollowUpId(Uuid::nil()),
        consultation: ConsultationId(Uuid::nil()),
        kind: Kind::Survey,
        round: 1,
        state,
        due_at: now,
    };
    assert_eq!(it(FollowUpState::Planned).answer(answer(), now), Err(FollowUpRefused::NotSent));
    assert_eq!(it(FollowUpState::Skipped).answer(answer(), now), Err(FollowUpRefused::Over));
    let answered = it(FollowUpState::Planned).send(now).unwrap().answer(answer(), now).unwrap();
    let late = now + TimeDelta::days(EDITABLE_DAYS);
    let changed = answered.clone().answer(answer(), late - TimeDelta::seconds(1)).unwrap();
    assert_eq!(changed.state, FollowUpState::Answered { at: now, answer: answer() });
    assert_eq!(answered.clone().answer(answer(), late), Err(FollowUpRefused::Over));
    assert_eq!(answered.clone().skip(), answered);
    assert_eq!(answered.send(now), Err(FollowUpRefused::Over));
}

proptest! {
    #[test]
    fn every_question_is_asked_on_a_business_day_after_the_session(minutes in 0..5_000_000_i64) {
        let ended = at("2024-04-01T00:00:00Z") + TimeDelta::minutes(minutes);
        let calendar = BusinessCalendar::default();
        let planned = plan(ended, &Settings::default(), &calendar);
        prop_assert_eq!(planned.len(), 4);
        for (kind, due) in planned {
            prop_assert!(due > ended, "{kind:?}");
            prop_assert!(calendar.is_open(japan_date(due)), "{kind:?}");
        }
    }
}
