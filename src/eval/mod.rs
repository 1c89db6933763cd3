//! Terraform evaluated without running it: what an expression can be, over everything that is not known. Does no IO and
//! knows nothing of lints.

pub mod number;
