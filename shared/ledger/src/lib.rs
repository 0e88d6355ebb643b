//! Balances that earn by a reward index, and their state at the end of the previous epoch.
//!
//! An [`Account`] is two numbers, so a transfer touches two small records and nothing else. All accruals are *exact*: what
//! is pending is kept in multiples of 2^-64 attoFIL and rounded down only when it is paid. For a whole ledger
//!
//! `released * 2^64 = sum(pending of accounts) + carry`
//!
//! holds to the last bit, whatever happened in which order (DESIGN.md 5 and 10.3).
#![warn(missing_docs)]

mod account;
mod accounts;
mod index;
mod snapshot;
mod stream;

pub use account::{Account, Parcel};
pub use accounts::Accounts;
pub use index::RewardIndex;
pub use snapshot::{Previous, Snapshot, SNAPSHOT_SCHEMA};
pub use stream::Stream;
