//! The text and the files of a received mail as they appear in the thread.
use domain::text::Prose;
use mime::Attachment;

use super::InboundMail;
use crate::{
    app::App,
    ops::correspondence::attachment::{self, StoredFile, UploadedFile},
    problem::Problem,
};

/// The number of characters in one entry of the thread; the mail keeps the whole text.
const LONGEST: usize = 20_000;

/// Returns the text that the author wrote, without quotations and signatures.
pub fn own(app: &App, received: &InboundMail, text: &str) -> Result<Prose, Problem> {
    let text = if text.trim().is_empty() { nothing(received) } else { text.to_owned() };
    prose(app, &text)
}

/// Returns the whole text, which the pages fold. Only for readers who may see the mail that the author answers.
pub fn whole(app: &App, received: &InboundMail) -> Result<Prose, Problem> {
    let body = received.read.body.trim_matches('\n');
    if body.chars().count() > LONGEST {
        return own(app, received, &received.text);
    }
    if received.text.is_empty() {
        return prose(app, &format!("{}\n\n{body}", nothing(received)));
    }
    prose(app, body)
}

/// Stores the files of a mail. The files of a mail that was cut are not stored: there is no telling which are whole.
pub async fn files(app: &App, received: &mut InboundMail) -> Result<Vec<StoredFile>, Problem> {
    let mut files = std::mem::take(&mut received.read.attachments);
    // The pictures of a signature must not use up the places of files.
    files.sort_by_key(|it| it.inline);
    let files: Vec<_> = files.into_iter().map(UploadedFile::from).collect();
    if received.row.truncated {
        return Ok(attachment::refuse(files, "メールが大きすぎるため、保存していません"));
    }
    attachment::keep(app, files).await
}

/// Returns whether a character may not occur in a text.
pub fn is_control(it: char) -> bool {
    (it.is_control() && !matches!(it, '\n' | '\t'))
        || matches!(it, '\u{2028}' | '\u{2029}' | '\u{202A}'..='\u{202E}' | '\u{2066}'..='\u{2069}')
}

fn nothing(received: &InboundMail) -> String {
    let is_file = |it: &&Attachment| !it.inline;
    match received.read.attachments.iter().filter(is_file).count() {
        0 => "（本文のないメールです。）".to_owned(),
        files => format!("（本文のないメールです。添付ファイル{files}件）"),
    }
}

/// Returns the text without forbidden control characters and without links that we sent; never empty and of limited
/// length.
fn prose(app: &App, text: &str) -> Result<Prose, Problem> {
    let clean: String = text.chars().filter(|it| !is_control(*it)).collect();
    let clean = app.site.without_links(clean.trim());
    let mut shown: String = clean.chars().take(LONGEST).collect();
    if shown.len() < clean.len() {
        shown.push_str("\n（長いため、以下を省略しました。全文は受信したメールにあります。）");
    }
    Prose::try_from(shown).map_err(|err| anyhow::anyhow!("the text of a mail: {err}").into())
}
