//! An expert's availability on single days, in a copied week, and with overlapping rules.
use chrono::NaiveDate;
use domain::{
    booking::availability::{Day, Span},
    id::ExpertId,
};
use madoguchi::store;

use crate::{
    cases::Cast,
    site::{PASSWORD, Reply, Site},
};

const PAGE: &str = "/expert/availability";
const DAY: &str = "/expert/availability/day";

async fn site() -> (Site, ExpertId) {
    let site = Site::new().await;
    let cast = Cast::new(&site).await;
    assert_eq!(site.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    (site, cast.expert)
}

async fn open(site: &Site, expert: ExpertId, date: &str) -> Day {
    let entries = store::routing::expert::entries(&site.app.db, expert).await.unwrap();
    entries.schedule().day(date.parse::<NaiveDate>().unwrap())
}

fn spans(spans: &[(u8, u8)]) -> Day {
    spans.iter().map(|&(start, end)| Span::new(start, end).unwrap()).collect()
}

#[track_caller]
fn done(reply: &Reply) {
    assert_eq!((reply.status, reply.location.as_deref()), (303, Some(PAGE)), "{}", reply.body);
}

#[actix_web::test]
async fn a_single_tuesday_can_be_changed() {
    let (site, expert) = site().await;
    let usual = spans(&[(12, 44)]);
    let page = site.get(&format!("{DAY}?date=2026-12-01")).await;
    page.shows("2026年（令和8年）12月1日（火）の空き");
    page.shows(r#"<option value="12" selected>9:00"#);
    page.shows(r#"<option value="44" selected>17:00"#);
    let form = [
        ("date", "2026-12-01"),
        ("start", "12"),
        ("end", "20"),
        ("start3", "32"),
        ("end3", "52"),
        ("action", "save"),
    ];
    done(&site.post(DAY, &form).await);
    assert_eq!(open(&site, expert, "2026-12-01").await, spans(&[(12, 20), (32, 52)]));
    for other in ["2026-11-24", "2026-12-08", "2026-12-02"] {
        assert_eq!(open(&site, expert, other).await, usual, "{other}");
    }
    let page = site.get(&format!("{DAY}?date=2026-12-01")).await;
    page.shows(r#"<option value="52" selected>19:00"#);
    page.shows("毎週の空きに戻す");

    done(&site.post(DAY, &[("date", "2026-12-01"), ("action", "none")]).await);
    assert_eq!(open(&site, expert, "2026-12-01").await, Day::NONE);
    done(&site.post(DAY, &[("date", "2026-12-01"), ("action", "reset")]).await);
    assert_eq!(open(&site, expert, "2026-12-01").await, usual);
    // A weekday that is always off can be opened for one date.
    done(&site.post(DAY, &[("date", "2026-12-05"), ("start", "16"), ("end", "24")]).await);
    assert_eq!(open(&site, expert, "2026-12-05").await, spans(&[(16, 24)]));
    assert_eq!(open(&site, expert, "2026-12-12").await, Day::NONE);
}

#[actix_web::test]
async fn odd_stretches_of_a_day_have_one_answer_each() {
    let (site, expert) = site().await;
    let overlapping =
        [("date", "2026-12-01"), ("start", "12"), ("end", "24"), ("start2", "20"), ("end2", "30")];
    done(&site.post(DAY, &overlapping).await);
    site.get(PAGE).await.shows("重なる時間は、1つにまとめました。");
    assert_eq!(open(&site, expert, "2026-12-01").await, spans(&[(12, 30)]));
    for (form, field, sentence) in [
        (vec![("start", "60"), ("end", "4")], "end", "日をまたぐ時間は、日ごとに分けて登録してください"),
        (vec![("start2", "12")], "end2", "終了の時刻を選択してください"),
        (vec![("start", "99"), ("end", "20")], "start", "6:00から22:00まで"),
        (vec![], "start", "空きの時間を選択してください"),
    ] {
        let form = [&form[..], &[("date", "2026-12-01")]].concat();
        let reply = site.post(DAY, &form).await;
        assert_eq!(reply.status, 422, "{form:?}");
        reply.shows(sentence);
        reply.shows(&format!(r##"<a href="#{field}">"##));
    }
    assert_eq!(open(&site, expert, "2026-12-01").await, spans(&[(12, 30)]), "nothing was kept of it");
    for date in ["2026-11-19", "2029-01-01", "2026-02-30", ""] {
        assert_eq!(site.get(&format!("{DAY}?date={date}")).await.status, 303, "{date}");
        assert_eq!(site.post(DAY, &[("date", date), ("action", "none")]).await.status, 422, "{date}");
    }
    site.get(&format!("{DAY}?date=2026-12-30")).await.shows("休業日（年末年始）のため");
}

#[actix_web::test]
async fn weekly_hours_can_be_limited_to_some_weeks() {
    let (site, expert) = site().await;
    let monday = "2026-12-07";
    let before = open(&site, expert, monday).await;
    let form = |until: [&'static str; 3]| {
        vec![
            ("form", "rule"),
            ("weekday", "mon"),
            ("rule_start", "48"),
            ("rule_end", "56"),
            ("from_year", "令和8"),
            ("from_month", "12"),
            ("from_day", "7"),
            ("until_year", until[0]),
            ("until_month", until[1]),
            ("until_day", until[2]),
        ]
    };
    for (until, sentence) in [
        (["2026", "12", "6"], "終わりの日には、始まりの日以降の日付を入力してください"),
        (["2026", "11", "19"], "今日以降の日付を入力してください"),
        (["2026", "", ""], "日付は、実在する年月日を入力してください"),
    ] {
        let page = site.post("/expert/availability", &form(until)).await;
        assert_eq!(page.status, 422, "{until:?}");
        page.shows(sentence);
        page.shows("<details open><summary>期間を限る</summary>");
        page.shows("value=\"令和8\"");
    }
    assert_eq!(open(&site, expert, monday).await, before);
    let done = site.post("/expert/availability", &form(["2026", "12", "14"])).await;
    assert_eq!(done.status, 303, "{}", done.body);
    let evening: Day = Span::new(48, 56).into_iter().collect();
    for (date, holds) in [("2026-11-30", false), (monday, true), ("2026-12-14", true), ("2026-12-21", false)]
    {
        assert_eq!(!open(&site, expert, date).await.intersection(evening).is_empty(), holds, "{date}");
    }
    let page = site.get("/expert/availability").await;
    page.shows(
        "月曜日　18:00から20:00、2026年（令和8年）12月7日（月）から、2026年（令和8年）12月14日（月）まで",
    );
}

#[actix_web::test]
async fn overlapping_rules_become_one() {
    let (site, expert) = site().await;
    let rule = |start: &'static str, end: &'static str| {
        [("form", "rule"), ("weekday", "mon"), ("rule_start", start), ("rule_end", end)]
    };
    let mondays = || async {
        let entries = store::routing::expert::entries(&site.app.db, expert).await.unwrap();
        let monday =
            |it: &&(_, domain::booking::availability::WeeklyRule)| it.1.weekday == chrono::Weekday::Mon;
        entries.rules.iter().filter(monday).map(|it| (it.1.span.start(), it.1.span.end())).collect::<Vec<_>>()
    };
    // Several separate stretches of a day stay separate, and adjoining ones become one.
    done(&site.post(PAGE, &rule("48", "56")).await);
    assert_eq!(mondays().await, [(12, 44), (48, 56)]);
    done(&site.post(PAGE, &rule("40", "48")).await);
    assert_eq!(mondays().await, [(12, 56)]);
    done(&site.post(PAGE, &rule("16", "20")).await);
    assert_eq!(mondays().await, [(12, 56)]);
    site.get(PAGE).await.shows("月曜日　9:00から20:00");
}

#[actix_web::test]
async fn a_week_is_copied_to_another() {
    let (site, expert) = site().await;
    site.post(DAY, &[("date", "2026-12-01"), ("start", "12"), ("end", "20")]).await;
    site.post(DAY, &[("date", "2026-12-03"), ("action", "none")]).await;
    site.post(DAY, &[("date", "2026-12-05"), ("start", "16"), ("end", "24")]).await;
    // The copied week replaces the exceptions of the other week's days.
    site.post(DAY, &[("date", "2026-12-09"), ("action", "none")]).await;
    let page = site.get(&format!("{PAGE}?copy_from=2026-W49")).await;
    page.shows(r#"<option value="2026-W49" selected>11月30日（月）からの週"#);
    done(&site.post(PAGE, &[("form", "copy"), ("copy_from", "2026-W49"), ("copy_to", "2026-W50")]).await);
    for (from, to) in [
        ("2026-11-30", "2026-12-07"),
        ("2026-12-01", "2026-12-08"),
        ("2026-12-02", "2026-12-09"),
        ("2026-12-03", "2026-12-10"),
        ("2026-12-05", "2026-12-12"),
        ("2026-12-06", "2026-12-13"),
    ] {
        assert_eq!(open(&site, expert, to).await, open(&site, expert, from).await, "{to}");
    }
    assert_eq!(open(&site, expert, "2026-12-15").await, spans(&[(12, 44)]), "no other week is changed");
    for (from, to, sentence) in [
        ("2026-W49", "2026-W49", "別の週を選択してください"),
        ("", "2026-W49", "写す元の週を選択してください"),
        ("2026-W49", "2026-W46", "写す先の週を選択してください"),
    ] {
        let reply = site.post(PAGE, &[("form", "copy"), ("copy_from", from), ("copy_to", to)]).await;
        assert_eq!(reply.status, 422);
        reply.shows(sentence);
    }
}
