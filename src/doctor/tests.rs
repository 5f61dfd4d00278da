//! Checks that every rule finds its own kind of damage in a sound database, and that no other rule does.
use std::collections::BTreeSet;

use chrono::TimeDelta;
use entity::{Coded, outbox};
use sea_orm::{ConnectionTrait, DatabaseConnection, EntityTrait, IntoActiveModel};
use uuid::Uuid;

use super::{Finding, examine};
use crate::demo::fill::{
    run,
    tests::{now, test_database},
};

/// The statements that make an event with one seat, and one that is long over.
const EVENT: &str = "INSERT INTO publication (id, kind, number, revision, public_revision, status, public_from, updated_at) \
    SELECT id, 'events', 10001, 1, 1, 'published', created_at, created_at FROM account LIMIT 1";
const GATHERING: &str = "INSERT INTO gathering (publication_id, number, kind, title, place, starts_at, ends_at, \
    deadline, venue_seats, experts, sequence, due_at) SELECT id, number, 'seminar', '', '', '2099-01-01 00:00:00+00:00', \
    '2099-01-02 00:00:00+00:00', '2099-01-01 00:00:00+00:00', 1, '[]', 0, '2099-01-01 00:00:00+00:00' FROM publication";
const PAST_EVENT: &str = "INSERT INTO gathering (publication_id, number, kind, title, place, starts_at, ends_at, \
    deadline, venue_seats, experts, sequence, due_at) SELECT id, number, 'seminar', '', '', '2020-01-01 00:00:00+00:00', \
    '2020-01-02 00:00:00+00:00', '2020-01-01 00:00:00+00:00', 1, '[]', 0, '2020-01-01 00:00:00+00:00' FROM publication";
const WAITING_SIGN_UP: &str = "INSERT INTO sign_up (id, publication_id, seat_kind, status, since, created_at) \
    SELECT publication_id, publication_id, 'venue', 'waiting', deadline, deadline FROM gathering";
const SEATED_SIGN_UP: &str = "INSERT INTO sign_up (id, publication_id, seat_kind, status, seat_number, name, created_at) \
    SELECT publication_id, publication_id, 'venue', 'seated', 1, 'A', deadline FROM gathering";

/// The statements that make a telework month, and one registration of it.
const MONTH: &str = "INSERT INTO publication (id, kind, number, revision, public_revision, status, public_from, updated_at, change_number) \
    SELECT id, 'month', 2099, 1, 1, 'published', created_at, created_at, 1 FROM account LIMIT 1";
const CAMPAIGN: &str = "INSERT INTO campaign (publication_id, year, title, starts_on, ends_on, opens_on, closes_on, \
    rules_revision, last_number) SELECT id, number, '', '2099-11-01', '2099-11-30', '2099-09-01', '2099-11-30', 1, 1 \
    FROM publication";
const REGISTRATION: &str = "INSERT INTO registration (id, publication_id, kind, name, industry, prefecture, activities, \
    telework_status, number, status, state_since, listed_name, listed_kana, listed_key, listed_industry, email, version, \
    created_at) SELECT publication_id, publication_id, 'company', 'A', 'E', 5, '', 'none', 1, 'approved', \
    '2020-01-01 00:00:00+00:00', 'A', 'A', 'A', 'E', 'a@example.co.jp', 1, '2020-01-01 00:00:00+00:00' FROM campaign";

/// The statement that makes a desk to which no consultation belongs.
const DESK: &str = "INSERT INTO desk (id, name, prefecture, active) SELECT id, 'A', 5, TRUE FROM account ORDER BY id LIMIT 1";

/// The statements that make a survey with a code, and reports of doubtful requests.
const NOTICE: &str = "INSERT INTO publication (id, kind, number, revision, public_revision, status, public_from, updated_at, change_number) \
    SELECT id, 'surveys', 10001, 1, 1, 'published', created_at, created_at, 1 FROM account LIMIT 1";
const SURVEY: &str = "INSERT INTO survey (publication_id, number, title, access, opens_at, closes_on, closes_at) \
    SELECT id, number, '', 'by_code', '2020-01-01 00:00:00+00:00', '2020-01-01', '2020-01-02 00:00:00+00:00' \
    FROM publication WHERE kind = 'surveys'";
const DOUBT: &str = "INSERT INTO doubt (id, status, channel, sender, created_at, look_by, due_at) \
    SELECT id, 'reported', 'post', 'A', created_at, '2020-01-03', '2020-01-03 00:00:00+00:00' FROM account LIMIT 1";

const QUESTION: &str = "INSERT INTO network_question (id, status, industry, size, prefecture, asker_agrees, mentor_agrees, \
    state_since, agreed_at, version, created_at, due_at) SELECT id, 'at_center', 'E', '20', 5, false, false, created_at, \
    created_at, 1, created_at, '2020-01-03 00:00:00+00:00' FROM account LIMIT 1";
const MENTOR: &str = "INSERT INTO mentor (id, status, name, industry, employees, prefecture, topics, a_month, agreed_at, \
    proved_at, state_since, version, due_at) SELECT id, 'applied', 'A', 'E', 12, 5, 'A', 1, created_at, created_at, \
    created_at, 1, '2020-01-03 00:00:00+00:00' FROM account LIMIT 1";

/// The statements that cause the damage which each rule finds.
const DAMAGE: &[(&str, &[&str])] = &[
    (
        "history",
        &[
            "DELETE FROM event WHERE consultation_id IN (SELECT id FROM consultation WHERE state = 'received')",
            "UPDATE consultation SET event_count = 0 WHERE state = 'received'",
        ],
    ),
    ("state", &["UPDATE consultation SET state = 'checking' WHERE state = 'received'"]),
    (
        "state_since",
        &["UPDATE consultation SET state_since = '2020-01-01 00:00:00+00:00' WHERE state = 'received'"],
    ),
    ("sequence", &["UPDATE consultation SET event_count = event_count + 1 WHERE state = 'received'"]),
    ("chain", &["UPDATE event SET hash = 'x' WHERE seq = 1"]),
    ("chain", &["UPDATE event SET previous_hash = hash WHERE seq = 2"]),
    (
        "chain",
        &["UPDATE event SET detail = '{\"to\": {\"state\": \"received\"}, \"note\": \"?\"}' WHERE seq = 1"],
    ),
    ("duplicate_key", &["UPDATE contact SET person_key = 'x'"]),
    ("duplicate_key", &["UPDATE application SET reading_key = NULL"]),
    ("duplicate_key", &["UPDATE application SET city = 'x'"]),
    ("row", &["UPDATE consultation SET number = 'nonsense' WHERE serial = 1 AND fiscal_year = 2025"]),
    ("number", &["UPDATE consultation SET number = 'R01-000001' WHERE serial = 1 AND fiscal_year = 2025"]),
    ("turn", &["UPDATE consultation SET turn = 'nobody' WHERE state = 'received'"]),
    (
        "ended_at",
        &["UPDATE consultation SET ended_at = '2020-01-01 00:00:00+00:00' WHERE state = 'completed'"],
    ),
    ("due_at", &["UPDATE consultation SET due_at = NULL, sort_at = state_since WHERE state = 'received'"]),
    ("sort_at", &["UPDATE consultation SET sort_at = '2020-01-01 00:00:00+00:00' WHERE state = 'booked'"]),
    (
        "appointments_done",
        &["UPDATE consultation SET appointments_done = appointments_done + 1 WHERE state = 'follow_up'"],
    ),
    ("counter", &["UPDATE case_number_counter SET last = last - 1 WHERE fiscal_year = 2025"]),
    (
        "booked",
        &[
            "DELETE FROM calendar_cell WHERE appointment_id IN (SELECT id FROM appointment WHERE state = 'confirmed')",
            "UPDATE appointment SET state = 'cancelled_by_center', ended_at = starts_at WHERE state = 'confirmed'",
        ],
    ),
    ("booked", &["UPDATE appointment SET state = 'confirmed', held_until = NULL WHERE state = 'held'"]),
    (
        "covered",
        &["UPDATE assignment SET state = 'withdrawn' WHERE state = 'accepted' AND consultation_id IN \
           (SELECT id FROM consultation WHERE state = 'booked')"],
    ),
    (
        "choice",
        &[
            "UPDATE account SET active = false WHERE id IN (SELECT expert_id FROM assignment WHERE state = 'accepted' \
           AND consultation_id IN (SELECT id FROM consultation WHERE state = 'scheduling'))",
        ],
    ),
    ("matching", &["UPDATE assignment SET state = 'lapsed', answered_at = due_at WHERE state = 'offered'"]),
    (
        "ended",
        &["UPDATE assignment SET state = 'accepted' WHERE id = (SELECT assignment.id FROM assignment \
           JOIN consultation ON consultation.id = consultation_id WHERE ended_at IS NOT NULL \
           AND appointments_done = 0 AND assignment.state = 'withdrawn' LIMIT 1)"],
    ),
    ("offer", &["UPDATE assignment SET due_at = '2020-01-01 00:00:00+00:00' WHERE state = 'offered'"]),
    ("hold", &["UPDATE appointment SET held_until = '2020-01-01 00:00:00+00:00' WHERE state = 'held'"]),
    (
        "seats",
        &[
            "DELETE FROM appointment_expert WHERE appointment_id IN (SELECT id FROM appointment WHERE state = 'held')",
        ],
    ),
    (
        "cells",
        &[
            "DELETE FROM calendar_cell WHERE appointment_id IN (SELECT id FROM appointment WHERE state = 'held')",
        ],
    ),
    (
        "cells",
        &["INSERT INTO calendar_cell (expert_id, quarter, lane, appointment_id) \
           SELECT expert.id, 1, 0, held.id FROM expert JOIN appointment AS held ON held.state = 'held' \
           WHERE expert.id NOT IN (SELECT expert_id FROM appointment_expert WHERE appointment_id = held.id) \
           LIMIT 1"],
    ),
    (
        "footprint",
        &["DELETE FROM calendar_cell WHERE quarter = (SELECT MAX(quarter) FROM calendar_cell AS other \
           WHERE other.appointment_id = calendar_cell.appointment_id)"],
    ),
    (
        "lane",
        &[
            "UPDATE calendar_cell SET lane = 1 WHERE appointment_id IN (SELECT id FROM appointment WHERE state = 'held')",
        ],
    ),
    (
        "orphan_cells",
        &["UPDATE appointment SET state = 'released', ended_at = created_at WHERE state = 'held'"],
    ),
    (
        "report",
        &[
            "UPDATE report SET appointment_id = (SELECT id FROM appointment WHERE state = 'confirmed' LIMIT 1) \
           WHERE id = (SELECT id FROM report LIMIT 1)",
        ],
    ),
    (
        "report_took_place",
        &["UPDATE report SET took_place = FALSE WHERE id = (SELECT id FROM report LIMIT 1)"],
    ),
    (
        "wants_help_since",
        &["UPDATE consultation SET wants_help_since = '2020-01-01 00:00:00+00:00' WHERE state = 'follow_up'"],
    ),
    ("silence", &["UPDATE consultation SET silence_kind = NULL, silence_since = NULL, next_step_at = NULL"]),
    ("follow_up", &["UPDATE follow_up SET due_at = '2020-01-01 00:00:00+00:00' WHERE state = 'planned'"]),
    (
        "waiting",
        &["INSERT INTO waiting_list_entry (id, consultation_id, preferred_times, since, turned_down) \
           SELECT id, id, '[]', state_since, 0 FROM consultation WHERE state = 'received' LIMIT 1"],
    ),
    (
        "offer",
        &[
            "INSERT INTO waiting_list_entry (id, consultation_id, preferred_times, since, turned_down) \
             SELECT id, id, '[]', state_since, 0 FROM consultation WHERE state = 'booked' LIMIT 1",
            "UPDATE appointment SET waiting_id = (SELECT id FROM waiting_list_entry) WHERE id = \
             (SELECT id FROM appointment WHERE state = 'held' AND consultation_id IS NOT NULL LIMIT 1)",
        ],
    ),
    (
        "external_entry",
        &[
            "INSERT INTO external_calendar (id, expert_id, kind, name, host, access, writes, blocks_when_stale, blocking, \
             created_at, due_at, fetched_at, read_at, failures, unread, unknown_zones) \
             SELECT expert_id, expert_id, 'caldav', '', '', '', TRUE, TRUE, TRUE, '2020-01-01 00:00:00+00:00', \
             '2099-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00', 0, 0, 0 \
             FROM appointment_expert JOIN appointment ON appointment.id = appointment_id WHERE state = 'confirmed' ORDER BY ends_at DESC LIMIT 1",
        ],
    ),
    (
        "external_entry",
        &[
            "INSERT INTO external_calendar (id, expert_id, kind, name, host, access, writes, blocks_when_stale, blocking, \
             created_at, due_at, fetched_at, read_at, failures, unread, unknown_zones) \
             SELECT expert_id, expert_id, 'caldav', '', '', '', FALSE, TRUE, TRUE, '2020-01-01 00:00:00+00:00', \
             '2099-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00', 0, 0, 0 \
             FROM appointment_expert JOIN appointment ON appointment.id = appointment_id WHERE state = 'held' AND consultation_id IS NOT NULL LIMIT 1",
            "INSERT INTO external_entry (id, source_id, appointment_id, href, state, sequence, failures, due_at) \
             SELECT appointment.id, external_calendar.id, appointment.id, '/', 'written', 0, 0, \
             '2020-01-01 00:00:00+00:00' FROM external_calendar JOIN appointment_expert \
             ON appointment_expert.expert_id = external_calendar.expert_id JOIN appointment \
             ON appointment.id = appointment_id WHERE state = 'held' AND consultation_id IS NOT NULL LIMIT 1",
        ],
    ),
    (
        "calendar_waiting",
        &[
            "INSERT INTO external_calendar (id, expert_id, kind, name, host, access, writes, blocks_when_stale, blocking, \
             created_at, due_at, fetched_at, read_at, failures, unread, unknown_zones) \
             SELECT expert_id, expert_id, 'caldav', '', '', '', FALSE, TRUE, TRUE, '2020-01-01 00:00:00+00:00', \
             '2020-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00', '2020-01-01 00:00:00+00:00', 0, 0, 0 \
             FROM appointment_expert JOIN appointment ON appointment.id = appointment_id LIMIT 1",
        ],
    ),
    (
        "cancelled_invitation",
        &[
            "INSERT INTO cancelled_invitation SELECT appointment_id, expert_id, starts_at, ends_at, sequence, created_at \
           FROM appointment JOIN appointment_expert ON appointment.id = appointment_id WHERE state = 'confirmed' \
           LIMIT 1",
        ],
    ),
    ("event_step", &[EVENT, PAST_EVENT]),
    ("free_seat", &[EVENT, GATHERING, WAITING_SIGN_UP]),
    ("erasure", &[EVENT, GATHERING, SEATED_SIGN_UP, "UPDATE gathering SET erased_at = starts_at"]),
    ("survey_step", &[NOTICE, SURVEY, "UPDATE survey SET due_at = '2020-01-01 00:00:00+00:00'"]),
    (
        "erasure",
        &[
            MONTH,
            CAMPAIGN,
            REGISTRATION,
            "INSERT INTO survey (publication_id, number, title, access, opens_at, closes_on, closes_at, closed_at, \
             erased_at) SELECT id, number, '', 'by_code', '2020-01-01 00:00:00+00:00', '2020-01-01', \
             '2020-01-02 00:00:00+00:00', '2020-01-02 00:00:00+00:00', '2020-01-02 00:00:00+00:00' FROM publication",
            "INSERT INTO survey_code (id, publication_id, code_hash, registration_id, opt_in_version, created_at) \
             SELECT id, publication_id, 'x', id, '2026-12', created_at FROM registration",
        ],
    ),
    ("doubt_step", &[DOUBT]),
    ("network_step", &[QUESTION]),
    ("network_step", &[MENTOR]),
    (
        "erasure",
        &[
            DOUBT,
            "UPDATE doubt SET status = 'settled', settled_at = '2020-01-03 00:00:00+00:00', \
             settled_by = (SELECT id FROM account LIMIT 1)",
        ],
    ),
    ("month_step", &[MONTH, CAMPAIGN, "UPDATE campaign SET due_at = '2020-01-01 00:00:00+00:00'"]),
    (
        "month_list",
        &[
            MONTH,
            CAMPAIGN,
            REGISTRATION,
            "UPDATE registration SET listed_name = NULL, listed_key = NULL, listed_industry = NULL",
        ],
    ),
    (
        "desk_entry",
        &[
            DESK,
            "INSERT INTO desk_entry (id, desk_id, noted_at, channel, theme, status, changed_at, version, handed_over_id) \
             SELECT c.id, d.id, c.received_at, 'phone', 'other', 'handed_over', c.received_at, 1, c.id \
             FROM consultation c, desk d WHERE c.state = 'received' AND d.id IN (SELECT id FROM account)",
        ],
    ),
    (
        "erasure",
        &[
            DESK,
            "INSERT INTO desk_entry (id, desk_id, noted_at, channel, theme, status, changed_at, version, name) \
             SELECT id, id, '2020-01-01 00:00:00+00:00', 'phone', 'other', 'answered', '2020-01-01 00:00:00+00:00', 1, 'A' \
             FROM desk",
        ],
    ),
    (
        "month_unproved",
        &[
            MONTH,
            CAMPAIGN,
            REGISTRATION,
            "UPDATE registration SET status = 'unproved', until = state_since, number = NULL, listed_name = NULL, \
             listed_key = NULL",
        ],
    ),
    (
        "erasure",
        &[MONTH, CAMPAIGN, REGISTRATION, "UPDATE campaign SET erased_at = '2020-01-01 00:00:00+00:00'"],
    ),
    (
        "erasure",
        &[
            MONTH,
            CAMPAIGN,
            REGISTRATION,
            "UPDATE registration SET status = 'withdrawn', listed_name = NULL, listed_key = NULL",
        ],
    ),
    (
        "merge",
        &[
            "UPDATE consultation SET own_company_id = company_id WHERE id = (SELECT id FROM consultation LIMIT 1)",
        ],
    ),
    (
        "merge",
        &[
            "UPDATE consultation SET turn = 'ended', merged_into = (SELECT id FROM consultation WHERE state = 'booked' LIMIT 1) \
           WHERE id = (SELECT id FROM consultation WHERE state = 'received' AND due_at IS NOT NULL LIMIT 1)",
        ],
    ),
    (
        "merge",
        &[
            "UPDATE company SET merged_into = (SELECT id FROM company AS other WHERE other.id <> company.id LIMIT 1) \
           WHERE id = (SELECT company_id FROM consultation LIMIT 1)",
        ],
    ),
    (
        "orphan_busy",
        &[
            "PRAGMA foreign_keys = OFF; INSERT INTO external_busy VALUES (X'000102030405060708090a0b0c0d0e0f', 1, 2)",
        ],
    ),
    (
        "orphan_entry",
        &["PRAGMA foreign_keys = OFF; \
           INSERT INTO external_entry (id, source_id, appointment_id, href, state, sequence, failures, due_at) \
           VALUES (X'000102030405060708090a0b0c0d0e0f', X'000102030405060708090a0b0c0d0e0f', \
           X'000102030405060708090a0b0c0d0e0f', '/', 'written', 0, 0, '2020-01-01 00:00:00+00:00')"],
    ),
];

#[tokio::test]
async fn every_rule_finds_its_own_damage() {
    for (rule, statements) in DAMAGE {
        let db = sound().await;
        for statement in *statements {
            let done = db.execute_unprepared(statement).await.unwrap();
            assert!(done.rows_affected() > 0, "{statement}");
        }
        let findings = examine(&db, now()).await.unwrap();
        let rules: BTreeSet<_> = findings.iter().map(|it| it.rule).collect();
        assert_eq!(rules.into_iter().collect::<Vec<_>>(), [*rule], "{statements:?}\n{findings:?}");
    }
}

#[tokio::test]
async fn mail_that_is_stuck_or_was_never_tried_is_found() {
    for (rule, state, hours) in
        [("mail_lease", "sending", 2), ("mail_waiting", "waiting", 2), ("mail_attempt", "sent", 2)]
    {
        let db = sound().await;
        outbox::Entity::insert(mail(state, hours).into_active_model()).exec(&db).await.unwrap();
        let findings = examine(&db, now()).await.unwrap();
        assert_eq!(findings.iter().map(|it| it.rule).collect::<Vec<_>>(), [rule]);
    }
    let db = sound().await;
    for state in ["sending", "waiting"] {
        outbox::Entity::insert(mail(state, 0).into_active_model()).exec(&db).await.unwrap();
    }
    assert_eq!(examine(&db, now()).await.unwrap(), []);
}

#[test]
fn a_finding_is_one_line() {
    let finding = Finding { rule: "turn", subject: "R08-000123".into(), what: "it is another's".into() };
    assert_eq!(finding.to_string(), "turn: R08-000123: it is another's");
}

async fn sound() -> DatabaseConnection {
    let db = test_database().await;
    run(&db, 90, 20, 11, now()).await.unwrap();
    db
}

/// Returns a mail that was due this many hours ago.
fn mail(state: &str, hours: i64) -> outbox::Model {
    let due_at = now() - TimeDelta::hours(hours);
    outbox::Model {
        id: Uuid::now_v7(),
        consultation_id: None,
        relay_id: None,
        kind: "reminder".into(),
        recipient: "someone@example.jp".into(),
        recipient_name: String::new(),
        subject: "件名".into(),
        text_body: "本文".into(),
        html_body: "本文".into(),
        calendar: None,
        calendar_method: None,
        message_id: Uuid::now_v7().to_string(),
        dedup_key: None,
        send_condition: None,
        state: Coded::read(state.to_owned()),
        due_at,
        attempts: 0,
        lease_token: (state == "sending").then(Uuid::now_v7),
        lease_until: (state == "sending").then_some(due_at),
        last_reply: None,
        created_at: due_at,
        sent_at: (state == "sent").then_some(due_at),
        domain: "example.jp".into(),
        planned_at: due_at,
        hold_reason: None,
        unknown_outcomes: 0,
        follows: None,
        unsubscribe: None,
    }
}
