//! Leaving at once, at a price: somebody provides FIL, somebody sells shares for it, and the provider earns the difference.

use anyhow::Result;
use serde_json::Value;

use crate::expect::MARKET;
use crate::money::{atto_in, fil, short};
use crate::narrate::{heading, say, table};
use crate::stage::{Stage, HOLDERS, LENA};

/// What lena provides.
const PROVIDED: &str = "500";
/// What bob sells.
const SOLD: &str = "100";
/// What lena takes out in the end, in LP tokens.
const TAKEN_OUT: &str = "250";

/// Lena provides, and bob sells.
pub fn sale(stage: &mut Stage) -> Result<()> {
    let bob = HOLDERS[1];
    heading(&format!("{bob} wants out today: liquidity"));
    stage.add_liquidity(LENA, PROVIDED)?;
    let quote = stage.quote(SOLD)?;
    let small = stage.quote("1")?;
    let paid = stage.sell(bob, SOLD)?;
    let status = stage.check_market()?;
    say(format!("{LENA} has put {PROVIDED} FIL into the liquidity actor, for LP tokens. `peggy lp quote` says what leaving at once costs:"));
    let row = |shares: &str, quote: &Value| -> Result<Vec<String>> {
        let bps = atto_in(quote, "/discount_bps")?;
        Ok(vec![
            shares.to_owned(),
            short(&atto_in(quote, "/worth")?),
            short(&atto_in(quote, "/amount")?),
            format!("{}.{:0>2}%", &bps / 100u32, &bps % 100u32),
        ])
    };
    table(&["shares", "worth", "paid", "discount"], [row("1", &small)?, row(SOLD, &quote)?]);
    say(format!(
        "The more shares liquidity has bought, the dearer it gets: 1% with none, and a tenth of a percent more for each percent of all\n\
         it has. {bob} pays the mean of both ends and takes {}. What liquidity has is worth {} now.",
        short(&paid),
        short(&atto_in(&status, "/value")?),
    ));
    Ok(())
}

/// Lena takes half of hers out, in FIL and in shares.
pub fn removal(stage: &mut Stage) -> Result<()> {
    heading(&format!("{LENA} takes half out"));
    let earned = {
        let now = stage.node.epoch()?;
        let expected = stage.expected()?;
        expected.release(now);
        expected.claimable(MARKET)
    };
    let (paid, shares) = stage.remove_liquidity(LENA, TAKEN_OUT)?;
    let gain = &paid + &shares - fil(TAKEN_OUT);
    say(format!(
        "The shares liquidity bought have earned {} meanwhile. For {TAKEN_OUT} of her LP tokens {LENA} gets {} and {} shares. Each share\n\
         is worth one FIL, so that is {} more than the {TAKEN_OUT} FIL she paid for them: {bob}'s discount, and rewards.",
        short(&earned),
        short(&paid),
        short(&shares).replace(" FIL", ""),
        short(&gain),
        bob = HOLDERS[1],
    ));
    Ok(())
}
