//! What people and scripts see: tables or JSON on stdout, progress on stderr.

use std::io::IsTerminal;
use std::time::Duration;

use comfy_table::{presets, Cell, CellAlignment, Table, TableComponent};
use indicatif::{ProgressBar, ProgressStyle};
use serde_json::Value;

/// What a command answers: the same facts for scripts and for people.
#[derive(Clone, Debug)]
pub struct Report {
    /// For `--json`.
    pub json: Value,
    /// For people.
    pub text: String,
    /// Printed after it, and decides the exit code: the answer may be that something is wrong.
    pub failure: Option<crate::Failure>,
}

impl Report {
    /// A report.
    pub fn new(json: Value, text: impl Into<String>) -> Self {
        Self { json, text: text.into(), failure: None }
    }

    /// Prints it.
    pub fn print(&self, as_json: bool) {
        if self.json.is_null() {
            // The command printed its answer itself.
        } else if as_json {
            println!("{}", self.json);
        } else {
            println!("{}", self.text.trim_end());
        }
    }
}

/// A table of names and values.
pub fn facts<N: Into<String>, V: Into<String>>(rows: impl IntoIterator<Item = (N, V)>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    for (name, value) in rows {
        table.add_row([name.into(), value.into()]);
    }
    table.to_string()
}

/// A table with a heading; `right` names the columns that hold numbers.
pub fn grid(heading: &[&str], right: &[usize], rows: impl IntoIterator<Item = Vec<String>>) -> String {
    let mut table = Table::new();
    table.load_preset(presets::NOTHING);
    table.set_style(TableComponent::HeaderLines, '─');
    table.set_style(TableComponent::MiddleHeaderIntersections, '─');
    table.set_header(heading.iter().map(Cell::new));
    for row in rows {
        table.add_row(row);
    }
    for column in right {
        if let Some(column) = table.column_mut(*column) {
            column.set_cell_alignment(CellAlignment::Right);
        }
    }
    table.to_string()
}

/// A spinner while something takes its time. On a terminal only, and gone when dropped.
#[derive(Debug)]
pub struct Progress(Option<ProgressBar>);

impl Progress {
    /// Starts spinning.
    pub fn start(what: impl Into<String>, quiet: bool) -> Self {
        if quiet || !std::io::stderr().is_terminal() {
            return Self(None);
        }
        let bar = ProgressBar::new_spinner();
        if let Ok(style) = ProgressStyle::with_template("{spinner} {msg} ({elapsed})") {
            bar.set_style(style);
        }
        bar.set_message(what.into());
        bar.enable_steady_tick(Duration::from_millis(100));
        Self(Some(bar))
    }

    /// Says what is going on now.
    pub fn say(&self, what: impl Into<String>) {
        if let Some(bar) = &self.0 {
            bar.set_message(what.into());
        }
    }
}

impl Drop for Progress {
    fn drop(&mut self) {
        if let Some(bar) = &self.0 {
            bar.finish_and_clear();
        }
    }
}
