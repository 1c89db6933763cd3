//! Which releases of a provider a constraint admits, as far as a schema of one of them asks. The rules are those of
//! <https://developer.hashicorp.com/terraform/language/expressions/version-constraints>.

/// What the release that a module runs with is to the one that a schema is of.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Kinship {
    /// The same one: major and minor version are.
    Same,
    /// Perhaps the same one.
    Possible,
    /// Another one of the same major version.
    Other,
    /// A prerelease, or another major version.
    Foreign,
}

/// A version with its prerelease.
#[derive(Clone, Copy, PartialEq, Eq)]
struct Version<'t> {
    numbers: [u32; 3],
    prerelease: Option<&'t str>,
    /// How many numbers are written.
    written: usize,
}

impl<'t> Version<'t> {
    fn parse(text: &'t str) -> Option<Self> {
        let text = text.trim();
        let (text, _build) = text.split_once('+').unwrap_or((text, ""));
        let (plain, prerelease) = text.split_once('-').map_or((text, None), |(plain, word)| (plain, Some(word)));
        let (mut numbers, mut written) = ([0; 3], 0);
        for part in plain.split('.') {
            *numbers.get_mut(written)? = part.parse().ok()?;
            written += 1;
        }
        Some(Self { numbers, prerelease, written })
    }

    const fn minor(&self) -> (u32, u32) {
        let [major, minor, _] = self.numbers;
        (major, minor)
    }

    /// How a version that is not akin differs.
    fn unlike(&self, other: &Self) -> Kinship {
        let is_plain = self.prerelease.is_none() && other.prerelease.is_none();
        if is_plain && self.numbers[0] == other.numbers[0] { Kinship::Other } else { Kinship::Foreign }
    }

    /// Whether both have the same arguments: patches fix, while each prerelease may be another state of the work.
    fn is_akin(&self, other: &Self) -> bool {
        match (self.prerelease, other.prerelease) {
            (None, None) => self.minor() == other.minor(),
            (one, another) => self.numbers == other.numbers && one == another,
        }
    }
}

/// Where the release is known.
pub(super) fn of_release(schema: &str, chosen: &str) -> Kinship {
    match (Version::parse(schema), Version::parse(chosen)) {
        (Some(schema), Some(chosen)) if schema.is_akin(&chosen) => Kinship::Same,
        (Some(schema), Some(chosen)) => schema.unlike(&chosen),
        _ => Kinship::Foreign,
    }
}

/// Where only the clauses of constraints are known.
pub(super) fn of_constraints<'c>(schema: &str, constraints: impl Iterator<Item = &'c str>) -> Kinship {
    let Some(schema) = Version::parse(schema) else { return Kinship::Foreign };
    // A prerelease is taken only where it is asked for by name.
    let mut kinship = if schema.prerelease.is_some() { Kinship::Foreign } else { Kinship::Possible };
    for clause in constraints.flat_map(|constraint| constraint.split(',')) {
        match of_clause(&schema, clause) {
            Some(other @ (Kinship::Other | Kinship::Foreign)) => return other,
            Some(Kinship::Same) => kinship = Kinship::Same,
            Some(Kinship::Possible) | None => {}
        }
    }
    kinship
}

/// Nothing where the clause is none.
fn of_clause(schema: &Version<'_>, clause: &str) -> Option<Kinship> {
    let clause = clause.trim();
    let operator = clause.find(|letter: char| !"<>=!~".contains(letter)).map_or("", |end| &clause[..end]);
    let bound = Version::parse(&clause[operator.len()..])?;
    let (major, minor) = schema.minor();
    let may_be = match operator {
        "" | "=" => return Some(if schema.is_akin(&bound) { Kinship::Same } else { schema.unlike(&bound) }),
        "~>" if bound.written == 3 && bound.minor() != schema.minor() => false,
        "~>" if bound.written == 3 && schema.prerelease.is_none() => return Some(Kinship::Same),
        "~>" => bound.numbers[0] == major && bound.numbers[1] <= minor,
        ">" | ">=" => bound.minor() <= schema.minor(),
        "<" => bound.numbers > [major, minor, 0],
        "<=" => bound.numbers >= [major, minor, 0],
        "!=" => true,
        _ => return None,
    };
    Some(if may_be { Kinship::Possible } else { schema.unlike(&bound) })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn constrained(schema: &str, constraint: &str) -> Kinship {
        of_constraints(schema, std::iter::once(constraint))
    }

    #[test]
    fn constraints_admit_releases() {
        for (constraint, wanted) in [
            ("", Kinship::Possible),
            ("0.111.0", Kinship::Same),
            ("= 0.111.7", Kinship::Same),
            ("~> 0.111.0", Kinship::Same),
            (">= 0.100, ~> 0.111.3, != 0.111.4", Kinship::Same),
            ("~> 0.94", Kinship::Possible),
            (">= 0.38.1", Kinship::Possible),
            (">= 0.50, < 1.0.0", Kinship::Possible),
            ("<= 0.111", Kinship::Possible),
            ("> 0.111.1", Kinship::Possible),
            ("!= 0.111.1", Kinship::Possible),
            ("no constraint", Kinship::Possible),
            ("0.38.1", Kinship::Other),
            ("~> 0.38.1", Kinship::Other),
            ("~> 0.112", Kinship::Other),
            ("~> 1.0", Kinship::Foreign),
            ("< 0.111.0", Kinship::Other),
            (">= 0.50, < 0.90", Kinship::Other),
            (">= 0.112.0", Kinship::Other),
            ("0.111.1-beta1", Kinship::Foreign),
        ] {
            assert_eq!(constrained("0.111.1", constraint), wanted, "{constraint}");
        }
    }

    #[test]
    fn prereleases_are_asked_for_by_name() {
        assert_eq!(constrained("3.0.2-rc09", "3.0.2-rc09"), Kinship::Same);
        assert_eq!(constrained("3.0.2-rc09", "= 3.0.2-rc09"), Kinship::Same);
        for constraint in ["", ">= 3.0", "~> 3.0.2", "~> 3.0.1-rc1", "3.0.2", "3.0.1-rc4", "3.0.2-rc08", "2.9.14"] {
            assert_eq!(constrained("3.0.2-rc09", constraint), Kinship::Foreign, "{constraint}");
        }
    }

    #[test]
    fn a_known_release_is_the_same_or_another() {
        assert_eq!(of_release("0.111.1", "0.111.0"), Kinship::Same);
        assert_eq!(of_release("0.111.1", "0.110.0"), Kinship::Other);
        assert_eq!(of_release("0.111.1", "1.0.0"), Kinship::Foreign);
        assert_eq!(of_release("3.0.2-rc09", "3.0.2-rc09"), Kinship::Same);
        assert_eq!(of_release("3.0.2-rc09", "3.0.2-rc08"), Kinship::Foreign);
        assert_eq!(of_release("3.0.2-rc09", "3.0.2"), Kinship::Foreign);
    }
}
