//! What the pages name exists: tests, files, make targets, commands.

use peggy_docs::{checkout, files, read};

/// The number of failures ANCHORS.md lists.
const FAILURES: usize = 29;

/// `path::name` in backticks.
fn named_tests(text: &str) -> Vec<(String, String)> {
    let quoted = text.split('`').skip(1).step_by(2);
    quoted.filter_map(|q| q.split_once(".rs::")).map(|(path, name)| (format!("{path}.rs"), name.to_owned())).collect()
}

#[test]
fn every_failure_has_a_test_that_exists_or_an_issue() {
    let page = read("docs/failures.md");
    let rows: Vec<_> = page.lines().filter(|line| line.starts_with("| ") && line.contains(" | ")).skip(1).collect();
    for (n, row) in (1..=FAILURES).zip(&rows) {
        assert!(row.starts_with(&format!("| {n} |")), "row {n} is: {row}");
        assert!(!named_tests(row).is_empty() || row.contains("with issue "), "failure {n} has neither test nor issue");
    }
    assert_eq!(rows.len(), FAILURES);
}

#[test]
fn named_tests_exist() {
    for page in pages() {
        for (path, name) in named_tests(&read(&page)) {
            let source = read(&path);
            assert!(source.contains(&format!("fn {name}(")), "{page} names {path}::{name}, which is not there");
        }
    }
}

/// A test that guards a listed failure says so in its name, `failure_NN_...`, and the page names it under that number. With
/// `PEGGY_BLESS` set, what is missing is written there.
#[test]
fn tests_named_after_a_failure_are_listed_under_it() {
    let root = checkout();
    let mut page = read("docs/failures.md");
    for file in ["actors", "shared", "testing/scenarios"].into_iter().flat_map(|folder| files(&root.join(folder), "rs"))
    {
        let path = file.strip_prefix(&root).expect("it is in the checkout").display().to_string();
        let source = std::fs::read_to_string(&file).unwrap();
        for name in source.split("fn failure_").skip(1) {
            let name: String = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let number: usize = name.split('_').next().and_then(|n| n.parse().ok()).expect("a number");
            let test = format!("`{path}::failure_{name}`");
            let row = page.lines().find(|line| line.starts_with(&format!("| {number} |")));
            let row = row.unwrap_or_else(|| panic!("{path}: there is no failure {number}")).to_owned();
            if !row.contains(&test) {
                let blessed = std::env::var_os("PEGGY_BLESS").is_some();
                assert!(
                    blessed,
                    "docs/failures.md, row {number}, lacks {test}; run PEGGY_BLESS=1 cargo test -p peggy_docs"
                );
                let (failure, guards) = row.trim_end_matches(" |").rsplit_once(" | ").expect("a row has three cells");
                page = page.replace(&row, &format!("{failure} | {test}, {guards} |"));
            }
        }
    }
    if page != read("docs/failures.md") {
        std::fs::write(root.join("docs/failures.md"), page).unwrap();
    }
}

#[test]
fn links_lead_somewhere() {
    for page in pages() {
        let text = read(&page);
        let folder = checkout().join(&page).parent().expect("a page is in a folder").to_path_buf();
        for link in text.split("](").skip(1).filter_map(|rest| rest.split(')').next()) {
            if link.starts_with("http") || link.starts_with('#') {
                continue;
            }
            let path = link.split('#').next().unwrap_or(link);
            assert!(folder.join(path).exists(), "{page} links to {path}, which is not there");
        }
    }
}

/// Lines that begin with `peggy`, `make` or `scripts/` in blocks of shell name commands, targets and files there are.
#[test]
fn commands_exist() {
    let cli = read("scripts/peggy/src/cli.rs");
    let makefile = read("Makefile");
    for page in pages() {
        let text = read(&page);
        for block in text.split("```sh").skip(1).filter_map(|rest| rest.split("```").next()) {
            for line in block.lines() {
                let words: Vec<_> = line.split_whitespace().take_while(|w| !w.starts_with('#')).collect();
                let Some(at) =
                    words.iter().position(|w| w.ends_with("peggy") || *w == "make" || w.starts_with("scripts/"))
                else {
                    continue;
                };
                let next = words.get(at + 1).copied().unwrap_or_default();
                match words[at] {
                    "make" => assert!(makefile.contains(&format!("\n{next}:")), "{page}: no target '{next}'"),
                    script if script.starts_with("scripts/") => {
                        assert!(checkout().join(script).exists(), "{page}: no {script}");
                    }
                    _ => {
                        let variant: String = next.split('-').map(capital).collect();
                        let known =
                            cli.contains(&format!("    {variant}(")) || cli.contains(&format!("    {variant},"));
                        assert!(known || next.starts_with('-'), "{page}: no command '{next}' in: {line}");
                    }
                }
            }
        }
    }
}

fn capital(word: &str) -> String {
    let mut chars = word.chars();
    chars.next().map(|c| c.to_ascii_uppercase().to_string() + chars.as_str()).unwrap_or_default()
}

fn pages() -> Vec<String> {
    let root = checkout();
    let mut pages = vec!["README.md".to_owned()];
    for file in files(&root.join("docs"), "md") {
        pages.push(file.strip_prefix(&root).expect("it is in the checkout").display().to_string());
    }
    pages
}
