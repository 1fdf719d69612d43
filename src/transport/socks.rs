//! The way through a SOCKS5 proxy (RFC 1928, with user and password by RFC 1929).

use std::net::IpAddr;

use zeroize::Zeroizing;

use super::errors;
use super::tunnel::Talk;
use crate::error::{Error, Result};

const VERSION: u8 = 5;
const NOBODY: u8 = 0;
const PASSWORD: u8 = 2;
const NO_METHOD: u8 = 255;

/// Makes the proxy connect to this host, whose name it looks up itself.
pub(super) fn connect(talk: &mut Talk<'_>, host: &str, port: u16) -> Result<()> {
    let mut request = vec![VERSION, 1, 0];
    match host.parse() {
        Ok(IpAddr::V4(address)) => {
            request.push(1);
            request.extend(address.octets());
        }
        Ok(IpAddr::V6(address)) => {
            request.push(4);
            request.extend(address.octets());
        }
        Err(_) => {
            request.push(3);
            push(&mut request, host).ok_or_else(|| Error::invalid("host", "is too long"))?;
        }
    }
    request.extend(port.to_be_bytes());

    greet(talk)?;
    talk.say(&request)?;
    let [version, reply, _, kind] = hear(talk)?;
    if version != VERSION {
        return Err(talk.odd("is not SOCKS5"));
    }
    if reply != 0 {
        return Err(refused(talk, reply));
    }
    let length = match kind {
        1 => 4,
        4 => 16,
        3 => usize::from(hear::<1>(talk)?[0]),
        _ => return Err(talk.odd("has an address of no kind")),
    };
    // The proxy's own address and port, which are no use.
    for _ in 0..length + 2 {
        hear::<1>(talk)?;
    }
    Ok(())
}

fn greet(talk: &mut Talk<'_>) -> Result<()> {
    let proxy = talk.proxy;
    match &proxy.login {
        None => talk.say(&[VERSION, 1, NOBODY])?,
        Some(_) => talk.say(&[VERSION, 2, NOBODY, PASSWORD])?,
    }
    match (hear(talk)?, &proxy.login) {
        ([VERSION, NOBODY], _) => Ok(()),
        ([VERSION, PASSWORD], Some(login)) => {
            let long = || Error::invalid("proxy", "its user or password is too long for SOCKS");
            // With room for both, so that no copy is left behind.
            let mut message = Zeroizing::new(Vec::with_capacity(3 + 2 * 255));
            message.push(1);
            push(&mut message, &login.user).ok_or_else(long)?;
            push(&mut message, &login.password).ok_or_else(long)?;
            talk.say(&message)?;
            match hear(talk)? {
                [_, 0] => Ok(()),
                _ => Err(errors::transport(format!(
                    "proxy authentication failed: {proxy} refused the user or password"
                ))
                .with_retryable(false)),
            }
        }
        ([VERSION, NO_METHOD], login) => {
            let why = match login {
                Some(_) => "takes neither a user with a password nor nobody",
                None => "asks for a user",
            };
            let why = format!("proxy authentication is required: {proxy} {why}");
            Err(errors::transport(why).with_retryable(false))
        }
        _ => Err(talk.odd("is not SOCKS5")),
    }
}

/// Adds a length and a text; None when that is too long.
fn push(message: &mut Vec<u8>, text: &str) -> Option<()> {
    message.push(text.len().try_into().ok()?);
    message.extend(text.as_bytes());
    Some(())
}

/// As many bytes as are asked for, and no more.
fn hear<const N: usize>(talk: &mut Talk<'_>) -> Result<[u8; N]> {
    let mut bytes = [0; N];
    let mut had = 0;
    while had < N {
        had += talk.hear(&mut bytes[had..])?;
    }
    Ok(bytes)
}

fn refused(talk: &Talk<'_>, reply: u8) -> Error {
    let (why, may_pass) = match reply {
        1 => ("a failure of its own", true),
        2 => ("its rules do not allow it", false),
        3 => ("the network is unreachable", true),
        4 => ("the host is unreachable", true),
        5 => ("the connection was refused", true),
        6 => ("the connection took too long", true),
        _ => ("it cannot do that", false),
    };
    let proxy = talk.proxy;
    let why = format!("the proxy {proxy} refused to connect: {why} (SOCKS reply {reply})");
    errors::transport(why).with_retryable(may_pass)
}
