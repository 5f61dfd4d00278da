use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::BusinessCalendar,
    consultation::{Consultation, State, UnfulfilledReason},
    due::Due,
    field::Fields,
    id::{CompanyId, ConsultationId},
    intake::company::Mode,
    settings::Settings,
    silence::{SilenceClock, SilenceKind},
    worklist::AwaitedResponse,
};
use uuid::Uuid;

use super::{ProgressFacts, sentences};
use crate::store::consultation::{Origin, Record};

fn record(state: State, due: Option<Due>, now: DateTime<Utc>) -> Record {
    Record {
        consultation: Consultation {
            id: ConsultationId(Uuid::nil()),
            state,
            state_since: now,
            fields: Fields::Ict,
            address_confirmed: true,
            merged_into: None,
            is_erased: false,
        },
        number: "R08-000123".parse().unwrap(),
        company: CompanyId(Uuid::nil()),
        company_name: "株式会社みなと製作所".into(),
        prefecture: None,
        industry: None,
        mode: Mode::Online,
        origin: Origin::Web,
        desk: None,
        coordinator: None,
        received_at: now,
        due,
        appointments_done: 0,
        wants_help_since: None,
        to_call_since: None,
        visit_prefecture: None,
        silence: None,
        stalled_since: None,
        response: None,
        last_inbound_at: None,
        snoozed_until: None,
        number_unconfirmed: false,
        report_by_center: None,
        owed: None,
        next_field: None,
        event_count: 1,
        version: 1,
    }
}

#[test]
fn every_state_says_what_comes_next_and_until_when() {
    let now: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let said = |state, due: Option<Due>, at| {
        let record = record(state, due, now);
        let facts = ProgressFacts {
            record: &record,
            live: None,
            follow_ups: &[],
            is_submitted: record.approves_report(),
            was_routed: false,
            awaits_reply: false,
            settings: &settings,
            calendar: &calendar,
            now: at,
        };
        sentences(facts).join("\n")
    };
    let contact = Some(Due::first_contact(&settings, &calendar, now));
    assert_eq!(
        said(State::Received, contact.clone(), now),
        "申込みを受け付けました。3営業日以内（11月26日（木）まで）にご連絡します。"
    );
    let late = said(State::Received, contact, now + TimeDelta::days(10));
    assert!(late.contains("ご連絡が遅れています"), "{late}");
    let report = Some(Due::report(&settings, &calendar, now));
    let consulted = said(State::Consulted, report, now);
    assert!(consulted.contains("11月27日（金）までに報告書をまとめます"), "{consulted}");
    let approval = Some(Due::approval(&settings, &calendar, now));
    let submitted = said(State::Consulted, approval.clone(), now);
    assert!(submitted.contains("までにお届けします"), "{submitted}");
    let late = said(State::Consulted, approval, now + TimeDelta::days(30));
    assert!(late.contains("確認が終わりましたらお知らせします"), "{late}");
    let unfulfilled = State::Unfulfilled { reason: UnfulfilledReason::NoExpert };
    assert!(said(unfulfilled, None, now).ends_with("理由：担当できる専門家がいない"));
    let referred = State::Referred { organization: "よろず相談所".into() };
    assert_eq!(said(referred, None, now), "よろず相談所をご案内しました。");
}

#[test]
fn each_party_that_waits_is_told_until_when() {
    let now: DateTime<Utc> = "2026-11-20T05:05:00Z".parse().unwrap();
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let clock = |kind| Some(SilenceClock::begin(kind, now, &settings, &calendar));
    let said = |record: &Record, awaits_reply, now| {
        let (settings, calendar) = (&settings, &calendar);
        let facts = ProgressFacts {
            record,
            live: None,
            follow_ups: &[],
            is_submitted: record.approves_report(),
            was_routed: false,
            awaits_reply,
            settings,
            calendar,
            now,
        };
        sentences(facts).join("\n")
    };
    let first = Some(Due::first_contact(&settings, &calendar, now));
    for (state, due, silence, expected) in [
        (State::Checking, first.clone(), None, "11月26日（木）までにご連絡します"),
        (State::WaitingCompany, None, clock(SilenceKind::Answer), "12月7日（月）までに、メッセージに回答"),
        (
            State::Matching,
            Some(Due::reply(&settings, &calendar, now)),
            None,
            "回答の期限は11月25日（水）です",
        ),
        (State::Scheduling, None, clock(SilenceKind::Choice), "12月7日（月）までに、候補の日時から"),
    ] {
        let record = Record { silence, ..record(state, due, now) };
        let shown = said(&record, false, now);
        assert!(shown.contains(expected), "{shown}");
        // A date that has passed is not promised any more.
        let late = said(&record, false, now + TimeDelta::days(40));
        assert!(!late.contains('（'), "{late}");
    }
    let unconfirmed = Record { silence: clock(SilenceKind::Address), ..record(State::Received, first, now) };
    assert!(said(&unconfirmed, false, now).contains("12月7日（月）までに、メールアドレスの確認"));

    let response = AwaitedResponse::after_message(None, &settings, &calendar, now);
    let written = Record { response: Some(response), ..record(State::Booked, None, now) };
    assert!(said(&written, true, now).contains("メッセージに、11月24日（火）までに返信します"));
    assert!(!said(&written, false, now).contains("返信"), "another's message is no promise to the company");
}
