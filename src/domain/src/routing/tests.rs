use super::{
    Candidate, Eligibility, Expert, ReasonAgainst, ReasonFor, RoutingRequest, Team, ThemeCode, evaluate,
    rank, teams,
};
use crate::{
    booking::availability::{AppointmentLimits, Blocked, Slot},
    field::Fields,
    id::{CompanyId, ExpertId},
    intake::company::{Industry, Mode},
    prefecture::Prefecture,
};
use chrono::NaiveDate;
use proptest::{
    collection::{btree_set, vec},
    option,
    prelude::*,
};
use std::collections::BTreeSet;
use uuid::Uuid;

mod offer;

const DATE: NaiveDate = NaiveDate::from_ymd_opt(2026, 11, 24).unwrap();

fn expert_id(n: u8) -> ExpertId {
    ExpertId(Uuid::from_u128(n.into()))
}

fn company(n: u8) -> CompanyId {
    CompanyId(Uuid::from_u128(n.into()))
}

fn place(code: u8) -> Prefecture {
    Prefecture::from_code(code).unwrap()
}

fn theme(n: u8) -> ThemeCode {
    ThemeCode(format!("theme-{n}"))
}

fn industry(n: u8) -> Industry {
    Industry::ALL[usize::from(n) % Industry::ALL.len()]
}

fn fields() -> impl Strategy<Value = Fields> {
    prop_oneof![Just(Fields::Ict), Just(Fields::Labor), Just(Fields::Both)]
}

/// Values from small ranges, so that they coincide; mostly eligible experts, so that rankings are not empty.
fn experts() -> impl Strategy<Value = Expert> {
    let skills =
        (fields(), btree_set((0..4_u8).prop_map(theme), 0..4), btree_set((0..3_u8).prop_map(industry), 0..3));
    let places = (
        option::of((1..5_u8).prop_map(place)),
        btree_set((1..5_u8).prop_map(place), 0..4),
        prop::bool::weighted(0.8),
    );
    let standing = (prop::bool::weighted(0.95), prop::bool::weighted(0.05));
    let companies =
        (btree_set((0..9_u8).prop_map(company), 0..2), btree_set((0..3_u8).prop_map(company), 0..2));
    let limits = (1..4_u16, 2..6_u16, 3..8_u16);
    let counts = (0..2_u16, 0..2_u16, 0..4_u16);
    let load = (0..6_u32, 0..4_u32, option::of((0..3_u64).prop_map(|it| DATE - chrono::Days::new(it))));
    (0..40_u8, skills, places, standing, companies, limits, counts, load).prop_map(
        |(id, skills, places, standing, companies, limits, counts, load)| Expert {
            id: expert_id(id),
            active: standing.0,
            fields: skills.0,
            themes: skills.1,
            industries: skills.2,
            home: places.0,
            visits: places.1,
            works_online: places.2,
            absent: standing.1,
            conflicts: companies.0,
            known: companies.1,
            limits: AppointmentLimits { per_day: limits.0, per_week: limits.1 },
            day_appointments: counts.0,
            week_appointments: counts.0 + counts.1,
            open_cases: counts.2,
            open_case_limit: limits.2,
            load: load.0,
            capacity: load.1,
            last_asked: load.2,
        },
    )
}

prop_compose! {
    fn requests()(
        fields in fields(),
        themes in btree_set((0..4_u8).prop_map(theme), 0..4),
        mode in prop_oneof![3 => Just(Mode::Online), 1 => Just(Mode::Visit), 2 => Just(Mode::Either)],
        prefecture in option::of((1..5_u8).prop_map(place)),
        industry in option::of((0..3_u8).prop_map(industry)),
        company in option::of((0..3_u8).prop_map(company)),
        slot in option::of((0..64_u8).prop_map(|it| Slot::new(DATE, it).unwrap())),
        excluded in btree_set((0..40_u8).prop_map(expert_id), 0..3),
        asked_last in btree_set((0..40_u8).prop_map(expert_id), 0..5),
    ) -> RoutingRequest {
        RoutingRequest { fields, themes, mode, prefecture, industry, company, slot, excluded, asked_last }
    }
}

/// Experts with different ids, each with the reason in their calendar against the slot, if any.
fn many() -> impl Strategy<Value = Vec<(Expert, Option<Blocked>)>> {
    let blocked = option::weighted(
        0.1,
        prop_oneof![Just(Blocked::Occupied), Just(Blocked::DayFull), Just(Blocked::Absent)],
    );
    vec((experts(), blocked), 0..12).prop_map(|mut all| {
        let mut seen = BTreeSet::new();
        all.retain(|it| seen.insert(it.0.id));
        all
    })
}

fn evaluated(request: &RoutingRequest, experts: &[(Expert, Option<Blocked>)]) -> Vec<Candidate> {
    experts.iter().map(|(expert, blocked)| evaluate(expert, request, *blocked)).collect()
}

/// Returns whether the expert is eligible by `docs/spec/lifecycle.md` §4, sentence by sentence.
fn is_eligible(expert: &Expert, request: &RoutingRequest, blocked: Option<Blocked>) -> bool {
    let has_a_field = request.fields.iter().any(|it| expert.fields.contains(it));
    let online = expert.works_online;
    let visit = match request.prefecture {
        Some(prefecture) => expert.visits.contains(&prefecture),
        None => !expert.visits.is_empty(),
    };
    let can_meet = match request.mode {
        Mode::Online => online,
        Mode::Visit => visit,
        Mode::Either => online || visit,
    };
    let no_conflict = request.company.is_none_or(|it| !expert.conflicts.contains(&it));
    let has_room = request.slot.is_none()
        || (expert.day_appointments < expert.limits.per_day
            && expert.week_appointments < expert.limits.per_week);
    has_a_field
        && expert.active
        && !expert.absent
        && can_meet
        && no_conflict
        && has_room
        && expert.open_cases < expert.open_case_limit
        && !request.excluded.contains(&expert.id)
        && blocked.is_none()
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(1000))]

    #[test]
    fn the_eligible_are_in_and_everyone_else_has_a_reason(request in requests(), all in many()) {
        for (expert, blocked) in &all {
            let candidate = evaluate(expert, &request, *blocked);
            prop_assert_eq!(candidate.is_in(), is_eligible(expert, &request, *blocked));
            match candidate.eligibility {
                Eligibility::In { reasons, .. } => prop_assert!(!reasons.is_empty()),
                Eligibility::Out { reasons } => {
                    prop_assert!(!reasons.is_empty());
                    prop_assert!((1..reasons.len()).all(|it| !reasons[..it].contains(&reasons[it])));
                }
            }
        }
    }

    #[test]
    fn only_the_eligible_rank_and_all_of_them(request in requests(), all in many()) {
        let candidates = evaluated(&request, &all);
        let ranked: BTreeSet<_> = rank(&candidates).into_iter().map(|it| it.expert).collect();
        let eligible = all.iter().filter(|it| is_eligible(&it.0, &request, it.1)).map(|it| it.0.id).collect();
        prop_assert_eq!(ranked, eligible);
    }

    #[test]
    fn the_order_of_asking_does_not_hang_on_the_order_of_reading((request, all, shuffled) in (requests(), many()).prop_flat_map(|(request, all)| {
        (Just(request), Just(all.clone()), Just(all).prop_shuffle())
    })) {
        let (here, there) = (evaluated(&request, &all), evaluated(&request, &shuffled));
        prop_assert_eq!(rank(&here), rank(&there));
        prop_assert!(teams(&request, &here).eq(teams(&request, &there)));
    }

    #[test]
    fn each_comes_before_the_next_for_the_first_thing_in_which_they_differ(request in requests(), all in many()) {
        let candidates = evaluated(&request, &all);
        let ranked: Vec<_> = rank(&candidates)
            .into_iter()
            .map(|it| &all.iter().find(|expert| expert.0.id == it.expert).unwrap().0)
            .collect();
        for (n, one) in ranked.iter().enumerate() {
            for other in &ranked[n + 1..] {
                prop_assert!(slow_key(one, &request) < slow_key(other, &request));
            }
        }
    }

    #[test]
    fn a_higher_limit_never_excludes_an_expert(request in requests(), expert in experts(), more in 0..5_u16) {
        let roomier = Expert {
            limits: AppointmentLimits { per_day: expert.limits.per_day + more, per_week: expert.limits.per_week + more },
            open_case_limit: expert.open_case_limit + more,
            fields: Fields::Both,
            works_online: true,
            visits: Prefecture::all().collect(),
            conflicts: BTreeSet::new(),
            ..expert.clone()
        };
        prop_assert!(!evaluate(&expert, &request, None).is_in() || evaluate(&roomier, &request, None).is_in());
    }

    #[test]
    fn missing_data_of_a_company_exclude_no_expert(request in requests(), expert in experts()) {
        let silent = RoutingRequest { prefecture: None, industry: None, company: None, ..request.clone() };
        if let Eligibility::In { .. } = evaluate(&expert, &request, None).eligibility {
            let Eligibility::In { reasons, .. } = evaluate(&expert, &silent, None).eligibility else {
                return Err(TestCaseError::fail("ruled out"));
            };
            prop_assert!(reasons.contains(&ReasonFor::IndustryUnknown));
            prop_assert_eq!(reasons.contains(&ReasonFor::PrefectureUnknown), request.mode != Mode::Online);
            prop_assert_eq!(reasons.contains(&ReasonFor::CompanyUnknown), !expert.conflicts.is_empty());
        }
    }

    #[test]
    fn a_company_without_a_number_is_flagged_where_there_are_conflicts(request in requests(), expert in experts()) {
        let before = evaluate(&expert, &request, None);
        let after = before.clone().with_unidentified_company(&expert);
        prop_assert_eq!(after.is_in(), before.is_in());
        match after.eligibility {
            Eligibility::In { reasons, .. } => {
                let cautions = reasons.iter().filter(|it| **it == ReasonFor::CompanyUnknown).count();
                prop_assert_eq!(cautions, usize::from(!expert.conflicts.is_empty()));
            }
            Eligibility::Out { .. } => prop_assert!(!before.is_in()),
        }
    }

    #[test]
    fn teams_are_all_that_can_be_made_in_order(request in requests(), all in many()) {
        let candidates = evaluated(&request, &all);
        let ranked: Vec<_> = rank(&candidates).into_iter().map(|it| it.expert).collect();
        let of = |id| all.iter().find(|it| it.0.id == id).unwrap().0.fields;
        let mut made = Vec::new();
        for (a, &one) in ranked.iter().enumerate() {
            if of(one).covers(request.fields) {
                made.push(((a, a), Team::One(one)));
            }
            for (b, &other) in ranked.iter().enumerate() {
                if request.fields == Fields::Both && of(one) == Fields::Ict && of(other) == Fields::Labor {
                    made.push(((a.max(b), a.min(b)), Team::Pair { ict: one, labor: other }));
                }
            }
        }
        made.sort_by_key(|it| it.0);
        let made: Vec<_> = made.into_iter().map(|it| it.1).collect();
        prop_assert_eq!(teams(&request, &candidates).collect::<Vec<_>>(), made);
    }

    #[test]
    fn an_eligibility_survives_its_storage(request in requests(), all in many()) {
        for candidate in evaluated(&request, &all) {
            let stored = serde_json::to_string(&candidate.eligibility).unwrap();
            prop_assert_eq!(serde_json::from_str::<Eligibility>(&stored).unwrap(), candidate.eligibility);
        }
    }
}

/// Returns all criteria as one tuple to sort by. Loads are brought to a common denominator: capacities here are 1 to
/// 3, so sixths are exact.
fn slow_key(expert: &Expert, request: &RoutingRequest) -> impl Ord + use<> {
    let load = (expert.load * 6).checked_div(expert.capacity).unwrap_or(u32::MAX);
    let themes = request.themes.iter().filter(|it| expert.themes.contains(it)).count();
    let has_industry = expert.industries.iter().any(|it| request.industry.as_ref() == Some(it));
    let same_place = request.prefecture.is_some_and(|it| Some(it) == expert.home);
    let knows = expert.known.iter().any(|it| request.company == Some(*it));
    let last_asked = expert.last_asked.map_or(0, |it| it.to_epoch_days());
    let turned_down = request.asked_last.contains(&expert.id);
    (turned_down, load, 4 - themes, !has_industry, !same_place, !knows, last_asked, expert.id)
}

fn anyone() -> Expert {
    Expert {
        id: expert_id(1),
        active: true,
        fields: Fields::Labor,
        themes: [theme(0), theme(1)].into(),
        industries: [industry(0)].into(),
        home: Some(place(13)),
        visits: [place(13)].into(),
        works_online: true,
        absent: false,
        conflicts: BTreeSet::new(),
        known: BTreeSet::new(),
        limits: AppointmentLimits { per_day: 2, per_week: 4 },
        day_appointments: 0,
        week_appointments: 0,
        open_cases: 5,
        open_case_limit: 8,
        load: 3,
        capacity: 8,
        last_asked: Some(DATE),
    }
}

fn any_request() -> RoutingRequest {
    RoutingRequest {
        fields: Fields::Labor,
        themes: [theme(0), theme(1), theme(2)].into(),
        mode: Mode::Online,
        prefecture: Some(place(13)),
        industry: Some(industry(1)),
        company: Some(company(0)),
        slot: Slot::new(DATE, 16),
        excluded: BTreeSet::new(),
        asked_last: BTreeSet::new(),
    }
}

#[test]
fn an_eligible_expert_has_reasons_in_sentences() {
    let Eligibility::In { reasons, .. } = evaluate(&anyone(), &any_request(), None).eligibility else {
        panic!("nothing stands against them");
    };
    let sentences: Vec<_> = reasons.into_iter().map(ReasonFor::sentence).collect();
    assert_eq!(
        sentences,
        ["前後28日の相談が3件（目安8件）", "テーマが2件一致", "同じ都道府県", "前回の依頼は2026年11月24日"]
    );
    let other_theme = RoutingRequest { themes: [theme(3)].into(), ..any_request() };
    let Eligibility::In { reasons, .. } = evaluate(&anyone(), &other_theme, None).eligibility else {
        panic!("nothing stands against them");
    };
    assert!(!reasons.iter().any(|it| matches!(it, ReasonFor::Themes { .. })), "no theme speaks for them");
}

#[test]
fn an_expert_who_was_let_go_comes_last_with_the_reason() {
    let idle = Expert { load: 0, ..anyone() };
    let busy = Expert { id: expert_id(7), load: 30, ..anyone() };
    let request = RoutingRequest { asked_last: [idle.id].into(), ..any_request() };
    let all = [&idle, &busy].map(|it| evaluate(it, &request, None));
    assert_eq!(rank(&all).iter().map(|it| it.expert).collect::<Vec<_>>(), [busy.id, idle.id]);
    let Eligibility::In { reasons, .. } = &all[0].eligibility else { panic!("the center may ask them") };
    assert!(reasons.contains(&ReasonFor::TurnedDown) && ReasonFor::TurnedDown.is_caution());
}

#[test]
fn an_ineligible_expert_has_reasons_in_sentences() {
    let request = RoutingRequest {
        fields: Fields::Ict,
        mode: Mode::Visit,
        prefecture: Some(place(1)),
        ..any_request()
    };
    let expert = Expert { open_case_limit: 5, ..anyone() };
    let Eligibility::Out { reasons } = evaluate(&expert, &request, Some(Blocked::Occupied)).eligibility
    else {
        panic!("they have another field");
    };
    let sentences: Vec<_> = reasons.into_iter().map(ReasonAgainst::sentence).collect();
    assert_eq!(
        sentences,
        [
            "分野が合いません（労務管理のみ）",
            "北海道への訪問に対応していません",
            "担当件数の上限（5件）に達しています",
            "この日時は予定があります"
        ]
    );
}

#[test]
fn a_reason_against_an_expert_is_given_once() {
    let full = Expert { day_appointments: 2, absent: true, ..anyone() };
    for (blocked, expected) in [(Blocked::DayFull, 2), (Blocked::Absent, 2), (Blocked::Occupied, 3)] {
        let Eligibility::Out { reasons } = evaluate(&full, &any_request(), Some(blocked)).eligibility else {
            panic!("they are full and absent");
        };
        assert_eq!(reasons.len(), expected, "{reasons:?}");
    }
}

#[test]
fn only_a_fact_that_is_missing_is_a_caution() {
    let missing = [ReasonFor::PrefectureUnknown, ReasonFor::IndustryUnknown, ReasonFor::CompanyUnknown];
    for reason in missing {
        assert!(reason.is_caution() && reason.missing().is_some(), "{reason:?}");
    }
    for reason in [ReasonFor::BothFields, ReasonFor::Industry, ReasonFor::NeverAsked] {
        assert!(!reason.is_caution() && reason.missing().is_none(), "{reason:?}");
    }
}

#[test]
fn a_team_has_its_members_and_nobody_else() {
    let pair = Team::Pair { ict: expert_id(1), labor: expert_id(2) };
    assert_eq!([1, 2, 3].map(|n| pair.has(expert_id(n))), [true, true, false]);
    assert_eq!([1, 2].map(|n| Team::One(expert_id(1)).has(expert_id(n))), [true, false]);
}
