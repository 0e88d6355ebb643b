//! A miner's own state, as our stand-in writes it or as the official actor does.

use anyhow::{anyhow, Context};
use cid::Cid;
use fil_actor_miner_state::v18::State as OfficialState;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use localnet_miner::state::State as StandInState;
use peggy_localnet::Store;

/// What the tests want to know of it.
#[derive(Clone, Debug)]
pub struct MinerBooks {
    /// Link to the miner's info, which both write alike.
    pub info: Cid,
    /// The vesting table.
    pub vesting: Vec<(ChainEpoch, TokenAmount)>,
    /// Pledged.
    pub pledge: TokenAmount,
    /// Deposited for precommits.
    pub deposits: TokenAmount,
    /// Owed to the network.
    pub debt: TokenAmount,
    /// Early terminations are not processed yet.
    pub early_terminations: bool,
    /// A lever of the stand-in makes it misbehave.
    pub sick: bool,
}

impl MinerBooks {
    /// Reads the state. Which of the two it is shows in its shape: 11 fields or 15.
    pub fn read(store: &Store, state: &Cid) -> anyhow::Result<Self> {
        match store.load::<StandInState>(state) {
            Ok(state) => Self::of_stand_in(store, state),
            Err(stand_in) => {
                let official = store.load::<OfficialState>(state);
                Self::of_official(store, official.with_context(|| format!("nor is it our stand-in's: {stand_in:#}"))?)
            }
        }
    }

    fn of_stand_in(store: &Store, state: StandInState) -> anyhow::Result<Self> {
        let table = state.vesting_table(store).map_err(|e| anyhow!("vesting table: {}", e.message()))?;
        Ok(Self {
            info: state.info,
            vesting: table.into_iter().map(|fund| (fund.epoch, fund.amount)).collect(),
            pledge: state.initial_pledge,
            deposits: state.pre_commit_deposits,
            debt: state.fee_debt,
            early_terminations: state.early_terminations,
            sick: state.sick.is_some(),
        })
    }

    fn of_official(store: &Store, state: OfficialState) -> anyhow::Result<Self> {
        let table = state.vesting_funds.load(store).map_err(|e| anyhow!("vesting table: {e}"))?;
        Ok(Self {
            info: state.info,
            vesting: table.into_iter().map(|fund| (fund.epoch, fund.amount)).collect(),
            pledge: state.initial_pledge,
            deposits: state.pre_commit_deposits,
            debt: state.fee_debt,
            early_terminations: !state.early_terminations.is_empty(),
            sick: false,
        })
    }
}
