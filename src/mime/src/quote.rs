//! Separates the text that an author wrote from the text that mail programs put below it: the answered mail
//! and a signature.

/// A run of consecutive lines of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    /// The author's own words.
    Written(String),
    /// An earlier mail, with the lines that announce it.
    Quoted(String),
    /// The author's signature, or a line that the mail program adds.
    Signature(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Written,
    Quoted,
    Signature,
}

/// The most lines of a signature that has no mark.
const LONGEST_SIGNATURE: usize = 14;
/// The number of header lines that are searched after the sender's line.
const HEADER_BLOCK: usize = 7;
/// The names with which the first line of a header block begins.
const SENDER: [&str; 4] = ["差出人", "from", "送信者", "送信元"];
/// The fewest lines of a signature without a mark or a rule.
const SHORTEST_SIGNATURE: usize = 3;
/// The most lines over which an announcement may be broken.
const ANNOUNCEMENT: usize = 3;

/// Divides a text into pieces. Nothing is lost: the pieces, joined by `\n`, are the text.
pub fn pieces(text: &str) -> Vec<Piece> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut kinds = vec![Kind::Written; lines.len()];
    mark_quotes(&lines, &mut kinds);
    mark_signature(&lines, &mut kinds);
    gather(&lines, &kinds)
}

impl Piece {
    /// Returns the lines of the piece.
    pub fn text(&self) -> &str {
        match self {
            Self::Written(it) | Self::Quoted(it) | Self::Signature(it) => it,
        }
    }
}

fn mark_quotes(lines: &[&str], kinds: &mut [Kind]) {
    let mut at = 0;
    while at < lines.len() {
        if begins_rest(lines, at) {
            kinds[at..].fill(Kind::Quoted);
            return;
        }
        if let Some(Announcement { length, is_sure }) = announcement(&lines[at..]) {
            let next = next_said(lines, at + length);
            if next.is_some_and(|it| is_quoted(lines[it])) {
                kinds[at..at + length].fill(Kind::Quoted);
                at += length;
                continue;
            }
            if is_sure {
                // Mail programs of phones announce a quotation, but do not mark its lines.
                kinds[at..].fill(Kind::Quoted);
                return;
            }
        }
        if is_quoted(lines[at]) {
            kinds[at] = Kind::Quoted;
        }
        at += 1;
    }
    // Blank lines between quoted lines are part of the quotation.
    let mut last = None;
    for n in 0..lines.len() {
        if lines[n].trim().is_empty() {
            continue;
        }
        if let Some(last) = last
            && kinds[n] == Kind::Quoted
            && kinds[last] == Kind::Quoted
        {
            kinds[last..n].fill(Kind::Quoted);
        }
        last = Some(n);
    }
}

/// Marks the end of the written text as a signature if it looks like one. If the text below the quotation is
/// only a signature, the written text ends above the quotation and may end in a signature there, too.
fn mark_signature(lines: &[&str], kinds: &mut [Kind]) {
    let is_said = |kinds: &[Kind], n: usize| kinds[n] == Kind::Written && !lines[n].trim().is_empty();
    let mut end = lines.len();
    while let Some(last) = (0..end).rev().find(|it| is_said(kinds, *it)) {
        let first = (0..=last).rev().take_while(|it| kinds[*it] == Kind::Written).last().unwrap_or(last);
        let is_below = (0..first).any(|it| is_said(kinds, it));
        let start = signature(lines, first, last, is_below);
        // A text that would be only a signature is kept as written text.
        let Some(start) = start.filter(|it| is_below || (first..*it).any(|n| !lines[n].trim().is_empty()))
        else {
            return;
        };
        kinds[start..=last].fill(Kind::Signature);
        if (first..start).any(|it| !lines[it].trim().is_empty()) {
            return;
        }
        kinds[first..start].fill(Kind::Signature);
        end = first;
    }
}

/// Returns the line at which the signature at the end of these lines begins.
fn signature(lines: &[&str], first: usize, last: usize, is_below: bool) -> Option<usize> {
    let marked = (first..=last).find(|it| lines[*it].trim_end() == "--");
    let phone = (first..=last).rev().take(3).find(|it| is_phones(lines[*it]));
    let is_signed = |from: usize| !lines[from..=last].iter().any(|it| is_sentence(it));
    let near = |it: &usize| last - it < LONGEST_SIGNATURE;
    let ruled = (first..=last).filter(near).find(|it| is_rule(lines[*it]) && is_signed(*it));
    let said = next_said(lines, first).filter(near);
    // A short answer, such as a telephone number, may also stand below a quotation.
    let is_bare = |from: usize| {
        let said: Vec<_> = lines[from..=last].iter().filter(|it| !it.trim().is_empty()).collect();
        is_below && is_signed(from) && said.len() >= SHORTEST_SIGNATURE && said.iter().any(|it| is_reach(it))
    };
    let bare = said.filter(|it| is_bare(*it));
    marked.or(phone).or(ruled).or(bare)
}

fn gather(lines: &[&str], kinds: &[Kind]) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut start = 0;
    for n in 1..=lines.len() {
        if n < lines.len() && kinds[n] == kinds[start] {
            continue;
        }
        let text = lines[start..n].join("\n");
        match kinds[start] {
            Kind::Written if text.trim().is_empty() && (!found.is_empty() || n < lines.len()) => {
                // Blank lines between two pieces belong to the piece before, or to a piece of their own at
                // the beginning.
                match found.last_mut() {
                    Some(Piece::Written(it) | Piece::Quoted(it) | Piece::Signature(it)) => {
                        it.push('\n');
                        it.push_str(&text);
                    }
                    None => found.push(Piece::Written(text)),
                }
            }
            Kind::Written => found.push(Piece::Written(text)),
            Kind::Quoted => found.push(Piece::Quoted(text)),
            Kind::Signature => found.push(Piece::Signature(text)),
        }
        start = n;
    }
    found
}

fn next_said(lines: &[&str], from: usize) -> Option<usize> {
    (from..lines.len()).find(|it| !lines[*it].trim().is_empty())
}

fn is_quoted(line: &str) -> bool {
    line.trim_start_matches([' ', '\u{3000}']).starts_with(['>', '＞'])
}

/// Returns whether everything from this line on is another mail: a rule that says so, or the header block
/// that Outlook writes.
fn begins_rest(lines: &[&str], at: usize) -> bool {
    let line = lines[at].trim();
    if line.is_empty() {
        return false;
    }
    let inner = line.trim_matches(['-', '_', '=', '─', '－', 'ー', ' ', '\u{3000}']);
    let ruled = line.len() >= inner.len() + 4;
    let said = [
        "original message",
        "元のメッセージ",
        "元のメール",
        "元メッセージ",
        "元メール",
        "返信元メッセージ",
        "オリジナルメッセージ",
        "forwarded message",
        "転送メッセージ",
        "転送されたメッセージ",
        "forwarded by",
        "転送者",
        "reply message",
        "original appointment",
        "元の予定",
    ];
    let inner = inner.to_lowercase();
    if ruled && said.iter().any(|it| inner.starts_with(it)) {
        return true;
    }
    if ["begin forwarded message:", "転送されたメッセージ:", "転送されたメッセージ："]
        .contains(&&*line.to_lowercase())
    {
        return true;
    }
    let from = if is_underline(line) { at + 1 } else { at };
    is_header_block(lines, from)
}

fn is_underline(line: &str) -> bool {
    line.len() >= 10 && line.chars().all(|it| matches!(it, '_' | '-'))
}

/// Returns whether a header block begins here: 「差出人:」 or "From:", followed within a few lines by at
/// least two of date, recipient and subject.
fn is_header_block(lines: &[&str], at: usize) -> bool {
    let field = |line: &str, names: &[&str]| {
        let line = line.trim().trim_start_matches('*').to_lowercase();
        names.iter().any(|it| {
            line.strip_prefix(it)
                .is_some_and(|rest| rest.trim_start_matches(['*', ' ', '\u{3000}']).starts_with([':', '：']))
        })
    };
    if !lines.get(at).is_some_and(|it| field(it, &SENDER)) {
        return false;
    }
    // Some programs write a blank line between any two headers. If the sender's line appears again, the block
    // begins there.
    let said = lines[at + 1..].iter().take(2 * HEADER_BLOCK).filter(|it| !it.trim().is_empty());
    let near: Vec<_> = said.take(HEADER_BLOCK).take_while(|it| !field(it, &SENDER)).collect();
    let has = |names: &[&str]| near.iter().any(|it| field(it, names));
    let when = has(&["送信日時", "日時", "日付", "sent", "date"]);
    let whom = has(&["宛先", "to", "cc"]);
    let what = has(&["件名", "subject"]);
    [when, whom, what].into_iter().filter(|it| *it).count() >= 2
}

/// The lines that announce a quotation.
struct Announcement {
    length: usize,
    /// Whether it certainly announces a quotation: it contains the quoted author's address or a phrase that
    /// only programs write. Other lines that end in a colon may announce the author's own words.
    is_sure: bool,
}

/// Returns the announcement of a quotation that begins at the first line, such as "On …, … wrote:" or
/// 「2026年11月20日(金) 10:00 … :」.
fn announcement(lines: &[&str]) -> Option<Announcement> {
    let first = lines[0].trim();
    let begins = ["On ", "Am ", "Le "].iter().any(|it| first.starts_with(it));
    let found = |length, text: &str| {
        let has_number = text.bytes().any(|it| it.is_ascii_digit());
        Announcement { length, is_sure: has_address(text) || (begins && has_number) }
    };
    if says_written(first) {
        return Some(found(1, first));
    }
    if !begins && !is_dated(first) {
        return None;
    }
    let mut joined = String::new();
    for (n, line) in lines.iter().take(ANNOUNCEMENT).enumerate() {
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        joined.push_str(line);
        let ends = joined.ends_with([':', '：']);
        let dated = ends && is_dated(&joined) && (has_address(&joined) || is_timed(&joined));
        if says_written(&joined) || dated {
            return Some(found(n + 1, &joined));
        }
    }
    None
}

/// Returns whether the line ends in a verb of writing and a colon, or in 「のメール:」.
fn says_written(line: &str) -> bool {
    let line = line.trim_end().to_lowercase();
    let Some(said) = line.strip_suffix([':', '：']) else { return false };
    let verbs = ["wrote", "writes", "schrieb", "書きました", "書いています", "のメール", "のメッセージ"];
    verbs.iter().any(|it| said.trim_end().ends_with(it)) || said.contains(" wrote on ")
}

fn has_address(text: &str) -> bool {
    text.contains('@') && text.contains(['<', '＜', '[', '('])
}

/// Returns whether the line begins with a date: 「2026年11月20日」「2026/11/20」「2026-11-20」.
fn is_dated(line: &str) -> bool {
    let line = line.trim_start_matches("On ").trim_start_matches(['[', '(']);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let Some(after) = line.get(digits..) else { return false };
    digits == 4
        && after.starts_with(['年', '/', '-'])
        && after.chars().nth(1).is_some_and(|it| it.is_ascii_digit())
}

/// Returns whether the line contains a time of day, that is a digit, a colon and two digits.
fn is_timed(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes
        .windows(4)
        .any(|it| it[0].is_ascii_digit() && it[1] == b':' && it[2].is_ascii_digit() && it[3].is_ascii_digit())
}

/// Returns whether the line is a sentence. Lines of a signature are not.
fn is_sentence(line: &str) -> bool {
    let line = line.trim();
    line.ends_with(['。', '？', '?', '！', '!'])
        || ["です", "ます", "ません", "ました"].iter().any(|it| line.ends_with(it))
}

/// Returns whether the line contains contact details, as signatures do.
fn is_reach(line: &str) -> bool {
    let line = line.to_lowercase();
    let marks = [
        "tel", "fax", "phone", "mobile", "e-mail", "email", "mail", "電話", "携帯", "〒", "http", "www.", "@",
    ];
    marks.iter().any(|it| line.contains(it))
}

/// Returns whether the line is a row of ten or more marks, at least about half of them the same, as around
/// signatures.
fn is_rule(line: &str) -> bool {
    let line = line.trim();
    let mut marks = line.chars().filter(|it| !it.is_whitespace());
    let Some(first) = marks.next() else { return false };
    let rest: Vec<_> = marks.collect();
    let rows = [
        '-', '=', '*', '_', '~', '+', '#', '─', '━', '═', '＊', '＝', '－', '☆', '★', '◆', '◇', '■', '□',
        '・', '…', '〜', '～', '*',
    ];
    let others = rest.iter().filter(|it| **it != first).count();
    rows.contains(&first)
        && rest.len() >= 9
        && others <= rest.len().div_ceil(2)
        && rest.iter().all(|it| rows.contains(it))
}

fn is_phones(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    let short = line.chars().count() <= 40;
    let sent = ["から送信", "より送信", "からの送信"].iter().any(|it| line.ends_with(it));
    short && (sent || line.starts_with("sent from my ") || line.starts_with("get outlook for "))
}

#[cfg(test)]
mod tests;
