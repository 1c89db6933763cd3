//! What kind of address the `source` of a module call is. Knows the shapes that Terraform's downloader knows.

/// Where a module comes from, as far as it matters here.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Origin {
    /// A Git repository.
    Git,
    /// A Mercurial repository.
    Mercurial,
    /// A registry.
    Registry,
    /// A directory, an archive, or something else.
    Other,
}

/// The origin of a literal `source`.
pub(super) fn origin(source: &str) -> Origin {
    if source.starts_with("hg::") {
        return Origin::Mercurial;
    }
    let is_git =
        ["git::", "git@", "git://", "github.com/", "bitbucket.org/"].iter().any(|start| source.starts_with(start));
    if is_git {
        Origin::Git
    } else if is_registry(source) {
        Origin::Registry
    } else {
        Origin::Other
    }
}

/// `namespace/name/provider`, perhaps with a host before and `//directory` behind.
fn is_registry(source: &str) -> bool {
    let address = source.split("//").next().unwrap_or(source);
    let parts: Vec<&str> = address.split('/').collect();
    let names = match parts[..] {
        [host, ref names @ ..] if names.len() == 3 && host.contains('.') && !host.starts_with('.') => names,
        ref names if names.len() == 3 && !names[0].contains('.') => names,
        _ => return false,
    };
    let is_name = |name: &&str| {
        !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'_'))
    };
    names.iter().all(is_name)
}

/// The value of a parameter behind the `?`.
pub(super) fn parameter<'s>(source: &'s str, name: &str) -> Option<&'s str> {
    let (_, query) = source.split_once('?')?;
    let mut pairs = query.split('&').filter_map(|pair| pair.split_once('='));
    pairs.find(|(key, _)| *key == name).map(|(_, value)| value).filter(|value| !value.is_empty())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn addresses_have_an_origin() {
        for source in
            ["git::https://x.org/a.git", "git@github.com:a/b.git", "github.com/a/b", "git::ssh://x/a//m?ref=1"]
        {
            assert_eq!(origin(source), Origin::Git, "{source}");
        }
        for source in ["hashicorp/consul/aws", "app.terraform.io/a/b/aws", "hashicorp/consul/aws//modules/x"] {
            assert_eq!(origin(source), Origin::Registry, "{source}");
        }
        for source in ["./vm", "../a/b/c", "/a/b/c", "https://x.org/a.zip", "s3::https://x/a.zip", "a/b"] {
            assert_eq!(origin(source), Origin::Other, "{source}");
        }
        assert_eq!(origin("hg::https://x.org/a"), Origin::Mercurial);
    }

    #[test]
    fn parameters_stand_behind_the_question_mark() {
        assert_eq!(parameter("git::x?depth=1&ref=v1", "ref"), Some("v1"));
        assert_eq!(parameter("git::x?ref=", "ref"), None);
        assert_eq!(parameter("git::ref=1", "ref"), None);
    }
}
