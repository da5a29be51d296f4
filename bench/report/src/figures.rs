//! The figures that the programs print for programs.

use serde_json::{Value, json};

/// Time of one variant at one scale.
#[derive(Clone, Debug)]
pub struct Figure {
    pub scale: String,
    pub name: String,
    pub requests: u64,
    pub median: f64,
    pub min: f64,
    pub max: f64,
}

/// All that was measured.
#[derive(Default)]
pub struct Figures {
    pub times: Vec<Figure>,
    /// Scale, name, bytes per partner configuration.
    pub memory: Vec<(String, String, f64)>,
}

impl Figures {
    /// Keeps the lines `#figure` and `#memory`.
    pub fn read(&mut self, text: &str) {
        for line in text.lines() {
            let fields: Vec<&str> = line.split('\t').collect();
            let number = |at: usize| fields.get(at).and_then(|text| text.parse::<f64>().ok());
            match fields.as_slice() {
                ["#figure", scale, name, ..] => {
                    if let (Some(requests), Some(median), Some(min), Some(max)) =
                        (number(3), number(4), number(5), number(6))
                    {
                        self.times.push(Figure {
                            scale: (*scale).to_owned(),
                            name: (*name).to_owned(),
                            requests: requests as u64,
                            median,
                            min,
                            max,
                        });
                    }
                }
                ["#memory", scale, name, ..] => {
                    if let Some(bytes) = number(3) {
                        self.memory
                            .push(((*scale).to_owned(), (*name).to_owned(), bytes));
                    }
                }
                _ => {}
            }
        }
    }

    /// The median of a variant.
    pub fn median(&self, scale: &str, name: &str) -> Option<f64> {
        let mut times = self.times.iter();
        let found = times.find(|figure| figure.scale == scale && figure.name == name)?;
        Some(found.median)
    }

    /// Bytes per partner configuration of a variant.
    pub fn bytes(&self, scale: &str, name: &str) -> Option<f64> {
        let mut memory = self.memory.iter();
        let found = memory.find(|(at, variant, _)| at == scale && variant == name)?;
        Some(found.2)
    }

    /// The same as JSON.
    pub fn json(&self) -> Value {
        let times = self.times.iter().map(|figure| {
            json!({
                "scale": figure.scale, "variant": figure.name, "requests": figure.requests,
                "medianNanoseconds": figure.median, "minNanoseconds": figure.min,
                "maxNanoseconds": figure.max,
            })
        });
        let memory = self.memory.iter().map(|(scale, name, bytes)| {
            json!({"scale": scale, "variant": name, "bytesPerPartnerConfiguration": bytes})
        });
        json!({
            "times": times.collect::<Vec<_>>(),
            "memory": memory.collect::<Vec<_>>(),
        })
    }
}
