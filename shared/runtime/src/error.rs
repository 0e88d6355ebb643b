//! One error type: an exit code, and a sentence that says what was wrong and what would be right.

use std::fmt;

use fvm_shared::error::{ErrorNumber, ExitCode};

/// Why a message fails. Nothing changes when one does: the network takes back all the actor did.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ActorError {
    code: ExitCode,
    message: String,
}

impl ActorError {
    /// An error of one's own, with a code above [`ExitCode::FIRST_USER_EXIT_CODE`] or a `USR_*` code.
    pub fn new(code: ExitCode, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
    /// `USR_ILLEGAL_ARGUMENT` (16): a parameter is wrong.
    pub fn illegal_argument(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_ILLEGAL_ARGUMENT, message)
    }
    /// `USR_NOT_FOUND` (17): the thing named does not exist.
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_NOT_FOUND, message)
    }
    /// `USR_FORBIDDEN` (18): this caller may not.
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_FORBIDDEN, message)
    }
    /// `USR_INSUFFICIENT_FUNDS` (19).
    pub fn insufficient_funds(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_INSUFFICIENT_FUNDS, message)
    }
    /// `USR_ILLEGAL_STATE` (20): the state holds something it never should.
    pub fn illegal_state(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_ILLEGAL_STATE, message)
    }
    /// `USR_SERIALIZATION` (21): bytes that do not decode, or do not encode.
    pub fn serialization(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_SERIALIZATION, message)
    }
    /// `USR_UNHANDLED_MESSAGE` (22): no such method.
    pub fn unhandled(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_UNHANDLED_MESSAGE, message)
    }
    /// `USR_ASSERTION_FAILED` (24): a rule of the actor itself was broken by its own code.
    pub fn assertion(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_ASSERTION_FAILED, message)
    }
    /// `USR_NOT_PAYABLE` (26): FIL came with a method that takes none.
    pub fn not_payable(message: impl Into<String>) -> Self {
        Self::new(ExitCode::USR_NOT_PAYABLE, message)
    }

    /// The exit code the network reports.
    pub fn code(&self) -> ExitCode {
        self.code
    }
    /// The sentence the caller reads.
    pub fn message(&self) -> &str {
        &self.message
    }
    /// Puts words before the sentence, keeping the code.
    pub fn context(self, what: impl fmt::Display) -> Self {
        Self { code: self.code, message: format!("{what}: {}", self.message) }
    }

    /// What the network answered when it refused a call before any code ran.
    pub fn from_syscall(number: ErrorNumber, what: impl fmt::Display) -> Self {
        let code = match number {
            ErrorNumber::InsufficientFunds => ExitCode::USR_INSUFFICIENT_FUNDS,
            ErrorNumber::NotFound => ExitCode::USR_NOT_FOUND,
            ErrorNumber::IllegalArgument => ExitCode::USR_ILLEGAL_ARGUMENT,
            ErrorNumber::Forbidden => ExitCode::USR_FORBIDDEN,
            ErrorNumber::ReadOnly => ExitCode::USR_READ_ONLY,
            _ => ExitCode::USR_UNSPECIFIED,
        };
        Self::new(code, format!("{what}: {number}"))
    }
}

impl fmt::Display for ActorError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} (exit code {})", self.message, self.code.value())
    }
}

impl std::error::Error for ActorError {}

/// Turns other libraries' errors into an [`ActorError`], with the words the caller needs.
pub trait ResultExt<T> {
    /// The state could not be read or written: `USR_ILLEGAL_STATE`.
    fn or_state(self, what: &str) -> Result<T, ActorError>;
    /// Bytes did not decode or encode: `USR_SERIALIZATION`.
    fn or_serialization(self, what: &str) -> Result<T, ActorError>;
    /// A parameter is wrong: `USR_ILLEGAL_ARGUMENT`.
    fn or_illegal_argument(self, what: &str) -> Result<T, ActorError>;
}

impl<T, E: fmt::Display> ResultExt<T> for Result<T, E> {
    fn or_state(self, what: &str) -> Result<T, ActorError> {
        self.map_err(|e| ActorError::illegal_state(format!("{what}: {e}")))
    }
    fn or_serialization(self, what: &str) -> Result<T, ActorError> {
        self.map_err(|e| ActorError::serialization(format!("{what}: {e}")))
    }
    fn or_illegal_argument(self, what: &str) -> Result<T, ActorError> {
        self.map_err(|e| ActorError::illegal_argument(format!("{what}: {e}")))
    }
}
