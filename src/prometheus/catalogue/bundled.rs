//! The catalogues that are compiled in. `exporters.txt` is made from the dumps in `exporters/` by
//! `SPRAG_UPDATE=1 cargo test --test catalogues`.

use std::sync::{Arc, LazyLock};

use super::{Catalogues, compact};

static BUNDLED: LazyLock<Catalogues> = LazyLock::new(|| {
    let all = compact::decode(include_str!("exporters.txt"));
    Catalogues { all: all.into_iter().map(Arc::new).collect() }
});

/// All of them; sections are decoded one by one when a metric that they may have is looked up.
pub(super) fn all() -> &'static Catalogues {
    &BUNDLED
}
