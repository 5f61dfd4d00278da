//! The pictures of an example or of the notice of a survey: cleaned, stored, and named by its newest revision.
use domain::{
    id::AccountId,
    publication::{
        Publication, PublicationRefused, RevisionAct,
        example::picture::{ExamplePicture, MOST_PICTURES},
    },
    text::TextLine,
};
use tokio::sync::Semaphore;

use super::{Seen, change, refuse_erased};
use crate::{
    app::App,
    files,
    picture::{self, CleanPicture, PictureRefused},
    problem::Problem,
    store,
};

/// Pictures are decoded one at a time, because each may take much memory.
static DECODING: Semaphore = Semaphore::const_new(1);

/// Adds a picture at the end. The public sees it after `publish`.
pub async fn add(
    app: &App,
    seen: Seen,
    bytes: Vec<u8>,
    alternative: TextLine,
    by: AccountId,
) -> Result<Result<Publication, PictureRefused>, Problem> {
    let clean = match cleaned(bytes).await? {
        Ok(clean) => clean,
        Err(refused) => return Ok(Err(refused)),
    };
    let CleanPicture { bytes, format, width, height } = clean;
    let size = bytes.len();
    // The bytes are stored before the row that names them.
    let sha256 = files::keep(&app.config.attachments.folder, bytes, app.clock.now()).await;
    let sha256 = sha256.map_err(anyhow::Error::from)?;
    let picture = ExamplePicture { sha256, format, width, height, alternative };
    let now = app.clock.now();
    let tx = app.begin().await?;
    let before = store::publication::lock(&tx, seen.id).await?.ok_or(Problem::NotFound)?;
    if before.revision != seen.revision {
        return Err(Problem::Stale);
    }
    refuse_erased(&tx, &before).await?;
    store::publication::picture::insert(&tx, before.id, &picture.sha256, size, now).await?;
    let after = with_pictures(before, |pictures| {
        if pictures.len() >= MOST_PICTURES {
            return Err(Problem::Refused(format!(
                "画像は{MOST_PICTURES}枚までです。先に、ほかの画像を外してください。"
            )));
        }
        if pictures.iter().any(|it| it.sha256 == picture.sha256) {
            return Err(Problem::Refused("同じ画像が、すでにあります。".to_owned()));
        }
        pictures.push(picture);
        Ok(())
    })?;
    store::publication::save(&tx, &after, RevisionAct::Edited, Some(by), now).await?;
    tx.commit().await?;
    Ok(Ok(after))
}

/// Takes a picture out of the newest revision. Earlier revisions keep it.
pub async fn remove(app: &App, seen: Seen, sha256: &str, by: AccountId) -> Result<Publication, Problem> {
    change(app, seen, RevisionAct::Edited, by, |it| {
        with_pictures(it, |pictures| {
            pictures.retain(|it| it.sha256 != sha256);
            Ok(())
        })
    })
    .await
}

/// Returns the bytes of one of these pictures, with its type; not found if it is none of them.
pub async fn bytes(
    app: &App,
    pictures: &[ExamplePicture],
    sha256: &str,
) -> Result<(Vec<u8>, &'static str), Problem> {
    let picture = pictures.iter().find(|it| it.sha256 == sha256).ok_or(Problem::NotFound)?;
    let bytes = files::read(&app.config.attachments.folder, &picture.sha256).await;
    Ok((bytes.map_err(anyhow::Error::from)?, picture.format.content_type()))
}

async fn cleaned(bytes: Vec<u8>) -> Result<Result<CleanPicture, PictureRefused>, Problem> {
    let _turn = DECODING.acquire().await.map_err(anyhow::Error::from)?;
    let work = tokio::task::spawn_blocking(move || picture::clean(&bytes));
    Ok(work.await.map_err(anyhow::Error::from)?)
}

fn with_pictures(
    it: Publication,
    edit: impl FnOnce(&mut Vec<ExamplePicture>) -> Result<(), Problem>,
) -> Result<Publication, Problem> {
    let mut content = it.content.clone();
    let pictures = content.facts.pictures_mut().ok_or(PublicationRefused::OtherKind)?;
    edit(pictures)?;
    Ok(it.edit(content)?)
}
