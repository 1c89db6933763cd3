//! What can stand between us and a service, told apart from the errors of the system, of TLS and of ssh. Connects to
//! nothing.

use std::io::{self, ErrorKind as Io};

/// Why a service did not answer.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum Obstacle {
    /// The name has no address, or nobody could be asked for it.
    Name,
    /// Nothing listens there.
    Refused,
    /// There is no way to the network or host.
    NoRoute,
    /// No answer came in time.
    Timeout,
    /// The connection broke off.
    Closed,
    /// The certificate was valid once.
    CertificateExpired,
    /// The certificate is not valid yet.
    CertificateNotYetValid,
    /// The certificate's issuer is not trusted.
    UnknownIssuer,
    /// The certificate names other hosts.
    WrongHost,
    /// Anything else about TLS.
    Tls,
    /// Our credentials were refused.
    Login,
    /// The host's SSH key is unknown or another one.
    HostKey,
    /// Anything else.
    Other,
}

impl Obstacle {
    /// What an error of a socket or of name resolution means.
    #[must_use]
    pub fn of_io(error: &io::Error) -> Self {
        match error.kind() {
            Io::ConnectionRefused => Self::Refused,
            Io::HostUnreachable | Io::NetworkUnreachable | Io::NetworkDown => Self::NoRoute,
            Io::TimedOut | Io::WouldBlock => Self::Timeout,
            Io::ConnectionReset | Io::ConnectionAborted | Io::BrokenPipe | Io::UnexpectedEof => Self::Closed,
            // The standard library has no kind for what getaddrinfo says.
            _ if error.to_string().starts_with("failed to lookup address") => Self::Name,
            _ => Self::Other,
        }
    }

    /// What ssh means, by what it wrote to standard error before it ended with status 255.
    #[must_use]
    pub fn of_ssh(text: &str) -> Self {
        const SAYINGS: [(&str, Obstacle); 12] = [
            ("could not resolve hostname", Obstacle::Name),
            ("host key verification failed", Obstacle::HostKey),
            ("permission denied", Obstacle::Login),
            ("too many authentication failures", Obstacle::Login),
            ("no supported authentication methods", Obstacle::Login),
            ("connection refused", Obstacle::Refused),
            ("no route to host", Obstacle::NoRoute),
            ("network is unreachable", Obstacle::NoRoute),
            ("timed out", Obstacle::Timeout),
            ("connection closed", Obstacle::Closed),
            ("connection reset", Obstacle::Closed),
            ("broken pipe", Obstacle::Closed),
        ];
        let text = text.to_lowercase();
        SAYINGS.iter().find(|(saying, _)| text.contains(saying)).map_or(Self::Other, |(_, obstacle)| *obstacle)
    }

    /// Whether it may be gone a moment later. Refused logins are not repeated: some hosts lock us out for that.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Name | Self::Refused | Self::NoRoute | Self::Timeout | Self::Closed | Self::Other)
    }

    /// What it is, as the end of a sentence.
    #[must_use]
    pub const fn describe(self) -> &'static str {
        match self {
            Self::Name => "the host's name cannot be resolved",
            Self::Refused => "the connection was refused",
            Self::NoRoute => "there is no route to the host",
            Self::Timeout => "no answer came in time",
            Self::Closed => "the connection was closed",
            Self::CertificateExpired => "its certificate has expired",
            Self::CertificateNotYetValid => "its certificate is not valid yet",
            Self::UnknownIssuer => "its certificate comes from an issuer that is not trusted",
            Self::WrongHost => "its certificate is for another host",
            Self::Tls => "TLS failed",
            Self::Login => "the login was refused",
            Self::HostKey => "its host key is not the known one",
            Self::Other => "it failed",
        }
    }

    /// What to do about it.
    #[must_use]
    pub const fn remedy(self) -> &'static str {
        match self {
            Self::Name => "check the name, and the DNS of this machine",
            Self::Refused => "check that the service runs and that the port is right",
            Self::NoRoute => "check the network between this machine and the host",
            Self::Timeout => "check that the host is up and that no firewall drops the packets",
            Self::Closed => "check the log of the service",
            Self::CertificateExpired => "renew the certificate",
            Self::CertificateNotYetValid => "check the clocks of both machines",
            Self::UnknownIssuer => {
                "name the file of the authority's certificate with `ca`, or trust it on this machine"
            }
            Self::WrongHost => "use a name that the certificate holds, or issue it for this one",
            Self::Tls => "check that the service speaks TLS on this port",
            Self::Login => "check user and key: `ssh -o BatchMode=yes HOST true` as the user that runs sprag",
            Self::HostKey => "compare the key, then add it to `known_hosts` of the user that runs sprag",
            Self::Other => "try the same by hand, as the user that runs sprag",
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_ssh_says() {
        for (text, obstacle) in [
            ("ssh: Could not resolve hostname pve: Name or service not known", Obstacle::Name),
            ("ssh: connect to host pve port 22: Connection refused", Obstacle::Refused),
            ("ssh: connect to host pve port 22: Connection timed out", Obstacle::Timeout),
            ("Connection timed out during banner exchange", Obstacle::Timeout),
            ("ssh: connect to host pve port 22: No route to host", Obstacle::NoRoute),
            ("root@pve: Permission denied (publickey,password).", Obstacle::Login),
            ("No ED25519 host key is known for pve\nHost key verification failed.", Obstacle::HostKey),
            ("kex_exchange_identification: Connection closed by remote host", Obstacle::Closed),
            ("Bad configuration option", Obstacle::Other),
        ] {
            assert_eq!(Obstacle::of_ssh(text), obstacle, "{text}");
        }
    }

    #[test]
    fn what_the_system_says() {
        assert_eq!(Obstacle::of_io(&Io::ConnectionRefused.into()), Obstacle::Refused);
        assert_eq!(Obstacle::of_io(&Io::TimedOut.into()), Obstacle::Timeout);
        assert_eq!(Obstacle::of_io(&Io::HostUnreachable.into()), Obstacle::NoRoute);
        assert_eq!(Obstacle::of_io(&Io::PermissionDenied.into()), Obstacle::Other);
    }
}
