//! Files that those who are registered for a telework month may use.
use domain::id::{CampaignLogoId, PublicationId};
use uuid::Uuid;

use crate::{
    app::App,
    files,
    ops::correspondence::attachment::UploadedFile,
    problem::Problem,
    store::{
        self,
        campaign::logo::{self, CampaignLogo},
    },
};

/// The most files of a telework month.
pub const MOST: usize = 10;

/// The kinds of files that are accepted: the ending, the media type, and the bytes with which such a file begins. Drawings
/// in SVG can contain scripts and are refused.
const KINDS: [(&[&str], &str, &[u8]); 4] = [
    (&["png"], "image/png", b"\x89PNG\r\n\x1a\n"),
    (&["jpg", "jpeg"], "image/jpeg", b"\xff\xd8\xff"),
    (&["pdf"], "application/pdf", b"%PDF-"),
    (&["zip"], "application/zip", b"PK"),
];

/// Adds a file, or says why it is not accepted.
pub async fn add(app: &App, campaign: PublicationId, file: UploadedFile) -> Result<(), Problem> {
    let refuse = |why: String| Err(Problem::Refused(why));
    let limits = &app.config.attachments;
    if file.bytes.len() > limits.largest {
        return refuse(format!("ファイルは{}MB以内にしてください。", limits.largest / 1024 / 1024));
    }
    let Some(content_type) = content_type(&file) else {
        return refuse("PNG、JPEG、PDFまたはZIPのファイルにしてください。".to_owned());
    };
    let (name, size) = (file.name, i64::try_from(file.bytes.len()).unwrap_or(i64::MAX));
    let now = app.clock.now();
    let sha256 = files::keep(&limits.folder, file.bytes, now).await.map_err(anyhow::Error::from)?;
    let tx = app.begin().await?;
    store::publication::lock(&tx, campaign).await?.ok_or(Problem::NotFound)?;
    if logo::of(&tx, campaign).await?.len() >= MOST {
        return refuse(format!("ファイルは{MOST}個までです。"));
    }
    let id = CampaignLogoId(Uuid::now_v7());
    let content_type = content_type.to_owned();
    let it = CampaignLogo { id, campaign, name, content_type, size, sha256, created_at: now };
    logo::insert(&tx, &it).await?;
    tx.commit().await?;
    Ok(())
}

/// Removes a file. Its bytes are swept later. Doing so twice changes nothing.
pub async fn remove(app: &App, campaign: PublicationId, id: CampaignLogoId) -> Result<(), Problem> {
    let tx = app.begin().await?;
    if logo::find(&tx, id).await?.is_some_and(|it| it.campaign == campaign) {
        logo::delete(&tx, id).await?;
    }
    tx.commit().await?;
    Ok(())
}

/// Returns the bytes of a file.
pub async fn bytes(app: &App, it: &CampaignLogo) -> Result<Vec<u8>, Problem> {
    Ok(files::read(&app.config.attachments.folder, &it.sha256).await.map_err(anyhow::Error::from)?)
}

/// Returns the media type of an accepted file, by its ending and its first bytes.
fn content_type(file: &UploadedFile) -> Option<&'static str> {
    let ending = file.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase())?;
    let is_of = |(endings, _, begins): &(&[&str], &str, &[u8])| {
        endings.contains(&ending.as_str()) && file.bytes.starts_with(begins)
    };
    KINDS.iter().find(|it| is_of(it)).map(|(_, content_type, _)| *content_type)
}

#[cfg(test)]
mod tests {
    use super::content_type;
    use crate::ops::correspondence::attachment::UploadedFile;

    #[test]
    fn a_file_is_what_its_name_says_and_no_drawing_with_scripts() {
        let of = |name: &str, bytes: &[u8]| content_type(&UploadedFile::new(name, "", bytes.to_vec()));
        assert_eq!(of("ロゴ.PNG", b"\x89PNG\r\n\x1a\n..."), Some("image/png"));
        assert_eq!(of("a.jpeg", b"\xff\xd8\xff\xe0"), Some("image/jpeg"));
        assert_eq!(of("a.svg", b"<svg onload='x'/>"), None);
        assert_eq!(of("a.png", b"<svg onload='x'/>"), None);
    }
}
