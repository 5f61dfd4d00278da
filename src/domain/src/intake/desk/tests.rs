use super::{DeskForm, DeskProfile, NoPlace, SearchedPlace};
use crate::{
    intake::company::{BadPostalCode, PostalCode},
    prefecture::Prefecture,
};

fn form() -> DeskForm {
    DeskForm {
        name: "秋田商工会議所".to_owned(),
        prefecture: "05".to_owned(),
        postal_code: "010-0951".to_owned(),
        address: "秋田市山王一丁目".to_owned(),
        phone: "018-863-4141".to_owned(),
        hours: "平日 9:00〜17:00".to_owned(),
        subjects: "テレワークの始め方、助成金".to_owned(),
        website: "https://www.example.jp/".to_owned(),
    }
}

fn code(raw: &str) -> PostalCode {
    PostalCode::parse(raw).unwrap()
}

#[test]
fn a_desk_needs_its_name_and_its_prefecture_alone() {
    let whole = DeskProfile::parse(&form()).unwrap();
    assert_eq!(whole.details.postal_code, Some(code("0100951")));
    let short = DeskForm { name: form().name, prefecture: "5".to_owned(), ..DeskForm::default() };
    let short = DeskProfile::parse(&short).unwrap();
    assert_eq!(short.details, super::DeskDetails::default());
    assert_eq!(short.key(), whole.key());
}

#[test]
fn all_mistakes_are_found_at_once() {
    let wrong = DeskForm {
        name: String::new(),
        prefecture: "48".to_owned(),
        postal_code: "12".to_owned(),
        phone: "110".to_owned(),
        hours: "あ".repeat(101),
        subjects: "あ".repeat(301),
        website: "www.example.jp".to_owned(),
        ..form()
    };
    let fields: Vec<_> =
        DeskProfile::parse(&wrong).unwrap_err().into_iter().map(|(field, _)| field).collect();
    assert_eq!(fields, ["name", "prefecture", "postal_code", "phone", "hours", "subjects", "website"]);
    let elsewhere = DeskForm { prefecture: "13".to_owned(), ..form() };
    let mistakes = DeskProfile::parse(&elsewhere).unwrap_err();
    assert_eq!(mistakes.len(), 1);
    assert!(
        mistakes.iter().all(|(field, why)| *field == "postal_code" && why.contains("秋田県")),
        "{mistakes:?}"
    );
}

#[test]
fn a_place_is_a_postal_code_or_a_prefecture() {
    let akita = Prefecture::from_code(5).unwrap();
    assert_eq!(SearchedPlace::parse("", "05"), Ok(Some(SearchedPlace::Prefecture(akita))));
    assert_eq!(
        SearchedPlace::parse("０１０−０００１", "13"),
        Ok(Some(SearchedPlace::Code(code("0100001"), akita)))
    );
    assert_eq!(SearchedPlace::parse("", ""), Ok(None));
    assert_eq!(SearchedPlace::parse("123", ""), Err(NoPlace::Code(BadPostalCode::NotSevenDigits)));
    assert_eq!(SearchedPlace::parse("0000001", ""), Err(NoPlace::UnknownCode));
}

#[test]
fn the_desk_whose_code_is_nearest_comes_first() {
    let place = SearchedPlace::parse("0100951", "").unwrap().unwrap();
    let mut desks =
        [None, Some("0180001"), Some("0100001"), Some("0101234"), Some("0100951"), Some("0100952")];
    desks.sort_by_key(|it| place.distance(it.map(code)));
    assert_eq!(
        desks,
        [Some("0100951"), Some("0100952"), Some("0100001"), Some("0101234"), Some("0180001"), None]
    );
    let anywhere = SearchedPlace::Prefecture(place.prefecture());
    assert_eq!(anywhere.distance(None), anywhere.distance(Some(code("0100951"))));
}
