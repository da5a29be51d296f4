//! What the programs measured, read from the lines they print for us.

use workload::measure::{MARK, MEMORY_MARK};

/// One variant at one scale.
#[derive(Clone, Debug)]
pub struct Figure {
    pub scale: String,
    pub name: String,
    pub requests: u64,
    /// Nanoseconds per decision.
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

/// All of them, in the order they were measured.
#[derive(Clone, Debug, Default)]
pub struct Figures {
    pub list: Vec<Figure>,
    /// Scale, name, bytes per partner configuration.
    pub memory: Vec<(String, String, f64)>,
    /// Scale, program, why there is no figure.
    pub left_out: Vec<(String, String, String)>,
}

impl Figures {
    pub fn read(&mut self, output: &str) {
        for line in output.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let number = |i: usize| {
                fields
                    .get(i)
                    .and_then(|text| text.parse().ok())
                    .unwrap_or(0.0)
            };
            match fields[..] {
                [MARK, scale, name, requests, ..] => self.list.push(Figure {
                    scale: scale.to_owned(),
                    name: name.to_owned(),
                    requests: requests.parse().unwrap_or(0),
                    median: number(4),
                    min: number(5),
                    max: number(6),
                }),
                [MEMORY_MARK, scale, name, ..] => {
                    self.memory
                        .push((scale.to_owned(), name.to_owned(), number(3)));
                }
                _ => {}
            }
        }
    }

    pub fn left_out(&mut self, scale: &str, program: &str, why: &str) {
        self.left_out
            .push((scale.to_owned(), program.to_owned(), why.to_owned()));
    }

    /// The median of the variant at that scale.
    pub fn median(&self, scale: &str, name: &str) -> Option<f64> {
        let mut list = self.list.iter();
        let found = list.find(|figure| figure.scale == scale && figure.name == name);
        found.map(|figure| figure.median)
    }

    /// What a partner configuration costs there, by the variant's name or by what it begins with.
    pub fn bytes(&self, scale: &str, name: &str) -> Option<f64> {
        let mut memory = self.memory.iter();
        let found = memory.find(|(at, of, _)| at == scale && name.starts_with(of.as_str()));
        found.map(|(_, _, bytes)| *bytes)
    }

    /// The names of all variants, in the order they were measured.
    pub fn names(&self) -> Vec<&str> {
        let mut names: Vec<&str> = Vec::new();
        for figure in &self.list {
            if !names.contains(&figure.name.as_str()) {
                names.push(&figure.name);
            }
        }
        names
    }
}
