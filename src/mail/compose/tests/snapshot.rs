//! Compares mails with their last reviewed form: the samples in full, and a digest of all other combinations
//! for each text.
use std::{collections::BTreeMap, fmt::Write};

use domain::field::Fields;
use sha2::{Digest, Sha256};

use super::{
    combinations::{combinations, plain_combinations},
    samples::{CENTER, COMPANY, mails, with_about},
};
use crate::{
    mail::{
        compose::{about, plain},
        html,
        mail_event::MailContext,
        outgoing_mail::OutgoingMail,
        text::TextKind,
    },
    secret::hex,
};

#[test]
fn the_samples_read_as_reviewed() {
    let (known, stranger) = (mails(true), mails(false));
    snapshot("samples", &known.iter().map(shown).collect::<String>());
    let to_company = stranger.iter().filter(|it| it.to == COMPANY.address);
    snapshot("samples_to_unconfirmed_address", &to_company.map(shown).collect::<String>());
    // The confirmation of the company's address changes only mails to the company.
    for (known, stranger) in known.iter().zip(&stranger).filter(|(it, _)| it.to != COMPANY.address) {
        assert_eq!(known, stranger);
    }
}

#[test]
fn every_combination_reads_as_reviewed() {
    let mut all: BTreeMap<&str, (usize, Sha256)> = BTreeMap::new();
    let mut add = |text: TextKind, mail: &OutgoingMail| {
        let (count, digest) = all.entry(text.code()).or_default();
        *count += 1;
        digest.update(shown(mail));
    };
    for confirmed in [true, false] {
        with_about(confirmed, |about_this| {
            for (names, fields) in [
                (("みなと製作所", "鈴木 一郎"), Fields::Both),
                (("", ""), Fields::Ict),
                (("みなと製作所", ""), Fields::Labor),
            ] {
                let about_this =
                    MailContext { company_name: names.0, contact_name: names.1, fields, ..*about_this };
                for (mail_event, to) in combinations() {
                    add(TextKind::of(&mail_event), &about(mail_event, to, &about_this).unwrap());
                }
            }
            for mail_event in plain_combinations() {
                add(TextKind::of_plain(&mail_event), &plain(mail_event, CENTER, &about_this.sender).unwrap());
            }
        });
    }
    let digests = all.into_iter().fold(String::new(), |mut lines, (text, (count, digest))| {
        writeln!(lines, "{text}: {count} letters, {}", hex(&digest.finalize())).unwrap();
        lines
    });
    snapshot("combinations", &digests);
}

fn snapshot(name: &str, content: &str) {
    insta::with_settings!({ snapshot_path => "snapshots", prepend_module_to_snapshot => false, omit_expression => true }, {
        insta::assert_snapshot!(name, content);
    });
}

/// Returns everything of a mail except its HTML, which follows from the text.
fn shown(it: &OutgoingMail) -> String {
    assert_eq!(it.html, html::from_text(&it.text));
    let mut shown =
        format!("======== {} to {} <{}>\nSubject: {}\n", it.kind.code(), it.to_name, it.to, it.subject);
    if let Some(unsubscribe) = &it.unsubscribe {
        shown.push_str(&format!("List-Unsubscribe: {unsubscribe}\n"));
    }
    shown.push_str(&format!("\n{}", it.text));
    if let Some(part) = &it.calendar {
        shown.push_str(&format!("-------- {}\n{}", part.method.code(), part.body.replace("\r\n", "\n")));
    }
    shown
}
