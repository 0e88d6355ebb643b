//! Names, places and meanings of the fields of the actors' states, official ones and stand-ins alike.

use std::fmt::Write as _;

use anyhow::{bail, ensure, Context};
use cid::Cid;
use fvm_shared::address::Address;
use fvm_shared::bigint::{BigInt, Sign};
use ipld_core::ipld::Ipld;

/// Whose code runs behind the network's actors.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Family {
    /// A builtin-actors bundle.
    Official,
    /// This repository's stand-ins.
    StandIn,
}

/// How a value is written down.
#[derive(Debug, Clone, Copy)]
pub enum Shape {
    /// Numbers, booleans and links as they are, bytes as hex.
    Any,
    /// Bytes: a sign byte and a big-endian number. attoFIL or storage power.
    Amount,
    /// Bytes of an address.
    Address,
    /// A list of fields.
    Fields(&'static [Shape]),
    /// A list of equals.
    Each(&'static Shape),
    /// A bit field whose only question is whether a bit is set, or a boolean.
    Set,
    /// A boolean.
    Flag,
    /// Position and velocity, Q.128; only the position's whole part can be pinned.
    Estimate,
}

/// A field: its official name, its place in the official state and in the stand-in's, its meaning.
pub struct Field {
    /// Official name.
    pub name: &'static str,
    official: usize,
    stand_in: usize,
    /// How it is written down.
    pub shape: Shape,
    /// Whether it is among the facts recorded. Estimates are not: the stand-ins' never move by themselves.
    pub fact: bool,
}

const fn field(name: &'static str, official: usize, stand_in: usize, shape: Shape) -> Field {
    Field { name, official, stand_in, shape, fact: true }
}

/// The miner's, but for its info. The vesting table is its first entry and a link to the others.
pub const MINER: &[Field] = &[
    field("pre_commit_deposits", 1, 1, Shape::Amount),
    field("locked_funds", 2, 2, Shape::Amount),
    field("vesting_funds", 3, 3, Shape::Fields(&[Shape::Fields(&[Shape::Any, Shape::Amount]), Shape::Any])),
    field("fee_debt", 4, 4, Shape::Amount),
    field("initial_pledge", 5, 5, Shape::Amount),
    field("proving_period_start", 10, 6, Shape::Any),
    field("early_terminations", 13, 7, Shape::Set),
    field("deadline_cron_active", 14, 8, Shape::Flag),
];

const TERM: Shape = Shape::Fields(&[Shape::Amount, Shape::Amount, Shape::Any]);
const PENDING_TERM: Shape = Shape::Fields(&[Shape::Address, Shape::Amount, Shape::Any, Shape::Any, Shape::Any]);

/// The fields of the miner's info, official and stand-in's.
pub const MINER_INFO: &[(&str, Shape)] = &[
    ("owner", Shape::Address),
    ("worker", Shape::Address),
    ("control_addresses", Shape::Each(&Shape::Address)),
    ("pending_worker_key", Shape::Fields(&[Shape::Address, Shape::Any])),
    ("peer_id", Shape::Any),
    ("multi_address", Shape::Each(&Shape::Any)),
    ("window_post_proof_type", Shape::Any),
    ("sector_size", Shape::Any),
    ("window_post_partition_sectors", Shape::Any),
    ("consensus_fault_elapsed", Shape::Any),
    ("pending_owner_address", Shape::Address),
    ("beneficiary", Shape::Address),
    ("beneficiary_term", TERM),
    ("pending_beneficiary_term", PENDING_TERM),
];

/// The power actor's.
pub const POWER: &[Field] = &[
    field("total_pledge_collateral", 4, 0, Shape::Amount),
    field("this_epoch_pledge_collateral", 7, 1, Shape::Amount),
    field("this_epoch_raw_byte_power", 5, 2, Shape::Amount),
    field("this_epoch_quality_adj_power", 6, 3, Shape::Amount),
    field("miner_count", 9, 5, Shape::Any),
    Field { name: "this_epoch_qa_power_smoothed", official: 8, stand_in: 4, shape: Shape::Estimate, fact: false },
];

/// The reward actor's.
pub const REWARD: &[Field] = &[
    Field { name: "this_epoch_reward_smoothed", official: 5, stand_in: 1, shape: Shape::Estimate, fact: false },
    Field { name: "this_epoch_baseline_power", official: 6, stand_in: 2, shape: Shape::Amount, fact: false },
];

/// The init actor's.
pub const INIT: &[Field] = &[field("next_id", 1, 1, Shape::Any), field("network_name", 2, 2, Shape::Any)];

/// An account's.
pub const ACCOUNT: &[Field] = &[field("address", 0, 0, Shape::Address)];

impl Field {
    fn index(&self, family: Family) -> usize {
        match family {
            Family::Official => self.official,
            Family::StandIn => self.stand_in,
        }
    }
    /// The field's value.
    pub fn of<'a>(&self, state: &'a Ipld, family: Family) -> anyhow::Result<&'a Ipld> {
        let Ipld::List(fields) = state else { bail!("the state is no tuple") };
        fields.get(self.index(family)).with_context(|| format!("the state has no field {}", self.name))
    }
    /// Overwrites the field with what `value` says.
    pub fn pin(&self, state: &mut Ipld, family: Family, value: &str) -> anyhow::Result<()> {
        let Ipld::List(fields) = state else { bail!("the state is no tuple") };
        let slot = fields.get_mut(self.index(family)).with_context(|| format!("no field {}", self.name))?;
        *slot = parse(value, self.shape, family)?;
        Ok(())
    }
}

/// A big number as it stands in CBOR: no bytes for zero, else a sign byte and the number.
fn amount_bytes(value: &BigInt) -> Vec<u8> {
    match value.to_bytes_be() {
        (Sign::NoSign, _) => Vec::new(),
        (sign, mut digits) => {
            digits.insert(0, u8::from(sign == Sign::Minus));
            digits
        }
    }
}

fn parse(value: &str, shape: Shape, family: Family) -> anyhow::Result<Ipld> {
    Ok(match shape {
        Shape::Amount => Ipld::Bytes(amount_bytes(&value.parse()?)),
        Shape::Estimate => {
            let position: BigInt = value.parse::<BigInt>()? << 128;
            Ipld::List(vec![Ipld::Bytes(amount_bytes(&position)), Ipld::Bytes(Vec::new())])
        }
        Shape::Flag => Ipld::Bool(value.parse()?),
        Shape::Set => match family {
            Family::StandIn => Ipld::Bool(value.parse()?),
            // RLE+: version 0, first run of ones, of length one. Deadline 0, so that is.
            Family::Official => Ipld::Bytes(if value.parse()? { vec![0x0c] } else { Vec::new() }),
        },
        _ => bail!("fields of this kind can't be pinned"),
    })
}

/// A value in words.
pub fn text(value: &Ipld, shape: Shape) -> anyhow::Result<String> {
    if *value == Ipld::Null {
        return Ok("null".to_owned());
    }
    Ok(match (shape, value) {
        (Shape::Amount, Ipld::Bytes(bytes)) => amount_text(bytes)?,
        (Shape::Address, Ipld::Bytes(bytes)) => Address::from_bytes(bytes)?.to_string(),
        (Shape::Fields(shapes), Ipld::List(values)) => {
            ensure!(shapes.len() == values.len(), "{} fields where {} belong", values.len(), shapes.len());
            let parts: anyhow::Result<Vec<_>> = values.iter().zip(shapes).map(|(v, s)| text(v, *s)).collect();
            parts?.join(" ")
        }
        (Shape::Each(shape), Ipld::List(values)) => {
            let parts: anyhow::Result<Vec<_>> = values.iter().map(|v| text(v, *shape)).collect();
            parts?.join(" ")
        }
        (Shape::Set, Ipld::Bytes(bits)) => (!bits.is_empty()).to_string(),
        (Shape::Any | Shape::Set | Shape::Flag, other) => plain(other)?,
        (shape, other) => bail!("{other:?} where {shape:?} belongs"),
    })
}

fn amount_text(bytes: &[u8]) -> anyhow::Result<String> {
    Ok(match bytes {
        [] => "0".to_owned(),
        [0, digits @ ..] => BigInt::from_bytes_be(Sign::Plus, digits).to_string(),
        [1, digits @ ..] => BigInt::from_bytes_be(Sign::Minus, digits).to_string(),
        _ => bail!("no sign byte"),
    })
}

fn plain(value: &Ipld) -> anyhow::Result<String> {
    Ok(match value {
        Ipld::Bool(b) => b.to_string(),
        Ipld::Integer(i) => i.to_string(),
        Ipld::String(s) => s.clone(),
        Ipld::Bytes(bytes) => bytes.iter().fold(String::from("0x"), |mut text, byte| {
            // Writing to a string never fails.
            let _ = write!(text, "{byte:02x}");
            text
        }),
        Ipld::Link(cid) => Cid::to_string(cid),
        other => bail!("{other:?} is no plain value"),
    })
}
