//! What of a text its author wrote, and what stands below it out of habit: the mail that was answered, and a signature.
//!
//! Nothing is ever taken away: the pieces together are the text.

/// A run of lines.
#[derive(Clone, Debug, PartialEq, Eq)]
pub enum Piece {
    Written(String),
    /// An earlier mail, with the line that announces it.
    Quoted(String),
    Signature(String),
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum Kind {
    Written,
    Quoted,
    Signature,
}

/// A signature below a rule is no longer than this. Lines.
const LONGEST_SIGNATURE: usize = 14;
/// An announcement may be broken over so many lines.
const ANNOUNCEMENT: usize = 3;

pub fn pieces(text: &str) -> Vec<Piece> {
    let lines: Vec<&str> = text.split('\n').collect();
    let mut kinds = vec![Kind::Written; lines.len()];
    mark_quotes(&lines, &mut kinds);
    mark_signature(&lines, &mut kinds);
    gather(&lines, &kinds)
}

impl Piece {
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
        let length = announcement(&lines[at..]);
        if length > 0 {
            let next = next_said(lines, at + length);
            if next.is_none_or(|it| !is_quoted(lines[it])) {
                // Phones announce, and then do not mark what they quote.
                kinds[at..].fill(Kind::Quoted);
                return;
            }
            kinds[at..at + length].fill(Kind::Quoted);
            at += length;
            continue;
        }
        if is_quoted(lines[at]) {
            kinds[at] = Kind::Quoted;
        }
        at += 1;
    }
    // Blank lines between quoted ones belong to them.
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

/// The last thing that was written, where it looks like a signature.
fn mark_signature(lines: &[&str], kinds: &mut [Kind]) {
    let said = |n: &usize| kinds[*n] == Kind::Written && !lines[*n].trim().is_empty();
    let Some(last) = (0..lines.len()).rev().find(said) else { return };
    let first = (0..=last).rev().take_while(|it| kinds[*it] == Kind::Written).last().unwrap_or(last);
    let marked = (first..=last).find(|it| lines[*it].trim_end() == "--");
    let phone = (first..=last).rev().take(3).find(|it| is_phones(lines[*it]));
    let ruled = (first..=last).filter(|it| last - it < LONGEST_SIGNATURE).find(|it| is_rule(lines[*it]));
    let start = marked.or(phone).or(ruled);
    // A text that is nothing but a signature is a text.
    if let Some(start) = start.filter(|it| (first..*it).any(|n| !lines[n].trim().is_empty())) {
        kinds[start..=last].fill(Kind::Signature);
    }
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
                // Blank lines between two pieces go to the one before, or wait for the one behind.
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

/// Everything from here on is another mail: a rule that says so, or the block of headers that Outlook writes.
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

/// 「差出人:」 or "From:", and soon two of when, to whom and what about.
fn is_header_block(lines: &[&str], at: usize) -> bool {
    let field = |line: &str, names: &[&str]| {
        let line = line.trim().trim_start_matches('*').to_lowercase();
        names.iter().any(|it| {
            line.strip_prefix(it)
                .is_some_and(|rest| rest.trim_start_matches(['*', ' ', '\u{3000}']).starts_with([':', '：']))
        })
    };
    if !lines.get(at).is_some_and(|it| field(it, &["差出人", "from", "送信者", "送信元"])) {
        return false;
    }
    let near = &lines[at + 1..lines.len().min(at + 8)];
    let has = |names: &[&str]| near.iter().any(|it| field(it, names));
    let when = has(&["送信日時", "日時", "日付", "sent", "date"]);
    let whom = has(&["宛先", "to", "cc"]);
    let what = has(&["件名", "subject"]);
    [when, whom, what].into_iter().filter(|it| *it).count() >= 2
}

/// How many lines announce a quotation here: "On …, … wrote:", 「2026年11月20日(金) 10:00 … :」; none where nothing does.
fn announcement(lines: &[&str]) -> usize {
    let first = lines[0].trim();
    let begins =
        first.starts_with("On ") || first.starts_with("Am ") || first.starts_with("Le ") || is_dated(first);
    let named = first.to_lowercase();
    let whole = |it: &str| {
        let it = it.trim_end().to_lowercase();
        let ends = it.ends_with("wrote:")
            || it.ends_with("writes:")
            || it.ends_with("schrieb:")
            || it.ends_with("のメール:");
        ends || [
            "さんは書きました:",
            "さんは書きました：",
            "さんが書きました:",
            "さんからのメール:",
            "のメッセージ:",
            "は書きました:",
        ]
        .iter()
        .any(|end| it.ends_with(end))
    };
    if whole(&named) {
        return 1;
    }
    if !begins {
        return 0;
    }
    let mut joined = String::new();
    for (n, line) in lines.iter().take(ANNOUNCEMENT).enumerate() {
        let line = line.trim();
        if line.is_empty() {
            break;
        }
        joined.push_str(line);
        let ends = joined.ends_with([':', '：']);
        let address = joined.contains('@') && (joined.contains('<') || joined.contains('＜'));
        if whole(&joined) || (ends && is_dated(&joined) && (address || is_timed(&joined))) {
            return n + 1;
        }
    }
    0
}

/// Begins with a date: 「2026年11月20日」「2026/11/20」「2026-11-20」.
fn is_dated(line: &str) -> bool {
    let line = line.trim_start_matches("On ").trim_start_matches(['[', '(']);
    let digits = line.chars().take_while(char::is_ascii_digit).count();
    let Some(after) = line.get(digits..) else { return false };
    digits == 4
        && after.starts_with(['年', '/', '-'])
        && after.chars().nth(1).is_some_and(|it| it.is_ascii_digit())
}

/// Has a time of day: two digits, a colon, two digits.
fn is_timed(line: &str) -> bool {
    let bytes = line.as_bytes();
    bytes
        .windows(4)
        .any(|it| it[0].is_ascii_digit() && it[1] == b':' && it[2].is_ascii_digit() && it[3].is_ascii_digit())
}

/// A row of one mark, ten or more, as stands around signatures.
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
        && others <= rest.len() / 2
        && rest.iter().all(|it| rows.contains(it))
}

fn is_phones(line: &str) -> bool {
    let line = line.trim().to_lowercase();
    let short = line.chars().count() <= 40;
    let sent = ["から送信", "より送信", "からの送信"].iter().any(|it| line.ends_with(it));
    short && (sent || line.starts_with("sent from my ") || line.starts_with("get outlook for "))
}
