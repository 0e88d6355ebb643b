//! From what is to be done to a message on chain, and from exit codes to sentences.

use cid::Cid;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::MethodNum;
use peggy_localnet::{Key, KeyKind, SignedMessage};
use peggy_runtime::Method;

use crate::amount::fil;
use crate::output::Progress;
use crate::rpc::{Client, Executed, RpcError};
use crate::{Failure, Kind, Result};

/// The pool's exit code for measurements that are too old.
pub const STALE: u32 = 66;

/// What is to be done, before nonce, gas and signature.
#[derive(Clone, Debug)]
pub struct Draft {
    /// Who does it.
    pub to: Address,
    /// FIL that goes along.
    pub value: TokenAmount,
    /// Method; 0 is a bare send.
    pub method: MethodNum,
    /// CBOR parameters.
    pub params: RawBytes,
    /// In words, for progress and errors: "deposit".
    pub what: String,
}

impl Draft {
    /// A call of a method of an interface.
    pub fn of<M: Method>(to: u64, params: &M::Params, value: TokenAmount) -> Result<Self> {
        Ok(Self {
            to: Address::new_id(to),
            value,
            method: M::NUMBER,
            params: encode::<M>(params)?,
            what: M::NAME.to_owned(),
        })
    }
}

/// Encodes a method's parameters; methods without any get no bytes.
pub fn encode<M: Method>(params: &M::Params) -> Result<RawBytes> {
    let block = peggy_runtime::encode(params, M::NAME).map_err(|e| Failure::usage(e.message()))?;
    Ok(block.map_or_else(RawBytes::default, |block| RawBytes::new(block.data)))
}

/// Decodes what a method returned.
pub fn decode<M: Method>(data: &[u8]) -> Result<M::Return> {
    // Nothing at all reads as null, which is what `()` decodes from.
    let data = if data.is_empty() { &[0xf6] } else { data };
    fvm_ipld_encoding::from_slice(data)
        .map_err(|e| Failure::node(format!("{} answered something this program does not understand: {e}", M::NAME)))
}

/// A message without nonce, gas and fees.
pub fn unsigned(from: Address, to: Address, value: TokenAmount, method: MethodNum, params: RawBytes) -> Message {
    peggy_localnet::message::unsigned(from, to, value, method, params)
}

/// Nonce, gas, balance, signature: everything but handing it in.
pub fn prepare(client: &Client, key: &Key, draft: &Draft) -> Result<SignedMessage> {
    let from = key.address();
    let mut message = unsigned(from, draft.to, draft.value.clone(), draft.method, draft.params.clone());
    let balance = client.balance(&from)?;
    let Some(nonce) = client.nonce(&from)? else {
        return Err(too_little(&from, &balance, &draft.value, "this wallet is not on chain yet"));
    };
    if balance < draft.value {
        return Err(too_little(&from, &balance, &draft.value, "too little FIL"));
    }
    let mut estimated = client.estimate(&message).map_err(|f| f.context(format!("{} was not sent", draft.what)))?;
    let gas = &estimated.gas_fee_cap * estimated.gas_limit;
    if balance < &draft.value + &gas {
        return Err(too_little(&from, &balance, &(&draft.value + &gas), "too little FIL for the value and its gas"));
    }
    estimated.sequence = nonce;
    message = estimated;
    let chain_id = if key.kind() == KeyKind::Delegated { client.chain_id()? } else { 0 };
    key.sign(message, chain_id).map_err(|e| Failure::usage(format!("{from} can't sign this message: {e:#}")))
}

fn too_little(from: &Address, balance: &TokenAmount, needed: &TokenAmount, why: &str) -> Failure {
    let message = format!("{why}: {from} has {}, and {} are needed", fil(balance), fil(needed));
    Failure::chain(message).next(format!("nothing was sent; send FIL to {from}, or use another wallet with --from"))
}

/// Sends a message and waits for its receipt; one that fails on chain is an error with the actor's sentence.
pub fn send(client: &Client, key: &Key, draft: &Draft, progress: &Progress) -> Result<Executed> {
    let cid = hand_in(client, key, draft, progress)?;
    succeeded(client, client.wait(&cid)?, &draft.what)
}

/// Hands a message in without waiting for it.
pub fn hand_in(client: &Client, key: &Key, draft: &Draft, progress: &Progress) -> Result<Cid> {
    progress.say(format!("{}: estimating gas", draft.what));
    let signed = prepare(client, key, draft)?;
    let cid = client.push(&signed)?;
    progress.say(format!("{}: waiting for {cid}", draft.what));
    Ok(cid)
}

/// An executed message if it succeeded.
pub fn succeeded(client: &Client, executed: Executed, what: &str) -> Result<Executed> {
    if executed.receipt.exit_code == 0 {
        return Ok(executed);
    }
    let reason = client.reason(&executed.cid);
    let failure = failed(executed.receipt.exit_code, &reason);
    Err(failure.context(format!("{what} failed on chain (message {})", executed.cid)))
}

/// The failure an actor's exit code stands for. `reason` is what the node says about it: a backtrace or a sentence.
pub fn failed(exit_code: u32, reason: &str) -> Failure {
    let sentence = sentence(reason);
    let name = exit_code_name(exit_code);
    let message = match (sentence.is_empty(), name) {
        (false, _) => format!("{sentence} (exit code {exit_code})"),
        (true, Some(name)) => format!("{name} (exit code {exit_code})"),
        (true, None) => format!("the actor refused with exit code {exit_code} and said no reason"),
    };
    let mut failure = Failure::chain(message).next(advice(exit_code));
    failure.exit_code = Some(exit_code);
    failure
}

/// What a node's refusal to estimate gas says.
pub fn refused(rpc: &RpcError) -> Failure {
    // First, because a backtrace may say "actor not found" for reasons of its own.
    if let Some(code) = exit_code_in(&rpc.message) {
        return failed(code, vm_error_in(&rpc.message));
    }
    if rpc.is_actor_not_found() {
        return Failure::chain(format!("an address of this message is not on chain: {}", rpc.message))
            .next("check the addresses; a new wallet is on chain once it got FIL");
    }
    Failure::new(Kind::Chain, rpc.message.clone())
}

/// The number in `exit=[ErrForbidden(18)]`, `exit=[60]` or `exit code 60`.
fn exit_code_in(text: &str) -> Option<u32> {
    let after = text.split_once("exit=[").or_else(|| text.split_once("exit code "))?.1;
    let inside = after.split_once(']').map_or(after, |(inside, _)| inside);
    let number = inside.split_once('(').map_or(inside, |(_, number)| number);
    let digits: String = number.chars().take_while(char::is_ascii_digit).collect();
    digits.parse().ok()
}

fn vm_error_in(text: &str) -> &str {
    let inside = text.split_once("vm error=[").map(|(_, inside)| inside.strip_suffix("])").unwrap_or(inside));
    inside
        .or_else(|| text.split_once("exit code ").and_then(|(_, rest)| rest.split_once(": ")).map(|(_, s)| s))
        .unwrap_or("")
}

/// The sentence of the actor that failed first. Backtraces begin with the message's recipient and end with the innermost call, as in
/// `01: f01004 (method 2) -- no such miner (17)`.
fn sentence(reason: &str) -> String {
    let is_frame = |line: &&str| {
        let line = line.trim_start().as_bytes();
        line.len() > 2 && line[0].is_ascii_digit() && line[1].is_ascii_digit() && line[2] == b':'
    };
    let Some((_, said)) = reason.lines().rfind(is_frame).and_then(|frame| frame.split_once(" -- ")) else {
        // Not a backtrace: the whole text, or nothing if it is only the frame of one.
        let text = reason.trim();
        return if text.contains("backtrace") { String::new() } else { text.to_owned() };
    };
    let said = said.trim();
    let end = said.rfind(" (").unwrap_or(said.len());
    said[..end].trim().to_owned()
}

fn exit_code_name(code: u32) -> Option<&'static str> {
    Some(match code {
        1 | 2 => "the sender can't send this message",
        4 => "the actor's code trapped",
        5 => "the recipient does not exist",
        6 | 19 => "too little FIL",
        7 => "out of gas",
        10 => "the node failed",
        16 => "a parameter is wrong",
        17 => "not found",
        18 => "this caller may not do that",
        20 => "the actor's state is not as it should be",
        21 => "the parameters do not decode",
        22 => "the actor has no such method",
        24 => "a rule of the actor was broken by its own code",
        25 => "a read-only call tried to change something",
        26 => "this method takes no FIL",
        32 => "the actor is not wired yet",
        33 => "the actor is wired already",
        34 => "the wiring does not fit",
        35 => "intake is paused",
        36 => "the code or schema is another one",
        _ => return None,
    })
}

/// What to do next after an exit code.
fn advice(code: u32) -> &'static str {
    match code {
        1 | 2 => "wait for this wallet's other messages, and try again",
        6 | 19 => "see with 'peggy balance' and 'peggy status' what there is, or ask for less",
        7 => "try again: the state changed between estimate and execution",
        18 => "name the wallet that may with --from; 'peggy status' shows who the operator is",
        22 => "this program is newer or older than the actors on chain: check with 'peggy verify'",
        32 => "finish the deployment: run 'peggy deploy' again",
        35 => "wait until the pause is over: 'peggy status' shows when",
        STALE => "have the miners measured first: peggy miner sync --max 32",
        67 => "see with 'peggy miner status' which miner it is; 'peggy miner harvest MINER' tries it again",
        68 => "ask for less; or leave by the queue with 'peggy exit request', or by a sale: 'peggy lp quote'",
        69 => "put FIL into the bond first with 'peggy bond top-up'; 'peggy bond status' shows how much is needed",
        78 => "'peggy terms' shows the smallest ticket",
        79 => "'peggy bond status' shows when it is unlocked and what is impaired",
        102 | 103 => "'peggy lp status' shows what there is; 'peggy exit request' leaves by the queue",
        _ => "nothing was changed; put right what the sentence says, and try again",
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn rpc(message: &str) -> RpcError {
        RpcError { method: "Filecoin.GasEstimateMessageGas".to_owned(), code: 3, message: message.to_owned() }
    }

    #[test]
    fn the_actors_sentence_is_found() {
        let lotus = "failed to estimate gas: message execution failed (exit=[ErrForbidden(18)], vm error=[message failed with \
                     backtrace:\n00: f01000 (method 2) -- the call failed with exit code 18 (18)\n01: f01010 (method 3844450837) -- only the operator may \
                     (of f01000) (18)\n--> caused by: actor not found (6: resource not found)])";
        let failure = refused(&rpc(lotus));
        assert_eq!(failure.message, "only the operator may (of f01000) (exit code 18)");
        assert_eq!((failure.kind, failure.exit_code), (Kind::Chain, Some(18)));

        let own = refused(&rpc("message execution failed: exit code 61: a deposit of at least 1 FIL is needed"));
        assert_eq!(own.message, "a deposit of at least 1 FIL is needed (exit code 61)");
        assert_eq!(own.exit_code, Some(61));
    }

    #[test]
    fn exit_codes_without_a_sentence_have_a_name() {
        assert_eq!(failed(7, "").message, "out of gas (exit code 7)");
        assert!(failed(99, "").message.contains("said no reason"));
        assert_eq!(exit_code_in("exit=[60], vm error=[]"), Some(60));
        assert_eq!(exit_code_in("no number"), None);
    }
}
