//! TLS to a remote database. Every certificate is verified, name and all: a connection that cannot be trusted is none.
//! `sslmode=require` in the URL refuses to talk without TLS, `sslmode=disable` never uses it; Unix sockets have none.

use std::path::Path;
use std::sync::{Arc, OnceLock};

use anyhow::{Context, Result, ensure};
use rustls::pki_types::CertificateDer;
use rustls::pki_types::pem::PemObject as _;
use rustls::{ClientConfig, RootCertStore};
use tokio_postgres_rustls::MakeRustlsConnect;

/// The authorities named by [`trust`]; the system's own without it.
static CONNECTOR: OnceLock<MakeRustlsConnect> = OnceLock::new();

/// Trusts the authorities of a PEM file alone, for all connections of this process.
pub fn trust(authorities: &Path) -> Result<()> {
    let mut roots = RootCertStore::empty();
    let certificates = CertificateDer::pem_file_iter(authorities).with_context(|| format!("cannot read {}", authorities.display()))?;
    for certificate in certificates {
        roots.add(certificate.with_context(|| format!("{} holds no certificate", authorities.display()))?)?;
    }
    ensure!(!roots.is_empty(), "{} holds no certificate", authorities.display());
    CONNECTOR.set(connector_with(roots)?).ok();
    Ok(())
}

pub fn connector() -> MakeRustlsConnect {
    let made = CONNECTOR.get_or_init(|| {
        let mut roots = RootCertStore::empty();
        let (_, _) = roots.add_parsable_certificates(rustls_native_certs::load_native_certs().certs);
        connector_with(roots).unwrap_or_else(|error| {
            tracing::error!(%error, "TLS is not to be had");
            MakeRustlsConnect::new(ClientConfig::builder().with_root_certificates(RootCertStore::empty()).with_no_client_auth())
        })
    });
    made.clone()
}

fn connector_with(roots: RootCertStore) -> Result<MakeRustlsConnect> {
    let provider = Arc::new(rustls::crypto::ring::default_provider());
    let config = ClientConfig::builder_with_provider(provider).with_safe_default_protocol_versions()?.with_root_certificates(roots).with_no_client_auth();
    Ok(MakeRustlsConnect::new(config))
}
