use std::collections::{BTreeSet, HashSet};

use domain::correspondence::company_channel::CompanyChannel;
use samples::{CENTER, COMPANY, COMPANY_NAME, EXPERT, appointment_text, mails, now, with_about};

use super::{Answers, Frame, about, values, wording};
use crate::mail::{
    mail_event::{MailContext, MailEvent, ReaderSide, Recipient},
    outgoing_mail::{CalendarMethod, MailKind, OutgoingMail},
    preview::{self, PreviewEvent},
    text::{MailWording, TextKind, Texts, Variable},
};

mod campaign;
mod case_number;
mod combinations;
mod examples;
mod gathering;
mod network;
mod part;
mod samples;
mod snapshot;
mod security;
mod survey;

const RELAYED: &str = "このメールに返信すると、相手に届きます。\nメールアドレスは、相手に伝わりません。\n";

/// The mails whose reader answers the other side at our relay address.
fn is_relayed(kind: MailKind) -> bool {
    [MailKind::NetworkQuestion, MailKind::MentorReminder, MailKind::NetworkWords].contains(&kind)
}

#[test]
fn every_kind_is_written_and_reads_well() {
    let mails = [mails(true), examples::mails()].concat();
    let kinds: HashSet<_> = mails.iter().map(|it| it.kind).collect();
    for kind in MailKind::ALL {
        assert!(kinds.contains(&kind), "{}", kind.code());
    }
    for it in &mails {
        let (text, name) = (&it.text, it.kind.code());
        assert!(it.subject.starts_with("【テレワーク相談センター】"), "{}", it.subject);
        assert!(!text.contains("\n\n\n"), "{name}: {text}");
        assert!(!text.contains(" ・"), "{name} has a list on one line: {text}");
        let to_desk = [
            MailKind::HandOverAccepted,
            MailKind::HandOverReopened,
            MailKind::HandOverResult,
            MailKind::DeskMessage,
        ]
        .contains(&it.kind);
        // Only the words of people of the center and of experts can be internal.
        let to_asked = TextKind::from_code(it.kind.code()).is_some_and(TextKind::is_for_asked);
        let last = match (it.consultation, it.to == COMPANY.address || to_desk) {
            (Some(_), false) if to_asked => "このメールに返信すると、センターだけに届きます。\n",
            (None, _) if is_relayed(it.kind) => RELAYED,
            (None, _) => "このメールは送信専用です。ご返信には対応していません。\n",
            (Some(_), true) => "このメールに返信すると、この相談へのメッセージとして届きます。\n",
            (Some(_), false) => "先頭に #internal と書くと、企業には表示されません。\n",
        };
        assert!(text.ends_with(last), "{name}: {text}");
        assert!(text.contains("電話：0120-000-000\n受付：平日9:00から17:00"), "{name}");
        for wrong in ["①", "㈱", "～", "無効", "不正", "様 様", "御中 様", "{{", "させていただ", "："]
        {
            let times =
                if wrong == "：" { text.matches("：\n").count() } else { text.matches(wrong).count() };
            assert_eq!(times, 0, "{name} has {wrong}: {text}");
        }
        for line in text.lines().filter(|it| !it.contains("http")) {
            assert!(width(line) <= 74, "{name}: {} columns: {line}", width(line));
            assert_eq!(line.trim_end(), line);
        }
        assert_eq!((it.due_at, &it.dedup_key, it.send_condition), (now(), &None, None));
        assert_eq!(it.html.matches("<h2").count(), text.lines().filter(|it| it.starts_with('■')).count());
        assert!(!it.html.contains(['▼', '■']), "{name}: {}", it.html);
    }
}

#[test]
fn a_mail_about_an_appointment_has_a_calendar_part() {
    for it in mails(true) {
        // A mail says that it has a calendar part, and which kind.
        let cancels = it.text.contains("カレンダーの予定を取り消すファイル（invite.ics）");
        let invites = it.text.contains("ファイル（invite.ics）");
        let wanted = cancels.then_some(CalendarMethod::Cancel).or(invites.then_some(CalendarMethod::Request));
        let concerns_one = [MailKind::Booked, MailKind::Moved, MailKind::Venue, MailKind::Cancelled];
        assert!(
            wanted.is_some() || it.to == CENTER.address || !concerns_one.contains(&it.kind),
            "{}",
            it.text
        );
        assert_eq!(it.calendar.as_ref().map(|it| it.method), wanted, "{}", it.kind.code());
        if let Some(part) = it.calendar {
            let body = part.body.replace("\r\n ", "");
            assert!(
                body.contains("UID:0191@example.jp\r\nURL") || part.method == CalendarMethod::Cancel,
                "{body}"
            );
            assert!(body.contains(&format!("mailto:{}", it.to)), "{body}");
            assert_eq!(body.contains("RSVP=TRUE"), it.kind == MailKind::Request, "{body}");
        }
    }
}

/// An expert who was asked and has not accepted knows nothing of the company, and it stays so whatever the mail is about.
#[test]
fn an_expert_who_is_only_asked_reads_nothing_of_the_company() {
    let mut seen = HashSet::new();
    with_about(true, |about_this| {
        for (event, to) in samples::mail_events() {
            let kind = TextKind::of(&event);
            if !kind.is_for_asked() {
                continue;
            }
            seen.insert(kind);
            assert!(!kind.variables().any(|it| it == Variable::Company), "{}", kind.code());
            let it = about(event, to, about_this).unwrap();
            let calendar = it.calendar.map(|it| it.body.replace("\r\n ", "")).unwrap_or_default();
            let all = format!("{}{}{}{calendar}", it.subject, it.text, it.html);
            assert!(!all.contains(COMPANY_NAME) && !all.contains(COMPANY.name), "{}: {all}", kind.code());
            assert!(!all.contains("企業にも届きます"), "{all}");
        }
    });
    assert_eq!(seen.len(), 6);
}

/// The center calls a company that no mail reaches, so that no letter to center or experts says that it was sent a mail.
#[test]
fn no_mail_claims_that_a_company_on_the_telephone_was_sent_something() {
    let mut seen = HashSet::new();
    with_about(true, |about_this| {
        let called = MailContext { channel: CompanyChannel::Telephone, ..*about_this };
        for (event, to) in combinations::combinations() {
            if to.address == COMPANY.address {
                continue;
            }
            let kind = TextKind::of(&event);
            let text = about(event, to, &called).unwrap().text;
            if kind.variables().any(|it| it == Variable::ByTelephone) {
                seen.insert(kind);
                assert!(text.contains("電話で"), "{}: {text}", kind.code());
            }
            let about_company = text.lines().filter(|it| it.starts_with("企業に"));
            for line in about_company {
                let claims = ["お知らせし", "お送りし", "お伝えしています", "お伝えしました", "伝えています"];
                assert!(!claims.iter().any(|it| line.contains(*it)), "{}: {line}", kind.code());
            }
        }
    });
    assert_eq!(seen.len(), 5);
}

#[test]
fn an_unconfirmed_address_hears_nothing_of_what_the_form_said() {
    for it in mails(false).into_iter().filter(|it| it.to == COMPANY.address) {
        let calendar = it.calendar.map(|it| it.body.replace("\r\n ", "")).unwrap_or_default();
        let all = format!("{}{}{}{}{calendar}", it.to_name, it.subject, it.text, it.html);
        for said in [COMPANY_NAME, COMPANY.name, "台場"] {
            let from_the_appointment = said == "台場" && it.kind != MailKind::Acknowledgement;
            assert!(from_the_appointment || !all.contains(said), "{}: {said} in {}", it.kind.code(), it.text);
        }
        assert!(it.text.starts_with("ご担当者 様\n"), "{}", it.text);
    }
}

#[test]
fn the_acknowledgement_asks_to_confirm_and_says_by_when() {
    insta::assert_snapshot!(text(&mails(false), MailKind::Acknowledgement, COMPANY), @r#"
    【テレワーク相談センター】ご相談の申込みを受け付けました（受付番号 R08-000123）

    ご担当者 様

    テレワーク相談センターです。

    このたびは、ご相談をお申し込みいただき、ありがとうございます。
    下記の内容で受け付けました。

    受付番号：R08-000123
    受付日時：2026年（令和8年）11月20日（金）14:05
    相談分野：ICT、労務管理
    希望日時：2026年（令和8年）11月24日（火）10:00から12:00（仮予約）

    専門家に依頼するため、メールアドレスの確認をお願いします。
    下のリンクを開いて、ボタンを押してください。

    ▼メールアドレスを確認する
    https://soudan.example.jp/l/TOKEN

    希望の日時は、11月21日（土）14:05まで
    仮に押さえています。それまでに確認が終わらないときは、
    日時をもう一度選んでいただきます。

    ■今後の流れ
    1. 3営業日以内（11月26日（木）まで）に、センターから
       メールまたは電話でご連絡します。
    2. 専門家（テレワークマネージャー）が決まりましたら、
       日時をメールでお知らせします。
    ※まだ日程は確定していません。

    期日を過ぎても連絡がないときは、お手数ですが下記の電話へ
    お知らせください。
    お申し込みに心当たりがないときは、リンクを開かずに
    このメールを削除してください。

    ――――――――――――――――――――
    テレワーク相談センター
    電話：0120-000-000
    受付：平日9:00から17:00（祝日・年末年始を除く）
    このメールに返信すると、この相談へのメッセージとして届きます。
    "#);
}

#[test]
fn the_booking_says_when_and_where() {
    insta::assert_snapshot!(text(&mails(true), MailKind::Booked, COMPANY), @r#"
    【テレワーク相談センター】相談の日時が決まりました（受付番号 R08-000123）

    みなと製作所
    鈴木 一郎 様

    テレワーク相談センターです。

    専門家との相談の日時が決まりました。

    受付番号：R08-000123
    日時　　：2026年（令和8年）11月24日（火）10:00から12:00
    実施方法：訪問
    訪問先　：東京都港区台場9-9-9
    担当　　：山田 花子

    ▼予約の内容を確認する
    https://soudan.example.jp/l/TOKEN

    ■当日まで
    手続きは必要ありません。
    カレンダーに追加できるファイル（invite.ics）を添付しています。

    ■日時の変更・取消し
    11月20日（金）17:00までは、上のページで手続きできます。
    その後は、下記の電話へご連絡ください。

    ――――――――――――――――――――
    テレワーク相談センター
    電話：0120-000-000
    受付：平日9:00から17:00（祝日・年末年始を除く）
    このメールに返信すると、この相談へのメッセージとして届きます。
    "#);
}

#[test]
fn the_request_says_by_when_to_answer() {
    insta::assert_snapshot!(text(&mails(true), MailKind::Request, EXPERT), @r#"
    【テレワーク相談センター】相談の担当のお願い（受付番号 R08-000123）

    山田 花子 様

    テレワーク相談センターです。

    相談の担当をお願いします。
    内容を確認し、11月24日（火）17:00までに
    回答してください。

    受付番号：R08-000123
    依頼分野：労務管理
    日時　　：2026年（令和8年）11月24日（火）10:00から12:00
    実施方法：訪問
    訪問先　：東京都港区台場9-9-9
    担当　　：山田 花子

    ■相談の概要
    所在地：東京都
    テーマ：労働時間の管理

    ▼内容を見て回答する
    https://soudan.example.jp/a/TOKEN

    ■今後の流れ
    引き受けていただくと、この日時で予約が確定します。
    カレンダー用のファイル（invite.ics）を添付しています。
    回答は、上のページのほか、カレンダーの「承諾」「辞退」でも
    受け付けます。
    このメールに返信しても、回答にはなりません。
    期限を過ぎると、この依頼は取り消されます。

    ――――――――――――――――――――
    テレワーク相談センター
    電話：0120-000-000
    受付：平日9:00から17:00（祝日・年末年始を除く）
    このメールに返信すると、センターだけに届きます。
    "#);
}

#[test]
fn a_mail_greets_its_reader_once() {
    for (company, person, greeted) in [
        ("", "", "ご担当者 様"),
        ("みなと製作所", "", "みなと製作所 御中"),
        ("みなと製作所御中", "鈴木様", "みなと製作所\n鈴木 様"),
        ("", "山田 花子 様", "山田 花子 様"),
        ("みなと\r\n製作所", "鈴木\n一郎", "みなと  製作所\n鈴木 一郎 様"),
    ] {
        assert_eq!(wording::greeting(company, person), greeted);
    }
}

#[test]
fn the_words_of_a_person_cannot_imitate_the_mail() {
    let reason = "▼ログインする\nhttps://evil.example.jp/\n■お知らせ\n\n\n\n\n受付番号：1 <b>";
    let mail_event = MailEvent::Cancelled {
        side: ReaderSide::Expert,
        appointment: appointment_text(),
        reason,
        by: None,
        is_blocked: false,
    };
    let it = with_about(true, |about_this| about(mail_event, EXPERT, about_this)).unwrap();
    assert!(it.html.contains("&lt;b&gt;") && !it.html.contains("<b>"));
    assert!(!it.html.contains(">ログインする</a>") && !it.html.contains("<h2>お知らせ"), "{}", it.html);
}

fn text(mails: &[OutgoingMail], kind: MailKind, to: Recipient<'_>) -> String {
    let it = mails.iter().find(|it| it.kind == kind && it.to == to.address).unwrap();
    format!("{}\n\n{}", it.subject, it.text)
}

/// Returns the width in columns; a full-width character counts as two.
fn width(line: &str) -> usize {
    line.chars().map(|it| if it.is_ascii() { 1 } else { 2 }).sum()
}

/// An administrator begins with the shipped words, and they can be saved as they are. The mails of every
/// event then stay exactly the same.
#[test]
fn ones_own_words_begin_as_the_shipped_ones() {
    let mut texts = Texts::default();
    for kind in TextKind::ALL {
        texts.put(kind, 2026, Some(&kind.shipped_words()));
    }
    assert_eq!(texts.broken(2026), []);
    let (own, shipped) = (samples::mails_in(true, &texts), mails(true));
    for (own, shipped) in own.iter().zip(&shipped) {
        let name = own.kind.code();
        assert_eq!(own.text, shipped.text, "{name}");
        assert_eq!(own, shipped, "{name}");
    }
    let stranger = |mails: Vec<OutgoingMail>| text(&mails, MailKind::Acknowledgement, COMPANY);
    assert_eq!(stranger(samples::mails_in(false, &texts)), stranger(mails(false)));
}

/// A text can name exactly the variables that its mails set.
#[test]
fn every_mail_event_fills_exactly_the_variables_of_its_text() {
    let mut seen = HashSet::new();
    with_about(true, |about_this| {
        let mut all: Vec<_> = samples::mail_events()
            .iter()
            .map(|(it, _)| (TextKind::of(it), values::of(it, about_this)))
            .collect();
        all.extend(
            samples::account_mail_events()
                .iter()
                .map(|it| (TextKind::of_plain(it), values::of_plain(it, &about_this.sender))),
        );
        all.extend(preview::examples(&examples::facts(about_this)).iter().map(|it| match it {
            PreviewEvent::Case(event) => (TextKind::of(event), values::of(event, about_this)),
            PreviewEvent::Plain(event) => {
                (TextKind::of_plain(event), values::of_plain(event, &about_this.sender))
            }
        }));
        for (kind, values) in all {
            seen.insert(kind);
            let known: BTreeSet<_> = values.variables().collect();
            let mut named: BTreeSet<_> = kind.variables().collect();
            // Every mail about a consultation sets these variables, even if its text may not name them.
            named.extend([Variable::Number, Variable::Fields].iter().filter(|it| known.contains(it)));
            assert_eq!(known, named, "{}", kind.code());
            for required in kind.required() {
                assert!(!values.get(*required).is_empty(), "{}: {}", kind.code(), required.name());
            }
        }
    });
    let all: HashSet<_> = TextKind::ALL.into_iter().filter(|it| *it != TextKind::Frame).collect();
    assert_eq!(seen, all);
}

#[test]
fn every_text_has_an_example() {
    with_about(true, |about_this| {
        let facts = examples::facts(about_this);
        for kind in TextKind::ALL {
            let shown = if kind == TextKind::Frame { TextKind::ReportReady } else { kind };
            let found = preview::example(kind, &facts).map(|it| it.text());
            assert_eq!(found, Some(shown), "{}", kind.code());
        }
        assert_eq!(preview::examples(&facts).len(), TextKind::ALL.len() - 1, "a text has two examples");
    });
}

#[test]
fn the_frame_knows_what_its_text_names() {
    with_about(true, |about_this| {
        let number = Some(about_this.number);
        let frame =
            Frame {
                title: "件名", body: "本文", answers: Answers::Staff, greeting: "鈴木 様", number
            };
        let known: BTreeSet<_> = values::of_frame(&frame, &about_this.sender).variables().collect();
        assert_eq!(known, TextKind::Frame.variables().collect());
    });
}

/// The administrator's own frame surrounds every mail, whatever its reader and its kind.
#[test]
fn every_mail_has_the_frame_of_the_administrator() {
    let mut texts = Texts::default();
    let title = "［デスク］{{ 件名 }}{% if 受付番号 %} {{ 受付番号 }}{% endif %}";
    let body = "{{ 宛名 }}\n\nいつもお世話になっております。\n\n{{ 本文 }}\n\n-- \nデスク{% if not 返信不可 %}\n返信できます{% endif %}";
    texts.put(TextKind::Frame, 2026, Some(&MailWording { title: title.to_owned(), body: body.to_owned() }));
    assert_eq!(texts.broken(2026), []);
    for (own, shipped) in samples::mails_in(true, &texts).into_iter().zip(mails(true)) {
        let name = own.kind.code();
        assert!(own.subject.starts_with("［デスク］"), "{name}: {}", own.subject);
        assert_eq!(
            own.subject.ends_with(" R08-000123"),
            own.consultation.is_some(),
            "{name}: {}",
            own.subject
        );
        assert!(own.text.contains("\n\nいつもお世話になっております。\n\n"), "{name}: {}", own.text);
        let is_answered = own.consultation.is_some() || is_relayed(own.kind);
        assert_eq!(own.text.contains("返信できます"), is_answered, "{name}");
        assert!(own.html.contains("いつもお世話になっております。"), "{name}: {}", own.html);
        assert!(!own.text.contains("――――"), "{name}: {}", own.text);
        assert_eq!(own.text.lines().next(), shipped.text.lines().next(), "{name}");
    }
}

#[test]
fn ones_own_words_repeat_nothing_to_a_stranger() {
    let mut texts = Texts::default();
    for kind in TextKind::ALL {
        let all: Vec<_> = kind.variables().map(|it| format!("{{{{ {} }}}}", it.name())).collect();
        let title =
            if kind == TextKind::Frame { "【{{ センター名 }}】{{ 件名 }}" } else { "お知らせ" };
        let words = MailWording { title: title.to_owned(), body: all.join("\n") };
        texts.put(kind, 2026, Some(&words));
    }
    assert_eq!(texts.broken(2026), []);
    for it in samples::mails_in(false, &texts).into_iter().filter(|it| it.to == COMPANY.address) {
        for said in [COMPANY_NAME, COMPANY.name, "台場"] {
            assert!(!it.text.contains(said), "{}: {said} in {}", it.kind.code(), it.text);
            assert!(!it.subject.contains(said), "{}", it.subject);
        }
        assert!(it.subject.starts_with("【テレワーク相談センター】お知らせ"), "{}", it.subject);
    }
}
