//! The one retry policy: how often something is attempted, how long the pauses are, and when it is given up. Attempts
//! run one after another; the pause after the first is `delay`, each later one twice as long, none after the last.
//!
//! Knows nothing of what is attempted and prints nothing: a [`Task`] says what an attempt is and which failures are
//! worth another. `process` beside it runs one attempt at a command.

#[cfg(unix)]
pub mod process;

use std::num::NonZeroU32;
use std::time::{Duration, Instant};

/// How often and how patiently.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Policy {
    /// How many attempts there are at most, the first one included.
    pub attempts: NonZeroU32,
    /// The pause after the first attempt; it doubles from pause to pause.
    pub delay: Duration,
    /// How long a single attempt may take.
    pub timeout: Option<Duration>,
}

impl Default for Policy {
    /// 3 attempts, pauses of 1 s and 2 s, no limit for an attempt.
    fn default() -> Self {
        Self { attempts: NonZeroU32::MIN.saturating_add(2), delay: Duration::from_secs(1), timeout: None }
    }
}

impl Policy {
    /// A single attempt that may take `timeout`.
    #[must_use]
    pub const fn once(timeout: Duration) -> Self {
        Self { attempts: NonZeroU32::MIN, delay: Duration::ZERO, timeout: Some(timeout) }
    }
}

/// One attempt of several.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Attempt {
    /// Its number, from 1.
    pub number: u32,
    /// How many there are at most.
    pub of: u32,
    /// How long it may take: the policy's limit or what is left until the deadline, whichever is shorter.
    pub timeout: Option<Duration>,
}

/// What follows a failed attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Next {
    /// A pause, then another attempt.
    Pause(Duration),
    /// Nothing.
    GiveUp(Reason),
}

/// Why there is no further attempt.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Reason {
    /// All attempts failed.
    Exhausted,
    /// Another attempt would fail the same way.
    Permanent,
    /// The next attempt would begin after the deadline.
    Deadline,
    /// The pause was cut short: somebody wants this to end.
    Interrupted,
}

/// The end of attempts without success.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GaveUp<E> {
    /// How many attempts were made; 0 when the deadline had passed before the first.
    pub attempts: u32,
    /// What went wrong in the last one.
    pub last: Option<E>,
    /// Why there was no other.
    pub reason: Reason,
}

/// Something that may work at a later attempt.
pub trait Task {
    /// What success gives.
    type Output;
    /// What went wrong.
    type Error;

    /// Attempts it once, keeping to `attempt.timeout`.
    ///
    /// # Errors
    /// When this attempt failed.
    fn attempt(&mut self, attempt: Attempt) -> Result<Self::Output, Self::Error>;

    /// Whether another attempt may end better.
    fn is_transient(&self, error: &Self::Error) -> bool;

    /// Learns of a failed attempt before the pause.
    fn failed(&mut self, _attempt: Attempt, _error: &Self::Error, _next: Next) {}
}

/// The time, and waiting; a trait so that tests need not wait.
pub trait Clock {
    /// The present moment.
    fn now(&self) -> Instant;

    /// Waits; `false` when the wait was cut short and nothing more shall be attempted.
    fn pause(&self, duration: Duration) -> bool;
}

/// The clock of the system.
#[derive(Clone, Copy, Debug, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Instant {
        Instant::now()
    }

    fn pause(&self, duration: Duration) -> bool {
        std::thread::sleep(duration);
        true
    }
}

impl Policy {
    /// Attempts `task` until it works or is given up. Never begins an attempt, nor pauses, past `deadline`.
    ///
    /// # Errors
    /// When no attempt worked: how many there were, the last failure, and why there was no other.
    pub fn run<T: Task>(
        &self,
        task: &mut T,
        clock: &impl Clock,
        deadline: Option<Instant>,
    ) -> Result<T::Output, GaveUp<T::Error>> {
        let mut last = None;
        let mut number = 0;
        loop {
            let left = deadline.map(|deadline| deadline.saturating_duration_since(clock.now()));
            if left.is_some_and(|left| left.is_zero()) {
                return Err(GaveUp { attempts: number, last, reason: Reason::Deadline });
            }
            number += 1;
            let timeout = self.timeout.into_iter().chain(left).min();
            let attempt = Attempt { number, of: self.attempts.get(), timeout };
            let error = match task.attempt(attempt) {
                Ok(output) => return Ok(output),
                Err(error) => error,
            };
            let next = self.next(number, task.is_transient(&error), deadline.map(|deadline| (clock.now(), deadline)));
            task.failed(attempt, &error, next);
            let reason = match next {
                Next::Pause(pause) if clock.pause(pause) => None,
                Next::Pause(_) => Some(Reason::Interrupted),
                Next::GiveUp(reason) => Some(reason),
            };
            last = Some(error);
            if let Some(reason) = reason {
                return Err(GaveUp { attempts: number, last, reason });
            }
        }
    }

    /// What follows the failed attempt `number`; `time` is the present moment and the deadline.
    fn next(&self, number: u32, is_transient: bool, time: Option<(Instant, Instant)>) -> Next {
        let pause = self.pause_after(number);
        if !is_transient {
            Next::GiveUp(Reason::Permanent)
        } else if number >= self.attempts.get() {
            Next::GiveUp(Reason::Exhausted)
        } else if time.is_some_and(|(now, deadline)| deadline.saturating_duration_since(now) <= pause) {
            Next::GiveUp(Reason::Deadline)
        } else {
            Next::Pause(pause)
        }
    }

    /// The pause after attempt `number`, counted from 1.
    #[must_use]
    pub fn pause_after(&self, number: u32) -> Duration {
        let factor = 1u32.checked_shl(number.saturating_sub(1)).unwrap_or(u32::MAX);
        self.delay.saturating_mul(factor)
    }
}

#[cfg(test)]
mod tests {
    use std::cell::{Cell, RefCell};

    use proptest::prelude::*;

    use super::*;

    /// A clock that stands still but for pauses; it breaks off the pause of that number.
    struct FakeClock {
        start: Instant,
        passed: Cell<Duration>,
        pauses: RefCell<Vec<Duration>>,
        interrupt_at: usize,
    }

    impl FakeClock {
        fn new() -> Self {
            Self {
                start: Instant::now(),
                passed: Cell::default(),
                pauses: RefCell::default(),
                interrupt_at: usize::MAX,
            }
        }

        fn seconds(&self) -> Vec<u64> {
            self.pauses.borrow().iter().map(Duration::as_secs).collect()
        }
    }

    impl Clock for FakeClock {
        fn now(&self) -> Instant {
            self.start + self.passed.get()
        }

        fn pause(&self, duration: Duration) -> bool {
            self.pauses.borrow_mut().push(duration);
            self.passed.set(self.passed.get() + duration);
            self.pauses.borrow().len() != self.interrupt_at
        }
    }

    /// Fails with the number of the attempt until `works_at`; each attempt takes `takes` of `clock`.
    struct Flaky<'a> {
        clock: &'a FakeClock,
        works_at: u32,
        takes: Duration,
        permanent_at: u32,
        seen: Vec<(Attempt, Option<Next>)>,
    }

    impl<'a> Flaky<'a> {
        fn new(clock: &'a FakeClock, works_at: u32) -> Self {
            Self { clock, works_at, takes: Duration::ZERO, permanent_at: 0, seen: Vec::new() }
        }
    }

    impl Task for Flaky<'_> {
        type Output = u32;
        type Error = u32;

        fn attempt(&mut self, attempt: Attempt) -> Result<u32, u32> {
            self.seen.push((attempt, None));
            self.clock.passed.set(self.clock.passed.get() + self.takes);
            if attempt.number >= self.works_at { Ok(attempt.number) } else { Err(attempt.number) }
        }

        fn is_transient(&self, error: &u32) -> bool {
            *error != self.permanent_at
        }

        fn failed(&mut self, attempt: Attempt, error: &u32, next: Next) {
            assert_eq!(attempt.number, *error);
            self.seen.last_mut().unwrap().1 = Some(next);
        }
    }

    #[test]
    fn works_at_the_second_attempt() {
        let clock = FakeClock::new();
        let mut task = Flaky::new(&clock, 2);
        assert_eq!(Policy::default().run(&mut task, &clock, None), Ok(2));
        assert_eq!(clock.seconds(), [1]);
        assert_eq!(task.seen[0].1, Some(Next::Pause(Duration::from_secs(1))));
    }

    #[test]
    fn gives_up_after_all_attempts_without_a_last_pause() {
        let clock = FakeClock::new();
        let mut task = Flaky::new(&clock, u32::MAX);
        let given_up = GaveUp { attempts: 3, last: Some(3), reason: Reason::Exhausted };
        assert_eq!(Policy::default().run(&mut task, &clock, None), Err(given_up));
        assert_eq!(clock.seconds(), [1, 2]);
    }

    #[test]
    fn a_permanent_failure_is_the_last() {
        let clock = FakeClock::new();
        let mut task = Flaky { permanent_at: 2, ..Flaky::new(&clock, 3) };
        let given_up = GaveUp { attempts: 2, last: Some(2), reason: Reason::Permanent };
        assert_eq!(Policy::default().run(&mut task, &clock, None), Err(given_up));
        assert_eq!(clock.seconds(), [1]);
    }

    #[test]
    fn an_interrupted_pause_is_the_end() {
        let clock = FakeClock { interrupt_at: 1, ..FakeClock::new() };
        let mut task = Flaky::new(&clock, 2);
        let given_up = GaveUp { attempts: 1, last: Some(1), reason: Reason::Interrupted };
        assert_eq!(Policy::default().run(&mut task, &clock, None), Err(given_up));
    }

    #[test]
    fn nothing_begins_past_the_deadline() {
        let clock = FakeClock::new();
        let policy = Policy { attempts: NonZeroU32::new(9).unwrap(), ..Policy::default() };
        let mut task = Flaky { takes: Duration::from_secs(2), ..Flaky::new(&clock, u32::MAX) };
        // Attempts from 0 to 2, 3 to 5 and 7 to 9 s; the pause of 4 s would end at 13 s.
        let deadline = clock.start + Duration::from_secs(12);
        let given_up = GaveUp { attempts: 3, last: Some(3), reason: Reason::Deadline };
        assert_eq!(policy.run(&mut task, &clock, Some(deadline)), Err(given_up));
        assert_eq!(clock.seconds(), [1, 2]);
        let late = GaveUp { attempts: 0, last: None, reason: Reason::Deadline };
        assert_eq!(policy.run(&mut task, &clock, Some(clock.start)), Err(late));
    }

    #[test]
    fn an_attempt_ends_with_the_deadline() {
        let clock = FakeClock::new();
        let policy = Policy { timeout: Some(Duration::from_secs(5)), ..Policy::default() };
        let mut task = Flaky { takes: Duration::from_secs(5), ..Flaky::new(&clock, 2) };
        assert_eq!(policy.run(&mut task, &clock, Some(clock.start + Duration::from_secs(8))), Ok(2));
        let timeouts: Vec<_> = task.seen.iter().map(|(attempt, _)| attempt.timeout.unwrap().as_secs()).collect();
        assert_eq!(timeouts, [5, 2]);
    }

    proptest! {
        #[test]
        fn pauses_double_and_fit_the_deadline(attempts in 1u32..80, delay in 0u64..100_000, budget in 1u64..10_000_000) {
            let clock = FakeClock::new();
            let delay = Duration::from_millis(delay);
            let policy = Policy { attempts: NonZeroU32::new(attempts).unwrap(), delay, timeout: None };
            let mut task = Flaky::new(&clock, u32::MAX);
            let budget = Duration::from_millis(budget);
            let given_up = policy.run(&mut task, &clock, Some(clock.start + budget)).unwrap_err();
            let pauses = clock.pauses.borrow();
            prop_assert_eq!(pauses.len() as u32, given_up.attempts - 1);
            prop_assert!(pauses.iter().sum::<Duration>() < budget);
            prop_assert!(pauses.windows(2).all(|pair| pair[1] == pair[0] * 2));
            prop_assert!(given_up.reason == Reason::Deadline || given_up.attempts == attempts);
        }
    }
}
