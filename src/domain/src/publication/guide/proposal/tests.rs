use chrono::NaiveDate;

use super::{CompanyProfile, GuideFacts, GuidePurpose, proposals, purposes};
use crate::publication::guide::{CompanySize, GuideCondition, TeleworkStatus, tests::grant};

fn today() -> NaiveDate {
    "2026-11-20".parse().unwrap()
}

fn company() -> CompanyProfile {
    CompanyProfile {
        size: Some(CompanySize::UpTo20),
        status: Some(TeleworkStatus::Planned),
        themes: ["ict_security", "labor_hours"].map(str::to_owned).to_vec(),
        ..CompanyProfile::default()
    }
}

#[test]
fn the_themes_name_the_purposes() {
    let of = |themes: &[&str]| purposes(&themes.iter().map(|it| (*it).to_owned()).collect::<Vec<_>>());
    assert_eq!(
        of(&["ict_security", "labor_hours", "labor_rules"]),
        [GuidePurpose::Labor, GuidePurpose::Security]
    );
    assert_eq!(of(&["ict_subsidy"]), [GuidePurpose::Cost]);
    assert_eq!(of(&["removed", "x_y"]), []);
}

#[test]
fn whole_matches_come_first_and_what_contradicts_or_is_over_never() {
    let entry = |purposes: &[GuidePurpose]| GuideFacts { purposes: purposes.to_vec(), ..grant() };
    let security = entry(&[GuidePurpose::Security]);
    let region = entry(&[GuidePurpose::Region]);
    let large = GuideFacts { sizes: vec![CompanySize::Over300], ..grant() };
    let over = GuideFacts { closes: today().pred_opt(), ..entry(&[GuidePurpose::Security]) };
    let town = GuideFacts { for_local_government: true, ..grant() };
    let all = [region, large, over, town, security];
    let found = proposals(all.iter().enumerate(), &company(), today(), 5);
    assert_eq!(found.iter().map(|it| it.0).collect::<Vec<_>>(), [4, 0]);
    assert!(found[0].1.is_whole());
    assert_eq!(found[1].1.open, [GuideCondition::Purpose(None)]);
    assert_eq!(proposals(all.iter().enumerate(), &company(), today(), 1).len(), 1);
    assert!(proposals(all.iter().enumerate(), &company(), today(), 0).is_empty());
}
