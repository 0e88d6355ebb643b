//! A use of every method of governance that must work, for tests that go through all of them.

use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::governance::{
    Action, Cancel, Choice, Consent, GetConfig, GetProposal, GetReceipt, GetReceiptParams, GuardianPause,
    GuardianPauseParams, InvokeEVM, ListProposals, ListProposalsParams, ProposalParams, SetSettings, Veto,
    DEFAULT_SETTINGS,
};
use peggy_runtime::Method;
use peggy_scenarios::council::{action, Council};
use peggy_scenarios::world::encode;
use peggy_scenarios::{abi, Outcome, World};

use super::{keeper_cut, set_guardian, set_terms};

/// On a copy of a world in which Alice and Bob together have most votes, and the operator owns the bond.
pub fn works(w: &World, method: &str) -> Outcome {
    let mut c = Council::of(w.fork());
    let (alice, carol, operator, guardian) = (c.key("alice"), c.key("carol"), c.key("operator"), c.key("guardian"));
    let governance = c.wiring.governance;
    match method {
        "Propose" => c.try_propose(&alice, vec![keeper_cut(&c, 1)]),
        "Cancel" => {
            let id = c.propose(&alice, vec![keeper_cut(&c, 1)]);
            c.gov::<Cancel>(&alice, &ProposalParams { id })
        }
        "Activate" => {
            let id = c.propose(&alice, vec![keeper_cut(&c, 1)]);
            c.reach(c.proposal(id).activate_from);
            c.activate(id)
        }
        "Vote" => {
            let id = c.open(&alice, vec![keeper_cut(&c, 1)]);
            c.vote(&alice, id, Choice::For)
        }
        "Consent" => {
            let id = c.open(&alice, vec![keeper_cut(&c, 1)]);
            c.gov::<Consent>(&operator, &ProposalParams { id })
        }
        "Recount" => {
            let id = c.open(&alice, vec![keeper_cut(&c, 1)]);
            c.vote(&alice, id, Choice::For).ok();
            c.recount(id, &alice)
        }
        "InvokeEVM" => {
            let id = c.propose(&alice, vec![keeper_cut(&c, 1)]);
            let calldata = [abi::selector("state(uint256)"), abi::word(&TokenAmount::from_atto(id)).to_vec()].concat();
            let params = encode(&ByteBuf(calldata));
            c.send("state(uint256)", &carol, governance, InvokeEVM::NUMBER, params, TokenAmount::zero())
        }
        "Queue" => {
            let cut = keeper_cut(&c, 1);
            let id = won(&mut c, vec![cut]);
            c.queue(id)
        }
        "Veto" => {
            let terms = set_terms(&c, |_| ());
            let id = won(&mut c, vec![terms]);
            c.queue(id).ok();
            c.gov::<Veto>(&alice, &ProposalParams { id })
        }
        "Execute" => {
            let cut = keeper_cut(&c, 1);
            executed(&mut c, cut)
        }
        "SetGuardian" => {
            let guardian = set_guardian(&c, "bob");
            executed(&mut c, guardian)
        }
        "SetSettings" => executed(&mut c, action::<SetSettings>(governance, &DEFAULT_SETTINGS)),
        "GuardianPause" => {
            // Refused for its own reason while both are paused already: one pause follows another after as long a time.
            let params = GuardianPauseParams { epochs: 10 };
            c.gov::<GuardianPause>(&guardian, &params).refused(74, "the pause of the pool");
            c.skip(14 * super::DAY);
            c.gov::<GuardianPause>(&guardian, &params)
        }
        "GetProposal" | "GetReceipt" | "ListProposals" => {
            let id = c.propose(&alice, vec![keeper_cut(&c, 1)]);
            match method {
                "GetProposal" => c.try_read::<GetProposal>(governance, &ProposalParams { id }),
                "GetReceipt" => c.try_read::<GetReceipt>(governance, &GetReceiptParams { id, voter: alice.address() }),
                _ => c.try_read::<ListProposals>(governance, &ListProposalsParams { from: 1, limit: 5 }),
            }
        }
        "GetConfig" => c.try_read::<GetConfig>(governance, &()),
        other => panic!("say how governance {other} is used"),
    }
}

/// A proposal whose vote is over and won.
fn won(c: &mut Council, actions: Vec<Action>) -> u64 {
    let (alice, bob, operator) = (c.key("alice"), c.key("bob"), c.key("operator"));
    let id = c.open(&alice, actions);
    // Together more than half of all votes, which critical proposals need.
    c.vote(&alice, id, Choice::For).ok();
    c.vote(&bob, id, Choice::For).ok();
    c.gov::<Consent>(&operator, &ProposalParams { id }).ok();
    c.close(id);
    id
}

fn executed(c: &mut Council, action: Action) -> Outcome {
    let id = won(c, vec![action]);
    c.queue(id).ok();
    c.wait(id);
    c.execute(id)
}
