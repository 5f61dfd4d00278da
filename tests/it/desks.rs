//! First-line desks: the finder for the public, the file of desks, the requests that a desk notes, and the cases that go
//! from a desk to the center and back.
use chrono::TimeDelta;
use domain::{
    actor::Role,
    calendar::at_japan,
    id::DeskEntryId,
    intake::{application::TICKED, desk_entry::KEPT},
};
use entity::{consultation, desk_entry};
use madoguchi::{ops, store, worker};
use sea_orm::{ActiveValue::Set, EntityTrait, PaginatorTrait, QueryFilter, sea_query::Expr};
use uuid::Uuid;

use crate::{
    cases::{self, CONTACT, Cast},
    conversation::send,
    office,
    site::{PASSWORD, Reply, Site},
};

const FILE: &str = "都道府県,名称,郵便番号,住所,電話番号,受付時間,相談できること,Webサイト\n\
    秋田,秋田駅前の窓口,010-0001,秋田市中通一丁目,018-111-1111,平日 9:00〜17:00,テレワークの始め方,https://www.example.jp/\n\
    秋田県,山王の窓口,010-0951,秋田市山王一丁目,018-222-2222,平日 9:00〜16:00,,\n\
    東京都,東京の窓口,100-0001,千代田区千代田,03-1111-1111,,,\n";

async fn administrators_site() -> Site {
    let site = Site::new().await;
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    site
}

/// Sends a file of desks, and returns the address of its preview.
async fn imported(site: &Site, text: &str) -> String {
    let reply =
        send(site, "/admin/masters/desks/import", &[], &[("窓口.csv", "text/csv", text.as_bytes())]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reply.location.unwrap()
}

/// Returns the place of a text in a page.
fn place(page: &Reply, text: &str) -> usize {
    page.body.find(text).unwrap_or_else(|| panic!("{text} is missing: {}", page.body))
}

#[actix_web::test]
async fn the_public_finds_the_nearest_desk_or_else_the_center() {
    let site = administrators_site().await;
    let preview = imported(&site, FILE).await;
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 303);
    let visitor = site.visitor();
    let page = visitor.get("/desks").await;
    page.shows("全国の窓口");
    assert!(!page.body.contains("秋田駅前の窓口"), "{}", page.body);

    let near = visitor.get("/desks?postal_code=010-0951").await;
    near.shows("秋田県の窓口（2件、郵便番号が近い順）");
    assert!(place(&near, "山王の窓口") < place(&near, "秋田駅前の窓口"));
    let other = visitor.get("/desks?postal_code=0100001&prefecture=13").await;
    assert!(place(&other, "秋田駅前の窓口") < place(&other, "山王の窓口"), "the code counts");
    let whole = visitor.get("/desks?prefecture=05").await;
    for words in [
        "href=\"tel:0181111111\"",
        "平日 9:00〜17:00",
        "テレワークの始め方",
        "〒010-0001",
        "秋田市中通一丁目",
    ] {
        whole.shows(words);
    }
    assert!(!whole.body.contains("東京の窓口"));

    visitor.get("/desks?prefecture=47").await.shows("沖縄県には、案内できる窓口がありません");
    for (code, why) in [("123", "7桁の数字"), ("0000001", "この郵便番号の地域が分かりません")]
    {
        let wrong = visitor.get(&format!("/desks?postal_code={code}")).await;
        assert_eq!(wrong.status, 422);
        wrong.shows(why);
        wrong.shows(&format!("value=\"{code}\""));
    }
    visitor.get("/").await.shows("href=\"/desks\"");
    let robots = visitor.get("/robots.txt").await.body;
    assert!(robots.contains("Disallow: /desk/\n") && !robots.contains("Disallow: /desk\n"), "{robots}");

    // A desk that is closed is not shown.
    let desks = store::reference::desk::all(&site.app.db).await.unwrap();
    let tokyo = desks.iter().find(|it| it.name == "東京の窓口").unwrap();
    let active = format!("/admin/masters/desks/{}/active", tokyo.id);
    assert_eq!(site.post(&active, &[("active", "no")]).await.status, 303);
    visitor.get("/desks?prefecture=13").await.shows("東京都には、案内できる窓口がありません");
}

#[actix_web::test]
async fn a_file_of_desks_shows_all_its_faults_and_is_taken_once() {
    let site = administrators_site().await;
    let nothing = send(&site, "/admin/masters/desks/import", &[], &[]).await;
    assert_eq!(nothing.status, 422);
    nothing.shows("CSVファイルを選択してください");
    let wrong =
        send(&site, "/admin/masters/desks/import", &[], &[("a.csv", "text/csv", b"a,b\n1,2\n")]).await;
    wrong.shows("次の列がありません：都道府県、名称");

    let file =
        format!("{FILE}火星,,1,,110,,,\n秋田県,秋田駅前の窓口,,,,,,\n大阪府,大阪の窓口,010-0001,,,,,\n");
    let preview = imported(&site, &file).await;
    let page = site.get(&preview).await;
    page.shows("取り込めるもの3件、直す必要があるもの3件");
    for words in [
        "5行目",
        "都道府県を選択してください",
        "窓口の名称を入力",
        "電話番号は",
        "6行目「秋田駅前の窓口」",
        "2行目と同じ窓口です",
        "秋田県のものです",
    ] {
        page.shows(words);
    }
    assert!(
        store::reference::desk::all(&site.app.db).await.unwrap().is_empty(),
        "nothing is taken by looking"
    );
    let done = site.post(&format!("{preview}/take"), &[]).await;
    assert_eq!(done.location.as_deref(), Some("/admin/masters"));
    site.get("/admin/masters").await.shows("追加3件、変更0件、変わらないもの0件");
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 409, "a file is taken once");

    // The same desk gets what a later file says; the others stay.
    let preview = imported(&site, "都道府県,名称,電話番号\n秋田県,山王の窓口,018-333-3333\n").await;
    site.get(&preview).await.shows("山王の窓口（変更）");
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 303);
    let desks = store::reference::desk::all(&site.app.db).await.unwrap();
    assert_eq!(desks.len(), 3);
    let shown = site.visitor().get("/desks?prefecture=05").await;
    shown.shows("href=\"tel:0183333333\"");
    shown.shows("平日 9:00〜16:00");
    // An empty cell leaves the value; a marker empties it, as the preview says.
    let preview = imported(&site, "都道府県,名称,電話番号,受付時間\n秋田県,山王の窓口,,（空にする）\n").await;
    site.get(&preview).await.shows("山王の窓口（変更。受付時間を空にします）");
    assert_eq!(site.post(&format!("{preview}/take"), &[]).await.status, 303);
    let shown = site.visitor().get("/desks?prefecture=05").await;
    shown.shows("href=\"tel:0183333333\"");
    assert!(!shown.body.contains("平日 9:00〜16:00"));
}

#[actix_web::test]
async fn two_files_with_the_same_new_desk_add_it_once() {
    let site = Site::on_disk().await;
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(site.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let (first, second) = (imported(&site, FILE).await, imported(&site, FILE).await);
    let (first, second) = (format!("{first}/take"), format!("{second}/take"));
    let (a, b, c) =
        futures_util::future::join3(site.post(&first, &[]), site.post(&second, &[]), site.post(&first, &[]))
            .await;
    let mut codes = [a.status, b.status, c.status];
    codes.sort_unstable();
    assert_eq!(codes, [303, 303, 409], "a file is taken once");
    assert_eq!(store::reference::desk::all(&site.app.db).await.unwrap().len(), 3);
}

#[actix_web::test]
async fn a_desk_hears_that_its_hand_over_is_accepted_also_if_an_expert_is_asked_at_once() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let desk = office::desk(&site, "みなみ窓口", "desk1@example.jp").await;
    let handed_over = entity::consultation::ActiveModel {
        id: Set(case.id.0),
        origin: Set(codes::Origin::Desk.into()),
        desk_id: Set(Some(desk.0)),
        ..Default::default()
    };
    entity::consultation::Entity::update(handed_over).exec(&site.app.db).await.unwrap();
    let version = cases::record(&site, case).await.version;
    ops::routing::assignment::request(&site.app, case.id, version, cast.center(), &[cast.expert])
        .await
        .unwrap();
    let mails = cases::mails_to(&site, "desk1@example.jp").await;
    assert_eq!(mails.iter().filter(|it| it.kind == "hand_over_accepted").count(), 1);
}

#[actix_web::test]
async fn an_administrator_adds_a_desk_and_says_what_it_offers() {
    let site = administrators_site().await;
    let wrong = site.post("/admin/masters/desks", &[("desk_name", ""), ("prefecture", "")]).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("href=\"#desk_name\"");
    let added = site.post("/admin/masters/desks", &[("desk_name", "那覇の窓口"), ("prefecture", "47")]).await;
    let address = added.location.unwrap();
    let form = |code: &'static str| {
        [
            ("name", "那覇の窓口"),
            ("prefecture", "47"),
            ("postal_code", code),
            ("phone", "098-000-0000"),
            ("hours", "平日 10:00〜16:00"),
        ]
    };
    let wrong = site.post(&address, &form("1000001")).await;
    assert_eq!(wrong.status, 422);
    wrong.shows("郵便番号は東京都のものです");
    assert_eq!(site.post(&address, &form("900-0001")).await.status, 303);
    site.visitor().get("/desks?prefecture=47").await.shows("平日 10:00〜16:00");
    let twice =
        site.post("/admin/masters/desks", &[("desk_name", "那覇の 窓口"), ("prefecture", "47")]).await;
    assert_eq!(twice.status, 422);
    twice.shows("同じ都道府県に、同じ名称の窓口があります");
}

/// A desk with a person who is signed in at `site`.
async fn desks_site() -> Site {
    let site = Site::new().await;
    office::desk(&site, "みなみ窓口", "desk1@example.jp").await;
    assert_eq!(site.sign_in("desk1@example.jp", PASSWORD).await.status, 303);
    site
}

fn key_of(page: &Reply) -> String {
    page.body.split("name=\"key\" value=\"").nth(1).unwrap().split('"').next().unwrap().to_owned()
}

/// Notes a request, and returns the reply with its id.
async fn noted(site: &Site, action: &str, more: &[(&str, &str)]) -> (Reply, String) {
    let key = key_of(&site.get("/desk/calls/new").await);
    let form = [("key", key.as_str()), ("name", "田中 一郎"), ("theme", "other"), ("action", action)];
    let form: Vec<_> = form
        .into_iter()
        .filter(|it| more.iter().all(|more| more.0 != it.0))
        .chain(more.iter().copied())
        .collect();
    (site.post("/desk/calls/new", &form).await, key)
}

#[actix_web::test]
async fn a_name_and_a_theme_are_enough_for_a_call() {
    let site = desks_site().await;
    site.get("/desk").await.shows("href=\"/desk/calls\"");
    let page = site.get("/desk/calls/new").await;
    // The first field has the focus, and the first button is the one that Enter presses.
    page.shows("autofocus");
    assert!(place(&page, "value=\"answered\"") < place(&page, "value=\"open\""));
    let (wrong, _) =
        noted(&site, "answered", &[("name", ""), ("theme", ""), ("phone", "1"), ("email", "a")]).await;
    assert_eq!(wrong.status, 422);
    for field in ["name", "theme", "phone", "email"] {
        wrong.shows(&format!("href=\"#{field}\""));
    }
    let (reply, id) = noted(&site, "answered", &[]).await;
    assert_eq!(reply.location.as_deref(), Some("/desk/calls"));
    let list = site.get("/desk/calls").await;
    list.shows("「田中 一郎」を、回答済みとして記録しました。");
    for words in ["今日 ", "その他", "窓口で回答", "11月20日（金）に、窓口で回答しました。"]
    {
        list.shows(words);
    }
    // Sent twice, it is one request.
    let form = [("key", id.as_str()), ("name", "田中 一郎"), ("theme", "other"), ("action", "answered")];
    assert_eq!(site.post("/desk/calls/new", &form).await.status, 303);
    assert_eq!(desk_entry::Entity::find().count(&site.app.db).await.unwrap(), 1);

    // It goes on, is changed, and is answered again.
    let address = format!("/desk/calls/{id}");
    assert_eq!(site.post(&address, &[("action", "reopen"), ("version", "0")]).await.status, 303);
    site.get("/desk/calls?state=open").await.shows("対応中（1）");
    let stale = site.post(&address, &[("action", "answer"), ("version", "0")]).await;
    assert_eq!(stale.status, 409);
    let edit =
        [("action", "save"), ("version", "1"), ("name", "田中"), ("theme", "other"), ("memo", "折り返す")];
    assert_eq!(site.post(&address, &edit).await.status, 303);
    assert_eq!(site.post(&address, &[("action", "answer"), ("version", "2")]).await.status, 303);
    site.get(&address).await.shows("折り返す</textarea>");
    site.get("/desk/calls?state=open").await.shows("「対応中」の受付はありません");
}

#[actix_web::test]
async fn a_desk_sees_no_request_of_another_desk() {
    let site = desks_site().await;
    let (_, id) = noted(&site, "open", &[]).await;
    office::desk(&site, "きた窓口", "desk2@example.jp").await;
    let other = site.visitor();
    assert_eq!(other.sign_in("desk2@example.jp", PASSWORD).await.status, 303);
    let address = format!("/desk/calls/{id}");
    assert_eq!(other.get(&address).await.status, 404);
    assert_eq!(other.post(&address, &[("action", "answer"), ("version", "0")]).await.status, 404);
    assert_eq!(other.get(&format!("/desk/new?entry={id}")).await.status, 404);
    let form = [("key", id.as_str()), ("name", "田中"), ("theme", "other"), ("action", "open")];
    assert_eq!(other.post("/desk/calls/new", &form).await.status, 404, "its key opens nothing");
    let list = other.get("/desk/calls").await;
    list.shows("受付の記録はまだありません");
    assert!(!other.get(&format!("/desk/calls?before={id}")).await.body.contains("田中"));
}

#[actix_web::test]
async fn a_request_becomes_a_consultation_and_shows_how_it_stands() {
    let site = desks_site().await;
    let typed =
        [("memo", "在宅勤務を始めたい。"), ("phone", "03-0000-0000"), ("company", "株式会社あおば見本")];
    let (reply, id) = noted(&site, "hand_over", &typed).await;
    let address = reply.location.unwrap();
    assert_eq!(address, format!("/desk/new?entry={id}"));
    let page = site.get(&address).await;
    for words in [
        "在宅勤務を始めたい。</textarea>",
        "株式会社あおば見本",
        "03-0000-0000",
        "その他",
        "相談の内容と連絡先を",
    ] {
        page.shows(words);
    }
    let key = key_of(&page);
    let form = [
        ("key", key.as_str()),
        ("entry", id.as_str()),
        ("whose", "company"),
        ("field", "ict"),
        ("description", "在宅勤務を始めたい。"),
        ("mode", "online"),
        ("company_name", "株式会社あおば見本"),
        ("contact_name", "田中 一郎"),
        ("phone", "03-0000-0000"),
        ("told_name", "田中 一郎"),
        ("told_how", "phone"),
        ("consent", "1"),
    ];
    for _ in 0..2 {
        assert_eq!(site.post("/desk/new", &form).await.status, 303);
    }
    let list = site.get("/desk/calls").await;
    list.shows("センターに引継ぎ");
    list.shows("センターの確認を待っています。");
    let page = site.get(&format!("/desk/calls/{id}")).await;
    page.shows("href=\"/desk/R08-000001\"");
    assert!(!page.body.contains("保存する"), "what was handed over does not change");
    let again = site.post(&format!("/desk/calls/{id}"), &[("action", "answer"), ("version", "1")]).await;
    assert_eq!(again.status, 409);

    // The center sees it first, and accepts it with one click.
    let cast = Cast::new(&site).await;
    cases::received(&site, &cast, CONTACT).await;
    let center = site.visitor();
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let page = center.get("/staff").await;
    page.shows("窓口から引き継がれた相談（1件）");
    page.shows("みなみ窓口");
    assert!(place(&page, "R08-000001") < place(&page, "R08-000002"));
    let version = page.body.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let accept = center.post("/staff/consultations/R08-000001/start-check", &[("version", version)]).await;
    assert_eq!(accept.status, 303, "{}", accept.body);
    assert!(!center.get("/staff").await.body.contains("窓口から引き継がれた相談"));
    let mails = cases::mails_to(&site, "desk1@example.jp").await;
    assert!(mails.iter().any(|it| it.kind == "hand_over_accepted"));
    site.get("/desk/calls").await.shows("センターで内容を確認しています。");

    let figures = site.get("/desk/figures").await;
    figures.shows(
        "<th scope=\"row\" class=\"nw\">2026年11月</th><td>1</td><td>0</td><td>0</td><td>1</td><td>0</td>",
    );
    noted(&site, "answered", &[]).await;
    noted(&site, "open", &[]).await;
    let figures = site.get("/desk/figures").await;
    figures.shows(
        "<th scope=\"row\" class=\"nw\">2026年11月</th><td>3</td><td>1</td><td>1</td><td>1</td><td>0</td>",
    );
}

#[actix_web::test]
async fn the_center_hands_a_case_over_to_a_desk_with_the_consent_of_its_company() {
    let site = desks_site().await;
    let cast = Cast::new(&site).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let center = site.visitor();
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let address = format!("/staff/consultations/{}/hand-back", case.number);
    center.get(&format!("/staff/consultations/{}/refer", case.number)).await.shows("/hand-back");
    let page = center.get(&address).await;
    page.shows("窓口から連絡します。");
    let version = page.body.split("name=\"version\" value=\"").nth(1).unwrap().split('"').next().unwrap();
    let wrong = center.post(&address, &[("version", version)]).await;
    assert_eq!(wrong.status, 422);
    for field in ["desk", "outline", "person", "how", "consent"] {
        wrong.shows(&format!("href=\"#{field}\""));
    }
    let desks = store::reference::desk::all(&site.app.db).await.unwrap();
    let desk = desks[0].id.to_string();
    let form = [
        ("version", version),
        ("desk", desk.as_str()),
        ("outline", "就業規則の相談です。"),
        ("person", "田中 一郎"),
        ("how", "phone"),
        ("consent", TICKED),
    ];
    let done = center.post(&address, &form).await;
    assert_eq!(done.status, 303, "{}", done.body);
    assert_eq!(cases::state(&site, case).await, "referred");
    let history = center.get(&format!("/staff/consultations/{}?view=history", case.number)).await;
    history.shows("田中 一郎さんの同意を得て、みなみ窓口に相談を引き継ぎました");

    let mails = cases::mails_to(&site, CONTACT).await;
    let referred = mails.iter().find(|it| it.kind == "referred").unwrap();
    assert!(
        referred.text_body.contains("ご案内先から、11月26日（木）までにご連絡します。"),
        "{}",
        referred.text_body
    );
    let mails = cases::mails_to(&site, "desk1@example.jp").await;
    let kinds: Vec<_> = mails.iter().map(|it| it.kind.as_str()).collect();
    assert_eq!(kinds, ["handed_back", "handed_back_reminder"]);
    assert!(!mails[0].text_body.contains("田中"), "a mail names no person");

    // The desk sees the contact and the outline, and nothing else of the case.
    let list = site.get("/desk/calls").await;
    list.shows("センターからの引継ぎ");
    list.shows("企業に連絡し、回答したら");
    let link = list.body.split("href=\"/desk/calls/").nth(2).unwrap();
    let id = link.split('"').next().unwrap();
    assert!(Uuid::parse_str(id).is_ok(), "{id}");
    let page = site.get(&format!("/desk/calls/{id}")).await;
    page.shows("就業規則の相談です。");
    page.shows(CONTACT);
    assert_eq!(site.get(&format!("/desk/{}", case.number)).await.status, 404);
    // A desk that does not call is reminded on the last day, and then the center is told.
    let due = "11月26日（木）";
    page.shows(due);
    assert!(mails[0].text_body.contains(due), "{}", mails[0].text_body);
    assert!(!center.get("/staff").await.body.contains("窓口に引き継いで、回答のない相談"));
    site.app.clock.advance(at_japan("2026-11-26".parse().unwrap(), 10, 0) - site.app.clock.now());
    while worker::outbox::step(&site.app).await.unwrap() {}
    let mails = cases::mails_to(&site, "desk1@example.jp").await;
    let reminder = mails.iter().find(|it| it.kind == "handed_back_reminder").unwrap();
    assert_eq!(reminder.state.code(), "sent");
    site.app.clock.advance(TimeDelta::hours(8));
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let list = center.get("/staff").await;
    list.shows("窓口に引き継いで、回答のない相談（1件）");
    list.shows(&case.number.to_string());
    assert_eq!(site.sign_in("desk1@example.jp", PASSWORD).await.status, 303);
    // The case goes on at the center: the desk has nothing to do.
    let version = cases::record(&site, case).await.version;
    let reason = domain::text::TextLine::parse("理由", "続ける", 60).unwrap();
    ops::consultation::reopening::reopen(&site.app, case.id, version, cast.center(), &reason).await.unwrap();
    site.get("/desk/calls").await.shows("回答は必要ありません");
    assert!(!center.get("/staff").await.body.contains("窓口に引き継いで、回答のない相談"));
}

/// The last person of a desk is closed: the administrator sees what stays there, the center is told, and no mail goes to a
/// desk at which no person reads.
#[actix_web::test]
async fn a_desk_without_people_is_told_of_and_gets_no_message() {
    let site = desks_site().await;
    let cast = Cast::new(&site).await;
    noted(&site, "open", &[]).await;
    let case = cases::received(&site, &cast, CONTACT).await;
    let desk = store::reference::desk::all(&site.app.db).await.unwrap().remove(0).id;
    let of_desk = consultation::Entity::update_many()
        .col_expr(consultation::Column::DeskId, Expr::value(desk.0))
        .col_expr(consultation::Column::Origin, Expr::value("desk"))
        .filter(consultation::COLUMN.id.eq(case.id.0));
    of_desk.exec(&site.app.db).await.unwrap();
    let account =
        store::accounts::account::find_by_email(&site.app.db, "desk1@example.jp").await.unwrap().unwrap();
    let admin = site.visitor();
    site.account(Role::Administrator, "admin@example.jp").await;
    assert_eq!(admin.sign_in("admin@example.jp", PASSWORD).await.status, 303);
    let address = format!("/admin/users/{}/deactivate", account.id);
    let page = admin.get(&address).await;
    page.shows("対応中の受付：1件");
    page.shows(&format!("センターに引き継いだ、終わっていない相談：{}", case.number));
    let done = admin.post(&address, &[]).await;
    assert_eq!(done.status, 303);
    admin
        .get(done.location.as_deref().unwrap())
        .await
        .shows("窓口に残っているものをセンターに知らせました。");
    let to = site.app.programme().await.unwrap().settings_at(site.app.clock.now()).center_email.clone();
    let mails = cases::mails_to(&site, &to).await;
    assert!(
        mails.iter().any(|it| it.kind == "desk_unstaffed" && it.text_body.contains("みなみ窓口")),
        "{mails:?}"
    );

    let center = site.visitor();
    assert_eq!(center.sign_in("center@example.jp", PASSWORD).await.status, 303);
    let address = format!("/staff/consultations/{}", case.number);
    let refused =
        send(&center, &format!("{address}/desk-message"), &[("to_desk", "進み具合です。")], &[]).await;
    assert_eq!(refused.status, 409, "{}", refused.body);
    refused.shows("画面を使う人がいないため、メッセージを送れません");
    center.get(&format!("{address}/hand-back")).await.shows("画面を使う人がいる一次相談窓口がありません");
}

#[actix_web::test]
async fn names_at_a_desk_are_erased_after_a_year_and_counted_further() {
    let site = desks_site().await;
    let (_, id) = noted(&site, "answered", &[("memo", "秘密の内容")]).await;
    site.app.clock.advance(KEPT - TimeDelta::days(1));
    ops::housekeeping::forget_expired(&site.app).await.unwrap();
    assert_eq!(site.sign_in("desk1@example.jp", PASSWORD).await.status, 303);
    site.get("/desk/calls").await.shows("田中 一郎");
    site.app.clock.advance(TimeDelta::days(2));
    ops::housekeeping::forget_expired(&site.app).await.unwrap();
    let row = desk_entry::Entity::find_by_id(Uuid::parse_str(&id).unwrap()).one(&site.app.db).await;
    let row = row.unwrap().unwrap();
    assert_eq!((row.name, row.company, row.phone, row.email, row.memo), (None, None, None, None, None));
    assert_eq!(site.sign_in("desk1@example.jp", PASSWORD).await.status, 303);
    let page = site.get(&format!("/desk/calls/{id}")).await;
    page.shows("保存の期間が過ぎたため消去しました");
    let again = site.post(&format!("/desk/calls/{id}"), &[("action", "reopen"), ("version", "0")]).await;
    assert_eq!(again.status, 409);
    let entry = DeskEntryId(Uuid::parse_str(&id).unwrap());
    let desks = store::reference::desk::all(&site.app.db).await.unwrap();
    let entry = store::intake::desk_entry::find(&site.app.db, desks[0].id, entry).await.unwrap().unwrap();
    assert_eq!(entry.caller, None);
}

/// The theme and the notes of the desk reach the expert who is asked.
#[actix_web::test]
async fn the_theme_that_a_desk_noted_is_the_consultations() {
    let site = desks_site().await;
    let label = domain::text::TextLine::parse("テーマ", "就業規則", 60).unwrap();
    ops::reference::settings::add_theme(&site.app, domain::field::Field::Labor, &label).await.unwrap();
    let theme = store::reference::theme::themes(&site.app.db).await.unwrap().remove(0).code;
    let typed = [("memo", "就業規則を見直したい。"), ("theme", theme.as_str())];
    for (fields, expected) in [("labor", vec![theme.clone()]), ("ict", Vec::new())] {
        let (_, entry) = noted(&site, "hand_over", &typed).await;
        let page = site.get(&format!("/desk/new?entry={entry}")).await;
        page.shows("就業規則を見直したい。</textarea>");
        let key = key_of(&page);
        let form = [
            ("key", key.as_str()),
            ("entry", entry.as_str()),
            ("whose", "company"),
            ("field", fields),
            ("description", "就業規則を見直したい。"),
            ("mode", "online"),
            ("company_name", "株式会社あおば見本"),
            ("contact_name", "田中 一郎"),
            ("phone", "03-0000-0000"),
            ("told_name", "田中 一郎"),
            ("told_how", "phone"),
            ("consent", "1"),
        ];
        let reply = site.post("/desk/new", &form).await;
        assert_eq!(reply.status, 303, "{}", reply.body);
        let cases = consultation::Entity::find().all(&site.app.db).await.unwrap();
        let newest = cases.iter().max_by_key(|it| it.number.clone()).unwrap();
        let id = domain::id::ConsultationId(newest.id);
        assert_eq!(store::consultation::themes(&site.app.db, id).await.unwrap(), expected, "{fields}");
    }
}
