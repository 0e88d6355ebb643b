//! Governance, as the actor itself.

use fvm_shared::address::Address;
use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy::KeeperCut;
use peggy_interfaces::pool::{PauseParams, TermsParams};
use peggy_interfaces::{owner_proxy, pool};

use super::of;
use crate::step::Outcome;
use crate::world::World;

impl World {
    /// New terms.
    pub fn set_terms(&mut self, terms: &TermsParams) -> Outcome {
        self.govern::<pool::SetTerms>(self.wiring.pool, terms)
    }

    /// Closes intake.
    pub fn pause(&mut self, epochs: i64) -> Outcome {
        self.govern::<pool::Pause>(self.wiring.pool, &PauseParams { epochs })
    }

    /// What keepers get.
    pub fn set_keeper_cut(&mut self, cut: &KeeperCut) -> Outcome {
        self.govern::<owner_proxy::SetKeeperCut>(self.wiring.owner_proxy, cut)
    }

    /// Another operator.
    pub fn set_operator(&mut self, operator: Address) -> Outcome {
        let request = owner_proxy::SetOperatorParams { operator };
        self.govern::<owner_proxy::SetOperator>(self.wiring.owner_proxy, &request)
    }
    /// A miner may be taken although others than the bond hold shares.
    pub fn approve_miner(&mut self, miner: ActorID) -> Outcome {
        self.govern::<owner_proxy::ApproveMiner>(self.wiring.owner_proxy, &of(miner))
    }

    /// What a miner lost is lost for good.
    pub fn write_off(&mut self, miner: ActorID) -> Outcome {
        self.govern::<owner_proxy::WriteOff>(self.wiring.owner_proxy, &of(miner))
    }
}
