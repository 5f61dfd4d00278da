//! The page that a publication leads to once it has ended.
use codes::EditorAct;
use domain::{
    id::{AccountId, PublicationId},
    publication::{Publication, news::WebAddress},
};

use super::refuse_erased;
use crate::{
    app::App,
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
    },
    url,
};

const NEVER_PUBLIC: &str = "公開したことのない下書きには、後継のページを付けられません。";
const ITSELF: &str = "後継のページには、このページ以外のアドレスを入力してください。";

/// Saves the successor of a publication that was published once, or removes it.
pub async fn save(
    app: &App,
    id: PublicationId,
    address: Option<&WebAddress>,
    by: AccountId,
) -> Result<(), Problem> {
    let tx = app.begin().await?;
    let it = store::publication::lock(&tx, id).await?.ok_or(Problem::NotFound)?;
    if it.public_revision.is_none() {
        return Err(Problem::Refused(NEVER_PUBLIC.to_owned()));
    }
    refuse_erased(&tx, &it).await?;
    match address {
        Some(own) if is_itself(app, &it, own) => return Err(Problem::Refused(ITSELF.to_owned())),
        Some(address) => {
            store::publication::successor::save(&tx, id, address, (by, app.clock.now())).await?;
        }
        None => store::publication::successor::remove(&tx, id).await?,
    }
    editor_act::insert(&tx, EditorAct::SuccessorSaved, ActSubject::of(&it), by, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

fn is_itself(app: &App, it: &Publication, address: &WebAddress) -> bool {
    let own = url::publication(it.kind(), it.number);
    address.as_str() == own || address.as_str() == app.site.absolute(&own)
}
