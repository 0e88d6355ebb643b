//! What carries a proposal: pure functions of its class, what was pinned, and the tally.

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::governance::{limits, Choice, Class, Poll, Receipt, Settings, Tally};
use peggy_math::Rounding;

/// Votes that must take part: `supply * quorum`, rounded up.
pub fn quorum(poll: &Poll) -> TokenAmount {
    poll.settings.quorum.of(&poll.supply, Rounding::Up)
}

/// Votes needed to propose: `supply * threshold`, rounded up.
pub fn threshold(settings: &Settings, supply: &TokenAmount) -> TokenAmount {
    settings.threshold.of(supply, Rounding::Up)
}

/// True if enough took part: a critical proposal needs more than half of all votes for it, an ordinary one the quorum.
pub fn quorum_reached(class: Class, poll: &Poll, tally: &Tally) -> bool {
    if class.critical {
        &tally.yes * 2 > poll.supply
    } else {
        &tally.yes + &tally.abstain >= quorum(poll)
    }
}

/// True if the bond is outweighed or agrees: votes for it exceed all bond shares, or the owners of more than half of them consented.
/// So neither dust governs a bond, nor a bond governs holders.
pub fn bond_content(class: Class, poll: &Poll, tally: &Tally) -> bool {
    !class.bond || poll.bond.is_zero() || tally.yes > poll.bond || &tally.consent * 2 > poll.bond
}

/// True if the votes carry the proposal.
pub fn carried(class: Class, poll: &Poll, tally: &Tally) -> bool {
    quorum_reached(class, poll, tally) && tally.yes > tally.no && bond_content(class, poll, tally)
}

/// True if the vetoes cancel: a third of all votes, unless two thirds of all votes are for it.
pub fn vetoed(poll: &Poll, tally: &Tally) -> bool {
    &tally.veto * 3 >= poll.supply && &tally.yes * 3 < &poll.supply * 2
}

/// True if a vote that ends at `ends` must be extended: `now` is in its last [`limits::LATE`] epochs, and the tally reached a quorum,
/// or carries the proposal, as it did not before. Whoever disagrees must have time to answer.
pub fn late(class: Class, poll: &Poll, before: &Tally, after: &Tally, ends: ChainEpoch, now: ChainEpoch) -> bool {
    let turned = |test: fn(Class, &Poll, &Tally) -> bool| !test(class, poll, before) && test(class, poll, after);
    now.saturating_add(limits::LATE) > ends && (turned(quorum_reached) || turned(carried))
}

/// Epochs a queued proposal waits.
pub fn delay(class: Class, settings: &Settings) -> ChainEpoch {
    if class.critical {
        settings.critical_delay
    } else {
        settings.ordinary_delay
    }
}

/// All votes cast.
pub fn cast(tally: &Tally) -> TokenAmount {
    &tally.yes + &tally.no + &tally.abstain
}

/// Adds a receipt to the tally.
pub fn count(tally: &mut Tally, receipt: &Receipt) {
    if let Some(side) = side(tally, receipt.choice) {
        *side += &receipt.votes;
    }
    tally.veto += &receipt.veto;
}

/// Takes a receipt out of the tally.
pub fn uncount(tally: &mut Tally, receipt: &Receipt) {
    if let Some(side) = side(tally, receipt.choice) {
        *side -= &receipt.votes;
    }
    tally.veto -= &receipt.veto;
}

fn side(tally: &mut Tally, choice: Option<Choice>) -> Option<&mut TokenAmount> {
    choice.map(|choice| match choice {
        Choice::For => &mut tally.yes,
        Choice::Against => &mut tally.no,
        Choice::Abstain => &mut tally.abstain,
    })
}
