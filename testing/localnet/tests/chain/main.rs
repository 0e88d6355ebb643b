//! The chain against an implementation of its formats that shares nothing with ours (`wire`), against what other nodes and
//! networks have on record (`mainnet`, `vectors`), and proofs of messages (`proofs`, `tampering`).

mod mainnet;
mod proofs;
mod tampering;
mod vectors;
mod verify;
mod walk;
mod wire;
mod world;
