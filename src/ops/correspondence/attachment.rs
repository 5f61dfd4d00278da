//! Attachments of messages: which files are accepted, where they are stored, and when they may be handed out.
use domain::id::MessageId;

use crate::{
    app::App,
    files,
    ops::case::save::{Save, Target},
    problem::Problem,
    store::{
        self,
        correspondence::attachment::{Attachment, NewAttachment, Trust},
    },
};

/// A file as it was uploaded or received by mail.
#[derive(Clone, PartialEq, Eq)]
pub struct UploadedFile {
    pub name: String,
    pub content_type: String,
    pub bytes: Vec<u8>,
}

/// A file whose bytes are stored, and which the database does not know yet.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StoredFile {
    name: String,
    content_type: String,
    size: usize,
    sha256: Option<String>,
    trust: Trust,
    note: String,
}

impl UploadedFile {
    pub fn new(name: &str, content_type: &str, bytes: Vec<u8>) -> Self {
        let name = Some(mime::file_name(name)).filter(|it| !it.is_empty());
        let name = name.unwrap_or_else(|| "添付ファイル".to_owned());
        let content_type = if content_type.is_empty() { "application/octet-stream" } else { content_type };
        Self { name, content_type: content_type.to_owned(), bytes }
    }

    /// Returns the file extension, lower-cased and without the dot; empty if there is none.
    fn ending(&self) -> String {
        self.name.rsplit_once('.').map(|(_, ending)| ending.to_ascii_lowercase()).unwrap_or_default()
    }
}

impl From<mime::Attachment> for UploadedFile {
    fn from(it: mime::Attachment) -> Self {
        Self { name: it.name, content_type: it.content_type, bytes: it.bytes }
    }
}

impl std::fmt::Debug for UploadedFile {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Upload({:?}, {} bytes)", self.name, self.bytes.len())
    }
}

/// Returns what is wrong with the files of a form, in one sentence.
pub fn refusal(app: &App, files: &[UploadedFile]) -> Option<String> {
    let limits = &app.config.attachments;
    if files.len() > limits.most {
        return Some(format!("添付ファイルは{}個以内にしてください", limits.most));
    }
    files.iter().find_map(|it| Some(format!("「{}」は{}", it.name, why_not(app, it)?)))
}

/// Returns the accepted types and limits as a page shows them: 「PDF、DOCX、…（1個10MBまで、10個まで）」.
pub fn accepted(app: &App) -> String {
    let limits = &app.config.attachments;
    let types: Vec<_> = limits.types.iter().map(|it| it.to_ascii_uppercase()).collect();
    let megabytes = limits.largest / 1024 / 1024;
    format!("{}個まで、1個{megabytes}MBまで。使える種類：{}", limits.most, types.join("、"))
}

/// Stores the bytes of the accepted files, before the transaction that adds their rows: a row never lacks its file. A
/// file that is too large, too many or of another type is recorded without its bytes.
pub async fn keep(app: &App, files: Vec<UploadedFile>) -> Result<Vec<StoredFile>, Problem> {
    let limits = &app.config.attachments;
    let mut kept = Vec::new();
    for (n, file) in files.into_iter().enumerate() {
        let beyond = (n >= limits.most).then(|| format!("{}個を超えたため、保存していません", limits.most));
        let why_not = beyond.or_else(|| why_not(app, &file).map(|it| format!("{it}（保存していません）")));
        let size = file.bytes.len();
        let (sha256, trust, note) = match why_not {
            Some(why) => (None, Trust::Refused, why),
            None => {
                let hash = files::keep(&limits.folder, file.bytes, app.clock.now()).await;
                let hash = hash.map_err(anyhow::Error::from)?;
                let trust = if limits.scan.is_some() { Trust::Held } else { Trust::Unscanned };
                (Some(hash), trust, String::new())
            }
        };
        kept.push(StoredFile { name: file.name, content_type: file.content_type, size, sha256, trust, note });
    }
    Ok(kept)
}

/// Records files without their bytes, all for one reason.
pub fn refuse(files: Vec<UploadedFile>, why: &str) -> Vec<StoredFile> {
    let refused = |it: UploadedFile| StoredFile {
        name: it.name,
        content_type: it.content_type,
        size: it.bytes.len(),
        sha256: None,
        trust: Trust::Refused,
        note: why.to_owned(),
    };
    files.into_iter().map(refused).collect()
}

/// Stored files, with the message that they belong to.
pub struct AttachedFiles<'a>(pub MessageId, pub &'a [StoredFile]);

impl Save for AttachedFiles<'_> {
    async fn save(self, to: Target<'_>) -> Result<(), Problem> {
        let files: Vec<_> = self
            .1
            .iter()
            .map(|it| NewAttachment {
                name: &it.name,
                content_type: &it.content_type,
                size: it.size,
                sha256: it.sha256.as_deref(),
                trust: it.trust,
                note: &it.note,
            })
            .collect();
        Ok(store::correspondence::attachment::insert(to.tx, self.0, &files, to.now).await?)
    }
}

/// Returns the bytes of a file that may be handed out, and refuses any other.
pub async fn bytes(app: &App, file: &Attachment) -> Result<Vec<u8>, Problem> {
    let hash = file.sha256.as_deref().filter(|_| file.trust.is_open());
    let hash = hash.ok_or_else(|| Problem::Refused("このファイルは、取り出せません。".to_owned()))?;
    Ok(files::read(&app.config.attachments.folder, hash).await.map_err(anyhow::Error::from)?)
}

fn why_not(app: &App, file: &UploadedFile) -> Option<String> {
    let limits = &app.config.attachments;
    if file.bytes.is_empty() {
        return Some("中身のないファイルです".to_owned());
    }
    if file.bytes.len() > limits.largest {
        return Some(format!("{}MBを超えています", limits.largest / 1024 / 1024));
    }
    let known = limits.types.contains(&file.ending());
    (!known).then(|| "受け付けていない種類のファイルです".to_owned())
}
