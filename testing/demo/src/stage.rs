//! The network, the program, the people, and the books kept beside them.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use anyhow::{anyhow, Context as _, Result};
use num_traits::Zero;
use serde_json::{json, Value};

use crate::checks::Checks;
use crate::expect::{Expected, Shared, Terms};
use crate::miner::{Miner, DAY};
use crate::money::{atto_in, fil, Atto};
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
/// Signs the miner's proofs.
pub const WORKER: &str = "worker";

/// What one wallet was given and paid, apart from gas.
#[derive(Clone, Debug, Default)]
pub struct Flow {
    /// First FIL, from the bank.
    pub funded: Atto,
    /// Put into the pool or the miner; the bank's gifts.
    pub sent: Atto,
    /// Rewards, fees, cuts, redemptions.
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
    /// What burnt funds, the reward actor and the network's first miner held in the beginning.
    pub before: BTreeMap<String, Atto>,
    /// Where wallets and the deployment are kept.
    pub home: PathBuf,
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
            before: BTreeMap::new(),
            home: home.to_path_buf(),
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

    /// Custody: from here on everything is expected before it is looked at.
    pub fn take_custody(&mut self, terms: Terms, put_in: &Atto) -> Result<()> {
        let miner = self.address("miner")?;
        let vesting = self.node.vesting(&miner)?;
        let answer = self.peggy.run_as(OPERATOR, &["miner", "take", &miner])?;
        let epoch = self.executed(&answer)?;
        let expected = Expected::at_custody(terms, Miner::handed_over(put_in, vesting, epoch), OPERATOR, epoch);
        self.checks.same("backing credited to the bond", &expected.miner.principal, &atto_in(&answer, "/backing")?);
        self.expected = Some(expected);
        Ok(())
    }

    /// A deposit.
    pub fn deposit(&mut self, holder: &'static str, amount: &str) -> Result<()> {
        let answer = self.peggy.run_as(holder, &["deposit", amount])?;
        let epoch = self.executed(&answer)?;
        let value = fil(amount);
        self.flow(holder).sent += &value;
        self.expected()?.deposit(holder, &value, epoch);
        self.checks.same(format!("shares of {holder}'s deposit"), &value, &atto_in(&answer, "/shares")?);
        Ok(())
    }

    /// The operator pledges; the miner is measured, and harvested, on the way.
    pub fn pledge(&mut self, amount: &str) -> Result<()> {
        let miner = self.address("miner")?;
        let answer = self.peggy.run_as(OPERATOR, &["miner", "pledge", &miner, amount])?;
        let epoch = self.executed(&answer)?;
        let expected = self.expected()?;
        expected.harvest(OPERATOR, None, epoch);
        expected.pledge(&fil(amount));
        self.check_miner("after the pledge")
    }

    /// A day passes, and ends with a block reward.
    pub fn day(&mut self, reward: &Atto) -> Result<()> {
        self.node.advance(DAY)?;
        let miner = self.address("miner")?;
        let epoch = self.node.award(&miner, reward)?;
        self.awarded += reward;
        self.expected()?.miner.award(reward, epoch);
        Ok(())
    }

    /// A keeper harvests.
    pub fn harvest(&mut self, keeper: &'static str) -> Result<Shared> {
        let miner = self.address("miner")?;
        let answer = self.peggy.run_as(keeper, &["miner", "harvest", &miner])?;
        let epoch = self.executed(&answer)?;
        let shared = self.expected()?.harvest(OPERATOR, Some(keeper), epoch);
        self.flow(keeper).paid += &shared.cut;
        self.checks.same(
            format!("harvest of {keeper} at epoch {epoch}"),
            &shared.reward,
            &atto_in(&answer, "/reward")?,
        );
        self.check_miner(&format!("after the harvest at epoch {epoch}"))?;
        Ok(shared)
    }

    /// Shares change hands.
    pub fn transfer(&mut self, from: &'static str, to: &'static str, shares: &str) -> Result<()> {
        let address = self.address(to)?;
        let answer = self.peggy.run_as(from, &["transfer", &address, shares])?;
        let epoch = self.executed(&answer)?;
        self.expected()?.transfer(from, to, &fil(shares), epoch);
        Ok(())
    }

    /// Somebody claims rewards.
    pub fn claim(&mut self, holder: &'static str) -> Result<Atto> {
        let answer = self.peggy.run_as(holder, &["claim"])?;
        let epoch = self.executed(&answer)?;
        let paid = atto_in(&answer, "/paid")?;
        let expected = self.expected()?;
        expected.release(epoch);
        let (due, off) = (expected.claimable(holder), expected.tolerance(holder));
        *expected.claimed.entry(holder).or_default() += &paid;
        self.flow(holder).paid += &paid;
        self.checks.within(format!("rewards paid to {holder} at epoch {epoch}"), &due, &paid, off.clone(), off);
        Ok(paid)
    }

    /// Somebody redeems. The pool has the miner measured first, and harvested, for nobody's cut.
    pub fn redeem(&mut self, holder: &'static str, shares: &str) -> Result<()> {
        let answer = self.peggy.run_as(holder, &["redeem", shares])?;
        let epoch = self.executed(&answer)?;
        let paid = atto_in(&answer, "/paid")?;
        let expected = self.expected()?;
        expected.harvest(OPERATOR, None, epoch);
        expected.redeem(holder, &fil(shares), epoch);
        self.flow(holder).paid += &paid;
        self.checks.same(format!("redemption of {holder}"), &fil(shares), &paid);
        self.check_miner("after the redemption")
    }

    /// Somebody claims fees.
    pub fn claim_fees(&mut self, recipient: &'static str) -> Result<Atto> {
        let answer = self.peggy.run_as(recipient, &["claim-fees"])?;
        let epoch = self.executed(&answer)?;
        let paid = atto_in(&answer, "/paid")?;
        let expected = self.expected()?;
        expected.release(epoch);
        let due = expected.fees_owed(recipient);
        *expected.fees_paid.entry(recipient).or_default() += &paid;
        self.flow(recipient).paid += &paid;
        self.checks.same(format!("fees paid to {recipient}"), &due, &paid);
        Ok(paid)
    }

    /// The miner's balance is what the network's rules say.
    fn check_miner(&mut self, when: &str) -> Result<()> {
        let found = self.node.balance(&self.address("miner")?)?;
        let expected = self.expected()?.miner.balance();
        self.checks.same(format!("the miner's balance {when}"), &expected, &found);
        Ok(())
    }
}
