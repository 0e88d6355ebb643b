//! Actions as governance keeps them, in words.

use fvm_ipld_encoding::{from_slice, to_vec};
use fvm_shared::METHOD_SEND;
use peggy_interfaces::common::{Upgrade, UpgradeParams};
use peggy_interfaces::governance::{self as api, Action, SetGuardianParams, Settings};
use peggy_interfaces::owner_proxy::{
    ApproveMiner, KeeperCut, MinerParams, ReturnPrincipal, ReturnPrincipalParams, SetKeeperCut, SetOperator,
    SetOperatorParams, WriteOff,
};
use peggy_interfaces::pool::{Pause, PauseParams, SetTerms, SlashBond, SlashBondParams, TermsParams};
use peggy_interfaces::MethodInfo;
use peggy_runtime::{Method, Wiring};
use serde::de::DeserializeOwned;
use serde_json::{json, Value};

use crate::amount;
use crate::cli::epochs;
use crate::deploy::ACTORS;

/// The name of an actor: one of the five, or its address.
pub fn name(wiring: &Wiring, id: u64) -> String {
    let at = wiring.all().iter().position(|known| *known == id);
    at.and_then(|at| ACTORS.get(at)).map_or_else(|| format!("f0{id}"), |name| (*name).to_owned())
}

/// An upgrade: which of the five, and what it asks for.
pub fn upgrade_of(wiring: &Wiring, action: &Action) -> Option<(String, UpgradeParams)> {
    let to = action.to.id().ok()?;
    if action.method != Upgrade::NUMBER || !wiring.all().contains(&to) {
        return None;
    }
    Some((name(wiring, to), read(action)?))
}

/// A sentence, without what does not decode: then the bytes are shown.
pub fn sentence(wiring: &Wiring, action: &Action) -> String {
    let to = name(wiring, action.to.id().unwrap_or_default());
    let with = if action.value.is_zero() { String::new() } else { format!(", with {}", amount::fil(&action.value)) };
    if action.method == METHOD_SEND {
        return format!("send {} of governance's own to {to}", amount::fil(&action.value));
    }
    let said = known(wiring, action).unwrap_or_else(|| {
        let method =
            method(&to, action.method).map_or_else(|| format!("method {}", action.method), |m| m.name.to_owned());
        let bytes = action.params.bytes();
        let params = if bytes.is_empty() { String::new() } else { format!(" with {}", hex::encode(bytes)) };
        format!("call {method} of {to}{params}")
    });
    format!("{said}{with}")
}

/// The same for scripts.
pub fn json(wiring: &Wiring, action: &Action) -> Value {
    let to = action.to.id().unwrap_or_default();
    let mut all = json!({
        "to": format!("f0{to}"),
        "actor": name(wiring, to),
        "method": action.method,
        "name": method(&name(wiring, to), action.method).map(|info| info.name),
        "params": hex::encode(action.params.bytes()),
        "value": amount::atto(&action.value),
        "text": sentence(wiring, action),
    });
    if let Some((_, params)) = upgrade_of(wiring, action) {
        all["new_code"] = json!(params.new_code.to_string());
        all["old_code"] = json!(params.old_code.to_string());
    }
    all
}

fn method(actor: &str, number: u64) -> Option<&'static MethodInfo> {
    let (_, methods) = peggy_interfaces::bundle().into_iter().find(|(name, _)| *name == actor)?;
    let all = methods.iter().chain(if actor == "pool" { peggy_interfaces::frc46::METHODS } else { &[] });
    all.into_iter().find(|info| info.number == number)
}

/// Parameters, if the bytes are exactly what they encode to: nothing hides behind them.
fn read<T: DeserializeOwned + serde::Serialize>(action: &Action) -> Option<T> {
    let bytes = action.params.bytes();
    let params: T = from_slice(bytes).ok()?;
    (to_vec(&params).ok()? == bytes).then_some(params)
}

fn known(wiring: &Wiring, action: &Action) -> Option<String> {
    let to = action.to.id().ok()?;
    let actor = name(wiring, to);
    Some(match (actor.as_str(), action.method) {
        (_, Upgrade::NUMBER) => {
            let (actor, params) = upgrade_of(wiring, action)?;
            format!(
                "upgrade {actor} from code {} to code {} (schema {}, {} bytes for its migration)",
                params.old_code,
                params.new_code,
                params.old_schema,
                params.migration_params.len()
            )
        }
        ("owner-proxy", SetOperator::NUMBER) => {
            format!("make {} the operator", read::<SetOperatorParams>(action)?.operator)
        }
        ("owner-proxy", SetKeeperCut::NUMBER) => {
            let KeeperCut { bps, cap } = read(action)?;
            format!("give keepers {} bps of a harvest, {} at most", bps.0, amount::fil(&cap))
        }
        ("owner-proxy", ApproveMiner::NUMBER) => {
            format!("allow custody of miner {}", read::<MinerParams>(action)?.miner)
        }
        ("owner-proxy", WriteOff::NUMBER) => {
            format!("write off what miner {} lost", read::<MinerParams>(action)?.miner)
        }
        ("owner-proxy", ReturnPrincipal::NUMBER) => {
            let ReturnPrincipalParams { miner, amount } = read(action)?;
            format!("bring {} of idle principal home from miner {miner}", amount::fil(&amount))
        }
        ("pool", SlashBond::NUMBER) => {
            let SlashBondParams { owner, shares } = read(action)?;
            format!("make {} bond shares of {owner} dead", amount::plain(&shares))
        }
        ("pool" | "liquidity", Pause::NUMBER) => match read::<PauseParams>(action)?.epochs {
            0 => format!("open the intake of {actor}"),
            length => format!("close the intake of {actor} for {}", epochs(length)),
        },
        ("pool", SetTerms::NUMBER) => format!("set the pool's terms: {}", terms(&read(action)?)),
        ("governance", api::SetGuardian::NUMBER) => match read::<SetGuardianParams>(action)?.guardian {
            Some(guardian) => format!("make {guardian} the guardian"),
            None => "have no guardian".to_owned(),
        },
        ("governance", api::SetSettings::NUMBER) => format!("set governance's settings: {}", settings(&read(action)?)),
        _ => return None,
    })
}

fn terms(terms: &TermsParams) -> String {
    let fees = terms.fees.iter().map(|fee| format!("fee {} {} bps to {}", fee.label, fee.bps.0, fee.recipient));
    let rest = [
        format!("min_deposit {}", amount::fil(&terms.min_deposit)),
        format!("min_ticket {}", amount::plain(&terms.min_ticket)),
        format!("cap {}", amount::fil(&terms.cap)),
        format!("max_idle {}", amount::fil(&terms.max_idle)),
        format!("reserve_bps {}", terms.reserve_bps.0),
        format!("reward_period {}", epochs(terms.reward_period)),
        format!("exit_cooldown {}", epochs(terms.exit_cooldown)),
        format!("max_staleness_in {}", epochs(terms.max_staleness_in)),
        format!("max_staleness_out {}", epochs(terms.max_staleness_out)),
        format!("min_bond_bps {}", terms.min_bond_bps.0),
        format!("bond_period {}", epochs(terms.bond_period)),
    ];
    fees.chain(rest).collect::<Vec<_>>().join(", ")
}

/// Settings in a line.
pub fn settings(settings: &Settings) -> String {
    [
        format!("threshold {} bps", settings.threshold.0),
        format!("quorum {} bps", settings.quorum.0),
        format!("voting_delay {}", epochs(settings.voting_delay)),
        format!("voting_period {}", epochs(settings.voting_period)),
        format!("ordinary_delay {}", epochs(settings.ordinary_delay)),
        format!("critical_delay {}", epochs(settings.critical_delay)),
        format!("grace_period {}", epochs(settings.grace_period)),
    ]
    .join(", ")
}

#[cfg(test)]
mod tests {
    use fvm_ipld_encoding::RawBytes;
    use fvm_shared::address::Address;
    use fvm_shared::econ::TokenAmount;
    use peggy_interfaces::sample::Sample;

    use super::*;

    const WIRING: Wiring = Wiring { owner_proxy: 1, pool: 2, nft_share: 3, liquidity: 4, governance: 5 };

    fn action<M: Method>(to: u64, params: &M::Params) -> Action {
        let params = RawBytes::new(to_vec(params).unwrap());
        Action { to: Address::new_id(to), method: M::NUMBER, params, value: TokenAmount::default() }
    }

    #[test]
    fn what_governance_can_do_is_told_in_words() {
        for (action, said) in [
            (action::<SetOperator>(1, &Sample::sample()), "make f01001 the operator"),
            (action::<SetKeeperCut>(1, &Sample::sample()), "give keepers 25 bps of a harvest, 1.5 FIL at most"),
            (action::<WriteOff>(1, &Sample::sample()), "write off what miner f01001 lost"),
            (action::<SlashBond>(2, &Sample::sample()), "make 1.5 bond shares of f01001 dead"),
            (action::<Pause>(2, &PauseParams { epochs: 0 }), "open the intake of pool"),
            (action::<Pause>(4, &PauseParams { epochs: 2_880 }), "close the intake of liquidity for 1 day"),
            (action::<api::SetGuardian>(5, &SetGuardianParams { guardian: None }), "have no guardian"),
        ] {
            assert_eq!(sentence(&WIRING, &action), said);
        }
        let upgrade = action::<Upgrade>(3, &Sample::sample());
        assert!(
            sentence(&WIRING, &upgrade).starts_with("upgrade nft-share from code bafk"),
            "{}",
            sentence(&WIRING, &upgrade)
        );
        assert!(sentence(&WIRING, &action::<SetTerms>(2, &Sample::sample())).contains("reward_period 1 day"));
    }

    #[test]
    fn what_is_not_understood_is_shown_as_bytes() {
        // The right method at the wrong actor, and parameters with something behind them.
        let elsewhere = action::<SlashBond>(4, &Sample::sample());
        assert!(sentence(&WIRING, &elsewhere).starts_with("call method"), "{}", sentence(&WIRING, &elsewhere));
        let good = action::<Pause>(2, &PauseParams { epochs: 1 });
        let more = Action { params: RawBytes::new([good.params.bytes(), &[0]].concat()), ..good };
        assert_eq!(sentence(&WIRING, &more), "call Pause of pool with 810100");
        let paid = Action { value: TokenAmount::from_whole(2), ..more };
        assert!(sentence(&WIRING, &paid).ends_with(", with 2 FIL"));
    }
}
