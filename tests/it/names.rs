//! The language of the service: one name for a thing, and comments that say what they mean.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::{access::rust_files, tidy::templates};

/// Layers in which a module has a name of the glossary.
const NAMED: &[&str] = &["store", "ops", "worker", "web"];

/// Layers in which no two public types have the same name. Private types of a page are free.
const LAYERS: &[&str] =
    &["src/codes/src", "src/domain/src", "src/store", "src/ops", "src/mail", "src/worker", "src/web"];

/// A sentence that begins with one of these has no subject.
const RIDDLES: &[&str] =
    &["What", "Whatever", "Whoever", "Who", "Where", "Those", "Nobody", "Somebody", "Everybody"];

/// These say of no person who it is.
const NO_PERSONS: &[&str] = &["whoever", "nobody", "somebody", "everybody"];

/// Words that the glossary lists as replaced and that no name has in another meaning.
const REPLACED: &[&str] = &[
    "beat",
    "chores",
    "deed",
    "fate",
    "ground",
    "house",
    "inbox",
    "judge",
    "letter",
    "lookalike",
    "masters",
    "nap",
    "occasion",
    "sealed",
    "sitting",
    "todo",
    "truth",
    "unknowns",
    "unwanted",
    "verdict",
];

/// The files in which a name may have the word session: a session is a signed-in browser or mailbox. The meeting of an
/// expert and a company is an appointment.
const SESSIONS: &[&str] = &[
    "src/mail/imap.rs",
    "src/ops/accounts/",
    "src/ops/consultation/address_objection.rs",
    "src/ops/housekeeping.rs",
    "src/store/accounts",
    "src/web/company/sign_in.rs",
    "src/web/kit.rs",
    "src/web/kit/page.rs",
    "src/web/kit/session.rs",
    "src/web/staff/account.rs",
    "tests/it/account.rs",
    "tests/it/company.rs",
    "tests/it/names.rs",
    "tests/it/sign_in.rs",
    "tests/it/town.rs",
];

/// Names that do not say what they hold. As a word of a longer name they are verbs.
const VAGUE: &[&str] = &["asked", "told"];

/// Other names for the field with the action that a form's button, choice or link stands for. It is called `action`.
const OTHER_ACTION_FIELDS: &[&str] = &["act", "deed", "do", "what"];

#[test]
fn the_modules_of_a_layer_are_named_in_the_glossary() {
    let glossary = fs::read_to_string(root().join("docs/GLOSSARY.md")).unwrap();
    let terms: BTreeSet<_> = glossary
        .lines()
        .filter_map(|it| it.strip_prefix("| `")?.split_once('`'))
        .map(|(term, _)| term.to_owned())
        .collect();
    let mut wrong = Vec::new();
    for layer in NAMED {
        for name in modules(layer) {
            if !terms.contains(&name) {
                wrong.push(format!("{layer}::{name} is not in the glossary"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_term_of_the_glossary_has_one_row() {
    let glossary = fs::read_to_string(root().join("docs/GLOSSARY.md")).unwrap();
    let (terms, _) = glossary.split_once("\n## Modules").unwrap();
    let mut seen = BTreeSet::new();
    let names = terms.lines().filter_map(|it| it.strip_prefix("| `")?.split_once('`')).map(|(name, _)| name);
    let wrong: Vec<_> = names.filter(|it| !seen.insert(*it)).collect();
    assert!(seen.len() > 200, "{} terms", seen.len());
    assert!(wrong.is_empty(), "two rows: {}", wrong.join(", "));
}

/// The glossary has the modules directly under a layer. A module below them says by its first words what it is about.
#[test]
fn every_module_begins_with_words_on_its_subject() {
    let (mut count, mut wrong) = (0, Vec::new());
    for path in rust_files(&root().join("src")) {
        if path.iter().any(|it| it == "tests" || it == "tests.rs") {
            continue;
        }
        count += 1;
        let text = fs::read_to_string(&path).unwrap();
        let words = text.lines().next().and_then(|it| it.strip_prefix("//! ")).unwrap_or_default();
        let first = words.split_whitespace().next().unwrap_or_default();
        if first.is_empty() || first.starts_with(char::is_lowercase) || RIDDLES.contains(&first) {
            wrong.push(format!("{} does not begin with words on its subject", path.display()));
        }
    }
    assert!(count > 500, "{count} modules");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn every_table_is_named_in_the_glossary() {
    let glossary = fs::read_to_string(root().join("docs/GLOSSARY.md")).unwrap();
    let mut wrong = Vec::new();
    for path in rust_files(&root().join("entity/src")) {
        let text = fs::read_to_string(&path).unwrap();
        if let Some((_, rest)) = text.split_once("table_name = \"") {
            let table = rest.split('"').next().unwrap_or_default();
            if !glossary.contains(&format!("`{table}`")) {
                wrong.push(format!("the table {table} is not in the glossary"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_public_type_has_a_name_of_its_own_in_its_layer() {
    let mut wrong = Vec::new();
    for layer in LAYERS {
        let mut places: BTreeMap<String, Vec<String>> = BTreeMap::new();
        for path in rust_files(&root().join(layer)) {
            for name in public_types(&fs::read_to_string(&path).unwrap()) {
                places.entry(name).or_default().push(path.display().to_string());
            }
        }
        assert!(places.len() > 2, "no types in {layer}");
        for (name, places) in places.into_iter().filter(|(_, places)| places.len() > 1) {
            wrong.push(format!("{name} is defined in {}", places.join(" and ")));
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_name_that_was_replaced_does_not_come_back() {
    let glossary = fs::read_to_string(root().join("docs/GLOSSARY.md")).unwrap();
    let replaced: Vec<_> =
        glossary.lines().filter_map(|it| it.split('|').nth(4)).map(str::to_lowercase).collect();
    for word in REPLACED.iter().chain(VAGUE) {
        assert!(replaced.iter().any(|it| it.contains(word)), "the glossary does not replace {word}");
    }
    let mut wrong = Vec::new();
    for path in
        ["src", "entity/src", "tests", "fuzz/fuzz_targets"].iter().flat_map(|it| rust_files(&root().join(it)))
    {
        for name in identifiers(&fs::read_to_string(&path).unwrap()) {
            let words = words(&name);
            let is_replaced =
                |it: &&str| words.iter().any(|word| word == it || word.strip_suffix('s') == Some(it));
            if let Some(word) =
                REPLACED.iter().find(|it| is_replaced(it)).or(VAGUE.iter().find(|it| **it == name))
            {
                wrong.push(format!("{} has {name}; {word} was replaced (docs/GLOSSARY.md)", path.display()));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn a_session_is_a_sign_in_and_no_appointment() {
    let mut wrong = Vec::new();
    for path in ["src", "tests", "fuzz/fuzz_targets"].iter().flat_map(|it| rust_files(&root().join(it))) {
        let place = path.strip_prefix(root()).unwrap().display().to_string();
        if SESSIONS.iter().any(|it| place.starts_with(it)) {
            continue;
        }
        // The path of the module that knows who is signed in.
        let text = fs::read_to_string(&path).unwrap().replace("session::", "");
        let names = identifiers(&text).into_iter();
        let found = names.filter(|it| words(it).iter().any(|it| it == "session" || it == "sessions"));
        wrong.extend(found.map(|it| format!("{place} has {it}")));
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn the_field_with_the_chosen_action_has_one_name() {
    let mut wrong = Vec::new();
    let pages = templates(&root().join("templates"));
    assert!(pages.iter().any(|(_, text)| text.contains("name=\"action\"")), "no form has an action");
    for (place, text) in pages {
        for name in OTHER_ACTION_FIELDS {
            let is_there = [format!("name=\"{name}\""), format!("?{name}="), format!("&{name}=")]
                .iter()
                .any(|it| text.contains(it.as_str()));
            if is_there {
                wrong.push(format!("{place} has the field {name}; the chosen action is `action`"));
            }
        }
    }
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

/// Under 3 sentences of 100, and under 3 words of 10,000.
#[test]
fn a_comment_has_a_subject_and_a_verb() {
    let (mut sentences, mut riddles, mut words, mut unknown) = (0, 0, 0, 0);
    for path in
        ["src", "entity/src", "migration/src", "tests"].iter().flat_map(|it| rust_files(&root().join(it)))
    {
        for comment in comments(&fs::read_to_string(&path).unwrap()) {
            for sentence in comment.split_inclusive(['.', ':', ';', '?', '!']).map(str::trim) {
                let mut of_sentence = sentence.split_whitespace();
                let first = of_sentence.next().unwrap_or_default();
                if of_sentence.next().is_none() {
                    continue;
                }
                sentences += 1;
                riddles += usize::from(RIDDLES.contains(&first));
            }
            for word in comment.split(|it: char| !it.is_alphabetic()).filter(|it| !it.is_empty()) {
                words += 1;
                unknown += usize::from(NO_PERSONS.contains(&word.to_lowercase().as_str()));
            }
        }
    }
    assert!(sentences > 5_000 && words > 40_000, "{sentences} sentences of {words} words");
    assert!(riddles * 100 < sentences * 3, "{riddles} of {sentences} sentences begin without a subject");
    assert!(unknown * 10_000 < words * 3, "{unknown} of {words} words name no person");
}

/// The name of a test says its rule: three words at least, of which the first is no riddle.
#[test]
fn the_name_of_a_test_is_a_sentence() {
    let (mut count, mut wrong) = (0, Vec::new());
    for path in ["src", "tests/it"].iter().flat_map(|it| rust_files(&root().join(it))) {
        for name in names_of_tests(&fs::read_to_string(&path).unwrap()) {
            count += 1;
            let mut words = name.split('_');
            let first = words.next().unwrap_or_default();
            if words.count() < 2 || RIDDLES.iter().any(|it| it.eq_ignore_ascii_case(first)) {
                wrong.push(format!("{} has {name}", path.display()));
            }
        }
    }
    assert!(count > 500, "{count} tests");
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}

#[test]
fn comments_are_found_and_joined_over_lines() {
    let text = "//! Of a module\n//! and more.\n\nfn f() {\n    // Why so.\n    let a = 1; // not this\n}\n/// A type.\n";
    assert_eq!(
        names_of_tests("#[test]\nfn a() {\n#[tokio::test(flavor)]\nasync fn b() {\nfn c() {"),
        ["a", "b"]
    );
    assert_eq!(comments(text), ["Of a module and more.", "Why so.", "A type."]);
    assert_eq!(
        public_types(
            "pub struct A;\npub enum B<T> {\nstruct C;\npub fn d() {}\ncodes! {\n    pub enum E {\n"
        ),
        ["A", "B", "E"]
    );
}

#[test]
fn identifiers_are_found_outside_of_comments_and_literals() {
    let text = "fn f<'a>(it: &'a str) { // letter\n    let q = ('\"', '\\'', \"told \\\" asked\", r#\"deed\"#); MailEvent::A }";
    assert_eq!(
        identifiers(text).into_iter().collect::<Vec<_>>(),
        ["A", "MailEvent", "a", "f", "fn", "it", "let", "q", "str"]
    );
    assert_eq!(words("NewMailEvent"), ["new", "mail", "event"]);
    assert_eq!(words("mails_to"), ["mails", "to"]);
    assert_eq!(words("TABLE_OF_MAILS"), ["table", "of", "mails"]);
}

/// Each run of comment lines as one text.
fn comments(text: &str) -> Vec<String> {
    let mut found: Vec<String> = Vec::new();
    let mut goes_on = false;
    for line in text.lines() {
        let Some(comment) = line.trim_start().strip_prefix("//") else {
            goes_on = false;
            continue;
        };
        let comment = comment.trim_start_matches(['/', '!']).trim();
        match found.last_mut().filter(|_| goes_on) {
            Some(last) => {
                last.push(' ');
                last.push_str(comment);
            }
            None => found.push(comment.to_owned()),
        }
        goes_on = true;
    }
    found
}

/// Returns the identifiers of Rust code, without comments and literals.
fn identifiers(code: &str) -> BTreeSet<String> {
    let mut found = BTreeSet::new();
    let mut rest = code;
    while let Some(first) = rest.chars().next() {
        let word = rest.find(|it: char| !it.is_alphanumeric() && it != '_').unwrap_or(rest.len());
        let end = match skipped(rest) {
            0 if word > 0 => {
                found.insert(rest[..word].to_owned());
                word
            }
            0 => first.len_utf8(),
            skipped => skipped,
        };
        rest = &rest[end..];
    }
    found
}

/// Returns the length of the comment or literal with which the code begins; 0 if it begins with none.
fn skipped(code: &str) -> usize {
    let until = |start: &str, end: &str| {
        let rest = code.strip_prefix(start)?;
        Some(start.len() + rest.find(end).map_or(rest.len(), |it| it + end.len()))
    };
    if let Some(end) = until("//", "\n").or(until("r#\"", "\"#")).or(until("r\"", "\"")) {
        return end;
    }
    let Some(quote) = code.chars().next().filter(|it| ['"', '\''].contains(it)) else { return 0 };
    // A lifetime has no second quotation mark.
    if quote == '\'' && !code.starts_with("'\\") && code.chars().nth(2) != Some('\'') {
        return 1;
    }
    let mut is_escaped = false;
    let end = code.char_indices().skip(1).find(|(_, it)| {
        let is_end = *it == quote && !is_escaped;
        is_escaped = *it == '\\' && !is_escaped;
        is_end
    });
    end.map_or(code.len(), |(at, it)| at + it.len_utf8())
}

/// Returns the words of a name, in small letters. In a name of capitals, as of a constant, `_` alone ends a word.
fn words(name: &str) -> Vec<String> {
    let has_capitals_alone = !name.chars().any(char::is_lowercase);
    let mut found = vec![String::new()];
    for it in name.chars() {
        if it == '_' || (it.is_uppercase() && !has_capitals_alone) {
            found.push(String::new());
        }
        if let Some(last) = found.last_mut().filter(|_| it != '_') {
            last.extend(it.to_lowercase());
        }
    }
    found.retain(|it| !it.is_empty());
    found
}

/// Returns the names of the functions with an attribute that ends in `test`.
fn names_of_tests(text: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut is_next = false;
    for line in text.lines().map(str::trim_start) {
        let attribute = line.strip_prefix("#[").map(|it| it.split(['(', ']']).next().unwrap_or_default());
        is_next |= attribute.is_some_and(|it| it == "test" || it.ends_with("::test"));
        if let Some((_, rest)) = line.split_once("fn ").filter(|_| is_next && attribute.is_none()) {
            found.extend(rest.split('(').next().map(str::to_owned));
            is_next = false;
        }
    }
    found
}

/// The modules directly under a layer: its files and folders.
fn modules(layer: &str) -> BTreeSet<String> {
    let folder = fs::read_dir(root().join("src").join(layer)).unwrap();
    folder.map(|it| it.unwrap().path().file_stem().unwrap().to_str().unwrap().to_owned()).collect()
}

/// The public types that a file defines, aliases included.
fn public_types(text: &str) -> Vec<String> {
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let mut found = Vec::new();
    for line in text.lines() {
        // `codes!` indents the types that it defines.
        let Some(rest) = line.trim_start().strip_prefix("pub ") else { continue };
        let mut words = rest.split([' ', '<', '(', ';', ':', '{']);
        if matches!(words.next(), Some("struct" | "enum" | "trait" | "type"))
            && let Some(name) = words.next().filter(|it| !it.starts_with('$'))
        {
            found.push(name.to_owned());
        }
    }
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}
