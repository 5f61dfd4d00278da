//! The rules of the code base that the compiler does not check.
mod circles;

use std::{collections::BTreeSet, fs, path::Path};

use madoguchi::mail::{outgoing_mail::MailKind, text::TextKind};
use migration::MigratorTrait;

use crate::access::rust_files;

/// The modules of the crate that each module may use. `web` may use all, and `main` names the commands.
const MAY_USE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("url", &[]),
    ("secret", &[]),
    ("fault", &[]),
    ("pdf", &[]),
    ("picture", &[]),
    ("markup", &[]),
    ("problem", &["fault"]),
    ("password", &["network_limit", "problem", "secret"]),
    ("config", &["config"]),
    // A migration is followed by reading the sizes of the tables.
    ("database", &["store"]),
    ("simulate", &["simulate"]),
    ("files", &["secret::hex"]),
    ("fetch", &["config", "fetch"]),
    ("mail", &["mail", "url"]),
    // The outbox stores outgoing mail and the programme its texts, and the hash chain of events writes hashes as text.
    ("store", &["store", "mail::outgoing_mail", "mail::text", "secret::hex"]),
    ("cached", &["store"]),
    ("readers", &[]),
    ("network_limit", &[]),
    ("searches", &["network_limit"]),
    (
        "app",
        &[
            "cached", "clock", "config", "fault", "fetch", "mail", "password", "readers", "searches",
            "secret", "store", "url",
        ],
    ),
    (
        "ops",
        &[
            "ops", "app", "database", "fetch", "files", "mail", "markup", "password", "picture", "secret",
            "url", "problem", "store",
        ],
    ),
    ("worker", &["worker", "app", "files", "mail", "ops", "problem", "store"]),
    // The demo replays a programme through the operations and the worker.
    ("demo", &["demo", "app", "clock", "mail", "ops", "password", "problem", "store", "worker"]),
    // The doctor needs the time for which a file may lie without a row.
    ("doctor", &["doctor", "files", "ops::housekeeping", "store"]),
    ("cli", &[]),
    ("exit", &[]),
    ("console", &["app", "exit", "ops::accounts::account", "store::accounts::account"]),
    ("serve", &["app", "config", "console", "database", "exit", "ops", "store", "web", "worker"]),
    (
        "commands",
        &[
            "commands", "app", "cached", "cli", "clock", "config", "console", "database", "demo", "doctor",
            "exit", "fetch", "mail", "ops", "password", "secret", "serve", "simulate", "store", "url",
            "worker",
        ],
    ),
];

/// The modules that may use the crates which read and write formats of mail and calendars.
const FORMATS: &[(&str, &[&str])] = &[("mime", &["ops", "web"]), ("ical", &["mail", "ops", "web"])];

/// The crates that use no crate of ours.
const LEAVES: &[&str] = &["codes", "domain", "ical", "mime"];

/// The pages of one audience do not use those of another; shared code lies beside them.
const AUDIENCES: &[&str] =
    &["public", "apply", "company", "staff", "expert", "desk", "editor", "stats", "admin"];

/// The modules in which a transaction that writes may begin. `app` defines it; `serve` makes a new database usable, and
/// `demo` and `doctor` fill and examine a whole one.
const MAY_BEGIN: &[&str] = &["app", "ops", "worker", "database", "serve", "demo", "doctor"];

const LONGEST_FILE: usize = 500;

/// Code that is written once: a part of it, and the only files that may contain it.
const WRITTEN_ONCE: &[(&str, &[&str])] = &[
    // Percent decoding.
    ("percent_decode(", &["src/url.rs"]),
    ("b'%'", &[]),
    // The pattern of a search, with its escapes.
    ("LikeExpr::new(", &["src/store.rs"]),
    // The time of Japan. `zone` reads the offsets of other people's calendars, and names the zone for rules that repeat.
    ("FixedOffset::east_opt(", &["src/domain/src/calendar.rs", "src/ical/src/busy/zone.rs"]),
    ("Asia::Tokyo", &["src/ical/src/busy/zone.rs"]),
    ("9 * 3600", &["src/domain/src/calendar.rs"]),
];

/// The parts of a line that compares a column, or the code of a state.
const COMPARISONS: &[&str] =
    &[".eq(", ".ne(", ".is_in(", ".is_not_in(", "Expr::value(", ".code() ==", ".code() !=", ".code())"];

#[test]
fn modules_use_only_what_they_may() {
    let mut wrong = Vec::new();
    for (module, allowed) in MAY_USE {
        for (place, text) in sources("src", module).into_iter().filter(|(place, _)| !is_test(place)) {
            for used in used_names(&text) {
                let fine = allowed.iter().any(|it| used == *it || used.starts_with(&format!("{it}::")));
                if !fine {
                    wrong.push(format!("{place} uses crate::{used}"));
                }
            }
        }
    }
    none(&wrong);
}

#[test]
fn decoding_escaping_and_the_time_of_japan_are_written_once() {
    let all: Vec<_> = all("src").into_iter().filter(|(place, _)| !is_test(place)).collect();
    let mut wrong = Vec::new();
    for (part, places) in WRITTEN_ONCE {
        let found: BTreeSet<_> =
            all.iter().filter(|(_, text)| text.contains(part)).map(|(place, _)| place.as_str()).collect();
        let expected = places.iter().copied().collect();
        wrong.extend(found.symmetric_difference(&expected).map(|it| format!("{part} and {it}")));
    }
    none(&wrong);
}

#[test]
fn formats_are_read_and_written_in_few_places() {
    let mut wrong = Vec::new();
    for (place, text) in all("src") {
        let module = place.strip_prefix("src/").unwrap().split(['/', '.']).next().unwrap();
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        for (format, allowed) in FORMATS {
            let path = format!("{format}::");
            // The match must not be the end of another name, nor a module of the same name.
            let is_inner = |it: char| it.is_alphanumeric() || it == '_' || it == ':';
            let uses = text.match_indices(&path).any(|(at, _)| !text[..at].ends_with(is_inner));
            if uses && !LEAVES.contains(&module) && !allowed.contains(&module) {
                wrong.push(format!("{place} uses {format}"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn leaves_use_no_crate_of_ours() {
    let mut wrong = Vec::new();
    for leaf in LEAVES {
        let manifest = fs::read_to_string(root().join("src").join(leaf).join("Cargo.toml")).unwrap();
        let (_, after) = manifest.split_once("[dependencies]").unwrap();
        let used = after.split("\n[").next().unwrap_or_default();
        let is_fine = |it: &str| *leaf == "domain" && it.starts_with("codes =");
        let ours = used.lines().filter(|it| it.contains("path =") && !is_fine(it));
        wrong.extend(ours.map(|it| format!("{leaf} uses {it}")));
    }
    none(&wrong);
}

#[test]
fn the_pages_of_one_audience_do_not_know_anothers() {
    let mut wrong = Vec::new();
    for audience in AUDIENCES {
        for (place, text) in sources("src/web", audience) {
            for other in AUDIENCES.iter().filter(|it| it != &audience) {
                let names = used_names(&text);
                let module = format!("web::{other}");
                if names.iter().any(|it| *it == module || it.starts_with(&format!("{module}::"))) {
                    wrong.push(format!("{place} uses {module}"));
                }
            }
        }
    }
    none(&wrong);
}

/// Pages read through `store`, which hands out types of its own: a page that took the row of a table would break with
/// every migration, and could be given a column that its reader must not see.
#[test]
fn pages_do_not_know_the_rows_of_tables() {
    let wrong = sources("src", "web")
        .into_iter()
        .filter(|(_, text)| text.contains("entity::") || text.contains("::Model"));
    none(&wrong.map(|(file, _)| file).collect::<Vec<_>>());
}

/// What a job logs can be found by its name only if every way into it goes through a span.
#[test]
fn every_job_runs_in_a_named_span() {
    let (_, text) = read(&root().join("src/worker.rs"));
    let enters = |line: &&str| {
        ["::step(app", "::run(app", "::once(app", "::sweep_files(app"].iter().any(|it| line.contains(it))
    };
    let named = |line: &str| line.contains("run_logged(\"") || line.contains(".instrument(job_span(\"");
    // The occasional jobs have a span each.
    let unnamed =
        text.lines().filter(enters).filter(|it| !named(it) && !it.contains("housekeeping::step(app)"));
    none(&unnamed.map(str::to_owned).collect::<Vec<_>>());
    let (_, text) = read(&root().join("src/worker/housekeeping.rs"));
    let body = text.split_once("pub async fn step").unwrap().1.split_once("\n}").unwrap().0;
    assert_eq!(body.matches(".await").count(), body.matches("run_logged(\"").count());
}

#[test]
fn transactions_that_write_begin_in_few_places() {
    let mut wrong = Vec::new();
    for (place, text) in all("src") {
        let module = place.strip_prefix("src/").unwrap().split(['/', '.']).next().unwrap();
        if !MAY_BEGIN.contains(&module) && module != "domain" && text.contains(".begin(") {
            wrong.push(format!("{place} begins a transaction"));
        }
    }
    none(&wrong);
}

/// Only the unit of work writes a consultation's state and the rows that belong to a change.
#[test]
fn only_the_unit_of_work_saves_a_consultation() {
    // The unit of work has its mails in a file of its own.
    let gate = ["src/ops/case/transaction.rs", "src/ops/case/transaction/mail.rs"];
    let mut wrong = Vec::new();
    for (place, text) in all("src").into_iter().filter(|(place, _)| !gate.contains(&place.as_str())) {
        let knows = |what: &str| text.contains(what);
        let is_above = !place.starts_with("src/store/") && place != "src/ops/case/save.rs";
        if is_above && knows("WriteBatch") {
            wrong.push(format!("{place} knows the batch of a change"));
        }
        if knows("store::consultation::save(") {
            wrong.push(format!("{place} saves a consultation"));
        }
        // The preview of a text shows a mail and sends none.
        if knows("compose::about(")
            && place != "src/ops/correspondence/mail_text.rs"
            && !place.starts_with("src/mail/")
        {
            wrong.push(format!("{place} writes a mail about a consultation"));
        }
        if knows("compose::plain(")
            && !["src/ops/case/context.rs", "src/ops/correspondence/mail_text.rs"].contains(&place.as_str())
            && !place.starts_with("src/mail/")
        {
            wrong.push(format!("{place} writes a mail beside the context"));
        }
    }
    none(&wrong);
}

#[test]
fn the_history_of_the_schema_does_not_follow_the_rows() {
    let wrong: Vec<_> = all("migration/src")
        .into_iter()
        .filter(|(_, text)| text.contains("entity::") || text.contains("domain::"))
        .map(|(place, _)| place)
        .collect();
    none(&wrong);
}

/// The order of the numbers is the order of the changes, except among the first ones, which databases know by now.
#[test]
fn new_migrations_are_numbered_in_their_order() {
    const FIRST: &str = "m20261130_000071";
    let all = migration::Migrator::migrations();
    let names: Vec<_> = all.iter().map(|it| it.name()).collect();
    let (old, new): (Vec<&str>, Vec<&str>) = names.iter().copied().partition(|it| *it < FIRST);
    assert_eq!(
        names.iter().copied().take(old.len()).collect::<Vec<_>>(),
        old,
        "an old number after a new one"
    );
    assert!(new.is_sorted(), "{new:?}");
}

/// A column stores values of an enum of `codes`, and a query names the value, so a typo does not compile.
#[test]
fn queries_quote_no_code_of_a_column() {
    let codes: BTreeSet<String> =
        all("src/codes/src").iter().flat_map(|(_, text)| codes_defined_in(text)).collect();
    assert!(codes.contains("confirmed") && codes.contains("waiting_company"), "the codes are not found");
    let mut wrong = Vec::new();
    for module in ["doctor", "demo"] {
        for (place, text) in sources("src", module).into_iter().filter(|(place, _)| !is_test(place)) {
            let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
            // A rule of the doctor may have the name of a state; a comparison names the value.
            let compared = text.lines().filter(|it| COMPARISONS.iter().any(|part| it.contains(part)));
            let texts = compared.flat_map(|it| quoted(it, '"'));
            wrong.extend(texts.filter(|it| codes.contains(*it)).map(|it| format!("{place} quotes {it}")));
        }
    }
    for (place, text) in sources("src", "store") {
        let text = without_definitions(text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default());
        let rust = without_raw_strings(&text);
        let texts = quoted(&rust, '"').into_iter().chain(quoted(&text, '\''));
        wrong.extend(texts.filter(|it| codes.contains(*it)).map(|it| format!("{place} quotes {it}")));
        for comparison in [".eq(\"", ".ne(\"", ".is_in([\"", ".is_not_in([\"", "Expr::value(\""] {
            let mut compared = text.split(comparison).skip(1);
            if compared.any(|it| it.starts_with(|it: char| it.is_ascii_lowercase())) {
                wrong.push(format!("{place} has {comparison}"));
            }
        }
    }
    none(&wrong);
}

#[test]
fn quoted_codes_are_found_in_queries_and_in_fragments_of_sql() {
    let text = r##"x.eq("held").or(y) r#"a."state" IN ('moved', 'it is')"#"##;
    assert_eq!(quoted(&without_raw_strings(text), '"'), ["held"]);
    assert_eq!(quoted(text, '\''), ["moved"]);
    let definition = "codes! {\n    pub enum Tab {\n        All = \"all\" => \"すべて\",\n    }\n}\nlet it;";
    assert_eq!(codes_defined_in(definition), ["all"]);
    assert_eq!(without_definitions(definition), "\nlet it;");
}

#[test]
fn no_file_is_too_long_to_read() {
    let wrong: Vec<_> = all("src")
        .into_iter()
        .map(|(place, text)| (place, text.lines().count()))
        .filter(|(_, lines)| *lines > LONGEST_FILE)
        .map(|(place, lines)| format!("{place} has {lines} lines"))
        .collect();
    none(&wrong);
}

/// The security policy forbids the first four, and would make a page that has them fail silently.
#[test]
fn templates_hold_no_style_no_script_and_no_hint_in_a_field() {
    let mut wrong = Vec::new();
    for (place, text) in templates(&root().join("templates")) {
        let text = text.to_ascii_lowercase();
        for banned in [" style=", "<style", "javascript:", " placeholder="] {
            if text.contains(banned) {
                wrong.push(format!("{place} has {banned}"));
            }
        }
        for handler in text.split(" on").skip(1) {
            let name = handler.split(|it: char| !it.is_ascii_lowercase()).next().unwrap_or_default();
            if !name.is_empty() && handler[name.len()..].starts_with("=\"") {
                wrong.push(format!("{place} has on{name}="));
            }
        }
        for script in text.split("<script").skip(1) {
            let body = script.split_once('>').map_or("", |(_, rest)| rest);
            if !body.trim_start().starts_with("</script") {
                wrong.push(format!("{place} has a script with a body"));
            }
        }
    }
    none(&wrong);
}

/// The beginning of the only files in which the code of a mail is written.
const TABLE_OF_MAILS: &str = "src/mail/kind/table";

/// Codes of mails that are also a code of something else: a state, a topic, a purpose of a link, a column.
const OTHER_MEANINGS: &[&str] = &[
    "absence",
    "booked",
    "cancelled",
    "follow_up",
    "moved",
    "new_message",
    "question",
    "referred",
    "registration_approved",
    "registration_rejected",
    "request",
    "request_reminder",
    "room",
    "sign_in",
    "survey",
    "unfulfilled",
    "weekly_digest",
    "withdrawn",
];

#[test]
fn a_mail_kind_is_one_row_and_its_texts() {
    let texts = TextKind::ALL.map(TextKind::code);
    let codes: BTreeSet<_> = texts.into_iter().chain(MailKind::ALL.map(MailKind::code)).collect();
    let (mut wrong, mut rows) = (Vec::new(), BTreeSet::new());
    for (place, text) in all("src").into_iter().filter(|(place, _)| !place.contains("tests")) {
        let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
        let is_of_mails = place.starts_with("src/mail/");
        let is_variant = |it: &str| it.starts_with(char::is_uppercase) && !it.starts_with("ALL");
        if !is_of_mails && text.split("MailKind::").skip(1).any(is_variant) {
            wrong.push(format!("{place} names a kind of mail instead of a property of its row"));
        }
        for code in &codes {
            let may_mean_another = !is_of_mails && OTHER_MEANINGS.contains(code);
            let is_there = text.contains(&format!("\"{code}\""));
            let is_table = place.starts_with(TABLE_OF_MAILS);
            if is_there && is_table {
                rows.insert(*code);
            } else if is_there && !may_mean_another {
                wrong.push(format!("{place} names the mail {code}"));
            }
        }
    }
    wrong.extend(codes.difference(&rows).map(|it| format!("the table has no {it}")));
    let expected: BTreeSet<_> = texts.iter().map(|it| format!("{it}.txt")).collect();
    let files = fs::read_dir(root().join("templates/mail")).unwrap();
    let files: BTreeSet<_> = files.map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
    wrong.extend(files.symmetric_difference(&expected).map(|it| format!("templates/mail/{it} has no row")));
    none(&wrong);
}

#[test]
fn names_are_found_behind_braces_too() {
    let text =
        "use crate::{app::App, mail::{message::Message, sender}, store::{self, link}};\ncrate::problem::x()";
    assert_eq!(
        used_names(text),
        ["app::App", "mail::message::Message", "mail::sender", "store", "store::link", "problem::x"]
    );
}

/// Returns the codes of the values that `codes!` defines in `text`: the text after `Value = `.
fn codes_defined_in(text: &str) -> Vec<String> {
    let blocks = text.split("codes! {\n").skip(1).map(|it| it.split("\n}").next().unwrap_or_default());
    blocks
        .flat_map(str::lines)
        .filter_map(|line| line.split_once(" = \"")?.1.split_once('"'))
        .map(|(code, _)| code.to_owned())
        .collect()
}

/// Returns `text` without the definitions by `codes!`.
fn without_definitions(text: &str) -> String {
    let mut blocks = text.split("codes! {\n");
    let first = blocks.next().unwrap_or_default().to_owned();
    blocks.fold(first, |text, it| text + it.split_once("\n}").map_or("", |(_, rest)| rest))
}

/// Returns `text` without its raw strings, in which SQL quotes the names of tables and columns.
fn without_raw_strings(text: &str) -> String {
    let mut parts = text.split("r#\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, it| text + it.split_once("\"#").map_or("", |(_, rest)| rest))
}

/// Returns the words of letters, digits and `_` that stand between two of these quotation marks.
fn quoted(text: &str, quote: char) -> Vec<&str> {
    let is_word = |it: &&str| !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    text.lines().flat_map(|line| line.split(quote).skip(1)).filter(is_word).collect()
}

/// Returns every path after `crate::`, with braces expanded. A module of tests in the file is ignored.
fn used_names(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    // The program itself uses the library by its name.
    text.replace("madoguchi::", "crate::").split("crate::").skip(1).flat_map(|rest| tree(rest).0).collect()
}

/// Returns the names of one use tree, and the text that follows it.
fn tree(text: &str) -> (Vec<String>, &str) {
    let end = text.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(text.len());
    let (name, rest) = text.split_at(end);
    if let Some(inner) = rest.strip_prefix("::").filter(|_| !name.is_empty()) {
        let (names, rest) = tree(inner);
        let joined = names.into_iter().map(|it| match it.as_str() {
            "self" | "" => name.to_owned(),
            _ => format!("{name}::{it}"),
        });
        return (joined.collect(), rest);
    }
    let Some(mut inside) = rest.strip_prefix('{').filter(|_| name.is_empty()) else {
        return (vec![name.to_owned()], rest);
    };
    let mut found = Vec::new();
    loop {
        inside = inside.trim_start_matches([' ', '\n', ',']);
        match inside.strip_prefix('}') {
            Some(rest) => return (found, rest),
            None => {
                let (names, rest) = tree(inside);
                // Skips `it as other` and anything that is not a name.
                inside = rest.trim_start_matches(|it| !matches!(it, ',' | '}'));
                found.extend(names);
                if inside.is_empty() {
                    return (found, inside);
                }
            }
        }
    }
}

fn is_test(place: &str) -> bool {
    place.ends_with("/tests.rs") || place.contains("/tests/")
}

/// Returns `name.rs` and everything below `name/`, as path and text.
fn sources(folder: &str, name: &str) -> Vec<(String, String)> {
    let (file, below) = (format!("{folder}/{name}.rs"), format!("{folder}/{name}/"));
    let found: Vec<_> =
        all(folder).into_iter().filter(|(place, _)| *place == file || place.starts_with(&below)).collect();
    assert!(!found.is_empty(), "there is no {file}");
    found
}

fn all(folder: &str) -> Vec<(String, String)> {
    rust_files(&root().join(folder)).iter().map(|it| read(it)).collect()
}

/// Returns the place and the text of every template of a page in `folder` and below.
pub fn templates(folder: &Path) -> Vec<(String, String)> {
    let mut found = Vec::new();
    for entry in fs::read_dir(folder).unwrap() {
        let path = entry.unwrap().path();
        if path.is_dir() {
            found.extend(templates(&path));
        } else if path.extension().is_some_and(|it| it == "html" || it == "svg") {
            found.push(read(&path));
        }
    }
    found
}

fn read(path: &Path) -> (String, String) {
    let place = path.strip_prefix(root()).unwrap().display().to_string();
    (place, fs::read_to_string(path).unwrap())
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
