//! Policy as tests: decisions written down as data, and run.
