//! Shares as a token: alice makes a position and sells it, and each gets what it earned while it was theirs.

use anyhow::Result;

use crate::miner::DAY;
use crate::money::{fil, short};
use crate::narrate::{heading, say};
use crate::stage::{Stage, HOLDERS, LENA};

/// Shares alice wraps.
const WRAPPED: &str = "60.000000000000000007";
/// The position by who gets what it earns: it earns like a holder of its own.
pub const SOLD: &str = "alice's position";
/// See [`SOLD`].
pub const BOUGHT: &str = "lena's position";

/// Made, kept for a day, sold, kept for another.
pub fn trade(stage: &mut Stage) -> Result<()> {
    let alice = HOLDERS[0];
    heading(&format!("{alice} sells a position: shares as a token"));
    let token = stage.mint_position(alice, SOLD, WRAPPED)?;
    stage.node.advance(DAY)?;
    stage.sell_position((alice, SOLD), (LENA, BOUGHT), token)?;
    stage.node.advance(DAY)?;
    let (sellers, buyers) = (stage.claim_positions(alice, SOLD)?, stage.claim_positions(LENA, BOUGHT)?);
    stage.check_position(LENA, BOUGHT, token, &fil(WRAPPED))?;
    say(format!(
        "{alice} wraps {WRAPPED} shares as token #{token} (`peggy nft mint`), and a day later gives it to {LENA}, who paid her elsewhere.\n\
         Another day later both claim: {alice} gets {}, what the token earned to the hour it left her; {LENA}, its beneficiary since,\n\
         gets {}. She keeps it: it goes on earning like the shares it stands for, and she can turn it back into them at any time.",
        short(&sellers),
        short(&buyers),
    ));
    Ok(())
}
