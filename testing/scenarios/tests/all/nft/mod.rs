//! Positions of nft-share. After every step [`World`] checks that they are the pool's account of nft-share to the last bit, and
//! compares them with its own books; the tests check what was meant to happen.

mod conformance;
mod hostile;
pub mod methods;
mod random;
mod trade;
mod votes;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::pool::limits::DAY;
use peggy_localnet::Key;
use peggy_runtime::Method;
use peggy_scenarios::world::encode;
use peggy_scenarios::{deploy, fil, Outcome, World};
use test_forwarder::{CallParams, CallSpec, ConfigureParams, GetLogReturn, Script, CALL, CONFIGURE, GET_LOG};

/// A world with a miner that earned, holders, and two contracts anybody can give orders to.
struct Stage {
    w: World,
    miner: ActorID,
    contracts: [ActorID; 2],
    alice: Key,
    bob: Key,
    dave: Key,
}

impl Stage {
    fn new() -> Self {
        let mut w = World::new();
        let miner = w.custody(fil(500));
        // By somebody whose gas the world's books don't follow.
        let faucet = w.net.genesis().faucet.clone();
        let mut contracts = [0; 2];
        w.lever("contracts are installed", |net| {
            let code = deploy::install(net, &faucet, deploy::wasm("test_forwarder")?)?;
            for contract in &mut contracts {
                *contract = deploy::create(net, &faucet, code, RawBytes::default())?;
            }
            Ok(())
        });
        let (alice, bob, dave) = (w.cast.alice.clone(), w.cast.bob.clone(), w.cast.dave.clone());
        w.deposit(&alice, fil(100)).ok();
        w.deposit(&bob, fil(100)).ok();
        w.pledge(miner, fil(150)).ok();
        let mut stage = Self { w, miner, contracts, alice, bob, dave };
        stage.earn();
        stage
    }

    /// A reward is earned and harvested, and a day of the stream released.
    fn earn(&mut self) {
        self.w.award(self.miner, &fil(400));
        self.w.skip(DAY);
        let keeper = self.w.cast.keeper.clone();
        self.w.harvest(&keeper, self.miner).ok();
        self.w.skip(DAY);
    }

    /// Mints, and answers the token.
    fn mint(&mut self, who: &Key, shares: TokenAmount) -> u64 {
        let token = self.w.next_token();
        self.w.nft_mint(who, shares).ok();
        assert_eq!(self.w.position(token).owner, self.w.id(who));
        token
    }

    fn nft(&self) -> Address {
        Address::new_id(self.w.wiring.nft_share)
    }

    fn contract(&self, i: usize) -> Address {
        Address::new_id(self.contracts[i])
    }

    /// Gives a contract its orders.
    fn script(&mut self, i: usize, scripts: Vec<Script>) {
        let stranger = self.w.cast.stranger.clone();
        let params = encode(&ConfigureParams { scripts });
        self.w.send("Configure", &stranger, self.contracts[i], CONFIGURE, params, TokenAmount::zero()).ok();
    }

    /// Has a contract make calls.
    fn calls(&mut self, i: usize, calls: Vec<CallSpec>) -> Outcome {
        let stranger = self.w.cast.stranger.clone();
        let params = encode(&CallParams { calls });
        self.w.send("Call", &stranger, self.contracts[i], CALL, params, TokenAmount::zero())
    }

    fn to_nft<M: Method>(&self, request: &M::Params) -> CallSpec {
        CallSpec::new(self.nft(), M::NUMBER, encode(request))
    }

    fn to_pool<M: Method>(&self, request: &M::Params) -> CallSpec {
        CallSpec::new(Address::new_id(self.w.wiring.pool), M::NUMBER, encode(request))
    }

    fn log(&self, i: usize) -> GetLogReturn {
        self.w.net.query(self.contract(i), GET_LOG, RawBytes::default()).unwrap().decode().unwrap()
    }

    fn balance(&self, who: Address) -> u64 {
        self.w.read::<peggy_interfaces::frc53::BalanceOf>(self.w.wiring.nft_share, &who)
    }
}
