//! No modules use each other in a circle, nor do the files of `store`, of `ops`, of `worker` or of one audience's pages.
use std::collections::{BTreeMap, BTreeSet};

use super::{all, is_test, none, tree};

/// The places whose files do not use each other in a circle.
const PLACES: &[&str] = &[
    "store/",
    "ops/",
    "worker/",
    "web/admin/",
    "web/apply/",
    "web/company/",
    "web/desk/",
    "web/editor/",
    "web/expert/",
    "web/public/",
    "web/staff/",
];

#[test]
fn files_and_modules_do_not_use_each_other_in_a_circle() {
    let all: Vec<_> = all("src").into_iter().filter(|(place, _)| !place.starts_with("src/domain/")).collect();
    let files = uses(&all);
    let mut wrong = Vec::new();
    for place in PLACES {
        let of_place = |it: &&String| it.starts_with(place);
        let inside: Uses = files
            .iter()
            .filter(|(file, _)| of_place(file))
            .map(|(file, used)| (file.clone(), used.iter().filter(of_place).cloned().collect()))
            .collect();
        wrong.extend(circles(&inside));
    }
    let top = |file: &str| file.split('/').next().unwrap_or_default().to_owned();
    let mut modules = Uses::new();
    for (file, used) in &files {
        let others = used.iter().map(|it| top(it)).filter(|it| *it != top(file));
        modules.entry(top(file)).or_default().extend(others);
    }
    wrong.extend(circles(&modules));
    none(&wrong);
}

#[test]
fn a_circle_is_found_whichever_way_a_file_names_another() {
    let file = |place: &str, text: &str| (place.to_owned(), text.to_owned());
    let invented = [
        file("src/ops/begin.rs", "use super::{go_on::step, offers};"),
        file("src/ops/go_on.rs", "use crate::{app::App, ops::{end, offers}};"),
        file("src/ops/end.rs", "// As `super::offers` does.\nfn end() { super::begin::again() }"),
        // A file and its own submodules count as one.
        file("src/ops/offers.rs", "mod ranked;\nuse self::ranked::first;"),
        file("src/ops/offers/ranked.rs", "use super::Offers;\nuse super::super::outbox::push;"),
        file("src/ops/outbox.rs", "fn push() { ops::plan::make() }"),
        file("src/ops/plan.rs", "use crate::store::outbox;"),
        file("src/store/outbox.rs", "use crate::mail::message;"),
        file("src/ops/tests.rs", "use super::begin;"),
    ];
    let uses = uses(&invented);
    assert_eq!(circles(&uses), ["ops/begin, ops/end and ops/go_on use each other"]);
    let of = |file: &str| uses[file].iter().map(String::as_str).collect::<Vec<_>>();
    assert_eq!(of("ops/offers/ranked"), ["ops/outbox"]);
    assert_eq!(of("ops/outbox"), ["ops/plan"]);
    assert_eq!(of("ops/plan"), ["store/outbox"]);
}

/// The files that each file uses, as paths below `src` without their ending.
type Uses = BTreeMap<String, BTreeSet<String>>;

/// Returns which of these files use which, by every path in them that begins with `crate`, `super` or the name of their
/// own folder's module. Tests may use anything; a file and those in the folder of its name count as one.
fn uses(sources: &[(String, String)]) -> Uses {
    let module = |place: &str| place.strip_prefix("src/").unwrap().strip_suffix(".rs").unwrap().to_owned();
    let sources: Vec<_> = sources.iter().filter(|(place, _)| !is_test(place)).collect();
    let files: BTreeSet<_> = sources.iter().map(|(place, _)| module(place)).collect();
    let is_part = |part: &str, of: &str| part.strip_prefix(of).is_some_and(|it| it.starts_with('/'));
    let mut uses = Uses::new();
    for (place, text) in sources {
        let own = module(place);
        let used = paths(&own, text).into_iter().filter_map(|path| {
            let ends = path.match_indices('/').map(|(at, _)| at).chain([path.len()]);
            ends.map(|at| &path[..at]).rfind(|it| files.contains(*it)).map(str::to_owned)
        });
        let others = used.filter(|it| *it != own && !is_part(it, &own) && !is_part(&own, it));
        uses.insert(own.clone(), others.collect());
    }
    uses
}

/// Returns every path of a file, from the root of the crate on.
fn paths(own: &str, text: &str) -> Vec<String> {
    let text: String = text
        .lines()
        .map(|it| it.split("//").next().unwrap_or_default())
        .fold(String::new(), |text, line| text + line + "\n");
    let text = text.split("#[cfg(test)]\nmod tests {").next().unwrap_or_default();
    let room = own.split('/').next().unwrap_or_default();
    let of_module = format!("{room}::");
    let mut found = Vec::new();
    for (start, base) in [("crate::", ""), ("madoguchi::", ""), (of_module.as_str(), room)] {
        for (at, _) in text.match_indices(start).filter(|(at, _)| begins(text, *at)) {
            found.extend(below(base, &text[at + start.len()..]));
        }
    }
    for (at, _) in text.match_indices("super::").filter(|(at, _)| begins(text, *at)) {
        let (mut base, mut rest) = (own, &text[at..]);
        while let Some(after) = rest.strip_prefix("super::") {
            base = base.rsplit_once('/').map_or("", |(above, _)| above);
            rest = after;
        }
        found.extend(below(base, rest));
    }
    found
}

/// Returns whether a path begins here, rather than continues.
fn begins(text: &str, at: usize) -> bool {
    !text[..at].ends_with(|it: char| it.is_alphanumeric() || it == '_' || it == ':')
}

fn below(base: &str, rest: &str) -> Vec<String> {
    let join = |name: String| [base, &name.replace("::", "/")].join("/").trim_start_matches('/').to_owned();
    tree(rest).0.into_iter().map(join).collect()
}

/// Returns the groups of files that use each other, directly or through others.
fn circles(uses: &Uses) -> Vec<String> {
    let reached: BTreeMap<_, _> = uses.keys().map(|it| (it, reached_from(it, uses))).collect();
    let mut groups = BTreeSet::new();
    for (file, all) in reached.iter().filter(|(file, all)| all.contains(**file)) {
        let mutual = |it: &&String| reached.get(*it).is_some_and(|back| back.contains(*file));
        groups.insert(all.iter().filter(mutual).cloned().collect::<Vec<_>>());
    }
    let said = |group: Vec<String>| match group.split_last() {
        Some((last, others)) => format!("{} and {last} use each other", others.join(", ")),
        None => String::new(),
    };
    groups.into_iter().map(said).collect()
}

fn reached_from(file: &str, uses: &Uses) -> BTreeSet<String> {
    let (mut reached, mut open) = (BTreeSet::new(), vec![file]);
    while let Some(next) = open.pop() {
        for used in uses.get(next).into_iter().flatten() {
            if reached.insert(used.clone()) {
                open.push(used);
            }
        }
    }
    reached
}
