//! The command line.

use std::error::Error;
use std::num::{IntErrorKind, ParseIntError};
use std::path::PathBuf;
use std::process::ExitCode;
use std::time::Duration;

use clap::{Args, Parser, Subcommand};

use crate::commands as run;
use crate::output::Report;
use crate::rpc::{Client, DEFAULT_URL};
use crate::session::Session;
use crate::{duration, Failure, Kind, Result};

const AFTER_HELP: &str = "\
Amounts are written as '1.5', '1.5 FIL', '100 nFIL' or '5 attoFIL'; shares in the same way, 18 decimals.

Exit codes:
  0  done
  1  the chain refused: a message failed or would fail, or there is too little FIL
  2  the command line, a configuration, a file or a wallet is not as it should be
  3  no node answers, or it does not answer as a Filecoin node
  4  what is on chain is not what it should be
  5  a message was sent but not seen on chain in time, or a deployment stopped half-way

Environment:
  PEGGY_RPC, PEGGY_TOKEN, PEGGY_FROM   as the options of these names
  PEGGY_PASSPHRASE                     the wallet's passphrase, for scripts
  PEGGY_HOME                           where wallets are kept

A first session: 'peggy localnet' in one terminal; 'peggy wallet import', 'peggy deploy CONFIG.toml' and 'peggy deposit 10'
in another.";

/// FIL Peggy: pools FIL behind a Filecoin miner, and shares out what it earns.
#[derive(Debug, Parser)]
#[command(name = "peggy", version, after_long_help = AFTER_HELP, arg_required_else_help = true)]
struct Cli {
    #[command(flatten)]
    options: Options,
    #[command(subcommand)]
    command: Command,
}

/// Options of every command.
#[derive(Clone, Debug, Args)]
#[command(next_help_heading = "Options of every command")]
pub struct Options {
    /// URL of the node's JSON-RPC.
    #[arg(long, global = true, env = "PEGGY_RPC", default_value = DEFAULT_URL, value_name = "URL")]
    rpc: String,
    /// Token that lets the node take messages (most public nodes need one).
    #[arg(long, global = true, env = "PEGGY_TOKEN", hide_env_values = true, value_name = "JWT")]
    token: Option<String>,
    /// Name or address of the wallet that acts; needed if there are several.
    #[arg(long, global = true, env = "PEGGY_FROM", value_name = "WALLET")]
    from: Option<String>,
    /// Answer in JSON: one line on stdout, errors as JSON on stderr. Amounts are attoFIL.
    #[arg(long, global = true)]
    json: bool,
    /// Record of the deployment.
    #[arg(long, global = true, default_value = "deployment.json", value_name = "FILE")]
    deployment: PathBuf,
    /// Seconds to wait until a message is seen on chain.
    #[arg(long, global = true, default_value_t = 900, value_name = "SECONDS")]
    timeout: u64,
}

#[derive(Debug, Subcommand)]
enum Command {
    /// Run a whole Filecoin network in this process, in memory.
    Localnet(run::localnet::Localnet),
    /// Make, list, import and export keys.
    #[command(subcommand)]
    Wallet(run::wallet::Wallet),
    /// Create miners, hand them over, pledge to them, harvest them.
    #[command(subcommand)]
    Miner(run::miner::Miner),
    /// Install, create and wire the five actors; continues where it stopped.
    Deploy(run::deploy::Deploy),
    /// Check that the actors on chain are this bundle's, and who has which rights.
    Verify(run::verify::Verify),
    /// The pool's books, the exit queue, the bond, liquidity and the miners.
    Status,
    /// Turn FIL into shares.
    Deposit(run::deposit::Deposit),
    /// Take the rewards your shares have earned.
    Claim(run::claim::Claim),
    /// Take the fees that are yours.
    ClaimFees,
    /// Turn your rewards into shares.
    Compound,
    /// Turn shares into FIL at once, as far as the pool has it at hand.
    Redeem(run::redeem::Redeem),
    /// Leave by the queue, as FIL comes home from the miners.
    #[command(subcommand)]
    Exit(run::exit::Exit),
    /// The operator's bond, which bears losses first.
    #[command(subcommand)]
    Bond(run::bond::Bond),
    /// Sell shares at once at a discount, or provide the FIL for it.
    #[command(subcommand)]
    Lp(run::lp::Lp),
    /// Shares as tokens that carry their rewards: make, trade, split, claim.
    #[command(subcommand)]
    Nft(run::nft::Nft),
    /// Give shares to somebody else.
    Transfer(run::transfer::Transfer),
    /// FIL, shares, rewards, fees and LP tokens of a wallet.
    Balance(run::balance::Balance),
    /// The terms: fees, bounds and periods.
    Terms,
    /// Decide together: propose, vote, queue, execute.
    #[command(subcommand)]
    Gov(run::gov::Gov),
    /// Send FIL.
    Send(run::send::Send),
    /// Pack the actors' codes into a bundle.
    Bundle(run::bundle::Bundle),
}

/// Reads the command line, does what it says, prints what came out.
pub fn run() -> ExitCode {
    let cli = match Cli::try_parse() {
        Ok(cli) => cli,
        // Scripts get JSON for this as for any other mistake. Help and version are no mistakes.
        Err(error) if error.use_stderr() && std::env::args().any(|argument| argument == "--json") => {
            let text = wrong_line(&error);
            let sentence = text.lines().next().unwrap_or_default().trim_start_matches("error: ");
            return complain(&Failure::usage(sentence).next("see 'peggy --help'"), true);
        }
        Err(error) if is_no_number(&error) => {
            eprint!("{}", wrong_line(&error));
            return ExitCode::from(Kind::Usage.exit_code());
        }
        Err(error) => error.exit(),
    };
    let json = cli.options.json;
    match execute(cli) {
        Ok(report) => {
            report.print(json);
            report.failure.as_ref().map_or(ExitCode::SUCCESS, |failure| complain(failure, json))
        }
        Err(failure) => complain(&failure, json),
    }
}

/// What is wrong with a command line. Of a number that is none the parser only says "invalid digit found in string".
fn wrong_line(error: &clap::Error) -> String {
    let text = error.to_string();
    match error.source().filter(|_| is_no_number(error)) {
        Some(reason) => text.replace(&reason.to_string(), "a whole number is wanted, such as 3"),
        None => text,
    }
}

fn is_no_number(error: &clap::Error) -> bool {
    let number = error.source().and_then(|reason| reason.downcast_ref::<ParseIntError>());
    number.is_some_and(|e| matches!(e.kind(), IntErrorKind::InvalidDigit | IntErrorKind::Empty))
}

fn complain(failure: &Failure, json: bool) -> ExitCode {
    if json {
        eprintln!("{}", failure.to_json());
    } else {
        eprintln!("error: {failure}");
        if let Some(next) = &failure.next {
            eprintln!("  next: {next}");
        }
    }
    ExitCode::from(failure.kind.exit_code())
}

fn execute(cli: Cli) -> Result<Report> {
    let options = cli.options;
    let session = Session {
        client: Client::new(&options.rpc, options.token, Duration::from_secs(options.timeout))?,
        from: options.from,
        deployment_path: options.deployment,
        json: options.json,
    };
    match cli.command {
        Command::Localnet(args) => run::localnet::run(&session, args),
        Command::Wallet(args) => run::wallet::run(&session, args),
        Command::Miner(args) => run::miner::run(&session, args),
        Command::Deploy(args) => run::deploy::run(&session, &args),
        Command::Verify(args) => run::verify::run(&session, &args),
        Command::Status => run::status::run(&session),
        Command::Deposit(args) => run::deposit::run(&session, args),
        Command::Claim(args) => run::claim::run(&session, args),
        Command::ClaimFees => run::claim_fees::run(&session),
        Command::Compound => run::compound::run(&session),
        Command::Redeem(args) => run::redeem::run(&session, args),
        Command::Exit(args) => run::exit::run(&session, args),
        Command::Bond(args) => run::bond::run(&session, args),
        Command::Lp(args) => run::lp::run(&session, args),
        Command::Nft(args) => run::nft::run(&session, args),
        Command::Transfer(args) => run::transfer::run(&session, args),
        Command::Balance(args) => run::balance::run(&session, args),
        Command::Terms => run::terms::run(&session),
        Command::Gov(args) => run::gov::run(&session, args),
        Command::Send(args) => run::send::run(&session, args),
        Command::Bundle(args) => run::bundle::run(&args),
    }
}

/// How long epochs are, for tables.
pub(crate) fn epochs(epochs: i64) -> String {
    duration::text(epochs)
}

#[cfg(test)]
mod tests {
    use super::*;
    use clap::CommandFactory as _;

    #[test]
    fn the_command_line_is_consistent() {
        Cli::command().debug_assert();
    }

    /// clap takes an argument of a command for the global option of the same name, and breaks when the command is run.
    #[test]
    fn no_command_has_an_argument_called_like_a_global_option() {
        fn look(command: &clap::Command, global: &[clap::Id], path: &str) {
            for command in command.get_subcommands() {
                let path = format!("{path} {}", command.get_name());
                for argument in command.get_arguments() {
                    assert!(!global.contains(argument.get_id()), "{path}: {}", argument.get_id());
                }
                look(command, global, &path);
            }
        }
        let command = Cli::command();
        let global: Vec<_> =
            command.get_arguments().filter(|a| a.is_global_set()).map(|a| a.get_id().clone()).collect();
        assert!(global.iter().any(|id| id == "from"), "{global:?}");
        look(&command, &global, "peggy");
    }
}
