//! The program as its users have it: as a process that talks to a network in another process.

mod deploy;
mod faults;
mod gov;
mod pool;
mod rpc;
mod support;
mod wallet;
