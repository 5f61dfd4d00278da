use chrono::{DateTime, TimeDelta, Utc};
use domain::{
    calendar::BusinessCalendar,
    consultation::{Consultation, State, UnfulfilledReason},
    due::Due,
    field::Fields,
    id::{CompanyId, ConsultationId},
    intake::company::Mode,
    settings::Settings,
};
use uuid::Uuid;

use super::{Facts, sentences};
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
        let facts = Facts { record: &record, live: None, follow_ups: &[], first_contact_days: 3, now: at };
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
    let unfulfilled = State::Unfulfilled { reason: UnfulfilledReason::NoExpert };
    assert!(said(unfulfilled, None, now).ends_with("理由：担当できる専門家がいない"));
    let referred = State::Referred { organization: "よろず相談所".into() };
    assert_eq!(said(referred, None, now), "よろず相談所をご案内しました。");
}
