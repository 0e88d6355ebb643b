//! The books a second time, kept by the tests with their own arithmetic.
//!
//! The ledger knows nothing of the actors' code: it follows the events of each message, does the sums itself, and refuses any
//! event whose figures are not what it worked out. After every step its result is compared with the chain, to the attoFIL; what
//! a holder has earned is kept to 192 binary digits, and may differ from the chain by the rounding named at [`Ledger::slack`].

mod apply;
mod bond;
mod books;
mod compare;
mod exits;
mod holders;
mod liquidity;
mod miners;
mod nft;

pub use apply::Follow;
pub use books::{BondBook, Ledger, MinerBook, TicketBook};
pub use liquidity::LiquidityBook;
pub use nft::{NftBook, PositionBook};
