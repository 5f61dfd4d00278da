use std::collections::BTreeSet;

use domain::correspondence::outgoing_mail::{COPIES, topic::NotificationTopic};

use super::{MailKind, Reader, TextKind};
use crate::mail::text::Variable;

#[test]
fn codes_are_unique_and_lead_back() {
    for kind in MailKind::ALL {
        assert_eq!(MailKind::from_code(kind.code()), Some(kind));
    }
    for text in TextKind::ALL {
        assert_eq!(TextKind::from_code(text.code()), Some(text));
    }
}

#[test]
fn one_reader_has_no_two_texts_with_the_same_label() {
    for reader in Reader::ALL {
        let texts: Vec<_> = TextKind::ALL.into_iter().filter(|it| it.reader() == reader).collect();
        let labels: BTreeSet<_> = texts.iter().map(|it| it.label()).collect();
        assert_eq!(labels.len(), texts.len(), "{}", reader.label());
    }
}

#[test]
fn a_mail_that_only_reminds_asks_or_sums_up_is_not_sent_twice() {
    let once: Vec<_> = MailKind::ALL.into_iter().filter(|it| !it.may_repeat(0)).collect();
    let mut expected = vec![
        MailKind::HoldEnding,
        MailKind::CompanyReminder,
        MailKind::OutcomeMissing,
        MailKind::RequestReminder,
        MailKind::WeeklyDigest,
        MailKind::Reminder,
        MailKind::ExampleWanted,
        MailKind::ExampleReminder,
        MailKind::Survey,
        MailKind::FollowUp,
        MailKind::ReportDue,
        MailKind::Digest,
        MailKind::HandOverAccepted,
        MailKind::HandOverResult,
        MailKind::HandedBackReminder,
        MailKind::EventReminder,
        MailKind::EventSoon,
        MailKind::EventThanks,
        MailKind::RegistrationInvitation,
        MailKind::RegistrationsWaiting,
        MailKind::EditionClosed,
        MailKind::ErasureAhead,
        MailKind::SurveyInvitation,
        MailKind::SurveyReminder,
        MailKind::DoubtsWaiting,
        MailKind::MentorReminder,
        MailKind::NetworkWaiting,
    ];
    expected.sort_by_key(|it| MailKind::ALL.iter().position(|of| of == it));
    assert_eq!(once, expected);
    assert!(MailKind::ALL.into_iter().all(|it| !it.may_repeat(COPIES)));
}

#[test]
fn every_topic_has_one_mail() {
    for topic in NotificationTopic::ALL {
        let mails = MailKind::ALL.into_iter().filter(|it| it.topic() == Some(topic));
        assert_eq!(mails.count(), 1, "{}", topic.code());
    }
}

/// A text with a calendar part says so, and names the time of the appointment.
#[test]
fn a_text_names_the_calendar_part_that_it_carries() {
    for text in TextKind::ALL {
        let says_so = text.shipped_words().body.contains("（invite.ics）");
        assert_eq!(says_so, text.calendar().is_some(), "{}", text.code());
        assert!(!says_so || text.variables().any(|it| it == Variable::When), "{}", text.code());
    }
}

/// A company whose address is not proved hears of such news only in a text that can reach its address.
#[test]
fn news_that_a_stranger_hears_has_a_text_to_the_company() {
    let texts: Vec<_> = TextKind::ALL.into_iter().filter(|it| it.is_told_to_a_stranger()).collect();
    assert_eq!(texts, [TextKind::NobodyLeft]);
    assert!(texts.iter().all(|it| matches!(it.reader(), Reader::Center | Reader::Expert)));
    assert!(TextKind::BackAtCenter.may_reach_a_stranger());
}
