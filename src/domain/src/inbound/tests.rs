use chrono::{DateTime, Utc};
use proptest::prelude::*;

use super::{
    Answer, Answered, Dropped, Facts, HOURLY, Part, Quarantine, Step, Verdict, internal, judge, step,
};
use crate::assignment::AssignmentState;

const PLAIN: Facts = Facts {
    ours: false,
    duplicate: false,
    report: false,
    report_known: false,
    calendar: false,
    automatic: false,
    repeated: false,
    lately: 0,
    names_case: true,
    part: Part::Participant,
};
const NOW: DateTime<Utc> = DateTime::UNIX_EPOCH;

#[test]
fn a_participant_who_names_the_case_is_let_in_and_nobody_else() {
    assert_eq!(judge(&PLAIN), Verdict::Attach);
    assert_eq!(judge(&Facts { part: Part::None, ..PLAIN }), Verdict::Quarantine(Quarantine::Stranger));
    assert_eq!(judge(&Facts { names_case: false, ..PLAIN }), Verdict::Quarantine(Quarantine::NoCase));
    let former = Facts { part: Part::FormerExpert, ..PLAIN };
    assert_eq!(judge(&former), Verdict::Quarantine(Quarantine::FormerExpert));
    assert_eq!(judge(&Facts { calendar: true, ..former }), Verdict::Calendar);
    let forged = Facts { calendar: true, part: Part::None, ..PLAIN };
    assert_eq!(judge(&forged), Verdict::Quarantine(Quarantine::ForeignInvitation));
}

#[test]
fn machines_are_kept_and_loops_end() {
    assert_eq!(judge(&Facts { automatic: true, ..PLAIN }), Verdict::AutoReply);
    assert_eq!(judge(&Facts { repeated: true, ..PLAIN }), Verdict::AutoReply);
    assert_eq!(judge(&Facts { ours: true, ..PLAIN }), Verdict::Drop(Dropped::OwnMail));
    assert_eq!(judge(&Facts { duplicate: true, ..PLAIN }), Verdict::Drop(Dropped::Duplicate));
    assert_eq!(judge(&Facts { lately: HOURLY, ..PLAIN }), Verdict::Quarantine(Quarantine::TooMany));
    assert_eq!(judge(&Facts { report: true, report_known: true, ..PLAIN }), Verdict::Bounce);
    let stray = Facts { report: true, ..PLAIN };
    assert_eq!(judge(&stray), Verdict::Quarantine(Quarantine::UnknownBounce));
    // A calendar program answers for a person.
    assert_eq!(judge(&Facts { automatic: true, calendar: true, ..PLAIN }), Verdict::Calendar);
}

/// Every answer × every state of the assignment, as the specification has it.
#[test]
fn an_answer_does_what_the_button_does() {
    let offered = AssignmentState::Offered;
    let accepted = AssignmentState::Accepted { at: NOW };
    let over = [
        AssignmentState::Declined { at: NOW, reason: "多忙".into() },
        AssignmentState::Lapsed { at: NOW },
        AssignmentState::Withdrawn { at: NOW },
    ];
    for (answer, when_offered, otherwise) in [
        (Answer::Accepted, Step::Accept, Step::Note),
        (Answer::Declined, Step::Decline, Step::TellCenter),
        (Answer::Tentative, Step::StayOpen, Step::StayOpen),
        (Answer::Countered, Step::Propose, Step::Propose),
        (Answer::Delegated, Step::RefuseDelegation, Step::RefuseDelegation),
    ] {
        let of = |assignment| Answered { answer, theirs: 2, ours: 2, live: true, assignment };
        assert_eq!(step(&of(Some(&offered))), when_offered);
        assert_eq!(step(&of(Some(&accepted))), otherwise);
        assert_eq!(step(&of(None)), otherwise);
        for it in &over {
            assert_eq!(step(&of(Some(it))), Step::Outdated);
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

fn facts() -> impl Strategy<Value = Facts> {
    let flags = proptest::array::uniform8(any::<bool>());
    let part = prop_oneof![Just(Part::Participant), Just(Part::FormerExpert), Just(Part::None)];
    (flags, 0..2 * HOURLY, part).prop_map(|(it, lately, part)| Facts {
        ours: it[0],
        duplicate: it[1],
        report: it[2],
        report_known: it[3],
        calendar: it[4],
        automatic: it[5],
        repeated: it[6],
        lately,
        names_case: it[7],
        part,
    })
}

proptest! {
    #[test]
    fn only_what_is_proved_touches_a_case(it in facts()) {
        match judge(&it) {
            Verdict::Attach => {
                prop_assert!(it.names_case && it.part == Part::Participant);
                prop_assert!(!it.automatic && !it.repeated && !it.ours && !it.report && !it.duplicate);
                prop_assert!(it.lately < HOURLY);
            }
            Verdict::Calendar => prop_assert!(it.names_case && it.part != Part::None && it.calendar),
            Verdict::Bounce => prop_assert!(it.report_known),
            Verdict::Drop(_) | Verdict::AutoReply | Verdict::Quarantine(_) => {}
        }
    }

    #[test]
    fn an_older_answer_undoes_nothing(theirs in 0..9, newer in 1..9, answer in 0..5_usize, live in any::<bool>()) {
        let offered = AssignmentState::Offered;
        let answer = Answer::ALL[answer];
        let it = Answered { answer, theirs, ours: theirs + newer, live, assignment: Some(&offered) };
        prop_assert_eq!(step(&it), Step::Outdated);
    }
}
