//! A miner on the mock host.

use fvm_ipld_encoding::ipld_block::IpldBlock;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::error::ExitCode;
use fvm_shared::sector::RegisteredPoStProof;
use fvm_shared::{ActorID, MethodNum};
use localnet_builtin::miner::ConstructorParams;
use localnet_builtin::power::{self, CurrentTotalPowerReturn, CURRENT_TOTAL_POWER};
use localnet_builtin::reward::{self, ThisEpochRewardReturn, THIS_EPOCH_REWARD};
use localnet_builtin::{ids, types};
use num_traits::Zero;
use peggy_runtime::mock::{code, Expected, MockHost};
use peggy_runtime::ActorError;
use serde::de::DeserializeOwned;
use serde::Serialize;

pub const MINER: ActorID = 1000;
pub const OWNER: ActorID = 100;
pub const WORKER: ActorID = 101;
pub const STRANGER: ActorID = 102;
/// A user actor: its code is not builtin.
pub const CONTRACT: ActorID = 103;

pub struct Miner {
    pub host: MockHost,
}

pub fn fil(whole: i64) -> TokenAmount {
    TokenAmount::from_whole(whole)
}

fn cbor<T: Serialize>(value: &T) -> Option<IpldBlock> {
    IpldBlock::serialize_cbor(value).expect("encodes")
}

/// What the network asks of a new miner with the estimates of genesis.
pub fn deposit() -> TokenAmount {
    "31999999497815982080".parse::<num_bigint::BigInt>().map(TokenAmount::from_atto).expect("a number")
}

impl Miner {
    /// A new miner with nothing but its deposit.
    pub fn new() -> Self {
        let miner = Self::unborn();
        miner.expect_network();
        miner.construct(deposit()).expect("is created");
        miner.host.verify();
        miner
    }

    pub fn unborn() -> Self {
        let host = MockHost::new(MINER);
        for (id, builtin) in [
            (ids::SYSTEM, types::SYSTEM),
            (ids::INIT, types::INIT),
            (ids::REWARD, types::REWARD),
            (ids::POWER, types::POWER),
            (ids::BURNT_FUNDS, types::ACCOUNT),
            (OWNER, types::ACCOUNT),
            (WORKER, types::ACCOUNT),
            (STRANGER, types::ACCOUNT),
        ] {
            host.set_code(id, code(&format!("builtin {builtin}")));
            host.set_builtin_type(code(&format!("builtin {builtin}")), builtin);
        }
        host.add_actor(CONTRACT);
        host.add_address(WORKER, Address::new_bls(&[7; 48]).expect("an f3 address"));
        host.set_epoch(0);
        Self { host }
    }

    pub fn expect(&self, to: ActorID, method: MethodNum, params: Option<IpldBlock>, answer: Option<IpldBlock>) {
        self.host.expect(Expected {
            to: Address::new_id(to),
            method,
            params: Some(params),
            value: TokenAmount::zero(),
            answer: Ok((ExitCode::OK, answer)),
        });
    }

    /// The questions about the network that the constructor asks.
    pub fn expect_network(&self) {
        let reward = reward::State::genesis();
        let power = power::State::genesis();
        let said = ThisEpochRewardReturn {
            this_epoch_reward_smoothed: reward.this_epoch_reward_smoothed,
            this_epoch_baseline_power: reward.this_epoch_baseline_power,
        };
        self.expect(ids::REWARD, THIS_EPOCH_REWARD, None, cbor(&said));
        let said = CurrentTotalPowerReturn {
            raw_byte_power: Zero::zero(),
            quality_adj_power: Zero::zero(),
            pledge_collateral: TokenAmount::zero(),
            quality_adj_power_smoothed: power.this_epoch_qa_power_smoothed,
            ramp_start_epoch: 0,
            ramp_duration_epochs: 0,
        };
        self.expect(ids::POWER, CURRENT_TOTAL_POWER, None, cbor(&said));
    }

    /// A change of what is locked, reported to the power actor.
    pub fn expect_pledge_change(&self, delta: &TokenAmount) {
        self.expect(ids::POWER, power::UPDATE_PLEDGE_TOTAL, cbor(delta), None);
    }

    pub fn construct(&self, value: TokenAmount) -> Result<Option<IpldBlock>, ActorError> {
        let params = ConstructorParams {
            owner: Address::new_id(OWNER),
            worker: Address::new_bls(&[7; 48]).expect("an f3 address"),
            control_addresses: vec![],
            window_post_proof_type: RegisteredPoStProof::StackedDRGWindow32GiBV1P1,
            peer_id: vec![],
            multi_addresses: vec![],
        };
        self.send(ids::INIT, 1, cbor(&params), value)
    }

    pub fn send(
        &self,
        caller: ActorID,
        method: MethodNum,
        params: Option<IpldBlock>,
        value: TokenAmount,
    ) -> Result<Option<IpldBlock>, ActorError> {
        self.host.call(caller, method, value, |rt| localnet_miner::dispatch(rt, params))
    }

    pub fn call<P: Serialize>(&self, caller: ActorID, method: MethodNum, params: &P) -> Result<(), ActorError> {
        self.send(caller, method, cbor(params), TokenAmount::zero()).map(|_| ())
    }

    pub fn bare(&self, caller: ActorID, method: MethodNum) -> Result<(), ActorError> {
        self.send(caller, method, None, TokenAmount::zero()).map(|_| ())
    }

    pub fn ask<R: DeserializeOwned>(&self, method: MethodNum) -> R {
        let block = self.send(CONTRACT, method, None, TokenAmount::zero()).expect("answers").expect("a value");
        block.deserialize().expect("decodes")
    }

    pub fn code_of<P: Serialize>(&self, caller: ActorID, method: MethodNum, params: &P) -> ExitCode {
        self.call(caller, method, params).expect_err("is refused").code()
    }

    /// FIL that reaches the miner by bare send.
    pub fn receive(&self, amount: &TokenAmount) {
        let host: &MockHost = &self.host;
        let before = peggy_runtime::Host::balance_of(&host, MINER).unwrap_or_default();
        host.set_balance(MINER, before + amount);
    }

    pub fn balance_of(&self, id: ActorID) -> TokenAmount {
        peggy_runtime::Host::balance_of(&&self.host, id).unwrap_or_default()
    }
}
