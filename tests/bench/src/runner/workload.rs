//! What is run.

use std::io::{Error, Result};

use super::options::Options;

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Op {
    Put,
    Get,
    PutOne,
    SmallPut,
    SmallGet,
    List,
}

impl Op {
    pub(super) fn word(self) -> &'static str {
        match self {
            Self::Put => "put",
            Self::Get => "get",
            Self::PutOne => "put1",
            Self::SmallPut => "small-put",
            Self::SmallGet => "small-get",
            Self::List => "list",
        }
    }
}

/// The size of a small object, in bytes.
pub(super) const SMALL: u64 = 4096;

#[derive(Clone, Debug)]
pub(super) struct Workload {
    pub(super) name: String,
    pub(super) op: Op,
    /// Of one object, in bytes.
    pub(super) size: u64,
    /// How many objects or keys.
    pub(super) count: usize,
    pub(super) connections: usize,
    pub(super) is_tls: bool,
    pub(super) is_thin: bool,
    /// One of those that show how the cost grows: its object is zeros, its keys are its own.
    pub(super) is_growth: bool,
}

/// Every name that can be asked for.
const NAMES: [&str; 11] = [
    "put",
    "get",
    "small-put",
    "small-get",
    "list",
    "put1",
    "tls-put",
    "tls-get",
    "thin-put",
    "thin-get",
    "growth",
];

impl Workload {
    fn new(name: impl Into<String>, op: Op, size: u64, count: usize) -> Self {
        Self {
            name: name.into(),
            op,
            size,
            count,
            connections: 8,
            is_tls: false,
            is_thin: false,
            is_growth: false,
        }
    }

    fn named(name: &str, options: &Options) -> Option<Self> {
        let (size, count) = (options.size, options.count);
        let plain = name.trim_start_matches("tls-").trim_start_matches("thin-");
        let mut workload = match plain {
            "put" => Self::new(name, Op::Put, size, 1),
            "get" => Self::new(name, Op::Get, size, 1),
            "put1" => Self::new(name, Op::PutOne, 1, 1),
            "small-put" => Self::new(name, Op::SmallPut, SMALL, count),
            "small-get" => Self::new(name, Op::SmallGet, SMALL, count),
            "list" => Self::new(name, Op::List, 0, options.keys),
            _ => return None,
        };
        workload.is_tls = name.starts_with("tls-");
        workload.is_thin = name.starts_with("thin-");
        if workload.is_thin {
            workload.connections = 16;
        }
        Some(workload)
    }

    /// What is asked for, in order.
    pub(super) fn all(options: &Options) -> Result<Vec<Self>> {
        let mut names: Vec<&str> = options.workloads.iter().map(String::as_str).collect();
        if names.is_empty() {
            names = NAMES.into_iter().filter(|name| *name != "growth").collect();
        }
        let mut all = Vec::new();
        for name in names {
            let known = NAMES.contains(&name);
            match Self::named(name, options).filter(|_| known) {
                Some(workload) => all.push(workload),
                None if name == "growth" => all.extend(growth(options)),
                None => {
                    let message = format!("{name} is none of {}", NAMES.join(" "));
                    return Err(Error::other(message));
                }
            }
        }
        Ok(all)
    }

    /// How many bytes of objects move.
    pub(super) fn bytes(&self) -> u64 {
        self.size * self.count as u64
    }

    pub(super) fn is_up(&self) -> bool {
        matches!(self.op, Op::Put | Op::PutOne | Op::SmallPut)
    }

    pub(super) fn key(&self) -> String {
        match self.op {
            Op::Get if self.is_growth => format!("zeros/{}", self.size),
            Op::Get => "big".to_owned(),
            Op::PutOne => "one".to_owned(),
            _ => "up".to_owned(),
        }
    }

    pub(super) fn prefix(&self) -> String {
        match self.op {
            Op::List if self.is_growth => format!("list-{}/", self.count),
            Op::List => "list/".to_owned(),
            _ => "small/".to_owned(),
        }
    }

    /// The client that the others are compared with.
    pub(super) fn base(&self) -> &'static str {
        if self.is_tls { "curl" } else { "floor" }
    }

    /// What it is, in numbers.
    pub(super) fn what(&self) -> String {
        let what = match self.op {
            Op::List => format!("{} keys", thousands(self.count as u64)),
            Op::PutOne => "1 B".to_owned(),
            Op::SmallPut | Op::SmallGet => format!("{} × 4 KiB", thousands(self.count as u64)),
            Op::Put | Op::Get => bytes(self.size),
        };
        let far = if self.is_thin {
            ", 20 ms, 200 Mbit/s"
        } else {
            ""
        };
        match self.op {
            Op::List | Op::PutOne => what,
            _ if self.connections == 1 => format!("{what}, 1 connection{far}"),
            _ => format!("{what}, {} connections{far}", self.connections),
        }
    }
}

fn growth(options: &Options) -> Vec<Workload> {
    let (size, keys) = (options.size, options.keys);
    let mut all = Vec::new();
    let mut add = |mut workload: Workload, connections| {
        workload.is_growth = true;
        workload.connections = connections;
        all.push(workload);
    };
    for op in [Op::Put, Op::Get] {
        let word = op.word();
        for size in [size / 16, size, size * 10].map(|size| size.max(1)) {
            add(
                Workload::new(format!("growth-{word}-{}", bytes(size)), op, size, 1),
                8,
            );
        }
        for connections in [1, 4, 16, 32] {
            let name = format!("growth-{word}-{}-{connections}", bytes(size));
            add(Workload::new(name, op, size, 1), connections);
        }
    }
    for count in [keys / 100, keys / 10, keys, keys * 10].map(|count| count.max(1)) {
        add(
            Workload::new(format!("growth-list-{count}"), Op::List, 0, count),
            8,
        );
    }
    all.iter_mut()
        .for_each(|workload| workload.name = workload.name.replace(' ', ""));
    all
}

/// A size in the biggest unit that leaves no fraction.
pub(crate) fn bytes(bytes: u64) -> String {
    let units = [(30, "GiB"), (20, "MiB"), (10, "KiB")];
    let whole = |(shift, _): &(u32, _)| bytes > 0 && bytes.trailing_zeros() >= *shift;
    match units.into_iter().find(whole) {
        Some((shift, unit)) => format!("{} {unit}", bytes >> shift),
        None => format!("{bytes} B"),
    }
}

/// A number with a comma after each three digits.
pub(crate) fn thousands(number: u64) -> String {
    let digits = number.to_string();
    let groups: Vec<String> = digits
        .as_bytes()
        .rchunks(3)
        .rev()
        .map(|group| String::from_utf8_lossy(group).into_owned())
        .collect();
    groups.join(",")
}
