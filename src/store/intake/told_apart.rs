//! What tells companies of one name apart: where a list shows consultations by the names of their companies, those that
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
    let others = |of: &Line| {
        let (company, key) = (of.1, search_key(&of.2));
        lines.iter().filter(move |it| it.1 != company && search_key(&it.2) == key)
    };
    // A place that they share tells nothing apart.
    let tells = lines.iter().filter(|it| others(it).any(|other| place(other) != place(it)));
    Ok(ToldApart(tells.map(|it| (it.0.clone(), place(it))).collect()))
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
