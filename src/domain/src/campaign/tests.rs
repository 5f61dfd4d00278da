use chrono::{DateTime, TimeDelta, Utc};
use codes::{Industry, TeleworkStatus};
use proptest::prelude::*;

use super::*;
use crate::{
    calendar::{BusinessCalendar, at_japan},
    intake::application::Intake,
    publication::campaign::CampaignFacts,
    settings::Settings,
    text::{Prose, TextLine},
};

fn line(text: &str) -> TextLine {
    TextLine::parse("", text, 200).unwrap()
}

fn listing(name: &str) -> Listing {
    Listing { name: line(name), kana: line("ミホン"), industry: Industry::Manufacturing }
}

fn day(text: &str) -> DateTime<Utc> {
    at_japan(text.parse().unwrap(), 0, 0)
}

fn facts(year: i32) -> CampaignFacts {
    CampaignFacts {
        starts_on: format!("{year}-11-01").parse().unwrap(),
        ends_on: format!("{year}-11-30").parse().unwrap(),
        opens_on: format!("{year}-09-01").parse().unwrap(),
        closes_on: format!("{year}-11-20").parse().unwrap(),
        activities: vec![line("社内での周知"), line("全員で実施")],
        rules: Prose::parse("", "規約", 60).unwrap(),
        certificate: None,
    }
}

fn form() -> RegistrationForm {
    let own = str::to_owned;
    RegistrationForm {
        kind: own("company"),
        name: own("株式会社みほん"),
        kana: own("かぶしきがいしゃみほん"),
        corporate_number: String::new(),
        prefecture: own("5"),
        industry: own("E"),
        employees: own("１２名"),
        activity: vec![own("全員で実施"), own("社内での周知")],
        telework_status: own("none"),
        teleworkers: own("2"),
        contact_name: own("佐藤 一郎"),
        email: own("sato@example.co.jp"),
        phone: String::new(),
        rules: own("1"),
        opt_in: own("1"),
    }
}

#[test]
fn a_form_is_read_whole_and_names_every_mistake_at_once() {
    let offered = facts(2026).activities;
    let entry = RegistrationEntry::parse(&form(), &offered, Intake::Company).unwrap();
    assert_eq!(entry.activities, offered, "in the order in which they are offered");
    assert_eq!(entry.listing.kana.as_str(), "ミホン");
    assert!(entry.listing.key().contains("みほん") || entry.listing.key().contains("ミホン"));
    let empty = RegistrationEntry::parse(&RegistrationForm::default(), &offered, Intake::Company);
    let fields: Vec<_> = empty.unwrap_err().into_iter().map(|it| it.0).collect();
    let needed = [
        "kind",
        "name",
        "kana",
        "industry",
        "prefecture",
        "employees",
        "activity",
        "telework_status",
        "contact_name",
        "email",
        "rules",
    ];
    assert_eq!(fields, needed);
    let foreign = RegistrationForm { activity: vec!["別の活動".to_owned()], ..form() };
    let why = RegistrationEntry::parse(&foreign, &offered, Intake::OnBehalf).unwrap_err();
    assert!(why[0].1.contains("別の活動"));
    let more = RegistrationForm { teleworkers: "13".to_owned(), ..form() };
    assert_eq!(RegistrationEntry::parse(&more, &offered, Intake::Company).unwrap_err()[0].0, "teleworkers");
}

#[test]
fn an_individual_is_not_asked_about_a_company() {
    let offered = facts(2026).activities;
    let person = RegistrationForm {
        kind: "individual".to_owned(),
        employees: String::new(),
        contact_name: String::new(),
        teleworkers: String::new(),
        ..form()
    };
    let entry = RegistrationEntry::parse(&person, &offered, Intake::Company).unwrap();
    assert_eq!((entry.employees, entry.contact_name), (None, None));
    let number = RegistrationForm { corporate_number: "7000012050002".to_owned(), ..person };
    let why = RegistrationEntry::parse(&number, &offered, Intake::Company).unwrap_err();
    assert_eq!(why[0].0, "corporate_number");
}

#[test]
fn a_file_of_the_center_may_lack_what_only_the_registrant_can_give() {
    let offered = facts(2026).activities;
    let short = RegistrationForm {
        employees: String::new(),
        activity: Vec::new(),
        teleworkers: String::new(),
        contact_name: String::new(),
        email: String::new(),
        rules: String::new(),
        ..form()
    };
    assert!(RegistrationEntry::parse(&short, &offered, Intake::OnBehalf).is_ok());
    assert_eq!(RegistrationEntry::parse(&short, &offered, Intake::Company).unwrap_err().len(), 5);
}

#[test]
fn acts_that_come_twice_or_too_late_are_told_apart() {
    let now = day("2026-11-10");
    let fresh = RegistrationLife::new(listing("みほん"), now + PROVE_WITHIN);
    assert_eq!(
        fresh.clone().approve(),
        Err(RegistrationRefused::NotNow),
        "nobody approves a stranger's form"
    );
    assert_eq!(fresh.clone().prove(now + PROVE_WITHIN), Err(RegistrationRefused::ProvedTooLate));
    let waiting = fresh.prove(now).unwrap();
    assert_eq!(
        waiting.clone().prove(now + TimeDelta::days(3)),
        Ok(waiting.clone()),
        "the button was pressed twice"
    );
    let approved = waiting.clone().approve().unwrap();
    assert_eq!(approved.clone().approve(), Err(RegistrationRefused::Approved));
    assert_eq!(approved.listed, Some(listing("みほん")));
    let withdrawn = approved.withdraw();
    assert_eq!((withdrawn.listed.clone(), withdrawn.clone().withdraw()), (None, withdrawn.clone()));
    assert_eq!(withdrawn.clone().approve(), Err(RegistrationRefused::Withdrawn));
    assert_eq!(withdrawn.reject(), Err(RegistrationRefused::Withdrawn));
    assert_eq!(waiting.clone().lapse().state, RegistrationState::Lapsed);
    assert_eq!(waiting.lapse().approve().unwrap().state, RegistrationState::Approved, "late, but not lost");
}

#[test]
fn a_change_of_the_entry_is_approved_anew_and_the_list_keeps_the_earlier_one() {
    let now = day("2026-11-10");
    let approved =
        RegistrationLife::new(listing("旧"), now + PROVE_WITHIN).prove(now).unwrap().approve().unwrap();
    let same = approved.clone().change(listing("旧"), now).unwrap();
    assert_eq!(same.state, RegistrationState::Approved, "other data are taken at once");
    let changed = approved.change(listing("新"), now).unwrap();
    assert!(changed.is_change());
    assert_eq!(changed.listed, Some(listing("旧")));
    assert_eq!(changed.clone().approve().unwrap().listed, Some(listing("新")));
    for back in [changed.clone().reject().unwrap(), changed.clone().lapse()] {
        assert_eq!((back.state, &back.wanted), (RegistrationState::Approved, &listing("旧")));
    }
    let undone = changed.change(listing("旧"), now).unwrap();
    assert_eq!(undone.state, RegistrationState::Approved);
    let rejected = undone.reject().unwrap();
    assert_eq!((rejected.state, rejected.listed.clone()), (RegistrationState::Rejected, None));
    let again = rejected.change(listing("新"), now).unwrap();
    assert_eq!(again.state, RegistrationState::Waiting { since: now });
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Prove,
    Approve,
    Reject,
    Lapse,
    Withdraw,
    Change(u8),
}

fn act() -> impl Strategy<Value = Act> {
    prop_oneof![
        Just(Act::Prove),
        Just(Act::Approve),
        Just(Act::Reject),
        Just(Act::Lapse),
        Just(Act::Withdraw),
        (0..3_u8).prop_map(Act::Change),
    ]
}

proptest! {
    /// Only a name that was approved is ever in the list, and nothing that was withdrawn or rejected.
    #[test]
    fn the_list_has_approved_names_alone(acts in proptest::collection::vec(act(), 0..30)) {
        let now = day("2026-11-10");
        let mut life = RegistrationLife::new(listing("0"), now + PROVE_WITHIN);
        let mut approved: Vec<Listing> = Vec::new();
        for act in acts {
            let before = life.clone();
            let after = match act {
                Act::Prove => life.prove(now),
                Act::Approve => life.approve(),
                Act::Reject => life.reject(),
                Act::Lapse => Ok(life.lapse()),
                Act::Withdraw => Ok(life.withdraw()),
                Act::Change(n) => life.change(listing(&n.to_string()), now),
            };
            life = after.unwrap_or(before);
            if matches!(act, Act::Approve) {
                approved.extend(life.listed.clone());
            }
            prop_assert!(life.listed.as_ref().is_none_or(|it| approved.contains(it)));
            let is_listed = life.listed.is_some();
            match life.state {
                RegistrationState::Approved => prop_assert_eq!(life.listed.as_ref(), Some(&life.wanted)),
                RegistrationState::Waiting { .. } => {}
                RegistrationState::Unproved { .. } | RegistrationState::Rejected
                | RegistrationState::Withdrawn | RegistrationState::Lapsed => prop_assert!(!is_listed),
            }
        }
    }

    /// A month that takes registrations is shown if there is one among any months.
    #[test]
    fn a_month_that_takes_registrations_is_shown(years in proptest::collection::btree_set(2020..2032_i32, 0..5), at in 0..4_400_i64) {
        let now = day("2020-01-01") + TimeDelta::days(at);
        let all: Vec<_> = years.iter().map(|it| facts(*it)).collect();
        let shown = current_campaign(all.iter().map(|it| (it, it)), now);
        prop_assert_eq!(shown.is_some(), !all.is_empty());
        let is_open = |it: &CampaignFacts| CampaignStage::of(it, now) == CampaignStage::Open;
        if let Some(shown) = shown.filter(|it| !is_open(it)) {
            prop_assert!(!all.iter().any(is_open));
            if CampaignStage::of(shown, now) == CampaignStage::Over {
                prop_assert!(all.iter().all(|it| it.year() <= shown.year()));
            }
        }
    }
}

#[test]
fn the_stage_follows_the_days_of_registration_and_period() {
    let it = facts(2026);
    for (at, stage) in [
        ("2026-08-31", CampaignStage::Ahead),
        ("2026-09-01", CampaignStage::Open),
        ("2026-11-20", CampaignStage::Open),
        ("2026-11-21", CampaignStage::Closed),
        ("2026-12-01", CampaignStage::Over),
    ] {
        assert_eq!(CampaignStage::of(&it, day(at)), stage, "{at}");
    }
    let late = CampaignFacts { opens_on: "2026-11-10".parse().unwrap(), ..facts(2026) };
    assert_eq!(CampaignStage::of(&late, day("2026-11-05")), CampaignStage::Ahead, "the period runs already");
    // Two months overlap: that which takes registrations comes first, and then the one that runs.
    let early = CampaignFacts { opens_on: "2026-11-01".parse().unwrap(), ..facts(2027) };
    let both = [facts(2026), early];
    let shown = |at| current_campaign(both.iter().map(|it| (it.year(), it)), day(at));
    assert_eq!(
        [shown("2026-10-10"), shown("2026-11-10"), shown("2027-12-24"), shown("2026-01-01")],
        [Some(2026), Some(2027), Some(2027), Some(2026)]
    );
}

#[test]
fn a_month_has_a_next_step_until_it_is_erased() {
    let (settings, calendar) = (Settings::default(), BusinessCalendar::default());
    let next = |it: &CampaignTimes| next_step_at(it, &settings, &calendar);
    let ends_at = day("2026-12-01");
    let quiet = CampaignTimes {
        ends_at,
        waiting_since: None,
        reminded_at: None,
        ended_since: None,
        is_erased: false,
    };
    assert_eq!(next(&quiet), Some(ends_at + KEPT));
    assert_eq!(next(&CampaignTimes { is_erased: true, ..quiet }), None);
    // 13 November 2026 is a Friday.
    let friday = at_japan("2026-11-13".parse().unwrap(), 17, 0);
    let waits = CampaignTimes { waiting_since: Some(friday), ..quiet };
    let tuesday = at_japan("2026-11-17".parse().unwrap(), 10, 0);
    assert_eq!(next(&waits), Some(tuesday));
    let reminded = CampaignTimes { reminded_at: Some(tuesday), ..waits };
    assert_eq!(next(&reminded), Some(at_japan("2026-11-19".parse().unwrap(), 10, 0)));
    assert_eq!(lapse_at(ends_at, friday), ends_at + TimeDelta::days(30));
    assert_eq!(lapse_at(ends_at, ends_at + TimeDelta::days(9)), ends_at + TimeDelta::days(39));
    let ended = CampaignTimes { ended_since: Some(friday), ..quiet };
    assert_eq!(next(&ended), Some(friday + ENDED_KEPT));
}

#[test]
fn every_version_of_the_consent_can_be_read() {
    assert_eq!(opt_in_text(OPT_IN.0), Some(OPT_IN.1));
    assert_eq!(opt_in_text("1999"), None);
    assert!(OptIn::now(day("2026-11-10")).stands());
}

#[test]
fn advice_is_offered_to_those_whose_status_says_that_telework_is_not_introduced() {
    for status in TeleworkStatus::ALL {
        assert_eq!(is_for_outreach(status), status.label().starts_with("導入していない"), "{status:?}");
    }
}
