//! `peggy`: see `peggy --help`.

use std::process::ExitCode;

fn main() -> ExitCode {
    peggy::cli::run()
}
