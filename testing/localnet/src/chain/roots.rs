//! The arrays that headers and receipts link to.

use anyhow::ensure;
use cid::Cid;
use fvm_ipld_amt::{Amt, Amtv0};
use fvm_shared::event::StampedEvent;
use fvm_shared::receipt::Receipt;

use crate::message::SignedMessage;
use crate::store::Store;

/// Width of the events' array (2^5 children a node). Messages and receipts use the first version's fixed width of 3.
const EVENTS_BIT_WIDTH: u32 = 5;

/// The CIDs of a block's messages.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct BlockMessages {
    /// Unsigned messages whose signatures are in the block's aggregate.
    pub bls: Vec<Cid>,
    /// Messages that carry their signature: secp256k1 and delegated.
    pub secp: Vec<Cid>,
}

/// Stores a block's messages and their arrays; answers the link the header holds.
pub fn message_meta(store: &Store, messages: &[SignedMessage]) -> anyhow::Result<Cid> {
    let mut lists = BlockMessages::default();
    for signed in messages {
        if signed.is_bls() {
            lists.bls.push(store.put_value(&signed.message)?);
        } else {
            lists.secp.push(store.put_value(signed)?);
        }
    }
    let bls = Amtv0::new_from_iter(store, lists.bls)?;
    let secp = Amtv0::new_from_iter(store, lists.secp)?;
    store.put_value(&(bls, secp))
}

/// The message CIDs behind a header's link, in order.
pub fn load_message_cids(store: &Store, meta: &Cid) -> anyhow::Result<BlockMessages> {
    let (bls, secp): (Cid, Cid) = store.load(meta)?;
    Ok(BlockMessages { bls: load_v0(store, &bls)?, secp: load_v0(store, &secp)? })
}

/// Stores the receipts of a tipset and answers the root the child's header holds.
pub fn receipts_root(store: &Store, receipts: &[Receipt]) -> anyhow::Result<Cid> {
    Ok(Amtv0::new_from_iter(store, receipts.iter().cloned())?)
}

/// The receipts behind a header's link, in order of execution.
pub fn load_receipts(store: &Store, root: &Cid) -> anyhow::Result<Vec<Receipt>> {
    load_v0(store, root)
}

/// Stores the events of a message again, since the VM computes their root but throws the blocks away, and checks that the root
/// is the one in the receipt.
pub fn put_events(store: &Store, receipt: &Receipt, events: &[StampedEvent]) -> anyhow::Result<()> {
    let Some(expected) = receipt.events_root else {
        ensure!(events.is_empty(), "the VM returned events but no root for them");
        return Ok(());
    };
    let root = Amt::new_from_iter_with_bit_width(store, EVENTS_BIT_WIDTH, events.iter().cloned())?;
    ensure!(root == expected, "the events' root is {root}, the receipt says {expected}");
    Ok(())
}

/// The events behind a receipt's link, in order.
pub fn load_events(store: &Store, root: &Cid) -> anyhow::Result<Vec<StampedEvent>> {
    let array = Amt::<StampedEvent, _>::load(root, store)?;
    let mut events = Vec::new();
    array.for_each(|_, event| {
        events.push(event.clone());
        Ok(())
    })?;
    Ok(events)
}

fn load_v0<T>(store: &Store, root: &Cid) -> anyhow::Result<Vec<T>>
where
    T: serde::de::DeserializeOwned + serde::Serialize + Clone,
{
    let array = Amtv0::<T, _>::load(root, store)?;
    let mut values = Vec::new();
    array.for_each(|_, value| {
        values.push(value.clone());
        Ok(())
    })?;
    Ok(values)
}
