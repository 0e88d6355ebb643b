//! Reads sources and pages of this checkout, for the tests that compare them. Plain text and no dependency, so it runs in a second.

use std::fs;
use std::path::{Path, PathBuf};

/// The checkout.
pub fn checkout() -> PathBuf {
    Path::new(env!("CARGO_MANIFEST_DIR")).join("../..")
}

/// A file of the checkout.
///
/// # Panics
/// If it can't be read.
pub fn read(path: &str) -> String {
    fs::read_to_string(checkout().join(path)).unwrap_or_else(|e| panic!("{path}: {e}"))
}

/// Replaces what stands between two marks of a page, or checks that it stands there already. With `PEGGY_BLESS` set, the page is
/// rewritten.
///
/// # Panics
/// If the page lacks the marks, or says something else.
pub fn generated(page: &str, begin: &str, end: &str, wanted: &str) {
    let text = read(page);
    let (before, rest) = text.split_once(begin).unwrap_or_else(|| panic!("{page} has no mark {begin}"));
    let (_, after) = rest.split_once(end).unwrap_or_else(|| panic!("{page} has no mark {end}"));
    let wanted = format!("{before}{begin}\n{wanted}{end}{after}");
    if std::env::var_os("PEGGY_BLESS").is_some() {
        fs::write(checkout().join(page), wanted).unwrap_or_else(|e| panic!("{page}: {e}"));
    } else {
        assert!(text == wanted, "{page} is out of date; run PEGGY_BLESS=1 cargo test -p peggy_docs");
    }
}

/// All string literals in a piece of source, joined where a line ends in a backslash.
pub fn literals(source: &str) -> Vec<String> {
    let mut found = Vec::new();
    let mut chars = source.chars();
    while let Some(c) = chars.next() {
        if c != '"' {
            continue;
        }
        let mut literal = String::new();
        while let Some(c) = chars.next() {
            match c {
                '"' => break,
                '\\' => match chars.next() {
                    Some('\n') => {
                        let rest = chars.as_str().trim_start();
                        chars = rest.chars();
                    }
                    Some(other) => literal.push(other),
                    None => break,
                },
                other => literal.push(other),
            }
        }
        found.push(literal);
    }
    found
}

/// The files with this extension under a folder.
///
/// # Panics
/// If a folder can't be read.
pub fn files(under: &Path, extension: &str) -> Vec<PathBuf> {
    let mut found = Vec::new();
    for entry in fs::read_dir(under).unwrap_or_else(|e| panic!("{}: {e}", under.display())) {
        let path = entry.unwrap_or_else(|e| panic!("{}: {e}", under.display())).path();
        if path.is_dir() {
            found.extend(files(&path, extension));
        } else if path.extension().is_some_and(|e| e == extension) {
            found.push(path);
        }
    }
    found.sort();
    found
}

#[cfg(test)]
mod tests {
    use super::literals;

    #[test]
    fn literals_are_found_and_joined() {
        assert_eq!(literals("a(\"b\", \"c \\\n   d\", \"e\\\"f\")"), ["b", "c d", "e\"f"]);
    }
}
