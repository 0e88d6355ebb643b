//! The network, the program, the people, and the books kept beside them. What people do is in the files beside this one.

mod exits;
mod liquidity;
mod pool;
mod positions;

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, Context as _, Result};
use num_traits::Zero;
use serde_json::{json, Value};

use crate::checks::Checks;
use crate::expect::Expected;
use crate::money::{fil, Atto};
use crate::node::{Node, BURNT, REWARD};
use crate::program::{text, Localnet, Program};

/// Runs the machines, deploys, puts up the bond.
pub const OPERATOR: &str = "operator";
/// The account everybody else gets their first FIL from.
pub const BANK: &str = "bank";
/// Deposit.
pub const HOLDERS: [&str; 3] = ["alice", "bob", "carol"];
/// Gets shares from bob.
pub const DAVE: &str = "dave";
/// Harvest.
pub const KEEPERS: [&str; 2] = ["kim", "ken"];
/// Gets a fee for the data that is stored.
pub const DATASET: &str = "dataset";
/// Gets a fee for the hardware.
pub const DEVICE: &str = "device";
/// Provides the FIL others leave with at once.
pub const LENA: &str = "lena";
/// Signs the miner's proofs.
pub const WORKER: &str = "worker";

/// What one wallet was given and paid, apart from gas.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// First FIL, from the bank.
    pub funded: Atto,
    /// Put into the pool, the miner or liquidity; the bank's gifts.
    pub sent: Atto,
    /// Rewards, fees, cuts, redemptions, exits, sales.
    pub paid: Atto,
}

/// Everything the acts work with.
#[derive(Debug)]
pub struct Stage {
    /// The node, without the program.
    pub node: Node,
    /// The program.
    pub peggy: Program,
    /// Addresses by name: wallets, then `miner`, `pool` and the other actors.
    pub addresses: BTreeMap<&'static str, String>,
    /// Money of each wallet.
    pub flows: BTreeMap<&'static str, Flow>,
    /// What must be, from custody on.
    expected: Option<Expected>,
    /// What was compared.
    pub checks: Checks,
    /// All block rewards.
    pub awarded: Atto,
    /// All fines, which are burnt.
    pub fined: Atto,
    /// What came in, line by line, but for block rewards.
    pub came_in: Vec<(String, Atto)>,
    /// What was paid, line by line, but for rewards, fees and cuts.
    pub paid_out: Vec<(String, Atto)>,
    /// What burnt funds, the reward actor and the network's first miner held in the beginning.
    pub before: BTreeMap<String, Atto>,
    /// Where wallets and the deployment are kept.
    pub home: PathBuf,
    /// Where the actors' code was built.
    pub checkout: PathBuf,
    /// Declared last: the network outlives those who talk to it.
    network: Localnet,
}

impl Stage {
    /// Starts a network and opens an empty wallet.
    pub fn set(program: &Path, checkout: &Path, home: &Path) -> Result<Self> {
        let network = Localnet::start(program, checkout)?;
        let node = Node::new(&network.url);
        let mut stage = Self {
            peggy: Program::new(program, checkout, home, &network.url),
            node,
            addresses: BTreeMap::new(),
            flows: BTreeMap::new(),
            expected: None,
            checks: Checks::default(),
            awarded: Atto::zero(),
            fined: Atto::zero(),
            came_in: Vec::new(),
            paid_out: Vec::new(),
            before: BTreeMap::new(),
            home: home.to_path_buf(),
            checkout: checkout.to_path_buf(),
            network,
        };
        // The miner of genesis makes the blocks, and gets the tips.
        for id in [BURNT, REWARD, "f01000", "f01001", "f01002", "f01003"] {
            stage.before.insert(id.to_owned(), stage.node.balance(id)?);
        }
        let key = stage.network.key.clone();
        let bank = stage.peggy.run_with(&key, &["wallet", "import", "--no-passphrase", "--name", BANK])?;
        let address = text(&bank, "/address")?;
        stage.flow(BANK).funded = stage.node.balance(&address)?;
        stage.addresses.insert(BANK, address);
        Ok(stage)
    }

    /// A new wallet with some FIL.
    pub fn enter(&mut self, name: &'static str, kind: &str, amount: &str) -> Result<()> {
        let wallet = self.peggy.run(&["wallet", "new", "--no-passphrase", "--name", name, "--type", kind])?;
        let address = text(&wallet, "/address")?;
        self.peggy.run_as(BANK, &["send", &address, amount])?;
        self.flow(BANK).sent += fil(amount);
        self.flow(name).funded = fil(amount);
        self.addresses.insert(name, address);
        Ok(())
    }

    /// An address by name.
    pub fn address(&self, name: &str) -> Result<String> {
        self.addresses.get(name).cloned().ok_or_else(|| anyhow!("nobody is called '{name}'"))
    }

    /// The money of a wallet.
    pub fn flow(&mut self, name: &'static str) -> &mut Flow {
        self.flows.entry(name).or_default()
    }

    /// The expected books.
    pub fn expected(&mut self) -> Result<&mut Expected> {
        self.expected.as_mut().context("the miner was not handed over yet")
    }

    /// The epoch in which the message of an answer was executed. The program reports the height of its receipt, which is in the
    /// next tipset.
    pub fn executed(&self, answer: &Value) -> Result<i64> {
        let height = answer["height"].as_i64().ok_or_else(|| anyhow!("there is no height in {answer}"))?;
        let tipset = self.node.call("Filecoin.ChainGetTipSetByHeight", &json!([height, null]))?;
        let parent = self.node.call("Filecoin.ChainGetBlock", &json!([tipset["Blocks"][0]["Parents"][0]]))?;
        parent["Height"].as_i64().ok_or_else(|| anyhow!("the block before {height} has no height"))
    }

    /// Begins to expect.
    pub fn expect(&mut self, books: Expected) {
        self.expected = Some(books);
    }

    /// FIL that came from outside into the books: a line of the account.
    pub fn book_in(&mut self, who: &'static str, what: impl Into<String>, amount: &Atto) {
        self.flow(who).sent += amount;
        self.came_in.push((what.into(), amount.clone()));
    }

    /// FIL that left the books for good, other than rewards, fees and cuts: a line of the account.
    pub fn book_out(&mut self, who: &'static str, what: impl Into<String>, amount: &Atto) {
        self.flow(who).paid += amount;
        self.paid_out.push((what.into(), amount.clone()));
    }
}
