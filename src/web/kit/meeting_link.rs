//! The address of an online meeting as people type it.
use domain::text::TextLine;

const LONGEST: usize = 500;

/// Parses a meeting link. Only `https` is accepted, because companies are sent there; an empty value only if
/// the link is not `needed`.
pub fn parse(typed: &str, needed: bool) -> Result<String, String> {
    let wrong = || "会議のアドレスは、https:// から始まる形で入力してください".to_owned();
    if typed.trim().is_empty() && !needed {
        return Ok(String::new());
    }
    let line = TextLine::parse("会議のアドレス", typed, LONGEST).map_err(|err| err.to_string())?;
    let url = url::Url::parse(line.as_str()).map_err(|_| wrong())?;
    if url.scheme() == "https" && url.has_host() { Ok(line.as_str().to_owned()) } else { Err(wrong()) }
}
