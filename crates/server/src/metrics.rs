//! What the operator can watch: counts and durations in Prometheus' text.

use std::sync::OnceLock;

use axum::http::Method;
use policy::decision::Verdict;
use policy::reason::Reason;
use prometheus_client::encoding::EncodeLabelSet;
use prometheus_client::encoding::text::encode;
use prometheus_client::metrics::counter::Counter;
use prometheus_client::metrics::family::Family;
use prometheus_client::metrics::gauge::Gauge;
use prometheus_client::metrics::histogram::Histogram;
use prometheus_client::registry::{Registry, Unit};

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Answered {
    method: String,
    route: String,
    status: u16,
}

#[derive(Clone, Debug, PartialEq, Eq, Hash, EncodeLabelSet)]
struct Decided {
    verdict: &'static str,
    reason: &'static str,
}

/// How many verdicts there are.
const VERDICTS: usize = 3;

/// The numbers.
pub(crate) struct Metrics {
    registry: Registry,
    answers: Family<Answered, Counter>,
    durations: Histogram,
    decisions: Family<Decided, Counter>,
    /// Counters of the decisions that have been made, where they are found without a search.
    made: Box<[OnceLock<Counter>]>,
    tenants: Gauge,
    behaviours: Gauge,
    age: Gauge,
}

impl Default for Metrics {
    fn default() -> Self {
        let buckets = [
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.1, 0.5, 2.5, 10.0,
        ];
        let mut metrics = Metrics {
            registry: Registry::with_prefix("comity"),
            answers: Family::default(),
            durations: Histogram::new(buckets),
            decisions: Family::default(),
            made: (0..VERDICTS * Reason::ALL.len())
                .map(|_| OnceLock::new())
                .collect(),
            tenants: Gauge::default(),
            behaviours: Gauge::default(),
            age: Gauge::default(),
        };
        let registry = &mut metrics.registry;
        let help = "Requests answered, by route and status";
        registry.register("http_requests", help, metrics.answers.clone());
        let help = "How long requests took";
        let durations = metrics.durations.clone();
        registry.register_with_unit("http_request_duration", help, Unit::Seconds, durations);
        let help = "Decisions, by verdict and reason";
        registry.register("decisions", help, metrics.decisions.clone());
        let help = "Tenants in memory";
        registry.register("tenants_loaded", help, metrics.tenants.clone());
        let help = "Distinct behaviours in memory, for previews";
        registry.register("behaviours_loaded", help, metrics.behaviours.clone());
        let help = "How old the settings in memory may be";
        registry.register_with_unit("data_age", help, Unit::Seconds, metrics.age.clone());
        metrics
    }
}

impl Metrics {
    pub(crate) fn answered(&self, method: &Method, route: &str, status: u16, seconds: f64) {
        let method = match *method {
            Method::GET
            | Method::HEAD
            | Method::POST
            | Method::PUT
            | Method::PATCH
            | Method::DELETE
            | Method::OPTIONS => method.to_string(),
            // Anybody can make up methods; they must not make up time series.
            _ => "other".to_owned(),
        };
        let labels = Answered {
            method,
            route: route.to_owned(),
            status,
        };
        self.answers.get_or_create(&labels).inc();
        self.durations.observe(seconds);
    }

    pub(crate) fn decided(&self, verdict: Verdict, reason: Reason) {
        let named = || {
            let (verdict, reason) = (verdict.as_str(), reason.as_str());
            let labels = Decided { verdict, reason };
            self.decisions.get_or_create(&labels).clone()
        };
        let place = reason as usize * VERDICTS + verdict as usize;
        match self.made.get(place) {
            Some(counter) => counter.get_or_init(named).inc(),
            None => named().inc(),
        };
    }

    /// The text, with what is known only when it is asked for.
    pub(crate) fn text(&self, tenants: usize, behaviours: u64, age_seconds: i64) -> String {
        self.tenants.set(i64::try_from(tenants).unwrap_or(i64::MAX));
        let behaviours = i64::try_from(behaviours).unwrap_or(i64::MAX);
        self.behaviours.set(behaviours);
        self.age.set(age_seconds);
        let mut text = String::new();
        match encode(&mut text, &self.registry) {
            Ok(()) => text,
            Err(_) => String::new(),
        }
    }
}
