//! Ten thousand tickets: what a message costs grows with what it is asked to do, not with who waits.

use std::sync::OnceLock;

use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{self, ClaimExitParams, FinalizeExitsParams, RequestExitParams, TicketParams};
use peggy_localnet::message::unsigned;
use peggy_localnet::{Key, Network};
use peggy_runtime::Method;
use peggy_scenarios::observe::Observed;
use peggy_scenarios::tickets::seed_tickets;
use peggy_scenarios::world::encode;
use peggy_scenarios::{fil, invariants, World};

const MANY: u64 = 10_000;

/// A pool whose queue is this long, all of it of alice's, and FIL for all of it. Tickets are written into the state as requests leave
/// them, for ten thousand messages would take minutes.
fn queue_of(tickets: u64) -> World {
    static WORLD: OnceLock<World> = OnceLock::new();
    let world = WORLD.get_or_init(|| {
        let mut w = World::new();
        let alice = w.cast.alice.clone();
        w.deposit(&alice, fil(100_000)).ok();
        w.skip(1);
        w
    });
    let mut w = world.fork();
    let (alice, pool) = (w.id(&w.cast.alice), w.wiring.pool);
    seed_tickets(&mut w.net, pool, alice, tickets, &fil(1)).expect("tickets");
    sound(&w.net, &w);
    w
}

/// Every invariant of raw state; the world's own books know nothing of tickets nobody asked for.
fn sound(net: &Network, w: &World) {
    let seen = Observed::of(net, &w.wiring).unwrap();
    let findings = invariants::standing(&seen, &w.wiring, net);
    assert!(findings.is_clean(), "{findings}");
}

/// Gas of a message that must succeed; the network it was sent on is another.
fn gas<M: Method>(w: &World, from: &Key, request: &M::Params) -> (u64, Network) {
    let mut net = w.net.fork().unwrap();
    let params: RawBytes = encode(request);
    let outcome = net.send(from, Address::new_id(w.wiring.pool), TokenAmount::zero(), M::NUMBER, params).unwrap();
    (outcome.ok().unwrap().gas_used(), net)
}

fn finalize(w: &World, max_tickets: u32) -> (u64, Network) {
    gas::<pool::FinalizeExits>(w, &w.cast.keeper, &FinalizeExitsParams { max_tickets })
}

#[test]
fn failure_18_gas_of_the_queue_follows_the_argument_and_not_its_length() {
    let (few, many) = (queue_of(10), queue_of(MANY));
    let alice = &few.cast.alice;
    // One path of a tree of 8 children a node: four levels more for a thousand times the tickets.
    let deeper = 5 * 1_400_000;
    let cost = |w: &World| {
        [
            finalize(w, 1).0,
            gas::<pool::RequestExit>(w, alice, &RequestExitParams { shares: fil(1) }).0,
            gas::<pool::CancelExit>(w, alice, &TicketParams { ticket: 5 }).0,
            gas::<pool::ClaimExit>(w, alice, &ClaimExitParams { ticket: 5, to: alice.address() }).0,
        ]
    };
    let (short, long) = (cost(&few), cost(&many));
    for (short, long) in short.into_iter().zip(long) {
        assert!(long <= short + deeper, "{short} gas with 10 tickets, {long} with {MANY}");
    }

    // Ten, a hundred, a thousand: each ticket costs about the same.
    let (one, ten) = (finalize(&many, 1).0, finalize(&many, 10).0);
    let each = (ten - one) / 9;
    for max in [100u32, 1_000] {
        let (gas, net) = finalize(&many, max);
        sound(&net, &many);
        let extra = (gas - one) / u64::from(max - 1);
        assert!(extra <= each * 3 / 2 && extra * 4 >= each, "{max} tickets: {extra} gas each, of ten {each} each");
    }
}

/// Bytes of memory the message grows by, from what the network charges for them: 0.4 gas each.
fn memory_of_finalizing(w: &World, max_tickets: u32) -> u64 {
    let params = encode(&FinalizeExitsParams { max_tickets });
    let (keeper, pool) = (w.cast.keeper.address(), Address::new_id(w.wiring.pool));
    let mut message = unsigned(keeper, pool, TokenAmount::zero(), pool::FinalizeExits::NUMBER, params);
    message.sequence = w.net.next_nonce(&keeper).unwrap();
    message.gas_limit = peggy_localnet::chain::BLOCK_GAS_LIMIT;
    let (outcome, shares) = w.net.profile(message).unwrap();
    outcome.ok().unwrap();
    shares.iter().filter(|share| share.charge == "wasm_memory_grow").map(|share| share.gas).sum::<u64>() * 10 / 4
}

#[test]
fn ten_thousand_tickets_are_finalised_by_one_message() {
    let w = queue_of(MANY);
    let (gas, net) = finalize(&w, 10_000);
    let seen = Observed::of(&net, &w.wiring).unwrap();
    assert_eq!((seen.pool.queue.first, seen.pool.state.totals.queued.clone()), (MANY, fil(0)));
    assert_eq!(seen.pool.queue.owed, fil(10_000));
    sound(&net, &w);
    assert!(gas < peggy_localnet::chain::BLOCK_GAS_LIMIT / 2, "{gas}");
    // One by one they would cost more together.
    assert!(gas < 10_000 * finalize(&w, 1).0);
    // Actors never free memory: even so the longest of messages takes a small part of the 512 MiB there are.
    let memory = memory_of_finalizing(&w, 10_000);
    assert!(memory > 1 << 20 && memory < 64 << 20, "{memory} bytes");
}
