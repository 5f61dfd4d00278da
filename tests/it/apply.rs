//! The application of a company, from the first page to the acknowledgement.
pub mod setting;

use chrono::{DateTime, TimeDelta, Utc};
use domain::{number::CaseNumber, settings::Settings};
use madoguchi::{
    ops::{
        self,
        correspondence::mail_budget::{MailBudget, RequestedMail},
    },
    store, worker,
};
use sea_orm::EntityTrait;

use self::setting::{
    COMPANY, CONTACT, TOPIC, company_with, contact_with, draft_at, expert, outbox, programme, values_of,
};
use crate::site::Site;

#[actix_web::test]
async fn a_company_applies_and_learns_what_happens_next() {
    let site = Site::new().await;
    programme(&site, |_| {}).await;
    expert(&site, "taro@example.jp").await;

    site.get("/apply").await.shows("入力はおよそ10分です。途中で保存できます。");
    let begun = site.post("/apply", &[]).await;
    assert_eq!(begun.status, 303);
    let topic = begun.location.unwrap();
    let draft = topic.strip_suffix("/topic").unwrap().to_owned();

    let page = site.get(&topic).await;
    page.shows("全5ステップ中、1番目");
    page.shows("テレワークの方式");
    page.shows("就業規則・テレワーク規程");
    assert_eq!(page.header("referrer-policy"), Some("same-origin"), "the address is a secret");
    assert_eq!(page.body.matches("<h1>").count(), 1);

    assert_eq!(site.post(&topic, TOPIC).await.location, Some(format!("{draft}/company")));
    site.get(&format!("{draft}/company")).await.shows("沖縄県");
    let next = site.post(&format!("{draft}/company"), COMPANY).await;
    assert_eq!(next.location, Some(format!("{draft}/contact")));
    let next = site.post(&format!("{draft}/contact"), CONTACT).await;
    assert_eq!(next.location, Some(format!("{draft}/slot")));

    let page = site.get(&format!("{draft}/slot")).await;
    page.shows("労務管理・オンライン・60分");
    page.shows("11月26日（木）");
    page.shows("10:00から11:00");
    page.shows("さらに後の日時を見る（12月10日（木）から）");
    let slots = values_of(&page.body, "slot");
    assert_eq!(slots.first().map(String::as_str), Some("2026-11-26T00:00:00Z"));
    let next = site.post(&format!("{draft}/slot"), &[("slot", "2026-11-26T01:00:00Z")]).await;
    assert_eq!(next.location, Some(format!("{draft}/confirm")));

    let page = site.get(&format!("{draft}/confirm")).await;
    page.shows("まだ申込みは完了していません。");
    page.shows("2026年（令和8年）11月26日（木）10:00から11:00（仮予約）");
    page.shows("<dd>14:20</dd>");
    page.shows("みなと製作所");
    page.shows("ミナトセイサクショ");
    page.shows("〒231-0001");
    page.shows("テレワーク相談センター運営事務局");
    page.shows("2026-04");
    page.shows(&format!(r##"{draft}/company?from=confirm#capital"##));
    assert!(!page.body.contains("checked"), "nobody consents in advance");

    let sent = site.post(&format!("{draft}/confirm"), &[("consent", "1"), ("newsletter", "1")]).await;
    assert_eq!(sent.location, Some(format!("{draft}/done")), "{}", sent.body);
    for _ in 0..2 {
        let page = site.get(&format!("{draft}/done")).await;
        assert_eq!(page.status, 200);
        page.shows("R08-000001");
        page.shows("まだ日程は確定していません。");
        // The company hears before the time that it wishes for, 26 November at 10:00.
        // That is the second business day, so that no number of days is named.
        page.shows("ご連絡します（2026年（令和8年）11月25日（水）まで）");
        assert!(!page.body.contains("3営業日以内、"), "{}", page.body);
        page.shows("確認メールを hanako@minato.example.jp に送りました");
        // Closed days do not count: the 21st to the 23rd.
        page.shows("11月24日（火）14:05");
        page.shows("0120-000-000");
    }
    let mails = outbox(&site).await;
    // The second one is planned for before the end of the hold.
    assert_eq!(mails.len(), 2);
    assert_eq!((mails[0].kind.as_str(), mails[1].kind.as_str()), ("acknowledgement", "hold_ending"));
    assert_eq!(mails[1].due_at, "2026-11-24T10:05:00+09:00".parse::<DateTime<Utc>>().unwrap());
    assert_eq!(mails[0].recipient, "hanako@minato.example.jp");
    assert!(mails[0].text_body.contains("R08-000001"));
    for secret in ["みなと", "花子", "在宅勤務の時間管理", "横浜", "総務部"] {
        let mail = format!(
            "{}{}{}{}",
            mails[0].subject, mails[0].text_body, mails[0].html_body, mails[0].recipient_name
        );
        assert!(!mail.contains(secret), "{secret} in {mail}");
    }
}

#[actix_web::test]
async fn every_mistake_is_shown_at_once_and_nothing_typed_is_lost() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    let page = site.post(&format!("{draft}/topic"), &[("field", "x"), ("mode", "walk")]).await;
    assert_eq!(page.status, 422);
    page.shows("<title>エラー：相談したいこと（1/5）");
    page.shows("入力内容を確認してください（3件）");
    page.shows(r##"<a href="#field">相談の分野を選択してください</a>"##);
    page.shows(r##"<a href="#description">困っていることを入力してください</a>"##);
    page.shows(r##"<a href="#mode">実施方法を選択してください</a>"##);

    let too_long = "長".repeat(61);
    let wrong = company_with(&[
        ("company_name", ""),
        ("postal_code", "12"),
        ("prefecture", "48"),
        ("corporate_number", "1234567890123"),
        ("employees", "たくさん"),
        ("industry", "I"),
        ("organization", "nothing"),
        ("telework_status", "maybe"),
        ("city", &too_long),
        ("street", "1\u{7}2"),
    ]);
    let page = site.post(&format!("{draft}/company"), &wrong).await;
    assert_eq!(page.status, 422);
    page.shows("入力内容を確認してください（10件）");
    page.shows("会社の正式名称を入力してください");
    page.shows("郵便番号は、7桁の数字で入力してください");
    page.shows("都道府県を選択してください");
    page.shows("法人番号の数字が正しいか確認してください");
    page.shows("従業員数は、0以上の整数で入力してください");
    page.shows("業種を選択してください");
    page.shows("市区町村は60文字以内で入力してください（現在61文字）");
    page.shows("町域・番地から、改行や目に見えない記号を取り除いてください");
    for again in [page, site.get(&format!("{draft}/company")).await] {
        again.shows(r#"value="たくさん""#);
        again.shows(r#"value="12""#);
        again.shows(r#"value="1234567890123""#);
        again.shows(&too_long);
    }

    let long = "あ".repeat(2134);
    let typed = [("field", "ict"), ("description", long.as_str()), ("mode", "visit")];
    let page = site.post(&format!("{draft}/topic"), &typed).await;
    page.shows("困っていることは2,000文字以内で入力してください（現在2,134文字）");
    page.shows(&long);

    let page =
        site.post(&format!("{draft}/contact"), &contact_with(&[("email", "hanako"), ("phone", "12")])).await;
    page.shows("メールアドレスは、name@example.jp のような形で入力してください");
    page.shows("電話番号は、10桁または11桁の数字で入力してください");
    page.shows(r#"value="hanako""#);
}

#[actix_web::test]
async fn typed_text_is_escaped() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    let typed = [("field", "ict"), ("description", "</textarea><script>x</script>\0"), ("mode", "online")];
    let page = site.post(&format!("{draft}/topic"), &typed).await;
    assert!(matches!(page.status, 303 | 422), "{}", page.status);
    let page = site.get(&format!("{draft}/topic")).await;
    assert!(!page.body.contains("<script>"), "{}", page.body);
    page.shows("script");
}

#[actix_web::test]
async fn saving_keeps_even_what_is_wrong_and_the_link_to_go_on_is_mailed() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    let saved = site.post(&format!("{draft}/topic"), &[("description", "途中"), ("action", "save")]).await;
    assert_eq!(saved.location, Some(format!("{draft}/saved")));
    let page = site.get(&format!("{draft}/saved")).await;
    page.shows("2026年（令和8年）12月20日（日）14:05");
    page.shows(&format!("http://127.0.0.1:8080{draft}"));
    page.shows("メールアドレスを入力する");
    site.get(&format!("{draft}/topic")).await.shows("途中");
    assert_eq!(site.get(&draft).await.location, Some(format!("{draft}/topic")));

    site.post(&format!("{draft}/contact"), &contact_with(&[("phone", ""), ("action", "save")])).await;
    site.get(&format!("{draft}/saved")).await.shows("hanako@minato.example.jp");
    let reply = site.post(&format!("{draft}/saved"), &[]).await;
    assert_eq!(reply.location, Some(format!("{draft}/saved")));
    site.get(&format!("{draft}/saved")).await.shows("リンクをメールで送りました");
    let mails = outbox(&site).await;
    assert_eq!(mails.len(), 1);
    assert_eq!(mails[0].kind, "resume_draft");
    assert!(mails[0].text_body.contains(&format!("http://127.0.0.1:8080{draft}\n")));
    assert!(!mails[0].text_body.contains("花子") && !mails[0].text_body.contains("途中"));
}

#[actix_web::test]
async fn asking_for_the_link_reveals_no_known_address() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    site.post(&format!("{draft}/contact"), CONTACT).await;
    let ask = async |email: &'static str| site.post("/apply/resume", &[("email", email)]).await;
    site.get("/apply/resume").await.shows("リンクを送る");
    assert_eq!(ask("nonsense").await.status, 422);
    let known = ask("HANAKO@minato.example.jp").await;
    let unknown = ask("nobody@minato.example.jp").await;
    assert_eq!((known.status, unknown.status), (200, 200));
    let alike =
        |body: &str| body.replace("HANAKO@minato.example.jp", "…").replace("nobody@minato.example.jp", "…");
    assert_eq!(alike(&known.body), alike(&unknown.body));
    assert_eq!(outbox(&site).await.len(), 1);
    for _ in 0..8 {
        assert_eq!(ask("hanako@minato.example.jp").await.status, 200);
    }
    assert_eq!(outbox(&site).await.len(), 5, "one address causes so many mails a day and no more");
}

#[actix_web::test]
async fn the_second_company_to_choose_a_time_chooses_again() {
    let site = Site::new().await;
    expert(&site, "taro@example.jp").await;
    let (first, second) = (draft_at(&site).await, draft_at(&site).await);
    for draft in [&first, &second] {
        setting::answer_all(&site, draft).await;
        site.get(&format!("{draft}/slot")).await.shows("2026-11-26T01:00:00Z");
    }
    let slot = [("slot", "2026-11-26T01:00:00Z")];
    assert_eq!(site.post(&format!("{first}/slot"), &slot).await.status, 303);
    let page = site.post(&format!("{second}/slot"), &slot).await;
    assert_eq!(page.status, 409);
    page.shows("選んだ日時は、ほかの方の予約が先に入りました。別の日時を選んでください。");
    let free = values_of(&page.body, "slot");
    assert_eq!(free.first().map(String::as_str), Some("2026-11-26T02:30:00Z"), "{free:?}");
    site.get(&format!("{second}/company")).await.shows("みなと製作所");
    assert_eq!(site.post(&format!("{second}/slot"), &[("slot", &free[0])]).await.status, 303);

    // The company that holds a time sees it as chosen, and may change it.
    let page = site.get(&format!("{first}/slot")).await;
    page.shows(r#"value="2026-11-26T01:00:00Z" checked"#);
    site.get(&format!("{first}/slot?after=2026-12-01")).await.shows("選んでいる日時");
    let none = site.post(&format!("{first}/slot"), &[("slot", "none")]).await;
    assert_eq!(none.location, Some(format!("{first}/confirm")));
    site.get(&format!("{first}/confirm")).await.shows("センターに日程調整を依頼する");
    site.get(&format!("{second}/slot")).await.shows("2026-11-26T00:00:00Z");
}

#[actix_web::test]
async fn a_choice_of_time_is_saved_too_and_found_again() {
    let site = Site::new().await;
    expert(&site, "taro@example.jp").await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    let path = format!("{draft}/slot");
    for chosen in ["", "2026-11-26T01:00:00Z"] {
        let saved = site.post(&path, &[("slot", chosen), ("action", "save")]).await;
        assert_eq!(saved.location, Some(format!("{draft}/saved")), "{chosen}");
    }
    site.get(&format!("{draft}/saved")).await.shows("お取り置きした日時は、期限が過ぎると");
    site.app.clock.advance(TimeDelta::days(1));
    assert_eq!(site.get(&draft).await.location, Some(path.clone()));
    let page = site.get(&path).await;
    page.shows("お取り置きの期限（14:20）が過ぎました。");
    page.shows("選んでいた日時は、11月26日（木）10:00です。");
    page.shows(r#"value="2026-11-26T01:00:00Z" checked"#);
}

#[actix_web::test]
async fn a_time_that_is_not_offered_cannot_be_chosen() {
    let site = Site::new().await;
    expert(&site, "taro@example.jp").await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    let path = format!("{draft}/slot");
    for (slot, status) in [
        ("", 422),
        ("tomorrow", 422),
        ("2026-11-26T01:07:00Z", 422),
        ("2026-11-26T17:00:00Z", 422),
        ("2026-11-26T01:15:00Z", 409),
        ("2026-11-24T01:00:00Z", 409),
        ("2020-11-24T01:00:00Z", 409),
        ("9999-12-31T01:00:00Z", 409),
        ("2026-11-23T01:00:00Z", 409),
    ] {
        let page = site.post(&path, &[("slot", slot)]).await;
        assert_eq!(page.status, status, "{slot}");
        page.shows("2026-11-26T01:00:00Z");
    }
    let page = site.get(&format!("{draft}/slot?after=2027-06-01")).await;
    page.shows("次に空いている日：11月26日（木）");
}

#[actix_web::test]
async fn the_center_arranges_the_time_if_no_expert_is_free() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    let page = site.get(&format!("{draft}/slot")).await;
    page.shows("現在、この地域で空いている日時がありません。センターに日程調整を依頼してください。");
    site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
    let sent = site.post(&format!("{draft}/confirm"), &[("consent", "on")]).await;
    assert_eq!(sent.location, Some(format!("{draft}/done")));
    let page = site.get(&format!("{draft}/done")).await;
    assert!(!page.body.contains("仮予約"));
}

#[actix_web::test]
async fn a_time_is_kept_for_a_while_and_longer_on_request() {
    let site = Site::new().await;
    expert(&site, "taro@example.jp").await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    site.post(&format!("{draft}/slot"), &[("slot", "2026-11-26T01:00:00Z")]).await;
    site.app.clock.advance(TimeDelta::minutes(14));
    let longer = site.post(&format!("{draft}/extend"), &[]).await;
    assert_eq!(longer.location, Some(format!("{draft}/confirm")));
    site.get(&format!("{draft}/confirm")).await.shows("お取り置きの期限を14:34まで延長しました。");

    site.app.clock.advance(TimeDelta::minutes(16));
    for reply in [
        site.get(&format!("{draft}/confirm")).await,
        site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await,
        site.post(&format!("{draft}/extend"), &[]).await,
    ] {
        assert_eq!(reply.location, Some(format!("{draft}/slot")));
    }
    let page = site.get(&format!("{draft}/slot")).await;
    page.shows("お取り置きの期限（14:34）が過ぎました。もう一度日時を選んでください。");
    site.post(&format!("{draft}/slot"), &[("slot", "2026-11-26T01:00:00Z")]).await;
    let sent = site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await;
    assert_eq!(sent.location, Some(format!("{draft}/done")));
}

#[actix_web::test]
async fn one_network_holds_a_bounded_number_of_times() {
    let site = Site::new().await;
    for n in 0..3 {
        expert(&site, &format!("expert{n}@example.jp")).await;
    }
    let choose = async |draft: &str| {
        setting::answer_all(&site, draft).await;
        let path = format!("{draft}/slot");
        let free = values_of(&site.get(&path).await.body, "slot").remove(0);
        site.post(&path, &[("slot", &free)]).await.status
    };
    let first = draft_at(&site).await;
    assert_eq!(choose(&first).await, 303);
    for n in 2..=20 {
        assert_eq!(choose(&draft_at(&site).await).await, 303, "{n}");
    }
    let one_more = draft_at(&site).await;
    assert_eq!(choose(&one_more).await, 429, "the twenty-first");
    let path = format!("{one_more}/slot");
    let free = values_of(&site.get(&path).await.body, "slot").remove(0);
    site.post(&path, &[("slot", &free)])
        .await
        .shows("テレワーク相談センター（電話 0120-000-000）へお電話ください。");
    let elsewhere = ops::intake::apply::start(&site.app, "another network".to_owned()).await.unwrap();
    assert_eq!(choose(&madoguchi::url::draft(elsewhere)).await, 303, "another network");
    // A company that holds a time may change it, and gives it back by choosing none.
    assert_eq!(choose(&first).await, 303);
    assert_eq!(site.post(&format!("{first}/slot"), &[("slot", "none")]).await.status, 303);
    assert_eq!(choose(&one_more).await, 303);
    // A hold ends after a quarter of an hour.
    site.app.clock.advance(TimeDelta::minutes(15));
    assert_eq!(choose(&first).await, 303);
}

#[actix_web::test]
async fn the_time_of_an_unconfirmed_application_is_free_again_after_a_day() {
    let site = Site::new().await;
    programme(&site, |_| {}).await;
    expert(&site, "taro@example.jp").await;
    let slot = [("slot", "2026-12-01T01:00:00Z")];
    let (draft, other) = (draft_at(&site).await, draft_at(&site).await);
    for draft in [&draft, &other] {
        setting::answer_all(&site, draft).await;
    }
    assert_eq!(site.post(&format!("{draft}/slot"), &slot).await.status, 303);
    let sent = site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await;
    assert_eq!(sent.location, Some(format!("{draft}/done")));

    // The weekend and the holiday do not count.
    site.app.clock.advance(TimeDelta::hours(4 * 24) - TimeDelta::seconds(1));
    while worker::deadlines::step(&site.app).await.unwrap() {}
    assert_eq!(site.post(&format!("{other}/slot"), &slot).await.status, 409, "still held");
    site.app.clock.advance(TimeDelta::seconds(1));
    while worker::deadlines::step(&site.app).await.unwrap() {}
    assert_eq!(site.post(&format!("{other}/slot"), &slot).await.status, 303);
    let kept =
        store::consultation::by_number(&site.app.db, CaseNumber::parse("R08-000001").unwrap()).await.unwrap();
    assert!(kept.is_some(), "the consultation stays");
}

#[actix_web::test]
async fn a_form_that_is_sent_twice_is_one_consultation() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
    let consent = [("consent", "1")];
    for _ in 0..2 {
        let sent = site.post(&format!("{draft}/confirm"), &consent).await;
        assert_eq!(sent.location, Some(format!("{draft}/done")));
        site.get(&format!("{draft}/done")).await.shows("R08-000001");
    }
    assert_eq!(outbox(&site).await.len(), 1);
    for step in ["topic", "company", "contact", "slot", "confirm", "saved"] {
        let reply = site.get(&format!("{draft}/{step}")).await;
        assert_eq!(reply.location, Some(format!("{draft}/done")), "{step}");
        let reply = site.post(&format!("{draft}/{step}"), TOPIC).await;
        assert_eq!(reply.location, Some(format!("{draft}/done")), "{step}");
    }
}

#[actix_web::test]
async fn without_consent_nothing_is_sent() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
    for given in [&[][..], &[("consent", "0"), ("newsletter", "1")]] {
        let page = site.post(&format!("{draft}/confirm"), given).await;
        assert_eq!(page.status, 422);
        page.shows("個人情報の取扱いを確認し、同意する場合はチェックしてください");
    }
    site.get(&format!("{draft}/confirm")).await.shows(r#"id="newsletter" value="1" checked"#);
    assert_eq!(outbox(&site).await.len(), 0);
}

#[actix_web::test]
async fn a_step_that_comes_too_early_leads_to_the_first_open_one() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    let leads = async |step: &str, to: &str| {
        let path = format!("{draft}/{step}");
        let replies = [site.get(&path).await, site.post(&path, &[("consent", "1"), ("slot", "none")]).await];
        for reply in replies {
            assert_eq!(reply.location, Some(format!("{draft}/{to}")), "{step}");
        }
    };
    leads("confirm", "topic").await;
    leads("slot", "topic").await;
    site.get(&format!("{draft}/contact")).await.shows("担当者の氏名");
    site.post(&format!("{draft}/topic"), TOPIC).await;
    leads("slot", "company").await;
    site.get(&format!("{draft}/company")).await.shows("先に、会社・団体の情報を入力してください。");
    site.post(&format!("{draft}/company"), COMPANY).await;
    leads("confirm", "contact").await;
    site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
    leads("confirm", "contact").await;
    let done = site.get(&format!("{draft}/done")).await;
    assert_eq!(done.location, Some(format!("{draft}/contact")));
    site.post(&format!("{draft}/contact"), CONTACT).await;
    site.get(&format!("{draft}/confirm")).await.shows("みなと製作所");
}

#[actix_web::test]
async fn a_change_leads_straight_back_to_the_confirmation() {
    let site = Site::new().await;
    expert(&site, "taro@example.jp").await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    site.post(&format!("{draft}/slot"), &[("slot", "2026-11-26T01:00:00Z")]).await;
    let page = site.get(&format!("{draft}/contact?from=confirm")).await;
    page.shows(&format!(r#"<a href="{draft}/confirm">前の画面へ戻る</a>"#));
    let changed = contact_with(&[("department", "経理部")]);
    let back = site.post(&format!("{draft}/contact?from=confirm"), &changed).await;
    assert_eq!(back.location, Some(format!("{draft}/confirm")));
    site.get(&format!("{draft}/confirm")).await.shows("経理部");

    // Another field has other experts, so the time has to be chosen again.
    let both = [TOPIC, &[("field", "ict")]].concat();
    let back = site.post(&format!("{draft}/topic?from=confirm"), &both).await;
    assert_eq!(back.location, Some(format!("{draft}/confirm")));
    assert_eq!(site.get(&format!("{draft}/confirm")).await.location, Some(format!("{draft}/slot")));
    site.get(&format!("{draft}/slot")).await.shows("先に、希望する日時を選択してください。");
    let back = site.post(&format!("{draft}/topic?from=https://evil.example"), TOPIC).await;
    assert_eq!(back.location, Some(format!("{draft}/company")));
}

#[actix_web::test]
async fn while_the_intake_is_closed_nothing_can_be_sent() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
    programme(&site, |it| it.intake_closed_notice = "今年度の受付は終わりました。".to_owned()).await;
    let page = site.get("/apply").await;
    page.shows("今年度の受付は終わりました。");
    assert!(!page.body.contains("申込みを始める</button>"));
    assert_eq!(site.post("/apply", &[]).await.status, 409);
    let page = site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await;
    assert_eq!(page.status, 409);
    page.shows("入力した内容は保存されています");
    assert_eq!(outbox(&site).await.len(), 0);
}

#[actix_web::test]
async fn a_draft_opens_by_its_own_id_alone_and_not_for_ever() {
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    for step in ["topic", "slot", "confirm", "done", "saved"] {
        let page = site.get(&format!("/apply/{}/{step}", uuid::Uuid::new_v4())).await;
        assert_eq!(page.status, 404, "{step}");
        page.shows("申込みの続きが見つかりません");
    }
    assert_eq!(site.get("/apply/1/topic").await.status, 404);
    assert_eq!(site.post(&format!("/apply/{}/topic", uuid::Uuid::nil()), TOPIC).await.status, 404);
    site.app.clock.advance(TimeDelta::days(30));
    for path in [draft.clone(), format!("{draft}/topic")] {
        let page = site.get(&path).await;
        assert_eq!(page.status, 410);
        page.shows("30日で消去します");
    }
    assert_eq!(site.post(&format!("{draft}/topic"), TOPIC).await.status, 410);
}

#[actix_web::test]
async fn a_body_that_is_no_form_changes_nothing() {
    use actix_web::test::TestRequest;
    let site = Site::new().await;
    let draft = draft_at(&site).await;
    let path = format!("{draft}/topic");
    site.post(&path, TOPIC).await;
    let form = ("content-type", "application/x-www-form-urlencoded");
    for (kind, body, status) in [
        (form, "description=%8E%52".to_owned(), 422),
        (form, format!("description={}", "x".repeat(300_000)), 413),
        (("content-type", "application/json"), "{}".to_owned(), 422),
    ] {
        let reply = site.send(TestRequest::post().uri(&path).insert_header(kind).set_payload(body)).await;
        assert_eq!(reply.status, status);
    }
    site.get(&path).await.shows("在宅勤務の時間管理");
}

#[actix_web::test]
async fn themes_that_are_not_offered_are_dropped() {
    let site = Site::new().await;
    programme(&site, |_| {}).await;
    let draft = draft_at(&site).await;
    setting::answer_all(&site, &draft).await;
    let themes = [TOPIC, &[("theme", "labor_rules"), ("theme", "made_up")]].concat();
    site.post(&format!("{draft}/topic"), &themes).await;
    site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
    let page = site.get(&format!("{draft}/confirm")).await;
    page.shows("就業規則・テレワーク規程");
    assert!(!page.body.contains("made_up"));
    let sent = site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await;
    assert_eq!(sent.location, Some(format!("{draft}/done")));
}

#[actix_web::test]
async fn one_address_causes_a_bounded_number_of_acknowledgements() {
    let site = Site::new().await;
    for n in 1..=6 {
        let draft = draft_at(&site).await;
        setting::answer_all(&site, &draft).await;
        site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
        site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await;
        let page = site.get(&format!("{draft}/done")).await;
        page.shows(&format!("R08-{n:06}"));
        assert_eq!(page.body.contains("に送りました"), n <= 5, "{n}");
    }
    // The center sees the sixth acknowledgement, and that it has not been sent.
    let states: Vec<_> = outbox(&site).await.into_iter().map(|it| it.state.code().to_owned()).collect();
    assert_eq!(states, ["waiting", "waiting", "waiting", "waiting", "waiting", "suppressed"]);
}

#[actix_web::test]
async fn one_network_has_a_bounded_number_of_applications_until_an_address_is_confirmed() {
    let site = Site::new().await;
    let submit = async || {
        let draft = draft_at(&site).await;
        setting::answer_all(&site, &draft).await;
        site.post(&format!("{draft}/slot"), &[("slot", "none")]).await;
        (site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await, draft)
    };
    for n in 1..=20 {
        assert_eq!(submit().await.0.status, 303, "{n}");
    }
    let (refused, draft) = submit().await;
    assert_eq!(refused.status, 429);
    refused.shows("いまはお申し込みを受け付けられません");
    refused.shows("0120-000-000");
    let all = entity::consultation::Entity::find().all(&site.app.db).await.unwrap();
    assert_eq!(all.len(), 20);
    // An address that is confirmed makes room for the draft, whose answers are kept.
    let id = domain::id::ConsultationId(all[0].id);
    ops::consultation::confirm_address(&site.app, id, domain::actor::Actor::Company).await.unwrap();
    let sent = site.post(&format!("{draft}/confirm"), &[("consent", "1")]).await;
    assert_eq!(sent.location, Some(format!("{draft}/done")));
}

#[actix_web::test]
async fn one_network_begins_a_bounded_number_of_applications_in_a_day() {
    let site = Site::new().await;
    for _ in 0..200 {
        assert_eq!(site.post("/apply", &[]).await.status, 303);
    }
    let refused = site.post("/apply", &[]).await;
    assert_eq!(refused.status, 429);
    refused.shows("お電話ください");
    assert_eq!(entity::draft::Entity::find().all(&site.app.db).await.unwrap().len(), 200);
    site.app.clock.advance(TimeDelta::days(1));
    assert_eq!(site.post("/apply", &[]).await.status, 303);
}

#[actix_web::test]
async fn one_domain_and_one_network_cause_a_bounded_number_of_mails_in_a_day() {
    let site = Site::new().await;
    let settings = Settings { mails_per_domain_a_day: 4, mails_per_network_a_day: 6, ..Settings::default() };
    let spend = async |email: &str, network: &str| {
        let tx = site.app.begin().await.unwrap();
        let now = site.app.clock.now();
        let mail = RequestedMail { scope: "", email_key: email, network, proved: false };
        let spent =
            ops::correspondence::mail_budget::spend(&site.app, &tx, mail, &settings, now).await.unwrap();
        tx.commit().await.unwrap();
        spent
    };
    for n in 0..4 {
        assert_eq!(spend(&format!("c{n}@example.co.jp"), &format!("network{n}")).await, MailBudget::Within);
    }
    assert_eq!(spend("c9@EXAMPLE.co.jp", "network9").await, MailBudget::Spent, "a fifth to the domain");
    let rows = entity::mail_budget::Entity::find().all(&site.app.db).await.unwrap();
    let of = |part: &str| rows.iter().filter(|it| it.key.starts_with(part)).map(|it| it.count).sum::<i32>();
    assert_eq!((of("address/"), of("domain/")), (4, 4), "a refused mail counts against its network alone");
    let tx = site.app.begin().await.unwrap();
    let mail = RequestedMail { scope: "", email_key: "c8@example.co.jp", network: "network8", proved: true };
    let now = site.app.clock.now();
    let proved = ops::correspondence::mail_budget::spend(&site.app, &tx, mail, &settings, now).await.unwrap();
    assert_eq!(proved, MailBudget::Within, "the domain of an address that is proved has no limit");
    tx.commit().await.unwrap();
    for n in 0..6 {
        assert_eq!(spend(&format!("c@c{n}.example"), "network").await, MailBudget::Within);
    }
    assert_eq!(spend("c@c9.example", "network").await, MailBudget::Spent, "a seventh from the network");
    site.app.clock.advance(TimeDelta::days(1));
    assert_eq!(spend("c9@example.co.jp", "network").await, MailBudget::Within);
    // Neither an address nor a domain is stored.
    for row in entity::mail_budget::Entity::find().all(&site.app.db).await.unwrap() {
        assert!(!row.key.contains("example"), "{}", row.key);
    }
}
