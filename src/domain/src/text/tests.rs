use proptest::prelude::*;

use super::{BadText, Prose, TextLine, amount, company_kana, digits, hyphenated, kana, optional, search_key};

#[test]
fn digits_lose_what_is_only_for_the_eye() {
    for (raw, expected) in [
        ("０３ー１２３４−５６７８", "0312345678"),
        (" 03-1234-5678 ", "0312345678"),
        ("（０３）１２３４‐５６７８", "0312345678"),
        ("03–1234—5678", "0312345678"),
        ("０９０　１２３４　５６７８", "09012345678"),
        ("090ｰ1234－5678", "09012345678"),
        ("7\u{200B}000012050002", "7000012050002"),
        ("12a-3", "12a3"),
        ("", ""),
    ] {
        assert_eq!(digits(raw), expected, "{raw}");
    }
    assert_eq!(hyphenated("ｒ０８ ー ０００１２３"), "r08-000123");
    assert_eq!(amount(" １，２３４人 "), "1234人");
    assert_eq!(amount("－5"), "-5");
}

#[test]
fn a_reading_becomes_full_width_katakana() {
    for (raw, expected) in [
        ("やまだ はなこ", Some("ヤマダ　ハナコ")),
        ("ﾔﾏﾀﾞ ﾊﾅｺ", Some("ヤマダ　ハナコ")),
        ("  ヤマダ　 ハナコ ", Some("ヤマダ　ハナコ")),
        ("か゛き゛", Some("ガギ")),
        ("は゜", Some("パ")),
        ("カ\u{3099}", Some("ガ")),
        ("コ−ヒ-", Some("コーヒー")),
        ("ジョン・スミス", Some("ジョン・スミス")),
        ("ゔぃ", Some("ヴィ")),
        ("山田", None),
        ("ABC", None),
        ("ー", None),
        ("", None),
    ] {
        assert_eq!(kana(raw).as_deref(), expected, "{raw}");
    }
    assert_eq!(company_kana("かぶしきがいしゃ みなと").as_deref(), Some("ミナト"));
    assert_eq!(company_kana("ﾐﾅﾄ ｺﾞｳﾄﾞｳｶﾞｲｼｬ").as_deref(), Some("ミナト"));
    assert_eq!(company_kana("カブシキガイシャ").as_deref(), Some("カブシキガイシャ"));
}

#[test]
fn names_that_people_take_for_one_have_one_key() {
    for same in [
        &["髙橋商店", "高橋商店", "株式会社 高橋商店", "高橋商店㈱", "（株）高橋　商店", "㍿髙𣘺商店"][..],
        &["山﨑", "山崎", "山嵜"],
        &["渡邊", "渡邉", "渡辺"],
        &["齋藤", "齊藤", "斎藤", "斉藤"],
        &["濵口", "濱口", "浜口"],
        &["𠮷田", "吉田"],
        &["辻\u{E0101}", "辻"],
        &["塚\u{FE00}本", "塚本", "塚本"],
        &["みなとサービス", "ミナトサービス", "ﾐﾅﾄｻｰﾋﾞｽ", "みなとサ−ビス"],
        &["ＡＢＣ Service", "abcservice", "合同会社 ABC service"],
        &["特定非営利活動法人つばさ", "NPO法人つばさ", "ＮＰＯ法人　ツバサ"],
        &["一般社団法人 あおば會", "(一社)あおば会"],
        // The two characters join only after they have become katakana.
        &["わ゛いん", "ヷイン"],
    ] {
        for pair in same.windows(2) {
            assert_eq!(search_key(pair[0]), search_key(pair[1]), "{pair:?}");
        }
    }
    assert_ne!(search_key("高橋"), search_key("高島"));
    assert_eq!(search_key("株式会社"), "株式会社");
    assert_eq!(search_key("株式株式会社会社みなと"), "ミナト");
}

#[test]
fn a_voicing_mark_joins_a_hiragana_only_once_it_is_katakana() {
    assert_eq!(search_key("わ゛"), "ヷ");
}

#[test]
fn a_line_is_kept_as_typed() {
    for name in ["髙﨑㈱ ①", "神戸\u{FA19}社", "辻\u{E0101}商店", "ＡＢＣ　～本舗～", "カ\u{3099}"]
    {
        let line = TextLine::parse("会社の正式名称", &format!("　 {name}\n"), 50);
        assert_eq!(line.as_ref().map(TextLine::as_str), Ok(name));
    }
}

#[test]
fn the_page_can_say_what_to_do() {
    let say = |it: Result<TextLine, BadText>| it.map_or_else(|err| err.to_string(), String::from);
    let label = "会社の正式名称";
    assert_eq!(say(TextLine::parse(label, " 　", 10)), "会社の正式名称を入力してください");
    assert_eq!(
        say(TextLine::parse(label, "a\u{0}b", 10)),
        "会社の正式名称から、改行や目に見えない記号を取り除いてください"
    );
    assert_eq!(say(TextLine::parse_kana("フリガナ", "山田", 10)), "フリガナは、カタカナで入力してください");
    assert_eq!(say(TextLine::parse_company_kana("フリガナ", "かぶしきがいしゃみなと", 20)), "ミナト");
    let long = Prose::parse("困っていること", &"あ".repeat(2134), 2000);
    assert_eq!(
        long.map_err(|err| err.to_string()),
        Err("困っていることは2,000文字以内で入力してください（現在2,134文字）".to_owned())
    );
    for refused in ["a\nb", "a\tb", "a\u{85}b", "a\u{202E}b", "a\u{2028}b"] {
        assert_eq!(TextLine::parse(label, refused, 10), Err(BadText::Control { label }));
    }
}

#[test]
fn prose_has_one_kind_of_line_break() {
    let prose = Prose::parse("内容", "\r\n一行目\r\n\t二行目\r三行目\n\n", 20).unwrap();
    assert_eq!(prose.as_str(), "一行目\n\t二行目\n三行目");
    assert_eq!(prose.to_string(), prose.as_str());
    assert_eq!(prose.lines().count(), 3);
    assert_eq!(Prose::parse("内容", "a\r\nb", 3).map(String::from), Ok("a\nb".to_owned()));
    assert!(Prose::parse("内容", "a\u{1B}[31m", 20).is_err());
}

#[test]
fn stored_text_is_checked_on_the_way_back() {
    let line = TextLine::parse("件名", "在宅勤務", 20).unwrap();
    let json = serde_json::to_string(&line).unwrap();
    assert_eq!(json, "\"在宅勤務\"");
    assert_eq!(serde_json::from_str::<TextLine>(&json).unwrap(), line);
    assert!(serde_json::from_str::<TextLine>("\"\"").is_err());
    assert!(serde_json::from_str::<Prose>("\"\\u0000\"").is_err());
}

#[test]
fn an_optional_field_may_be_blank_but_not_wrong() {
    let parse = |raw: &str| TextLine::parse("部署", raw, 3);
    assert_eq!(optional(" 　", parse), Ok(None));
    assert_eq!(optional("総務部", parse).map(|it| it.map(String::from)), Ok(Some("総務部".to_owned())));
    assert!(optional("情報システム部", parse).is_err());
}

proptest! {
    #[test]
    fn the_key_of_a_key_is_the_key(raw in any::<String>()) {
        let key = search_key(&raw);
        prop_assert_eq!(search_key(&key), key);
    }

    #[test]
    fn the_key_of_a_company_is_stable(raw in "[株式会社有限（）() ㈱髙あア゛が-]{0,12}") {
        let key = search_key(&raw);
        prop_assert_eq!(search_key(&key), key);
    }

    #[test]
    fn converting_kana_a_second_time_changes_nothing(raw in "[ぁ-ゖァ-ヺｦ-ﾟ ー・]{0,20}") {
        if let Some(reading) = kana(&raw) {
            prop_assert_eq!(kana(&reading), Some(reading));
        }
    }

    #[test]
    fn any_text_is_kept_or_refused(raw in any::<String>(), max in 0..40_usize) {
        if let Ok(line) = TextLine::parse("x", &raw, max) {
            prop_assert_eq!(line.as_str(), raw.trim());
            prop_assert!(line.as_str().chars().count() <= max);
            prop_assert!(!line.as_str().contains(char::is_control));
        }
        if let Ok(prose) = Prose::parse("x", &raw, max) {
            prop_assert_eq!(Prose::parse("x", prose.as_str(), max), Ok(prose.clone()));
            prop_assert!(!prose.as_str().contains('\r'));
        }
    }
}
