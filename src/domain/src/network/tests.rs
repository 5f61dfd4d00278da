use chrono::{DateTime, TimeDelta, Utc};

use super::{
    MentorEntry, MentorForm, NetworkRefused, NetworkSide, QuestionLife, QuestionReturn, QuestionState,
    without_addresses,
};
use crate::id::MentorId;

fn now() -> DateTime<Utc> {
    "2026-11-20T05:05:00Z".parse().unwrap()
}

#[test]
fn a_question_goes_by_the_center_to_the_mentor_and_comes_back() {
    let mentor = MentorId(uuid::Uuid::from_u128(1));
    let new = QuestionLife::new(QuestionState::Unproved { until: now() + TimeDelta::hours(1) });
    assert_eq!(new.pass(mentor, now()), Err(NetworkRefused::NotNow), "the address is not proved");
    assert_eq!(new.prove(now() + TimeDelta::hours(2)), Err(NetworkRefused::ProvedTooLate));
    let waiting = new.prove(now()).unwrap();
    assert_eq!(waiting.prove(now()), Ok(waiting));
    assert_eq!(waiting.write(NetworkSide::Mentor), Err(NetworkRefused::NotNow));
    let passed = waiting.pass(mentor, now()).unwrap();
    assert_eq!(passed.pass(mentor, now()), Err(NetworkRefused::NotNow), "two coordinators pass it on once");
    let back = passed.come_back(QuestionReturn::Unanswered).unwrap();
    assert_eq!(back.state, QuestionState::AtCenter { back: Some(QuestionReturn::Unanswered) });
    let answered = back.pass(mentor, now()).unwrap().write(NetworkSide::Mentor).unwrap();
    assert_eq!(answered.come_back(QuestionReturn::Unanswered), Err(NetworkRefused::NotNow));
    assert!(answered.write(NetworkSide::Asker).is_ok());
    assert_eq!(answered.write(NetworkSide::Center), Err(NetworkRefused::NotNow));
    let by_center = waiting.write(NetworkSide::Center).unwrap();
    assert_eq!(by_center.state, QuestionState::Answered { mentor: None });
    assert_eq!(
        by_center.agree(NetworkSide::Asker, true),
        Err(NetworkRefused::NotNow),
        "there is no other side"
    );
}

#[test]
fn addresses_are_exchanged_when_both_agree_and_not_before() {
    let mentor = MentorId(uuid::Uuid::from_u128(1));
    let it = QuestionLife::new(QuestionState::AtCenter { back: None });
    let it = it.pass(mentor, now()).unwrap().write(NetworkSide::Mentor).unwrap();
    let one = it.agree(NetworkSide::Asker, true).unwrap();
    assert!(!one.is_open_to_both());
    assert!(!one.agree(NetworkSide::Asker, false).unwrap().asker_agrees, "it may be taken back until then");
    let both = one.agree(NetworkSide::Mentor, true).unwrap();
    assert!(both.is_open_to_both());
    assert!(both.agree(NetworkSide::Asker, false).unwrap().is_open_to_both(), "what was told stays told");
    assert_eq!(
        without_addresses("私は sato.ichiro@example.co.jp です。a@b、@x"),
        "私は （メールアドレス） です。a@b、@x"
    );
    assert_eq!(without_addresses("連絡先：x@y.jp。"), "連絡先：（メールアドレス）。");
}

#[test]
fn a_mentor_says_how_many_questions_and_until_when() {
    let form = MentorForm {
        name: "みほん".to_owned(),
        industry: "E".to_owned(),
        employees: "１２".to_owned(),
        prefecture: "05".to_owned(),
        topics: "就業規則の見直し\n\n在宅勤務の始め方".to_owned(),
        a_month: "２".to_owned(),
        open_until: "2026-12-31".to_owned(),
        contact_name: "佐藤".to_owned(),
        email: "a@example.jp".to_owned(),
        consent: "yes".to_owned(),
        ..MentorForm::default()
    };
    let it = MentorEntry::parse(
        &MentorForm { consent: crate::intake::application::TICKED.to_owned(), ..form.clone() },
        false,
    );
    let it = it.unwrap();
    assert_eq!((it.a_month, it.topics.len(), it.size().label()), (2, 2, "20人以下"));
    assert!(it.is_open("2026-12-31".parse().unwrap()) && !it.is_open("2027-01-01".parse().unwrap()));
    let wrong = MentorForm { a_month: "21".to_owned(), open_from: "2027-01-01".to_owned(), ..form };
    let wrong = MentorEntry::parse(&wrong, true).unwrap_err();
    assert_eq!(wrong.iter().map(|(field, _)| *field).collect::<Vec<_>>(), ["a_month", "open_until"]);
}
