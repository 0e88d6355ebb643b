//! A node's JSON-RPC, as Lotus, Forest and Venus speak it.

mod methods;

pub use methods::Executed;

use std::time::Duration;

use serde::de::DeserializeOwned;
use serde_json::{json, Value};

use crate::{Failure, Kind, Result};

/// Where `peggy localnet` listens.
pub const DEFAULT_URL: &str = "http://127.0.0.1:1234/rpc/v1";
/// A node that takes longer for a simple question is of no use.
const ANSWER_TIMEOUT: Duration = Duration::from_mins(2);
/// Larger answers than any method here gives.
const MAX_ANSWER_BYTES: u64 = 128 << 20;

/// The connection to one node.
#[derive(Clone, Debug)]
pub struct Client {
    agent: ureq::Agent,
    url: String,
    token: Option<String>,
    /// How long to wait for a message to be seen on chain.
    patience: Duration,
}

/// What a node answers when it does not do what it was asked.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct RpcError {
    /// The method that was called.
    pub method: String,
    /// JSON-RPC code: Lotus numbers its errors from 1, the protocol from -32768.
    pub code: i64,
    /// The node's sentence.
    pub message: String,
}

/// Why a call has no result.
#[derive(Clone, Debug)]
pub enum CallError {
    /// The node could not be asked.
    Failure(Failure),
    /// The node answered with an error.
    Rpc(RpcError),
}

impl From<CallError> for Failure {
    fn from(error: CallError) -> Self {
        match error {
            CallError::Failure(failure) => failure,
            CallError::Rpc(rpc) => rpc.into(),
        }
    }
}

impl From<RpcError> for Failure {
    fn from(rpc: RpcError) -> Self {
        let name = rpc.method.trim_start_matches("Filecoin.");
        let failure = Failure::node(format!("the node refused {name}: {}", rpc.message));
        if rpc.message.contains("missing permission") || rpc.code == 401 {
            return failure.next("give a token that allows writing with --token, or PEGGY_TOKEN");
        }
        failure
    }
}

impl RpcError {
    /// Whether the node says that an address is not on chain.
    pub fn is_actor_not_found(&self) -> bool {
        self.message.contains("actor not found")
    }
}

impl Client {
    /// A client for `url`; nothing is sent yet.
    pub fn new(url: &str, token: Option<String>, patience: Duration) -> Result<Self> {
        if !url.starts_with("http://") && !url.starts_with("https://") {
            return Err(Failure::usage(format!("'{url}' is no URL of a node"))
                .next(format!("a node's URL begins with http:// or https://, as {DEFAULT_URL}")));
        }
        let config = ureq::Agent::config_builder()
            .http_status_as_error(false)
            .timeout_connect(Some(Duration::from_secs(10)))
            .build();
        Ok(Self { agent: ureq::Agent::new_with_config(config), url: url.to_owned(), token, patience })
    }

    /// The node's URL.
    pub fn url(&self) -> &str {
        &self.url
    }

    /// How long to wait for a message to be seen on chain.
    pub fn patience(&self) -> Duration {
        self.patience
    }

    /// Calls a method and decodes its result.
    pub fn call<T: DeserializeOwned>(&self, method: &str, params: Value) -> Result<T> {
        Ok(self.try_call(method, params, ANSWER_TIMEOUT)?)
    }

    /// Calls a method whose error is an answer to look at.
    pub fn try_call<T: DeserializeOwned>(
        &self,
        method: &str,
        params: Value,
        timeout: Duration,
    ) -> Result<T, CallError> {
        let answer = self.exchange(method, params, timeout).map_err(CallError::Failure)?;
        if let Some(error) = answer.get("error").filter(|error| !error.is_null()) {
            return Err(CallError::Rpc(RpcError {
                method: method.to_owned(),
                code: error["code"].as_i64().unwrap_or_default(),
                message: error["message"].as_str().unwrap_or("no reason given").to_owned(),
            }));
        }
        let Some(result) = answer.get("result").filter(|_| answer.get("jsonrpc").is_some()) else {
            return Err(CallError::Failure(self.not_a_node("its answer is no JSON-RPC")));
        };
        serde_json::from_value(result.clone()).map_err(|e| {
            CallError::Failure(self.not_a_node(&format!("{method} answered something else than expected: {e}")))
        })
    }

    fn exchange(&self, method: &str, params: Value, timeout: Duration) -> Result<Value> {
        let request = json!({ "jsonrpc": "2.0", "id": 1, "method": method, "params": params });
        let mut post = self.agent.post(&self.url).config().timeout_global(Some(timeout)).build();
        if let Some(token) = &self.token {
            post = post.header("Authorization", format!("Bearer {token}"));
        }
        let mut response = post.send_json(&request).map_err(|e| self.unreachable(&e))?;
        let status = response.status();
        let body = response.body_mut().with_config().limit(MAX_ANSWER_BYTES).read_to_string();
        let body = body.map_err(|e| self.unreachable(&e))?;
        if status == 401 || status == 403 {
            return Err(Failure::node(format!("{} does not accept the token (HTTP {})", self.url, status.as_u16()))
                .next("give the node's token with --token, or PEGGY_TOKEN"));
        }
        serde_json::from_str(&body)
            .map_err(|_| self.not_a_node(&format!("it answered HTTP {} and no JSON", status.as_u16())))
    }

    fn unreachable(&self, error: &ureq::Error) -> Failure {
        if matches!(error, ureq::Error::Timeout(_)) {
            return Failure::new(Kind::Node, format!("the node at {} did not answer in time", self.url))
                .next("try again, or name another node with --rpc");
        }
        if matches!(error, ureq::Error::BadUri(_)) {
            return Failure::usage(format!("'{}' is no URL of a node: {error}", self.url));
        }
        Failure::node(format!("no node answers at {}: {error}", self.url)).next(
            "start a local network with 'peggy localnet' in another terminal, or name a node with --rpc URL or PEGGY_RPC",
        )
    }

    fn not_a_node(&self, why: &str) -> Failure {
        Failure::node(format!("{} does not answer as a Filecoin node: {why}", self.url))
            .next(format!("check the URL: it ends in /rpc/v1 for most nodes, as {DEFAULT_URL}"))
    }
}
