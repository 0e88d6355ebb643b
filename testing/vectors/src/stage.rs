//! A network on which situations are brought about and calls made, and what is seen of it.

use std::collections::BTreeMap;

use anyhow::{bail, ensure, Context};
use cid::Cid;
use fvm_ipld_encoding::RawBytes;
use fvm_shared::address::{set_current_network, Address, Network as AddressNetwork};
use fvm_shared::bigint::BigInt;
use fvm_shared::econ::TokenAmount;
use fvm_shared::state::ActorState;
use fvm_shared::{ActorID, EMPTY_ARR_CID};
use ipld_core::ipld::Ipld;
use peggy_localnet::{bundle::code_cid, ids, Bundle, Config, Network, Outcome};

use crate::format::{Answer, Facts, Message, Step};
use crate::shape::{text, Family, Field, ACCOUNT, INIT, MINER, MINER_INFO, POWER, REWARD};

/// Stands for any code that is not in the manifest. It is never run: its actors only send and receive FIL.
pub const USER_CODE: &[u8] = b"user code";

/// What is seen of a network: facts of the actors' states, and balances in attoFIL.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct View {
    /// By name.
    pub facts: BTreeMap<String, String>,
    /// Those that are not zero.
    pub balances: BTreeMap<ActorID, TokenAmount>,
}

/// A network and the names of its actors.
pub struct Stage {
    net: Network,
    family: Family,
    /// Code of the bundle's init actor and link to the bundle's manifest, if the network runs another init.
    official_init: Option<(Cid, Cid)>,
    cast: BTreeMap<String, String>,
}

impl Stage {
    /// Genesis with the stand-ins.
    pub fn of_stand_ins(cast: BTreeMap<String, String>) -> anyhow::Result<Self> {
        Self::start(Config::default(), Family::StandIn, cast)
    }

    /// Genesis with a builtin-actors bundle, its init actor replaced by ours, for the network can't install code otherwise.
    pub fn of_bundle(bundle: Bundle, init: Vec<u8>, cast: BTreeMap<String, String>) -> anyhow::Result<Self> {
        let config = Config { bundle: Some(bundle.clone().with_actor("init", init)), ..Config::default() };
        let mut stage = Self::start(config, Family::Official, cast)?;
        let manifest = bundle.install(stage.net.store())?;
        stage.official_init = Some((bundle.code("init").context("the bundle has no init")?, manifest));
        Ok(stage)
    }

    fn start(config: Config, family: Family, cast: BTreeMap<String, String>) -> anyhow::Result<Self> {
        set_current_network(AddressNetwork::Mainnet);
        let mut net = Network::new(config)?;
        // Blocks pay nothing: all that a situation holds is what its steps say.
        net.set_producers(Vec::new());
        Ok(Self { net, family, official_init: None, cast })
    }

    /// One that stands where this one does.
    pub fn fork(&self) -> anyhow::Result<Self> {
        let net = self.net.fork()?;
        Ok(Self { net, family: self.family, official_init: self.official_init, cast: self.cast.clone() })
    }

    fn address(&self, name: &str) -> anyhow::Result<Address> {
        let text = self.cast.get(name).map_or(name, String::as_str);
        text.parse().with_context(|| format!("'{name}' is neither in the cast nor an address"))
    }

    fn id(&self, name: &str) -> anyhow::Result<ActorID> {
        self.net.resolve(&self.address(name)?)?.with_context(|| format!("there is no {name}"))
    }

    fn name(&self, id: ActorID) -> String {
        let address = Address::new_id(id).to_string();
        let name = self.cast.iter().find(|(_, text)| **text == address).map(|(name, _)| name.clone());
        name.unwrap_or(address)
    }

    // --- doing -----------------------------------------------------------------------------------------------------

    /// Takes a step towards a situation.
    pub fn step(&mut self, step: &Step) -> anyhow::Result<()> {
        match step {
            Step::Send(message) => {
                let outcome = self.send(message)?;
                ensure!(outcome.is_ok(), "{message:?}: {}: {}", outcome.exit_code(), outcome.message);
            }
            Step::Pass(epochs) => {
                self.net.advance(*epochs)?;
            }
            Step::Actor { id, code } => {
                let code = self.code(code)?;
                let actor = ActorState {
                    code,
                    state: EMPTY_ARR_CID,
                    sequence: 0,
                    balance: TokenAmount::default(),
                    delegated_address: None,
                };
                let id = self.address(id)?.id()?;
                self.net.put_actor(id, actor)?;
            }
            Step::Pin { actor, field, value } => self.pin(actor, field, value)?,
        }
        Ok(())
    }

    fn code(&self, name: &str) -> anyhow::Result<Cid> {
        if name == "user" {
            return Ok(code_cid(USER_CODE));
        }
        let manifest = self.net.manifest()?;
        let found = manifest.into_iter().find(|(n, _)| n == name);
        Ok(found.with_context(|| format!("the manifest has no {name}"))?.1)
    }

    fn pin(&mut self, name: &str, field: &str, value: &str) -> anyhow::Result<()> {
        let id = self.id(name)?;
        let mut actor = self.net.actor_by_id(id)?.with_context(|| format!("there is no {name}"))?;
        let fields = match name {
            "power" => POWER,
            "reward" => REWARD,
            _ => MINER,
        };
        let field = fields.iter().find(|f| f.name == field).with_context(|| format!("{name} has no {field}"))?;
        let mut state: Ipld = self.net.store().load(&actor.state)?;
        field.pin(&mut state, self.family, value)?;
        actor.state = self.net.store().put_value(&state)?;
        self.net.put_actor(id, actor)
    }

    /// Hex, with names of codes in angle brackets for their CIDs.
    fn bytes(&self, text: &str) -> anyhow::Result<Vec<u8>> {
        let mut hex = String::new();
        let mut rest = text;
        while let Some((before, after)) = rest.split_once('<') {
            let (name, tail) = after.split_once('>').context("a bracket is not closed")?;
            hex.push_str(before);
            hex.push_str(&hex::encode(self.code(name)?.to_bytes()));
            rest = tail;
        }
        hex.push_str(rest);
        Ok(hex::decode(hex)?)
    }

    fn send(&mut self, message: &Message) -> anyhow::Result<Outcome> {
        let value: BigInt = message.value.parse().context("the value")?;
        self.net.implicit(
            self.address(&message.from)?,
            self.address(&message.to)?,
            TokenAmount::from_atto(value),
            message.method,
            RawBytes::new(self.bytes(&message.params).context("the parameters")?),
        )
    }

    /// Makes a call whose effect is forgotten. Returns what came of it, and the sentence of whoever refused it.
    pub fn call(&self, message: &Message) -> anyhow::Result<(Answer, String)> {
        let mut stage = self.fork()?;
        if matches!(message.to.as_str(), "init" | "unborn init") {
            stage.put_official_init()?;
        }
        let before = stage.view()?;
        let outcome = stage.send(message)?;
        let after = stage.view()?;
        let answer = Answer {
            exit: outcome.exit_code().value(),
            data: hex::encode(outcome.return_data().bytes()),
            moved: stage.moved(&before, &after),
            after: changes(&before, &after),
        };
        Ok((answer, outcome.message))
    }

    /// Lets the official init actor answer: the manifest becomes the bundle's, and init's state loses the list of installed
    /// codes. Without that list the VM can't start a user's code or look up a key, which the calls to init do not need.
    fn put_official_init(&mut self) -> anyhow::Result<()> {
        let Some((code, manifest)) = self.official_init else { return Ok(()) };
        let ours = self.code("init")?;
        for (id, mut actor) in self.net.actors()? {
            if actor.code == ours {
                let Ipld::List(mut fields) = self.net.store().load(&actor.state)? else { bail!("init's state") };
                fields.truncate(3);
                actor.state = self.net.store().put_value(&Ipld::List(fields))?;
                actor.code = code;
            } else if id == ids::SYSTEM {
                actor.state = self.net.store().put_value(&(manifest,))?;
            } else {
                continue;
            }
            self.net.put_actor(id, actor)?;
        }
        Ok(())
    }

    // --- seeing ----------------------------------------------------------------------------------------------------

    /// What is to be seen.
    pub fn view(&self) -> anyhow::Result<View> {
        let mut view = View::default();
        let (miner, account) = (self.code("storageminer")?, self.code("account")?);
        for (id, actor) in self.net.actors()? {
            if actor.balance != TokenAmount::default() {
                view.balances.insert(id, actor.balance.clone());
            }
            // Not born yet: the constructor was not called.
            if actor.state == EMPTY_ARR_CID {
                continue;
            }
            let fields = match id {
                ids::INIT => INIT,
                ids::POWER => POWER,
                _ if actor.code == miner => MINER,
                _ if actor.code == account => ACCOUNT,
                _ => continue,
            };
            let name = self.name(id);
            let state: Ipld = self.net.store().load(&actor.state)?;
            self.add_fields(&mut view, &name, fields, &state).with_context(|| format!("state of {name}"))?;
            if actor.code == miner {
                self.add_info(&mut view, &name, &state).with_context(|| format!("info of {name}"))?;
            }
        }
        view.facts.insert("epoch".to_owned(), self.net.epoch().to_string());
        Ok(view)
    }

    fn add_fields(&self, view: &mut View, name: &str, fields: &[Field], state: &Ipld) -> anyhow::Result<()> {
        for field in fields.iter().filter(|field| field.fact) {
            let value = text(field.of(state, self.family)?, field.shape).context(field.name)?;
            view.facts.insert(format!("{name}.{}", field.name), value);
        }
        Ok(())
    }

    fn add_info(&self, view: &mut View, name: &str, state: &Ipld) -> anyhow::Result<()> {
        let Ipld::List(fields) = state else { bail!("the state is no tuple") };
        let Some(Ipld::Link(link)) = fields.first() else { bail!("there is no link to the info") };
        let Ipld::List(info) = self.net.store().load(link)? else { bail!("the info is no tuple") };
        ensure!(info.len() == MINER_INFO.len(), "{} fields, not {}", info.len(), MINER_INFO.len());
        for ((field, shape), value) in MINER_INFO.iter().zip(&info) {
            view.facts.insert(format!("{name}.info.{field}"), text(value, *shape).context(*field)?);
        }
        Ok(())
    }

    fn moved(&self, before: &View, after: &View) -> BTreeMap<String, String> {
        let mut moved = BTreeMap::new();
        for id in before.balances.keys().chain(after.balances.keys()) {
            let of = |view: &View| view.balances.get(id).cloned().unwrap_or_default();
            let gained = of(after) - of(before);
            if gained != TokenAmount::default() {
                moved.insert(self.name(*id), gained.atto().to_string());
            }
        }
        moved
    }

    /// What is new since `before`, balances included.
    pub fn news(&self, before: &View) -> anyhow::Result<(Facts, View)> {
        let after = self.view()?;
        let mut news = changes(before, &after);
        for id in before.balances.keys().chain(after.balances.keys()) {
            let (old, new) = (before.balances.get(id), after.balances.get(id));
            if old != new {
                news.insert(format!("{}.balance", self.name(*id)), new.map(|amount| amount.atto().to_string()));
            }
        }
        Ok((news, after))
    }
}

fn changes(before: &View, after: &View) -> Facts {
    let mut facts = Facts::new();
    for name in before.facts.keys().chain(after.facts.keys()) {
        if before.facts.get(name) != after.facts.get(name) {
            facts.insert(name.clone(), after.facts.get(name).cloned());
        }
    }
    facts
}
