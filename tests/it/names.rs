//! The language of the service: one name for a thing, and comments that say what they mean.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::Path,
};

use crate::access::rust_files;

/// Layers in which a module has a name of the glossary.
const NAMED: &[&str] = &["store", "ops", "worker", "web"];

/// Layers in which no two public types have the same name. Views that a page of one audience keeps for itself are free.
const LAYERS: &[&str] = &["src/domain/src", "src/store", "src/ops", "src/mail", "src/worker", "src/web/kit"];

/// A sentence that begins with one of these has no subject.
const RIDDLES: &[&str] =
    &["What", "Whatever", "Whoever", "Who", "Where", "Those", "Nobody", "Somebody", "Everybody"];

/// These say of no person who it is.
const NO_PERSONS: &[&str] = &["whoever", "nobody", "somebody", "everybody"];

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

/// Under 3 sentences of 100, and under 3 words of 10,000.
#[test]
fn a_comment_has_a_subject_and_a_verb() {
    let (mut sentences, mut riddles, mut words, mut unknown) = (0, 0, 0, 0);
    for path in rust_files(&root().join("src")) {
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
