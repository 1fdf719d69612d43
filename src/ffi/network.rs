//! The way to a server: proxies, and who is believed.

use super::client::coslink_client_options;
use super::convert::{path, text};
use crate::client::ClientBuilder;
use crate::error::{Error, Result};

/// # Safety
/// The texts of the options live during the call.
pub(super) unsafe fn network(
    mut builder: ClientBuilder,
    options: &coslink_client_options,
) -> Result<ClientBuilder> {
    // SAFETY: as promised by the caller.
    let [proxy, no_proxy, ca_pem] = unsafe {
        [
            text(options.proxy, "proxy")?,
            text(options.no_proxy, "no_proxy")?,
            text(options.ca_pem, "ca_pem")?,
        ]
    };
    // SAFETY: as promised by the caller.
    let [ca_file, certificate, key] = unsafe {
        [
            path(options.ca_file, "ca_file")?,
            path(options.client_certificate, "client_certificate")?,
            path(options.client_key, "client_key")?,
        ]
    };
    if let Some(proxy) = proxy {
        builder = builder.proxy(proxy);
    }
    if options.proxy_from_env != 0 {
        builder = builder.proxy_from_env();
    }
    if let Some(list) = no_proxy {
        builder = builder.no_proxy(list);
    }
    if let Some(file) = ca_file {
        builder = builder.ca_file(file);
    }
    if let Some(pem) = ca_pem {
        builder = builder.ca_pem(pem);
    }
    match (certificate, key) {
        (Some(certificate), Some(key)) => builder = builder.client_certificate(certificate, key),
        (None, None) => {}
        (Some(_), None) => return Err(Error::invalid("client_key", "is NULL")),
        (None, Some(_)) => return Err(Error::invalid("client_certificate", "is NULL")),
    }
    if options.danger_accept_any_certificate != 0 {
        builder = builder.danger_accept_any_certificate();
    }
    Ok(builder)
}
