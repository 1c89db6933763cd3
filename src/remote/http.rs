//! The HTTP client: certificates are verified, redirects are not followed, every answer is an answer. The only file
//! that knows `ureq`. What is asked and what an answer means is the caller's business.

use std::error::Error as StdError;
use std::fmt;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use rustls::CertificateError;
use ureq::Agent;
use ureq::tls::{Certificate, PemItem, RootCerts, TlsConfig, TlsProvider};

use super::obstacle::Obstacle;

/// How much of an answer is read, in bytes.
const MAX_BODY: u64 = 16 * 1024 * 1024;

/// Why there was no answer.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct HttpError {
    /// What stood in the way.
    pub obstacle: Obstacle,
    /// The words of the library.
    pub detail: String,
}

impl fmt::Display for HttpError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{} ({})", self.obstacle.describe(), self.detail)
    }
}

impl StdError for HttpError {}

/// What a server answered.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Answer {
    /// The status, such as 200.
    pub status: u16,
    /// The content, as text.
    pub body: String,
}

/// A client that trusts certain authorities.
#[derive(Clone, Debug)]
pub struct Client {
    agent: Agent,
}

impl Client {
    /// A client that trusts the authorities in the PEM file `ca`, or those that the system trusts.
    ///
    /// # Errors
    /// When `ca` cannot be read or holds no certificate.
    pub fn new(ca: Option<&Path>) -> Result<Self, String> {
        let roots = match ca {
            Some(path) => read_certificates(path)?,
            None => system_certificates(),
        };
        let tls = TlsConfig::builder()
            .provider(TlsProvider::Rustls)
            .unversioned_rustls_crypto_provider(Arc::new(rustls::crypto::ring::default_provider()))
            .root_certs(RootCerts::new_with_certs(&roots))
            .build();
        let config = Agent::config_builder()
            .tls_config(tls)
            .http_status_as_error(false)
            .max_redirects(0)
            .max_redirects_will_error(false)
            .user_agent(concat!("sprag/", env!("CARGO_PKG_VERSION")))
            .build();
        Ok(Self { agent: config.new_agent() })
    }

    /// Whether `url` answers, and with what status; the content is not read. It may take `timeout`.
    ///
    /// # Errors
    /// When no answer came.
    pub fn status(&self, url: &str, timeout: Duration) -> Result<u16, HttpError> {
        let result = self.agent.get(url).config().timeout_global(Some(timeout)).build().call();
        result.map(|response| response.status().as_u16()).map_err(|error| explain(&error))
    }

    /// Asks for `url`; the whole exchange may take `timeout`. `authorization` is the value of that header.
    ///
    /// # Errors
    /// When no answer came.
    pub fn get(&self, url: &str, authorization: Option<&str>, timeout: Duration) -> Result<Answer, HttpError> {
        let mut request = self.agent.get(url);
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        answer(request.config().timeout_global(Some(timeout)).build().call())
    }

    /// Sends JSON to `url`; the whole exchange may take `timeout`. `authorization` is the value of that header.
    ///
    /// # Errors
    /// When no answer came.
    pub fn post_json(
        &self,
        url: &str,
        json: &str,
        authorization: Option<&str>,
        timeout: Duration,
    ) -> Result<Answer, HttpError> {
        let mut request = self.agent.post(url).header("content-type", "application/json");
        if let Some(value) = authorization {
            request = request.header("authorization", value);
        }
        answer(request.config().timeout_global(Some(timeout)).build().send(json))
    }
}

fn answer(result: Result<ureq::http::Response<ureq::Body>, ureq::Error>) -> Result<Answer, HttpError> {
    let mut response = result.map_err(|error| explain(&error))?;
    let status = response.status().as_u16();
    let body = response.body_mut().with_config().limit(MAX_BODY).lossy_utf8(true).read_to_string();
    Ok(Answer { status, body: body.map_err(|error| explain(&error))? })
}

fn explain(error: &ureq::Error) -> HttpError {
    let (obstacle, detail) = match error {
        ureq::Error::HostNotFound => (Obstacle::Name, error.to_string()),
        ureq::Error::Timeout(_) => (Obstacle::Timeout, error.to_string()),
        ureq::Error::Rustls(error) => (of_tls(error), error.to_string()),
        ureq::Error::Tls(_) => (Obstacle::Tls, error.to_string()),
        ureq::Error::ConnectionFailed => (Obstacle::Refused, error.to_string()),
        ureq::Error::Io(error) => match find_tls_error(error) {
            Some(error) => (of_tls(error), error.to_string()),
            None => (Obstacle::of_io(error), error.to_string()),
        },
        _ => (Obstacle::Other, error.to_string()),
    };
    HttpError { obstacle, detail }
}

/// TLS errors come wrapped in errors of reading and writing.
fn find_tls_error(error: &std::io::Error) -> Option<&rustls::Error> {
    error.get_ref()?.downcast_ref()
}

fn of_tls(error: &rustls::Error) -> Obstacle {
    let rustls::Error::InvalidCertificate(certificate) = error else { return Obstacle::Tls };
    match certificate {
        CertificateError::Expired | CertificateError::ExpiredContext { .. } => Obstacle::CertificateExpired,
        CertificateError::NotValidYet | CertificateError::NotValidYetContext { .. } => Obstacle::CertificateNotYetValid,
        CertificateError::UnknownIssuer => Obstacle::UnknownIssuer,
        CertificateError::NotValidForName | CertificateError::NotValidForNameContext { .. } => Obstacle::WrongHost,
        _ => Obstacle::Tls,
    }
}

fn read_certificates(path: &Path) -> Result<Vec<Certificate<'static>>, String> {
    let shown = path.display();
    let text = std::fs::read(path).map_err(|error| format!("`{shown}` cannot be read: {error}"))?;
    let mut certificates = Vec::new();
    for item in ureq::tls::parse_pem(&text) {
        match item {
            Ok(PemItem::Certificate(certificate)) => certificates.push(certificate),
            Ok(_) => {}
            Err(error) => return Err(format!("`{shown}` is not a file of PEM certificates: {error}")),
        }
    }
    if certificates.is_empty() {
        return Err(format!("`{shown}` holds no certificate; PEM starts with `-----BEGIN CERTIFICATE-----`"));
    }
    Ok(certificates)
}

/// None of them, where the system has none: then every certificate has an unknown issuer.
fn system_certificates() -> Vec<Certificate<'static>> {
    let found = rustls_native_certs::load_native_certs().certs;
    found.iter().map(|certificate| Certificate::from_der(certificate).to_owned()).collect()
}
