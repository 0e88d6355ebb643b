//! What people do, by name. Each is one signed message unless its doc says otherwise.

use frc46_token::token::types::{
    BurnFromParams, BurnParams, DecreaseAllowanceParams, GetAllowanceParams, IncreaseAllowanceParams,
    RevokeAllowanceParams, TransferFromParams, TransferParams,
};
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::{ActorID, MethodNum};
use num_traits::Zero;
use peggy_interfaces::owner_proxy::{KeeperCut, MinerInfo, MinerParams, PledgeParams};
use peggy_interfaces::pool::limits::DAY;
use peggy_interfaces::pool::{
    ClaimRewardsParams, DepositParams, GetAccountReturn, GetTotalsReturn, PauseParams, RedeemParams, TermsParams,
};
use peggy_interfaces::{frc46, miner, owner_proxy, pool, power};
use peggy_localnet::Key;
use peggy_runtime::Method;

use crate::step::Outcome;
use crate::world::World;

/// `storagepower.CreateMiner` for accounts.
const POWER_CREATE_MINER: MethodNum = 2;
/// `storageminer.ChangeOwnerAddress` for accounts.
const MINER_CHANGE_OWNER: MethodNum = 23;

/// The proof type of the miners the tests make: 32 GiB sectors.
pub fn post_proof() -> i64 {
    RegisteredPoStProof::StackedDRGWindow32GiBV1P1.into()
}

/// Holders.
impl World {
    /// A deposit for the caller. An Ethereum-style wallet sends it the only way it can: InvokeEVM without calldata.
    pub fn deposit(&mut self, who: &Key, value: TokenAmount) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            return self.send(
                "InvokeEVM deposit",
                who,
                self.wiring.pool,
                pool::InvokeEVM::NUMBER,
                RawBytes::default(),
                value,
            );
        }
        self.deposit_for(who, value, None, TokenAmount::zero())
    }

    /// A deposit with recipient and a minimum of shares.
    pub fn deposit_for(
        &mut self,
        who: &Key,
        value: TokenAmount,
        recipient: Option<Address>,
        min_shares: TokenAmount,
    ) -> Outcome {
        self.call::<pool::Deposit>(who, self.wiring.pool, &DepositParams { recipient, min_shares }, value)
    }

    /// Calldata of Ethereum's ABI, sent to the pool.
    pub fn evm(&mut self, who: &Key, calldata: Vec<u8>, value: TokenAmount) -> Outcome {
        let params = crate::world::encode(&ByteBuf(calldata));
        self.send("InvokeEVM", who, self.wiring.pool, pool::InvokeEVM::NUMBER, params, value)
    }

    /// Claims everything, to oneself. An Ethereum-style wallet does it by ABI.
    pub fn claim(&mut self, who: &Key) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            return self.evm(who, crate::abi::claim_rewards(), TokenAmount::zero());
        }
        self.claim_to(who, who.address(), None)
    }

    /// Claims to somebody, at most `amount`.
    pub fn claim_to(&mut self, who: &Key, to: Address, amount: Option<TokenAmount>) -> Outcome {
        self.call::<pool::ClaimRewards>(who, self.wiring.pool, &ClaimRewardsParams { to, amount }, TokenAmount::zero())
    }

    /// Claim and deposit in one.
    pub fn compound(&mut self, who: &Key) -> Outcome {
        self.call::<pool::Compound>(who, self.wiring.pool, &(), TokenAmount::zero())
    }

    /// A fee recipient takes what it is owed.
    pub fn claim_fees(&mut self, who: &Key) -> Outcome {
        self.call::<pool::ClaimFees>(who, self.wiring.pool, &(), TokenAmount::zero())
    }

    /// Shares to FIL at once. An Ethereum-style wallet does it by ABI.
    pub fn redeem(&mut self, who: &Key, shares: TokenAmount) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            return self.evm(who, crate::abi::redeem(&shares, &TokenAmount::zero()), TokenAmount::zero());
        }
        self.redeem_min(who, shares, TokenAmount::zero())
    }

    /// [`Self::redeem`] for at least `min_amount`.
    pub fn redeem_min(&mut self, who: &Key, shares: TokenAmount, min_amount: TokenAmount) -> Outcome {
        self.call::<pool::Redeem>(who, self.wiring.pool, &RedeemParams { shares, min_amount }, TokenAmount::zero())
    }

    /// FRC-46 transfer without operator data. An Ethereum-style wallet does it by ABI.
    pub fn transfer(&mut self, who: &Key, to: Address, amount: TokenAmount) -> Outcome {
        if who.kind() == peggy_localnet::KeyKind::Delegated {
            // Ethereum knows f410 addresses and, masked, IDs.
            let to = if crate::abi::eth_address(&to).is_some() { to } else { Address::new_id(self.id_of(&to)) };
            let calldata = crate::abi::transfer(&to, &amount).expect("an address Ethereum knows");
            return self.evm(who, calldata, TokenAmount::zero());
        }
        self.transfer_with(who, to, amount, RawBytes::default())
    }

    /// FRC-46 transfer.
    pub fn transfer_with(&mut self, who: &Key, to: Address, amount: TokenAmount, operator_data: RawBytes) -> Outcome {
        let request = TransferParams { to, amount, operator_data };
        self.call::<frc46::Transfer>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46 transfer of an owner's shares by its operator.
    pub fn transfer_from(&mut self, who: &Key, from: Address, to: Address, amount: TokenAmount) -> Outcome {
        let request = TransferFromParams { from, to, amount, operator_data: RawBytes::default() };
        self.call::<frc46::TransferFrom>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn increase_allowance(&mut self, who: &Key, operator: Address, increase: TokenAmount) -> Outcome {
        let request = IncreaseAllowanceParams { operator, increase };
        self.call::<frc46::IncreaseAllowance>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn decrease_allowance(&mut self, who: &Key, operator: Address, decrease: TokenAmount) -> Outcome {
        let request = DecreaseAllowanceParams { operator, decrease };
        self.call::<frc46::DecreaseAllowance>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn revoke_allowance(&mut self, who: &Key, operator: Address) -> Outcome {
        let request = RevokeAllowanceParams { operator };
        self.call::<frc46::RevokeAllowance>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn burn(&mut self, who: &Key, amount: TokenAmount) -> Outcome {
        self.call::<frc46::Burn>(who, self.wiring.pool, &BurnParams { amount }, TokenAmount::zero())
    }

    /// FRC-46.
    pub fn burn_from(&mut self, who: &Key, owner: Address, amount: TokenAmount) -> Outcome {
        let request = BurnFromParams { owner, amount };
        self.call::<frc46::BurnFrom>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// FRC-46 allowance.
    pub fn allowance(&self, owner: Address, operator: Address) -> TokenAmount {
        self.read::<frc46::Allowance>(self.wiring.pool, &GetAllowanceParams { owner, operator })
    }
}

/// Miners and their operator.
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

/// What the network does to miners: levers, no messages.
impl World {
    /// A block reward of exactly this much; a quarter is free at once, the rest vests.
    pub fn award(&mut self, miner: ActorID, amount: &TokenAmount) {
        self.lever(&format!("f0{miner} is rewarded {amount}"), |net| net.control().award_amount(miner, amount));
    }

    /// Sectors with this much pledge are committed.
    pub fn commit_sectors(&mut self, miner: ActorID, pledge: &TokenAmount) {
        self.lever(&format!("f0{miner} commits {pledge}"), |net| net.control().add_pledge(miner, pledge));
    }

    /// Sectors with this much pledge expire on time.
    pub fn expire_sectors(&mut self, miner: ActorID, pledge: &TokenAmount) {
        self.lever(&format!("{pledge} of f0{miner}'s sectors expire"), |net| {
            net.control().expire_sector(miner, pledge)
        });
    }

    /// A fine: unvested rewards pay first, then what is unlocked; the rest is debt.
    pub fn fine(&mut self, miner: ActorID, amount: &TokenAmount) {
        self.lever(&format!("f0{miner} is fined {amount}"), |net| net.control().fine(miner, amount));
    }

    /// Early terminations held back (the miner can't be measured), or released.
    pub fn hold_early_terminations(&mut self, miner: ActorID, held: bool) {
        self.lever(&format!("early terminations of f0{miner}: {held}"), |net| {
            net.control().hold_early_terminations(miner, held)
        });
    }

    /// A miner that misbehaves, or behaves again.
    pub fn set_sick(&mut self, miner: ActorID, sick: Option<localnet_builtin::miner::levers::Sick>) {
        self.lever(&format!("f0{miner} is sick: {sick:?}"), |net| net.control().set_sick(miner, sick));
    }
}

/// Governance.
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
}

/// Reads.
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

fn of(miner: ActorID) -> MinerParams {
    MinerParams { miner: Address::new_id(miner) }
}
