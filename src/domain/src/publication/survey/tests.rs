use super::{PhoneCheck, SurveyChannel, SurveyFacts, SurveyFault, SurveySearch, SurveyTarget};
use crate::text::TextLine;

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 200).unwrap()
}

fn facts() -> SurveyFacts {
    SurveyFacts {
        office: line("見本省"),
        firm: Some(line("株式会社みほんリサーチ")),
        target: SurveyTarget::default(),
        channels: vec![SurveyChannel::Post],
        starts_on: "2026-11-01".parse().unwrap(),
        ends_on: "2026-12-15".parse().unwrap(),
        contact: line("みほんリサーチ 調査事務局"),
        phone: Some(line("03-0000-1111")),
        words: Some(line("働き方アンケート")),
        pictures: Vec::new(),
        form: None,
    }
}

fn check(typed: &str) -> Option<PhoneCheck> {
    SurveySearch::parse(typed).check(&line("企業のデジタル化に関する調査"), &facts())
}

#[test]
fn a_notice_is_found_in_any_width_and_kana() {
    for typed in ["㈱ﾐﾎﾝﾘｻｰﾁ", "みほんりさーち", "見本省　ﾃﾞｼﾞﾀﾙ化", "働き方あんけーと"]
    {
        assert_eq!(check(typed), Some(PhoneCheck::NotTyped), "{typed}");
    }
    for typed in ["別の会社", "見本省 別の会社", "株式会社"] {
        let found = check(typed);
        assert_eq!(found, None, "{typed}");
    }
}

/// A request that names a real survey and another telephone number is the one that has to be told apart.
#[test]
fn another_telephone_number_is_never_the_same() {
    assert_eq!(check("みほんリサーチ ０３（００００）１１１１"), Some(PhoneCheck::Same));
    assert_eq!(check("0300001111"), Some(PhoneCheck::Same));
    assert_eq!(check("みほんリサーチ 03-0000-2222"), Some(PhoneCheck::Other));
    assert_eq!(check("みほんリサーチ 03-0000-1111 050-0000-3333"), Some(PhoneCheck::Other));
    assert_eq!(check("03-0000-2222"), None);
    assert!(SurveySearch::parse(" 　").is_empty());
}

#[test]
fn a_survey_ends_after_it_starts_and_names_its_channel() {
    assert_eq!(facts().faults(), []);
    let with = |change: fn(&mut SurveyFacts)| {
        let mut it = facts();
        change(&mut it);
        it.faults()
    };
    assert_eq!(with(|it| it.ends_on = "2026-10-31".parse().unwrap()), [SurveyFault::EndsBeforeItStarts]);
    assert_eq!(with(|it| it.channels.clear()), [SurveyFault::NoChannel]);
    let by_phone = with(|it| {
        it.channels.push(SurveyChannel::Telephone);
        it.phone = None;
    });
    assert_eq!(by_phone, [SurveyFault::NoPhone]);
}
