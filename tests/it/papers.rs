//! The documents of the repository: every page, section and file that is cited exists, every relative link of a
//! Markdown file leads somewhere, and every table of settings has the settings of the program.
use std::{
    collections::{BTreeMap, BTreeSet},
    fs,
    path::{Component, Path, PathBuf},
};

/// Folders that hold no text of ours: build output, fetched files, and the mails of other authors.
const SKIPPED: &[&str] = &["target", ".git", "node_modules", "tests/.tools", "tests/mails", "data"];

/// The path of this file, which holds examples that must not exist.
const THIS_FILE: &str = "tests/it/papers.rs";

/// The beginnings by which a word of a document is recognised as the path of a file or folder.
const FOLDERS: &[&str] = &["src/", "tests/", "templates/", "entity/", "migration/", "docs/"];

/// The pages with a table of every setting.
const SETTINGS_TABLES: &[&str] = &["README.md", "README.ja.md", "docs/spec/contract.md"];

/// One section sign with its number.
#[derive(Debug, PartialEq, Eq)]
struct Citation<'a> {
    source: Source<'a>,
    section: &'a str,
}

/// The document that holds a cited section.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Source<'a> {
    /// A Markdown file, as it is written.
    Page(&'a str),
    /// An RFC or a law.
    Foreign,
    /// No page is named: inside a page, the citation means one of its own sections.
    Unnamed,
}

#[test]
fn every_cited_page_and_section_exists() {
    let texts = texts();
    assert!(texts.len() > 500, "only {} files were found", texts.len());
    let cited: usize = texts.iter().map(|(_, text)| citations(&plain(text)).len()).sum();
    assert!(cited > 50, "only {cited} citations were found");
    none(&texts.iter().flat_map(|(place, text)| citation_faults(place, text)).collect::<Vec<_>>());
}

#[test]
fn relative_links_of_markdown_files_lead_somewhere() {
    let pages: Vec<_> = texts().into_iter().filter(|(place, _)| is_markdown(place)).collect();
    let linked: usize = pages.iter().map(|(_, text)| links(text).len()).sum();
    assert!(linked > 20, "only {linked} links were found");
    none(&pages.iter().flat_map(|(place, text)| link_faults(place, text)).collect::<Vec<_>>());
}

#[test]
fn tables_of_settings_name_every_setting_of_the_program() {
    let source = fs::read_to_string(root().join("src/config.rs")).unwrap();
    let table = source.split_once("const KEYS").unwrap().1.split_once("\n];").unwrap().0;
    let keys: BTreeSet<_> = table.split('"').skip(1).step_by(2).filter(|it| is_key(it)).collect();
    assert!(keys.len() > 20, "only {keys:?}");
    for page in SETTINGS_TABLES {
        let text = fs::read_to_string(root().join(page)).unwrap();
        let first_cells = text.lines().filter_map(|it| it.strip_prefix('|')?.split('|').next());
        let named: BTreeSet<_> =
            first_cells.flat_map(|it| it.split('`').skip(1).step_by(2)).filter(|it| is_key(it)).collect();
        assert_eq!(named, keys, "{page}");
    }
}

#[test]
fn citations_are_read_in_every_form_in_which_they_are_written() {
    let text = "//! The states (`docs/spec/lifecycle.md` §2 and §4.1), a range (`docs/spec/a.md`\n\
        //! §2–3). As [the page](../b.md) §7 says, by RFC 5545 §3.8.4.7 and §3.8.7.4. See\n\
        //! §5, §6.\n\
        //! Not a number: `§`. The 祝日法 §3 is a law.";
    let found: Vec<_> =
        citations(&plain(text)).iter().map(|it| format!("{:?} {}", it.source, it.section)).collect();
    let page = |page: &str, section: &str| format!("{:?} {section}", Source::Page(page));
    let bare = |source: Source<'_>, section: &str| format!("{source:?} {section}");
    assert_eq!(
        found,
        [
            page("docs/spec/lifecycle.md", "2"),
            page("docs/spec/lifecycle.md", "4.1"),
            page("docs/spec/a.md", "2"),
            page("docs/spec/a.md", "3"),
            page("../b.md", "7"),
            bare(Source::Foreign, "3.8.4.7"),
            bare(Source::Foreign, "3.8.7.4"),
            bare(Source::Unnamed, "5"),
            bare(Source::Unnamed, "6"),
            bare(Source::Foreign, "3"),
        ]
    );
}

#[test]
fn a_citation_of_nothing_is_found() {
    let faults = |text: &str| citation_faults("src/example.rs", text);
    assert_eq!(faults("// `docs/spec/lifecycle.md` §2, §3 and RFC 5545 §99"), [""; 0]);
    assert_eq!(
        faults("// `docs/spec/lifecycle.md` §2 and §9.9"),
        ["src/example.rs cites docs/spec/lifecycle.md §9.9, which does not exist"]
    );
    assert_eq!(faults("// `lifecycle.md` §2"), ["src/example.rs names lifecycle.md, which does not exist"]);
    assert_eq!(faults("// see §2"), ["src/example.rs cites §2 of no page"]);
    assert_eq!(citation_faults("docs/spec/contract.md", "see §3 and `lifecycle.md` §2"), [""; 0]);
    assert_eq!(citation_faults("README.md", "`src/main.rs`, tests/run. `src/domain/`"), [""; 0]);
    assert_eq!(
        citation_faults("README.md", "`src/nowhere.rs`"),
        ["README.md names src/nowhere.rs, which does not exist"]
    );
    assert_eq!(
        citation_faults("docs/spec/contract.md", "see §33"),
        ["docs/spec/contract.md cites docs/spec/contract.md §33, which does not exist"]
    );
}

#[test]
fn a_link_to_nothing_is_found() {
    let text = "[a](spec/contract.md#3-pages) ![b](../README.md \"title\") [c](https://example.jp/x.md)\n\
        `[code](spec/nowhere.md)`\n```\n[fenced](spec/nowhere.md)\n```\n\
        [d](spec/nowhere.md) [e](spec/contract.md#33-nothing)\n[f]: ../nowhere";
    assert_eq!(
        link_faults("docs/example.md", text),
        [
            "docs/example.md links to spec/nowhere.md, which does not exist",
            "docs/example.md links to spec/contract.md#33-nothing, and there is no such heading",
            "docs/example.md links to ../nowhere, which does not exist",
        ]
    );
    assert_eq!(
        slugs("# A `b` & c: d\n## 2.1 法人番号（13桁）\n## Same\n## Same\n```\n# code\n```"),
        ["a-b--c-d", "21-法人番号13桁", "same", "same-1"]
    );
}

/// Returns every citation of `text` that leads nowhere, and every name of a Markdown file that does not exist.
fn citation_faults(place: &str, text: &str) -> Vec<String> {
    let text = plain(text);
    let mut faults = Vec::new();
    for name in names_of_pages(&text) {
        if find(place, name).is_none() {
            faults.push(format!("{place} names {name}, which does not exist"));
        }
    }
    // A file that is renamed in the code is easily forgotten in the documents.
    let files = if is_markdown(place) { names_of_files(&text) } else { Vec::new() };
    for name in files.into_iter().filter(|it| !root().join(it).exists()) {
        faults.push(format!("{place} names {name}, which does not exist"));
    }
    let mut sections = BTreeMap::new();
    for Citation { source, section } in citations(&text) {
        let page = match source {
            Source::Foreign => continue,
            Source::Page(page) => find(place, page),
            Source::Unnamed if is_markdown(place) => Some(place.to_owned()),
            Source::Unnamed => {
                faults.push(format!("{place} cites §{section} of no page"));
                continue;
            }
        };
        // A missing page has been reported already.
        let Some(page) = page else { continue };
        let there = sections.entry(page.clone()).or_insert_with(|| sections_of(&page));
        if !there.contains(section) {
            faults.push(format!("{place} cites {page} §{section}, which does not exist"));
        }
    }
    faults
}

fn link_faults(place: &str, text: &str) -> Vec<String> {
    let mut faults = Vec::new();
    for link in links(text) {
        let (path, heading) = link.split_once('#').unwrap_or((link, ""));
        let target = match path {
            "" => root().join(place),
            path => root().join(place).parent().unwrap().join(path),
        };
        if !target.exists() {
            faults.push(format!("{place} links to {link}, which does not exist"));
        } else if !heading.is_empty()
            && !slugs(&fs::read_to_string(target).unwrap()).iter().any(|it| it == heading)
        {
            faults.push(format!("{place} links to {link}, and there is no such heading"));
        }
    }
    faults
}

/// Returns the text as one line, without comment markers.
fn plain(text: &str) -> String {
    let lines = text.lines().map(|line| line.trim_start().trim_start_matches(['/', '!', '#', '*']).trim());
    lines.collect::<Vec<_>>().join(" ")
}

/// Returns every section sign that is followed by a number; for a range, its two ends.
fn citations(text: &str) -> Vec<Citation<'_>> {
    let mut found = Vec::new();
    let (mut end, mut source) = (0, Source::Unnamed);
    for (at, sign) in text.match_indices('§') {
        let first = number(&text[at + sign.len()..]);
        if first.is_empty() {
            continue;
        }
        let goes_on = matches!(text[end..at].trim(), "and" | "or" | "to" | "," | "·" | "/") && end > 0;
        if !goes_on {
            source = source_before(&text[..at]);
        }
        found.push(Citation { source, section: first });
        end = at + sign.len() + first.len();
        let last = text[end..].strip_prefix(['–', '-']).map(number).unwrap_or_default();
        if !last.is_empty() {
            found.push(Citation { source, section: last });
            end = text[end..].find(last).unwrap() + end + last.len();
        }
    }
    found
}

/// Returns the digits and dots at the beginning, without a final full stop.
fn number(text: &str) -> &str {
    let end = text.find(|it: char| !it.is_ascii_digit() && it != '.').unwrap_or(text.len());
    text[..end].trim_end_matches('.')
}

/// Returns the document that is named right before a section sign.
fn source_before(text: &str) -> Source<'_> {
    let mut words = text.split_whitespace().rev();
    let last = words.next().unwrap_or_default().trim_end_matches(['`', ')']);
    let word = last.rsplit(['`', '(', '[']).next().unwrap_or_default();
    let is_rfc =
        words.next().is_some_and(|it| it.ends_with("RFC")) && word.bytes().all(|it| it.is_ascii_digit());
    match word {
        page if is_markdown(page) => Source::Page(page),
        law if is_rfc || law.ends_with('法') => Source::Foreign,
        _ => Source::Unnamed,
    }
}

/// Returns the Markdown files that a text names, with or without a folder. Web addresses do not count.
fn names_of_pages(text: &str) -> Vec<&str> {
    paths(text)
        .filter(|it| is_markdown(it) && !it.contains(':') && (!it.starts_with('.') || it.starts_with("../")))
        .collect()
}

/// Returns the files and folders that a text names from the top of the repository, other than Markdown files. Files
/// that are fetched for the tests need not exist.
fn names_of_files(text: &str) -> Vec<&str> {
    let is_named = |it: &&str| FOLDERS.iter().any(|folder| it.starts_with(folder));
    let is_fetched = |it: &str| it.starts_with("tests/.tools");
    paths(text)
        .filter(is_named)
        .filter(|it| !is_markdown(it) && !is_fetched(it) && !it.contains(':'))
        .collect()
}

/// Returns the words of a text that can be paths.
fn paths(text: &str) -> impl Iterator<Item = &str> {
    let is_path = |it: char| it.is_ascii_alphanumeric() || "_./-:".contains(it);
    text.split(move |it: char| !is_path(it)).map(|it| it.trim_end_matches(['.', ':']))
}

/// Returns the path of a page that a file names: from the top of the repository, or from the file's own folder.
fn find(place: &str, page: &str) -> Option<String> {
    let beside = Path::new(place).parent().unwrap().join(page);
    [PathBuf::from(page), beside].iter().filter(|it| root().join(it).is_file()).find_map(|it| normal(it))
}

/// Returns the path without `..`; none if it leads out of the repository.
fn normal(path: &Path) -> Option<String> {
    let mut parts = Vec::new();
    for part in path.components() {
        match part {
            Component::ParentDir => drop(parts.pop()?),
            Component::Normal(part) => parts.push(part.to_str()?),
            Component::CurDir | Component::RootDir | Component::Prefix(_) => (),
        }
    }
    Some(parts.join("/"))
}

/// Returns the numbers with which the headings of a page begin.
fn sections_of(page: &str) -> BTreeSet<String> {
    let text = fs::read_to_string(root().join(page)).unwrap();
    headings(&text).iter().map(|it| number(it).to_owned()).filter(|it| !it.is_empty()).collect()
}

/// Returns the headings of a Markdown text, without their marks.
fn headings(text: &str) -> Vec<&str> {
    let lines = outside_of_fences(text).into_iter().filter(|it| it.starts_with('#'));
    lines.map(|it| it.trim_start_matches('#').trim()).collect()
}

/// Returns the anchors that GitHub gives to the headings of a text.
fn slugs(text: &str) -> Vec<String> {
    let mut seen = BTreeMap::new();
    let mut slugs = Vec::new();
    for heading in headings(text) {
        let kept = heading.chars().filter(|it| it.is_alphanumeric() || " -_".contains(*it));
        let slug = kept.collect::<String>().to_lowercase().replace(' ', "-");
        let times = seen.entry(slug.clone()).and_modify(|it| *it += 1).or_insert(0);
        slugs.push(if *times == 0 { slug } else { format!("{slug}-{times}") });
    }
    slugs
}

/// Returns the relative targets of links, pictures and link definitions.
fn links(text: &str) -> Vec<&str> {
    let mut found = Vec::new();
    for line in outside_of_fences(text) {
        if let Some((_, target)) = line.strip_prefix('[').and_then(|it| it.split_once("]: ")) {
            found.push(target.trim());
        }
        // Every other piece between backticks is code.
        for piece in line.split('`').step_by(2) {
            found.extend(piece.split("](").skip(1).filter_map(|it| it.split([')', ' ']).next()));
        }
    }
    found.retain(|it| !it.contains("://") && !it.starts_with("mailto:"));
    found
}

fn outside_of_fences(text: &str) -> Vec<&str> {
    let mut is_fenced = false;
    let mut lines = Vec::new();
    for line in text.lines() {
        if line.trim_start().starts_with("```") {
            is_fenced = !is_fenced;
        } else if !is_fenced {
            lines.push(line);
        }
    }
    lines
}

fn is_markdown(name: &str) -> bool {
    name.len() > 3 && Path::new(name).extension().is_some_and(|it| it == "md")
}

fn is_key(text: &str) -> bool {
    text.contains('_') && text.bytes().all(|it| it.is_ascii_uppercase() || it == b'_')
}

/// Returns every text file of the repository with its path.
fn texts() -> Vec<(String, String)> {
    let mut found = Vec::new();
    let mut folders = vec![root().to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            let place = path.strip_prefix(root()).unwrap().to_str().unwrap().to_owned();
            let is_skipped = SKIPPED.iter().any(|it| place == *it || place.ends_with(&format!("/{it}")));
            if is_skipped || place == THIS_FILE {
                continue;
            }
            if path.is_dir() {
                folders.push(path);
            } else if let Ok(text) = fs::read_to_string(&path) {
                found.push((place, text));
            }
        }
    }
    found.sort();
    found
}

fn root() -> &'static Path {
    Path::new(env!("CARGO_MANIFEST_DIR"))
}

#[track_caller]
fn none(wrong: &[String]) {
    assert!(wrong.is_empty(), "{}", wrong.join("\n"));
}
