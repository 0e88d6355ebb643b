//! Questions to the node that nobody answers for us: balances, gas, the chain itself. And the levers that make time pass.

use std::collections::BTreeMap;

use anyhow::{anyhow, bail, Context as _, Result};
use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use peggy_interfaces::miner::{GetVestingFunds, GetVestingFundsReturn};
use peggy_runtime::Method as _;
use serde_json::{json, Value};

use crate::money::{atto_in, Atto};
use crate::program::text;

/// The network's reward actor, which pays block rewards and passes on tips.
pub const REWARD: &str = "f02";
/// What is burnt goes here.
pub const BURNT: &str = "f099";

/// JSON-RPC without any of the program's code.
#[derive(Debug)]
pub struct Node {
    agent: ureq::Agent,
    url: String,
}

/// What one account spent on messages, as the chain has it.
#[derive(Clone, Debug, Default)]
pub struct Spent {
    /// Messages on chain.
    pub messages: u32,
    /// attoFIL of gas, burns and tips together.
    pub gas: Atto,
}

impl Node {
    /// A node at this URL.
    pub fn new(url: &str) -> Self {
        Self { agent: ureq::Agent::new_with_defaults(), url: url.to_owned() }
    }

    /// Calls a method.
    pub fn call(&self, method: &str, params: &Value) -> Result<Value> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut response = self.agent.post(&self.url).send_json(&request).with_context(|| method.to_owned())?;
        let mut answer: Value = response.body_mut().read_json().with_context(|| method.to_owned())?;
        if let Some(error) = answer.get("error") {
            bail!("{method}: {}", error["message"]);
        }
        Ok(answer["result"].take())
    }

    /// Height of the newest tipset.
    pub fn epoch(&self) -> Result<i64> {
        let head = self.call("Filecoin.ChainHead", &json!([]))?;
        head["Height"].as_i64().ok_or_else(|| anyhow!("the head has no height"))
    }

    /// attoFIL of an address.
    pub fn balance(&self, address: &str) -> Result<Atto> {
        atto_in(&self.call("Filecoin.WalletBalance", &json!([address]))?, "")
    }

    /// The miner's own vesting table: last locked epoch -> amount.
    pub fn vesting(&self, miner: &str) -> Result<BTreeMap<i64, Atto>> {
        let message = json!({
            "Version": 0, "To": miner, "From": BURNT, "Nonce": 0, "Value": "0", "GasLimit": 0, "GasFeeCap": "0",
            "GasPremium": "0", "Method": GetVestingFunds::NUMBER, "Params": "",
        });
        let answer = self.call("Filecoin.StateCall", &json!([message, null]))?;
        let bytes = STANDARD.decode(text(&answer, "/MsgRct/Return")?).context("GetVestingFunds")?;
        let answer: GetVestingFundsReturn = fvm_ipld_encoding::from_slice(&bytes).context("GetVestingFunds")?;
        Ok(answer.vesting_funds.into_iter().map(|(epoch, amount)| (epoch, amount.atto().clone())).collect())
    }

    /// Lets epochs pass. They are null rounds, as if nobody had found a block.
    pub fn advance(&self, epochs: i64) -> Result<i64> {
        let epoch = self.call("Peggy.Advance", &json!([epochs]))?;
        epoch.as_i64().ok_or_else(|| anyhow!("Peggy.Advance answered {epoch}"))
    }

    /// Pays a block reward, through the reward actor, as the end of a block does. Answers the epoch.
    pub fn award(&self, miner: &str, amount: &Atto) -> Result<i64> {
        let epoch = self.call("Peggy.Award", &json!([miner, amount.to_string()]))?;
        epoch.as_i64().ok_or_else(|| anyhow!("Peggy.Award answered {epoch}"))
    }

    /// The miner seals sectors: this much of its balance is locked as their pledge.
    pub fn commit_sectors(&self, miner: &str, pledge: &Atto) -> Result<()> {
        self.call("Peggy.CommitSectors", &json!([miner, pledge.to_string()])).map(|_| ())
    }

    /// Sectors end in time: this much of the miner's balance is free again.
    pub fn expire_sectors(&self, miner: &str, pledge: &Atto) -> Result<()> {
        self.call("Peggy.ExpireSectors", &json!([miner, pledge.to_string()])).map(|_| ())
    }

    /// The network fines the miner, and burns what it takes. Answers the epoch.
    pub fn fine(&self, miner: &str, amount: &Atto) -> Result<i64> {
        let epoch = self.call("Peggy.Fine", &json!([miner, amount.to_string()]))?;
        epoch.as_i64().ok_or_else(|| anyhow!("Peggy.Fine answered {epoch}"))
    }

    /// Reads the whole chain back, and adds up what each sender paid for gas.
    pub fn audit(&self) -> Result<BTreeMap<String, Spent>> {
        let mut spent: BTreeMap<String, Spent> = BTreeMap::new();
        let mut tipset = self.call("Filecoin.ChainHead", &json!([]))?;
        loop {
            for block in tipset["Cids"].as_array().into_iter().flatten() {
                self.audit_block(block, &mut spent)?;
            }
            if tipset["Height"] == json!(0) {
                return Ok(spent);
            }
            let parents = &tipset["Blocks"][0]["Parents"];
            tipset = self.call("Filecoin.ChainGetTipSet", &json!([parents]))?;
        }
    }

    fn audit_block(&self, block: &Value, spent: &mut BTreeMap<String, Spent>) -> Result<()> {
        let messages = self.call("Filecoin.ChainGetBlockMessages", &json!([block]))?;
        for cid in messages["Cids"].as_array().into_iter().flatten() {
            let replay = self.call("Filecoin.StateReplay", &json!([null, cid]))?;
            let from = spent.entry(text(&replay, "/Msg/From")?).or_default();
            from.messages += 1;
            from.gas += atto_in(&replay, "/GasCost/TotalCost")?;
        }
        Ok(())
    }
}
