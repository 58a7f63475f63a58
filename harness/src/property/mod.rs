//! Checks over generated inputs: the bridge from proptest, which is synchronous, to exchanges, which are not.

pub mod any_string;
mod grant_set;
pub mod grant_sets;
pub mod redirect_uri;
pub mod repeated;
pub mod revoked_meanwhile;
pub mod single_use;

use std::future::Future;
use std::sync::{Mutex, PoisonError};

use proptest::strategy::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestCaseError, TestError, TestRng, TestRunner};
use tokio::runtime::Handle;

use crate::check::{Answer, Stop};

/// How many shrinking steps a counter-example is worth: each of them is an exchange.
const SHRINKING: u32 = 64;

/// Asks `property` for `cases` values of `strategy`; the first finding is shrunk to the smallest value that still shows it.
///
/// The runner is synchronous and stays on this thread (the caller is moved off the async workers by `block_in_place`);
/// each case waits on the runtime that is already there. A stop that is no finding ends the property as it is.
pub async fn for_all<S, F, Fut>(strategy: S, seed: u64, cases: u32, property: F) -> Answer
where
    S: Strategy,
    S::Value: Clone + std::fmt::Debug,
    F: Fn(S::Value) -> Fut,
    Fut: Future<Output = Answer>,
{
    let config = Config { cases, max_shrink_iters: SHRINKING, failure_persistence: None, ..Config::default() };
    let mut bytes = [0_u8; 32];
    bytes[..8].copy_from_slice(&seed.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &bytes));

    let last: Mutex<Option<Stop>> = Mutex::new(None);
    let handle = Handle::current();
    let result = tokio::task::block_in_place(|| {
        runner.run(&strategy, |value| {
            let mut last = last.lock().unwrap_or_else(PoisonError::into_inner);
            if matches!(&*last, Some(stop) if !matches!(stop, Stop::Finding(_))) {
                return Ok(());
            }
            match handle.block_on(property(value)) {
                Ok(()) => Ok(()),
                Err(stop @ Stop::Finding(_)) => {
                    *last = Some(stop);
                    Err(TestCaseError::fail("finding"))
                }
                // A finding that is being shrunk outweighs a case that could not be asked.
                Err(_) if last.is_some() => Ok(()),
                Err(stop) => {
                    *last = Some(stop);
                    Ok(())
                }
            }
        })
    });
    let last = last.into_inner().unwrap_or_else(PoisonError::into_inner);
    match (result, last) {
        (Ok(()), None) => Ok(()),
        (Err(TestError::Fail(_, value)), Some(stop)) => Err(stop.in_case(format!("smallest case: {value:?}"))),
        (_, Some(stop)) => Err(stop),
        (Err(error), None) => Err(Stop::Error(error.to_string())),
    }
}
