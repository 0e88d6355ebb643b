//! Stand-in for the miner actor. In progress.
