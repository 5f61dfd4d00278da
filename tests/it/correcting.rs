//! Corrections of the values of a consultation, by the center and by the company, and what follows from them.
mod added_field;
mod address;
mod company;
mod expert;
mod own_address;
mod routing;
mod undoing;

use domain::{
    consultation::correction::{CaseValues, CorrectedField, CorrectionSection},
    field::{Field, Fields},
    number::CaseNumber,
};
use madoguchi::{doctor, ops, store};

use crate::{
    cases::{self, CONTACT, Case, Cast},
    site::{PASSWORD, Reply, Site},
};

/// Makes a site with its cast, with the coordinator signed in.
async fn center() -> (Site, Cast) {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
    (site, cast)
}

fn at(number: CaseNumber, rest: &str) -> String {
    format!("/staff/consultations/{number}{rest}")
}

async fn values(site: &Site, case: Case) -> CaseValues {
    ops::consultation::correction::values(&site.app, case.id).await.unwrap()
}

/// Returns the form of a section as its page shows it, with some values typed over.
async fn form(
    site: &Site,
    case: Case,
    section: CorrectionSection,
    typed: &[(&str, &str)],
) -> Vec<(String, String)> {
    let (now, version) = (values(site, case).await, cases::record(site, case).await.version);
    let mut form = vec![("version".to_owned(), version.to_string())];
    for field in section.fields() {
        let value = now.get(*field);
        form.push((format!("was_{}", field.code()), value.to_owned()));
        if typed.iter().any(|it| it.0 == field.code()) {
            continue;
        }
        let own: Vec<&str> = if *field == CorrectedField::Fields {
            Fields::from_code(value).into_iter().flat_map(Fields::iter).map(Field::code).collect()
        } else if *field == CorrectedField::Themes {
            now.themes().collect()
        } else {
            vec![value]
        };
        form.extend(own.into_iter().map(|it| (field.code().to_owned(), it.to_owned())));
    }
    form.extend(typed.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())));
    form
}

async fn post(site: &Site, path: &str, form: &[(String, String)]) -> Reply {
    let form: Vec<_> = form.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    site.post(path, &form).await
}

/// Corrects values on the page of their section, as the coordinator who is signed in.
pub async fn correct(site: &Site, case: Case, section: CorrectionSection, typed: &[(&str, &str)]) -> Reply {
    let form = form(site, case, section, typed).await;
    post(site, &at(case.number, &format!("/correct/{}", section.code())), &form).await
}

async fn undo(site: &Site, case: Case, seq: i32) -> Reply {
    let version = cases::record(site, case).await.version.to_string();
    let path = at(case.number, &format!("/corrections/{seq}/undo"));
    site.post(&path, &[("version", &version), ("fit", "seen")]).await
}

/// Returns the position of the last correction in the history.
async fn last(site: &Site, case: Case) -> i32 {
    store::consultation::correction::of(&site.app.db, case.id).await.unwrap().last().unwrap().seq
}

/// Returns the position of the last correction to this value that is no undoing itself.
async fn last_to(site: &Site, case: Case, value: &str) -> i32 {
    let all = store::consultation::correction::of(&site.app.db, case.id).await.unwrap();
    all.iter().rfind(|it| it.undoes.is_none() && it.new.as_deref() == Some(value)).unwrap().seq
}

async fn is_sound(site: &Site) {
    let findings = doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap();
    assert_eq!(findings, []);
}

#[track_caller]
fn done(reply: &Reply) {
    assert_eq!(reply.status, 303, "{}", reply.body);
}

const CONTACT_VALUES: &[(&str, &str)] = &[
    ("contact_name", "鈴木 次郎"),
    ("contact_kana", "スズキ　ジロウ"),
    ("department", "総務部"),
    ("position", "課長"),
    ("email", "Jiro@example.co.jp"),
    ("phone", "045-123-4567"),
    ("second_name", "山田 三郎"),
    ("second_kana", "ヤマダ　サブロウ"),
    ("second_email", "saburo@example.co.jp"),
    ("second_phone", "090-1234-5678"),
];
const COMPANY_VALUES: &[(&str, &str)] = &[
    ("company_name", "株式会社みなと工業"),
    ("company_kana", "ミナトコウギョウ"),
    ("corporate_number", "7000012050002"),
    ("organization", "gk"),
    ("postal_code", "2310001"),
    ("prefecture", "14"),
    ("city", "横浜市中区"),
    ("street", "見本町4-5"),
    ("building", "見本ビル"),
    ("industry", "G"),
    ("employees", "40"),
    ("regular_employees", "30"),
    ("capital", "10000000"),
    ("telework_status", "planned"),
];
const REQUEST_VALUES: &[(&str, &str)] = &[
    ("field", "both"),
    ("theme", "ict_cloud"),
    ("mode", "visit"),
    ("visit_prefecture", "27"),
    ("visit_place", "大阪市北区見本1-1"),
    ("participants", "社長、総務部長"),
    ("description", "在宅勤務の勤怠管理と、VPNの設定に困っています。"),
    ("origin", "mail"),
];

/// Every value is corrected and taken back again, each with its line in the history.
#[actix_web::test]
async fn everything_can_be_corrected_and_every_correction_can_be_taken_back() {
    let (site, cast) = center().await;
    let tx = site.app.begin().await.unwrap();
    let shipped = domain::theme::SHIPPED.iter().map(store::reference::programme::Theme::from);
    store::reference::programme::ship_themes(&tx, shipped).await.unwrap();
    tx.commit().await.unwrap();
    let case = cases::received(&site, &cast, CONTACT).await;
    let before = values(&site, case).await;
    let forged = [("theme", "gone"), ("field", "ict"), ("reason", "電話で確認")];
    let refused = correct(&site, case, CorrectionSection::Request, &forged).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    let row = |site: Site| async move {
        let found = store::consultation::application(&site.app.db, case.id).await.unwrap().unwrap();
        format!("{found:?} {:?}", cases::record(&site, case).await.company)
    };
    let rows = row(site.visitor()).await;
    for (section, typed) in [
        (CorrectionSection::Contact, CONTACT_VALUES),
        (CorrectionSection::Company, COMPANY_VALUES),
        (CorrectionSection::Request, REQUEST_VALUES),
    ] {
        let mut posted: Vec<_> = typed.iter().copied().filter(|it| it.0 != "field").collect();
        if section == CorrectionSection::Request {
            posted.extend([("field", "ict"), ("field", "labor"), ("fit", "seen")]);
        }
        posted.push(("reason", "電話で確認"));
        done(&correct(&site, case, section, &posted).await);
        let now = values(&site, case).await;
        for (name, value) in typed {
            let field = CorrectedField::from_code(name).unwrap();
            assert_eq!(now.get(field), *value, "{name}");
        }
        is_sound(&site).await;
    }
    let page = site.get(&at(case.number, "")).await;
    for shown in
        ["株式会社みなと工業", "045-123-4567", "山田 三郎", "大阪府大阪市北区見本1-1", "社長、総務部長"]
    {
        page.shows(shown);
    }
    page.shows("申込みのときの文章");
    page.shows("在宅勤務の勤怠管理に困っています。");
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("「担当者の氏名」を訂正しました");
    history.shows("<del>田中 一郎</del> → <ins>鈴木 次郎</ins>");
    history.shows("理由：電話で確認");
    history.shows("<del>製造業</del> → <ins>情報通信業</ins>");
    // The events name the fields and repeat no value.
    let events = store::audit::event::of(&site.app.db, case.id).await.unwrap();
    assert!(events.iter().filter_map(|it| it.note.as_ref()).all(|it| !it.contains("鈴木 次郎")));
    // The list finds the consultation by what it is called now.
    let key: String = url::form_urlencoded::byte_serialize("みなと工業".as_bytes()).collect();
    site.get(&format!("/staff/consultations?q={key}")).await.shows(&case.number.to_string());

    let all = store::consultation::correction::of(&site.app.db, case.id).await.unwrap();
    assert_eq!(all.len(), CONTACT_VALUES.len() + COMPANY_VALUES.len() + REQUEST_VALUES.len());
    for it in all.iter().rev() {
        done(&undo(&site, case, it.seq).await);
    }
    let after = values(&site, case).await;
    for field in CorrectedField::ALL {
        assert_eq!(after.get(field), before.get(field), "{field}");
    }
    assert_eq!(row(site.visitor()).await, rows);
    assert!(cases::record(&site, case).await.consultation.address_confirmed, "the old address was confirmed");
    is_sound(&site).await;
    let again = undo(&site, case, all[0].seq).await;
    assert_eq!(again.status, 409);
    again.shows("この訂正は、すでに取り消されています。");
}

#[actix_web::test]
async fn the_second_coordinator_sees_the_firsts_value_and_keeps_what_was_typed() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let section = CorrectionSection::Contact;
    let path = at(case.number, "/correct/contact");
    let second = form(&site, case, section, &[("contact_name", "鈴木 花"), ("department", "人事部")]).await;
    done(&correct(&site, case, section, &[("contact_name", "鈴木 華"), ("position", "部長")]).await);
    let reply = post(&site, &path, &second).await;
    assert_eq!(reply.status, 409);
    reply.shows("ほかの担当者が先に更新しました");
    reply.shows("担当者の氏名（いまの登録）");
    reply.shows("鈴木 華");
    reply.shows(r#"name="contact_name" type="text" value="鈴木 花""#);
    reply.shows(r#"name="department" type="text" value="人事部""#);
    // A value that the second has not touched is shown as it is now.
    reply.shows(r#"name="position" type="text" value="部長""#);
    assert_eq!(values(&site, case).await.get(CorrectedField::ContactName), "鈴木 華");
    done(&correct(&site, case, section, &[("contact_name", "鈴木 花"), ("department", "人事部")]).await);
    let now = values(&site, case).await;
    assert_eq!(now.get(CorrectedField::ContactName), "鈴木 花");
    assert_eq!(now.get(CorrectedField::Position), "部長");
}

#[actix_web::test]
async fn a_correction_that_breaks_a_rule_is_refused_with_its_reason() {
    let (site, cast) = center().await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let section = CorrectionSection::Contact;
    let wrong = correct(&site, case, section, &[("phone", "12345"), ("department", "人事部")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("電話番号は、10桁または11桁の数字で入力してください");
    wrong.shows(r#"value="12345""#);
    wrong.shows(r#"value="人事部""#);
    let nobody = correct(&site, case, section, &[("phone", ""), ("email", "")]).await;
    assert_eq!(nobody.status, 422);
    nobody.shows("電話番号またはメールアドレスを入力してください");
    let nothing = correct(&site, case, section, &[("phone", "０３００００００００")]).await;
    done(&nothing);
    assert!(store::consultation::correction::of(&site.app.db, case.id).await.unwrap().is_empty());

    // A correction on which another was built is not taken back before that one.
    done(&correct(&site, case, section, &[("contact_name", "鈴木 一")]).await);
    let first = last(&site, case).await;
    done(&correct(&site, case, section, &[("contact_name", "鈴木 二")]).await);
    let second = last(&site, case).await;
    let reply = undo(&site, case, first).await;
    assert_eq!(reply.status, 409);
    reply.shows("「担当者の氏名」は、その後さらに訂正されています。");
    done(&undo(&site, case, second).await);
    done(&undo(&site, case, first).await);
    assert_eq!(values(&site, case).await.get(CorrectedField::ContactName), "田中 一郎");

    // The telephone number that was added is needed once the address is gone.
    done(&correct(&site, case, section, &[("phone", "")]).await);
    done(&correct(&site, case, section, &[("phone", "03-1111-1111")]).await);
    let added = last(&site, case).await;
    done(&correct(&site, case, section, &[("email", "")]).await);
    let reply = undo(&site, case, added).await;
    assert_eq!(reply.status, 409);
    reply.shows("電話番号またはメールアドレスを入力してください");
    is_sound(&site).await;
}

#[actix_web::test]
async fn the_meeting_link_is_a_correction_too() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let by = domain::actor::Actor::Expert(cast.expert);
    let new = "https://video.example.jp/another";
    ops::booking::meeting_link::change(&site.app, case.id, by, new, None).await.unwrap();
    let history = site.get(&at(case.number, "?view=history")).await;
    history.shows("<del>https://video.example.jp/expert</del>");
    done(&undo(&site, case, last(&site, case).await).await);
    assert_eq!(cases::appointment(&site, case).await.place, "https://video.example.jp/expert");
    is_sound(&site).await;
}
