use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    ConsentRefused, ConsentState, ExampleConsent, ExampleConsentStatus, WRITING_DAYS, end_of_day_after,
    may_begin,
};
use crate::{
    consultation::State,
    id::{ConsultationId, PublicationId},
    text::Prose,
};

const CASE: ConsultationId = ConsultationId(Uuid::from_u128(1));
const EXAMPLE: PublicationId = PublicationId(Uuid::from_u128(2));

fn now() -> DateTime<Utc> {
    "2026-11-20T05:05:00Z".parse().unwrap()
}

fn wish() -> Prose {
    Prose::parse("", "人数を直してください。", 100).unwrap()
}

fn agreed() -> ExampleConsent {
    ExampleConsent::agree(None, CASE, EXAMPLE, true, now()).unwrap()
}

fn begun() -> ExampleConsent {
    ExampleConsent::ask(None, CASE, now()).unwrap()
}

/// A consent in every state.
fn all() -> Vec<ExampleConsent> {
    let shown = agreed().show(2, now()).unwrap();
    let approved = shown.clone().approve(2, now()).unwrap();
    vec![
        begun(),
        begun().decline().unwrap(),
        agreed(),
        shown.clone(),
        shown.want_changes(wish(), now()).unwrap(),
        approved.clone(),
        approved.clone().withdraw().unwrap(),
        agreed().after_due(false),
    ]
}

/// Every step in every state: the state that follows, or that it is refused.
#[test]
fn the_table_of_steps() {
    use ExampleConsentStatus::{
        Approved, Asked, ChangesWanted, Declined, Lapsed, Review, Withdrawn, Writing,
    };
    // From: ask, agree, decline, show, approve, want changes, withdraw, lapse.
    let table = [
        (Asked, [None, Some(Writing), Some(Declined), None, None, None, None, Some(Lapsed)]),
        (Declined, [None, Some(Writing), None, None, None, None, None, Some(Lapsed)]),
        (Writing, [None, None, None, Some(Review), None, None, Some(Withdrawn), Some(Lapsed)]),
        (
            Review,
            [
                None,
                None,
                None,
                Some(Review),
                Some(Approved),
                Some(ChangesWanted),
                Some(Withdrawn),
                Some(Lapsed),
            ],
        ),
        (
            ChangesWanted,
            [None, None, None, Some(Review), None, Some(ChangesWanted), Some(Withdrawn), Some(Lapsed)],
        ),
        (
            Approved,
            [None, None, None, Some(Review), None, Some(ChangesWanted), Some(Withdrawn), Some(Lapsed)],
        ),
        (Withdrawn, [None, Some(Writing), None, None, None, None, None, Some(Lapsed)]),
        (Lapsed, [Some(Asked), Some(Writing), None, None, None, None, None, Some(Lapsed)]),
    ];
    for consent in all() {
        let status = consent.state.status();
        let it = || consent.clone();
        let steps = [
            ExampleConsent::ask(Some(it()), CASE, now()),
            ExampleConsent::agree(Some(it()), CASE, EXAMPLE, false, now()),
            it().decline(),
            it().show(2, now()),
            it().approve(2, now()),
            it().want_changes(wish(), now()),
            it().withdraw(),
            Ok(it().after_due(false)),
        ];
        let found = steps.map(|it| it.ok().map(|it| it.state.status()));
        let expected = table.iter().find(|(from, _)| *from == status).unwrap();
        assert_eq!(found, expected.1, "{status}");
    }
    assert_eq!(all().len(), ExampleConsentStatus::ALL.len());
}

#[test]
fn only_a_consent_in_force_has_an_example_and_only_such_a_one_ends_by_itself() {
    for it in all() {
        let in_force = it.state.example().is_some();
        assert_eq!(in_force || it.state == ConsentState::Asked, it.due_at.is_some(), "{it:?}");
        assert!(in_force || it.approved.is_none(), "{it:?}");
    }
}

#[test]
fn a_company_is_asked_once_and_its_no_stands() {
    assert_eq!(
        ExampleConsent::ask(Some(begun().decline().unwrap()), CASE, now()),
        Err(ConsentRefused::NotWished)
    );
    assert_eq!(ExampleConsent::ask(Some(begun()), CASE, now()), Err(ConsentRefused::UnderWay));
}

#[test]
fn the_company_approves_only_the_text_that_it_was_shown() {
    let shown = agreed().show(2, now()).unwrap().show(4, now()).unwrap();
    assert_eq!(shown.clone().approve(2, now()), Err(ConsentRefused::OtherText));
    assert_eq!(shown.approve(4, now()).unwrap().approved, Some(4));
}

#[test]
fn a_public_text_outlives_the_silence_about_the_next_one() {
    let public = agreed().show(2, now()).unwrap().approve(2, now()).unwrap();
    let published = public.published(now());
    assert_eq!(published.due_at, Some(now()));
    let public = published.after_due(true);
    assert_eq!(public.due_at, None);
    let shown_again = public.clone().show(5, now()).unwrap();
    assert_eq!(shown_again.after_due(true), public);
    let wished = public.clone().want_changes(wish(), now()).unwrap();
    assert_eq!(wished.after_due(true), public);
    // A text that the company has not approved was never public, whatever the publication says.
    assert_eq!(agreed().after_due(true).state, ConsentState::Lapsed);
}

#[test]
fn a_planned_publication_that_is_taken_back_gives_the_center_time_again() {
    let approved = agreed().show(2, now()).unwrap().approve(2, now()).unwrap();
    assert!(approved.is_to_be_announced());
    let planned = approved.published(now() + TimeDelta::days(10));
    assert!(planned.is_to_be_announced());
    let later = now() + TimeDelta::days(5);
    let back = planned.clone().unpublished(later);
    assert_eq!(back.due_at, Some(end_of_day_after(later, WRITING_DAYS)));
    assert!(!planned.after_due(true).is_to_be_announced());
    assert_eq!(agreed().unpublished(later), agreed());
}

#[test]
fn a_consent_begins_with_the_report_of_a_completed_consultation() {
    assert_eq!(may_begin(&State::Completed, true), Ok(()));
    assert_eq!(may_begin(&State::Completed, false), Err(ConsentRefused::NotCompleted));
    assert_eq!(may_begin(&State::FollowUp, true), Err(ConsentRefused::NotCompleted));
}

#[test]
fn a_deadline_is_the_end_of_its_day_in_japan() {
    let end = end_of_day_after(now(), 60);
    assert_eq!(end, "2027-01-19T15:00:00Z".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(end_of_day_after(now() + TimeDelta::hours(9), 60), end);
}
