//! Real mails with random damage: each is stored octet by octet, and each gets an outcome.
use std::path::Path;

use domain::correspondence::inbound_mail::InboundState;
use madoguchi::{store, worker};

use crate::{
    cases::{self, CONTACT, Cast},
    inbound::keep,
    site::{PASSWORD, Site},
};

#[path = "../mutation.rs"]
mod mutation;

use mutation::{Chance, samples};

#[actix_web::test]
async fn every_mutation_is_kept_understood_and_shown() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let appointment = cases::appointment(&site, case).await;
    let sent = cases::mails_to(&site, CONTACT).await.remove(0);
    let samples = samples(&Path::new(env!("CARGO_MANIFEST_DIR")).join("tests/mails"));
    assert!(samples.len() > 25, "{}", samples.len());
    let to = site.app.reply_address(case.id, CONTACT);
    let mut chance = Chance(20_261_120);
    let mut states = std::collections::BTreeSet::new();
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    for sample in samples.iter().cycle().take(samples.len() * 4) {
        // The mail is addressed to this consultation, so that more code runs on it.
        let parts: [(&[u8], &str); 7] = [
            (b"reply+0123456789abcdef@example.jp", &to),
            (b"{to}", &to),
            (b"{from}", CONTACT),
            (b"{address}", CONTACT),
            (b"{uid}", &appointment.uid),
            (b"{id}", &sent.message_id),
            (b"{method}", "REPLY"),
        ];
        let mut raw = parts.iter().fold(sample.clone(), |raw, (name, value)| filled(&raw, name, value));
        chance.mutate(&mut raw);
        let id = keep(&site, &raw, "").await;
        while worker::inbound_mail::step(&site.app).await.unwrap() {}
        let mail = store::correspondence::inbound_mail::find(&site.app.db, id).await.unwrap().unwrap();
        let shown = String::from_utf8_lossy(&raw);
        assert_ne!(mail.state.code(), InboundState::Stored.code(), "{shown}");
        assert_eq!(mail.attempts, 0, "it was understood at once: {shown}");
        assert_eq!(store::correspondence::inbound_mail::raw(&site.app.db, id).await.unwrap().unwrap(), raw);
        assert_eq!(site.get(&format!("/staff/mail/in/{}", mail.id)).await.status, 200, "{shown}");
        states.insert(mail.state.code().to_owned());
        site.app.clock.advance(chrono::TimeDelta::minutes(3));
    }
    assert!(states.len() > 3, "only {states:?}");
    let thread = site.get(&format!("/staff/consultations/{}?view=messages", case.number)).await;
    assert_eq!(thread.status, 200);
}

fn filled(raw: &[u8], name: &[u8], value: &str) -> Vec<u8> {
    let mut filled = Vec::with_capacity(raw.len());
    let mut at = 0;
    while at < raw.len() {
        if raw[at..].starts_with(name) {
            filled.extend(value.as_bytes());
            at += name.len();
        } else {
            filled.push(raw[at]);
            at += 1;
        }
    }
    filled
}
