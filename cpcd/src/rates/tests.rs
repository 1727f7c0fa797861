//! Replicas that share their limits, in time that a test makes pass.

use super::*;

const TICK: Duration = Duration::from_millis(10);
/// The exchange is told in so many ticks, and takes two more to arrive.
const TOLD: u32 = 25;
const REPLICAS: usize = 3;

fn rates(login: &str) -> Rates {
    let rate: Rate = login.parse().unwrap();
    let off: Rate = "off".parse().unwrap();
    let levels = Levels { key: rate, network: off, all: off };
    let unlimited = Levels { key: off, network: off, all: off };
    let config = Config { login: levels, search: unlimited.clone(), publish: unlimited };
    Rates::new(&config, true, [7; 32])
}

/// Replicas that many ask, and what they tell each other.
struct Stage {
    replicas: Vec<(Uuid, Rates)>,
    under_way: Vec<(u32, usize, Vec<u8>)>,
    tick: u32,
    let_in: u32,
    print: u64,
    rate: Rate,
}

impl Stage {
    fn new(login: &str) -> Self {
        let replicas: Vec<_> = (0..REPLICAS).map(|_| (Uuid::now_v7(), rates(login))).collect();
        let print = replicas[0].1.prints.of(Cost::Login as u8, "key", b"somebody");
        Self { replicas, under_way: Vec::new(), tick: 0, let_in: 0, print, rate: login.parse().unwrap() }
    }

    /// Lets time pass in which each replica is asked so often each tick, and may hear the others or not.
    fn run(&mut self, seconds: u32, asks: u32, hears: bool) -> u32 {
        let before = self.let_in;
        for _ in 0..seconds * 100 {
            self.tick += 1;
            let now = TICK * self.tick;
            for number in 0..self.replicas.len() {
                let (_, rates) = &self.replicas[number];
                for _ in 0..asks {
                    self.let_in += u32::from(rates.take(Level::Key, Cost::Login, self.print, self.rate, now).is_ok());
                }
                // Not all at the same moment.
                if self.tick % TOLD == u32::try_from(number).unwrap() {
                    rates.shared.judge(now);
                    let told = shared::write(&rates.taken());
                    if hears {
                        self.under_way.push((self.tick + 2, number, told));
                    }
                }
            }
            let (arrived, under_way): (Vec<_>, Vec<_>) =
                std::mem::take(&mut self.under_way).into_iter().partition(|(at, _, _)| *at <= self.tick);
            self.under_way = under_way;
            for (_, from, body) in arrived {
                for (number, (_, rates)) in self.replicas.iter().enumerate() {
                    rates.shared.hear(self.replicas[from].0, from == number, now);
                    if from != number {
                        rates.count(&body, now);
                    }
                }
            }
        }
        self.let_in - before
    }
}

/// A limit of 5 a second after 20 at once, and three replicas that are asked 300 times a second each.
#[test]
fn together_they_let_in_what_the_limit_says_and_a_little_more_once() {
    let mut stage = Stage::new("5/20");
    // At the first moment each has a whole bucket, and nobody has heard of the others: that is the most there is too much, ever.
    let (rate, burst) = (5, 20);
    let seconds = 60;
    let let_in = stage.run(seconds, 3, true);
    let most = rate * seconds + burst + u32::try_from(REPLICAS - 1).unwrap() * burst;
    assert!(let_in <= most, "{let_in} of {most}");
    // And it is no less than the limit gives.
    assert!(let_in >= rate * seconds, "{let_in}");
    // What was too much has been waited for: from then on it is the limit, but for what is let in between two messages.
    let steady = stage.run(seconds, 3, true);
    let more = u32::try_from(REPLICAS - 1).unwrap();
    assert!((rate * seconds * 9 / 10..=rate * seconds + more).contains(&steady), "{steady}");
    for (_, rates) in &stage.replicas {
        assert_eq!(rates.sharing(), (1, 0));
    }
}

#[test]
fn cut_off_from_each_other_each_lets_in_its_part() {
    let mut stage = Stage::new("6/30");
    stage.run(30, 3, true);
    // Until each has noticed that it hears nobody.
    let noticed = stage.run(3, 3, false);
    assert!(noticed <= 3 * 6 * 3 + 30, "{noticed}");
    let apart = stage.run(60, 3, false);
    assert!((60 * 6 * 9 / 10..=60 * 6 + 3).contains(&apart), "{apart} are let in by all together");
    assert!(stage.replicas.iter().all(|(_, rates)| rates.sharing().0 == 3));
    // And together again it is as before.
    stage.run(3, 3, true);
    assert!(stage.replicas.iter().all(|(_, rates)| rates.sharing().0 == 1));
    let again = stage.run(60, 3, true);
    assert!((60 * 6 * 9 / 10..=60 * 6 + 3 + 30).contains(&again), "{again}");
}

#[test]
fn millions_of_keys_take_no_more_room_and_the_busiest_are_told_first() {
    let rates = rates("5/20");
    let before = rates.keys.bytes() + rates.networks.bytes();
    for number in 0..2_000_000_u64 {
        let print = number.wrapping_mul(0x9e37_79b9_7f4a_7c15);
        rates.take(Level::Key, Cost::Login, print, "5/20".parse().unwrap(), TICK).unwrap();
    }
    let waiting = rates.shared.waiting();
    assert!(waiting <= 8_192, "{waiting}");
    assert_eq!(rates.keys.bytes() + rates.networks.bytes(), before);
    assert_eq!(rates.sharing().1, 2_000_000 - u64::try_from(waiting).unwrap(), "what is not told is counted");
    // Those who come often are among those who wait, and go first.
    for _ in 0..5 {
        rates.shared.note(Level::Key, 0);
    }
    let told = rates.taken();
    assert!(told.len() <= 2_048 && told.iter().any(|taken| taken.print == 0 && taken.count > 5), "{}", told.len());
    assert!(shared::write(&told).len() < 32 << 10);
    assert_eq!(shared::read(&shared::write(&told)).collect::<Vec<_>>(), told);
    while !rates.taken().is_empty() {}
    assert_eq!(rates.shared.waiting(), 0);
    assert_eq!(shared::read(&[9; 26]).count() + shared::read(&[0; 12]).count(), 0, "what is unknown is left out");
}
