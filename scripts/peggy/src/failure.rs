//! Why a command did not do what it should, and what to do next.

use std::fmt::{self, Display};

use serde_json::{json, Value};

/// The exit codes of the program, as `peggy --help` lists them.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// The chain refused: a message failed, would fail, or can't be paid for.
    Chain,
    /// The command line, a configuration, a file or a wallet is not as it should be.
    Usage,
    /// No node, or something that does not answer as one.
    Node,
    /// What is on chain is not what it should be.
    Mismatch,
    /// A message was sent, but not seen on chain in time; or a deployment stopped half-way.
    Unfinished,
}

impl Kind {
    /// The exit code.
    pub fn exit_code(self) -> u8 {
        match self {
            Self::Chain => 1,
            Self::Usage => 2,
            Self::Node => 3,
            Self::Mismatch => 4,
            Self::Unfinished => 5,
        }
    }

    fn name(self) -> &'static str {
        match self {
            Self::Chain => "chain",
            Self::Usage => "usage",
            Self::Node => "node",
            Self::Mismatch => "mismatch",
            Self::Unfinished => "unfinished",
        }
    }
}

/// A sentence on what went wrong, and one on what to do next.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Failure {
    /// Decides the exit code.
    pub kind: Kind,
    /// What went wrong.
    pub message: String,
    /// What to do next.
    pub next: Option<String>,
    /// The actor's exit code, if a message failed in one.
    pub exit_code: Option<u32>,
}

/// What commands return.
pub type Result<T, E = Failure> = std::result::Result<T, E>;

impl Failure {
    /// A failure without advice.
    pub fn new(kind: Kind, message: impl Into<String>) -> Self {
        Self { kind, message: message.into(), next: None, exit_code: None }
    }

    /// [`Kind::Usage`].
    pub fn usage(message: impl Into<String>) -> Self {
        Self::new(Kind::Usage, message)
    }

    /// [`Kind::Chain`].
    pub fn chain(message: impl Into<String>) -> Self {
        Self::new(Kind::Chain, message)
    }

    /// [`Kind::Node`].
    pub fn node(message: impl Into<String>) -> Self {
        Self::new(Kind::Node, message)
    }

    /// Adds what to do next.
    pub fn next(mut self, next: impl Into<String>) -> Self {
        self.next = Some(next.into());
        self
    }

    /// Puts words before the sentence.
    pub fn context(mut self, what: impl Display) -> Self {
        self.message = format!("{what}: {}", self.message);
        self
    }

    /// For scripts that read JSON.
    pub fn to_json(&self) -> Value {
        json!({ "error": self.message, "kind": self.kind.name(), "exit_code": self.exit_code, "next": self.next })
    }
}

impl Display for Failure {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.message)
    }
}

impl std::error::Error for Failure {}

/// Turns other errors into a [`Failure`], with the words the reader needs.
pub trait OrFail<T> {
    /// [`Kind::Usage`].
    fn or_usage(self, what: impl Display) -> Result<T>;
    /// [`Kind::Node`].
    fn or_node(self, what: impl Display) -> Result<T>;
}

impl<T, E: Into<anyhow::Error>> OrFail<T> for std::result::Result<T, E> {
    fn or_usage(self, what: impl Display) -> Result<T> {
        self.map_err(|e| Failure::usage(format!("{what}: {:#}", e.into())))
    }

    fn or_node(self, what: impl Display) -> Result<T> {
        self.map_err(|e| Failure::node(format!("{what}: {:#}", e.into())))
    }
}
