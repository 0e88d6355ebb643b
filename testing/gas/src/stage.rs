//! A pool with many holders, and what is done on it.

use anyhow::{ensure, Context};
use cid::Cid;
use fvm_ipld_encoding::{to_vec, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::owner_proxy::MinerParams;
use peggy_interfaces::pool::{GetAccountParams, GetAccountReturn};
use peggy_interfaces::{owner_proxy, pool};
use peggy_ledger::{Snapshot, SNAPSHOT_SCHEMA};
use peggy_localnet::message::unsigned;
use peggy_localnet::store::dag_cbor_cid;
use peggy_localnet::{Call, GasShare, Key, KeyKind, Network};
use peggy_runtime::{Method, Wiring};
use peggy_scenarios::world::{encode, Cast};
use peggy_scenarios::{deploy, fil, Setup, World};
use rand::rngs::StdRng;
use rand::Rng;

use crate::ballot;
use crate::crowd;
use crate::methods::Shot;
use crate::setup::{create_miner, START_FIL, WALLET_EVERY};

/// So many holders come by messages; the others' records are written into the state (see [`crowd`]).
const BY_MESSAGE: usize = 10_000;
/// Tickets that are finalised, at most.
const FINALIZED: u64 = 5_000;
/// Messages executed on one state before it is written.
pub(crate) const BATCH: usize = 1_000;

/// A network with a bundle, a miner in custody that earned, and a pool with holders.
pub struct Stage {
    pub(crate) net: Network,
    /// The five actors.
    pub wiring: Wiring,
    /// Operator, fee recipients and others.
    pub cast: Cast,
    /// The miner.
    pub miner: ActorID,
    /// A contract that makes calls for anybody.
    pub contract: ActorID,
    /// Holders with f1 addresses.
    pub accounts: Vec<Key>,
    /// Holders with f410 addresses.
    pub wallets: Vec<Key>,
    /// Holders who only stand in the books.
    crowd: usize,
    /// People without shares.
    pub newcomers: Vec<Key>,
    /// Somebody who leaves by as many tickets as there are holders.
    pub leaver: Key,
    /// Positions by owner.
    pub positions: Vec<(Key, u64)>,
    /// Holders who have not voted on the running proposal.
    pub silent: Vec<Key>,
}

impl Stage {
    /// A stage with this many holders, at least two of them with f1 addresses. `progress` hears what is done.
    pub fn new(holders: usize, progress: impl FnMut(&str)) -> anyhow::Result<Self> {
        Self::with_crowd(holders.min(BY_MESSAGE), holders.saturating_sub(BY_MESSAGE), progress)
    }

    /// A stage with `holders` who came by messages, and a `crowd` that only stands in the books.
    pub fn with_crowd(holders: usize, crowd: usize, mut progress: impl FnMut(&str)) -> anyhow::Result<Self> {
        ensure!(holders >= WALLET_EVERY, "at least {WALLET_EVERY} holders are needed");
        progress("deploying");
        let (mut net, cast, codes) = World::undeployed();
        let mut setup = Setup::default();
        setup.terms.cap = fil(1_000_000_000);
        setup.terms.max_idle = fil(1_000_000_000);
        let wiring = deploy::deploy(&mut net, &cast, &codes, &setup)?;
        let miner = create_miner(&mut net, &cast, &wiring)?;
        // A miner at work: with sectors, the network's cron unlocks what has vested at every deadline.
        net.control().add_pledge(miner, &fil(5_000))?;
        let code = deploy::install(&mut net, &cast.deployer, deploy::wasm("test_forwarder")?)?;
        let contract = deploy::create(&mut net, &cast.deployer, code, RawBytes::default())?;
        let leaver = net.create_account(KeyKind::Secp256k1, fil((holders + crowd) as i64 + START_FIL))?;
        let mut stage = Self {
            net,
            wiring,
            cast,
            miner,
            contract,
            accounts: Vec::new(),
            wallets: Vec::new(),
            crowd,
            newcomers: Vec::new(),
            leaver,
            positions: Vec::new(),
            silent: Vec::new(),
        };
        progress("making accounts");
        stage.make_accounts(holders)?;
        stage.let_them_in(&mut progress)?;
        let crowd = crowd as u64;
        if crowd > 0 {
            progress("writing the accounts of all others");
            crowd::accounts(&mut stage.net, wiring.pool, crowd)?;
            // Who came within an epoch has no votes in it.
            stage.net.advance(1)?;
        }
        progress("opening the market");
        stage.open_the_market()?;
        progress("filling the exit queue");
        stage.fill_the_queue(stage.tickets())?;
        progress("voting");
        stage.make_a_proposer()?;
        stage.let_them_vote()?;
        if crowd > 0 {
            progress("writing the votes of all others");
            crowd::votes(&mut stage.net, &wiring, crowd - crowd / ballot::SILENT_EVERY as u64)?;
        }
        // After the vote, whose votes come from one source.
        progress("making positions");
        stage.make_positions()?;
        if crowd > 0 {
            progress("writing the positions of all others");
            crowd::positions(&mut stage.net, &wiring, crowd)?;
        }
        Ok(stage)
    }

    /// The number of tickets.
    pub fn tickets(&self) -> u64 {
        self.holders() as u64
    }

    /// The number of tickets that are finalised: the first half, or as many as messages can do in a reasonable time.
    pub fn finalized(&self) -> u64 {
        (self.tickets() / 2).min(FINALIZED)
    }

    /// The number of positions, and so the ID of the next one.
    pub fn tokens(&self) -> u64 {
        (self.positions.len() + self.crowd) as u64
    }

    /// How many holders there are.
    pub fn holders(&self) -> usize {
        self.accounts.len() + self.wallets.len() + self.crowd
    }

    /// One of these people.
    pub fn any<'a>(people: &'a [Key], rng: &mut StdRng) -> &'a Key {
        &people[rng.gen_range(0..people.len())]
    }

    /// A message to the pool.
    pub fn to_pool<M: Method>(&self, from: &Key, request: &M::Params, value: TokenAmount) -> Call {
        call::<M>(from, self.wiring.pool, request, value)
    }

    /// A message to the owner-proxy.
    pub fn to_proxy<M: Method>(&self, from: &Key, request: &M::Params) -> Call {
        call::<M>(from, self.wiring.owner_proxy, request, TokenAmount::zero())
    }

    /// A message to governance.
    pub fn to_governance<M: Method>(&self, from: &Key, request: &M::Params) -> Call {
        call::<M>(from, self.wiring.governance, request, TokenAmount::zero())
    }

    /// Asks a method that only reads.
    pub fn ask<M: Method>(&self, to: ActorID, request: &M::Params) -> anyhow::Result<M::Return> {
        self.net.query(Address::new_id(to), M::NUMBER, encode(request)).and_then(|outcome| outcome.decode())
    }

    /// The network, to look at.
    pub fn network(&self) -> &Network {
        &self.net
    }

    /// What somebody holds.
    ///
    /// # Panics
    /// If the pool can't answer, which would be its fault.
    pub fn shares(&self, holder: &Key) -> TokenAmount {
        let (pool, request) = (Address::new_id(self.wiring.pool), GetAccountParams { account: holder.address() });
        let answer =
            self.net.query(pool, pool::GetAccount::NUMBER, encode(&request)).and_then(|outcome| outcome.decode());
        let account: GetAccountReturn = answer.expect("the pool answers reads");
        account.shares
    }

    /// The CID `VoteSnapshot` will answer in the next message, worked out from what the accounts are now.
    ///
    /// # Panics
    /// If the pool's state does not read.
    pub fn next_snapshot(&self) -> Cid {
        let state: peggy_pool::state::State = self.net.load_state(self.wiring.pool).expect("the pool has state");
        let block = Snapshot { schema: SNAPSHOT_SCHEMA, accounts: state.accounts, epoch: self.net.epoch() };
        dag_cbor_cid(&to_vec(&block).expect("snapshots encode"))
    }

    /// Executes a shot by real messages in a real block, answers the gas in the receipt of its last message, and goes back to
    /// where the network stood.
    pub fn fire(&mut self, shot: Shot) -> anyhow::Result<u64> {
        let here = self.net.snapshot();
        let gas = self.fire_for_good(shot);
        self.net.restore(&here)?;
        gas
    }

    /// Where the gas of a shot goes; `None` for calls of actors, which are part of somebody's message.
    pub fn profile(&mut self, shot: Shot) -> anyhow::Result<Option<(u64, Vec<GasShare>)>> {
        if shot.told_by.is_some() {
            return Ok(None);
        }
        let here = self.net.snapshot();
        let shares = self.profile_for_good(shot);
        self.net.restore(&here)?;
        shares.map(Some)
    }

    fn prepare(&mut self, shot: &Shot) -> anyhow::Result<()> {
        if shot.skip > 0 {
            self.net.advance(shot.skip)?;
        }
        self.net.implicit_batch(shot.before.iter().map(as_message).collect()).context("preparation")?;
        if let Some(fine) = &shot.fine {
            self.net.control().fine(self.miner, fine)?;
            self.net.implicit_batch(vec![as_message(&self.harvest(&self.cast.keeper))]).context("a loss found")?;
        }
        Ok(())
    }

    fn fire_for_good(&mut self, shot: Shot) -> anyhow::Result<u64> {
        self.prepare(&shot)?;
        if let Some(actor) = shot.told_by {
            let Call { to, value, method, params, .. } = shot.call;
            return Ok(self.net.implicit(Address::new_id(actor), to, value, method, params)?.ok()?.gas_used());
        }
        let calls = shot.same_block.into_iter().chain([shot.call]).collect();
        let outcomes = self.net.execute_batch(calls)?;
        let last = outcomes.last().context("no message was executed")?;
        Ok(last.clone().ok()?.gas_used())
    }

    fn profile_for_good(&mut self, shot: Shot) -> anyhow::Result<(u64, Vec<GasShare>)> {
        self.prepare(&shot)?;
        if let Some(first) = &shot.same_block {
            // A profile is taken outside of any block: what should come before it in the same epoch comes as a network message.
            self.net.mine()?;
            self.net.implicit_batch(vec![as_message(first)])?;
        }
        let mut message = as_message(&shot.call);
        message.sequence = self.net.next_nonce(&message.from)?;
        message.gas_limit = peggy_localnet::chain::BLOCK_GAS_LIMIT;
        let (outcome, shares) = self.net.profile(message)?;
        Ok((outcome.ok()?.gas_used(), shares))
    }

    /// Who can propose: among many holders none has a thousandth of all votes by chance.
    pub fn proposer(&self) -> &Key {
        &self.accounts[0]
    }

    /// Has the network execute messages that must succeed.
    pub(crate) fn in_batches(&mut self, messages: Vec<Message>) -> anyhow::Result<()> {
        for some in messages.chunks(BATCH) {
            self.net.implicit_batch(some.to_vec())?;
        }
        Ok(())
    }

    /// A harvest of the miner.
    pub fn harvest(&self, keeper: &Key) -> Call {
        self.to_proxy::<owner_proxy::Harvest>(keeper, &MinerParams { miner: Address::new_id(self.miner) })
    }
}

/// A random amount that uses all its digits.
pub fn odd(rng: &mut StdRng, from_fil: i64, to_fil: i64) -> TokenAmount {
    let nano = rng.gen_range(from_fil * 1_000_000_000..to_fil * 1_000_000_000);
    TokenAmount::from_nano(nano) + TokenAmount::from_atto(rng.gen_range(1..1_000_000_000))
}

/// A message without nonce, gas or fees.
pub fn as_message(call: &Call) -> Message {
    unsigned(call.from.address(), call.to, call.value.clone(), call.method, call.params.clone())
}

/// A message to any actor.
pub fn call<M: Method>(from: &Key, to: ActorID, request: &M::Params, value: TokenAmount) -> Call {
    let (from, to) = (from.clone(), Address::new_id(to));
    Call { from, to, value, method: M::NUMBER, params: encode(request), gas_limit: None }
}
