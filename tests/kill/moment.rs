//! When a child is killed.

use std::time::{Duration, Instant};

use crate::chance::Chance;
use crate::scene::{Kind, PARTS, Scene};

/// How long after what was waited for a child may be killed.
const LATER: Duration = Duration::from_millis(20);

/// What is waited for.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Event {
    Never,
    /// The child has begun.
    Start,
    /// So many requests of an operation have begun.
    Asked(&'static str, u64),
    /// So many have ended.
    Answered(&'static str, u64),
    /// The record of the transfer is made, written or removed.
    Recorded,
    /// The object or the file is there.
    Made,
}

/// So much later than an event.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Moment {
    event: Event,
    later: Duration,
}

/// How far a transfer is before a run.
pub(crate) struct Standing {
    pub(crate) kind: Kind,
    /// How long a run takes that nobody kills.
    pub(crate) whole: Duration,
    /// How many parts are still to be moved.
    pub(crate) missing: u64,
    /// An upload has begun, and no part of it has been asked for.
    pub(crate) is_just_begun: bool,
}

impl Moment {
    pub(crate) const NEVER: Self = Self {
        event: Event::Never,
        later: Duration::ZERO,
    };

    /// Half of all moments are times, up to a bit more than a run may take; the others are those
    /// at which something is half done.
    pub(crate) fn draw(chance: &mut Chance, standing: &Standing) -> Self {
        let Standing { whole, missing, .. } = *standing;
        // What was begun and not noted yet is forgotten the most easily.
        if standing.is_just_begun && chance.flip() {
            let (event, later) = (Event::Recorded, Duration::ZERO);
            return Self { event, later };
        }
        let (event, later) = match chance.below(9) {
            0 => (Event::Start, soon(chance)),
            1 | 2 => (Event::Start, chance.duration(whole.mul_f64(1.1))),
            3 | 4 => {
                let share = 0.1 + missing as f64 / PARTS as f64;
                (Event::Start, chance.duration(whole.mul_f64(share)))
            }
            5..=7 => (request(chance, standing), soon(chance)),
            _ => (
                chance.pick(&[Event::Recorded, Event::Made, Event::Made]),
                soon(chance),
            ),
        };
        Self { event, later }
    }
}

fn soon(chance: &mut Chance) -> Duration {
    match chance.flip() {
        true => Duration::ZERO,
        false => chance.duration(LATER),
    }
}

fn request(chance: &mut Chance, standing: &Standing) -> Event {
    let Standing { kind, missing, .. } = *standing;
    let (operation, number) = match chance.below(3) {
        0 => (kind.part(), 1 + chance.below(missing)),
        1 if kind == Kind::Download => (kind.part(), missing.max(1)),
        _ => (chance.pick(kind.others()), 1),
    };
    match chance.flip() {
        true => Event::Asked(operation, number),
        false => Event::Answered(operation, number),
    }
}

/// Waits for a moment of one run.
pub(crate) struct Waiting<'s> {
    scene: &'s Scene,
    key: &'s str,
    moment: Moment,
    record: Option<u64>,
    came: Option<Instant>,
}

impl<'s> Waiting<'s> {
    pub(crate) fn new(scene: &'s Scene, key: &'s str, moment: Moment) -> Self {
        Self {
            scene,
            key,
            moment,
            record: scene.record(key),
            came: None,
        }
    }

    pub(crate) fn is_over(&mut self) -> bool {
        if self.came.is_none() && self.has_come() {
            self.came = Some(Instant::now());
        }
        self.came
            .is_some_and(|came| came.elapsed() >= self.moment.later)
    }

    fn has_come(&self) -> bool {
        match self.moment.event {
            Event::Never => false,
            Event::Start => true,
            Event::Asked(operation, number) => self.count(operation, false) >= number,
            Event::Answered(operation, number) => self.count(operation, true) >= number,
            Event::Recorded => self.scene.record(self.key) != self.record,
            Event::Made => self.scene.seems_made(self.key),
        }
    }

    fn count(&self, operation: &str, is_ended: bool) -> u64 {
        let requests = self.scene.cos.requests();
        let counts = requests.iter().filter(|request| {
            request.operation == operation && (!is_ended || request.ended.is_some())
        });
        counts.count() as u64
    }
}
