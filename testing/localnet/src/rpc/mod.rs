//! The network as a node: Lotus' JSON-RPC on one port.
//!
//! One server answers POST (and WebSocket) on every path, so `/rpc/v0`, `/rpc/v1` and `/` are the same. It needs no token: this
//! network's keys are public and it listens on loopback unless told otherwise.

mod chain;
mod control;
mod error;
mod events;
pub mod lotus;
mod mpool;
mod node;
mod state;
pub mod text;

use std::net::SocketAddr;

use anyhow::Context;
use jsonrpsee::server::{RpcModule, Server, ServerConfig, ServerHandle};
use tower_http::cors::CorsLayer;

pub use node::{BlockTime, Node};

use crate::network::Network;
use error::Args;

/// Largest request: a message of [`crate::MAX_MESSAGE_BYTES`] in base64, with room.
const MAX_REQUEST_BYTES: u32 = 8 << 20;
/// Largest answer: a block of code or a long list of events.
const MAX_RESPONSE_BYTES: u32 = 64 << 20;

/// How to serve.
#[derive(Clone, Copy, Debug)]
pub struct Options {
    /// Where to listen; port 0 takes any free one.
    pub listen: SocketAddr,
    /// When blocks are made.
    pub block_time: BlockTime,
    /// Whether the levers (`Peggy.*`) can be pulled.
    pub control: bool,
}

/// A running server. Dropping it does not stop it.
#[derive(Debug)]
pub struct Running {
    /// Where it listens.
    pub address: SocketAddr,
    /// Stops it, or waits until it has stopped.
    pub handle: ServerHandle,
}

/// Starts serving `network`, and making its blocks.
pub async fn serve(network: Network, options: Options) -> anyhow::Result<Running> {
    let node = Node::new(network, options.block_time);
    let mut module = RpcModule::new(node.clone());
    let methods = &mut Methods { module: &mut module };
    chain::register(methods)?;
    events::register(methods)?;
    mpool::register(methods)?;
    state::register(methods)?;
    if options.control {
        control::register(methods)?;
    }
    let config = ServerConfig::builder()
        .max_request_body_size(MAX_REQUEST_BYTES)
        .max_response_body_size(MAX_RESPONSE_BYTES)
        .build();
    let server = Server::builder()
        .set_config(config)
        // Dashboards are pages from elsewhere.
        .set_http_middleware(tower::ServiceBuilder::new().layer(CorsLayer::permissive()))
        .build(options.listen)
        .await
        .with_context(|| format!("cannot listen on {}", options.listen))?;
    let address = server.local_addr()?;
    let handle = server.start(module);
    node::make_blocks(node, handle.clone());
    Ok(Running { address, handle })
}

/// Where methods are registered.
struct Methods<'a> {
    module: &'a mut RpcModule<Node>,
}

impl Methods<'_> {
    /// A method that reads or changes the network and answers at once. Runs on a thread that may block.
    fn add<R: serde::Serialize + 'static>(
        &mut self,
        name: &'static str,
        handler: fn(&Node, &mut Args) -> Result<R, error::Error>,
    ) -> anyhow::Result<()> {
        self.module.register_blocking_method(name, move |params, node, _| {
            let mut args = Args::new(&params);
            let answer = handler(&node, &mut args).and_then(|answer| Ok(serde_json::to_value(answer)?));
            answer.map_err(error::Error::into_object)
        })?;
        Ok(())
    }
}
