//! The record of a queue, as anybody may have left it.

use super::saved::{IDENTITY, read};
use crate::transfer::fuzz::lines;
use crate::transfer::journal::Found;

pub(crate) fn saved(data: &[u8]) {
    let mut found = lines(data);
    found.identity = IDENTITY.to_owned();
    let tasks = read(&found);
    assert!(tasks.len() <= found.lines.len());
    // Lines that make no sense are passed over, so others between them change nothing.
    let nonsense = |line| [vec![String::from("nonsense")], line, vec![String::new()]];
    let lines = found.lines.into_iter().flat_map(nonsense).collect();
    let identity = found.identity;
    let again = read(&Found { identity, lines });
    let states = |tasks: &std::collections::BTreeMap<_, super::saved::SavedTask>| {
        let state = |task: &super::saved::SavedTask| (task.state, task.priority, task.place);
        tasks.values().map(state).collect::<Vec<_>>()
    };
    assert_eq!(states(&tasks), states(&again));
}
