//! The tables of exit codes and events in docs/actors are generated from the actors' sources.
//! `PEGGY_BLESS=1 cargo test -p peggy_docs` rewrites them.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use peggy_docs::{generated, literals, read};

/// Exit codes all actors share, by the name the sources use.
const SHARED: [(&str, u32); 5] = [
    ("PAUSED", 35),
    ("USR_ILLEGAL_ARGUMENT", 16),
    ("USR_NOT_FOUND", 17),
    ("USR_FORBIDDEN", 18),
    ("USR_INSUFFICIENT_FUNDS", 19),
];

/// Variant -> the sentence in its `#[error(...)]`.
fn sentences(source: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for attribute in source.split("#[error(").skip(1) {
        let (text, rest) = attribute.split_once(")]").expect("an attribute ends");
        let sentence = literals(text).into_iter().next().expect("an error has a sentence");
        let name: String = rest.trim_start().chars().take_while(char::is_ascii_alphanumeric).collect();
        found.insert(name, sentence);
    }
    found
}

/// (code, variant), from the match that gives each variant its exit code.
fn codes(source: &str) -> Vec<(u32, String)> {
    let mut found = Vec::new();
    let joined = joined_arms(source);
    for line in joined.lines().filter(|line| line.trim_start().starts_with("Self::") && line.contains("=>")) {
        let (variants, code) = line.split_once("=>").expect("an arm has an arrow");
        let code = code_of(code, source);
        for variant in variants.split('|') {
            let name = variant.trim().trim_start_matches("Self::");
            found.push((code, name.chars().take_while(char::is_ascii_alphanumeric).collect()));
        }
    }
    found.sort();
    found
}

/// Arms that were broken into several lines for their length, in one line each.
fn joined_arms(source: &str) -> String {
    let mut joined = String::new();
    for line in source.lines() {
        let ends_open = joined.ends_with("=> {");
        if ends_open {
            joined.truncate(joined.len() - 1);
        }
        if ends_open || line.trim_start().starts_with("| Self::") {
            joined += line.trim_start();
        } else {
            joined.push('\n');
            joined += line;
        }
    }
    joined
}

fn code_of(text: &str, source: &str) -> u32 {
    let number = |text: &str| text.chars().filter(char::is_ascii_digit).collect::<String>().parse::<u32>().ok();
    let name = text.trim().trim_end_matches(',').rsplit("::").next().unwrap_or_default().to_owned();
    if let Some((_, code)) = SHARED.iter().find(|(shared, _)| *shared == name) {
        return *code;
    }
    if let Some(code) = number(text) {
        return code;
    }
    let constant = source.lines().find(|line| line.contains(&format!("const {name}: ExitCode")));
    constant.and_then(number).unwrap_or_else(|| panic!("no exit code for {text}"))
}

/// One test, because both tables stand in the same file.
#[test]
fn tables_are_current() {
    exit_codes();
    events();
}

fn exit_codes() {
    for actor in ["owner-proxy", "pool", "nft-share", "liquidity", "governance"] {
        let source = read(&format!("actors/{actor}/src/error.rs"));
        let sentences = sentences(&source);
        let codes = codes(&source);
        assert_eq!(codes.len(), sentences.len(), "{actor}: every variant has a code and a sentence");
        let mut table = String::from("| exit code | error | what the sentence says |\n|---|---|---|\n");
        for (code, name) in codes {
            let sentence = sentences.get(&name).unwrap_or_else(|| panic!("{actor}: {name} has no sentence"));
            let sentence = if sentence == "{0}" { "what exactly is wrong" } else { sentence };
            writeln!(table, "| {code} | {name} | {} |", sentence.replace('|', "\\|")).unwrap();
        }
        let begin = "<!-- errors: generated from src/error.rs -->";
        generated(&format!("docs/actors/{actor}.md"), begin, "<!-- end of errors -->", &table);
    }
}

/// A function of `emit.rs`: its doc, its name, its body.
fn functions(source: &str) -> Vec<(String, String, String)> {
    let mut found = Vec::new();
    let mut doc = String::new();
    let mut rest = source;
    while let Some(line_end) = rest.find('\n') {
        let line = &rest[..line_end];
        if let Some(text) = line.strip_prefix("/// ") {
            doc = if doc.is_empty() { text.to_owned() } else { format!("{doc} {text}") };
        } else if line.starts_with("pub fn ") || line.starts_with("fn ") {
            let name = line.trim_start_matches("pub ").trim_start_matches("fn ");
            let name = name.chars().take_while(|c| c.is_ascii_alphanumeric() || *c == '_').collect();
            let body = rest.split("\n}\n").next().unwrap_or(rest).to_owned();
            found.push((std::mem::take(&mut doc), name, body));
        } else if line.is_empty() {
            doc.clear();
        }
        rest = &rest[line_end + 1..];
    }
    found
}

/// The literals given to `.party(...)` and so on.
fn given(body: &str, to: &str) -> Vec<String> {
    body.split(to).skip(1).filter_map(|call| literals(call).into_iter().next()).collect()
}

fn events() {
    for actor in ["owner-proxy", "pool", "nft-share", "liquidity", "governance"] {
        let functions = functions(&read(&format!("actors/{actor}/src/emit.rs")));
        let books = functions.iter().find(|(_, name, _)| name == "books").map(|(_, _, body)| given(body, ".amount("));
        let mut table = String::from("| `$type` | parties (indexed) | other fields | meaning |\n|---|---|---|---|\n");
        for (doc, name, body) in functions.iter().filter(|(_, name, _)| name != "books") {
            let named: Vec<String> =
                body.split("Event::new(\"").skip(1).filter_map(|k| k.split('"').next()).map(str::to_owned).collect();
            let kinds = if named.is_empty() { passed_kinds(actor, name) } else { named };
            let mut fields = given(body, ".amount(");
            fields.extend(given(body, ".with("));
            if body.contains("books(") {
                fields.extend(books.clone().unwrap_or_default());
            }
            let code = |names: &[String]| names.iter().map(|n| format!("`{n}`")).collect::<Vec<_>>().join(", ");
            assert!(!kinds.is_empty(), "{actor}: {name} emits nothing");
            writeln!(table, "| {} | {} | {} | {doc} |", code(&kinds), code(&given(body, ".party(")), code(&fields))
                .unwrap();
        }
        let begin = "<!-- events: generated from src/emit.rs -->";
        generated(&format!("docs/actors/{actor}.md"), begin, "<!-- end of events -->", &table);
    }
}

/// Kinds of an event that are given by the caller: the first literal of each call of `book(...)`.
fn passed_kinds(actor: &str, function: &str) -> Vec<String> {
    let source = read(&format!("actors/{actor}/src/actor/custody.rs"));
    assert!(source.contains(&format!("emit::{function}(")), "{function} is called in custody.rs");
    source.split("book(rt, &wiring, ").skip(1).filter_map(|call| literals(call).into_iter().next()).collect()
}
