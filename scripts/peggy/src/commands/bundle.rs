//! `peggy bundle`.

use std::path::PathBuf;

use clap::Args;
use serde_json::Value;

use crate::deploy::codes::pack;
use crate::output::{grid, Report};
use crate::Result;

/// Pack the five actors' codes into OUT/peggy.car and list them in OUT/manifest.json ('make bundle' builds them first). The same
/// codes give the same bytes.
#[derive(Debug, Args)]
pub struct Bundle {
    /// Folder of the built codes.
    #[arg(long, default_value = "out/wasm", value_name = "FOLDER")]
    wasm: PathBuf,
    /// Where the bundle goes.
    #[arg(long, default_value = "out/bundle", value_name = "FOLDER")]
    out: PathBuf,
}

/// Does it.
pub fn run(args: &Bundle) -> Result<Report> {
    let list = pack(&args.wasm, &args.out)?;
    let text = |value: &Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
    let rows: Vec<_> = list
        .as_array()
        .into_iter()
        .flatten()
        .map(|actor| vec![text(&actor["name"]), text(&actor["bytes"]), text(&actor["code"])])
        .collect();
    let table = grid(&["actor", "bytes", "code"], &[1], rows);
    Ok(Report::new(list, table))
}
