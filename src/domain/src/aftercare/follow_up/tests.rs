use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Addressee, Anchors, Condition, EDITABLE_DAYS, FollowUp, FollowUpAnswer, FollowUpRefused, FollowUpStart,
    FollowUpState, FollowUpStep, Kind, PlanChange, Progress, ProgressAnswer, StepDecision, Stop,
    SurveyAgreement, SurveyAnswer, When, plan, ready, replan,
};
use crate::{
    actor::Party,
    calendar::{BusinessCalendar, japan_date},
    field::Fields,
    id::{ConsultationId, FollowUpId},
    settings::Settings,
};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn answer() -> FollowUpAnswer {
    FollowUpAnswer::Survey(SurveyAnswer {
        purpose_achieved: SurveyAgreement::Yes,
        satisfied: SurveyAgreement::RatherYes,
        will_consider: SurveyAgreement::Yes,
        wants_further_appointment: false,
        comment: String::new(),
    })
}

/// Returns the shipped programme, planned with the appointment and the approval at the same time.
fn shipped(approved: DateTime<Utc>) -> Vec<(Kind, DateTime<Utc>)> {
    let anchors = Anchors { appointment_ended: approved, approved };
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let planned = plan(&FollowUpStep::shipped(&settings), anchors, &settings, &calendar);
    planned.into_iter().map(|(step, due)| (step.kind, due)).collect()
}

#[test]
fn the_plan_of_an_appointment_before_a_long_weekend() {
    let expected = [
        (Kind::Survey, "2026-11-24T10:00:00+09:00"),
        (Kind::ThreeMonths, "2027-02-22T10:00:00+09:00"),
        (Kind::SixMonths, "2027-05-20T10:00:00+09:00"),
        (Kind::NextYear, "2027-05-06T10:00:00+09:00"),
    ];
    assert_eq!(shipped(at("2026-11-20T02:00:00Z")), expected.map(|(kind, text)| (kind, at(text))));
}

#[test]
fn an_appointment_in_march_is_asked_in_may_of_the_year_that_follows() {
    let expected = (Kind::NextYear, at("2027-05-06T10:00:00+09:00"));
    assert_eq!(shipped(at("2027-03-12T02:00:00Z"))[3], expected);
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
        step: FollowUpStep::plain(Kind::Survey, When::BusinessDays(1)),
        anchors: None,
    };
    assert_eq!(
        it(FollowUpState::Planned).answer(answer(), Party::Company, now),
        Err(FollowUpRefused::NotSent)
    );
    assert_eq!(it(FollowUpState::Skipped).answer(answer(), Party::Company, now), Err(FollowUpRefused::Over));
    let answered =
        it(FollowUpState::Planned).send(now).unwrap().answer(answer(), Party::Company, now).unwrap();
    let late = now + TimeDelta::days(EDITABLE_DAYS);
    let changed = answered.clone().answer(answer(), Party::Company, late - TimeDelta::seconds(1)).unwrap();
    assert_eq!(changed.state, FollowUpState::Answered { at: now, answer: answer() });
    assert_eq!(answered.clone().answer(answer(), Party::Company, late), Err(FollowUpRefused::Over));
    assert!(
        answered.clone().answer(answer(), Party::Coordinator, late).is_ok(),
        "the center corrects it later too"
    );
    assert_eq!(answered.clone().skip(), answered);
    assert_eq!(answered.send(now), Err(FollowUpRefused::Over));
}

fn progress(progress: Progress, wants_help: bool) -> FollowUpAnswer {
    FollowUpAnswer::Progress(ProgressAnswer { progress, wants_help, comment: String::new() })
}

fn anchors(approved: DateTime<Utc>) -> Anchors {
    Anchors { appointment_ended: approved - TimeDelta::days(5), approved }
}

/// Returns a question that was planned by `step`, the `n`th of its round.
fn planned(n: u128, step: FollowUpStep, anchors: Anchors, due_at: DateTime<Utc>) -> FollowUp {
    FollowUp {
        id: FollowUpId(Uuid::from_u128(n)),
        consultation: ConsultationId(Uuid::nil()),
        kind: step.kind,
        round: 1,
        state: FollowUpState::Planned,
        due_at,
        step,
        anchors: Some(anchors),
    }
}

#[test]
fn a_changed_programme_moves_what_is_planned_and_nothing_else() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let from = anchors(at("2026-11-20T02:00:00Z"));
    let mut round: Vec<_> = plan(&FollowUpStep::shipped(&settings), from, &settings, &calendar)
        .into_iter()
        .zip(1..)
        .map(|((step, due), n)| planned(n, step, from, due))
        .collect();
    let now = at("2026-11-25T00:00:00Z");
    round[0] = round[0].clone().send(at("2026-11-24T01:00:00Z")).unwrap();
    let mut steps = FollowUpStep::shipped(&settings);
    assert_eq!(replan(&round, &steps, from, &settings, &calendar, now), []);
    // The survey was sent: neither the removal of its step nor a new order changes anything.
    steps.remove(0);
    steps.reverse();
    assert_eq!(replan(&round, &steps, from, &settings, &calendar, now), []);
    steps[2].when = When::Months(4);
    steps[1].to = Addressee::Center;
    steps.remove(0);
    let mut new = FollowUpStep::plain(Kind::Custom, When::BusinessDays(10));
    new.question = "規程はできましたか。".to_owned();
    let mut late = FollowUpStep { id: "late".to_owned(), ..new.clone() };
    late.when = When::BusinessDays(1);
    steps.extend([new, late]);
    let changes = replan(&round, &steps, from, &settings, &calendar, now);
    let due = at("2026-12-07T10:00:00+09:00");
    let moved = at("2027-03-23T10:00:00+09:00");
    assert_eq!(
        changes,
        [
            PlanChange::Move {
                id: round[1].id,
                step: steps[1].clone(),
                from: round[1].due_at,
                due_at: moved
            },
            PlanChange::Reword { id: round[2].id, step: steps[0].clone(), due_at: round[2].due_at },
            PlanChange::Drop {
                id: round[3].id, label: "翌年度の確認".to_owned(), from: round[3].due_at
            },
            // The second new step would have been due yesterday, so it is not added.
            PlanChange::Add { step: steps[2].clone(), due_at: due },
        ]
    );
}

#[test]
fn only_what_is_planned_and_not_yet_due_follows_a_changed_programme() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let from = anchors(at("2026-11-20T02:00:00Z"));
    let (now, due_at) = (at("2026-12-01T01:00:00Z"), at("2026-12-11T01:00:00Z"));
    let before = FollowUpStep::plain(Kind::Custom, When::BusinessDays(14));
    let steps = [FollowUpStep { label: "規程の確認".to_owned(), ..before.clone() }];
    let changes = |it: FollowUp| replan(&[it], &steps, from, &settings, &calendar, now);
    let due = |at| planned(1, before.clone(), from, at);
    let reworded = PlanChange::Reword { id: due(due_at).id, step: steps[0].clone(), due_at };
    assert_eq!(changes(due(due_at)), [reworded]);
    assert_eq!(changes(due(due_at).skip()), [], "it is not planned any more");
    assert_eq!(changes(due(now)), [], "its sending has begun");
}

#[test]
fn a_question_whose_new_time_has_come_is_asked_on_the_next_business_day_unless_it_is_new_or_that_is_its_end()
{
    let (settings, calendar) =
        (Settings { mail_hour: 0, ..Settings::default() }, BusinessCalendar::default());
    let from = anchors(at("2026-11-20T02:00:00Z"));
    let (now, due_at) = (at("2026-12-18T00:00:00+09:00"), at("2026-12-25T00:00:00+09:00"));
    let it = planned(1, FollowUpStep::plain(Kind::Custom, When::BusinessDays(24)), from, due_at);
    // The 19th business day is the day of `now`.
    let step = FollowUpStep::plain(Kind::Custom, When::BusinessDays(19));
    assert_eq!(step.due(from, &settings, &calendar), Some(now));
    let monday = at("2026-12-21T00:00:00+09:00");
    let changes = |round: &[FollowUp], step: &FollowUpStep| {
        replan(round, std::slice::from_ref(step), from, &settings, &calendar, now)
    };
    let moved = PlanChange::Move { id: it.id, step: step.clone(), from: due_at, due_at: monday };
    assert_eq!(changes(std::slice::from_ref(&it), &step), [moved]);
    assert_eq!(changes(&[], &step), []);
    let ending = FollowUpStep { until_months: Some(1), ..step };
    assert_eq!(ending.end(from), Some(monday));
    assert!(matches!(changes(&[it], &ending)[..], [PlanChange::Drop { .. }]));
}

#[test]
fn a_question_is_asked_before_its_end_and_not_at_it() {
    let (settings, calendar) =
        (Settings { mail_hour: 0, ..Settings::default() }, BusinessCalendar::default());
    let from = anchors(at("2026-11-20T02:00:00Z"));
    let due = |days, until_months| {
        let step =
            FollowUpStep { until_months, ..FollowUpStep::plain(Kind::Custom, When::BusinessDays(days)) };
        step.due(from, &settings, &calendar)
    };
    let (friday, monday) = (at("2026-12-18T00:00:00+09:00"), at("2026-12-21T00:00:00+09:00"));
    assert_eq!((due(19, Some(1)), due(20, None)), (Some(friday), Some(monday)));
    assert_eq!(due(20, Some(1)), None);
}

#[test]
fn a_month_of_the_next_fiscal_year_lies_in_the_calendar_year_to_which_it_belongs() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let from = anchors(at("2026-11-20T02:00:00Z"));
    for (month, due) in [(4, "2027-04-01"), (12, "2027-12-01"), (1, "2028-01-04"), (3, "2028-03-01")] {
        let step = FollowUpStep::plain(Kind::NextYear, When::NextYear(month));
        let day = step.due(from, &settings, &calendar).map(japan_date);
        assert_eq!(day.map(|it| it.to_string()).as_deref(), Some(due), "{month}");
    }
}

#[test]
fn of_two_questions_about_the_progress_within_thirty_days_only_the_later_one_is_sent() {
    let from = anchors(at("2026-11-20T02:00:00Z"));
    let now = at("2027-05-03T01:00:00Z");
    let six = planned(1, FollowUpStep::plain(Kind::SixMonths, When::Months(6)), from, now);
    let next = FollowUpStep::plain(Kind::NextYear, When::NextYear(5));
    let decide = |next: &FollowUp, fields| {
        let round = [six.clone(), next.clone()];
        let of = |it| matches!(ready(it, &round, fields, now), StepDecision::Send);
        (of(&six), of(next))
    };
    for due_at in [now, now + TimeDelta::days(29)] {
        assert_eq!(decide(&planned(2, next.clone(), from, due_at), Fields::Ict), (false, true), "{due_at}");
    }
    let far = planned(2, next.clone(), from, now + TimeDelta::days(30));
    assert_eq!(decide(&far, Fields::Ict), (true, true));
    // The later one is not sent itself, is a call of the center, or is a question of the operator's own.
    let mut labor = next.clone();
    labor.condition = Condition::WithLabor;
    assert_eq!(decide(&planned(2, labor, from, now), Fields::Ict), (true, false));
    let mut call = next;
    call.to = Addressee::Center;
    assert_eq!(decide(&planned(2, call, from, now), Fields::Ict), (true, true));
    let own = FollowUpStep::plain(Kind::Custom, When::BusinessDays(10));
    assert_eq!(decide(&planned(2, own, from, now), Fields::Ict), (true, true));
}

#[test]
fn conditions_are_looked_at_when_the_time_has_come() {
    let from = anchors(at("2026-11-20T02:00:00Z"));
    let now = at("2027-02-22T01:00:00Z");
    let mut step = FollowUpStep::plain(Kind::ThreeMonths, When::Months(3));
    let mut earlier = planned(1, FollowUpStep::plain(Kind::Survey, When::BusinessDays(1)), from, now);
    let ready = |step: &FollowUpStep, earlier: &FollowUp| {
        let it = planned(2, step.clone(), from, now);
        ready(&it, &[earlier.clone(), it.clone()], Fields::Ict, now)
    };
    step.condition = Condition::Unanswered;
    assert_eq!(ready(&step, &earlier), StepDecision::Send);
    earlier.state = FollowUpState::Answered { at: now, answer: answer() };
    assert!(matches!(ready(&step, &earlier), StepDecision::Drop(_)));
    step.condition = Condition::WithIct;
    assert_eq!(ready(&step, &earlier), StepDecision::Send);
    step.condition = Condition::WithLabor;
    assert!(matches!(ready(&step, &earlier), StepDecision::Drop(_)));
}

#[test]
fn only_the_answers_that_were_named_stop_a_question() {
    let mut step = FollowUpStep::plain(Kind::SixMonths, When::Months(6));
    step.stops_on = [Stop::GivenUp, Stop::WantsHelp].into();
    assert!(step.is_stopped_by(&progress(Progress::GivenUp, false)));
    assert!(step.is_stopped_by(&progress(Progress::Preparing, true)));
    assert!(!step.is_stopped_by(&progress(Progress::Introduced, false)));
    assert!(!step.is_stopped_by(&answer()));
    step.stops_on = [Stop::AnyAnswer].into();
    assert!(step.is_stopped_by(&answer()));
}

#[test]
fn nonsense_is_refused_by_its_field() {
    for it in FollowUpStep::shipped(&Settings::default()) {
        assert_eq!(it.check(), []);
    }
    let mut bad = FollowUpStep::plain(Kind::Custom, When::NextYear(13));
    bad.label = " ".to_owned();
    bad.until_months = Some(0);
    let fields: Vec<_> = bad.check().into_iter().map(|it| it.field).collect();
    assert_eq!(fields, ["label", "question", "n", "until_months"]);
}

fn whens() -> impl Strategy<Value = When> {
    prop_oneof![
        (1..250_u16).prop_map(When::BusinessDays),
        (1..=24_u8).prop_map(When::Months),
        (1..=12_u8).prop_map(When::NextYear),
    ]
}

fn steps() -> impl Strategy<Value = FollowUpStep> {
    let froms = prop_oneof![Just(FollowUpStart::ReportApproved), Just(FollowUpStart::AppointmentEnded)];
    let stops = prop::collection::btree_set(prop::sample::select(Stop::ALL.to_vec()), 0..3);
    (whens(), froms, prop::option::of(1..=36_u8), stops, prop::sample::select(Condition::ALL.to_vec()))
        .prop_map(|(when, from, until_months, stops_on, condition)| FollowUpStep {
            from,
            until_months,
            stops_on,
            condition,
            ..FollowUpStep::plain(Kind::ThreeMonths, when)
        })
}

fn moments() -> impl Strategy<Value = DateTime<Utc>> {
    (0..5_000_000_i64).prop_map(|minutes| at("2024-04-01T00:00:00Z") + TimeDelta::minutes(minutes))
}

proptest! {
    #[test]
    fn every_question_is_asked_on_a_business_day_after_the_approval_and_before_its_end(
        approved in moments(),
        step in steps(),
    ) {
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let from = anchors(approved);
        if let Some(due) = step.due(from, &settings, &calendar) {
            prop_assert!(due > approved);
            prop_assert!(calendar.is_open(japan_date(due)));
            prop_assert!(step.end(from).is_none_or(|end| due < end));
        } else {
            prop_assert!(step.until_months.is_some());
        }
    }

    #[test]
    fn more_closing_days_never_make_a_question_earlier(
        approved in moments(),
        step in steps(),
        closed in prop::collection::btree_set(0..900_u64, 0..40),
    ) {
        let settings = Settings::default();
        let calendar = BusinessCalendar::default();
        let closed = closed.into_iter().map(|it| japan_date(approved) + chrono::Days::new(it)).collect();
        let fewer = BusinessCalendar::new(closed, crate::calendar::holiday::known_through(japan_date(approved)));
        let from = anchors(approved);
        let (usual, later) = (step.due(from, &settings, &calendar), step.due(from, &settings, &fewer));
        match (usual, later) {
            (Some(usual), Some(later)) => prop_assert!(later >= usual),
            (None, Some(_)) => prop_assert!(false, "what had no time has one"),
            (_, None) => {}
        }
    }

    #[test]
    fn nothing_is_sent_after_its_end_or_after_an_answer_that_stops_it(
        approved in moments(),
        step in steps(),
        wait in 0..60_000_i64,
        given in prop::option::of((prop::sample::select(Progress::ALL.to_vec()), any::<bool>())),
    ) {
        let from = anchors(approved);
        let now = approved + TimeDelta::hours(wait);
        let it = planned(2, step.clone(), from, now);
        let mut earlier = planned(1, FollowUpStep::plain(Kind::Survey, When::BusinessDays(1)), from, approved);
        let given = given.map(|(said, wants_help)| progress(said, wants_help));
        if let Some(answer) = given.clone() {
            earlier.state = FollowUpState::Answered { at: now, answer };
        }
        if ready(&it, &[earlier, it.clone()], Fields::Both, now) == StepDecision::Send {
            prop_assert!(step.end(from).is_none_or(|end| now < end));
            prop_assert!(!given.is_some_and(|answer| step.is_stopped_by(&answer)));
        }
    }

    /// A changed programme that is applied twice changes nothing the second time, and never plans a question
    /// into the past or beyond its end.
    #[test]
    fn a_programme_is_taken_once(
        approved in moments(),
        before in prop::collection::vec(steps(), 1..4),
        after in prop::collection::vec(steps(), 0..4),
        wait in 0..9_000_i64,
    ) {
        let named = |steps: Vec<FollowUpStep>| -> Vec<FollowUpStep> {
            steps.into_iter().enumerate().map(|(n, it)| FollowUpStep { id: n.to_string(), ..it }).collect()
        };
        let (before, after) = (named(before), named(after));
        let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
        let (from, now) = (anchors(approved), approved + TimeDelta::hours(wait));
        let mut round: Vec<_> = plan(&before, from, &settings, &calendar)
            .into_iter()
            .zip(1..)
            .map(|((step, due), n)| planned(n, step, from, due))
            .filter(|it| it.due_at > now)
            .collect();
        for change in replan(&round, &after, from, &settings, &calendar, now) {
            match change {
                PlanChange::Add { step, due_at } => {
                    prop_assert!(due_at > now);
                    round.push(planned(100 + round.len() as u128, step, from, due_at));
                }
                PlanChange::Move { id, step, due_at, .. } | PlanChange::Reword { id, step, due_at } => {
                    prop_assert!(due_at > now);
                    prop_assert!(step.end(from).is_none_or(|end| due_at < end));
                    let it = round.iter_mut().find(|it| it.id == id).unwrap();
                    (it.step, it.due_at) = (step, due_at);
                }
                PlanChange::Drop { id, .. } => round.retain(|it| it.id != id),
            }
        }
        prop_assert_eq!(replan(&round, &after, from, &settings, &calendar, now), []);
    }
}

#[test]
fn a_question_lapses_after_sixty_days_without_an_answer() {
    let sent = at("2026-11-24T01:00:00Z");
    let from = anchors(sent);
    let it = || planned(1, FollowUpStep::plain(Kind::Survey, When::BusinessDays(1)), from, sent);
    let late = sent + TimeDelta::days(60);
    let waiting = || it().send(sent).unwrap();
    assert_eq!(waiting().lapse(late - TimeDelta::seconds(1)), Err(FollowUpRefused::StillWaiting));
    let lapsed = waiting().lapse(late).unwrap();
    assert_eq!((lapsed.state.code(), lapsed.state.label()), ("lapsed", lapsed.state.status().label()));
    assert_ne!(lapsed.state.label(), waiting().state.label());
    assert_eq!(it().lapse(late), Err(FollowUpRefused::NotSent));
    assert_eq!(lapsed.clone().lapse(late), Err(FollowUpRefused::Over));
    assert!(lapsed.is_over() && !waiting().is_over() && it().skip().is_over());
}

#[test]
fn only_a_present_answer_that_says_so_asks_for_help() {
    let now = at("2026-11-24T01:00:00Z");
    let sent = planned(1, FollowUpStep::plain(Kind::ThreeMonths, When::Months(3)), anchors(now), now)
        .send(now)
        .unwrap();
    let answered =
        |help| sent.clone().answer(progress(Progress::Preparing, help), Party::Company, now).unwrap();
    assert!(answered(true).asks_for_help());
    assert!(!answered(false).asks_for_help() && !sent.asks_for_help());
}

#[test]
fn a_mail_begins_with_the_administrators_question_or_with_the_shipped_words() {
    let lead = |when| FollowUpStep::plain(Kind::ThreeMonths, when).lead();
    assert_eq!(lead(When::BusinessDays(1)), "相談をご利用いただき、ありがとうございました。");
    assert_eq!(lead(When::Months(3)), "相談から、およそ3か月がたちました。");
    assert_eq!(lead(When::NextYear(5)), "相談から年度が改まりましたので、ご連絡します。");
    let question = " 規程はできましたか。 ".to_owned();
    let own = FollowUpStep { question, ..FollowUpStep::plain(Kind::Custom, When::Months(3)) };
    assert_eq!(own.lead(), "規程はできましたか。");
    let labels =
        [When::BusinessDays(1), When::BusinessDays(2), When::Months(3), When::NextYear(5)].map(When::label);
    assert_eq!(labels, ["次の営業日", "2営業日後", "3か月後", "翌年度の5月の最初の営業日"]);
}
