//! Addresses of services: scheme, host and port, checked before anything connects to them.

use super::text::{Mistake, Text};

/// How an address is reached.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Scheme {
    /// A login over SSH.
    Ssh,
    /// An HTTP request over TLS.
    Https,
    /// A plain HTTP request.
    Http,
    /// A TCP connection.
    Tcp,
}

impl Scheme {
    /// The word before `://`.
    #[must_use]
    pub const fn as_str(self) -> &'static str {
        match self {
            Self::Ssh => "ssh",
            Self::Https => "https",
            Self::Http => "http",
            Self::Tcp => "tcp",
        }
    }

    /// The port when the address names none; TCP has none.
    #[must_use]
    pub const fn default_port(self) -> Option<u16> {
        match self {
            Self::Ssh => Some(22),
            Self::Https => Some(443),
            Self::Http => Some(80),
            Self::Tcp => None,
        }
    }
}

/// `scheme://[user@]host[:port][/path]`
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Url {
    /// As written.
    pub text: String,
    /// How it is reached.
    pub scheme: Scheme,
    /// The login; only SSH has one.
    pub user: Option<String>,
    /// A name or an address; an IPv6 address without its brackets.
    pub host: String,
    /// The port, the scheme's own when none is written.
    pub port: u16,
    /// From the first slash after the host; empty for none.
    pub path: String,
}

impl Url {
    fn read(text: &str, schemes: &[Scheme]) -> Result<Self, Mistake> {
        let allowed: Vec<&str> = schemes.iter().map(|scheme| scheme.as_str()).collect();
        let example = if allowed.contains(&"tcp") { "tcp://nas:9000" } else { "https://pve:8006" };
        let no_scheme =
            || Mistake::new(format!("`{text}` has no scheme")).help(format!("write it as in \"{example}\""));
        let (word, rest) = text.split_once("://").ok_or_else(no_scheme)?;
        let scheme = schemes.iter().copied().find(|scheme| scheme.as_str() == word);
        let scheme = scheme.ok_or_else(|| Mistake::unknown("scheme", word, &allowed))?;
        let (authority, path) = rest.split_at(rest.find(['/', '?', '#']).unwrap_or(rest.len()));
        let (user, place) = match authority.rsplit_once('@') {
            Some((user, place)) => (Some(user), place),
            None => (None, authority),
        };
        check_user(user, scheme)?;
        let (host, port) = split_port(place).ok_or_else(|| bad_host(text))?;
        let port = match port.map(str::parse::<u16>) {
            Some(Ok(number)) if number > 0 => number,
            Some(_) => return Err(Mistake::new(format!("the port of `{text}` is not a number from 1 to 65535"))),
            None => scheme.default_port().ok_or_else(|| {
                Mistake::new(format!("`{text}` has no port")).help("a TCP connection needs one: \"tcp://host:9000\"")
            })?,
        };
        Ok(Self {
            text: text.to_owned(),
            scheme,
            user: user.map(str::to_owned),
            host: host.to_owned(),
            port,
            path: path.to_owned(),
        })
    }
}

/// Passwords do not belong into the configuration, and a login is SSH's only.
fn check_user(user: Option<&str>, scheme: Scheme) -> Result<(), Mistake> {
    match user {
        Some(user) if user.contains(':') => Err(Mistake::new("a URL must not hold a password")
            .help("keep the secret in a file of its own: SSH uses its keys, the others name a file")),
        Some(_) if scheme != Scheme::Ssh => {
            Err(Mistake::new(format!("a `{}` URL takes no user name here", scheme.as_str())))
        }
        Some(user) if user.is_empty() || user.starts_with('-') || user.contains(char::is_whitespace) => {
            Err(Mistake::new(format!("`{user}` cannot be a user name")))
        }
        _ => Ok(()),
    }
}

fn bad_host(text: &str) -> Mistake {
    Mistake::new(format!("`{text}` has no valid host"))
        .help("write a name or an address; an IPv6 address stands in brackets")
}

/// The host without brackets and the text of the port.
fn split_port(place: &str) -> Option<(&str, Option<&str>)> {
    if let Some(rest) = place.strip_prefix('[') {
        let (host, after) = rest.split_once(']')?;
        host.parse::<std::net::Ipv6Addr>().ok()?;
        return match after.strip_prefix(':') {
            Some(port) => Some((host, Some(port))),
            None => after.is_empty().then_some((host, None)),
        };
    }
    let (host, port) = match place.split_once(':') {
        Some((host, port)) => (host, Some(port)),
        None => (place, None),
    };
    let allowed = |letter: char| letter.is_alphanumeric() || matches!(letter, '.' | '-' | '_');
    let valid = !host.is_empty() && !host.starts_with(['-', '.']) && host.chars().all(allowed);
    valid.then_some((host, port))
}

/// What a scan must reach first: `ssh`, `https`, `http` or `tcp`.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct Reach(pub Url);

impl Text for Reach {
    const EXPECTED: &'static str = "a URL";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        Url::read(text, &[Scheme::Ssh, Scheme::Https, Scheme::Http, Scheme::Tcp]).map(Self)
    }
}

/// A service that speaks HTTP: `https` or `http`.
impl Text for Url {
    const EXPECTED: &'static str = "a URL";

    fn parse(text: &str, _: &[&str]) -> Result<Self, Mistake> {
        Self::read(text, &[Scheme::Https, Scheme::Http])
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    fn reach(text: &str) -> Result<(Scheme, String, u16), String> {
        Reach::parse(text, &[]).map(|Reach(url)| (url.scheme, url.host, url.port)).map_err(|mistake| mistake.message)
    }

    #[test]
    fn reads_addresses() {
        assert_eq!(reach("ssh://root@pve-prod"), Ok((Scheme::Ssh, "pve-prod".into(), 22)));
        assert_eq!(reach("https://pve:8006/api2"), Ok((Scheme::Https, "pve".into(), 8006)));
        assert_eq!(reach("tcp://[fd00::1]:9000"), Ok((Scheme::Tcp, "fd00::1".into(), 9000)));
        let url = Reach::parse("ssh://root@pve:2222", &[]).unwrap().0;
        assert_eq!((url.user.as_deref(), url.port, url.path.as_str()), (Some("root"), 2222, ""));
    }

    #[test]
    fn refuses_the_rest() {
        for text in [
            "",
            "pve:8006",
            "ftp://pve",
            "tcp://nas",
            "https://",
            "https://:443",
            "https://pve:0",
            "https://pve:99999",
            "ssh://root:secret@pve",
            "https://admin@pve",
            "tcp://[fd00::1",
            "tcp://[nope]:1",
            "ssh://-oProxyCommand=x",
            "https://a b",
            "ssh://-l@pve",
        ] {
            assert!(reach(text).is_err(), "{text}");
        }
        assert!(Url::parse("ssh://pve", &[]).is_err());
    }

    proptest! {
        #[test]
        fn never_panics(text in "\\PC{0,20}|(ssh|tcp|https)://[a-z@:\\[\\]0-9/.é]{0,16}") {
            let _ = reach(&text);
        }
    }
}
