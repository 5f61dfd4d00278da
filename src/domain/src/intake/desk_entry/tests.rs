use chrono::{DateTime, TimeDelta, Utc};
use uuid::Uuid;

use super::{
    DeskChannel, DeskEntry, DeskEntryForm, DeskEntryRefused, DeskEntryState, NotedRequest, OTHER_THEME,
};
use crate::id::{AccountId, ConsultationId, DeskEntryId, DeskId};

const ENTRY: DeskEntryId = DeskEntryId(Uuid::from_u128(1));
const MEMBER: (DeskId, AccountId) = (DeskId(Uuid::from_u128(2)), AccountId(Uuid::from_u128(3)));
const CASE: ConsultationId = ConsultationId(Uuid::from_u128(4));

fn now() -> DateTime<Utc> {
    "2026-11-20T05:05:00Z".parse().unwrap()
}

fn form() -> DeskEntryForm {
    DeskEntryForm { name: "田中".to_owned(), theme: "ict_security".to_owned(), ..DeskEntryForm::default() }
}

fn request(form: &DeskEntryForm) -> NotedRequest {
    NotedRequest::parse(form, |it| it.starts_with("ict_")).unwrap()
}

fn entry() -> DeskEntry {
    DeskEntry::noted(ENTRY, MEMBER, request(&form()), false, now())
}

#[test]
fn the_name_and_the_theme_are_enough() {
    let request = request(&form());
    assert_eq!(request.channel, DeskChannel::Phone);
    assert_eq!((request.caller.company, request.caller.phone, request.caller.memo), (None, None, None));
    let other = DeskEntryForm { theme: OTHER_THEME.to_owned(), ..form() };
    assert!(NotedRequest::parse(&other, |_| false).is_ok());
}

#[test]
fn all_mistakes_are_found_at_once() {
    let wrong = DeskEntryForm {
        name: String::new(),
        theme: "unknown".to_owned(),
        channel: "center".to_owned(),
        company: "あ".repeat(101),
        phone: "1".to_owned(),
        email: "a".to_owned(),
        memo: "あ".repeat(2_001),
    };
    let mistakes = NotedRequest::parse(&wrong, |_| false).unwrap_err();
    let fields: Vec<_> = mistakes.into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["name", "theme", "channel", "company", "phone", "email", "memo"]);
}

/// Every step in every state: the state that follows, or the reason against it.
#[test]
fn the_steps_of_a_request() {
    use DeskEntryRefused::{Answered, Erased, HandedOver, Open};
    let later = now() + TimeDelta::hours(1);
    let handed_over = DeskEntryState::HandedOver(CASE);
    let erased = DeskEntry { caller: None, ..entry() };
    // From: answer, reopen, hand over, edit.
    let table = [
        (entry(), [Ok(DeskEntryState::Answered), Err(Open), Ok(handed_over), Ok(DeskEntryState::Open)]),
        (
            entry().answer(now()).unwrap(),
            [Err(Answered), Ok(DeskEntryState::Open), Ok(handed_over), Ok(DeskEntryState::Answered)],
        ),
        (entry().hand_over(CASE, now()).unwrap(), [Err(HandedOver); 4]),
        (erased, [Err(Erased); 4]),
    ];
    for (entry, expected) in table {
        let it = || entry.clone();
        let found = [
            it().answer(later),
            it().reopen(later),
            it().hand_over(CASE, later),
            it().edit(request(&form()), later),
        ];
        assert_eq!(found.map(|it| it.map(|it| it.state)), expected, "{entry:?}");
    }
    assert_eq!(entry().answer(later).unwrap().changed_at, later);
}

#[test]
fn a_case_that_the_center_handed_over_is_not_a_call() {
    let caller = request(&form()).caller;
    let back = DeskEntry::handed_back(ENTRY, (MEMBER.0, now()), CASE, OTHER_THEME.to_owned(), caller, now());
    assert_eq!((back.state, back.from_case, back.noted_by), (DeskEntryState::Open, Some(CASE), None));
    assert_eq!(back.edit(request(&form()), now()).unwrap().channel, DeskChannel::Center);
}
