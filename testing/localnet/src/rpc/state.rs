//! `State*` and `WalletBalance`.

use anyhow::Context;
use fvm_ipld_blockstore::Blockstore;
use fvm_ipld_hamt::{BytesKey, Hamt};
use fvm_shared::address::{Address, Protocol};
use fvm_shared::state::ActorState;
use fvm_shared::{ActorID, HAMT_BIT_WIDTH};
use ipld_core::ipld::Ipld;
use serde::de::IgnoredAny;
use serde_json::{json, Map, Value};

use super::error::{Args, Error};
use super::lotus::{ActorJson, InvocResultJson, MessageJson, TipsetKeyJson};
use super::mpool::invocation;
use super::node::{state_root, tipset, Node};
use super::text::{AddressJson, CidJson};
use super::Methods;
use crate::ids;
use crate::network::Network;
use crate::store::Store;

pub fn register(methods: &mut Methods) -> anyhow::Result<()> {
    methods.add("Filecoin.StateCall", call)?;
    methods.add("Filecoin.StateGetActor", |node, args| {
        let (_, actor) = actor(node, &node.network(), args)?;
        Ok(ActorJson {
            code: actor.code.into(),
            head: actor.state.into(),
            nonce: actor.sequence,
            balance: actor.balance,
            delegated_address: actor.delegated_address.map(Into::into),
        })
    })?;
    methods.add("Filecoin.StateReadState", read_state)?;
    methods.add("Filecoin.WalletBalance", |node, args| {
        let address = args.address()?;
        Ok(node.network().balance(&address)?.atto().to_string())
    })?;
    methods.add("Filecoin.StateLookupID", |node, args| {
        let address = args.address()?;
        let key: TipsetKeyJson = args.optional("tipset key")?;
        let network = node.network();
        let id = network.resolve_in(&state_root(node, &network, &key)?, &address)?;
        Ok(AddressJson(Address::new_id(id.ok_or_else(|| Error::actor_not_found(&address))?)))
    })?;
    methods.add("Filecoin.StateAccountKey", |node, args| {
        let address = args.address()?;
        let network = node.network();
        let id = network.resolve(&address)?.ok_or_else(|| Error::actor_not_found(&address))?;
        let key = network.account_key(id)?;
        Ok(AddressJson(key.ok_or_else(|| Error::new(format!("{address} is not an account: no key signs for it")))?))
    })?;
    methods.add("Filecoin.StateLookupRobustAddress", |node, args| {
        let address = args.address()?;
        Ok(AddressJson(robust_address(&node.network(), &address)?))
    })
}

fn call(node: &Node, args: &mut Args) -> Result<InvocResultJson, Error> {
    let message = args.next::<MessageJson>("message")?.to_message()?;
    let key: TipsetKeyJson = args.optional("tipset key")?;
    let network = node.network();
    if tipset(&network, &key)?.height() != network.epoch() {
        return Err(Error::new("this network makes calls on the head only: leave the tipset key null"));
    }
    if network.resolve(&message.from)?.is_none() {
        return Err(Error::actor_not_found(&message.from));
    }
    let outcome = network.call(message.clone())?;
    Ok(invocation(&message, &outcome))
}

fn actor(node: &Node, network: &Network, args: &mut Args) -> Result<(Address, ActorState), Error> {
    let address = args.address()?;
    let key: TipsetKeyJson = args.optional("tipset key")?;
    let found = network.actor_in(&state_root(node, network, &key)?, &address)?;
    Ok((address, found.ok_or_else(|| Error::actor_not_found(&address))?))
}

/// An account's state by name as Lotus has it, any other state as DAG-JSON.
fn read_state(node: &Node, args: &mut Args) -> Result<Value, Error> {
    let network = node.network();
    let (_, actor) = actor(node, &network, args)?;
    let manifest = network.manifest()?;
    let is_account = manifest.iter().any(|(name, code)| name == "account" && *code == actor.code);
    let state = if is_account {
        let (address,): (Address,) = network.store().load(&actor.state)?;
        json!({ "Address": AddressJson(address) })
    } else {
        let block = network.store().get(&actor.state)?.context("the actor's state is not in the store")?;
        let ipld: Ipld = fvm_ipld_encoding::from_slice(&block).context("the actor's state is not DAG-CBOR")?;
        dag_json(&ipld)
    };
    Ok(json!({ "Balance": actor.balance.atto().to_string(), "Code": CidJson(actor.code), "State": state }))
}

/// DAG-JSON: links as `{"/": "..."}`, bytes as `{"/": {"bytes": "..."}}` without padding. Numbers beyond 64 bits become text.
fn dag_json(ipld: &Ipld) -> Value {
    use base64::engine::general_purpose::STANDARD_NO_PAD;
    use base64::Engine as _;
    match ipld {
        Ipld::Null => Value::Null,
        Ipld::Bool(b) => json!(b),
        Ipld::Integer(n) => match (i64::try_from(*n), u64::try_from(*n)) {
            (Ok(n), _) => json!(n),
            (_, Ok(n)) => json!(n),
            _ => json!(n.to_string()),
        },
        // No actor's state has floating point.
        Ipld::Float(f) => json!(f),
        Ipld::String(text) => json!(text),
        Ipld::Bytes(bytes) => json!({ "/": { "bytes": STANDARD_NO_PAD.encode(bytes) } }),
        Ipld::List(list) => list.iter().map(dag_json).collect(),
        Ipld::Map(map) => Value::Object(map.iter().map(|(k, v)| (k.clone(), dag_json(v))).collect::<Map<_, _>>()),
        Ipld::Link(cid) => json!(CidJson(*cid)),
    }
}

/// The address of an actor that survives reorganisations: that of its key, its f4 address, or the one init gave it.
fn robust_address(network: &Network, address: &Address) -> Result<Address, Error> {
    if address.protocol() != Protocol::ID {
        return Ok(*address);
    }
    let id = network.resolve(address)?.ok_or_else(|| Error::actor_not_found(address))?;
    if let Some(key) = network.account_key(id)? {
        return Ok(key);
    }
    if let Some(delegated) = network.actor_by_id(id)?.and_then(|actor| actor.delegated_address) {
        return Ok(delegated);
    }
    init_address(network, id)?.ok_or_else(|| Error::new(format!("{address} has no other address")))
}

/// Looks through init's whole map: nodes do, too, there is no index by ID.
fn init_address(network: &Network, id: ActorID) -> anyhow::Result<Option<Address>> {
    let (map, _, _, _): (cid::Cid, IgnoredAny, IgnoredAny, IgnoredAny) = network.load_state(ids::INIT)?;
    let map: Hamt<&Store, ActorID, BytesKey> = Hamt::load_with_bit_width(&map, network.store(), HAMT_BIT_WIDTH)?;
    let mut found = None;
    map.for_each(|key, value| {
        if *value == id && found.is_none() {
            found = Address::from_bytes(&key.0).ok();
        }
        Ok(())
    })?;
    Ok(found)
}
