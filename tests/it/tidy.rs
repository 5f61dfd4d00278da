//! The rules of the house that the compiler does not hold.
use std::{collections::BTreeSet, fs, path::Path};

use crate::access::rust_files;

/// What each module may use of `crate::`. `web`, `demo`, `doctor` and the program itself may use anything.
const MAY_USE: &[(&str, &[&str])] = &[
    ("clock", &[]),
    ("url", &[]),
    ("secret", &[]),
    ("problem", &[]),
    ("config", &["config"]),
    // It learns the sizes of its tables.
    ("database", &["store"]),
    ("simulate", &["simulate"]),
    ("files", &["secret::hex"]),
    ("calendar", &["calendar"]),
    ("fetch", &["config", "fetch"]),
    ("mail", &["mail", "calendar", "url"]),
    // The outbox keeps letters and the programme their texts, and the chain of events writes hashes as text.
    ("store", &["store", "mail::letter", "mail::text", "secret::hex"]),
    ("cached", &["app", "problem", "store"]),
    (
        "ops",
        &[
            "ops", "app", "cached", "config", "fetch", "files", "mail", "calendar", "secret", "url",
            "problem", "store",
        ],
    ),
    ("worker", &["worker", "app", "files", "mail", "ops", "problem", "store"]),
];

/// One of these pages does not know another's; what they share lies beside them.
const AUDIENCES: &[&str] = &["public", "apply", "company", "staff", "expert", "desk", "stats", "admin"];

/// Where a transaction that writes may begin. `app` is how it begins; `serve` makes a new database usable, and `demo`
/// and `doctor` fill and examine a whole one.
const MAY_BEGIN: &[&str] = &["app", "ops", "worker", "database", "serve", "demo", "doctor"];

const LONGEST_FILE: usize = 500;

#[test]
fn modules_use_only_what_they_may() {
    let mut wrong = Vec::new();
    for (module, allowed) in MAY_USE {
        for (place, text) in sources("src", module) {
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

#[test]
fn the_history_of_the_schema_does_not_follow_the_rows() {
    let wrong: Vec<_> = all("migration/src")
        .into_iter()
        .filter(|(_, text)| text.contains("entity::") || text.contains("domain::"))
        .map(|(place, _)| place)
        .collect();
    none(&wrong);
}

/// A column keeps values of an enum of `codes`, and a query names the value: a typo does not compile.
#[test]
fn queries_quote_no_code_of_a_column() {
    let codes: BTreeSet<String> =
        all("codes/src").iter().flat_map(|(_, text)| codes_defined_in(text)).collect();
    assert!(codes.contains("confirmed") && codes.contains("waiting_company"), "the codes are not found");
    let mut wrong = Vec::new();
    for (place, text) in sources("src", "store") {
        let text = without_definitions(text.split("#[cfg(test)]").next().unwrap_or_default());
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

/// The security policy forbids the first four, and would make a page that has them fail in silence.
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

#[test]
fn names_are_found_behind_braces_too() {
    let text =
        "use crate::{app::App, mail::{letter::Letter, sender}, store::{self, link}};\ncrate::problem::x()";
    assert_eq!(
        used_names(text),
        ["app::App", "mail::letter::Letter", "mail::sender", "store", "store::link", "problem::x"]
    );
}

/// The codes of the values that `codes!` defines in `text`: what stands behind `Value = `.
fn codes_defined_in(text: &str) -> Vec<String> {
    let blocks = text.split("codes! {\n").skip(1).map(|it| it.split("\n}").next().unwrap_or_default());
    blocks
        .flat_map(str::lines)
        .filter_map(|line| line.split_once(" = \"")?.1.split_once('"'))
        .map(|(code, _)| code.to_owned())
        .collect()
}

/// `text` without what `codes!` defines in it.
fn without_definitions(text: &str) -> String {
    let mut blocks = text.split("codes! {\n");
    let first = blocks.next().unwrap_or_default().to_owned();
    blocks.fold(first, |text, it| text + it.split_once("\n}").map_or("", |(_, rest)| rest))
}

/// `text` without its raw strings, in which SQL quotes the names of tables and columns.
fn without_raw_strings(text: &str) -> String {
    let mut parts = text.split("r#\"");
    let first = parts.next().unwrap_or_default().to_owned();
    parts.fold(first, |text, it| text + it.split_once("\"#").map_or("", |(_, rest)| rest))
}

/// Words of letters, digits and `_` that stand between two of these quotation marks.
fn quoted(text: &str, quote: char) -> Vec<&str> {
    let is_word = |it: &&str| !it.is_empty() && it.chars().all(|it| it.is_ascii_alphanumeric() || it == '_');
    text.lines().flat_map(|line| line.split(quote).skip(1)).filter(is_word).collect()
}

/// Everything after `crate::`, with braces multiplied out. What comes after `#[cfg(test)]` is free.
fn used_names(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]").next().unwrap_or_default();
    text.split("crate::").skip(1).flat_map(|rest| tree(rest).0).collect()
}

/// The names of one use tree, and what follows it.
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
                // `it as other` and anything that is no name.
                inside = rest.trim_start_matches(|it| !matches!(it, ',' | '}'));
                found.extend(names);
                if inside.is_empty() {
                    return (found, inside);
                }
            }
        }
    }
}

/// `name.rs` and everything below `name/`, as place and text.
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

fn templates(folder: &Path) -> Vec<(String, String)> {
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
