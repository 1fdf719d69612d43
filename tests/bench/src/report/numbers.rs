//! Medians, and ratios inside rounds.

use super::{Results, Run};

/// A median with the smallest and the biggest value.
#[derive(Clone, Copy, Debug, PartialEq)]
pub(super) struct Spread {
    pub(super) median: f64,
    pub(super) least: f64,
    pub(super) most: f64,
}

impl Spread {
    /// None of no values.
    pub(super) fn of(mut values: Vec<f64>) -> Option<Self> {
        values.sort_by(f64::total_cmp);
        let (least, most) = (*values.first()?, *values.last()?);
        let (low, high) = (values[(values.len() - 1) / 2], values[values.len() / 2]);
        Some(Self {
            median: (low + high) / 2.0,
            least,
            most,
        })
    }
}

/// All runs of one client over one workload that count.
pub(super) struct Summary<'a> {
    pub(super) runs: Vec<&'a Run>,
    base: Vec<&'a Run>,
}

impl<'a> Summary<'a> {
    pub(super) fn new(results: &'a Results, workload: &str, client: &str) -> Self {
        let of = |client: &str| {
            let runs = results.runs.iter();
            runs.filter(|run| run.workload == workload && run.client == client)
                .filter(|run| run.round > 0 && run.error.is_none())
                .collect::<Vec<_>>()
        };
        let runs = of(client);
        let base = runs.first().map(|run| of(&run.base)).unwrap_or_default();
        Self { runs, base }
    }

    /// The value of all runs.
    pub(super) fn spread(&self, value: impl Fn(&Run) -> f64) -> Option<Spread> {
        Spread::of(self.runs.iter().map(|run| value(run)).collect())
    }

    /// The value beside that of the base in the same round.
    pub(super) fn ratio(&self, value: impl Fn(&Run) -> f64) -> Option<Spread> {
        let of_base = |round| {
            let mut base = self.base.iter();
            base.find(|run| run.round == round)
                .map(|run| value(run))
                .filter(|base| *base > 0.0)
        };
        let ratio = |run: &&Run| Some(value(run) / of_base(run.round)?);
        Spread::of(self.runs.iter().filter_map(ratio).collect())
    }
}

/// The different values, in the order in which they come.
pub(super) fn distinct<'a>(values: impl Iterator<Item = &'a str>) -> Vec<&'a str> {
    let mut seen = Vec::new();
    for value in values {
        if !seen.contains(&value) {
            seen.push(value);
        }
    }
    seen
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_median_is_in_the_middle() {
        let spread =
            |values: &[f64]| Spread::of(values.to_vec()).map(|s| (s.median, s.least, s.most));
        assert_eq!(spread(&[3.0, 1.0, 2.0]), Some((2.0, 1.0, 3.0)));
        assert_eq!(spread(&[4.0, 1.0]), Some((2.5, 1.0, 4.0)));
        assert_eq!(spread(&[]), None);
    }
}
