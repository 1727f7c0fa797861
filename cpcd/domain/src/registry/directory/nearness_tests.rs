//! A simulated network: what is estimated is in the order of what is true.

use super::*;

/// Nodes in a plane, each some way from the wire.
struct Network {
    keys: Vec<[u8; 32]>,
    at: Vec<(f32, f32, f32)>,
    lot: u64,
}

impl Network {
    fn new(nodes: u16, seed: u64) -> Self {
        let mut network = Self { keys: Vec::new(), at: Vec::new(), lot: seed };
        for number in 0..nodes {
            let mut key = [0; 32];
            key[..2].copy_from_slice(&number.to_be_bytes());
            network.keys.push(key);
            let at = (network.unit() * 150.0, network.unit() * 80.0, network.unit() * 10.0);
            network.at.push(at);
        }
        network
    }

    /// Gives something from 0 to 1.
    fn unit(&mut self) -> f32 {
        self.lot = hash::mix(self.lot.wrapping_add(0x9E37_79B9_7F4A_7C15));
        u16::try_from(self.lot >> 48).map_or(0.0, f32::from) / f32::from(u16::MAX)
    }

    fn below(&mut self, end: usize) -> usize {
        self.lot = hash::mix(self.lot.wrapping_add(0x9E37_79B9_7F4A_7C15));
        usize::try_from(self.lot >> 33).unwrap() % end
    }

    fn truth(&self, one: usize, other: usize) -> f32 {
        let ((x, y, h), (u, v, i)) = (self.at[one], self.at[other]);
        (x - u).hypot(y - v) + h + i + 0.2
    }

    fn key(&self, number: usize) -> u32 {
        hash::fingerprint(&self.keys[number])
    }

    /// Everybody measures to 8 others, so many times; the first `liars` say what they like.
    fn run(&mut self, nearness: &Nearness, rounds: usize, liars: usize) {
        let nodes = self.keys.len();
        for _ in 0..rounds {
            for own in 0..nodes {
                let mut measured = Vec::new();
                for _ in 0..8 {
                    let other = self.below(nodes);
                    let noise = 0.95 + self.unit() * 0.2;
                    let lie = if own < liars { self.unit() * 2_500.0 } else { self.truth(own, other) * noise };
                    measured.push(RoundTrip { peer: PeerId::of_key_bytes(&self.keys[other]), micros: micros(lie) });
                }
                nearness.take(self.key(own), &measured);
            }
        }
    }

    /// Gives the correlation of ranks (Spearman's) between what is estimated and what is true, over pairs from `first` on.
    fn correlation(&mut self, nearness: &Nearness, first: usize) -> f64 {
        let nodes = self.keys.len() - first;
        let (mut estimated, mut true_) = (Vec::new(), Vec::new());
        while estimated.len() < 2_000 {
            let (one, other) = (first + self.below(nodes), first + self.below(nodes));
            if one != other
                && let Some(estimate) = nearness.estimate(self.key(one), self.key(other))
            {
                estimated.push(f64::from(estimate));
                true_.push(f64::from(self.truth(one, other)));
            }
        }
        let (a, b) = (ranks(&estimated), ranks(&true_));
        let mean = (a.len() as f64 - 1.0) / 2.0;
        let of = |x: &[f64], y: &[f64]| x.iter().zip(y).map(|(x, y)| (x - mean) * (y - mean)).sum::<f64>();
        of(&a, &b) / (of(&a, &a) * of(&b, &b)).sqrt()
    }
}

fn ranks(values: &[f64]) -> Vec<f64> {
    let mut order: Vec<_> = (0..values.len()).collect();
    order.sort_by(|a, b| values[*a].total_cmp(&values[*b]));
    let mut ranks = vec![0.0; values.len()];
    for (rank, number) in order.into_iter().enumerate() {
        ranks[number] = rank as f64;
    }
    ranks
}

#[test]
fn estimates_are_in_the_order_of_the_truth() {
    for seed in [1, 2, 3] {
        let (mut network, nearness) = (Network::new(300, seed), Nearness::default());
        network.run(&nearness, 40, 0);
        let correlation = network.correlation(&nearness, 0);
        eprintln!("seed {seed}: rank correlation {correlation:.3}");
        assert!(correlation > 0.9, "{correlation}");
    }
}

#[test]
fn liars_lie_about_themselves_alone() {
    for seed in [4, 5, 6] {
        let (mut network, nearness) = (Network::new(300, seed), Nearness::default());
        network.run(&nearness, 40, 60);
        let correlation = network.correlation(&nearness, 60);
        eprintln!("seed {seed}, a fifth lies: rank correlation of the others {correlation:.3}");
        assert!(correlation > 0.8, "{correlation}");
    }
}

#[test]
fn what_cannot_be_is_left_out() {
    let nearness = Nearness::default();
    let peer = |key: u8| PeerId::of_key_bytes(&[key; 32]);
    let own = fingerprint(&peer(1)).unwrap();
    let trip = |key, micros| RoundTrip { peer: peer(key), micros };
    nearness.take(fingerprint(&peer(2)).unwrap(), &[]);
    nearness.take(own, &[]);
    let at = |key: u32| nearness.0.read().unwrap().get(&key).copied().unwrap();
    let before = at(own);
    // Too short, too long, of nobody, to itself.
    nearness.take(own, &[trip(2, 0), trip(2, u32::MAX), trip(9, 10_000), trip(1, 10_000)]);
    assert_eq!(at(own), before);
    nearness.take(own, &[trip(2, 2_900_000)]);
    let step = norm(apart(at(own).at, before.at));
    assert!(step > 0.0 && step <= STEP + 0.1, "one step is bounded: {step}");
    assert_eq!(at(fingerprint(&peer(2)).unwrap()), Coordinate::new(), "nobody moves another");
    nearness.forget(own);
    assert_eq!(nearness.estimate(own, fingerprint(&peer(2)).unwrap()), None);
    let hashed = PeerId::parse("QmYyQSo1c1Ym7orWxLYvCrM2EmxFTANf8wXmmE7DWjhx5N").unwrap();
    assert_eq!(fingerprint(&hashed), None);
}
