//! The rules of tflint and the lints that do their work: the table of `docs/tflint.md`.

/// The page that people read, which is the data too.
const PAGE: &str = include_str!("../../docs/tflint.md");

/// Each rule with its lint, in the order of the page.
pub fn tflint_rules() -> impl Iterator<Item = (&'static str, &'static str)> {
    PAGE.lines().filter_map(|line| {
        let mut cells = line.strip_prefix("| `")?.split('|');
        let rule = cells.next()?.trim().strip_suffix('`')?;
        let lint = cells.next()?.split('`').nth(1)?;
        Some((rule, lint))
    })
}

#[cfg(test)]
mod tests {
    use super::super::find;
    use super::tflint_rules;

    #[test]
    fn every_rule_of_the_page_has_a_lint() {
        assert_eq!(tflint_rules().count(), 20);
        for (rule, lint) in tflint_rules() {
            assert!(rule.starts_with("terraform_") && find(lint).is_some(), "{rule} {lint}");
        }
    }
}
