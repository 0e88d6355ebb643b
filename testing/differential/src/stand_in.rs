//! The other side: the miner stand-in's wasm, run by the VM of a network of its own.

use std::sync::OnceLock;

use anyhow::{ensure, Context};
use fil_actors_shared::v18::reward::FilterEstimate;
use fvm_ipld_encoding::{to_vec, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::{ActorID, MethodNum, METHOD_SEND};
use localnet_builtin::miner::levers::{self, ProveCommit, TerminateSector};
use localnet_builtin::miner::{exported, ChangeBeneficiaryParams, ChangeWorkerAddressParams, WithdrawBalanceParams};
use localnet_builtin::miner::{ApplyRewardParams, GetVestingFundsReturn, APPLY_REWARDS};
use localnet_builtin::power::{CreateMinerParams, CreateMinerReturn, State as PowerState, CREATE_MINER_EXPORTED};
use localnet_builtin::reward::{
    AwardBlockRewardParams, FilterEstimate as Estimate, State as RewardState, AWARD_BLOCK_REWARD, SET_EPOCH_REWARD,
};
use localnet_builtin::EPOCHS_IN_DAY;
use localnet_miner::state::State;
use num_traits::Zero;
use peggy_localnet::genesis::TOTAL_SUPPLY_FIL;
use peggy_localnet::{ids, params, Config, Key, KeyKind, Network, Outcome};

use crate::official::{create_miner_deposit, Circumstances, Purse};
use crate::operation::{Answer, Op, People, Who};
use crate::seen::Seen;

/// libp2p identity of the miners made here.
pub const PEER_ID: &[u8] = b"differential";
/// Limit of signed messages: more than any of them needs.
const GAS_LIMIT: u64 = 2_000_000_000;

/// A network with the people on it and no miner of theirs. Made once per process.
#[derive(Clone)]
struct Base {
    people: People,
    owner: Key,
    worker: Key,
}

static BASE: OnceLock<(Network, Base)> = OnceLock::new();

fn base() -> (Network, Base) {
    let (net, base) = BASE.get_or_init(|| make_base().expect("a network; `make wasm` builds its actors"));
    (net.fork().expect("a copy of the network"), base.clone())
}

fn make_base() -> anyhow::Result<(Network, Base)> {
    let name = "peggy-differential".to_owned();
    let mut net = Network::new(Config { network_name: name.clone(), seed: name, ..Config::default() })?;
    // Rewards come as operations only.
    net.set_producers(Vec::new());
    let mut account = |kind| net.create_account(kind, TokenAmount::from_whole(20_000_000));
    let (owner, worker, spare) = (account(KeyKind::Secp256k1)?, account(KeyKind::Bls)?, account(KeyKind::Bls)?);
    let (beneficiary, stranger) = (account(KeyKind::Secp256k1)?, account(KeyKind::Secp256k1)?);
    let id = |key: &Key| net.resolve(&key.address())?.context("an account that was just made");
    let people = People {
        owner: id(&owner)?,
        worker: id(&worker)?,
        spare: id(&spare)?,
        beneficiary: id(&beneficiary)?,
        stranger: id(&stranger)?,
    };
    Ok((net, Base { people, owner, worker }))
}

/// A network to create a miner on.
pub struct Birthplace {
    net: Network,
    base: Base,
}

impl Birthplace {
    /// A fork of the base, some epochs later.
    pub fn new(later: ChainEpoch) -> anyhow::Result<Self> {
        let (mut net, base) = base();
        if later > 0 {
            net.advance(later)?;
        }
        Ok(Self { net, base })
    }

    /// Who is who.
    pub fn people(&self) -> People {
        self.base.people
    }

    /// What a miner created now with `extra` (may be negative) on top of the deposit would be told by the network; the deposit
    /// is computed by the published crate.
    pub fn circumstances(&self, extra: &TokenAmount) -> anyhow::Result<Circumstances> {
        let reward: RewardState = self.net.load_state(ids::REWARD)?;
        let power: PowerState = self.net.load_state(ids::POWER)?;
        let epoch = self.net.epoch();
        let gone = balance(&self.net, ids::REWARD)? + balance(&self.net, ids::BURNT_FUNDS)?;
        let estimate = |e: &Estimate| FilterEstimate { position: e.position.clone(), velocity: e.velocity.clone() };
        let deposit = create_miner_deposit(
            &reward.this_epoch_baseline_power,
            &estimate(&reward.this_epoch_reward_smoothed),
            &estimate(&power.this_epoch_qa_power_smoothed),
            &(TokenAmount::from_whole(TOTAL_SUPPLY_FIL) - gone),
            epoch,
            0,
        );
        let next: (cid::Cid, ActorID) = {
            let (map, id, _, _): (cid::Cid, ActorID, String, cid::Cid) = self.net.load_state(ids::INIT)?;
            (map, id)
        };
        let value = &deposit + extra;
        Ok(Circumstances { epoch, miner: next.1, deposit, value })
    }

    /// `CreateMiner` by the owner; the exit code if it is refused.
    pub fn create(mut self, at: &Circumstances) -> anyhow::Result<Result<StandIn, u32>> {
        let request = CreateMinerParams {
            owner: self.base.owner.address(),
            worker: self.base.worker.address(),
            window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
            peer: PEER_ID.to_vec(),
            multiaddrs: Vec::new(),
        };
        let (from, to) = (Address::new_id(self.base.people.owner), Address::new_id(ids::POWER));
        let value = at.value.clone();
        let outcome = self.net.implicit(from, to, value, CREATE_MINER_EXPORTED, params(&request)?)?;
        if !outcome.is_ok() {
            return Ok(Err(outcome.exit_code().value()));
        }
        let created: CreateMinerReturn = outcome.decode()?;
        let miner = created.id_address.id()?;
        ensure!(miner == at.miner, "the miner is f0{miner}, not f0{}", at.miner);
        // From here on a reward is what an operation says.
        self.net.control().set_block_reward(&TokenAmount::zero())?;
        let mut stand_in = StandIn {
            net: self.net,
            people: self.base.people,
            owner: self.base.owner,
            worker: self.base.worker,
            miner,
            start: Purse::default(),
            owner_fees: TokenAmount::zero(),
            burnt_fees: TokenAmount::zero(),
        };
        stand_in.start = stand_in.purse()?;
        stand_in.start.balance = TokenAmount::zero();
        Ok(Ok(stand_in))
    }
}

fn balance(net: &Network, id: ActorID) -> anyhow::Result<TokenAmount> {
    net.balance(&Address::new_id(id))
}

/// A miner on its network.
pub struct StandIn {
    net: Network,
    people: People,
    owner: Key,
    worker: Key,
    miner: ActorID,
    /// Balances and total when the miner was created.
    start: Purse,
    /// What signed messages cost the owner.
    owner_fees: TokenAmount,
    /// The part of all fees that was burnt.
    burnt_fees: TokenAmount,
}

impl StandIn {
    /// Absolute balances, without what gas changed.
    fn purse(&self) -> anyhow::Result<Purse> {
        let power: PowerState = self.net.load_state(ids::POWER)?;
        Ok(Purse {
            balance: balance(&self.net, self.miner)?,
            burnt: balance(&self.net, ids::BURNT_FUNDS)? - &self.burnt_fees,
            to_owner: balance(&self.net, self.people.owner)? + &self.owner_fees,
            to_beneficiary: balance(&self.net, self.people.beneficiary)?,
            reported: power.total_pledge_collateral,
        })
    }

    /// What must be the same on the other side: the state as it is stored, balances, and what `GetAvailableBalance` answers.
    pub fn seen(&self) -> anyhow::Result<Seen> {
        let state: State = self.net.load_state(self.miner)?;
        let purse = self.purse()?;
        let table = state.vesting_table(self.net.store()).map_err(|e| anyhow::anyhow!("vesting table: {e:?}"))?;
        let asked = self.query(exported::GET_AVAILABLE_BALANCE)?;
        let available = if asked.is_ok() { Ok(asked.decode()?) } else { Err(asked.exit_code().value()) };
        Ok(Seen {
            epoch: self.net.epoch(),
            balance: purse.balance,
            available,
            locked: state.locked_funds,
            pledge: state.initial_pledge,
            deposits: state.pre_commit_deposits,
            debt: state.fee_debt,
            table: table.into_iter().map(|fund| (fund.epoch, fund.amount)).collect(),
            stored_table: to_vec(&state.vesting_funds)?,
            info: state.info,
            terminations_held: state.early_terminations,
            cron_active: state.deadline_cron_active,
            period_offset: state.proving_period_start.rem_euclid(EPOCHS_IN_DAY),
            burnt: purse.burnt - &self.start.burnt,
            to_owner: purse.to_owner - &self.start.to_owner,
            to_beneficiary: purse.to_beneficiary - &self.start.to_beneficiary,
            reported: purse.reported - &self.start.reported,
        })
    }

    /// What `GetVestingFunds` answers.
    pub fn vesting_funds(&self) -> anyhow::Result<Vec<(ChainEpoch, TokenAmount)>> {
        Ok(self.query(exported::GET_VESTING_FUNDS)?.decode::<GetVestingFundsReturn>()?.vesting_funds)
    }

    /// What `InitialPledge` answers.
    pub fn initial_pledge(&self) -> anyhow::Result<TokenAmount> {
        self.query(exported::INITIAL_PLEDGE)?.decode()
    }

    fn query(&self, method: MethodNum) -> anyhow::Result<Outcome> {
        self.net.query(Address::new_id(self.miner), method, RawBytes::default())
    }

    /// Carries out an operation.
    pub fn execute(&mut self, op: &Op) -> anyhow::Result<Answer> {
        let outcome = match op {
            Op::Award { epoch_reward, wins, tips, penalty } => {
                if let Some(reward) = epoch_reward {
                    self.net.control().try_lever(ids::REWARD, SET_EPOCH_REWARD, reward)?.ok()?;
                }
                let award = AwardBlockRewardParams {
                    miner: Address::new_id(self.miner),
                    penalty: penalty.clone(),
                    gas_reward: tips.clone(),
                    win_count: *wins,
                };
                self.net.control().try_lever(ids::REWARD, AWARD_BLOCK_REWARD, &award)?
            }
            Op::ApplyRewards { value, reward, penalty } => {
                let request = ApplyRewardParams { reward: reward.clone(), penalty: penalty.clone() };
                self.implicit(ids::REWARD, APPLY_REWARDS, value, params(&request)?)?
            }
            Op::AddPledge(amount) => self.lever(levers::ADD_PLEDGE, amount)?,
            Op::PreCommit(amount) => self.lever(levers::ADD_PRECOMMIT_DEPOSIT, amount)?,
            Op::Prove { deposit, pledge } => {
                let proven = ProveCommit { deposit: deposit.clone(), pledge: pledge.clone() };
                self.lever(levers::PROVE_COMMIT, &proven)?
            }
            Op::ExpirePreCommit(amount) => self.lever(levers::EXPIRE_PRECOMMIT, amount)?,
            Op::ExpireSector(amount) => self.lever(levers::EXPIRE_SECTOR, amount)?,
            Op::Terminate { pledge, fee } => {
                let terminated = TerminateSector { pledge: pledge.clone(), fee: fee.clone() };
                self.lever(levers::TERMINATE_SECTOR, &terminated)?
            }
            Op::Fine(amount) => self.lever(levers::FINE, amount)?,
            Op::AddDebt(amount) => self.lever(levers::ADD_DEBT, amount)?,
            Op::HoldTerminations(held) => self.lever(levers::SET_EARLY_TERMINATIONS, held)?,
            Op::Receive(amount) => self.implicit(self.people.stranger, METHOD_SEND, amount, RawBytes::default())?,
            Op::Advance(epochs) => {
                self.net.advance(*epochs)?;
                return Ok(Answer::ok());
            }
            _ => return self.call(op),
        };
        Ok(Answer { code: outcome.exit_code().value(), returned: None })
    }

    /// A method of the miner that somebody calls.
    fn call(&mut self, op: &Op) -> anyhow::Result<Answer> {
        let none = RawBytes::default();
        let (by, signed, method, request) = match op {
            Op::Repay { by, signed } => (*by, *signed, exported::REPAY_DEBT, none),
            Op::Withdraw { by, amount, signed } => {
                let request = WithdrawBalanceParams { amount_requested: amount.clone() };
                (*by, *signed, exported::WITHDRAW_BALANCE, params(&request)?)
            }
            Op::ChangeBeneficiary { by, to, quota, expiration } => {
                let request = ChangeBeneficiaryParams {
                    new_beneficiary: Address::new_id(self.people.id(*to)),
                    new_quota: quota.clone(),
                    new_expiration: *expiration,
                };
                (*by, false, exported::CHANGE_BENEFICIARY, params(&request)?)
            }
            Op::ChangeWorker { by, to } => {
                let new_worker = Address::new_id(self.people.id(*to));
                let request = ChangeWorkerAddressParams { new_worker, new_control_addresses: Vec::new() };
                (*by, false, exported::CHANGE_WORKER_ADDRESS, params(&request)?)
            }
            Op::ConfirmWorker { by } => (*by, false, exported::CONFIRM_CHANGE_WORKER_ADDRESS, none),
            other => anyhow::bail!("{other:?} is nobody's call"),
        };
        let outcome = if signed {
            self.signed(by, method, request)?
        } else {
            self.implicit(self.people.id(by), method, &TokenAmount::zero(), request)?
        };
        let returns = matches!(op, Op::Withdraw { .. }) && outcome.is_ok();
        let returned = if returns { Some(outcome.decode()?) } else { None };
        Ok(Answer { code: outcome.exit_code().value(), returned })
    }

    fn signed(&mut self, by: Who, method: MethodNum, request: RawBytes) -> anyhow::Result<Outcome> {
        let key = match by {
            Who::Owner => &self.owner,
            Who::Worker => &self.worker,
            other => anyhow::bail!("{other:?} signs nothing here"),
        };
        let to = Address::new_id(self.miner);
        let outcome = self.net.send_limited(key, to, TokenAmount::zero(), method, request, Some(GAS_LIMIT))?;
        if by == Who::Owner {
            self.owner_fees += &outcome.burnt + &outcome.miner_tip;
        }
        self.burnt_fees += &outcome.burnt;
        Ok(outcome)
    }

    fn lever<T: serde::Serialize>(&mut self, method: MethodNum, argument: &T) -> anyhow::Result<Outcome> {
        self.net.control().try_lever(self.miner, method, argument)
    }

    fn implicit(
        &mut self,
        from: ActorID,
        method: MethodNum,
        value: &TokenAmount,
        request: RawBytes,
    ) -> anyhow::Result<Outcome> {
        let (from, to) = (Address::new_id(from), Address::new_id(self.miner));
        self.net.implicit(from, to, value.clone(), method, request)
    }
}
