//! The exit queue.

use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use num_traits::Zero;
use peggy_interfaces::pool::{
    self, ClaimExitParams, ExitDemandReturn, FinalizeExitsParams, ListTicketsParams, RequestExitParams, TicketInfo,
    TicketParams,
};
use peggy_localnet::{Key, KeyKind};

use crate::step::Outcome;
use crate::world::World;

impl World {
    /// Shares into the queue. An Ethereum-style wallet does it by ABI.
    pub fn request_exit(&mut self, who: &Key, shares: TokenAmount) -> Outcome {
        if who.kind() == KeyKind::Delegated {
            return self.evm(who, crate::abi::request_exit(&shares), TokenAmount::zero());
        }
        self.call::<pool::RequestExit>(who, self.wiring.pool, &RequestExitParams { shares }, TokenAmount::zero())
    }

    /// [`Self::request_exit`], which must succeed; answers the ticket.
    #[track_caller]
    pub fn ticket(&mut self, who: &Key, shares: TokenAmount) -> u64 {
        let expected = self.exit_demand().next;
        self.request_exit(who, shares).ok();
        assert_eq!(self.exit_demand().next, expected + 1, "a request makes one ticket");
        expected
    }

    /// Shares out of the queue again.
    pub fn cancel_exit(&mut self, who: &Key, ticket: u64) -> Outcome {
        self.call::<pool::CancelExit>(who, self.wiring.pool, &TicketParams { ticket }, TokenAmount::zero())
    }

    /// The queue is served.
    pub fn finalize_exits(&mut self, who: &Key, max_tickets: u32) -> Outcome {
        let request = FinalizeExitsParams { max_tickets };
        self.call::<pool::FinalizeExits>(who, self.wiring.pool, &request, TokenAmount::zero())
    }

    /// A ticket is paid to its owner. An Ethereum-style wallet does it by ABI.
    pub fn claim_exit(&mut self, who: &Key, ticket: u64) -> Outcome {
        if who.kind() == KeyKind::Delegated {
            return self.evm(who, crate::abi::claim_exit(ticket), TokenAmount::zero());
        }
        self.claim_exit_to(who, ticket, who.address())
    }

    /// A ticket is paid to somebody.
    pub fn claim_exit_to(&mut self, who: &Key, ticket: u64, to: Address) -> Outcome {
        self.call::<pool::ClaimExit>(who, self.wiring.pool, &ClaimExitParams { ticket, to }, TokenAmount::zero())
    }

    /// What the queue needs, and how far it is.
    pub fn exit_demand(&self) -> ExitDemandReturn {
        self.read::<pool::ExitDemand>(self.wiring.pool, &())
    }

    /// A ticket, if there is one of that number.
    pub fn find_ticket(&self, ticket: u64) -> Option<TicketInfo> {
        let request = ListTicketsParams { owner: None, from: ticket, limit: 1 };
        self.read::<pool::ListTickets>(self.wiring.pool, &request).tickets.pop()
    }
}
