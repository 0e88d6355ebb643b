//! The methods the program uses, typed. All parameters are sent, optional ones as null: some nodes know no defaults.

use std::thread::sleep;
use std::time::{Duration, Instant};

use base64::engine::general_purpose::STANDARD;
use base64::Engine as _;
use cid::Cid;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::{ActorID, MethodNum};
use peggy_localnet::rpc::lotus::{
    ActorJson, InvocResultJson, MessageJson, MsgLookupJson, ReceiptJson, SignedMessageJson, TipsetJson, VersionJson,
};
use peggy_localnet::rpc::text::{AddressJson, CidJson};
use peggy_localnet::SignedMessage;
use peggy_runtime::Method;
use serde_json::{json, Value};

use super::{CallError, Client, ANSWER_TIMEOUT};
use crate::failure::OrFail;
use crate::send::refused;
use crate::{Failure, Kind, Result};

/// In whose name questions are asked: the account of burnt funds, which every network has.
const NOBODY: Address = Address::new_id(99);
/// Blocks after a message's before it is believed. Reverts of one block are common on real networks.
const CONFIDENCE: u64 = 1;
/// Pause between two attempts to see a message on chain.
const RETRY: Duration = Duration::from_millis(500);

/// A message that was executed.
#[derive(Clone, Debug)]
pub struct Executed {
    /// Its CID.
    pub cid: Cid,
    /// Its receipt.
    pub receipt: ReceiptJson,
    /// Height of the tipset whose header holds the receipt.
    pub height: ChainEpoch,
}

impl From<MsgLookupJson> for Executed {
    fn from(lookup: MsgLookupJson) -> Self {
        Self { cid: lookup.message.0, receipt: lookup.receipt, height: lookup.height }
    }
}

impl Client {
    /// Program and version of the node.
    pub fn version(&self) -> Result<VersionJson> {
        self.call("Filecoin.Version", json!([]))
    }

    /// The network's name.
    pub fn network_name(&self) -> Result<String> {
        self.call("Filecoin.StateNetworkName", json!([]))
    }

    /// The newest tipset.
    pub fn head(&self) -> Result<TipsetJson> {
        self.call("Filecoin.ChainHead", json!([]))
    }

    /// The first block, which tells networks apart.
    pub fn genesis(&self) -> Result<Cid> {
        let genesis: TipsetJson = self.call("Filecoin.ChainGetGenesis", json!([]))?;
        let cid = genesis.cids.first().map(|cid| cid.0);
        cid.ok_or_else(|| Failure::node("the node's genesis has no block"))
    }

    /// EIP-155 chain ID, part of what Ethereum-style keys sign.
    pub fn chain_id(&self) -> Result<u64> {
        let text: String = self.call("Filecoin.EthChainId", json!([]))?;
        u64::from_str_radix(text.trim_start_matches("0x"), 16).or_node(format!("'{text}' is no chain ID"))
    }

    /// The account's next nonce; `None` if it is not on chain yet.
    pub fn nonce(&self, address: &Address) -> Result<Option<u64>> {
        self.found("Filecoin.MpoolGetNonce", json!([AddressJson(*address)]))
    }

    /// An actor; `None` if there is none.
    pub fn actor(&self, address: &Address) -> Result<Option<ActorJson>> {
        self.found("Filecoin.StateGetActor", json!([AddressJson(*address), null]))
    }

    /// The ID of an address; `None` if it is not on chain.
    pub fn lookup_id(&self, address: &Address) -> Result<Option<ActorID>> {
        let found: Option<AddressJson> = self.found("Filecoin.StateLookupID", json!([AddressJson(*address), null]))?;
        found.map(|id| id.0.id().or_node("the node's StateLookupID answered no f0 address")).transpose()
    }

    /// FIL of an address; zero if it is not on chain.
    pub fn balance(&self, address: &Address) -> Result<TokenAmount> {
        let atto: String = self.call("Filecoin.WalletBalance", json!([AddressJson(*address)]))?;
        Ok(TokenAmount::from_atto(atto.parse::<fvm_shared::bigint::BigInt>().or_node("a balance is no number")?))
    }

    /// A block of the store, by CID.
    pub fn read_obj(&self, cid: &Cid) -> Result<Vec<u8>> {
        let text: String = self.call("Filecoin.ChainReadObj", json!([CidJson(*cid)]))?;
        STANDARD.decode(text).or_node("ChainReadObj answered no base64")
    }

    /// Fills in gas limit and fees. A message that would fail fails here, with the actor's sentence.
    pub fn estimate(&self, message: &Message) -> Result<Message> {
        let params = json!([MessageJson::from(message), null, null]);
        match self.try_call::<MessageJson>("Filecoin.GasEstimateMessageGas", params, ANSWER_TIMEOUT) {
            Ok(estimated) => estimated.to_message().or_node("GasEstimateMessageGas answered no message"),
            Err(CallError::Rpc(rpc)) => Err(refused(&rpc)),
            Err(error) => Err(error.into()),
        }
    }

    /// What a message would do; nothing is changed.
    pub fn state_call(&self, message: &Message) -> Result<InvocResultJson> {
        self.call("Filecoin.StateCall", json!([MessageJson::from(message), null]))
    }

    /// Asks an actor a question; its answer is not decoded.
    pub fn query_raw(&self, to: ActorID, method: MethodNum, params: RawBytes) -> Result<InvocResultJson> {
        self.state_call(&crate::send::unsigned(NOBODY, Address::new_id(to), TokenAmount::default(), method, params))
    }

    /// Asks an actor a question.
    pub fn query<M: Method>(&self, to: ActorID, params: &M::Params) -> Result<M::Return> {
        let answer = self.query_raw(to, M::NUMBER, crate::send::encode::<M>(params)?)?;
        if answer.msg_rct.exit_code != 0 {
            return Err(crate::send::failed(answer.msg_rct.exit_code, &answer.error)
                .context(format!("f0{to} does not answer {}", M::NAME)));
        }
        crate::send::decode::<M>(&answer.msg_rct.return_data)
    }

    /// Hands a signed message to the node.
    pub fn push(&self, signed: &SignedMessage) -> Result<Cid> {
        let params = json!([SignedMessageJson::from(signed)]);
        match self.try_call::<CidJson>("Filecoin.MpoolPush", params, ANSWER_TIMEOUT) {
            Ok(cid) => Ok(cid.0),
            Err(CallError::Rpc(rpc)) => {
                let failure = Failure::chain(format!("the node does not take the message: {}", rpc.message));
                Err(failure.next("nothing was sent; see that the wallet has enough FIL, and try again"))
            }
            Err(error) => Err(error.into()),
        }
    }

    /// Waits until a message was executed.
    pub fn wait(&self, cid: &Cid) -> Result<Executed> {
        let deadline = Instant::now() + self.patience();
        loop {
            let left = deadline.saturating_duration_since(Instant::now());
            if left.is_zero() {
                return Err(self.not_seen(cid));
            }
            let params = json!([CidJson(*cid), CONFIDENCE, -1, true]);
            match self.try_call::<MsgLookupJson>("Filecoin.StateWaitMsg", params, left) {
                Ok(lookup) => return Ok(lookup.into()),
                // A node behind a proxy is cut off by it: then we ask again.
                Err(CallError::Failure(failure)) if failure.kind == Kind::Node && left > RETRY => {
                    self.version()?;
                    sleep(RETRY);
                }
                Err(CallError::Failure(_)) => return Err(self.not_seen(cid)),
                Err(error) => return Err(error.into()),
            }
        }
    }

    fn not_seen(&self, cid: &Cid) -> Failure {
        let seconds = self.patience().as_secs();
        Failure::new(
            Kind::Unfinished,
            format!("message {cid} was sent, but not seen on chain within {seconds} seconds"),
        )
        .next("it may still be executed: look it up before sending it again; wait longer with --timeout")
    }

    /// A message on chain; `None` if it is not there (yet).
    pub fn search(&self, cid: &Cid) -> Result<Option<Executed>> {
        let lookup: Option<MsgLookupJson> =
            self.call("Filecoin.StateSearchMsg", json!([null, CidJson(*cid), -1, true]))?;
        Ok(lookup.map(Into::into))
    }

    /// Why a message on chain failed. Empty if the node can't say.
    pub fn reason(&self, cid: &Cid) -> String {
        let replay: Result<InvocResultJson> = self.call("Filecoin.StateReplay", json!([null, CidJson(*cid)]));
        replay.map(|replay| replay.error).unwrap_or_default()
    }

    /// A question whose answer may be that an address is not on chain.
    fn found<T: serde::de::DeserializeOwned>(&self, method: &str, params: Value) -> Result<Option<T>> {
        match self.try_call(method, params, ANSWER_TIMEOUT) {
            Ok(answer) => Ok(Some(answer)),
            Err(CallError::Rpc(rpc)) if rpc.is_actor_not_found() => Ok(None),
            Err(error) => Err(error.into()),
        }
    }
}
