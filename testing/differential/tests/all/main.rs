//! The miner stand-in beside the published state machine of the official miner.

mod constants;
mod functions;
mod sequences;
