//! Brings the bundle onto a network: install, create, wire, each by a signed message.

use std::path::PathBuf;

use anyhow::{ensure, Context};
use cid::Cid;
use fvm_ipld_encoding::strict_bytes::ByteBuf;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::Address;
use fvm_shared::econ::TokenAmount;
use fvm_shared::ActorID;
use num_traits::Zero;
use peggy_interfaces::init::{
    ExecParams, ExecReturn, InstallCodeParams, InstallCodeReturn, EXEC, INIT_ACTOR_ID, INSTALL_CODE,
};
use peggy_interfaces::liquidity::Settings;
use peggy_interfaces::owner_proxy::KeeperCut;
use peggy_interfaces::pool::{limits, FeeParams, TermsParams};
use peggy_interfaces::{common, governance, liquidity, nft_share, owner_proxy, pool};
use peggy_localnet::{params, Key, Network};
use peggy_math::Bps;
use peggy_runtime::{Method, Wiring};

use crate::money::{fil, micro_fil};
use crate::world::Cast;

/// What can be chosen before the bundle is deployed.
#[derive(Clone, Debug)]
pub struct Setup {
    /// The terms, without the fees.
    pub terms: TermsParams,
    /// Basis points of operator, dataset and device; their recipients are of the [`Cast`].
    pub fees: [u32; 3],
    /// What keepers get.
    pub keeper_cut: KeeperCut,
    /// What proposals take.
    pub settings: governance::Settings,
    /// The discount of early exits.
    pub liquidity: Settings,
    /// Crate whose wasm stands in governance's place, with no constructor parameters; `None` deploys the real governance.
    pub governance: Option<&'static str>,
}

impl Default for Setup {
    fn default() -> Self {
        Self {
            terms: TermsParams {
                fees: Vec::new(),
                min_deposit: micro_fil(1),
                min_ticket: fil(1),
                cap: fil(10_000_000),
                max_idle: fil(10_000_000),
                reserve_bps: Bps(0),
                reward_period: 7 * limits::DAY,
                exit_cooldown: 0,
                max_staleness_in: limits::DAY,
                max_staleness_out: 0,
                min_bond_bps: Bps(0),
                bond_period: limits::MIN_BOND_PERIOD,
            },
            fees: [1_000, 300, 200],
            keeper_cut: KeeperCut { bps: Bps(50), cap: fil(1) },
            settings: governance::DEFAULT_SETTINGS,
            liquidity: Settings { base_bps: Bps(50), slope_bps: Bps(950), max_bps: Bps(800) },
            governance: None,
        }
    }
}

impl Setup {
    /// The terms with the fees' recipients filled in.
    pub fn terms_params(&self, cast: &Cast) -> TermsParams {
        let recipients = [("operator", &cast.operator), ("dataset", &cast.dataset), ("device", &cast.device)];
        let fees = recipients
            .iter()
            .zip(self.fees)
            .filter(|(_, bps)| *bps > 0)
            .map(|((label, key), bps)| FeeParams {
                label: (*label).to_owned(),
                recipient: key.address(),
                bps: Bps(bps),
            })
            .collect();
        TermsParams { fees, ..self.terms.clone() }
    }
}

/// The codes of the five actors, installed.
#[derive(Clone, Debug)]
pub struct Codes {
    /// In the order of [`Wiring`]: owner-proxy, pool, nft-share, liquidity, governance.
    pub actors: [Cid; 5],
}

/// Where `make wasm` leaves the actors; `PEGGY_WASM_DIR` names another folder, such as one with an actor whose guard was taken
/// out to see its test fail.
pub fn wasm_file(krate: &str) -> PathBuf {
    let folder = std::env::var_os("PEGGY_WASM_DIR")
        .map_or_else(|| PathBuf::from(concat!(env!("CARGO_MANIFEST_DIR"), "/../../out/wasm")), PathBuf::from);
    folder.join(format!("{krate}.wasm"))
}

/// The bytes of an actor as it was built last.
pub fn wasm(krate: &str) -> anyhow::Result<Vec<u8>> {
    let file = wasm_file(krate);
    std::fs::read(&file).with_context(|| format!("no {krate}.wasm in out/wasm: run `make wasm` first"))
}

/// Installs code by a signed message and answers its CID.
pub fn install(net: &mut Network, from: &Key, code: Vec<u8>) -> anyhow::Result<Cid> {
    let request = InstallCodeParams { code: ByteBuf(code) };
    let init = Address::new_id(INIT_ACTOR_ID);
    let outcome = net.send(from, init, TokenAmount::zero(), INSTALL_CODE, params(&request)?)?;
    Ok(outcome.ok().context("InstallCode")?.decode::<InstallCodeReturn>()?.code_cid)
}

/// Creates an actor of installed code by a signed message and answers its ID.
pub fn create(net: &mut Network, from: &Key, code: Cid, constructor: RawBytes) -> anyhow::Result<ActorID> {
    let request = ExecParams { code_cid: code, constructor_params: constructor };
    let init = Address::new_id(INIT_ACTOR_ID);
    let outcome = net.send(from, init, TokenAmount::zero(), EXEC, params(&request)?)?;
    let created: ExecReturn = outcome.ok().context("Exec")?.decode()?;
    Ok(created.id_address.id()?)
}

/// Installs the five codes.
pub fn install_bundle(net: &mut Network, from: &Key) -> anyhow::Result<Codes> {
    let mut codes = Vec::with_capacity(5);
    for krate in ["peggy_owner_proxy", "peggy_pool", "peggy_nft_share", "peggy_liquidity", "peggy_governance"] {
        codes.push(install(net, from, wasm(krate)?)?);
    }
    let actors = <[Cid; 5]>::try_from(codes).map_err(|_| anyhow::anyhow!("five codes"))?;
    Ok(Codes { actors })
}

/// Creates and wires the five actors.
pub fn deploy(net: &mut Network, cast: &Cast, codes: &Codes, setup: &Setup) -> anyhow::Result<Wiring> {
    let wiring = create_unwired(net, cast, codes, setup)?;
    let outside = setup.governance.map(|_| wiring.governance);
    for id in wiring.all() {
        if Some(id) != outside {
            wire(net, &cast.deployer, id, &wiring)?;
        }
    }
    Ok(wiring)
}

/// Creates the five actors and leaves them unwired.
pub fn create_unwired(net: &mut Network, cast: &Cast, codes: &Codes, setup: &Setup) -> anyhow::Result<Wiring> {
    let deployer = cast.deployer.address();
    let proxy = owner_proxy::ConstructorParams {
        deployer,
        operator: cast.operator.address(),
        keeper_cut: setup.keeper_cut.clone(),
    };
    let pool = pool::ConstructorParams {
        deployer,
        name: "Peggy test share".to_owned(),
        symbol: "TPEG".to_owned(),
        terms: setup.terms_params(cast),
    };
    let lp = liquidity::ConstructorParams {
        deployer,
        name: "Peggy test liquidity".to_owned(),
        symbol: "TPEGLP".to_owned(),
        settings: setup.liquidity,
    };
    let from = &cast.deployer;
    let governance_code = match setup.governance {
        Some(krate) => install(net, from, wasm(krate)?)?,
        None => codes.actors[4],
    };
    let governance_params = match setup.governance {
        Some(_) => RawBytes::default(),
        None => params(&governance::ConstructorParams {
            deployer,
            guardian: Some(cast.guardian.address()),
            settings: setup.settings.clone(),
        })?,
    };
    Ok(Wiring {
        owner_proxy: create(net, from, codes.actors[0], params(&proxy)?).context("owner-proxy")?,
        pool: create(net, from, codes.actors[1], params(&pool)?).context("pool")?,
        nft_share: create(net, from, codes.actors[2], params(&nft_share_params(deployer))?).context("nft-share")?,
        liquidity: create(net, from, codes.actors[3], params(&lp)?).context("liquidity")?,
        governance: create(net, from, governance_code, governance_params).context("governance")?,
    })
}

fn nft_share_params(deployer: Address) -> nft_share::ConstructorParams {
    let (name, symbol) = (nft_share::DEFAULT_NAME.to_owned(), nft_share::DEFAULT_SYMBOL.to_owned());
    nft_share::ConstructorParams { deployer, name, symbol }
}

/// Tells one actor who the others are.
pub fn wire(net: &mut Network, deployer: &Key, id: ActorID, wiring: &Wiring) -> anyhow::Result<()> {
    let to = Address::new_id(id);
    let outcome = net.send(deployer, to, TokenAmount::zero(), common::Wire::NUMBER, params(wiring)?)?;
    ensure!(outcome.is_ok(), "Wire of f0{id}: exit code {}: {}", outcome.exit_code().value(), outcome.message);
    Ok(())
}
