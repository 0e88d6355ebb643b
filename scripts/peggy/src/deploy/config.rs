//! The TOML a deployment is made from.

use std::path::Path;

use fvm_ipld_encoding::to_vec;
use fvm_shared::address::Address;
use fvm_shared::clock::ChainEpoch;
use fvm_shared::econ::TokenAmount;
use peggy_interfaces::liquidity::{self, Settings};
use peggy_interfaces::nft_share;
use peggy_interfaces::owner_proxy::{self, KeeperCut, MAX_KEEPER_CUT};
use peggy_interfaces::pool::{self, limits, FeeParams, TermsParams};
use peggy_localnet::keys::blake2b_256;
use peggy_math::Bps;
use serde::Deserialize;

use super::governance::{self, Governance};
use crate::failure::OrFail;
use crate::text::{Account, Epochs, Fil};
use crate::{amount, duration, Failure, Result};

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Share {
    name: String,
    symbol: String,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Position {
    name: String,
    symbol: String,
}

impl Default for Position {
    fn default() -> Self {
        Self { name: nft_share::DEFAULT_NAME.to_owned(), symbol: nft_share::DEFAULT_SYMBOL.to_owned() }
    }
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Liquidity {
    name: String,
    symbol: String,
    base_bps: u32,
    slope_bps: u32,
    max_bps: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Keeper {
    cut_bps: u32,
    cap: Fil,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Fee {
    recipient: Account,
    bps: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct LabelledFee {
    label: String,
    recipient: Account,
    bps: u32,
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct Terms {
    min_deposit: Fil,
    min_ticket: Fil,
    cap: Fil,
    max_idle: Fil,
    reserve_bps: u32,
    #[serde(default = "week")]
    reward_period: Epochs,
    #[serde(default = "none")]
    exit_cooldown: Epochs,
    #[serde(default = "day")]
    max_staleness_in: Epochs,
    #[serde(default = "none")]
    max_staleness_out: Epochs,
    #[serde(default)]
    min_bond_bps: u32,
    #[serde(default = "quarter")]
    bond_period: Epochs,
}

fn none() -> Epochs {
    Epochs(0)
}

fn day() -> Epochs {
    Epochs(limits::DAY)
}

fn week() -> Epochs {
    Epochs(7 * limits::DAY)
}

fn quarter() -> Epochs {
    Epochs(limits::MIN_BOND_PERIOD)
}

#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
struct File {
    operator: Account,
    share: Share,
    #[serde(default)]
    position: Position,
    keeper: Keeper,
    liquidity: Liquidity,
    terms: Terms,
    operator_fee: Option<Fee>,
    dataset_fee: Option<Fee>,
    device_fee: Option<Fee>,
    #[serde(default)]
    fees: Vec<LabelledFee>,
    #[serde(default)]
    governance: governance::File,
}

/// What the constructors are given, but for the deployer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Config {
    /// Who runs the miners.
    pub operator: Address,
    /// FRC-46 name of the share.
    pub name: String,
    /// FRC-46 symbol of the share.
    pub symbol: String,
    /// FRC-53 name of the collection of positions.
    pub position_name: String,
    /// FRC-53 symbol of the collection.
    pub position_symbol: String,
    /// What keepers get.
    pub keeper_cut: KeeperCut,
    /// FRC-46 name and symbol of the LP token.
    pub lp_token: (String, String),
    /// The discount of early exits.
    pub discount: Settings,
    /// The terms.
    pub terms: TermsParams,
    /// Guardian and settings.
    pub governance: Governance,
}

impl Config {
    /// Reads a file.
    pub fn load(path: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(path).or_usage(format!("cannot read {}", path.display()));
        let text = text.map_err(|f| f.next("scripts/deploy.example.toml shows what such a file looks like"))?;
        Self::parse(&text).map_err(|f| f.context(path.display()))
    }

    /// Reads TOML.
    pub fn parse(text: &str) -> Result<Self> {
        let file: File = toml::from_str(text).map_err(|e| {
            Failure::usage(e.to_string().trim_end().to_owned())
                .next("put right what it points at; scripts/deploy.example.toml shows every key")
        })?;
        let config = file.into_config();
        config.check()?;
        Ok(config)
    }

    /// Parameters of the owner-proxy's constructor.
    pub fn owner_proxy(&self, deployer: Address) -> owner_proxy::ConstructorParams {
        owner_proxy::ConstructorParams { deployer, operator: self.operator, keeper_cut: self.keeper_cut.clone() }
    }

    /// Parameters of the pool's constructor.
    pub fn pool(&self, deployer: Address) -> pool::ConstructorParams {
        pool::ConstructorParams {
            deployer,
            name: self.name.clone(),
            symbol: self.symbol.clone(),
            terms: self.terms.clone(),
        }
    }

    /// Parameters of governance's constructor.
    pub fn governance(&self, deployer: Address) -> peggy_interfaces::governance::ConstructorParams {
        self.governance.constructor(deployer)
    }

    /// Parameters of nft-share's constructor.
    pub fn nft_share(&self, deployer: Address) -> nft_share::ConstructorParams {
        nft_share::ConstructorParams {
            deployer,
            name: self.position_name.clone(),
            symbol: self.position_symbol.clone(),
        }
    }

    /// Parameters of liquidity's constructor.
    pub fn liquidity(&self, deployer: Address) -> liquidity::ConstructorParams {
        let (name, symbol) = self.lp_token.clone();
        liquidity::ConstructorParams { deployer, name, symbol, settings: self.discount }
    }

    /// Tells configurations apart.
    pub fn digest(&self, deployer: Address) -> Result<String> {
        let (proxy, pool, nft) = (self.owner_proxy(deployer), self.pool(deployer), self.nft_share(deployer));
        let all = (proxy, pool, nft, self.liquidity(deployer), self.governance(deployer));
        let bytes = to_vec(&all).or_usage("the configuration does not encode")?;
        Ok(hex::encode(blake2b_256(&bytes)))
    }

    /// The bounds the actors will insist on: better told before codes are installed.
    fn check(&self) -> Result<()> {
        self.governance.check()?;
        let fees = &self.terms.fees;
        let sum: u64 = fees.iter().map(|fee| u64::from(fee.bps.0)).sum();
        at_most("the sum of all fees", sum, limits::MAX_FEE_SUM.0)?;
        at_most("the number of fees", fees.len() as u64, limits::MAX_FEES as u32)?;
        at_most("keeper.cut_bps", self.keeper_cut.bps.0.into(), MAX_KEEPER_CUT.0)?;
        at_most("terms.reserve_bps", self.terms.reserve_bps.0.into(), limits::MAX_RESERVE.0)?;
        at_most("terms.min_bond_bps", self.terms.min_bond_bps.0.into(), limits::MAX_MIN_BOND.0)?;
        let Settings { base_bps, slope_bps, max_bps } = self.discount;
        at_most("liquidity.max_bps", max_bps.0.into(), liquidity::limits::MAX_DISCOUNT.0)?;
        at_most("liquidity.slope_bps", slope_bps.0.into(), liquidity::limits::MAX_SLOPE.0)?;
        at_most("liquidity.base_bps", base_bps.0.into(), max_bps.0)?;
        let terms = &self.terms;
        within("terms.reward_period", terms.reward_period, limits::MIN_REWARD_PERIOD, limits::MAX_REWARD_PERIOD)?;
        within("terms.exit_cooldown", terms.exit_cooldown, 0, limits::MAX_EXIT_COOLDOWN)?;
        within("terms.max_staleness_in", terms.max_staleness_in, 0, limits::MAX_STALENESS_IN)?;
        within("terms.max_staleness_out", terms.max_staleness_out, 0, limits::MAX_STALENESS_OUT)?;
        within("terms.bond_period", terms.bond_period, limits::MIN_BOND_PERIOD, limits::MAX_BOND_PERIOD)?;
        for (name, amount) in [("terms.min_deposit", &terms.min_deposit), ("terms.min_ticket", &terms.min_ticket)] {
            let most = TokenAmount::from_whole(limits::MAX_MINIMUM_FIL);
            if *amount > most {
                return Err(Failure::usage(format!(
                    "{name} is {}, but may be {} at most",
                    amount::fil(amount),
                    amount::fil(&most)
                )));
            }
        }
        for (i, fee) in fees.iter().enumerate() {
            if fee.label.is_empty() || fee.label.len() > limits::MAX_LABEL {
                return Err(Failure::usage(format!(
                    "the label '{}' must have 1 to {} bytes",
                    fee.label,
                    limits::MAX_LABEL
                )));
            }
            if fees[..i].iter().any(|other| other.label == fee.label && other.recipient == fee.recipient) {
                return Err(Failure::usage(format!("{} gets two fees called '{}'", fee.recipient, fee.label))
                    .next("add them up to one"));
            }
        }
        Ok(())
    }
}

pub(super) fn at_most(name: &str, value: u64, most: u32) -> Result<()> {
    if value > u64::from(most) {
        return Err(Failure::usage(format!("{name} is {value}, but may be {most} at most")));
    }
    Ok(())
}

pub(super) fn within(name: &str, epochs: ChainEpoch, least: ChainEpoch, most: ChainEpoch) -> Result<()> {
    if epochs < least || epochs > most {
        return Err(Failure::usage(format!(
            "{name} is {}, but must be from {} to {}",
            duration::text(epochs),
            duration::text(least),
            duration::text(most)
        )));
    }
    Ok(())
}

impl File {
    fn into_config(self) -> Config {
        let named = [("operator", self.operator_fee), ("dataset", self.dataset_fee), ("device", self.device_fee)];
        let named = named.into_iter().filter_map(|(label, fee)| {
            fee.map(|fee| LabelledFee { label: label.to_owned(), recipient: fee.recipient, bps: fee.bps })
        });
        let fees = named
            .chain(self.fees)
            .map(|fee| FeeParams { label: fee.label, recipient: fee.recipient.0, bps: Bps(fee.bps) })
            .collect();
        let (terms, liquidity) = (self.terms, self.liquidity);
        Config {
            operator: self.operator.0,
            name: self.share.name,
            symbol: self.share.symbol,
            position_name: self.position.name,
            position_symbol: self.position.symbol,
            keeper_cut: KeeperCut { bps: Bps(self.keeper.cut_bps), cap: self.keeper.cap.0 },
            lp_token: (liquidity.name, liquidity.symbol),
            discount: Settings {
                base_bps: Bps(liquidity.base_bps),
                slope_bps: Bps(liquidity.slope_bps),
                max_bps: Bps(liquidity.max_bps),
            },
            terms: TermsParams {
                fees,
                min_deposit: terms.min_deposit.0,
                min_ticket: terms.min_ticket.0,
                cap: terms.cap.0,
                max_idle: terms.max_idle.0,
                reserve_bps: Bps(terms.reserve_bps),
                reward_period: terms.reward_period.0,
                exit_cooldown: terms.exit_cooldown.0,
                max_staleness_in: terms.max_staleness_in.0,
                max_staleness_out: terms.max_staleness_out.0,
                min_bond_bps: Bps(terms.min_bond_bps),
                bond_period: terms.bond_period.0,
            },
            governance: Governance::of(self.governance),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const EXAMPLE: &str = include_str!("../../../deploy.example.toml");

    #[test]
    fn the_example_is_complete_and_valid() {
        let config = Config::parse(EXAMPLE).unwrap();
        let labels: Vec<_> = config.terms.fees.iter().map(|fee| fee.label.as_str()).collect();
        assert_eq!(labels, ["operator", "dataset", "device", "community"]);
        assert_eq!(config.terms.reward_period, 20_160);
        assert_eq!(config.terms.min_deposit, amount::parse("0.1").unwrap());
        assert_eq!(config.keeper_cut.bps, Bps(50));
    }

    #[test]
    fn mistakes_are_named() {
        for (from, to, said) in [
            ("min_deposit", "min_depositt", "unknown field `min_depositt`"),
            ("operator = \"f0", "operator = \"x0", "no Filecoin address"),
            ("\"0.1 FIL\"", "\"0.1 BTC\"", "no unit of FIL"),
            ("\"0.1 FIL\"", "0.1", "expected a string"),
            ("period = \"7 days\"", "period = \"7 moons\"", "no duration"),
            (
                "period = \"7 days\"",
                "period = \"40 days\"",
                "terms.reward_period is 40 days, but must be from 1 day to 30 days",
            ),
            ("cut_bps = 50", "cut_bps = 101", "keeper.cut_bps is 101"),
            ("cut_bps = 50", "cut_bps = -1", "invalid value"),
            ("max_bps = 1000", "max_bps = 2501", "liquidity.max_bps is 2501"),
            ("base_bps = 50", "base_bps = 1001", "liquidity.base_bps is 1001"),
            ("bps = 700", "bps = 5000", "sum of all fees"),
            ("[share]", "[share", "expected"),
        ] {
            assert!(EXAMPLE.contains(from), "{from}");
            let error = Config::parse(&EXAMPLE.replacen(from, to, 1)).unwrap_err();
            assert!(error.message.contains(said), "{to}: {error}");
        }
        let without = EXAMPLE.replacen("min_ticket", "# min_ticket", 1);
        assert!(Config::parse(&without).unwrap_err().message.contains("missing field `min_ticket`"));
        let twice = format!("{EXAMPLE}\n[[fees]]\nlabel = \"operator\"\nrecipient = \"f01001\"\nbps = 1\n");
        assert!(Config::parse(&twice).unwrap_err().message.contains("two fees called 'operator'"));
    }

    #[test]
    fn digests_tell_configurations_apart() {
        let config = Config::parse(EXAMPLE).unwrap();
        let digest = config.digest(Address::new_id(1)).unwrap();
        assert_eq!(digest, config.digest(Address::new_id(1)).unwrap());
        assert_ne!(digest, config.digest(Address::new_id(2)).unwrap());
        let other = Config::parse(&EXAMPLE.replace("\"0.1 FIL\"", "\"0.2 FIL\"")).unwrap();
        assert_ne!(digest, other.digest(Address::new_id(1)).unwrap());
    }
}
