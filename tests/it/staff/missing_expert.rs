//! An expert who cannot give another appointment: no company waits for such an expert, who is let go, and the center asks
//! others.
use chrono::{Datelike, Days, NaiveDate, TimeDelta};
use domain::{
    actor::{Actor, Represented},
    booking::{appointment::Appointment, availability::Absence},
    calendar::{BusinessCalendar, at_japan, japan_date},
    id::AccountId,
    routing::assignment::Assignment,
    settings::Settings,
    text::TextLine,
};
use madoguchi::{
    doctor,
    ops::{
        self,
        booking::substitute::SubstituteConsent,
        routing::{
            expert::{AvailabilityChange, RecordedAbsence},
            replacement::Successor,
        },
    },
    problem::Problem,
    store,
    store::booking::substitute::Participation,
    worker,
};

use super::{act, at, center, closed_account::close, done, told_once::of_two};
use crate::{
    cases::{self, CONTACT, Case, Cast, appointment, mails_to, record, state},
    company, deadlines,
    site::{PASSWORD, Site},
};

const SEARCHES: &str = "担当する専門家を、センターがあらためて調整します。";

async fn sound(site: &Site) {
    worker::once(&site.app).await;
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

async fn again(site: &Site) {
    assert_eq!(site.sign_in("center@example.jp", PASSWORD).await.status, 303);
}

/// Returns the texts of this kind to a reader.
async fn texts(site: &Site, to: &str, kind: &str) -> Vec<String> {
    mails_to(site, to).await.into_iter().filter(|it| it.kind == kind).map(|it| it.text_body).collect()
}

/// Lets the booked appointment of a case end.
async fn pass(site: &Site, case: Case) -> Appointment {
    let it = appointment(site, case).await;
    site.app.clock.advance(it.ends_at - site.app.clock.now());
    it
}

/// Records that the expert is away for half a year, from the day after tomorrow.
async fn leave(site: &Site, cast: &Cast) {
    let today = japan_date(site.app.clock.now());
    let absence = Absence { first: today + Days::new(1), last: today + Days::new(200), stand_in: None };
    let change = AvailabilityChange::AddAbsence(absence, String::new());
    ops::routing::expert::change_availability(&site.app, cast.expert, change).await.unwrap();
}

/// Fails unless it is the center's turn, with a deadline and no expert, and the company reads so in its mail and on its
/// page.
async fn waits_for_center(site: &Site, case: Case, kind: &str) {
    assert_eq!(state(site, case).await, "checking");
    let it = record(site, case).await;
    assert!(it.due.is_some(), "the center has a deadline");
    let live = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    assert!(!live.iter().any(Assignment::is_live), "{live:?}");
    let text = texts(site, CONTACT, kind).await.pop().unwrap_or_else(|| panic!("no {kind}"));
    let searches =
        if kind == "team_changing" { "担当する専門家を再調整します。" } else { SEARCHES };
    assert!(text.contains(searches), "{text}");
    assert!(!text.contains("日時を選"), "{text}");
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    let page = reader.get(&company::my(case, "")).await;
    page.shows("担当する専門家を、センターで調整しています");
    again(site).await;
    site.get("/staff").await.shows(&case.number.to_string());
    sound(site).await;
}

#[actix_web::test]
async fn a_missed_appointment_of_a_closed_account_goes_to_the_center() {
    for (rest, kind) in [("/no-show", "missed_appointment"), ("/expert-no-show", "expert_missed")] {
        let (site, cast) = center().await;
        let case = cases::booked(&site, &cast, CONTACT).await;
        pass(&site, case).await;
        close(&site, cast.expert).await;
        again(&site).await;
        site.get(&at(case.number, rest)).await.shows("担当の専門家は、次の日時を担当できません");
        let reply = act(&site, case, rest, &[("said_by", "center")]).await;
        done(&reply);
        site.get(&at(case.number, "")).await.shows("次の日時の専門家に、センターから依頼してください");
        waits_for_center(&site, case, kind).await;
        site.get(&at(case.number, "?view=history"))
            .await
            .shows("利用を停止しているため、山田 太郎さんを次回の担当から外しました");
    }
}

#[actix_web::test]
async fn a_cancelled_appointment_of_a_closed_account_goes_to_the_center() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    // The hand-over was interrupted: the booking is still the expert's.
    ops::accounts::account::set_active(&site.app, AccountId(cast.expert.0), false).await.unwrap();
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    let page = reader.get(&company::my(case, "/cancel?action=cancel")).await;
    page.shows("担当する専門家をセンターがあらためて調整し");
    let form = [("action", "cancel"), ("reason", "会議と重なったため")];
    let reply = reader.post(&company::my(case, "/cancel"), &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    reader.get(&company::my(case, "")).await.shows("担当する専門家を、センターがあらためて調整します");
    waits_for_center(&site, case, "cancelled").await;
}

#[actix_web::test]
async fn a_corrected_outcome_of_a_closed_account_goes_to_the_center() {
    let (site, cast) = center().await;
    let case = cases::consulted(&site, &cast, CONTACT).await;
    let id = appointment(&site, case).await.id;
    close(&site, cast.expert).await;
    again(&site).await;
    let form = [("outcome", "no_show"), ("reason", "思い違い"), ("said_by", "center")];
    done(&act(&site, case, &format!("/outcome/{id}"), &form).await);
    waits_for_center(&site, case, "missed_appointment").await;
    // Back again: the center writes the report.
    let form = [("outcome", "done"), ("reason", "行われていた"), ("said_by", "center")];
    done(&act(&site, case, &format!("/outcome/{id}"), &form).await);
    assert_eq!(state(&site, case).await, "consulted");
    assert!(record(&site, case).await.report_by_center.is_some());
    sound(&site).await;
}

#[actix_web::test]
async fn an_expert_who_is_away_for_long_cancels_and_is_let_go_with_one_mail() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    leave(&site, &cast).await;
    let before = mails_to(&site, "expert@example.jp").await.len();
    let expert = site.visitor();
    assert_eq!(expert.sign_in("expert@example.jp", PASSWORD).await.status, 303);
    let own = format!("/expert/consultations/{}", case.number);
    expert.get(&format!("{own}/cancel")).await.shows("次の日時の専門家は、センターがあらためて調整します");
    let reply = expert.post(&format!("{own}/cancel"), &[("reason", "入院のため")]).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    assert_eq!(reply.location.as_deref(), Some("/expert"), "the case is no longer the expert's");
    let mails = mails_to(&site, "expert@example.jp").await.split_off(before);
    let [mail] = &mails[..] else { panic!("{mails:?}") };
    assert_eq!(mail.kind, "request_withdrawn");
    assert!(mail.text_body.contains("予約できる期間の終わりまで不在"), "{}", mail.text_body);
    waits_for_center(&site, case, "cancelled").await;
    let (offers, slot) =
        ops::routing::assignment::candidates(&site.app, &record(&site, case).await).await.unwrap();
    assert!(domain::routing::rank(&offers.candidates(slot)).is_empty(), "nor is the expert asked again");
    let page = site.get(&at(case.number, "?view=candidates")).await;
    page.shows("不在の登録があります");
}

#[actix_web::test]
async fn an_expert_who_is_away_for_long_is_not_offered_for_a_further_appointment() {
    let (site, cast) = center().await;
    let case = cases::approved(&site, &cast, CONTACT).await;
    leave(&site, &cast).await;
    let reader = site.visitor();
    company::sign_in(&reader, CONTACT).await;
    reader.get(&company::my(case, "/further")).await.shows("担当する専門家をセンターが調整し");
    done(&reader.post(&company::my(case, "/further"), &[]).await);
    assert_eq!(state(&site, case).await, "checking");
    assert_eq!(texts(&site, "expert@example.jp", "request_withdrawn").await.len(), 1);
    sound(&site).await;
}

#[actix_web::test]
async fn a_company_does_not_choose_a_time_with_an_expert_who_has_left_for_long() {
    let (site, cast) = center().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    leave(&site, &cast).await;
    waits_for_center(&site, case, "team_changing").await;
    let texts_sent = texts(&site, CONTACT, "team_changing").await;
    let [text] = &texts_sent[..] else { panic!("{texts_sent:?}") };
    assert!(text.contains("専門家の都合により、山田 太郎さんが担当から外れました"), "{text}");
    let heard = texts(&site, "expert@example.jp", "request_withdrawn").await;
    assert!(heard[0].contains("予約できる期間の終わりまで不在"), "{heard:?}");
    let page = site.get(&at(case.number, "?view=history")).await;
    page.shows("企業が選べる日に、担当の専門家がいなくなったため");
}

#[actix_web::test]
async fn a_choice_that_nobody_can_serve_any_more_ends_when_the_company_would_be_reminded() {
    let (site, cast) = center().await;
    let case = cases::scheduling(&site, &cast, CONTACT).await;
    let today = japan_date(site.app.clock.now());
    let first = record(&site, case).await.silence.and_then(|it| it.next_at).expect("the company is reminded");
    // Until the reminder there are days left that the company could choose.
    let absence =
        Absence { first: japan_date(first) + Days::new(1), last: today + Days::new(200), stand_in: None };
    let change = AvailabilityChange::AddAbsence(absence, String::new());
    ops::routing::expert::change_availability(&site.app, cast.expert, change).await.unwrap();
    assert_eq!(state(&site, case).await, "scheduling");
    site.app.clock.advance(first - site.app.clock.now());
    again(&site).await;
    site.get(&at(case.number, "")).await.shows("担当の専門家は、企業が選べる期間の終わりまで不在です");
    worker::once(&site.app).await;
    assert_eq!(
        texts(&site, CONTACT, "company_reminder").await.len(),
        0,
        "nothing is asked that cannot be done"
    );
    waits_for_center(&site, case, "team_changing").await;
}

#[actix_web::test]
async fn of_two_experts_the_one_who_is_there_stays() {
    let (site, cast, case, [ict, labor]) = of_two(true).await;
    pass(&site, case).await;
    close(&site, ict).await;
    again(&site).await;
    let by = Actor::Stead(cast.coordinator, Represented::Expert(labor));
    ops::booking::appointment::record_no_show(&site.app, case.id, by).await.unwrap();
    assert_eq!(state(&site, case).await, "checking");
    let all = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let live: Vec<_> = all.iter().filter(|it| it.is_live()).map(|it| it.expert).collect();
    assert_eq!(live, [labor]);
    // The center has recorded it in the expert's stead, and the expert hears of it.
    let heard = texts(&site, "labor@example.jp", "missed_appointment").await;
    assert!(heard[0].contains("「企業の欠席」と記録されました"), "{heard:?}");
    sound(&site).await;
}

#[actix_web::test]
async fn an_expert_who_was_let_go_is_shown_last_and_never_asked_by_itself() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    // A busier expert would come after the one who was let go.
    let busy = cases::expert(&site, "sato@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let id = store::routing::assignment::of(&site.app.db, case.id).await.unwrap()[0].id;
    let why = TextLine::parse("理由", "別の専門家を希望", 200).unwrap();
    let by = Actor::Stead(cast.coordinator, Represented::Company);
    ops::routing::replacement::release(&site.app, id, None, by, &why, Successor::Later).await.unwrap();
    assert_eq!(state(&site, case).await, "checking");
    let it = record(&site, case).await;
    let (offers, slot) = ops::routing::assignment::candidates(&site.app, &it).await.unwrap();
    let all = offers.candidates(slot);
    let ranked: Vec<_> = domain::routing::rank(&all).into_iter().map(|it| it.expert).collect();
    assert_eq!(ranked, [busy, cast.expert]);
    let page = site.get(&at(case.number, "?view=candidates")).await;
    page.shows("この相談を辞退したか、期限までに回答がなかったか、担当から外れています");
    // The company chooses a time; only the other expert is asked by the service.
    let offers = ops::booking::hold::offers(&site.app, &it).await.unwrap();
    let slot = offers.days().into_iter().find_map(|(_, slots)| slots.first().copied()).unwrap();
    ops::booking::hold::choose(&site.app, case.id, Actor::Company, slot).await.unwrap();
    let requests = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let live: Vec<_> = requests.iter().filter(|it| it.is_live()).map(|it| it.expert).collect();
    assert_eq!(live, [busy]);
    sound(&site).await;
}

/// Records days of absence on the telephone, as the center does.
async fn told_absent(site: &Site, cast: &Cast, first: NaiveDate, last: NaiveDate) -> RecordedAbsence {
    let absence = Absence { first, last, stand_in: None };
    ops::routing::expert::record_absence(&site.app, cast.expert, absence, "", cast.coordinator).await.unwrap()
}

#[actix_web::test]
async fn a_request_that_an_absence_covers_is_handed_on_at_once() {
    let (site, cast) = center().await;
    let today = japan_date(site.app.clock.now());
    // Without a time: no expert can come on any day that the company could choose.
    let case = cases::matching(&site, &cast, CONTACT).await;
    let mut form = vec![("expert", cast.expert.to_string())];
    let days = [today + Days::new(1), today + Days::new(200)];
    let names = [["first_year", "first_month", "first_day"], ["last_year", "last_month", "last_day"]];
    for (day, [year, month, date]) in days.into_iter().zip(names) {
        form.extend([(year, day.year().to_string()), (month, day.month().to_string())]);
        form.push((date, day.day().to_string()));
    }
    let form: Vec<_> = form.iter().map(|(name, value)| (*name, value.as_str())).collect();
    let reply = site.post("/staff/absences/new", &form).await;
    assert_eq!(reply.status, 303, "{}", reply.body);
    site.get("/staff/absences").await.shows("回答を待っていた依頼1件は、辞退として扱い");
    assert_eq!(state(&site, case).await, "checking");
    let declined = texts(&site, CONTACT, "back_at_center").await;
    assert_eq!(declined.len(), 1, "the company hears that the center goes on");
    site.get(&at(case.number, "?view=history")).await.shows("不在の期間を登録したため");
    sound(&site).await;
}

#[actix_web::test]
async fn a_request_for_a_time_within_an_absence_goes_to_the_next_and_cannot_be_accepted() {
    let (site, cast) = center().await;
    let other = cases::expert(&site, "sato@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let case = deadlines::applied(&site, CONTACT, &["ict"]).await;
    let held = appointment(&site, case).await;
    // The service asks the best expert once the address is confirmed.
    ops::consultation::confirm_address(&site.app, case.id, cast.center()).await.unwrap();
    let requests = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let request = requests.iter().find(|it| it.is_live()).expect("an expert is asked").clone();
    let next = if request.expert == other { cast.expert } else { other };
    let day = japan_date(held.starts_at);
    let absence = Absence { first: day, last: day, stand_in: None };
    // Two processes: the acceptance comes when the absence is stored and the request is not handed on yet.
    let tx = site.app.begin().await.unwrap();
    store::routing::expert::add_absence(&tx, request.expert, absence, "").await.unwrap();
    tx.commit().await.unwrap();
    let late = ops::routing::assignment::accept(&site.app, request.id, request.expert).await;
    assert!(matches!(late, Err(Problem::Refused(why)) if why.contains("不在の登録があります")));
    let by = cast.coordinator;
    let recorded =
        ops::routing::expert::record_absence(&site.app, request.expert, absence, "", by).await.unwrap();
    assert_eq!(recorded, RecordedAbsence { bookings: 0, requests: 1 });
    assert_eq!(state(&site, case).await, "matching");
    let requests = store::routing::assignment::of(&site.app.db, case.id).await.unwrap();
    let live: Vec<_> = requests.iter().filter(|it| it.is_live()).map(|it| it.expert).collect();
    assert_eq!(live, [next], "the next candidate is asked for the same time");
    sound(&site).await;
}

#[actix_web::test]
async fn the_company_hears_before_an_appointment_to_which_no_expert_can_come() {
    let (site, cast) = center().await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let booked = appointment(&site, case).await;
    let day = japan_date(booked.starts_at);
    told_absent(&site, &cast, day, day).await;
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let heard_by = domain::booking::notice::heard_by(booked.starts_at, &settings, &calendar);
    let due = at_japan(japan_date(heard_by), settings.mail_hour, 0).max(site.app.clock.now());
    site.app.clock.advance(due - site.app.clock.now());
    worker::once(&site.app).await;
    let sent = async |to: &str, kind: &str| {
        let mails = mails_to(&site, to).await;
        mails.iter().filter(|it| it.kind == kind && it.sent_at.is_some()).count()
    };
    let center = crate::substitute::center_email(&site).await;
    assert_eq!(sent(CONTACT, "expert_away").await, 0, "the center has two hours");
    site.app.clock.advance(TimeDelta::hours(2));
    worker::once(&site.app).await;
    assert_eq!((sent(CONTACT, "expert_away").await, sent(&center, "expert_away").await), (1, 1));
    // The promise has a clock: it stands in the worklist, and is due before the appointment.
    let promised = record(&site, case).await.response.unwrap();
    assert!(promised.due_at < booked.starts_at);
    let said = format!("{}までに、センターから", domain::wording::month_day_time(promised.due_at));
    let mails = mails_to(&site, CONTACT).await;
    assert!(mails.iter().any(|it| it.kind == "expert_away" && it.text_body.contains(&said)), "{said}");
    assert_eq!(site.sign_in("center@example.jp", crate::site::PASSWORD).await.status, 303);
    site.get("/staff?tab=unanswered").await.shows(&case.number.to_string());
    assert!(site.app.clock.now() < booked.starts_at);
    // No reader is reminded of an appointment that cannot take place as it stands.
    let eve = at_japan(calendar.previous_business_day(day), 10, 0).max(site.app.clock.now());
    site.app.clock.advance(eve - site.app.clock.now());
    worker::once(&site.app).await;
    worker::once(&site.app).await;
    assert_eq!(sent(CONTACT, "reminder").await, 0);
    assert_eq!(sent("expert@example.jp", "reminder").await, 0);
    assert_eq!(sent(CONTACT, "expert_away").await, 1, "once");
    assert_eq!(doctor::examine(&site.app.db, site.app.clock.now()).await.unwrap(), []);
}

#[actix_web::test]
async fn no_company_is_alarmed_if_a_substitute_is_found_in_time() {
    let (site, cast) = center().await;
    let other = cases::expert(&site, "sato@example.jp", "佐藤 次郎", domain::field::Fields::Both).await;
    let case = cases::booked(&site, &cast, CONTACT).await;
    let booked = appointment(&site, case).await;
    let day = japan_date(booked.starts_at);
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let heard_by = domain::booking::notice::heard_by(booked.starts_at, &settings, &calendar);
    let due = at_japan(japan_date(heard_by), settings.mail_hour, 0).max(site.app.clock.now());
    site.app.clock.advance(due - site.app.clock.now());
    told_absent(&site, &cast, day, day).await;
    worker::once(&site.app).await;
    let place = Participation { appointment: booked.id, expert: cast.expert };
    let version = record(&site, case).await.version;
    let given = SubstituteConsent::Given;
    assert!(record(&site, case).await.response.is_some());
    ops::booking::substitute::ask(&site.app, place, other, version, cast.center(), given).await.unwrap();
    site.app.clock.advance(TimeDelta::hours(2));
    worker::once(&site.app).await;
    assert_eq!(record(&site, case).await.response, None, "the company hears of the other expert");
    let mails = mails_to(&site, CONTACT).await;
    assert!(mails.iter().all(|it| it.kind != "expert_away" || it.sent_at.is_none()), "{mails:?}");
}
