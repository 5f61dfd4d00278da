use chrono::DateTime;
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    CaseValues, CorrectedField as F, Correction, CorrectionRefused, CorrectionSection, apply, check_fields,
    corrections, left_out, may_correct,
};
use crate::{
    actor::Party,
    field::{Field, Fields},
    id::{AssignmentId, ConsultationId, ExpertId},
    intake::contact::Telephone,
    prefecture::Prefecture,
    routing::assignment::{Assignment, AssignmentState},
};

fn values(pairs: &[(F, &str)]) -> CaseValues {
    let mut values = CaseValues::default();
    for (field, value) in pairs {
        values.set(*field, *value);
    }
    values
}

fn case() -> CaseValues {
    values(&[
        (F::ContactName, "鈴木 花子"),
        (F::Email, "contact@example.co.jp"),
        (F::Phone, "03-0000-0000"),
        (F::CompanyName, "株式会社みなと製作所"),
        (F::CorporateNumber, "7000012050002"),
        (F::Prefecture, "13"),
        (F::Employees, "28"),
        (F::RegularEmployees, "20"),
        (F::Fields, "ict"),
        (F::Themes, "security"),
        (F::Mode, "online"),
        (F::Description, "VPNの設定に困っています。"),
        (F::Origin, "phone"),
    ])
}

#[test]
fn every_value_has_one_section_or_a_page_of_its_own() {
    for field in F::ALL {
        let sections = CorrectionSection::ALL.into_iter().filter(|it| it.fields().contains(&field)).count();
        assert_eq!(sections, usize::from(field != F::MeetingLink), "{field}");
        assert!(may_correct(field, Party::Coordinator), "{field}");
        assert!(!may_correct(field, Party::Desk), "{field}");
    }
    assert!(may_correct(F::Email, Party::Company) && !may_correct(F::Mode, Party::Company));
    assert!(!may_correct(F::Origin, Party::Company));
    assert!(may_correct(F::MeetingLink, Party::Expert) && !may_correct(F::Phone, Party::Expert));
}

#[test]
fn only_what_differs_is_a_correction() {
    let same = values(&[(F::Phone, "０３（００００）００００"), (F::ContactName, " 鈴木 花子 ")]);
    assert_eq!(corrections(&case(), &same, CorrectionSection::Contact), Ok(vec![]));
    let typed = values(&[(F::Phone, "0451234567"), (F::ContactKana, "スズキ ハナコ")]);
    let found = corrections(&case(), &typed, CorrectionSection::Contact).unwrap();
    let texts: Vec<_> = found.iter().map(|it| (it.field, it.old.as_str(), it.new.as_str())).collect();
    assert_eq!(texts, [(F::ContactKana, "", "スズキ　ハナコ"), (F::Phone, "03-0000-0000", "045-123-4567")]);
    let both = values(&[(F::Fields, "both"), (F::Themes, "rules,security")]);
    let found = corrections(&case(), &both, CorrectionSection::Request).unwrap();
    assert_eq!(found.len(), 2);
    assert!(found[0].concerns_routing() && !found[1].concerns_routing());
}

#[test]
fn mistakes_are_those_of_the_application() {
    for (section, field, typed, mistake) in [
        (CorrectionSection::Contact, F::Phone, "12345", "電話番号は、10桁または11桁の数字で入力してください"),
        (CorrectionSection::Contact, F::ContactName, " ", "担当者の氏名を入力してください"),
        (
            CorrectionSection::Contact,
            F::SecondPhone,
            "03-1111-1111",
            "もう一人の担当者の氏名を入力してください",
        ),
        (
            CorrectionSection::Company,
            F::CorporateNumber,
            "1000012050002",
            "法人番号の数字が正しいか確認してください",
        ),
        (
            CorrectionSection::Company,
            F::RegularEmployees,
            "29",
            "常時雇用する人数は、総従業員数以下の数で入力してください",
        ),
        (CorrectionSection::Request, F::Fields, "", "相談の分野を選択してください"),
    ] {
        let mistakes = corrections(&case(), &values(&[(field, typed)]), section).unwrap_err();
        assert_eq!(mistakes.first().map(|it| it.1.as_str()), Some(mistake), "{field} {typed}");
    }
    let nobody = values(&[(F::Phone, ""), (F::Email, "")]);
    assert!(corrections(&case(), &nobody, CorrectionSection::Contact).is_err());
}

#[test]
fn a_field_is_removed_with_its_expert_unless_the_appointment_has_begun() {
    let at = DateTime::UNIX_EPOCH;
    let assignment = |fields, state| Assignment {
        id: AssignmentId(Uuid::nil()),
        consultation: ConsultationId(Uuid::nil()),
        expert: ExpertId(Uuid::nil()),
        fields,
        state,
        offered_at: at,
        due_at: at,
        instead_of: None,
    };
    let accepted = AssignmentState::Accepted { at };
    for (fields, state, new, is_left_out) in [
        (Fields::Labor, AssignmentState::Offered, Fields::Ict, true),
        (Fields::Labor, accepted.clone(), Fields::Ict, true),
        (Fields::Labor, AssignmentState::Withdrawn { at, released: None }, Fields::Ict, false),
        (Fields::Both, accepted.clone(), Fields::Ict, false),
        (Fields::Ict, accepted, Fields::Both, false),
    ] {
        let all = [assignment(fields, state)];
        assert_eq!(left_out(new, &all).count(), usize::from(is_left_out));
        assert_eq!(check_fields(new, &all, true), Ok(()), "the expert is released");
        let refused = CorrectionRefused::FieldAdvised { field: Field::Labor };
        assert_eq!(check_fields(new, &all, false).err(), is_left_out.then_some(refused));
    }
}

#[test]
fn values_are_shown_as_people_read_them() {
    let theme = |code: &str| format!("〈{code}〉");
    for (field, value, shown) in [
        (F::Prefecture, "13", "東京都"),
        (F::Mode, "visit", "訪問"),
        (F::Fields, "both", "両方"),
        (F::Employees, "1200", "1,200人"),
        (F::Capital, "10000000", "10,000,000円"),
        (F::PostalCode, "1050001", "〒105-0001"),
        (F::Themes, "a,b", "〈a〉、〈b〉"),
        (F::Phone, "0300000000", "03-0000-0000"),
        (F::Industry, "", ""),
    ] {
        assert_eq!(CaseValues::shown(field, value, theme), shown, "{field}");
    }
    assert_eq!(Telephone::shown("内線12"), "内線12");
    let elsewhere = case().overlaid(&values(&[(F::VisitPrefecture, "27")]));
    assert_eq!(case().site(), Prefecture::from_code(13).ok());
    assert_eq!(elsewhere.site(), Prefecture::from_code(27).ok());
}

fn some_value(field: F, n: u8) -> String {
    let of = |all: &[&str]| all[usize::from(n) % all.len()].to_owned();
    match field {
        F::Email | F::SecondEmail => format!("c{n}@example.co.jp"),
        F::Phone | F::SecondPhone => format!("03-0000-{n:04}"),
        F::CorporateNumber => of(&["", "7000012050002"]),
        F::Organization => of(&["", "kk", "npo"]),
        F::PostalCode => of(&["", "1050001", "〒105-0002"]),
        F::Prefecture | F::VisitPrefecture => format!("{:02}", n % 47 + 1),
        F::Industry => of(&["", "E", "I1"]),
        F::Employees => format!("{}", 300 + u16::from(n)),
        F::RegularEmployees => format!("{n}"),
        F::Capital => of(&["", "1000万円", "5,000,000"]),
        F::TeleworkStatus => of(&["", "planned"]),
        F::Fields => of(&["ict", "labor", "both"]),
        F::Themes => of(&["", "security", "security,rules"]),
        F::Mode => of(&["online", "visit", "either"]),
        F::Origin => of(&["web", "phone", "mail", "visit"]),
        F::ContactKana | F::SecondKana | F::CompanyKana => of(&["スズキ", "さとう"]),
        F::ContactName
        | F::Department
        | F::Position
        | F::SecondName
        | F::CompanyName
        | F::City
        | F::Street
        | F::Building
        | F::VisitPlace
        | F::Participants
        | F::Description
        | F::MeetingLink => format!("値{n}"),
    }
}

proptest! {
    /// Any corrections, undone from the last to the first, lead back to where they began.
    #[test]
    fn corrections_that_are_undone_in_turn_leave_no_trace(
        steps in prop::collection::vec((0..3_usize, prop::collection::vec((0..14_usize, any::<u8>()), 1..6)), 0..12)
    ) {
        let all = CorrectionSection::ALL;
        let begin = all.iter().fold(case(), |it, section| {
            let mut typed = CaseValues::default();
            for field in section.fields() {
                typed.set(*field, it.get(*field));
            }
            // Every value is in the form in which it is stored.
            let found = corrections(&it, &typed, *section).unwrap();
            apply(&it, &found).unwrap()
        });
        let (mut now, mut done) = (begin.clone(), Vec::<Correction>::new());
        for (section, typed) in steps {
            let section = all[section];
            let mut new = CaseValues::default();
            new.set(F::SecondName, "山田 太郎");
            for (field, n) in typed {
                let field = section.fields()[field % section.fields().len()];
                new.set(field, some_value(field, n));
            }
            if let Ok(found) = corrections(&now, &new, section) {
                now = apply(&now, &found).unwrap();
                // What is stored is read back as it is.
                prop_assert_eq!(corrections(&now, &CaseValues::default(), section), Ok(vec![]));
                done.extend(found);
            }
        }
        // An older correction of a value cannot be undone before a newer one.
        for (n, it) in done.iter().enumerate() {
            let is_newest = done[n + 1..].iter().all(|later| later.field != it.field);
            if is_newest {
                prop_assert!(apply(&now, &[it.reversed()]).is_ok());
            }
        }
        for it in done.iter().rev() {
            now = apply(&now, &[it.reversed()]).unwrap();
        }
        for field in F::ALL {
            prop_assert_eq!(now.get(field), begin.get(field));
        }
    }
}

#[test]
fn a_value_is_on_the_page_of_its_section() {
    let of = [F::Email, F::City, F::Mode, F::MeetingLink].map(CorrectionSection::of);
    let [contact, company, request] = CorrectionSection::ALL;
    assert_eq!(of, [Some(contact), Some(company), Some(request), None]);
    let concerns = |field| Correction { field, old: String::new(), new: String::new() }.concerns_place();
    assert!(concerns(F::City) && concerns(F::VisitPlace) && !concerns(F::Email) && !concerns(F::Mode));
}

#[test]
fn values_are_read_as_what_they_stand_for() {
    let case =
        values(&[(F::Fields, "both"), (F::Themes, "security,rules"), (F::Mode, "visit"), (F::City, "")]);
    assert_eq!(case.themes().collect::<Vec<_>>(), ["security", "rules"]);
    assert_eq!(values(&[]).themes().count(), 0);
    assert_eq!(case.fields(), Fields::from_code("both"));
    assert_eq!(case.mode(), Some(crate::intake::company::Mode::Visit));
    assert!(case.has(F::City) && !case.has(F::Email));
    let named = values(&[
        (F::CompanyName, "株式会社みなと"),
        (F::CompanyKana, "ミナト"),
        (F::CorporateNumber, "7000012050002"),
    ]);
    assert_eq!(named.search_key(), "ミナト ミナト 7000012050002");
}

#[test]
fn a_field_that_was_advised_is_named_when_it_cannot_be_removed() {
    let refused = CorrectionRefused::FieldAdvised { field: Field::Ict }.to_string();
    assert!(refused.starts_with("ICTの専門家との相談が始まっているか、終わっているため、"));
}

#[test]
fn a_prefecture_is_stored_as_two_digits() {
    let typed = values(&[(F::Prefecture, "1")]);
    let found = corrections(&case(), &typed, CorrectionSection::Company).unwrap();
    assert_eq!(found, [Correction { field: F::Prefecture, old: "13".into(), new: "01".into() }]);
}

#[test]
fn a_mistake_in_the_place_of_a_visit_refuses_the_whole_section() {
    let typed = values(&[(F::VisitPrefecture, "48"), (F::Mode, "visit")]);
    let mistakes = corrections(&case(), &typed, CorrectionSection::Request).unwrap_err();
    assert_eq!(mistakes.iter().map(|it| it.0).collect::<Vec<_>>(), [F::VisitPrefecture.code()]);
}
