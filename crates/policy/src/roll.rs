//! A roll: people or groups by id, of which copies share what is the same in both.
//!
//! A directory has a hundred thousand people, of whom one changes: the copy that has the change costs
//! as much as the change, and whoever reads the other one is not disturbed.

use std::fmt;
use std::ops::Index;

use rpds::RedBlackTreeMapSync;

/// Values by key, in the order of the keys. A clone costs nothing; a change copies the way to what
/// it changes.
#[derive(Clone, PartialEq, Eq)]
pub struct Roll<K: Ord, V>(RedBlackTreeMapSync<K, V>);

impl<K: Ord, V> Roll<K, V> {
    /// The value with that key.
    pub fn get(&self, key: &K) -> Option<&V> {
        self.0.get(key)
    }
    /// Whether there is a value with that key.
    pub fn contains_key(&self, key: &K) -> bool {
        self.0.contains_key(key)
    }
    /// How many there are.
    pub fn len(&self) -> usize {
        self.0.size()
    }
    /// Whether there is none.
    pub fn is_empty(&self) -> bool {
        self.0.is_empty()
    }
    /// Keys and values.
    pub fn iter(&self) -> impl ExactSizeIterator<Item = (&K, &V)> {
        self.0.iter()
    }
    /// The keys.
    pub fn keys(&self) -> impl ExactSizeIterator<Item = &K> {
        self.0.keys()
    }
    /// The values.
    pub fn values(&self) -> impl ExactSizeIterator<Item = &V> {
        self.0.values()
    }
}

impl<K: Ord + Clone, V: Clone> Roll<K, V> {
    /// The value to be changed; other copies keep what they had.
    pub fn get_mut(&mut self, key: &K) -> Option<&mut V> {
        self.0.get_mut(key)
    }
    /// Adds the value, or replaces the one with that key, which is given back.
    pub fn insert(&mut self, key: K, value: V) -> Option<V> {
        let last = self.0.get(&key).cloned();
        self.0.insert_mut(key, value);
        last
    }
    /// Drops the value, which is given back.
    pub fn remove(&mut self, key: &K) -> Option<V> {
        let last = self.0.get(key).cloned()?;
        self.0.remove_mut(key);
        Some(last)
    }
}

impl<K: Ord, V> Default for Roll<K, V> {
    fn default() -> Self {
        Roll(RedBlackTreeMapSync::new_sync())
    }
}

impl<K: Ord + fmt::Debug, V: fmt::Debug> fmt::Debug for Roll<K, V> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_map().entries(self.iter()).finish()
    }
}

impl<K: Ord + Clone, V: Clone> FromIterator<(K, V)> for Roll<K, V> {
    fn from_iter<I: IntoIterator<Item = (K, V)>>(entries: I) -> Self {
        let mut map = Roll::default();
        for (key, value) in entries {
            map.0.insert_mut(key, value);
        }
        map
    }
}

/// For tests and whoever has made sure: the value is there.
impl<K: Ord, V> Index<&K> for Roll<K, V> {
    type Output = V;
    fn index(&self, key: &K) -> &V {
        self.0.index(key)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_copy_keeps_what_it_had() {
        let first: Roll<u32, u32> = (0..1_000).map(|n| (n, n)).collect();
        let mut second = first.clone();
        assert_eq!(second.remove(&3), Some(3));
        assert_eq!(second.remove(&3), None);
        assert_eq!(second.insert(4, 5), Some(4));
        assert_eq!(second.insert(2_000, 1), None);
        *second.get_mut(&7).unwrap() += 1;
        assert_eq!((first.len(), second.len()), (1_000, 1_000));
        assert!(first.iter().all(|(key, value)| key == value));
        assert_eq!(
            (second.get(&3), second.get(&4), second.get(&7)),
            (None, Some(&5), Some(&8))
        );
        assert!(second.keys().is_sorted());
    }
}
