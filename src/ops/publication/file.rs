//! Files of publications that visitors download: logos of a telework month, materials of an event.
use codes::{EditorAct, Trust};
use domain::{
    id::{AccountId, PublicationFileId, PublicationId},
    publication::PublicationKind,
};
use uuid::Uuid;

use crate::{
    app::App,
    files,
    ops::{self, correspondence::attachment::UploadedFile},
    problem::Problem,
    store::{
        self,
        audit::editor_act::{self, ActSubject},
        publication::file::{self, PublicationFile},
    },
};

/// The most files of a publication.
pub const MOST: usize = 10;

/// A kind of files that is accepted: the endings, the media type, and the bytes with which such a file begins.
type FileType = (&'static [&'static str], &'static str, &'static [u8]);

/// PDF documents, the one kind of materials.
const PDF: FileType = (&["pdf"], "application/pdf", b"%PDF-");

/// The kinds of logo files. Drawings in SVG can contain scripts and are refused.
const LOGOS: [FileType; 4] = [
    (&["png"], "image/png", b"\x89PNG\r\n\x1a\n"),
    (&["jpg", "jpeg"], "image/jpeg", b"\xff\xd8\xff"),
    PDF,
    (&["zip"], "application/zip", b"PK"),
];

/// Adds a file to a telework month or an event, or says why it is not accepted. If there is a scanner, the file can be
/// downloaded once it has seen it.
pub async fn add(app: &App, of: PublicationId, upload: UploadedFile, by: AccountId) -> Result<(), Problem> {
    let publication = store::publication::find(&app.db, of).await?.ok_or(Problem::NotFound)?;
    let it = kept(app, of, publication.kind(), upload).await?;
    if publication.kind() == PublicationKind::Gathering
        && let Some(is_added) = ops::gathering::add_file(app, &it, MOST, by).await?
    {
        return if is_added { Ok(()) } else { Err(too_many()) };
    }
    let tx = app.begin().await?;
    let publication = store::publication::lock(&tx, of).await?.ok_or(Problem::NotFound)?;
    if !file::insert(&tx, &it, MOST).await? {
        return Err(too_many());
    }
    let subject = ActSubject::of(&publication);
    editor_act::insert(&tx, EditorAct::FileAdded, subject, by, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Removes a file. Its bytes are swept later. Doing so twice changes nothing and records nothing.
pub async fn remove(
    app: &App,
    of: PublicationId,
    id: PublicationFileId,
    by: AccountId,
) -> Result<(), Problem> {
    let publication = store::publication::find(&app.db, of).await?.ok_or(Problem::NotFound)?;
    if publication.kind() == PublicationKind::Gathering
        && ops::gathering::remove_file(app, of, id, by).await?
    {
        return Ok(());
    }
    let tx = app.begin().await?;
    if !file::delete(&tx, of, id).await? {
        return Ok(());
    }
    let subject = ActSubject::of(&publication);
    editor_act::insert(&tx, EditorAct::FileRemoved, subject, by, app.clock.now()).await?;
    Ok(tx.commit().await?)
}

/// Returns the bytes of a file that may be handed out, and refuses any other.
pub async fn bytes(app: &App, it: &PublicationFile) -> Result<Vec<u8>, Problem> {
    if !it.trust.is_open() {
        return Err(Problem::NotFound);
    }
    Ok(files::read(&app.config.attachments.folder, &it.sha256).await.map_err(anyhow::Error::from)?)
}

fn too_many() -> Problem {
    Problem::Refused(format!("ファイルは{MOST}個までです。"))
}

/// Stores the bytes of an accepted file.
async fn kept(
    app: &App,
    of: PublicationId,
    kind: PublicationKind,
    upload: UploadedFile,
) -> Result<PublicationFile, Problem> {
    let limits = &app.config.attachments;
    let (types, words): (&[FileType], _) = match kind {
        PublicationKind::Campaign => (&LOGOS, "PNG、JPEG、PDFまたはZIPのファイルにしてください。"),
        PublicationKind::Gathering => (&[PDF], "PDFのファイルにしてください。"),
        PublicationKind::News
        | PublicationKind::Guide
        | PublicationKind::Example
        | PublicationKind::Survey => {
            return Err(Problem::NotFound);
        }
    };
    if upload.bytes.len() > limits.largest {
        let why = format!("ファイルは{}MB以内にしてください。", limits.largest / 1024 / 1024);
        return Err(Problem::Refused(why));
    }
    let content_type = content_type(&upload, types).ok_or_else(|| Problem::Refused(words.to_owned()))?;
    let (size, now) = (i64::try_from(upload.bytes.len()).unwrap_or(i64::MAX), app.clock.now());
    let sha256 = files::keep(&limits.folder, upload.bytes, now).await.map_err(anyhow::Error::from)?;
    Ok(PublicationFile {
        id: PublicationFileId(Uuid::now_v7()),
        publication: of,
        name: upload.name,
        content_type: content_type.to_owned(),
        size,
        sha256,
        created_at: now,
        trust: if limits.scan.is_some() { Trust::Held } else { Trust::Unscanned },
        note: String::new(),
    })
}

/// Returns the media type of an accepted file, by its ending and its first bytes.
fn content_type(file: &UploadedFile, types: &[FileType]) -> Option<&'static str> {
    let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
    let is_of = |(endings, _, begins): &FileType| {
        endings.contains(&ending.as_str()) && file.bytes.starts_with(begins)
    };
    types.iter().find(|it| is_of(it)).map(|(_, content_type, _)| *content_type)
}

#[cfg(test)]
mod tests {
    use super::{LOGOS, PDF, content_type};
    use crate::ops::correspondence::attachment::UploadedFile;

    #[test]
    fn a_file_is_what_its_name_says_and_no_drawing_with_scripts() {
        let of =
            |name: &str, bytes: &[u8]| content_type(&UploadedFile::new(name, "", bytes.to_vec()), &LOGOS);
        assert_eq!(of("ロゴ.PNG", b"\x89PNG\r\n\x1a\n..."), Some("image/png"));
        assert_eq!(of("a.jpeg", b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(of("a.svg", b"<svg onload='x'/>"), None);
        assert_eq!(of("a.png", b"<svg onload='x'/>"), None);
        let logo = UploadedFile::new("a.png", "", b"\x89PNG\r\n\x1a\n".to_vec());
        assert_eq!(content_type(&logo, &[PDF]), None);
    }
}
