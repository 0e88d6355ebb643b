//! The table as people read it.

use comfy_table::presets::UTF8_BORDERS_ONLY;
use comfy_table::{Attribute, Cell, CellAlignment, Color, Table};
use peggy_localnet::GasShare;

use crate::{budget, Measurement, Row};

/// Whether a measurement is within its row's budget; true if there is none.
pub fn within(row: &Row, measured: &Measurement) -> bool {
    budget(row, measured.holders).is_none_or(|budget| measured.gas <= budget)
}

/// Methods as rows, numbers of holders as columns, the budget at the end.
pub fn render(rows: &[&Row], holders: &[usize], measured: &[Measurement]) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY);
    let mut header = vec![Cell::new("actor"), Cell::new("method")];
    header.extend(holders.iter().map(|n| right(&format!("{} holders", grouped(*n as u64)))));
    header.extend([right("budget"), Cell::new("")]);
    table.set_header(header);
    for row in rows {
        let mut cells = vec![Cell::new(row.actor), Cell::new(row.method)];
        let mut verdict = row.budget.map(|_| true);
        for n in holders {
            let found = measured.iter().find(|m| (m.actor, m.method, m.holders) == (row.actor, row.method, *n));
            let Some(m) = found else {
                cells.push(right("-"));
                continue;
            };
            let ok = within(row, m);
            verdict = verdict.map(|so_far| so_far && ok);
            let cell = right(&format!("{} / {}", millions(m.gas), millions(m.median)));
            cells.push(if ok { cell } else { cell.fg(Color::Red).add_attribute(Attribute::Bold) });
        }
        cells.push(right(&row.budget.map_or("-".to_owned(), millions)));
        cells.push(match verdict {
            None => Cell::new(""),
            Some(true) => Cell::new("under").fg(Color::Green),
            Some(false) => Cell::new("OVER").fg(Color::Red).add_attribute(Attribute::Bold),
        });
        table.add_row(cells);
    }
    table.to_string()
}

/// Where the gas of one message goes.
pub fn render_profile(row: &Row, gas: u64, shares: &[GasShare]) -> String {
    let mut table = Table::new();
    table.load_preset(UTF8_BORDERS_ONLY);
    table.set_header(vec![Cell::new("runs in"), Cell::new("charge"), right("times"), right("gas")]);
    for share in shares.iter().filter(|share| share.gas * 200 > gas) {
        table.add_row(vec![
            Cell::new(share.actor.map_or("the message".to_owned(), |id| format!("f0{id}"))),
            Cell::new(&share.charge),
            right(&share.count.to_string()),
            right(&millions(share.gas)),
        ]);
    }
    format!("{} {}: {}\n{table}", row.actor, row.method, millions(gas))
}

fn right(text: &str) -> Cell {
    Cell::new(text).set_alignment(CellAlignment::Right)
}

fn millions(gas: u64) -> String {
    format!("{}.{:02}M", gas / 1_000_000, gas % 1_000_000 / 10_000)
}

fn grouped(n: u64) -> String {
    let digits = n.to_string();
    let mut text = String::new();
    for (i, digit) in digits.chars().enumerate() {
        if i > 0 && (digits.len() - i).is_multiple_of(3) {
            text.push(',');
        }
        text.push(digit);
    }
    text
}
