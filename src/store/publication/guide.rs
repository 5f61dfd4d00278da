//! Entries of the guide by their public numbers, and by the keys of their sources.
use std::collections::HashMap;

use domain::publication::{Content, Facts, Publication, PublicationKind, guide::GuideFacts};
use entity::publication as row;
use sea_orm::{ConnectionTrait, DbErr, QueryFilter};

use super::{assembled, at, at_public_numbers, content};

/// Returns the entries of the guide at these public numbers, in the same order, each as the public reads it or last read
/// it. Drafts are left out.
pub async fn of_numbers(
    db: &impl ConnectionTrait,
    numbers: &[i32],
) -> Result<Vec<(Publication, GuideFacts)>, DbErr> {
    let found = at_public_numbers(db, PublicationKind::Guide, numbers).await?;
    let found = found.into_iter().map(|(row, revision)| assembled(&row, revision));
    let found = found.collect::<Result<Vec<_>, _>>()?;
    let entries = numbers.iter().filter_map(|number| {
        let it = found.iter().find(|it| it.number == *number)?;
        let Facts::Guide(facts) = &it.content.facts else { return None };
        Some((it.clone(), facts.clone()))
    });
    Ok(entries.collect())
}

/// Returns the titles of the entries that came of another source, also of drafts and of those that ended, by the keys under
/// which the source knows them.
pub async fn source_keys(db: &impl ConnectionTrait) -> Result<HashMap<String, String>, DbErr> {
    let of_guide = at(row::Column::Revision).filter(row::COLUMN.kind.eq(PublicationKind::Guide.code()));
    let mut keys = HashMap::new();
    for revision in of_guide.all(db).await? {
        let Content { title, facts, .. } = content(revision)?;
        if let Facts::Guide(GuideFacts { source: Some(source), .. }) = facts {
            keys.insert(source.key.into(), title.into());
        }
    }
    Ok(keys)
}
