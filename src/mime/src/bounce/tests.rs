use super::{DeliveryStatus, report};
use crate::read;

fn report_of(raw: &str, null_sender: bool) -> Option<super::BounceReport> {
    report(&read(raw.replace('\n', "\r\n").as_bytes()), null_sender)
}

#[test]
fn a_report_in_words_names_address_reason_and_mail() {
    let raw = "From: MAILER-DAEMON@mail.example.net\nSubject: failure notice\n\n\
        Hi. This is the qmail-send program at mail.example.net.\n\
        I'm afraid I wasn't able to deliver your message to the following addresses.\n\n\
        <taro..yamada.@docomo.example>:\n192.0.2.1 does not like recipient.\n\
        Remote host said: 550 5.1.1 Unknown user\n\n--- Below this line is a copy of the message.\n\n\
        Message-Id: <0191@example.jp>\n";
    let it = report_of(raw, false).unwrap();
    assert_eq!(it.message_ids, ["0191@example.jp"]);
    assert_eq!(it.failures.len(), 1);
    let failure = &it.failures[0];
    assert_eq!((failure.address.as_str(), failure.status.as_str()), ("taro..yamada.@docomo.example", "550"));
    assert_eq!(failure.delivery, DeliveryStatus::Lost);
    assert_eq!(failure.diagnostic, "Remote host said: 550 5.1.1 Unknown user");
}

#[test]
fn a_person_who_speaks_of_failure_is_no_report() {
    let body = "\n\nUndeliverable とのことで、届きませんでした。could not be delivered\n";
    let raw = format!("From: tanaka@example.co.jp\nSubject: Re: Undelivered Mail{body}");
    assert_eq!(report_of(&raw, false), None);
    // A server's mail about something else, and an absence notice without an envelope sender, are not
    // bounces.
    assert_eq!(report_of("From: postmaster@example.co.jp\nSubject: maintenance\n\nTonight.\n", false), None);
    assert_eq!(report_of("From: tanaka@example.co.jp\nSubject: 不在です\n\n休暇中です。\n", true), None);
}

#[test]
fn a_server_that_goes_on_trying_has_not_failed() {
    let raw = "From: MAILER-DAEMON@mx.example.net\nSubject: Delivery Status Notification (Delay)\n\n\
        <a@example.co.jp>: 451 4.7.1 try later\n";
    assert_eq!(report_of(raw, true).unwrap().failures[0].delivery, DeliveryStatus::Delayed);
}
