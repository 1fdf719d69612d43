//! One transfer, killed and started again until it is done.

use std::time::Duration;

use crate::chance::Chance;
use crate::child::{Ended, Running, Told};
use crate::figures::{BOUND, Figures, Phase};
use crate::moment::{Moment, Standing, Waiting};
use crate::scene::{Found, Kind, Scene};
use crate::tally::Tally;

type Checked<T> = Result<T, String>;

struct Round<'s> {
    scene: &'s Scene,
    key: String,
    tally: Tally,
    kills: u32,
    history: Vec<String>,
}

/// How long a transfer takes that nobody kills. It must leave nothing behind, either.
pub(crate) fn unkilled(scene: &Scene) -> Checked<Duration> {
    let mut round = Round::new(scene, "unkilled".to_owned());
    slow_down(scene, 4, 4);
    let ended = round.run(Moment::NEVER)?;
    round.check_end(&ended)?;
    scene.clear(&round.key);
    Ok(ended.took)
}

/// Plays one round, with no more kills than are wanted in all. What is wrong comes with all that
/// happened before.
pub(crate) fn play(
    scene: &Scene,
    chance: &mut Chance,
    figures: &mut Figures,
    wanted: u32,
) -> Checked<()> {
    let mut round = Round::new(scene, format!("key-{}", figures.rounds));
    let played = round.play(chance, figures, wanted);
    let (key, history) = (&round.key, round.history.join("\n"));
    played.map_err(|why| format!("{} of {key}: {why}\n{history}", scene.kind.name()))
}

/// Makes parts, and what begins and ends a transfer, slow enough to be hit.
fn slow_down(scene: &Scene, part: u64, other: u64) {
    scene.cos.clear_faults();
    let slow = |operation: &str, delay: u64| {
        let line = format!("{operation} times=forever delay={delay}");
        scene.cos.fault(&line).unwrap();
    };
    slow(scene.kind.part(), part);
    slow("InitiateMultipartUpload", other);
    slow("CompleteMultipartUpload", other);
}

impl<'s> Round<'s> {
    fn new(scene: &'s Scene, key: String) -> Self {
        Self {
            scene,
            key,
            tally: Tally::default(),
            kills: 0,
            history: Vec::new(),
        }
    }

    fn play(&mut self, chance: &mut Chance, figures: &mut Figures, wanted: u32) -> Checked<()> {
        slow_down(self.scene, chance.below(8), chance.below(20));
        if chance.flip() {
            self.scene.put_earlier(&self.key);
        }
        figures.rounds += 1;
        loop {
            let moment = match figures.kills < wanted {
                true => Moment::draw(chance, &self.standing(figures.whole)),
                false => Moment::NEVER,
            };
            let ended = self.run(moment)?;
            figures.runs += 1;
            if !ended.was_killed() {
                figures.completed(self.check_end(&ended)?);
                break;
            }
            let phase = self.check_kill(&ended)?;
            figures.killed(phase);
            if phase == Phase::Over {
                self.check_left()?;
                break;
            }
        }
        self.scene.clear(&self.key);
        figures.moved_again(&self.tally.in_vain());
        self.check_bytes()
    }

    fn standing(&mut self, whole: Duration) -> Standing {
        Standing {
            kind: self.scene.kind,
            whole,
            missing: self.tally.missing(),
            is_just_begun: self.scene.has_uploads() && !self.tally.has_begun(),
        }
    }

    /// Runs a child until its end or that moment, and until the emulator has served it.
    fn run(&mut self, moment: Moment) -> Checked<Ended> {
        self.scene.cos.clear_requests();
        let mut waiting = Waiting::new(self.scene, &self.key, moment);
        let child = Running::start(&self.scene.orders(&self.key));
        let ended = child.until(|| waiting.is_over())?;
        self.scene.settle()?;
        let how = match ended.was_killed() {
            true => "killed",
            false => "ended",
        };
        let (took, told) = (ended.took, ended.told());
        self.history.push(format!(
            "{how} after {took:?} for {moment:?}, told {told:?}"
        ));
        let (kind, requests) = (self.scene.kind, self.scene.cos.requests());
        self.tally.add(kind, &requests);
        Ok(ended)
    }

    /// What a kill may leave.
    fn check_kill(&mut self, ended: &Ended) -> Checked<Phase> {
        self.kills += 1;
        let found = self.scene.found(&self.key)?;
        let leftovers = self.scene.leftovers(&self.key);
        let phase = match found {
            Found::Whole if leftovers.is_empty() => Phase::Over,
            Found::Whole => Phase::Made,
            _ if self.has_begun() => Phase::Between,
            _ => Phase::Before,
        };
        self.history
            .push(format!("{phase:?}, {found:?}, {leftovers:?}"));
        if ended.told().is_some() && phase != Phase::Over {
            return Err("it said that it had ended, and it had not".to_owned());
        }
        let uploads = leftovers.iter().filter(|name| name.starts_with("upload "));
        if uploads.count() > usize::from(found != Found::Whole) {
            return Err("an upload is forgotten, or begun again in vain".to_owned());
        }
        Ok(phase)
    }

    fn has_begun(&self) -> bool {
        match self.scene.kind {
            Kind::Download => self.tally.has_begun(),
            _ => self.scene.has_uploads(),
        }
    }

    /// What the end of a child must leave.
    fn check_end(&self, ended: &Ended) -> Checked<Told> {
        let told = ended.told().filter(|_| ended.status.success());
        let told = told.ok_or_else(|| format!("{}: {}", ended.status, ended.output))?;
        match self.scene.found(&self.key)? {
            Found::Whole => self.check_left().map(|()| told),
            found => Err(format!("it ended, and there is {found:?}")),
        }
    }

    fn check_left(&self) -> Checked<()> {
        let leftovers = self.scene.leftovers(&self.key);
        match leftovers.is_empty() {
            true => Ok(()),
            false => Err(format!("{leftovers:?} is left")),
        }
    }

    fn check_bytes(&self) -> Checked<()> {
        let (again, bound) = (self.tally.again(), u64::from(self.kills) * BOUND);
        let by_run = self.tally.in_vain();
        match again <= bound {
            true => Ok(()),
            false => Err(format!(
                "{again} bytes moved again, {bound} are allowed: {by_run:?}"
            )),
        }
    }
}
