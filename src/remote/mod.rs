//! Services that are asked over the network: an HTTP client, what can stand in its way, and Prometheus' API. Asks only;
//! changes nothing anywhere.

mod http;
mod obstacle;
pub mod prometheus;

pub use http::{Answer, Client, HttpError};
pub use obstacle::Obstacle;
