//! Exit codes: the one table, published in the man page.

use tonic::Code;

/// How a run of cpcctl ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Exit {
    /// All was done.
    Ok,
    /// Something failed that no other code names.
    Failure,
    /// The command line or the request is not valid.
    Usage,
    /// The server could not be reached, or did not answer in time.
    Unreachable,
    /// The named thing is not there.
    NotFound,
    /// Not logged in, or not allowed.
    Denied,
    /// It exists already, or its state does not allow it.
    Conflict,
    /// The server turned the call away for now.
    Busy,
    /// Some of it was done, some of it was refused.
    Partial,
    /// A check found a difference.
    CheckFailed,
    /// Interrupted from the keyboard.
    Interrupted,
}

impl Exit {
    /// Every way to end, in the order of the codes.
    pub const ALL: [Self; 11] = [
        Self::Ok,
        Self::Failure,
        Self::Usage,
        Self::Unreachable,
        Self::NotFound,
        Self::Denied,
        Self::Conflict,
        Self::Busy,
        Self::Partial,
        Self::CheckFailed,
        Self::Interrupted,
    ];

    /// Gives the code for the shell and what it means, in a line.
    pub const fn explain(self) -> (u8, &'static str) {
        match self {
            Self::Ok => (0, "done"),
            Self::Failure => (1, "failed for a reason that no other code names"),
            Self::Usage => (2, "usage: the command line or the request is not valid"),
            Self::Unreachable => (3, "the server cannot be reached, or did not answer in time"),
            Self::NotFound => (4, "the named thing is not there"),
            Self::Denied => (5, "not logged in, or not allowed"),
            Self::Conflict => (6, "it exists already, or its state does not allow it"),
            Self::Busy => (7, "rate limited, or an engine of the server is away: try again later"),
            Self::Partial => (8, "partial success: some of it was refused"),
            Self::CheckFailed => (9, "a check found a difference"),
            Self::Interrupted => (130, "interrupted from the keyboard"),
        }
    }

    /// Gives the code for the shell.
    pub const fn code(self) -> u8 {
        self.explain().0
    }

    /// Gives the exit for a gRPC code, and the code's name.
    pub(crate) const fn of(code: Code) -> (Self, &'static str) {
        match code {
            Code::Ok => (Self::Ok, "ok"),
            Code::Cancelled => (Self::Failure, "cancelled"),
            Code::Unknown => (Self::Failure, "unknown"),
            Code::InvalidArgument => (Self::Usage, "invalid_argument"),
            Code::DeadlineExceeded => (Self::Unreachable, "deadline_exceeded"),
            Code::NotFound => (Self::NotFound, "not_found"),
            Code::AlreadyExists => (Self::Conflict, "already_exists"),
            Code::PermissionDenied => (Self::Denied, "permission_denied"),
            Code::ResourceExhausted => (Self::Busy, "resource_exhausted"),
            Code::FailedPrecondition => (Self::Conflict, "failed_precondition"),
            Code::Aborted => (Self::Conflict, "aborted"),
            Code::OutOfRange => (Self::Usage, "out_of_range"),
            Code::Unimplemented => (Self::Failure, "unimplemented"),
            Code::Internal => (Self::Failure, "internal"),
            Code::Unavailable => (Self::Busy, "unavailable"),
            Code::DataLoss => (Self::Failure, "data_loss"),
            Code::Unauthenticated => (Self::Denied, "unauthenticated"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn codes_are_the_published_ones() {
        let codes: Vec<u8> = Exit::ALL.into_iter().map(Exit::code).collect();
        assert_eq!(codes, [0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 130]);
    }

    #[test]
    fn grpc_codes_map_to_what_a_script_can_act_on() {
        let exit = |code| Exit::of(code).0.code();
        assert_eq!(exit(Code::InvalidArgument), 2);
        assert_eq!(exit(Code::DeadlineExceeded), 3);
        assert_eq!(exit(Code::NotFound), 4);
        assert_eq!((exit(Code::Unauthenticated), exit(Code::PermissionDenied)), (5, 5));
        assert_eq!((exit(Code::AlreadyExists), exit(Code::Aborted), exit(Code::FailedPrecondition)), (6, 6, 6));
        assert_eq!((exit(Code::ResourceExhausted), exit(Code::Unavailable)), (7, 7));
        assert_eq!((exit(Code::Internal), exit(Code::Unknown)), (1, 1));
    }
}
