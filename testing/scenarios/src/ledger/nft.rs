//! Positions a second time: owners, beneficiaries, approvals, and what each token earned by shares times the ledger's own index.

use std::collections::{BTreeMap, BTreeSet};

use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_bigint::BigInt;
use num_traits::{Signed, Zero};
use peggy_runtime::Findings;

use super::apply::{Done, Follow};
use super::books::{Ledger, CHAIN, FINE};
use crate::events::Event;
use crate::observe::{n, Observed};
use crate::step::Outcome;

/// A token.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct PositionBook {
    /// Who owns it.
    pub owner: ActorID,
    /// Who gets its rewards.
    pub beneficiary: ActorID,
    /// Its shares.
    pub shares: BigInt,
    /// Approved for it alone.
    pub operators: BTreeSet<ActorID>,
    /// The ledger's index when it was last settled.
    since: BigInt,
    /// attoFIL claimed since then.
    claimed: BigInt,
}

/// All tokens.
#[derive(Clone, Debug, Default)]
pub struct NftBook {
    /// nft-share.
    pub id: ActorID,
    /// By token.
    pub positions: BTreeMap<u64, PositionBook>,
    /// Tokens ever made.
    pub minted: u64,
    /// Owed from settled tokens, times 2^192.
    pub owed: BTreeMap<ActorID, BigInt>,
    /// Approved for all tokens of an owner.
    pub operators: BTreeMap<ActorID, BTreeSet<ActorID>>,
    /// Settlements so far: each may shift less than an attoFIL.
    pub settlements: u64,
}

impl NftBook {
    /// No tokens.
    pub fn new(id: ActorID) -> Self {
        Self { id, ..Self::default() }
    }

    fn owned(&mut self, token: u64, owner: ActorID) -> Result<&mut PositionBook, String> {
        let position = self.positions.get_mut(&token).ok_or(format!("there is no token {token}"))?;
        if position.owner != owner {
            return Err(format!("token {token} is f0{}'s, not f0{owner}'s", position.owner));
        }
        Ok(position)
    }

    fn allowed(&self, operator: ActorID, owner: ActorID, token: u64) -> bool {
        let for_all = self.operators.get(&owner).is_some_and(|all| all.contains(&operator));
        operator == owner || for_all || self.positions.get(&token).is_some_and(|p| p.operators.contains(&operator))
    }
}

impl PositionBook {
    fn earned(&self, index: &BigInt) -> BigInt {
        &self.shares * (index - &self.since) - (&self.claimed << FINE)
    }
}

impl Ledger {
    /// attoFIL per share up to an epoch, times 2^192: what was released, and what would be by then.
    fn index_at(&self, now: ChainEpoch) -> BigInt {
        let mut then = Self { due: BTreeMap::new(), ..self.clone() };
        then.release(now);
        then.index
    }

    fn nft_slack(&self) -> BigInt {
        self.slack() + (BigInt::from(self.nft.settlements + 1) << FINE)
    }

    /// Turns what tokens earned into debts to their beneficiaries, and compares with what an event says of it.
    fn settle_nfts(&mut self, tokens: &[u64], now: ChainEpoch, e: &Event) -> Done {
        let index = self.index_at(now);
        let slack = self.nft_slack();
        let mut sums: BTreeMap<ActorID, BigInt> = BTreeMap::new();
        for token in tokens {
            let position = self.nft.positions.get_mut(token).ok_or(format!("there is no token {token}"))?;
            *sums.entry(position.beneficiary).or_default() += position.earned(&index);
            (position.since, position.claimed) = (index.clone(), BigInt::zero());
            self.nft.settlements += 1;
        }
        let said: Vec<(ActorID, TokenAmount)> = e.get("owed")?;
        let mut said: BTreeMap<ActorID, BigInt> = said.into_iter().map(|(id, units)| (id, n(&units))).collect();
        for (who, earned) in sums {
            let told = said.remove(&who).unwrap_or_default() << (FINE - CHAIN);
            if (&told - &earned).abs() > slack {
                return Err(format!("f0{who} is owed {} attoFIL, expected {}", told >> FINE, earned >> FINE));
            }
            *self.nft.owed.entry(who).or_default() += earned;
        }
        said.is_empty().then_some(()).ok_or(format!("{said:?} are owed something although they are no beneficiaries"))
    }

    pub(super) fn compare_nfts(&self, seen: &Observed, f: &mut Findings) {
        f.require(
            self.nft.positions.keys().eq(seen.nft.positions.keys()),
            format_args!("tokens are {:?}, not those expected", seen.nft.positions.keys()),
        );
        f.require(self.nft.minted == seen.nft.state.next_token, format_args!("{} were minted", self.nft.minted));
        let index = self.index_at(seen.epoch);
        let slack = self.nft_slack();
        for (token, ours) in &self.nft.positions {
            let Some(theirs) = seen.nft.positions.get(token) else { continue };
            let same = (ours.owner, ours.beneficiary, &ours.shares)
                == (theirs.owner, theirs.beneficiary(), theirs.account.shares.atto());
            f.require(same, format_args!("token {token} is {theirs:?}, expected {ours:?}"));
            f.require(
                ours.operators.iter().eq(&theirs.operators),
                format_args!("token {token} has operators {:?}, expected {:?}", theirs.operators, ours.operators),
            );
            let (earned, accrued) = (ours.earned(&index), seen.nft.accrued(*token) << (FINE - CHAIN));
            f.require(
                (&earned - &accrued).abs() <= slack,
                format_args!("token {token} earned {}, the chain says {}", earned >> FINE, accrued >> FINE),
            );
        }
        let everybody: BTreeSet<_> = self.nft.owed.keys().chain(seen.nft.holders.keys()).collect();
        for who in everybody {
            let ours = self.nft.owed.get(who).cloned().unwrap_or_default();
            let holder = seen.nft.holders.get(who).cloned().unwrap_or_default();
            let theirs = &holder.owed << (FINE - CHAIN);
            f.require(
                (&ours - &theirs).abs() <= slack,
                format_args!("f0{who} is owed {}, expected {}", theirs >> FINE, ours >> FINE),
            );
            let none = BTreeSet::new();
            let operators = self.nft.operators.get(who).unwrap_or(&none);
            f.require(
                operators.iter().eq(&holder.operators),
                format_args!("f0{who} has operators {:?}, expected {operators:?}", holder.operators),
            );
        }
    }
}

impl Follow<'_> {
    pub(super) fn nft(&mut self, e: &Event) -> Done {
        match e.kind.as_str() {
            "minted" => self.nft_minted(e),
            "transfer" => self.nft_moved(e),
            "burnt" => self.nft_burnt(e),
            "split" => self.nft_split(e),
            "merged" => self.nft_merged(e),
            "beneficiary" => self.nft_beneficiary(e),
            "claimed" => self.nft_claimed(e),
            "owed-claimed" | "owed-back" => self.nft_owed(e),
            "approval" => self.nft_approval(e),
            "approval-for-all" => self.nft_approval_for_all(e),
            "wired" | "upgraded" => Ok(()),
            other => Err(format!("the ledger does not know events of nft-share called {other}")),
        }
    }

    fn nft_make(&mut self, token: u64, owner: ActorID, beneficiary: ActorID, shares: BigInt) -> Done {
        let since = self.ledger.index_at(self.after.epoch);
        let nft = &mut self.ledger.nft;
        if token != nft.minted {
            return Err(format!("the token is {token}, expected {}", nft.minted));
        }
        nft.minted += 1;
        let book = PositionBook { owner, beneficiary, shares, since, ..PositionBook::default() };
        nft.positions.insert(token, book);
        Ok(())
    }

    /// Ends tokens of one owner; answers their shares and beneficiaries.
    fn nft_end(&mut self, tokens: &[u64], owner: ActorID, e: &Event) -> Result<(BigInt, BTreeSet<ActorID>), String> {
        self.ledger.settle_nfts(tokens, self.after.epoch, e)?;
        let (mut shares, mut whose) = (BigInt::zero(), BTreeSet::new());
        for token in tokens {
            self.ledger.nft.owned(*token, owner)?;
            let position = self.ledger.nft.positions.remove(token).ok_or("it is gone")?;
            shares += position.shares;
            whose.insert(position.beneficiary);
        }
        Ok((shares, whose))
    }

    fn nft_minted(&mut self, e: &Event) -> Done {
        self.nft_make(e.get("token")?, e.id("owner")?, e.id("beneficiary")?, n(&e.amount("shares")?))
    }

    fn nft_may(&self, e: &Event, owner: ActorID, tokens: &[u64]) -> Done {
        let operator = e.id("operator")?;
        match tokens.iter().find(|token| !self.ledger.nft.allowed(operator, owner, **token)) {
            Some(token) => Err(format!("f0{operator} was not approved for token {token}")),
            None => Ok(()),
        }
    }

    fn nft_moved(&mut self, e: &Event) -> Done {
        let (from, to, tokens) = (e.id("from")?, e.id("to")?, e.get::<Vec<u64>>("tokens")?);
        self.nft_may(e, from, &tokens)?;
        self.ledger.settle_nfts(&tokens, self.after.epoch, e)?;
        for token in tokens {
            let position = self.ledger.nft.owned(token, from)?;
            (position.owner, position.beneficiary) = (to, to);
            position.operators.clear();
        }
        Ok(())
    }

    fn nft_burnt(&mut self, e: &Event) -> Done {
        let (owner, tokens) = (e.id("owner")?, e.get::<Vec<u64>>("tokens")?);
        self.nft_may(e, owner, &tokens)?;
        let (shares, _) = self.nft_end(&tokens, owner, e)?;
        let said = n(&e.amount("shares")?);
        (shares == said).then_some(()).ok_or(format!("{said} shares left, expected {shares}"))
    }

    fn nft_split(&mut self, e: &Event) -> Done {
        let (owner, token) = (e.id("owner")?, e.get::<u64>("token")?);
        let (whole, whose) = self.nft_end(&[token], owner, e)?;
        let parts: Vec<(u64, TokenAmount)> = e.get("parts")?;
        let sum: BigInt = parts.iter().map(|(_, shares)| n(shares)).sum();
        let beneficiary = *whose.first().ok_or("nobody was the beneficiary")?;
        for (token, shares) in parts {
            self.nft_make(token, owner, beneficiary, n(&shares))?;
        }
        (sum == whole).then_some(()).ok_or(format!("the parts are {sum}, the whole was {whole}"))
    }

    fn nft_merged(&mut self, e: &Event) -> Done {
        let (owner, tokens) = (e.id("owner")?, e.get::<Vec<u64>>("tokens")?);
        let (sum, whose) = self.nft_end(&tokens, owner, e)?;
        let whole = n(&e.amount("shares")?);
        if whose.len() != 1 || sum != whole {
            return Err(format!("{sum} shares of {} beneficiaries became {whole}", whose.len()));
        }
        let beneficiary = *whose.first().ok_or("nobody was the beneficiary")?;
        self.nft_make(e.get("token")?, owner, beneficiary, whole)
    }

    fn nft_beneficiary(&mut self, e: &Event) -> Done {
        let (owner, beneficiary) = (e.id("owner")?, e.id("beneficiary")?);
        let tokens: Vec<u64> = e.get("tokens")?;
        self.ledger.settle_nfts(&tokens, self.after.epoch, e)?;
        for token in tokens {
            self.ledger.nft.owned(token, owner)?.beneficiary = beneficiary;
        }
        Ok(())
    }

    fn nft_claimed(&mut self, e: &Event) -> Done {
        let beneficiary = e.id("beneficiary")?;
        let index = self.ledger.index_at(self.after.epoch);
        let slack = self.ledger.nft_slack();
        let mut sum = BigInt::zero();
        for (token, amount) in e.get::<Vec<(u64, TokenAmount)>>("tokens")? {
            let position = self.ledger.nft.positions.get_mut(&token).ok_or(format!("there is no token {token}"))?;
            if position.beneficiary != beneficiary {
                return Err(format!("token {token} earns for f0{}", position.beneficiary));
            }
            position.claimed += n(&amount);
            sum += n(&amount);
            if position.earned(&index) < -slack.clone() {
                return Err(format!("token {token} was paid {amount}, more than it earned"));
            }
        }
        let said = n(&e.amount("amount")?);
        (sum == said).then_some(()).ok_or(format!("{said} was claimed, the tokens had {sum}"))
    }

    fn nft_owed(&mut self, e: &Event) -> Done {
        let (account, amount) = (e.id("account")?, n(&e.amount("amount")?) << FINE);
        let slack = self.ledger.nft_slack();
        let owed = self.ledger.nft.owed.entry(account).or_default();
        if e.kind == "owed-back" {
            *owed += amount;
            return Ok(());
        }
        *owed -= amount;
        (*owed >= -slack).then_some(()).ok_or(format!("f0{account} was paid more than it was owed"))
    }

    fn nft_approval(&mut self, e: &Event) -> Done {
        let (owner, operator, approved) = (e.id("owner")?, e.id("operator")?, e.get::<bool>("approved")?);
        for token in e.get::<Vec<u64>>("tokens")? {
            let operators = &mut self.ledger.nft.owned(token, owner)?.operators;
            if approved {
                operators.insert(operator);
            } else {
                operators.remove(&operator);
            }
        }
        Ok(())
    }

    fn nft_approval_for_all(&mut self, e: &Event) -> Done {
        let operators = self.ledger.nft.operators.entry(e.id("owner")?).or_default();
        let operator = e.id("operator")?;
        if e.get::<bool>("approved")? {
            operators.insert(operator);
        } else {
            operators.remove(&operator);
        }
        Ok(())
    }

    /// Shares that reached or left nft-share are those of tokens minted and burnt in the same message, and FIL the pool paid for it is
    /// what was claimed.
    pub(super) fn nft_flows(&mut self, outcome: &Outcome) {
        let (nft, pool) = (self.ledger.nft.id, self.ledger.pool);
        let mut net: [BTreeMap<ActorID, BigInt>; 2] = Default::default();
        let mut arrived = BigInt::zero();
        let mut book = |e: &Event| -> Done {
            let [shares, paid] = &mut net;
            let out = |map: &mut BTreeMap<ActorID, BigInt>, key: &str, amount: &str, sign: i32| -> Done {
                *map.entry(e.id(key)?).or_default() += n(&e.amount(amount)?) * sign;
                Ok(())
            };
            match (e.emitter, e.kind.as_str()) {
                (from, "transfer") if from == pool => {
                    if e.id("to")? == nft {
                        arrived += n(&e.amount("amount")?);
                    }
                    if e.id("from")? == nft {
                        out(shares, "to", "amount", -1)?;
                    }
                }
                (from, "deposited") if from == pool && e.id("recipient")? == nft => {
                    arrived += n(&e.amount("shares")?);
                }
                (from, "claimed") if from == pool && e.id("owner")? == nft => out(paid, "to", "amount", -1)?,
                (from, "minted") if from == nft => arrived -= n(&e.amount("shares")?),
                (from, "burnt") if from == nft => out(shares, "to", "shares", 1)?,
                (from, "claimed") if from == nft => out(paid, "beneficiary", "amount", 1)?,
                (from, "owed-claimed") if from == nft => out(paid, "to", "amount", 1)?,
                _ => {}
            }
            Ok(())
        };
        for e in &outcome.events {
            if let Err(what) = book(e) {
                self.findings.add(format_args!("flows of nft-share: {what}"));
            }
        }
        self.findings.require(arrived.is_zero(), format_args!("{arrived} shares arrived and became no token"));
        for (what, left) in ["shares", "FIL"].iter().zip(&net) {
            for (who, amount) in left.iter().filter(|(_, amount)| !amount.is_zero()) {
                self.findings.add(format_args!("{amount} {what} of tokens did not go to f0{who} as said"));
            }
        }
    }
}
