//! Telling companies of one name apart: where a list shows consultations by the names of their companies, those that
//! have a name in common get their place and corporate number.
use std::collections::{BTreeMap, BTreeSet};

use domain::{prefecture::Prefecture, text::search_key};
use entity::{application, consultation};
use sea_orm::{ConnectionTrait, DbErr, EntityTrait, JoinType, QueryFilter, QuerySelect, RelationDef};
use uuid::Uuid;

/// The consultations of a list whose companies have the name of another company in it, each with what tells it apart.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ToldApart(BTreeMap<String, String>);

impl ToldApart {
    /// Returns the place and the corporate number; empty where the name alone says which company it is.
    pub fn place(&self, number: &impl ToString) -> &str {
        self.0.get(&number.to_string()).map(String::as_str).unwrap_or_default()
    }

    /// Returns the name, with the place if another company in the list has the same name.
    pub fn name(&self, number: &impl ToString, name: &str) -> String {
        match self.place(number) {
            "" => name.to_owned(),
            place => format!("{name}（{place}）"),
        }
    }
}

/// A consultation with its company: number, company, name, prefecture, city, corporate number.
type Line = (String, Uuid, String, Option<i16>, String, Option<String>);

/// Returns what tells the companies of these consultations apart. One query, or none without consultations.
pub async fn told_apart(
    db: &impl ConnectionTrait,
    numbers: impl IntoIterator<Item = impl ToString>,
) -> Result<ToldApart, DbErr> {
    let numbers: BTreeSet<_> = numbers.into_iter().map(|it| it.to_string()).collect();
    if numbers.is_empty() {
        return Ok(ToldApart::default());
    }
    let lines: Vec<Line> = consultation::Entity::find()
        .select_only()
        .column(consultation::Column::Number)
        .column(consultation::Column::CompanyId)
        .column(consultation::Column::CompanyName)
        .column(consultation::Column::Prefecture)
        .column(application::Column::City)
        .column(application::Column::CorporateNumber)
        .join(JoinType::InnerJoin, filed())
        .filter(consultation::COLUMN.number.is_in(numbers))
        .into_tuple()
        .all(db)
        .await?;
    let mut places = BTreeMap::new();
    for (line, others) in with_equal_names(&lines, |it| (it.1, &it.2)) {
        let own = place(line);
        // A place that they share tells nothing apart.
        if others.into_iter().any(|other| place(other) != own) {
            places.insert(line.0.clone(), own);
        }
    }
    Ok(ToldApart(places))
}

/// Returns the items whose company has the name of another company among them, each with those others. `of` is the company
/// of an item with its name.
pub fn with_equal_names<T>(items: &[T], of: impl Fn(&T) -> (Uuid, &str)) -> Vec<(&T, Vec<&T>)> {
    let mut same_name: BTreeMap<_, Vec<_>> = BTreeMap::new();
    for it in items {
        let (company, name) = of(it);
        same_name.entry(search_key(name)).or_default().push((company, it));
    }
    let mut found = Vec::new();
    for all in same_name.values() {
        for &(company, it) in all {
            let others: Vec<_> =
                all.iter().filter(|(other, _)| *other != company).map(|&(_, it)| it).collect();
            if !others.is_empty() {
                found.push((it, others));
            }
        }
    }
    found
}

fn place((_, _, _, prefecture, city, number): &Line) -> String {
    let prefecture =
        prefecture.and_then(|it| u8::try_from(it).ok()).and_then(|it| Prefecture::from_code(it).ok());
    let at = match (city.as_str(), prefecture) {
        ("", Some(prefecture)) => prefecture.name().to_owned(),
        (city, _) => city.to_owned(),
    };
    let number = number.as_ref().map(|it| format!("法人番号 {it}"));
    [Some(at).filter(|it| !it.is_empty()), number].into_iter().flatten().collect::<Vec<_>>().join("、")
}

fn filed() -> RelationDef {
    consultation::Entity::belongs_to(application::Entity)
        .from(consultation::Column::Id)
        .to(application::Column::ConsultationId)
        .into()
}
