//! The fields of an entry of the guide.
use chrono::NaiveDate;
use domain::{
    intake::application::TICKED,
    prefecture::Prefecture,
    publication::{
        guide::{CompanySize, GuideFacts, GuideKind, GuidePurpose, Industry, TeleworkStatus},
        news::WebAddress,
    },
    text::{TextLine, optional},
    wording::iso_date,
};

use crate::web::kit::{
    date_form,
    form::{Choice, FieldErrors, Fields, prefectures},
};

/// The choices of the fields of an entry.
#[derive(Clone, Debug, Default)]
pub struct GuideChoices {
    pub kinds: Vec<Choice>,
    pub sizes: Vec<Choice>,
    pub prefectures: Vec<Choice>,
    pub industries: Vec<Choice>,
    pub statuses: Vec<Choice>,
    pub purposes: Vec<Choice>,
}

pub fn choices() -> GuideChoices {
    GuideChoices {
        kinds: GuideKind::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        sizes: CompanySize::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        prefectures: prefectures(),
        industries: Industry::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        statuses: TeleworkStatus::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
        purposes: GuidePurpose::ALL.map(|it| Choice::new(it.code(), it.label())).to_vec(),
    }
}

pub fn fill(facts: &GuideFacts, form: &mut Fields) {
    form.add("office", facts.office.as_str());
    form.add("kind", facts.kind.code());
    form.add("gives", facts.gives.as_str());
    if facts.for_local_government {
        form.add("for_local_government", TICKED);
    }
    facts.sizes.iter().for_each(|it| form.add("size", it.code()));
    facts.prefectures.iter().for_each(|it| form.add("prefecture", it.two_digits()));
    facts.industries.iter().for_each(|it| form.add("industry", it.code()));
    facts.statuses.iter().for_each(|it| form.add("status", it.code()));
    facts.purposes.iter().for_each(|it| form.add("purpose", it.code()));
    for (name, date) in [("opens", facts.opens), ("closes", facts.closes), ("valid_until", facts.valid_until)]
    {
        form.add(name, date.map_or_else(String::new, iso_date));
    }
    form.add("link", facts.link.as_str());
    form.add("checked_on", iso_date(facts.checked_on));
    form.add("note", facts.note.as_ref().map_or("", |it| it.as_str()));
}

pub fn parse(form: &Fields, today: NaiveDate, errors: &mut FieldErrors) -> Option<GuideFacts> {
    let office = errors.take("office", TextLine::parse("実施する機関", form.get("office"), 60));
    let kind = GuideKind::from_code(form.get("kind")).ok_or("種類を選択してください");
    let kind = errors.take("kind", kind);
    let gives = errors.take("gives", TextLine::parse("内容の要約", form.get("gives"), 200));
    let opens = errors.take("opens", date_form::optional_iso(form.get("opens")));
    let closes = errors.take("closes", date_form::optional_iso(form.get("closes")));
    if let (Some(Some(opens)), Some(Some(closes))) = (opens, closes)
        && closes < opens
    {
        errors.add("closes", "募集を終える日は、始める日より後にしてください");
    }
    let link = errors.take("link", WebAddress::parse(form.get("link")));
    let checked_on = errors.take("checked_on", date_form::iso(form.get("checked_on")));
    if checked_on.is_some_and(|it| it > today) {
        errors.add("checked_on", "確認日は、今日までの日付にしてください");
    }
    let valid_until = errors.take("valid_until", date_form::optional_iso(form.get("valid_until")));
    let note = errors.take("note", optional(form.get("note"), |it| TextLine::parse("補足", it, 200)));
    Some(GuideFacts {
        office: office?,
        kind: kind?,
        gives: gives?,
        for_local_government: form.has("for_local_government", TICKED),
        sizes: form.all("size").filter_map(CompanySize::from_code).collect(),
        prefectures: form.all("prefecture").filter_map(|it| Prefecture::parse(it).ok()).collect(),
        industries: form.all("industry").filter_map(Industry::from_code).collect(),
        statuses: form.all("status").filter_map(TeleworkStatus::from_code).collect(),
        purposes: form.all("purpose").filter_map(GuidePurpose::from_code).collect(),
        opens: opens?,
        closes: closes?,
        link: link?,
        checked_on: checked_on?,
        valid_until: valid_until?,
        note: note?,
        source: None,
    })
}
