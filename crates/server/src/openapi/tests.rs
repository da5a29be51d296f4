//! That everything the server goes by is in the description.

use std::collections::BTreeSet;

use super::operations;
use crate::access;

#[test]
fn every_right_is_one_of_an_operation() {
    let used: BTreeSet<(&str, &str)> = operations()
        .iter()
        .filter_map(|operation| operation.right())
        .map(|right| (right.method, right.path))
        .collect();
    for right in access::all() {
        let name = (right.method, right.path);
        assert!(used.contains(&name), "{name:?}");
    }
}
