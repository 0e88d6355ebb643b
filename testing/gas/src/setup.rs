//! How the people of a stage come: accounts, deposits with rewards in between, a queue, a vote.

use anyhow::{ensure, Context};
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::{ActorID, METHOD_SEND};
use num_traits::Zero;
use peggy_interfaces::governance::Propose;
use peggy_interfaces::owner_proxy::{CreateMinerParams, CreateMinerReturn, PledgeParams};
use peggy_interfaces::pool::{ClaimRewardsParams, DepositParams, FinalizeExitsParams};
use peggy_interfaces::{frc46, owner_proxy, pool};
use peggy_localnet::message::unsigned;
use peggy_localnet::{Key, KeyKind, Network};
use peggy_runtime::Wiring;
use peggy_scenarios::tickets::seed_tickets;
use peggy_scenarios::world::Cast;
use peggy_scenarios::{actions, fil};
use rand::rngs::StdRng;
use rand::SeedableRng;

use crate::ballot;
use crate::stage::{as_message, call, odd, Stage, BATCH};

/// Rounds in which the holders arrive, with a reward in each: so the records of early and late ones differ.
const ROUNDS: usize = 10;
/// Epochs a round takes: a day, so that rewards vest.
const ROUND: ChainEpoch = 2_880;
/// Every fifth holder has an Ethereum-style wallet.
pub(crate) const WALLET_EVERY: usize = 5;
/// Accounts with FIL and without shares.
const NEWCOMERS: usize = 20;
/// Tickets finalised by one message.
const TICKETS_PER_MESSAGE: u64 = 500;
/// What each account starts with, in whole FIL.
pub(crate) const START_FIL: i64 = 700;

impl Stage {
    pub(crate) fn make_accounts(&mut self, holders: usize) -> anyhow::Result<()> {
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
    pub(crate) fn let_them_in(&mut self, progress: &mut impl FnMut(&str)) -> anyhow::Result<()> {
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
    pub(crate) fn fill_the_queue(&mut self, tickets: u64) -> anyhow::Result<()> {
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

    /// Gives the proposer a hundredth of all votes.
    pub(crate) fn make_a_proposer(&mut self) -> anyhow::Result<()> {
        let supply = self.ask::<frc46::TotalSupply>(self.wiring.pool, &())?;
        let request = DepositParams { recipient: None, min_shares: TokenAmount::zero() };
        let value = supply.div_floor(100u32);
        let deposit = self.to_pool::<pool::Deposit>(self.proposer(), &request, value.clone());
        let faucet = self.net.genesis().faucet.address();
        let gift = unsigned(faucet, self.proposer().address(), value, METHOD_SEND, RawBytes::default());
        self.in_batches(vec![gift, as_message(&deposit)]).context("the proposer's deposit")
    }

    /// All but a few vote on the running proposal, so that its receipts are as many as they can be.
    pub(crate) fn let_them_vote(&mut self) -> anyhow::Result<()> {
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
}

/// A miner born in custody.
pub(crate) fn create_miner(net: &mut Network, cast: &Cast, wiring: &Wiring) -> anyhow::Result<ActorID> {
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
