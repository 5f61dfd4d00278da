use proptest::prelude::*;

use super::pieces;
use crate::tests::written;

/// Lines that people type, including lines that look like something else.
const TYPED: &[&str] = &[
    "承知しました。",
    "端末は28台です。",
    "From: の書き方について教えてください。",
    "2026年11月24日(火) 10:00から11:00でお願いします。",
    "社長からのメッセージ：よろしくとのことです。",
    "電話は 03-0000-0000 です。",
    "On second thought: はい。",
    "- 一つ目です。",
    "件名: は変えていません。",
];
const SIGNED: &[&str] = &[
    "",
    "\n-- \n株式会社みなと製作所\n〒105-0001 見本町1-2-3",
    "\n--------------------\n田中 一郎\n見本町1-2-3 TEL 03-0000-0000\n--------------------",
    "\n◆◇◆◇◆◇◆◇◆◇◆◇\n田中\n見本町1-2-3\nhttps://example.co.jp/",
];
const QUOTED: &[&str] = &[
    "\n> 以前の本文です。\n> \n> 以上",
    "\n2026年11月20日(金) 10:00 窓口 <a@example.jp>:\n> 以前の本文です。",
    "\n2026年11月20日(金) 10:00 テレワーク相談窓口\n<madoguchi@example.jp>:\n\n以前の本文です。",
    "\nOn Fri, Nov 20, 2026 at 10:00 AM 窓口 <a@example.jp> wrote:\n\n> 以前の本文です。",
    "\n-----Original Message-----\nFrom: 窓口 <a@example.jp>\nSent: Friday\nTo: b\nSubject: x\n\n以前の本文です。",
    "\n差出人: 窓口\n送信日時: 2026年11月20日 10:00\n宛先: 総務部\n件名: ご確認\n\n以前の本文です。",
    "\n________________________________\n差出人： 窓口\n宛先： 総務部\n件名： ご確認\n以前の本文です。",
    "\n----- 元のメッセージ -----\n以前の本文です。",
    "\n＞以前の本文です。",
];

#[test]
fn quotations_of_many_programs_are_folded() {
    let texts = [
        "はい。\n\n-----Original Message-----\nFrom: 窓口\n本文",
        "はい。\n\n----- 元のメッセージ -----\n差出人: 窓口\n本文",
        "はい。\n\n差出人: 窓口 <a@example.jp>\n送信日時: 2026年11月20日金曜日 10:00\n宛先: 総務部\n件名: ご確認\n\n本文",
        "はい。\n\n________________________________\nFrom: a <a@example.jp>\nSent: Friday\nTo: b\nSubject: x\n\n本文",
        "はい。\n\nOn Fri, Nov 20, 2026 at 10:00 AM 窓口\n<a@example.jp> wrote:\n\n> 本文",
        "はい。\n\n2026年11月20日(金) 10:00 窓口 <a@example.jp>:\n\n> 本文",
        "はい。\n\n2026/11/20 10:00、窓口 <a@example.jp>のメール:\n\n> 本文",
        "はい。\n\n2026年11月20日(金) 10:00 窓口 <a@example.jp>:\n本文（印のない引用）",
        "はい。\n\n> 本文\n>\n>> もっと前\n",
        "はい。\n\n＞本文",
        "はい。\n\n窓口 <a@example.jp> さんは 2026年11月20日 に書きました：\n> 本文",
        "はい。\n\n窓口 <a@example.jp> wrote on 2026/11/20 10:00:00:\n\n> 本文",
        "はい。\n\n---- 元メッセージ ----\nFrom： 窓口\n本文",
        // A signature below the quotation, recognized by its mark, by its rule, or by its content.
        "はい。\n\n2026年11月20日(金) 10:00 窓口 <a@example.jp>:\n> 本文\n\n-- \n株式会社みなと製作所\n田中",
        "はい。\n\n> 本文\n\n----------------\n株式会社みなと製作所\n田中\n----------------",
        "はい。\n\n> 本文\n\n株式会社みなと製作所\n田中 一郎\nTEL 03-0000-0000",
        "はい。\n\n> 本文\n\niPhoneから送信",
        // A second signature above the quotation.
        "はい。\n\n-- \n田中\n\n> 本文\n\n-- \n田中",
    ];
    for text in texts {
        assert_eq!(written(text), ["はい。"], "{text}");
    }
    // Between quotations, all written text stays visible.
    assert_eq!(written("> 一つ目\nはい。\n\n> 二つ目\nいいえ。"), ["はい。", "いいえ。"]);
    // An answer below the quotation is written text, even if it contains a telephone number.
    let below = "はい。\n> 本文\n電話は 03-0000-0000 です。";
    assert_eq!(written(below), ["はい。", "電話は 03-0000-0000 です。"]);
    assert_eq!(written("はい。\n> 電話番号は？\nTEL 03-0000-0000"), ["はい。", "TEL 03-0000-0000"]);
    // Text that only resembles a quotation or a signature is written text.
    for text in [
        "From: の書き方について教えてください。",
        "2026年11月20日に伺います。\nよろしくお願いします。",
        "- 一つ\n- 二つ",
        "合計：3件",
        "社長からのメッセージ：\nよろしくお願いします。",
        "以下は先方からのメール:\n検討します。",
        "2026年11月24日(火) 10:00からの出席者:\n田中、鈴木",
        "----------\n1. 端末は28台です。\n----------\n以上です。",
    ] {
        assert_eq!(written(text), [text]);
    }
}

proptest! {
    #[test]
    fn folding_a_quotation_loses_no_text(text in "([>＞ -]{0,3}[あa:@<年0-9]{0,8}\n?|-- \n|On a wrote:\n|差出人: a\n|件名: b\n|宛先: c\n|\n){0,20}") {
        let whole: Vec<_> = pieces(&text).iter().map(|it| it.text().to_owned()).collect();
        prop_assert_eq!(whole.join("\n"), text);
    }

    /// The text that was typed first stays visible, whatever follows it and whatever that resembles, and so
    /// does every sentence above the first mark of a signature.
    #[test]
    fn text_above_a_quotation_is_never_folded(
        typed in prop::collection::vec(prop::sample::select(TYPED), 1..6),
        signed in prop::sample::select(SIGNED),
        quoted in prop::sample::select(QUOTED),
        below in prop::sample::select(SIGNED),
    ) {
        let above = typed.join("\n");
        let text = format!("{above}\n{signed}\n{quoted}\n{below}");
        let shown = written(&text).join("\n");
        let folded: Vec<_> = pieces(&text).iter().map(|it| it.text().to_owned()).collect();
        prop_assert_eq!(folded.join("\n"), &*text);
        for line in &typed {
            prop_assert!(shown.contains(*line), "{:?} of {:?}", line, text);
        }
        for gone in ["以前の本文", "見本町"] {
            prop_assert!(!shown.contains(gone), "{:?} in {:?} of {:?}", gone, shown, text);
        }
    }
}
