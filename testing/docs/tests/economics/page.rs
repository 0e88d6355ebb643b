//! Reads docs/economics.md: the examples, their sums, and the numbers in its prose.

use std::cell::RefCell;
use std::collections::BTreeSet;

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_docs::read;
use peggy_math::Bps;

use crate::sums::{evaluate, Fraction};

/// The page.
pub const PAGE: &str = "docs/economics.md";
/// Numbers a sum may have of itself: nothing, halves, percent.
const CONSTANTS: [&str; 3] = ["0", "2", "100"];
const MARK: &str = "<!-- example: ";

/// A line of an example.
#[derive(Debug)]
struct Row {
    what: String,
    /// The sum; empty for what is given.
    sum: String,
    value: Fraction,
}

/// An example: its lines, and which of them were compared with the actors.
#[derive(Debug)]
pub struct Example {
    name: String,
    rows: Vec<Row>,
    used: RefCell<BTreeSet<String>>,
}

/// The number in a cell, whatever unit follows.
fn value(cell: &str) -> Fraction {
    let number = cell.split(' ').next().unwrap_or_default().trim_end_matches('%');
    Fraction::parse(number).unwrap_or_else(|| panic!("'{cell}' is no number"))
}

impl Example {
    /// Finds an example by its name.
    pub fn read(name: &str) -> Self {
        let text = read(PAGE);
        let (_, rest) = text.split_once(&format!("{MARK}{name} -->")).unwrap_or_else(|| panic!("no example '{name}'"));
        let table = rest.trim_start().split("\n\n").next().unwrap_or_default();
        let rows = table.lines().skip(2).map(|line| {
            let cells: Vec<_> = line.trim_matches('|').split('|').map(str::trim).collect();
            let [what, sum, gives] = cells[..] else { panic!("{name}: three cells are wanted in {line}") };
            Row { what: what.to_owned(), sum: sum.to_owned(), value: value(gives) }
        });
        let example = Self { name: name.to_owned(), rows: rows.collect(), used: RefCell::default() };
        for row in &example.rows {
            let same = example.rows.iter().filter(|other| other.what == row.what).count();
            assert_eq!(same, 1, "{name}: '{}' stands there {same} times", row.what);
        }
        example
    }

    fn row(&self, what: &str) -> &Row {
        self.used.borrow_mut().insert(what.to_owned());
        let row = self.rows.iter().find(|row| row.what == what);
        row.unwrap_or_else(|| panic!("{} has no line '{what}'", self.name))
    }

    /// FIL, shares or LP tokens of a line.
    pub fn amount(&self, what: &str) -> TokenAmount {
        let atto = self.row(what).value.times_power_of_ten(18);
        TokenAmount::from_atto(atto.whole().unwrap_or_else(|| panic!("'{what}' has more than 18 decimals")))
    }

    /// A percentage of a line.
    pub fn bps(&self, what: &str) -> Bps {
        let bps = self.row(what).value.times_power_of_ten(2).whole().and_then(|bps| u32::try_from(bps).ok());
        Bps(bps.unwrap_or_else(|| panic!("'{what}' is no number of basis points")))
    }

    /// Epochs of a line.
    pub fn epochs(&self, what: &str) -> ChainEpoch {
        let epochs = self.row(what).value.whole().and_then(|epochs| i64::try_from(epochs).ok());
        epochs.unwrap_or_else(|| panic!("'{what}' is no number of epochs"))
    }

    /// The line must say what the actors give.
    pub fn gives(&self, what: &str, actors: &TokenAmount) {
        assert_eq!(self.amount(what), *actors, "{}: '{what}' (left: the page, right: the actors)", self.name);
    }

    /// As [`Self::gives`], for percentages: a ratio of two amounts.
    pub fn gives_ratio(&self, what: &str, part: &TokenAmount, whole: &TokenAmount) {
        let percent = Fraction::of(part.atto() * 100, whole.atto().clone());
        assert_eq!(self.row(what).value, percent, "{}: '{what}' (left: the page, right: the actors)", self.name);
    }

    /// Every sum gives what stands beside it, rounded down to whole attoFIL (epochs: to whole ones), and is made of numbers that other
    /// lines give: else one that happens not to matter could be wrong.
    fn check_sums(&self) {
        let known: Vec<_> = self.rows.iter().map(|row| &row.value).collect();
        for Row { what, sum, value } in self.rows.iter().filter(|row| !row.sum.is_empty()) {
            let Self { name, .. } = self;
            let exact = evaluate(sum).unwrap_or_else(|e| panic!("{name}: '{sum}': {e}"));
            let decimals = if what.contains("ends in") || what.contains("ended in") { 0 } else { 18 };
            let cut = exact.rounded_down(decimals);
            assert_eq!(cut, *value, "{name}: '{what}' = {sum} (left: worked out, right: the page)");
            for number in numbers(sum).iter().filter(|number| !CONSTANTS.contains(&number.as_str())) {
                let fraction = Fraction::parse(number);
                assert!(
                    known.iter().any(|k| Some(*k) == fraction.as_ref()),
                    "{name}: no line gives the {number} of {sum}"
                );
            }
        }
    }
}

impl Drop for Example {
    fn drop(&mut self) {
        if std::thread::panicking() {
            return;
        }
        self.check_sums();
        let used = self.used.borrow();
        let unused: Vec<_> = self.rows.iter().map(|row| &row.what).filter(|what| !used.contains(*what)).collect();
        assert!(unused.is_empty(), "{}: nobody compared {unused:?} with the actors", self.name);
    }
}

/// The names of all examples.
pub fn names() -> Vec<String> {
    let text = read(PAGE);
    text.split(MARK).skip(1).filter_map(|rest| rest.split(" -->").next()).map(ToOwned::to_owned).collect()
}

/// Numbers in a text, but for those in code, links and comments.
fn numbers(text: &str) -> Vec<String> {
    let mut plain = String::new();
    let mut skip_to = None;
    for c in text.chars() {
        match (skip_to, c) {
            (Some(end), c) if c == end => skip_to = None,
            (Some(_), _) => {}
            (None, '`') => skip_to = Some('`'),
            (None, '<') => skip_to = Some('>'),
            // Of links only the target is no prose, and the texts of this page's links are paths.
            (None, '[') => skip_to = Some(']'),
            (None, c) => plain.push(c),
        }
    }
    let is_part = |c: char| c.is_ascii_digit() || c == ',' || c == '.';
    let words = plain.split(|c: char| !is_part(c)).map(|word| word.trim_matches(|c| c == ',' || c == '.'));
    words.filter(|word| !word.is_empty()).map(ToOwned::to_owned).collect()
}

/// Numbers in the prose of each section that its examples do not have: nothing would notice if they were wrong.
pub fn loose_numbers() -> Vec<String> {
    let text = read(PAGE);
    let mut loose = Vec::new();
    for section in text.split("\n## ") {
        let (tables, prose): (Vec<_>, Vec<_>) = section.lines().partition(|line| line.starts_with('|'));
        let cells = |at: &[usize]| {
            let cell = |line: &&str| at.iter().filter_map(|n| line.split('|').nth(*n)).collect::<Vec<_>>().join(" ");
            numbers(&tables.iter().map(cell).collect::<Vec<_>>().join(" "))
        };
        let known: BTreeSet<_> = cells(&[2, 3]).into_iter().collect();
        let said = numbers(&prose.join(" ")).into_iter().chain(cells(&[1]));
        loose.extend(said.filter(|number| !known.contains(number)));
    }
    loose
}
