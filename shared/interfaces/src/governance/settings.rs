//! What a vote takes, and the constants no vote can lower.

use fvm_shared::clock::ChainEpoch;
use peggy_math::Bps;
use serde_tuple::{Deserialize_tuple, Serialize_tuple};

/// What no vote can change.
pub mod limits {
    use super::{Bps, ChainEpoch};

    /// Days as epochs of 30 seconds.
    pub const DAY: ChainEpoch = 2_880;
    /// The threshold is at least this part of all votes: a proposal is never free.
    pub const MIN_THRESHOLD: Bps = Bps(1);
    /// The threshold is at most this part of all votes: proposing is never for a few only.
    pub const MAX_THRESHOLD: Bps = Bps(200);
    /// Shortest time from a proposal to its vote: an hour, so that shares can be taken out of other uses in time.
    pub const MIN_VOTING_DELAY: ChainEpoch = 120;
    /// Longest time from a proposal to its vote: 14 days.
    pub const MAX_VOTING_DELAY: ChainEpoch = 14 * DAY;
    /// Shortest vote: 2 days.
    pub const MIN_VOTING_PERIOD: ChainEpoch = 2 * DAY;
    /// Longest vote: 30 days.
    pub const MAX_VOTING_PERIOD: ChainEpoch = 30 * DAY;
    /// Smallest quorum: 4% of all votes.
    pub const MIN_QUORUM: Bps = Bps(400);
    /// Largest quorum: half of all votes.
    pub const MAX_QUORUM: Bps = Bps(5_000);
    /// Shortest delay of an ordinary proposal: a day.
    pub const MIN_ORDINARY_DELAY: ChainEpoch = DAY;
    /// Shortest delay of a critical proposal: 7 days. Whoever disagrees leaves first.
    pub const MIN_CRITICAL_DELAY: ChainEpoch = 7 * DAY;
    /// Longest delay of either: 60 days.
    pub const MAX_DELAY: ChainEpoch = 60 * DAY;
    /// Shortest grace period: 3 days.
    pub const MIN_GRACE_PERIOD: ChainEpoch = 3 * DAY;
    /// Longest grace period: 30 days.
    pub const MAX_GRACE_PERIOD: ChainEpoch = 30 * DAY;

    /// A quorum reached in the last this many epochs of a vote extends it by as many, once.
    pub const LATE: ChainEpoch = DAY;
    /// Execution of an upgrade waits for earlier exits at most this much longer than its delay: 90 days.
    pub const MAX_EXIT_WAIT: ChainEpoch = 90 * DAY;

    /// Actions of a proposal, at most.
    pub const MAX_ACTIONS: usize = 10;
    /// Bytes of the actions' parameters together, at most: 32 KiB.
    pub const MAX_PARAMS: usize = 32 * 1024;
    /// Bytes of a title, at most.
    pub const MAX_TITLE: usize = 128;
    /// Bytes of a description, at most.
    pub const MAX_DESCRIPTION: usize = 8 * 1024;
    /// Bytes of a vote's reason, at most.
    pub const MAX_REASON: usize = 1024;
    /// Proposals listed at once, at most.
    pub const MAX_PAGE: u32 = 50;
}

/// How proposals come about. All are pinned when a vote is opened, so that a change never touches a running one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize_tuple, Deserialize_tuple)]
pub struct Settings {
    /// Part of all votes needed to propose, rounded up.
    pub threshold: Bps,
    /// Epochs from a proposal to when its vote can be opened.
    pub voting_delay: ChainEpoch,
    /// Epochs a vote lasts.
    pub voting_period: ChainEpoch,
    /// Part of all votes, rounded up, that must be for an ordinary proposal or abstain.
    pub quorum: Bps,
    /// Epochs from queueing an ordinary proposal to when it can be executed.
    pub ordinary_delay: ChainEpoch,
    /// The same of a critical proposal; not shorter than the ordinary one.
    pub critical_delay: ChainEpoch,
    /// Epochs within which a vote must be opened, a proposal queued, or executed, once it can be.
    pub grace_period: ChainEpoch,
}

/// What a deployment gets that asks for nothing else.
pub const DEFAULT_SETTINGS: Settings = Settings {
    threshold: Bps(10),
    voting_delay: limits::DAY,
    voting_period: 5 * limits::DAY,
    quorum: Bps(1_000),
    ordinary_delay: 2 * limits::DAY,
    critical_delay: 14 * limits::DAY,
    grace_period: 14 * limits::DAY,
};
