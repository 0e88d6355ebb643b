//! What anybody can ask.

use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use peggy_interfaces::owner_proxy::MinerInfo;
use peggy_interfaces::pool::{GetAccountReturn, GetTotalsReturn};
use peggy_interfaces::{miner, owner_proxy, pool};
use peggy_localnet::Key;

use super::of;
use crate::world::World;

impl World {
    /// The pool's books.
    pub fn totals(&self) -> GetTotalsReturn {
        self.read::<pool::GetTotals>(self.wiring.pool, &())
    }

    /// A holder's account.
    pub fn account(&self, who: &Key) -> GetAccountReturn {
        self.read::<pool::GetAccount>(self.wiring.pool, &pool::GetAccountParams { account: who.address() })
    }

    /// A holder's shares.
    pub fn shares(&self, who: &Key) -> TokenAmount {
        self.account(who).shares
    }

    /// The bond.
    pub fn bond(&self) -> pool::GetBondReturn {
        self.read::<pool::GetBond>(self.wiring.pool, &())
    }

    /// The proxy's books of a miner.
    pub fn miner_info(&self, miner: ActorID) -> MinerInfo {
        self.read::<owner_proxy::GetMiner>(self.wiring.owner_proxy, &of(miner))
    }

    /// The miner's own word on who owns it.
    pub fn owner_of(&self, miner: ActorID) -> miner::GetOwnerReturn {
        self.read::<miner::GetOwner>(miner, &())
    }

    /// The miner's own word on who is paid.
    pub fn beneficiary_of(&self, miner: ActorID) -> miner::GetBeneficiaryReturn {
        self.read::<miner::GetBeneficiary>(miner, &())
    }
}
