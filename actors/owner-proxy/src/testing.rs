//! What must hold of the state at any time, recomputed from the records and not from the sums kept beside them.

use cid::Cid;
use std::fmt::Display;

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{MAX_KEEPER_CUT, MAX_MINERS};
use peggy_runtime::Findings;

use crate::math::{impairment, legacy_left};
use crate::state::{Miner, State, Turn, SCHEMA};

/// Checks a state and all its miners, whose books `load` reads.
pub fn check_state_invariants<E: Display>(state: &State, load: impl Fn(&Cid) -> Result<Miner, E>) -> Findings {
    let mut findings = Findings::new();
    findings.require(state.schema == SCHEMA, format_args!("schema is {}", state.schema));
    findings.require(
        state.deployer.is_none() == state.wiring.is_some(),
        "the deployer has rights before wiring, and only then",
    );
    findings.require(
        state.keeper_cut.bps <= MAX_KEEPER_CUT && !state.keeper_cut.cap.is_negative(),
        "the keeper's cut is out of bounds",
    );
    findings.require(state.turns.len() <= MAX_MINERS, format_args!("{} miners are too many", state.turns.len()));

    let mut sums = (TokenAmount::zero(), TokenAmount::zero(), TokenAmount::zero());
    for turn in &state.turns {
        let id = turn.miner;
        findings.within(format_args!("miner f0{id}"), |findings| {
            let Some(miner) = findings.expect(load(&turn.books), "its books") else { return };
            sums.0 += &miner.principal;
            sums.1 += &miner.impaired;
            sums.2 += &miner.impaired_net;
            let wanted = Turn::of(id, &miner, turn.books);
            findings.require(*turn == wanted, format_args!("its turn is {turn:?}, its books make it {wanted:?}"));
            check_miner(findings, id, &miner);
        });
    }
    findings.require(
        !state.approved.is_some_and(|id| state.holds(id)),
        format_args!("{:?} is approved and held already", state.approved),
    );
    let sorted = state.turns.windows(2).all(|pair| pair[0].miner < pair[1].miner);
    findings.require(sorted, "miners are not in ascending order, or one is listed twice");
    let kept = (&state.principal, &state.impaired, &state.impaired_net);
    findings.require(
        kept == (&sums.0, &sums.1, &sums.2),
        format_args!("sums of principal, impaired, impaired_net are {kept:?}, miners make them {sums:?}"),
    );
    findings
}

fn check_miner(findings: &mut Findings, id: ActorID, miner: &Miner) {
    let amounts = [
        ("principal", &miner.principal),
        ("impaired", &miner.impaired),
        ("impaired_net", &miner.impaired_net),
        ("backing", &miner.backing),
        ("vesting", &miner.vesting),
        ("harvestable", &miner.harvestable),
        ("debt", &miner.debt),
        ("legacy_vesting", &miner.legacy_vesting),
    ];
    for (name, amount) in amounts {
        findings.require(!amount.is_negative(), format_args!("{name} is {amount}"));
    }
    findings.require(id > 0, "no miner has ID 0");
    findings.require(miner.impaired <= miner.principal, "impaired exceeds principal");
    findings.require(miner.impaired_net <= miner.impaired, "impaired_net exceeds impaired");
    let (impaired, impaired_net) = impairment(&miner.principal, &miner.backing, &miner.vesting);
    if miner.unsettled_since.is_none() {
        findings.require(
            (&miner.impaired, &miner.impaired_net) == (&impaired, &impaired_net),
            "impairment is not what the measurement makes it",
        );
        let legacy = legacy_left(&miner.legacy_vesting, &miner.principal, &miner.backing, &miner.vesting);
        findings
            .require(miner.legacy_vesting == legacy, "more is the operator's from before custody than is left for it");
        findings.require(
            miner.harvestable <= peggy_math::saturating_sub(&miner.backing, &miner.principal),
            "more reward is harvestable than backing exceeds principal",
        );
    } else {
        findings.require(
            miner.impaired >= impaired && miner.impaired_net >= impaired_net,
            "impairment fell while the miner is unsettled",
        );
    }
    findings.require(
        miner.custody_at <= miner.measured_at && miner.measured_at <= miner.tried_at,
        "custody, measurement and last try are not in this order",
    );
}
