//! Miners and their operator.

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, MethodNum};
use num_traits::Zero;
use peggy_interfaces::owner_proxy::PledgeParams;
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::{owner_proxy, power};
use peggy_localnet::Key;

use super::{of, post_proof};
use crate::step::Outcome;
use crate::world::World;

/// `storagepower.CreateMiner` for accounts.
const POWER_CREATE_MINER: MethodNum = 2;
/// `storageminer.ChangeOwnerAddress` for accounts.
const MINER_CHANGE_OWNER: MethodNum = 23;

impl World {
    /// A miner made by its owner's own message, with `value` FIL in it. Two steps: this one and the reading of the answer.
    pub fn create_owned_miner(&mut self, value: TokenAmount) -> ActorID {
        let request = power::CreateMinerParams {
            owner: self.cast.owner.address(),
            worker: self.cast.worker.address(),
            window_post_proof_type: post_proof(),
            peer: ByteBuf(b"peer".to_vec()),
            multiaddrs: Vec::new(),
        };
        let owner = self.cast.owner.clone();
        let params = crate::world::encode(&request);
        let outcome = self.send("power.CreateMiner", &owner, power::POWER_ACTOR_ID, POWER_CREATE_MINER, params, value);
        let made: power::CreateMinerReturn = outcome.decode();
        made.id_address.id().expect("an ID address")
    }

    /// The old owner proposes an owner.
    pub fn propose_owner(&mut self, miner: ActorID, new_owner: ActorID) -> Outcome {
        let owner = self.cast.owner.clone();
        let params = crate::world::encode(&Address::new_id(new_owner));
        self.send("miner.ChangeOwnerAddress", &owner, miner, MINER_CHANGE_OWNER, params, TokenAmount::zero())
    }

    /// The operator takes a miner whose owner proposed the proxy.
    pub fn take_owner(&mut self, who: &Key, miner: ActorID) -> Outcome {
        self.call::<owner_proxy::TakeOwner>(who, self.wiring.owner_proxy, &of(miner), TokenAmount::zero())
    }

    /// A miner made, proposed and taken: three messages.
    pub fn custody(&mut self, value: TokenAmount) -> ActorID {
        let miner = self.create_owned_miner(value);
        self.propose_owner(miner, self.wiring.owner_proxy).ok();
        let operator = self.cast.operator.clone();
        self.take_owner(&operator, miner).ok();
        miner
    }

    /// [`Self::custody`], and half a year later: nothing vests any more, and all that did is in the bond.
    pub fn vested_custody(&mut self, value: TokenAmount) -> ActorID {
        let miner = self.custody(value);
        self.skip(181 * DAY);
        let keeper = self.cast.keeper.clone();
        self.harvest(&keeper, miner).ok();
        miner
    }

    /// A miner born in custody.
    pub fn create_miner(&mut self, who: &Key, value: TokenAmount) -> Outcome {
        let request = owner_proxy::CreateMinerParams {
            worker: self.cast.worker.address(),
            window_post_proof_type: post_proof(),
            peer_id: ByteBuf(b"peer".to_vec()),
            multiaddrs: Vec::new(),
        };
        self.call::<owner_proxy::CreateMiner>(who, self.wiring.owner_proxy, &request, value)
    }

    /// Pool FIL into a miner, by the operator.
    pub fn pledge(&mut self, miner: ActorID, amount: TokenAmount) -> Outcome {
        let operator = self.cast.operator.clone();
        self.pledge_by(&operator, miner, amount)
    }

    /// Pool FIL into a miner.
    pub fn pledge_by(&mut self, who: &Key, miner: ActorID, amount: TokenAmount) -> Outcome {
        let request = PledgeParams { miner: Address::new_id(miner), amount };
        self.call::<owner_proxy::Pledge>(who, self.wiring.owner_proxy, &request, TokenAmount::zero())
    }

    /// Measures a miner and takes its rewards.
    pub fn harvest(&mut self, who: &Key, miner: ActorID) -> Outcome {
        self.call::<owner_proxy::Harvest>(who, self.wiring.owner_proxy, &of(miner), TokenAmount::zero())
    }

    /// Harvests those tried longest ago.
    pub fn sync(&mut self, who: &Key, max_miners: u32) -> Outcome {
        let request = owner_proxy::SyncParams { max_miners };
        self.call::<owner_proxy::Sync>(who, self.wiring.owner_proxy, &request, TokenAmount::zero())
    }

    /// Passes FIL that reached the proxy by itself to the pool.
    pub fn sweep(&mut self, who: &Key) -> Outcome {
        self.call::<owner_proxy::Sweep>(who, self.wiring.owner_proxy, &(), TokenAmount::zero())
    }

    /// Idle principal of a miner comes home.
    pub fn return_principal(&mut self, who: &Key, miner: ActorID, amount: TokenAmount) -> Outcome {
        let request = owner_proxy::ReturnPrincipalParams { miner: Address::new_id(miner), amount };
        self.call::<owner_proxy::ReturnPrincipal>(who, self.wiring.owner_proxy, &request, TokenAmount::zero())
    }

    /// A change of worker.
    pub fn change_worker(&mut self, who: &Key, miner: ActorID, worker: Address, control: Vec<Address>) -> Outcome {
        let request = owner_proxy::ChangeWorkerAddressParams {
            miner: Address::new_id(miner),
            new_worker: worker,
            control_addresses: control,
        };
        self.call::<owner_proxy::ChangeWorkerAddress>(who, self.wiring.owner_proxy, &request, TokenAmount::zero())
    }

    /// A due change of worker.
    pub fn confirm_worker(&mut self, who: &Key, miner: ActorID) -> Outcome {
        self.call::<owner_proxy::ConfirmChangeWorkerAddress>(
            who,
            self.wiring.owner_proxy,
            &of(miner),
            TokenAmount::zero(),
        )
    }

    /// The miner pays its debts.
    pub fn repay_debt(&mut self, who: &Key, miner: ActorID) -> Outcome {
        self.call::<owner_proxy::RepayDebt>(who, self.wiring.owner_proxy, &of(miner), TokenAmount::zero())
    }
}
