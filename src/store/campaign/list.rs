//! The public list of those who are registered: names and industries, and nothing else of a registration.
use domain::{id::PublicationId, intake::company::Industry, text::search_key};
use entity::registration as row;
use sea_orm::{
    ColumnTrait, Condition, ConnectionTrait, DbErr, EntityTrait, ExprTrait, PaginatorTrait, QueryFilter,
    QueryOrder, QuerySelect, Select, sea_query::Expr,
};

use crate::store::containing;

/// One line of the list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListedRegistrant {
    pub name: String,
    pub industry: Option<Industry>,
}

/// A search in the list.
#[derive(Clone, Debug, Default)]
pub struct ListSearch {
    /// A part of the name or of its reading, in any width or kana; empty if any will do.
    pub words: String,
    pub industry: Option<Industry>,
    /// The signs with which readings begin; empty if any will do.
    pub begins: &'static str,
}

/// Returns the lines that a search finds, in the order of their readings, and their number.
pub async fn find(
    db: &impl ConnectionTrait,
    campaign: PublicationId,
    search: &ListSearch,
    (first, limit): (u64, u64),
) -> Result<(Vec<ListedRegistrant>, u64), DbErr> {
    let mut found = listed(campaign);
    for word in search.words.split([' ', '\u{3000}']).filter(|it| !it.is_empty()) {
        found = found.filter(Expr::col(row::Column::ListedKey).like(containing(&search_key(word))));
    }
    if let Some(industry) = search.industry {
        found = found.filter(row::COLUMN.listed_industry.eq(industry.code()));
    }
    if !search.begins.is_empty() {
        let begins = |it: char| row::Column::ListedKana.starts_with(it.to_string());
        found = found.filter(search.begins.chars().map(begins).fold(Condition::any(), Condition::add));
    }
    let count = found.clone().count(db).await?;
    let rows: Vec<(String, Option<String>)> = found
        .select_only()
        .columns([row::Column::ListedName, row::Column::ListedIndustry])
        .order_by_asc(row::COLUMN.listed_kana)
        .order_by_asc(row::COLUMN.id)
        .offset(first)
        .limit(limit)
        .into_tuple()
        .all(db)
        .await?;
    let line = |(name, industry): (String, Option<String>)| ListedRegistrant {
        name,
        industry: industry.and_then(|it| Industry::from_code(&it)),
    };
    Ok((rows.into_iter().map(line).collect(), count))
}

/// Returns the query for the registrations of a telework month that are in the list.
pub(super) fn listed(campaign: PublicationId) -> Select<row::Entity> {
    row::Entity::find()
        .filter(row::COLUMN.publication_id.eq(campaign.0))
        .filter(row::COLUMN.listed_kana.is_not_null())
}
