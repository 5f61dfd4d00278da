//! The slots that a draft of an application asks for.
use std::collections::BTreeSet;

use domain::{
    booking::{appointment::AppointmentMode, availability::Day},
    id::AppointmentId,
    intake::{
        application::{ApplicationForm, ApplicationTopic},
        company::{Choice, Industry},
    },
    prefecture::Prefecture,
    routing::ThemeCode,
};

use crate::{
    ops::booking::slot_offers::{DayOnly, SearchAim, SlotSearch},
    problem::Problem,
};

/// Returns the slot search of a draft, within a consultation day if it asks for a time of one. Its topic has to be valid; of the company only the prefecture matters.
pub fn slot_search(
    form: &ApplicationForm,
    moving: Option<AppointmentId>,
    day: Option<DayOnly>,
    aim: SearchAim,
) -> Result<SlotSearch, Problem> {
    let topic = ApplicationTopic::parse(form)
        .map_err(|_| Problem::Refused("先に、相談したいことを入力してください。".to_owned()))?;
    Ok(SlotSearch {
        fields: topic.fields,
        mode: AppointmentMode::wished(topic.mode),
        themes: topic.themes.into_iter().map(ThemeCode).collect(),
        prefecture: Prefecture::parse(&form.prefecture).ok(),
        industry: Industry::parse(&form.industry).ok(),
        company: None,
        only: None,
        day,
        excluded: BTreeSet::new(),
        asked_last: BTreeSet::new(),
        moving,
        starts: Day::HALF_HOURS,
        overridden: false,
        aim,
    })
}
