use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{
    Dropped, HOURLY, InboundDecision, InboundFacts, InvitationReply, InvitationReplyAction,
    InvitationReplyFacts, Quarantine, SenderRelation, internal, step, triage,
};
use crate::routing::assignment::AssignmentState;

const PLAIN: InboundFacts = InboundFacts {
    ours: false,
    duplicate: false,
    report: false,
    report_known: false,
    calendar: false,
    automatic: false,
    repeated: false,
    lately: 0,
    names_case: true,
    relation: SenderRelation::Participant,
};
const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

#[test]
fn a_participant_who_names_the_case_is_let_in_and_nobody_else() {
    assert_eq!(triage(&PLAIN), InboundDecision::Attach);
    assert_eq!(
        triage(&InboundFacts { relation: SenderRelation::None, ..PLAIN }),
        InboundDecision::Quarantine(Quarantine::Stranger)
    );
    assert_eq!(
        triage(&InboundFacts { names_case: false, ..PLAIN }),
        InboundDecision::Quarantine(Quarantine::NoCase)
    );
    let former = InboundFacts { relation: SenderRelation::FormerExpert, ..PLAIN };
    assert_eq!(triage(&former), InboundDecision::Quarantine(Quarantine::FormerExpert));
    assert_eq!(triage(&InboundFacts { calendar: true, ..former }), InboundDecision::Calendar);
    let forged = InboundFacts { calendar: true, relation: SenderRelation::None, ..PLAIN };
    assert_eq!(triage(&forged), InboundDecision::Quarantine(Quarantine::ForeignInvitation));
}

#[test]
fn automatic_mail_is_kept_and_loops_are_ended() {
    assert_eq!(triage(&InboundFacts { automatic: true, ..PLAIN }), InboundDecision::AutoReply);
    assert_eq!(triage(&InboundFacts { repeated: true, ..PLAIN }), InboundDecision::AutoReply);
    assert_eq!(triage(&InboundFacts { ours: true, ..PLAIN }), InboundDecision::Drop(Dropped::OwnMail));
    assert_eq!(triage(&InboundFacts { duplicate: true, ..PLAIN }), InboundDecision::Drop(Dropped::Duplicate));
    assert_eq!(
        triage(&InboundFacts { lately: HOURLY, ..PLAIN }),
        InboundDecision::Quarantine(Quarantine::TooMany)
    );
    assert_eq!(triage(&InboundFacts { report: true, report_known: true, ..PLAIN }), InboundDecision::Bounce);
    let stray = InboundFacts { report: true, ..PLAIN };
    assert_eq!(triage(&stray), InboundDecision::Quarantine(Quarantine::UnknownBounce));
    // The reply of a calendar program counts as the reply of a person.
    assert_eq!(triage(&InboundFacts { automatic: true, calendar: true, ..PLAIN }), InboundDecision::Calendar);
}

/// Checks every reply × every state of the assignment against the specification.
#[test]
fn an_answer_does_what_the_button_does() {
    let offered = AssignmentState::Offered;
    let accepted = AssignmentState::Accepted { at: NOW };
    let over = [
        AssignmentState::Declined { at: NOW, reason: "多忙".into() },
        AssignmentState::Lapsed { at: NOW },
        AssignmentState::Withdrawn { at: NOW, released: None },
    ];
    for (answer, when_offered, otherwise) in [
        (InvitationReply::Accepted, InvitationReplyAction::Accept, InvitationReplyAction::Note),
        (InvitationReply::Declined, InvitationReplyAction::Decline, InvitationReplyAction::TellCenter),
        (InvitationReply::Tentative, InvitationReplyAction::StayOpen, InvitationReplyAction::StayOpen),
        (InvitationReply::Countered, InvitationReplyAction::Propose, InvitationReplyAction::Propose),
        (
            InvitationReply::Delegated,
            InvitationReplyAction::RefuseDelegation,
            InvitationReplyAction::RefuseDelegation,
        ),
    ] {
        let of = |assignment| InvitationReplyFacts { answer, theirs: 2, ours: 2, live: true, assignment };
        assert_eq!(step(&of(Some(&offered))), when_offered);
        assert_eq!(step(&of(Some(&accepted))), otherwise);
        assert_eq!(step(&of(None)), otherwise);
        for it in &over {
            assert_eq!(step(&of(Some(it))), InvitationReplyAction::Outdated);
        }
    }
}

#[test]
fn internal_is_a_word_at_the_beginning() {
    assert_eq!(internal("  #Internal\n社内で確認します。"), Some("社内で確認します。"));
    assert_eq!(internal("#internal"), Some(""));
    assert_eq!(internal("#internal：電話で確認済み"), Some("：電話で確認済み"));
    assert_eq!(internal("#internally"), None);
    assert_eq!(internal("了解です #internal"), None);
    assert_eq!(internal("#社内"), None);
}

fn facts() -> impl Strategy<Value = InboundFacts> {
    let flags = proptest::array::uniform8(any::<bool>());
    let relation = prop_oneof![
        Just(SenderRelation::Participant),
        Just(SenderRelation::FormerExpert),
        Just(SenderRelation::None)
    ];
    (flags, 0..2 * HOURLY, relation).prop_map(|(it, lately, relation)| InboundFacts {
        ours: it[0],
        duplicate: it[1],
        report: it[2],
        report_known: it[3],
        calendar: it[4],
        automatic: it[5],
        repeated: it[6],
        lately,
        names_case: it[7],
        relation,
    })
}

proptest! {
    #[test]
    fn only_what_is_proved_touches_a_case(it in facts()) {
        match triage(&it) {
            InboundDecision::Attach => {
                prop_assert!(it.names_case && it.relation == SenderRelation::Participant);
                prop_assert!(!it.automatic && !it.repeated && !it.ours && !it.report && !it.duplicate);
                prop_assert!(it.lately < HOURLY);
            }
            InboundDecision::Calendar => prop_assert!(it.names_case && it.relation != SenderRelation::None && it.calendar),
            InboundDecision::Bounce => prop_assert!(it.report_known),
            InboundDecision::Drop(_) | InboundDecision::AutoReply | InboundDecision::Quarantine(_) => {}
        }
    }

    #[test]
    fn an_older_answer_undoes_nothing(theirs in 0..9, newer in 1..9, answer in 0..5_usize, live in any::<bool>()) {
        let offered = AssignmentState::Offered;
        let answer = InvitationReply::ALL[answer];
        let it = InvitationReplyFacts { answer, theirs, ours: theirs + newer, live, assignment: Some(&offered) };
        prop_assert_eq!(step(&it), InvitationReplyAction::Outdated);
    }
}

#[test]
fn each_reason_is_a_sentence_of_its_own() {
    let quarantined = Quarantine::ALL.iter().map(|it| it.label());
    let sentences: Vec<_> = quarantined.chain(Dropped::ALL.iter().map(|it| it.label())).collect();
    assert!(sentences.iter().all(|it| it.ends_with('。')));
    let different: std::collections::BTreeSet<_> = sentences.iter().collect();
    assert_eq!(different.len(), sentences.len());
    let labels: std::collections::BTreeSet<_> = InvitationReply::ALL.iter().map(|it| it.label()).collect();
    assert_eq!((labels.len(), InvitationReply::Declined.label()), (5, "辞退"));
}
