//! Random sequences on both sides.

use std::collections::BTreeMap;
use std::fmt::Write as _;

use anyhow::Context;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use rand::rngs::StdRng;
use rand::{Rng, SeedableRng};

use crate::amounts::income;
use crate::generate::Generator;
use crate::official::Official;
use crate::operation::Op;
use crate::seen::Seen;
use crate::stand_in::{Birthplace, StandIn, PEER_ID};

/// Operations of each kind: how many, and how many were not refused.
#[derive(Clone, Debug, Default)]
pub struct Tally {
    /// By name.
    pub by_name: BTreeMap<&'static str, (u32, u32)>,
    /// Exit codes of those that were refused.
    pub codes: BTreeMap<u32, u32>,
    /// Epochs that passed.
    pub epochs: ChainEpoch,
}

impl Tally {
    /// Adds another tally.
    pub fn merge(&mut self, other: &Self) {
        for (name, (tried, done)) in &other.by_name {
            let mine = self.by_name.entry(name).or_default();
            mine.0 += tried;
            mine.1 += done;
        }
        for (code, times) in &other.codes {
            *self.codes.entry(*code).or_default() += times;
        }
        self.epochs += other.epochs;
    }

    /// All operations, and those that were not refused.
    pub fn total(&self) -> (u32, u32) {
        self.by_name.values().fold((0, 0), |(tried, done), (t, d)| (tried + t, done + d))
    }
}

impl std::fmt::Display for Tally {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        let (tried, done) = self.total();
        writeln!(
            f,
            "{tried} operations, {done} not refused, over {} epochs; refused (by exit code): {:?}",
            self.epochs, self.codes
        )?;
        let kinds: Vec<String> = self.by_name.iter().map(|(name, (t, d))| format!("{name} {d}/{t}")).collect();
        write!(f, "{}", kinds.join(", "))
    }
}

/// Where a miner's life begins.
#[derive(Clone, Debug)]
struct Birth {
    later: ChainEpoch,
    extra: TokenAmount,
}

/// Runs the sequence of a seed; the error says all it takes to look into a difference.
pub fn run(seed: u64, steps: usize) -> Result<Tally, String> {
    let mut rng = StdRng::seed_from_u64(seed);
    let birth = Birth { later: rng.gen_range(0..6_000), extra: income(&mut rng) };
    let mut generator = Generator::new(rng);
    let mut ops = Vec::new();
    let mut tally = Tally::default();
    let difference = play(
        &birth,
        |miner, seen| {
            (ops.len() < steps).then(|| {
                let op = generator.next(miner, seen);
                ops.push(op.clone());
                op
            })
        },
        Some(&mut tally),
    );
    let Err(difference) = difference else {
        return Ok(tally);
    };
    let mut text =
        format!("the seed {seed} differs (PEGGY_SEED={seed} repeats it), at step {} of {steps}\n", ops.len());
    let (shortest, difference) = shorten(&birth, &ops, format!("{difference:#}"));
    let _ = writeln!(
        text,
        "miner created {} epochs later with {} attoFIL beyond the deposit",
        birth.later,
        birth.extra.atto()
    );
    let _ =
        writeln!(text, "all operations:\n{}\nfewest that still differ:\n{}\n{difference}", list(&ops), list(&shortest));
    Err(text)
}

fn list(ops: &[Op]) -> String {
    let lines: Vec<String> = ops.iter().enumerate().map(|(i, op)| format!("{:>4}  {op:?}", i + 1)).collect();
    lines.join("\n")
}

/// Leaves out what can be left out. Operations are concrete, so any selection of them can be played.
fn shorten(birth: &Birth, ops: &[Op], difference: String) -> (Vec<Op>, String) {
    let (mut shortest, mut difference) = (ops.to_vec(), difference);
    let mut at = shortest.len();
    while at > 0 {
        at -= 1;
        let mut fewer = shortest.clone();
        fewer.remove(at);
        let mut next = fewer.iter().cloned();
        if let Err(e) = play(birth, |_, _| next.next(), None) {
            (shortest, difference) = (fewer, format!("{e:#}"));
        }
    }
    (shortest, difference)
}

/// Plays operations on both sides until there are no more, and compares after each.
fn play(
    birth: &Birth,
    mut next: impl FnMut(&Official, &Seen) -> Option<Op>,
    mut tally: Option<&mut Tally>,
) -> anyhow::Result<()> {
    let (mut official, mut stand_in) = both_sides(birth.later, &birth.extra)?;
    let mut seen = compare(&official, &stand_in).context("after the constructor")?;
    let mut step = 0;
    while let Some(op) = next(&official, &seen) {
        step += 1;
        let expected = official.execute(&op);
        let answer = stand_in.execute(&op)?;
        let what = || format!("after operation {step}, {op:?}");
        anyhow::ensure!(answer == expected, "{}:\nofficial answers {expected:?}\nstand-in answers {answer:?}", what());
        let after = compare(&official, &stand_in).with_context(what)?;
        if let Some(tally) = tally.as_deref_mut() {
            let count = tally.by_name.entry(op.name()).or_default();
            count.0 += 1;
            if answer.code == 0 {
                count.1 += 1;
            } else {
                *tally.codes.entry(answer.code).or_default() += 1;
            }
            tally.epochs += after.epoch - seen.epoch;
        }
        seen = after;
    }
    anyhow::ensure!(stand_in.vesting_funds()? == seen.table, "GetVestingFunds answers another table than is stored");
    anyhow::ensure!(stand_in.initial_pledge()? == seen.pledge, "InitialPledge answers another pledge than is stored");
    Ok(())
}

/// A miner on both sides, created `later` epochs after genesis with `extra` beyond the deposit, which must be enough.
pub fn both_sides(later: ChainEpoch, extra: &TokenAmount) -> anyhow::Result<(Official, StandIn)> {
    let place = Birthplace::new(later)?;
    let at = place.circumstances(extra)?;
    let official = Official::create(place.people(), &at, PEER_ID)
        .map_err(|code| anyhow::anyhow!("the official constructor refuses: exit code {code}"))?;
    let stand_in =
        place.create(&at)?.map_err(|code| anyhow::anyhow!("the stand-in's constructor refuses: exit code {code}"))?;
    Ok((official, stand_in))
}

/// Looks at both sides; an error shows them side by side.
pub fn compare(official: &Official, stand_in: &StandIn) -> anyhow::Result<Seen> {
    let (expected, got) = (official.seen()?, stand_in.seen()?);
    anyhow::ensure!(expected == got, "the sides differ:\n{}", Seen::side_by_side(&expected, &got));
    Ok(got)
}
