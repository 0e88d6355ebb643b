//! A pool with many holders, and what is done on it.

use anyhow::{ensure, Context};
use cid::Cid;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::{to_vec, RawBytes};
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::message::Message;
use fvm_shared::{ActorID, METHOD_SEND};
use num_traits::Zero;
use peggy_interfaces::governance::Propose;
use peggy_interfaces::owner_proxy::{CreateMinerParams, CreateMinerReturn, MinerParams, PledgeParams};
use peggy_interfaces::pool::{
    ClaimRewardsParams, DepositParams, FinalizeExitsParams, GetAccountParams, GetAccountReturn,
};
use peggy_interfaces::{frc46, owner_proxy, pool};
use peggy_ledger::{Snapshot, SNAPSHOT_SCHEMA};
use peggy_localnet::message::unsigned;
use peggy_localnet::store::dag_cbor_cid;
use peggy_localnet::{Call, GasShare, Key, KeyKind, Network};
use peggy_runtime::{Method, Wiring};
use peggy_scenarios::tickets::seed_tickets;
use peggy_scenarios::world::{encode, Cast};
use peggy_scenarios::{actions, deploy, fil, Setup, World};
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::ballot;
use crate::crowd;
use crate::methods::Shot;

/// Rounds in which the holders arrive, with a reward in each: so the records of early and late ones differ.
const ROUNDS: usize = 10;
/// Epochs a round takes: a day, so that rewards vest.
const ROUND: ChainEpoch = 2_880;
/// Every fifth holder has an Ethereum-style wallet.
const WALLET_EVERY: usize = 5;
/// Accounts with FIL and without shares.
const NEWCOMERS: usize = 20;
/// So many holders come by messages; the others' records are written into the state (see [`crowd`]).
const BY_MESSAGE: usize = 10_000;
/// Tickets that are finalised, at most.
const FINALIZED: u64 = 5_000;
/// Messages executed on one state before it is written.
const BATCH: usize = 1_000;
/// Tickets finalised by one message.
const TICKETS_PER_MESSAGE: u64 = 500;
/// What each account starts with, in whole FIL.
const START_FIL: i64 = 700;

/// A network with a bundle, a miner in custody that earned, and a pool with holders.
pub struct Stage {
    net: Network,
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

    fn make_accounts(&mut self, holders: usize) -> anyhow::Result<()> {
        for i in 0..holders {
            let wallet = i % WALLET_EVERY == WALLET_EVERY - 1;
            let kind = if wallet { KeyKind::Delegated } else { KeyKind::Secp256k1 };
            let key = self.net.new_key(kind)?;
            if wallet { &mut self.wallets } else { &mut self.accounts }.push(key);
        }
        for _ in 0..NEWCOMERS {
            let key = self.net.new_key(KeyKind::Secp256k1)?;
            self.newcomers.push(key);
        }
        let faucet = self.net.genesis().faucet.address();
        let everybody: Vec<Address> =
            self.accounts.iter().chain(&self.wallets).chain(&self.newcomers).map(Key::address).collect();
        for some in everybody.chunks(BATCH) {
            let fund = |to: &Address| unsigned(faucet, *to, fil(START_FIL), METHOD_SEND, RawBytes::default());
            self.net.implicit_batch(some.iter().map(fund).collect()).context("funding")?;
        }
        Ok(())
    }

    /// The holders come a few at a time; each time a reward is earned, harvested and partly released; half of them claim once.
    fn let_them_in(&mut self, progress: &mut impl FnMut(&str)) -> anyhow::Result<()> {
        let mut rng = StdRng::seed_from_u64(self.holders() as u64);
        let everybody: Vec<Key> = self.accounts.iter().chain(&self.wallets).cloned().collect();
        // Interleaved, so that every round has some of both kinds.
        let of_round = |round: usize| everybody.iter().skip(round).step_by(ROUNDS);
        for round in 0..ROUNDS {
            progress(&format!("holders arrive, round {} of {ROUNDS}", round + 1));
            let mut messages = Vec::new();
            for (i, holder) in of_round(round).enumerate() {
                let request = DepositParams { recipient: None, min_shares: TokenAmount::zero() };
                // The first one is to have votes enough to propose.
                let (from, to) = if (round, i) == (0, 0) { (450, 500) } else { (50, 500) };
                messages.push(as_message(&self.to_pool::<pool::Deposit>(holder, &request, odd(&mut rng, from, to))));
            }
            if round == ROUNDS / 2 {
                for holder in (0..round).flat_map(of_round).step_by(2) {
                    let request = ClaimRewardsParams { to: holder.address(), amount: None };
                    messages.push(as_message(&self.to_pool::<pool::ClaimRewards>(
                        holder,
                        &request,
                        TokenAmount::zero(),
                    )));
                }
            }
            self.in_batches(messages).context("deposits and claims")?;
            if round == 1 {
                // Its vote is opened when all are there.
                let proposer = of_round(0).next().context("somebody came first")?;
                let propose = self.to_governance::<Propose>(proposer, &ballot::proposal(self));
                self.net.implicit_batch(vec![as_message(&propose)]).context("a proposal")?;
            }
            if round == 0 {
                let request = PledgeParams { miner: Address::new_id(self.miner), amount: odd(&mut rng, 20, 30) };
                let pledge = self.to_proxy::<owner_proxy::Pledge>(&self.cast.operator, &request);
                self.net.implicit_batch(vec![as_message(&pledge)]).context("pledge")?;
            }
            self.net.control().award_amount(self.miner, &odd(&mut rng, 100, 1_000))?;
            self.net.advance(ROUND - 1)?;
            let harvest = self.harvest(&self.cast.keeper);
            self.net.implicit_batch(vec![as_message(&harvest)]).context("harvest")?;
        }
        Ok(())
    }

    /// As many tickets as holders, all of one owner's. They are written into the state as requests would leave them: what a ticket
    /// costs does not depend on whose it is.
    fn fill_the_queue(&mut self, tickets: u64) -> anyhow::Result<()> {
        let request = DepositParams { recipient: None, min_shares: TokenAmount::zero() };
        let deposit = self.to_pool::<pool::Deposit>(&self.leaver, &request, fil(tickets as i64 + 100));
        self.net.implicit_batch(vec![as_message(&deposit)]).context("the leaver's deposit")?;
        let owner = self.net.resolve(&self.leaver.address())?.context("the leaver is on chain")?;
        seed_tickets(&mut self.net, self.wiring.pool, owner, tickets, &fil(1))?;
        let mut left = self.finalized();
        while left > 0 {
            let max_tickets = left.min(TICKETS_PER_MESSAGE) as u32;
            let request = FinalizeExitsParams { max_tickets };
            let call = self.to_pool::<pool::FinalizeExits>(&self.cast.keeper, &request, TokenAmount::zero());
            self.net.implicit_batch(vec![as_message(&call)]).context("finalising")?;
            left -= u64::from(max_tickets);
        }
        Ok(())
    }

    /// Who can propose: among many holders none has a thousandth of all votes by chance.
    pub fn proposer(&self) -> &Key {
        &self.accounts[0]
    }

    /// Gives the proposer a hundredth of all votes.
    fn make_a_proposer(&mut self) -> anyhow::Result<()> {
        let supply = self.ask::<frc46::TotalSupply>(self.wiring.pool, &())?;
        let request = DepositParams { recipient: None, min_shares: TokenAmount::zero() };
        let value = supply.div_floor(100u32);
        let deposit = self.to_pool::<pool::Deposit>(self.proposer(), &request, value.clone());
        let faucet = self.net.genesis().faucet.address();
        let gift = unsigned(faucet, self.proposer().address(), value, METHOD_SEND, RawBytes::default());
        self.in_batches(vec![gift, as_message(&deposit)]).context("the proposer's deposit")
    }

    /// All but a few vote on the running proposal, so that its receipts are as many as they can be.
    fn let_them_vote(&mut self) -> anyhow::Result<()> {
        let opening = ballot::opening(self, &self.cast.keeper);
        self.net.implicit_batch(vec![as_message(&opening)]).context("opening the vote")?;
        let silent = |i: usize| i.is_multiple_of(ballot::SILENT_EVERY);
        let voters: Vec<_> = self
            .accounts
            .iter()
            .enumerate()
            .filter(|(i, _)| !silent(*i))
            .map(|(_, key)| ballot::ballot(self, key))
            .collect();
        self.silent =
            self.accounts.iter().enumerate().filter(|(i, _)| silent(*i)).map(|(_, key)| key.clone()).collect();
        for some in voters.chunks(BATCH) {
            self.net.implicit_batch(some.iter().map(as_message).collect()).context("votes")?;
        }
        let running = ballot::running(self)?;
        ensure!(running.tally.yes > TokenAmount::zero(), "nobody voted");
        ensure!(running.poll.is_some_and(|poll| poll.sources.len() == 1), "votes come from one source");
        Ok(())
    }

    /// Has the network execute messages that must succeed.
    pub(crate) fn in_batches(&mut self, messages: Vec<Message>) -> anyhow::Result<()> {
        for some in messages.chunks(BATCH) {
            self.net.implicit_batch(some.to_vec())?;
        }
        Ok(())
    }

    /// Executes messages of the network itself, some at a time.
    pub(crate) fn run(&mut self, messages: &[Message]) -> anyhow::Result<()> {
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

fn create_miner(net: &mut Network, cast: &Cast, wiring: &Wiring) -> anyhow::Result<ActorID> {
    let request = CreateMinerParams {
        worker: cast.worker.address(),
        window_post_proof_type: actions::post_proof(),
        peer_id: ByteBuf(b"peer".to_vec()),
        multiaddrs: Vec::new(),
    };
    let call = call::<owner_proxy::CreateMiner>(&cast.operator, wiring.owner_proxy, &request, fil(10_000));
    let outcome = net.send(&call.from, call.to, call.value, call.method, call.params)?;
    Ok(outcome.ok().context("CreateMiner")?.decode::<CreateMinerReturn>()?.miner)
}
