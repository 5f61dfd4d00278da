//! The pages of desk, observer and administrator.
use actix_web::test::TestRequest;
use chrono::TimeDelta;
use domain::{
    actor::Role,
    id::DeskId,
    intake::{
        application::{Application, Intake},
        contact::EmailAddress,
        desk_entry::HAND_OVER_WORDING,
    },
    number::FiscalYear,
    settings::Settings,
    text::{Prose, TextLine},
};
use madoguchi::{
    ops::{self, accounts::account::NewAccount, consultation::Ending, intake::apply::HandOverConsent},
    password::Password,
    store::{self, consultation::Record, correspondence::message::Audience},
};
use uuid::Uuid;

use crate::{
    cases::{self, Cast},
    editions,
    site::{PASSWORD, Site},
};

const HAND_OVER: [(&str, &str); 10] = [
    ("whose", "company"),
    ("field", "ict"),
    ("description", "在宅勤務を始めたい。"),
    ("mode", "online"),
    ("company_name", "株式会社あおば見本"),
    ("contact_name", "田中 一郎"),
    ("phone", "03-0000-0000"),
    ("told_name", "田中 一郎"),
    ("told_how", "counter"),
    ("consent", "1"),
];

/// Makes a desk and an account of it that can sign in.
pub async fn desk(site: &Site, name: &str, email: &str) -> DeskId {
    let desk = cases::desk(site, name, "13").await;
    let new = NewAccount {
        email: EmailAddress::parse(email).unwrap(),
        name: "窓口 花子".to_owned(),
        role: Role::Desk,
        desk: Some(desk),
    };
    let invitation = ops::accounts::account::invite(&site.app, &new).await.unwrap();
    let password = Password::parse(PASSWORD, "", "").unwrap();
    ops::accounts::account::set_password(&site.app, &invitation.token, password).await.unwrap();
    desk
}

fn agreed() -> HandOverConsent {
    HandOverConsent {
        person: TextLine::parse("氏名", "田中 一郎", 60).unwrap(),
        how: "電話",
        visited_on: "2026-11-19".parse().unwrap(),
    }
}

async fn handed_over(site: &Site, desk: DeskId, company: &str) -> Record {
    let form = domain::intake::application::ApplicationForm {
        company_name: company.to_owned(),
        ..cases::form(cases::CONTACT)
    };
    let application = Application::parse(&form, Intake::OnBehalf).unwrap();
    let agreed = agreed();
    ops::intake::apply::hand_over(&site.app, &application, desk, &agreed, Uuid::new_v4()).await.unwrap()
}

fn key_of(page: &str) -> String {
    let at = page.split("name=\"key\" value=\"").nth(1).unwrap();
    at.split('"').next().unwrap().to_owned()
}

#[actix_web::test]
async fn a_desk_hands_over_once_and_sees_its_own_alone() {
    let site = Site::new().await;
    desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let other = desk(&site, "きた窓口", "desk2@example.jp").await;
    handed_over(&site, other, "株式会社よその見本").await;
    site.sign_in("desk1@example.jp", PASSWORD).await;
    site.get("/desk").await.shows("引き継いだ相談はまだありません");

    let key = key_of(&site.get("/desk/new").await.body);
    let wrong = site.post("/desk/new", &[("key", &key), ("description", "在宅勤務")]).await;
    assert_eq!(wrong.status, 422);
    for field in
        ["whose", "field", "company_name", "contact_name", "phone", "told_name", "told_how", "consent"]
    {
        wrong.shows(&format!("href=\"#{field}\""));
        wrong.shows(&format!("id=\"{field}\""));
    }
    wrong.shows("在宅勤務</textarea>");

    let form = [&HAND_OVER[..], &[("key", key.as_str())]].concat();
    for _ in 0..2 {
        let reply = site.post("/desk/new", &form).await;
        assert_eq!((reply.status, reply.location.as_deref()), (303, Some("/desk")), "{}", reply.body);
    }
    let list = site.get("/desk").await;
    list.shows("R08-000002");
    list.shows("株式会社あおば見本");
    assert!(!list.body.contains("R08-000003"), "sent twice, it is one consultation");
    assert!(!list.body.contains("よその見本"));
    let number = "R08-000002".parse().unwrap();
    let record = store::consultation::by_number(&site.app.db, number).await.unwrap().unwrap();
    let history = store::audit::event::of(&site.app.db, record.consultation.id).await.unwrap();
    let notes: Vec<_> = history.iter().filter_map(|it| it.note.as_deref()).collect();
    assert_eq!(
        notes,
        [format!(
            "11月20日（金）に窓口で相談を受け、個人情報の取扱いを説明し、田中 一郎さんの同意を得ました。説明した文章：{HAND_OVER_WORDING}"
        )]
    );

    // Neither its number nor another desk's key opens it, and the center's pages are closed to the desk.
    assert!(!site.get("/desk?before=R08-000001").await.body.contains("よその見本"));
    for page in
        ["/staff/consultations/R08-000001", "/staff/consultations/R08-000002", "/admin", "/admin/users"]
    {
        assert!([403, 404].contains(&site.get(page).await.status), "{page}");
    }
    let own = site.post("/desk/new", &[("whose", "own")]).await;
    assert_eq!(own.location.as_deref(), Some("/apply"));
}

#[actix_web::test]
async fn another_desks_key_opens_nothing() {
    let site = Site::new().await;
    let one = desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let two = desk(&site, "きた窓口", "desk2@example.jp").await;
    let application = Application::parse(&cases::form(cases::CONTACT), Intake::OnBehalf).unwrap();
    let agreed = agreed();
    let key = Uuid::new_v4();
    ops::intake::apply::hand_over(&site.app, &application, one, &agreed, key).await.unwrap();
    assert!(ops::intake::apply::hand_over(&site.app, &application, two, &agreed, key).await.is_err());
}

#[actix_web::test]
async fn a_long_list_of_hand_overs_has_pages_without_gaps() {
    let site = Site::new().await;
    let desk = desk(&site, "みなみ窓口", "desk1@example.jp").await;
    for n in 0..52 {
        handed_over(&site, desk, &format!("株式会社見本{n:02}")).await;
    }
    site.sign_in("desk1@example.jp", PASSWORD).await;
    let first = site.get("/desk").await;
    let next = first.body.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap().to_owned();
    let second = site.get(&next).await;
    for n in 0..52 {
        let name = format!("株式会社見本{n:02}");
        assert!(first.body.contains(&name) != second.body.contains(&name), "{name} stands on one page");
    }
    assert!(!second.body.contains("rel=\"next\""));
}

#[actix_web::test]
async fn the_people_of_a_desk_hear_when_the_center_starts_and_how_it_ended() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let desk = desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let case = handed_over(&site, desk, "株式会社あおば見本").await;
    let id = case.consultation.id;
    assert!(cases::mails_to(&site, "desk1@example.jp").await.is_empty());

    ops::consultation::start_check(&site.app, id, case.version, cast.coordinator).await.unwrap();
    let organization = TextLine::parse("機関", "見本県の労働局", 60).unwrap();
    let ending = Ending::Refer { organization, note: None };
    ops::consultation::end(&site.app, id, None, cast.center(), ending).await.unwrap();
    let mails = cases::mails_to(&site, "desk1@example.jp").await;
    let kinds: Vec<_> = mails.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["hand_over_accepted", "hand_over_result"]);
    assert!(mails[1].text_body.contains("見本県の労働局をご案内しました。"), "{}", mails[1].text_body);
    for mail in &mails {
        assert!(mail.text_body.contains("/desk") && !mail.text_body.contains("田中"));
    }
    site.sign_in("desk1@example.jp", PASSWORD).await;
    site.get("/desk").await.shows("見本県の労働局をご案内しました。");
}

/// Makes so many consultations from a prefecture.
async fn from_prefecture(site: &Site, cast: &Cast, code: &str, n: usize) {
    for at in 0..n {
        let email = format!("c{code}-{at}@example.co.jp");
        let form = domain::intake::application::ApplicationForm {
            prefecture: code.to_owned(),
            ..cases::form(&email)
        };
        cases::unconfirmed(site, cast, &form).await;
    }
}

/// Returns the cells of a spreadsheet as openpyxl reads them, a row a line, with tabs between them.
fn opened(xlsx: &[u8]) -> String {
    const SCRIPT: &str = "import sys, io, openpyxl\n\
        book = openpyxl.load_workbook(io.BytesIO(open(sys.argv[1], 'rb').read()))\n\
        for sheet in book:\n\
        \x20   for row in sheet.iter_rows(values_only=True):\n\
        \x20       print(*['' if it is None else it for it in row], sep='\\t')\n";
    let file = std::env::temp_dir().join(format!("madoguchi-stats-{}.xlsx", Uuid::new_v4().simple()));
    std::fs::write(&file, xlsx).unwrap();
    let python = crate::peers::tools().join("venv/bin/python");
    let read = std::process::Command::new(python)
        .env("PYTHONIOENCODING", "utf-8")
        .args(["-c", SCRIPT])
        .arg(&file)
        .output()
        .unwrap();
    std::fs::remove_file(&file).unwrap();
    assert!(read.status.success(), "{}", String::from_utf8_lossy(&read.stderr));
    String::from_utf8_lossy(&read.stdout).into_owned()
}

#[actix_web::test]
async fn everyone_reads_protected_statistics_and_the_center_all_of_them() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    site.get("/stats").await.shows("公表できる集計は、まだありません");
    from_prefecture(&site, &cast, "13", 9).await;
    from_prefecture(&site, &cast, "27", 6).await;
    from_prefecture(&site, &cast, "32", 3).await;
    site.get("/stats").await.shows("公表できる集計は、まだありません");

    for role in [Role::Coordinator, Role::Administrator] {
        let email = format!("{}@example.jp", role.code());
        site.account(role, &email).await;
        site.sign_in(&email, PASSWORD).await;
        let page = site.get("/stats").await;
        page.shows("大阪<b>6</b>");
        page.shows("島根<b>3</b>");
        site.get("/stats?prefecture=32").await.shows("島根県の相談を3件受け付けました");
        site.get("/stats/pref/32").await.shows("島根県の相談を3件受け付けました");
        site.get("/stats?field=labor").await.shows("労務管理の相談はまだありません");
        assert!(!page.body.contains("みなと製作所") && !page.body.contains("example.co.jp"));
        assert!(site.get("/stats.csv").await.body.contains("32,島根県,3\r\n"));
    }
    let xlsx = site.send_bytes("/stats.xlsx").await;
    assert!(opened(&xlsx).lines().any(|it| it.ends_with("島根県\t3")), "{}", opened(&xlsx));

    // The last edition of the year shows what can be shown.
    editions::close_year(&site).await;
    let (visitor, ministry) = (site.visitor(), site.visitor());
    site.account(Role::Observer, "observer@example.jp").await;
    assert_eq!(ministry.sign_in("observer@example.jp", PASSWORD).await.status, 303);
    for reader in [&visitor, &ministry] {
        let page = reader.get("/stats?year=2026").await;
        page.shows("令和8年度（2026年度）は3月までに相談を18件受け付けました");
        page.shows("東京<b>9</b>");
        page.shows("大阪<b class=\"word\">非公表</b>");
        page.shows("島根<b class=\"word\">非公表</b>");
        reader.get("/stats/pref/27?year=2026").await.shows("非公表");
        reader.get("/stats/pref/13?year=2026").await.shows("<dd>9件</dd>");
        // A filter would reveal what the table hides.
        reader.get("/stats?year=2026&prefecture=32&field=ict").await.shows("相談を18件受け付けました");
        let csv = reader.get("/stats.csv?year=2026&prefecture=32").await.body;
        assert!(csv.starts_with('\u{feff}'));
        let line = ",2026,すべて,すべて,prefecture,都道府県（2027年3月まで）,32,島根県,非公表\r\n";
        assert!(csv.contains(line), "{csv}");
        assert!(!csv.contains("企業・団体の数"));
        let public = opened(&reader.send_bytes("/stats.xlsx?year=2026").await);
        assert!(public.lines().any(|it| it.ends_with("島根県\t非公表")), "{public}");
    }
    for path in ["/stats.csv?year=2031", "/stats?year=abc", "/stats.xlsx?year=1"] {
        assert_eq!(visitor.get(path).await.status, 404, "{path}");
    }
}

#[actix_web::test]
async fn the_statistics_follow_a_case_from_receipt_to_survey() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::followed_up(&site, &cast, cases::CONTACT, TimeDelta::days(7)).await;
    let survey = store::aftercare::follow_up::of(&site.app.db, case.id).await.unwrap().remove(0);
    use domain::aftercare::follow_up::{FollowUpAnswer, SurveyAgreement, SurveyAnswer};
    let answer = FollowUpAnswer::Survey(SurveyAnswer {
        purpose_achieved: SurveyAgreement::Yes,
        satisfied: SurveyAgreement::RatherYes,
        will_consider: SurveyAgreement::No,
        wants_further_appointment: false,
        comment: "秘密の感想".to_owned(),
    });
    ops::aftercare::follow_up::answer(&site.app, survey.id, answer).await.unwrap();

    let public = site.get("/stats").await;
    assert!(!public.body.contains("<svg"));

    site.account(Role::Observer, "soumu@example.jp").await;
    site.sign_in("soumu@example.jp", PASSWORD).await;
    let ministry = site.get("/stats").await;
    for answer in ["回答率", "問い合わせへの対応に満足した", "100人未満"] {
        assert!(!ministry.body.contains(answer), "a ministry does not read the answers of one company");
    }
    site.account(Role::Coordinator, "figures@example.jp").await;
    site.sign_in("figures@example.jp", PASSWORD).await;
    let page = site.get("/stats").await;
    page.shows("<strong>1回</strong>相談できた案件は100.0%");
    page.shows("月別では11月が最多の1件");
    page.shows("回答率は100.0%");
    page.shows("<th scope=\"row\">問い合わせへの対応に満足した</th><td class=\"num\">100.0%</td><td class=\"num\">1</td>");
    page.shows("<th scope=\"row\">テレワークの導入を積極的に検討する</th><td class=\"num\">0.0%</td>");
    page.shows("100人未満は合わせて1件（100.0%）です。");
    page.shows("最初の相談まで（中央値）");
    assert!(!page.body.contains("秘密の感想"));
    assert!(!page.body.contains("style="));

    site.sign_in("soumu@example.jp", PASSWORD).await;
    for path in
        [format!("/staff/consultations/{}", case.number), format!("/expert/consultations/{}", case.number)]
    {
        assert!([403, 404].contains(&site.get(&path).await.status), "{path}");
    }
    for path in ["/staff", "/expert", "/desk", "/desk/new", "/admin", "/admin/audit"] {
        assert!([403, 404].contains(&site.get(path).await.status), "{path}");
    }
}

#[actix_web::test]
async fn an_invited_expert_gets_a_mail_with_a_working_link() {
    let site = Site::signed_in(Role::Administrator).await;
    site.get("/admin/users/new").await.shows("どの役割の方を招待しますか");
    site.get("/admin/users/new?role=expert").await.shows("会議のアドレス");
    let theme = TextLine::parse("テーマ", "勤怠管理", 60).unwrap();
    ops::reference::settings::add_theme(&site.app, domain::field::Field::Labor, &theme).await.unwrap();
    let theme = store::reference::theme::themes(&site.app.db).await.unwrap().remove(0).code;
    let person = [("role", "expert"), ("email", "expert9@example.jp"), ("name", "佐藤 次郎")];
    let wrong = site.post("/admin/users/new", &[&person[..], &[("way", "visit")]].concat()).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("相談の分野を選択してください");
    wrong.shows("訪問できる都道府県を選択してください");
    wrong.shows("佐藤 次郎");

    let facts = [
        ("field", "labor"),
        ("theme", &theme),
        ("way", "online"),
        ("way", "visit"),
        ("visits", "13"),
        ("visits", "14"),
        ("home", "13"),
        ("industry", "E"),
        ("daily_limit", "２"),
        ("weekly_limit", "5"),
        ("open_limit", "10"),
        ("capacity", "12"),
        ("video_url", "https://video.example.jp/expert9"),
        ("profile", "社会保険労務士です。"),
    ];
    let form = [&person[..], &facts[..]].concat();
    let done = site.post("/admin/users/new", &form).await;
    assert_eq!((done.status, done.location.as_deref()), (303, Some("/admin/users")), "{}", done.body);
    let list = site.get("/admin/users").await;
    list.shows("expert9@example.jp）に招待のメールを送りました。");
    list.shows("招待中");
    let again = site.post("/admin/users/new", &form).await;
    assert_eq!(again.status, 409);
    again.shows("すでに登録されています");

    let mails = cases::mails_to(&site, "expert9@example.jp").await;
    assert_eq!(mails.len(), 1, "a refused invitation sends nothing");
    let link = cases::link(&mails, "invitation");
    site.get(&link).await.shows("expert9@example.jp");
    assert_eq!(site.post(&link, &[("password", PASSWORD)]).await.status, 303);

    let (_, experts) = site.app.programme_and_experts().await.unwrap();
    let profile = &experts.all()[0];
    assert_eq!((profile.visits.len(), profile.themes.len(), profile.limits.per_day), (2, 1, 2));
    let path = format!("/admin/users/{}", profile.id);
    site.get(&path).await.shows("https://video.example.jp/expert9");
    let changed: Vec<_> =
        facts.iter().copied().filter(|it| !["visits", "theme"].contains(&it.0) && it.1 != "visit").collect();
    assert_eq!(site.post(&format!("{path}/expert"), &changed).await.status, 303);
    let (_, experts) = site.app.programme_and_experts().await.unwrap();
    let profile = &experts.all()[0];
    assert!(profile.visits.is_empty() && profile.themes.is_empty() && profile.works_online);

    assert_eq!(site.post(&format!("{path}/link"), &[]).await.status, 303);
    let mails = cases::mails_to(&site, "expert9@example.jp").await;
    assert_eq!(mails[1].kind, "password_reset");
    site.post(&format!("{path}/active"), &[("active", "no")]).await;
    let (_, experts) = site.app.programme_and_experts().await.unwrap();
    assert!(!experts.all()[0].active, "every copy of the experts is renewed");
    assert_eq!(site.post(&format!("{path}/link"), &[]).await.status, 409);
}

#[actix_web::test]
async fn the_last_administrator_stays() {
    let site = Site::signed_in(Role::Administrator).await;
    let me = store::accounts::account::all(&site.app.db).await.unwrap().remove(0).id;
    let path = format!("/admin/users/{me}/active");
    let refused = site.post(&path, &[("active", "no")]).await;
    assert_eq!(refused.status, 409);
    refused.shows("最後の管理者は、利用を停止できません。");
    let other = site.account(Role::Administrator, "second@example.jp").await.id;
    let done = site.post(&format!("/admin/users/{other}/active"), &[("active", "no")]).await;
    assert_eq!(done.status, 303);
    assert_eq!(site.post(&format!("/admin/users/{other}/active"), &[("active", "yes")]).await.status, 303);
    assert_eq!(site.post(&path, &[("active", "no")]).await.status, 303);
    assert_eq!(site.get("/admin").await.status, 303, "whoever is shut out is out at once");
}

/// Returns the fields of the settings form as the page shows them.
fn filled(page: &str) -> Vec<(String, String)> {
    let mut form = vec![("routing".to_owned(), "automatic".to_owned())];
    for input in page.split("<input ").skip(1) {
        let of = |name: &str| {
            let value = input.split(&format!("{name}=\"")).nth(1)?;
            Some(value.split('"').next()?.to_owned())
        };
        if let (Some(name), Some(value), Some("text" | "hidden")) =
            (of("name"), of("value"), of("type").as_deref())
        {
            form.push((name, value));
        }
    }
    form
}

fn with<'a>(form: &'a [(String, String)], name: &'a str, value: &'a str) -> Vec<(&'a str, &'a str)> {
    let kept = form.iter().filter(|it| it.0 != name).map(|(name, value)| (name.as_str(), value.as_str()));
    kept.chain([(name, value)]).collect()
}

#[actix_web::test]
async fn settings_are_checked_and_the_second_to_save_is_told() {
    let site = Site::signed_in(Role::Administrator).await;
    let page = site.get("/admin/settings?year=2026").await;
    page.shows("令和8年度（2026年度）の設定");
    let form = filled(&page.body);

    let wrong = site.post("/admin/settings", &with(&form, "online_minutes", "50")).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("href=\"#online_minutes\"");
    wrong.shows("15の倍数");
    for (name, value) in [
        ("mail_hour", "300"),
        ("session_cap", "x"),
        ("center_email", "center"),
        ("center_name", " "),
        // Longer than twice the way to a near region, which a detour would undercut.
        ("travel_far_minutes", "255"),
    ] {
        let wrong = site.post("/admin/settings", &with(&form, name, value)).await;
        assert_eq!(wrong.status, 422, "{name}");
        wrong.shows(&format!("href=\"#{name}\""));
    }

    let saved = site.post("/admin/settings", &with(&form, "session_cap", "５")).await;
    assert_eq!((saved.status, saved.location.as_deref()), (303, Some("/admin/settings?year=2026")));
    let year = FiscalYear::new(2026).unwrap();
    let programme = site.app.programme().await.unwrap();
    assert_eq!(programme.settings(year), &Settings { appointment_cap: 5, ..Settings::default() });

    let second = site.post("/admin/settings", &with(&form, "reply_days", "4")).await;
    assert_eq!(second.status, 409);
    second.shows("ほかの管理者が先に更新しました");
    second.shows("現在の登録は5です。");
    let again = filled(&second.body);
    assert!(again.contains(&("reply_days".to_owned(), "4".to_owned())), "nothing typed is lost");
    let again: Vec<_> = again.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    assert_eq!(site.post("/admin/settings", &again).await.status, 303);
    assert_eq!(site.get("/admin/settings?year=1800").await.status, 404);
}

#[actix_web::test]
async fn a_closing_day_moves_the_next_first_contact() {
    let site = Site::signed_in(Role::Administrator).await;
    let cast = Cast::new(&site).await;
    let due = |record: Record| record.due.and_then(|it| it.at()).unwrap();
    let before = cases::received(&site, &cast, "a@example.co.jp").await;
    let before = due(cases::record(&site, before).await);

    let wrong = site.post("/admin/holidays", &[("year", "2026"), ("month", "2"), ("day", "30")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("日付は、実在する年月日を入力してください");
    let day = [("year", "2026"), ("month", "11"), ("day", "25"), ("note", "設備の点検")];
    assert_eq!(site.post("/admin/holidays", &day).await.status, 303);
    site.get("/admin/holidays?year=2026").await.shows("設備の点検");
    site.get("/admin/holidays?year=2028").await.shows("未公表");
    let later = cases::received(&site, &cast, "b@example.co.jp").await;
    assert_eq!(due(cases::record(&site, later).await), before + TimeDelta::days(1));

    site.post("/admin/holidays/remove", &[("date", "2026-11-25")]).await;
    let last = cases::received(&site, &cast, "c@example.co.jp").await;
    assert_eq!(due(cases::record(&site, last).await), before);
}

#[actix_web::test]
async fn themes_and_desks_are_kept() {
    let site = Site::signed_in(Role::Administrator).await;
    assert_eq!(site.post("/admin/masters/themes", &[("field", "ict")]).await.status, 422);
    site.post("/admin/masters/themes", &[("field", "ict"), ("label", "会議の道具")]).await;
    let theme = store::reference::theme::themes(&site.app.db).await.unwrap().remove(0);
    assert_eq!(site.app.programme().await.unwrap().themes.len(), 1);
    let path = format!("/admin/masters/themes/{}", theme.code);
    let wrong = site.post(&path, &[("theme_label", ""), ("position", "x")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("id=\"theme_label\"");
    site.post(&path, &[("theme_label", "Web会議"), ("position", "7")]).await;
    site.get("/admin/masters").await.shows("Web会議");
    assert!(site.app.programme().await.unwrap().themes.is_empty(), "a retired theme is not offered");

    site.post("/admin/masters/desks", &[("desk_name", "みなみ窓口"), ("prefecture", "13")]).await;
    let desk = store::reference::desk::all(&site.app.db).await.unwrap().remove(0);
    site.get("/admin/users/new?role=desk").await.shows("みなみ窓口");
    site.post(&format!("/admin/masters/desks/{}/active", desk.id), &[("active", "no")]).await;
    assert!(!site.get("/admin/users/new?role=desk").await.body.contains("みなみ窓口"));
    let form =
        [("role", "desk"), ("email", "d@example.jp"), ("name", "窓口"), ("desk", &desk.id.to_string())];
    assert_eq!(site.post("/admin/users/new", &form).await.status, 422, "a closed desk takes nobody");
}

#[actix_web::test]
async fn the_record_of_acts_needs_a_time() {
    let site = Site::signed_in(Role::Administrator).await;
    let cast = Cast::new(&site).await;
    for n in 0..30 {
        cases::received(&site, &cast, &format!("c{n}@example.co.jp")).await;
    }
    site.get("/admin/audit").await.shows("期間を入力して検索してください");
    assert_eq!(site.get("/admin/audit?from=2026-11-20&to=").await.status, 422);
    assert_eq!(site.get("/admin/audit?from=2026-11-20&to=2026-11-01").await.status, 422);
    let page = site.get("/admin/audit?from=2026-11-20&to=2026-11-20").await;
    page.shows("R08-000030");
    page.shows("鈴木 花子（センター）");
    assert!(!page.body.contains("みなと製作所"));
    let next = page.body.split("rel=\"next\" href=\"").nth(1).unwrap().split('"').next().unwrap();
    let next = site.get(&next.replace("&#38;", "&")).await;
    next.shows("R08-000001");
    assert!(!next.body.contains("R08-000030"));
    site.get("/admin/audit?from=2026-11-21&to=2026-11-30").await.shows("この期間の記録はありません。");
}

#[actix_web::test]
async fn metrics_are_for_our_own_networks() {
    let site = Site::with_settings(&[("MADOGUCHI_TRUSTED_PROXIES", "10.0.0.0/8")]).await;
    assert_eq!(site.get("/metrics").await.status, 403);
    let from = |address: &str| TestRequest::get().uri("/metrics").peer_addr(address.parse().unwrap());
    assert_eq!(site.send(from("203.0.113.9:1")).await.status, 403);
    let outside = from("10.0.0.1:1").insert_header(("X-Forwarded-For", "203.0.113.9"));
    assert_eq!(site.send(outside).await.status, 403, "forwarded from outside");
    assert_eq!(site.send(from("10.0.0.7:1")).await.status, 200);
    for header in
        ["forwarded", "via", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-real-ip"]
    {
        for neighbour in ["127.0.0.1:1", "10.0.0.1:1"] {
            let forwarded = from(neighbour).insert_header((header, "203.0.113.9"));
            assert_eq!(site.send(forwarded).await.status, 403, "{header} from {neighbour}");
        }
    }
    let for_loopback = from("127.0.0.1:1").insert_header(("x-forwarded-for", "127.0.0.1"));
    assert_eq!(site.send(for_loopback).await.status, 403, "a neighbour that is no proxy asks for another");
    let for_ours = from("10.0.0.1:1").insert_header(("x-forwarded-for", "10.0.0.7"));
    assert_eq!(site.send(for_ours).await.status, 200, "a proxy asks for our own network");
    let metrics = site.send(from("127.0.0.1:1")).await;
    for name in [
        "madoguchi_requests_total{class=\"4xx\"}",
        "madoguchi_consultations{turn=\"center\"} 0",
        "madoguchi_mails{state=\"ready\"} 0",
        "madoguchi_resident_memory_bytes",
        "# EOF",
    ] {
        metrics.shows(name);
    }
}

/// The acknowledgement names the desk and the visit, the case names the desk and the person, and both sides write to
/// each other where no one else reads it.
#[actix_web::test]
async fn a_hand_over_has_a_sender_whom_the_center_answers() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    desk(&site, "みなみ窓口", "desk1@example.jp").await;
    desk(&site, "きた窓口", "desk2@example.jp").await;
    site.sign_in("desk1@example.jp", PASSWORD).await;
    let key = key_of(&site.get("/desk/new").await.body);
    let form =
        [&HAND_OVER[..], &[("key", key.as_str()), ("email", cases::CONTACT), ("visited_on", "2026-11-19")]]
            .concat();
    let wrong: Vec<_> = form.iter().copied().filter(|it| it.0 != "visited_on").collect();
    let wrong = site.post("/desk/new", &[&wrong[..], &[("visited_on", "2026-12-01")]].concat()).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("1年前から今日までの日付");
    assert_eq!(site.post("/desk/new", &form).await.status, 303);
    let number = "R08-000001";
    let mails = cases::mails_to(&site, cases::CONTACT).await;
    let text = &mails.iter().find(|it| it.kind == "acknowledgement").unwrap().text_body;
    assert!(text.contains("引継ぎ元：みなみ窓口（11月19日（木）の窓口でのご相談）"), "{text}");

    site.sign_in("center@example.jp", PASSWORD).await;
    let case = format!("/staff/consultations/{number}");
    let page = site.get(&case).await;
    page.shows("引き継いだ窓口");
    page.shows("みなみ窓口　窓口 花子");
    let question = [("to_desk", "相談者の業種を教えてください。")];
    assert_eq!(site.post(&format!("{case}/desk-message"), &question).await.status, 303);
    let mails = cases::mails_to(&site, "desk1@example.jp").await;
    let mail = mails.iter().find(|it| it.kind == "desk_message").unwrap();
    assert!(mail.text_body.contains("/desk/R08-000001"), "{}", mail.text_body);
    assert!(!mail.text_body.contains("企業にも届きます"), "{}", mail.text_body);
    assert!(cases::mails_to(&site, "desk2@example.jp").await.is_empty());

    site.sign_in("desk1@example.jp", PASSWORD).await;
    site.get("/desk").await.shows("/desk/R08-000001");
    let page = site.get("/desk/R08-000001").await;
    page.shows("相談者の業種を教えてください。");
    page.shows("企業への連絡の期限：11月26日（木）");
    let path = "/desk/R08-000001/messages";
    assert_eq!(site.post(path, &[("message", " ")]).await.status, 422);
    assert_eq!(site.post(path, &[("message", "製造業です。")]).await.status, 303);
    site.sign_in("desk2@example.jp", PASSWORD).await;
    assert_eq!(site.get("/desk/R08-000001").await.status, 404);
    assert_eq!(site.post(path, &[("message", "x")]).await.status, 404);

    site.sign_in("center@example.jp", PASSWORD).await;
    site.get("/staff?tab=unanswered").await.shows(number);
    site.get(&format!("{case}?view=messages")).await.shows("製造業です。");
    let record =
        store::consultation::by_number(&site.app.db, number.parse().unwrap()).await.unwrap().unwrap();
    for audience in [Audience::Everyone, Audience::Internal] {
        let thread =
            store::correspondence::message::of(&site.app.db, record.consultation.id, audience).await.unwrap();
        assert_eq!(thread, [], "only the center and the desk read it");
    }
    // An answer to the company does not end the clock of the desk's message; an answer to the desk does.
    let says = async |audience| {
        let text = Prose::parse("本文", "ありがとうございます。", 100).unwrap();
        let id = record.consultation.id;
        ops::correspondence::message::post(&site.app, id, cast.center(), audience, &text).await.unwrap();
        store::consultation::find(&site.app.db, id).await.unwrap().unwrap().response.is_some()
    };
    assert!(says(Audience::Everyone).await);
    assert!(!says(Audience::Desk).await);
}
