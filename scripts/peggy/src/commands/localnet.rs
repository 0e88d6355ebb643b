//! `peggy localnet`.

use std::io::Write as _;
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

use clap::Args;
use fvm_shared::econ::TokenAmount;
use peggy_localnet::bundle::Official;
use peggy_localnet::network::Config;
use peggy_localnet::rpc::{serve, BlockTime, Options};
use peggy_localnet::{Bundle, Key, Network};
use serde_json::{json, Value};

use crate::failure::OrFail;
use crate::output::{facts, Report};
use crate::session::Session;
use crate::{Failure, Result};

/// What the exported account starts with.
const FUNDS_FIL: i64 = 1_000_000;

/// Run a whole Filecoin network in this process: the real VM, real blocks, Lotus' JSON-RPC. It is gone when the process ends.
#[derive(Debug, Args)]
pub struct Localnet {
    /// Where to listen; port 0 takes any free one.
    #[arg(long, default_value = "127.0.0.1:1234", value_name = "ADDRESS")]
    listen: SocketAddr,
    /// 'instant' makes a block when a message arrives and lets time stand still otherwise; or seconds, as '30s'.
    #[arg(long, default_value = "30s", value_name = "TIME")]
    block_time: BlockTime,
    /// Serve the levers (Peggy.*: skip epochs, pledge sectors, fine miners ...) as well. On loopback only.
    #[arg(long)]
    control: bool,
    /// End as soon as stdin is closed, so that the network never outlives the script or test that started it.
    #[arg(long)]
    until_eof: bool,
    /// An official bundle of builtin-actors v18 for the network's own actors, in place of the stand-ins built in this checkout. Only
    /// its init gives way to ours. Compiling it takes about half a minute; of --control's levers it only knows those that move time,
    /// FIL from the faucet and block production.
    #[arg(long, value_name = "FILE.car")]
    builtin_actors: Option<PathBuf>,
}

/// Runs until it is interrupted.
pub fn run(session: &Session, args: Localnet) -> Result<Report> {
    if args.control && !args.listen.ip().is_loopback() {
        return Err(Failure::usage(format!("--control on {} would let anybody pull the levers", args.listen))
            .next("listen on 127.0.0.1, or leave --control out"));
    }
    let bundle = match &args.builtin_actors {
        Some(path) => Some(official(session, path)?),
        None => None,
    };
    let (network, funded) = {
        let _progress = session.progress("compiling the actors");
        start(bundle).or_usage("the network does not start")?
    };
    let about = describe(&network, &funded, args.control);
    let runtime = tokio::runtime::Runtime::new().or_usage("no threads for the server")?;
    runtime.block_on(async {
        let options = Options { listen: args.listen, block_time: args.block_time, control: args.control };
        let running = serve(network, options).await.or_usage("the network does not start");
        let running = running.map_err(|f| f.next("another program may use this port: choose one with --listen"))?;
        announce(session, &about, &format!("http://{}/rpc/v1", running.address));
        tokio::select! {
            signal = tokio::signal::ctrl_c() => signal.or_usage("signals can't be received")?,
            () = end_of_stdin(), if args.until_eof => {}
        }
        // Stopping twice is no error worth telling.
        let _ = running.handle.stop();
        Ok(Report::new(Value::Null, ""))
    })
}

/// Reads an official bundle and says what will take so long.
fn official(session: &Session, path: &Path) -> Result<Bundle> {
    let bundle = Bundle::official(path).or_usage("--builtin-actors").map_err(|f| {
        f.next("take a bundle of builtin-actors v18, for instance builtin-actors-mainnet.car of its release v18.0.0")
    })?;
    if !session.json {
        eprintln!("Compiling {} and making the genesis; this takes about half a minute.", about_bundle(&bundle));
    }
    Ok(bundle)
}

/// The network's own actors, for people.
fn about_bundle(bundle: &Bundle) -> String {
    match bundle.as_official() {
        Some(Official { release: Some(network), .. }) => format!("builtin-actors v18.0.0 ({network})"),
        Some(Official { manifest, .. }) => format!("builtin-actors of no known release (manifest {manifest})"),
        None => "this checkout's stand-ins".to_owned(),
    }
}

/// A thread of its own waits, for reading stdin can't be given up half-way.
async fn end_of_stdin() {
    let (closed, wait) = tokio::sync::oneshot::channel();
    std::thread::spawn(move || {
        // An error means as much as the end.
        let _ = std::io::copy(&mut std::io::stdin(), &mut std::io::sink());
        let _ = closed.send(());
    });
    let _ = wait.await;
}

fn start(bundle: Option<Bundle>) -> anyhow::Result<(Network, Key)> {
    let mut network = Network::new(Config { bundle, ..Config::default() })?;
    let funded = network.faucet_account(TokenAmount::from_whole(FUNDS_FIL))?;
    Ok((network, funded))
}

fn describe(network: &Network, funded: &Key, control: bool) -> Value {
    let genesis = network.genesis();
    json!({
        "network": network.config().network_name,
        "address": funded.address().to_string(),
        "key": funded.export(),
        "control": control,
        "builtin_actors": network.official().map(|official| {
            json!({ "manifest": official.manifest.to_string(), "release": official.release })
        }),
        "miner": {
            "id": format!("f0{}", genesis.miner),
            "owner": genesis.owner.address().to_string(),
            "owner_key": genesis.owner.export(),
            "worker": genesis.worker.address().to_string(),
            "worker_key": genesis.worker.export(),
        },
    })
}

/// Flushed at once: whoever started this waits for it.
fn announce(session: &Session, about: &Value, url: &str) {
    if session.json {
        let mut about = about.clone();
        about["rpc"] = json!(url);
        println!("{about}");
    } else {
        let of = |name: &str| about[name].as_str().unwrap_or_default().to_owned();
        println!("The local network '{}' is running; Ctrl-C ends it.\n", of("network"));
        let mut lines = vec![("JSON-RPC", url.to_owned()), ("funded account", of("address")), ("its key", of("key"))];
        if let Some(manifest) = about["builtin_actors"]["manifest"].as_str() {
            lines.push(("official actors", manifest.to_owned()));
        }
        println!("{}", facts(lines));
        println!(
            "\nBring the key into your wallet with\n\n    echo KEY | peggy wallet import --no-passphrase --name main"
        );
    }
    let _ = std::io::stdout().flush();
}
