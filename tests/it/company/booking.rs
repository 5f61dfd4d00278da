//! Choosing a time, moving it, cancelling, withdrawing, and applying again.
use chrono::{DateTime, Utc};
use domain::{
    actor::Actor,
    wording::{iso_date_time, month_day_time},
};
use madoguchi::ops::{self, intake::apply::slot_value};

use super::{OTHER, hides, leads_to, my, sign_in};
use crate::{
    cases::{self, CONTACT, Cast},
    site::Site,
};

#[actix_web::test]
async fn a_time_is_chosen_moved_and_cancelled() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let page = site.get(&my(case, "")).await;
    page.shows("候補の日時から選んでください。");
    page.shows("日時を選ぶ");
    hides(&page, "日時を変更する");
    let slots = cases::free_slots(&site, case).await;
    let (first, second) = (iso_date_time(slots[0].start()), iso_date_time(slots[1].start()));

    let page = site.get(&my(case, "/reschedule")).await;
    page.shows(&format!(r#"id="slot" value="{}""#, slot_value(slots[0])));
    page.shows("<summary>11月26日（木）<span class=\"free\">空き15件</span></summary>");
    page.shows("午前");
    page.shows("さらに後の日時を見る（12月10日（木）から）");
    page.shows("担当 山田 太郎");
    assert_eq!(page.body.matches("<details").count(), 10);
    let later = site.get(&my(case, "/reschedule?from=2026-12-10")).await;
    later.shows("12月10日（木）");
    hides(&later, "11月26日（木）");
    site.get(&my(case, "/reschedule?from=2027-12-10")).await.shows("空いている日時はありません");
    for wrong in ["", "2026-12-01", "2026-12-01T10:07:00+09:00"] {
        let reply = site.post(&my(case, "/reschedule"), &[("slot", wrong)]).await;
        assert_eq!(reply.status, 422, "{wrong}");
        reply.shows("希望する日時を選択してください");
    }
    let night = site.post(&my(case, "/reschedule"), &[("slot", "2026-12-01T20:00:00+09:00")]).await;
    assert_eq!(night.status, 409);

    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &first)]).await, &my(case, ""));
    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &first)]).await, &my(case, ""));
    let appointment = cases::appointment(&site, case).await;
    assert_eq!(
        (appointment.starts_at, appointment.sequence),
        (slots[0].start(), 0),
        "sent twice, booked once"
    );
    let page = site.get(&my(case, "")).await;
    page.shows("当日まで手続きは必要ありません。");
    page.shows("2026年（令和8年）11月26日（木）9:00から10:00");
    page.shows(r#"href="https://video.example.jp/expert""#);
    page.shows("山田 太郎");
    page.shows("11月25日（水）17:00まで");

    let moving = site.get(&my(case, "/reschedule")).await;
    moving.shows("いまの予約");
    hides(&moving, &format!(r#"value="{}""#, slot_value(slots[0])));
    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &second)]).await, &my(case, ""));
    assert_eq!(cases::appointment(&site, case).await.starts_at, slots[1].start());
    let moved = site.get(&my(case, "")).await;
    moved.shows(&format!("日時を{}に変更しました。", month_day_time(slots[1].start())));

    site.get(&my(case, "/cancel")).await.shows("取り消すものを選んでください");
    site.get(&my(case, "/cancel?action=cancel")).await.shows("予約を取り消す</button>");
    let form = [("action", "cancel"), ("reason", " ")];
    let empty = site.post(&my(case, "/cancel"), &form).await;
    assert_eq!(empty.status, 422);
    empty.shows("理由を入力してください");
    let form = [("action", "cancel"), ("reason", "急な出張のため")];
    leads_to(&site.post(&my(case, "/cancel"), &form).await, &my(case, ""));
    assert_eq!(cases::state(&site, case).await, "scheduling");
    assert_eq!(cases::appointment(&site, case).await.state.code(), "cancelled_by_company");
    site.get(&my(case, "")).await.shows("急な出張のため");
    assert_eq!(site.post(&my(case, "/cancel"), &form).await.status, 409);
}

#[actix_web::test]
async fn a_consultation_is_withdrawn_once() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    let page = site.get(&my(case, "/cancel?action=withdraw")).await;
    page.shows("取り下げを確定する</button>");
    page.shows("次の予約も取り消されます");
    let form = [("action", "withdraw"), ("reason", "")];
    leads_to(&site.post(&my(case, "/cancel"), &form).await, &my(case, ""));
    assert_eq!(cases::state(&site, case).await, "withdrawn");
    let mails = cases::mails_to(&site, CONTACT).await;
    let last = mails.last().unwrap();
    assert_eq!(
        (last.kind.as_str(), last.calendar_method.as_ref().map(entity::Coded::code)),
        ("withdrawn", Some("CANCEL"))
    );
    assert!(last.text_body.contains("■取り消した予約"), "{}", last.text_body);
    assert!(mails.iter().all(|it| it.kind != "cancelled"), "one mail tells both");
    let page = site.get(&my(case, "")).await;
    page.shows("あらためて申し込むことができます。");
    hides(&page, "取り下げる</a>");
    assert_eq!(site.post(&my(case, "/cancel"), &form).await.status, 409);
    assert_eq!(site.post(&my(case, "/further"), &[]).await.status, 409);
    leads_to(&site.get(&my(case, "/cancel")).await, &my(case, ""));
    leads_to(&site.get(&my(case, "/reschedule")).await, &my(case, ""));
    assert_eq!(site.get(&my(case, "/appointment.ics")).await.status, 404);
}

#[actix_web::test]
async fn after_the_limit_there_is_the_telephone() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let later = cases::free_slots(&site, case).await[20];
    sign_in(&site, CONTACT).await;
    // The limit is 17:00 of the business day before.
    let limit = "2026-11-25T08:00:00Z".parse::<DateTime<Utc>>().unwrap();
    site.app.clock.advance(limit - site.app.clock.now());
    let page = site.get(&my(case, "")).await;
    page.shows("変更できる期限（11月25日（水）17:00）を過ぎました");
    hides(&page, "日時を変更する</a>");
    let page = site.get(&my(case, "/reschedule")).await;
    page.shows("お電話ください");
    hides(&page, "<button class=\"btn\">");
    let form = [("slot", iso_date_time(later.start()))];
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = site.post(&my(case, "/reschedule"), &form).await;
    assert_eq!(reply.status, 409);
    reply.shows("変更できる期限を過ぎました");
    let page = site.get(&my(case, "/cancel?action=cancel")).await;
    page.shows("取り消せる期限（11月25日（水）17:00）を過ぎました");
    hides(&page, "予約の取消しへ進む");
    let form = [("action", "cancel"), ("reason", "急な出張のため")];
    assert_eq!(site.post(&my(case, "/cancel"), &form).await.status, 409);
    assert_eq!(cases::state(&site, case).await, "booked");
}

#[actix_web::test]
async fn the_second_company_to_want_a_time_is_shown_others() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let rival = cases::scheduling(&site, &cast, OTHER).await;
    sign_in(&site, CONTACT).await;
    let slot = cases::free_slots(&site, case).await[0];
    ops::booking::appointment::choose_slot(&site.app, rival.id, Actor::Company, slot).await.unwrap();
    let wanted = iso_date_time(slot.start());
    let reply = site.post(&my(case, "/reschedule"), &[("slot", &wanted)]).await;
    assert_eq!(reply.status, 409);
    reply.shows("選んだ日時は、ほかの方の予約が先に入りました。別の日時を選んでください。");
    hides(&reply, &format!(r#"value="{}""#, slot_value(slot)));
    let next = slot_value(cases::free_slots(&site, case).await[0]);
    reply.shows(&format!(r#"value="{next}""#));
    leads_to(&site.post(&my(case, "/reschedule"), &[("slot", &next)]).await, &my(case, ""));
}

#[actix_web::test]
async fn a_further_appointment_is_wished_for_up_to_the_cap() {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    sign_in(&site, CONTACT).await;
    for left in [2, 1] {
        site.get(&my(case, "")).await.shows(&format!("あと{left}回相談できます"));
        leads_to(&site.post(&my(case, "/further"), &[]).await, &my(case, "/reschedule"));
        assert_eq!(cases::state(&site, case).await, "scheduling");
        let slot = iso_date_time(cases::free_slots(&site, case).await[0].start());
        site.post(&my(case, "/reschedule"), &[("slot", &slot)]).await;
        let ends_at = cases::appointment(&site, case).await.ends_at;
        site.app.clock.advance(ends_at - site.app.clock.now());
        ops::booking::appointment::record_done(&site.app, case.id, Actor::Expert(cast.expert)).await.unwrap();
    }
    let page = site.get(&my(case, "")).await;
    page.shows("今年度の相談は3回までで、すべて利用されました。");
    hides(&page, "次回の相談を希望する");
    assert_eq!(site.post(&my(case, "/further"), &[]).await.status, 409);
    assert_eq!(cases::state(&site, case).await, "consulted");
}
