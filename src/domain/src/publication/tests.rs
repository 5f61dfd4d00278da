use chrono::{DateTime, TimeDelta, Utc};
use proptest::prelude::*;
use uuid::Uuid;

use super::{
    Content, EndsBeforeItBegins, Facts, Period, Phase, Publication, PublicationRefused, PublicationState,
    news::{InvalidWebAddress, NewsCategory, NewsFacts, WebAddress},
};
use crate::{id::PublicationId, text::TextLine};

fn at(text: &str) -> DateTime<Utc> {
    text.parse().unwrap()
}

fn content(title: &str) -> Content {
    let facts = Facts::News(NewsFacts { category: NewsCategory::Notice, pinned: false, related: None });
    Content { title: TextLine::parse("", title, 100).unwrap(), body: None, facts }
}

fn draft() -> Publication {
    Publication::draft(PublicationId(Uuid::nil()), 1, content("お知らせ"))
}

const MONDAY: &str = "2026-11-30T00:00:00Z";

#[test]
fn a_period_ends_after_its_beginning() {
    let from = at(MONDAY);
    assert_eq!(Period::new(from, Some(from)), Err(EndsBeforeItBegins));
    assert!(Period::new(from, Some(from + TimeDelta::seconds(1))).is_ok());
}

#[test]
fn the_phase_follows_the_clock_without_anybody_acting() {
    let period = Period::new(at(MONDAY), Some(at("2026-12-31T15:00:00Z"))).unwrap();
    let state = PublicationState::Published(period);
    for (now, phase) in [
        ("2026-11-29T23:59:59Z", Phase::Scheduled),
        (MONDAY, Phase::Current),
        ("2026-12-31T14:59:59Z", Phase::Current),
        ("2026-12-31T15:00:00Z", Phase::Expired),
    ] {
        assert_eq!(state.phase(at(now)), phase, "{now}");
        assert_eq!(phase.has_page(), phase != Phase::Scheduled);
    }
    assert_eq!(PublicationState::Archived(period).phase(at(MONDAY)), Phase::Archived);
}

#[test]
fn the_public_reads_the_published_revision_until_the_next_is_published() {
    let period = Period::new(at(MONDAY), None).unwrap();
    let published = draft().edit(content("直した")).unwrap().publish(period);
    assert_eq!((published.revision, published.public_revision), (3, Some(3)));
    let edited = published.edit(content("また直した")).unwrap();
    assert_eq!((edited.revision, edited.public_revision), (4, Some(3)));
    assert!(edited.has_unpublished_changes());
    let amended = edited.clone().amend(content("また直した")).unwrap();
    assert_eq!((amended.revision, amended.public_revision), (5, Some(3)));
    let amended = edited.publish(period).amend(content("もう一度")).unwrap();
    assert_eq!((amended.revision, amended.public_revision), (6, Some(6)));
    assert!(!amended.has_unpublished_changes());
}

#[test]
fn only_a_publication_that_began_is_archived() {
    let now = at("2026-12-01T00:00:00Z");
    assert_eq!(draft().archive(now), Err(PublicationRefused::NeverPublished));
    let current = draft().publish(Period::new(at(MONDAY), None).unwrap());
    let archived = current.archive(now).unwrap();
    assert_eq!(archived.state.phase(now), Phase::Archived);
    assert_eq!(archived.archive(now), Err(PublicationRefused::Over));
    let scheduled = draft().publish(Period::new(at("2026-12-24T00:00:00Z"), None).unwrap());
    let back = scheduled.archive(now).unwrap();
    assert_eq!((back.state, back.public_revision), (PublicationState::Draft, None));
}

#[test]
fn an_address_is_of_this_site_or_of_a_named_one() {
    for fine in ["https://www.example.jp/a?b=c#d", "http://example.jp", "/news/10001", "/"] {
        assert_eq!(WebAddress::parse(fine).unwrap().is_outside(), !fine.starts_with('/'), "{fine}");
    }
    for bad in [
        "javascript:alert(1)",
        "//example.jp/",
        "https://",
        "https://user@example.jp/",
        "www.example.jp",
        "https://example.jp/a b",
        "https://example.jp/\"onclick",
        "/\\example.jp",
    ] {
        assert_eq!(WebAddress::parse(bad), Err(InvalidWebAddress::Malformed), "{bad}");
    }
    assert_eq!(WebAddress::parse(" "), Err(InvalidWebAddress::Missing));
    assert!(WebAddress::parse(&format!("/{}", "a".repeat(WebAddress::LONGEST))).is_err());
}

#[derive(Clone, Copy, Debug)]
enum Act {
    Edit,
    Publish(i64, Option<i64>),
    Archive,
}

fn acts() -> impl Strategy<Value = Vec<Act>> {
    let act = prop_oneof![
        Just(Act::Edit),
        (0..100_i64, prop::option::of(1..100_i64)).prop_map(|(from, lasts)| Act::Publish(from, lasts)),
        Just(Act::Archive),
    ];
    prop::collection::vec(act, 0..20)
}

proptest! {
    /// The page of a publication that was public once exists for ever, unless it is scheduled anew.
    #[test]
    fn every_act_makes_a_revision_and_what_was_public_has_a_revision_to_read(acts in acts()) {
        let mut it = draft();
        for (n, act) in acts.into_iter().enumerate() {
            let now = at(MONDAY) + TimeDelta::hours(i64::try_from(n).unwrap() * 5);
            let before = it.clone();
            let after = match act {
                Act::Edit => it.edit(content("直した")),
                Act::Publish(from, lasts) => {
                    let from = at(MONDAY) + TimeDelta::hours(from);
                    Ok(it.publish(Period::new(from, lasts.map(|it| from + TimeDelta::hours(it))).unwrap()))
                }
                Act::Archive => it.archive(now),
            };
            it = match after {
                Ok(after) => {
                    prop_assert_eq!(after.revision, before.revision + 1);
                    after
                }
                Err(_) => before,
            };
            prop_assert_eq!(it.public_revision.is_some(), it.state != PublicationState::Draft);
            prop_assert!(it.public_revision.is_none_or(|public| public <= it.revision));
        }
    }
}
