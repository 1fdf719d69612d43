//! What the kernel does without copying, where it can.

use std::fs::File;
use std::io;
use std::net::TcpStream;

/// Receives bytes that nobody looks at; gives back how many there were.
#[cfg(target_os = "linux")]
pub(crate) fn discard(stream: &TcpStream, most: usize) -> io::Result<usize> {
    use std::os::fd::AsRawFd;

    use nix::sys::socket::{MsgFlags, recv};
    thread_local! {
        /// Never written to, so it takes no memory.
        static VOID: std::cell::RefCell<Vec<u8>> = const { std::cell::RefCell::new(Vec::new()) };
    }
    VOID.with_borrow_mut(|void| {
        if void.len() < most {
            *void = vec![0; most];
        }
        Ok(recv(
            stream.as_raw_fd(),
            &mut void[..most],
            MsgFlags::MSG_TRUNC,
        )?)
    })
}

/// Sends bytes of a file; gives back how many.
#[cfg(target_os = "linux")]
pub(crate) fn send_file(
    stream: &TcpStream,
    file: &File,
    offset: u64,
    most: usize,
) -> io::Result<usize> {
    let mut offset = i64::try_from(offset).map_err(io::Error::other)?;
    Ok(nix::sys::sendfile::sendfile(
        stream,
        file,
        Some(&mut offset),
        most,
    )?)
}

/// Receives bytes that nobody looks at; gives back how many there were.
#[cfg(not(target_os = "linux"))]
pub(crate) fn discard(mut stream: &TcpStream, most: usize) -> io::Result<usize> {
    io::Read::read(&mut stream, &mut vec![0; most.min(64 << 10)])
}

/// Sends bytes of a file; gives back how many.
#[cfg(not(target_os = "linux"))]
pub(crate) fn send_file(
    mut stream: &TcpStream,
    file: &File,
    offset: u64,
    most: usize,
) -> io::Result<usize> {
    let mut piece = vec![0; most.min(256 << 10)];
    let read = std::os::unix::fs::FileExt::read_at(file, &mut piece, offset)?;
    io::Write::write_all(&mut stream, &piece[..read])?;
    Ok(read)
}

/// Small buffers, so that the kernel does not take in what the pace holds back.
pub(crate) fn limit_buffers(stream: &TcpStream, bytes: usize) -> io::Result<()> {
    use nix::sys::socket::setsockopt;
    use nix::sys::socket::sockopt::{RcvBuf, SndBuf};
    setsockopt(stream, RcvBuf, &bytes)?;
    setsockopt(stream, SndBuf, &bytes)?;
    Ok(())
}
