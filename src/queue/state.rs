//! The states of a task, and the one table of the steps between them. Pure.

/// Where a task is.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum TaskState {
    /// Its turn has not come.
    Waiting,
    /// It has begun: what an earlier run has moved is looked for.
    Checking,
    /// Bytes move.
    Running,
    /// It was paused: what has moved stays, and `restart` goes on from there.
    Paused,
    /// It was cancelled: what has moved is taken back.
    Cancelled,
    /// It is done and checked.
    Succeeded,
    /// It ended with an error; `restart` tries again.
    Failed,
}

/// What makes a task take a step.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Action {
    /// A thread has taken it.
    Take,
    /// Bytes began to move.
    Move,
    /// Its run came to a good end.
    Succeed,
    /// Its run came to a bad end.
    Fail,
    Pause,
    Restart,
    Cancel,
}

impl TaskState {
    /// All states.
    #[cfg(test)]
    pub(crate) const ALL: [Self; 7] = [
        Self::Waiting,
        Self::Checking,
        Self::Running,
        Self::Paused,
        Self::Cancelled,
        Self::Succeeded,
        Self::Failed,
    ];

    /// Whether the task has come to an end, which is told by one event.
    pub fn is_final(self) -> bool {
        matches!(self, Self::Cancelled | Self::Succeeded | Self::Failed)
    }

    /// The state after an action; None when it is not allowed.
    ///
    /// A run takes a moment to stop. One that was done before it could is a success of a task that is
    /// paused, or waits again, by now.
    pub(crate) fn after(self, action: Action) -> Option<Self> {
        match (self, action) {
            (Self::Waiting, Action::Take) => Some(Self::Checking),
            (Self::Checking, Action::Move) => Some(Self::Running),
            (Self::Checking | Self::Running | Self::Paused | Self::Waiting, Action::Succeed) => {
                Some(Self::Succeeded)
            }
            (Self::Checking | Self::Running, Action::Fail) => Some(Self::Failed),
            (Self::Waiting | Self::Checking | Self::Running, Action::Pause) => Some(Self::Paused),
            (Self::Paused | Self::Failed, Action::Restart) => Some(Self::Waiting),
            (Self::Waiting | Self::Checking | Self::Running | Self::Paused, Action::Cancel) => {
                Some(Self::Cancelled)
            }
            _ => None,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_state_and_action_has_one_answer() {
        use Action::{Cancel, Fail, Move, Pause, Restart, Succeed, Take};
        use TaskState::{Cancelled, Checking, Failed, Paused, Running, Succeeded, Waiting};
        let actions = [Take, Move, Succeed, Fail, Pause, Restart, Cancel];
        let table = [
            (
                Waiting,
                [
                    Some(Checking),
                    None,
                    Some(Succeeded),
                    None,
                    Some(Paused),
                    None,
                    Some(Cancelled),
                ],
            ),
            (
                Checking,
                [
                    None,
                    Some(Running),
                    Some(Succeeded),
                    Some(Failed),
                    Some(Paused),
                    None,
                    Some(Cancelled),
                ],
            ),
            (
                Running,
                [
                    None,
                    None,
                    Some(Succeeded),
                    Some(Failed),
                    Some(Paused),
                    None,
                    Some(Cancelled),
                ],
            ),
            (
                Paused,
                [
                    None,
                    None,
                    Some(Succeeded),
                    None,
                    None,
                    Some(Waiting),
                    Some(Cancelled),
                ],
            ),
            (Cancelled, [None; 7]),
            (Succeeded, [None; 7]),
            (Failed, [None, None, None, None, None, Some(Waiting), None]),
        ];
        assert_eq!(table.map(|(state, _)| state), TaskState::ALL);
        for (state, row) in table {
            assert_eq!(actions.map(|action| state.after(action)), row, "{state:?}");
        }
    }
}
